"""Sleep: the diary of the seven nights before each visit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.simulate.constants import Given
from spasticity.simulate.course import Course, Losses
from spasticity.simulate.diary import Diary
from spasticity.simulate.people import People
from spasticity.simulate.signals import Signal, measurements
from spasticity.simulate.streams import Draw

CLOCKS = np.array([f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(24 * 60)], dtype=object)
ROUND_MIN = 5  # people write bedtimes and minutes awake in fives


@dataclass(frozen=True, slots=True, kw_only=True)
class SleepModel:
    """How people sleep.

    Parameters
    ----------
    bedtime : Signal
        Minutes after midnight at which people go to bed.
    latency, awake : Signal
        Logs of the minutes until sleep, and awake at night for other reasons than spasms.
    span : Signal
        Minutes from falling asleep to the final awakening.
    settling_min, lying_min : Given
        Mean minutes in bed before trying to sleep and after the final awakening.
    awake_per_spasm_min : Given
        Minutes awake after a spasm that wakes.
    other_awakenings : Given
        Mean awakenings a night for other reasons.
    """

    bedtime: Signal
    latency: Signal
    awake: Signal
    span: Signal
    settling_min: Given
    lying_min: Given
    awake_per_spasm_min: Given
    other_awakenings: Given


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Nights:
    """The seven nights before each visit, arrays of shape (people, visits, 7); clock times in minutes after midnight.

    Parameters
    ----------
    day : ndarray of int
        Day on which the night begins.
    into_bed, attempt, final_awakening, out_of_bed : ndarray of int
    sol_min, waso_min, awakenings, spasm_awakenings : ndarray of int
    """

    day: NDArray[np.int64]
    into_bed: NDArray[np.int64]
    attempt: NDArray[np.int64]
    final_awakening: NDArray[np.int64]
    out_of_bed: NDArray[np.int64]
    sol_min: NDArray[np.int64]
    waso_min: NDArray[np.int64]
    awakenings: NDArray[np.int64]
    spasm_awakenings: NDArray[np.int64]

    @property
    def tst_min(self) -> NDArray[np.int64]:
        """Minutes asleep."""
        return self.final_awakening - self.attempt - self.sol_min - self.waso_min

    @property
    def in_bed_min(self) -> NDArray[np.int64]:
        """Minutes in bed."""
        return self.out_of_bed - self.into_bed


def slept(
    model: SleepModel, people: People, visit_day: NDArray[np.int64], diary: Diary, wakings: float, draw: Draw
) -> Nights:
    """The nights before each visit.

    Parameters
    ----------
    model : SleepModel
    people : People
    visit_day : ndarray of int, shape (people, visits)
    diary : Diary
        Spasms of the same days.
    wakings : float
        Share of a day's spasms that wake the person at night.
    draw : callable

    Returns
    -------
    Nights
    """
    where = diary.before(visit_day)
    day = diary.days[where]

    def measured(signal: Signal) -> NDArray[np.float64]:
        return measurements(signal, people, day.reshape(len(people), -1), draw).reshape(day.shape)

    spasms = diary.spasm_mean[np.arange(len(people))[:, None, None], where]
    spasm_awakenings = draw("nights", "spasm awakenings").poisson(spasms * wakings)
    sol = _fives(np.clip(np.exp(measured(model.latency)), 0, 240))
    span = _fives(np.clip(measured(model.span), 180, 780))
    woken = draw("nights", "awake per spasm").gamma(2.0, model.awake_per_spasm_min / 2.0, day.shape)
    waso = np.minimum(_fives(np.exp(measured(model.awake)) + woken * spasm_awakenings), span - 60)
    into_bed = _fives(measured(model.bedtime))
    attempt = into_bed + _fives(draw("nights", "settling").exponential(model.settling_min, day.shape))
    final = attempt + sol + span
    other = draw("nights", "awakenings").poisson(model.other_awakenings, day.shape)
    return Nights(
        day=day,
        into_bed=into_bed,
        attempt=attempt,
        final_awakening=final,
        out_of_bed=final + _fives(draw("nights", "lying").exponential(model.lying_min, day.shape)),
        sol_min=sol,
        waso_min=waso,
        awakenings=other + spasm_awakenings,
        spasm_awakenings=spasm_awakenings,
    )


def nights_table(nights: Nights, people: People, course: Course, losses: Losses, draw: Draw) -> pd.DataFrame:
    """One row per participant and night with a sleep diary."""
    kept = (draw("nights", "missing").random(nights.day.shape) >= losses.night) & course.attended[:, :, None]
    unknown = draw("nights", "unknown").random(nights.day.shape) < losses.cell
    person = np.nonzero(kept)[0]
    columns = {"participant": people.ids[person], "day": nights.day[kept]}
    for name in ("into_bed", "attempt"):
        columns[name] = clock(getattr(nights, name)[kept])
    for name in ("sol_min", "waso_min", "awakenings"):
        columns[name] = getattr(nights, name)[kept]
    columns["spasm_awakenings"] = np.where(unknown, np.nan, nights.spasm_awakenings)[kept]
    for name in ("final_awakening", "out_of_bed"):
        columns[name] = clock(getattr(nights, name)[kept])
    return pd.DataFrame(columns)


def clock(minutes: NDArray[np.int64]) -> NDArray[np.object_]:
    """Minutes after midnight as HH:MM."""
    return CLOCKS[minutes % (24 * 60)]


def _fives(minutes: NDArray[np.float64]) -> NDArray[np.int64]:
    return ROUND_MIN * np.rint(minutes / ROUND_MIN).astype(np.int64)
