"""Type I error and coverage of counts with more zeros than a distribution of counts has, by the model for them.

Two arms with a log baseline, one row each, 5 to 7 diary days; a share of the people (a fifth or two fifths) cannot have
spasms, the others' are negative binomial. `effect`: the true rate ratio of those who can is 0.6, else 1. Marginal rates
are of everybody; the share of zeros is the same in both arms, so their ratio is the same. A trial without an excess of
zeros is refused by the model, and has failed here. Commands: see `coverage.py`.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from scipy import special
from scipy import stats as distributions

from benchmarks.coverage import PEOPLE, Decisions, Study, numbered, outside
from spasticity import stats
from spasticity.errors import MethodError
from spasticity.stats import zero_fit
from spasticity.stats.count_families import POISSON, QUADRATIC, Family
from spasticity.stats.count_maximum import fitted
from spasticity.stats.robust import blocks_of, sandwich

MARGINAL = 0.4  # share of zeros of the trials in which the slower marginal rates are asked for too
FORMULA = "spasms ~ log_baseline + arm"


def trial(per_arm: int, share: float, ratio: float, rng: np.random.Generator) -> pd.DataFrame:
    """One row per person."""
    n = 2 * per_arm
    arm, baseline = rng.permutation(np.arange(n) % 2), rng.normal(0, 0.8, n)
    days = rng.integers(5, 8, n)
    mean = days * np.exp(0.9 + 0.7 * baseline + np.log(ratio) * arm)
    spasms = np.where(rng.random(n) < share, 0, rng.negative_binomial(1.25, 1.25 / (1.25 + mean)))
    return pd.DataFrame(
        {"participant": np.arange(n), "arm": pd.Categorical(np.array(["placebo", "drug"])[arm], ["placebo", "drug"])}
        | {"log_baseline": baseline, "spasms": spasms, "days": days}
    )


def with_share(share: float):
    def scenario(per_arm: int, effect: float, rng: np.random.Generator) -> Decisions:
        rows = trial(per_arm, share, float(np.exp(effect)), rng)

        design = np.column_stack([np.ones(len(rows)), rows["log_baseline"], rows["arm"].cat.codes]).astype(float)
        y, offset = rows["spasms"].to_numpy(dtype=float), np.log(rows["days"].to_numpy(dtype=float))

        def inflated(family: Family) -> bool:
            """The model without the cost of a formula."""
            one: Any = SimpleNamespace(X=np.ones((len(y), 1)))
            counted: Any = SimpleNamespace(design=SimpleNamespace(X=design), y=y, offset=offset)
            plain = fitted(design, y, offset, family)
            zero_fit._check_excess(plain)
            _, found = zero_fit.solved(counted, one, plain)
            if special.expit(found.values[-1]) < zero_fit.NO_SHARE:
                raise MethodError("no excess")
            error = np.linalg.inv(found.information)[2, 2] ** 0.5
            return missed(found.values[2], error, len(y) - len(found.values))

        def missed(value: float, error: float, df: float) -> bool:
            half = distributions.t.isf(0.025, df) * error
            return outside(effect, value - half, value + half)

        def marginal() -> bool:
            fit = stats.zero_inflated(rows, FORMULA, zeros="arm", exposure="days")
            row = fit.marginal("arm").row("drug / placebo")
            return outside(float(np.exp(effect)), row["conf_low"], row["conf_high"])

        def plain() -> bool:
            model = fitted(design, y, offset, QUADRATIC, "adjusted")
            found = sandwich(*model.whitened, blocks_of(np.arange(len(y))), -1.0)
            return missed(model.values[2], found.covariance[2, 2] ** 0.5, found.df(np.eye(3)[[2]])[0])

        yield "zero_inflated: NB2, ratio of those who can (default)", lambda: inflated(QUADRATIC)
        yield "zero_inflated: Poisson, ratio of those who can", lambda: inflated(POISSON)
        yield "counts: NB2, HC3", plain
        if share == MARGINAL:
            yield "zero_inflated: NB2, zeros ~ arm, marginal ratio", marginal

    return scenario


SCENARIOS = {"a fifth": with_share(0.2), "two fifths": with_share(0.4)}
EFFECT = round(float(np.log(0.6)), 4)
CELLS = {(n, name, 0.0): 10 for n in PEOPLE for name in SCENARIOS} | {(20, name, EFFECT): 10 for name in SCENARIOS}
STUDY = Study("zeros", CELLS, numbered(SCENARIOS, {"a fifth": 100, "two fifths": 60}))

if __name__ == "__main__":
    STUDY.main(__doc__)
