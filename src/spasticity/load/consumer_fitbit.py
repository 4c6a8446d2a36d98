"""Fitbit: the JSON files of an account's export, one quantity each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from spasticity.errors import DataError, one_of
from spasticity.load.consumer_intervals import (
    HALF_MINUTE_S,
    LONGEST_S,
    TOO_LONG,
    Interval,
    half_minutes,
    interval_clocks,
    intervals_of,
    overlaid,
    sleep_cells,
    told,
)
from spasticity.load.epoch_source import Cells, EpochSource
from spasticity.load.epoch_times import Clocks, times
from spasticity.load.grid import texts
from spasticity.load.opening import Content, text_of

STAMP = "%m/%d/%y %H:%M:%S"
#: States of nights with stages, and of those without; restless counts as awake in Fitbit's own summary.
STATES = {
    **{"wake": "wake", "light": "light", "deep": "deep", "rem": "rem"},
    **{"awake": "wake", "restless": "restless", "asleep": "sleep"},
}
QUANTITIES = {"steps": ("steps", 60.0), "calories": ("energy_kcal", 60.0), "heart_rate": ("heart_rate_bpm", 1.0)}
WHY = "whether the times are UTC or those of the wall clock is not said"
NO_STATE = "expected a level of sleep with its start and seconds"


def is_fitbit(start: str) -> bool:
    """Whether a JSON text begins as a file of Fitbit's export.

    Parameters
    ----------
    start : str

    Returns
    -------
    bool
    """
    value = r'\[\s*\{\s*"dateTime"\s*:\s*"\d\d/\d\d/\d\d \d\d:\d\d:\d\d"\s*,\s*"value"'
    sleep = r'\[\s*\{\s*"logId"\s*:\s*\d+\s*,\s*"dateOfSleep"'
    return re.match(f"{value}|{sleep}", start.lstrip("\ufeff \n\r\t")) is not None


def fitbit(source: Content, *, quantity: str | None) -> EpochSource:
    """Epochs of a file of Fitbit's export.

    Parameters
    ----------
    source : Content
    quantity : str
        `steps` or `calories`, which look alike; the name that Fitbit gives a file also says it.

    Returns
    -------
    EpochSource

    Raises
    ------
    DataError
        When the file is no list of such entries, or nobody says which quantity it is.
    """
    text, notes = text_of(source, "utf-8")
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError):
        raise DataError(f"{source.name}: the JSON is damaged or was cut; export it again.") from None
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise DataError(f"{source.name}: expected a list of entries, as Fitbit exports them; export it again.")
    if "levels" in entries[0] or "logId" in entries[0]:
        return _sleep(source, entries, notes)
    return _values(source, entries, notes, _quantity(source.name, entries, quantity))


def _quantity(name: str, entries: Sequence[Mapping[str, Any]], asked: str | None) -> str:
    if isinstance(entries[0].get("value"), dict):
        return "heart_rate"
    if asked is not None:
        one_of("quantity", asked, list(QUANTITIES))
        return asked
    named = [what for what in QUANTITIES if name.startswith(f"{what}-")]
    if not named:
        raise DataError(
            f"{name}: files of steps and of calories look alike, and Fitbit's name of the file is gone; pass "
            f"quantity='steps' or 'calories'."
        )
    return named[0]


def _values(source: Content, entries: Sequence[Mapping[str, Any]], notes: Sequence[str], quantity: str) -> EpochSource:
    column, epoch_s = QUANTITIES[quantity]
    stamps = texts([_text(entry.get("dateTime")) for entry in entries])
    values = texts([_value(entry.get("value")) for entry in entries])
    again = ("each is a reading at a second, not a mean",) if quantity == "heart_rate" else ()
    return EpochSource(
        name=source.name,
        sha256=source.sha256,
        format=f"Fitbit {quantity}",
        rows=np.arange(1, len(entries) + 1),
        clocks=Clocks(
            place="dateTime", texts=stamps, local=times(stamps, STAMP), written=STAMP, kind="", why=WHY, ordered=False
        ),
        epoch_s=epoch_s,
        cells={column: Cells(place="value", texts=values)},
        notes=(*notes, *again),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _value(value: object) -> str:
    inner = value.get("bpm") if isinstance(value, dict) else value
    return str(inner) if isinstance(inner, (str, int, float)) and not isinstance(inner, bool) else ""


def _sleep(source: Content, entries: Sequence[Mapping[str, Any]], notes: Sequence[str]) -> EpochSource:
    long: list[Interval] = []
    short: list[Interval] = []
    torn, number = [], 0
    for entry in entries:
        levels = entry.get("levels")
        levels = levels if isinstance(levels, dict) else {}
        for name, into in (("data", long), ("shortData", short)):
            parts = levels.get(name, [])
            for part in parts if isinstance(parts, list) else [None]:
                number += 1
                read = _interval(part, number)
                into.append(read) if isinstance(read, tuple) else torn.append((number, "", read))
        if "data" not in levels:
            number += 1
            torn.append((number, "", NO_STATE))
    rows, starts, states = half_minutes(intervals_of(long), source.name)
    if short:
        states = overlaid(starts, states, intervals_of(short), source.name)
    return EpochSource(
        name=source.name,
        sha256=source.sha256,
        format="Fitbit sleep",
        rows=rows,
        clocks=interval_clocks(starts, kind="civil", exact=False),
        epoch_s=float(HALF_MINUTE_S),
        cells=sleep_cells(states),
        torn=tuple(torn),
        notes=(*notes, told(len(long), len(rows)), f"{len(short)} brief wakes outweigh the state around them"),
    )


def _interval(part: object, number: int) -> Interval | str:
    """An interval, or the rule that it breaks."""
    part = part if isinstance(part, dict) else {}
    state, seconds = STATES.get(_text(part.get("level"))), part.get("seconds")
    start = times(texts([_text(part.get("dateTime"))]), "%Y-%m-%dT%H:%M:%S.%f")[0]
    if state is None or pd.isna(start) or isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        return NO_STATE
    if not 0 < seconds <= LONGEST_S:
        return TOO_LONG
    return number, start.to_datetime64(), float(seconds), state
