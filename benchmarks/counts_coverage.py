"""Type I error and coverage of the models of counts in small invented trials.

Two arms of 12, 20, 40 or 80 people with a log baseline; spasms of 5 to 7 diary days are negative binomial around each
person's mean. `one visit`: a row per person. `visits`: four rows, whose log means share a person's normal intercept.
`zero inflation`: a fifth of the people had none after baseline. `dropout`: about 30 % leave, more likely after a bad
visit (missing at random). `effect`: the true rate ratio is 0.6; it is 1 everywhere else. How often is the true ratio
outside the 95 % interval? That is the type I error, and the coverage is the rest. Commands: see `coverage.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats as distributions

from benchmarks.coverage import PEOPLE, Cell, Study
from spasticity.errors import MethodError
from spasticity.stats import gee_solution
from spasticity.stats.count_adjusted import adjusted
from spasticity.stats.count_families import LINEAR, POISSON, QUADRATIC, CountLikelihood
from spasticity.stats.count_maximum import CountModel, fitted
from spasticity.stats.gee_clusters import repeated
from spasticity.stats.intercept_model import Clusters, Model, Predictor
from spasticity.stats.permutations import _pair
from spasticity.stats.random_intercept import Fit, maximised
from spasticity.stats.robust import blocks_of, sandwich

SCENARIOS = ("one visit", "one visit, zero inflation", "visits", "visits, zero inflation", "visits, dropout")
CHUNK = 50
SHUFFLES = 999
CHUNKS = 20
FULL_CHUNKS = 4  # later chunks leave the methods out that are there for comparison only
MIXED_CHUNKS = 14  # and later ones the mixed model, which takes ten times as long as the others
EFFECT_CHUNKS = 8  # where four visits have an effect
COMPARED_ONLY = ("counts: NB1", "mixed_counts: Poisson", "gee: negative-binomial")
ARM = np.array([[0.0, 0.0, 1.0]])  # columns: intercept, log baseline, arm
Answers = dict[str, tuple[float, float, float]]  # estimate, standard error, degrees of freedom


def trial(per_arm: int, scenario: str, ratio: float, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Design, count, log days, person and visit of the rows of a trial."""
    n, visits = 2 * per_arm, 1 if scenario.startswith("one") else 4
    arm = rng.permutation(np.arange(n) % 2).astype(float)
    baseline = rng.normal(0, 0.8, n)
    own = rng.normal(0, 0.6, n) if visits > 1 else np.zeros(n)
    days = rng.integers(5, 8, (n, visits))
    size = 1.25 if visits == 1 else 3.0
    mean = days * np.exp(0.9 + 0.7 * baseline + np.log(ratio) * arm + own)[:, None]
    y = rng.negative_binomial(size, size / (size + mean)).astype(float)
    if "zero" in scenario:
        y[rng.random(n) < 0.2] = 0.0
    there = np.ones((n, visits), dtype=bool)
    if "dropout" in scenario:
        for visit in range(1, visits):
            bad = y[:, visit - 1] > mean[:, visit - 1]
            there[:, visit] = there[:, visit - 1] & (rng.random(n) > np.where(bad, 0.17, 0.06))
    who, when = np.nonzero(there)
    design = np.column_stack([np.ones(len(who)), baseline[who], arm[who]])
    return design, y[there], np.log(days[there]), who, when


def wald(model: CountModel, variance: np.ndarray, df: float) -> tuple[float, float, float]:
    return float(model.values[2]), float(np.sqrt(variance[2, 2])), df


def one_visit(design: np.ndarray, y: np.ndarray, offset: np.ndarray) -> Iterator[tuple[str, Callable[[], tuple]]]:
    """Each method for independent rows."""
    df = float(len(y) - design.shape[1])
    each = blocks_of(np.arange(len(y)))

    @cache
    def model_of(family, dispersion: str) -> CountModel:
        return fitted(design, y, offset, family, dispersion)

    def robust(family, power: float) -> tuple[float, float, float]:
        model = model_of(family, "adjusted")
        found = sandwich(*model.whitened, each, power)
        return float(model.values[2]), float(found.covariance[2, 2] ** 0.5), float(found.df(ARM)[0])

    def quasi() -> tuple[float, float, float]:
        model = model_of(POISSON, "adjusted")
        return wald(model, model.expected * model.pearson, df)

    def negative(family, dispersion: str, df: float) -> tuple[float, float, float]:
        model = model_of(family, dispersion)
        return wald(model, model.expected, df)

    yield "counts: NB2, adjusted dispersion, t (default)", lambda: negative(QUADRATIC, "adjusted", df)
    yield "counts: NB2, maximum likelihood, t", lambda: negative(QUADRATIC, "likelihood", df)
    yield "counts: NB2, maximum likelihood, normal", lambda: negative(QUADRATIC, "likelihood", np.inf)
    yield "counts: NB1, adjusted dispersion, t", lambda: negative(LINEAR, "adjusted", df)
    yield "counts: NB2, HC3", lambda: robust(QUADRATIC, -1.0)
    yield "counts: NB2, HC2", lambda: robust(QUADRATIC, -0.5)
    yield "counts: Poisson, HC3", lambda: robust(POISSON, -1.0)
    yield "counts: Poisson, HC0, normal", lambda: (*robust(POISSON, 0.0)[:2], np.inf)
    yield "counts: quasi-Poisson, t", quasi
    yield "counts: Poisson, normal", lambda: negative(POISSON, "adjusted", np.inf)


def likelihood_ratio(design: np.ndarray, y: np.ndarray, offset: np.ndarray, truth: float) -> bool:
    """Whether the likelihood-ratio test of the truth rejects it."""
    free = fitted(design, y, offset, QUADRATIC).log_likelihood
    held = fitted(design[:, :2], y, offset + truth * design[:, 2], QUADRATIC).log_likelihood
    return bool(2 * (free - held) > distributions.chi2.isf(0.05, 1))


def permuted(design: np.ndarray, y: np.ndarray, offset: np.ndarray) -> bool:
    """Whether the permutation of arms rejects that they are alike."""
    data = pd.DataFrame({"arm": design[:, 2]})
    terms = {"Intercept": (0,), "baseline": (1,), "arm": (2,)}
    fit: Any = SimpleNamespace(
        design=SimpleNamespace(data=data, kept=range(3), terms=terms),
        model=fitted(design, y, offset, QUADRATIC, "adjusted"),
    )
    return _pair(fit, "arm", 1.0, 0.0, None, SHUFFLES, 1)[0] <= 0.05


def tests_of_one_visit(
    design: np.ndarray, y: np.ndarray, offset: np.ndarray, truth: float
) -> Iterator[tuple[str, Callable[[], bool]]]:
    """Methods that give a verdict and no standard error."""
    yield "counts: NB2, likelihood ratio, profile interval", lambda: likelihood_ratio(design, y, offset, truth)
    if not truth:
        yield "counts: permutation", lambda: permuted(design, y, offset)


def several_visits(
    design: np.ndarray, y: np.ndarray, offset: np.ndarray, who: np.ndarray, when: np.ndarray
) -> Iterator[tuple[str, Callable[[], tuple]]]:
    """Each method for repeated rows."""
    rows = repeated(pd.DataFrame({"participant": who, "visit": when}), "participant", "visit")
    left = float(rows.participants - design.shape[1])

    @cache
    def plain(family) -> Fit:
        clusters, order = Clusters.of(who)
        flat = fitted(design, y, offset, family)
        places = [Predictor(design[order], np.arange(3), offset[order])]
        start = [*flat.values, 0.5]
        if family.dispersed:
            places.append(Predictor(np.ones((len(y), 1)), np.array([3])))
            start = [*flat.values, np.log(max(flat.dispersion / 2, 0.01)), 0.5]
        return maximised(Model(CountLikelihood(family, y[order]), tuple(places), clusters), np.array(start))

    def mixed(family, df: float, *, corrected: bool) -> tuple[float, float, float]:
        fit = adjusted(plain(family), 3) if corrected else plain(family)
        return float(fit.values[2]), float(fit.covariance[2, 2] ** 0.5), df

    @cache
    def equations(family: str, correlation: str) -> gee_solution.Estimating:
        alpha = fitted(design, y, offset, QUADRATIC).dispersion if family == "negative-binomial" else 0.0
        return gee_solution.solved(design, y, offset, rows, family, correlation, alpha)

    def estimating(family: str, correlation: str, vcov: str, df: str) -> tuple[float, float, float]:
        found = equations(family, correlation)
        covariance, freedom = gee_solution.inference(found, rows, vcov, df)
        return float(found.values[2]), float(covariance[2, 2] ** 0.5), float(freedom(ARM)[0])

    yield "mixed_counts: NB2, adjusted variances, t (default)", lambda: mixed(QUADRATIC, left, corrected=True)
    yield "mixed_counts: NB2, maximum likelihood, t", lambda: mixed(QUADRATIC, left, corrected=False)
    yield "mixed_counts: NB2, maximum likelihood, normal", lambda: mixed(QUADRATIC, np.inf, corrected=False)
    yield "mixed_counts: Poisson, adjusted variances, t", lambda: mixed(POISSON, left, corrected=True)
    for family in ("poisson", "negative-binomial"):
        for vcov, df in (
            ("mancl-derouen", "satterthwaite"),
            ("mancl-derouen", "clusters"),
            ("kauermann-carroll", "satterthwaite"),
            ("kauermann-carroll", "clusters"),
            ("fay-graubard", "clusters"),
            ("robust", "normal"),
        ):
            name = f"gee: {family}, exchangeable, {vcov}, {df}"
            yield name, lambda f=family, v=vcov, d=df: estimating(f, "exchangeable", v, d)


def tallied(per_arm: int, scenario: str, ratio: float, chunk: int) -> list[dict[str, object]]:
    """Wrong decisions of every method in one chunk of trials."""
    counts: dict[str, np.ndarray] = {}
    for number in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        rng = np.random.default_rng([per_arm, SCENARIOS.index(scenario), round(100 * ratio), number])
        design, y, offset, who, when = trial(per_arm, scenario, ratio, rng)
        single = scenario.startswith("one")
        methods = one_visit(design, y, offset) if single else several_visits(design, y, offset, who, when)
        for name, method in methods:
            if name.startswith(COMPARED_ONLY) and chunk >= FULL_CHUNKS:
                continue
            if name.startswith("mixed_counts") and chunk >= MIXED_CHUNKS:
                continue
            tally = counts.setdefault(name, np.zeros(4))
            try:
                estimate, error, df = method()
            except (MethodError, np.linalg.LinAlgError):
                tally[1] += 1
                continue
            tally[0] += abs(estimate - np.log(ratio)) > distributions.t.isf(0.025, df) * error
            tally[2:] += [estimate - np.log(ratio), (estimate - np.log(ratio)) ** 2]
        for name, test in tests_of_one_visit(design, y, offset, float(np.log(ratio))) if single else ():
            tally = counts.setdefault(name, np.zeros(4))
            try:
                tally[0] += test()
            except MethodError:
                tally[1] += 1
    return [
        {"method": name, "trials": CHUNK}
        | dict(zip(("wrong", "failed", "bias_sum", "square_sum"), map(float, tally), strict=True))
        for name, tally in counts.items()
    ]


def cells() -> dict[Cell, int]:
    """How many chunks are wanted of each scenario, in the order in which they are worked on."""
    null = {(n, scenario, 1.0): CHUNKS for n in PEOPLE for scenario in SCENARIOS}
    effect = {name: CHUNKS if name.startswith("one") else EFFECT_CHUNKS for name in SCENARIOS}
    return null | {(20, scenario, 0.6): chunks for scenario, chunks in effect.items()}


STUDY = Study("counts", cells(), tallied, truth="ratio")
TABLE, TALLY = STUDY.folder / "table.csv", STUDY.tally

if __name__ == "__main__":
    STUDY.main(__doc__)
