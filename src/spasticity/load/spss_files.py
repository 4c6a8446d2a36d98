"""SPSS files (.sav, .zsav) into a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from spasticity.load.columns import Extra
from spasticity.load.gate import Identifiers
from spasticity.load.grid import Grid
from spasticity.load.keys import Duplicates
from spasticity.load.labelled_cells import cells_of, grid_of, labels_of, stored
from spasticity.load.opening import Content, content
from spasticity.load.roster import Roster
from spasticity.load.spelling import ISO_DATE, Codings, Formats, Missing
from spasticity.load.spss_structure import spss_frame
from spasticity.load.study_days import DayZero
from spasticity.load.typed_cells import clock_text, number_text, second_writer
from spasticity.load.typed_sources import Labelled, Variable, refuse_size, typed_table
from spasticity.schema import Schema
from spasticity.study import Loaded

SPSS_EPOCH = date(1582, 10, 14)  # seconds are counted from it: the day before the Gregorian calendar began
SPSS_DATES = re.compile(r"(A|E|S)?DATE\d*|JDATE\d*|QYR\d*|MOYR\d*|WKYR\d*")
SPSS_MOMENTS = re.compile(r"DATETIME[\d.]*|YMDHMS[\d.]*")
SPSS_CLOCKS = re.compile(r"TIME[\d.]*|MTIME[\d.]*")


def spss(
    path: Path | str,
    table: Schema | str,
    *,
    labelled: Labelled = None,
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
    constants: Mapping[str, object] | None = None,
    decimal: str = ".",
    thousands: str = "",
    missing: Missing = ("",),
    date_format: Formats = ISO_DATE,
    codings: Codings | None = None,
    units: Mapping[str, str] | None = None,
    extra: Extra = "refuse",
    duplicates: Duplicates = "refuse",
    rows: int | None = None,
    day_zero: DayZero | None = None,
    identifiers: Identifiers = "refuse",
    roster: Roster | None = None,
) -> Loaded:
    """A table from an SPSS file (.sav or .zsav), every row of it kept or rejected, nothing guessed.

    Parameters
    ----------
    path : Path or str
    table : Schema or str
        A table, or the name of a canonical one such as `answers`.
    labelled : str, or mapping of column to str, optional
        Whether columns with value labels give their `codes` or their `labels`; in a mapping, `*` is for the columns
        that are not named. Nothing is assumed: a column that has labels, and neither this nor a coding, is refused.
    encoding : str, optional
        In place of the one the file names.
    columns, constants, missing, codings, units, extra, duplicates, rows, day_zero, identifiers, roster
        As in `delimited`. Codes that the file declares as user-missing are missing, each counted by its code and
        written down among the repairs; codings are by code.
    decimal, thousands, date_format
        As in `delimited`, for numbers and dates that are stored as text.

    Returns
    -------
    Loaded
        Index of the table: the record, counted from 1.

    Raises
    ------
    DataError
        When the file was cut or damaged, its names cannot be told apart, or labels were not declared.
    MethodError
        When an option is not understood, or the library pyreadstat is not installed.
    """
    grid, variables = spss_grid(content(path), encoding=encoding)
    return typed_table(
        grid,
        table,
        variables=variables,
        labelled=labelled,
        columns=columns,
        constants=constants,
        extra=extra,
        duplicates=duplicates,
        rows=rows,
        day_zero=day_zero,
        identifiers=identifiers,
        roster=roster,
        codings=codings,
        units=units,
        decimal=decimal,
        thousands=thousands,
        missing=missing,
        date_format=date_format,
    )


def spss_grid(source: Content, *, encoding: str | None = None) -> tuple[Grid, dict[str, Variable]]:
    """The grid of an SPSS file, and what it says about its columns.

    Parameters
    ----------
    source : Content
    encoding : str, optional

    Returns
    -------
    grid : Grid
    variables : dict of str to Variable

    Raises
    ------
    DataError, MethodError
    """
    frame = spss_frame(source)
    refuse_size(source.name, max(frame.rows, 0), frame.width)
    values, facts = stored("read_sav", source, encoding)
    columns = {name: cells_of(values[name], _spss_writer(facts.original_variable_types[name] or "")) for name in values}
    said = {
        name: Variable(
            labels=labels_of(facts, name),
            missing=_user_missing(columns[name], values[name], facts.missing_ranges.get(name, ())),
        )
        for name in columns
    }
    grid = grid_of(source, "SPSS", columns, frame.rows, facts)
    unknown = "the length cannot be verified; pass rows= to check it" if frame.rows < 0 else ""
    return grid.noting(f"encoding: {encoding or facts.file_encoding}", unknown), said


def _spss_writer(form: str) -> Callable[[Any], str]:
    name = form.upper()
    if SPSS_MOMENTS.fullmatch(name):
        return second_writer(SPSS_EPOCH)
    if SPSS_DATES.fullmatch(name):
        return second_writer(SPSS_EPOCH, dates=True)
    return clock_text if SPSS_CLOCKS.fullmatch(name) else number_text


def _user_missing(cells: np.ndarray, values: np.ndarray, ranges: Any) -> dict[str, str]:
    """Cells whose code the file declares as missing."""
    found: dict[str, str] = {}
    for span in ranges:
        low, high = span["lo"], span["hi"]
        for cell, value in {
            cell: value for cell, value in zip(cells, values, strict=True) if value is not None
        }.items():
            same_kind = isinstance(value, str) == isinstance(low, str)
            if same_kind and value == value and low <= value <= high:
                found[cell] = "user-missing in the file"
    return found
