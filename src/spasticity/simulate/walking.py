"""Timed walks, of people who can walk, lose it or regain it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.simulate.constants import Given
from spasticity.simulate.course import Course, Losses
from spasticity.simulate.people import People
from spasticity.simulate.signals import Signal, levels, measurements
from spasticity.simulate.streams import Draw

DEVICES = np.array(("none", "cane", "crutches", "walker"), dtype=object)


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkTest:
    """A timed walk.

    Parameters
    ----------
    name : str
    distance_m : Given
    trials : int
    cohorts : tuple of str
        Who does it.
    """

    name: str
    distance_m: Given
    trials: int
    cohorts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkModel:
    """How people walk.

    Parameters
    ----------
    pace : Signal
        Log of the seconds per metre.
    fastest : Given
        Log of the fewest seconds per metre anybody needs.
    trial_sd : Given
        Spread of the log time between trials.
    loses, gains : Given
        Probability of losing or regaining walking between two visits.
    devices : tuple of Given
        Log paces from which people use a cane, crutches, a walker.
    tests : tuple of WalkTest
    """

    pace: Signal
    fastest: Given
    trial_sd: Given
    loses: Given
    gains: Given
    devices: tuple[Given, ...]
    tests: tuple[WalkTest, ...]


def able(model: WalkModel, people: People, visits: int, draw: Draw) -> NDArray[np.bool_]:
    """Who can walk at each visit, shape (people, visits)."""
    turn = draw("walks", "able").random((len(people), visits))
    state = [people.flag("walks")]
    for number in range(1, visits):
        state.append(np.where(state[-1], turn[:, number] >= model.loses, turn[:, number] < model.gains))
    return np.stack(state, axis=1)


def times(
    model: WalkModel, test: WalkTest, people: People, visit_day: NDArray[np.int64], draw: Draw
) -> NDArray[np.float64]:
    """Seconds each person would need, shape (people, visits, trials)."""
    pace = measurements(model.pace, people, visit_day, draw)[:, :, None]
    trial = model.trial_sd * draw("walks", test.name).standard_normal((*visit_day.shape, test.trials))
    return np.round(test.distance_m * np.exp(np.maximum(pace + trial, model.fastest)), 1)


def walks_table(model: WalkModel, people: People, course: Course, losses: Losses, draw: Draw) -> pd.DataFrame:
    """One row per participant, visit, test and trial; one row that says so when the person cannot walk."""
    walks = able(model, people, len(course.visits), draw)
    measured = course.handed_in(losses.form, draw("walks", "missing"))
    device = DEVICES[np.searchsorted(np.array(model.devices, dtype=float), levels(model.pace, people, draw))]
    parts = []
    for test in model.tests:
        does = np.any([people.in_cohort(name) for name in test.cohorts], axis=0)
        kept = np.repeat((measured & does[:, None])[:, :, None], test.trials, axis=2)
        kept[:, :, 1:] &= walks[:, :, None]
        person, visit, trial = np.nonzero(kept)
        can = walks[person, visit]
        aid = device[person]
        aid[~can] = None
        seconds = times(model, test, people, course.visit_day, draw)[kept]
        parts.append(
            pd.DataFrame(
                {
                    "participant": people.ids[person],
                    "visit": course.names(visit),
                    "day": course.visit_day[person, visit],
                    "test": test.name,
                    "trial": trial + 1,
                    "time_s": np.where(can, seconds, np.nan),
                    "unable": ~can,
                    "distance_m": float(test.distance_m),
                    "device": aid,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
