"""Looks behind a fitted mixed model: observed beside fitted means, and the likelihood along one coefficient."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import chi2

from spasticity.errors import MethodError, one_of
from spasticity.stats.covariance import SPATIAL
from spasticity.stats.mmrm_fitted import Fitted
from spasticity.stats.mmrm_model import likelihood_of, prepare
from spasticity.stats.mmrm_optimiser import maximum
from spasticity.stats.mmrm_panel import Panel


def observed_and_fitted(fitted: Fitted, by: Sequence[str]) -> pd.DataFrame:
    """Means and standard deviations of what was observed, beside those of the model for the same rows.

    Parameters
    ----------
    fitted : Fitted
    by : sequence of str
        Further columns of the outcomes, such as `arm`.

    Returns
    -------
    DataFrame
        One row per visit within `by`: `n`, `observed_mean`, `fitted_mean`, `observed_sd` of the residuals and
        `fitted_sd`, which are alike when the model holds.

    Raises
    ------
    MethodError
        Unknown column.
    """
    rows = fitted.rows
    for name in by:
        one_of("by", name, list(rows.design.data.columns))
    visit = pd.Categorical.from_codes(rows.visit, categories=pd.Index(rows.visits), ordered=True)
    variance = (fitted.raw / fitted.residuals("pearson")) ** 2
    frame = rows.design.data[list(by)].assign(
        visit=visit, observed=rows.design.y, fitted=fitted.values, squares=fitted.raw**2, variance=variance
    )
    groups = frame.groupby([*by, "visit"], observed=True)
    means = groups[["observed", "fitted", "squares", "variance"]].mean()
    return pd.DataFrame(
        {
            "n": groups.size(),
            "observed_mean": means["observed"],
            "fitted_mean": means["fitted"],
            "observed_sd": np.sqrt(means["squares"]),
            "fitted_sd": np.sqrt(means["variance"]),
        }
    ).reset_index()


def profile(fitted: Fitted, term: str, values: Sequence[float], level: float) -> pd.DataFrame:
    """The greatest full likelihood for given values of one coefficient.

    Parameters
    ----------
    fitted : Fitted
    term : str
        A coefficient.
    values : sequence of float
        Where to look.
    level : float
        Confidence level of `limit`.

    Returns
    -------
    DataFrame
        `value`, `log_likelihood` (of ML, because restricted likelihoods of different predictors cannot be compared),
        and `limit`, the same in every row: values with a greater likelihood are in the interval of the likelihood
        ratio test.

    Raises
    ------
    MethodError
        Unknown coefficient, or the only one.
    """
    design = fitted.rows.design
    one_of("term", term, design.columns)
    if len(design.columns) == 1:
        raise MethodError(f"profile: `{term}` is the only coefficient; nothing is left to fit beside it.")
    place = design.columns.index(term)
    others = np.delete(design.X, place, axis=1)
    found = [_held(fitted, others, design.y - float(value) * design.X[:, place]) for value in values]
    limit = _held(fitted, design.X, design.y) - chi2.ppf(level, 1) / 2
    return pd.DataFrame({"value": np.asarray(values, dtype=float), "log_likelihood": found, "limit": limit})


def _held(fitted: Fitted, X: np.ndarray, y: np.ndarray) -> float:
    panel = Panel.of(X, y, fitted.panel.patterns, fitted.rows.weights)
    prepared = prepare(fitted.rows, panel, fitted.covariance in SPATIAL)
    optimum = maximum(likelihood_of(fitted.covariance, fitted.rows, panel, prepared, reml=False))
    return -(optimum.point.value + panel.constant(reml=False)) / 2
