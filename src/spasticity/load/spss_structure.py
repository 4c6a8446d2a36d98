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

import numpy as np

from spasticity.errors import DataError
from spasticity.load.opening import Content
from spasticity.load.spss_dictionary import ELEMENT, HEADER, Walk

PLAIN, BYTECODE, ZIPPED = 0, 1, 2
SKIP, STOP, LITERAL = 0, 252, 253  # commands: nothing, the end, an element follows
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
        walk = Walk(data, order).to_the_rows()
        width = len(walk.kinds)
        fits = rows >= -1 and width > 0 and _fits(data, order, walk.at, rows, width, squeezed)
        fits &= walk.cases in (None, -1, rows)
    except (struct.error, ValueError):
        fits = False
    if not fits:
        raise _damaged(source)
    return SpssFrame(rows, width)


def _damaged(source: Content) -> DataError:
    return DataError(f"{source.name}: the file was cut or damaged; fetch it again, or save it again as .sav.")


def _fits(data: bytes, order: str, start: int, rows: int, width: int, squeezed: int) -> bool:
    """Whether so many rows can be in the bytes that are left."""
    left = len(data) - start
    if left < 0 or squeezed not in (PLAIN, BYTECODE, ZIPPED):
        return False
    if squeezed == PLAIN:
        return left == rows * width * ELEMENT if rows >= 0 else left % (width * ELEMENT) == 0
    if squeezed == BYTECODE:
        return _commands_fit(data[start:], rows, width)
    return max(rows, 0) * width <= left * LARGEST_RATIO and _zip_is_whole(data, order, start)


def _commands_fit(packed: bytes, rows: int, width: int) -> bool:
    """Whether compressed rows unpack to as many elements as there must be, with nothing left over.

    Eight commands of a byte each are followed by the elements, of 8 bytes, that some of them ask for.
    """
    if len(packed) % ELEMENT:
        return False
    blocks = np.frombuffer(packed, dtype=np.uint8).reshape(-1, ELEMENT)
    literal = (blocks == LITERAL).sum(axis=1).tolist()
    made = (~np.isin(blocks, (SKIP, STOP))).sum(axis=1).tolist()
    last = (blocks == STOP).any(axis=1).tolist()
    at, elements = 0, 0
    while at < len(blocks):
        here, at = at, at + 1 + literal[at]
        elements += made[here]
        if last[here]:
            break
    if at != len(blocks):
        return False
    return elements == rows * width if rows >= 0 else elements % width == 0


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
