"""The rhythm of rest and activity: how stable, how broken up, when its trough and peak are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd

from spasticity.derive.actigraphy import state_code
from spasticity.derive.clock import wall_micros
from spasticity.derive.codes import coded
from spasticity.derive.epoch_rows import SECOND_US, lined_up, micros
from spasticity.errors import DataError, MethodError, listed, one_of

HOUR_US = 3600 * SECOND_US
DAY_HOURS, DAY_MINUTES = 24, 1440
L5_HOURS, M10_HOURS = 5, 10
MIN_DAYS = 2  # with one day the profile is the day itself, and stability says nothing

MEASURES = [
    *("stability", "variability", "amplitude", "l5", "l5_onset", "m10", "m10_onset"),
    *("mesor", "cosinor_amplitude", "acrophase", "cosinor_p_value", "regularity"),
]


def rhythm(epochs: pd.DataFrame, *, by: Sequence[str] = ("participant",), value: str = "counts") -> pd.DataFrame:
    """Describe the daily rhythm of each recording.

    Parameters
    ----------
    epochs : DataFrame
        Shaped like `tables.EPOCHS`, of one length that divides an hour; with `state` from `sleep_wake` the regularity
        of sleep is given too. Epochs that were not worn are left out.
    by : sequence of str
        Columns that name a recording, `participant` first; add a column such as `phase` or `week` to describe each.
    value : str
        `counts` or `enmo_mg`.

    Returns
    -------
    DataFrame
        One row per recording: the columns of `by`, then `days` (whole days used), `hours` (with a value, of 24 a day),
        `stability` (interdaily, IS, 0 to 1), `variability` (intradaily, IV), `l5`, `m10` (mean activity per epoch in
        the 5 quietest and 10 busiest hours), `l5_onset`, `m10_onset` (local clock, hours), `amplitude` (relative, RA),
        `mesor`, `cosinor_amplitude`, `acrophase` (local clock, hours), `cosinor_p_value`, `regularity` (sleep
        regularity index, -100 to 100) and `flag`.

    Raises
    ------
    DataError
        When epochs overlap, or a time zone is not known.
    MethodError
        When epochs have several lengths or one that does not divide an hour.

    Notes
    -----
    Everything is on the local clock: the hour that the clocks repeat is one hour with more epochs, the one they skip
    has no value. Days are 24 hours on the clock, from the recording's first epoch on; a part of a day at the end is
    left out. With hourly means x_i, their mean m, and m_h the means of the n_h of them at each hour of the day, IS is
    sum_h n_h (m_h - m)^2 / sum_i (x_i - m)^2 and IV is N sum_i (x_i - x_{i-1})^2 / (P sum_i (x_i - m)^2); hours
    without a value are left out, N counts those with one and P the neighbours that both have one (N - 1 without gaps).
    Without gaps that is the published IS; with them it stays between 0 and 1.
    L5 and M10 wrap around the end of the mean day. The cosinor is least squares on the epochs; its p-value takes them
    as independent, which they are not.
    The regularity index is -100 + 200 x the share of pairs of epochs 24 hours apart on the clock with the same state.

    References
    ----------
    Witting et al. 1990; van Someren et al. 1999 (IS, IV, RA).
    """
    one_of("value", value, ["counts", "enmo_mg"])
    absent = [name for name in by if name not in epochs]
    if absent or "participant" not in by:
        raise DataError(f"rhythm: the epochs have no column {listed(absent or ['participant in `by`'], 'and')}.")
    line = lined_up(epochs, None, "rhythm")
    if 3600 % line.epoch_s:
        raise MethodError(f"rhythm: epochs of {line.epoch_s:g} s do not divide an hour; see derive.longer_epochs.")
    wall = wall_micros(micros(epochs["start_utc"]), epochs["zone"], "epochs")
    activity = epochs[value].to_numpy(dtype="float64", na_value=np.nan)
    activity = np.where(epochs["worn"].astype("boolean").fillna(True).to_numpy(dtype=bool), activity, np.nan)
    state = state_code(epochs) if "state" in epochs else np.full(len(epochs), np.nan)
    rows = []
    for name, where in _recordings(epochs, by):
        clock = wall[where]
        if np.any(clock[1:] < clock[:-1]):  # an hour that the clocks repeat
            where = where[np.argsort(clock, kind="stable")]
        found = _described(wall[where], activity[where], state[where], line.epoch_s)
        rows.append(dict(zip(by, name, strict=True)) | found)
    columns = [*by, "days", "hours", *MEASURES, "flag"]
    return pd.DataFrame(rows, columns=columns).astype({"flag": pd.StringDtype("python")})


def _recordings(epochs: pd.DataFrame, by: Sequence[str]) -> list[tuple[tuple[str, ...], np.ndarray]]:
    """The names of each recording and its rows, in order of the names."""
    columns = [coded(epochs[name]) for name in by]
    known = np.logical_and.reduce([codes >= 0 for codes, _ in columns])
    groups = np.zeros(len(epochs), dtype=np.int64)
    for codes, names in columns:
        groups = groups * len(names) + codes if len(by) > 1 else codes
    rows = np.flatnonzero(known)
    groups = groups[rows]
    if np.any(groups[1:] < groups[:-1]):
        order = np.argsort(groups, kind="stable")
        rows, groups = rows[order], groups[order]
    parts = np.split(rows, np.flatnonzero(groups[1:] != groups[:-1]) + 1) if len(rows) else []
    named = [(tuple(names[codes[part[0]]] for codes, names in columns), part) for part in parts]
    return sorted(named, key=lambda one: one[0])


def _described(wall: np.ndarray, activity: np.ndarray, state: np.ndarray, epoch_s: float) -> dict[str, object]:
    """The measures of one recording, in order of its local clock."""
    epoch_us = round(epoch_s * SECOND_US)
    days = int((wall[-1] + epoch_us - wall[0]) // (DAY_HOURS * HOUR_US))
    empty = dict.fromkeys(MEASURES, np.nan)
    if days < MIN_DAYS:
        return {"days": days, "hours": 0, **empty, "flag": f"{days} of at least {MIN_DAYS} whole days"}
    per_day = DAY_HOURS * HOUR_US // epoch_us
    place = (wall - wall[0]) // epoch_us
    whole = slice(np.searchsorted(place, days * per_day))
    line = _means(place[whole], activity[whole], days * per_day)
    hourly = _block_means(line, per_day // DAY_HOURS)
    known, seen = int(np.isfinite(hourly).sum()), line[np.isfinite(line)]
    if known == 0 or seen.max() == seen.min():
        return {"days": days, "hours": known, **empty, "flag": "no activity"}
    start_h = wall[0] % (DAY_HOURS * HOUR_US) / HOUR_US
    states = _means(place[whole], state[whole], days * per_day)
    daily = line.reshape(days, per_day)
    return {
        "days": days,
        "hours": known,
        **_stability(hourly),
        **_extremes(daily, start_h),
        **_cosinor(daily, start_h),
        "regularity": _regularity(states, per_day),
        "flag": pd.NA,
    }


def _means(place: np.ndarray, values: np.ndarray, length: int) -> np.ndarray:
    """Values on the line; where the clocks repeat an hour the mean of both, where nothing is known NaN."""
    if np.array_equal(place, np.arange(length)):
        return values
    known = np.isfinite(values)
    count = np.bincount(place[known], minlength=length)
    total = np.bincount(place[known], weights=values[known], minlength=length)
    return np.divide(total, count, out=np.full(length, np.nan), where=count > 0)


def _block_means(line: np.ndarray, size: int) -> np.ndarray:
    """Means of blocks of equal size, of the values there are."""
    blocks = line.reshape(-1, size)
    known = np.isfinite(blocks)
    count, total = known.sum(axis=1), np.where(known, blocks, 0.0).sum(axis=1)
    return np.divide(total, count, out=np.full(len(blocks), np.nan), where=count > 0)


def _stability(hourly: np.ndarray) -> dict[str, float]:
    """Interdaily stability and intradaily variability of hourly means."""
    known = np.isfinite(hourly)
    off = np.where(known, hourly - hourly[known].mean(), 0.0)
    total, count = off @ off, known.sum()
    days_known = known.reshape(-1, DAY_HOURS).sum(axis=0)
    seen = days_known > 0
    sums = off.reshape(-1, DAY_HOURS).sum(axis=0)[seen]
    steps = (off[1:] - off[:-1])[known[1:] & known[:-1]]
    return {
        "stability": float((sums**2 / days_known[seen]).sum() / total) if total else np.nan,
        "variability": float(count * (steps @ steps) / (len(steps) * total)) if total and len(steps) else np.nan,
    }


def _extremes(daily: np.ndarray, start_h: float) -> dict[str, float]:
    """The quietest 5 and busiest 10 hours of the mean day, which has no end."""
    known = np.isfinite(daily)
    seen = known.sum(axis=0)
    if not seen.all():
        return dict.fromkeys(["amplitude", "l5", "l5_onset", "m10", "m10_onset"], np.nan)
    profile = np.where(known, daily, 0.0).sum(axis=0) / seen
    step_h = DAY_HOURS / len(profile)
    means = {name: _around(profile, round(hours / step_h)) for name, hours in (("l5", L5_HOURS), ("m10", M10_HOURS))}
    low, high = int(np.argmin(means["l5"])), int(np.argmax(means["m10"]))
    l5, m10 = float(means["l5"][low]), float(means["m10"][high])
    return {
        "amplitude": (m10 - l5) / (m10 + l5) if m10 + l5 else np.nan,
        "l5": l5,
        "l5_onset": (start_h + low * step_h) % DAY_HOURS,
        "m10": m10,
        "m10_onset": (start_h + high * step_h) % DAY_HOURS,
    }


def _around(profile: np.ndarray, width: int) -> np.ndarray:
    """Mean of the stretch that begins at each place of a circle."""
    total = np.cumsum(np.concatenate(([0.0], profile, profile[: width - 1])))
    return (total[width:] - total[:-width]) / width


def _cosinor(daily: np.ndarray, start_h: float) -> dict[str, float]:
    """A cosine of 24 hours by least squares; all days share the times of day, so that their sums are enough."""
    from scipy.special import fdtrc

    known = np.isfinite(daily)
    seen, design = known.sum(axis=0), _waves(daily.shape[1])
    count, mean = seen.sum(), np.where(known, daily, 0.0).sum() / seen.sum()
    off = np.where(known, daily - mean, 0.0)
    coefficients = np.linalg.solve(design.T @ (seen[:, None] * design), design.T @ off.sum(axis=0))
    left = np.where(known, off - design @ coefficients, 0.0).ravel()
    sse, sst, df = left @ left, off.ravel() @ off.ravel(), count - 3
    f = (sst - sse) / 2 / (sse / df) if df > 0 and sse > 0 else np.inf
    peak = np.arctan2(coefficients[2], coefficients[1]) * DAY_HOURS / (2 * np.pi)
    return {
        "mesor": float(mean + coefficients[0]),
        "cosinor_amplitude": float(np.hypot(coefficients[1], coefficients[2])),
        "acrophase": float((start_h + peak) % DAY_HOURS),
        "cosinor_p_value": float(fdtrc(2, df, f)) if df > 0 else np.nan,
    }


@cache
def _waves(per_day: int) -> np.ndarray:
    """One, cosine and sine at each time of day."""
    angle = 2 * np.pi * np.arange(per_day) / per_day
    return np.column_stack((np.ones(per_day), np.cos(angle), np.sin(angle)))


def _regularity(states: np.ndarray, per_day: int) -> float:
    """Sleep regularity index: how often the state is that of a day before."""
    today, before = states[per_day:], states[:-per_day]
    known = np.isfinite(today) & np.isfinite(before)
    return float(-100 + 200 * np.mean(today[known] == before[known])) if known.any() else np.nan
