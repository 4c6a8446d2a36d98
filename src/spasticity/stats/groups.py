"""Groups of rows: in a settled order, each participant once, and nobody left out in silence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from spasticity.errors import MethodError, listed
from spasticity.stats.selection import visits_of
from spasticity.wording import plural


def grouped(
    table: pd.DataFrame, by: Sequence[str], row: Callable[[pd.DataFrame], dict[str, Any]]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """One row of numbers for each group that occurs, and notes on rows without a group.

    Categories keep their order; text visits follow the median study day, other text its first appearance.

    Parameters
    ----------
    table : DataFrame
        Has the columns of `by`.
    by : sequence of str
        May be empty: the whole table is one group then.
    row : callable
        From the rows of a group to its numbers.

    Returns
    -------
    frame : DataFrame
        Columns `by`, then the numbers.
    notes : tuple of str

    Raises
    ------
    MethodError
        A column is missing, no row is left, or a participant has several rows in one group.
    """
    by = list(by)
    require(table, by)
    whole = table[by].notna().all(axis=1)
    notes = tuple(
        f"left out: {name} missing in {plural(int(table[name].isna().sum()), 'row')}"
        for name in by
        if table[name].isna().any()
    )
    rows = table[whole.to_numpy(dtype=bool)].copy()
    if rows.empty:
        raise MethodError(f"no row has a value in {listed(by, 'and')}; there is nothing to describe.")
    _refuse_repeats(rows, by)
    if not by:
        return pd.DataFrame([row(rows)]), notes
    for name in by:
        rows[name] = _in_order(rows, name)
    parts = list(rows.groupby(by, observed=True, sort=True))
    keys = pd.DataFrame([key for key, _ in parts], columns=by)
    for name in by:
        keys[name] = keys[name].astype(rows[name].dtype)
    return pd.concat([keys, pd.DataFrame([row(part) for _, part in parts])], axis=1), notes


def require(table: pd.DataFrame, columns: Sequence[str]) -> None:
    """Refuse a table that lacks columns.

    Parameters
    ----------
    table : DataFrame
    columns : sequence of str

    Raises
    ------
    MethodError
    """
    missing = [name for name in columns if name not in table]
    if missing:
        raise MethodError(
            f"the table has no column {listed(missing, 'and')}; there are {listed(map(str, table.columns), 'and')}."
        )


def participants(table: pd.DataFrame) -> int:
    """How many people a table is about; its rows when there is no column `participant`.

    Parameters
    ----------
    table : DataFrame

    Returns
    -------
    int
    """
    return int(table["participant"].nunique()) if "participant" in table else len(table)


def _refuse_repeats(rows: pd.DataFrame, by: list[str]) -> None:
    if "participant" not in rows:
        return
    twice = rows.duplicated(["participant", *by])
    if twice.any():
        within = f"within {listed(by, 'and')}" if by else "in the table"
        raise MethodError(
            f"{plural(int(twice.sum()), 'row repeats', 'rows repeat')} a participant {within}, first at row "
            f"{rows.index[twice][0]}; rows of one person are not independent: take one number per participant first, "
            "or add what tells the rows apart to `by`."
        )


def _in_order(rows: pd.DataFrame, name: str) -> pd.Series:
    values = rows[name]
    if isinstance(values.dtype, pd.CategoricalDtype) or pd.api.types.is_numeric_dtype(values.dtype):
        return values
    order = visits_of(rows) if name == "visit" else list(dict.fromkeys(values))
    return pd.Series(pd.Categorical(values, categories=order), index=values.index)
