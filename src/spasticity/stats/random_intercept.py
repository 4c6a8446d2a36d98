"""Maximum likelihood of a model with one random intercept for each participant, by Newton's method.

A model is put together from `intercept_model`: a `Likelihood` (derivatives of the log-likelihood of a row), a
`Predictor` for the linear predictor and for each further one, `Clusters`, and the number of quadrature nodes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from spasticity.errors import MethodError
from spasticity.stats.intercept_model import Array, Model
from spasticity.stats.intercept_quadrature import Point, point
from spasticity.stats.newton import climbed

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
    model : Model
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
    model: Model

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
    here, iterations = climbed(evaluator(model, exact), np.asarray(start, dtype=np.float64), where)
    return _fit(model, here, exact, iterations)


def evaluator(model: Model, exact: bool = True) -> Callable[[Array, Point | None], Point | None]:
    """The marginal likelihood as `newton` takes it: from values, and the point before, to a point.

    Parameters
    ----------
    model : Model
    exact : bool
        As for `maximised`.

    Returns
    -------
    callable
    """

    def evaluate(values: Array, before: Point | None) -> Point | None:
        return _evaluated(model, values, None if before is None else before.modes, exact)

    return evaluate


def _evaluated(model: Model, values: Array, modes: Array | None, exact: bool) -> Point | None:
    if not np.isfinite(values).all():
        return None
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
        model=model,
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
