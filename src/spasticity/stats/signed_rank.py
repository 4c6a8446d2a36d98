"""Wilcoxon's signed-rank test and the Hodges-Lehmann estimate that belongs to it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

#: Up to this many differences the distribution is counted out; beyond, the normal approximation is right to 1e-4.
EXACT = 300


def signed_rank_p(differences: NDArray[np.float64]) -> float:
    """Two-sided p value of Wilcoxon's signed-rank test.

    Zeros are dropped and ties share their mean rank. The distribution is that of all sign patterns of these very
    ranks, so it is exact also with ties.

    Parameters
    ----------
    differences : ndarray, shape (n,)

    Returns
    -------
    float
        Missing when every difference is 0.

    References
    ----------
    .. [1] Wilcoxon 1945, Biometrics Bulletin 1:80-83. [from memory]
    """
    x = differences[differences != 0]
    if not len(x):
        return float("nan")
    ranks = np.rint(2 * stats.rankdata(np.abs(x))).astype(np.int64)  # doubled, so that mean ranks are whole
    above = int(ranks[x > 0].sum())
    total = int(ranks.sum())
    if len(x) <= EXACT:
        return min(1.0, 2 * float(_tail(ranks, min(above, total - above))))
    off = max(abs(above - total / 2) - 1, 0)  # continuity: half a rank, doubled
    return 2 * float(stats.norm.sf(off / (np.sqrt(np.sum(ranks.astype(float) ** 2)) / 2)))


def hodges_lehmann(differences: NDArray[np.float64], level: float = 0.95) -> tuple[float, float, float, float]:
    """The median of all pairwise means, with its distribution-free interval.

    Parameters
    ----------
    differences : ndarray, shape (n,)
        Zeros included.
    level : float
        Confidence level.

    Returns
    -------
    estimate, low, high : float
        Limits are missing when n is too small for the level.
    achieved : float
        Confidence level that the interval has when there are no ties; at least `level`.

    References
    ----------
    .. [1] Hodges & Lehmann 1963, Annals of Mathematical Statistics 34:598-611. [from memory]
    """
    x = np.sort(differences)
    n = len(x)
    if not n:
        return (float("nan"),) * 4
    first, second = np.triu_indices(n)
    means = np.sort((x[first] + x[second]) / 2)
    estimate = float(np.median(means))
    rank, achieved = _rank(n, level)
    if rank < 1:
        return estimate, float("nan"), float("nan"), float("nan")
    return estimate, float(means[rank - 1]), float(means[-rank]), achieved


def _rank(n: int, level: float) -> tuple[int, float]:
    """Largest rank of a pairwise mean that may be a limit, and the level it achieves."""
    tail = (1 - level) / 2
    if n <= EXACT:
        below = np.cumsum(_distribution(np.arange(1, n + 1)))
        rank = int(np.sum(below <= tail + 1e-12))
        return rank, 1 - 2 * float(below[rank - 1]) if rank else float("nan")
    spread = np.sqrt(n * (n + 1) * (2 * n + 1) / 24)
    return int(n * (n + 1) / 4 - stats.norm.isf(tail) * spread), level


def _distribution(ranks: NDArray[np.int64]) -> NDArray[np.float64]:
    """Probability of each sum of ranks when every sign is a fair coin."""
    chances = np.zeros(int(ranks.sum()) + 1)
    chances[0] = 1
    for rank in ranks:
        shifted = np.zeros_like(chances)
        shifted[rank:] = chances[: len(chances) - rank]
        chances = (chances + shifted) / 2
    return chances


def _tail(ranks: NDArray[np.int64], value: int) -> float:
    return float(_distribution(ranks)[: value + 1].sum())
