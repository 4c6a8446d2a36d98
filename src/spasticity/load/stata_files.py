"""Stata files (.dta) into a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from spasticity.load.columns import Extra
from spasticity.load.gate import Identifiers
from spasticity.load.grid import Grid
from spasticity.load.keys import Duplicates
from spasticity.load.labelled_cells import cells_of, grid_of, labels_of, stored
from spasticity.load.opening import Content, content
from spasticity.load.roster import Roster
from spasticity.load.spelling import ISO_DATE, Codings, Formats, Missing
from spasticity.load.stata_structure import stata_frame
from spasticity.load.study_days import DayZero
from spasticity.load.typed_cells import clock_text, day_writer, number_text, second_writer
from spasticity.load.typed_sources import Labelled, Variable, refuse_size, typed_table
from spasticity.schema import Schema
from spasticity.study import Loaded

STATA_EPOCH = date(1960, 1, 1)
STATA_CLOCK = re.compile(r"%-?tc(HH|hh|Hh).*")  # a moment that is shown as a time of day only


def stata(
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
    """A table from a Stata file (.dta of Stata 8 or later), every row of it kept or rejected, nothing guessed.

    Parameters
    ----------
    path : Path or str
    table : Schema or str
        A table, or the name of a canonical one such as `answers`.
    labelled : str, or mapping of column to str, optional
        As in `spss`.
    encoding : str, optional
        Of its text; needed for files before Stata 14, which do not name it, when they hold more than ASCII.
    columns, constants, missing, codings, units, extra, duplicates, rows, day_zero, identifiers, roster
        As in `delimited`. Extended missing values (`.a` to `.z`) are missing, each counted by its code and written
        down among the repairs; `.` is simply missing.
    decimal, thousands, date_format
        As in `delimited`, for numbers and dates that are stored as text.

    Returns
    -------
    Loaded
        Index of the table: the record, counted from 1. Numbers in single precision (`float`) are read in the digits
        that single precision holds.

    Raises
    ------
    DataError
        When the file was cut or damaged, its names cannot be told apart, or labels were not declared.
    MethodError
        When an option is not understood, or the library pyreadstat is not installed.
    """
    grid, variables = stata_grid(content(path), encoding=encoding)
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


def stata_grid(source: Content, *, encoding: str | None = None) -> tuple[Grid, dict[str, Variable]]:
    """The grid of a Stata file, and what it says about its columns.

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
    frame = stata_frame(source)
    refuse_size(source.name, frame.rows, frame.columns)
    values, facts = stored("read_dta", source, encoding)
    types = facts.readstat_variable_types
    columns = {
        name: cells_of(_tagged(values[name], types[name]), _stata_writer(facts.original_variable_types[name] or ""))
        for name in values
    }
    said = {}
    for name, cells in columns.items():
        tags = (
            sorted({cell for cell in pd.unique(cells) if re.fullmatch(r"\.[a-z]", cell)})
            if types[name] != "string"
            else []
        )
        said[name] = Variable(
            labels=labels_of(facts, name), missing={tag: f"extended missing value {tag}" for tag in tags}
        )
    single = any(kind == "float" for kind in types.values())
    grid = grid_of(source, f"Stata release {frame.release}", columns, frame.rows, facts)
    return grid.noting("numbers in single precision" if single else ""), said


def _tagged(values: np.ndarray, kind: str) -> np.ndarray:
    """Extended missing values with their point, as Stata writes them; single precision as such."""
    if kind == "string":
        return values
    plain = [
        f".{value}" if isinstance(value, str) else np.float32(value) if kind == "float" and value is not None else value
        for value in values
    ]
    array = np.empty(len(plain), dtype=object)
    array[:] = plain
    return array


def _stata_writer(form: str) -> Callable[[Any], str]:
    name = form.replace("-", "")
    if name.startswith(("%td", "%d")):
        return day_writer(STATA_EPOCH)
    if STATA_CLOCK.fullmatch(name):
        return partial(clock_text, per_second=1000)
    # %tC counts leap seconds, which no table of this package knows: it stays a number, and no date column takes it.
    return second_writer(STATA_EPOCH, per_second=1000) if name.startswith("%tc") else number_text
