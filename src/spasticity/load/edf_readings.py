"""Annotations of an EDF+ file as readings: its start in UTC, and the onsets counted from there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from spasticity.errors import DataError, MethodError
from spasticity.load.casting import Reading
from spasticity.load.coding import coded_texts
from spasticity.load.columns import constant_reading
from spasticity.load.edf_records import EdfFile, edf_file
from spasticity.load.epoch_times import OFFSET
from spasticity.load.event_times import placed
from spasticity.load.grid import Grid, texts
from spasticity.load.opening import content
from spasticity.load.raw_clock import check_clock
from spasticity.load.typed_cells import number_text
from spasticity.schema import Column, Schema

SECOND_US = 1_000_000
LONGEST_S = 31 * 86_400.0  # nothing in a recording of sleep lies further from its start, or lasts longer [proposal]
TOO_FAR = "an onset within 31 days of the start expected"
HIDDEN_YEAR = 1985  # the year that programs write which take the date away [from memory]


def opened(
    path: Path | str, *, zone: str, clock: str | None, start: str | None, records: int | None
) -> tuple[EdfFile, datetime]:
    """A file and the moment, in UTC, at which it begins.

    Parameters
    ----------
    path, zone, clock, start, records
        As in `sleep_annotations`.

    Returns
    -------
    file : EdfFile
    moment : datetime
        Without a zone.
    """
    check_clock(zone, clock)
    file = edf_file(content(path), records=records, start=_said(start))
    return file, _moment(file, zone, clock)


def _said(start: str | None) -> datetime | None:
    try:
        said = None if start is None else datetime.fromisoformat(start)
    except (TypeError, ValueError):
        raise MethodError(f"start={start!r}: expected a local time such as '2024-03-30T22:15:00'.") from None
    if said is not None and said.tzinfo is not None:
        raise MethodError(f"start={start!r}: expected a local time; say its offset with clock=.")
    return said


def _moment(file: EdfFile, zone: str, clock: str | None) -> datetime:
    offset = None if clock is None else OFFSET.fullmatch(clock)
    if clock == "utc":
        return file.start
    if offset:
        ahead = pd.Timedelta(hours=int(offset[2]), minutes=int(offset[3])) * (-1 if offset[1] == "-" else 1)
        return file.start - ahead.to_pytimedelta()
    first, second = placed(pd.Series([file.start], dtype="datetime64[us]"), pd.Series([zone]))
    if first.isna().any() or first[0] != second[0]:
        never = "never was" if first.isna().any() else "came twice"
        raise DataError(
            f"{file.name}: the recording begins in an hour that {never} in `{zone}`, because the clocks change; say "
            "what the recorder's clock was ahead of UTC, such as clock='+01:00'."
        )
    return first[0].to_pydatetime()


def grid_of(file: EdfFile, numbers: np.ndarray, rows: np.ndarray | None = None) -> Grid:
    """Annotations as cells.

    Parameters
    ----------
    file : EdfFile
    numbers : ndarray of int, shape (n,)
        What each row is called in the ledger.
    rows : ndarray of int, shape (n,), optional
        The annotation of each row; all of them when left out.

    Returns
    -------
    Grid
    """
    rows = np.arange(len(file.text)) if rows is None else rows
    durations = texts(["" if np.isnan(one) else number_text(one) for one in file.duration_s])
    old = f"the recording is of {HIDDEN_YEAR}, the year of files whose date was taken away; pass start="
    grid = Grid(
        name=file.name,
        sha256=file.sha256,
        format=file.format,
        columns={
            "onset": texts([number_text(one) for one in file.onset_s])[rows],
            "duration": durations[rows],
            "annotation": texts(file.text)[rows],
        },
        rows=numbers,
        torn=file.torn,
        notes=file.notes,
        header=file.header,
    )
    return grid.noting(old if file.start.year == HIDDEN_YEAR else "")


def people(participant: str, zone: str, rows: int, schema: Schema) -> list[Reading]:
    """The person and the zone of every row.

    Parameters
    ----------
    participant, zone : str
    rows : int
    schema : Schema

    Returns
    -------
    list of Reading
    """
    columns: tuple[tuple[str, Column], ...] = ((participant, schema["participant"]), (zone, schema["zone"]))
    return [constant_reading(value, column, rows) for value, column in columns]


def starts(grid: Grid, moment: datetime, onset_s: np.ndarray, faults: Mapping[int, str] | None = None) -> Reading:
    """Onsets as moments in UTC.

    Parameters
    ----------
    grid : Grid
    moment : datetime
        At which the recording begins, in UTC.
    onset_s : ndarray of float, shape (n,)
    faults : mapping of int to str, optional
        The rule that a row breaks.

    Returns
    -------
    Reading
    """
    far = np.abs(onset_s) > LONGEST_S
    steps = np.round(np.where(far, 0, onset_s) * SECOND_US).astype(np.int64)
    moments = pd.Series(np.datetime64(moment, "us") + steps.astype("timedelta64[us]")).dt.tz_localize("UTC")
    rules = {int(row): TOO_FAR for row in np.flatnonzero(far)} | dict(faults or {})
    wrong = pd.Series(rules, dtype=object, index=pd.Index(sorted(rules), dtype=int))
    none = pd.DataFrame({"became": [], "why": []}, dtype=object, index=pd.Index([], dtype=int))
    moments = moments.mask(np.isin(np.arange(len(moments)), wrong.index))
    return Reading(
        place="onset",
        cells=coded_texts(grid.columns["onset"]),
        values={"start_utc": moments},
        repairs=none,
        faults=wrong,
    )
