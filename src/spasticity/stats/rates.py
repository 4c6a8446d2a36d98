"""Intervals for one rate of events and for two: difference and ratio."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats

from spasticity.errors import MethodError
from spasticity.stats.proportions import clopper_pearson

Limits = tuple[float, float]

#: Scores beyond this are as good as infinite; root finding needs a number.
FAR = 1e3


def poisson_limits(
    events: ArrayLike, exposure: ArrayLike, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Exact (Garwood) interval of a rate; without an event the lower limit is 0 and the upper one is not.

    Parameters
    ----------
    events, exposure : array-like
        Counts and time; no exposure gives missing limits.
    level : float
        Confidence level.

    Returns
    -------
    low, high : ndarray

    References
    ----------
    .. [1] Garwood 1936, Biometrika 28:437-442. [from memory]
    """
    x, time = np.asarray(events, dtype=np.float64), np.asarray(exposure, dtype=np.float64)
    time = np.where(time > 0, time, np.nan)
    tail = (1 - level) / 2
    low = np.where(x > 0, stats.gamma.ppf(tail, np.maximum(x, 0.5)), 0.0)
    return low / time, stats.gamma.isf(tail, x + 1) / time


def rate_ratio(x1: int, t1: float, x2: int, t2: float, level: float = 0.95) -> Limits:
    """Exact conditional interval of the ratio of two rates: given all events, those of one group are binomial.

    Parameters
    ----------
    x1, t1, x2, t2 : int, float
        Events and time of both groups.
    level : float
        Confidence level.

    Returns
    -------
    low, high : float
        0 or infinity where a count of 0 leaves a side open; 0 and infinity when both are 0.

    References
    ----------
    .. [1] Przyborowski & Wilenski 1940, Biometrika 31:313-323. [from memory]
    """
    _check(x1, t1, x2, t2)
    if x1 + x2 == 0:
        return 0.0, float("inf")
    low, high = (float(limit) for limit in clopper_pearson(x1, x1 + x2, level))
    return low / (1 - low) * t2 / t1 if x1 else 0.0, high / (1 - high) * t2 / t1 if x2 else float("inf")


def equal_rates(x1: int, t1: float, x2: int, t2: float) -> float:
    """Exact conditional p value of equal rates, two-sided by the probability of the counts.

    Parameters
    ----------
    x1, t1, x2, t2 : int, float
        Events and time of both groups.

    Returns
    -------
    float
        Missing when there is no event.
    """
    _check(x1, t1, x2, t2)
    return float(stats.binomtest(x1, x1 + x2, t1 / (t1 + t2)).pvalue) if x1 + x2 else float("nan")


def rate_difference(x1: int, t1: float, x2: int, t2: float, level: float = 0.95) -> Limits:
    """Score interval of the difference of two rates: the differences that the score test does not reject.

    Parameters
    ----------
    x1, t1, x2, t2 : int, float
        Events and time of both groups.
    level : float
        Confidence level.

    Returns
    -------
    low, high : float
        In events per unit of time.

    References
    ----------
    .. [1] Miettinen & Nurminen 1985, Statistics in Medicine 4:213-226. [from memory]
    """
    _check(x1, t1, x2, t2)
    z = float(stats.norm.isf((1 - level) / 2))
    off, scale = x1 / t1 - x2 / t2, 1 / t1 + 1 / t2
    reach = (z + 1) ** 2 * scale + z * np.sqrt(x1 / t1**2 + x2 / t2**2)  # farther than any limit of the score

    def crossing(target: float, side: int) -> float:
        def above(delta: float) -> float:
            return float(np.clip(rate_score(x1, t1, x2, t2, delta) - target, -FAR, FAR))

        far = off + side * reach
        while above(far) * side > 0:
            far += side * reach
        near = off - side * 1e-12 * scale
        return float(optimize.brentq(above, *sorted((near, far)), xtol=1e-14 * scale, rtol=1e-14))

    return crossing(z, -1), crossing(-z, 1)


def rate_score(x1: int, t1: float, x2: int, t2: float, delta: float) -> float:
    """Score statistic of a difference of two rates, with the variance of largest likelihood under it.

    Parameters
    ----------
    x1, t1, x2, t2 : int, float
        Events and time of both groups.
    delta : float
        Difference under the hypothesis, in events per unit of time.

    Returns
    -------
    float
        Infinite where the hypothesis leaves no variance.
    """
    T, b = t1 + t2, (t1 + t2) * delta - x1 - x2
    second = max((np.hypot(b + 2 * x2, 2 * np.sqrt(x1 * x2)) - b) / (2 * T), 0.0, -delta)
    off = x1 / t1 - x2 / t2 - delta
    variance = (second + delta) / t1 + second / t2
    if variance > 0:
        return float(off / np.sqrt(variance))
    return 0.0 if abs(off) < 1e-15 else float(np.copysign(np.inf, off))


def _check(x1: int, t1: float, x2: int, t2: float) -> None:
    if min(x1, x2) < 0 or not min(t1, t2) > 0:
        raise MethodError("two rates: each group needs events of at least 0 and an exposure above 0.")
