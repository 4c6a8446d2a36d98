"""Bouts of wake within the nights of a recording: which are awakenings, and whom a moment found asleep."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from spasticity.derive.actigraphy import state_code
from spasticity.derive.bed_nights import Placed, placed_nights
from spasticity.derive.epoch_rows import SECOND_US, lined_up, micros, runs
from spasticity.derive.recorded_sleep import MAX_UNSCORED, MIN_SCORED_H, MINUTE_US
from spasticity.derive.spans import Spans
from spasticity.errors import MethodError
from spasticity.study import Study

AWAKENING_MIN = 2.0  # m: wake of at least so many minutes ... [proposal]
WITHIN_MIN = 2.0  # k: ... that begins less than so many minutes after a spasm in sleep [proposal]
LEAD_MIN = 2.0  # Cole-Kripke's score looks 2 epochs ahead, so a movement is scored as wake before it begins [proposal]
NEVER = np.iinfo(np.int64).min // 2


@dataclass(frozen=True, slots=True)
class Bouts:
    """Wake of a recording within its periods of sleep.

    Parameters
    ----------
    since : ndarray of int64, shape (epochs,)
        For an epoch awake in a bout that follows sleep, the last one too: when it began; else a time before all.
    awakenings : Spans
        Bouts long enough to be an awakening; `order` is their number.
    night : ndarray of int, shape (awakenings,)
        Row of the night, in the order of `start` and `end`.
    owner, start, end : ndarray of int, shape (awakenings,)
    """

    since: np.ndarray
    awakenings: Spans
    night: np.ndarray
    owner: np.ndarray
    start: np.ndarray
    end: np.ndarray


@dataclass(frozen=True, slots=True)
class Reading:
    """Nights, epochs and spasms of one call, read once for every table that is made of them.

    Parameters
    ----------
    placed : Placed
    bouts : Bouts
    epochs : Spans
    owner, start, state : ndarray, shape (epochs,)
    awakening_min, within_min : float
    lead_min : float, optional
    """

    placed: Placed
    bouts: Bouts
    epochs: Spans
    owner: np.ndarray
    start: np.ndarray
    state: np.ndarray
    awakening_min: float
    within_min: float
    lead_min: float | None

    def found(self, owner: np.ndarray, moment: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Whether spasms found the person asleep, and from when on an awakening is related to them.

        Parameters
        ----------
        owner, moment : ndarray of int, shape (n,)

        Returns
        -------
        asleep : ndarray of float, shape (n,)
            1, 0, or missing.
        earliest : ndarray of int64, shape (n,)
        """
        epoch = self.epochs.holding(owner, moment)
        if not len(self.state):
            return np.full(len(moment), np.nan), moment
        state = np.where(epoch >= 0, self.state[epoch], np.nan)
        if self.lead_min is None:
            return state, moment
        ahead = self.start[epoch] - round(self.lead_min * MINUTE_US)
        just = (state == 0) & (self.bouts.since[epoch] >= ahead)
        return np.where(just, 1.0, state), np.where(just, ahead, moment)

    def woken(self, owner: np.ndarray, moment: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Whether spasms found the person asleep, and the awakening that each is related to.

        Parameters
        ----------
        owner, moment : ndarray of int, shape (n,)

        Returns
        -------
        asleep : ndarray of float, shape (n,)
            1, 0, or missing.
        awakening : ndarray of int, shape (n,)
            Number of the awakening; -1 for none.
        """
        asleep, earliest = self.found(owner, moment)
        spans = self.bouts.awakenings
        if not len(spans.owner):
            return asleep, np.full(len(moment), -1)
        before = spans.last_begun(owner, earliest - 1)
        first = np.where(before >= 0, before + 1, np.searchsorted(spans.owner, owner, "left"))
        # Half-open: an awakening exactly k minutes later is too late.
        last = spans.last_begun(owner, moment + round(self.within_min * MINUTE_US) - 1)
        related = (asleep == 1) & (last >= 0) & (first <= last)
        return asleep, np.where(related, spans.order[np.minimum(first, len(spans.order) - 1)], -1)


def read_nights(
    scored: pd.DataFrame,
    study: Study,
    *,
    window: str = "diary",
    awakening_min: float = AWAKENING_MIN,
    within_min: float = WITHIN_MIN,
    lead_min: float | None = LEAD_MIN,
    min_scored_h: float = MIN_SCORED_H,
    max_unscored: float = MAX_UNSCORED,
) -> Reading:
    """Read the nights of a recording once.

    Parameters
    ----------
    scored, study, window, awakening_min, within_min, lead_min, min_scored_h, max_unscored
        As in `night_spasms`.

    Returns
    -------
    Reading

    Raises
    ------
    DataError
        When epochs of one person overlap or a time zone is not known.
    MethodError
        When a parameter is not one it takes, or the epochs have not been scored.
    """
    for name, value, least in (("awakening_min", awakening_min, 0), ("within_min", within_min, 0)):
        if not value > least:
            raise MethodError(f"{name}={value:g}: expected minutes above {least}.")
    if lead_min is not None and not lead_min >= 0:
        raise MethodError(f"lead_min={lead_min:g}: expected minutes, 0 or more, or None.")
    placed = placed_nights(
        scored,
        study,
        window=window,
        awakening_min=awakening_min,
        min_scored_h=min_scored_h,
        max_unscored=max_unscored,
    )
    owner, start = placed.owner(placed.epochs["participant"]), micros(placed.epochs["start_utc"])
    length = (placed.epochs["epoch_s"].to_numpy(dtype="float64") * SECOND_US).astype(np.int64)
    return Reading(
        placed=placed,
        bouts=_bouts(placed, owner, start, awakening_min),
        epochs=Spans.of(owner, start, start + length),
        owner=owner,
        start=start,
        state=state_code(placed.epochs),
        awakening_min=float(awakening_min),
        within_min=float(within_min),
        lead_min=lead_min,
    )


def _bouts(placed: Placed, owner: np.ndarray, start: np.ndarray, awakening_min: float) -> Bouts:
    """Bouts of wake between the onset and the end of sleep."""
    epochs, nights = placed.epochs, placed.nights
    line = lined_up(epochs, None, "night_spasms")
    state, night = state_code(epochs), placed.beds.holding(owner, start)
    length = round(line.epoch_s * SECOND_US)
    onset, offset = (_known_micros(nights[name]) for name in ("onset_utc", "offset_utc"))
    used = (night >= 0) & ~np.isnan(state)
    mark = line.spread(np.where(used, 2.0 * night + np.nan_to_num(state), np.nan), empty=-1)
    first, size, value = runs(mark)
    row = np.full(line.length, -1)
    row[line.place] = np.arange(len(epochs))
    wake = (value >= 0) & (value % 2 == 0)
    after = np.concatenate(([False], value[:-1] == value[1:] + 1))[: len(value)] & wake
    since = np.full(line.length, NEVER)
    since[_each(first[after], size[after])] = np.repeat(start[row[first[after]]], size[after])
    long = wake & (size * line.epoch_s / 60 >= awakening_min)
    head = row[first[long]]
    inside = (start[head] >= onset[night[head]]) & (start[head] < offset[night[head]]) if len(nights) else head >= 0
    head, begins = head[inside], start[head][inside]
    ends = begins + size[long][inside] * length
    return Bouts(since[line.place], Spans.of(owner[head], begins, ends), night[head], owner[head], begins, ends)


def _known_micros(moments: pd.Series) -> np.ndarray:
    """Instants as microseconds; for a missing one the largest number, which nothing comes after."""
    return np.where(moments.isna(), -NEVER, micros(moments))


def _each(first: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Every place of some stretches."""
    ahead = np.concatenate(([0], np.cumsum(size)))[:-1]
    return np.repeat(first - ahead, size) + np.arange(size.sum())
