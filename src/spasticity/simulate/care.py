"""Care beside the study drug: other medicines and therapy sessions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.simulate.constants import Given
from spasticity.simulate.course import Course
from spasticity.simulate.people import People
from spasticity.simulate.signals import Signal, measurements, whole
from spasticity.simulate.streams import Draw


@dataclass(frozen=True, slots=True, kw_only=True)
class Medicine:
    """Another medicine.

    Parameters
    ----------
    name, atc : str
        No code, an empty text, for what people say of themselves, such as alcohol.
    taken : Given
        Share of people.
    """

    name: str
    atc: str
    taken: Given


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicinesModel:
    """Other medicines.

    Parameters
    ----------
    medicines : tuple of Medicine
    beside : tuple of Medicine
        More of them, drawn apart, so that adding one moves no row of the others.
    before : Given
        Share of courses that began before the study.
    ends : Given
        Share of courses that end during the study.
    """

    medicines: tuple[Medicine, ...]
    beside: tuple[Medicine, ...]
    before: Given
    ends: Given


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapyModel:
    """Therapy sessions.

    Parameters
    ----------
    takes_part : Given
        Share of people with therapy.
    week_days : tuple of int
        Days of the study week with a session.
    planned_min : tuple of Given
        Planned lengths, one per person.
    misses : Given
        Share of sessions not attended.
    done : Given
        Mean share of an attended session in which the person takes part.
    participation : Signal
        On 0-10 before rounding.
    """

    takes_part: Given
    week_days: tuple[int, ...]
    planned_min: tuple[Given, ...]
    misses: Given
    done: Given
    participation: Signal


def medications_table(model: MedicinesModel, people: People, course: Course, last_day: int, draw: Draw) -> pd.DataFrame:
    """One row per participant and course of another medicine."""
    groups = (("medications", model.medicines), ("medications beside", model.beside))
    frames = [_courses(model, medicines, name, people, course, last_day, draw) for name, medicines in groups]
    order = {person: place for place, person in enumerate(people.ids)}
    table = pd.concat(frames, ignore_index=True)
    return table.sort_values("participant", key=lambda ids: ids.map(order), kind="stable", ignore_index=True)


def _courses(
    model: MedicinesModel,
    medicines: tuple[Medicine, ...],
    name: str,
    people: People,
    course: Course,
    last_day: int,
    draw: Draw,
) -> pd.DataFrame:
    shape = (len(people), len(medicines))
    taken = np.array([medicine.taken for medicine in medicines], dtype=float)
    person, which = np.nonzero(draw(name, "taken").random(shape) < taken)
    rng = draw(name, "days")
    before = rng.random(shape)[person, which] < model.before
    within = np.floor(rng.random(shape)[person, which] * course.leaves[person])
    start = np.where(before, -np.ceil(rng.exponential(400.0, shape)[person, which]), within)
    end = start + np.ceil(rng.exponential(30.0, shape)[person, which])
    ends = (rng.random(shape)[person, which] < model.ends) & (end > 0) & (end <= last_day)
    return pd.DataFrame(
        {
            "participant": people.ids[person],
            "medicine": np.array([medicine.name for medicine in medicines], dtype=object)[which],
            "atc": np.array([medicine.atc or None for medicine in medicines], dtype=object)[which],
            "start_day": start.astype(np.int64),
            "end_day": np.where(ends, end, np.nan),
        }
    )


def session_days(model: TherapyModel, days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Study days with a session."""
    return days[np.isin(days % 7, model.week_days)]


def participation(model: TherapyModel, people: People, days: NDArray[np.int64], draw: Draw) -> NDArray[np.int64]:
    """Participation rating of every possible session, shape (people, days)."""
    return whole(measurements(model.participation, people, days, draw), 0, 10)


def therapy_table(
    model: TherapyModel, people: People, course: Course, days: NDArray[np.int64], draw: Draw
) -> pd.DataFrame:
    """One row per participant and planned session."""
    days = session_days(model, days)
    rating = participation(model, people, days, draw)
    rng = draw("therapy", "sessions")
    takes_part = rng.random(len(people)) < model.takes_part
    planned = rng.choice(np.array(model.planned_min, dtype=float), len(people))
    share = rng.beta(18 * model.done, 18 * (1 - model.done), rating.shape)
    missed = rng.random(rating.shape) < model.misses
    person, day = np.nonzero(takes_part[:, None] & (days < course.leaves[:, None]))
    here = (person, day)
    done = np.where(missed[here], 0, np.minimum(5 * np.rint(planned[person] * share[here] / 5), planned[person]))
    return pd.DataFrame(
        {
            "participant": people.ids[person],
            "day": days[day],
            "planned_min": planned[person],
            "done_min": done,
            "participation": np.where(missed[here], np.nan, rating[here]),
        }
    )
