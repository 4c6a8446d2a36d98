"""Columns of text as their distinct texts and which of them each row holds: found in the bytes, eight at a time.

A million cells of ten different texts then cost ten Python strings instead of a million.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

WORD = 8  # bytes compared at once
LONGEST = 64  # bytes of a cell; longer ones are read one by one
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

    @property
    def texts(self) -> np.ndarray:
        """The cells, as an array of Python strings."""
        return self.distinct.take(self.codes)


def coded(data: bytes, starts: np.ndarray, ends: np.ndarray) -> Coded:
    """The cells of a column that stand in a text.

    Parameters
    ----------
    data : bytes
        UTF-8 without NUL, with at least eight more bytes after the last cell.
    starts, ends : array of int, shape (n,)
        Where each cell begins, and the byte after its last.

    Returns
    -------
    Coded
    """
    sizes = ends - starts
    longest = int(sizes.max(initial=0))
    if longest > LONGEST:
        codes, distinct = pd.factorize(np.array(_cells(data, starts, ends), dtype=object))
        return Coded(codes, distinct)
    words = np.ndarray(shape=(len(data) - WORD + 1,), dtype="<u8", buffer=data, strides=(1,))
    if longest <= WORD:
        codes, found = pd.factorize(words[starts] & MASKS[sizes])
        return Coded(codes, _spelled(found))
    codes = np.zeros(len(starts), dtype=np.int64)
    for place in range(0, longest, WORD):
        left = np.clip(sizes - place, 0, WORD)
        word = words[np.minimum(starts + place, len(words) - 1)] & MASKS[left]
        codes = _joined(codes, pd.factorize(word)[0])
    first = np.empty(int(codes.max(initial=-1)) + 1, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return Coded(codes, _texts(_cells(data, starts[first], ends[first])))


def _spelled(words: np.ndarray) -> np.ndarray:
    """Words of bytes as the texts they hold."""
    return _texts([int(word).to_bytes(WORD, "little").rstrip(b"\0").decode("utf-8") for word in words])


def _texts(cells: list[str]) -> np.ndarray:
    array = np.empty(len(cells), dtype=object)
    array[:] = cells
    return array


def _joined(codes: np.ndarray, more: np.ndarray) -> np.ndarray:
    """Codes of pairs of codes, numbered in the order in which the pairs come first."""
    if not codes.any():
        return more
    return pd.factorize(codes * (int(more.max(initial=0)) + 1) + more)[0]


def _cells(data: bytes, starts: np.ndarray, ends: np.ndarray) -> list[str]:
    pairs = zip(starts.tolist(), ends.tolist(), strict=True)
    return [data[start:end].decode("utf-8") for start, end in pairs]
