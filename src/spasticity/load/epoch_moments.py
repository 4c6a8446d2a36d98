"""Moments of epochs in UTC, and the rule that a broken one breaks: a clock that was reset, went back or ran twice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from spasticity.errors import DataError, MethodError, one_of
from spasticity.load.casting import Reading, column_reading
from spasticity.load.cells import RESET, YEARS
from spasticity.load.epoch_times import OFFSET, Clocks
from spasticity.load.event_times import GAP, OVERLAPS, TWICE, known_zones, placed
from spasticity.schema import Column
from spasticity.wording import plural

KINDS = ("fixed", "civil", "utc")
LOST = (RESET, 2000)  # years a device shows when it lost its time
BACK = "the clock went back here; ask when the device was set"
AHEAD = "the clock is ahead of the rows that follow; ask when the device was set"
DOUBLE = "begins before the epoch before it ends: a double recording"
SECOND_US = 1_000_000
WRITTEN = Column(name="start", kind="text", label="Start as written")
UTC_ZERO = pd.Timedelta(0)


def start_reading(
    clocks: Clocks,
    lengths: np.ndarray,
    people: np.ndarray,
    *,
    zone: str,
    clock: str | None,
    overlap: str,
    where: str,
) -> tuple[Reading, list[str]]:
    """Starts of epochs in UTC, with a rule for each that cannot be placed.

    Parameters
    ----------
    clocks : Clocks
    lengths : array of float, shape (n,)
        Seconds of each epoch.
    people : array of object, shape (n,)
    zone : str
        IANA name.
    clock, overlap : str
        As in `actigraphy`.
    where : str
        File, for messages.

    Returns
    -------
    reading : Reading
    notes : list of str

    Raises
    ------
    DataError
        When only the caller can know the clock, or most epochs are not as far apart as the file says.
    MethodError
        When the zone or the clock is not known.
    """
    if zone not in known_zones():
        raise MethodError(f"zone={zone!r} is not known: expected the name of a time zone such as 'Europe/London'")
    one_of("overlap", overlap, OVERLAPS)
    rules = _unread(clocks)
    whose = pd.factorize(people)[0]
    moments, notes = _moments(clocks, rules, zone, clock, overlap, where)
    if not clocks.counted:
        _back_and_double(clocks, moments, lengths, whose, rules)
        _expect_beat(clocks, moments, rules, lengths, whose, where)
    bad = rules != ""
    notes += _gaps(moments, bad, lengths, whose)
    values = pd.Series(moments, dtype="datetime64[us]").mask(bad).dt.tz_localize("UTC")
    faults = pd.Series(rules[bad], index=np.flatnonzero(bad), dtype=object)
    written = column_reading(clocks.texts, WRITTEN, place=clocks.place)
    return replace(written, values={"start_utc": values}, faults=faults), notes


def _unread(clocks: Clocks) -> np.ndarray:
    """The rule that each time breaks by itself; empty for good ones."""
    local = clocks.local
    rules = np.full(len(local), "", dtype=object)
    rules[local.isna().to_numpy()] = f"expected a time written as {clocks.written}"
    year = local.dt.year.fillna(0).to_numpy()
    usual = np.median(year[year > 0]) if (year > 0).any() else 0
    rules[(year == RESET) | (np.isin(year, LOST) & (np.abs(year - usual) > 1))] = (
        "a clock that lost its time; ask when the recording began"
    )
    rules[(rules == "") & ((year < YEARS[0]) | (year > YEARS[1]))] = (
        f"a year between {YEARS[0]} and {YEARS[1]} expected"
    )
    return rules


def _moments(
    clocks: Clocks, rules: np.ndarray, zone: str, clock: str | None, overlap: str, where: str
) -> tuple[np.ndarray, list[str]]:
    """Moments in UTC as numpy times; what cannot be placed gets its rule."""
    if clocks.exact is not None:
        if clock is not None:
            raise MethodError(f"{where}: every time of the file has its own offset from UTC; leave clock= out")
        return clocks.exact.to_numpy(dtype="datetime64[us]"), []
    kind = _kind(clocks, clock, where)
    good = rules == ""
    local = clocks.local.where(good)
    if kind == "civil":
        return _civil(local, zone, rules, overlap), ["times of the wall clock"]
    offset = UTC_ZERO if kind == "utc" else _offset(kind, local, zone, where, said=clock is None)
    note = f"the clock of the device ran at UTC{_signed(offset)}"
    return (local - offset).to_numpy(dtype="datetime64[us]"), [note]


def _kind(clocks: Clocks, clock: str | None, where: str) -> str:
    if clock is None and not clocks.kind:
        raise DataError(
            f"{where}: {clocks.why}; pass clock='utc', 'civil' (the wall clock), 'fixed' (as "
            "set when the recording began) or an offset such as '+01:00'."
        )
    kind = clocks.kind if clock is None else clock
    if kind not in KINDS and not OFFSET.fullmatch(kind):
        one_of("clock", kind, (*KINDS, "+01:00"))
    return kind


def _offset(kind: str, local: pd.Series, zone: str, where: str, *, said: bool) -> pd.Timedelta:
    """The offset that the clock of a device kept."""
    given = OFFSET.fullmatch(kind)
    first = local.dropna().iloc[:1].reset_index(drop=True)
    if first.empty:
        return UTC_ZERO
    early, late = (side.iloc[0] for side in placed(first, pd.Series([zone])))
    there = {first.iloc[0] - side for side in (early, late) if not pd.isna(side)}
    if given:
        offset = pd.Timedelta(hours=int(given[2]), minutes=int(given[3])) * (-1 if given[1] == "-" else 1)
        if said and offset not in there:
            raise DataError(
                f"{where}: the file says that its clock ran at UTC{_signed(offset)}, which `{zone}` did not have when "
                "the recording began; pass the zone of the person, and the clock of the device as "
                f"clock='{_signed(offset)}' when the two differ."
            )
        return offset
    if len(there) != 1:
        raise DataError(
            f"{where}: the recording begins in an hour in which the clocks of `{zone}` change; say which offset from "
            "UTC the device kept, such as clock='+01:00'."
        )
    return there.pop()


def _signed(offset: pd.Timedelta) -> str:
    minutes = int(offset.total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _civil(local: pd.Series, zone: str, rules: np.ndarray, overlap: str) -> np.ndarray:
    """Times of the wall clock: the order of rows tells which of two hours a repeated one is."""
    first, second = placed(local, pd.Series(zone, index=local.index, dtype=object))
    rules[(local.notna() & first.isna()).to_numpy()] = GAP
    doubtful = (first != second) & first.notna()
    late = _second_pass(local, doubtful)
    if overlap == "second":
        late = late | doubtful
    elif overlap == "reject":
        settled = _in_two_passes(local, doubtful)
        rules[(doubtful & ~settled).to_numpy()] = TWICE
    return first.where(~late, second).to_numpy(dtype="datetime64[us]")


def _second_pass(local: pd.Series, doubtful: pd.Series) -> pd.Series:
    """Rows of a repeated hour that come after the clock went back."""
    back = doubtful & (local.diff() < UTC_ZERO)
    night = local.dt.normalize().where(doubtful)
    return doubtful & (back.groupby(night).cumsum().reindex(local.index, fill_value=0) > 0)


def _in_two_passes(local: pd.Series, doubtful: pd.Series) -> pd.Series:
    """Rows of a repeated hour in which the clock is seen going back."""
    back = doubtful & (local.diff() < UTC_ZERO)
    night = local.dt.normalize().where(doubtful)
    seen = back.groupby(night).transform("sum").reindex(local.index, fill_value=0)
    return doubtful & (seen.fillna(0) > 0)


def _back_and_double(
    clocks: Clocks, moments: np.ndarray, lengths: np.ndarray, whose: np.ndarray, rules: np.ndarray
) -> None:
    """Give a rule to epochs whose clock went back, and to those that begin before the last one ends."""
    micros = moments.astype(np.int64)
    good = np.flatnonzero(rules == "")
    order = good[np.argsort(whose[good], kind="stable")]
    if clocks.ordered:
        wrong, rule = _out_of_order(micros[order], whose[order])
        rules[order[wrong]] = rule
        order = order[~wrong]
    order = order[np.lexsort((order, micros[order], whose[order]))]
    spans = np.round(lengths * SECOND_US).astype(np.int64)
    step = np.diff(micros[order])
    same = np.diff(whose[order]) == 0
    if not (same & (step > 0) & (step < spans[order[:-1]])).any():
        return
    begin, end, last = 0, 0, -1
    for row in order:
        start = micros[row]
        if whose[row] == last and begin < start < end:
            rules[row] = DOUBLE
            continue
        begin, end, last = start, start + spans[row], whose[row]


def _out_of_order(micros: np.ndarray, whose: np.ndarray) -> tuple[np.ndarray, str]:
    """Rows that are not later than those before them, or not earlier than those after them: whichever are fewer.

    One time that is far too late must not cost all that come after it.
    """
    back = micros < pd.Series(micros).groupby(whose).cummax().to_numpy()
    ahead = micros > pd.Series(micros[::-1]).groupby(whose[::-1]).cummin().to_numpy()[::-1]
    return (ahead, AHEAD) if ahead.sum() < back.sum() else (back, BACK)


def _expect_beat(
    clocks: Clocks, moments: np.ndarray, rules: np.ndarray, lengths: np.ndarray, whose: np.ndarray, where: str
) -> None:
    """Refuse a file most of whose epochs are not as far apart as it says."""
    if not clocks.ordered or len(moments) < 3:
        return
    good = (rules == "") | (rules == DOUBLE)
    step = np.diff(moments[good].astype(np.int64))
    step = step[(step > 0) & (np.diff(whose[good]) == 0)]
    if not len(step):
        return
    values, counts = np.unique(step, return_counts=True)
    usual, declared = values[counts.argmax()] / SECOND_US, float(lengths[0])
    if counts.max() > len(moments) / 2 and abs(usual - declared) > 1e-3:
        raise DataError(
            f"{where}: the file speaks of epochs of {declared:g} s, but most rows are {usual:g} s apart; it was "
            "resampled or put together from several. Export it again at one length."
        )


def _gaps(moments: np.ndarray, bad: np.ndarray, lengths: np.ndarray, whose: np.ndarray) -> list[str]:
    """Notes on pauses of the recording, and on beats that were lost."""
    rows = np.flatnonzero(~bad)
    rows = rows[np.lexsort((moments[rows], whose[rows]))]
    begins: np.ndarray = moments[rows].astype(np.int64)
    step, same = np.diff(begins), np.diff(whose[rows]) == 0
    spans = np.round(lengths[rows][:-1] * SECOND_US).astype(np.int64)
    pause = same & (step > spans)
    if not pause.any():
        return []
    lost = (step - spans)[pause].sum() / SECOND_US / 60
    off = int((pause & (step % spans != 0)).sum())
    notes = [f"{plural(int(pause.sum()), 'gap')}, {lost:,.1f} min without epochs"]
    return notes + ([f"{plural(off, 'gap')} off the beat of the epochs"] if off else [])
