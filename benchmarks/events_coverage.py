"""Type I error and coverage of the methods for times to events in small invented trials.

`times`: exponential times, two arms, about a third leave before the event; two strata with hazards of 1 and 2 in
`strata`. `effect`: hazard ratio 0.5. `curves`: the two arms alike, a curve's share and median, restricted means.
`competing`: a second event in the way, as likely. `recurrent`: two events a person on average, whose rate varies
between people (variance 0.5). Commands: see `coverage.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
from scipy import stats as distributions

from benchmarks.coverage import PEOPLE, Decisions, Study, Z, numbered, outside
from spasticity.errors import MethodError
from spasticity.stats import competing_risks, recurrent_events
from spasticity.stats.cox_partial import State, evaluated, maximum, risk_sets, row_scores
from spasticity.stats.survival_curves import _curve, _passes_half, _restricted
from spasticity.stats.survival_tests import _scored

CHI_SQUARED = float(distributions.chi2.ppf(0.95, 1))


def times(per_arm: int, rng: np.random.Generator, ratio: float, hazard: np.ndarray | float = 1.0) -> tuple:
    """Time, event and arm of two arms; times in hundredths, so that some are tied."""
    arm = np.repeat([0, 1], per_arm)
    true = rng.exponential(1 / (hazard * np.where(arm == 1, ratio, 1.0)))
    end = rng.uniform(0.2, 2.5, 2 * per_arm)
    return np.ceil(100 * np.minimum(true, end)), true <= end, arm


def tested(parts: list[tuple], weights: str) -> bool:
    """Whether the log-rank test of some strata rejects."""
    found = [_scored(time, event, arm, 2, weights) for time, event, arm in parts]
    off, variance = sum((o - e)[1] for o, e, _ in found), sum(v[1, 1] for *_, v in found)
    if not variance > 0:
        raise MethodError("no event")
    return bool(off**2 / variance > CHI_SQUARED)


def models(
    time: np.ndarray, event: np.ndarray, arm: np.ndarray, stratum: np.ndarray, ties: str
) -> tuple[Callable[[], State], Callable[[], float]]:
    """Cox's model of the arms, and its log-likelihood without them."""
    column = (arm - 0.5)[:, None].astype(float)

    @cache
    def sets():
        if not event.any():
            raise MethodError("no event")
        return risk_sets(time, event, None, stratum)

    @cache
    def fit() -> State:
        return maximum(column, sets(), ties, ("arm",))

    return fit, lambda: evaluated(np.zeros(0), column[:, :0], sets(), ties).log_likelihood


def beyond(state: State, truth: float) -> bool:
    return bool(abs(state.values[0] - truth) > Z / np.sqrt(state.information[0, 0]))


def two_arms(strata: bool):
    def scenario(per_arm: int, effect: float, rng: np.random.Generator) -> Decisions:
        stratum = np.tile(np.arange(per_arm) % 2, 2).astype(np.int64)
        time, event, arm = times(per_arm, rng, float(np.exp(effect)), 1.0 + stratum if strata else 1.0)
        if not strata:
            stratum = np.zeros_like(stratum)
        words = " in strata" if strata else ""
        parts = [(time[stratum == s], event[stratum == s], arm[stratum == s]) for s in np.unique(stratum)]
        if effect == 0:
            yield f"log_rank{words}: log-rank", lambda: tested(parts, "log-rank")
            yield f"log_rank{words}: peto", lambda: tested(parts, "peto")
        fit, without = models(time, event, arm, stratum, "efron")
        yield f"cox{words}: Efron, Wald", lambda: beyond(fit(), effect)
        if effect == 0:
            yield (
                f"cox{words}: Efron, likelihood ratio",
                lambda: bool(2 * (fit().log_likelihood - without()) > CHI_SQUARED),
            )
        if not strata:
            breslow, _ = models(time, event, arm, stratum, "breslow")
            yield "cox: Breslow, Wald", lambda: beyond(breslow(), effect)

    return scenario


def curves(per_arm: int, _: float, rng: np.random.Generator) -> Decisions:
    time, event, arm = times(per_arm, rng, 1.0)

    @cache
    def curve(one: int, interval: str = "log-log") -> pd.DataFrame:
        return _curve(pd.DataFrame({"time": time[arm == one], "event": event[arm == one]}), interval, 0.95)

    def restricted() -> bool:
        horizon = min(curve(one)["time"].iloc[-1] for one in (0, 1))
        (one, first), (two, second) = (_restricted(curve(each), horizon) for each in (0, 1))
        error = np.hypot(first, second)
        return outside(0.0, one - two - Z * error, one - two + Z * error)

    def share(interval: str) -> bool:
        found = curve(0, interval)
        if found["time"].iloc[-1] < 50:
            raise MethodError("nobody is followed for so long")
        row = found.iloc[int(np.searchsorted(found["time"], 50, side="right")) - 1]
        return outside(float(np.exp(-0.5)), row["conf_low"], row["conf_high"])

    def median() -> bool:
        found = curve(0)
        low, high = (
            _passes_half(found["time"].to_numpy(), found[name].to_numpy()) for name in ("conf_low", "conf_high")
        )
        return outside(100 * np.log(2), low, np.inf if np.isnan(high) else high)

    yield "survival: difference of restricted means", restricted
    yield "survival: share at one time, log-log (default)", lambda: share("log-log")
    yield "survival: share at one time, log", lambda: share("log")
    yield "survival: share at one time, plain", lambda: share("plain")
    yield "survival: median", median


def competing(per_arm: int, _: float, rng: np.random.Generator) -> Decisions:
    arm = np.repeat([0, 1], per_arm)
    first, second = (rng.exponential(1, 2 * per_arm) for _ in range(2))
    end = rng.uniform(0.2, 2.5, 2 * per_arm)
    time = np.minimum(np.minimum(first, second), end)
    state = np.where(time == end, 0, np.where(time == first, 1, 2))
    time = np.ceil(100 * time)

    def gray() -> bool:
        score, variance = competing_risks._gray_score(time, state, arm.astype(np.int64), 2)
        return bool(score[0] ** 2 / variance[0, 0] > CHI_SQUARED)

    def incidence() -> bool:
        here = arm == 0
        kind = pd.Series(state[here]).map({1: "stop", 2: "harm"})
        rows = pd.DataFrame({"time": time[here], "cause": kind.astype(object)})
        curve = competing_risks._curves(rows, ["stop"], 0.95)
        if curve["time"].iloc[-1] < 50:
            raise MethodError("nobody is followed for so long")
        row = curve.iloc[int(np.searchsorted(curve["time"], 50, side="right")) - 1]
        return outside((1 - np.exp(-1.0)) / 2, row["conf_low"], row["conf_high"])

    yield "gray", gray
    yield "cumulative_incidence: share at one time", incidence


def recurrent(per_arm: int, _: float, rng: np.random.Generator) -> Decisions:
    """Rows between events of people whose rates differ."""
    arms = np.repeat([0, 1], per_arm)
    rate, end = rng.gamma(2.0, 0.5, 2 * per_arm) * 1.5, rng.uniform(1.0, 1.7, 2 * per_arm)
    rows = []
    for person in range(2 * per_arm):
        at = np.unique(np.ceil(1000 * np.sort(rng.uniform(0, end[person], rng.poisson(rate[person] * end[person])))))
        last = np.ceil(1000 * end[person]) + 1
        begins = np.r_[0, at]
        rows += [
            (person, begin, finish, bool(place < len(at)))
            for place, (begin, finish) in enumerate(zip(begins, np.r_[at, last], strict=True))
        ]
    table = pd.DataFrame(rows, columns=["participant", "begin", "end", "event"])
    arm = arms[table["participant"]]

    @cache
    def fit():
        column = (arm - 0.5)[:, None].astype(float)
        begin, finish = (table[name].to_numpy(dtype=float) for name in ("begin", "end"))
        sets = risk_sets(finish, table["event"].to_numpy(), begin, np.zeros(len(table), dtype=np.int64))
        state = maximum(column, sets, "efron", ("arm",))
        parts = np.bincount(table["participant"], weights=row_scores(state, column, sets)[:, 0])
        return state, parts

    def robust() -> bool:
        state, parts = fit()
        return bool(abs(state.values[0]) > Z * np.sqrt(parts @ parts) / state.information[0, 0])

    def mean() -> bool:
        curve = recurrent_events._curve(table[arm == 0], 0.95)
        row = curve.iloc[int(np.searchsorted(curve["time"], 1000, side="right")) - 1]
        return outside(1.5, row["conf_low"], row["conf_high"])

    yield "cox: recurrent events, robust (default)", robust
    yield "cox: recurrent events, model", lambda: beyond(fit()[0], 0.0)
    yield "mean_events: mean at one time", mean


SCENARIOS = {
    "times": two_arms(False),
    "times in strata": two_arms(True),
    "curves": curves,
    "competing": competing,
    "recurrent": recurrent,
}
EFFECT = round(float(np.log(0.5)), 4)
CELLS = {(n, name, 0.0): 10 for name in SCENARIOS for n in PEOPLE} | {(n, "times", EFFECT): 10 for n in PEOPLE}
TRIALS = {name: 100 if name in ("curves", "recurrent") else 200 for name in SCENARIOS}
STUDY = Study("events", CELLS, numbered(SCENARIOS, TRIALS))

if __name__ == "__main__":
    STUDY.main(__doc__)
