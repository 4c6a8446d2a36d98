"""Nights of a body-worn recording: how long in bed, asleep and awake."""

from __future__ import annotations

import numpy as np
import pandas as pd

from spasticity.derive.actigraphy import sleep_periods, state_code
from spasticity.derive.changes import with_people
from spasticity.derive.clock import to_utc, wall_micros
from spasticity.derive.codes import coded
from spasticity.derive.epoch_rows import SECOND_US, Line, lined_up, micros, runs
from spasticity.derive.flags import TEXT, flagged, unflagged
from spasticity.derive.recordings import NO_DATE, NOON_MIN
from spasticity.errors import one_of
from spasticity.instruments.clocks import DAY_MIN, clock_minutes, minutes_until
from spasticity.study import Study

MINUTE_US = 60 * SECOND_US
DAY_US = DAY_MIN * MINUTE_US
MIN_SCORED_H = 4.0  # a night counts with at least 4 h worn in its window ...
MAX_UNSCORED = 1 / 3  # ... and at most a third of it not worn: both suggested in the methods page on wearables

MEASURES = [
    *("tib_min", "spt_min", "sol_min", "tst_min", "waso_min", "sleep_efficiency_tib", "sleep_share_of_spt"),
    *("awakenings", "awakenings_per_h", "movement_index", "fragmentation_index", "sleep_fragmentation_index"),
]
COLUMNS = [
    *("participant", "cohort", "arm", "day", "window", "start_utc", "end_utc", "onset_utc", "offset_utc"),
    *(*MEASURES, "scored_min", "unscored_min", "flag"),
]


def recorded_nights(
    scored: pd.DataFrame,
    study: Study,
    *,
    window: str = "diary",
    awakening_min: float = 1,
    min_scored_h: float = MIN_SCORED_H,
    max_unscored: float = MAX_UNSCORED,
) -> pd.DataFrame:
    """Measure each night of a recording.

    Parameters
    ----------
    scored : DataFrame
        Epochs with `state`, from `sleep_wake`.
    study : Study
        Its participants give cohort, arm and the date of day 0; its diary nights the times in bed.
    window : str
        `diary`: from getting into bed to getting out of it, as in the nights table. `detected`: the longest period of
        `sleep_periods` in each night from local noon to local noon; time in bed and latency are then not known.
    awakening_min : float
        Wake of at least this many minutes between onset and the end of sleep is an awakening [proposal].
    min_scored_h, max_unscored : float
        A night with fewer hours scored, or a larger share not scored, has no measures and a flag.

    Returns
    -------
    DataFrame
        One row per night with an epoch in its window, or whose window is not known: `participant, cohort, arm, day`
        (on which it began), `window`, `start_utc, end_utc` (of the window), `onset_utc, offset_utc` (of sleep),
        `tib_min` (length of the diary's window), `spt_min` (onset to end of sleep), `sol_min` (from the attempt to
        sleep), `tst_min`, `waso_min`, `sleep_efficiency_tib` (percent of time in bed), `sleep_share_of_spt` (percent),
        `awakenings`, `awakenings_per_h` (of sleep), `movement_index` (percent of SPT awake), `fragmentation_index`
        (percent of sleep bouts of one minute or less), their sum, `scored_min`, `unscored_min` and `flag`.

    Raises
    ------
    DataError
        When epochs of one person overlap or a time zone is not known.
    MethodError
        When the window is not known, or the epochs have not been scored.

    Notes
    -----
    Windows are laid in UTC from local clock times, so that a night of 23 or 25 hours has its true length. Minutes
    that could not be scored are neither sleep nor wake; nothing is added for them. Linear after one sort.
    """
    one_of("window", window, ["diary", "detected"])
    epochs = scored.reset_index(drop=True)
    line = lined_up(epochs, None, "recorded_nights")
    zero = study.participants.set_index("participant")["first_dose_date"]
    windows = _diary(epochs, study, zero) if window == "diary" else _detected(epochs, zero)
    night = _night_of(epochs, windows)
    seen = np.isin(np.arange(len(windows)), night) | windows["end_utc"].isna().to_numpy()
    nights = pd.concat([windows, _measures(epochs, line, windows, night, awakening_min)], axis=1)[seen]
    nights = _judged(nights, min_scored_h, max_unscored)
    nights = with_people(nights.assign(window=window), study)
    return nights.sort_values(["participant", "day", "start_utc"], ignore_index=True)[COLUMNS]


def _diary(epochs: pd.DataFrame, study: Study, zero: pd.Series) -> pd.DataFrame:
    """The time in bed of each diary night of people with a recording, in UTC."""
    nights = study.nights[study.nights["participant"].isin(epochs["participant"])].reset_index(drop=True)
    into, attempt, out = (clock_minutes(nights[name]) for name in ("into_bed", "attempt", "out_of_bed"))
    date = nights["participant"].map(zero) + pd.to_timedelta(nights["day"].astype("float64"), unit="D")
    # Before noon it is the morning after: a night belongs to the day on which it began.
    start = date + pd.to_timedelta(into + np.where(into < NOON_MIN, DAY_MIN, 0), unit="min")
    walls = {
        "start_utc": start,
        "end_utc": start + pd.to_timedelta(minutes_until(into, out), unit="min"),
        "attempt_utc": start + pd.to_timedelta(minutes_until(into, attempt), unit="min"),
    }
    zone = _zone_then(epochs, nights["participant"], start)
    windows = nights[["participant", "day"]].assign(
        **{name: to_utc(wall.dt.as_unit("us"), zone, "epochs") for name, wall in walls.items()}
    )
    flag = flagged(unflagged(windows.index), date.isna(), NO_DATE)
    flag = flagged(flag, date.notna() & windows["end_utc"].isna(), "time in bed not known")
    overlap = _overlapping(windows)
    windows["end_utc"] = windows["end_utc"].mask(overlap)
    return windows.assign(flag=flagged(flag, overlap, "time in bed overlaps that of another night"))


def _overlapping(windows: pd.DataFrame) -> pd.Series:
    """Nights that begin before another night of the same person has ended, and those others."""
    nights = windows.sort_values(["participant", "start_utc"])
    late = nights["participant"].eq(nights["participant"].shift()) & (nights["start_utc"] < nights["end_utc"].shift())
    return (late | late.shift(-1, fill_value=False)).reindex(windows.index)


def _detected(epochs: pd.DataFrame, zero: pd.Series) -> pd.DataFrame:
    """The longest period of sleep of each night from local noon to local noon."""
    periods = sleep_periods(epochs)
    wall = wall_micros(micros(periods["start_utc"]), periods["zone"], "epochs")
    evening = pd.Series((wall - NOON_MIN * MINUTE_US) // DAY_US, index=periods.index)
    longest = periods.assign(evening=evening).sort_values("minutes", kind="stable", ascending=False)
    longest = longest.drop_duplicates(["participant", "evening"]).sort_values(["participant", "evening"])
    since = pd.to_timedelta(longest["participant"].map(zero) - pd.Timestamp(0)).dt.days
    windows = longest[["participant", "start_utc", "end_utc"]].assign(
        day=(longest["evening"] - since).astype("Int64"),
        attempt_utc=longest["start_utc"].mask(longest["start_utc"].notna()),  # nobody said when
    )
    flag = flagged(unflagged(windows.index), since.isna(), NO_DATE)
    return windows.assign(flag=flag).reset_index(drop=True)


def _zone_then(epochs: pd.DataFrame, people: pd.Series, wall: pd.Series) -> pd.Series:
    """The time zone of the next epoch after each local time; that of the last epoch after all."""
    known = epochs[["participant", "start_utc", "zone"]].astype({"participant": object, "zone": object})
    known = known.sort_values(["participant", "start_utc"])
    following = known[["participant", "zone"]].shift(-1)
    known = known[(known["participant"] != following["participant"]) | (known["zone"] != following["zone"])]
    last = wall_micros(micros(known["start_utc"]), known["zone"], "epochs")  # of each stay in a zone, on its clock
    known = known.assign(wall=last.astype("datetime64[us]")).sort_values("wall")
    asked = pd.DataFrame({"participant": people.astype(object), "wall": wall.astype("datetime64[us]")})
    asked = asked.dropna().sort_values("wall")
    found = pd.merge_asof(asked, known, on="wall", by="participant", direction="forward").set_axis(asked.index)["zone"]
    final = known.drop_duplicates("participant", keep="last").set_index("participant")["zone"]
    return found.reindex(people.index).fillna(people.astype(object).map(final))


def _night_of(epochs: pd.DataFrame, windows: pd.DataFrame) -> np.ndarray:
    """The window, by position, in which each epoch lies wholly; -1 for none."""
    placed = windows["start_utc"].notna() & windows["end_utc"].notna()
    some = np.flatnonzero(placed)
    codes, names = coded(epochs["participant"])
    owner = pd.Index(names).get_indexer(pd.Index(windows["participant"].iloc[some]))
    start, end = (micros(windows[name].iloc[some]) for name in ("start_utc", "end_utc"))
    moment = micros(epochs["start_utc"])
    order = np.lexsort((start, owner))
    some, owner, start, end = some[order], owner[order], start[order], end[order]
    # One number line for all people: each has a stretch of its own, as long as the whole study.
    low = min(moment.min(initial=0), start.min(initial=0))
    span = (max(moment.max(initial=0), end.max(initial=0)) - low) // 1000 + 1
    found = np.searchsorted(owner * span + (start - low) // 1000, codes * span + (moment - low) // 1000, "right") - 1
    inside = found >= 0
    length = (epochs["epoch_s"].to_numpy(dtype="float64") * SECOND_US).astype(np.int64)
    inside &= (owner[found] == codes) & (moment + length <= end[found]) if len(some) else False
    return np.where(inside, some[found] if len(some) else -1, -1)


def _measures(
    epochs: pd.DataFrame, line: Line, windows: pd.DataFrame, night: np.ndarray, awakening_min: float
) -> pd.DataFrame:
    """The measures of each window from the states of its epochs."""
    state, minutes = state_code(epochs), line.epoch_s / 60
    within, count = night >= 0, len(windows)
    moment = micros(epochs["start_utc"])
    asleep, awake = within & (state == 1), within & (state == 0)
    onset = _extreme(np.minimum, moment, night, asleep, count)
    offset = _extreme(np.maximum, moment + round(line.epoch_s * SECOND_US), night, asleep, count)
    after = awake & (moment >= onset[night]) & (moment < offset[night])
    onset, offset = onset[:count], offset[:count]
    tst, waso, scored = (
        np.bincount(night[rows], minlength=count) * minutes for rows in (asleep, after, asleep | awake)
    )
    start, end, attempt = (_floats(windows[name]) for name in ("start_utc", "end_utc", "attempt_utc"))
    slept = tst > 0
    spt = np.where(slept, (offset - onset) / MINUTE_US, np.nan)
    length = (end - start) / MINUTE_US
    tib = np.where(np.isnan(attempt), np.nan, length)
    bouts, breaks, short = _bouts(line, night, state, asleep | after, count, awakening_min)
    with np.errstate(invalid="ignore", divide="ignore"):
        movement, fragments = 100 * waso / spt, np.where(bouts > 0, 100 * short / bouts, np.nan)
        values = {
            "tib_min": tib,
            "spt_min": spt,
            "sol_min": np.where(slept, (onset - attempt) / MINUTE_US, np.nan).clip(min=0),
            "tst_min": tst,
            "waso_min": np.where(slept, waso, np.nan),
            "sleep_efficiency_tib": 100 * tst / tib,
            "sleep_share_of_spt": 100 * tst / spt,
            "awakenings": np.where(slept, breaks, np.nan),
            "awakenings_per_h": np.where(slept, breaks / (tst / 60), np.nan),
            "movement_index": movement,
            "fragmentation_index": fragments,
            "sleep_fragmentation_index": movement + fragments,
            "scored_min": scored,
            "unscored_min": length - scored,
        }
    times = {name: _moments(found, slept) for name, found in (("onset_utc", onset), ("offset_utc", offset))}
    return pd.DataFrame(times | values, index=windows.index)


def _bouts(
    line: Line, night: np.ndarray, state: np.ndarray, used: np.ndarray, count: int, awakening_min: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per window: bouts of sleep, awakenings, and bouts of sleep of at most a minute."""
    mark = line.spread(np.where(used, 2.0 * night + np.nan_to_num(state), np.nan), empty=-1)
    _, length, value = runs(mark)
    length, value = length[value >= 0] * line.epoch_s / 60, value[value >= 0].astype(np.int64)
    owner, sleep = value // 2, value % 2 == 1
    kinds = (sleep, ~sleep & (length >= awakening_min), sleep & (length <= 1))
    bouts, breaks, short = (np.bincount(owner[kind], minlength=count).astype("float64") for kind in kinds)
    return bouts, breaks, short


def _judged(nights: pd.DataFrame, min_scored_h: float, max_unscored: float) -> pd.DataFrame:
    """Nights with too little recording lose their measures and say why."""
    length = nights["scored_min"] + nights["unscored_min"]
    little = (nights["scored_min"] < 60 * min_scored_h) | (nights["unscored_min"] > max_unscored * length)
    pairs = zip(nights["scored_min"] / 60, length / 60, strict=True)
    hours = pd.Series([f"{part:.1f} of {whole:.1f} h scored" for part, whole in pairs], index=nights.index, dtype=TEXT)
    known = nights["end_utc"].notna()
    flag = flagged(nights["flag"], little & known, hours)
    flag = flagged(flag, ~little & known & nights["onset_utc"].isna(), "no sleep")
    nights = nights.assign(flag=flag)
    nights[MEASURES] = nights[MEASURES].mask(little | ~known)
    for name in ("onset_utc", "offset_utc"):
        nights[name] = nights[name].mask(little)
    return nights


def _extreme(ufunc: np.ufunc, moment: np.ndarray, night: np.ndarray, rows: np.ndarray, count: int) -> np.ndarray:
    """The earliest or latest moment of each window, among some rows."""
    start = np.iinfo(np.int64).max if ufunc is np.minimum else np.iinfo(np.int64).min
    found = np.full(count + 1, start)  # one more, which epochs of no window point at
    ufunc.at(found, night[rows], moment[rows])
    return found


def _floats(moments: pd.Series) -> np.ndarray:
    """Instants as numbers, missing ones as NaN."""
    return np.where(moments.isna(), np.nan, micros(moments).astype("float64"))


def _moments(found: np.ndarray, known: np.ndarray) -> pd.Series:
    whole = np.where(known, found, np.iinfo(np.int64).min)  # the smallest number is "not a time"
    return pd.Series(whole.astype("datetime64[us]")).dt.tz_localize("UTC")
