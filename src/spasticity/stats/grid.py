"""The grid of factor levels and covariate values over which adjusted means are taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.errors import one_of
from spasticity.stats.design import Design

Weights = Literal["equal", "proportional", "observed"]
WEIGHTS: tuple[Weights, ...] = ("equal", "proportional", "observed")


def cells(
    design: Design, factor: str, by: Sequence[str], weights: Weights, at: Mapping[str, Any] | None
) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """Levels of a factor within others, and for each the row of the predictor averaged over all further factors.

    Parameters
    ----------
    design : Design
    factor : str
        Whose levels are wanted.
    by : sequence of str
        Factors within whose levels they are wanted.
    weights : str
        `equal`, `proportional` or `observed`.
    at : mapping, optional
        Values of covariates, or levels of factors to keep.

    Returns
    -------
    cells : DataFrame, m rows
        Columns `by` and `factor`.
    rows : ndarray, shape (m, P)
        In all columns of the design; missing where no row supports the weights.

    Raises
    ------
    MethodError
        Unknown factor, level or weights.
    """
    chosen, parts = combinations(design, factor, by, weights, at)
    return chosen, np.array([shares @ rows for rows, shares in parts])


def combinations(
    design: Design, factor: str, by: Sequence[str], weights: Weights, at: Mapping[str, Any] | None
) -> tuple[pd.DataFrame, list[tuple[NDArray[np.float64], NDArray[np.float64]]]]:
    """The same before averaging, for means on a scale that is not that of the predictor.

    Parameters
    ----------
    design, factor, by, weights, at
        As for `cells`.

    Returns
    -------
    cells : DataFrame, m rows
    parts : list of (rows, shares)
        For each cell its combinations of the further factors, in all columns of the design, and their weights.

    Raises
    ------
    MethodError
        Unknown factor, level or weights.
    """
    one_of("weights", weights, WEIGHTS)
    for name in (factor, *by):
        one_of("factor", name, list(design.levels))
    grid = _grid(design, [*by, factor], dict(at or {}))
    shares = _shares(design, grid, [*by, factor], weights)
    rows = design.full_rows(grid)
    groups = [*by, factor]
    places = list(families(grid[groups], groups))
    chosen = pd.DataFrame([grid.loc[place.index[0], groups] for place in places]).reset_index(drop=True)
    return chosen, [(rows[place.index], shares[place.index]) for place in places]


def families(frame: pd.DataFrame, groups: Sequence[str]) -> Iterable[pd.DataFrame]:
    """Rows that share their values of some columns, in order of appearance; all rows when there are no columns.

    Parameters
    ----------
    frame : DataFrame
    groups : sequence of str

    Returns
    -------
    iterable of DataFrame
    """
    return [part for _, part in frame.groupby(list(groups), sort=False, observed=True)] if groups else [frame]


def people(design: Design, groups: Sequence[str], cell: Iterable[Any]) -> int:
    """How many participants have a row in a cell.

    Parameters
    ----------
    design : Design
    groups : sequence of str
        Factors.
    cell : iterable
        Their levels.

    Returns
    -------
    int
    """
    here = pd.Series(True, index=design.data.index)
    for name, value in zip(groups, cell, strict=True):
        here &= design.data[name].eq(value).astype(bool)
    rows = design.data.loc[here.to_numpy()]
    return int(rows["participant"].nunique()) if "participant" in rows else len(rows)


def _grid(design: Design, first: Sequence[str], at: dict[str, Any]) -> pd.DataFrame:
    """Every combination of factor levels, `first` varying slowest, with covariates at their mean or as asked for."""
    for name in at:
        one_of("at", name, design.variables)
    levels = {}
    for name in [*first, *(name for name in design.levels if name not in first)]:
        values = design.levels[name]
        asked = at.get(name, list(values))
        levels[name] = list(asked) if isinstance(asked, (list, tuple)) else [asked]
        for value in levels[name]:
            one_of(f"at for {name}", value, values)
    grid = pd.DataFrame(
        list(pd.MultiIndex.from_product(list(levels.values()))) if levels else [()], columns=list(levels), dtype=object
    )
    return grid.assign(**{name: float(at.get(name, mean)) for name, mean in design.averages.items()})


def _shares(design: Design, grid: pd.DataFrame, groups: list[str], weights: Weights) -> NDArray[np.float64]:
    """Weight of each combination within its cell; the weights of a cell add up to 1."""
    others = [name for name in design.levels if name not in groups]
    if weights == "equal" or not others:
        counts = pd.Series(1.0, index=grid.index)
    else:
        among = others if weights == "proportional" else list(design.levels)
        sizes = design.data.groupby(among, observed=True).size().astype(float)
        keys = grid[among[0]] if len(among) == 1 else pd.MultiIndex.from_frame(grid[among])
        counts = pd.Series(sizes.reindex(keys).fillna(0.0).to_numpy(), index=grid.index)
    totals = counts.groupby([grid[name].astype(str) for name in groups], sort=False).transform("sum")
    return (counts / totals.where(totals > 0)).to_numpy()
