"""The columns of a source that stand for the columns of a table."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Literal

from spasticity import tables
from spasticity.errors import DataError, MethodError, listed, one_of
from spasticity.load.casting import Reading, column_reading
from spasticity.load.grid import Grid, texts
from spasticity.load.spelling import Spelling, as_text, known_columns, of_kind
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
) -> tuple[Grid, list[Reading]]:
    """The columns of a table, found in a grid and read.

    Parameters
    ----------
    grid : Grid
    schema : Schema
    spelled : mapping of str to Spelling
        For every column of the schema.
    columns, constants, extra
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
        When the header is not the declared one.
    MethodError
        When an option names a column the table does not have, or a constant does not fit its column.
    """
    columns, constants = dict(columns or {}), dict(constants or {})
    known_columns(schema, "columns", columns)
    known_columns(schema, "constants", constants)
    for name, place in columns.items():
        of_kind(f"columns of {name}", place, str, "the name of a column")
    places = {name: columns.get(name, name) for name in schema.names if name not in constants}
    _require(grid, schema, places, constants, extra)
    readings = [
        constant_reading(constants[column.name], column, len(grid))
        if column.name in constants
        else column_reading(grid.columns[places[column.name]], column, spelled[column.name], place=places[column.name])
        for column in schema
    ]
    spare = [name for name in grid.columns if name not in places.values()]
    if extra == "keep":
        readings += [column_reading(grid.columns[name], Column(name=name, kind="text", label=name)) for name in spare]
    elif spare:
        grid = grid.noting(f"{plural(len(spare), 'column')} not used")
    return grid, readings


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
    reading = column_reading(texts([as_text(value)] * rows), column)
    if len(reading.faults):
        raise MethodError(f"constants: `{column.name}` expected {column.expected}")
    return reading
