"""What examiners find: muscle tone by muscle and side, and passive range of motion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.simulate.constants import Given
from spasticity.simulate.course import Course, Losses
from spasticity.simulate.people import People
from spasticity.simulate.signals import Signal, measurements, whole
from spasticity.simulate.streams import Draw
from spasticity.tables.examination import MAS_GRADES, SIDES

LABELS = np.array(MAS_GRADES, dtype=object)


@dataclass(frozen=True, slots=True, kw_only=True)
class Muscle:
    """A muscle group.

    Parameters
    ----------
    name : str
    offset : Given
        What it adds to the tone of the person.
    upper : bool
        Of the upper limb: without spasticity below a thoracic injury.
    """

    name: str
    offset: Given
    upper: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToneModel:
    """Tone as a latent number on the rank scale 0-5, read as the nearest grade.

    Parameters
    ----------
    tone : Signal
        Of the person.
    place_sd : Given
        Spread of muscles and sides around their person.
    rater_sd : Given
        Spread of one examination of one muscle.
    muscles : tuple of Muscle
    """

    tone: Signal
    place_sd: Given
    rater_sd: Given
    muscles: tuple[Muscle, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """A passive motion of a joint, measured on both sides.

    Parameters
    ----------
    joint, motion : str
    angle : Signal
        In degrees.
    low, high : int
        What the joint allows.
    """

    joint: str
    motion: str
    angle: Signal
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeModel:
    """Range of motion.

    Parameters
    ----------
    motions : tuple of Motion
    side_sd, goniometer_sd : Given
        Spread of sides around their person, and of one reading, in degrees.
    """

    motions: tuple[Motion, ...]
    side_sd: Given
    goniometer_sd: Given


def ranks(model: ToneModel, people: People, visit_day: NDArray[np.int64], draw: Draw) -> NDArray[np.int64]:
    """Grades as ranks 0-5, shape (people, visits, sides, muscles)."""
    n, visits = visit_day.shape
    places = (len(SIDES), len(model.muscles))
    tone = measurements(model.tone, people, visit_day, draw)[:, :, None, None]
    offset = np.array([muscle.offset for muscle in model.muscles], dtype=float)
    place = model.place_sd * draw("tone", "place").standard_normal((n, 1, *places))
    rater = model.rater_sd * draw("tone", "rater").standard_normal((n, visits, *places))
    found = whole(tone + offset + place + rater, 0, len(MAS_GRADES) - 1)
    spared = _arms_spared(people)[:, None] & np.array([muscle.upper for muscle in model.muscles])
    return np.where(spared[:, None, None, :], 0, found)


def tone_table(
    model: ToneModel, found: NDArray[np.int64], people: People, course: Course, losses: Losses, draw: Draw
) -> pd.DataFrame:
    """One row per participant, visit, side and muscle; a muscle that was not examined has no grade."""
    examined = course.handed_in(losses.form, draw("tone", "missing"))
    person, visit, side, muscle = np.nonzero(np.broadcast_to(examined[:, :, None, None], found.shape))
    grade = LABELS[found[person, visit, side, muscle]]
    grade[draw("tone", "not examined").random(len(grade)) < losses.examination] = None
    return pd.DataFrame(
        {
            "participant": people.ids[person],
            "visit": course.names(visit),
            "day": course.visit_day[person, visit],
            "scale": "mas",
            "side": np.array(SIDES, dtype=object)[side],
            "muscle": np.array([part.name for part in model.muscles], dtype=object)[muscle],
            "grade": grade,
        }
    )


def angles(model: RangeModel, people: People, visit_day: NDArray[np.int64], draw: Draw) -> NDArray[np.int64]:
    """Angles in degrees, shape (people, visits, sides, motions)."""
    n, visits = visit_day.shape
    found = []
    for motion in model.motions:
        person = measurements(motion.angle, people, visit_day, draw)[:, :, None]
        side = model.side_sd * draw(motion.angle.name, "side").standard_normal((n, 1, len(SIDES)))
        reading = model.goniometer_sd * draw(motion.angle.name, "reading").standard_normal((n, visits, len(SIDES)))
        found.append(whole(person + side + reading, motion.low, motion.high))
    return np.stack(found, axis=-1)


def range_table(
    model: RangeModel, found: NDArray[np.int64], people: People, course: Course, losses: Losses, draw: Draw
) -> pd.DataFrame:
    """One row per participant, visit, side and motion."""
    measured = course.handed_in(losses.form, draw("range_of_motion", "missing"))
    person, visit, side, motion = np.nonzero(np.broadcast_to(measured[:, :, None, None], found.shape))
    return pd.DataFrame(
        {
            "participant": people.ids[person],
            "visit": course.names(visit),
            "day": course.visit_day[person, visit],
            "side": np.array(SIDES, dtype=object)[side],
            "joint": np.array([part.joint for part in model.motions], dtype=object)[motion],
            "motion": np.array([part.motion for part in model.motions], dtype=object)[motion],
            "mode": "passive",
            "angle_deg": found[person, visit, side, motion],
        }
    )


def _arms_spared(people: People) -> NDArray[np.bool_]:
    return people.frame["level"].astype(str).str.startswith("T").to_numpy(dtype=bool)
