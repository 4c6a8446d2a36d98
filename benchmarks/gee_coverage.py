"""Type I error and coverage of estimating equations for measurements and yes-or-no answers, and of counts in clusters.

Two arms with a baseline and four visits whose errors share a person's level and fade with time. `normal`: a
measurement. `binary`: a response of about 4 in 10; `rare`: of 1 in 10. `dropout`: about 30 % leave, more likely after a
bad visit, alike in both arms. `counts`: `stats.counts` with a cluster for each person. `effect`: the true difference
(of binary answers the log odds ratio) is -0.6, else 0. Commands: see `coverage.py`.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from scipy import special
from scipy import stats as distributions

from benchmarks.coverage import PEOPLE, Decisions, Study, numbered, outside
from spasticity.stats import gee_solution
from spasticity.stats.count_families import QUADRATIC
from spasticity.stats.count_maximum import fitted
from spasticity.stats.gee_clusters import repeated
from spasticity.stats.robust import blocks_of, sandwich

VISITS = 4
ARM = np.array([[0.0, 0.0, 1.0]])  # columns: intercept, baseline, arm
#: Inference asked of each working correlation; the first is the default.
ASKED = {
    "exchangeable": (
        ("mancl-derouen", "satterthwaite"),
        ("kauermann-carroll", "satterthwaite"),
        ("fay-graubard", "clusters"),
        ("robust", "normal"),
        ("model", "clusters"),
    ),
    "independence": (("mancl-derouen", "satterthwaite"),),
    "ar1": (("mancl-derouen", "satterthwaite"),),
    "unstructured": (("mancl-derouen", "satterthwaite"),),
}


def people(per_arm: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Arm and baseline of each person, and errors that share a level and fade, of variance 1 at each visit."""
    n = 2 * per_arm
    arm, baseline = rng.permutation(np.arange(n) % 2).astype(float), rng.normal(0, 1, n)
    apart = np.abs(np.subtract.outer(np.arange(VISITS), np.arange(VISITS)))
    errors = rng.standard_normal((n, VISITS)) @ np.linalg.cholesky(0.4 + 0.6 * 0.5**apart).T
    return arm, baseline, errors


def staying(bad: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Who is still there at each visit, when a bad visit makes leaving more likely."""
    there = np.ones(bad.shape, dtype=bool)
    for visit in range(1, bad.shape[1]):
        there[:, visit] = there[:, visit - 1] & (rng.random(len(bad)) > np.where(bad[:, visit - 1], 0.17, 0.06))
    return there


def equations(
    family: str, arm: np.ndarray, baseline: np.ndarray, y: np.ndarray, there: np.ndarray, effect: float
) -> Decisions:
    """Every asked method on one trial; correlations beside the default only where people leave."""
    who, when = np.nonzero(there)
    design = np.column_stack([np.ones(len(who)), baseline[who], arm[who]])
    rows = repeated(pd.DataFrame({"participant": who, "visit": when}), "participant", "visit")

    @cache
    def solution(correlation: str) -> gee_solution.Estimating:
        return gee_solution.solved(design, y[there], np.zeros(len(who)), rows, family, correlation)

    def wrong(correlation: str, vcov: str, df: str) -> bool:
        found = solution(correlation)
        covariance, freedom = gee_solution.inference(found, rows, vcov, df)
        half = distributions.t.isf(0.025, freedom(ARM)[0]) * covariance[2, 2] ** 0.5
        return outside(effect, found.values[2] - half, found.values[2] + half)

    for correlation, asked in ASKED.items():
        for vcov, df in asked if correlation == "exchangeable" or (effect == 0 and not there.all()) else ():
            default = " (default)" if (correlation, vcov) == ("exchangeable", "mancl-derouen") else ""
            yield (
                f"gee: {family}, {correlation}, {vcov}, {df}{default}",
                lambda correlation=correlation, vcov=vcov, df=df: wrong(correlation, vcov, df),
            )


def normal(dropout: bool):
    def scenario(per_arm: int, effect: float, rng: np.random.Generator) -> Decisions:
        arm, baseline, errors = people(per_arm, rng)
        y = 0.5 * baseline[:, None] + effect * arm[:, None] + errors
        there = staying(errors > 0, rng) if dropout else np.ones(y.shape, dtype=bool)
        yield from equations("gaussian", arm, baseline, y, there, effect)

    return scenario


def binary(level: float, dropout: bool):
    """Answers whose log odds are marginal: a person's normal errors are read as uniform numbers."""

    def scenario(per_arm: int, effect: float, rng: np.random.Generator) -> Decisions:
        arm, baseline, errors = people(per_arm, rng)
        chance = special.expit(level + 0.5 * baseline + effect * arm)
        y = (special.ndtr(errors) < chance[:, None]).astype(float)
        there = staying(y == 0, rng) if dropout else np.ones(y.shape, dtype=bool)
        yield from equations("binomial", arm, baseline, y, there, effect)

    return scenario


def clustered_counts(per_arm: int, effect: float, rng: np.random.Generator) -> Decisions:
    """A negative binomial model of all rows, with errors by person."""
    arm, baseline, errors = people(per_arm, rng)
    mean = np.exp(1.5 + 0.5 * baseline + effect * arm)[:, None] * np.exp(0.6 * errors - 0.18)
    y = rng.poisson(mean).astype(float).ravel()
    who = np.repeat(np.arange(len(arm)), VISITS)
    design = np.column_stack([np.ones(len(who)), baseline[who], arm[who]])
    blocks = blocks_of(who)

    @cache
    def model():
        return fitted(design, y, np.zeros(len(y)), QUADRATIC, "adjusted")

    def wrong(power: float, normal: bool) -> bool:
        found = sandwich(*model().whitened, blocks, power)
        df = np.inf if normal else found.df(ARM)[0]
        half = distributions.t.isf(0.025, df) * found.covariance[2, 2] ** 0.5
        return outside(effect, model().values[2] - half, model().values[2] + half)

    for name, power in (("CR3", -1.0), ("CR2", -0.5), ("CR0", 0.0)):
        yield f"counts: NB2, {name} by person", lambda power=power: wrong(power, False)
    yield "counts: NB2, CR0 by person, normal", lambda: wrong(0.0, True)


SCENARIOS = {
    "normal": normal(False),
    "normal, dropout": normal(True),
    "binary": binary(-0.4, False),
    "binary, dropout": binary(-0.4, True),
    "binary, rare": binary(-2.3, False),
    "counts": clustered_counts,
}
CELLS = {(n, name, 0.0): 10 for n in PEOPLE for name in SCENARIOS} | {(20, name, -0.6): 10 for name in SCENARIOS}
STUDY = Study("gee", CELLS, numbered(SCENARIOS, 100))

if __name__ == "__main__":
    STUDY.main(__doc__)
