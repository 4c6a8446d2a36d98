"""Delimited text into a grid: strict quoting, every line accounted for, nothing sniffed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from spasticity.errors import DataError, MethodError
from spasticity.load.coding import CodedColumns, rectangle
from spasticity.load.grid import Grid, check_header, texts
from spasticity.load.opening import Content, utf8_of
from spasticity.wording import plural

TORN_SHARE = 0.01  # more torn rows than this (and more than one) mean that the file, not a row, is damaged
NO_ROWS = "no rows"
DELIMITERS = (",", ";", "\t", "|")

Records = list[list[str]]


def delimited_grid(source: Content, *, delimiter: str = ",", encoding: str = "utf-8") -> Grid:
    """The grid of a delimited text.

    Parameters
    ----------
    source : Content
    delimiter : str
        One character.
    encoding : str

    Returns
    -------
    Grid
        `rows` are physical lines: the line on which a record begins.

    Raises
    ------
    DataError
        When the text is empty, its quoting is broken, its header is unusable, or too many rows are torn.
    """
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise MethodError(f"delimiter={delimiter!r} is not one character such as `,`, `;` or a tab")
    data, notes = utf8_of(source, encoding)
    notes += _line_ends(data)
    block = rectangle(data, delimiter)
    if block is not None:
        header, columns = block
        check_header(header, source.name)
        rows = np.arange(2, 2 + len(columns[0]))
        return Grid(
            name=source.name,
            sha256=source.sha256,
            format="csv",
            columns=CodedColumns(dict(zip(header, columns, strict=True))),
            rows=rows,
            notes=tuple(notes if len(rows) else [*notes, NO_ROWS]),
        )
    text = data.decode("utf-8")
    records, lines = _records(source.name, text, delimiter)
    _refuse_bare_quotes(source.name, text, records, lines, delimiter)
    return _recorded(source, records, lines, delimiter, notes)


def _grid(
    source: Content,
    header: Sequence[str],
    cells: Iterable[Sequence[str]],
    rows: np.ndarray,
    notes: Sequence[str],
    torn: tuple[tuple[int, str, str], ...] = (),
) -> Grid:
    columns = {name: texts(column) for name, column in zip(header, cells, strict=True)}
    return Grid(
        name=source.name, sha256=source.sha256, format="csv", columns=columns, rows=rows, torn=torn, notes=tuple(notes)
    )


def _recorded(source: Content, records: Records, lines: np.ndarray, delimiter: str, notes: list[str]) -> Grid:
    """The grid of records that may be torn or blank."""
    header, body = records[0], records[1:]
    _refuse_other_delimiter(source.name, header, body, delimiter)
    check_header(header, source.name)
    widths = np.fromiter(map(len, body), dtype=int, count=len(body))
    filled, whole = widths > 0, widths == len(header)
    if len(body) and filled[-1] and not whole[-1] and not ends_with_a_line(source):
        raise DataError(
            f"{source.name}: the file ends in the middle of line {lines[-1]:,}; it was cut. Fetch or export it again."
        )
    torn = _torn(source.name, header, body, lines[1:], filled & ~whole, delimiter)
    kept = [row for row, good in zip(body, whole, strict=True) if good]
    blank = int((~filled).sum())
    notes = [*notes, *([plural(blank, "blank line")] if blank else []), *([] if filled.any() else [NO_ROWS])]
    cells = list(zip(*kept, strict=True)) if kept else [()] * len(header)
    return _grid(source, header, cells, lines[1:][whole], notes, torn)


def ends_with_a_line(source: Content) -> bool:
    """Whether the last line is finished: a file that was cut seldom is.

    Parameters
    ----------
    source : Content

    Returns
    -------
    bool
    """
    return source.data.rstrip(b"\0").endswith((b"\n", b"\r"))  # UTF-16 ends with a zero byte


def _records(name: str, text: str, delimiter: str) -> tuple[Records, np.ndarray]:
    """All records, blank lines as empty ones, from the first that is not blank; and the line each begins on."""
    reader = _reader(text, delimiter)
    try:
        records = list(reader)
    except csv.Error as error:
        raise _broken(name, text, delimiter, error) from None
    if reader.line_num == len(records):
        lines = np.arange(1, len(records) + 1)
    else:  # line ends inside quotes
        lines = np.fromiter((line for line, _ in _numbered(text, delimiter)), dtype=int, count=len(records))
    first = next((position for position, record in enumerate(records) if record), None)
    if first is None:
        raise DataError(f"{name}: the file has no header; export it again.")
    return records[first:], lines[first:]


def _reader(text: str, delimiter: str) -> Any:  # the class of csv's readers has no public name
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _numbered(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader, line = _reader(text, delimiter), 1
    for record in reader:
        yield line, record
        line = reader.line_num + 1


def _broken(name: str, text: str, delimiter: str, error: csv.Error) -> DataError:
    """The error for quoting that cannot be followed, with the line on which its record begins."""
    reader, start = _reader(text, delimiter), 1
    try:
        for _ in reader:
            start = reader.line_num + 1
    except csv.Error:
        pass
    if "field limit" in str(error):
        what = f"a field has more than {csv.field_size_limit():,} characters, perhaps because a quote is never closed"
    elif "end of data" in str(error):
        what = "a quote is opened and never closed"
    else:
        what = "text follows a closing quote"
    return DataError(f"{name}: {what}, in the record that begins in line {start:,}; correct the quotes and load again.")


def _refuse_bare_quotes(name: str, text: str, records: Records, lines: np.ndarray, delimiter: str) -> None:
    """Refuse a quote inside a field that is not quoted, which csv takes as a letter."""
    if '"' not in text:
        return
    physical: Sequence[str] | None = None
    cell = f'(?:"(?:[^"]|"")*"|[^"{re.escape(delimiter)}]*)'
    sound = re.compile(f"{cell}(?:{re.escape(delimiter)}{cell})*")
    for position, record in enumerate(records):
        if not any('"' in cell for cell in record):
            continue
        physical = physical or list(io.StringIO(text, newline=""))
        last = lines[position + 1] - 1 if position + 1 < len(lines) else len(physical)
        raw = "".join(physical[lines[position] - 1 : last]).rstrip("\r\n")
        if not sound.fullmatch(raw):
            raise DataError(
                f"{name}: a quote stands inside an unquoted field in line {lines[position]:,}; "
                'put the field in quotes and write the inner quote twice ("").'
            )


def _refuse_other_delimiter(name: str, header: list[str], body: Records, delimiter: str) -> None:
    if len(header) > 1:
        return
    sample = [header, *body[:100]]
    for other in DELIMITERS:
        inside = sum(other in cell for record in sample for cell in record[:1])
        if other != delimiter and other in header[0] and inside > len(sample) / 2:
            raise DataError(
                f"{name}: the file has one column when it is split at {delimiter!r}; it looks like {other!r}. "
                f"Declare delimiter={other!r} (and decimal=',' when numbers have a decimal comma)."
            )


def _torn(
    name: str, header: list[str], body: Records, lines: np.ndarray, wrong: np.ndarray, delimiter: str
) -> tuple[tuple[int, str, str], ...]:
    """Rows of the wrong width, or an error when there are too many of them."""
    places = np.flatnonzero(wrong)
    if not len(places):
        return ()
    filled = sum(map(bool, body))
    widths = {len(body[place]) for place in places}
    first = f"first line {lines[places[0]]:,}"
    expected = f"the header has {plural(len(header), 'column')}"
    if len(places) == filled and len(widths) == 1 and filled > 1:
        raise DataError(f"{name}: every row has {widths.pop():,} cells, but {expected}; correct the header.")
    if len(places) > max(1, TORN_SHARE * filled):
        raise DataError(
            f"{name}: {plural(len(places), 'row')} of {filled:,} have too many or too few cells, {first}; {expected}. "
            "Quote the cells that hold a delimiter, or export again."
        )
    return tuple(
        (int(lines[place]), delimiter.join(body[place]), f"{len(body[place])} cells where {expected}")
        for place in places
    )


def _line_ends(data: bytes) -> list[str]:
    """Notes on line ends that are not plain."""
    crlf = data.count(b"\r\n") if b"\r" in data else 0
    cr = data.count(b"\r") - crlf if b"\r" in data else 0
    lf = data.count(b"\n") - crlf if crlf or cr else 0
    ends = [word for word, count in (("CRLF", crlf), ("CR", cr), ("LF", lf)) if count]
    notes = [f"line ends: {' and '.join(ends)}"] if ends else []
    return notes if data.endswith((b"\n", b"\r")) else [*notes, "no line end after the last row"]
