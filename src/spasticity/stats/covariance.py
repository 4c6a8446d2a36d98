"""Covariance structures of repeated measurements: their parameters, and what changes when a parameter does.

A structure turns an unconstrained vector `theta` into a covariance matrix of the visits. The likelihood needs the
matrix, its first derivatives, and its second derivatives weighed against a given matrix; Kenward and Roger's
adjustment also needs how far `theta` is from the parameters SAS works in, because their method depends on that
choice. Standard deviations enter as logarithms; correlations as t / sqrt(1 + t^2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from spasticity.stats.mmrm_correlations import (
    FAMILIES,
    Correlations,
    Family,
    Link,
    bounded_below,
    inverse_bounded_below,
    inverse_symmetric,
    symmetric,
)

Array = NDArray[np.float64]


class Structure(Protocol):
    """What every covariance structure can do; T visits, k parameters.

    A positional structure has matrices of shape (T, T). A spatial one has one per set of distances, (G, T, T).
    """

    @property
    def size(self) -> int:
        """Number of parameters, k."""

    @property
    def linear(self) -> bool:
        """Whether the covariance is linear in the parameters SAS works in."""

    def sigma(self, theta: Array) -> Array:
        """The covariance matrix."""

    def slopes(self, theta: Array) -> Array:
        """First derivatives of the covariance matrix, parameters in the first axis."""

    def bends(self, theta: Array, weight: Array) -> Array:
        """Second derivatives, each multiplied elementwise with a symmetric matrix and summed; shape (k, k)."""

    def bend(self, theta: Array, weight: Array) -> Array:
        """Second derivatives in SAS's parameters, summed with weights (k, k) that belong to `theta`."""

    def start(self, moments: Array) -> Array:
        """Parameters near a positive definite matrix of moments (T, T)."""


@dataclass(frozen=True, slots=True)
class Unstructured:
    """Any covariance of T visits, as each visit's regression on the visits before it.

    The parameters are logarithms of the residual standard deviations d, then the coefficients phi row by row. With
    complete data the likelihood is quadratic in phi, and no parameter grows when some combination of visits hardly
    varies; a Cholesky factor has neither advantage.

    References
    ----------
    .. [1] Pourahmadi 1999, Biometrika 86:677-690. [from memory]
    """

    visits: int

    @property
    def size(self) -> int:
        """Number of parameters."""
        return self.visits * (self.visits + 1) // 2

    @property
    def linear(self) -> bool:
        """SAS works in the elements of the matrix."""
        return True

    def _factors(self, theta: Array) -> tuple[Array, Array]:
        """A = (I - phi)^-1, and A diag(d), the Cholesky factor of the covariance."""
        remainder = np.eye(self.visits)
        remainder[np.tril_indices(self.visits, -1)] = -theta[self.visits :]
        A = np.asarray(np.linalg.inv(remainder), dtype=np.float64)
        return A, A * np.exp(theta[: self.visits])

    def _factor_slopes(self, A: Array, factor: Array) -> Array:
        """First derivatives of the Cholesky factor, (k, T, T)."""
        T = self.visits
        rows, columns = np.tril_indices(T, -1)
        by_sd = np.zeros((T, T, T))
        by_sd[np.arange(T), :, np.arange(T)] = factor.T
        return np.concatenate([by_sd, A.T[rows, :, None] * factor[columns, None, :]])

    def sigma(self, theta: Array) -> Array:
        """The covariance matrix, (T, T)."""
        factor = self._factors(theta)[1]
        return factor @ factor.T

    def slopes(self, theta: Array) -> Array:
        """First derivatives, (k, T, T)."""
        A, factor = self._factors(theta)
        half = self._factor_slopes(A, factor) @ factor.T
        return half + half.swapaxes(1, 2)

    def bends(self, theta: Array, weight: Array) -> Array:
        """Second derivatives against a symmetric weight, (k, k)."""
        T, k = self.visits, self.size
        A, factor = self._factors(theta)
        slopes = self._factor_slopes(A, factor)
        out = slopes.reshape(k, -1) @ (weight @ slopes).reshape(k, -1).T
        rows, columns = np.tril_indices(T, -1)
        pull = A.T @ weight @ factor
        own = np.einsum("ai,ai->i", weight @ factor, factor)
        crossed = pull[rows].T * factor[columns].T
        P = factor @ pull.T
        curved = P[columns[:, None], rows] * A[columns, rows[:, None]]
        out[np.arange(T), np.arange(T)] += own
        out[:T, T:] += crossed
        out[T:, :T] += crossed.T
        out[T:, T:] += curved + curved.T
        return 2 * out

    def bend(self, theta: Array, weight: Array) -> Array:  # noqa: ARG002 - the other structures use both
        """Nothing: the elements of a matrix are linear in themselves."""
        return np.zeros((self.visits, self.visits))

    def start(self, moments: Array) -> Array:
        """Parameters that give the moments."""
        factor = np.linalg.cholesky(moments)
        sd = np.diag(factor)
        return np.concatenate([np.log(sd), -np.linalg.inv(factor / sd)[np.tril_indices(self.visits, -1)]])


@dataclass(frozen=True, slots=True)
class Patterned:
    """Standard deviations, one or one per visit, around a correlation matrix with few parameters."""

    visits: int
    correlation: str
    heterogeneous: bool

    @property
    def _family(self) -> Family:
        return FAMILIES[self.correlation]

    @property
    def _scales(self) -> int:
        return self.visits if self.heterogeneous else 1

    @property
    def size(self) -> int:
        """Number of parameters."""
        return self._scales + self._family.parameters(self.visits)

    @property
    def linear(self) -> bool:
        """Whether SAS's parameters are linear: variances and covariances, not variances and correlations."""
        return self._family.linear and not self.heterogeneous

    def _link(self, t: Array) -> Link:
        return bounded_below(t, self.visits) if self.correlation == "compound-symmetry" else symmetric(t)

    def _touched(self) -> Array:
        """How often a log standard deviation is a factor of each element: (scales, T, T)."""
        if not self.heterogeneous:
            return np.full((1, self.visits, self.visits), 2.0)
        own = np.eye(self.visits)
        return own[:, :, None] + own[:, None, :]

    def _parts(self, theta: Array) -> tuple[Array, Link, Correlations]:
        link = self._link(theta[self._scales :])
        sd = np.exp(np.broadcast_to(theta[: self._scales], (self.visits,)))
        return np.outer(sd, sd), link, self._family.matrix(link.value, self.visits)

    def sigma(self, theta: Array) -> Array:
        """The covariance matrix, (T, T)."""
        scale, _, R = self._parts(theta)
        return scale * R.matrix

    def slopes(self, theta: Array) -> Array:
        """First derivatives, (k, T, T)."""
        scale, link, R = self._parts(theta)
        return np.concatenate([self._touched() * (scale * R.matrix), link.first[:, None, None] * R.first * scale])

    def _second(self, theta: Array) -> Array:
        """Second derivatives, (k, k, T, T)."""
        scale, link, R = self._parts(theta)
        touched, s = self._touched(), self._scales
        slopes = link.first[:, None, None] * R.first * scale
        out = np.empty((self.size, self.size, self.visits, self.visits))
        out[:s, :s] = touched[:, None] * touched[None] * (scale * R.matrix)
        out[:s, s:] = touched[:, None] * slopes[None]
        out[s:, :s] = out[:s, s:].swapaxes(0, 1)
        out[s:, s:] = np.multiply.outer(link.first, link.first)[..., None, None] * R.second * scale
        for place, curve in enumerate(link.second):
            out[s + place, s + place] += curve * R.first[place] * scale
        return out

    def bends(self, theta: Array, weight: Array) -> Array:
        """Second derivatives against a symmetric weight, (k, k)."""
        return np.tensordot(self._second(theta), weight, 2)

    def bend(self, theta: Array, weight: Array) -> Array:
        """Second derivatives by variances and correlations, summed with the weights of `theta`, (T, T)."""
        if self.linear:
            return np.zeros((self.visits, self.visits))
        link = self._link(theta[self._scales :])
        # With phi(theta) elementwise, sum W_hk V_hk in phi is the sum in theta less W_hh (phi''/phi') V_h; a
        # variance is exp(2 theta), so that phi''/phi' = 2.
        ratio = np.concatenate([np.full(self._scales, 2.0), link.second / link.first])
        return np.tensordot(weight, self._second(theta), 2) - np.tensordot(
            np.diag(weight) * ratio, self.slopes(theta), 1
        )

    def start(self, moments: Array) -> Array:
        """Parameters near the moments."""
        variance = np.diag(moments)
        R = moments / np.sqrt(np.outer(variance, variance))
        sd = np.log(variance) / 2 if self.heterogeneous else np.array([np.log(variance.mean()) / 2])
        if self.visits == 1:
            return sd
        rho = self._family.guess(R)
        compound = self.correlation == "compound-symmetry"
        return np.concatenate([sd, inverse_bounded_below(rho, self.visits) if compound else inverse_symmetric(rho)])


@dataclass(frozen=True, slots=True, eq=False)
class Spatial:
    """One variance and a correlation that decays with distance: rho ** distance ** power.

    Parameters
    ----------
    distances : ndarray, shape (G, T, T)
        Distances between the measurements of each set of times; the power is already taken.
    power : int
        1 for exponential, 2 for Gaussian decay.
    """

    distances: Array
    power: int

    @property
    def size(self) -> int:
        """Two: the log of the variance and the logit of the correlation at distance 1."""
        return 2

    @property
    def linear(self) -> bool:
        """SAS works in a variance and a range, which is not linear."""
        return False

    def _parts(self, theta: Array) -> tuple[Array, Array, float]:
        rho = 1 / (1 + np.exp(-theta[1]))
        # rho ** d through the log of rho, which keeps its digits when rho is close to one.
        sigma = np.exp(theta[0] - np.logaddexp(0.0, -theta[1]) * self.distances)
        return sigma, self.distances * (1 - rho), rho

    def sigma(self, theta: Array) -> Array:
        """The covariance matrices, (G, T, T)."""
        return self._parts(theta)[0]

    def slopes(self, theta: Array) -> Array:
        """First derivatives, (2, G, T, T)."""
        sigma, decay, _ = self._parts(theta)
        return np.stack([sigma, sigma * decay])

    def _second(self, theta: Array) -> Array:
        sigma, decay, rho = self._parts(theta)
        mixed = sigma * decay
        return np.stack([np.stack([sigma, mixed]), np.stack([mixed, mixed * (decay - rho)])])

    def bends(self, theta: Array, weight: Array) -> Array:
        """Second derivatives against symmetric weights (G, T, T), (2, 2)."""
        return np.tensordot(self._second(theta), weight, 3)

    def bend(self, theta: Array, weight: Array) -> Array:
        """Second derivatives by variance and range, summed with the weights of `theta`, (G, T, T)."""
        rho = 1 / (1 + np.exp(-theta[1]))
        decay = np.logaddexp(0.0, -theta[1])  # -log(rho) = range ** -power
        # range = decay ** (-1/power) and d decay / d theta = -(1 - rho): phi''/phi' in closed form.
        ratio = np.array([1.0, (1 / self.power + 1) * (1 - rho) / decay - rho])
        return np.tensordot(weight, self._second(theta), 2) - np.tensordot(
            np.diag(weight) * ratio, self.slopes(theta), 1
        )

    def start(self, moments: Array) -> Array:
        """The mean variance, and a correlation of one half at the median distance."""
        apart = self.distances[self.distances > 0]
        middle = np.median(apart) if apart.size else 1.0
        decay = np.log(2) / middle
        return np.array([np.log(np.diag(moments).mean()), -np.log(np.expm1(decay))])


POSITIONAL = ("unstructured", *(f"{name}{kind}" for name in FAMILIES for kind in ("", "-heterogeneous")))
SPATIAL = {"spatial-exponential": 1, "spatial-gaussian": 2}
COVARIANCES = (*POSITIONAL, *SPATIAL)


def structure(name: str, visits: int) -> Structure:
    """The positional structure of a name.

    Parameters
    ----------
    name : str
        One of `POSITIONAL`.
    visits : int
        T.

    Returns
    -------
    Structure
    """
    if name == "unstructured":
        return Unstructured(visits)
    return Patterned(visits, name.removesuffix("-heterogeneous"), name.endswith("-heterogeneous"))
