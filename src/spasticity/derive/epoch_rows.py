"""Epochs of many recordings on one line of numbers, so that a rule about neighbours is one pass over all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from spasticity.derive.codes import coded
from spasticity.errors import DataError, MethodError
from spasticity.schema import FAILURE_COLUMNS
from spasticity.wording import plural

APART = 16  # places left free where a recording ends or pauses; no rule looks further than 12 epochs
SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """Where each row of a table of epochs stands on the line.

    Parameters
    ----------
    place : ndarray of int, shape (n,)
        Place of each row. Places without a row are pauses, and lie between people.
    length : int
        Places in all.
    epoch_s : float
        Seconds of an epoch.
    """

    place: np.ndarray
    length: int
    epoch_s: float

    def spread(self, values: np.ndarray, empty: float = 0.0) -> np.ndarray:
        """Values of the rows on the line.

        Parameters
        ----------
        values : ndarray, shape (n,)
        empty : float
            What stands where there is no row or the value is missing.

        Returns
        -------
        ndarray of float, shape (length,)
        """
        line = np.full(self.length, float(empty))
        line[self.place] = values
        line[np.isnan(line)] = empty
        return line

    def present(self, values: np.ndarray) -> np.ndarray:
        """Which places hold a value.

        Parameters
        ----------
        values : ndarray, shape (n,)

        Returns
        -------
        ndarray of bool, shape (length,)
        """
        line = np.zeros(self.length, dtype=bool)
        line[self.place] = ~np.isnan(values)
        return line


def lined_up(epochs: pd.DataFrame, epoch_s: tuple[float, ...] | None, rule: str) -> Line:
    """Where each epoch stands: people apart, and a pause as an empty stretch.

    Parameters
    ----------
    epochs : DataFrame
        Shaped like `tables.EPOCHS`, in any order.
    epoch_s : tuple of float, optional
        The epoch lengths the rule is made for; None takes any.
    rule : str
        What the rule is called, for the error.

    Returns
    -------
    Line

    Raises
    ------
    DataError
        When epochs of one person overlap.
    MethodError
        When epochs have several lengths, or one that the rule is not made for.

    Notes
    -----
    Costs one sort of the rows. A pause is kept as an empty stretch of at most `APART` places.
    """
    length_s = _one_length(epochs, epoch_s, rule)
    people = coded(epochs["participant"])[0]
    start = micros(epochs["start_utc"])
    epoch_us = round(length_s * SECOND_US)
    order: np.ndarray | slice = slice(None)
    breaks, step, leap = _breaks(people, start, epoch_us)
    if np.any((leap < 0) | ((leap == 0) & (step < 0))):
        order = np.lexsort((start, people))
        breaks, step, leap = _breaks(people[order], start[order], epoch_us)
    same = leap == 0
    _refuse_overlap(epochs, np.arange(len(epochs))[order][breaks[same & (step < epoch_us)] + 1])
    # A clock that was set back or forward off the beat of the epochs begins a new stretch.
    ahead = np.ones(len(epochs), dtype=np.int64)
    ahead[breaks + 1] = np.where(same & (step % epoch_us == 0), np.minimum(step // epoch_us, APART), APART)
    ahead[:1] = APART
    place = np.cumsum(ahead)
    length = int(place[-1:].sum()) + APART + 1
    if not isinstance(order, slice):
        place[order] = place.copy()
    return Line(place, length, length_s)


def micros(moments: pd.Series) -> np.ndarray:
    """Instants as microseconds since 1970.

    Parameters
    ----------
    moments : Series of UTC datetime, shape (n,)

    Returns
    -------
    ndarray of int64, shape (n,)
    """
    return moments.to_numpy(dtype="datetime64[us]").astype(np.int64)


def runs(line: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Stretches of equal values.

    Parameters
    ----------
    line : ndarray, shape (length,)

    Returns
    -------
    start, length : ndarray of int, shape (r,)
    value : ndarray, shape (r,)
    """
    if not len(line):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), line
    start = np.concatenate(([0], np.flatnonzero(line[1:] != line[:-1]) + 1))
    return start, np.diff(start, append=len(line)), line[start]


def _breaks(people: np.ndarray, start: np.ndarray, epoch_us: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows after which something else than the next epoch of the same person stands, and how far that is in time."""
    step = np.diff(start)
    breaks = np.flatnonzero((people[1:] != people[:-1]) | (step != epoch_us))
    return breaks, step[breaks], people[breaks + 1] - people[breaks]


def _one_length(epochs: pd.DataFrame, wanted: tuple[float, ...] | None, rule: str) -> float:
    found = epochs["epoch_s"].to_numpy(dtype="float64")
    found = found[:1] if np.all(found == found[:1]) else np.unique(found)
    if len(found) > 1:
        raise MethodError(
            f"{rule}: the epochs have {len(found)} lengths, from {found[0]:g} to {found[-1]:g} s; expected one. "
            "Bring them to one length with derive.longer_epochs, or score them apart."
        )
    length_s = float(found[0]) if len(found) else (wanted or (60.0,))[0]
    if wanted and length_s not in wanted:
        made = " or ".join(f"{one:g}" for one in wanted)
        raise MethodError(
            f"{rule}: it is made for epochs of {made} s, these have {length_s:g} s. "
            "Bring shorter epochs to that length with derive.longer_epochs."
        )
    return length_s


def _refuse_overlap(epochs: pd.DataFrame, rows: np.ndarray) -> None:
    if len(rows):
        failures = pd.DataFrame(
            {"row": epochs.index[rows], "column": "start_utc", "value": None, "rule": "begins before the last one ends"}
        )
        raise DataError(
            f"epochs: {plural(len(rows), 'epoch')} of one participant overlap, first at row {epochs.index[rows[0]]}; "
            "a place in time has one epoch. Remove the double recording.",
            failures[FAILURE_COLUMNS],
        )
