"""What the frame of a Stata file says, checked before a library is asked to make room for it.

A flipped bit in the number of rows makes a reader ask for all memory there is; here every count must fit the bytes.

References
----------
StataCorp, "File formats .dta" of releases 113 to 119 [from memory; checked against files written by Stata, pandas and
ReadStat].
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from spasticity.errors import DataError
from spasticity.load.opening import Content

TAGGED = re.compile(
    rb"<stata_dta><header><release>(11[789])</release><byteorder>(MSF|LSF)</byteorder>"
    rb"<K>(.{2}|.{4})</K><N>(.{4}|.{8})</N>",
    re.DOTALL,
)
TAGS = (
    b"<map>",
    b"<variable_types>",
    b"<varnames>",
    b"<sortlist>",
    b"<formats>",
    b"<value_label_names>",
    b"<variable_labels>",
    b"<characteristics>",
    b"<data>",
    b"<strls>",
    b"<value_labels>",
    b"</stata_dta>",
)
END = b"</stata_dta>"
OLD_WIDTHS = {251: 1, 252: 2, 253: 4, 254: 4, 255: 8}
WIDTHS = {32768: 8, 65526: 8, 65527: 4, 65528: 4, 65529: 2, 65530: 1}
LONGEST_OLD, LONGEST = 244, 2045  # bytes of a text


@dataclass(frozen=True, slots=True)
class StataFrame:
    """The size of a Stata file as it says itself.

    Parameters
    ----------
    release : int
        Of the format.
    rows, columns : int
    """

    release: int
    rows: int
    columns: int


def stata_frame(source: Content) -> StataFrame:
    """The frame of a Stata file.

    Parameters
    ----------
    source : Content

    Returns
    -------
    StataFrame

    Raises
    ------
    DataError
        When the file is none, is of another release, or its counts and its bytes contradict each other.
    """
    data = source.data
    tagged = data.startswith(b"<stata_dta>")
    if not tagged and (len(data) < 2 or not 102 <= data[0] <= 115 or data[1] not in (1, 2)):
        raise DataError(f"{source.name}: this is not a Stata file; save it again as .dta.")
    if not tagged and data[0] < 113:
        raise DataError(f"{source.name}: the file is of Stata before version 8; save it again in a newer format.")
    try:
        frame = _new(data) if tagged else _old(data)
    except (struct.error, ValueError, KeyError, IndexError):
        frame = None
    if frame is None:
        raise DataError(f"{source.name}: the file was cut or damaged; fetch it again, or save it again as .dta.")
    return frame


def _old(data: bytes) -> StataFrame | None:
    order = ">" if data[1] == 1 else "<"
    columns, rows = struct.unpack_from(f"{order}hi", data, 4)
    if columns < 1 or rows < 0 or columns > len(data):
        return None
    types = data[109 : 109 + columns]
    width = sum(kind if kind <= LONGEST_OLD else OLD_WIDTHS[kind] for kind in types)
    at = 109 + columns + 33 * columns + 2 * (columns + 1) + (49 if data[0] >= 114 else 12) * columns + 114 * columns
    at = _after_expansions(data, order, at)
    at += rows * width
    return StataFrame(data[0], rows, columns) if _labels_end(data, order, at) == len(data) else None


def _after_expansions(data: bytes, order: str, at: int) -> int:
    while True:
        kind, length = struct.unpack_from(f"{order}bi", data, at)
        at += 5
        if kind == 0 and length == 0:
            return at
        if length < 0 or at + length > len(data):
            raise ValueError(length)
        at += length


def _labels_end(data: bytes, order: str, at: int) -> int:
    """Where the value labels that begin here end, all of them to the end of the file."""
    while at < len(data):
        at = _label(data, order, at, 33)
    return at


def _label(data: bytes, order: str, at: int, name: int) -> int:
    (length,) = struct.unpack_from(f"{order}i", data, at)
    at += 4 + name + 3
    count, letters = struct.unpack_from(f"{order}ii", data, at)
    if count < 0 or letters < 0 or length != 8 + 8 * count + letters:
        raise ValueError(length)
    return at + length


def _new(data: bytes) -> StataFrame | None:
    found = TAGGED.match(data)
    if found is None or not data.endswith(END):
        return None
    release, order = int(found[1]), ">" if found[2] == b"MSF" else "<"
    columns = int.from_bytes(found[3], "big" if order == ">" else "little")
    rows = int.from_bytes(found[4], "big" if order == ">" else "little")
    map_at = data.index(b"</header><map>", 0, 1_000) + len(b"</header>")
    places = list(struct.unpack_from(f"{order}14q", data, map_at + len(b"<map>")))
    if places[7] == 0:  # Stata 13 leaves the place of the variable labels out
        places[7] = data.index(TAGS[6], max(places[6], 0))
    if places[0] != 0 or places[1] != map_at or places[13] != len(data) or places != sorted(places):
        return None
    if any(not data.startswith(tag, place) for tag, place in zip(TAGS, places[1:13], strict=True)):
        return None
    types = _types(data, order, places[2], columns)
    width = sum(kind if kind <= LONGEST else WIDTHS[kind] for kind in types)
    if places[10] - places[9] != len(b"<data></data>") + rows * width:
        return None
    at, end = places[11] + len(b"<value_labels>"), places[12] - len(b"</value_labels>")
    while at < end:
        if not data.startswith(b"<lbl>", at):
            return None
        at = _label(data, order, at + 5, 33 if release == 117 else 129) + len(b"</lbl>")
    return StataFrame(release, rows, columns) if at == end else None


def _types(data: bytes, order: str, at: int, columns: int) -> tuple[int, ...]:
    start = at + len(b"<variable_types>")
    if not 0 < columns <= (len(data) - start) // 2 or not data.startswith(b"</variable_types>", start + 2 * columns):
        raise ValueError(columns)
    return struct.unpack_from(f"{order}{columns}H", data, start)
