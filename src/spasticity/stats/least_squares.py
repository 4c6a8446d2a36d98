"""Least squares by a QR decomposition of centred and scaled columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from spasticity.errors import MethodError
from spasticity.wording import plural


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """What least squares gives.

    Parameters
    ----------
    values : ndarray, shape (p,)
        Coefficients.
    unscaled : ndarray, shape (p, p)
        Inverse of X'X.
    fitted, residuals, leverage : ndarray, shape (n,)
        Fitted values, what is left of y, and the diagonal of the hat matrix.
    df : int
        n - p.
    sigma : float
        Residual standard deviation.
    condition : float
        Condition number of the centred and scaled columns: its decimal logarithm is the digits at risk.
    """

    values: NDArray[np.float64]
    unscaled: NDArray[np.float64]
    fitted: NDArray[np.float64]
    residuals: NDArray[np.float64]
    leverage: NDArray[np.float64]
    df: int
    sigma: float
    condition: float


def solved(X: NDArray[np.float64], y: NDArray[np.float64]) -> Solution:
    """Least squares of y on independent columns.

    When a column is constant, y and the other columns are centred first: that is what keeps the digits of the
    difference between two large, nearly equal means.

    Parameters
    ----------
    X : ndarray, shape (n, p)
        Independent columns.
    y : ndarray, shape (n,)

    Returns
    -------
    Solution

    Raises
    ------
    MethodError
        No more rows than columns.
    """
    n, p = X.shape
    if n <= p:
        raise MethodError(
            f"least squares: {plural(n, 'row')} for {plural(p, 'coefficient')} leave nothing to estimate the "
            "variance from; drop terms or levels."
        )
    back, height, centred, level = _centred(X, y)
    lengths = np.linalg.norm(centred, axis=0)
    Q, R = np.linalg.qr(centred / lengths)
    inside = solve_triangular(R, Q.T @ (y - level)) / lengths
    residuals = (y - level) - centred @ inside
    root = back @ (solve_triangular(R, np.eye(p)) / lengths[:, None])
    return Solution(
        values=back @ inside + height,
        unscaled=root @ root.T,
        fitted=y - residuals,
        residuals=residuals,
        leverage=np.sum(Q**2, axis=1),
        df=n - p,
        sigma=float(np.sqrt(residuals @ residuals / (n - p))),
        condition=float(np.linalg.cond(R)),
    )


def _centred(
    X: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], float]:
    """Centred columns and the level of y, with the way back: coefficients are `back @ inside + height`."""
    back, height = np.eye(X.shape[1]), np.zeros(X.shape[1])
    constant = np.flatnonzero(np.ptp(X, axis=0) == 0)
    if not len(constant):
        return back, height, X, 0.0
    place, level, means = constant[0], float(y.mean()), X.mean(axis=0)
    means[place] = 0
    back[place] -= means / X[0, place]
    height[place] = level / X[0, place]
    return back, height, X - means, level


def hc3(X: NDArray[np.float64], solution: Solution) -> NDArray[np.float64]:
    """Covariance of the coefficients that stays right when variances differ between people (HC3).

    Parameters
    ----------
    X : ndarray, shape (n, p)
    solution : Solution

    Returns
    -------
    ndarray, shape (p, p)

    Raises
    ------
    MethodError
        When a row is fitted exactly, so that its error cannot be judged.

    References
    ----------
    .. [1] MacKinnon & White 1985, Journal of Econometrics 29:305-325. [from memory]
    """
    alone = solution.leverage > 1 - 1e-10
    if alone.any():
        raise MethodError(
            f"HC3: {plural(int(alone.sum()), 'row is', 'rows are')} fitted exactly, as the only person of a group is; "
            "merge levels or use vcov='model'."
        )
    weighted = (solution.residuals / (1 - solution.leverage))[:, None] * X
    half = weighted @ solution.unscaled
    return half.T @ half
