"""Two proportions compared within strata: Mantel and Haenszel's common effects and their test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats

from spasticity.errors import MethodError

COMMON = {
    "difference": "risk difference (Mantel-Haenszel)",
    "ratio": "risk ratio (Mantel-Haenszel)",
    "odds": "odds ratio (Mantel-Haenszel)",
}


def common_rows(tables: ArrayLike, level: float) -> list[dict[str, Any]]:
    """Common difference, ratio and odds ratio of several two-by-two tables, as rows of an estimate frame.

    Parameters
    ----------
    tables : array-like of int, shape (S, 4)
        For each stratum events and people of the group of interest, then of the reference.
    level : float
        Confidence level.

    Returns
    -------
    list of dict
        The difference with Sato's variance, and the p value of the Cochran-Mantel-Haenszel test (without continuity
        correction) beside it; the ratio with Greenland and Robins' variance; the odds ratio with that of Robins,
        Breslow and Greenland. Strata without people of both groups tell nothing and are not used.

    Raises
    ------
    MethodError
        No stratum has people of both groups.

    References
    ----------
    .. [1] Mantel & Haenszel 1959, Journal of the National Cancer Institute 22:719-748. [from memory]
    .. [2] Sato 1989, Biometrics 45:1323-1324. [from memory]
    .. [3] Greenland & Robins 1985, Biometrics 41:55-68. [from memory]
    .. [4] Robins, Breslow & Greenland 1986, Biometrics 42:311-323. [from memory]
    """
    x1, n1, x2, n2 = _informative(tables)
    N = n1 + n2
    z = float(stats.norm.isf((1 - level) / 2))
    weight = n1 * n2 / N
    off = float(np.sum(weight * (x1 / n1 - x2 / n2)) / weight.sum())
    P = (n1**2 * x2 - n2**2 * x1 + n1 * n2 * (n2 - n1) / 2) / N**2
    Q = (x1 * (n2 - x2) + x2 * (n1 - x1)) / (2 * N)
    spread = float(np.sqrt(max(off * P.sum() + Q.sum(), 0)) / weight.sum())
    chi, p = cmh(tables)
    R, S = float(np.sum(x1 * n2 / N)), float(np.sum(x2 * n1 / N))
    variance = float(np.sum((n1 * n2 * (x1 + x2) - x1 * x2 * N) / N**2))
    people = int(N.sum())
    return [
        {"term": COMMON["difference"], "estimate": off, "conf_low": off - z * spread, "conf_high": off + z * spread}
        | {"std_error": spread, "statistic": chi, "p_value": p, "n": people, "disjoint": False},
        _of_logarithm(COMMON["ratio"], R, S, np.divide(variance, R * S) if R * S else np.nan, z, people),
        _of_logarithm(COMMON["odds"], *_odds_parts(x1, n1, x2, n2), z, people),
    ]


def cmh(tables: ArrayLike) -> tuple[float, float]:
    """Cochran-Mantel-Haenszel test of no effect in any stratum, without continuity correction.

    Parameters
    ----------
    tables : array-like of int, shape (S, 4)
        As for `common_rows`.

    Returns
    -------
    chi_squared, p_value : float
        With one degree of freedom; missing when every event is, or none is, in each stratum.
    """
    x1, n1, x2, n2 = _informative(tables)
    N, events = n1 + n2, x1 + x2
    variance = float(np.sum(n1 * n2 * events * (N - events) / (N**2 * np.maximum(N - 1, 1))))
    if variance <= 0:
        return float("nan"), float("nan")
    chi = float(np.sum(x1 - n1 * events / N)) ** 2 / variance
    return chi, float(stats.chi2.sf(chi, 1))


def breslow_day(tables: ArrayLike) -> tuple[float, int, float]:
    """Whether the odds ratio is the same in every stratum: Breslow and Day's test with Tarone's correction.

    Parameters
    ----------
    tables : array-like of int, shape (S, 4)
        As for `common_rows`.

    Returns
    -------
    chi_squared : float
    df : int
    p_value : float
        Missing when the common odds ratio is 0 or infinite, or one stratum can be used.

    References
    ----------
    .. [1] Tarone 1985, Biometrika 72:91-95. [from memory]
    """
    x1, n1, x2, n2 = _informative(tables)
    events = x1 + x2
    mixed = (events > 0) & (events < n1 + n2)
    x1, n1, n2, events = x1[mixed], n1[mixed], n2[mixed], events[mixed]
    R, S, _ = _odds_parts(*_informative(tables))
    if not R * S or len(x1) < 2:
        return float("nan"), max(len(x1) - 1, 0), float("nan")
    expected = np.array([_expected(*row, R / S) for row in zip(n1, n2, events, strict=True)])
    precision = 1 / expected + 1 / (n1 - expected) + 1 / (events - expected) + 1 / (n2 - events + expected)
    chi = float(np.sum((x1 - expected) ** 2 * precision) - np.sum(x1 - expected) ** 2 / np.sum(1 / precision))
    return chi, len(x1) - 1, float(stats.chi2.sf(chi, len(x1) - 1))


def _expected(n1: float, n2: float, events: float, odds: float) -> float:
    """Events of the first group whose table has the odds ratio."""
    low, high = max(0.0, events - n2), min(events, n1)
    inside = 1e-12 * (high - low)

    def off(x: float) -> float:
        return float(x * (n2 - events + x) - odds * (n1 - x) * (events - x))

    return float(optimize.brentq(off, low + inside, high - inside, xtol=1e-13))


def _odds_parts(x1: Any, n1: Any, x2: Any, n2: Any) -> tuple[float, float, float]:
    """Numerator and denominator of the common odds ratio, and the variance of its logarithm."""
    N = n1 + n2
    R, S = x1 * (n2 - x2) / N, (n1 - x1) * x2 / N
    P, Q = (x1 + n2 - x2) / N, (n1 - x1 + x2) / N
    r, s = float(R.sum()), float(S.sum())
    if not r * s:
        return r, s, float("nan")
    variance = np.sum(P * R) / (2 * r**2) + np.sum(P * S + Q * R) / (2 * r * s) + np.sum(Q * S) / (2 * s**2)
    return r, s, float(variance)


def _of_logarithm(term: str, above: float, below: float, variance: float, z: float, n: int) -> dict[str, Any]:
    estimate = above / below if below else (float("inf") if above else float("nan"))
    row = {"term": term, "estimate": estimate, "n": n, "disjoint": False}
    if not np.isfinite(variance):
        open_ends = (np.nan, np.nan) if above == below == 0 else (0.0, np.inf)
        return row | {"conf_low": open_ends[0], "conf_high": open_ends[1]}
    factor = float(np.exp(z * np.sqrt(variance)))
    error = estimate * float(np.sqrt(variance))
    return row | {"std_error": error, "conf_low": estimate / factor, "conf_high": estimate * factor}


def _informative(tables: ArrayLike) -> Sequence[NDArray[np.float64]]:
    rows = np.asarray(tables, dtype=np.float64).reshape(-1, 4)
    rows = rows[(rows[:, 1] > 0) & (rows[:, 3] > 0)]
    if not len(rows):
        raise MethodError("Mantel-Haenszel: no stratum has people of both groups; there is nothing to compare.")
    return list(rows.T)
