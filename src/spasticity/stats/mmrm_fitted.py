"""What a mixed model says about its rows: fitted values, residuals, predictions and simulated outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.errors import one_of
from spasticity.stats.covariance import Spatial, Structure
from spasticity.stats.mmrm_optimiser import Optimum
from spasticity.stats.mmrm_panel import Panel, Pattern
from spasticity.stats.mmrm_rows import Measurements, times

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fitted:
    """A model at its maximum, with the rows it was fitted to.

    Parameters
    ----------
    rows : Measurements
    panel : Panel
    places : list of ndarray of int
        For each pattern the places of its visits in a covariance matrix.
    optimum : Optimum
    covariance : str
        Name of the covariance structure.
    reml : bool
    """

    rows: Measurements
    panel: Panel
    places: list[NDArray[np.intp]]
    optimum: Optimum
    covariance: str
    reml: bool

    @cached_property
    def coefficients(self) -> Array:
        """Coefficients on the scale of the data, (p,)."""
        return self.panel.b0 + self.panel.jacobian @ self.optimum.point.gamma

    @cached_property
    def log_likelihood(self) -> float:
        """Restricted or full log-likelihood."""
        return -(self.optimum.point.value + self.panel.constant(reml=self.reml)) / 2

    @cached_property
    def pattern_sigmas(self) -> list[Array]:
        """Covariance of the visits of each pattern, for weight 1."""
        point = self.optimum.point
        sigmas = point.likelihood.sigmas(point.theta) * self.panel.s**2
        return [sigma[np.ix_(place, place)] for sigma, place in zip(sigmas, self.places, strict=True)]

    @cached_property
    def _structures(self) -> list[tuple[Structure, Array]]:
        point = self.optimum.point
        model = point.likelihood
        return list(zip(model.structures, model.split(point.theta), strict=True))

    @cached_property
    def sigmas(self) -> list[Array]:
        """Covariance of all visits for each covariance group."""
        return [self.sigma_at(group, np.arange(len(self.rows.visits))) for group in range(len(self._structures))]

    def sigma_at(self, group: int, visits: NDArray[np.intp]) -> Array:
        """Covariance of some visits in a covariance group, (m, m), for weight 1."""
        shape, theta = self._structures[group]
        if isinstance(shape, Spatial):
            return self.sigma_between(group, times(self.rows)[visits])
        return shape.sigma(theta)[np.ix_(visits, visits)] * self.panel.s**2

    def sigma_between(self, group: int, when: Array) -> Array:
        """Spatial covariance of measurements at some times, (m, m), for weight 1."""
        shape, theta = self._structures[group]
        distances = np.abs(when[:, None] - when) ** shape.power if isinstance(shape, Spatial) else np.zeros((0, 0))
        return Spatial(distances, 1).sigma(theta) * self.panel.s**2

    @cached_property
    def values(self) -> Array:
        """Fitted values of the rows."""
        return self.rows.design.X @ self.coefficients

    @cached_property
    def raw(self) -> Array:
        """Observed minus fitted."""
        return self.rows.design.y - self.values

    @cached_property
    def _half_weights(self) -> Array:
        weights = self.rows.weights
        return np.ones(len(self.raw)) if weights is None else np.sqrt(weights)

    def residuals(self, kind: str) -> Array:
        """Residuals: `raw`, divided by their standard deviation (`pearson`), or uncorrelated (`normalized`)."""
        if kind == "raw":
            return self.raw
        out = self.raw * self._half_weights
        for pattern, sigma in zip(self.panel.patterns, self.pattern_sigmas, strict=True):
            if kind == "pearson":
                out[pattern.rows] /= np.sqrt(np.diag(sigma))
            else:
                out[pattern.rows] = np.linalg.solve(np.linalg.cholesky(sigma), out[pattern.rows].T).T
        return out

    def simulated(self, rng: np.random.Generator, draws: int) -> Array:
        """Outcomes drawn from the fitted model for the rows it was fitted to, (draws, N)."""
        noise = rng.standard_normal((draws, len(self.raw)))
        for pattern, sigma in zip(self.panel.patterns, self.pattern_sigmas, strict=True):
            noise[:, pattern.rows] = noise[:, pattern.rows] @ np.linalg.cholesky(sigma).T
        return self.values + noise / self._half_weights

    def conditional(self, participant: pd.Series, visit: pd.Series, mean: Array) -> Array:
        """Expected values given what was observed of the same participant; the mean for people not in the fit.

        Parameters
        ----------
        participant, visit : Series, shape (m,)
            Whose and of when the values are.
        mean : ndarray, shape (m,)
            Their expected values without knowing what was observed.

        Returns
        -------
        ndarray, shape (m,)
        """
        rows = self.rows
        who = pd.Index(rows.people).get_indexer(pd.Index(participant))
        out = mean.copy()
        for pattern in self.panel.patterns:
            people = rows.participant[pattern.rows[:, 0]]
            for asked in np.flatnonzero(np.isin(who, people)):
                seen = pattern.rows[np.flatnonzero(people == who[asked])[0]]
                sigma = self._joint(pattern, visit.iloc[asked])
                residual = self.raw[seen] * self._half_weights[seen]
                out[asked] += sigma[-1, :-1] @ np.linalg.solve(sigma[:-1, :-1], residual)
        return out

    def _joint(self, pattern: Pattern, visit: object) -> Array:
        """Covariance of a pattern's visits and one more, which is the last."""
        if isinstance(self._structures[0][0], Spatial):
            return self.sigma_between(pattern.group, np.append(times(self.rows)[pattern.visits], float(str(visit))))
        one_of("visit", visit, self.rows.visits)
        return self.sigma_at(pattern.group, np.append(pattern.visits, self.rows.visits.index(visit)))
