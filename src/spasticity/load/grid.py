"""A source as it was read: named columns of text, and the place of every row."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from spasticity.errors import DataError, listed
from spasticity.files import digest
from spasticity.load.coding import Coded, CodedColumns, coded_texts
from spasticity.load.spelling import as_text
from spasticity.wording import plural

MAX_COLUMNS = 10_000  # an export of a thousand forms has fewer


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Grid:
    """Cells of a source before any of them means something.

    Parameters
    ----------
    name, sha256, format : str
        Of the source.
    columns : mapping of str to array of object, shape (n,)
        Header to cells; every cell is text, empty when there is nothing.
    rows : array of int, shape (n,)
        The line or record of each row.
    torn : tuple of (int, str, str)
        Rows that do not have the width of the header: place, cells, what is wrong.
    notes : tuple of str
        What a reader of the ledger must know.
    header : mapping of str to str
        What the file says of itself, such as the author of a workbook or the labels of a transport file; the gate
        looks through it, no table takes it.
    marked : frozenset of str
        Columns that the source itself calls identifiers, such as fields that a REDCap project marks so.
    """

    name: str
    sha256: str
    format: str
    columns: Mapping[str, np.ndarray]
    rows: np.ndarray
    torn: tuple[tuple[int, str, str], ...] = ()
    notes: tuple[str, ...] = ()
    header: Mapping[str, str] = field(default_factory=dict)
    marked: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def rows_read(self) -> int:
        """Rows of the source, torn ones included."""
        return len(self.rows) + len(self.torn)

    def cells(self, name: str) -> Coded:
        """A column as its distinct texts.

        Parameters
        ----------
        name : str

        Returns
        -------
        Coded
        """
        return self.columns.coded[name] if isinstance(self.columns, CodedColumns) else coded_texts(self.columns[name])

    def noting(self, *notes: str) -> Grid:
        """The same grid with further notes; empty ones are left out.

        Parameters
        ----------
        *notes : str

        Returns
        -------
        Grid
        """
        return replace(self, notes=(*self.notes, *(note for note in notes if note)))

    def at(self, positions: np.ndarray) -> Grid:
        """Some of its rows, which are then all there is to read.

        Parameters
        ----------
        positions : array of int

        Returns
        -------
        Grid
        """
        columns = {name: cells[positions] for name, cells in self.columns.items()}
        return replace(self, columns=columns, rows=self.rows[positions], torn=())


def texts(cells: Sequence[str] | tuple[str, ...]) -> np.ndarray:
    """Cells as an array of Python strings.

    Parameters
    ----------
    cells : sequence of str

    Returns
    -------
    array of object
    """
    array = np.empty(len(cells), dtype=object)
    array[:] = cells
    return array


def frame_grid(frame: pd.DataFrame, name: str) -> Grid:
    """The grid of a frame that is already in memory.

    Parameters
    ----------
    frame : DataFrame
        Its index, when it is made of distinct whole numbers, becomes the place of each row; otherwise rows count
        from 0.
    name : str
        What to call it in errors and in the ledger.

    Returns
    -------
    Grid

    Raises
    ------
    DataError
        When the column names are unusable.
    """
    header = [str(column) for column in frame.columns]
    check_header(header, name)
    counted = pd.api.types.is_integer_dtype(frame.index.dtype) and frame.index.is_unique
    columns = {}
    for place, column in enumerate(header):
        values = frame.iloc[:, place].astype(object)
        columns[column] = texts([as_text(value) for value in values.where(values.notna(), None)])
    written = "\n".join("\x1f".join(row) for row in (header, *zip(*columns.values(), strict=True)))
    return Grid(
        name=name,
        sha256=digest(written.encode("utf-8", "surrogatepass")),
        format="frame",
        columns=columns,
        rows=frame.index.to_numpy() if counted else np.arange(len(frame)),
    )


def check_header(header: Sequence[str], where: str) -> None:
    """Refuse column names that cannot be told apart or cannot be written down.

    Parameters
    ----------
    header : sequence of str
    where : str
        File or sheet for the message.

    Raises
    ------
    DataError
        When there are too many, or a name is blank, padded, repeated, or differs from another only in case or in its
        accents' encoding.
    """
    if len(header) > MAX_COLUMNS:
        raise DataError(f"{where}: {len(header):,} columns are more than the {MAX_COLUMNS:,} that are read; split it.")
    blank = [position for position, name in enumerate(header, start=1) if not name.strip()]
    if blank:
        raise DataError(f"{where}: {plural(len(blank), 'column')} without a name, first column {blank[0]}; name it.")
    padded = [name for name in header if name != name.strip()]
    if padded:
        raise DataError(f"{where}: the header of {listed(padded, 'and')} has spaces around it; remove them.")
    repeated = [name for name, count in Counter(header).items() if count > 1]
    if repeated:
        raise DataError(
            f"{where}: {plural(len(repeated), 'column')} named twice: {listed(repeated, 'and')}; rename one."
        )
    same = Counter(_folded(name) for name in header)
    clashing = [name for name in header if same[_folded(name)] > 1]
    if clashing:
        raise DataError(f"{where}: {listed(clashing, 'and')} differ only in case or accents; rename one.")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
