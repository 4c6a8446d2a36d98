"""Links of cumulative models: distributions of the latent variable, stable far out in their tails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]
LinkName = Literal["logit", "probit", "cloglog", "loglog", "cauchit"]


@dataclass(frozen=True, slots=True)
class Link:
    """A distribution function F with its density f.

    Parameters
    ----------
    name : str
    log_lower, log_upper : callable
        log F(x) and log(1 - F(x)).
    log_density : callable
        log f(x).
    slopes : callable
        From x to f'/f, f''/f and f'''/f.
    quantile : callable
        The inverse of F.
    words : str
        What a coefficient of the predictor is, in words.
    """

    name: LinkName
    log_lower: Callable[[Array], Array]
    log_upper: Callable[[Array], Array]
    log_density: Callable[[Array], Array]
    slopes: Callable[[Array], tuple[Array, Array, Array]]
    quantile: Callable[[Array], Array]
    words: str

    def at(self, x: Array) -> Array:
        """F(x)."""
        return np.exp(self.log_lower(x))


def _logistic(x: Array) -> tuple[Array, Array, Array]:
    t = -np.tanh(x / 2)  # 1 - 2F
    q = (1 - t**2) / 4  # F (1 - F)
    return t, 1 - 6 * q, t * (1 - 12 * q)


def _normal(x: Array) -> tuple[Array, Array, Array]:
    return -x, x**2 - 1, x * (3 - x**2)


def _gumbel(x: Array) -> tuple[Array, Array, Array]:
    t = np.exp(np.minimum(x, 300))  # f is 0 long before; the cube must stay finite
    return 1 - t, 1 + t * (t - 3), 1 + t * (t * (6 - t) - 7)


def _reversed(x: Array) -> tuple[Array, Array, Array]:
    first, second, third = _gumbel(-x)
    return -first, second, -third


def _cauchy(x: Array) -> tuple[Array, Array, Array]:
    w = 1 / (1 + x**2)
    return -2 * x * w, (6 * x**2 - 2) * w**2, 24 * x * (1 - x**2) * w**3


def _log_cauchy(x: Array) -> Array:
    """Logarithm of F, from the arc tangent of 1/x far below, where 1/2 + arctan(x)/pi has no digits left."""
    far = np.where(x < -1, x, -1.0)
    return np.log(np.where(x < -1, -np.arctan(1 / far), np.pi / 2 + np.arctan(x)) / np.pi)


def _log_rest(minus_log: Array) -> Array:
    """log(1 - e^-y) for y >= 0."""
    return np.where(minus_log < 0.7, np.log(-np.expm1(-minus_log)), np.log1p(-np.exp(-minus_log)))


LINKS: dict[str, Link] = {
    link.name: link
    for link in (
        Link(
            name="logit",
            log_lower=special.log_expit,
            log_upper=lambda x: special.log_expit(-x),
            log_density=lambda x: special.log_expit(x) + special.log_expit(-x),
            slopes=_logistic,
            quantile=special.logit,
            words="log odds of a higher category",
        ),
        Link(
            name="probit",
            log_lower=special.log_ndtr,
            log_upper=lambda x: special.log_ndtr(-x),
            log_density=lambda x: -(x**2) / 2 - np.log(2 * np.pi) / 2,
            slopes=_normal,
            quantile=special.ndtri,
            words="standard deviations of the latent variable",
        ),
        Link(
            name="cloglog",
            log_lower=lambda x: _log_rest(np.exp(x)),
            log_upper=lambda x: -np.exp(x),
            log_density=lambda x: x - np.exp(x),
            slopes=_gumbel,
            quantile=lambda p: np.log(-np.log1p(-p)),
            words="minus the log hazard ratio of the categories",
        ),
        Link(
            name="loglog",
            log_lower=lambda x: -np.exp(-x),
            log_upper=lambda x: _log_rest(np.exp(-x)),
            log_density=lambda x: -x - np.exp(-x),
            slopes=_reversed,
            quantile=lambda p: -np.log(-np.log(p)),
            words="log reversed hazard ratio of the categories",
        ),
        Link(
            name="cauchit",
            log_lower=_log_cauchy,
            log_upper=lambda x: _log_cauchy(-x),
            log_density=lambda x: -np.log(np.pi) - np.log1p(x**2),
            slopes=_cauchy,
            quantile=lambda p: np.tan(np.pi * (p - 0.5)),
            words="shift of a latent Cauchy variable",
        ),
    )
}
