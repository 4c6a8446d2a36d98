"""Withings: the .csv files of an account's export, lists of durations and values from a start."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from spasticity.errors import DataError, listed, one_of
from spasticity.load.epoch_source import Cells, EpochSource
from spasticity.load.epoch_times import Clocks
from spasticity.load.grid import texts
from spasticity.load.opening import Content
from spasticity.load.records import delimited_grid
from spasticity.load.spelling import Spelling, as_coding
from spasticity.wording import plural

HEADER = "start,duration,value"
START = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", re.ASCII)
LIST = re.compile(r"\[(-?\d{1,6}(?:,-?\d{1,6}){0,20000})?\]", re.ASCII)
#: States of the sleep of this maker, by its number [from memory].
STATES = {"0": "wake", "1": "light", "2": "deep", "3": "rem"}
#: End of the maker's name of a file, or what the caller says, to the column of the table.
QUANTITIES = {"hr": "heart_rate_bpm", "respiratory-rate": "breaths_per_min", "sleep-state": "device_state"}


def is_withings(head: str) -> bool:
    """Whether the first line of a text is that of Withings' lists.

    Parameters
    ----------
    head : str

    Returns
    -------
    bool
    """
    return head.strip().lstrip("\ufeff") == HEADER


def withings(source: Content, *, quantity: str | None, encoding: str) -> EpochSource:
    """Epochs of a file of Withings' export.

    Parameters
    ----------
    source : Content
    quantity : str
        `hr`, `respiratory-rate` or `sleep-state`; the name that Withings gives a file also says it.
    encoding : str

    Returns
    -------
    EpochSource

    Raises
    ------
    DataError
        When nobody says which quantity the numbers are, or it has no column in the table.
    """
    column = QUANTITIES[_quantity(source.name, quantity)]
    grid = delimited_grid(source, encoding=encoding)
    if list(grid.columns) != HEADER.split(","):
        raise DataError(f"{source.name}: expected the columns {HEADER}; export the file again from Withings.")
    rows, starts, lengths, values, torn = [], [], [], [], list(grid.torn)
    for row, start, spans, cells in zip(grid.rows, *grid.columns.values(), strict=True):
        begun, lasting, read = _start(start), _list(spans), _list(cells)
        if begun is None or lasting is None or read is None or len(lasting) != len(read) or min(lasting, default=1) < 1:
            rule = "expected a start with its offset from UTC, and as many durations as values"
            torn.append((int(row), f"{start},{spans},{cells}", rule))
            continue
        ends = np.cumsum([0, *lasting]).tolist()
        rows += [int(row)] * len(read)
        starts += [begun + np.timedelta64(end, "s") for end in ends[:-1]]
        lengths += lasting
        values += [str(one) for one in read]
    coding = Spelling(coding=as_coding(STATES)) if column == "device_state" else Spelling()
    moments = pd.Series(np.array(starts, dtype="datetime64[us]"))
    return EpochSource(
        name=source.name,
        sha256=source.sha256,
        format="Withings CSV",
        rows=np.array(rows, dtype=int),
        clocks=Clocks(
            place="start",
            texts=texts([f"{start}Z" for start in np.datetime_as_string(moments.to_numpy(), unit="s")]),
            local=moments,
            written="2024-03-31T22:05:00+01:00",
            ordered=False,
            exact=moments,
        ),
        epoch_s=np.array(lengths, dtype=float),
        cells={column: Cells(place="value", texts=texts(values), spelling=coding)},
        torn=tuple(torn),
        notes=(*grid.notes, f"{plural(len(grid), 'row')} of lists made {plural(len(rows), 'epoch')}"),
    )


def _quantity(name: str, asked: str | None) -> str:
    if asked is not None:
        one_of("quantity", asked, list(QUANTITIES))
        return asked
    stem = name.rsplit(".", 1)[0]
    found = [what for what in QUANTITIES if stem.endswith(f"_{what}")]
    if not found:
        raise DataError(
            f"{name}: the file does not say what its values are; pass quantity= {listed(QUANTITIES)}. "
            "Other quantities of this maker, such as snoring, have no column in the table of epochs."
        )
    return found[0]


def _start(cell: str) -> np.datetime64 | None:
    if not START.fullmatch(cell):
        return None
    moment = pd.to_datetime(cell, utc=True, errors="coerce", format="ISO8601")
    return None if pd.isna(moment) else moment.tz_localize(None).to_datetime64().astype("datetime64[us]")


def _list(cell: str) -> list[int] | None:
    if not LIST.fullmatch(cell):
        return None
    return [int(one) for one in cell[1:-1].split(",") if one]
