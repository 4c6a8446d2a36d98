"""Cumulative link models, with and without a random intercept, fitted by maximum likelihood."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize, stats

from spasticity.errors import MethodError, listed
from spasticity.stats.cumulative_likelihood import Cumulative
from spasticity.stats.cumulative_links import Link
from spasticity.stats.intercept_model import Array, Clusters, Model, Predictor
from spasticity.stats.newton import Place, climbed, held
from spasticity.stats.ordinal_rows import Grades
from spasticity.stats.random_intercept import Fit, evaluator, maximised
from spasticity.wording import plural

#: A predictor whose effect has a standard error above this, per standard deviation of the predictor, has no finite
#: effect: a log odds of 100 is a probability of 1 to more digits than there are.
SEPARATED = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated:
    """A likelihood without random effects at one place."""

    values: Array
    log_likelihood: float
    gradient: Array
    hessian: Array


@dataclass(frozen=True, slots=True, eq=False)
class Estimated:
    """A fitted model of grades.

    Parameters
    ----------
    grades : Grades
    link : Link
    values : ndarray, shape (P,)
        Parameters in the order of `grades.names`; with a random intercept its standard deviation is last.
    covariance : ndarray, shape (P, P)
    log_likelihood : float
    iterations : int
    evaluate : callable
        As `newton` takes it.
    place : Place
        The maximum.
    mixed : Fit, optional
        With a random intercept.
    without : float
        The log-likelihood without the random intercept.
    """

    grades: Grades
    link: Link
    values: Array
    covariance: Array
    log_likelihood: float
    iterations: int
    evaluate: Callable[[Array, Any], Any]
    place: Place
    mixed: Fit | None = None
    without: float = float("nan")

    def signed_root(self, place: int) -> float:
        """Root of the likelihood ratio of a parameter against 0, with the sign of the estimate."""
        if self.values[place] == 0:
            return 0.0
        found = held(self.evaluate, self.place, place, 0.0, "profile")
        ratio = max(2 * (self.log_likelihood - found.log_likelihood), 0.0)
        return float(np.copysign(np.sqrt(ratio), self.values[place]))


def fixed(grades: Grades, link: Link, columns: Array | None = None) -> Estimated:
    """A cumulative link model.

    Parameters
    ----------
    grades : Grades
    link : Link
    columns : ndarray, shape (n, q), optional
        Other columns instead of those with one effect; for comparisons of models.

    Returns
    -------
    Estimated

    Raises
    ------
    MethodError
        Separation, or no convergence.
    """
    predictors = _predictors(grades, columns)
    evaluate = _without(_likelihood(grades, link), predictors)
    place, iterations = climbed(evaluate, _start(grades, link, predictors), "ordinal")
    if columns is None:
        _refuse_separation(grades, place)
    return Estimated(
        grades, link, place.values, _inverse(-place.hessian), place.log_likelihood, iterations, evaluate, place
    )


def mixed(grades: Grades, link: Link, clusters: Clusters, nodes: int, columns: Array | None = None) -> Estimated:
    """A cumulative link model with a random intercept.

    Parameters
    ----------
    grades : Grades
        Rows of one participant stand together.
    link : Link
    clusters : Clusters
    nodes : int
        1 for the Laplace approximation.
    columns : ndarray, optional
        As for `fixed`.

    Returns
    -------
    Estimated

    Raises
    ------
    MethodError
        Separation, or no convergence.
    """
    predictors = _predictors(grades, columns)
    likelihood = _likelihood(grades, link)
    start, _ = climbed(_without(likelihood, predictors), _start(grades, link, predictors), "ordinal_mixed")
    if columns is None:
        _refuse_separation(grades, start)
    model = Model(likelihood, predictors, clusters, nodes)
    fit = maximised(model, np.r_[start.values, 1.0], where="ordinal_mixed")
    return Estimated(
        grades,
        link,
        np.r_[fit.values, fit.sigma],
        fit.covariance,
        fit.log_likelihood,
        fit.iterations,
        evaluator(model),
        fit.at,
        fit,
        start.log_likelihood,
    )


def again(fit: Estimated, grades: Grades, columns: Array | None = None) -> Estimated:
    """The same kind of model with other terms.

    Parameters
    ----------
    fit : Estimated
    grades : Grades
        The same rows.
    columns : ndarray, optional
        As for `fixed`.

    Returns
    -------
    Estimated
    """
    if fit.mixed is None:
        return fixed(grades, fit.link, columns)
    return mixed(grades, fit.link, fit.mixed.model.clusters, fit.mixed.model.nodes, columns)


def profile_limits(fit: Estimated, place: int, level: float) -> tuple[float, float]:
    """Values of one parameter that a likelihood-ratio test does not reject.

    Parameters
    ----------
    fit : Estimated
    place : int
        The parameter.
    level : float

    Returns
    -------
    low, high : float
        Infinite when the likelihood stays above its limit; missing when it cannot be followed there.

    References
    ----------
    .. [1] Venzon & Moolgavkar 1988, Applied Statistics 37:87-94. [from memory]
    """
    target = float(stats.chi2.ppf(level, 1))
    centre, spread = fit.place.values[place], float(np.sqrt(fit.covariance[place, place]))

    def side(sign: int) -> float:
        before = [fit.place]

        def off(distance: float) -> float:
            if distance == 0:
                return -target
            found = held(fit.evaluate, before[0], place, centre + sign * distance * spread, "profile")
            before[0] = found
            return 2 * (fit.log_likelihood - found.log_likelihood) - target

        far = float(np.sqrt(target))
        for _ in range(8):
            if off(far) > 0:
                break
            far *= 1.7
        else:
            return sign * float("inf")
        return float(centre + sign * spread * optimize.brentq(off, 0.0, far, xtol=1e-9, rtol=1e-12))

    limits = []
    for sign in (-1, 1):
        try:
            limits.append(side(sign))
        except MethodError:
            limits.append(float("nan"))
    return limits[0], limits[1]


def _likelihood(grades: Grades, link: Link) -> Cumulative:
    return Cumulative(link, grades.codes == 0, grades.codes == len(grades.cuts), grades.weights)


def _predictors(grades: Grades, columns: Array | None) -> tuple[Predictor, ...]:
    eta, upper, lower = grades.predictors()
    if columns is not None:
        start = grades.size - len(grades.shared)
        eta = Predictor(columns, np.arange(start, start + columns.shape[1]))
    return eta, upper, lower


def _without(
    likelihood: Cumulative, predictors: Sequence[Predictor]
) -> Callable[[Array, Evaluated | None], Evaluated | None]:
    size = max(int(predictor.places.max(initial=-1)) for predictor in predictors) + 1

    def evaluate(values: Array, before: Evaluated | None) -> Evaluated | None:  # noqa: ARG001
        eta, upper, lower = (predictor.at(values) for predictor in predictors)
        found = likelihood(eta, [upper, lower], 2, further=True)
        total = float(found.eta[0].sum())
        if not np.isfinite(total):
            return None
        gradient, hessian = np.zeros(size), np.zeros((size, size))
        for a, first in enumerate(predictors):
            gradient[first.places] += first.matrix.T @ found.of(a, 0)
            for b, second in list(enumerate(predictors))[a:]:
                rows = found.twice(a, b, 0)
                if rows is not None:
                    block = first.matrix.T @ (rows[:, None] * second.matrix)
                    hessian[np.ix_(first.places, second.places)] += block
                    if a != b:
                        hessian[np.ix_(second.places, first.places)] += block.T
        return Evaluated(values, total, gradient, hessian)

    return evaluate


def _start(grades: Grades, link: Link, predictors: Sequence[Predictor]) -> Array:
    """Thresholds from the shares of all rows, effects 0."""
    counts = np.bincount(grades.codes, weights=grades.weights, minlength=len(grades.categories))
    size = max(int(predictor.places.max(initial=-1)) for predictor in predictors) + 1
    start = np.zeros(size)
    start[: len(grades.cuts)] = link.quantile(np.cumsum(counts)[:-1] / counts.sum())
    return start


def _inverse(information: Array) -> Array:
    try:
        return np.asarray(np.linalg.inv(information), dtype=np.float64)
    except np.linalg.LinAlgError as error:
        raise MethodError("ordinal: the likelihood is flat at its maximum, so there are no standard errors.") from error


def _refuse_separation(grades: Grades, place: Place) -> None:
    """An effect without bound shows as an information of nearly nothing."""
    spread = np.ones(grades.size)
    edges = len(grades.cuts)
    spread[edges : edges * (1 + len(grades.free))] = np.repeat(grades.design.X[:, grades.free].std(axis=0), edges)
    spread[grades.size - len(grades.shared) :] = grades.design.X[:, grades.shared].std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    information = -place.hessian / np.outer(scale, scale)
    roots, axes = np.linalg.eigh(information)
    weak = roots < SEPARATED**-2
    if not weak.any():
        return
    share = (axes[:, weak] ** 2).sum(axis=1)
    named = [name for name, part in zip(grades.names, share, strict=True) if part > 0.05]
    raise MethodError(
        f"ordinal: the effect of {plural(len(named), 'parameter')} has no bound, first `{named[0]}` (separation: a "
        f"level or value of a predictor goes with one grade only); among {listed(named[:6], 'and')}. Leave the term "
        "out, join levels or grades, or compare the groups by `stats.rank_sum`.",
        {"values": place.values, "log_likelihood": place.log_likelihood, "gradient": place.gradient},
    )
