"""Spasms placed in the night: asleep, awake in bed or out of bed, which of them woke the person, and for how long."""

from __future__ import annotations

import numpy as np
import pandas as pd

from spasticity.derive.bed_nights import HOUR_US
from spasticity.derive.changes import with_people
from spasticity.derive.epoch_rows import SECOND_US, micros
from spasticity.derive.flags import flagged, unflagged
from spasticity.derive.recorded_sleep import MAX_UNSCORED, MIN_SCORED_H, MINUTE_US
from spasticity.derive.sleep_bouts import AWAKENING_MIN, LEAD_MIN, WITHIN_MIN, Reading, read_nights
from spasticity.study import Study

SHORT_INTERVAL_S = (10.0, 90.0)  # the intervals of periodic limb movements, WASM 2016
STATES = ("asleep", "awake in bed", "out of bed", "unknown")
PLACES = pd.CategoricalDtype(list(STATES))
ASLEEP, AWAKE, OUT, UNKNOWN = range(4)
EVENT_COLUMNS = [
    *("participant", "cohort", "arm", "day", "start_utc", "zone", "severity", "woke", "state", "minutes_asleep"),
    *("minutes_to_wake", "minutes_awake", "interval_s", "flag"),
]
NIGHT_COLUMNS = [
    *("participant", "cohort", "arm", "day", "window", "night_start_utc", "night_end_utc", "start_utc", "end_utc"),
    *("onset_utc", "offset_utc", "night_h", "logged_h", "in_bed_h", "asleep_h", "awake_in_bed_h", "unscored_in_bed_h"),
    *("out_of_bed_h", "spasms", "spasms_asleep", "spasms_awake_in_bed", "spasms_unscored", "spasms_out_of_bed"),
    *("spasms_per_h_asleep", "spasms_per_h_awake_in_bed", "spasms_per_h_out_of_bed", "tst_min", "waso_min"),
    *("sleep_efficiency_tib", "awakenings", "spasm_awakenings", "spasm_awakenings_per_h", "spasm_awakening_share"),
    *("minutes_to_wake", "minutes_awake", "latency_to_spasm_min", "intervals", "short_intervals"),
    *("awakening_min", "within_min", "lead_min", "valid", "flag"),
]


def night_spasms(
    scored: pd.DataFrame,
    study: Study,
    *,
    window: str = "diary",
    awakening_min: float = AWAKENING_MIN,
    within_min: float = WITHIN_MIN,
    lead_min: float | None = LEAD_MIN,
    min_scored_h: float = MIN_SCORED_H,
    max_unscored: float = MAX_UNSCORED,
) -> pd.DataFrame:
    """Place reported spasms in each recorded night: asleep, awake in bed, out of bed; and count those that woke.

    Parameters
    ----------
    scored : DataFrame
        Epochs with `state`, from `sleep_wake`; many people at once.
    study : Study
        Its `spasms` are the event log, its `recording` the local days on which the log was kept, its diary `nights`
        the times in bed.
    window : str
        What is called bed: `diary` or `detected`, as in `recorded_nights`.
    awakening_min : float
        m: wake of at least so many minutes within sleep is an awakening.
    within_min : float
        k: an awakening that begins less than so many minutes after a spasm in sleep is related to it.
    lead_min : float, optional
        A spasm found the person asleep also when its epoch is wake, if that bout of wake follows sleep and began in the
        epoch of the spasm or at most so many minutes before that epoch: the score takes the movement itself for wake,
        and scores that look ahead take the minutes before it. None takes the state of the spasm's own epoch as it is.
    min_scored_h, max_unscored : float
        As in `recorded_nights`.

    Returns
    -------
    DataFrame
        One row per person and night, from local noon to the next, of people with a recording: each night with an epoch,
        or whose evening was logged. `participant, cohort, arm, day` (on which it began), `window`; in UTC the night,
        the time in bed (`start_utc, end_utc`) and the sleep (`onset_utc, offset_utc`); `night_h` (23 or 25 where the
        clocks change), `logged_h` of it; of the logged hours `in_bed_h`, and `asleep_h + awake_in_bed_h +
        unscored_in_bed_h + out_of_bed_h` (they add up to `logged_h` unless a time in bed reaches past noon); `spasms`
        logged, in the same four parts, and rates per hour of three of them; `tst_min, waso_min, sleep_efficiency_tib`,
        `awakenings`, `spasm_awakenings` (of those), per hour asleep and as percent of awakenings; medians of
        `minutes_to_wake` (spasm to awakening, negative where the score was ahead) and `minutes_awake` (until sleep);
        `latency_to_spasm_min` (onset to the first spasm in sleep); `intervals` between successive spasms in bed and
        those of 10 to 90 s (`short_intervals`); the three parameters; `valid` (enough was scored, and spasms were
        logged for all of the time in bed) and `flag`, which says why not. What is not known is missing, never 0.

    Raises
    ------
    DataError
        When epochs of one person overlap or a time zone is not known.
    MethodError
        When a parameter is not one it takes, or the epochs have not been scored.

    Notes
    -----
    There is no standard for spasm-related awakenings: the definition and all defaults are proposals and stand in each
    row. An awakening after a spasm need not be caused by it; see `awakenings_by_chance`. Describes data, gives no
    advice.
    """
    reading = read_nights(
        scored,
        study,
        window=window,
        awakening_min=awakening_min,
        within_min=within_min,
        lead_min=lead_min,
        min_scored_h=min_scored_h,
        max_unscored=max_unscored,
    )
    return nights_of(reading, spasms_of(reading, study))


def night_spasm_events(scored: pd.DataFrame, study: Study, **settings: object) -> pd.DataFrame:
    """Each reported spasm of people with a recording, with where in the night it fell.

    Parameters
    ----------
    scored, study
        As in `night_spasms`.
    **settings
        Its other parameters.

    Returns
    -------
    DataFrame
        One row per spasm: `participant, cohort, arm, day` (of the night), `start_utc, zone, severity`, `woke` (as
        reported), `state` (`asleep`, `awake in bed`, `out of bed`, `unknown`), `minutes_asleep` (since sleep onset),
        `minutes_to_wake` and `minutes_awake` (of the awakening it is related to, as recorded), `interval_s` (since the
        spasm before it in the same time in bed) and `flag`: `day not recorded` (it enters no count) or `in no night of
        the recording`.

    Raises
    ------
    DataError, MethodError
        As `night_spasms`.
    """
    spasms = spasms_of(read_nights(scored, study, **settings), study)  # type: ignore[arg-type]
    return with_people(spasms, study)[EVENT_COLUMNS]


def spasms_of(reading: Reading, study: Study) -> pd.DataFrame:
    """Spasms with their night, state and awakening; see `night_spasm_events`.

    Parameters
    ----------
    reading : Reading
    study : Study

    Returns
    -------
    DataFrame
        Also `owner`, `night` (row, -1 for none) and `awakening` (number, -1 for none).
    """
    placed = reading.placed
    spasms = study.spasms[placed.owner(study.spasms["participant"]) >= 0]
    spasms = spasms.sort_values(["participant", "start_utc"], kind="stable", ignore_index=True)
    owner, moment = placed.owner(spasms["participant"]), micros(spasms["start_utc"])
    bed, evening = placed.beds.holding(owner, moment), placed.evenings.holding(owner, moment)
    night = np.where(bed >= 0, bed, evening)
    logged = placed.logged.holding(owner, moment) >= 0
    asleep, awakening = reading.woken(owner, moment)
    asleep[bed < 0], awakening[(bed < 0) | ~logged] = np.nan, -1
    known = placed.nights["end_utc"].notna().to_numpy()
    state = np.full(len(spasms), UNKNOWN)
    state[(bed < 0) & (night >= 0) & known[night]] = OUT
    state[asleep == 1], state[asleep == 0] = ASLEEP, AWAKE
    found = awakening >= 0
    bouts = reading.bouts
    to_wake, awake, since = (np.full(len(spasms), np.nan) for _ in range(3))
    to_wake[found] = (bouts.start[awakening[found]] - moment[found]) / MINUTE_US
    awake[found] = (bouts.end - bouts.start)[awakening[found]] / MINUTE_US
    onset = placed.nights["onset_utc"].iloc[night] if len(placed.nights) else placed.nights["onset_utc"]
    slept = (state == ASLEEP) & onset.notna().to_numpy()
    since[slept] = (moment - micros(onset))[slept] / MINUTE_US
    flag = flagged(unflagged(spasms.index), pd.Series(~logged), "day not recorded")
    flag = flagged(flag, pd.Series(logged & (night < 0)), "in no night of the recording")
    interval = np.diff(moment, prepend=0) / SECOND_US
    follows = np.concatenate(([False], (bed[1:] == bed[:-1]) & (bed[1:] >= 0) & logged[1:] & logged[:-1]))[: len(bed)]
    day = placed.nights["day"].reindex(pd.RangeIndex(-1, len(placed.nights))).take(night + 1)
    return spasms.assign(
        owner=owner,
        night=np.where(logged, night, -1),
        awakening=awakening,
        day=day.reset_index(drop=True),
        state=pd.Categorical.from_codes(state, dtype=PLACES),
        minutes_asleep=since,
        minutes_to_wake=to_wake,
        minutes_awake=awake,
        interval_s=np.where(follows, interval, np.nan),
        flag=flag,
    )


def nights_of(reading: Reading, spasms: pd.DataFrame) -> pd.DataFrame:
    """Counts, hours and rates of each night; see `night_spasms`.

    Parameters
    ----------
    reading : Reading
    spasms : DataFrame
        From `spasms_of`.

    Returns
    -------
    DataFrame
    """
    nights = reading.placed.nights
    count = len(nights)
    logged = nights["logged_h"].to_numpy() > 0
    known = (nights["end_utc"].notna() & (nights["logged_h"] > 0)).to_numpy()
    counted = spasms[spasms["night"] >= 0]
    cells = counted["night"].to_numpy() * len(STATES) + counted["state"].cat.codes.to_numpy()
    by_state = np.bincount(cells, minlength=count * len(STATES)).reshape(-1, len(STATES))
    asleep, awake = (_microseconds(reading, value) for value in (1, 0))
    rest = np.rint(nights["in_bed_h"].to_numpy(dtype="float64") * HOUR_US) - asleep - awake
    parts = {"asleep_h": asleep, "awake_in_bed_h": awake, "unscored_in_bed_h": rest}
    hours = {name: np.where(known, part / HOUR_US, np.nan) for name, part in parts.items()}
    names = ("spasms_asleep", "spasms_awake_in_bed", "spasms_out_of_bed", "spasms_unscored")
    counts = {name: _whole(by_state[:, number], known) for number, name in enumerate(names)}
    frame = nights.assign(**hours, spasms=_whole(by_state.sum(axis=1), logged), **counts)
    for part in ("asleep", "awake_in_bed", "out_of_bed"):
        exposure = frame[f"{part}_h"].where(frame[f"{part}_h"] > 0)
        frame[f"spasms_per_h_{part}"] = frame[f"spasms_{part}"].astype("Float64").astype("float64") / exposure
    frame = _with_awakenings(frame, reading, counted)
    frame = _with_intervals(frame, counted)
    frame = frame.assign(
        awakening_min=reading.awakening_min,
        within_min=reading.within_min,
        lead_min=np.nan if reading.lead_min is None else reading.lead_min,
    )
    return frame[NIGHT_COLUMNS]


def _microseconds(reading: Reading, value: int) -> np.ndarray:
    """Time of each night in bed in one state, while spasms were logged."""
    placed, rows = reading.placed, np.flatnonzero(reading.state == value)
    start = micros(placed.epochs["start_utc"])[rows]
    owner = reading.owner[rows]
    bed = placed.beds.holding(owner, start)
    epoch_s = placed.epochs["epoch_s"].to_numpy(dtype="float64")[rows]
    end = start + (epoch_s * SECOND_US).astype(np.int64)
    # The epoch over the end of the night has not been slept in bed; recorded_nights leaves it out too.
    inside = (bed >= 0) & (placed.beds.holding(owner, end - 1) == bed)
    covered = placed.logged.covered(owner, start, end)
    return np.bincount(bed[inside], weights=covered[inside], minlength=len(placed.nights))


def _whole(counts: np.ndarray, known: np.ndarray) -> pd.Series:
    return pd.Series(counts).astype("Int64").where(pd.Series(known))


def _with_awakenings(frame: pd.DataFrame, reading: Reading, spasms: pd.DataFrame) -> pd.DataFrame:
    """Awakenings of valid nights, and how many are related to a spasm."""
    valid = frame["valid"].to_numpy()
    related = spasms[spasms["awakening"] >= 0]
    once = np.unique(related["awakening"].to_numpy())
    number = np.bincount(reading.bouts.night[once], minlength=len(frame))
    per_night = related.groupby("night")[["minutes_to_wake", "minutes_awake"]].median().reindex(frame.index)
    slept = spasms[spasms["state"] == STATES[ASLEEP]]
    latency = slept.groupby("night")["minutes_asleep"].min().reindex(frame.index)
    all_of_them = frame["awakenings"].where(frame["awakenings"] > 0)
    count = _whole(number, valid)
    plain = count.astype("Float64").astype("float64")
    return frame.assign(
        spasm_awakenings=count,
        spasm_awakenings_per_h=plain / frame["asleep_h"].where(frame["asleep_h"] > 0),
        spasm_awakening_share=100 * plain / all_of_them,
        minutes_to_wake=per_night["minutes_to_wake"].where(valid),
        minutes_awake=per_night["minutes_awake"].where(valid),
        latency_to_spasm_min=latency.where(valid),
    )


def _with_intervals(frame: pd.DataFrame, spasms: pd.DataFrame) -> pd.DataFrame:
    """Intervals between successive spasms in bed, and how many are as short as those of periodic movements."""
    low, high = SHORT_INTERVAL_S
    here = spasms[spasms["interval_s"].notna()]
    short = here[(here["interval_s"] >= low) & (here["interval_s"] < high)]
    known = frame["spasms_asleep"].notna().to_numpy()
    sizes = {
        name: _whole(np.bincount(rows["night"].to_numpy("int64"), minlength=len(frame)), known)
        for name, rows in (("intervals", here), ("short_intervals", short))
    }
    return frame.assign(**sizes)
