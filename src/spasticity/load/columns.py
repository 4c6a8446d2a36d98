"""The columns of a source that stand for the columns of a table."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Literal

import numpy as np

from spasticity import tables
from spasticity.errors import DataError, MethodError, listed, one_of
from spasticity.instruments.grades import MAS_GRADES, spelled
from spasticity.load.casting import Reading, column_reading
from spasticity.load.coding import Coded
from spasticity.load.grid import Grid, texts
from spasticity.load.spelling import Spelling, as_text, known_columns, of_kind
from spasticity.load.study_days import DayZero, counted, date_column, zero_of
from spasticity.schema import Column, Schema
from spasticity.wording import plural

Extra = Literal["refuse", "ignore", "keep"]
EXTRA = ("refuse", "ignore", "keep")


def canonical(table: Schema | str) -> Schema:
    """The schema of a table that may be given by name.

    Parameters
    ----------
    table : Schema or str

    Returns
    -------
    Schema

    Raises
    ------
    MethodError
        When no canonical table has the name.
    """
    if isinstance(table, Schema):
        return table
    known = {schema.name: schema for schema in tables.STUDY_TABLES}
    one_of("table", table, known)
    return known[table]


def expect_rows(grid: Grid, rows: int | None) -> None:
    """Refuse a source that does not have the expected number of rows.

    Parameters
    ----------
    grid : Grid
    rows : int, optional
        None when it is not known.

    Raises
    ------
    DataError
    """
    if rows is not None and grid.rows_read != rows:
        raise DataError(
            f"{grid.name}: {plural(grid.rows_read, 'row')} where {rows:,} are expected; "
            "the file was cut or edited. Fetch it again, or correct the expected number."
        )


def readings_of(
    grid: Grid,
    schema: Schema,
    spelled: Mapping[str, Spelling],
    *,
    columns: Mapping[str, str] | None = None,
    constants: Mapping[str, object] | None = None,
    extra: Extra = "refuse",
    day_zero: DayZero | None = None,
) -> tuple[Grid, list[Reading]]:
    """The columns of a table, found in a grid and read.

    Parameters
    ----------
    grid : Grid
    schema : Schema
    spelled : mapping of str to Spelling
        For every column of the schema.
    columns, constants, extra, day_zero
        As in `delimited`.

    Returns
    -------
    grid : Grid
        With a note on columns that were not used.
    readings : list of Reading
        One per column of the schema, in its order, then the further columns that are kept.

    Raises
    ------
    DataError
        When the header is not the declared one, or grades are of another coding than declared.
    MethodError
        When an option names a column the table does not have, or a constant does not fit its column.
    """
    columns, constants = dict(columns or {}), dict(constants or {})
    known_columns(schema, "columns", columns)
    known_columns(schema, "constants", constants)
    constants |= dict.fromkeys((name for name, place in columns.items() if place == ""), None)
    columns = {name: place for name, place in columns.items() if place != ""}
    constants |= dict.fromkeys(schema.optional([*constants, *columns, *grid.columns]))
    for name, place in columns.items():
        of_kind(f"columns of {name}", place, str, "the name of a column")
    places = {name: columns.get(name, name) for name in schema.names if name not in constants}
    _require(grid, schema, places, constants, extra)
    readings = [
        constant_reading(constants[column.name], column, len(grid))
        if column.name in constants
        else _read(grid, column, spelled[column.name], places[column.name])
        for column in schema
    ]
    dated = [name for name in places if spelled[name].days]
    if dated:
        readings = _with_days(readings, schema, dated, zero_of(day_zero, dated))
        grid = grid.noting(f"{listed(dated, 'and')} counted from the date of the first dose")
    converted = [f"`{name}` converted from {spelled[name].unit}" for name in places if spelled[name].unit]
    grid = grid.noting(*converted)
    spare = [name for name in grid.columns if name not in places.values()]
    if extra == "keep":
        readings += [column_reading(grid.cells(name), Column(name=name, kind="text", label=name)) for name in spare]
    elif spare:
        grid = grid.noting(f"{plural(len(spare), 'column')} not used")
    return grid, readings


def _read(grid: Grid, column: Column, spelling: Spelling, place: str) -> Reading:
    if column.categories == MAS_GRADES and spelling.coding is None:
        _refuse_other_coding(grid, column, place)
    column = date_column(column) if spelling.days else column
    return column_reading(grid.cells(place), column, spelling, place=place)


def _with_days(readings: list[Reading], schema: Schema, dated: list[str], zero: Mapping[str, object]) -> list[Reading]:
    by_name = dict(zip(schema.names, readings, strict=True))
    people = by_name["participant"].values["participant"]
    return [counted(item, schema[name], people, zero) if name in dated else item for name, item in by_name.items()]


def _refuse_other_coding(grid: Grid, column: Column, place: str) -> None:
    """Refuse grades among which a 5 stands and no 1+: then every number may mean another grade than it seems."""
    words = [spelled(cell) for cell in grid.columns[place]]
    fives = [row for row, word in zip(grid.rows, words, strict=True) if word == "5"]
    if fives and not {"1+", "1.5"} & set(words):
        raise DataError(
            f"{grid.name}: {plural(len(fives), 'grade')} above 4 in `{place}`, first row {fives[0]:,}, and none is 1+; "
            "the column may be written in another coding, in which each number means another grade. Declare it, such "
            f"as codings={{'{column.name}': {{'1': '0', '2': '1', '3': '2', '4': '3', '5': '4'}}}} for 1-5."
        )


def _require(
    grid: Grid, schema: Schema, places: Mapping[str, str], constants: Mapping[str, object], extra: Extra
) -> None:
    """Refuse a header that is not the one declared."""
    lost = [place for name, place in places.items() if place != name and place not in grid.columns]
    if lost:
        near = [match for name in lost for match in get_close_matches(name, list(grid.columns), n=1)]
        hint = f"did you mean {listed(near)}?" if near else f"the file has {listed(grid.columns, 'and')}."
        raise DataError(f"{grid.name}: `columns` names {listed(lost, 'and')}, which the file does not have; {hint}")
    spare = [name for name in grid.columns if name not in places.values()]
    taken = [name for name in spare if name in schema]
    if taken and extra != "ignore":
        raise DataError(
            f"{grid.name}: the file has {listed(taken, 'and')}, but `columns` or `constants` gives another value; "
            "leave that out, or pass extra='ignore'."
        )
    found = [name for name, place in places.items() if place in grid.columns]
    absent = [name for name in places if name not in found and name not in schema.required]
    try:
        schema.require([*found, *constants, *spare], where=grid.name, extra=extra != "refuse")
    except DataError as error:
        if not absent:
            raise
        hint = f"A column that was not collected is declared: constants={{'{absent[0]}': None}}."
        raise DataError(f"{error} {hint}") from None


def constant_reading(value: object, column: Column, rows: int) -> Reading:
    """A column that the source does not have, with one value in all rows.

    Parameters
    ----------
    value : object
        None is missing.
    column : Column
    rows : int

    Returns
    -------
    Reading

    Raises
    ------
    MethodError
        When the value does not fit the column.
    """
    same = Coded(np.zeros(rows, dtype=np.uint8), texts([as_text(value)] if rows else []))
    reading = column_reading(same, column)
    if len(reading.faults):
        raise MethodError(f"constants: `{column.name}` expected {column.expected}")
    return reading
