"""Values of a MATLAB 5 file: numbers, texts, cells and structures, every length checked before it is believed.

SciPy's reader is not used: a single damaged byte in the tag of an element makes it crash the whole process. The layout
is that of MathWorks' published "MAT-File Format"; objects, functions and sparse matrices are not read.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from spasticity.errors import DataError
from spasticity.load.opening import MAX_BYTES, Content

HEADER = 128
VERSIONS = {0x0100: "MATLAB 5", 0x0200: "MATLAB 7.3"}
INT8, UINT8, INT32, UINT32, MATRIX, COMPRESSED = 1, 2, 5, 6, 14, 15
NUMBERS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
TEXTS = {1: "latin-1", 2: "latin-1", 4: "utf-16", 16: "utf-8", 17: "utf-16", 18: "utf-32"}
CELL, STRUCT, CHAR = 1, 2, 4
NUMERIC = range(6, 16)  # double, single, and integers of 8 to 64 bits
IS_COMPLEX = 0x0800
DEEPEST = 32  # structures in structures; Mobilise-D has eight


class DamagedError(ValueError):
    """Bytes that cannot be what they should be."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some bytes of the file, and in which order numbers are written."""

    data: memoryview
    order: str

    def element(self, at: int) -> tuple[int, Part, int]:
        """Kind and content of the element that begins at a place, and where the next one does."""
        if at + 8 > len(self.data):
            raise DamagedError
        kind, size = struct.unpack_from(f"{self.order}II", self.data, at)
        if kind >> 16:  # up to four bytes stand in the tag itself
            size, kind = kind >> 16, kind & 0xFFFF
            if size > 4:
                raise DamagedError
            return kind, Part(self.data[at + 4 : at + 4 + size], self.order), at + 8
        end = at + 8 + size
        if end > len(self.data):
            raise DamagedError
        following = end if kind == COMPRESSED else end + -size % 8
        return kind, Part(self.data[at + 8 : end], self.order), min(following, len(self.data))

    def numbers(self, kind: int) -> np.ndarray:
        """The content as numbers of a kind."""
        if kind not in NUMBERS or len(self.data) % int(NUMBERS[kind][1]):
            raise DamagedError
        return np.frombuffer(self.data, dtype=self.order + NUMBERS[kind])


def variable(source: Content, name: str) -> Any:
    """One variable of a file.

    Parameters
    ----------
    source : Content
    name : str

    Returns
    -------
    object
        Numbers as an array of float without dimensions of length 1, texts as str, a structure as a dict (several as a
        list of them), cells as a list.

    Raises
    ------
    DataError
        When the file is not of MATLAB 5, is damaged, does not have the variable, or has it twice.
    """
    version = _version(source)
    if VERSIONS.get(version) == "MATLAB 7.3":
        raise DataError(f"{source.name}: it is a MATLAB 7.3 file; save it with `save(..., '-v7')`.")
    order = {b"IM": "<", b"MI": ">"}.get(source.data[126:HEADER])
    if order is None or version not in VERSIONS:
        raise DataError(f"{source.name}: this is not a MATLAB file, or it is damaged; fetch it again.")
    try:
        found = _named(Part(memoryview(source.data)[HEADER:], order), name)
    except (ValueError, OverflowError, MemoryError, struct.error, zlib.error):
        raise DataError(f"{source.name}: this MATLAB file is damaged; fetch it again.") from None
    if len(found) != 1:
        many = "no variable" if not found else "more than one variable"
        raise DataError(f"{source.name}: it has {many} `{name}`, so it is not a file of the expected kind.")
    return found[0]


def _version(source: Content) -> int:
    if len(source.data) < HEADER:
        return 0
    return int.from_bytes(source.data[124:126], "big" if source.data[126:HEADER] == b"MI" else "little")


def _named(file: Part, name: str) -> list[Any]:
    """Values of the variables of a name."""
    found, at = [], 0
    while at < len(file.data):
        kind, part, at = file.element(at)
        if kind == COMPRESSED:
            kind, part, _ = Part(memoryview(_unpacked(part.data)), file.order).element(0)
        if kind != MATRIX:
            raise DamagedError
        if _name(part) == name:
            found.append(_value(part, 0))
    return found


def _unpacked(packed: memoryview) -> bytes:
    stream = zlib.decompressobj()
    data = stream.decompress(packed, MAX_BYTES)
    if not stream.eof:
        raise DamagedError
    return data


def _name(part: Part) -> str:
    at = 0
    for _ in range(2):  # flags and dimensions
        _, _, at = part.element(at)
    _, name, _ = part.element(at)
    return bytes(name.data).decode("latin-1")


def _value(part: Part, depth: int) -> Any:
    """A matrix of any class."""
    if depth > DEEPEST:
        raise DamagedError
    if not len(part.data):
        return np.zeros(0)
    kind, flags, at = part.element(0)
    if kind != UINT32 or len(flags.data) != 8:
        raise DamagedError
    flag = int(flags.numbers(kind)[0])
    kind, sizes, at = part.element(at)
    shape = tuple(int(size) for size in sizes.numbers(kind))
    if kind != INT32 or not shape or min(shape) < 0 or prod(shape) > len(part.data):
        raise DamagedError
    _, _, at = part.element(at)
    if flag & 0xFF == STRUCT:
        return _struct(part, at, prod(shape), depth)
    if flag & 0xFF == CELL:
        return _members(part, at, prod(shape), depth)[0]
    kind, content, _ = part.element(at)
    if flag & 0xFF == CHAR:
        return _text(kind, content)
    if flag & 0xFF not in NUMERIC or flag & IS_COMPLEX:
        raise DamagedError
    values = content.numbers(kind).astype(np.float64).reshape(shape, order="F")
    return values.squeeze() if values.size else values.ravel()


def _text(kind: int, content: Part) -> str:
    if kind not in TEXTS:
        raise DamagedError
    wide = {"<": "-le", ">": "-be"}[content.order] if TEXTS[kind] in ("utf-16", "utf-32") else ""
    return bytes(content.data).decode(TEXTS[kind] + wide)


def _members(part: Part, at: int, count: int, depth: int) -> tuple[list[Any], int]:
    """So many matrices, one after the other."""
    values = []
    for _ in range(count):
        kind, member, at = part.element(at)
        if kind != MATRIX:
            raise DamagedError
        values.append(_value(member, depth + 1))
    return values, at


def _struct(part: Part, at: int, count: int, depth: int) -> Any:
    kind, width, at = part.element(at)
    size = int(width.numbers(kind)[0]) if len(width.data) else 0
    _, packed, at = part.element(at)
    if size < 1 or len(packed.data) % size:
        raise DamagedError
    chunks = [bytes(packed.data[place : place + size]) for place in range(0, len(packed.data), size)]
    names = [chunk.split(b"\0")[0].decode("latin-1") for chunk in chunks]
    values, _ = _members(part, at, count * len(names), depth)
    rows = [dict(zip(names, values[row * len(names) : (row + 1) * len(names)], strict=True)) for row in range(count)]
    return rows[0] if count == 1 else rows
