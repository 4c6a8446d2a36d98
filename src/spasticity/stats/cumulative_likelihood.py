"""Likelihood of a grade under a cumulative link model, with derivatives to the fourth order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spasticity.stats.cumulative_links import Link
from spasticity.stats.intercept_model import Array, Derivatives


@dataclass(frozen=True, slots=True, eq=False)
class Cumulative:
    """P(category k) = F(a - eta) - F(b - eta), a the threshold above the category and b the one below it.

    The further predictors are a and b; the last category has a = infinity, the first b = minus infinity.

    Parameters
    ----------
    link : Link
    first, last : ndarray of bool, shape (n,)
        Rows in the first and in the last category.
    weights : ndarray, shape (n,), optional
        Frequencies.
    """

    link: Link
    first: NDArray[np.bool_]
    last: NDArray[np.bool_]
    weights: Array | None = None

    @np.errstate(all="ignore")  # infinite thresholds, and values that are not allowed, are meant
    def __call__(self, eta: Array, other: Sequence[Array], order: int, *, further: bool) -> Derivatives:
        """As `intercept_model.Likelihood` says.

        With p the probability, the derivatives of p divided by p are like moments, because p is a difference of two
        terms each of one threshold; the derivatives of log p are the cumulants that belong to them.
        """
        shape = (-1, *([1] * (eta.ndim - 1)))
        upper = np.where(self.last.reshape(shape), np.inf, other[0] - eta)
        lower = np.where(self.first.reshape(shape), -np.inf, other[1] - eta)
        log_p = _log_difference(self.link, upper, lower)
        A = _moments(self.link, upper, log_p, self.last.reshape(shape), order)
        B = _moments(self.link, lower, log_p, self.first.reshape(shape), order)
        m = [(-1) ** r * (a - b) for r, (a, b) in enumerate(zip(A, B, strict=True), start=1)]
        own = [log_p, *_cumulants(m)]
        if not further:
            return Derivatives(self._weighted(own))
        sides = [A, [-b for b in B]]
        mixed = [self._weighted(_with_one(x, m)) for x in sides]
        pairs = {(c, d): self._weighted(_with_two(sides[c], sides[d], c == d, m)) for c, d in ((0, 0), (0, 1), (1, 1))}
        return Derivatives(self._weighted(own), mixed, pairs if order > 1 else {})

    def _weighted(self, parts: list[Array]) -> list[Array]:
        if self.weights is None:
            return parts
        shape = (-1, *([1] * (parts[0].ndim - 1))) if parts else ()
        return [part * self.weights.reshape(shape) for part in parts]


def _log_difference(link: Link, upper: Array, lower: Array) -> Array:
    """log(F(upper) - F(lower)), from the tail in which both are smaller; NaN when they are out of order."""
    low_a, low_b = link.log_lower(upper), link.log_lower(lower)
    high_a, high_b = link.log_upper(upper), link.log_upper(lower)
    below = low_a < high_b
    larger, smaller = np.where(below, low_a, high_b), np.where(below, low_b, high_a)
    return larger + np.log1p(-np.exp(smaller - larger))


def _moments(link: Link, x: Array, log_p: Array, edge: NDArray[np.bool_], order: int) -> list[Array]:
    """F'/p, F''/p, ... at a threshold, up to an order; 0 at infinite ones."""
    inside = np.where(edge, 0.0, x)
    f = np.where(edge, 0.0, np.exp(link.log_density(inside) - log_p))
    if order == 1:
        return [f]
    return [f, *(f * slope for slope in link.slopes(inside)[: order - 1])]


def _cumulants(m: list[Array]) -> list[Array]:
    """Derivatives of log p by eta from those of p, divided by p."""
    out = [m[0]]
    if len(m) > 1:
        out.append(m[1] - m[0] ** 2)
    if len(m) > 2:
        out.append(m[2] - 3 * m[1] * m[0] + 2 * m[0] ** 3)
    if len(m) > 3:
        out.append(m[3] - 4 * m[2] * m[0] - 3 * m[1] ** 2 + 12 * m[1] * m[0] ** 2 - 6 * m[0] ** 4)
    return out


def _with_one(side: list[Array], m: list[Array]) -> list[Array]:
    """The same with one derivative by a threshold."""
    x = [(-1) ** r * part for r, part in enumerate(side)]
    out = [x[0]]
    if len(x) > 1:
        out.append(x[1] - x[0] * m[0])
    if len(x) > 2:
        out.append(x[2] - 2 * x[1] * m[0] - x[0] * m[1] + 2 * x[0] * m[0] ** 2)
    if len(x) > 3:
        out.append(
            x[3]
            - x[0] * m[2]
            - 3 * x[1] * m[1]
            - 3 * x[2] * m[0]
            + 6 * x[0] * m[0] * m[1]
            + 6 * x[1] * m[0] ** 2
            - 6 * x[0] * m[0] ** 3
        )
    return out


def _with_two(one: list[Array], two: list[Array], same: bool, m: list[Array]) -> list[Array]:
    """The same with two derivatives by thresholds; by two different ones p itself has none."""
    x, y = ([(-1) ** r * part for r, part in enumerate(side)] for side in (one, two))
    xy = [(-1) ** r * part if same else 0.0 * part for r, part in enumerate(one[1:])]
    out = [xy[0] - x[0] * y[0]] if xy else []
    if len(xy) > 1:
        out.append(xy[1] - x[0] * y[1] - y[0] * x[1] - m[0] * xy[0] + 2 * x[0] * y[0] * m[0])
    if len(xy) > 2:
        out.append(
            xy[2]
            - x[0] * y[2]
            - y[0] * x[2]
            - 2 * m[0] * xy[1]
            - xy[0] * m[1]
            - 2 * x[1] * y[1]
            + 2 * (x[0] * y[0] * m[1] + 2 * x[0] * m[0] * y[1] + 2 * y[0] * m[0] * x[1] + m[0] ** 2 * xy[0])
            - 6 * x[0] * y[0] * m[0] ** 2
        )
    return out
