"""The maximum of the likelihood: Newton's method with safeguards, from several starts in a fixed order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spasticity.errors import MethodError
from spasticity.stats.mmrm_likelihood import Likelihood, Point

Array = NDArray[np.float64]

ITERATIONS = 200
LONGEST_STEP = 2.0
#: Newton's decrement g' H^-1 g is the squared distance to the maximum in standard errors.
FINISHED, SETTLED, CONVERGED = 1e-18, 1e-9, 1e-6
#: Below this decrement the change of the likelihood drowns in rounding, so that a step is taken without asking it.
ROUNDING = 1e-7
ARMIJO = 1e-4  # Armijo 1966, Pacific J Math 16:1-3: share of the promised decrease that a step must give
#: How far the correlations of the first guess are drawn towards zero until it is a covariance matrix.
SHRINKAGE = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.0)
SMALLEST_EIGENVALUE = 1e-3
STARTS = ("moments", "moments with halved correlations", "variances only")


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """Where the search ended well.

    Parameters
    ----------
    point : Point
        The maximum.
    iterations : int
        Newton steps.
    decrement : float
        What was left of the gradient.
    start : str
        One of `STARTS`.
    """

    point: Point
    iterations: int
    decrement: float
    start: str


def maximum(model: Likelihood) -> Optimum:
    """The parameters of the greatest likelihood.

    Parameters
    ----------
    model : Likelihood

    Returns
    -------
    Optimum

    Raises
    ------
    MethodError
        When no start leads to an interior maximum; its `state` is that of the last one.
    """
    state: dict[str, object] = {}
    moments = _moments(model)
    for keep, start in zip((1.0, 0.5, 0.0), STARTS, strict=True):
        point = _begin(model, moments, keep)
        if point is None:
            continue
        point, iterations, decrement = _newton(point)
        eigenvalues = np.linalg.eigvalsh(point.hessian)
        if decrement < CONVERGED and eigenvalues[0] > 0:
            return Optimum(point, iterations, decrement, start)
        state = {
            "start": start,
            "iterations": iterations,
            "decrement": decrement,
            "theta": point.theta,
            "gradient": point.gradient,
            "smallest_eigenvalue_of_hessian": float(eigenvalues[0]),
            "condition_of_covariance": _condition(point),
        }
    raise MethodError(
        f"mmrm: the likelihood has no maximum inside the covariance matrices (tried {len(STARTS)} starts; the last "
        f"covariance has condition number {state.get('condition_of_covariance', np.nan):.1e}). Use a covariance with "
        "fewer parameters, or declare what to fall back to, such as covariance=('unstructured', 'ar1-heterogeneous').",
        state,
    )


def near(model: Likelihood, theta: Array) -> Optimum:
    """The maximum of a likelihood that hardly differs from one whose maximum is known.

    Parameters
    ----------
    model : Likelihood
    theta : ndarray, shape (k,)
        Parameters at the known maximum.

    Returns
    -------
    Optimum

    Raises
    ------
    MethodError
        When neither this start nor another leads to a maximum.
    """
    point = model.at(theta)
    if point is not None:
        point, iterations, decrement = _newton(point)
        if decrement < CONVERGED and np.linalg.eigvalsh(point.hessian)[0] > 0:
            return Optimum(point, iterations, decrement, "a neighbouring fit")
    return maximum(model)


def _condition(point: Point) -> float:
    model = point.likelihood
    both = model.mask[:, :, None] & model.mask[:, None, :]
    return float(np.linalg.cond(np.where(both, model.sigmas(point.theta), np.eye(model.mask.shape[1]))).max())


def _moments(model: Likelihood) -> list[Array]:
    """Pairwise covariances of the least-squares residuals, one matrix for each covariance group."""
    q = len(model.products.between(np.zeros((*model.mask.shape, model.mask.shape[1]))))
    middle = np.zeros((q, q))
    middle[-1, -1] = 1.0
    squares = model.products.through(middle)
    both = model.counts[:, None, None] * (model.mask[:, :, None] & model.mask[:, None, :])
    found = []
    for members in model.members():
        pairs = both[members].sum(axis=0)
        S = squares[members].sum(axis=0) / np.maximum(pairs, 1)
        S[np.diag_indices_from(S)] = np.maximum(np.diag(S), 1e-6)
        found.append(S)
    return found


def _begin(model: Likelihood, moments: list[Array], keep: float) -> Point | None:
    """The first guess that is a covariance matrix, correlations drawn towards zero step by step."""
    for shrink in SHRINKAGE:
        drawn = [_drawn(S, keep * (1 - shrink)) for S in moments]
        if any(S is None for S in drawn):
            continue
        pairs = zip(model.structures, drawn, strict=True)
        point = model.at(np.concatenate([structure.start(S) for structure, S in pairs if S is not None]))
        if point is not None:
            return point
    return None


def _drawn(S: Array, keep: float) -> Array | None:
    sd = np.sqrt(np.diag(S))
    R = keep * S / np.outer(sd, sd) + (1 - keep) * np.eye(len(S))
    return R * np.outer(sd, sd) if np.linalg.eigvalsh(R)[0] > SMALLEST_EIGENVALUE else None


def _newton(point: Point) -> tuple[Point, int, float]:
    """Newton steps until nothing is left of the gradient; also their number and the last decrement."""
    before = np.inf
    for iteration in range(ITERATIONS):
        step, decrement = _direction(point)
        if decrement < FINISHED or (decrement < SETTLED and decrement > before / 4):
            return point, iteration, decrement
        following = _searched(point, step, decrement)
        if following is None:
            return point, iteration, decrement
        point, before = following, decrement
    return point, ITERATIONS, decrement


def _direction(point: Point) -> tuple[Array, float]:
    """Newton's step with the signs of the curvature made positive, no longer than it may be, and its decrement."""
    curvature, axes = np.linalg.eigh(point.hessian)
    size = np.maximum(np.abs(curvature), 1e-10 * max(np.abs(curvature).max(), 1e-300))
    along = axes.T @ point.gradient
    step = -axes @ (along / size)
    longest = np.abs(step).max(initial=0)
    return step * min(1.0, LONGEST_STEP / max(longest, 1e-300)), float(along @ (along / size))


def _searched(point: Point, step: Array, decrement: float) -> Point | None:
    """The point after the step, halved until the likelihood has grown as promised."""
    slope = float(point.gradient @ step)
    share = 1.0
    for _ in range(40):
        following = point.likelihood.at(point.theta + share * step)
        if following is not None:
            enough = following.value <= point.value + ARMIJO * share * slope
            if enough or (decrement < ROUNDING and share == 1.0):
                return following
        share /= 2
    return None
