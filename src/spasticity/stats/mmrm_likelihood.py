"""The restricted or full likelihood of a covariance, its gradient and its exact Hessian, from cross-products alone.

In the notation of the methods page: W is the inverse covariance of a pattern, Phi the inverse of X'WX, r a residual,
V_h the derivative of the covariance by parameter h. Everything is of -2 log-likelihood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spasticity.stats.covariance import Spatial, Structure
from spasticity.stats.mmrm_products import Products

Array = NDArray[np.float64]
Codes = NDArray[np.intp]


#: Beyond this a parameter is on its way to infinity.
LARGEST = 1e9
#: A visit with less than this share of its variance left, given those before it, is beyond double precision.
SINGULAR = 1e-13


@dataclass(frozen=True, slots=True, eq=False)
class Likelihood:
    """What is needed to evaluate the likelihood at any parameters.

    Parameters
    ----------
    products : Products
        Cross-products of the scaled panel.
    counts : ndarray, shape (G,)
        Participants of each pattern.
    group : ndarray of int, shape (G,)
        Covariance group of each pattern.
    mask : ndarray of bool, shape (G, T)
        Which places of the covariance matrix a pattern has.
    structures : sequence of Structure
        One for each covariance group.
    reml : bool
        Restricted or full likelihood.
    """

    products: Products
    counts: Array
    group: Codes
    mask: NDArray[np.bool_]
    structures: Sequence[Structure]
    reml: bool

    @property
    def size(self) -> int:
        """Number of covariance parameters."""
        return sum(structure.size for structure in self.structures)

    def members(self) -> list[Codes]:
        """The patterns of each covariance group."""
        return [np.flatnonzero(self.group == number) for number in range(len(self.structures))]

    def split(self, theta: Array) -> list[Array]:
        """The parameters of each covariance group."""
        return np.split(theta, np.cumsum([structure.size for structure in self.structures])[:-1])

    @property
    def _whole(self) -> list[int]:
        """A pattern of each covariance group whose matrix must be one of all visits, even if nobody has them all."""
        pairs = zip(self.structures, self.members(), strict=True)
        return [int(members[0]) for structure, members in pairs if not isinstance(structure, Spatial)]

    def sigmas(self, theta: Array) -> Array:
        """The covariance of each pattern with all its places, (G, T, T)."""
        out = np.empty((*self.mask.shape, self.mask.shape[1]))
        for structure, part, members in zip(self.structures, self.split(theta), self.members(), strict=True):
            out[members] = structure.sigma(part)
        return out

    def at(self, theta: Array) -> Point | None:
        """The likelihood at some parameters, or None where they give no covariance matrix.

        Parameters
        ----------
        theta : ndarray, shape (k,)

        Returns
        -------
        Point or None
        """
        if not np.abs(theta).max(initial=0) < LARGEST:
            return None
        with np.errstate(over="ignore", invalid="ignore"):
            return self._evaluated(theta, self.sigmas(theta))

    def _evaluated(self, theta: Array, sigmas: Array) -> Point | None:
        both = self.mask[:, :, None] & self.mask[:, None, :]
        try:
            np.linalg.cholesky(sigmas[self._whole])
            sigmas = np.where(both, sigmas, np.eye(self.mask.shape[1]))
            L = np.linalg.cholesky(sigmas)
            if not (_diagonals(L) ** 2 > SINGULAR * _diagonals(sigmas)).all():
                return None
            inverse = np.linalg.inv(L)
            W = np.where(both, inverse.swapaxes(1, 2) @ inverse, 0.0)
            total = self.products.between(W)
            factor = np.linalg.inv(np.linalg.cholesky(total[:-1, :-1]))
        except np.linalg.LinAlgError:
            return None
        log_det = 2 * float(self.counts @ np.log(_diagonals(L)).sum(axis=1))
        half = factor @ total[:-1, -1]
        value = log_det + float(total[-1, -1] - half @ half)
        if self.reml:
            value -= 2 * float(np.log(np.diag(factor)).sum())
        return Point(self, theta, W, factor, factor.T @ half, value) if np.isfinite(value) else None


@dataclass(frozen=True, eq=False)
class Point:
    """The likelihood at one parameter vector; what costs more than the value is computed when asked for.

    Parameters
    ----------
    likelihood : Likelihood
    theta : ndarray, shape (k,)
    W : ndarray, shape (G, T, T)
        Inverse covariances.
    factor : ndarray, shape (p, p)
        Lower triangular, with factor' factor = Phi.
    gamma : ndarray, shape (p,)
        Scaled coefficients.
    value : float
        -2 log-likelihood of the scaled data, without its constant.
    """

    likelihood: Likelihood
    theta: Array
    W: Array
    factor: Array
    gamma: Array
    value: float

    @cached_property
    def phi(self) -> Array:
        """Covariance of the scaled coefficients, (p, p)."""
        return self.factor.T @ self.factor

    @cached_property
    def slopes(self) -> list[Array]:
        """V of each covariance group: (k, T, T), or (k, G, T, T) where the structure is spatial."""
        model = self.likelihood
        return [
            structure.slopes(part) for structure, part in zip(model.structures, model.split(self.theta), strict=True)
        ]

    @cached_property
    def _weighed(self) -> Array:
        """M = W (sum of r r', and of X Phi X' when restricted) W, (G, T, T)."""
        middle = np.outer(*[np.append(self.gamma, -1.0)] * 2)
        if self.likelihood.reml:
            middle[:-1, :-1] += self.phi
        return self.W @ self.likelihood.products.through(middle) @ self.W

    @cached_property
    def _pull(self) -> list[Array]:
        """D = sum of n W - M of each covariance group; by pattern where the structure is spatial."""
        model = self.likelihood
        pull = model.counts[:, None, None] * self.W - self._weighed
        return [
            pull[members] if V.ndim == 4 else pull[members].sum(axis=0)
            for members, V in zip(model.members(), self.slopes, strict=True)
        ]

    @cached_property
    def gradient(self) -> Array:
        """First derivatives, (k,)."""
        pairs = zip(self.slopes, self._pull, strict=True)
        return np.concatenate([np.tensordot(V, D, V.ndim - 1) for V, D in pairs])

    @cached_property
    def _curves(self) -> Array:
        """Z' W V_h W Z for every parameter, (k, p + 1, p + 1)."""
        model = self.likelihood
        return model.products.moved(self.W, self.slopes, model.members())

    @cached_property
    def moves(self) -> Array:
        """How Phi moves with each parameter, factor (X' W V_h W X) factor', (k, p, p)."""
        return self.factor @ self._curves[:, :-1, :-1] @ self.factor.T

    @cached_property
    def hessian(self) -> Array:
        """Second derivatives, (k, k)."""
        model = self.likelihood
        gain = 2 * self._weighed - model.counts[:, None, None] * self.W
        out = np.zeros((model.size, model.size))
        start = 0
        everything = zip(
            model.structures, model.split(self.theta), model.members(), self.slopes, self._pull, strict=True
        )
        for structure, part, members, V, D in everything:
            block = slice(start, start + len(V))
            own = _traces(V, self.W[members], gain[members])
            out[block, block] = structure.bends(part, D) + own
            start += len(V)
        u = (self._curves[:, :-1, -1] - self._curves[:, :-1, :-1] @ self.gamma) @ self.factor.T
        out -= 2 * u @ u.T
        if model.reml:
            moves = self.moves.reshape(model.size, -1)
            out -= moves @ moves.T
        return (out + out.T) / 2


def _diagonals(matrices: NDArray[Any]) -> Array:
    return np.asarray(np.diagonal(matrices, axis1=1, axis2=2), dtype=np.float64)


def _traces(V: Array, W: Array, E: Array) -> Array:
    """Sum over patterns of tr(V_h W V_k E), (k, k)."""
    k, T = len(V), V.shape[-1]
    if V.ndim == 4:
        return V.swapaxes(2, 3).reshape(k, -1) @ (W @ V @ E).reshape(k, -1).T
    flat = T * T
    # One product over the patterns, whatever their number, with the indices of V_h and V_k then side by side.
    kernel = (W.reshape(-1, flat).T @ E.reshape(-1, flat)).reshape(T, T, T, T)  # [a b, c d]
    return V.reshape(k, flat) @ kernel.transpose(3, 0, 1, 2).reshape(flat, flat) @ V.reshape(k, flat).T
