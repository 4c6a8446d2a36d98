"""Quantities that live in people and move over days: their declaration and how they are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from spasticity.simulate.constants import NONE, Given, Knots, invented
from spasticity.simulate.people import People
from spasticity.simulate.streams import Draw

SETTLES: Knots = ((0, NONE), (28, invented(0.8)), (56, invented(1.0)))
WEEK_TO_WEEK = invented(0.8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What an arm adds to the change that everybody has, once it works in full.

    Parameters
    ----------
    arm : str
    value : Given
        In the unit of the signal.
    cohort : str, optional
        Only in this cohort; None is everybody.
    """

    arm: str
    value: Given
    cohort: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A quantity before it is rounded, counted or graded.

    Parameters
    ----------
    name : str
    mean : Given
        Level before treatment.
    person_sd : Given
        Spread of the levels of people.
    cohorts : tuple
        Cohort and what it adds to the mean.
    entry : Given, optional
        People below this level were not let in.
    shared : Given
        Correlation, with its sign, of a person's level with the severity that all signals share.
    wander_sd : Given
        Spread of the slow drift around a person's level.
    week_to_week : Given
        Correlation of that drift between one week and the next.
    noise_sd : Given
        Spread of one measurement.
    response_sd : Given
        Spread of the change that people have in any arm.
    placebo : Given
        Mean change in any arm.
    settles : tuple
        Day and fraction of that change; straight lines between them.
    effects : tuple of Effect
    """

    name: str
    mean: Given
    person_sd: Given
    cohorts: tuple[tuple[str, Given], ...] = ()
    entry: Given | None = None
    shared: Given = NONE
    wander_sd: Given = NONE
    week_to_week: Given = WEEK_TO_WEEK
    noise_sd: Given = NONE
    response_sd: Given = NONE
    placebo: Given = NONE
    settles: Knots = SETTLES
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """A daily count: negative binomial, with people, weeks and days as sources of overdispersion.

    Parameters
    ----------
    name : str
    mean : Given
        Over people and days before treatment.
    dispersion : Given
        k of the negative binomial over people and days: variance = mean + mean² / k.
    daily_dispersion : Given
        The same within one person and week.
    wander_sd, response_sd, shared, placebo, effects
        As in a signal, on the log scale; an effect is a log rate ratio.
    """

    name: str
    mean: Given
    dispersion: Given
    daily_dispersion: Given
    wander_sd: Given
    response_sd: Given
    shared: Given
    placebo: Given
    effects: tuple[Effect, ...]

    @property
    def signal(self) -> Signal:
        """The log of the mean count; the overdispersion that days and weeks leave over is between people."""
        days = 1 + 1 / self.daily_dispersion
        person_sd = sqrt(log((1 + 1 / self.dispersion) / days) - self.wander_sd**2)
        level = log(self.mean) - (person_sd**2 + self.wander_sd**2) / 2  # the exponential then has the wanted mean
        return Signal(
            name=self.name,
            mean=Given(level, self.mean.source),
            person_sd=Given(person_sd, "derived"),
            shared=self.shared,
            wander_sd=self.wander_sd,
            response_sd=self.response_sd,
            placebo=self.placebo,
            effects=self.effects,
        )


def measurements(signal: Signal, people: People, days: NDArray[np.int64], draw: Draw) -> NDArray[np.float64]:
    """What one measurement on each day gives: level, response, effect, drift and noise.

    Parameters
    ----------
    signal : Signal
    people : People
    days : ndarray of int, shape (d,) or (people, d)
    draw : callable

    Returns
    -------
    ndarray, shape (people, d)
    """
    days = np.broadcast_to(days, (len(people), days.shape[-1]))
    changed = people_changes(signal, people, draw)[:, None] * fraction(signal.settles, days)
    treated = effects_of(signal, people)[:, None] * people.onset(days)
    noise = signal.noise_sd * draw(signal.name, "noise").standard_normal(days.shape)
    return levels(signal, people, draw)[:, None] + changed + treated + _drift(signal, days, draw) + noise


def levels(signal: Signal, people: People, draw: Draw) -> NDArray[np.float64]:
    """The level of each person before treatment, shape (people,)."""
    own = draw(signal.name, "level").standard_normal(len(people))
    score = _mixed(signal.shared, people.severity, own)
    mean = signal.mean + people.by_cohort(signal.cohorts)
    if signal.entry is not None:  # the part of the normal curve above the entry level
        below = ndtr((signal.entry - mean) / signal.person_sd)
        score = ndtri(below + (1 - below) * ndtr(score))
    return mean + signal.person_sd * score


def people_changes(signal: Signal, people: People, draw: Draw) -> NDArray[np.float64]:
    """The change each person has in any arm once it has settled, shape (people,)."""
    own = draw(signal.name, "response").standard_normal(len(people))
    return signal.placebo + signal.response_sd * _mixed(signal.shared, people.responsiveness, own)


def effects_of(signal: Signal, people: People) -> NDArray[np.float64]:
    """The full effect of each person's arm, shape (people,)."""
    total = np.zeros(len(people))
    for effect in signal.effects:
        here = people.in_arm(effect.arm)
        if effect.cohort is not None:
            here = here & people.in_cohort(effect.cohort)
        total += effect.value * here
    return total


def fraction(knots: Knots, days: NDArray[np.int64]) -> NDArray[np.float64]:
    """The value of a knotted line at each day, same shape as `days`."""
    return np.interp(days, [day for day, _ in knots], [float(value) for _, value in knots])


def whole(values: NDArray[np.float64], low: int, high: int) -> NDArray[np.int64]:
    """The nearest whole number on a scale from `low` to `high`, same shape as `values`."""
    return np.clip(np.rint(values), low, high).astype(np.int64)


def _mixed(shared: float, common: NDArray[np.float64], own: NDArray[np.float64]) -> NDArray[np.float64]:
    return shared * common + sqrt(1 - shared**2) * own


def _drift(signal: Signal, days: NDArray[np.int64], draw: Draw) -> NDArray[np.float64]:
    """A stationary first-order autoregression over weeks, read at each day."""
    week = (days - days.min()) // 7
    steps = draw(signal.name, "drift").standard_normal((len(days), int(week.max()) + 1))
    keep = float(signal.week_to_week)
    for number in range(1, steps.shape[1]):
        steps[:, number] = _mixed(keep, steps[:, number - 1], steps[:, number])
    return signal.wander_sd * np.take_along_axis(steps, week, axis=1)
