"""How far a device's clock was ahead of UTC: once, when it was set, because device clocks know no summer time."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from spasticity.errors import DataError, MethodError
from spasticity.load.epoch_times import OFFSET
from spasticity.load.event_times import known_zones
from spasticity.load.raw_samples import NEVER_SET_S, RawFile

DAY_ZERO = datetime(1970, 1, 1)
LONGEST_S = 366 * 86400  # a device set more than a year before its recording was not set for it [proposal]


def check_clock(zone: str, clock: str | None) -> None:
    """Refuse a zone or a clock that is not known.

    Parameters
    ----------
    zone : str
    clock : str, optional

    Raises
    ------
    MethodError
    """
    if zone not in known_zones():
        raise MethodError(f"zone={zone!r} is not known: expected the name of a time zone such as 'Europe/London'")
    if clock not in (None, "fixed", "utc") and not OFFSET.fullmatch(clock):
        raise MethodError(f"clock={clock!r}: expected what the device's clock was ahead of UTC, as '+01:00', or 'utc'")


def ahead_of_utc(raw: RawFile, first_s: float, zone: str, clock: str | None, where: str) -> timedelta:
    """How far the clock of the device was ahead of UTC.

    Parameters
    ----------
    raw : RawFile
    first_s : float
        Time of the first sample on the device's clock, in seconds since 1970.
    zone : str
        Where the person lived.
    clock : str, optional
        What the caller says.
    where : str
        File, for messages.

    Returns
    -------
    timedelta

    Raises
    ------
    DataError
        When the file and the zone differ, or the device was set in an hour in which clocks change.
    """
    if clock not in (None, "fixed"):
        return _said(str(clock))
    there = _offsets(_set_s(raw, first_s), zone)
    if raw.offset_s is not None:
        ahead = timedelta(seconds=raw.offset_s)
        if ahead not in there:
            raise DataError(
                f"{where}: the file says that its clock ran at UTC{signed(ahead)}, which `{zone}` did not have when it "
                f"was set; check the zone, or pass clock='{signed(ahead)}' when the device was set elsewhere."
            )
        return ahead
    if len(there) != 1:
        raise DataError(
            f"{where}: the device was set in an hour in which the clocks of `{zone}` change; say what its clock was "
            "ahead of UTC, such as clock='+01:00'."
        )
    return there.pop()


def _set_s(raw: RawFile, first_s: float) -> float:
    """When the clock was set, as far as the file says; otherwise when the recording began."""
    told = raw.configured_s
    return told if told is not None and max(NEVER_SET_S, first_s - LONGEST_S) <= told <= first_s else first_s


def _said(clock: str) -> timedelta:
    found = OFFSET.fullmatch(clock)
    if found is None:
        return timedelta(0)
    return timedelta(hours=int(found[2]), minutes=int(found[3])) * (-1 if found[1] == "-" else 1)


def _offsets(local_s: float, zone: str) -> set[timedelta]:
    """The offsets a zone had when its clocks showed a time: two in an hour that came twice, none in one left out."""
    local = DAY_ZERO + timedelta(seconds=local_s)
    found = set()
    for fold in (0, 1):
        ahead = local.replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() or timedelta(0)
        if _shown(local - ahead, zone) == local:
            found.add(ahead)
    return found


def _shown(utc: datetime, zone: str) -> datetime:
    """What the clocks of a zone show at a moment."""
    return utc.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def signed(ahead: timedelta) -> str:
    """An offset as text, such as `+01:00`.

    Parameters
    ----------
    ahead : timedelta

    Returns
    -------
    str
    """
    minutes = int(ahead.total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
