"""Delimited text into a table."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from spasticity import tables
from spasticity.errors import DataError, MethodError, listed, one_of
from spasticity.load.casting import DUPLICATES, Duplicates, Reading, assemble, column_reading
from spasticity.load.grid import Grid, texts
from spasticity.load.opening import content
from spasticity.load.records import delimited_grid
from spasticity.load.spelling import ISO_DATE, Codings, Formats, Missing, Spelling, as_text, known_columns, spellings
from spasticity.schema import Column, Schema
from spasticity.study import Loaded
from spasticity.wording import plural

Extra = Literal["refuse", "ignore", "keep"]
EXTRA = ("refuse", "ignore", "keep")


def delimited(
    path: Path | str,
    table: Schema | str,
    *,
    columns: Mapping[str, str] | None = None,
    constants: Mapping[str, object] | None = None,
    delimiter: str = ",",
    decimal: str = ".",
    encoding: str = "utf-8",
    missing: Missing = ("",),
    date_format: Formats = ISO_DATE,
    codings: Codings | None = None,
    extra: Extra = "refuse",
    duplicates: Duplicates = "refuse",
    rows: int | None = None,
) -> Loaded:
    """A table from delimited text, every row of it kept or rejected, nothing guessed.

    Parameters
    ----------
    path : Path or str
        A text file with a header.
    table : Schema or str
        A table, or the name of a canonical one such as `diary`.
    columns : mapping of str to str, optional
        Canonical column to column of the file, where they differ.
    constants : mapping of str to object, optional
        Canonical column to the value of all its rows, for a column the file does not have; None leaves it empty.
    delimiter, decimal, encoding : str
        As the file was written.
    missing : iterable of str, or mapping of column to iterable of str
        Codes for no value. In a mapping by canonical column, `*` is for the columns that are not named.
    date_format : str, or mapping of column to str
        As in `datetime.strptime`.
    codings : mapping of column to (mapping of code to value), optional
        What the file's codes mean, such as `{"sex": {"1": "female", "2": "male"}}`.
    extra : str
        What to do with columns the table does not have: `refuse` the file, `ignore` or `keep` them as text.
    duplicates : str
        What to do when a key comes twice: `refuse` the file, keep the `first` or the `last` row, or `reject` all.
    rows : int, optional
        How many rows the file must have, when that is known.

    Returns
    -------
    Loaded
        Index of the table: the line on which a row begins.

    Raises
    ------
    DataError
        When the file's structure is damaged: encoding, quoting, header, many torn rows, a repeated key, a missing end.
    MethodError
        When an option is not understood.
    """
    one_of("duplicates", duplicates, DUPLICATES)
    one_of("extra", extra, EXTRA)
    schema = canonical(table)
    grid = delimited_grid(content(path), delimiter=delimiter, encoding=encoding)
    _expect_rows(grid, rows)
    spelled = spellings(schema, decimal=decimal, missing=missing, date_format=date_format, codings=codings)
    return cast(grid, schema, spelled, columns=columns, constants=constants, extra=extra, duplicates=duplicates)


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


def _expect_rows(grid: Grid, rows: int | None) -> None:
    if rows is not None and grid.rows_read != rows:
        raise DataError(
            f"{grid.name}: {plural(grid.rows_read, 'row')} where {rows:,} are expected; "
            "the file was cut or edited. Fetch it again, or correct the expected number."
        )


def cast(
    grid: Grid,
    schema: Schema,
    spelled: Mapping[str, Spelling],
    *,
    columns: Mapping[str, str] | None = None,
    constants: Mapping[str, object] | None = None,
    extra: Extra = "refuse",
    duplicates: Duplicates = "refuse",
) -> Loaded:
    """A table from a grid: columns found, cells read, rows judged.

    Parameters
    ----------
    grid : Grid
    schema : Schema
    spelled : mapping of str to Spelling
        For every column of the schema.
    columns, constants, extra, duplicates
        As in `delimited`.

    Returns
    -------
    Loaded
    """
    columns, constants = dict(columns or {}), dict(constants or {})
    known_columns(schema, "columns", columns)
    known_columns(schema, "constants", constants)
    places = {name: columns.get(name, name) for name in schema.names if name not in constants}
    _require(grid, schema, places, constants, extra)
    readings = [
        _constant(constants[column.name], column, len(grid))
        if column.name in constants
        else column_reading(grid.columns[places[column.name]], column, spelled[column.name], place=places[column.name])
        for column in schema
    ]
    spare = [name for name in grid.columns if name not in places.values()]
    if extra == "keep":
        readings += [column_reading(grid.columns[name], Column(name=name, kind="text", label=name)) for name in spare]
    elif spare:
        grid = grid.noting(f"{plural(len(spare), 'column')} not used")
    return assemble(grid, schema, readings, duplicates=duplicates)


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


def _constant(value: object, column: Column, rows: int) -> Reading:
    reading = column_reading(texts([as_text(value)] * rows), column)
    if len(reading.faults):
        raise MethodError(f"constants: `{column.name}` expected {column.expected}")
    return reading
