"""The ledger of one source: a row for each cell that was repaired and for each row that was refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spasticity.errors import DataError
from spasticity.load.grid import Grid
from spasticity.study import REJECT_COLUMNS, REPAIR_COLUMNS
from spasticity.wording import plural

if TYPE_CHECKING:
    from spasticity.load.casting import Reading


def fault(reading: Reading, rules: pd.Series) -> pd.DataFrame:
    """Cells that break a rule.

    Parameters
    ----------
    reading : Reading
        Of the column they stand in.
    rules : Series of str
        The rule; the index is the row's position.

    Returns
    -------
    DataFrame
        `column, value, rule` by position.
    """
    positions = rules.index
    return pd.DataFrame(
        {
            "column": reading.places(positions),
            "value": reading.cells.at(positions),
            "rule": rules.to_numpy(dtype=object),
        },
        index=positions,
        dtype=object,
    )


def one_each(faults: pd.DataFrame) -> pd.DataFrame:
    """One fault per row: the first, whose rule also names the others.

    Parameters
    ----------
    faults : DataFrame
        As `fault` gives them; several may be of one row.

    Returns
    -------
    DataFrame
    """
    if faults.index.is_unique:
        return faults
    first = faults[~faults.index.duplicated()].copy()
    others = faults[faults.index.duplicated()]
    more = others.assign(said=[f"; `{c}`: {r}" for c, r in zip(others["column"], others["rule"], strict=True)])
    said = more.groupby(level=0)["said"].agg("".join)
    first.loc[said.index, "rule"] = first.loc[said.index, "rule"] + said
    return first


def rejects_of(grid: Grid, faults: pd.DataFrame) -> pd.DataFrame:
    """The rows that were refused, torn ones too, in the order of the source.

    Parameters
    ----------
    grid : Grid
    faults : DataFrame
        One per row.

    Returns
    -------
    DataFrame
        `source, row, column, value, rule`.
    """
    cells = faults.assign(source=grid.name, row=grid.rows[faults.index])
    torn = [
        {"source": grid.name, "row": row, "column": "", "value": value, "rule": rule} for row, value, rule in grid.torn
    ]
    both = [frame for frame in (cells, pd.DataFrame(torn, columns=REJECT_COLUMNS)) if len(frame)]
    frame = pd.concat(both) if both else pd.DataFrame(columns=REJECT_COLUMNS, dtype=object)
    return frame[REJECT_COLUMNS].astype({"row": int}).sort_values("row", kind="stable").reset_index(drop=True)


def repairs_of(grid: Grid, readings: Sequence[Reading], refused: pd.Index) -> pd.DataFrame:
    """The repairs of the rows that were kept; a refused row has its one place among the rejects.

    Parameters
    ----------
    grid : Grid
    readings : sequence of Reading
    refused : Index of int
        Positions of the refused rows.

    Returns
    -------
    DataFrame
        `source, row, column, was, became, why`.
    """
    parts = []
    for reading in readings:
        done = reading.repairs[~reading.repairs.index.isin(refused)]
        if len(done):
            parts.append(
                done.assign(
                    source=grid.name,
                    row=grid.rows[done.index],
                    column=reading.places(done.index),
                    was=reading.cells.at(done.index),
                )
            )
    frame = pd.concat(parts) if parts else pd.DataFrame(columns=REPAIR_COLUMNS, dtype=object)
    frame = frame.drop_duplicates(["row", "column"])  # one cell of a wide record may be in several rows
    return frame[REPAIR_COLUMNS].astype({"row": int}).sort_values("row", kind="stable").reset_index(drop=True)


def nothing_left(grid: Grid, rejects: pd.DataFrame) -> DataError:
    """The error for a source of which no row can be kept.

    Parameters
    ----------
    grid : Grid
    rejects : DataFrame

    Returns
    -------
    DataError
    """
    first = rejects.iloc[0]
    where = f" in `{first['column']}`" if first["column"] else ""
    return DataError(
        f"{grid.name}: none of {plural(len(rejects), 'row')} can be kept, first row {first['row']:,}{where}: "
        f"{first['rule']}. Declare how the file writes its values (missing, decimal, date_format, codings).",
        rejects,
    )


def touched_by(table: pd.DataFrame, positions: Sequence[pd.Index]) -> frozenset[str]:
    """The participants of some rows.

    Parameters
    ----------
    table : DataFrame
    positions : sequence of Index of int

    Returns
    -------
    frozenset of str
    """
    rows = np.unique(np.concatenate([index.to_numpy(dtype=int) for index in positions]))
    return frozenset(table["participant"].take(rows).dropna()) if "participant" in table else frozenset()
