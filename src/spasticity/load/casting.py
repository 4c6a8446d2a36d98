"""Columns of text into typed columns, and those into a checked table with its ledger.

Each distinct text of a column is read once, so that a million rows cost little more than their distinct values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
import pandas as pd

from spasticity.errors import MethodError
from spasticity.load.bulk import plain_values
from spasticity.load.cells import read
from spasticity.load.coding import Coded, coded_texts
from spasticity.load.gate import Identifiers, admitted
from spasticity.load.grid import Grid
from spasticity.load.keys import Duplicates, repeated
from spasticity.load.ledger_rows import fault, nothing_left, one_each, rejects_of, repairs_of, touched_by
from spasticity.load.roster import Roster, strangers
from spasticity.load.row_rules import broken
from spasticity.load.spelling import PLAIN, Spelling
from spasticity.schema import Column, Schema
from spasticity.study import Loaded, Source

PERSON = "participant"
PIECE = 1 << 16  # rows looked up at a time


class Meant(NamedTuple):
    """Values of a column, and the few different ones they were taken from."""

    values: pd.Series
    codes: np.ndarray
    distinct: pd.Series


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Reading:
    """What one column of a source says: canonical columns, and what had to be done to its cells.

    Parameters
    ----------
    place : str or array of str, shape (n,)
        Column of the source, for the ledger; an array where it differs from row to row.
    cells : Coded, length n
        Cells as they were.
    values : mapping of str to Series, shape (n,)
        Canonical column to typed values, index 0 to n - 1.
    repairs : DataFrame
        `became`, `why`; the index is the row's position.
    faults : Series of str
        The rule a cell breaks; the index is the row's position.
    meant : Meant, optional
        The values by distinct cell, when each comes from its cell alone.
    """

    place: str | np.ndarray
    cells: Coded
    values: Mapping[str, pd.Series]
    repairs: pd.DataFrame
    faults: pd.Series
    meant: Meant | None = None

    @property
    def texts(self) -> np.ndarray:
        """The cells as they were, as an array of Python strings."""
        return self.cells.texts

    def kinds(self, name: str) -> tuple[np.ndarray, int]:
        """Which rows have the same value in a canonical column; a missing value is one too.

        Parameters
        ----------
        name : str

        Returns
        -------
        codes : array of int, shape (n,)
            Equal where the values are.
        count : int
            The codes are smaller than it.
        """
        values = self.values[name]
        if self.meant is None or self.meant.values is not values:
            codes, distinct = pd.factorize(values, use_na_sentinel=False)
            return codes, len(distinct)
        codes, distinct = pd.factorize(self.meant.distinct, use_na_sentinel=False)
        all_differ = len(distinct) == len(codes)
        return self.meant.codes if all_differ else codes.take(self.meant.codes), len(distinct)

    def missing(self, name: str) -> pd.Index:
        """The rows that have no value in a canonical column.

        Parameters
        ----------
        name : str

        Returns
        -------
        Index of int
        """
        values = self.values[name]
        if self.meant is not None and self.meant.values is values and not self.meant.distinct.isna().any():
            return values.index[:0]
        return values.index[values.isna()]

    def places(self, positions: pd.Index) -> np.ndarray:
        """The column of the source at some rows.

        Parameters
        ----------
        positions : Index of int

        Returns
        -------
        array of object
        """
        if isinstance(self.place, str):
            return np.full(len(positions), self.place, dtype=object)
        return self.place[positions]

    def at(self, positions: np.ndarray) -> Reading:
        """The reading of some rows, which then count from 0.

        Parameters
        ----------
        positions : array of int
            Ascending.

        Returns
        -------
        Reading
        """
        count = pd.Series(np.arange(len(positions)), index=positions)
        repairs = self.repairs[self.repairs.index.isin(positions)]
        faults = self.faults[self.faults.index.isin(positions)]
        return Reading(
            place=self.place if isinstance(self.place, str) else self.place[positions],
            cells=self.cells.some(positions),
            values={name: values.take(positions).reset_index(drop=True) for name, values in self.values.items()},
            repairs=repairs.set_axis(pd.Index(count[repairs.index], dtype=int)),
            faults=faults.set_axis(pd.Index(count[faults.index], dtype=int)),
        )


def column_reading(
    texts: np.ndarray | Coded,
    column: Column,
    spelling: Spelling = PLAIN,
    *,
    place: str | np.ndarray | None = None,
) -> Reading:
    """A column of text as a column of a table.

    Parameters
    ----------
    texts : array of object, shape (n,), or Coded
        Text in every cell.
    column : Column
    spelling : Spelling
    place : str or array of str, optional
        Name in the source; the canonical name by default.

    Returns
    -------
    Reading
    """
    cells = texts if isinstance(texts, Coded) else coded_texts(texts)
    values = plain_values(cells.distinct, column, spelling)
    said = [read(text, column, spelling) for text in cells.distinct] if values is None else []
    typed, bad = column.typed(pd.Series([cell.value for cell in said], dtype=object) if values is None else values)
    rules = [f"expected {column.expected}" if wrong else "" for wrong in bad]
    rules = [cell.rule or rule for cell, rule in zip(said, rules, strict=True)] if said else rules
    whys = [cell.why for cell in said]
    spread = _laid_out(typed, cells.codes)
    return Reading(
        place=column.name if place is None else place,
        cells=cells,
        values={column.name: spread},
        repairs=pd.DataFrame(
            {
                "became": _spread([cell.became for cell in said], cells.codes, where=whys),
                "why": _spread(whys, cells.codes, where=whys),
            }
        ),
        faults=_spread(rules, cells.codes, where=rules),
        meant=Meant(spread, cells.codes, typed),
    )


def _laid_out(distinct: pd.Series, codes: np.ndarray) -> pd.Series:
    """Distinct values at all rows."""
    if distinct.dtype != "Int64":
        return pd.Series(distinct.array.take(codes))
    # In pieces, because codes of another width than a pointer are copied to be looked up, here once for the mask too.
    values, missing = distinct.to_numpy(dtype=np.int64, na_value=0), distinct.isna().to_numpy()
    data, mask = np.empty(len(codes), dtype=np.int64), np.empty(len(codes), dtype=bool)
    for start in range(0, len(codes), PIECE):
        piece = codes[start : start + PIECE].astype(np.intp)
        np.take(values, piece, out=data[start : start + PIECE], mode="clip")
        np.take(missing, piece, out=mask[start : start + PIECE], mode="clip")
    return pd.Series(pd.arrays.IntegerArray(data, mask))


def woven(readings: Sequence[Reading]) -> Reading:
    """Readings of the same rows as one, row by row: the first of each, the second of each, and so on.

    Parameters
    ----------
    readings : sequence of Reading
        Of the same length n and the same canonical columns.

    Returns
    -------
    Reading
        Of length n times their number.
    """
    if len(readings) == 1:
        return readings[0]
    rows, parts = len(readings[0].cells), len(readings)
    order = np.arange(rows * parts).reshape(parts, rows).T.ravel()
    places = np.concatenate([reading.places(pd.RangeIndex(rows)) for reading in readings])
    return Reading(
        place=places[order],
        cells=coded_texts(np.concatenate([reading.texts for reading in readings])[order]),
        values={
            name: pd.concat([reading.values[name] for reading in readings]).take(order).reset_index(drop=True)
            for name in readings[0].values
        },
        repairs=_shuffled([reading.repairs for reading in readings]),
        faults=_shuffled([reading.faults for reading in readings]),
    )


Positioned = TypeVar("Positioned", pd.Series, pd.DataFrame)


def _shuffled(frames: list[Positioned]) -> Positioned:
    """Frames by position of their own row, by position of the woven row."""
    parts = len(frames)
    return pd.concat([frame.set_axis(frame.index * parts + part) for part, frame in enumerate(frames)]).sort_index()


def _spread(values: list[str], codes: np.ndarray, *, where: list[str]) -> pd.Series:
    """Values of distinct cells at all rows, only where `where` says something."""
    if not any(where):
        return pd.Series(index=pd.Index([], dtype=int), dtype=object)
    said = np.fromiter(map(bool, where), dtype=bool, count=len(where))
    positions = np.flatnonzero(said[codes])
    return pd.Series(np.array(values, dtype=object)[codes[positions]], index=positions, dtype=object)


def assemble(
    grid: Grid,
    schema: Schema,
    readings: Sequence[Reading],
    *,
    duplicates: Duplicates = "refuse",
    identifiers: Identifiers = "refuse",
    roster: Roster | None = None,
) -> Loaded:
    """The checked table of a source, with a ledger in which every row has one place.

    Parameters
    ----------
    grid : Grid
        Where the readings come from.
    schema : Schema
    readings : sequence of Reading
        Together they hold every column of the schema; further columns are kept after them.
    duplicates : str
        What to do when a key comes twice: `refuse` the file, keep the `first` or the `last` row, or `reject` all rows
        of the key, unless they are the same in every column, of which the first is kept.
    identifiers : str or mapping of column to reason
        What to do with what may tell who a person is, as in `gate.admitted`.
    roster : DataFrame or collection of str, optional
        The people whose rows are kept; everybody's by default.

    Returns
    -------
    Loaded

    Raises
    ------
    DataError
        When there are identifiers or a key comes twice and that is refused, or no row can be kept.
    """
    grid, readings, found = admitted(grid, schema, readings, identifiers)
    values = {name: series for reading in readings for name, series in reading.values.items()}
    order = [*schema.names, *(name for name in values if name not in schema)]
    table = pd.DataFrame({name: values[name] for name in order}, index=pd.RangeIndex(len(grid)), copy=False)
    each = [part for reading in readings for part in _faults(reading, schema)]
    each += _of_strangers(grid, readings, roster)
    faults = one_each(pd.concat([*each, *_contradictions(table, schema, readings)]))
    again = repeated(grid, _without(table, faults), schema, readings, duplicates)
    faults = pd.concat([faults, fault(_bearer(readings, schema), again)]).sort_index() if len(again) else faults
    kept = _without(table, faults)
    rejects = rejects_of(grid, faults)
    if kept.empty and len(rejects):
        raise nothing_left(grid, rejects)
    return Loaded(
        table=kept.set_index(pd.Index(grid.rows if kept is table else grid.rows[kept.index], name="row")),
        repairs=repairs_of(grid, readings, faults.index),
        rejects=rejects,
        source=Source(
            name=grid.name, sha256=grid.sha256, rows_read=grid.rows_read, format=grid.format, note="; ".join(grid.notes)
        ),
        schema=schema,
        touched=touched_by(table, [faults.index, *(reading.repairs.index for reading in readings)]),
        identifiers=found,
    )


def _without(table: pd.DataFrame, faults: pd.DataFrame) -> pd.DataFrame:
    return table.drop(faults.index) if len(faults) else table  # to drop nothing would copy everything


def _faults(reading: Reading, schema: Schema) -> Iterator[pd.DataFrame]:
    """Cells that break a rule, and cells that must have a value and have none."""
    yield fault(reading, reading.faults)
    for name in reading.values:
        if name in schema.required:
            empty = reading.missing(name).difference(reading.faults.index)
            yield fault(reading, pd.Series("a value is required", index=empty, dtype=object))


def _contradictions(table: pd.DataFrame, schema: Schema, readings: Sequence[Reading]) -> Iterator[pd.DataFrame]:
    """Cells that do not go with another cell of their row."""
    for name, rules in broken(table, schema).items():
        yield fault(next(reading for reading in readings if name in reading.values), rules)


def _of_strangers(grid: Grid, readings: Sequence[Reading], roster: Roster | None) -> list[pd.DataFrame]:
    """Participants who are not on the roster."""
    if roster is None:
        return []
    reading = next((reading for reading in readings if PERSON in reading.values), None)
    if reading is None:
        raise MethodError(f"roster: the table of {grid.name} has no participants; leave it out")
    return [fault(reading, strangers(reading.values[PERSON], roster))]


def _bearer(readings: Sequence[Reading], schema: Schema) -> Reading:
    """The reading in which a fault of the key is written down."""
    return next((reading for reading in readings if schema.key and schema.key[0] in reading.values), readings[0])
