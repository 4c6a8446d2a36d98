"""Sets of outcomes without gaps: what is drawn, and how gaps are filled from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.stats.missing_grid import Grid
from spasticity.stats.missing_refits import Refit
from spasticity.stats.missing_strategies import assumed_covariance
from spasticity.stats.mmrm_result import Mmrm

Array = NDArray[np.float64]
Codes = NDArray[np.intp]
Method = Literal["jackknife", "bootstrap", "multiple"]


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Draws:
    """Parameters of the imputation model, the fit's own first.

    Parameters
    ----------
    grid : Grid
    model : Mmrm
        The fit.
    method : str
        `jackknife`, `bootstrap` or `multiple`.
    parameters : tuple of Refit
        D of them.
    times : ndarray, shape (D, n)
        How often each participant is in each sample.
    covariance_by : str, optional
        Column whose levels have a covariance each.
    """

    grid: Grid
    model: Mmrm
    method: Method
    parameters: tuple[Refit, ...]
    times: Array
    covariance_by: str | None


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Imputed:
    """Outcomes without gaps, one set for each draw.

    Parameters
    ----------
    draws : Draws
    strategy : str
    values : ndarray, shape (D, n, T)
        What was observed is as it was.
    """

    draws: Draws
    strategy: str
    values: Array

    def frame(self, draw: int = 0) -> pd.DataFrame:
        """One set of outcomes as a table.

        Parameters
        ----------
        draw : int
            0 is the one of the fit itself.

        Returns
        -------
        DataFrame
            Every participant at every visit, with a column `imputed`.
        """
        grid = self.draws.grid
        filled = {grid.outcome: self.values[draw].ravel(), "imputed": np.isnan(grid.observed).ravel()}
        return grid.frame.assign(**filled)


def expected(model: Draws, arm: str | None) -> Array:
    """Expected outcomes for each draw; everybody in one arm when one is named.

    Parameters
    ----------
    model : Draws
    arm : str, optional

    Returns
    -------
    ndarray, shape (D, n, T)
    """
    frame = model.grid.frame
    if arm is not None:
        named = frame[model.grid.arm]
        frame = frame.assign(**{model.grid.arm: pd.Series(arm, index=named.index).astype(named.dtype)})
    X = model.model.fitted.rows.design.rows_for(frame)
    coefficients = np.stack([parameters.coefficients for parameters in model.parameters])
    return (coefficients @ X.T).reshape(len(coefficients), *model.grid.observed.shape)


def filled(model: Draws, strategy: str, reference: str | None, mean: Array, rng: np.random.Generator | None) -> Array:
    """Conditional means of what is missing given what was observed; with `rng` drawn from around them.

    Parameters
    ----------
    model : Draws
    strategy : str
    reference : str, optional
        Arm whose covariance is taken where arms have one each.
    mean : ndarray, shape (D, n, T)
        What the strategy assumes.
    rng : Generator, optional

    Returns
    -------
    ndarray, shape (D, n, T)
    """
    observed = model.grid.observed
    sigmas = np.stack([parameters.sigmas for parameters in model.parameters])  # (D, groups, T, T)
    own, other = _covariance_groups(model, reference)
    event = np.where(own == other, observed.shape[1], model.grid.event)  # one covariance stays what it is
    values = np.where(np.isnan(observed), mean, observed)
    key = np.column_stack([own, other, event, np.isnan(observed)])
    for kind in np.unique(key, axis=0):
        gap = kind[3:].astype(bool)
        people = np.flatnonzero((key == kind).all(axis=1))
        if not gap.any():
            continue
        S = assumed_covariance(strategy, sigmas[:, kind[0]], sigmas[:, kind[1]], int(kind[2]))
        slope = S[:, gap][:, :, ~gap] @ np.linalg.inv(S[:, ~gap][:, :, ~gap])
        residual = (observed[people] - mean[:, people])[:, :, ~gap]
        fill = mean[:, people][:, :, gap] + residual @ slope.swapaxes(1, 2)
        if rng is not None:
            rest = np.linalg.cholesky(S[:, gap][:, :, gap] - slope @ S[:, ~gap][:, :, gap])
            fill = fill + rng.standard_normal(fill.shape) @ rest.swapaxes(1, 2)
        values[np.ix_(np.arange(len(values)), people, np.flatnonzero(gap))] = fill
    return values


def _covariance_groups(model: Draws, reference: str | None) -> tuple[Codes, Codes]:
    """Covariance group of each participant, and of the reference arm where arms have covariances of their own."""
    grid, name = model.grid, model.covariance_by
    own = np.zeros(len(grid.people), dtype=np.intp)
    if name is None:
        return own, own
    groups = model.model.fitted.rows.groups
    own = pd.Index(groups).get_indexer(pd.Index(grid.frame[name].iloc[:: len(grid.visits)]))
    if name != grid.arm or reference is None:
        return own, own
    return own, np.full_like(own, groups.index(reference))
