"""Models of counts fitted to arrays: coefficients and dispersion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from spasticity.errors import MethodError
from spasticity.stats.count_families import POISSON, CountLikelihood, Family
from spasticity.stats.intercept_model import Predictor
from spasticity.stats.row_likelihood import Maximum, maximum

Array = NDArray[np.float64]
Dispersion = Literal["adjusted", "likelihood"]

#: No adjusted dispersion is looked for beyond.
HIGHEST = 1e6


@dataclass(frozen=True, slots=True, eq=False)
class CountModel:
    """A fitted model of counts.

    Parameters
    ----------
    family : Family
    X : ndarray, shape (n, p)
    y, offset : ndarray, shape (n,)
    values : ndarray, shape (p,)
        Coefficients.
    dispersion : float
        0 where the counts vary no more than Poisson counts.
    log_likelihood : float
        With its constant.
    information : ndarray, shape (p, p) or (p + 1, p + 1)
        Observed; the logarithm of the dispersion is last where it was estimated by likelihood.
    poisson : float
        Log-likelihood of the Poisson model.
    """

    family: Family
    X: Array
    y: Array
    offset: Array
    values: Array
    dispersion: float
    log_likelihood: float
    information: Array
    poisson: float

    @property
    def mean(self) -> Array:
        """Fitted counts, shape (n,)."""
        return np.asarray(np.exp(self.X @ self.values + self.offset))

    @property
    def variance(self) -> Array:
        """Their variance, shape (n,)."""
        return self.family.variance(self.mean, self.dispersion)

    @property
    def pearson(self) -> float:
        """Pearson's chi-squared over its degrees of freedom: 1 where the variance is right."""
        squares = (self.y - self.mean) ** 2 / self.variance
        return float(squares.sum()) / (len(self.y) - self.X.shape[1])

    @property
    def whitened(self) -> tuple[Array, Array]:
        """Derivatives of the mean and residuals, over the standard deviation; shapes (n, p) and (n,)."""
        mean, sd = self.mean, np.sqrt(self.variance)
        return self.X * (mean / sd)[:, None], (self.y - mean) / sd

    @property
    def expected(self) -> Array:
        """Covariance of the coefficients from the expected information, the dispersion as if known, shape (p, p)."""
        rows, _ = self.whitened
        return np.asarray(np.linalg.inv(rows.T @ rows), dtype=np.float64)

    @property
    def observed(self) -> Array:
        """Covariance of the coefficients from the observed information, dispersion included, shape (p, p)."""
        p = len(self.values)
        return np.asarray(np.linalg.inv(self.information)[:p, :p], dtype=np.float64)


def fitted(X: Array, y: Array, offset: Array, family: Family, dispersion: Dispersion = "likelihood") -> CountModel:
    """Fit a model of counts.

    Parameters
    ----------
    X : ndarray, shape (n, p)
    y, offset : ndarray, shape (n,)
    family : Family
    dispersion : str
        How it is estimated: `likelihood`, or `adjusted`, by the likelihood corrected for having estimated the
        coefficients (Cox & Reid), as restricted likelihood does for a residual variance.

    Returns
    -------
    CountModel

    Raises
    ------
    MethodError
        No maximum of the likelihood.

    References
    ----------
    .. [1] Cox & Reid 1987, Journal of the Royal Statistical Society B 49:1-39. [from memory]
    """
    predictor = Predictor(X, np.arange(X.shape[1]), offset)
    even = maximum(CountLikelihood(POISSON, y), (predictor,), _start(X, y, offset))
    plain = CountModel(
        POISSON, X, y, offset, even.values, 0.0, even.log_likelihood, even.information, even.log_likelihood
    )  # fmt: skip
    if not family.dispersed:
        return plain
    a, found = (_adjusted if dispersion == "adjusted" else _by_likelihood)(plain, family, predictor)
    return CountModel(
        family, X, y, offset, found.values[: X.shape[1]], float(np.exp(a)), found.log_likelihood, found.information,
        plain.log_likelihood,
    )  # fmt: skip


def _start(X: Array, y: Array, offset: Array) -> Array:
    """Weighted least squares of log(count + 1/2)."""
    weight = np.sqrt(y + 0.5)
    return np.asarray(np.linalg.lstsq(X * weight[:, None], weight * (np.log(y + 0.5) - offset), rcond=None)[0])


def given_dispersion(family: Family, y: Array, predictor: Predictor, a: float, start: Array) -> Maximum:
    """Coefficients when the logarithm of the dispersion is known.

    Parameters
    ----------
    family : Family
    y : ndarray, shape (n,)
    predictor : Predictor
    a : float
        Minus infinity for none.
    start : ndarray, shape (p,)

    Returns
    -------
    Maximum
    """
    if not np.isfinite(a):
        return maximum(CountLikelihood(POISSON, y), (predictor,), start)
    known = Predictor(np.zeros((len(y), 0)), np.arange(0), np.full(len(y), a))
    return maximum(CountLikelihood(family, y), (predictor, known), start)


def _by_likelihood(plain: CountModel, family: Family, predictor: Predictor) -> tuple[float, Maximum]:
    """Coefficients and dispersion together; none where the likelihood does not rise from a dispersion of 0."""
    mean = plain.mean
    excess = family.excess(mean)
    if float(((excess / mean**2) * ((plain.y - mean) ** 2 - plain.y)).sum()) <= 0:
        return -np.inf, given_dispersion(family, plain.y, predictor, -np.inf, plain.values)
    start = np.log(max(_moment(plain.y, mean, family, plain.X.shape[1]), 1e-3))
    further = Predictor(np.ones((len(plain.y), 1)), np.array([len(plain.values)]))
    first = given_dispersion(family, plain.y, predictor, start, plain.values)
    found = maximum(CountLikelihood(family, plain.y), (predictor, further), np.append(first.values, start))
    return float(found.values[-1]), found


def _moment(y: Array, mean: Array, family: Family, p: int) -> float:
    """The dispersion with which Pearson's chi-squared is its degrees of freedom; 0 where none is needed."""

    def over(dispersion: float) -> float:
        return float(((y - mean) ** 2 / family.variance(mean, dispersion)).sum()) - (len(y) - p)

    if over(0.0) <= 0:
        return 0.0
    high = 1.0
    while over(high) > 0:
        high *= 10
    return float(brentq(over, 0.0, high, xtol=1e-14, rtol=1e-14))


def _adjusted(plain: CountModel, family: Family, predictor: Predictor) -> tuple[float, Maximum]:
    """The root of the adjusted score of the dispersion, coefficients at their maximum for each dispersion."""
    latest = plain.values

    def score(a: float) -> float:
        nonlocal latest
        found = given_dispersion(family, plain.y, predictor, a, latest)
        latest = found.values
        return _adjusted_score(family, plain, predictor, found, a)

    low = np.log(family.lowest)
    if score(low) <= 0:
        return -np.inf, given_dispersion(family, plain.y, predictor, -np.inf, plain.values)
    high = np.log(max(_moment(plain.y, plain.mean, family, plain.X.shape[1]), 1e-3))
    while score(high) > 0:
        low, high = high, high + 1
        if high > np.log(HIGHEST):
            raise MethodError("counts: the dispersion has no estimate; use family='quasi-poisson'.")
    a = float(brentq(score, low, high, xtol=1e-12, rtol=1e-13))
    return a, given_dispersion(family, plain.y, predictor, a, latest)


def _adjusted_score(family: Family, plain: CountModel, predictor: Predictor, found: Maximum, a: float) -> float:
    """Derivative by a of the profile likelihood less half the log determinant of the expected information."""
    X, eta = plain.X, predictor.at(found.values)
    rows = family.rows(plain.y, eta, np.array([a]), 2, True)
    mean, alpha = np.exp(eta), np.exp(a)
    excess = alpha * family.excess(mean)
    weight = mean**2 / (mean + excess)
    share = excess / (mean + excess)
    # The elasticity of the variance's excess by the mean is 2 for NB2 and 1 for NB1.
    power = 2.0 if family.name == "negative-binomial" else 1.0
    by_eta = weight * (2 - (1 - share) - power * share)
    by_a = -weight * share
    drift = np.linalg.solve(found.information, X.T @ rows.other[0][1])
    change = X.T @ ((by_a + by_eta * (X @ drift))[:, None] * X)
    return float(rows.other[0][0].sum()) - 0.5 * float(np.trace(np.linalg.solve(X.T @ (weight[:, None] * X), change)))
