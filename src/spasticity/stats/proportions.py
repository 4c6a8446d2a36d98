"""Intervals for one proportion and for two: difference, ratio, odds ratio and number needed to treat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats

from spasticity.errors import MethodError, one_of

Method = Literal["wilson", "clopper-pearson"]
Interval = Literal["newcombe", "miettinen-nurminen", "wald"]
Limits = tuple[float, float]

#: Values of a score test beyond this are as good as infinite; root finding needs a number.
FAR = 1e3

#: A ratio's limits are looked for up to this far from it, in logarithms: a factor of about 1e13.
WIDE = 30.0


def wilson(count: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Wilson's score interval of a proportion.

    Parameters
    ----------
    count, n : array-like of int
        Events and people; n may be 0, the limits are missing then.
    level : float
        Confidence level.

    Returns
    -------
    low, high : ndarray

    References
    ----------
    .. [1] Wilson 1927, JASA 22:209-212. [from memory]
    """
    x, n = np.asarray(count, dtype=np.float64), np.asarray(n, dtype=np.float64)
    n = np.where(n > 0, n, np.nan)
    z2 = stats.norm.isf((1 - level) / 2) ** 2
    p = x / n
    centre = p + z2 / (2 * n)
    half = np.sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n**2)))
    low, high = (centre - half) / (1 + z2 / n), (centre + half) / (1 + z2 / n)
    return np.where(x == 0, 0 * n, low), np.where(x == n, 1 + 0 * n, high)  # exact ends, free of rounding


def clopper_pearson(
    count: ArrayLike, n: ArrayLike, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Exact (Clopper-Pearson) interval of a proportion.

    Parameters
    ----------
    count, n : array-like of int
        Events and people; n may be 0, the limits are missing then.
    level : float
        Confidence level.

    Returns
    -------
    low, high : ndarray

    References
    ----------
    .. [1] Clopper & Pearson 1934, Biometrika 26:404-413. [from memory]
    """
    x, n = np.asarray(count, dtype=np.float64), np.asarray(n, dtype=np.float64)
    n = np.where(n > 0, n, np.nan)
    tail = (1 - level) / 2
    low = np.where(x == 0, 0 * n, stats.beta.ppf(tail, np.maximum(x, 0.5), n - x + 1))
    high = np.where(x == n, 1 + 0 * n, stats.beta.isf(tail, x + 1, np.maximum(n - x, 0.5)))
    return low, high


INTERVALS = {"wilson": wilson, "clopper-pearson": clopper_pearson}


def difference(x1: int, n1: int, x2: int, n2: int, interval: Interval = "newcombe", level: float = 0.95) -> Limits:
    """Interval of the difference of two proportions, x1/n1 - x2/n2.

    Parameters
    ----------
    x1, n1, x2, n2 : int
        Events and people in both groups.
    interval : str
        `newcombe` (hybrid score), `miettinen-nurminen` (score with N/(N - 1)) or `wald`.
    level : float
        Confidence level.

    Returns
    -------
    low, high : float

    References
    ----------
    .. [1] Newcombe 1998, Statistics in Medicine 17:873-890. [from memory]
    .. [2] Miettinen & Nurminen 1985, Statistics in Medicine 4:213-226. [from memory]
    """
    _check(x1, n1, x2, n2)
    one_of("interval", interval, ("newcombe", "miettinen-nurminen", "wald"))
    z = float(stats.norm.isf((1 - level) / 2))
    p1, p2 = x1 / n1, x2 / n2
    if interval == "wald":
        half = z * float(np.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2))
        return p1 - p2 - half, p1 - p2 + half
    if interval == "newcombe":
        (l1, l2), (u1, u2) = wilson([x1, x2], [n1, n2], level)
        low = p1 - p2 - np.hypot(p1 - l1, u2 - p2)
        return float(low), float(p1 - p2 + np.hypot(u1 - p1, p2 - l2))
    return _inverted(lambda delta: difference_score(x1, n1, x2, n2, delta), p1 - p2, -1.0, 1.0, z)


def ratio(x1: int, n1: int, x2: int, n2: int, *, score: bool = False, level: float = 0.95) -> Limits:
    """Interval of the ratio of two proportions.

    Parameters
    ----------
    x1, n1, x2, n2 : int
        Events and people in both groups.
    score : bool
        Miettinen and Nurminen's score interval; otherwise Katz's, from the logarithm.
    level : float
        Confidence level.

    Returns
    -------
    low, high : float
        0 or infinity where a count of 0 leaves a side open; Katz's interval is missing when both are 0.

    References
    ----------
    .. [1] Katz et al. 1978, Biometrics 34:469-474. [from memory]
    """
    _check(x1, n1, x2, n2)
    z = float(stats.norm.isf((1 - level) / 2))
    if score:
        return _inverted_log(lambda t: _ratio_score(x1, n1, x2, n2, t), _divided(x1 * n2, x2 * n1), z)
    if x1 == 0 or x2 == 0:
        return _open(x1, x2)
    spread = z * np.sqrt(1 / x1 - 1 / n1 + 1 / x2 - 1 / n2)
    return _around(np.log(x1 / n1) - np.log(x2 / n2), spread)


def odds_ratio(x1: int, n1: int, x2: int, n2: int, *, score: bool = False, level: float = 0.95) -> Limits:
    """Interval of the ratio of two odds.

    Parameters
    ----------
    x1, n1, x2, n2 : int
        Events and people in both groups.
    score : bool
        Miettinen and Nurminen's score interval; otherwise Woolf's, from the logarithm.
    level : float
        Confidence level.

    Returns
    -------
    low, high : float
        0 or infinity where a cell of 0 leaves a side open.

    References
    ----------
    .. [1] Woolf 1955, Annals of Human Genetics 19:251-253. [from memory]
    """
    _check(x1, n1, x2, n2)
    z = float(stats.norm.isf((1 - level) / 2))
    above, below = x1 * (n2 - x2), x2 * (n1 - x1)
    if score:
        return _inverted_log(lambda t: _odds_score(x1, n1, x2, n2, t), _divided(above, below), z)
    if above == 0 or below == 0:
        return _open(above, below)
    spread = z * np.sqrt(1 / x1 + 1 / (n1 - x1) + 1 / x2 + 1 / (n2 - x2))
    return _around(np.log(above / below), spread)


def difference_score(x1: int, n1: int, x2: int, n2: int, delta: float) -> float:
    """Miettinen and Nurminen's score statistic of p1 - p2 = delta.

    At delta = 0 its square is the chi-squared of the table times (N - 1) / N.

    Parameters
    ----------
    x1, n1, x2, n2 : int
        Events and people in both groups.
    delta : float
        Difference under the hypothesis, between -1 and 1.

    Returns
    -------
    float
        Infinite where the hypothesis cannot be.
    """
    p1, p2 = _constrained(x1, n1, x2, n2, delta)
    N = n1 + n2
    variance = (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * N / (N - 1)
    return _divided_root(x1 / n1 - x2 / n2 - delta, variance)


def _constrained(x1: int, n1: int, x2: int, n2: int, delta: float) -> Limits:
    """Proportions of largest likelihood among those that differ by delta: the root of a cubic in closed form."""
    N = n1 + n2
    L2 = (n1 + 2 * n2) * delta - N - (x1 + x2)
    L1 = (n2 * delta - N - 2 * x2) * delta + x1 + x2
    L0 = x2 * delta * (1 - delta)
    q = L2**3 / (3 * N) ** 3 - L1 * L2 / (6 * N**2) + L0 / (2 * N)
    s = np.copysign(np.sqrt(max(L2**2 / (3 * N) ** 2 - L1 / (3 * N), 0.0)), q)
    angle = (np.pi + np.arccos(np.clip(q / s**3, -1, 1))) / 3 if s**3 else np.pi / 3
    p2 = min(max(2 * s * np.cos(angle) - L2 / (3 * N), 0.0, -delta), 1.0, 1 - delta)
    return float(p2 + delta), float(p2)


def _ratio_score(x1: int, n1: int, x2: int, n2: int, t: float) -> float:
    N = n1 + n2
    A, B, C = N * t, -(n1 * t + x1 + n2 + x2 * t), x1 + x2
    p2 = (-B - np.sqrt(max(B**2 - 4 * A * C, 0.0))) / (2 * A)
    p1 = t * p2
    variance = (p1 * (1 - p1) / n1 + t**2 * p2 * (1 - p2) / n2) * N / (N - 1)
    return _divided_root(x1 / n1 - t * x2 / n2, variance)


def _odds_score(x1: int, n1: int, x2: int, n2: int, t: float) -> float:
    N, total = n1 + n2, x1 + x2
    A, B = n2 * (t - 1), n1 * t + n2 - total * (t - 1)
    root = np.sqrt(B**2 + 4 * A * total)
    p2 = 2 * total / (B + root) if B > 0 else (root - B) / (2 * A)  # whichever does not cancel
    p1 = p2 * t / (1 - p2 + p2 * t)
    v1, v2 = p1 * (1 - p1), p2 * (1 - p2)
    if min(v1, v2) <= 0:
        return float("inf") if x1 / n1 > p1 else -float("inf")
    score = (x1 / n1 - p1) / v1 - (x2 / n2 - p2) / v2
    return float(score / np.sqrt((1 / (n1 * v1) + 1 / (n2 * v2)) * N / (N - 1)))


def _divided_root(off: float, variance: float) -> float:
    if variance > 0:
        return float(off / np.sqrt(variance))
    return 0.0 if abs(off) < 1e-15 else float(np.copysign(np.inf, off))


def _inverted(score: Callable[[float], float], estimate: float, low: float, high: float, z: float) -> Limits:
    """Where a falling score statistic crosses z and -z."""

    def crossing(target: float, left: float, right: float) -> float:
        def off(value: float) -> float:
            return float(np.clip(score(value) - target, -FAR, FAR))

        if off(left) <= 0:
            return left
        return right if off(right) >= 0 else float(optimize.brentq(off, left, right, xtol=1e-14, rtol=1e-14))

    inside = 1e-12  # at the ends themselves the hypothesis has no variance
    lower = crossing(z, low + inside, estimate) if estimate > low else low
    upper = crossing(-z, estimate, high - inside) if estimate < high else high
    return lower, upper


def _inverted_log(score: Callable[[float], float], estimate: float, z: float) -> Limits:
    """The same for a ratio; the sides of a ratio of 0 or infinity stay open."""
    if np.isnan(estimate):
        return 0.0, float("inf")
    centre = float(np.clip(np.log(estimate) if estimate > 0 else -np.inf, -WIDE, WIDE))
    ends = (-WIDE, WIDE) if estimate in (0, np.inf) else (centre - WIDE, centre + WIDE)
    low, high = _inverted(lambda value: score(float(np.exp(value))), centre, *ends, z)
    return 0.0 if estimate == 0 else float(np.exp(low)), float("inf") if estimate == np.inf else float(np.exp(high))


def _divided(above: float, below: float) -> float:
    if below:
        return above / below
    return float("inf") if above else float("nan")


def _open(above: float, below: float) -> Limits:
    return (float("nan"), float("nan")) if above == below == 0 else (0.0, float("inf"))


def _around(centre: float, spread: float) -> Limits:
    return float(np.exp(centre - spread)), float(np.exp(centre + spread))


def _check(x1: int, n1: int, x2: int, n2: int) -> None:
    if min(n1, n2) < 1 or not 0 <= x1 <= n1 or not 0 <= x2 <= n2:
        raise MethodError("two proportions: each group needs people, and events between 0 and their number.")
