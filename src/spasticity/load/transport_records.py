"""SAS transport files, byte by byte: the usual reader loses rows of a file that was cut without a word.

A version 5 file does not say how many rows it holds. What can be checked is checked: every header record, that the
columns lie side by side, that the file is made of whole records of 80 bytes and ends, after whole rows, in blanks only.

References
----------
SAS Institute, "Record Layout of a SAS Version 5 or 6 Data Set in SAS Transport (XPORT) Format" (TS-140) and the same
of versions 8 and 9 [from memory; checked against files written by ReadStat and by SAS].
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

import numpy as np

from spasticity.errors import DataError, listed
from spasticity.load.opening import Content
from spasticity.wording import plural

RECORD = 80
HEADER = re.compile(rb"HEADER RECORD\*{7}([A-Z0-9]{1,8}) *HEADER RECORD!{7}(.{32})", re.DOTALL)
MISSING = frozenset(b"._ABCDEFGHIJKLMNOPQRSTUVWXYZ")  # first byte of a missing number; the others are 0
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
NUMERIC = 1  # the code of a numeric column; text is 2
LARGEST_TEXT = 32_767


@dataclass(frozen=True, slots=True)
class Field:
    """A column as the file declares it.

    Parameters
    ----------
    name, label, format : str
    numeric : bool
    width, position : int
        Bytes it takes in a row, and the byte at which it starts.
    """

    name: str
    label: str
    format: str
    numeric: bool
    width: int
    position: int


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One data set of a transport file.

    Parameters
    ----------
    name, label : str
    version : int
        5 or 8.
    fields : tuple of Field
    cells : array of uint8, shape (rows, width)
        The rows, as bytes.
    counted : bool
        Whether the file says how many rows there are, and there are so many.
    """

    name: str
    label: str
    version: int
    fields: tuple[Field, ...]
    cells: np.ndarray
    counted: bool


def members(source: Content, encoding: str) -> list[Member]:
    """Every data set of a transport file.

    Parameters
    ----------
    source : Content
    encoding : str
        Of labels.

    Returns
    -------
    list of Member

    Raises
    ------
    DataError
        When the file is no transport file, was cut, or its headers contradict each other.
    """
    data = source.data
    first = HEADER.match(data)
    if first is None or first[1] not in (b"LIBRARY", b"LIBV8"):
        raise DataError(f"{source.name}: this is not a SAS transport file; export it again as .xpt of version 5 or 8.")
    if len(data) % RECORD:
        raise _cut(source, f"its {len(data):,} bytes are not whole records of {RECORD}")
    starts = [at for at in range(3 * RECORD, len(data), RECORD) if data.startswith(b"HEADER RECORD*******MEMB", at)]
    if not starts:
        raise _cut(source, "it has no data set")
    ends = [*starts[1:], len(data)]
    return [_member(source, start, end, encoding) for start, end in zip(starts, ends, strict=True)]


def _cut(source: Content, what: str) -> DataError:
    return DataError(f"{source.name}: {what}; the file was cut or damaged. Fetch or export it again.")


def _header(source: Content, at: int, *names: bytes) -> bytes:
    """What a header record says after its name."""
    found = HEADER.match(source.data, at)
    if found is None or found[1] not in names:
        raise _cut(source, f"the header record at byte {at:,} is not as it must be")
    return found[2]


def _member(source: Content, start: int, end: int, encoding: str) -> Member:
    said = _header(source, start, b"MEMBER", b"MEMBV8")
    version = 8 if source.data.startswith(b"MEMBV8", start + 20) else 5
    size = _digits(source, said[26:30], start)
    if size not in (136, 140):
        raise _cut(source, f"the size of a column's description at byte {start:,} is not 136 or 140")
    _header(source, start + RECORD, b"DSCRPTR", b"DSCPTV8")
    name = source.data[start + 2 * RECORD + 8 : start + 2 * RECORD + (40 if version == 8 else 16)]
    at = start + 4 * RECORD
    count = _digits(source, _header(source, at, b"NAMESTR", b"NAMSTV8")[4:10], at)
    described = at + RECORD
    fields = tuple(_field(source, described + size * i, version, encoding) for i in range(count))
    _check_fields(source, fields)
    after = described + -(-size * count // RECORD) * RECORD
    rows_at, told = _observations(source, after, end, version)
    cells = _rows(source, fields, rows_at, end)
    if told is not None and told != len(cells):
        raise _cut(source, f"its header speaks of {plural(told, 'row')}, but it holds {len(cells):,}")
    label = source.data[start + 3 * RECORD + 32 : start + 3 * RECORD + 72].decode(encoding, "replace").strip()
    return Member(name.decode("ascii", "replace").strip(), label, version, fields, cells, told is not None)


def _digits(source: Content, text: bytes, at: int) -> int:
    if not text.strip().isdigit():
        raise _cut(source, f"the header record at byte {at:,} holds no count where one must be")
    return int(text)


def _field(source: Content, at: int, version: int, encoding: str) -> Field:
    data = source.data
    if at + 136 > len(data):
        raise _cut(source, "it ends among the descriptions of its columns")
    kind, _, width, _ = struct.unpack_from(">4h", data, at)
    (position,) = struct.unpack_from(">i", data, at + 84)
    long_name = data[at + 88 : at + 120].rstrip(b" \0") if version == 8 else b""
    name = (long_name or data[at + 8 : at + 16].rstrip(b" \0")).decode("ascii", "replace")
    if kind not in (1, 2) or not NAME.fullmatch(name):
        raise _cut(source, f"the description of a column at byte {at:,} is not as it must be")
    return Field(
        name=name,
        label=data[at + 16 : at + 56].decode(encoding, "replace").strip(),
        format=data[at + 56 : at + 64].decode("ascii", "replace").strip(" \0"),
        numeric=kind == NUMERIC,
        width=width,
        position=position,
    )


def _check_fields(source: Content, fields: tuple[Field, ...]) -> None:
    """Refuse columns that do not lie side by side, or are wider than they can be."""
    if not fields:
        raise _cut(source, "it has no columns")
    expected = 0
    for field in sorted(fields, key=lambda field: field.position):
        fits = 2 <= field.width <= 8 if field.numeric else 1 <= field.width <= LARGEST_TEXT
        if field.position != expected or not fits:
            raise _cut(source, f"the columns do not lie side by side at {listed([field.name])}")
        expected += field.width


def _observations(source: Content, at: int, end: int, version: int) -> tuple[int, int | None]:
    """Where the rows begin, and how many the header speaks of."""
    if version == 5:
        _header(source, at, b"OBS")
        return at + RECORD, None
    while at < end and not source.data.startswith(b"HEADER RECORD*******OBSV8 ", at):
        at += RECORD  # long labels and formats stand in between
    said = _header(source, at, b"OBSV8").strip()
    known = said.isdigit() and int(said) > 0 and len(said) < 16  # 30 zeros are no count
    return at + RECORD, int(said) if known else None


def _rows(source: Content, fields: tuple[Field, ...], start: int, end: int) -> np.ndarray:
    """The rows; what follows the last one must be fewer than 80 blanks."""
    data = np.frombuffer(source.data, dtype=np.uint8, count=max(end - start, 0), offset=min(start, end))
    width = sum(field.width for field in fields)
    count = len(data) // width
    while count and (len(data) - (count - 1) * width) < RECORD and (data[(count - 1) * width :] == 0x20).all():
        count -= 1  # rows of blanks in the last record are its padding
    rest = data[count * width :]
    if len(rest) >= RECORD or (rest != 0x20).any():
        raise _cut(source, f"it ends in the middle of row {count + 1:,}")
    return data[: count * width].reshape(count, width)


def numbers(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the IBM mainframe as ordinary ones.

    Parameters
    ----------
    cells : array of uint8, shape (n, width)
        2 to 8 bytes: sign, power of 16 plus 64, fraction.

    Returns
    -------
    values : array of float, shape (n,)
        NaN where there is none.
    codes : array of uint8, shape (n,)
        The letter of a missing value; 0 where there is a number; 255 for what is neither.
    """
    whole = np.zeros((len(cells), 8), dtype=np.uint8)
    whole[:, : cells.shape[1]] = cells
    fraction = whole[:, 1:] @ (256.0 ** np.arange(6, -1, -1))  # 53 of its 56 bits, as a float64 holds
    power = (whole[:, 0] & 0x7F).astype(int) - 64
    sign = np.where(whole[:, 0] & 0x80, -1.0, 1.0)
    values = sign * np.ldexp(fraction, 4 * power - 56)
    empty = (whole[:, 1:] == 0).all(axis=1)
    lost = empty & np.isin(whole[:, 0], list(MISSING))
    odd = empty & ~lost & ~np.isin(whole[:, 0], (0x00, 0x80))
    codes = np.where(lost, whole[:, 0], np.where(odd, 255, 0)).astype(np.uint8)
    return np.where(codes > 0, np.nan, values), codes
