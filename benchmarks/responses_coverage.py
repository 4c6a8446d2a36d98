"""Type I error and coverage of proportions, rates and their comparisons in two arms.

`rare`, `some`, `half`: 5, 20 and 50 % respond in both arms; `effect`: 20 % of the reference and 40 %. With `strata` the
people are in two, of which a third and two thirds; the share differs between them. Rates are of events that are
Poisson, 3 or 12 in an arm of 20. How often is the true difference, ratio or odds ratio outside its interval? A table
without any event has no ratio: the trial failed. Each table is analysed once. Commands: see `coverage.py`.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from benchmarks.coverage import PEOPLE, Decisions, Study, Z, numbered, outside, rejected
from spasticity.errors import MethodError
from spasticity.stats import proportions, rates
from spasticity.stats.mantel_haenszel import cmh, common_rows

INTERVALS = {
    "difference, newcombe (default)": lambda *table: proportions.difference(*table, "newcombe"),
    "difference, miettinen-nurminen": lambda *table: proportions.difference(*table, "miettinen-nurminen"),
    "difference, wald": lambda *table: proportions.difference(*table, "wald"),
    "risk ratio, Katz": lambda *table: proportions.ratio(*table),
    "risk ratio, score": lambda *table: proportions.ratio(*table, score=True),
    "odds ratio, Woolf": lambda *table: proportions.odds_ratio(*table),
    "odds ratio, score": lambda *table: proportions.odds_ratio(*table, score=True),
}


@cache
def limits(name: str, *table: int) -> tuple[float, float]:
    return tuple(map(float, INTERVALS[name](*table)))


@cache
def single(name: str, count: int, n: int) -> tuple[float, float]:
    low, high = (proportions.wilson if name == "Wilson" else proportions.clopper_pearson)(count, n)
    return float(low), float(high)


@cache
def rated(name: str, *table: float) -> tuple[float, ...]:
    if name == "exact":
        return tuple(map(float, rates.poisson_limits(*table)))
    if name == "ratio":
        return tuple(map(float, rates.rate_ratio(*table)))
    if name == "difference":
        return tuple(map(float, rates.rate_difference(*table)))
    return (float(rates.equal_rates(*table)),)


def two_arms(treated: float, reference: float):
    """One table; all of its intervals."""

    def scenario(n: int, _: float, rng: np.random.Generator) -> Decisions:
        x, y = (int(rng.binomial(n, share)) for share in (treated, reference))
        truth = {
            "difference": treated - reference,
            "risk ratio": treated / reference,
            "odds ratio": treated / (1 - treated) / (reference / (1 - reference)),
        }
        for name in INTERVALS:
            yield (
                f"responders: {name}",
                lambda name=name: _missed(truth[name.split(",")[0]], *limits(name, x, n, y, n)),
            )
        if treated == reference:
            yield "responders: N - 1 chi-squared", lambda: _beyond(proportions.difference_score(x, n, y, n, 0.0))
        for name in ("Wilson", "Clopper-Pearson"):
            yield f"proportion: {name}", lambda name=name: outside(reference, *single(name, y, n))

    return scenario


def _missed(truth: float, low: float, high: float) -> bool:
    if low == 0 and np.isinf(high):
        raise MethodError("an interval that holds everything is none")
    return outside(truth, low, high)


def _beyond(z: float) -> bool:
    if np.isnan(z):
        raise MethodError("no test")
    return bool(abs(z) > Z)


def strata(n: int, _: float, rng: np.random.Generator) -> Decisions:
    """Two strata with shares of 15 and 45 %, the same in both arms."""
    sizes = rng.binomial(n, 1 / 3, 2)
    tables = [
        [int(value) for arm in (0, 1) for value in (rng.binomial(size[arm], share), size[arm])]
        for size, share in ((sizes, 0.15), (n - sizes, 0.45))
    ]

    def missed(place: int, truth: float) -> bool:
        row = common_rows(tables, 0.95)[place]
        return _missed(truth, row["conf_low"], row["conf_high"])

    yield "responders: Cochran-Mantel-Haenszel", lambda: rejected(cmh(tables)[1])
    for place, (name, truth) in enumerate((("difference, Sato", 0.0), ("risk ratio", 1.0), ("odds ratio", 1.0))):
        yield f"responders: common {name}", lambda place=place, truth=truth: missed(place, truth)


def events(per_twenty: float):
    """Counts of two arms over a time."""

    def scenario(n: int, _: float, rng: np.random.Generator) -> Decisions:
        time = n / 20
        x, y = (int(rng.poisson(per_twenty * time)) for _ in range(2))
        yield "event_rate: exact", lambda: outside(per_twenty, *rated("exact", y, time))
        yield "two_rates: ratio", lambda: _missed(1.0, *rated("ratio", x, time, y, time))
        yield "two_rates: difference", lambda: outside(0.0, *rated("difference", x, time, y, time))
        yield "two_rates: test", lambda: rejected(rated("test", x, time, y, time)[0])

    return scenario


SCENARIOS = {
    "rare": two_arms(0.05, 0.05),
    "some": two_arms(0.2, 0.2),
    "half": two_arms(0.5, 0.5),
    "effect": two_arms(0.4, 0.2),
    "strata": strata,
    "rates, few": events(3.0),
    "rates, many": events(12.0),
}
CELLS = {(n, name, 0.2 if name == "effect" else 0.0): 10 for name in SCENARIOS for n in PEOPLE}
STUDY = Study("responses", CELLS, numbered(SCENARIOS, 1000))

if __name__ == "__main__":
    STUDY.main(__doc__)
