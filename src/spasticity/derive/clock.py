"""Local clocks and UTC: exact lengths of days and nights, also when the clocks change."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from spasticity.derive.codes import coded
from spasticity.errors import DataError, MethodError
from spasticity.schema import CLOCK_PATTERN, FAILURE_COLUMNS
from spasticity.wording import plural

QUARTER_US = 15 * 60 * 1_000_000


def one_clock(name: str, text: str) -> int:
    """Minutes since midnight of a clock time passed as an argument.

    Parameters
    ----------
    name : str
        The argument.
    text : str
        Such as `22:00`.

    Returns
    -------
    int

    Raises
    ------
    MethodError
        When it is not a clock time.
    """
    if not pd.Series([text]).astype(str).str.fullmatch(CLOCK_PATTERN).all():
        raise MethodError(f"{name}={text!r} is not a clock time: expected one such as '22:00'.")
    return int(text[:2]) * 60 + int(text[3:])


def in_zones(zones: pd.Series, where: str) -> Iterator[tuple[ZoneInfo, np.ndarray]]:
    """The rows of each time zone.

    Parameters
    ----------
    zones : Series of str, shape (n,)
        IANA names.
    where : str
        Table, for the error.

    Yields
    ------
    zone : ZoneInfo
    rows : ndarray of int
        Positions.

    Raises
    ------
    DataError
        When a zone is not known.
    """
    codes, names = coded(zones)
    for code, name in enumerate(names):
        rows = np.flatnonzero(codes == code)
        try:
            zone = ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            failures = pd.DataFrame({"row": zones.index[rows], "column": "zone", "value": name, "rule": "an IANA zone"})
            raise DataError(
                f"{where}: {plural(len(rows), 'row')} in a time zone that is not known, first at row "
                f"{zones.index[rows[0]]}; expected an IANA name such as Europe/London. Correct the column `zone`.",
                failures[FAILURE_COLUMNS],
            ) from error
        yield zone, rows


def to_utc(wall: pd.Series, zones: pd.Series, where: str) -> pd.Series:
    """Wall-clock times as UTC.

    A time that the clocks repeat is its first occurrence; one that they skip is the moment they jump to.

    Parameters
    ----------
    wall : Series of datetime, shape (n,)
        Local date and time, without a zone.
    zones : Series of str, shape (n,)
        IANA names.
    where : str
        Table, for the error.

    Returns
    -------
    Series of UTC datetime, shape (n,)
    """
    utc = np.full(len(wall), np.datetime64("NaT", "us"), dtype="datetime64[us]")
    for zone, rows in in_zones(zones, where):
        local = pd.DatetimeIndex(wall.iloc[rows]).as_unit("us")
        first = np.ones(len(local), dtype=bool)
        moments = local.tz_localize(zone, ambiguous=first, nonexistent="shift_forward")
        utc[rows] = moments.tz_convert("UTC").tz_localize(None).to_numpy()
    return pd.Series(utc, index=wall.index).dt.tz_localize("UTC")


def to_wall(instants: pd.Series, zones: pd.Series, where: str) -> pd.DataFrame:
    """UTC times as wall-clock times.

    Parameters
    ----------
    instants : Series of UTC datetime, shape (n,)
    zones : Series of str, shape (n,)
        IANA names.
    where : str
        Table, for the error.

    Returns
    -------
    DataFrame
        `wall` (local date and time without a zone) and `repeated` (true in the second pass of an hour that the
        clocks repeat).
    """
    wall = np.full(len(instants), np.datetime64("NaT", "us"), dtype="datetime64[us]")
    repeated = np.zeros(len(instants), dtype=bool)
    for zone, rows in in_zones(zones, where):
        moments = pd.DatetimeIndex(instants.iloc[rows]).as_unit("us").tz_convert(zone)
        local = moments.tz_localize(None)
        wall[rows] = local.to_numpy()
        repeated[rows] = local.tz_localize(zone, ambiguous=np.ones(len(rows), dtype=bool)) != moments
    return pd.DataFrame({"wall": wall, "repeated": repeated}, index=instants.index)


def wall_micros(moments: np.ndarray, zones: pd.Series, where: str) -> np.ndarray:
    """UTC times as wall-clock times, both as numbers: the fast way for millions of them.

    Parameters
    ----------
    moments : ndarray of int64, shape (n,)
        Microseconds since 1970, UTC.
    zones : Series of str, shape (n,)
        IANA names.
    where : str
        Table, for the error.

    Returns
    -------
    ndarray of int64, shape (n,)
        Microseconds of the local clock since 1970-01-01 00:00.

    Notes
    -----
    Looks each moment's quarter of an hour up in a table of offsets made once per zone: since 1973 no zone has changed
    its clocks within one.
    """
    wall = np.empty(len(moments), dtype=np.int64)
    for zone, rows in in_zones(zones, where):
        some = moments if len(rows) == len(moments) else moments[rows]
        first = some.min() // QUARTER_US
        starts = np.arange(first, some.max() // QUARTER_US + 1) * QUARTER_US
        utc = pd.DatetimeIndex(starts.astype("datetime64[us]"), tz="UTC")
        offset = utc.tz_convert(zone).tz_localize(None).as_unit("us").asi8 - starts
        still = np.all(offset == offset[0])  # the clocks did not change
        here = some + (offset[0] if still else offset[some // QUARTER_US - first])
        if len(rows) == len(moments):
            return here
        wall[rows] = here
    return wall


def hours_between(start: pd.Series, end: pd.Series) -> pd.Series:
    """Hours from one instant to another.

    Parameters
    ----------
    start, end : Series of datetime, shape (n,)

    Returns
    -------
    Series of float, shape (n,)
    """
    return (end - start).dt.total_seconds() / 3600


def hours_of_day(start: pd.Series, end: pd.Series, zones: pd.Series, where: str) -> np.ndarray:
    """How much of each clock hour a local calendar day has.

    Parameters
    ----------
    start, end : Series of UTC datetime, shape (n,)
        The day's bounds.
    zones : Series of str, shape (n,)
        IANA names.
    where : str
        Table, for the error.

    Returns
    -------
    ndarray of float, shape (n, 24)
        Hours observed: 1 on most days; where the clocks change, 0 or 2, or a part of an hour.
    """
    hours = np.ones((len(start), 24))
    changes = np.flatnonzero((end - start) != pd.Timedelta(hours=24))
    if not len(changes):
        return hours
    days = pd.DataFrame({"start": start, "end": end, "zone": zones}).iloc[changes]
    kinds = days.drop_duplicates(ignore_index=True)
    place = days.merge(kinds.assign(place=kinds.index), how="left")["place"].to_numpy()
    hours[changes] = np.array([_minute_by_minute(kind, where) for _, kind in kinds.iterrows()])[place]
    return hours


def _minute_by_minute(day: pd.Series, where: str) -> np.ndarray:
    """Hours of each clock hour of one day, from its minutes."""
    minutes = pd.Series(pd.date_range(day["start"], day["end"], freq="min", inclusive="left"))
    local = to_wall(minutes, pd.Series(day["zone"], index=minutes.index), where)["wall"]
    return np.bincount(local.dt.hour, minlength=24) / 60
