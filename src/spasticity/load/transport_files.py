"""SAS transport files (.xpt) into a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from spasticity.errors import DataError, listed
from spasticity.load.columns import Extra
from spasticity.load.gate import Identifiers
from spasticity.load.grid import Grid, check_header, texts
from spasticity.load.keys import Duplicates
from spasticity.load.opening import Content, content, known_encoding
from spasticity.load.roster import Roster
from spasticity.load.spelling import ISO_DATE, Codings, Formats, Missing
from spasticity.load.study_days import DayZero
from spasticity.load.transport_records import Field, Member, members, numbers
from spasticity.load.typed_cells import by_distinct, clock_text, day_writer, number_text, refuse_controls, second_writer
from spasticity.load.typed_sources import Variable, refuse_size, typed_table
from spasticity.schema import Schema
from spasticity.study import Loaded

SAS_EPOCH = date(1960, 1, 1)
# Formats without their width; the others are numbers [from memory: SAS formats by category].
DATES = re.compile(
    r"DATE|DAY|(DDMMYY|MMDDYY|YYMMDD)[BCDNPS]?|([EB]|IS)8601DA|JULIAN|JULDAY|WEEKDAT[EX]|WORDDAT[EX]|MON(YY|NAME)|"
    r"(MMYY|YYMM)[CDNPS]?|YYMON|YYQ[CDNPSR]?"
)
MOMENTS = re.compile(r"DATETIME|([EB]|IS)8601DT|DATEAMPM|MDYAMPM")
DAYS_OF_MOMENTS = re.compile(r"DTDATE|DTMONYY|DTWKDATX|DTYEAR|DTYYQC|([EB]|IS)8601DN")
CLOCKS = re.compile(r"TIME|HHMM|HOUR|TOD|TIMEAMPM|MMSS|([EB]|IS)8601TM")
LONG_TEXT = 200  # the longest text of a regulatory submission [from the shared notes on the format]


def transport(
    path: Path | str,
    table: Schema | str,
    *,
    member: str | None = None,
    encoding: str = "utf-8",
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
    """A table from a SAS transport file (.xpt, version 5 or 8), every row of it kept or rejected, nothing guessed.

    Parameters
    ----------
    path : Path or str
    table : Schema or str
        A table, or the name of a canonical one such as `diary`.
    member : str, optional
        The data set, in a file that holds several.
    encoding : str
        Of its text; the format does not say. Files from SAS on Windows are often in `cp1252`.
    columns, constants, missing, codings, units, extra, duplicates, day_zero, identifiers, roster
        As in `delimited`. Special missing values (`.A` to `.Z`, `._`) are missing, each counted by its code.
    decimal, thousands, date_format
        As in `delimited`, for numbers and dates that are stored as text.
    rows : int, optional
        How many rows the file must have. A version 5 file does not say it: without this number a file that was cut
        exactly between two rows cannot be told from a whole one, which the ledger notes.

    Returns
    -------
    Loaded
        Index of the table: the record, counted from 1.

    Raises
    ------
    DataError
        When the file was cut or damaged, or holds several data sets and none is named.
    MethodError
        When an option is not understood.
    """
    source = content(path)
    grid, variables = transport_grid(source, member=member, encoding=encoding, verified=rows is not None)
    return typed_table(
        grid,
        table,
        variables=variables,
        columns=columns,
        constants=constants,
        extra=extra,
        duplicates=duplicates,
        rows=rows,
        day_zero=day_zero,
        identifiers=identifiers,
        roster=roster,
        decimal=decimal,
        thousands=thousands,
        missing=missing,
        date_format=date_format,
        codings=codings,
        units=units,
    )


def transport_grid(
    source: Content, *, member: str | None = None, encoding: str = "utf-8", verified: bool = False
) -> tuple[Grid, dict[str, Variable]]:
    """The grid of a transport file, and what it says about its columns.

    Parameters
    ----------
    source : Content
    member, encoding : str
        As in `transport`.
    verified : bool
        Whether the caller knows how many rows there must be.

    Returns
    -------
    grid : Grid
    variables : dict of str to Variable

    Raises
    ------
    DataError
    """
    known_encoding(encoding)
    found = _chosen(source, members(source, encoding), member)
    check_header([field.name for field in found.fields], source.name)
    refuse_size(source.name, len(found.cells), len(found.fields))
    columns: dict[str, np.ndarray] = {}
    variables: dict[str, Variable] = {}
    for field in found.fields:
        raw = np.ascontiguousarray(found.cells[:, field.position : field.position + field.width])
        if field.numeric:
            columns[field.name], variables[field.name] = _numeric(source, field, raw)
        else:
            columns[field.name] = _texts(source, field, raw, encoding)
    rows = np.arange(1, 1 + len(found.cells))
    refuse_controls(source.name, columns, rows)
    grid = Grid(
        name=source.name,
        sha256=source.sha256,
        format=f"XPT version {found.version}",
        columns=columns,
        rows=rows,
        header={"data set": f"{found.name} {found.label}".strip()}
        | {field.name: field.label for field in found.fields},
    )
    unknown = "" if found.counted or verified else "the length cannot be verified; pass rows= to check it"
    return grid.noting(unknown, _long(found), "" if len(rows) else "no rows"), variables


def _chosen(source: Content, found: list[Member], member: str | None) -> Member:
    if member is None and len(found) == 1:
        return found[0]
    names = [one.name for one in found]
    chosen = [one for one in found if member is not None and one.name.casefold() == member.casefold()]
    if len(chosen) != 1:
        raise DataError(f"{source.name}: the file holds the data sets {listed(names, 'and')}; name one, as member=.")
    return chosen[0]


def _numeric(source: Content, field: Field, raw: np.ndarray) -> tuple[np.ndarray, Variable]:
    values, codes = numbers(raw)
    if (codes == 255).any():
        row = int(np.argmax(codes == 255)) + 1
        raise DataError(
            f"{source.name}: `{field.name}` of record {row:,} is neither a number nor a missing value; "
            "the file is damaged. Fetch or export it again."
        )
    cells = by_distinct(values, sas_writer(field.format))
    special = {f".{chr(code)}": int(code) for code in np.unique(codes[(codes > 0) & (codes != ord("."))])}
    for text, code in special.items():
        cells[codes == code] = text
    return cells, Variable(missing={text: f"special missing value {text}" for text in special})


def sas_writer(form: str) -> Callable[[Any], str]:
    """How numbers of a SAS format are written: dates as dates, times as times.

    Parameters
    ----------
    form : str
        Such as `DATE9.`; empty for plain numbers.

    Returns
    -------
    callable
    """
    name = form.upper().rstrip("0123456789.").lstrip("$")
    if DATES.fullmatch(name):
        return day_writer(SAS_EPOCH)
    if MOMENTS.fullmatch(name):
        return second_writer(SAS_EPOCH)
    if DAYS_OF_MOMENTS.fullmatch(name):
        return second_writer(SAS_EPOCH, dates=True)
    return clock_text if CLOCKS.fullmatch(name) else number_text


def _texts(source: Content, field: Field, raw: np.ndarray, encoding: str) -> np.ndarray:
    """Text without the blanks that fill its place up."""
    packed = raw.reshape(-1).view(f"S{field.width}") if len(raw) else np.empty(0, dtype="S1")
    if len(raw) and (raw == 0).any():
        raise DataError(
            f"{source.name}: text in `{field.name}` holds zero bytes; the file is damaged. Export it again."
        )
    codes, distinct = pd.factorize(packed)
    cells = [cell.rstrip(b" ") for cell in distinct.tolist()]
    try:
        return texts([cell.decode(encoding) for cell in cells])[codes]
    except UnicodeDecodeError:
        bad = next(place for place, cell in enumerate(cells) if not _decodes(cell, encoding))
        row = int(np.argmax(codes == bad)) + 1
        raise DataError(
            f"{source.name}: `{field.name}` of record {row:,} is not {encoding}; the format does not say its encoding, "
            "declare it, such as encoding='cp1252' for a file from SAS on Windows."
        ) from None


def _decodes(cell: bytes, encoding: str) -> bool:
    try:
        cell.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _long(found: Member) -> str:
    wide = [field.name for field in found.fields if not field.numeric and field.width > LONG_TEXT]
    return f"text longer than {LONG_TEXT} bytes in {listed(wide, 'and')}" if wide and found.version == 5 else ""
