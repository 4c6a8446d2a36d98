"""Covariances of the coefficients from the residuals of each participant, right even if the model's is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from spasticity.stats.mmrm_inference import FTest, f_test, independent_rows, pooled_df
from spasticity.stats.mmrm_likelihood import Point
from spasticity.stats.mmrm_panel import Panel

Array = NDArray[np.float64]

#: The power of I - H, H a participant's leverage, that corrects residuals: 0 as they are (CR0), -1/2 so that they
#: have no bias when the model holds (CR2), -1 as if the participant had been left out (CR3).
POWERS = {"empirical": 0.0, "empirical-bias-reduced": -0.5, "empirical-jackknife": -1.0}


@dataclass(frozen=True, eq=False)
class Sandwich:
    """Empirical covariance of the coefficients, with Satterthwaite's degrees of freedom for it.

    Parameters
    ----------
    panel : Panel
    places : list of ndarray of int
        For each pattern the places of its visits in a covariance matrix.
    point : Point
        The maximum of the likelihood.
    jacobian : ndarray, shape (p, p)
    coefficients : ndarray, shape (p,)
    power : float
        One of `POWERS`.

    References
    ----------
    .. [1] Liang & Zeger 1986, Biometrika 73:13-22 (CR0). [from memory]
    .. [2] Bell & McCaffrey 2002, Survey Methodology 28:169-181 (CR2, degrees of freedom). [from memory]
    """

    panel: Panel
    places: list[NDArray[np.intp]]
    point: Point
    jacobian: Array
    coefficients: Array
    power: float

    @cached_property
    def _basis(self) -> Array:
        return self.point.factor @ self.jacobian.T

    def _participants(self) -> Iterator[tuple[Array, Array, Array]]:
        """Block by block: whitened design with Phi as unit (n, m, p), whitened residual (n, m), correction A."""
        coefficients = np.append(-self.point.gamma, 1.0)
        for pattern, place, W in zip(self.panel.patterns, self.places, self.point.W, strict=True):
            L = np.linalg.cholesky(W[np.ix_(place, place)])
            for block in self.panel.blocks(pattern):
                B = L.T @ block[:, :, :-1] @ self.point.factor.T
                yield B, (block @ coefficients) @ L, _power(np.eye(len(place)) - B @ B.swapaxes(1, 2), self.power)

    @cached_property
    def covariance(self) -> Array:
        """Covariance of the coefficients, (p, p)."""
        p = len(self.coefficients)
        meat = np.zeros((p, p))
        for B, residual, A in self._participants():
            scores = np.einsum("nmp,nm->np", B, np.einsum("nab,nb->na", A, residual))
            meat += scores.T @ scores
        return self._basis.T @ meat @ self._basis

    def df(self, L: Array) -> Array:
        """Degrees of freedom of each row of L, from the variance of the estimate if the model holds."""
        K = L @ self._basis.T  # (m, p)
        m = len(K)
        first, second = np.zeros(m), np.zeros(m)
        spread = np.zeros((m, K.shape[1], K.shape[1]))
        for B, _, A in self._participants():
            f = A @ B @ K.T  # (n, visits, m)
            h = f.transpose(0, 2, 1) @ B  # (n, m, p)
            own, pulled = (f**2).sum(axis=1), (h**2).sum(axis=2)
            first += (own - pulled).sum(axis=0)
            second += (own**2 - 2 * own * pulled).sum(axis=0)
            spread += h.transpose(1, 2, 0) @ h.transpose(1, 0, 2)
        return first**2 / (second + (spread**2).sum(axis=(1, 2)))

    def test(self, L: Array) -> FTest:
        """The F test from uncorrelated rows, their degrees of freedom pooled."""
        rows, variances = independent_rows(L, self.covariance)
        squares = (rows @ self.coefficients) ** 2 / variances
        return f_test(squares.mean(), len(rows), pooled_df(self.df(rows)))


def _power(matrices: Array, power: float) -> Array:
    """A power of symmetric matrices; directions without any freedom left stay without."""
    if power == 0:
        return np.broadcast_to(np.eye(matrices.shape[-1]), matrices.shape)
    values, vectors = np.linalg.eigh(matrices)
    kept = values > np.sqrt(np.finfo(float).eps)
    raised = np.where(kept, np.where(kept, values, 1.0) ** power, 0.0)
    return (vectors * raised[:, None, :]) @ vectors.swapaxes(1, 2)
