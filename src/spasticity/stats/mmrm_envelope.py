"""Where ordered residuals lie when a mixed model holds, found by fitting it again to outcomes drawn from it."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.errors import MethodError, one_of
from spasticity.stats.covariance import SPATIAL
from spasticity.stats.mmrm_fitted import Fitted
from spasticity.stats.mmrm_model import likelihood_of, prepare
from spasticity.stats.mmrm_optimiser import maximum
from spasticity.stats.mmrm_panel import Panel
from spasticity.stats.quantile_bands import Band, beside_normal, normal_quantiles

Array = NDArray[np.float64]
ResidualBand = Literal[Band, "refitted"]
RESIDUAL_BANDS = ("simultaneous", "pointwise", "refitted")
FEWEST_DRAWS = 39  # with fewer, the 2.5 % quantile at each place is the most extreme draw


def residual_quantiles(
    fitted: Fitted, residuals: pd.Series, band: ResidualBand, level: float, rng: np.random.Generator | None, draws: int
) -> pd.DataFrame:
    """Ordered normalized residuals beside normal quantiles, with a band.

    Parameters
    ----------
    fitted : Fitted
    residuals : Series, shape (N,)
        Normalized.
    band, level, rng, draws
        As for `quantiles` of a fit.

    Returns
    -------
    DataFrame
        As of `stats.normal_quantiles`.
    """
    one_of("band", band, RESIDUAL_BANDS)
    if band != "refitted":
        return normal_quantiles(residuals, band=band, level=level)
    low, high = refitted_band(fitted, rng, draws, level)
    return beside_normal(residuals.sort_values(kind="stable"), low, high).assign(band=band, level=level)


def refitted_band(fitted: Fitted, rng: np.random.Generator | None, draws: int, level: float) -> tuple[Array, Array]:
    """Limits within which all ordered normalized residuals of a fit stay with a given probability.

    Parameters
    ----------
    fitted : Fitted
    rng : Generator
        Source of randomness.
    draws : int
        How many times outcomes are drawn and fitted.
    level : float
        Probability.

    Returns
    -------
    low, high : ndarray, shape (N,)

    Raises
    ------
    MethodError
        No source of randomness, or too few draws for the level.
    """
    if rng is None:
        raise MethodError("quantiles: band='refitted' draws outcomes; pass rng=np.random.default_rng(a number).")
    if not 0 < level < 1 or ceil(level * (draws + 1)) > draws or draws < FEWEST_DRAWS:
        raise MethodError(f"quantiles: level={level:g} is not to be had from {draws} draws; 199 are usual for 0.95.")
    samples = [refitted(fitted, y).residuals("normalized") for y in fitted.simulated(rng, draws)]
    return envelope(np.sort(samples, axis=1), level)


def refitted(fitted: Fitted, y: Array) -> Fitted:
    """The same model, fitted to other outcomes of the same rows.

    Parameters
    ----------
    fitted : Fitted
    y : ndarray, shape (N,)

    Returns
    -------
    Fitted
    """
    rows = replace(fitted.rows, design=replace(fitted.rows.design, y=y))
    panel = Panel.of(rows.design.X, y, fitted.panel.patterns, rows.weights)
    prepared = prepare(rows, panel, fitted.covariance in SPATIAL)
    optimum = maximum(likelihood_of(fitted.covariance, rows, panel, prepared, fitted.reml))
    return Fitted(rows, panel, prepared.places, optimum, fitted.covariance, fitted.reml)


def envelope(samples: Array, level: float) -> tuple[Array, Array]:
    """The band that a share of curves stays in as a whole; its width follows the spread at each place and side.

    Parameters
    ----------
    samples : ndarray, shape (draws, N)
        One curve per row.
    level : float
        Share.

    Returns
    -------
    low, high : ndarray, shape (N,)

    References
    ----------
    .. [1] Myllymaki et al. 2017, J R Stat Soc B 79:381-404, doi:10.1111/rssb.12172: directional quantiles.
    """
    below, middle, above = np.quantile(samples, [0.025, 0.5, 0.975], axis=0)
    distance = np.maximum((samples - middle) / (above - middle), (middle - samples) / (middle - below)).max(axis=1)
    far = np.sort(distance)[ceil(level * (len(samples) + 1)) - 1]
    return middle - far * (middle - below), middle + far * (above - middle)
