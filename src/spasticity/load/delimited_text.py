"""Delimited text into a table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from spasticity.errors import one_of
from spasticity.load.casting import assemble
from spasticity.load.columns import EXTRA, Extra, canonical, expect_rows, readings_of
from spasticity.load.gate import Identifiers
from spasticity.load.keys import DUPLICATES, Duplicates
from spasticity.load.opening import content
from spasticity.load.records import delimited_grid
from spasticity.load.roster import Roster
from spasticity.load.spelling import ISO_DATE, Codings, Formats, Missing, spellings
from spasticity.load.study_days import DayZero
from spasticity.schema import Schema
from spasticity.study import Loaded


def delimited(
    path: Path | str,
    table: Schema | str,
    *,
    columns: Mapping[str, str] | None = None,
    constants: Mapping[str, object] | None = None,
    delimiter: str = ",",
    decimal: str = ".",
    thousands: str = "",
    encoding: str = "utf-8",
    missing: Missing = ("",),
    date_format: Formats = ISO_DATE,
    codings: Codings | None = None,
    units: Mapping[str, str] | None = None,
    extra: Extra = "refuse",
    duplicates: Duplicates = "refuse",
    rows: int | None = None,
    identifiers: Identifiers = "refuse",
    roster: Roster | None = None,
    day_zero: DayZero | None = None,
) -> Loaded:
    """A table from delimited text, every row of it kept or rejected, nothing guessed.

    Parameters
    ----------
    path : Path or str
        A text file with a header.
    table : Schema or str
        A table, or the name of a canonical one such as `diary`.
    columns : mapping of str to str, optional
        Canonical column to column of the file, where they differ; an empty text when it was not collected.
    constants : mapping of str to object, optional
        Canonical column to the value of all its rows, for a column the file does not have; None leaves it empty.
    delimiter, decimal, encoding : str
        As the file was written.
    thousands : str
        The mark between groups of three digits, such as `.` where the decimal mark is a comma; none by default.
    missing : iterable of str, or mapping of column to iterable of str
        Codes for no value. In a mapping by canonical column, `*` is for the columns that are not named.
    date_format : str, or mapping of column to str
        As in `datetime.strptime`. A column of study days that the mapping names, such as `{"day": "%d.%m.%Y"}`, has
        dates, which are counted from the first dose.
    codings : mapping of column to (mapping of code to value), optional
        What the file's codes mean, such as `{"sex": {"1": "female", "2": "male"}}`; `*` is for all other codes.
    units : mapping of column to str, optional
        The unit of the file where it is not that of the table, such as `{"distance_m": "ft"}`.
    extra : str
        What to do with columns the table does not have: `refuse` the file, `ignore` or `keep` them as text.
    duplicates : str
        What to do when a key comes twice: `refuse` the file, keep the `first` or the `last` row, or `reject` all
        rows of the key, unless they are the same in every column, of which the first is kept.
    rows : int, optional
        How many rows the file must have, when that is known.
    identifiers : str or mapping of column to reason
        What may tell who a person is: `refuse` the file, `redact` it, `flag` it and let it in; or the columns of the
        file in which it may stay, each with the reason, which is reported. A file name is the column `file name`.
    roster : DataFrame or collection of str, optional
        The table of participants, or their codes: rows of anybody else are rejected. `Study.of` does so anyway.
    day_zero : DataFrame or mapping of str to date, optional
        The table of participants with their first_dose_date, for columns of study days that have dates.

    Returns
    -------
    Loaded
        Index of the table: the line on which a row begins.

    Raises
    ------
    DataError
        When the file's structure is damaged: encoding, quoting, header, many torn rows, a repeated key, a missing end;
        or when it holds identifiers.
    MethodError
        When an option is not understood.
    """
    one_of("duplicates", duplicates, DUPLICATES)
    one_of("extra", extra, EXTRA)
    schema = canonical(table)
    grid = delimited_grid(content(path), delimiter=delimiter, encoding=encoding)
    expect_rows(grid, rows)
    spelled = spellings(
        schema,
        decimal=decimal,
        thousands=thousands,
        missing=missing,
        date_format=date_format,
        codings=codings,
        units=units,
    )
    grid, readings = readings_of(
        grid, schema, spelled, columns=columns, constants=constants, extra=extra, day_zero=day_zero
    )
    return assemble(grid, schema, readings, duplicates=duplicates, identifiers=identifiers, roster=roster)
