"""Sheets of Excel workbooks into tables, by the same rules as text."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from spasticity.errors import DataError, one_of
from spasticity.load.casting import assemble
from spasticity.load.columns import EXTRA, Extra, canonical, expect_rows, readings_of
from spasticity.load.gate import Identifiers
from spasticity.load.grid import Grid, check_header, texts
from spasticity.load.keys import DUPLICATES, Duplicates
from spasticity.load.opening import CONTROL, Content, content
from spasticity.load.roster import Roster
from spasticity.load.spelling import ISO_DATE, Codings, Formats, Missing, as_text, spellings
from spasticity.load.study_days import DayZero
from spasticity.load.workbook_xml import Facts, column_letters, sheet_facts
from spasticity.schema import Schema
from spasticity.study import Loaded
from spasticity.wording import plural

ESCAPED = re.compile("_x(00(?:0[0-8BCEF]|1[0-9A-F]|7F))_")  # how a workbook writes a control character


def excel(
    path: Path | str,
    sheet: str,
    table: Schema | str,
    *,
    header: int = 1,
    columns: Mapping[str, str] | None = None,
    constants: Mapping[str, object] | None = None,
    decimal: str = ".",
    thousands: str = "",
    missing: Missing = ("",),
    date_format: Formats = ISO_DATE,
    serials: str | None = None,
    codings: Codings | None = None,
    units: Mapping[str, str] | None = None,
    extra: Extra = "refuse",
    duplicates: Duplicates = "refuse",
    rows: int | None = None,
    identifiers: Identifiers = "refuse",
    roster: Roster | None = None,
    day_zero: DayZero | None = None,
) -> Loaded:
    """A table from a sheet of an .xlsx workbook, every row of it kept or rejected, nothing guessed.

    Parameters
    ----------
    path : Path or str
    sheet : str
        Name of the sheet.
    table : Schema or str
        A table, or the name of a canonical one such as `tone`.
    header : int
        Row of the sheet that holds the column names.
    columns, constants, missing, codings, units, extra, duplicates, rows, identifiers, roster, day_zero
        As in `delimited`.
    decimal, thousands, date_format
        As in `delimited`, for numbers and dates that were typed as text.
    serials : str, optional
        `1900` or `1904` when dates are plain numbers, counted in that date system of spreadsheets.

    Returns
    -------
    Loaded
        Index of the table: the row of the sheet.

    Raises
    ------
    DataError
        When the workbook or the sheet is damaged, cells are merged, the header is unusable, or a formula was never
        calculated.
    MethodError
        When an option is not understood.
    """
    one_of("duplicates", duplicates, DUPLICATES)
    one_of("extra", extra, EXTRA)
    one_of("serials", serials, (None, "1900", "1904"))
    schema = canonical(table)
    grid, letters = sheet_grid(content(path), sheet, header=header, decimal=decimal)
    expect_rows(grid, rows)
    spelled = {
        name: replace(spelling, dates=tuple(dict.fromkeys((*spelling.dates, ISO_DATE))), serials=serials)
        for name, spelling in spellings(
            schema,
            decimal=decimal,
            thousands=thousands,
            missing=missing,
            date_format=date_format,
            codings=codings,
            units=units,
        ).items()
    }
    grid, readings = readings_of(
        grid, schema, spelled, columns=columns, constants=constants, extra=extra, day_zero=day_zero
    )
    return _addressed(
        assemble(grid, schema, readings, duplicates=duplicates, identifiers=identifiers, roster=roster), letters
    )


def sheet_grid(source: Content, sheet: str, *, header: int = 1, decimal: str = ".") -> tuple[Grid, dict[str, str]]:
    """The grid of a sheet.

    Parameters
    ----------
    source : Content
    sheet : str
    header : int
        Row of the column names.
    decimal : str
        The mark with which numbers are written out.

    Returns
    -------
    grid : Grid
        `rows` are rows of the sheet.
    letters : dict of str to str
        Column name to the letters of its column.

    Raises
    ------
    DataError
        As `excel`.
    """
    facts, where = sheet_facts(source, sheet), f"{source.name}, sheet {sheet}"
    cells = _cells(source, sheet)
    _refuse_uncalculated(where, facts)
    _refuse_merged(where, facts, header)
    lines = _lines(cells, facts, decimal)
    _refuse_control_characters(where, lines)
    names = _names(where, lines, header)
    filled = [row for row in lines if row > header and any(lines[row])]
    blank = max(lines) - header - len(filled)
    columns = {name: texts([lines[row][place] for row in filled]) for place, name in names.items()}
    grid = Grid(
        name=where,
        sha256=source.sha256,
        format="xlsx",
        columns=columns,
        rows=np.array(filled, dtype=int),
        header=facts.properties,
    )
    grid = grid.noting(plural(blank, "blank row") if blank else "", "" if filled else "no rows")
    return grid, {name: column_letters(place + 1) for place, name in names.items()}


def _cells(source: Content, sheet: str) -> CalamineSheet:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(source.data)).get_sheet_by_name(sheet)
    except CalamineError:
        raise DataError(
            f"{source.name}: the workbook is damaged; open it in the spreadsheet and save it again."
        ) from None


def _refuse_uncalculated(where: str, facts: Facts) -> None:
    if facts.uncalculated:
        raise DataError(
            f"{where}: {plural(len(facts.uncalculated), 'formula')} never calculated, first cell "
            f"{facts.uncalculated[0]}; open the workbook in the spreadsheet and save it again."
        )


def _refuse_merged(where: str, facts: Facts, header: int) -> None:
    """Refuse merged cells from the header on: only their first cell holds anything."""
    for top, bottom, area in facts.merged:
        if bottom < header:
            continue
        if top <= header:
            raise DataError(
                f"{where}: the cells {area} of the header are merged; unmerge them and give every column its own name "
                f"in one row, or name the row of the column names, such as header={bottom + 1}."
            )
        raise DataError(f"{where}: the cells {area} are merged; unmerge them and fill in every cell.")


def _lines(cells: CalamineSheet, facts: Facts, decimal: str) -> dict[int, list[str]]:
    """Row of the sheet to its cells as text, errors of formulas included."""
    top, left = (number + 1 for number in cells.start or (0, 0))
    width = left - 1 + cells.width
    lines = {}
    for row, values in enumerate(cells.to_python(skip_empty_area=True), start=top):
        lines[row] = [""] * (left - 1) + [_text(value, decimal) for value in values]
    for (row, column), error in facts.errors.items():
        line = lines.setdefault(row, [""] * width)
        line.extend([""] * (column - len(line)))
        line[column - 1] = error
    width = max(map(len, lines.values()), default=0)
    return {row: line + [""] * (width - len(line)) for row, line in lines.items()}


def _refuse_control_characters(where: str, lines: dict[int, list[str]]) -> None:
    for row, line in lines.items():
        for place, cell in enumerate(line):
            found, escaped = CONTROL.search(cell), ESCAPED.search(cell)
            if found or escaped:
                code = f"{ord(found[0]):04X}" if found else escaped[1]  # type: ignore[index]  # one of them is there
                cell_name = f"{column_letters(place + 1)}{row}"
                raise DataError(f"{where}: the control character U+{code} stands in cell {cell_name}; remove it.")


def _names(where: str, lines: dict[int, list[str]], header: int) -> dict[int, str]:
    """Place and name of every column; columns that hold nothing at all are left out."""
    names = lines.get(header, [])
    if not any(names):
        raise DataError(f"{where}: row {header} is blank; name the row of the column names, such as header=2.")
    used = [place for place in range(len(names)) if any(lines[row][place] for row in lines if row >= header)]
    try:
        check_header([names[place] for place in used], where)
    except DataError as error:
        raise DataError(f"{error} If row {header} is not the row of the column names, pass header=.") from None
    return {place: names[place] for place in used}


def _text(value: object, decimal: str) -> str:
    """A cell as it would be typed: numbers in their shortest form, dates as ISO, times as HH:MM."""
    if isinstance(value, float):
        short = str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        return short.replace(".", decimal)
    if isinstance(value, timedelta):
        value = (datetime.min + value).time() if timedelta(0) <= value < timedelta(days=1) else str(value)
    if isinstance(value, time):
        return value.isoformat("seconds").removesuffix(":00") if value.microsecond == 0 else value.isoformat()
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != time.min else value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else as_text(value)


def _addressed(loaded: Loaded, letters: dict[str, str]) -> Loaded:
    """The same table; its rejects also name the cell as the spreadsheet does."""
    rejects = loaded.rejects
    cells = rejects["column"].map(letters).astype(object) + rejects["row"].astype(str)
    rules = rejects["rule"].where(cells.isna(), rejects["rule"] + " (cell " + cells + ")")
    return replace(loaded, rejects=rejects.assign(rule=rules))
