"""Many CDISC records, one for each test, into one row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from spasticity.errors import DataError, listed
from spasticity.load.cdisc_mapping import CdiscFeed
from spasticity.load.cdisc_start import study_day_of
from spasticity.load.grid import Grid
from spasticity.wording import plural


def test_place(feed: CdiscFeed, name: str) -> str:
    """The name, in the ledger, of the cells that hold a test: `QSORRES of SPASMS`.

    Parameters
    ----------
    feed : CdiscFeed
    name : str
        Canonical column.

    Returns
    -------
    str
    """
    return f"{feed.place(feed.value)} of {feed.spread[name]}"


def spread(grid: Grid, feed: CdiscFeed) -> Grid:
    """One row for the tests of one participant, visit and time; a test that comes again begins a row of its own.

    Parameters
    ----------
    grid : Grid
        One row per test.
    feed : CdiscFeed

    Returns
    -------
    Grid
        The place of a row is that of its first test.

    Raises
    ------
    DataError
        When a variable is not there, or a test is not named.
    """
    by, value = feed.place(feed.by), feed.place(feed.value)
    lost = [name for name in (by, value) if name not in grid.columns]
    if lost:
        raise DataError(f"{grid.name}: there is no {listed(lost, 'and no')}, which `spread` needs for {feed.table}.")
    unknown = ~np.isin(grid.columns[by], list(feed.spread.values()))
    if unknown.any():
        first = grid.rows[np.argmax(unknown)]
        raise DataError(
            f"{grid.name}: {plural(int(unknown.sum()), 'record')} of tests that `spread` of {feed.table} does not "
            f"name, first record {first:,}; name them, or leave them out with `where`."
        )
    shared = [
        p for name, options in feed.places.items() for p in (*options, *(c for o in options for c in study_day_of(o)))
    ]
    keys = [name for name in dict.fromkeys(shared) if name in grid.columns]
    frame = pd.DataFrame({name: grid.columns[name] for name in (*keys, by)})
    frame["again"] = frame.groupby([*keys, by], sort=False).cumcount()
    group = frame.groupby([*keys, "again"], sort=False).ngroup().to_numpy()
    first = pd.Series(np.arange(len(grid))).groupby(group).first().to_numpy()
    columns = {name: cells[first] for name, cells in grid.columns.items()}
    for name, code in feed.spread.items():
        cells = np.full(len(first), "", dtype=object)
        here = grid.columns[by] == code
        cells[group[here]] = grid.columns[value][here]
        columns[test_place(feed, name)] = cells
    note = f"{plural(len(grid), 'record')} make {plural(len(first), 'row')}"
    return replace(grid, columns=columns, rows=grid.rows[first]).noting(note)
