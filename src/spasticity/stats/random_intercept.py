"""Maximum likelihood of a model with one random intercept for each participant, by Newton's method.

A model is put together from `intercept_model`: a `Likelihood` (derivatives of the log-likelihood of a row), a
`Predictor` for the linear predictor and for each further one, `Clusters`, and the number of quadrature nodes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from spasticity.errors import MethodError
from spasticity.stats.intercept_model import Array, Model
from spasticity.stats.intercept_quadrature import Point, point
from spasticity.wording import plural

#: Half of the squared Newton step, in units of log-likelihood, below which the maximum is found.
DECREMENT = 1e-10

#: Newton steps before a fit is given up.
STEPS = 100

#: A standard deviation below this is 0 for all that the data can tell.
SMALLEST = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """The maximum of a marginal likelihood.

    Parameters
    ----------
    values : ndarray, shape (P,)
        Parameters of the predictors.
    sigma : float
        Standard deviation of the random intercept; 0 at the boundary.
    covariance : ndarray, shape (P + 1, P + 1)
        Of the parameters and sigma: the inverse of the observed information. At the boundary sigma has none (NaN).
    log_likelihood : float
    gradient : ndarray, shape (P + 1,)
        At the maximum, for the record.
    intercepts : ndarray, shape (N,)
        Conditional modes of the random intercepts, in the order of the clusters.
    intercept_errors : ndarray, shape (N,)
        Their conditional standard deviations, parameters taken as known.
    iterations : int
        Newton steps.
    at : Point
        The evaluation all this is from.
    """

    values: Array
    sigma: float
    covariance: Array
    log_likelihood: float
    gradient: Array
    intercepts: Array
    intercept_errors: Array
    iterations: int
    at: Point

    @property
    def boundary(self) -> bool:
        """Whether the random intercept vanished."""
        return self.sigma == 0


def maximised(model: Model, start: Array, *, exact: bool = True, where: str = "random intercept") -> Fit:
    """Newton's method to the maximum of the marginal likelihood.

    Parameters
    ----------
    model : Model
    start : ndarray, shape (P + 1,)
        Parameters, such as those without a random intercept, and a positive sigma.
    exact : bool
        Whether the likelihood knows its fourth order, so that the Hessian is exact; otherwise the Hessian is the
        central difference of the exact gradient.
    where : str
        Who asks, for messages.

    Returns
    -------
    Fit

    Raises
    ------
    MethodError
        No likelihood at the start, or no convergence; the last state is in `.state`.
    """
    here = _evaluated(model, np.asarray(start, dtype=np.float64), None, exact)
    if here is None:
        raise MethodError(f"{where}: the likelihood is not defined at the starting values.", {"values": start})
    for iteration in range(STEPS):
        step, decrement = _newton(here)
        if decrement < DECREMENT:
            polished = _evaluated(model, here.values + step, here.modes, exact)
            return _fit(model, here if polished is None else polished, exact, iteration + 1)
        onward = _line_search(model, here, step, exact)
        if onward is None:
            break
        here = onward
    state = {"values": here.values, "log_likelihood": here.log_likelihood, "gradient": here.gradient}
    raise MethodError(
        f"{where}: no maximum was found in {plural(STEPS, 'step')} (largest slope {np.abs(here.gradient).max():.2g}). "
        "A coefficient may be infinite (a group with only one value) or the data too few; the last state is in "
        "`.state`.",
        state,
    )


def _evaluated(model: Model, values: Array, modes: Array | None, exact: bool) -> Point | None:
    if not np.isfinite(values).all():
        return None
    with np.errstate(all="ignore"):  # values too far off are told by their likelihood
        if exact:
            return point(model, values, modes, hessian=True)
        here = point(model, values, modes)
        return None if here is None else replace(here, hessian=_differences(model, here))


def _differences(model: Model, here: Point) -> Array:
    """Central differences of the gradient; the step balances rounding against curvature."""
    columns = []
    for place in range(len(here.values)):
        width = 1e-5 * max(1.0, abs(here.values[place]))
        sides = []
        for sign in (1, -1):
            values = here.values.copy()
            values[place] += sign * width
            side = point(model, values, here.modes)
            sides.append(np.full(len(values), np.nan) if side is None else side.gradient)
        columns.append((sides[0] - sides[1]) / (2 * width))
    hessian = np.column_stack(columns)
    return (hessian + hessian.T) / 2


def _newton(here: Point) -> tuple[Array, float]:
    """Newton's step, uphill also where the likelihood is not concave, and what it promises to gain."""
    if not np.isfinite(here.hessian).all():
        return here.gradient, np.inf
    roots, axes = np.linalg.eigh(-here.hessian)
    along = axes.T @ here.gradient
    sizes = np.maximum(np.abs(roots), 1e-10 * max(np.abs(roots).max(), 1e-300))
    step = axes @ (along / sizes)
    return step, float(np.sum(along**2 / sizes) / 2) if (roots > 0).all() else np.inf


def _line_search(model: Model, here: Point, step: Array, exact: bool) -> Point | None:
    """The first of ever shorter steps that gains enough; steps beyond 5 in any parameter are shortened first."""
    size = min(1.0, 5 / np.abs(step).max())
    gain = float(here.gradient @ step)
    for _ in range(40):
        onward = _evaluated(model, here.values + size * step, here.modes, exact)
        if onward is not None and onward.log_likelihood >= here.log_likelihood + 1e-4 * size * gain - 1e-11 * abs(
            here.log_likelihood
        ):
            return onward
        size /= 2
    return None


def _fit(model: Model, here: Point, exact: bool, iterations: int) -> Fit:
    sigma = abs(float(here.values[-1]))
    boundary = sigma < SMALLEST
    if boundary:
        onward = _evaluated(model, np.r_[here.values[:-1], 0.0], None, exact)
        here = here if onward is None else onward
    flip = -1.0 if here.values[-1] < 0 else 1.0
    scale = 0.0 if boundary else sigma
    return Fit(
        values=here.values[:-1],
        sigma=scale,
        covariance=_covariance(here, boundary, flip),
        log_likelihood=here.log_likelihood,
        gradient=here.gradient,
        intercepts=flip * scale * here.modes,
        intercept_errors=scale / np.sqrt(here.precision),
        iterations=iterations,
        at=here,
    )


def _covariance(here: Point, boundary: bool, flip: float) -> Array:
    sign = np.r_[np.ones(len(here.values) - 1), flip]
    information = -here.hessian * np.outer(sign, sign)
    out = np.full(information.shape, np.nan)
    free = slice(None, -1) if boundary else slice(None)
    with np.errstate(invalid="ignore"):
        try:
            out[free, free] = np.linalg.inv(information[free, free])
        except np.linalg.LinAlgError as error:
            raise MethodError(
                "random intercept: the likelihood is flat at its maximum, so there are no standard errors; the last "
                "state is in `.state`.",
                {"values": here.values, "log_likelihood": here.log_likelihood, "gradient": here.gradient},
            ) from error
    return out
