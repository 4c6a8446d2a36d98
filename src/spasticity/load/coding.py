"""Columns of text as their distinct texts and which of them each row holds, found in the bytes of a file.

A million cells of ten different texts then cost ten Python strings and a million bytes. The bytes are looked at in
blocks of lines, so that what a block needs on the way stays small however long the file is.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

WORD = 8  # bytes compared at once
LONGEST = 64  # bytes of a cell; longer ones are read one by one
BLOCK = 1 << 18  # bytes of a block of lines: what is made of it fits into the cache of a processor
NEWLINE, QUOTE = ord("\n"), ord('"')
Places = tuple[np.ndarray, np.ndarray]
BlockCodes = tuple[np.ndarray, list[bytes]]
MASKS = np.array([(1 << (8 * size)) - 1 for size in range(WORD + 1)], dtype=np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A column of text.

    Parameters
    ----------
    codes : array of int, shape (n,)
        Which of the distinct texts each cell is.
    distinct : array of object, shape (k,)
        In the order in which they come first.
    """

    codes: np.ndarray
    distinct: np.ndarray

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def texts(self) -> np.ndarray:
        """The cells, as an array of Python strings."""
        return self.distinct.take(self.codes)

    def at(self, positions: np.ndarray | pd.Index) -> np.ndarray:
        """The texts of some cells.

        Parameters
        ----------
        positions : array of int, shape (m,)

        Returns
        -------
        array of object, shape (m,)
        """
        return self.distinct.take(self.codes.take(positions))

    def some(self, positions: np.ndarray) -> Coded:
        """Some cells as a column, whose distinct texts are theirs only.

        Parameters
        ----------
        positions : array of int, shape (m,)

        Returns
        -------
        Coded
        """
        codes, found = pd.factorize(self.codes.take(positions))
        return Coded(codes, self.distinct.take(found))


def coded_texts(texts: np.ndarray) -> Coded:
    """Cells that are Python strings already.

    Parameters
    ----------
    texts : array of object, shape (n,)

    Returns
    -------
    Coded
    """
    codes, distinct = pd.factorize(texts)
    return Coded(codes, distinct)


@dataclass(frozen=True, slots=True, eq=False)
class CodedColumns(Mapping[str, np.ndarray]):
    """Columns whose cells are written out as strings only when somebody asks for them.

    Parameters
    ----------
    coded : mapping of str to Coded
    """

    coded: Mapping[str, Coded]

    def __getitem__(self, name: str) -> np.ndarray:
        return self.coded[name].texts

    def __contains__(self, name: object) -> bool:
        return name in self.coded

    def __iter__(self) -> Iterator[str]:
        return iter(self.coded)

    def __len__(self) -> int:
        return len(self.coded)


def rectangle(data: bytes, delimiter: str) -> tuple[list[str], list[Coded]] | None:
    """Header and columns of a text in which every line has the same number of cells.

    A cell may stand in quotes, but not hold a quote, a delimiter or a line end. The csv reader gives the same, several
    times slower.

    Parameters
    ----------
    data : bytes
        UTF-8 without control characters.
    delimiter : str

    Returns
    -------
    header : list of str
    columns : list of Coded
        None instead of both when the text is not of that kind.
    """
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    if b"\r" in data or not delimiter.isascii():
        return None
    body = data.find(b"\n") + 1 or len(data)
    width = data.count(delimiter.encode(), 0, body) + 1
    header = _cells(_lines(data[:body]), delimiter, width) if width > 1 else None
    if header is None:
        return None
    columns: list[list[BlockCodes]] = [[] for _ in range(width)]
    for block in _blocks(data, body):
        cells = _cells(block, delimiter, width)
        if cells is None:
            return None
        for column, places in zip(columns, cells, strict=True):
            part = _block_codes(block, *places)
            if part is None:
                return None
            column.append(part)
    names = [data[start:end].decode("utf-8") for (start,), (end,) in header]
    return names, [_joined_blocks(column) for column in columns]


def _blocks(data: bytes, start: int) -> Iterator[bytes]:
    """Blocks of whole lines, each with room to read a word at its last cell."""
    while start < len(data):
        end = data.find(b"\n", min(start + BLOCK, len(data) - 1)) + 1 or len(data)
        yield _lines(data[start:end])
        start = end


def _lines(block: bytes) -> bytes:
    return block + b"\n" * (WORD if block.endswith(b"\n") else WORD + 1)


def _cells(block: bytes, delimiter: str, width: int) -> list[Places] | None:
    """Where the cells of each column begin and end in a block; None when they are not a rectangle."""
    letters = np.frombuffer(block, dtype=np.uint8)[:-WORD]
    line_ends = letters == NEWLINE
    marks = np.flatnonzero(line_ends | (letters == ord(delimiter)))
    rows = np.count_nonzero(line_ends)
    if len(marks) != rows * width or not line_ends[marks[width - 1 :: width]].all():
        return None
    ends = np.ascontiguousarray(marks.reshape(rows, width).T)
    first = np.concatenate([[0], ends[-1][:-1] + 1])
    cells = list(zip([first, *(ends[:-1] + 1)], ends, strict=True))
    quotes = int(np.count_nonzero(letters == QUOTE))
    return _unquoted(letters, cells, quotes) if quotes else cells


def _unquoted(letters: np.ndarray, cells: list[Places], quotes: int) -> list[Places] | None:
    """Cells without the quotes around them; None when there are other quotes."""
    bare, paired = [], 0
    for starts, ends in cells:
        quoted = (letters[starts] == QUOTE) & (letters[ends - 1] == QUOTE) & (ends - starts > 1)
        bare.append((starts + quoted, ends - quoted))
        paired += 2 * int(np.count_nonzero(quoted))
    return bare if paired == quotes else None


def _block_codes(block: bytes, starts: np.ndarray, ends: np.ndarray) -> BlockCodes | None:
    """The cells of a column in a block: which of its distinct texts each is, and those in order."""
    sizes = ends - starts
    longest = int(sizes.max())
    if longest > LONGEST:
        return None if longest > csv.field_size_limit() else _long_codes(block, starts, ends)
    every = np.ndarray(shape=(len(block) - WORD + 1,), dtype="<u8", buffer=block, strides=(1,))
    words = [every[starts] & MASKS.take(sizes if longest <= WORD else np.minimum(sizes, WORD))]
    for place in range(WORD, longest, WORD):
        words.append(every[np.minimum(starts + place, len(every) - 1)] & MASKS.take(np.clip(sizes - place, 0, WORD)))
    codes, found = pd.factorize(words[0])
    if len(words) > 1:
        codes, first = _together(codes, words[1:])
        found = np.stack([word[first] for word in words], axis=1)
    # A fixed width of bytes leaves the zero bytes after a text away.
    distinct = found.view(f"S{WORD * len(words)}").ravel().tolist()
    return codes.astype(np.min_scalar_type(len(distinct))), distinct


def _long_codes(block: bytes, starts: np.ndarray, ends: np.ndarray) -> BlockCodes:
    places = zip(starts.tolist(), ends.tolist(), strict=True)
    cells = coded_texts(_array([block[start:end] for start, end in places]))
    return cells.codes, cells.distinct.tolist()


def _together(codes: np.ndarray, words: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Codes of cells by all their words, numbered as they come first, and where that is."""
    for word in words:
        more, found = pd.factorize(word)
        codes = pd.factorize(codes * len(found) + more)[0]
    first = np.empty(int(codes.max(initial=-1)) + 1, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return codes, first


def _joined_blocks(blocks: Sequence[BlockCodes]) -> Coded:
    """Columns of blocks as one column."""
    known: dict[bytes, int] = {}
    places = [np.array([known.setdefault(text, len(known)) for text in distinct]) for _, distinct in blocks]
    smallest = np.min_scalar_type(len(known))
    codes = [place.astype(smallest)[codes] for place, (codes, _) in zip(places, blocks, strict=True)]
    joined = np.concatenate(codes) if codes else np.empty(0, dtype=smallest)
    return Coded(joined, _array(b"\n".join(known).decode("utf-8").split("\n") if known else []))


def _array(cells: Sequence[object]) -> np.ndarray:
    array = np.empty(len(cells), dtype=object)
    array[:] = cells
    return array
