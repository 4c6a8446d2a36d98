"""Intervals of sleep as consumer devices tell them, as epochs of half a minute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from spasticity.errors import DataError
from spasticity.load.epoch_source import Cells
from spasticity.load.epoch_times import Clocks, as_texts
from spasticity.load.grid import texts
from spasticity.wording import plural

HALF_MINUTE_S = 30
US = 1_000_000
MOST_EPOCHS = 20_000_000  # half minutes of twenty years
LONGEST_S = 2 * 86_400  # a longer interval of one state is no sleep
Interval = tuple[int, np.datetime64, float, str]  # record, start, seconds, state
TOO_LONG = "an interval of more than two days is no sleep"


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """Intervals of one state each.

    Parameters
    ----------
    rows : array of int, shape (n,)
        Record of each.
    starts : array of datetime64[us], shape (n,)
    seconds : array of float, shape (n,)
    states : array of object, shape (n,)
        States of the table of epochs.
    """

    rows: np.ndarray
    starts: np.ndarray
    seconds: np.ndarray
    states: np.ndarray


def half_minutes(of: Intervals, where: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Epochs of half a minute whose middle lies in an interval.

    Parameters
    ----------
    of : Intervals
    where : str
        File, for the message.

    Returns
    -------
    rows : array of int, shape (m,)
    starts : array of datetime64[us], shape (m,)
        At whole and half minutes.
    states : array of object, shape (m,)

    Raises
    ------
    DataError
        When they are more than twenty years.
    """
    length, half = HALF_MINUTE_S * US, HALF_MINUTE_S * US // 2
    begin = of.starts.astype(np.int64)
    end = begin + np.round(of.seconds * US).astype(np.int64)
    first, last = -((half - begin) // length), -((half - end) // length)
    counts = np.maximum(last - first, 0)
    if counts.sum() > MOST_EPOCHS:
        raise DataError(f"{where}: the intervals are {counts.sum():,} half minutes long, more than twenty years.")
    which = np.repeat(np.arange(len(begin)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    starts = ((first[which] + within) * length).astype("datetime64[us]")
    return of.rows[which], starts, of.states[which]


def overlaid(starts: np.ndarray, states: np.ndarray, short: Intervals, where: str) -> np.ndarray:
    """States in which short intervals, such as brief wakes, outweigh the long ones they lie in.

    Parameters
    ----------
    starts : array of datetime64[us], shape (m,)
    states : array of object, shape (m,)
    short : Intervals
    where : str
        File, for the message.

    Returns
    -------
    array of object, shape (m,)
    """
    _, at, what = half_minutes(short, where)
    said = dict(zip(at.tolist(), what, strict=True))
    return texts([said.get(start, state) for start, state in zip(starts.tolist(), states, strict=True)])


def sleep_cells(states: np.ndarray) -> dict[str, Cells]:
    """States as the column of the table.

    Parameters
    ----------
    states : array of object, shape (m,)

    Returns
    -------
    dict of str to Cells
    """
    return {"device_state": Cells(place="sleep", texts=states)}


def interval_clocks(starts: np.ndarray, *, kind: str, exact: bool) -> Clocks:
    """When epochs of intervals began.

    Parameters
    ----------
    starts : array of datetime64[us], shape (m,)
    kind : str
        As in `Clocks`.
    exact : bool
        Whether they are moments in UTC.

    Returns
    -------
    Clocks
    """
    local = pd.Series(starts, dtype="datetime64[us]")
    return Clocks(
        place="start",
        texts=as_texts(local),
        local=local,
        written="a time",
        kind=kind,
        ordered=False,
        exact=local if exact else None,
    )


def told(intervals: int, epochs: int) -> str:
    """A note on what became of intervals.

    Parameters
    ----------
    intervals, epochs : int

    Returns
    -------
    str
    """
    return (
        f"{plural(intervals, 'interval')} made {plural(epochs, 'epoch')}: the state at the middle of each half minute"
    )


def intervals_of(
    found: Sequence[Interval],
) -> Intervals:
    """Intervals from rows of record, start, seconds and state.

    Parameters
    ----------
    found : sequence of (int, datetime64, float, str)

    Returns
    -------
    Intervals
    """
    rows, starts, seconds, states = zip(*found, strict=True) if found else ((), (), (), ())
    return Intervals(
        np.array(rows, dtype=int),
        np.array(starts, dtype="datetime64[us]"),
        np.array(seconds, dtype=float),
        texts(states),
    )
