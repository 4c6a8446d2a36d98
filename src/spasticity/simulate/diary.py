"""The daily diary: spasms, spasticity, pain and drowsiness, and the days on which there is none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.simulate.constants import Given
from spasticity.simulate.course import Course, Losses
from spasticity.simulate.people import People
from spasticity.simulate.signals import Counts, Signal, measurements, whole
from spasticity.simulate.streams import Draw


@dataclass(frozen=True, slots=True, kw_only=True)
class DiaryModel:
    """What the diary holds.

    Parameters
    ----------
    spasms : Counts
    spasticity, pain, drowsiness : Signal
        On 0-10 before rounding.
    rebound_log, rebound_points, rebound_days : Given
        After an abrupt stop: rise of the log spasm count and of the ratings, and for how many days.
    """

    spasms: Counts
    spasticity: Signal
    pain: Signal
    drowsiness: Signal
    rebound_log: Given
    rebound_points: Given
    rebound_days: Given


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Diary:
    """Every day of everybody, written down or not; arrays of shape (people, days).

    Parameters
    ----------
    days : ndarray of int, shape (days,)
    spasm_mean : ndarray
        Expected spasms of the person on that day.
    spasms, spasticity_nrs, pain_nrs, drowsiness_nrs : ndarray of int
    """

    days: NDArray[np.int64]
    spasm_mean: NDArray[np.float64]
    spasms: NDArray[np.int64]
    spasticity_nrs: NDArray[np.int64]
    pain_nrs: NDArray[np.int64]
    drowsiness_nrs: NDArray[np.int64]

    def before(self, visit_day: NDArray[np.int64], days: int = 7) -> NDArray[np.int64]:
        """Positions of the days before each visit, before the first dose at baseline; shape (people, visits, days)."""
        return np.maximum(visit_day, 0)[:, :, None] - self.days[0] + np.arange(-days, 0)

    def week_mean(
        self, values: NDArray[np.float64] | NDArray[np.int64], visit_day: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Mean of the 7 days before each visit, shape (people, visits)."""
        people = np.arange(len(values))[:, None, None]
        return values[people, self.before(visit_day)].mean(axis=2)


def lived(
    model: DiaryModel, people: People, days: NDArray[np.int64], abrupt_day: NDArray[np.int64], draw: Draw
) -> Diary:
    """What people go through on every day.

    Parameters
    ----------
    model : DiaryModel
    people : People
    days : ndarray of int, shape (days,)
    abrupt_day : ndarray of int, shape (people,)
        First day without drug of those who stop abruptly; a day that never comes for the others.
    draw : callable

    Returns
    -------
    Diary
    """
    since = days - abrupt_day[:, None]
    rebound = (since >= 0) & (since < model.rebound_days)
    expected = np.exp(measurements(model.spasms.signal, people, days, draw) + model.rebound_log * rebound)
    k = float(model.spasms.daily_dispersion)
    spasm_mean = expected * draw("spasms", "day").gamma(k, 1 / k, expected.shape)
    worse = model.rebound_points * rebound
    return Diary(
        days=days,
        spasm_mean=spasm_mean,
        spasms=draw("spasms", "count").poisson(spasm_mean),
        spasticity_nrs=whole(measurements(model.spasticity, people, days, draw) + worse, 0, 10),
        pain_nrs=whole(measurements(model.pain, people, days, draw), 0, 10),
        drowsiness_nrs=whole(measurements(model.drowsiness, people, days, draw), 0, 10),
    )


def diary_table(diary: Diary, people: People, course: Course, losses: Losses, draw: Draw) -> pd.DataFrame:
    """One row per participant and day with a diary; days without one have no row."""
    kept = diary.days < course.leaves[:, None]
    kept &= draw("diary", "missing").random(kept.shape) >= losses.diary_day
    kept &= ~_gaps(diary.days, len(people), losses, draw("diary", "gaps"))
    person, day = np.nonzero(kept)
    columns = {
        name: _with_holes(getattr(diary, name)[kept], losses.cell, draw("diary", name))
        for name in ("spasms", "spasticity_nrs", "pain_nrs", "drowsiness_nrs")
    }
    return pd.DataFrame({"participant": people.ids[person], "day": diary.days[day], **columns})


def _gaps(days: NDArray[np.int64], people: int, losses: Losses, rng: np.random.Generator) -> NDArray[np.bool_]:
    """One longer gap after the first dose for some people."""
    start = rng.integers(1, days[-1], people)
    since = days - start[:, None]
    return (rng.random(people) < losses.gap)[:, None] & (since >= 0) & (since < losses.gap_days)


def _with_holes(values: NDArray[np.int64], missing: Given, rng: np.random.Generator) -> NDArray[np.float64]:
    return np.where(rng.random(len(values)) < missing, np.nan, values)
