"""Sleep from the angle of the arm: stretches in which it does not turn, and the period of sleep of each night."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from spasticity.derive.clock import wall_micros
from spasticity.derive.codes import coded
from spasticity.derive.epoch_rows import SECOND_US, lined_up, micros, runs

EPOCH_S = 5.0
PER_MIN = 12
DAY_US, NOON_US = 86_400 * SECOND_US, 43_200 * SECOND_US
# Sustained inactivity: van Hees et al. 2015, as in the methods page on wearables.
TURN_DEG, INACTIVE_MIN, FEW_TURNS = 5.0, 5, 10
# Period of sleep: van Hees et al. 2018 (HDCZA), as in the methods page on wearables.
SMOOTHED = 59  # differences of the angle in 5 min, whose median is taken
SHARE, TIMES, LEAST_DEG, MOST_DEG = 0.10, 15.0, 0.13, 0.50
BLOCK_MIN, GAP_MIN = 30, 60


@dataclass(frozen=True, slots=True, eq=False)
class Evening:
    """The epochs of a person from one local noon to the next.

    Parameters
    ----------
    rows : ndarray of int, shape (n,)
        Positions in the table, in order of time.
    place : ndarray of int, shape (n,)
        Epochs since the first of them.
    angle : ndarray of float, shape (length,)
        By place; missing where nothing was recorded.
    worn : ndarray of bool, shape (length,)
        By place; unknown counts as worn.
    """

    rows: np.ndarray
    place: np.ndarray
    angle: np.ndarray
    worn: np.ndarray


def evenings(epochs: pd.DataFrame, rule: str) -> Iterator[Evening]:
    """The epochs of each person from local noon to local noon.

    Parameters
    ----------
    epochs : DataFrame
        Shaped like `tables.EPOCHS`, epochs of 5 s, in any order.
    rule : str
        For errors.

    Yields
    ------
    Evening

    Raises
    ------
    DataError
        When epochs of one person overlap or a time zone is not known.
    MethodError
        When the epochs are not of 5 s.
    """
    lined_up(epochs, (EPOCH_S,), rule)
    people, start = coded(epochs["participant"])[0], micros(epochs["start_utc"])
    if not len(epochs):
        return
    day = (wall_micros(start, epochs["zone"], "epochs") - NOON_US) // DAY_US
    order = np.lexsort((start, day, people))
    angle = epochs["angle_z_deg"].to_numpy(dtype="float64", na_value=np.nan)
    worn = epochs["worn"].astype("boolean").fillna(True).to_numpy(dtype=bool)
    heads = np.flatnonzero((np.diff(people[order]) != 0) | (np.diff(day[order]) != 0)) + 1
    for rows in np.split(order, heads):
        place = (start[rows] - start[rows[0]]) // round(EPOCH_S * SECOND_US)
        line, on = np.full(place[-1] + 1, np.nan), np.zeros(place[-1] + 1, dtype=bool)
        line[place], on[place] = angle[rows], worn[rows]
        yield Evening(rows, place, line, on)


def inactivity(epochs: pd.DataFrame) -> np.ndarray:
    """Which epochs lie in sustained inactivity: more than 5 minutes in which the arm turns by no more than 5 degrees.

    Parameters
    ----------
    epochs : DataFrame
        Shaped like `tables.EPOCHS`, epochs of 5 s, in any order.

    Returns
    -------
    ndarray of int, shape (n,)
        1 inactive, 0 not, -1 where the angle is missing or the device was not worn.
    """
    state = np.full(len(epochs), -1, dtype=np.int8)
    for evening in evenings(epochs, "van_hees"):
        known = ~np.isnan(evening.angle) & evening.worn
        state[evening.rows] = np.where(known, _inactive(evening.angle), -1)[evening.place]
    return state


def _inactive(angle: np.ndarray) -> np.ndarray:
    """1 in stretches of more than 5 minutes between two turns; a missing angle counts as a turn."""
    turns = np.flatnonzero(~(np.abs(np.diff(angle)) <= TURN_DEG))
    long = np.flatnonzero(np.diff(turns) > INACTIVE_MIN * PER_MIN)
    if len(long):
        # From the epoch before a turn to the one before the next, as its authors' program has it.
        change = np.zeros(len(angle) + 1, dtype=np.int64)
        np.add.at(change, turns[long], 1)
        np.add.at(change, turns[long + 1] + 1, -1)
        return (np.cumsum(change)[:-1] > 0).astype(np.int8)
    # Hardly a turn, and no two of them: the arm lay still all the time.
    still = len(turns) < FEW_TURNS and len(angle) > INACTIVE_MIN * PER_MIN
    return np.full(len(angle), still, dtype=np.int8)


def longest_rests(epochs: pd.DataFrame) -> np.ndarray:
    """The longest period of rest of each person and evening.

    Parameters
    ----------
    epochs : DataFrame
        Shaped like `tables.EPOCHS`, epochs of 5 s, in any order.

    Returns
    -------
    ndarray of int, shape (p, 3)
        Position of a row of the person, then begin and end of the period in microseconds since 1970.
    """
    found = []
    start = micros(epochs["start_utc"])
    for evening in evenings(epochs, "hdcza"):
        period = _rest(evening.angle, evening.worn)
        if period is not None:
            zero, step = start[evening.rows[0]], round(EPOCH_S * SECOND_US)
            found.append((evening.rows[0], zero + period[0] * step, zero + period[1] * step))
    return np.array(found, dtype=np.int64).reshape(-1, 3)


def _rest(angle: np.ndarray, worn: np.ndarray) -> tuple[int, int] | None:
    """First and last place of the longest period of rest, half open."""
    smooth = _smoothed(angle)
    known = ~np.isnan(angle)
    if not known.any():
        return None
    # The threshold is that of all that was recorded, so that non-wear found later can only take rest away.
    level = float(np.clip(TIMES * np.quantile(smooth[known], SHARE), LEAST_DEG, MOST_DEG))
    still = ((smooth < level) & known & worn).astype(np.int8)
    begin, length, value = runs(still)
    blocks = np.flatnonzero((value == 1) & (length > BLOCK_MIN * PER_MIN))
    if not len(blocks):
        return None
    first, last = begin[blocks], begin[blocks] + length[blocks]
    apart = np.flatnonzero(first[1:] - last[:-1] > GAP_MIN * PER_MIN)
    first, last = first[np.concatenate(([0], apart + 1))], last[np.concatenate((apart, [len(blocks) - 1]))]
    longest = np.flatnonzero(last - first == (last - first).max())
    middle = longest[(len(longest) - 1) // 2]
    # The period opens with the epoch before the first still one, as its authors' program has it.
    return max(int(first[middle]) - 1, 0), int(last[middle])


def _smoothed(angle: np.ndarray) -> np.ndarray:
    """Median over 5 minutes of how far the arm turns from epoch to epoch; 0 at both ends, as its authors have it."""
    from scipy.ndimage import median_filter  # costs a third of a second, which only who scores angles should pay

    smooth = np.zeros(len(angle))
    half = SMOOTHED // 2
    if len(angle) <= SMOOTHED:
        return smooth
    turns = np.abs(np.diff(angle))
    turns[np.isnan(turns)] = 1e9  # farther than any arm turns
    smooth[half : len(angle) - half - 1] = median_filter(turns, size=SMOOTHED)[half : len(angle) - half - 1]
    return smooth
