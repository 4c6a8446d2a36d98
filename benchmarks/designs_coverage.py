"""Type I error and coverage of simple designs: analysis of covariance, before and after, crossover, one person.

`covariance`: two arms with a baseline that correlates 0.6, the true difference is 0 (no method here depends on it);
`skewed` errors are exponential; `unequal` arms of 1 : 3 whose smaller one varies three times as much; `dropout`: 30 %
leave, likelier with a bad baseline. `before and after`: one group, normal, skewed, or whole grades from -2 to 2.
`crossover`: sizes count a sequence; with `dropout` a quarter has one period only. `one person`: days whose
autocorrelation is 0.4, sizes count blocks of six days, or days in which the change could be; a randomisation test.
`one group`: means, medians, geometric means. Commands: see `coverage.py`.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from scipy import signal
from scipy import stats as distributions

from benchmarks.coverage import PEOPLE, Decisions, Study, numbered, outside, rejected
from spasticity.stats import crossover_trials, pairs, single_case, summaries
from spasticity.stats.least_squares import hc3, solved

AUTOCORRELATION = 0.4


def least_squares(design: np.ndarray, y: np.ndarray) -> Decisions:
    """Difference between arms, the last column, whose truth is 0."""

    @cache
    def solution():
        return solved(design, y)

    def wrong(covariance) -> bool:
        found = solution()
        half = distributions.t.isf(0.025, found.df) * np.sqrt(covariance(found)[-1, -1])
        return outside(0.0, found.values[-1] - half, found.values[-1] + half)

    yield "ancova: model (default)", lambda: wrong(lambda found: found.unscaled * found.sigma**2)
    yield "ancova: HC3", lambda: wrong(lambda found: hc3(design, found))


def covariance(kind: str):
    def scenario(per_arm: int, _: float, rng: np.random.Generator) -> Decisions:
        n = 2 * per_arm
        arm = (np.arange(n) < (n // 4 if kind == "unequal" else n // 2)).astype(float)
        baseline = rng.normal(0, 1, n)
        error = rng.exponential(1, n) - 1 if kind == "skewed" else rng.normal(0, 1, n)
        if kind == "unequal":
            error = error * np.where(arm == 1, 3.0**0.5, 1.0)
        stays = np.ones(n, dtype=bool)
        if kind == "dropout":
            stays = rng.random(n) > np.where(baseline > 0, 0.45, 0.15)
        design = np.column_stack([np.ones(n), baseline, arm])
        yield from least_squares(design[stays], (0.75 * baseline + error)[stays])

    return scenario


def change(kind: str):
    """Changes of one group whose true mean and median are 0."""

    def scenario(size: int, _: float, rng: np.random.Generator) -> Decisions:
        x = rng.normal(0, 1, size)
        if kind == "skewed":
            x = rng.exponential(1, size) - 1
        if kind == "grades":
            x = rng.choice([-2.0, -1, 0, 1, 2], size, p=[0.1, 0.2, 0.4, 0.2, 0.1])
        yield "paired: mean change, t", lambda: _misses(pairs._paired_t(x, 0.95), 0.0)
        if kind != "skewed":  # its pseudomedian is not 0
            yield "paired: Hodges-Lehmann interval", lambda: _misses(pairs._signed_rank(x, 0.95), 0.0)
            yield "paired: signed-rank test", lambda: rejected(pairs._signed_rank(x, 0.95)["p_value"])

    return scenario


def _misses(row, truth: float) -> bool:
    return outside(truth, row["conf_low"], row["conf_high"])


def crossover(dropout: bool):
    def scenario(size: int, _: float, rng: np.random.Generator) -> Decisions:
        both = []
        for _sequence in range(2):
            there = rng.random(size) > 0.25 if dropout else np.ones(size, dtype=bool)
            own = rng.normal(0, 2, size)[:, None]
            both.append((own + rng.normal(0, 1, (size, 2)) + [0, 0.5])[there])
        step, total = [one[:, 0] - one[:, 1] for one in both], [one.sum(axis=1) for one in both]
        half = crossover_trials._half_difference
        yield "crossover: treatment", lambda: _misses(half(step[0], step[1], 0.95), 0.0)
        yield "crossover: period", lambda: _misses(half(-step[0], step[1], 0.95), 0.5)
        yield "crossover: carry-over", lambda: _misses(half(total[0], total[1], 0.95), 0.0)

    return scenario


def days(count: int, rng: np.random.Generator) -> np.ndarray:
    """A series whose neighbours correlate, of variance 1."""
    shocks = rng.normal(0, 1, count + 30) * np.sqrt(1 - AUTOCORRELATION**2)
    return signal.lfilter([1.0], [1.0, -AUTOCORRELATION], shocks)[30:]


def one_person_blocks(size: int, _: float, rng: np.random.Generator) -> Decisions:
    """Blocks of six days; the lot says which half has the treatment."""
    first = rng.random(size) < 0.5
    treated = np.repeat(np.column_stack([first, ~first]).ravel(), 3)
    rows = pd.DataFrame({"value": days(6 * size, rng), "treated": treated, "block": np.repeat(np.arange(size), 6)})

    @cache
    def found():
        return single_case._of_blocks(rows, 0.95)

    def test() -> bool:
        orders = found()[1]
        return bool((np.abs(orders) >= abs(orders[0]) * (1 - 1e-12)).mean() <= 0.05)

    yield "n_of_1: blocks, randomisation test", test
    yield "n_of_1: blocks, t interval", lambda: _misses(found()[0], 0.0)


def one_person_start(size: int, _: float, rng: np.random.Generator) -> Decisions:
    """A change on one of so many days, drawn by lot, with ten days before the first and after the last."""
    starts = np.arange(10, 10 + size)
    begun = int(rng.choice(starts))
    at = np.arange(20 + size)
    rows = pd.DataFrame({"value": days(len(at), rng), "treated": at >= begun, "day": at})

    def test() -> bool:
        orders = single_case._of_start(rows, "day", starts.astype(float))[1]
        return bool((np.abs(orders) >= abs(orders[0]) * (1 - 1e-12)).mean() <= 0.05)

    yield "n_of_1: start, randomisation test", test


def one_group(skewed: bool):
    def scenario(size: int, _: float, rng: np.random.Generator) -> Decisions:
        x = np.sort(np.exp(rng.normal(0, 1, size)) if skewed else rng.normal(0, 1, size))
        yield "describe: mean", lambda: _misses(summaries._mean(x, 0.95), float(np.exp(0.5)) if skewed else 0.0)
        yield "describe: median", lambda: _misses(summaries._median(x, 0.95), 1.0 if skewed else 0.0)
        if skewed:
            yield "describe: geometric mean", lambda: _misses(summaries._geometric_mean(x, 0.95), 1.0)

    return scenario


SCENARIOS = {
    "covariance": covariance("normal"),
    "covariance, skewed": covariance("skewed"),
    "covariance, unequal": covariance("unequal"),
    "covariance, dropout": covariance("dropout"),
    "before and after": change("normal"),
    "before and after, skewed": change("skewed"),
    "before and after, grades": change("grades"),
    "crossover": crossover(False),
    "crossover, dropout": crossover(True),
    "one group": one_group(False),
    "one group, skewed": one_group(True),
    "one person, blocks": one_person_blocks,
    "one person, start": one_person_start,
}
ONE_PERSON = {"one person, blocks": (4, 6, 8, 10), "one person, start": (12, 20, 40, 80)}
COUNTED = (
    {name: "per sequence" for name in SCENARIOS if name.startswith("crossover")}
    | {name: "people" for name in SCENARIOS if name.startswith(("before", "one group"))}
    | {"one person, blocks": "blocks", "one person, start": "possible starts"}
)
CELLS = {(n, name, 0.0): 5 for name in SCENARIOS for n in ONE_PERSON.get(name, PEOPLE)}
STUDY = Study("designs", CELLS, numbered(SCENARIOS, 300), counted=COUNTED)

if __name__ == "__main__":
    STUDY.main(__doc__)
