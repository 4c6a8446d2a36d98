"""ActiGraph: the .agd file of ActiLife, which is a database."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing

import numpy as np
import pandas as pd

from spasticity.errors import DataError
from spasticity.load.actigraph_files import count_cells, known
from spasticity.load.epoch_source import EpochSource
from spasticity.load.epoch_times import Clocks, as_texts
from spasticity.load.opening import Content
from spasticity.load.typed_cells import by_distinct, number_text

DATABASE = b"SQLite format 3\0"
TICK_US, YEAR_1_US = 10, 62_135_596_800_000_000  # .NET counts 100 ns from the year 1
LAST_TICK = 3_155_378_976_000_000_000  # the end of the year 9999
MOST_STEPS = 2_000_000_000  # instructions of the database: a week of seconds takes some ten million
EACH_STEPS = 1_000_000


def actilife_database(source: Content, *, counts: str) -> EpochSource:
    """Epochs of an .agd file, which is a database.

    Parameters
    ----------
    source : Content
    counts : str
        Which axis counts: one of `CHANNELS`.

    Returns
    -------
    EpochSource

    Raises
    ------
    DataError
        When the database is damaged or not ActiLife's.
    """
    settings, names, values = _tables(source)
    epoch = settings.get("epochlength", "")
    if not re.fullmatch(r"\d{1,4}", epoch, re.ASCII) or int(epoch) == 0:
        raise DataError(f"{source.name}: the settings have no epoch length of whole seconds; is it an .agd of epochs?")
    columns = {known(name): values[place] for place, name in enumerate(names)}
    ticks = columns.pop("datatimestamp")
    return EpochSource(
        name=source.name,
        sha256=source.sha256,
        format="ActiGraph .agd",
        rows=np.arange(1, len(ticks) + 1),
        clocks=_ticked(ticks),
        epoch_s=float(epoch),
        cells=count_cells({name: by_distinct(column, _cell) for name, column in columns.items()}, counts, source.name),
        header={
            "subject name": settings.get("subjectname", ""),
            "date of birth": settings.get("dateofbirth", "").strip("0"),
            "device serial": settings.get("deviceserial", ""),
        },
    )


def _ticked(ticks: np.ndarray) -> Clocks:
    """Times that are counted from the year 1 on the clock of the device."""
    known = np.array([isinstance(tick, int) and 0 < tick < LAST_TICK for tick in ticks], dtype=bool)
    micros = np.array([tick // TICK_US - YEAR_1_US for tick in ticks[known]], dtype=np.int64)
    moments = np.full(len(ticks), np.datetime64("NaT", "us"))
    moments[known] = micros.astype("datetime64[us]")
    local = pd.Series(moments)
    return Clocks(place="dataTimestamp", texts=as_texts(local), local=local, written="a count of 100 ns since year 1")


def _cell(value: object) -> str:
    return number_text(value) if value is None or isinstance(value, (int, float)) else str(value)


def _tables(source: Content) -> tuple[dict[str, str], list[str], list[np.ndarray]]:
    """Settings by name, and the names and the cells of the table of epochs."""
    data = bytearray(source.data)
    if data[18:20] == b"\x02\x02":  # a database whose journal was never closed can be read all the same
        data[18:20] = b"\x01\x01"
    try:
        with closing(sqlite3.connect(":memory:")) as base:
            base.deserialize(bytes(data))
            base.set_progress_handler(_too_long(), EACH_STEPS)
            if base.execute("pragma quick_check(1)").fetchone() != ("ok",):
                raise sqlite3.DatabaseError
            found = {name for (name,) in base.execute("select name from sqlite_master where type = 'table'")}
            if not {"data", "settings"} <= found:
                raise DataError(
                    f"{source.name}: this database has no tables `data` and `settings`; it is no .agd file."
                )
            settings = base.execute("select settingName, settingValue from settings").fetchall()
            cursor = base.execute("select * from data order by rowid")
            names = [column[0] for column in cursor.description]
            rows = cursor.fetchall()
    except (sqlite3.Error, OverflowError, UnicodeError, MemoryError):
        raise DataError(f"{source.name}: the database is damaged; download the recording again.") from None
    if "dataTimestamp" not in names:
        raise DataError(f"{source.name}: the table `data` has no dataTimestamp; it is no .agd file of epochs.")
    cells = [_objects(column) for column in zip(*rows, strict=True)] if rows else [_objects(())] * len(names)
    return {str(name).lower(): "" if value is None else str(value) for name, value in settings}, names, cells


def _objects(values: Sequence[object]) -> np.ndarray:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def _too_long() -> Callable[[], bool]:
    """A counter that ends what the database does when it answers true."""
    left = [MOST_STEPS // EACH_STEPS]

    def step() -> bool:
        left[0] -= 1
        return left[0] < 0

    return step
