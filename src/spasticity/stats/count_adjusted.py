"""Variances of random-intercept models corrected for the estimated coefficients, as restricted likelihood does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spasticity.errors import MethodError
from spasticity.stats.intercept_quadrature import Point
from spasticity.stats.random_intercept import Fit, evaluator

Array = NDArray[np.float64]

STEPS = 60
SETTLED = 1e-16
LONGEST = 0.5
#: Width of the central differences of the log determinant; its error is of the square of this.
WIDTH = 1e-4


def adjusted(fit: Fit, p: int) -> Fit:
    """The maximum of the profile likelihood less half the log determinant of the coefficients' information.

    Parameters
    ----------
    fit : Fit
        Of maximum likelihood; returned as it is when its random intercepts vanish.
    p : int
        Number of coefficients; the parameters after them are those that are corrected.

    Returns
    -------
    Fit

    Raises
    ------
    MethodError
        No maximum; the last state is in the error.

    References
    ----------
    .. [1] Cox & Reid 1987, Journal of the Royal Statistical Society B 49:1-39. [from memory]
    """
    if fit.boundary:
        return fit
    evaluate = evaluator(fit.model)
    here = fit.at
    for step in range(STEPS):
        change, decrement = _step(fit, here, p)
        if decrement < SETTLED:
            return _finished(fit, here, step)
        onward: Point | None = None
        for _ in range(20):
            onward = evaluate(here.values + change, here)
            if onward is not None and np.isfinite(onward.hessian).all():
                break
            change = change / 2
        if onward is None:
            break
        here = onward
    raise MethodError(
        "mixed counts: the variances corrected for the coefficients do not settle; use variation='likelihood'.",
        {"values": here.values, "log_likelihood": here.log_likelihood},
    )


def _step(fit: Fit, here: Point, p: int) -> tuple[Array, float]:
    """Newton's step along the ridge on which the coefficients are at their maximum, and its squared length."""
    H, g = here.hessian, here.gradient
    ridge = np.asarray(-np.linalg.solve(H[:p, :p], H[:p, p:]), dtype=np.float64)
    own = -np.linalg.solve(H[:p, :p], g[:p])
    curvature = -(H[p:, p:] + H[p:, :p] @ ridge)
    slope = g[p:] + ridge.T @ g[:p] + _correction(fit, here, ridge, p)
    roots, axes = np.linalg.eigh(curvature)
    along = axes.T @ slope / np.maximum(np.abs(roots), 1e-8)
    further = axes @ along
    decrement = float(slope @ further) + float(-own @ H[:p, :p] @ own)
    further *= min(1.0, LONGEST / max(float(np.abs(further).max()), 1e-300))
    return np.concatenate([own + ridge @ further, further]), decrement


def _correction(fit: Fit, here: Point, ridge: Array, p: int) -> Array:
    """Slope of minus half the log determinant along the ridge."""
    evaluate = evaluator(fit.model)
    slopes = []
    for k in range(ridge.shape[1]):
        direction = np.concatenate([ridge[:, k], np.eye(ridge.shape[1])[k]])
        sides = [evaluate(here.values + sign * WIDTH * direction, here) for sign in (1, -1)]
        logs = [np.nan if side is None else np.linalg.slogdet(-side.hessian[:p, :p])[1] for side in sides]
        slopes.append(-0.5 * (logs[0] - logs[1]) / (2 * WIDTH))
    return np.array(slopes)


def _finished(fit: Fit, here: Point, steps: int) -> Fit:
    flip = np.ones(len(here.values))
    flip[-1] = -1.0 if here.values[-1] < 0 else 1.0
    sigma = abs(float(here.values[-1]))
    return replace(
        fit,
        values=here.values[:-1],
        sigma=sigma,
        covariance=np.linalg.inv(-here.hessian) * np.outer(flip, flip),
        log_likelihood=here.log_likelihood,
        gradient=here.gradient,
        intercepts=flip[-1] * sigma * here.modes,
        intercept_errors=sigma / np.sqrt(here.precision),
        iterations=fit.iterations + steps,
        at=here,
    )
