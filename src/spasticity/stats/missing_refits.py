"""The imputation model fitted again and again: without one participant each time, or to participants drawn anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spasticity.errors import MethodError
from spasticity.stats.mmrm_fitted import Fitted
from spasticity.stats.mmrm_model import likelihood_of, prepare
from spasticity.stats.mmrm_optimiser import maximum, near
from spasticity.stats.mmrm_panel import Panel, patterns

Array = NDArray[np.float64]
Codes = NDArray[np.intp]

#: Share of samples without a maximum above which the model is too large for the data.
FAILURES_ALLOWED = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Refit:
    """Parameters of the imputation model.

    Parameters
    ----------
    coefficients : ndarray, shape (p,)
    sigmas : ndarray, shape (groups, T, T)
        Covariance of the visits.
    """

    coefficients: Array
    sigmas: Array


def of_fit(fitted: Fitted) -> Refit:
    """Parameters of the fit itself.

    Parameters
    ----------
    fitted : Fitted

    Returns
    -------
    Refit
    """
    return Refit(fitted.coefficients, np.stack(fitted.sigmas))


def leaving_one_out(fitted: Fitted) -> Iterator[tuple[int, Refit]]:
    """The model without one participant, for each of them; a few Newton steps from the fit.

    Parameters
    ----------
    fitted : Fitted

    Yields
    ------
    participant : int
        Their code in `fitted.rows`.
    parameters : Refit
    """
    point, panel = fitted.optimum.point, fitted.panel
    model = point.likelihood
    for number, pattern in enumerate(panel.patterns):
        counts = model.counts.copy()
        counts[number] -= 1
        member = 0
        for block in panel.blocks(pattern):
            for z in block:
                fewer = replace(model, counts=counts, products=model.products.without(number, member, z))
                found = replace(fitted, optimum=near(fewer, point.theta))
                yield int(fitted.rows.participant[pattern.rows[member, 0]]), of_fit(found)
                member += 1


def drawn_anew(
    fitted: Fitted, codes: Codes, strata: Codes, samples: int, rng: np.random.Generator
) -> Iterator[tuple[Codes, Refit]]:
    """The model fitted to participants drawn with replacement within strata.

    Parameters
    ----------
    fitted : Fitted
    codes : ndarray of int, shape (n,)
        Code of each participant in `fitted.rows`; -1 for those without any outcome.
    strata : ndarray of int, shape (n,)
        Of the participants, such as their arm.
    samples : int
        How many.
    rng : Generator
        Source of randomness.

    Yields
    ------
    times : ndarray of int, shape (n,)
        How often each participant was drawn.
    parameters : Refit

    Raises
    ------
    MethodError
        When more than a tenth of the samples have no fit.
    """
    failures = 0
    for sample in range(samples):
        while True:
            people = _drawn(strata, rng)
            chosen = codes[people]
            try:
                found = of_fit(_fitted_to(fitted, chosen[chosen >= 0]))
            except MethodError as error:
                failures += 1
                if failures > max(5, FAILURES_ALLOWED * samples):
                    raise MethodError(
                        f"missing: {failures} samples of participants have no fit after {sample} that have; the "
                        "imputation model is too large for the data. Use a covariance with fewer parameters.",
                        error.state,
                    ) from error
                continue
            yield np.bincount(people, minlength=len(strata)), found
            break


def _drawn(strata: Codes, rng: np.random.Generator) -> Codes:
    parts = [np.flatnonzero(strata == stratum) for stratum in np.unique(strata)]
    return np.concatenate([rng.choice(part, len(part)) for part in parts])


def _fitted_to(fitted: Fitted, people: Codes) -> Fitted:
    """The same model for a sample of participants, who may be in it more than once."""
    rows, panel = fitted.rows, fitted.panel
    order = np.argsort(rows.participant, kind="stable")
    ends = np.cumsum(np.bincount(rows.participant, minlength=len(rows.people)))
    parts = [order[end - size : end] for end, size in zip(ends[people], np.diff(ends, prepend=0)[people], strict=True)]
    chosen = np.concatenate(parts)
    who = np.repeat(np.arange(len(people)), [len(part) for part in parts])
    weights = None if rows.weights is None else rows.weights[chosen]
    found = Panel.of(panel.X[chosen], panel.y[chosen], patterns(who, rows.visit[chosen], rows.group[chosen]), weights)
    prepared = prepare(rows, found, spatial=False)
    optimum = maximum(likelihood_of(fitted.covariance, rows, found, prepared, fitted.reml))
    return replace(fitted, panel=found, places=prepared.places, optimum=optimum)
