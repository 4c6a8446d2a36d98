"""The dictionary of an SPSS file, walked over so that a library can be trusted with it.

Damaged types and labels make the library read beyond its memory; each part must fit the parts before it.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

HEADER = 176  # bytes
ELEMENT = 8  # bytes of a number, and of a piece of text
NUMBER, PIECE, LONGEST_TEXT = 0, -1, 255  # the type of a column: 0, the length of its text, or -1 for a further piece
TEXT_FORMATS = (1, 2)  # A and AHEX
NAME = re.compile(rb"[A-Za-z@#$\x80-\xff][A-Za-z0-9._@#$\x80-\xff]* *")
FIXED = {3: (4, 8), 4: (8, 3), 16: (8, 2)}  # size and count of extensions that are always the same
DISPLAY, CASES = 11, 16  # extensions: how columns are shown, and how many rows there are


@dataclass(slots=True)
class Walk:
    """A walk over the parts of a dictionary.

    Parameters
    ----------
    data : bytes
    order : str
        Of bytes, `<` or `>`.
    at : int
        Where it is.
    kinds : list of int
        Type of every element of a row that was passed.
    pieces : int
        Pieces of a text that must come next.
    labels : list of bytes
        Codes that were labelled last.
    cases : int, optional
        Rows, as an extension says.
    """

    data: bytes
    order: str
    at: int = HEADER
    kinds: list[int] = field(default_factory=list)
    pieces: int = 0
    labels: list[bytes] = field(default_factory=list)
    cases: int | None = None

    def to_the_rows(self) -> Walk:
        """Go to the first row.

        Returns
        -------
        Walk

        Raises
        ------
        ValueError, struct.error
            When a part does not fit those before it, or the file.
        """
        steps: dict[int, Callable[[], None]] = {
            2: self._variable,
            3: self._labels,
            4: self._labelled,
            6: self._document,
            7: self._extension,
        }
        while (part := self._number()) != 999:
            if part not in steps or (self.pieces and part != 2):
                raise ValueError(part)
            steps[part]()
            if self.at > len(self.data):
                raise ValueError(self.at)
        self.at += 4
        return self

    def _number(self) -> int:
        (number,) = struct.unpack_from(f"{self.order}i", self.data, self.at)
        self.at += 4
        return int(number)

    def _count(self, size: int) -> int:
        """A count of things that must fit into the file."""
        count = self._number()
        if not 0 <= count <= (len(self.data) - self.at) // size:
            raise ValueError(count)
        return count

    def _variable(self) -> None:
        kind, labelled, missing, shown, written = (self._number() for _ in range(5))
        name = self.data[self.at : self.at + 8]
        self.at += 8
        further = kind == PIECE
        if further != (self.pieces > 0) or not PIECE <= kind <= LONGEST_TEXT:
            raise ValueError(kind)
        if labelled not in (0, 1) or not -3 <= missing <= 3 or not (further or NAME.fullmatch(name)):
            raise ValueError(missing)
        forms = {(form >> 16) & 0xFF for form in (shown, written)}
        if not further and any(form and (form in TEXT_FORMATS) != (kind > NUMBER) for form in forms):
            raise ValueError(shown)
        self.pieces = self.pieces - 1 if further else max(-(-kind // ELEMENT), 1) - 1
        self.kinds.append(kind)
        if labelled:
            length = self._count(1)
            self.at += -(-length // 4) * 4
        self.at += ELEMENT * abs(missing)

    def _labels(self) -> None:
        self.labels = []
        for _ in range(self._count(16)):
            self.labels.append(self.data[self.at : self.at + ELEMENT])
            (length,) = struct.unpack_from("B", self.data, self.at + ELEMENT)
            self.at += ELEMENT + -(-(length + 1) // 8) * 8

    def _labelled(self) -> None:
        """Labels belong to columns that there are, all of numbers or all of short text."""
        count = self._count(4)
        places = [self._number() for _ in range(count)]
        if any(not 1 <= place <= len(self.kinds) for place in places):
            raise ValueError(count)
        kinds = {self.kinds[place - 1] for place in places}
        if PIECE in kinds or max(kinds, default=0) > ELEMENT or len({kind > NUMBER for kind in kinds}) > 1:
            raise ValueError(count)
        if max(kinds, default=0) > NUMBER and any(code < 0x20 for label in self.labels for code in label):
            raise ValueError(count)

    def _document(self) -> None:
        lines = self._count(80)
        self.at += 80 * lines

    def _extension(self) -> None:
        kind, size, count = self._number(), self._count(1), self._count(1)
        if FIXED.get(kind, (size, count)) != (size, count) or (kind == DISPLAY and size != 4):
            raise ValueError(kind)
        if kind == CASES:
            self.cases = int(struct.unpack_from(f"{self.order}q", self.data, self.at + 8)[0])
        self.at += size * count
