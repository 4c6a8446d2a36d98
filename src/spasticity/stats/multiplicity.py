"""Adjustment of p values and intervals for several comparisons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from spasticity.errors import one_of

Adjustment = Literal["tukey", "dunnett", "bonferroni", "holm"]
ADJUSTMENTS: tuple[Adjustment, ...] = ("tukey", "dunnett", "bonferroni", "holm")
WORDS = {
    None: "not adjusted for the number of comparisons",
    "tukey": "Tukey's studentised range",
    "dunnett": "Dunnett's multivariate t",
    "bonferroni": "Bonferroni's method",
    "holm": "Holm's method (intervals: Bonferroni's)",
}

#: Points and seed of the quasi-random integration of the multivariate t. Probabilities of three comparisons are right
#: to 1e-6 (against a quadrature, see tests/stats/test_multiplicity.py), and a call gives the same number every time.
POINTS = 100_000
SEED = 20_240_331


def adjusted_p(
    statistic: NDArray[np.float64],
    df: NDArray[np.float64],
    correlation: NDArray[np.float64],
    adjust: Adjustment | None,
    means: int,
) -> NDArray[np.float64]:
    """Two-sided p values of one family of comparisons.

    Parameters
    ----------
    statistic, df : ndarray, shape (m,)
        t statistics and their degrees of freedom.
    correlation : ndarray, shape (m, m)
        Of the comparisons; only Dunnett's method looks at it.
    adjust : str or None
        `tukey`, `dunnett`, `bonferroni`, `holm`.
    means : int
        How many means are compared; only Tukey's method looks at it.

    Returns
    -------
    ndarray, shape (m,)
    """
    size = np.abs(statistic)
    raw = 2 * stats.t.sf(size, df)
    if adjust == "tukey":
        return stats.studentized_range.sf(size * np.sqrt(2), means, df)
    if adjust == "dunnett":
        outside = [1 - _inside(value, freedom, correlation) for value, freedom in zip(size, df, strict=True)]
        return np.clip(outside, raw, np.minimum(raw * len(raw), 1))  # what must hold whatever the integral's error
    if adjust == "bonferroni":
        return np.minimum(raw * len(raw), 1)
    if adjust == "holm":
        return holm(raw)
    return raw


def critical(
    df: NDArray[np.float64],
    correlation: NDArray[np.float64],
    adjust: Adjustment | None,
    means: int,
    level: float,
) -> NDArray[np.float64]:
    """Multipliers of the standard errors for intervals that hold together.

    Parameters
    ----------
    df : ndarray, shape (m,)
        Degrees of freedom.
    correlation, adjust, means
        As for `adjusted_p`.
    level : float
        Confidence level of the whole family.

    Returns
    -------
    ndarray, shape (m,)
    """
    if adjust == "tukey":
        return _each(df, lambda freedom: float(stats.studentized_range.ppf(level, means, freedom) / np.sqrt(2)))
    if adjust == "dunnett":
        return _each(df, lambda freedom: _dunnett_quantile(level, freedom, correlation))
    comparisons = len(df) if adjust in ("bonferroni", "holm") else 1
    return stats.t.isf((1 - level) / 2 / comparisons, df)


def holm(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Holm's step-down p values.

    Parameters
    ----------
    p : ndarray, shape (m,)
        Raw p values.

    Returns
    -------
    ndarray, shape (m,)

    References
    ----------
    .. [1] Holm 1979, Scandinavian Journal of Statistics 6:65-70. [from memory]
    """
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(steps)
    adjusted[order] = np.minimum(steps, 1)
    return adjusted


def check_adjustment(adjust: str | None) -> None:
    """Refuse an adjustment that is not known.

    Parameters
    ----------
    adjust : str or None

    Raises
    ------
    MethodError
    """
    if adjust is not None:
        one_of("adjust", adjust, ADJUSTMENTS)


def _inside(bound: float, df: float, correlation: NDArray[np.float64]) -> float:
    """Probability that every |t| is at most the bound."""
    if len(correlation) == 1:
        return float(1 - 2 * stats.t.sf(bound, df))
    limit = np.full(len(correlation), bound)
    return float(
        stats.multivariate_t.cdf(
            limit, shape=correlation, df=df, lower_limit=-limit, maxpts=POINTS, random_state=SEED, allow_singular=True
        )
    )


def _dunnett_quantile(level: float, df: float, correlation: NDArray[np.float64]) -> float:
    low = float(stats.t.isf((1 - level) / 2, df))
    if len(correlation) == 1:
        return low
    high = float(stats.t.isf((1 - level) / 2 / len(correlation), df))
    slack = 0.01 * high  # the integral's error must not hide the change of sign
    return float(
        optimize.brentq(lambda bound: _inside(bound, df, correlation) - level, low - slack, high + slack, xtol=1e-8)
    )


def _each(df: NDArray[np.float64], quantile: Callable[[float], float]) -> NDArray[np.float64]:
    """A slow quantile for each degree of freedom, found once for those that are equal."""
    distinct, place = np.unique(df, return_inverse=True)
    return np.array([quantile(float(freedom)) for freedom in distinct])[place]
