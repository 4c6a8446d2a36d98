"""What the frame of an SPSS file says, checked before a library is asked to make room for it.

A flipped bit in a count makes a reader ask for gigabytes; here every count must fit the bytes that are there.

References
----------
GNU PSPP developers, "System File Format" [from memory; checked against files written by SPSS and by ReadStat].
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from spasticity.errors import DataError
from spasticity.load.opening import Content

HEADER = 176  # bytes
ELEMENT = 8  # bytes of a number, and of a piece of text
VARIABLE, LABELS, LABELLED, DOCUMENT, EXTENSION, END = 2, 3, 4, 6, 7, 999
PLAIN, BYTECODE, ZIPPED = 0, 1, 2
LARGEST_RATIO = 1_032  # of deflate


@dataclass(frozen=True, slots=True)
class SpssFrame:
    """The size of an SPSS file as it says itself.

    Parameters
    ----------
    rows : int
        -1 when the file does not say.
    width : int
        Elements of 8 bytes in a row.
    """

    rows: int
    width: int


def spss_frame(source: Content) -> SpssFrame:
    """The frame of an SPSS file.

    Parameters
    ----------
    source : Content

    Returns
    -------
    SpssFrame

    Raises
    ------
    DataError
        When the file is none, or its counts and its bytes contradict each other.
    """
    data = source.data
    if not data.startswith((b"$FL2", b"$FL3")) or len(data) < HEADER:
        raise DataError(f"{source.name}: this is not an SPSS file; save it again as .sav.")
    order = next((order for order in "<>" if struct.unpack_from(f"{order}i", data, 64)[0] in (2, 3)), None)
    if order is None:
        raise _damaged(source)
    (squeezed,) = struct.unpack_from(f"{order}i", data, 72)
    (rows,) = struct.unpack_from(f"{order}i", data, 80)
    try:
        start, width = _dictionary(data, order)
        fits = rows >= -1 and width > 0 and _fits(data, order, start, rows, width, squeezed)
    except (struct.error, ValueError):
        fits = False
    if not fits:
        raise _damaged(source)
    return SpssFrame(rows, width)


def _damaged(source: Content) -> DataError:
    return DataError(f"{source.name}: the file was cut or damaged; fetch it again, or save it again as .sav.")


def _dictionary(data: bytes, order: str) -> tuple[int, int]:
    """Where the rows begin, and how many elements a row has."""
    at, width = HEADER, 0
    while True:
        (kind,) = struct.unpack_from(f"{order}i", data, at)
        at += 4
        if kind == END:
            return at + 4, width
        if kind == VARIABLE:
            at, width = _variable(data, order, at), width + 1
        elif kind in STEPS:
            at = STEPS[kind](data, order, at)
        else:
            raise ValueError(kind)
        if at > len(data):
            raise ValueError(at)


def _count(data: bytes, order: str, at: int, size: int) -> int:
    """A count of things that must fit into the file."""
    (count,) = struct.unpack_from(f"{order}i", data, at)
    if not 0 <= count <= (len(data) - at) // size:
        raise ValueError(count)
    return int(count)


def _variable(data: bytes, order: str, at: int) -> int:
    _, labelled, missing = struct.unpack_from(f"{order}3i", data, at)
    at += 28
    if labelled not in (0, 1) or not -3 <= missing <= 3:
        raise ValueError(missing)
    if labelled:
        at += 4 + -(-_count(data, order, at, 1) // 4) * 4
    return at + ELEMENT * abs(missing)


def _labels(data: bytes, order: str, at: int) -> int:
    count, at = _count(data, order, at, 16), at + 4
    for _ in range(count):
        (length,) = struct.unpack_from("B", data, at + 8)
        at += 8 + -(-(length + 1) // 8) * 8
    return at


def _labelled(data: bytes, order: str, at: int) -> int:
    return at + 4 + 4 * _count(data, order, at, 4)


def _document(data: bytes, order: str, at: int) -> int:
    return at + 4 + 80 * _count(data, order, at, 80)


def _extension(data: bytes, order: str, at: int) -> int:
    size, count = (_count(data, order, at + place, 1) for place in (4, 8))
    return at + 12 + size * count


STEPS = {LABELS: _labels, LABELLED: _labelled, DOCUMENT: _document, EXTENSION: _extension}


def _fits(data: bytes, order: str, start: int, rows: int, width: int, squeezed: int) -> bool:
    """Whether so many rows can be in the bytes that are left."""
    left = len(data) - start
    if left < 0 or squeezed not in (PLAIN, BYTECODE, ZIPPED):
        return False
    if squeezed == PLAIN:
        return left == rows * width * ELEMENT if rows >= 0 else left % (width * ELEMENT) == 0
    if squeezed == BYTECODE:
        return max(rows, 0) * width <= left  # each element takes a byte at least
    return max(rows, 0) * width <= left * LARGEST_RATIO and _zip_is_whole(data, order, start)


def _zip_is_whole(data: bytes, order: str, start: int) -> bool:
    """Whether every block of a zipped file unpacks to what its list of blocks says; each has a checksum of its own."""
    at, trailer, length = struct.unpack_from(f"{order}3q", data, start)
    if at != start or length < 24 or trailer + length != len(data):
        return False
    _, _, block_size, blocks = struct.unpack_from(f"{order}qqii", data, trailer)
    if length != 24 + 24 * blocks or not 0 < block_size <= 2**28:
        return False
    for number in range(blocks):
        _, place, size, packed = struct.unpack_from(f"{order}qqii", data, trailer + 24 + 24 * number)
        if not (0 <= size <= block_size and packed >= 0 and start <= place <= place + packed <= trailer):
            return False
        try:
            unpack = zlib.decompressobj()
            whole = len(unpack.decompress(data[place : place + packed], size + 1)) == size and unpack.eof
        except zlib.error:
            return False
        if not whole:
            return False
    return True
