"""Nights as stretches of a state, from the recording and from the diary, on the local clock."""

from __future__ import annotations

import numpy as np
import pandas as pd

from spasticity.derive.actigraphy import state_code
from spasticity.derive.epoch_rows import runs
from spasticity.derive.wall_clock import local_clock
from spasticity.instruments.clocks import clock_minutes, minutes_until
from spasticity.study import Study

NOON_H, DAY_H = 12, 24
OUT, AWAKE, ASLEEP = range(3)
NAMES = ("out of bed", "awake in bed", "asleep")
COLUMNS = ["participant", "day", "source", "state", "from_h", "to_h"]


def night_spans(scored: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Each recorded night beside the diary of it: asleep, awake in bed, out of bed.

    Parameters
    ----------
    scored : DataFrame
        Epochs with `state`, from `sleep_wake`.
    study : Study
        Its diary nights say when a person was in bed.

    Returns
    -------
    DataFrame
        `participant, day` (on which the night began), `source` (`recording` or `diary`), `state`, `from_h, to_h` (local
        clock, in hours since the midnight on which the day began: 12 to 36). The recording has rows for what was scored
        from noon to noon; without a diary wake is out of bed. The diary has the time in bed, in it the sleep from its
        onset to the last awakening; the wake within that it gives in minutes only.

    Notes
    -----
    An hour that the clocks repeat stands twice at its place.
    """
    beds = _beds(study)
    spans = pd.concat([_recorded(scored, study, beds), _told(beds, scored)], ignore_index=True)
    return spans.sort_values(["participant", "day", "source", "from_h"], ignore_index=True)[COLUMNS]


def _beds(study: Study) -> pd.DataFrame:
    """Times in bed and asleep of each diary night, in hours since midnight."""
    nights = study.nights
    into, attempt, last, out = (
        clock_minutes(nights[name]) / 60 for name in ("into_bed", "attempt", "final_awakening", "out_of_bed")
    )
    start = into + np.where(into < NOON_H, DAY_H, 0)  # before noon it is the morning after
    onset = start + minutes_until(60 * into, 60 * attempt) / 60 + nights["sol_min"].astype("float64") / 60
    ends = {"awake_h": last, "out_h": out}
    later = {name: start + minutes_until(60 * into, 60 * clock) / 60 for name, clock in ends.items()}
    return nights[["participant", "day"]].assign(into_h=start, onset_h=onset, **later)


def _recorded(scored: pd.DataFrame, study: Study, beds: pd.DataFrame) -> pd.DataFrame:
    epochs = local_clock(scored, study).assign(known=state_code(scored))
    epochs = epochs[epochs["known"].notna() & epochs["day"].notna()].sort_values(["participant", "start_utc"])
    early = epochs["hour"] < NOON_H
    epochs = epochs.assign(day=epochs["day"] - early.astype("int64"), from_h=epochs["hour"] + DAY_H * early)
    epochs = epochs.merge(beds, how="left", on=["participant", "day"])
    in_bed = (epochs["from_h"] >= epochs["into_h"]) & (epochs["from_h"] < epochs["out_h"])
    state = np.where(epochs["known"] == 1, ASLEEP, np.where(in_bed, AWAKE, OUT))
    step = epochs["epoch_s"].to_numpy(dtype="float64") / 3600
    from_h = epochs["from_h"].to_numpy()
    night = epochs.groupby(["participant", "day"], sort=False, observed=True).ngroup().to_numpy()
    apart = np.append(False, np.abs(from_h[1:] - from_h[:-1] - step[:-1]) > 1e-6)
    start, length, _ = runs(len(NAMES) * (night + np.cumsum(apart)) + state)
    end = start + length - 1
    first = epochs.iloc[start][["participant", "day"]].reset_index(drop=True)
    return first.assign(
        source="recording",
        state=np.array(NAMES, dtype=object)[state[start]],
        from_h=from_h[start],
        to_h=from_h[end] + step[end],
    )


def _told(beds: pd.DataFrame, scored: pd.DataFrame) -> pd.DataFrame:
    """The diary of people with a recording: in bed until asleep, asleep, in bed until up."""
    mine = beds[beds["participant"].isin(scored["participant"])].dropna()
    parts = [
        ("awake in bed", "into_h", "onset_h"),
        ("asleep", "onset_h", "awake_h"),
        ("awake in bed", "awake_h", "out_h"),
    ]
    spans = [
        mine[["participant", "day"]].assign(source="diary", state=state, from_h=mine[low], to_h=mine[high])
        for state, low, high in parts
    ]
    told = pd.concat(spans, ignore_index=True)
    return told[told["to_h"] > told["from_h"]]
