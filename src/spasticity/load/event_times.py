"""Logs of events with local times into UTC, through the nights on which clocks change."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pandas as pd

from spasticity.errors import DataError, one_of
from spasticity.load.casting import Reading, assemble
from spasticity.load.cells import RESET, YEARS
from spasticity.load.columns import EXTRA, Extra, expect_rows, readings_of
from spasticity.load.gate import Identifiers
from spasticity.load.grid import Grid
from spasticity.load.keys import DUPLICATES, Duplicates
from spasticity.load.opening import content
from spasticity.load.records import delimited_grid
from spasticity.load.roster import Roster
from spasticity.load.spelling import Codings, Missing, spellings
from spasticity.schema import Column, Schema
from spasticity.study import Loaded
from spasticity.tables import SPASMS

Overlap = Literal["reject", "first", "second"]
OVERLAPS = ("reject", "first", "second")
ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
UTC = pd.Timedelta(0)
GAP = "this local time never was, because clocks went forward; ask for the time in UTC or with its offset"
TWICE = "this local time came twice, because clocks went back; ask which, or choose overlap='first' or 'second'"
LOGGED = Schema(
    name="spasms as logged",
    label="one row per spasm event, at local time",
    columns=(
        SPASMS["participant"],
        Column(name="start", kind="text", label="Start", required=True, note="local time, with or without its offset"),
        *(column for column in SPASMS if column.name not in ("participant", "start_utc")),
    ),
)


def event_log(
    path: Path | str,
    *,
    time_format: str | None = None,
    overlap: Overlap = "reject",
    columns: Mapping[str, str] | None = None,
    constants: Mapping[str, object] | None = None,
    delimiter: str = ",",
    encoding: str = "utf-8",
    missing: Missing = ("",),
    codings: Codings | None = None,
    extra: Extra = "refuse",
    duplicates: Duplicates = "refuse",
    rows: int | None = None,
    identifiers: Identifiers = "refuse",
    roster: Roster | None = None,
) -> Loaded:
    """The table of spasm events from a log with local times, every row of it kept or rejected.

    Parameters
    ----------
    path : Path or str
        A delimited text with a row per event: `participant`, `start`, `zone`, `severity`, `woke`.
    time_format : str, optional
        As in `datetime.strptime`; ISO 8601 when left out. A time may carry its offset from UTC (`%z`).
    overlap : str
        What to do with a local time that came twice, in the hour after clocks went back: `reject` it, or take the
        `first` or the `second`. A time with its offset is never in doubt.
    columns, constants, missing, codings, extra, duplicates, rows, identifiers, roster
        As in `delimited`, for those five columns. A log from one place has `constants={"zone": "Europe/London"}`.
    delimiter, encoding : str
        As the file was written.

    Returns
    -------
    Loaded
        Start in UTC with its zone. A local time that never was, in the hour that clocks skip, is rejected; one that
        came twice and was settled is a repair.

    Raises
    ------
    DataError
        When the source's structure is damaged, as in `delimited`, or no zone is given.
    MethodError
        When an option is not understood.
    """
    one_of("overlap", overlap, OVERLAPS)
    one_of("duplicates", duplicates, DUPLICATES)
    one_of("extra", extra, EXTRA)
    grid = delimited_grid(content(path), delimiter=delimiter, encoding=encoding)
    expect_rows(grid, rows)
    _require_zone(grid, columns or {}, constants or {})
    spelled = spellings(LOGGED, missing=missing, codings=codings)
    grid, readings = readings_of(grid, LOGGED, spelled, columns=columns, constants=constants, extra=extra)
    by_name = {name: reading for reading in readings for name in reading.values}
    zones = _zones(by_name["zone"])
    starts = _starts(by_name["start"], zones.values["zone"], time_format, overlap)
    settled = [{"start": starts, "zone": zones}.get(name, reading) for name, reading in by_name.items()]
    return assemble(grid, SPASMS, settled, duplicates=duplicates, identifiers=identifiers, roster=roster)


def _require_zone(grid: Grid, columns: Mapping[str, str], constants: Mapping[str, object]) -> None:
    if columns.get("zone", "zone") not in grid.columns and constants.get("zone") is None:
        raise DataError(
            f"{grid.name}: there is no `zone`, and a local time without its zone is no time; name the column in "
            "`columns`, or declare one for all rows: constants={'zone': 'Europe/London'}."
        )


@cache
def known_zones() -> frozenset[str]:
    """Names of the time-zone database, read once."""
    return frozenset(available_timezones())


def _zones(reading: Reading) -> Reading:
    names = reading.values["zone"]
    strange = names.notna() & ~names.isin(known_zones())
    rule = pd.Series("expected the name of a time zone such as Europe/London", index=names.index[strange], dtype=object)
    return replace(
        reading,
        values={"zone": names.where(~strange)},
        faults=pd.concat([reading.faults, rule]) if strange.any() else reading.faults,
    )


def _starts(reading: Reading, zones: pd.Series, time_format: str | None, overlap: Overlap) -> Reading:
    """Local texts as moments; what cannot be placed is a fault, what was settled a repair."""
    cells = reading.values["start"].astype(object).where(reading.values["start"].notna(), "").to_numpy()
    codes, distinct = pd.factorize(cells)
    read = [_moment(text, time_format) for text in distinct]
    clocks = pd.Series([naive for naive, _, _ in read], dtype="datetime64[us]").take(codes).reset_index(drop=True)
    offsets = pd.Series([offset for _, offset, _ in read], dtype="timedelta64[us]").take(codes).reset_index(drop=True)
    rules = pd.Series([rule for _, _, rule in read], dtype=object).take(codes).reset_index(drop=True)
    first, second = placed(clocks, zones)
    given = clocks - offsets  # missing where the text has no offset
    rules = rules.where((rules != "") | clocks.isna() | zones.isna() | first.notna() | given.notna(), GAP)
    fits = given.isna() | first.isna() | (given == first) | (given == second) | (offsets == UTC)
    rules = rules.where((rules != "") | fits, "the offset from UTC is not one that this zone has at that time")
    doubtful = given.isna() & (first != second) & first.notna()
    if overlap == "reject":
        rules = rules.where((rules != "") | ~doubtful, TWICE)
    moments = given.where(given.notna(), second if overlap == "second" else first)
    moments = moments.where(moments.notna() | zones.notna(), clocks)  # rejected for their zone, not for their time
    said = rules[rules != ""]
    return replace(
        reading,
        values={"start_utc": moments.where(rules == "").dt.tz_localize("UTC")},
        repairs=_repairs(reading, moments, doubtful & (rules == ""), overlap),
        faults=pd.concat([reading.faults, said]) if len(reading.faults) else said,
    )


def _moment(text: str, time_format: str | None) -> tuple[datetime | None, object, str]:
    """A text as a clock time and, when it has one, its offset; or the rule it breaks."""
    if not text:
        return None, None, ""
    rule = f"expected a local time written as {time_format or '2024-03-31 22:05:00, with or without an offset'}"
    try:
        if not text.isascii() or (time_format is None and not ISO.fullmatch(text)):
            raise ValueError
        moment = datetime.fromisoformat(text) if time_format is None else datetime.strptime(text, time_format)
    except ValueError:
        return None, None, rule
    if moment.year == RESET:
        return None, None, "a clock that was reset to 1970; ask when the recording began"
    if not YEARS[0] <= moment.year <= YEARS[1]:
        return None, None, f"{rule}, between {YEARS[0]} and {YEARS[1]}"
    return moment.replace(tzinfo=None), moment.utcoffset(), ""


def placed(clocks: pd.Series, zones: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The first and the second moment, in UTC, at which a clock showed a time; the same unless clocks went back.

    Parameters
    ----------
    clocks : Series of datetime, shape (n,)
        Local times.
    zones : Series of str, shape (n,)
        Names of zones that are known.

    Returns
    -------
    first, second : Series of datetime, shape (n,)
        Without a zone; missing where the local time never was.
    """
    first = pd.Series(pd.NaT, index=clocks.index, dtype="datetime64[us]")
    second = first.copy()
    for zone in zones.dropna().unique():
        here = clocks[zones == zone]
        for moments, early in ((first, True), (second, False)):
            placed = here.dt.tz_localize(ZoneInfo(zone), ambiguous=np.full(len(here), early), nonexistent="NaT")
            moments[here.index] = placed.dt.tz_convert("UTC").dt.tz_localize(None)
    return first, second


def _repairs(reading: Reading, moments: pd.Series, settled: pd.Series, overlap: Overlap) -> pd.DataFrame:
    """What was tidied, and which of two moments was taken."""
    chosen = settled.index[settled]
    became = moments[chosen].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    why = pd.Series(f"a local time that came twice; the {overlap} was taken", index=chosen, dtype=object)
    tidied = reading.repairs.reindex(chosen)["why"]
    why = why.where(tidied.isna(), tidied + "; " + why)
    kept = reading.repairs.drop(index=reading.repairs.index.intersection(chosen))
    new = pd.DataFrame({"became": became.astype(object), "why": why.astype(object)})
    return pd.concat([kept, new]).sort_index() if len(kept) and len(new) else (new if len(new) else kept)
