"""Repeated measurements as a panel: rows in order, participants grouped by which visits they have.

What the likelihood needs of the data are cross-products of the design and the outcome per group of participants who
share their visits. They are formed once; no step of the fit looks at a participant again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from spasticity.errors import MethodError

Array = NDArray[np.float64]
Codes = NDArray[np.intp]

#: Rows of the design that are worked on at once; measured: 26 columns of it stay in a processor's cache.
CHUNK = 8192

#: Above this condition number the triangle comes from Householder's QR and not from the cross-product.
CROSS_PRODUCT_CONDITION = 1e5

#: A residual below this share of the outcome is rounding: the model explains everything.
PERFECT_FIT = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """Participants of one covariance group who were measured at the same visits.

    Parameters
    ----------
    group : int
        Covariance group.
    visits : ndarray of int, shape (m,)
        Places of their visits.
    rows : ndarray of int, shape (n, m)
        Rows of each participant, in the order of the visits.
    """

    group: int
    visits: Codes
    rows: Codes

    def __len__(self) -> int:
        return len(self.rows)


def patterns(participant: Codes, visit: Codes, group: Codes) -> list[Pattern]:
    """Participants grouped by covariance group and by the visits they have.

    Parameters
    ----------
    participant, visit, group : ndarray of int, shape (N,)
        Codes from 0; a participant has each visit at most once, and one group.

    Returns
    -------
    list of Pattern
        In an order that does not depend on the order of the rows.
    """
    order = _sorted(participant * (int(visit.max()) + 1) + visit)
    visit = visit[order]
    first = np.flatnonzero(np.diff(participant[order], prepend=-1))
    counts = np.diff(first, append=len(order))
    kind = _kinds(visit, first, group[order][first])
    members = np.argsort(kind, kind="stable")
    found = []
    for these in np.split(members, np.cumsum(np.bincount(kind))[:-1]):
        start, m = first[these[0]], counts[these[0]]
        rows = order[first[these][:, None] + np.arange(m)]
        found.append(Pattern(int(group[order[start]]), visit[start : start + m], rows))
    return found


def _sorted(key: Codes) -> Codes:
    """The order of a key; data that come in order are not sorted again."""
    return np.arange(len(key)) if (np.diff(key) > 0).all() else np.argsort(key, kind="stable")


def _kinds(visit: Codes, first: Codes, group: Codes) -> Codes:
    """A number per participant that is equal exactly where group and visits are: bits, fifty visits at a time."""
    kind = group
    for low in range(0, int(visit.max()) + 1, 50):
        inside = (visit >= low) & (visit < low + 50)
        bits = np.add.reduceat(np.where(inside, 1 << np.clip(visit - low, 0, 49), 0), first)
        here = np.unique(bits, return_inverse=True)[1].ravel()
        kind = np.unique(kind * (here.max() + 1) + here, return_inverse=True)[1].ravel()
    return kind


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Data in the coordinates in which they are well conditioned.

    With N rows, p columns and weights w, the design is W^(1/2) X = Z R / sqrt(N) with Z of orthogonal columns of
    length sqrt(N), and the outcome W^(1/2) y = W^(1/2) X b0 + s y~. Every covariate scale and every offset of the
    outcome disappears into R, b0 and s, and the covariance of y~ is of the order of one.

    Parameters
    ----------
    X : ndarray, shape (N, p)
        Design of full column rank.
    y : ndarray, shape (N,)
        Outcome.
    weights : ndarray, shape (N,), optional
        Observation weights.
    patterns : list of Pattern
        Participants by the visits they have.
    R, b0, s
        As above; R is upper triangular (p, p).
    residual : ndarray, shape (N,)
        y~.
    """

    X: Array
    y: Array
    weights: Array | None
    patterns: list[Pattern]
    R: Array
    b0: Array
    s: float
    residual: Array

    @classmethod
    def of(cls, X: Array, y: Array, groups: list[Pattern], weights: Array | None = None) -> Panel:
        """Scale a design and an outcome.

        Parameters
        ----------
        X, y, groups, weights
            As in the class.

        Returns
        -------
        Panel

        Raises
        ------
        MethodError
            When nothing is left beside the model: as many coefficients as rows, or an outcome it explains fully.
        """
        N, p = X.shape
        if p >= N:
            raise MethodError(
                f"mmrm: {N} rows for {p} coefficients; there must be more rows than coefficients. "
                "Leave terms out of the formula or add data."
            )
        half = None if weights is None else np.sqrt(weights)
        R, moments = _triangle(X, y, half)
        b0 = np.asarray(solve_triangular(R, solve_triangular(R, moments, trans=1)))
        residual = y - X @ b0
        if half is not None:
            residual *= half
        s = float(np.sqrt(residual @ residual / N))
        if s <= PERFECT_FIT * max(float(np.abs(y).max()), 1e-300):
            raise MethodError(
                "mmrm: the outcome is constant or the model explains it completely, so there is no variance to "
                "estimate. Check that the right column is on the left side of the formula."
            )
        return cls(X, y, weights, groups, R, b0, s, residual / s)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and coefficients."""
        return self.X.shape[0], self.X.shape[1]

    @property
    def participants(self) -> int:
        """How many people."""
        return sum(len(pattern) for pattern in self.patterns)

    @property
    def jacobian(self) -> Array:
        """The matrix that takes scaled coefficients to coefficients, (p, p)."""
        return np.asarray(solve_triangular(self.R, np.eye(len(self.R)))) * (self.s * np.sqrt(self.shape[0]))

    def constant(self, *, reml: bool) -> float:
        """What -2 log-likelihood is larger by than in the scaled coordinates."""
        N, p = self.shape
        out = 2 * N * np.log(self.s) + (N - p * reml) * np.log(2 * np.pi)
        if self.weights is not None:
            out -= np.log(self.weights).sum()
        if reml:
            out += 2 * np.log(np.abs(np.diag(self.R))).sum() - p * np.log(N) - 2 * p * np.log(self.s)
        return float(out)

    def scaled(self, rows: Codes) -> Array:
        """Columns of Z and then y~, for some rows of the data.

        Parameters
        ----------
        rows : ndarray of int, shape (n, m)

        Returns
        -------
        ndarray, shape (n, m, p + 1)
        """
        flat = rows.ravel()
        N, p = self.shape
        X = self.X[flat]
        if self.weights is not None:
            X *= np.sqrt(self.weights[flat])[:, None]
        out = np.empty((len(flat), p + 1))
        out[:, :p] = solve_triangular(self.R, X.T, trans=1, overwrite_b=True, check_finite=False).T
        out[:, :p] *= np.sqrt(N)
        out[:, p] = self.residual[flat]
        return out.reshape(*rows.shape, p + 1)

    def blocks(self, pattern: Pattern) -> Iterator[Array]:
        """The scaled data of a pattern, some participants at a time.

        Parameters
        ----------
        pattern : Pattern

        Yields
        ------
        ndarray, shape (n, m, p + 1)
        """
        step = max(1, CHUNK // len(pattern.visits))
        for start in range(0, len(pattern), step):
            yield self.scaled(pattern.rows[start : start + step])


def _triangle(X: Array, y: Array, half: Array | None) -> tuple[Array, Array]:
    """R of the weighted design and its cross-product with the weighted outcome."""
    p = X.shape[1]
    gram, moments = np.zeros((p, p)), np.zeros(p)
    R: Array
    for start in range(0, len(X), CHUNK):
        part, outcome = X[start : start + CHUNK], y[start : start + CHUNK]
        if half is not None:
            part = part * half[start : start + CHUNK, None]
            outcome = outcome * half[start : start + CHUNK]
        gram += part.T @ part
        moments += outcome @ part
    lengths = np.sqrt(np.diag(gram))
    try:
        R = np.linalg.cholesky(gram / np.outer(lengths, lengths)).T
        well = np.linalg.cond(R) < CROSS_PRODUCT_CONDITION
    except np.linalg.LinAlgError:
        well = False
    if not well:
        R = np.asarray(np.linalg.qr((X if half is None else X * half[:, None]) / lengths, mode="r"))
    return R * lengths, moments
