"""The solution of generalised estimating equations, and its standard errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from spasticity.errors import MethodError
from spasticity.stats.gee_clusters import Repeated, products, working
from spasticity.stats.linked import IDENTITY, LOG, LOGIT, Link
from spasticity.stats.robust import fay_graubard, sandwich

Array = NDArray[np.float64]

POWERS: Mapping[str, float] = MappingProxyType({"robust": 0.0, "kauermann-carroll": -0.5, "mancl-derouen": -1.0})
LINK_OF: Mapping[str, Link] = MappingProxyType(
    {"poisson": LOG, "negative-binomial": LOG, "binomial": LOGIT, "gaussian": IDENTITY}
)
STEPS = 200
SETTLED = 1e-11
#: Residuals whose squares are smaller than this share of those of the outcome are rounding.
EXACT = 1e-26


@dataclass(frozen=True, slots=True, eq=False)
class Estimating:
    """The solution of estimating equations.

    Parameters
    ----------
    values : ndarray, shape (p,)
    X, e : ndarray, shapes (n, p) and (n,)
        Derivatives of the mean, and residuals, whitened by the working covariance without its scale.
    correlation : ndarray, shape (T, T)
    scale : float
        Mean square of the Pearson residuals.
    steps : int
    """

    values: Array
    X: Array
    e: Array
    correlation: Array
    scale: float
    steps: int


def solved(
    X: Array, y: Array, offset: Array, clusters: Repeated, family: str, correlation: str, dispersion: float = 0.0
) -> Estimating:
    """Solve the estimating equations: coefficients given correlations and the reverse, until nothing moves.

    Parameters
    ----------
    X : ndarray, shape (n, p)
    y, offset : ndarray, shape (n,)
    clusters : Repeated
    family, correlation : str
    dispersion : float
        Of the negative binomial.

    Returns
    -------
    Estimating

    Raises
    ------
    MethodError
        No solution; the last state is in the error.
    """
    values = _start(X, y, offset, family)
    R = np.eye(len(clusters.labels))
    moved = np.inf
    for step in range(STEPS):
        D, e = _standardised(X, y, offset, values, family, dispersion)
        scale = float((e**2).mean())
        if family == "gaussian" and scale <= EXACT * float((y**2).mean()):
            raise MethodError("gee: the model fits every row exactly; nothing is left to judge errors by.")
        if correlation != "independence" and step:
            R = working(correlation, *(products(clusters, e / np.sqrt(scale))))
        D, e = _whitened(D, e, clusters, R)
        if moved < SETTLED and step > 1:
            return Estimating(values, D, e, R, scale, step)
        change = np.linalg.lstsq(D, e, rcond=None)[0]
        change *= min(1.0, 5 / max(float(np.abs(change).max()), 1e-300))
        moved = float((np.abs(change) / (1 + np.abs(values))).max())
        values = values + change
        if not np.isfinite(values).all():
            break
    raise MethodError(
        f"gee: the estimating equations have no solution that {STEPS} steps reach (last change {moved:.1e}); use "
        "correlation='independence' or fewer terms.",
        {"values": values, "correlation": R},
    )


def _start(X: Array, y: Array, offset: Array, family: str) -> Array:
    if family == "binomial":
        return np.zeros(X.shape[1])
    if family == "gaussian":
        return np.asarray(np.linalg.lstsq(X, y, rcond=None)[0])
    weight = np.sqrt(y + 0.5)
    return np.asarray(np.linalg.lstsq(X * weight[:, None], weight * (np.log(y + 0.5) - offset), rcond=None)[0])


def _standardised(
    X: Array, y: Array, offset: Array, values: Array, family: str, dispersion: float
) -> tuple[Array, Array]:
    """Derivatives of the mean and residuals over the standard deviation of the family."""
    eta = X @ values + offset
    link = LINK_OF[family]
    mean, slope = link.mean(eta), link.slope(eta)
    variance = {"binomial": slope, "gaussian": np.ones_like(eta)}.get(family, mean + dispersion * mean**2)
    sd = np.sqrt(np.maximum(variance, 1e-300))
    return X * (slope / sd)[:, None], (y - mean) / sd


def _whitened(D: Array, e: Array, clusters: Repeated, R: Array) -> tuple[Array, Array]:
    """Rows times the inverse root of each participant's working correlation."""
    if not np.any(R - np.eye(len(R))):
        return D, e
    D, e = D.copy(), e.copy()
    for block, visits in zip(clusters.blocks, clusters.visits, strict=True):
        inverse = np.linalg.inv(np.linalg.cholesky(R[np.ix_(visits, visits)]))
        D[block], e[block] = inverse @ D[block], e[block] @ inverse.T
    return D, e


def inference(
    found: Estimating, clusters: Repeated, vcov: str, df: str | None
) -> tuple[Array, Callable[[Array], Array]]:
    """Covariance of the coefficients and the degrees of freedom of their combinations.

    Parameters
    ----------
    found : Estimating
    clusters : Repeated
    vcov : str
    df : str or None

    Returns
    -------
    covariance : ndarray, shape (p, p)
    df : callable
    """
    left = np.inf if df == "normal" else float(clusters.participants - len(found.values))

    def counted_df(L: Array) -> Array:
        return np.full(len(L), left)

    if vcov == "model":
        return np.asarray(np.linalg.inv(found.X.T @ found.X)) * found.scale, counted_df
    if vcov == "fay-graubard":
        return fay_graubard(found.X, found.e, clusters.blocks), counted_df
    robust = sandwich(found.X, found.e, clusters.blocks, POWERS[vcov])
    return robust.covariance, robust.df if df in (None, "satterthwaite") else counted_df
