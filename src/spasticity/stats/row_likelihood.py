"""The maximum of a likelihood of independent rows, by Newton's method with exact second derivatives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spasticity.stats.intercept_model import Derivatives, Likelihood, Predictor
from spasticity.stats.newton import climbed

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Maximum:
    """A likelihood at some values of its parameters; the greatest, when `maximum` returned it.

    Parameters
    ----------
    values : ndarray, shape (P,)
        Parameters.
    log_likelihood : float
    gradient : ndarray, shape (P,)
    information : ndarray, shape (P, P)
        Minus the second derivatives: the observed information.
    """

    values: Array
    log_likelihood: float
    gradient: Array
    information: Array

    @property
    def hessian(self) -> Array:
        """Second derivatives, shape (P, P)."""
        return -self.information


def maximum(likelihood: Likelihood, predictors: tuple[Predictor, ...], start: Array, where: str = "counts") -> Maximum:
    """The parameters of the greatest likelihood.

    Parameters
    ----------
    likelihood : Likelihood
    predictors : tuple of Predictor
        The linear predictor first, then the further ones that the likelihood knows.
    start : ndarray, shape (P,)
    where : str
        Who asks, for messages.

    Returns
    -------
    Maximum

    Raises
    ------
    MethodError
        No maximum was reached; the last state is in the error.
    """
    return climbed(lambda values, _: _at(likelihood, predictors, values), start, where)[0]


def derivatives(rows: Derivatives, predictors: tuple[Predictor, ...], size: int) -> tuple[Array, Array]:
    """Gradient and observed information from the derivatives of each row.

    Parameters
    ----------
    rows : Derivatives
        Of total order 2.
    predictors : tuple of Predictor
    size : int
        Number of parameters.

    Returns
    -------
    gradient : ndarray, shape (P,)
    information : ndarray, shape (P, P)
    """
    gradient, information = np.zeros(size), np.zeros((size, size))
    for c, one in enumerate(predictors):
        gradient[one.places] += one.matrix.T @ np.broadcast_to(rows.of(c, 0), len(one.matrix))
        for d, two in enumerate(predictors[c:], start=c):
            second = rows.twice(c, d, 0)
            if second is None:
                continue
            block = -one.matrix.T @ (np.broadcast_to(second, len(one.matrix))[:, None] * two.matrix)
            information[np.ix_(one.places, two.places)] += block
            if d > c:
                information[np.ix_(two.places, one.places)] += block.T
    return gradient, information


def _at(likelihood: Likelihood, predictors: tuple[Predictor, ...], values: Array) -> Maximum | None:
    """None where the likelihood is not finite."""
    if not np.isfinite(values).all():
        return None
    with np.errstate(all="ignore"):  # what is not finite is no place to go to
        eta, *other = (predictor.at(values) for predictor in predictors)
        rows = likelihood(eta, other, 2, further=True)
        total = float(rows.eta[0].sum())
        gradient, information = derivatives(rows, predictors, len(values))
    fine = np.isfinite(total) and np.isfinite(gradient).all() and np.isfinite(information).all()
    return Maximum(values, total, gradient, information) if fine else None
