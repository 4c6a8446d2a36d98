"""How much studies differ: the variance between them, by several estimators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from spasticity.errors import MethodError

Array = NDArray[np.float64]
Between = Literal["REML", "Paule-Mandel", "DerSimonian-Laird", "ML", "fixed"]

PRECISE = 1e-14
MOST_STEPS = 500


def q_statistic(y: Array, v: Array, tau2: float = 0.0) -> float:
    """Weighted squares about the weighted mean.

    Parameters
    ----------
    y, v : ndarray, shape (k,)
        Effects and their variances.
    tau2 : float
        Variance between studies, in the weights.

    Returns
    -------
    float
    """
    w = 1 / (v + tau2)
    mean = (w @ y) / w.sum()
    return float(w @ (y - mean) ** 2)


def paule_mandel(y: Array, v: Array) -> float:
    """The variance between studies at which Q is what is expected of it.

    Parameters
    ----------
    y, v : ndarray, shape (k,)

    Returns
    -------
    float
    """
    return q_root(y, v, len(y) - 1.0)


def q_root(y: Array, v: Array, value: float) -> float:
    """The variance between studies at which Q has a given value; 0 where it has less without any.

    Parameters
    ----------
    y, v : ndarray, shape (k,)
    value : float

    Returns
    -------
    float
    """
    if q_statistic(y, v) <= value:
        return 0.0
    high = float(y.var(ddof=1)) + float(v.max())
    while q_statistic(y, v, high) > value:
        high *= 4
    return float(optimize.brentq(lambda tau2: q_statistic(y, v, tau2) - value, 0, high, xtol=1e-15, rtol=1e-14))


def dersimonian_laird(y: Array, v: Array) -> float:
    """DerSimonian and Laird's moment estimator.

    Parameters
    ----------
    y, v : ndarray, shape (k,)

    Returns
    -------
    float
    """
    w = 1 / v
    return max(0.0, (q_statistic(y, v) - (len(y) - 1)) / float(w.sum() - (w @ w) / w.sum()))


def likelihood(y: Array, v: Array, *, restricted: bool) -> float:
    """The variance between studies of largest (restricted) likelihood, by Fisher scoring with halved steps.

    Parameters
    ----------
    y, v : ndarray, shape (k,)
    restricted : bool
        REML, else ML.

    Returns
    -------
    float

    Raises
    ------
    MethodError
        No convergence; the last value is in `.state`.
    """
    tau2 = paule_mandel(y, v)
    for _ in range(MOST_STEPS):
        w = 1 / (v + tau2)
        mean = (w @ y) / w.sum()
        P = np.diag(w) - np.outer(w, w) / w.sum()
        # Of the likelihood: half of (score - trace), information half of the trace of the squares.
        trace = np.trace(P) if restricted else w.sum()
        information = np.sum(P * P) if restricted else w @ w
        score = float((w * (y - mean)) @ (w * (y - mean)) - trace)
        new = max(0.0, tau2 + score / float(information))
        if abs(new - tau2) <= PRECISE * (1 + tau2 + float(v.mean())):
            return new
        tau2 = new
    raise MethodError(
        "meta_analysis: no convergence of the variance between studies; use 'Paule-Mandel'.", {"tau2": tau2}
    )


def q_profile(y: Array, v: Array, level: float) -> tuple[float, float]:
    """Interval of the variance between studies, from the distribution of Q.

    Parameters
    ----------
    y, v : ndarray, shape (k,)
    level : float

    Returns
    -------
    low, high : float
    """
    tails = stats.chi2.ppf([(1 + level) / 2, (1 - level) / 2], len(y) - 1)
    return q_root(y, v, float(tails[0])), q_root(y, v, float(tails[1]))


ESTIMATORS: dict[str, Callable[[Array, Array], float]] = {
    "REML": lambda y, v: likelihood(y, v, restricted=True),
    "Paule-Mandel": paule_mandel,
    "DerSimonian-Laird": dersimonian_laird,
    "ML": lambda y, v: likelihood(y, v, restricted=False),
    "fixed": lambda _y, _v: 0.0,
}
