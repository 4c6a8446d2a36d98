"""Repeated rows of participants, and the working correlations of generalised estimating equations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq

from spasticity.errors import DataError, MethodError
from spasticity.wording import plural

Array = NDArray[np.float64]
Places = NDArray[np.intp]

CORRELATIONS = ("independence", "exchangeable", "ar1", "unstructured")

#: Correlations among which that of neighbouring visits is looked for.
GRID = np.linspace(-0.995, 0.995, 200)


@dataclass(frozen=True, slots=True, eq=False)
class Repeated:
    """Rows of participants, those with the same visits together.

    Parameters
    ----------
    blocks : list of ndarray of int, shape (g, m)
        Rows of g participants with the same m visits.
    visits : list of ndarray of int, shape (m,)
        Places of those visits among all.
    labels : list
        All visits.
    """

    blocks: list[Places]
    visits: list[Places]
    labels: list[object]

    @property
    def participants(self) -> int:
        """How many there are."""
        return sum(map(len, self.blocks))


def repeated(data: pd.DataFrame, participant: str, visit: str | None) -> Repeated:
    """Rows of each participant in the order of their visits.

    Parameters
    ----------
    data : DataFrame
    participant : str
    visit : str or None
        Without one, rows count in the order they have.

    Returns
    -------
    Repeated

    Raises
    ------
    DataError
        A participant with two rows at one visit.
    """
    who = pd.factorize(data[participant])[0]
    if visit is None:
        when = data.groupby(who).cumcount().to_numpy()
        labels: list[object] = list(range(1, int(when.max()) + 2))
    else:
        when, labels = _visits(data[visit])
        twice = pd.DataFrame({"who": who, "when": when}).duplicated()
        if twice.any():
            raise DataError(
                f"gee: {plural(int(twice.sum()), 'row repeats', 'rows repeat')} a participant and visit, first at row "
                f"{data.index[twice.to_numpy()][0]}; keep one outcome, and one row for each visit."
            )
    order = np.lexsort((when, who))
    starts = np.flatnonzero(np.r_[True, np.diff(who[order]) > 0])
    sizes = np.diff(np.r_[starts, len(order)])
    groups: dict[bytes, list[int]] = {}
    for start, size in zip(starts, sizes, strict=True):
        groups.setdefault(when[order[start : start + size]].tobytes(), []).append(int(start))
    blocks, visits = [], []
    for key, members in groups.items():
        places = np.frombuffer(key, dtype=when.dtype).astype(np.intp)
        blocks.append(order[np.array(members)[:, None] + np.arange(len(places))])
        visits.append(places)
    return Repeated(blocks, visits, labels)


def _visits(values: pd.Series) -> tuple[Places, list[object]]:
    if isinstance(values.dtype, pd.CategoricalDtype):
        used = values.cat.remove_unused_categories()
        return used.cat.codes.to_numpy().astype(np.intp), list(used.cat.categories)
    codes, found = pd.factorize(values, sort=True)
    return codes.astype(np.intp), list(found)


def products(rows: Repeated, z: Array) -> tuple[Array, Array]:
    """Sums of products of standardised residuals for each pair of visits, and of how many participants.

    Parameters
    ----------
    rows : Repeated
    z : ndarray, shape (n,)

    Returns
    -------
    sums, counts : ndarray, shape (T, T)
    """
    T = len(rows.labels)
    sums, counts = np.zeros((T, T)), np.zeros((T, T))
    for block, visits in zip(rows.blocks, rows.visits, strict=True):
        part = z[block]
        sums[np.ix_(visits, visits)] += part.T @ part
        counts[np.ix_(visits, visits)] += len(block)
    return sums, counts


def working(correlation: str, sums: Array, counts: Array) -> Array:
    """The working correlation of all visits, by moments.

    Parameters
    ----------
    correlation : str
        One of `CORRELATIONS`.
    sums, counts : ndarray, shape (T, T)
        From `products`.

    Returns
    -------
    ndarray, shape (T, T)

    Raises
    ------
    MethodError
        No pair of rows, a pair of visits that nobody has, or no correlation matrix.

    References
    ----------
    .. [1] Halekoh, Højsgaard & Yan 2006, Journal of Statistical Software 15(2) (these moments). [from memory]
    """
    T = len(sums)
    apart = np.abs(np.subtract.outer(np.arange(T), np.arange(T)))
    pairs = np.triu(counts, 1)
    if correlation == "independence":
        return np.eye(T)
    if not pairs.any():
        raise MethodError(
            f"gee: nobody has two rows, so correlation='{correlation}' cannot be estimated; use `stats.counts` or "
            "correlation='independence'."
        )
    if correlation == "exchangeable":
        alpha = float(np.triu(sums, 1).sum() / pairs.sum())
        found = np.where(apart == 0, 1.0, alpha)
    elif correlation == "ar1":
        found = _neighbours(np.triu(sums, 1), pairs, apart) ** apart
    else:
        unseen = int((np.triu(counts == 0, 1)).sum())
        if unseen:
            raise MethodError(
                f"gee: nobody has both visits of {plural(unseen, 'pair')}, so an unstructured correlation cannot be "
                "estimated; use correlation='exchangeable' or 'ar1'."
            )
        found = np.where(apart == 0, 1.0, sums / np.maximum(counts, 1))
    if np.linalg.eigvalsh(found)[0] <= 1e-8:
        raise MethodError(
            f"gee: the moments for correlation='{correlation}' make no correlation matrix; use one with fewer "
            "parameters, or 'independence', whose robust standard errors are right too.",
            {"correlation": found},
        )
    return np.asarray(found)


def _neighbours(sums: Array, pairs: Array, apart: Places) -> float:
    """The correlation of neighbouring visits whose powers fit the products of all pairs best."""
    distances = np.arange(1, len(sums))
    n = np.array([pairs[apart == d].sum() for d in distances])
    total = np.array([sums[apart == d].sum() for d in distances])

    def slope(alpha: float) -> float:
        return float((distances * alpha ** (distances - 1) * (total - n * alpha**distances)).sum())

    loss = [float((n * alpha ** (2 * distances) - 2 * total * alpha**distances).sum()) for alpha in GRID]
    best = int(np.argmin(loss))
    low, high = GRID[max(best - 1, 0)], GRID[min(best + 1, len(GRID) - 1)]
    if slope(low) <= 0 or slope(high) >= 0:
        return float(GRID[best])
    return float(brentq(slope, low, high, xtol=1e-14))
