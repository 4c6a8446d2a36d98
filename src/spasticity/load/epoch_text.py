"""Blocks of delimited text inside a device's file: a header of its own, then rows of equal width."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spasticity.errors import DataError
from spasticity.load.grid import texts
from spasticity.load.records import TORN_SHARE
from spasticity.wording import plural

NOT_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Rows of a block.

    Parameters
    ----------
    columns : list of array of object, shape (n,)
        Cells, without the spaces around them.
    rows : array of int, shape (n,)
        Line of each row.
    torn : tuple of (int, str, str)
        As in `Grid`.
    """

    columns: list[np.ndarray]
    rows: np.ndarray
    torn: tuple[tuple[int, str, str], ...]


def records(text: str, delimiter: str, name: str) -> list[list[str]]:
    """Lines as cells without the spaces around them; a blank line is an empty list.

    Parameters
    ----------
    text : str
    delimiter : str
    name : str
        File, for the message.

    Returns
    -------
    list of list of str

    Raises
    ------
    DataError
        When a quote is not closed.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if '"' not in plain:
        lines = plain.split("\n")
        return [[cell.strip() for cell in line.split(delimiter)] if line.strip() else [] for line in lines]
    try:
        found = [
            [cell.strip() for cell in row] for row in csv.reader(io.StringIO(plain, newline=""), delimiter=delimiter)
        ]
    except csv.Error:
        raise DataError(f"{name}: the quotes of the file cannot be followed; export it again.") from None
    if len(found) + 1 < plain.count("\n"):
        raise DataError(f"{name}: a quote is opened and not closed on its line; export the file again.")
    return found


def block(body: Sequence[list[str]], first: int, width: int, name: str, *, whole: bool) -> Block:
    """Rows of a block; what does not have its width is torn.

    Parameters
    ----------
    body : sequence of list of str
        Records from the first row on; blank ones are passed over, empty cells at the end do not count.
    first : int
        Line of the first.
    width : int
        Cells of a row.
    name : str
        File, for messages.
    whole : bool
        Whether the file ends with a line end.

    Returns
    -------
    Block

    Raises
    ------
    DataError
        When the file was cut, or more than one row in a hundred is torn.
    """
    kept, rows, torn = [], [], []
    for line, cells in enumerate(body, start=first):
        if not any(cells):
            continue
        if len(cells) == width or (len(cells) > width and not any(cells[width:])):
            kept.append(cells[:width])
            rows.append(line)
        else:
            torn.append((line, ",".join(cells), f"{len(cells)} cells where the block has {width}"))
    if torn and not whole and torn[-1][0] > (rows[-1] if rows else 0):
        raise DataError(f"{name}: the file ends in the middle of line {torn[-1][0]:,}; it was cut. Export it again.")
    if len(torn) > max(1, TORN_SHARE * (len(rows) + len(torn))):
        raise DataError(
            f"{name}: {plural(len(torn), 'row')} of {len(rows) + len(torn):,} do not have the {width} cells of the "
            f"block, first line {torn[0][0]:,}; the file is damaged or was edited. Export it again."
        )
    columns = [texts(column) for column in zip(*kept, strict=True)] if kept else [texts(())] * width
    return Block(columns, np.array(rows, dtype=int), tuple(torn))


def word(name: str) -> str:
    """A name without case, spaces and marks: `Axis 1` is `axis1`.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
    """
    return NOT_WORD.sub("", name.casefold())


def first_column(names: Sequence[str], *words: str) -> int | None:
    """The place of the first column that has one of some names.

    Parameters
    ----------
    names : sequence of str
    *words : str
        As `word` writes them.

    Returns
    -------
    int or None
    """
    found = [place for place, name in enumerate(names) if word(name) in words]
    return found[0] if found else None
