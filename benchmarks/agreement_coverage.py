"""Coverage and type I error of agreement, reliability and association in 12 to 80 people.

`one pair`, `several pairs` (1 to 4 a person): limits of agreement. `raters`: three raters whose levels differ, of
people whose variance is four fifths of the whole. `grades`: two raters of a grade from 0 to 4 who agree beyond chance,
or (`by chance`) not. `within`: five nights of two things that go together between people only; with `dropout` one
to five nights. `pairs of people`: a correlation of 0, or of 0.5; `skewed` after exponentiation. Commands: see
`coverage.py`.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from scipy import special

from benchmarks.coverage import PEOPLE, Decisions, Study, Z, numbered, outside, rejected
from spasticity import stats
from spasticity.stats import associations, raters, two_methods

CUTS = [-1.0, -0.2, 0.6, 1.4]


def _misses(row, truth: float) -> bool:
    return outside(truth, row["conf_low"], row["conf_high"])


def limits(several: bool):
    def scenario(n: int, _: float, rng: np.random.Generator) -> Decisions:
        who = np.repeat(np.arange(n), rng.integers(1, 5, n) if several else np.ones(n, dtype=int))
        own = rng.normal(0, 1.5, n)[who] if several else 0.0
        x = 1 + own + rng.normal(0, 1, len(who))
        half = Z * np.sqrt(1.5**2 + 1) if several else Z

        @cache
        def found() -> dict:
            return {row["term"]: row for row in two_methods._estimates(pd.Series(who), x, 0.95, 0.95)}

        words = ", several pairs" if several else ""
        yield f"agreement: bias{words}", lambda: _misses(found()["bias"], 1.0)
        yield f"agreement: upper limit{words}", lambda: _misses(found()["upper limit"], 1 + half)

    return scenario


def several_raters(n: int, _: float, rng: np.random.Generator) -> Decisions:
    """Variances: people 4, raters 0.25, error 1."""
    ratings = rng.normal(0, 2, n)[:, None] + rng.normal(0, 0.5, 3)[None, :] + rng.normal(0, 1, (n, 3))

    @cache
    def found() -> dict:
        return {row["term"]: row for row in raters._forms(raters._mean_squares(ratings), 0.95)}

    truths = {"ICC(C,1)": 4 / 5, "ICC(C,k)": 4 / (4 + 1 / 3), "ICC(A,1)": 4 / 5.25, "ICC(A,k)": 4 / (4 + 1.25 / 3)}
    for term, truth in truths.items():
        yield f"icc: {term}", lambda term=term, truth=truth: _misses(found()[term], truth)


def grades(beyond: bool):
    def scenario(n: int, _: float, rng: np.random.Generator) -> Decisions:
        shared = rng.normal(0, 1, n) if beyond else 0.0
        scale = 0.5 if beyond else 1.0
        one, two = (np.digitize(shared + scale * rng.normal(0, 1, n), CUTS) for _ in range(2))
        counts = np.zeros((5, 5))
        np.add.at(counts, (one, two), 1)

        @cache
        def found(weights: str) -> dict:
            return raters._kappa(counts, raters._agreement_weights(5, weights), 0.95)

        for weights in ("quadratic", "linear", "none"):
            if beyond:
                truth = TRUE_KAPPA[weights]
                yield f"weighted_kappa: {weights}", lambda w=weights, t=truth: _misses(found(w), t)
            else:
                yield f"weighted_kappa: {weights}, test", lambda w=weights: rejected(found(w)["p_value"])

    return scenario


def _true_kappa() -> dict[str, float]:
    """Kappa of the population, by integration over what the raters share."""
    z, w = np.polynomial.hermite_e.hermegauss(60)
    below = special.ndtr((np.array(CUTS) - z[:, None]) / 0.5)
    chance = np.diff(np.column_stack([np.zeros(len(z)), below, np.ones(len(z))]), axis=1)
    joint = (chance * (w / w.sum())[:, None]).T @ chance
    return {
        name: float(raters._kappa(1e9 * joint, raters._agreement_weights(5, name), 0.95)["estimate"])
        for name in ("quadratic", "linear", "none")
    }


TRUE_KAPPA = _true_kappa()


def nights(dropout: bool):
    def scenario(n: int, _: float, rng: np.random.Generator) -> Decisions:
        who = np.repeat(np.arange(n), rng.integers(1, 6, n) if dropout else np.full(n, 5))
        own = rng.multivariate_normal([0, 0], [[9, 6], [6, 9]], n)[who]
        x, y = (own[:, place] + rng.normal(0, 1, len(who)) for place in (0, 1))
        table = pd.DataFrame({"participant": who, "x": x, "y": y})

        @cache
        def found():
            return stats.repeated_correlation(table, "x", "y")

        def pooled() -> bool:
            return rejected(
                associations._correlation(float(np.corrcoef(x, y)[0, 1]), len(x) - 2, len(x) - 3, 0.95)["p_value"]
            )

        yield "repeated_correlation: within, test", lambda: rejected(found().row("within person")["p_value"])
        yield "repeated_correlation: within, interval", lambda: _misses(found().row("within person"), 0.0)
        if not dropout:
            yield "repeated_correlation: between, interval", lambda: _misses(found().row("between people"), BETWEEN)
        yield "all rows in one correlation (not offered)", pooled

    return scenario


BETWEEN = 6 / 9.2  # five nights: the means keep a fifth of the nights' variance


def people(rho: float, skewed: bool):
    def scenario(n: int, _: float, rng: np.random.Generator) -> Decisions:
        x, y = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], n).T
        if skewed:
            x, y = np.exp(x), np.exp(y)
        truth = {"pearson": rho, "spearman": 6 / np.pi * np.arcsin(rho / 2)}
        for kind in ("spearman", "pearson"):
            row = associations._pair(x, y, kind, 0.95)
            if rho == 0:
                yield f"correlations: {kind}, test", lambda row=row: rejected(row["p_value"])
            if not (skewed and kind == "pearson"):
                yield f"correlations: {kind}, interval", lambda row=row, kind=kind: _misses(row, truth[kind])

    return scenario


SCENARIOS = {
    "one pair": limits(False),
    "several pairs": limits(True),
    "raters": several_raters,
    "grades": grades(True),
    "grades by chance": grades(False),
    "within": nights(False),
    "within, dropout": nights(True),
    "pairs of people": people(0.0, False),
    "pairs of people, skewed": people(0.0, True),
    "pairs of people, together": people(0.5, False),
}
CELLS = {(n, name, 0.5 if "together" in name else 0.0): 8 for name in SCENARIOS for n in PEOPLE}
TRIALS = {name: 100 if name.startswith("within") else 200 for name in SCENARIOS}
STUDY = Study("agreement", CELLS, numbered(SCENARIOS, TRIALS), counted=dict.fromkeys(SCENARIOS, "people"))

if __name__ == "__main__":
    STUDY.main(__doc__)
