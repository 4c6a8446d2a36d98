"""Models with one random intercept for each participant, for any likelihood: Laplace and adaptive Gauss-Hermite.

A likelihood says how one row depends on its linear predictor, to which the random intercept u = sigma v is added, and
on further predictors of its own: the thresholds around a grade, the logarithm of a dispersion. Each predictor is
linear in the parameters, so all that is known about a model is a matrix for each (`Predictor`), and the derivatives of
the likelihood of a row (`Derivatives`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from spasticity.errors import MethodError

Array = NDArray[np.float64]

#: Weights of more nodes than about 180 underflow; far fewer are enough, because the nodes adapt.
MOST_NODES = 101


@dataclass(frozen=True, slots=True, eq=False)
class Derivatives:
    """Log-likelihood of each row and its derivatives, up to a total order.

    Parameters
    ----------
    eta : list of ndarray, shape (n,) or (n, K)
        The value, then its derivatives by the linear predictor: l, l', l'', ...
    other : list of list of ndarray
        For each further predictor x: l_x, then l_x', l_x'', ...
    pairs : dict
        For further predictors c <= d: l_cd, then l_cd', ...; absent pairs are zero.
    """

    eta: list[Array]
    other: list[list[Array]] = field(default_factory=list)
    pairs: dict[tuple[int, int], list[Array]] = field(default_factory=dict)

    def of(self, c: int, r: int) -> Array:
        """Derivative by predictor c (0 is the linear predictor) and r times by the linear predictor."""
        return self.eta[r + 1] if c == 0 else self.other[c - 1][r]

    def twice(self, c: int, d: int, r: int) -> Array | None:
        """Derivative by predictors c <= d and r times by the linear predictor; None when it is zero."""
        if c == 0:
            return self.of(d, r + 1)
        known = self.pairs.get((c - 1, d - 1))
        return None if known is None else known[r]


class Likelihood(Protocol):
    """Log-likelihood of rows; the data of the rows, and their weights, are its own matter."""

    def __call__(self, eta: Array, other: Sequence[Array], order: int, *, further: bool) -> Derivatives:
        """Derivatives of total order up to `order`, which is 1 to 4.

        Parameters
        ----------
        eta : ndarray, shape (n, K)
            Linear predictor with the random intercept, at K places.
        other : sequence of ndarray, shape (n, 1)
            The further predictors.
        order : int
            Highest total order that is wanted.
        further : bool
            Whether derivatives by further predictors are wanted too.

        Returns
        -------
        Derivatives
            Values that the parameters do not allow are NaN or minus infinity.
        """


@dataclass(frozen=True, slots=True, eq=False)
class Predictor:
    """A predictor of each row that is linear in some of the parameters.

    Parameters
    ----------
    matrix : ndarray, shape (n, q)
        Its columns.
    places : ndarray of int, shape (q,)
        Which parameters they belong to.
    offset : ndarray, shape (n,), optional
        Added, such as the logarithm of the observed days.
    """

    matrix: Array
    places: NDArray[np.intp]
    offset: Array | None = None

    def at(self, values: Array) -> Array:
        """The predictor of each row.

        Parameters
        ----------
        values : ndarray, shape (P,)
            All parameters.

        Returns
        -------
        ndarray, shape (n,)
        """
        found = self.matrix @ values[self.places]
        return found if self.offset is None else found + self.offset


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """Which rows belong to one participant; rows of one participant stand together.

    Parameters
    ----------
    starts : ndarray of int, shape (N,)
        First row of each.
    sizes : ndarray of int, shape (N,)
        Number of rows of each.
    """

    starts: NDArray[np.intp]
    sizes: NDArray[np.intp]

    @classmethod
    def of(cls, labels: Sequence[object] | NDArray[np.generic]) -> tuple[Clusters, NDArray[np.intp]]:
        """Clusters of labelled rows, and the order of rows in which they stand together.

        Parameters
        ----------
        labels : sequence of length n
            Who each row is of.

        Returns
        -------
        clusters : Clusters
        order : ndarray of int, shape (n,)
            Apply it to every matrix and to the data of the likelihood.
        """
        codes = np.unique(np.asarray(labels), return_inverse=True)[1]
        order = np.argsort(codes, kind="stable")
        sizes = np.bincount(codes)
        return cls(np.r_[0, np.cumsum(sizes)[:-1]], sizes), order

    def sum(self, rows: Array) -> Array:
        """Sums within each cluster, over the first axis."""
        return np.add.reduceat(rows, self.starts, axis=0)

    def spread(self, values: Array) -> Array:
        """The value of each cluster on each of its rows."""
        return np.repeat(values, self.sizes, axis=0)


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A likelihood, its predictors and its clusters. Parameters are those of the predictors, then sigma.

    Parameters
    ----------
    likelihood : Likelihood
    predictors : tuple of Predictor
        The linear predictor first, then the further ones in the order that the likelihood knows.
    clusters : Clusters
    nodes : int
        Nodes of the quadrature; 1 is the Laplace approximation.
    """

    likelihood: Likelihood
    predictors: tuple[Predictor, ...]
    clusters: Clusters
    nodes: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.nodes <= MOST_NODES:
            raise MethodError(f"nodes={self.nodes!r}: expected 1 (Laplace) to {MOST_NODES}, such as 11.")
