"""Newton's method to the maximum of a smooth function, safe where it is not concave and where it is not defined."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from spasticity.errors import MethodError
from spasticity.wording import plural

Array = NDArray[np.float64]

#: Half of the squared Newton step, in units of log-likelihood, below which the maximum is found.
DECREMENT = 1e-10

#: Newton steps before a fit is given up.
STEPS = 100


class Place(Protocol):
    """A function at one place, with its first and second derivatives."""

    @property
    def values(self) -> Array:
        """Where, shape (P,)."""

    @property
    def log_likelihood(self) -> float:
        """The function."""

    @property
    def gradient(self) -> Array:
        """First derivatives, shape (P,)."""

    @property
    def hessian(self) -> Array:
        """Second derivatives, shape (P, P)."""


P = TypeVar("P", bound=Place)


def climbed(evaluate: Callable[[Array, P | None], P | None], start: Array, where: str) -> tuple[P, int]:
    """The maximum, reached by Newton's method and then improved by one more step.

    Parameters
    ----------
    evaluate : callable
        From values and the place before to the place; None where the function is not defined.
    start : ndarray, shape (P,)
    where : str
        Who asks, for messages.

    Returns
    -------
    place : Place
    iterations : int
        Newton steps.

    Raises
    ------
    MethodError
        Nothing at the start, or no convergence; the last state is in `.state`.
    """
    here = evaluate(start, None)
    if here is None:
        raise MethodError(f"{where}: the likelihood is not defined at the starting values.", {"values": start})
    for iteration in range(STEPS):
        step, decrement = _newton(here)
        if decrement < DECREMENT:
            polished = evaluate(here.values + step, here)
            return (here if polished is None else polished), iteration + 1
        onward = _line_search(evaluate, here, step)
        if onward is None:
            break
        here = onward
    state = {"values": here.values, "log_likelihood": here.log_likelihood, "gradient": here.gradient}
    raise MethodError(
        f"{where}: no maximum of the likelihood was found in {plural(iteration + 1, 'step')} (largest slope "
        f"{np.abs(here.gradient).max():.2g}). A coefficient may be infinite (a group with only one value) or the data "
        "too few; the last state is in `.state`.",
        state,
    )


def _newton(here: Place) -> tuple[Array, float]:
    """Newton's step, uphill also where the function is not concave, and half of what it promises to gain."""
    if not np.isfinite(here.hessian).all():
        return here.gradient, np.inf
    curved = np.abs(np.diag(here.hessian))
    scale = np.sqrt(np.where(curved > 0, curved, 1.0))  # so that the units of a covariate do not matter
    roots, axes = np.linalg.eigh(-here.hessian / np.outer(scale, scale))
    along = axes.T @ (here.gradient / scale)
    sizes = np.maximum(np.abs(roots), 1e-10 * max(np.abs(roots).max(initial=0), 1e-300))
    step = axes @ (along / sizes) / scale
    return step, float(np.sum(along**2 / sizes) / 2) if (roots > 0).all() else np.inf


def _line_search(evaluate: Callable[[Array, P | None], P | None], here: P, step: Array) -> P | None:
    """The first of ever shorter steps that gains enough."""
    size = 1.0
    gain = float(here.gradient @ step)
    rounding = 1e-11 * abs(here.log_likelihood)
    for _ in range(40):
        onward = evaluate(here.values + size * step, here)
        if onward is not None and onward.log_likelihood >= here.log_likelihood + 1e-4 * size * gain - rounding:
            return onward
        size /= 2
    return None


@dataclass(frozen=True, slots=True, eq=False)
class _Slice:
    """A place seen from its free parameters."""

    values: Array
    log_likelihood: float
    gradient: Array
    hessian: Array
    whole: Place


def held(evaluate: Callable[[Array, P | None], P | None], start: P, place: int, value: float, where: str) -> P:
    """The maximum with one parameter held at a value.

    Parameters
    ----------
    evaluate : callable
        As for `climbed`.
    start : Place
        Where to begin.
    place : int
        The parameter that is held.
    value : float
    where : str
        Who asks, for messages.

    Returns
    -------
    Place
    """
    free = np.arange(len(start.values)) != place

    def seen(values: Array, before: _Slice | None) -> _Slice | None:
        whole = np.empty(len(free))
        whole[free], whole[place] = values, value
        found = evaluate(whole, start if before is None else before.whole)  # type: ignore[arg-type]
        if found is None:
            return None
        part = np.ix_(free, free)
        return _Slice(values, found.log_likelihood, found.gradient[free], found.hessian[part], found)

    if not free.any():
        found = evaluate(np.array([value]), start)
        if found is None:
            raise MethodError(f"{where}: the likelihood is not defined at {value:g}.")
        return found
    return climbed(seen, start.values[free], where)[0].whole  # type: ignore[return-value]
