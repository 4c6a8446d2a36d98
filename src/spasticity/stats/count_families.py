"""Distributions of counts: the log-likelihood of each row and its derivatives by the predictor and the dispersion."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, polygamma, psi

from spasticity.stats.intercept_model import Derivatives

Array = NDArray[np.float64]

#: Stirling numbers of the second kind: how often r differentiated by its logarithm gives powers of r.
STIRLING = ((1,), (1, 1), (1, 3, 1), (1, 7, 6, 1))


#: From here on the terms of Stirling's series that are left out are below 1e-16.
STIRLING_FROM = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """A distribution of counts with the mean exp(eta).

    Parameters
    ----------
    name, words : str
        As an option, and ready for a caption.
    dispersed : bool
        Whether it has a dispersion; its logarithm is a further predictor of the likelihood.
    rows : callable
        `rows(y, eta, a, order, further)` gives the derivatives of each row, those by `a` when they are wanted.
    excess : callable
        `excess(mean)` is what the variance has beyond the mean for each unit of dispersion.
    lowest : float
        Dispersion below which the counts are as even as Poisson counts, for all that can be computed.
    """

    name: str
    words: str
    dispersed: bool
    rows: Callable[[Array, Array, Array, int, bool], Derivatives]
    excess: Callable[[Array], Array]
    lowest: float

    def variance(self, mean: Array, dispersion: float) -> Array:
        """Variance of counts with a mean.

        Parameters
        ----------
        mean : ndarray
        dispersion : float

        Returns
        -------
        ndarray
        """
        return mean + dispersion * self.excess(mean)


@dataclass(frozen=True, slots=True, eq=False)
class CountLikelihood:
    """The likelihood of observed counts, as `intercept_model.Likelihood` wants it.

    Parameters
    ----------
    family : Family
    y : ndarray of whole numbers, shape (n,)
    """

    family: Family
    y: Array

    def __call__(self, eta: Array, other: Sequence[Array], order: int, *, further: bool) -> Derivatives:
        """Derivatives of each row; see `intercept_model.Likelihood`."""
        a = other[0] if other else np.zeros(1)
        return self.family.rows(self.y.reshape((-1,) + (1,) * (eta.ndim - 1)), eta, a, order, further)


def poisson(y: Array, eta: Array, _a: Array, order: int, _further: bool) -> Derivatives:
    """Poisson: the variance is the mean.

    Parameters
    ----------
    y, eta : ndarray
    order : int

    Returns
    -------
    Derivatives
    """
    mean = np.exp(eta)
    return Derivatives([y * eta - mean - gammaln(y + 1), y - mean, -mean, -mean, -mean][: order + 1])


def quadratic(y: Array, eta: Array, a: Array, order: int, further: bool) -> Derivatives:
    """Negative binomial with the variance mean + alpha mean^2 (NB2); alpha = exp(a) = 1 / theta.

    What other programs write as differences of log-gamma functions is a sum over whole numbers here, so that no digit
    is lost when alpha comes near 0.

    Parameters
    ----------
    y : ndarray of whole numbers
    eta, a : ndarray
        `a` is the same for all rows.
    order : int
    further : bool
        Whether derivatives by `a` are wanted.

    Returns
    -------
    Derivatives

    References
    ----------
    .. [1] Lawless 1987, Canadian Journal of Statistics 15:209-225. [from memory]
    """
    alpha, mean = float(np.exp(a.flat[0])), np.exp(eta)
    sums = _sums(y, alpha)
    s = alpha * mean
    q = s / (1 + s)
    w, heavy, off = mean / (1 + s), 1 + alpha * y, y - mean
    log_term = np.log1p(s) / alpha
    q1 = q * (1 - q)
    q2, q3 = q1 * (1 - 2 * q), q1 * (1 - 6 * q1)
    pull = -heavy * w * (1 - q)  # second derivative by eta
    eta_parts = [
        sums[0] + y * eta - heavy * log_term - gammaln(y + 1),
        off / (1 + s),
        pull,
        pull * (1 - 2 * q),
        pull * (1 - 6 * q1),
    ]
    if not further:
        return Derivatives(eta_parts[: order + 1])
    first = [
        sums[1] + log_term - w - y * q,
        -off * q1,
        mean * q1 - off * q2,
        mean * q1 + 2 * mean * q2 - off * q3,
    ]
    second = [sums[2] - log_term + 2 * w + pull, -off * q2, mean * q2 - off * q3]
    return _upto(eta_parts, first, second, order)


def _sums(y: Array, alpha: float) -> list[Array]:
    """Sums over j < y of log(1 + alpha j) and of its derivatives by the logarithm of alpha."""
    steps = alpha * np.arange(int(y.max(initial=0)))
    below = y.astype(np.intp)
    parts = (np.log1p(steps), steps / (1 + steps), steps / (1 + steps) ** 2)
    return [np.append(0.0, np.cumsum(part))[below] for part in parts]


def linear(y: Array, eta: Array, a: Array, order: int, further: bool) -> Derivatives:
    """Negative binomial with the variance mean (1 + phi) (NB1); phi = exp(a).

    Parameters
    ----------
    y : ndarray of whole numbers
    eta, a : ndarray
    order : int
    further : bool

    Returns
    -------
    Derivatives

    References
    ----------
    .. [1] Cameron & Trivedi 1986, Journal of Applied Econometrics 1:29-53. [from memory]
    """
    phi, mean = float(np.exp(a.flat[0])), np.exp(eta)
    r, log_term, share = mean / phi, np.log1p(phi), phi / (1 + phi)
    rise, slope = _rise(y, r)
    parts = [r * slope, *(r ** (k + 1) * (polygamma(k, y + r) - polygamma(k, r)) for k in range(1, max(order, 1)))]
    value = rise + y * eta - gammaln(y + 1) - (r + y) * log_term
    by_eta = [
        sum((times * part for times, part in zip(STIRLING[k], parts, strict=False)), -r * log_term)
        for k in range(max(order, 1))
    ]
    if not further:
        return Derivatives([value, *by_eta][: order + 1])
    m = mean / (1 + phi)
    first = [-by_eta[0] + y * (1 - share) - m, *(-part - m for part in by_eta[1:])]
    second = [part + m + share * m for part in by_eta[1:]]
    if second:
        second[0] = second[0] - y * share * (1 - share)
    return _upto([value, *by_eta], first, second, order)


def _rise(y: Array, r: Array) -> tuple[Array, Array]:
    """Logarithm of Gamma(y + r) over Gamma(r), less y log r, and digamma(y + r) - digamma(r).

    Where r is large the differences are those of Stirling's series, term by term, since the functions themselves have
    lost the digits that are asked for.
    """
    x = y + r
    rise, slope = gammaln(x) - gammaln(r) - y * np.log(r), psi(x) - psi(r)
    ratio = np.log1p(y / r)
    powers = [x**-k - r**-k for k in range(7)]
    far_rise = (x - 0.5) * ratio - y + powers[1] / 12 - powers[3] / 360 + powers[5] / 1260
    far_slope = ratio - powers[1] / 2 - powers[2] / 12 + powers[4] / 120 - powers[6] / 252
    return np.where(r > STIRLING_FROM, far_rise, rise), np.where(r > STIRLING_FROM, far_slope, slope)


def _upto(eta: list[Array], first: list[Array], second: list[Array], order: int) -> Derivatives:
    """Derivatives of a total order up to `order`."""
    pairs = {(0, 0): second[: order - 1]} if order > 1 else {}
    return Derivatives(eta[: order + 1], [first[:order]], pairs)


POISSON = Family("poisson", "Poisson", False, poisson, np.zeros_like, 0.0)
QUADRATIC = Family("negative-binomial", "negative binomial (NB2)", True, quadratic, np.square, 1e-8)
LINEAR = Family(
    "negative-binomial-linear", "negative binomial with linear variance (NB1)", True, linear, np.positive, 1e-6
)
FAMILIES: Mapping[str, Family] = MappingProxyType({family.name: family for family in (QUADRATIC, LINEAR, POISSON)})
