"""Likelihood ratios of a model of counts, and the intervals they make."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, stats
from scipy.optimize import brentq

from spasticity.errors import MethodError
from spasticity.stats.count_maximum import CountModel, fitted

Array = NDArray[np.float64]

#: A limit farther from the estimate than this many standard errors is none.
FARTHEST = 60.0


def deviance(model: CountModel, L: Array, value: Array) -> float:
    """Twice the log-likelihood that is lost when L @ coefficients must be a value.

    Everything is by maximum likelihood, whatever way the dispersion of the fit was estimated.

    Parameters
    ----------
    model : CountModel
    L : ndarray, shape (q, p)
        Independent rows.
    value : ndarray, shape (q,)

    Returns
    -------
    float
    """
    return max(0.0, 2 * (_best(model) - _restricted(model, L, value)))


def profile(model: CountModel, L: Array, level: float) -> dict[str, float]:
    """A log ratio with its likelihood-ratio test of 0 and its profile-likelihood interval, as a ratio.

    Parameters
    ----------
    model : CountModel
    L : ndarray, shape (1, p)
    level : float

    Returns
    -------
    dict
        `estimate, link_estimate, statistic, p_value, conf_low, conf_high`; a limit that is not finite is missing.
    """
    free = _likelihood_fit(model)
    estimate = float((L @ free.values)[0])
    error = float(np.sqrt((L @ free.observed @ L.T)[0, 0]))
    chi2 = deviance(model, L, np.zeros(1))
    low, high = (_limit(model, L, estimate, side * error, level) for side in (-1, 1))
    return {
        "estimate": float(np.exp(estimate)),
        "link_estimate": estimate,
        "statistic": float(np.sign(estimate)) * chi2**0.5,
        "p_value": float(stats.chi2.sf(chi2, 1)),
        "conf_low": float(np.exp(low)),
        "conf_high": float(np.exp(high)),
    }


def _limit(model: CountModel, L: Array, estimate: float, step: float, level: float) -> float:
    bound = float(stats.chi2.isf(1 - level, 1))

    def off(steps: float) -> float:
        return deviance(model, L, np.array([estimate + steps * step])) - bound

    high = 3.0
    while off(high) < 0:
        high *= 2
        if high > FARTHEST:
            return np.nan
    return estimate + step * float(brentq(off, 0.0, high, xtol=1e-10))


def _likelihood_fit(model: CountModel) -> CountModel:
    return fitted(model.X, model.y, model.offset, model.family)


def _best(model: CountModel) -> float:
    return _likelihood_fit(model).log_likelihood


def _restricted(model: CountModel, L: Array, value: Array) -> float:
    """Log-likelihood with L @ coefficients at a value: a model with fewer columns and another offset."""
    shift = np.linalg.lstsq(L, value, rcond=None)[0]
    X = model.X @ linalg.null_space(L)
    if not X.shape[1]:
        raise MethodError("likelihood ratio: a model without any other coefficient cannot be fitted.")
    return fitted(X, model.y, model.offset + model.X @ shift, model.family).log_likelihood
