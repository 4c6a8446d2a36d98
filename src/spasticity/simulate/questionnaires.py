"""Questionnaires: answers to items, never their wording."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.simulate.constants import Given
from spasticity.simulate.course import Course, Losses
from spasticity.simulate.people import People
from spasticity.simulate.signals import Signal, measurements, whole
from spasticity.simulate.sleep import Nights, clock
from spasticity.simulate.streams import Draw

PSQI_CLOCKS = ("bedtime", "getup")
PSQI_OTHER_REASON = "5j"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpasmScale:
    """A spasm frequency grade 0-4 and a severity 1-3 that is asked when there are spasms.

    Parameters
    ----------
    frequency, severity : Signal
        Latent numbers on the scale of the grade.
    """

    frequency: Signal
    severity: Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class SleepItems:
    """Items of the sleep questionnaire that are not clock times or minutes.

    Parameters
    ----------
    trouble : Signal
        Poor sleep of the person on the scale of an item, 0-3.
    item_sd : Given
        Spread of one item around it.
    offsets : tuple
        Item key and what it adds.
    other_reason : Given
        Share of people who name another reason.
    """

    trouble: Signal
    item_sd: Given
    offsets: tuple[tuple[str, Given], ...]
    other_reason: Given


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalChange:
    """The impression of change, 1 very much improved to 7 very much worse, from the change of the spasticity rating.

    Parameters
    ----------
    unchanged : Given
        Latent answer at no change.
    per_point : Given
        Rise per point of worsening of the rating.
    noise_sd : Given
    """

    unchanged: Given
    per_point: Given
    noise_sd: Given


def spasm_grades(
    model: SpasmScale, people: People, visit_day: NDArray[np.int64], draw: Draw
) -> dict[str, NDArray[np.float64]]:
    """Frequency and severity, shape (people, visits); severity is missing without spasms."""
    frequency = whole(measurements(model.frequency, people, visit_day, draw), 0, 4)
    severity = whole(measurements(model.severity, people, visit_day, draw), 1, 3)
    return {"frequency": frequency.astype(float), "severity": np.where(frequency == 0, np.nan, severity)}


def sleep_items(
    model: SleepItems, nights: Nights, people: People, visit_day: NDArray[np.int64], draw: Draw
) -> dict[str, NDArray[np.float64]]:
    """Answers as numbers, shape (people, visits); clock times in minutes after midnight."""
    trouble = measurements(model.trouble, people, visit_day, draw)
    answers = {
        "bedtime": 15 * np.rint(nights.into_bed.mean(axis=2) / 15),
        "latency_min": 5 * np.rint(nights.sol_min.mean(axis=2) / 5),
        "getup": 15 * np.rint(nights.out_of_bed.mean(axis=2) / 15),
        "hours_sleep": np.rint(nights.tst_min.mean(axis=2) / 30) / 2,
    }
    for item, offset in model.offsets:
        noise = draw("answers", "psqi", item).standard_normal(visit_day.shape)
        answers[item] = whole(trouble + offset + model.item_sd * noise, 0, 3).astype(float)
    named = draw("answers", "psqi", "other reason").random(len(people)) < model.other_reason
    answers[PSQI_OTHER_REASON] = np.where(named[:, None], answers[PSQI_OTHER_REASON], 0.0)
    return answers


def global_change(model: GlobalChange, ratings: NDArray[np.float64], draw: Draw) -> NDArray[np.int64]:
    """The impression of change at each visit, from the ratings of its week; shape (people, visits)."""
    latent = model.unchanged + model.per_point * (ratings - ratings[:, :1])
    return whole(latent + model.noise_sd * draw("answers", "pgic").standard_normal(ratings.shape), 1, 7)


def answers_table(
    scores: dict[str, dict[str, NDArray[np.float64]]], people: People, course: Course, losses: Losses, draw: Draw
) -> pd.DataFrame:
    """One row per answered item.

    Parameters
    ----------
    scores : dict
        Instrument, item key, and answers of shape (people, visits); a missing number is an item not asked.
    people : People
    course : Course
    losses : Losses
    draw : callable

    Returns
    -------
    DataFrame
    """
    parts = []
    for instrument, items in scores.items():
        handed_in = course.handed_in(losses.form, draw("answers", instrument, "missing"))
        for position, (item, values) in enumerate(items.items()):
            skipped = draw("answers", instrument, item, "skipped").random(values.shape) < losses.item
            parts.append(_item(instrument, item, position, values, handed_in & ~skipped, people, course))
    frame = pd.concat([*parts, _comments(parts)], ignore_index=True)
    frame = frame.sort_values(["participant", "day", "instrument", "position"], kind="stable", ignore_index=True)
    return frame.drop(columns="position")


def _item(
    instrument: str,
    item: str,
    position: int,
    values: NDArray[np.float64],
    given: NDArray[np.bool_],
    people: People,
    course: Course,
) -> pd.DataFrame:
    person, visit = np.nonzero(given & ~np.isnan(values))
    numbers = values[person, visit]
    is_clock = instrument == "psqi" and item in PSQI_CLOCKS
    response = (
        clock(numbers.astype(np.int64)) if is_clock else np.array([f"{value:g}" for value in numbers], dtype=object)
    )
    return pd.DataFrame(
        {
            "participant": people.ids[person],
            "visit": course.names(visit),
            "day": course.visit_day[person, visit],
            "instrument": instrument,
            "item": item,
            "response": response,
            "position": position,
        }
    )


def _comments(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """The reason beside an answered 'other reason'; it never says anything but spasms."""
    frame = pd.concat(parts, ignore_index=True)
    other = frame[(frame["item"] == PSQI_OTHER_REASON) & (frame["response"] != "0")]
    return other.assign(item=f"{PSQI_OTHER_REASON}_comment", response="spasms")
