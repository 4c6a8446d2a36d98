"""Hours in which a raw recorder lay so still that nobody can have worn it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from spasticity.derive.codes import coded
from spasticity.derive.epoch_rows import SECOND_US, lined_up, micros
from spasticity.errors import MethodError, listed

# van Hees et al. 2013 and its use in GGIR, as in the methods page on wearables.
STILL_SD_MG, STILL_RANGE_MG = 13.0, 50.0  # an axis is still when both are smaller over 60 min
STILL_AXES = 2  # of three
BIN_S, SLOT_BINS, BEFORE_BINS, WINDOW_BINS = 450, 2, 3, 8  # a slot of 15 min in the middle of a window of 60
LEAST = 0.5  # share of a window that must have been recorded for it to be judged [proposal]
COLUMNS = [f"{axis}_{what}_g" for axis in "xyz" for what in ("mean", "sd", "low", "high")]


def not_worn(
    epochs: pd.DataFrame, *, sd_mg: float = STILL_SD_MG, range_mg: float = STILL_RANGE_MG, axes: float = STILL_AXES
) -> np.ndarray:
    """Which epochs lie in a quarter of an hour in which the recorder was not worn.

    Parameters
    ----------
    epochs : DataFrame
        Shaped like `tables.EPOCHS`, with the columns of each axis that `load.accelerometer` makes.
    sd_mg, range_mg : float
        An axis is still in an hour with a smaller standard deviation and a smaller range.
    axes : float
        How many axes must be still.

    Returns
    -------
    ndarray of float, shape (n,)
        1 not worn, 0 worn, missing where too little was recorded.

    Raises
    ------
    DataError
        When epochs of one person overlap.
    MethodError
        When the columns are not there, or epochs do not divide 7.5 minutes.
    """
    lacking = [name for name in COLUMNS if name not in epochs]
    if lacking:
        raise MethodError(
            f"van_hees: the epochs have no {listed(lacking[:2], 'and')}: they are of a recording that was not raw. "
            "Load it with load.accelerometer, or use the methods for counts."
        )
    line = lined_up(epochs, None, "van_hees")
    if BIN_S % line.epoch_s:
        raise MethodError(f"van_hees: epochs of {line.epoch_s:g} s do not divide 7.5 minutes; expected 1 to 30 s.")
    people = coded(epochs["participant"])[0]
    bins = micros(epochs["start_utc"]) // (BIN_S * SECOND_US)
    values = epochs[COLUMNS].to_numpy(dtype="float64", na_value=np.nan)
    known = ~np.isnan(values).any(axis=1)
    off = np.full(len(epochs), np.nan)
    for person in np.unique(people):
        rows = np.flatnonzero((people == person) & known)
        if len(rows):
            off[rows] = _of_person(bins[rows], values[rows], (sd_mg, range_mg), axes, BIN_S / line.epoch_s)
    return off


def _of_person(
    bins: np.ndarray, values: np.ndarray, limits: tuple[float, float], axes: float, full: float
) -> np.ndarray:
    """For the epochs of one person: 1 not worn, 0 worn, missing when the hour around was hardly recorded."""
    first = int(bins.min()) // SLOT_BINS * SLOT_BINS
    place = bins - first
    slots = int(place.max()) // SLOT_BINS + 1
    still, share = _windows(place, values, limits, slots, full)
    score = still.sum(axis=0)
    off = score >= axes
    between = np.zeros(slots, dtype=bool)
    between[1:-1] = (score[1:-1] == axes - 1) & off[:-2] & off[2:]
    judged = np.where(share >= LEAST, (off | between).astype(float), np.nan)
    return judged[place // SLOT_BINS]


def _windows(
    place: np.ndarray, values: np.ndarray, limits: tuple[float, float], slots: int, full: float
) -> tuple[np.ndarray, np.ndarray]:
    """Which axes were still in the hour around each slot, and what share of the hour was recorded."""
    length = slots * SLOT_BINS
    hours = _hours(np.bincount(place, minlength=length))
    n = hours.sum(axis=1)
    still = np.zeros((3, slots), dtype=bool)
    for axis in range(3):
        mean, sd, low, high = values[:, 4 * axis : 4 * axis + 4].T
        middle = mean - mean.mean()  # about its middle, so that squares do not cancel
        sums = [_hours(np.bincount(place, part, length)).sum(axis=1) for part in (middle, middle**2, sd**2)]
        with np.errstate(invalid="ignore", divide="ignore"):
            spread = np.sqrt(np.maximum(sums[2] / n + sums[1] / n - (sums[0] / n) ** 2, 0))
        least, most = np.full(length, np.inf), np.full(length, -np.inf)
        np.minimum.at(least, place, low)
        np.maximum.at(most, place, high)
        reach = _hours(most, -np.inf).max(axis=1) - _hours(least, np.inf).min(axis=1)
        still[axis] = (1000 * spread < limits[0]) & (1000 * reach < limits[1])
    return still, n / (full * WINDOW_BINS)


def _hours(bins: np.ndarray, empty: float = 0.0) -> np.ndarray:
    """The bins of the hour around each slot."""
    padded = np.pad(bins.astype(float), (BEFORE_BINS, WINDOW_BINS), constant_values=empty)
    return sliding_window_view(padded, WINDOW_BINS)[: len(bins) : SLOT_BINS]
