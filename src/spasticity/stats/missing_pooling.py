"""Analyses of many completed data sets at once, and one estimate from all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spasticity.stats.margins import MEAN
from spasticity.stats.result import Result, estimate_frame

Array = NDArray[np.float64]

WORDS = {
    "jackknife": "conditional mean imputation, jackknife standard errors",
    "bootstrap": "conditional mean imputation, bootstrap standard errors",
    "multiple": "multiple imputation, Rubin's rules",
}


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Analysed:
    """Estimates of every draw.

    Parameters
    ----------
    estimates, variances : ndarray, shape (D, rows)
    rows : DataFrame
        `term`, visit and arm of each estimate, and `n`.
    df : float
        Residual degrees of freedom of one complete data set.
    method : str
        How the draws were made.
    words : str
        Strategy, for the caption.
    """

    estimates: Array
    variances: Array
    rows: pd.DataFrame
    df: float
    method: str
    words: str


def analysed_by_visit(
    values: Array,
    times: Array,
    X: Array,
    named: Array,
    *,
    labels: tuple[str, Sequence[Any], str, Sequence[Any]],
    words: str,
    method: str,
) -> Analysed:
    """Least squares at each visit, for all draws at once.

    Parameters
    ----------
    values : ndarray, shape (D, n, T)
        Complete outcomes.
    times : ndarray, shape (D, n)
        How often each participant counts.
    X : ndarray, shape (n, p)
        Design of one visit.
    named : ndarray, shape (arms, n, p)
        The same with everybody in one arm.
    labels : tuple
        Column and levels of the arm, column and levels of the visits.
    words, method : str
        For the caption.

    Returns
    -------
    Analysed
    """
    arm, arms, visit, visits = labels
    people = times.sum(axis=1)
    information = np.einsum("dn,np,nq->dpq", times, X, X, optimize=True)
    inverse = np.linalg.inv(information)
    b = np.einsum("dpq,dn,nq,dnt->dpt", inverse, times, X, values, optimize=True)
    squares = np.einsum("dn,dnt->dt", times, (values - np.einsum("np,dpt->dnt", X, b)) ** 2, optimize=True)
    sigma = squares / (people - X.shape[1])[:, None]  # (D, T)
    # Averages over the participants of each draw, and differences from the first arm.
    means = np.einsum("dn,anp->dap", times, named, optimize=True) / people[:, None, None]
    L = np.concatenate([means, means[:, 1:] - means[:, :1]], axis=1)
    estimates = np.einsum("dlp,dpt->dtl", L, b)
    variances = np.einsum("dlp,dpq,dlq->dl", L, inverse, L)[:, None] * sigma[:, :, None]
    terms = [(MEAN, level) for level in arms] + [(f"{level} - {arms[0]}", level) for level in arms[1:]]
    rows = pd.DataFrame([{"term": term, visit: at, arm: level} for at in visits for term, level in terms])
    return Analysed(
        estimates=estimates.reshape(len(b), -1),
        variances=variances.reshape(len(b), -1),
        rows=rows.assign(n=len(X)),
        df=float(len(X) - X.shape[1]),
        method=method,
        words=words,
    )


def pooled(analysed: Analysed, level: float) -> Result:
    """One estimate from all draws.

    Parameters
    ----------
    analysed : Analysed
    level : float

    Returns
    -------
    Result
    """
    if analysed.method == "multiple":
        estimate, std_error, df = rubin(analysed.estimates[1:], analysed.variances[1:], analysed.df)
    else:
        estimate, samples = analysed.estimates[0], analysed.estimates[1:]
        n = len(samples)
        squares = ((samples - samples.mean(axis=0)) ** 2).sum(axis=0)
        std_error = np.sqrt(squares * (n - 1) / n if analysed.method == "jackknife" else squares / (n - 1))
        df = np.full(len(estimate), np.inf)
    margin = stats.t.isf((1 - level) / 2, df) * std_error
    frame = analysed.rows.assign(
        estimate=estimate,
        std_error=std_error,
        df=df,
        statistic=estimate / std_error,
        p_value=2 * stats.t.sf(np.abs(estimate / std_error), df),
        conf_low=estimate - margin,
        conf_high=estimate + margin,
    )
    groups = [name for name in analysed.rows.columns if name not in ("term", "n")]
    return Result(
        frame=estimate_frame(frame, groups),
        method=f"analysis of covariance by visit, {analysed.words}{WORDS[analysed.method]} "
        f"({len(analysed.estimates) - 1} samples)",
        n=int(analysed.rows["n"].iloc[0]),
        level=level,
    )


def rubin(estimates: Array, variances: Array, complete: float) -> tuple[Array, Array, Array]:
    """Rubin's rules.

    Parameters
    ----------
    estimates, variances : ndarray, shape (M, rows)
        Of M completed data sets.
    complete : float
        Degrees of freedom if nothing were missing.

    Returns
    -------
    estimate, std_error, df : ndarray, shape (rows,)

    References
    ----------
    .. [1] Barnard & Rubin 1999, Biometrika 86:948-955.
    """
    M = len(estimates)
    within, between = variances.mean(axis=0), estimates.var(axis=0, ddof=1)
    extra = (1 + 1 / M) * between
    total = within + extra
    share = np.maximum(extra / total, 1e-12)  # nothing missing: only the complete-data degrees of freedom are left
    old = (M - 1) / share**2
    observed = (complete + 1) / (complete + 3) * complete * (1 - share)
    return estimates.mean(axis=0), np.sqrt(total), old * observed / (old + observed)
