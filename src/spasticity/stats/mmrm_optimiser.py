"""The maximum of the likelihood: Newton's method with safeguards, from several starts in a fixed order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spasticity.errors import MethodError
from spasticity.stats.mmrm_likelihood import Likelihood, Point

Array = NDArray[np.float64]

ITERATIONS = 100
#: Steps are shorter than this, of parameters beyond one as a share of them; at a maximum the next one is negligible.
LONGEST_STEP, STILL = 2.0, 1e-4
#: Curvatures below this share of the largest are rounding.
FLATTEST = 1e-12
#: Newton's decrement g' H^-1 g is the squared distance to the maximum in standard errors.
FINISHED, SETTLED, CONVERGED = 1e-18, 1e-9, 1e-6
#: Below this decrement the change of the likelihood drowns in rounding, so that a step is taken without asking it.
ROUNDING = 1e-7
ARMIJO = 1e-4  # Armijo 1966, Pacific J Math 16:1-3: share of the promised decrease that a step must give
#: A search that ends beyond this condition number was on its way to a singular covariance.
ILL_CONDITIONED = 1e8
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
    exceeded : bool
        Whether a start before ran to a covariance that is singular and more likely still.
    """

    point: Point
    iterations: int
    decrement: float
    start: str
    exceeded: bool = False


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
    moments, lowest = _moments(model), np.inf
    for keep, start in zip((1.0, 0.5, 0.0), STARTS, strict=True):
        point = _begin(model, moments, keep)
        if point is None:
            continue
        point, iterations, ahead = _newton(point)
        if ahead.ends:
            return Optimum(point, iterations, ahead.decrement, start, lowest < point.value)
        lowest = min(lowest, point.value)
        state = {"start": start, "iterations": iterations, **_state(point, ahead.decrement)}
    raise MethodError(_why_none(state), state)


def _state(point: Point, decrement: float) -> dict[str, object]:
    return {
        "decrement": decrement,
        "theta": point.theta,
        "gradient": point.gradient,
        "smallest_eigenvalue_of_hessian": float(np.linalg.eigvalsh(point.hessian)[0]),
        "condition_of_covariance": _condition(point),
    }


def _why_none(state: dict[str, object]) -> str:
    advice = (
        "Use a covariance with fewer parameters, or declare what to fall back to, such as "
        "covariance=('unstructured', 'ar1-heterogeneous')."
    )
    tried, condition = f"tried {len(STARTS)} starts", float(str(state.get("condition_of_covariance", np.nan)))
    if float(str(state.get("decrement", np.nan))) < CONVERGED and condition < ILL_CONDITIONED:
        return (
            "mmrm: the data do not determine the covariance: from where the search ended it can be changed without "
            f"changing the likelihood ({tried}), as when too few were seen at a visit, or when a correlation that "
            f"decays with time is gone at once. {advice}"
        )
    return (
        f"mmrm: the likelihood has no maximum inside the covariance matrices ({tried}; the last covariance has "
        f"condition number {condition:.1e}). {advice}"
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
        point, iterations, ahead = _newton(point)
        if ahead.ends:
            return Optimum(point, iterations, ahead.decrement, "a neighbouring fit")
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


class _Ahead(NamedTuple):
    """The next step of Newton's method and what it says about where one is."""

    step: Array
    decrement: float
    flattest: float  # the smallest curvature, each parameter in units of its own
    length: float  # the largest change, of parameters beyond one as a share of them

    @property
    def ends(self) -> bool:
        """Nothing is left of the gradient, every direction is curved, and the next step would not lead elsewhere."""
        return self.decrement < CONVERGED and self.flattest > FLATTEST and self.length < STILL


def _newton(point: Point) -> tuple[Point, int, _Ahead]:
    """Newton steps until nothing is left of the gradient; also their number and the step that would come next."""
    before, ahead = np.inf, _ahead(point)
    for iteration in range(ITERATIONS):
        decrement = ahead.decrement
        if decrement < FINISHED or (decrement < SETTLED and decrement > before / 4):
            return point, iteration, ahead
        following = _searched(point, ahead.step, decrement)
        if following is None:
            return point, iteration, ahead
        point, before, ahead = following, decrement, _ahead(following)
    return point, ITERATIONS, ahead


def _ahead(point: Point) -> _Ahead:
    """Newton's step with the signs of the curvature made positive, no longer than it may be."""
    own = np.abs(np.diag(point.hessian))
    scale = 1 / np.sqrt(np.where(own > 0, own, 1.0))
    curvature, axes = np.linalg.eigh(point.hessian * np.outer(scale, scale))
    size = np.maximum(np.abs(curvature), FLATTEST * np.abs(curvature).max(initial=0))
    along = axes.T @ (scale * point.gradient)
    step = -scale * (axes @ (along / size))
    length = float((np.abs(step) / np.maximum(1.0, np.abs(point.theta))).max(initial=0))
    shorter = min(1.0, LONGEST_STEP / max(length, 1e-300))
    return _Ahead(step * shorter, float(along @ (along / size)), float(curvature[0]), length * shorter)


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
