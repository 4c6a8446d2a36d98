"""Epochs as a device file tells them, before any of them means something, and the checked table they become."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from spasticity.errors import DataError, MethodError
from spasticity.load.casting import Reading, assemble, column_reading
from spasticity.load.columns import constant_reading, expect_rows
from spasticity.load.epoch_moments import start_reading
from spasticity.load.epoch_times import Clocks
from spasticity.load.gate import Identifiers
from spasticity.load.grid import Grid, texts
from spasticity.load.keys import Duplicates
from spasticity.load.spelling import Spelling
from spasticity.load.typed_cells import number_text
from spasticity.study import Loaded
from spasticity.tables import EPOCHS

PLAIN = Spelling()
MINUTE_S, HOUR_S = 60, 3600
SERIALS = ("serial number", "device serial")  # fields of headers
SHORTEST = 4  # letters of a serial number that is looked for in the name of the file
SERIAL_GONE = "the serial number of the device was taken out of the name of the file"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Cells:
    """A column of the file that stands for a column of the table.

    Parameters
    ----------
    place : str
        Its name in the file, for the ledger.
    texts : array of object, shape (n,)
        Text in every cell; empty where the file says that there is no value.
    spelling : Spelling
        How the file writes it.
    """

    place: str
    texts: np.ndarray
    spelling: Spelling = PLAIN


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EpochSource:
    """What a file of epochs says.

    Parameters
    ----------
    name, sha256, format : str
        Of the file.
    rows : array of int, shape (n,)
        The line or record of each epoch.
    clocks : Clocks
        When each epoch began, on the clock of the device.
    epoch_s : float or array of float, shape (n,)
        Seconds of an epoch.
    cells : mapping of str to Cells
        Column of the table to column of the file.
    participants : array of object, shape (n,), optional
        Codes, where the file has several people.
    torn, notes, header
        As in `Grid`.
    said : int, optional
        How many epochs the file says it has.
    """

    name: str
    sha256: str
    format: str
    rows: np.ndarray
    clocks: Clocks
    epoch_s: float | np.ndarray
    cells: Mapping[str, Cells]
    participants: np.ndarray | None = None
    torn: tuple[tuple[int, str, str], ...] = ()
    notes: tuple[str, ...] = ()
    header: Mapping[str, str] = field(default_factory=dict)
    said: int | None = None


def epoch_table(
    source: EpochSource,
    *,
    participant: str | None,
    zone: str,
    clock: str | None,
    overlap: str,
    duplicates: Duplicates,
    rows: int | None,
    identifiers: Identifiers,
) -> Loaded:
    """The checked table of a file of epochs.

    Parameters
    ----------
    source : EpochSource
    participant, zone, clock, overlap, duplicates, rows, identifiers
        As in `actigraphy`.

    Returns
    -------
    Loaded
    """
    people = _people(source, participant)
    grid = _grid(source)
    _expect(grid, source, rows)
    lengths = _lengths(source)
    start, notes = start_reading(
        source.clocks, lengths, people, zone=zone, clock=clock, overlap=overlap, where=grid.name
    )
    grid = grid.noting(*notes, _uneven(source.epoch_s))
    readings = [_participants(source, people), start, constant_reading(zone, EPOCHS["zone"], len(grid))]
    readings += [_epoch_reading(lengths)]
    told = {"participant", "start_utc", "zone", "epoch_s"}
    readings += [_reading(source, name, len(grid)) for name in EPOCHS.names if name not in told]
    return assemble(grid, EPOCHS, readings, duplicates=duplicates, identifiers=identifiers)


def _grid(source: EpochSource) -> Grid:
    columns = {cells.place: cells.texts for cells in source.cells.values()}
    name = _without_serial(source)
    return Grid(
        name=name,
        sha256=source.sha256,
        format=source.format,
        columns={source.clocks.place: source.clocks.texts} | columns,
        rows=source.rows,
        torn=source.torn,
        notes=(*source.notes, *([SERIAL_GONE] if name != source.name else [])),
        header=source.header,
    )


def _without_serial(source: EpochSource) -> str:
    """The name of the file without the serial number of the device, which makers' programs put into it."""
    serials = [source.header[field] for field in SERIALS if len(source.header.get(field, "")) >= SHORTEST]
    name = source.name
    for serial in serials:
        name = re.sub(re.escape(serial), "[SERIAL]", name, flags=re.IGNORECASE)
    return name


def _people(source: EpochSource, participant: str | None) -> np.ndarray:
    if source.participants is None and participant is None:
        raise MethodError(
            f"{source.name}: the file is of one device and does not say whose it was: pass participant='...', "
            "the code of the study and no name"
        )
    if source.participants is not None and participant is not None:
        raise MethodError(f"{source.name}: the file has a column of participants; leave participant= out")
    return texts([str(participant)] * len(source.rows)) if source.participants is None else source.participants


def _participants(source: EpochSource, people: np.ndarray) -> Reading:
    if source.participants is None:
        return constant_reading(people[0] if len(people) else "", EPOCHS["participant"], len(people))
    return column_reading(people, EPOCHS["participant"])


def _expect(grid: Grid, source: EpochSource, rows: int | None) -> None:
    """Refuse a file that does not have as many epochs as it says, or as the caller says."""
    expect_rows(grid, rows)
    if rows is None and source.said is not None and source.said != grid.rows_read:
        raise DataError(
            f"{grid.name}: the file says that it has {source.said:,} epochs, but there are {grid.rows_read:,}; it was "
            f"cut or edited. Export it again, or pass rows={grid.rows_read} to read what there is."
        )


def _lengths(source: EpochSource) -> np.ndarray:
    return np.broadcast_to(np.asarray(source.epoch_s, dtype=float), (len(source.rows),))


def _epoch_reading(lengths: np.ndarray) -> Reading:
    codes, distinct = pd.factorize(lengths)
    return column_reading(texts([number_text(one) for one in distinct])[codes], EPOCHS["epoch_s"])


def _reading(source: EpochSource, name: str, rows: int) -> Reading:
    if name not in source.cells:
        return constant_reading(None, EPOCHS[name], rows)
    cells = source.cells[name]
    return column_reading(cells.texts, EPOCHS[name], cells.spelling, place=cells.place)


def _uneven(epoch_s: float | np.ndarray) -> str:
    """A note on epochs of which no whole number makes a minute, or an hour."""
    if isinstance(epoch_s, np.ndarray) or not MINUTE_S % epoch_s or (epoch_s > MINUTE_S and not HOUR_S % epoch_s):
        return ""
    return f"epochs of {epoch_s:g} s do not divide the minute: no score takes them"


def without(cells: np.ndarray, *codes: str) -> np.ndarray:
    """Cells in which the maker's words for no value are empty.

    Parameters
    ----------
    cells : array of object, shape (n,)
    *codes : str
        Such as `NaN`.

    Returns
    -------
    array of object, shape (n,)
    """
    gone = np.isin(cells.astype(str), codes) if len(cells) else np.zeros(0, dtype=bool)
    return np.where(gone, "", cells).astype(object)
