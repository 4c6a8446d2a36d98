"""Samples of an inertial sensor as text: a line each, under one or more lines of names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.errors import DataError, MethodError
from spasticity.load.grid import check_header
from spasticity.load.opening import Content, content, text_of
from spasticity.wording import plural

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Columns:
    """Named columns of numbers, and what the file says of itself."""

    source: Content
    format: str
    values: Mapping[str, Array]
    header: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def text_columns(
    path: Path | str, delimiter: str, decimal: str, encoding: str, header_lines: int, name_lines: int
) -> Columns:
    """The columns of a delimited text.

    Parameters
    ----------
    path : Path or str
    delimiter, decimal, encoding : str
    header_lines, name_lines : int
        As in `inertial`.

    Returns
    -------
    Columns

    Raises
    ------
    DataError
        When the text is cut, torn, or has a cell that is no number among numbers.
    MethodError
        When the header is not as declared.
    """
    if not 1 <= name_lines <= header_lines:
        raise MethodError(f"name_lines={name_lines}: expected from 1 to the {header_lines} of header_lines.")
    source = content(path)
    text, notes = text_of(source, encoding)
    lines = text.splitlines()
    if len(lines) <= header_lines:
        raise DataError(f"{source.name}: there are no samples under the header; export the recording again.")
    preamble, named = lines[: header_lines - name_lines], lines[header_lines - name_lines : header_lines]
    names = [" ".join(part for part in parts if part) for parts in zip(*_cells(named, delimiter), strict=True)]
    names = [name or f"column {place}" for place, name in enumerate(names, start=1)]  # an index often has no name
    check_header(names, source.name)
    body = lines[header_lines:]
    _refuse_torn(source.name, body, len(names), delimiter, header_lines)
    if not text.endswith(("\n", "\r")):
        notes = [*notes, "the last line has no end: the file may have been cut in its last number"]
    values = _numbers(source.name, body, names, delimiter, decimal, header_lines)
    return Columns(source=source, format="csv", values=values, header=_fields(preamble), notes=tuple(notes))


def _cells(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter)]
    if len({len(row) for row in rows}) != 1:
        raise MethodError("name_lines: the lines that name the columns have not as many cells; declare header_lines.")
    return rows


def _fields(lines: Sequence[str]) -> dict[str, str]:
    """Lines before the names, by what stands before the first colon or equals sign in each."""
    pairs = []
    for place, line in enumerate(lines, start=1):
        key, mark, rest = line.replace("=", ":", 1).partition(":")
        pairs.append((key.strip(" #"), rest.strip()) if mark else (f"line {place}", line))
    return joined(pairs)


def joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What a file says under each name; what it says several times under one stands together.

    Parameters
    ----------
    pairs : iterable of (str, str)

    Returns
    -------
    dict of str to str
    """
    said: dict[str, list[str]] = {}
    for name, value in pairs:
        said.setdefault(name, []).append(value)
    return {name: "; ".join(dict.fromkeys(values)) for name, values in said.items()}


def _refuse_torn(name: str, body: Sequence[str], width: int, delimiter: str, above: int) -> None:
    torn = next((place for place, line in enumerate(body) if line.count(delimiter) != width - 1), None)
    if torn is not None:
        raise DataError(
            f"{name}: line {torn + above + 1:,} has {plural(body[torn].count(delimiter) + 1, 'cell')}, expected "
            f"{width}; the file was cut or is damaged. Fetch it again."
        )


def _numbers(
    name: str, body: Sequence[str], names: Sequence[str], delimiter: str, decimal: str, above: int
) -> dict[str, Array]:
    """Columns of numbers; a column that is text throughout is left out."""
    table = pd.read_csv(
        io.StringIO("\n".join(body)),
        header=None,
        names=list(names),
        sep=delimiter,
        dtype=str,
        keep_default_na=False,
        quoting=csv.QUOTE_NONE,
        index_col=False,
    )
    if decimal != ".":
        table = table.apply(lambda cells: cells.str.replace(decimal, ".", regex=False))
    read = {column: _floats(table[column]) for column in names}
    values = {column: numbers for column, numbers in read.items() if np.isfinite(numbers).any()}
    for column, numbers in values.items():
        wrong = np.isnan(numbers)
        if wrong.any():
            raise DataError(
                f"{name}: column `{column}` has {plural(int(wrong.sum()), 'cell')} without a number, first in line "
                f"{int(wrong.argmax()) + above + 1:,}; nothing is filled in. Cut the recording there, or export again."
            )
    return values


def _floats(cells: pd.Series) -> Array:
    """Cells as the nearest numbers, missing where a cell is none."""
    numbers = np.array(pd.to_numeric(cells, errors="coerce"), dtype=np.float64)
    sound = ~np.isnan(numbers)
    numbers[sound] = cells.to_numpy(dtype=object)[sound].astype(np.float64)  # older pandas is off in the last bit
    return numbers
