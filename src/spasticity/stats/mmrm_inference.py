"""Standard errors, degrees of freedom and F tests of the coefficients of a fitted mixed model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from spasticity.stats.mmrm_likelihood import Point

Array = NDArray[np.float64]

#: Directions of a hypothesis with less than this share of the largest variance are repetitions of others.
RANK_TOLERANCE = float(np.sqrt(np.finfo(float).eps))


class FTest(NamedTuple):
    """An F statistic with its degrees of freedom and p value."""

    statistic: float
    numerator: float
    denominator: float
    p_value: float


class Inference(Protocol):
    """What a test of linear combinations of the coefficients needs."""

    @property
    def covariance(self) -> Array:
        """Covariance of the coefficients, (p, p)."""

    def df(self, L: Array) -> Array:
        """Degrees of freedom of each row of L (m, p)."""

    def test(self, L: Array) -> FTest:
        """The F test that every row of L (m, p) times the coefficients is zero."""


def f_test(statistic: float, numerator: float, denominator: float) -> FTest:
    """An F test with its p value.

    Parameters
    ----------
    statistic, numerator, denominator : float

    Returns
    -------
    FTest
    """
    p_value = float(stats.f.sf(statistic, numerator, denominator))
    return FTest(float(statistic), float(numerator), float(denominator), p_value)


def independent_rows(L: Array, covariance: Array) -> tuple[Array, Array]:
    """Uncorrelated combinations of the rows of a hypothesis, without repetitions, and their variances.

    Parameters
    ----------
    L : ndarray, shape (m, p)
    covariance : ndarray, shape (p, p)

    Returns
    -------
    rows : ndarray, shape (r, p)
    variances : ndarray, shape (r,)
    """
    values, vectors = np.linalg.eigh(L @ covariance @ L.T)
    kept = values > RANK_TOLERANCE * max(values[-1], 0.0)
    return (vectors.T @ L)[kept], values[kept]


def pooled_df(df: Array) -> float:
    """Denominator degrees of freedom of an F test from those of its uncorrelated t tests.

    Parameters
    ----------
    df : ndarray, shape (r,)

    Returns
    -------
    float

    References
    ----------
    .. [1] Fai & Cornelius 1996, Journal of Statistical Computation and Simulation 54:363-378. [from memory]
    """
    if np.ptp(df) < 1e-8 * df.max():  # equal up to rounding, where the formula below loses its digits
        return float(df.mean())
    if (df <= 2).any():
        return 2.0
    expected = float((df / (df - 2)).sum())
    return 2 * expected / (expected - len(df))


@dataclass(frozen=True, eq=False)
class Satterthwaite:
    """Degrees of freedom from the variance of the estimated variance.

    Parameters
    ----------
    point : Point
        The maximum of the likelihood.
    jacobian : ndarray, shape (p, p)
        From scaled coefficients to coefficients.
    coefficients : ndarray, shape (p,)

    References
    ----------
    .. [1] Giesbrecht & Burns 1985, Biometrics 41:477-486. [from memory]
    """

    point: Point
    jacobian: Array
    coefficients: Array

    @cached_property
    def _basis(self) -> Array:
        """A square root of the covariance: its cross-product is it, (p, p)."""
        return self.point.factor @ self.jacobian.T

    @cached_property
    def model_covariance(self) -> Array:
        """Covariance of the coefficients that the model implies, before any correction."""
        return self._basis.T @ self._basis

    @property
    def covariance(self) -> Array:
        """Covariance of the coefficients."""
        return self.model_covariance

    @cached_property
    def theta_covariance(self) -> Array:
        """Asymptotic covariance of the covariance parameters, from the observed information."""
        return np.asarray(2 * np.linalg.inv(self.point.hessian))

    def df(self, L: Array) -> Array:
        """Degrees of freedom of each row of L."""
        K = L @ self._basis.T
        slopes = np.einsum("mi,kim->mk", K, self.point.moves @ K.T)
        spread = np.einsum("mk,mk->m", slopes @ self.theta_covariance, slopes)
        return 2 * np.einsum("mi,mi->m", K, K) ** 2 / spread

    def test(self, L: Array) -> FTest:
        """The F test of Fai and Cornelius."""
        rows, variances = independent_rows(L, self.covariance)
        squares = (rows @ self.coefficients) ** 2 / variances
        return f_test(squares.mean(), len(rows), pooled_df(self.df(rows)))


@dataclass(frozen=True, eq=False)
class KenwardRoger(Satterthwaite):
    """Standard errors corrected for the estimation of the covariance, with matching degrees of freedom.

    Parameters
    ----------
    point, jacobian, coefficients
        As for `Satterthwaite`.
    linear : bool
        Leave out the second derivatives of the covariance (SAS: `first-order`).

    References
    ----------
    .. [1] Kenward & Roger 1997, Biometrics 53:983-997.
    """

    linear: bool

    @cached_property
    def covariance(self) -> Array:
        """Covariance of the coefficients with the correction."""
        correction = np.eye(len(self._basis)) + 2 * self._correction()
        return self._basis.T @ correction @ self._basis

    def _correction(self) -> Array:
        """Sum over the covariance parameters of W_hk (Q_hk - Q_h Phi Q_k - R_hk / 4), between factors of Phi."""
        point, W = self.point, self.theta_covariance
        mixed = np.tensordot(W, point.moves, 1)
        out = self._between(self._products(W)) - np.einsum("hij,hjk->ik", point.moves, mixed, optimize=True)
        if not self.linear and not all(structure.linear for structure in point.likelihood.structures):
            out -= self._between(self._bends(W)) / 4
        return (out + out.T) / 2

    def _between(self, middle: Array) -> Array:
        """Factor X' W (middle) W X factor' for one symmetric matrix per pattern."""
        point = self.point
        weights = point.W @ middle @ point.W
        total = point.likelihood.products.between((weights + weights.swapaxes(1, 2)) / 2)
        return point.factor @ total[:-1, :-1] @ point.factor.T

    def _products(self, W: Array) -> Array:
        """Sum of W_hk V_h W V_k for each pattern, (G, T, T)."""
        point = self.point
        out = np.zeros_like(point.W)
        for block, members, V in self._groups():
            T = V.shape[-1]
            if V.ndim == 4:
                out[members] = np.einsum(
                    "hk,hgab,gbc,kgcd->gad", W[block, block], V, point.W[members], V, optimize=True
                )
                continue
            flat = V.reshape(len(V), -1)
            pairs = (flat.T @ W[block, block] @ flat).reshape(T, T, T, T)  # [a b, c d]
            inner = point.W[members].reshape(-1, T * T) @ pairs.transpose(1, 2, 0, 3).reshape(T * T, T * T)
            out[members] = inner.reshape(-1, T, T)
        return out

    def _bends(self, W: Array) -> Array:
        """Sum of W_hk V_hk in the parameters of SAS for each pattern, (G, T, T)."""
        model = self.point.likelihood
        out = np.zeros_like(self.point.W)
        parts = zip(self._groups(), model.structures, model.split(self.point.theta), strict=True)
        for (block, members, _), structure, part in parts:
            out[members] = structure.bend(part, W[block, block])
        return out

    def _groups(self) -> list[tuple[slice, NDArray[np.intp], Array]]:
        """Of each covariance group: its parameters, its patterns and its derivatives."""
        ends = np.cumsum([len(V) for V in self.point.slopes])
        starts = [0, *ends[:-1]]
        blocks = [slice(start, end) for start, end in zip(starts, ends, strict=True)]
        return list(zip(blocks, self.point.likelihood.members(), self.point.slopes, strict=True))

    def test(self, L: Array) -> FTest:
        """The scaled F test."""
        rows, variances = independent_rows(L, self.model_covariance)
        G = rows @ self._basis.T / np.sqrt(variances)[:, None]  # orthonormal rows
        moved = G @ self.point.moves @ G.T  # (k, r, r)
        first = np.trace(moved, axis1=1, axis2=2)
        A1 = float(first @ self.theta_covariance @ first)
        flat = moved.reshape(len(moved), -1)
        A2 = float(((flat.T @ self.theta_covariance) * flat.T).sum())
        scale, denominator = _matched(len(rows), A1, A2)
        effect = rows @ self.coefficients
        wald = float(effect @ np.linalg.solve(rows @ self.covariance @ rows.T, effect))
        return f_test(scale * wald / len(rows), len(rows), denominator)


def _matched(c: int, A1: float, A2: float) -> tuple[float, float]:
    """Scale and denominator degrees of freedom that match two moments of the F distribution."""
    B = (A1 + 6 * A2) / (2 * c)
    g = ((c + 1) * A1 - (c + 4) * A2) / ((c + 2) * A2)
    divisor = 3 * c + 2 * (1 - g)
    c1, c2, c3 = g / divisor, (c - g) / divisor, (c + 2 - g) / divisor
    mean = 1 / (1 - A2 / c)
    variance = 2 / c * (1 + c1 * B) / ((1 - c2 * B) ** 2 * (1 - c3 * B))
    ratio = variance / (2 * mean**2)
    df = 4 + (c + 2) / (c * ratio - 1)
    return df / (mean * (df - 2)), df


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """Degrees of freedom that are counted: one for each coefficient, the smallest of those a row involves.

    Parameters
    ----------
    covariance : ndarray, shape (p, p)
    coefficients : ndarray, shape (p,)
    each : ndarray, shape (p,)
        Degrees of freedom of the coefficients.
    """

    covariance: Array
    coefficients: Array
    each: Array

    def df(self, L: Array) -> Array:
        """The smallest degrees of freedom among the coefficients a row involves."""
        involved = np.abs(L) > 1e-10 * np.abs(L).max(axis=1, keepdims=True)  # averages over cells leave rounding
        return np.where(involved, self.each, np.inf).min(axis=1)

    def test(self, L: Array) -> FTest:
        """The Wald test divided by the number of its rows."""
        rows, variances = independent_rows(L, self.covariance)
        squares = (rows @ self.coefficients) ** 2 / variances
        return f_test(squares.mean(), len(rows), float(self.df(L).min()))


def between_within(X: Array, participant: NDArray[np.intp], intercept: NDArray[np.bool_]) -> Array:
    """Degrees of freedom of each coefficient by whether its column varies within participants.

    Parameters
    ----------
    X : ndarray, shape (N, p)
        Design.
    participant : ndarray of int, shape (N,)
        Codes from 0.
    intercept : ndarray of bool, shape (p,)
        Which column is the intercept; it counts between and is tested within.

    Returns
    -------
    ndarray, shape (p,)

    References
    ----------
    .. [1] Schluchter & Elashoff 1990, Journal of Statistical Computation and Simulation 37:69-87. [from memory]
    """
    _, first, which = np.unique(participant, return_index=True, return_inverse=True)
    between = np.all(X[first][which.ravel()] == X, axis=0)
    n, N = len(first), len(X)
    df_between = n - int(between.sum())
    df_within = N - n - int((~between).sum())
    return np.where(between & ~intercept, float(df_between), float(df_within))
