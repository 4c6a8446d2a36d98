"""Spasms around awakenings: how many come before and after one, and how many would by chance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from spasticity.derive.bed_nights import HOUR_US
from spasticity.derive.changes import ordered, with_people
from spasticity.derive.diaries import WINDOW_DAYS
from spasticity.derive.epoch_rows import micros
from spasticity.derive.lookback import days_before
from spasticity.derive.recorded_sleep import MINUTE_US
from spasticity.derive.sleep_bouts import Reading, read_nights
from spasticity.derive.spasms_in_bed import spasms_of
from spasticity.errors import MethodError
from spasticity.study import Study

WHOLE_PERIOD = "all recorded nights"
SHIFTS = 999  # the fewest that the methods page on wearables asks for
AT_ONCE = 2_000_000  # shifted spasms in memory at a time
AROUND_COLUMNS = [
    *("participant", "cohort", "arm", "visit", "from_min", "to_min", "spasms", "hours", "spasms_per_hour"),
    *("awakenings", "nights"),
]
CHANCE_COLUMNS = [
    *("participant", "cohort", "arm", "visit", "nights", "spasms", "awakenings", "observed", "expected", "excess"),
    *("excess_per_night", "p_value", "shifts", "awakening_min", "within_min", "lead_min"),
]


def around_awakenings(
    scored: pd.DataFrame,
    study: Study,
    *,
    before_min: int = 15,
    after_min: int = 15,
    bin_min: int = 1,
    window_nights: int | None = WINDOW_DAYS,
    **settings: object,
) -> pd.DataFrame:
    """Spasms in the minutes before and after each awakening, with the hours that were watched.

    Parameters
    ----------
    scored, study
        As in `night_spasms`.
    before_min, after_min, bin_min : int
        Minutes before and after the start of an awakening, and of a bar; multiples of the bar.
    window_nights : int, optional
        Nights before each visit; None takes every valid night as one period.
    **settings
        Other parameters of `night_spasms`.

    Returns
    -------
    DataFrame
        `participant, cohort, arm, visit, from_min, to_min` (half-open; 0 is the start of the awakening), `spasms`,
        `hours` (awakenings times the length of the bar, as far as spasms were logged then), `spasms_per_hour`,
        `awakenings`, `nights`: one row per bar for each participant and visit with a valid night. A spasm near two
        awakenings counts with both, and so do its minutes.

    Raises
    ------
    DataError, MethodError
        As `night_spasms`; or when the bars do not fill the minutes.

    Notes
    -----
    After Kravitz et al. 1992, who set spasms before, after and without arousal apart. A score of minutes places an
    awakening no better than to a minute or two, and one that looks ahead places it early.
    """
    if bin_min < 1 or before_min < 0 or after_min < 1 or before_min % bin_min or after_min % bin_min:
        raise MethodError(
            f"before_min={before_min}, after_min={after_min}, bin_min={bin_min}: expected whole bars of at least "
            "1 minute, and some after the awakening."
        )
    reading = read_nights(scored, study, **settings)  # type: ignore[arg-type]
    spasms, bouts = spasms_of(reading, study), reading.bouts
    groups = _groups(reading, study, window_nights)
    edges = np.arange(-before_min, after_min + 1, bin_min)
    starts = bouts.start[:, None] + edges[:-1] * MINUTE_US
    shape = starts.shape
    owner = np.repeat(bouts.owner, shape[1])
    hours = reading.placed.logged.covered(owner, starts.ravel(), starts.ravel() + bin_min * MINUTE_US) / HOUR_US
    counts = _counts(spasms[spasms["night"] >= 0], bouts.owner, bouts.start, edges)
    night_group = groups.merge(pd.DataFrame({"night": bouts.night, "row": np.arange(len(bouts.night))}), on="night")
    number, row = night_group["group"].to_numpy(), night_group["row"].to_numpy()
    heads = groups.drop_duplicates("group").sort_values("group", ignore_index=True)
    sums = [np.zeros((len(heads), shape[1])) for _ in range(2)]
    for total, part in zip(sums, (counts, hours.reshape(shape)), strict=True):
        np.add.at(total, number, part[row])
    heads = heads.assign(
        awakenings=np.bincount(number, minlength=len(heads)),
        nights=groups.groupby("group")["night"].nunique().to_numpy(),
    )
    bars = shape[1]
    table = heads.loc[heads.index.repeat(bars)].reset_index(drop=True)
    table = table.assign(
        from_min=np.tile(edges[:-1], len(heads)),
        to_min=np.tile(edges[1:], len(heads)),
        spasms=sums[0].ravel().astype("int64"),
        hours=sums[1].ravel(),
    )
    table["spasms_per_hour"] = table["spasms"] / table["hours"].where(table["hours"] > 0)
    return _in_order(table, study)[AROUND_COLUMNS]


def awakenings_by_chance(
    scored: pd.DataFrame,
    study: Study,
    *,
    rng: np.random.Generator,
    shifts: int = SHIFTS,
    window_nights: int | None = WINDOW_DAYS,
    **settings: object,
) -> pd.DataFrame:
    """How many spasm-related awakenings there are, and how many there would be if spasms fell anywhere in the sleep.

    In each shift the spasms of a night are moved by one random time along its period of sleep, and round its end; the
    distances between them and the sleep itself stay as they are.

    Parameters
    ----------
    scored, study
        As in `night_spasms`.
    rng : Generator
        Source of the shifts.
    shifts : int
        At least 999 for a p-value.
    window_nights : int, optional
        Nights before each visit; None takes every valid night as one period.
    **settings
        Other parameters of `night_spasms`.

    Returns
    -------
    DataFrame
        One row per participant and visit with a valid night: `participant, cohort, arm, visit, nights`, `spasms`
        (between the onset and the end of sleep), `awakenings`, `observed` (related to a spasm), `expected` (mean over
        the shifts), `excess`, `excess_per_night`, `p_value` ((1 + shifts with as many or more) / (1 + shifts)),
        `shifts` and the three parameters. Without a spasm in any night the p-value is 1.

    Raises
    ------
    DataError, MethodError
        As `night_spasms`; or fewer than 999 shifts.

    Notes
    -----
    The shifts keep the number of spasms and how they cluster, not their place: where both spasms and awakenings become
    more frequent towards the morning, that alone makes an excess. Memory does not grow with the shifts.
    """
    if shifts < SHIFTS:
        raise MethodError(f"shifts={shifts}: expected at least {SHIFTS}; fewer cannot give a p-value below 0.001.")
    reading = read_nights(scored, study, **settings)  # type: ignore[arg-type]
    spasms = spasms_of(reading, study)
    groups = _groups(reading, study, window_nights)
    heads = groups.drop_duplicates("group").sort_values("group", ignore_index=True)
    within = in_sleep(spasms, reading)
    shifted = _shifted_counts(within, reading, groups, len(heads), rng, shifts)
    observed = _related(reading, within, within["moment"].to_numpy()[None, :], groups, len(heads))[0]
    expected = shifted.mean(axis=0)
    as_many = (shifted >= observed).sum(axis=0)
    per_group = groups.groupby("group")["night"]
    awake = np.bincount(reading.bouts.night, minlength=len(reading.placed.nights))
    inside = np.bincount(within["night"].to_numpy("int64"), minlength=len(reading.placed.nights))
    nights = per_group.nunique().to_numpy()
    table = heads.assign(
        nights=nights,
        spasms=per_group.apply(lambda rows: int(inside[rows].sum())).to_numpy(),
        awakenings=per_group.apply(lambda rows: int(awake[rows].sum())).to_numpy(),
        observed=observed,
        expected=expected,
        excess=observed - expected,
        excess_per_night=(observed - expected) / nights,
        p_value=(1 + as_many) / (1 + shifts),
        shifts=shifts,
        awakening_min=reading.awakening_min,
        within_min=reading.within_min,
        lead_min=np.nan if reading.lead_min is None else reading.lead_min,
    )
    return _in_order(table, study)[CHANCE_COLUMNS]


def _in_order(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    keys = [name for name in ("participant", "visit", "from_min") if name in table]
    return ordered(with_people(table, study), study.protocol).sort_values(keys, kind="stable", ignore_index=True)


def _groups(reading: Reading, study: Study, window_nights: int | None) -> pd.DataFrame:
    """Valid nights with the participant and visit they count for: `participant, visit, night, group`."""
    nights = reading.placed.nights
    valid = nights.loc[nights["valid"], ["participant", "day"]].assign(night=np.flatnonzero(nights["valid"]))
    if window_nights is None:
        rows = valid.assign(visit=WHOLE_PERIOD)
    else:
        rows = days_before(study, window_nights).merge(valid, on=["participant", "day"])
    rows = rows.reset_index(drop=True)
    return rows.assign(group=rows.groupby(["participant", "visit"], sort=True, observed=True).ngroup())[
        ["participant", "visit", "night", "group"]
    ]


def _counts(spasms: pd.DataFrame, owner: np.ndarray, start: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Spasms in each bar around each awakening."""
    counts = np.zeros((len(owner), len(edges) - 1), dtype=np.int64)
    moments = micros(spasms["start_utc"])
    of = spasms["owner"].to_numpy()
    for person in np.unique(owner):
        mine = np.sort(moments[of == person])
        rows = np.flatnonzero(owner == person)
        found = np.searchsorted(mine, start[rows][:, None] + edges * MINUTE_US, "left")
        counts[rows] = np.diff(found, axis=1)
    return counts


def in_sleep(spasms: pd.DataFrame, reading: Reading) -> pd.DataFrame:
    """Spasms of valid nights between the onset and the end of sleep.

    Parameters
    ----------
    spasms : DataFrame
        From `spasms_of`.
    reading : Reading

    Returns
    -------
    DataFrame
        `owner, night, moment, onset, length`.
    """
    nights = reading.placed.nights
    night = spasms["night"].to_numpy()
    onset, offset = micros(nights["onset_utc"])[night], micros(nights["offset_utc"])[night]
    moment = micros(spasms["start_utc"])
    keep = (night >= 0) & nights["valid"].to_numpy()[night] & (moment >= onset) & (moment < offset)
    rows = {"owner": spasms["owner"].to_numpy(), "night": night, "moment": moment, "onset": onset}
    return pd.DataFrame(rows).assign(length=offset - onset)[keep].reset_index(drop=True)


def _shifted_counts(
    within: pd.DataFrame, reading: Reading, groups: pd.DataFrame, number: int, rng: np.random.Generator, shifts: int
) -> np.ndarray:
    """Related awakenings of each group in each shift, shape (shifts, groups)."""
    codes, nights = pd.factorize(within["night"])
    onset, length, moment = (within[name].to_numpy() for name in ("onset", "length", "moment"))
    parts = []
    chunk = max(1, min(shifts, AT_ONCE // max(len(within), 1)))
    for first in range(0, shifts, chunk):
        size = min(chunk, shifts - first)
        by = rng.random((size, len(nights)))[:, codes] * length
        moved = onset + (moment - onset + by.astype(np.int64)) % np.maximum(length, 1)
        parts.append(_related(reading, within, moved, groups, number))
    return np.concatenate(parts)


def _related(
    reading: Reading, within: pd.DataFrame, moments: np.ndarray, groups: pd.DataFrame, number: int
) -> np.ndarray:
    """Awakenings related to a spasm, by arrangement of the spasms and group, shape (arrangements, groups)."""
    size = len(moments)
    owner = np.tile(within["owner"].to_numpy(), size)
    _, awakening = reading.woken(owner, moments.ravel())
    found = awakening >= 0
    which = np.repeat(np.arange(size), len(within))[found]
    total = len(reading.bouts.night)
    once = np.unique(which * max(total, 1) + awakening[found])
    counts = np.zeros((size, len(reading.placed.nights)), dtype=np.int64)
    if total:
        np.add.at(counts, (once // total, reading.bouts.night[once % total]), 1)
    sums = np.zeros((size, number), dtype=np.int64)
    for group, row in zip(groups["group"], groups["night"], strict=True):
        sums[:, group] += counts[:, row]
    return sums
