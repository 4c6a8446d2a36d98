"""From rows and the name of a covariance to its likelihood; what cannot be estimated is refused before it is tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spasticity.errors import MethodError, listed
from spasticity.stats.covariance import SPATIAL, Spatial, Structure, structure
from spasticity.stats.mmrm_likelihood import Likelihood
from spasticity.stats.mmrm_panel import Panel, Pattern
from spasticity.stats.mmrm_products import Products, products
from spasticity.stats.mmrm_rows import Measurements, times
from spasticity.wording import plural

#: Rounding of a length of one.
OWN = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Cross-products in the places of one kind of covariance matrix; positional structures share them.

    Parameters
    ----------
    products : Products
    places : list of ndarray of int
        For each pattern the places of its visits in a T x T covariance matrix.
    mask : ndarray of bool, shape (G, T)
        The same as a table.
    """

    products: Products
    places: list[NDArray[np.intp]]
    mask: NDArray[np.bool_]


def prepare(rows: Measurements, panel: Panel, spatial: bool) -> Prepared:
    """Form the cross-products of a panel.

    Parameters
    ----------
    rows : Measurements
    panel : Panel
    spatial : bool
        Whether the covariance depends on times, so that each pattern has a matrix of its own.

    Returns
    -------
    Prepared
    """
    sizes = [len(pattern.visits) for pattern in panel.patterns]
    places = [
        np.arange(size) if spatial else pattern.visits for size, pattern in zip(sizes, panel.patterns, strict=True)
    ]
    T = max(sizes) if spatial else len(rows.visits)
    mask = np.zeros((len(places), T), dtype=bool)
    for number, place in enumerate(places):
        mask[number, place] = True
    return Prepared(products(panel, places, T), places, mask)


def likelihood_of(name: str, rows: Measurements, panel: Panel, prepared: Prepared, reml: bool) -> Likelihood:
    """The likelihood of a covariance structure.

    Parameters
    ----------
    name : str
        One of `COVARIANCES`.
    rows : Measurements
    panel : Panel
    prepared : Prepared
    reml : bool

    Returns
    -------
    Likelihood
    """
    group = np.array([pattern.group for pattern in panel.patterns])
    structures: list[Structure]
    if name in SPATIAL:
        distances = _distances(times(rows), panel, prepared) ** SPATIAL[name]
        structures = [Spatial(distances[group == g], SPATIAL[name]) for g in range(len(rows.groups))]
    else:
        structures = [structure(name, len(rows.visits))] * len(rows.groups)
    counts = np.array([len(pattern) for pattern in panel.patterns], dtype=np.float64)
    return Likelihood(prepared.products, counts, group, prepared.mask, structures, reml)


def _distances(when: NDArray[np.float64], panel: Panel, prepared: Prepared) -> NDArray[np.float64]:
    """Time between the measurements of each pattern; places without one are at distance 0."""
    T = prepared.mask.shape[1]
    out = np.zeros((len(panel.patterns), T, T))
    for number, pattern in enumerate(panel.patterns):
        t = when[pattern.visits]
        out[number, : len(t), : len(t)] = np.abs(t[:, None] - t)
    return out


def check_identified(name: str, rows: Measurements, panel: Panel) -> None:
    """Refuse a covariance some part of which nobody's data can tell.

    Parameters
    ----------
    name : str
        One of `COVARIANCES`.
    rows : Measurements
    panel : Panel

    Raises
    ------
    MethodError
        Too few participants, nobody with two visits, or visits that nobody had (both of).
    """
    several = len(rows.visits) > 1 or name in SPATIAL
    if panel.participants < 2 or (several and all(len(pattern.visits) == 1 for pattern in panel.patterns)):
        raise MethodError(
            f"mmrm: {plural(panel.participants, 'participant')}, and {plural(len(rows.visits), 'visit')} with at most "
            f"{plural(max(len(pattern.visits) for pattern in panel.patterns), 'row')} of each; a covariance needs "
            "several participants, and some with several visits. For one row each use `stats.ancova`."
        )
    free = name == "unstructured" or name.endswith("heterogeneous")
    values = [panel.y[rows.visit == t] for t in range(len(rows.visits))] if free else []
    still = [t for t, outcome in enumerate(values) if len(outcome) > 1 and np.ptp(outcome) == 0]
    if still:
        raise MethodError(
            f"mmrm: the outcome is the same for everybody at {listed([rows.visits[t] for t in still], 'and')}, such as "
            "a change from baseline at the baseline visit; it has no variance there. Leave such visits out."
        )
    for group, label in enumerate(rows.groups):
        among = "" if label is None else f" in group {group + 1} of `covariance_by`"
        members = [pattern for pattern in panel.patterns if pattern.group == group]
        if free:
            _check_pairs(name, members, rows.visits, among)


def _check_pairs(name: str, members: list[Pattern], visits: list[Any], among: str) -> None:
    """Every visit was observed; for an unstructured covariance every pair of them, by enough people."""
    pairs = np.zeros((len(visits), len(visits)))
    for pattern in members:
        pairs[np.ix_(pattern.visits, pattern.visits)] += len(pattern)
    unseen = [visits[t] for t in np.flatnonzero(np.diag(pairs) == 0)]
    if unseen:
        raise MethodError(
            f"mmrm: no one{among} was observed at {listed(unseen, 'and')}, so covariance='{name}' cannot be estimated "
            "there. Use a homogeneous covariance or leave the visit out."
        )
    if name != "unstructured":
        return
    people = sum(len(pattern) for pattern in members)
    if people <= len(visits):
        raise MethodError(
            f"mmrm: {plural(people, 'participant')}{among} for {plural(len(visits), 'visit')}; an unstructured "
            "covariance needs more participants than visits. Use a covariance with fewer parameters."
        )
    apart = np.argwhere(np.triu(pairs == 0))
    if len(apart):
        a, b = apart[0]
        raise MethodError(
            f"mmrm: no one{among} was observed at both `{visits[a]}` and `{visits[b]}`, so an unstructured covariance "
            "cannot be estimated. Use a covariance with fewer parameters."
        )


def saturated(rows: Measurements, panel: Panel) -> str:
    """Why a fit failed, as far as the design tells: visits that have a coefficient for every row.

    Parameters
    ----------
    rows : Measurements
    panel : Panel

    Returns
    -------
    str
        A sentence, or nothing.
    """
    counts = np.bincount(rows.visit)
    full = []
    for t, visit in enumerate(rows.visits):
        Z = panel.scaled(np.flatnonzero(rows.visit == t)[None])[0, :, :-1] / np.sqrt(len(rows.visit))
        # Z has orthonormal columns over all rows: a direction of length one here has no part at other visits.
        own = int((np.linalg.eigvalsh(Z.T @ Z) > 1 - OWN).sum())
        if own == counts[t]:
            full.append(visit)
    return f" Every row at {listed(full, 'and')} has a coefficient of its own; nothing is left there." if full else ""
