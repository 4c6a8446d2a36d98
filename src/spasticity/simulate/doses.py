"""Study drug: titration, plateau, taper and everything that goes otherwise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.simulate.constants import Given
from spasticity.simulate.course import OTHER, Course
from spasticity.simulate.people import People
from spasticity.simulate.regimens import Oral, Pump
from spasticity.simulate.streams import Draw

TAKEN, ZERO, UNKNOWN, NO_RECORD = "taken", "zero documented", "unknown", ""
NEVER = 10**6  # a day that does not come


@dataclass(frozen=True, slots=True, kw_only=True)
class DosingModel:
    """What goes otherwise than planned.

    Parameters
    ----------
    stop_day : int
        Day on which the taper of oral drugs begins.
    interrupted, interrupted_days : Given
        Share of people on oral drugs with a documented pause, and its length.
    unknown, unknown_days : Given
        Share of people with a stretch of days without any record, and its length.
    followed_days : Given
        Days after leaving for which there is a record.
    """

    stop_day: int
    interrupted: Given
    interrupted_days: Given
    unknown: Given
    unknown_days: Given
    followed_days: Given


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Turns:
    """What happens to a person's treatment whatever the person reports; arrays of shape (people,).

    Parameters
    ----------
    abrupt_day : ndarray of int
        First day of a sudden stop; `NEVER` for most.
    screened_out : ndarray of int
        Day on which somebody leaves who did not respond to any bolus; `NEVER` for most.
    bolus : ndarray of int
        Number of the sufficient bolus; the count of boluses when none was.
    """

    abrupt_day: NDArray[np.int64]
    screened_out: NDArray[np.int64]
    bolus: NDArray[np.int64]


def turns(model: DosingModel, people: People, last_day: int, draw: Draw) -> Turns:
    """Sudden stops and failed screenings, by arm."""
    n = len(people)
    abrupt, out, bolus = np.full(n, NEVER), np.full(n, NEVER), np.zeros(n, dtype=np.int64)
    chance, when = draw("doses", "abrupt").random(n), draw("doses", "failure").exponential(1.0, n)
    response = draw("doses", "screening").random(n)
    for number, arm in enumerate(people.arms):
        here = people.arm == number
        if isinstance(arm.regimen, Oral):
            abrupt[here & (chance < arm.regimen.abrupt)] = model.stop_day
        elif isinstance(arm.regimen, Pump):
            pump = arm.regimen
            bolus[here] = np.searchsorted(np.cumsum(np.array(pump.responds, dtype=float)), response[here], side="right")
            out[here & (bolus == len(pump.boluses))] = int(pump.bolus_days) * len(pump.boluses)
            failure = _pump_start(pump, bolus) + 14 + np.floor(when * 365.25 / pump.failures_per_year)
            abrupt = np.where(here & (failure <= last_day), failure, abrupt).astype(np.int64)
    return Turns(abrupt_day=abrupt, screened_out=out, bolus=bolus)


def doses_table(
    model: DosingModel, turned: Turns, people: People, course: Course, last_day: int, draw: Draw
) -> pd.DataFrame:
    """One row per participant and stretch of days with one dose and one status; placebo has none."""
    days = np.arange(last_day + 1)
    parts = []
    for number, arm in enumerate(people.arms):
        here = np.flatnonzero(people.arm == number)
        if arm.regimen is None:
            continue
        if isinstance(arm.regimen, Oral):
            route = "oral"
            dose, status = _oral(arm.regimen, model, turned, course, here, days, draw)
        else:
            route = "intrathecal"
            dose, status = _intrathecal(arm.regimen, turned, course, here, days, draw)
        status[days >= course.leaves[here][:, None] + model.followed_days] = NO_RECORD
        parts.append(_stretches(people.ids[here], arm.regimen.drug, route, dose, status))
    return pd.concat(parts, ignore_index=True).sort_values(["participant", "start_day"], ignore_index=True)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class OralPlan:
    """What is planted in the tablets of an arm, before it becomes doses; arrays of shape (people of the arm, ...).

    Parameters
    ----------
    top : ndarray of int
        Number of the highest step, 1 the lowest.
    stop : ndarray of int
        Day on which the way down begins.
    at_stop : ndarray of int
        Number of the step on the day before.
    abrupt : ndarray of bool
        Who goes down at once.
    pause, unseen : ndarray of bool, shape (people of the arm, days)
        Days of a documented pause, and days without a record.
    """

    top: NDArray[np.int64]
    stop: NDArray[np.int64]
    at_stop: NDArray[np.int64]
    abrupt: NDArray[np.bool_]
    pause: NDArray[np.bool_]
    unseen: NDArray[np.bool_]


def oral_plan(
    regimen: Oral,
    model: DosingModel,
    turned: Turns,
    course: Course,
    here: NDArray[np.int64],
    days: NDArray[np.int64],
    draw: Draw,
) -> OralPlan:
    """What is planted in the tablets of an arm; the same arguments give the same plan."""
    rng = draw("doses", regimen.drug)
    top = 1 + rng.choice(len(regimen.steps), len(here), p=np.array(regimen.reach, dtype=float))
    leaves, abrupt = course.leaves[here], turned.abrupt_day[here]
    stop = np.minimum(leaves, model.stop_day)
    first = int(regimen.step_days) * (len(regimen.steps) + 1)
    pause = _stretch(first, model.interrupted, model.interrupted_days, model, days, len(here), rng)
    unseen = _stretch(0, model.unknown, model.unknown_days, model, days, len(here), rng)
    return OralPlan(
        top=top,
        stop=stop,
        at_stop=np.minimum((stop - 1) // int(regimen.step_days) + 1, top),
        abrupt=(abrupt < NEVER) & (leaves > abrupt),
        pause=pause & (days < stop[:, None]),
        unseen=unseen | ((course.reason[here] == OTHER)[:, None] & (days >= leaves[:, None])),
    )


def _oral(
    regimen: Oral,
    model: DosingModel,
    turned: Turns,
    course: Course,
    here: NDArray[np.int64],
    days: NDArray[np.int64],
    draw: Draw,
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """Daily doses and their status, shape (people of the arm, days)."""
    plan = oral_plan(regimen, model, turned, course, here, days, draw)
    steps, stop = np.array([0.0, *regimen.steps]), plan.stop[:, None]
    up = np.minimum(days // int(regimen.step_days) + 1, plan.top[:, None])
    down = np.maximum(plan.at_stop[:, None] - 1 - (days - stop) // int(regimen.taper_step_days), 0)
    level = np.where(days < stop, up, np.where(plan.abrupt[:, None], 0, down))
    level[plan.pause] = 0
    status = np.where(level > 0, TAKEN, ZERO).astype(object)
    status[plan.unseen] = UNKNOWN
    return steps[level], status


def _stretch(
    first: int,
    share: Given,
    length: Given,
    model: DosingModel,
    days: NDArray[np.int64],
    n: int,
    rng: np.random.Generator,
) -> NDArray[np.bool_]:
    """One stretch of days, before treatment ends, for a share of people; shape (n, days)."""
    start = rng.integers(first, model.stop_day - int(length), n)[:, None]
    return (rng.random(n) < share)[:, None] & (days >= start) & (days < start + length)


def _intrathecal(
    pump: Pump, turned: Turns, course: Course, here: NDArray[np.int64], days: NDArray[np.int64], draw: Draw
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """Daily doses and their status, shape (people of the arm, days)."""
    rng = draw("doses", pump.drug + " pump")
    bolus, n = turned.bolus[here], len(here)
    start = _pump_start(pump, bolus)[:, None]
    target = rng.uniform(pump.target_low, pump.target_high, n)[:, None]
    rises = 1 + rng.uniform(pump.step_low, pump.step_high, (n, len(days) // int(pump.step_days) + 1))
    first = pump.first_factor * np.array([*pump.boluses, 0.0])[bolus][:, None]
    ladder = first * np.cumprod(np.concatenate([np.ones((n, 1)), rises], axis=1), axis=1)
    ladder = 5 * np.rint(np.minimum(ladder, target) / 5)  # pumps are set in whole steps
    step = np.clip((days - start) // int(pump.step_days), 0, ladder.shape[1] - 1)
    dose = np.where(days >= start, np.take_along_axis(ladder, step, axis=1), 0.0)
    for number, size in enumerate(pump.boluses):
        dose[(bolus >= number)[:, None] & (days == number * pump.bolus_days)] = size
    since = days - turned.abrupt_day[here][:, None]
    dose[(since >= 0) & (since < pump.failure_days)] = 0
    status = np.where(dose > 0, TAKEN, ZERO).astype(object)
    leaves = course.leaves[here][:, None]
    status[(days >= leaves) & (bolus < len(pump.boluses))[:, None]] = UNKNOWN  # the pump runs on unseen
    return dose, status


def _pump_start(pump: Pump, bolus: NDArray[np.int64]) -> NDArray[np.int64]:
    """Day of the first pump dose; never for those who did not respond."""
    return np.where(bolus < len(pump.boluses), bolus * int(pump.bolus_days) + int(pump.implant_days), NEVER)


def _stretches(
    ids: NDArray[np.object_], drug: str, route: str, dose: NDArray[np.float64], status: NDArray[np.object_]
) -> pd.DataFrame:
    """Runs of days with the same dose and status, as half-open stretches."""
    dose = np.where((status == UNKNOWN) | (status == NO_RECORD), -1.0, dose)
    new = np.ones(dose.shape, dtype=bool)
    new[:, 1:] = (dose[:, 1:] != dose[:, :-1]) | (status[:, 1:] != status[:, :-1])
    person, start = np.nonzero(new)
    last = np.append(person[1:] != person[:-1], True)
    end = np.where(last, dose.shape[1], np.append(start[1:], 0))
    amount = np.where(dose[new] < 0, np.nan, dose[new])
    frame = pd.DataFrame(
        {
            "participant": ids[person],
            "drug": drug,
            "route": route,
            "start_day": start,
            "end_day": end,
            "dose_mg_per_day": amount if route == "oral" else np.nan,
            "dose_ug_per_day": amount if route == "intrathecal" else np.nan,
            "status": status[new],
        }
    )
    return frame[frame["status"] != NO_RECORD]
