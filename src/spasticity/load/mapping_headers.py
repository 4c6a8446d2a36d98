"""What a mapping must know of an export before anybody said how to read it: its columns, and how it seems written."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from spasticity.errors import DataError
from spasticity.load.dataset_json_files import dataset_json_grid
from spasticity.load.opening import WORKBOOK, Content, content
from spasticity.load.parquet_files import parquet_grid
from spasticity.load.records import DELIMITERS
from spasticity.load.spss_files import spss_grid
from spasticity.load.stata_files import stata_grid
from spasticity.load.transport_files import transport_grid

VALUE = re.compile(r"[-+\d.,:/ T]*")  # what a number, a date or a blank is written with
FIRST_ROWS = 20  # in which the header of a sheet is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The columns of one source, and the options that its header suggests.

    Parameters
    ----------
    loader : str
        Which function of `load` reads it.
    columns : tuple of str
    options : dict of str to object
        To be confirmed by whoever knows the file.
    """

    loader: str
    columns: tuple[str, ...]
    options: dict[str, object] = field(default_factory=dict)


def headers(path: Path | str) -> list[Header]:
    """The sources in a file: one, or one per sheet of a workbook.

    Parameters
    ----------
    path : Path or str

    Returns
    -------
    list of Header

    Raises
    ------
    DataError
        When the file cannot be read.
    """
    source = content(path)
    reader = READERS.get(Path(path).suffix.lower())
    if reader is not None:
        loader, columns = reader(source)
        return [Header(loader=loader, columns=tuple(columns))]
    if source.data.startswith(WORKBOOK):
        return _sheets(source)
    return [_delimited(source)]


def _delimited(source: Content) -> Header:
    """The header of a text; the delimiter that cuts its first line into most parts is a suggestion."""
    encoding = next(name for name in ("utf-8-sig", "cp1252", "latin-1") if _decodes(source.data, name))
    first = next((line for line in source.data.decode(encoding).splitlines() if line.strip()), "")
    if not first:
        raise DataError(f"{source.name}: the file is empty; export it again, with its header.")
    parts = {mark: next(csv.reader([first], delimiter=mark)) for mark in DELIMITERS}
    delimiter = max(parts, key=lambda mark: len(parts[mark]))
    _refuse_data(source.name, parts[delimiter])
    options: dict[str, object] = {"delimiter": delimiter} if delimiter != "," else {}
    options |= {"encoding": encoding} if encoding != "utf-8-sig" else {}
    return Header(loader="delimited", columns=tuple(parts[delimiter]), options=options)


def _refuse_data(name: str, cells: list[str]) -> None:
    """Refuse a first line that looks like data: a draft names columns, never values."""
    if sum(VALUE.fullmatch(cell.strip()) is not None for cell in cells) * 2 >= len(cells):
        raise DataError(
            f"{name}: the first line looks like data, not like names of columns; export it with its header."
        )


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _sheets(source: Content) -> list[Header]:
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(source.data))
        return [_sheet(book, name) for name in book.sheet_names]
    except CalamineError:
        raise DataError(f"{source.name}: this is not a workbook that can be read; save it again as .xlsx.") from None


def _sheet(book: CalamineWorkbook, name: str) -> Header:
    """The fullest of the first rows of a sheet is taken for its header."""
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=FIRST_ROWS)
    texts = [[str(cell) for cell in row if isinstance(cell, str) and cell.strip()] for row in rows]
    place = max(range(len(texts)), key=lambda row: len(texts[row]), default=0)
    columns = tuple(texts[place]) if texts else ()
    return Header(loader="excel", columns=columns, options={"sheet": name, "header": place + 1})


READERS: dict[str, Callable[[Content], tuple[str, list[str]]]] = {
    ".sav": lambda source: ("spss", list(spss_grid(source)[0].columns)),
    ".zsav": lambda source: ("spss", list(spss_grid(source)[0].columns)),
    ".dta": lambda source: ("stata", list(stata_grid(source)[0].columns)),
    ".parquet": lambda source: ("parquet", list(parquet_grid(source).columns)),
    ".xpt": lambda source: ("transport", list(transport_grid(source)[0].columns)),
    ".json": lambda source: ("dataset_json", list(dataset_json_grid(source).columns)),
}
