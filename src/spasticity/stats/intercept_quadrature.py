"""Marginal likelihood of a model with a random intercept, with its exact gradient and Hessian."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.polynomial.hermite import hermgauss
from scipy import special

from spasticity.stats.intercept_model import Array, Derivatives, Model

#: A mode is found when its last step was this small; the step after it would be of the square of this.
STEP = 1e-7

#: Longest step of a mode, in standard deviations of the random intercept.
LONGEST = 2.0

#: Steps of a mode before it is given up.
MODE_STEPS = 200

#: Least curvature that a step of a mode assumes; only a likelihood that is not log-concave can have less than 1.
FLATTEST = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """A model at some values of its parameters.

    Parameters
    ----------
    values : ndarray, shape (P + 1,)
        Parameters, sigma last.
    log_likelihood : float
        Marginal, over the random intercepts.
    gradient : ndarray, shape (P + 1,)
    hessian : ndarray, shape (P + 1, P + 1)
        Second derivatives; NaN when they were not asked for.
    modes : ndarray, shape (N,)
        Conditional modes of v; those of the random intercepts are sigma times these.
    precision : ndarray, shape (N,)
        Minus the second derivative at the modes; conditional variance of v is 1 / precision.
    by_cluster : ndarray, shape (N,)
        Contribution of each cluster to the log-likelihood.
    """

    values: Array
    log_likelihood: float
    gradient: Array
    hessian: Array
    modes: Array
    precision: Array
    by_cluster: Array


@np.errstate(all="ignore")  # values too far off are told by their likelihood
def point(model: Model, values: Array, modes: Array | None = None, *, hessian: bool = False) -> Point | None:
    """Marginal log-likelihood with its exact gradient and, if wanted, its exact Hessian.

    Both are of the very approximation that is computed: they follow the nodes as these move with the parameters.

    Parameters
    ----------
    model : Model
    values : ndarray, shape (P + 1,)
        Parameters, sigma last; the sign of sigma does not matter.
    modes : ndarray, shape (N,), optional
        Where to begin looking for the modes.
    hessian : bool
        Whether second derivatives are wanted; the likelihood must know the fourth order then.

    Returns
    -------
    Point or None
        None where the likelihood is not defined, such as at thresholds out of order.

    Notes
    -----
    With h(v) the log of the integrand of a cluster, m its mode, d = -h''(m), s = d^(-1/2) and nodes v_k = m + s t_k,
    log L = log sum_k w_k exp(z_k^2 + h(v_k)) + log s - log(pi) / 2. The derivatives of m, d and s by the parameters
    follow from h'(m) = 0.

    References
    ----------
    .. [1] Pinheiro & Bates 1995, Journal of Computational and Graphical Statistics 4:12-35. [from memory]
    """
    eta = model.predictors[0].at(values)[:, None]
    other = [predictor.at(values)[:, None] for predictor in model.predictors[1:]]
    found = conditional_modes(model, eta, other, float(values[-1]), modes)
    if found is None:
        return None
    return _quadrature(model, values, eta, other, found, hessian)


def conditional_modes(
    model: Model, eta: Array, other: Sequence[Array], sigma: float, start: Array | None = None
) -> Array | None:
    """Where the integrand of each cluster is largest, for all clusters at once.

    Parameters
    ----------
    model : Model
    eta : ndarray, shape (n, 1)
    other : sequence of ndarray, shape (n, 1)
    sigma : float
    start : ndarray, shape (N,), optional

    Returns
    -------
    ndarray, shape (N,)
        None when the likelihood is not defined or a mode is not found.
    """
    clusters = model.clusters
    base = np.zeros(len(clusters.starts)) if start is None else start
    step, best = np.zeros(len(base)), np.full(len(base), -np.inf)
    for trial in range(MODE_STEPS):
        v = base + step
        rows = model.likelihood(eta + sigma * clusters.spread(v)[:, None], other, 2, further=False).eta
        value, first, second = (clusters.sum(part[:, 0]) for part in rows)
        height = value - v**2 / 2
        better = height >= best - 1e-10 * (1 + np.abs(best)) if trial else np.isfinite(height)
        if not trial and not better.all():
            return None if start is None else conditional_modes(model, eta, other, sigma)
        base, best = np.where(better, v, base), np.where(better, height, best)
        newton = (sigma * first - v) / np.maximum(1 - sigma**2 * second, FLATTEST)
        step = np.where(better, np.clip(newton, -LONGEST, LONGEST), step / 2)
        if better.all() and np.abs(step).max() < STEP:
            return base + step
    return None


def _quadrature(
    model: Model, values: Array, eta: Array, other: Sequence[Array], v: Array, hessian: bool
) -> Point | None:
    clusters, sigma = model.clusters, float(values[-1])
    mode = model.likelihood(eta + sigma * clusters.spread(v)[:, None], other, 4 if hessian else 3, further=True)
    d = 1 - sigma**2 * clusters.sum(mode.eta[2][:, 0])
    if not (d > 0).all():
        return None
    z, weights = hermgauss(model.nodes)
    places = v[:, None] + np.sqrt(2) * z / np.sqrt(d)[:, None]
    at_nodes = mode
    if model.nodes > 1:
        at_nodes = model.likelihood(eta + sigma * clusters.spread(places), other, 2 if hessian else 1, further=True)
    heights = clusters.sum(at_nodes.eta[0]) - places**2 / 2 + z**2 + np.log(weights)
    by_cluster = special.logsumexp(heights, axis=1) - np.log(d) / 2 - np.log(np.pi) / 2
    if not np.isfinite(by_cluster).all():
        return None
    shares = special.softmax(heights, axis=1)
    work = _Work(model, sigma, v, d, np.sqrt(2) * z, places, shares, mode, at_nodes)
    return Point(
        values=values,
        log_likelihood=float(by_cluster.sum()),
        gradient=work.gradient(),
        hessian=work.hessian() if hessian else np.full((len(values),) * 2, np.nan),
        modes=v,
        precision=d,
        by_cluster=by_cluster,
    )


class _Work:
    """What gradient and Hessian of one evaluation share; the letters are those of the notes of `point`."""

    def __init__(
        self,
        model: Model,
        sigma: float,
        v: Array,
        d: Array,
        t: Array,
        places: Array,
        shares: Array,
        mode: Derivatives,
        at_nodes: Derivatives,
    ) -> None:
        self.model, self.sigma, self.v, self.d, self.t = model, sigma, v, d, t
        self.places, self.shares, self.mode, self.at_nodes = places, shares, mode, at_nodes
        self.clusters = model.clusters
        self.L = [self.clusters.sum(part[:, 0]) for part in mode.eta]
        slope = sigma * self.clusters.sum(at_nodes.eta[1]) - places  # h'(v_k)
        self.slope, self.s = slope, d**-0.5
        self.C = np.sum(shares * slope * t, axis=1)
        self.kappa = -(self.C * self.s + 1) / (2 * d)  # d log L / d d, nodes following
        self.third = sigma**3 * self.L[3]  # h'''(m)
        self.c = (np.sum(shares * slope, axis=1) - self.kappa * self.third) / d
        self.parameters = int(max(predictor.places.max(initial=-1) for predictor in model.predictors)) + 1

    def gradient(self) -> Array:
        sigma, v, (_, L1, L2, L3, *_) = self.sigma, self.v, self.L
        total = np.zeros(self.parameters + 1)
        for number, predictor in enumerate(self.model.predictors):
            total[predictor.places] += predictor.matrix.T @ self._rows(
                self._expected(self.at_nodes.of(number, 0)),
                sigma * self.mode.of(number, 1)[:, 0],
                sigma**2 * self.mode.of(number, 2)[:, 0],
            )
        by_node = np.sum(self.shares * self.places * self.clusters.sum(self.at_nodes.eta[1]), axis=1)
        total[-1] = np.sum(by_node + self.c * (L1 + sigma * v * L2) - self.kappa * (2 * sigma * L2 + sigma**2 * v * L3))
        return total

    def hessian(self) -> Array:
        total = self._of_parameters()
        slopes = self._through_modes(total)
        self._through_nodes(total, *slopes)
        return (total + total.T) / 2

    def _expected(self, rows: Array) -> Array:
        """Values at the nodes, averaged by the nodes' shares, for each row."""
        return np.sum(self.clusters.spread(self.shares) * rows, axis=1)

    def _rows(self, nodes: Array, first: Array, second: Array) -> Array:
        return nodes + self.clusters.spread(self.c) * first - self.clusters.spread(self.kappa) * second

    def _of_parameters(self) -> Array:
        """Second derivatives by parameters where modes and nodes stand still."""
        sigma, v, (_, _, L2, L3, L4) = self.sigma, self.v, self.L
        total = np.zeros((self.parameters + 1,) * 2)
        predictors, spread = self.model.predictors, self.clusters.spread
        for a, first in enumerate(predictors):
            for b, second in list(enumerate(predictors))[a:]:
                known = self.mode.twice(a, b, 1), self.mode.twice(a, b, 2), self.at_nodes.twice(a, b, 0)
                if known[0] is None or known[1] is None or known[2] is None:
                    continue
                rows = self._rows(self._expected(known[2]), sigma * known[0][:, 0], sigma**2 * known[1][:, 0])
                block = first.matrix.T @ (rows[:, None] * second.matrix)
                total[np.ix_(first.places, second.places)] += block
                if a != b:
                    total[np.ix_(second.places, first.places)] += block.T
            D1, D2, D3 = (self.mode.of(a, r)[:, 0] for r in (1, 2, 3))
            nodes = self._expected(spread(self.places) * self.at_nodes.of(a, 1))
            at = spread(v)
            rows = self._rows(nodes, D1 + sigma * at * D2, 2 * sigma * D2 + sigma**2 * at * D3)
            total[first.places, -1] += first.matrix.T @ rows
            total[-1, first.places] += first.matrix.T @ rows
        by_node = np.sum(self.shares * self.places**2 * self.clusters.sum(self.at_nodes.eta[2]), axis=1)
        total[-1, -1] = np.sum(
            by_node
            + self.c * (2 * v * L2 + sigma * v**2 * L3)
            - self.kappa * (2 * L2 + 4 * sigma * v * L3 + sigma**2 * v**2 * L4)
        )
        return total

    def _by_parameter(self, rows: Sequence[Array], last: Array) -> Array:
        """Sums within clusters of row derivatives times the predictors' columns; the column of sigma is given."""
        out = np.zeros((len(self.v), self.parameters + 1))
        for part, predictor in zip(rows, self.model.predictors, strict=True):
            out[:, predictor.places] += self.clusters.sum(part[:, None] * predictor.matrix)
        out[:, -1] = last
        return out

    def _through_modes(self, total: Array) -> tuple[Array, Array]:
        """Adds what comes from modes that move; gives the derivatives of m and of s."""
        sigma, v, d, (_, L1, L2, L3, L4) = self.sigma, self.v, self.d, self.L
        count = range(len(self.model.predictors))
        first, second, third = (
            self._by_parameter([sigma**r * self.mode.of(a, r)[:, 0] for a in count], last)
            for r, last in (
                (1, L1 + sigma * v * L2),
                (2, 2 * sigma * L2 + sigma**2 * v * L3),
                (3, 3 * sigma**2 * L3 + sigma**3 * v * L4),
            )
        )
        m = first / d[:, None]
        off = -(self.third[:, None] * m + second)
        s = -0.5 * self.s[:, None] ** 3 * off
        total += _crossed(m, self.c * self.third - self.kappa * sigma**4 * L4, m)
        half = _crossed(self.c[:, None] * second - self.kappa[:, None] * third, 1, m)
        total += half + half.T + _crossed(off, 0.75 * self.C * self.s**5 + 0.5 * self.s**4, off)
        return m, s

    def _through_nodes(self, total: Array, m: Array, s: Array) -> None:
        sigma, count = self.sigma, range(len(self.model.predictors))
        L1, L2 = (self.clusters.sum(self.at_nodes.eta[r]) for r in (1, 2))
        curve = sigma**2 * L2 - 1
        mean = np.zeros_like(m)
        for k, t in enumerate(self.t):
            share, place = self.shares[:, k], self.places[:, k]
            score = self._by_parameter([self.at_nodes.of(a, 0)[:, k] for a in count], place * L1[:, k])
            mixed = self._by_parameter(
                [sigma * self.at_nodes.of(a, 1)[:, k] for a in count], L1[:, k] + sigma * place * L2[:, k]
            )
            moved = m + t * s
            score += self.slope[:, k, None] * moved
            half = _crossed(mixed, share, moved)
            total += half + half.T + _crossed(moved, share * curve[:, k], moved) + _crossed(score, share, score)
            mean += share[:, None] * score
        total -= mean.T @ mean


def _crossed(left: Array, weights: Array | float, right: Array) -> Array:
    return left.T @ (np.reshape(weights, (-1, 1)) * right)
