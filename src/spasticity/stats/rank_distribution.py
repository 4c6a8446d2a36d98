"""Wilcoxon's rank sum, exactly also with ties, and what belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

Array = NDArray[np.float64]

#: Up to this many people the distribution is counted out; beyond, the normal approximation is right to 1e-4.
EXACT = 200

#: A probability of 0 or 1 has no variance; the search for the other limit begins this far from it.
EDGE = 1e-9

#: Pairwise differences that are held in memory at once.
MOST_PAIRS = 25_000_000


@dataclass(frozen=True, slots=True)
class RankSum:
    """A rank-sum test.

    Parameters
    ----------
    statistic : float
        Sum of the first sample's ranks.
    p_value : float
        Two-sided; missing when all values are equal.
    exact : bool
        Whether it was counted out.
    """

    statistic: float
    p_value: float
    exact: bool


def rank_sum_test(first: Array, second: Array) -> RankSum:
    """Wilcoxon's rank-sum test of two samples, conditional on their ties.

    Up to 200 people the p value is the share of all ways to choose who is in the first sample whose rank sum is at
    least as far from its mean; beyond, the normal approximation with the variance for ties and a continuity
    correction of one half.

    Parameters
    ----------
    first, second : ndarray
        Without missing values.

    Returns
    -------
    RankSum

    References
    ----------
    .. [1] Wilcoxon 1945, Biometrics Bulletin 1:80-83. [from memory]
    .. [2] Streitberg & Roehmel 1986, Statistical Software Newsletter 12:10-17. [from memory]
    """
    ranks = stats.rankdata(np.r_[first, second])
    m, n = len(first), len(ranks)
    statistic = float(ranks[:m].sum())
    if np.ptp(ranks) == 0:
        return RankSum(statistic, float("nan"), n <= EXACT)
    if n <= EXACT:
        return RankSum(statistic, _exact(ranks, m), True)
    spread = np.sqrt(m * (n - m) / (n * (n - 1)) * np.sum((ranks - ranks.mean()) ** 2))
    off = max(abs(statistic - m * (n + 1) / 2) - 0.5, 0) / spread
    return RankSum(statistic, 2 * float(stats.norm.sf(off)), False)


def _exact(ranks: Array, m: int) -> float:
    whole = np.rint(2 * ranks).astype(np.int64)  # doubled, so that mean ranks are whole
    step = int(np.gcd.reduce(whole))
    whole //= step
    low, chances = subset_sums(whole, m)
    sums = (low + np.arange(len(chances))) * len(ranks)
    centre = m * int(whole.sum())
    observed = int(whole[:m].sum()) * len(ranks)
    return min(1.0, float(chances[np.abs(sums - centre) >= abs(observed - centre)].sum()))


def subset_sums(values: NDArray[np.int64], size: int) -> tuple[int, Array]:
    """Probability of each sum when `size` of the values are chosen at random.

    Parameters
    ----------
    values : ndarray of int
        Positive.
    size : int

    Returns
    -------
    low : int
        The sum that the first probability belongs to.
    chances : ndarray
    """
    ordered = np.sort(values)
    small = min(size, len(values) - size)
    offset = int(ordered[0])
    shifted = ordered - offset
    top = int(shifted[len(shifted) - small :].sum()) if small else 0
    ways = np.zeros((small + 1, top + 1))
    ways[0, 0] = 1
    for count, value in enumerate(map(int, shifted), start=1):
        reach = int(shifted[max(count - small, 0) : count].sum()) + 1  # larger sums cannot be yet
        for chosen in range(min(count, small), 0, -1):
            ways[chosen, value:reach] += ways[chosen - 1, : reach - value]
    chances = ways[small] / special.comb(len(values), small)
    low = small * offset
    if small == size:
        return low, chances
    return int(values.sum()) - low - top, chances[::-1]  # of those that were not chosen


def shift_interval(first: Array, second: Array, level: float) -> tuple[float, float, float, float]:
    """Hodges and Lehmann's shift between two samples, with its distribution-free interval.

    Parameters
    ----------
    first, second : ndarray
    level : float
        Confidence level.

    Returns
    -------
    estimate : float
        Median of all differences, first minus second.
    low, high : float
        Missing when the samples are too small for the level.
    achieved : float
        Confidence level of the interval without ties; with ties it is at least this.

    References
    ----------
    .. [1] Hodges & Lehmann 1963, Annals of Mathematical Statistics 34:598-611. [from memory]
    """
    differences = np.sort((first[:, None] - second).ravel())
    estimate = float(np.median(differences))
    rank, achieved = _limit_rank(len(first), len(second), level)
    if rank < 1:
        return estimate, float("nan"), float("nan"), float("nan")
    return estimate, float(differences[rank - 1]), float(differences[-rank]), achieved


@lru_cache(maxsize=256)
def _limit_rank(m: int, n: int, level: float) -> tuple[int, float]:
    """Largest rank of a difference that may be a limit, and the level it achieves."""
    tail = (1 - level) / 2
    if m + n <= EXACT:
        low, chances = subset_sums(np.arange(1, m + n + 1), m)
        below = np.cumsum(chances[m * (m + 1) // 2 - low :])  # from the smallest sum there can be
        rank = int(np.sum(below <= tail * (1 + 1e-12)))
        return rank, 1 - 2 * float(below[rank - 1]) if rank else float("nan")
    spread = np.sqrt(m * n * (m + n + 1) / 12)
    return int(m * n / 2 - stats.norm.isf(tail) * spread), level


def superiority(first: Array, second: Array, level: float) -> tuple[float, float, float, float]:
    """Probability that a value of the first sample is larger than one of the second, ties counting half.

    Parameters
    ----------
    first, second : ndarray
    level : float
        Confidence level.

    Returns
    -------
    estimate, std_error : float
        With the variance of Brunner and Munzel.
    low, high : float
        Normal on the logit scale, which covers better than their t does there; where the samples do not overlap,
        Newcombe's score interval.

    References
    ----------
    .. [1] Brunner & Munzel 2000, Biometrical Journal 42:17-25. [from memory]
    .. [2] Newcombe 2006, Statistics in Medicine 25:559-573. [from memory]
    """
    m, n = len(first), len(second)
    ranks = stats.rankdata(np.r_[first, second])
    above = (ranks[:m] - stats.rankdata(first)) / n  # share of the second sample below each of the first
    below = 1 - (ranks[m:] - stats.rankdata(second)) / m
    estimate = float(above.mean())
    parts = [float(part.var(ddof=1)) / len(part) if len(part) > 1 else np.nan for part in (above, below)]
    error = float(np.sqrt(sum(parts)))
    if not error > 0:
        low, high = newcombe_superiority(estimate, m, n, level)
        return estimate, error, low, high
    margin = stats.norm.isf((1 - level) / 2) * error / (estimate * (1 - estimate))
    low, high = special.expit(special.logit(estimate) - margin), special.expit(special.logit(estimate) + margin)
    return estimate, error, float(low), float(high)


def newcombe_superiority(estimate: float, m: int, n: int, level: float) -> tuple[float, float]:
    """Newcombe's score interval (his method 5) of a probability of superiority.

    Parameters
    ----------
    estimate : float
    m, n : int
        People in the samples.
    level : float

    Returns
    -------
    low, high : float

    References
    ----------
    .. [1] Newcombe 2006, Statistics in Medicine 25:559-573. [from memory]
    """
    z, half = float(stats.norm.isf((1 - level) / 2)), (m + n) / 2 - 1

    def off(theta: float) -> float:
        variance = theta * (1 - theta) * (1 + half * ((1 - theta) / (2 - theta) + theta / (1 + theta))) / (m * n)
        return abs(estimate - theta) - z * float(np.sqrt(variance))

    low = 0.0 if estimate <= 0 else float(optimize.brentq(off, 0.0, min(estimate, 1 - EDGE), xtol=1e-12))
    high = 1.0 if estimate >= 1 else float(optimize.brentq(off, max(estimate, EDGE), 1.0, xtol=1e-12))
    return low, high


def stratified(parts: list[tuple[Array, Array]]) -> dict[str, float]:
    """Van Elteren's test: rank sums within strata, weighted so that each adds what it can tell.

    Parameters
    ----------
    parts : list of (first, second)
        The samples of each stratum.

    Returns
    -------
    dict
        `estimate` (probability of superiority with the test's weights), `std_error` (of unequal variances),
        `statistic` (z) and `p_value`.

    References
    ----------
    .. [1] van Elteren 1960, Bulletin of the International Statistical Institute 37:351-361. [from memory]
    """
    total = variance = weight = weighted = spread = 0.0
    for first, second in parts:
        m, n = len(first), len(first) + len(second)
        if m in (0, n):
            continue
        ranks = stats.rankdata(np.r_[first, second])
        total += float(ranks[:m].sum() - m * (n + 1) / 2) / (n + 1)
        variance += m * (n - m) / (n * (n - 1)) * float(np.sum((ranks - (n + 1) / 2) ** 2)) / (n + 1) ** 2
        share, (theta, error, *_) = m * (n - m) / (n + 1), superiority(first, second, 0.95)
        weight, weighted, spread = weight + share, weighted + share * theta, spread + (share * error) ** 2
    statistic = total / np.sqrt(variance) if variance > 0 else np.nan
    return {
        "estimate": weighted / weight if weight else np.nan,
        "std_error": float(np.sqrt(spread)) / weight if weight else np.nan,
        "statistic": float(statistic),
        "p_value": 2 * float(stats.norm.sf(abs(statistic))),
    }
