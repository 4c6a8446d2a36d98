"""Adverse events by arm, among them the ones that end the study for a person and those after a sudden stop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.simulate.constants import Given
from spasticity.simulate.course import HARM, Course
from spasticity.simulate.people import People
from spasticity.simulate.regimens import Pump
from spasticity.simulate.streams import Draw
from spasticity.tables.treatment import SEVERITIES

PUMPS_RUN = 42  # invented: a day on which every pump has been running for some weeks


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """An adverse event and how often each arm has it.

    Parameters
    ----------
    term, group : str
    rates : tuple
        Arm and the probability that a participant has it; arms that are not named do not have it.
    """

    term: str
    group: str
    rates: tuple[tuple[str, Given], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmsModel:
    """Adverse events.

    Parameters
    ----------
    harms : tuple of Harm
    onset_days, length_days : Given
        Means.
    severity : tuple of Given
        Shares of mild, moderate and severe.
    serious : Given
        Share of severe events that are serious.
    reduced : Given
        Share of moderate and severe events for which the dose is reduced.
    withdrawal : tuple
        Term and its probability within three days of a sudden stop.
    pump_failure : str
        Term of the event when a pump stops.
    pump_notes : tuple
        Term of a device event that leaves no trace in the doses, and its probability for each person with a pump.
    """

    harms: tuple[Harm, ...]
    onset_days: Given
    length_days: Given
    severity: tuple[Given, ...]
    serious: Given
    reduced: Given
    withdrawal: tuple[tuple[str, Given], ...]
    pump_failure: str
    pump_notes: tuple[tuple[str, Given], ...]


def events_table(
    model: HarmsModel,
    abrupt_day: NDArray[np.int64],
    people: People,
    course: Course,
    last_day: int,
    draw: Draw,
) -> pd.DataFrame:
    """One row per adverse event, in order of person and day."""
    parts = [_usual(model, people, course, draw), _ending(model, people, course, draw)]
    parts.append(_after_stopping(model, abrupt_day, people, course, draw))
    parts.append(_pump_failures(model, abrupt_day, people, course))
    parts.append(_pump_notes(model, people, course, draw))  # the last: what is drawn for the others stays
    frame = pd.concat(parts, ignore_index=True)
    length = np.ceil(draw("events", "length").exponential(model.length_days, len(frame))).astype(int)
    end = frame["start_day"] + length
    frame.insert(5, "end_day", end.where(end <= last_day).to_numpy(dtype=float))
    frame = frame.drop_duplicates(["participant", "term"], keep="last")
    return frame.sort_values(["participant", "start_day", "term"], kind="stable", ignore_index=True)


def _usual(model: HarmsModel, people: People, course: Course, draw: Draw) -> pd.DataFrame:
    """Events that come with an arm."""
    rates = np.stack([people.by_arm(harm.rates) for harm in model.harms], axis=1)
    person, harm = np.nonzero(draw("events", "occurs").random(rates.shape) < rates)
    start = np.floor(draw("events", "onset").exponential(model.onset_days, rates.shape)[person, harm])
    start = np.minimum(start, course.leaves[person] - 1)
    severity = draw("events", "severity").choice(3, rates.shape, p=np.array(model.severity, dtype=float))[person, harm]
    serious = (severity == 2) & (draw("events", "serious").random(rates.shape)[person, harm] < model.serious)
    less = (severity > 0) & (draw("events", "reduced").random(rates.shape)[person, harm] < model.reduced)
    action = np.where(less, "dose reduced", "none")
    return _rows(model, people.ids[person], harm, severity, serious, start, action)


def _ending(model: HarmsModel, people: People, course: Course, draw: Draw) -> pd.DataFrame:
    """The event because of which a person leaves."""
    person = np.flatnonzero(course.reason == HARM)
    rates = np.stack([people.by_arm(harm.rates) for harm in model.harms], axis=1)[person]
    spread = np.cumsum(rates, axis=1) / rates.sum(axis=1, keepdims=True)
    pick = draw("events", "ending").random(len(people))[person]
    harm = (spread < pick[:, None]).sum(axis=1)
    severity = 1 + (draw("events", "ending severity").random(len(people))[person] < 0.5).astype(np.int64)
    start = course.leaves[person] - 1
    return _rows(model, people.ids[person], harm, severity, np.zeros(len(person), dtype=bool), start, "stopped")


def _after_stopping(
    model: HarmsModel, abrupt_day: NDArray[np.int64], people: People, course: Course, draw: Draw
) -> pd.DataFrame:
    """Symptoms within three days of a sudden stop."""
    chance = np.array([share for _, share in model.withdrawal], dtype=float)
    occurs = draw("events", "withdrawal").random((len(people), len(chance))) < chance
    person, term = np.nonzero(occurs & (abrupt_day < course.leaves)[:, None])
    lag = draw("events", "withdrawal onset").integers(1, 4, occurs.shape)[person, term]
    return pd.DataFrame(
        {
            "participant": people.ids[person],
            "term": np.array([name for name, _ in model.withdrawal], dtype=object)[term],
            "group": "withdrawal",
            "severity": "severe",
            "serious": True,
            "start_day": abrupt_day[person] + lag,
            "action": "none",
        }
    )


def _pump_failures(model: HarmsModel, abrupt_day: NDArray[np.int64], people: People, course: Course) -> pd.DataFrame:
    """The event that explains a pause of an infusion."""
    pumps = [number for number, arm in enumerate(people.arms) if isinstance(arm.regimen, Pump)]
    person = np.flatnonzero(np.isin(people.arm, pumps) & (abrupt_day < course.leaves))
    return pd.DataFrame(
        {
            "participant": people.ids[person],
            "term": model.pump_failure,
            "group": "device",
            "severity": "severe",
            "serious": True,
            "start_day": abrupt_day[person],
            "action": "interrupted",
        }
    )


def _pump_notes(model: HarmsModel, people: People, course: Course, draw: Draw) -> pd.DataFrame:
    """Device events between the sixth week and the end that leave no trace in the doses."""
    chance = np.array([share for _, share in model.pump_notes], dtype=float)
    pumps = [number for number, arm in enumerate(people.arms) if isinstance(arm.regimen, Pump)]
    here = np.isin(people.arm, pumps) & (course.leaves > PUMPS_RUN)
    occurs = draw("events", "pump notes").random((len(people), len(chance))) < chance
    person, term = np.nonzero(occurs & here[:, None])
    since = draw("events", "pump notes onset").random(occurs.shape)[person, term]
    return pd.DataFrame(
        {
            "participant": people.ids[person],
            "term": np.array([name for name, _ in model.pump_notes], dtype=object)[term],
            "group": "device",
            "severity": "mild",
            "serious": False,
            "start_day": np.floor(PUMPS_RUN + since * (course.leaves[person] - PUMPS_RUN)).astype(np.int64),
            "action": "none",
        }
    )


def _rows(
    model: HarmsModel,
    ids: NDArray[np.object_],
    harm: NDArray[np.int64],
    severity: NDArray[np.int64],
    serious: NDArray[np.bool_],
    start: NDArray[np.int64],
    action: NDArray[np.object_] | str,
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "participant": ids,
            "term": np.array([item.term for item in model.harms], dtype=object)[harm],
            "group": np.array([item.group for item in model.harms], dtype=object)[harm],
            "severity": np.array(SEVERITIES, dtype=object)[severity],
            "serious": serious,
            "start_day": np.asarray(start).astype(np.int64),
            "action": action,
        }
    )
