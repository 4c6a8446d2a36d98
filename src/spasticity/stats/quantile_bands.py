"""Ordered values beside the quantiles of a normal distribution, with a band they leave rarely."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import gammaln, xlogy
from scipy.stats import beta, norm, poisson

from spasticity.errors import MethodError, one_of
from spasticity.wording import plural

Array = NDArray[np.float64]
Band = Literal["simultaneous", "pointwise"]
BANDS = ("simultaneous", "pointwise")


def normal_quantiles(
    values: pd.Series | Sequence[float], *, band: Band = "simultaneous", level: float = 0.95
) -> pd.DataFrame:
    """Ordered values beside the medians of ordered values of a standard normal sample, and a band around these.

    Parameters
    ----------
    values : Series or sequence of float, shape (n,)
        Such as normalized residuals. They are compared with mean 0 and variance 1, not with their own.
    band : str
        `simultaneous`: all n values are inside with probability `level`, and each is outside equally often (equal
        local levels). `pointwise`: each value is inside with probability `level`, so that some are outside even of
        the best sample.
    level : float
        Probability.

    Returns
    -------
    DataFrame
        In the order of the values, with their own index: `observed`, `theoretical`, `low`, `high`, `outside`
        (whether the band is left); `band` and `level` are the same in every row.

    Raises
    ------
    MethodError
        Fewer than two values, missing or infinite ones, an unknown band, a level that is not between 0 and 1.

    Notes
    -----
    The i-th of n ordered uniform numbers follows Beta(i, n + 1 - i); its quantiles are carried to the normal scale. The
    band is for independent values with known mean and variance. Residuals of a fit lie closer to the line, because mean
    and variance were fitted to them, and leave it far more rarely than `level` says; for these, the `quantiles` of a
    mixed model offer a band by fitting again.

    References
    ----------
    .. [1] Weine, McPeek & Abney 2023, J Stat Softw 106(10), doi:10.18637/jss.v106.i10: equal local levels.
    .. [2] Aldor-Noiman, Brown, Buja, Rolke & Stine 2013, Am Stat 67:249-260. [from memory]
    """
    one_of("band", band, BANDS)
    if not 0 < level < 1:
        raise MethodError(f"level={level!r} is not between 0 and 1; 0.95 is usual.")
    ordered = _checked(pd.Series(values)).sort_values(kind="stable")
    n = len(ordered)
    low, _ = uniform_band(n, 1 - level if band == "pointwise" else local_level(n, level))
    # The band is symmetric, and a probability near 1 would lose its digits.
    return beside_normal(ordered, norm.ppf(low), norm.isf(low[::-1])).assign(band=band, level=level)


def beside_normal(ordered: pd.Series, low: Array, high: Array) -> pd.DataFrame:
    """Ordered values, the medians of those of a standard normal sample, and a band.

    Parameters
    ----------
    ordered : Series, shape (n,)
    low, high : ndarray, shape (n,)

    Returns
    -------
    DataFrame
        `observed`, `theoretical`, `low`, `high`, `outside`.
    """
    ranks = np.arange(1, len(ordered) + 1)
    theoretical = norm.ppf(beta.median(ranks, len(ordered) + 1 - ranks))
    frame = pd.DataFrame({"observed": ordered, "theoretical": theoretical, "low": low, "high": high})
    return frame.assign(outside=~frame["observed"].between(frame["low"], frame["high"]))


def _checked(values: pd.Series) -> pd.Series:
    if len(values) < 2:
        raise MethodError(f"normal_quantiles: there is {plural(len(values), 'value')}, expected at least 2.")
    values = values.astype("float64")
    unusable = ~np.isfinite(values.to_numpy())
    if unusable.any():
        raise MethodError(
            f"normal_quantiles: {plural(int(unusable.sum()), 'value')} missing or infinite, first at row "
            f"{values.index[unusable][0]}; expected numbers. Leave these rows out and say how many."
        )
    return values


def uniform_band(n: int, local: float) -> tuple[Array, Array]:
    """Limits that each of n ordered uniform numbers leaves with one probability.

    Parameters
    ----------
    n : int
    local : float
        Probability to be outside, half on either side.

    Returns
    -------
    low, high : ndarray, shape (n,)
    """
    ranks = np.arange(1, n + 1)
    low = beta.ppf(local / 2, ranks, n + 1 - ranks)
    return low, 1 - low[::-1]


def local_level(n: int, level: float) -> float:
    """How often each ordered value may be outside so that all are inside with a given probability.

    Parameters
    ----------
    n : int
    level : float
        Probability that all are inside.

    Returns
    -------
    float
        Between (1 - level) / n, as if they were exclusive, and 1 - level, as if they were one.
    """

    def excess(log_local: float) -> float:
        return inside(*uniform_band(n, np.exp(log_local))) - level

    bounds = np.log([(1 - level) / n, 1 - level])
    return float(np.exp(brentq(excess, *bounds, xtol=1e-9))) if n > 1 else 1 - level


def inside(low: Array, high: Array) -> float:
    """Probability that every one of n ordered uniform numbers is between its limits.

    Parameters
    ----------
    low, high : ndarray, shape (n,)
        Ascending.

    Returns
    -------
    float

    Notes
    -----
    How many of the numbers lie below a time is a Poisson process of rate n, given that it ends at n; its counts are
    followed from limit to limit.

    References
    ----------
    .. [1] Moscovich & Nadler 2017, Stat Probab Lett 123:177-182. [from memory]
    """
    n = len(low)
    times = np.unique(np.concatenate([low, high, [1.0]]))
    fewest = np.searchsorted(high, times, side="right")
    most = np.searchsorted(low, times, side="left")
    steps = n * np.diff(times, prepend=0.0)
    # Larger jumps have a chance below 1e-20 (Chernoff's bound), far under what is asked for here.
    jumps = np.arange(int(steps.max() + 10 * np.sqrt(steps.max())) + 20)
    chances, first = np.ones(1), 0
    for step, least, last in zip(steps, fewest, most, strict=True):
        if least > last:
            return 0.0
        grown = np.convolve(chances, np.exp(xlogy(jumps, step) - step - gammaln(jumps + 1)))
        chances = np.zeros(last - least + 1)
        kept = grown[max(least - first, 0) : last - first + 1]
        start = max(first - least, 0)
        chances[start : start + len(kept)] = kept
        first = least
    return float(chances[-1] / poisson.pmf(n, n))
