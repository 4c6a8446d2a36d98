"""Covariances of coefficients from the residuals of each cluster, right even where the model's variance is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Places = NDArray[np.intp]

#: The power of I - H, H a cluster's leverage, that corrects its residuals: 0 leaves them as they are, -1/2 takes the
#: bias away when the model holds (Kauermann & Carroll), -1 is as if the cluster were left out (Mancl & DeRouen).
POWERS: Mapping[str, float] = MappingProxyType(
    {"HC0": 0.0, "HC2": -0.5, "HC3": -1.0, "CR0": 0.0, "CR2": -0.5, "CR3": -1.0}
)

#: Largest leverage of a coefficient that Fay & Graubard's correction divides by: 1 - 0.75, their proposal.
FAY_GRAUBARD_BOUND = 0.75

#: Directions of I - H with less than this left are without any freedom.
NO_FREEDOM = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Robust:
    """A covariance of coefficients, and the degrees of freedom of what is estimated with it.

    Parameters
    ----------
    covariance : ndarray, shape (p, p)
    whitened : list of ndarray, shape (g, m, p)
        Corrected, whitened rows times the bread, for clusters of the same size together.
    own : list of ndarray, shape (g, m, p)
        Whitened rows times a root of the bread; their products are the leverages.
    """

    covariance: Array
    whitened: list[Array]
    own: list[Array]

    def df(self, L: Array) -> Array:
        """Satterthwaite's degrees of freedom of each row of L, as if the working model held.

        Parameters
        ----------
        L : ndarray, shape (k, p)

        Returns
        -------
        ndarray, shape (k,)

        References
        ----------
        .. [1] Bell & McCaffrey 2002, Survey Methodology 28:169-181. [from memory]
        """
        k = len(L)
        first, second, spread = np.zeros(k), np.zeros(k), np.zeros((k, L.shape[1], L.shape[1]))
        for rows, root in zip(self.whitened, self.own, strict=True):
            f = rows @ L.T  # (g, m, k)
            h = f.transpose(0, 2, 1) @ root  # (g, k, p)
            size, lost = (f**2).sum(axis=1), (h**2).sum(axis=2)
            first += (size - lost).sum(axis=0)
            second += (size**2 - 2 * size * lost).sum(axis=0)
            spread += np.einsum("gkp,gkq->kpq", h, h)
        total = second + (spread**2).sum(axis=(1, 2))
        return np.divide(first**2, total, out=np.ones(k), where=total > 0)


def sandwich(X: Array, e: Array, blocks: Sequence[Places], power: float) -> Robust:
    """The covariance of weighted least squares coefficients from residuals of clusters.

    Parameters
    ----------
    X : ndarray, shape (n, p)
        Rows of derivatives of the mean, whitened by the working covariance.
    e : ndarray, shape (n,)
        Residuals, whitened likewise.
    blocks : sequence of ndarray of int, shape (g, m)
        For each size of cluster, the rows of those clusters.
    power : float
        One of `POWERS`.

    Returns
    -------
    Robust

    References
    ----------
    .. [1] Liang & Zeger 1986, Biometrika 73:13-22. [from memory]
    .. [2] Mancl & DeRouen 2001, Biometrics 57:126-134. [from memory]
    .. [3] Kauermann & Carroll 2001, Journal of the American Statistical Association 96:1387-1396. [from memory]
    """
    bread = np.linalg.inv(X.T @ X)
    root = np.linalg.cholesky(bread)
    meat, whitened, leverages = np.zeros_like(bread), [], []
    for rows in blocks:
        part = X[rows]
        own = part @ root
        corrected = _power(np.eye(rows.shape[1]) - own @ own.transpose(0, 2, 1), power) @ part
        score = np.einsum("gmp,gm->gp", corrected, e[rows])
        meat += score.T @ score
        whitened.append(corrected @ bread)
        leverages.append(own)
    return Robust(bread @ meat @ bread, whitened, leverages)


def fay_graubard(X: Array, e: Array, blocks: Sequence[Places], bound: float = FAY_GRAUBARD_BOUND) -> Array:
    """The covariance of coefficients with each cluster's score enlarged by its leverage on each coefficient.

    Parameters
    ----------
    X, e, blocks
        As for `sandwich`.
    bound : float
        Largest leverage that is corrected for.

    Returns
    -------
    ndarray, shape (p, p)

    References
    ----------
    .. [1] Fay & Graubard 2001, Biometrics 57:1198-1206. [from memory]
    """
    bread = np.linalg.inv(X.T @ X)
    meat = np.zeros_like(bread)
    for rows in blocks:
        part = X[rows]
        leverage = np.einsum("gmp,gmq,qp->gp", part, part, bread)
        score = np.einsum("gmp,gm->gp", part, e[rows]) / np.sqrt(1 - np.minimum(bound, leverage))
        meat += score.T @ score
    return np.asarray(bread @ meat @ bread)


def blocks_of(labels: Sequence[object] | NDArray[np.generic]) -> list[Places]:
    """Rows of each cluster, clusters of the same size together.

    Parameters
    ----------
    labels : sequence of length n
        The cluster of each row.

    Returns
    -------
    list of ndarray of int, shape (g, m)
    """
    codes = np.unique(np.asarray(labels), return_inverse=True)[1]
    order, sizes = np.argsort(codes, kind="stable"), np.bincount(codes)
    starts = np.r_[0, np.cumsum(sizes)[:-1]]
    return [order[starts[sizes == size][:, None] + np.arange(size)] for size in np.unique(sizes)]


def _power(matrices: Array, power: float) -> Array:
    """A power of symmetric matrices; directions without any freedom left stay without."""
    if power == 0:
        return np.broadcast_to(np.eye(matrices.shape[-1]), matrices.shape)
    if matrices.shape[-1] == 1:
        free = matrices > NO_FREEDOM
        return np.where(free, np.where(free, matrices, 1.0) ** power, 0.0)
    values, vectors = np.linalg.eigh(matrices)
    kept = values > NO_FREEDOM
    raised = np.where(kept, np.where(kept, values, 1.0) ** power, 0.0)
    return np.asarray((vectors * raised[:, None, :]) @ vectors.swapaxes(1, 2))
