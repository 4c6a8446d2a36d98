"""Spasms around awakenings over everybody, and the band in which chance would put them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from spasticity.derive.recorded_sleep import MINUTE_US
from spasticity.derive.sleep_bouts import read_nights
from spasticity.derive.spasm_wakings import SHIFTS, around_awakenings, in_sleep
from spasticity.derive.spasms_in_bed import spasms_of
from spasticity.errors import MethodError
from spasticity.study import Study


def around_by_chance(
    scored: pd.DataFrame,
    study: Study,
    *,
    rng: np.random.Generator,
    before_min: int = 15,
    after_min: int = 15,
    bin_min: int = 1,
    shifts: int = SHIFTS,
    level: float = 0.95,
    **settings: object,
) -> pd.DataFrame:
    """Spasms around the awakenings of all valid nights, beside those of spasms moved round the sleep.

    Parameters
    ----------
    scored, study, before_min, after_min, bin_min
        As in `around_awakenings`.
    rng : Generator
        Source of the shifts.
    shifts : int
        At least 999, as in `awakenings_by_chance`.
    level : float
        Share of the shifts between the limits, of each bar by itself.
    **settings
        Other parameters of `night_spasms`.

    Returns
    -------
    DataFrame
        One row per bar: `from_min, to_min, spasms, hours, spasms_per_hour`, `expected` (mean of the shifts, per hour),
        `chance_low, chance_high` (per hour), `awakenings, nights, participants, shifts, level`.

    Raises
    ------
    DataError, MethodError
        As `around_awakenings`; or fewer than 999 shifts.

    Notes
    -----
    In each shift the spasms between the onset and the end of a night's sleep move by one random time along it, and
    round its end; other spasms stay. Limits of a bar are not limits of the whole curve: of 30 bars one or two lie
    outside by chance.
    """
    if shifts < SHIFTS:
        raise MethodError(f"shifts={shifts}: expected at least {SHIFTS}.")
    around = around_awakenings(
        scored, study, before_min=before_min, after_min=after_min, bin_min=bin_min, window_nights=None, **settings
    )
    bars = around.groupby(["from_min", "to_min"], as_index=False)[["spasms", "hours", "awakenings", "nights"]].sum()
    reading = read_nights(scored, study, **settings)  # type: ignore[arg-type]
    within = in_sleep(spasms_of(reading, study), reading)
    edges = np.arange(-before_min, after_min + 1, bin_min) * MINUTE_US
    bouts, valid = reading.bouts, reading.placed.nights["valid"].to_numpy()
    moved = np.zeros((shifts, len(edges) - 1))
    stay = np.zeros(len(edges) - 1)
    for night in np.unique(within["night"]):
        mine = within[within["night"] == night]
        wakes = bouts.start[(bouts.night == night) & valid[bouts.night]]
        if len(wakes):
            moved += _around(_shifted(mine, rng, shifts), wakes, edges)
            stay += _around(mine["moment"].to_numpy()[None, :], wakes, edges)[0]
    counts = bars["spasms"].to_numpy() - stay + moved
    hours = bars["hours"].where(bars["hours"] > 0).to_numpy()
    low, high = np.quantile(counts, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return bars.assign(
        spasms_per_hour=bars["spasms"] / hours,
        expected=counts.mean(axis=0) / hours,
        chance_low=low / hours,
        chance_high=high / hours,
        participants=around["participant"].nunique(),
        shifts=shifts,
        level=level,
    )


def _shifted(spasms: pd.DataFrame, rng: np.random.Generator, shifts: int) -> np.ndarray:
    """Moments of one night's spasms in each shift, shape (shifts, spasms)."""
    onset, length, moment = (spasms[name].to_numpy() for name in ("onset", "length", "moment"))
    by = (rng.random((shifts, 1)) * length).astype(np.int64)
    return onset + (moment - onset + by) % np.maximum(length, 1)


def _around(moments: np.ndarray, wakes: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Spasms in each bar around the awakenings, shape (shifts, bars)."""
    away = moments[:, :, None] - wakes
    bar = np.searchsorted(edges, away, "right") - 1
    row = np.broadcast_to(np.arange(len(moments))[:, None, None], bar.shape)
    inside = (bar >= 0) & (bar < len(edges) - 1)
    flat = row[inside] * (len(edges) - 1) + bar[inside]
    return np.bincount(flat, minlength=len(moments) * (len(edges) - 1)).reshape(len(moments), -1)
