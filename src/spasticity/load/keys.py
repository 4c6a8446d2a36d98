"""Rows whose key is taken: none in a sound file, which is found out without comparing a single text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from spasticity.errors import DataError
from spasticity.load.grid import Grid
from spasticity.schema import Schema
from spasticity.wording import plural

if TYPE_CHECKING:
    from spasticity.load.casting import Reading

Duplicates = Literal["refuse", "first", "last", "reject"]
DUPLICATES = ("refuse", "first", "last", "reject")
ROOMY = 8  # possible keys per row up to which each has a place of its own to be ticked off
LARGEST = 2**62  # possible keys that can be numbered


def repeated(
    grid: Grid, table: pd.DataFrame, schema: Schema, readings: Sequence[Reading], duplicates: Duplicates
) -> pd.Series:
    """Rows to reject because their key is taken.

    Parameters
    ----------
    grid : Grid
    table : DataFrame
        The rows that break no other rule, by position.
    schema : Schema
    readings : sequence of Reading
        Of all rows.
    duplicates : str
        As in `casting.assemble`.

    Returns
    -------
    Series of str
        The rule; the index is the row's position.

    Raises
    ------
    DataError
        When a key comes twice and that is refused.
    """
    key = list(schema.key)
    keep: Literal["first", "last", False] = False if duplicates in ("refuse", "reject") else duplicates  # type: ignore[assignment]
    same = bool(key) and not _all_differ(table, key, readings)
    twice = table.index[table.duplicated(key, keep=keep)] if same else table.index[:0]
    rule = f"repeats the key {', '.join(key)}"
    if len(twice) and duplicates == "refuse":
        raise DataError(
            f"{grid.name}: {plural(len(twice), 'row')} of {schema.name} share the key {', '.join(key)} with another, "
            f"first rows {grid.rows[twice[0]]:,} and {_partner(grid, table, key, twice[0]):,}. "
            "Correct the source, or choose duplicates='first', 'last' or 'reject'.",
            pd.DataFrame({"row": grid.rows[twice], "column": key[0], "value": None, "rule": rule}),
        )
    if duplicates in ("first", "last"):
        rule += f"; the {duplicates} row is kept"
    if duplicates == "reject":
        twice = twice.difference(_alike(table.loc[twice], key))
    return pd.Series(rule, index=twice, dtype=object)


def _all_differ(table: pd.DataFrame, key: Sequence[str], readings: Sequence[Reading]) -> bool:
    """Whether no key comes twice; False also when that cannot be told from numbered keys."""
    kinds = [next(reading for reading in readings if name in reading.values).kinds(name) for name in key]
    space = math.prod(count for _, count in kinds)
    if space > LARGEST:
        return False
    whole = len(table) == len(kinds[0][0])
    numbers = np.zeros(len(table), dtype=np.int64)
    for codes, count in kinds:
        numbers *= count
        numbers += codes if whole else codes.take(table.index)
    if space > ROOMY * len(numbers):
        return bool(pd.Index(numbers).is_unique)
    seen = np.zeros(space, dtype=bool)
    seen[numbers] = True
    return int(np.count_nonzero(seen)) == len(numbers)


def _alike(table: pd.DataFrame, key: list[str]) -> pd.Index:
    """The first rows of keys all of whose rows are the same in every column."""
    distinct = table.drop_duplicates()
    return distinct.index[~distinct.duplicated(key, keep=False)]


def _partner(grid: Grid, table: pd.DataFrame, key: list[str], position: int) -> int:
    """The row of the second one with the key of a row."""
    same = (table[key] == table.loc[position, key]).all(axis=1)
    return int(grid.rows[same[same].index[1]])
