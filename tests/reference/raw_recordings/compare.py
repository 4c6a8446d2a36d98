"""Sleep from the arm's angle beside GGIR's rules, and ActiGraph counts beside agcounts.

Inputs come from `signals.py`; `expected.json` was made of them with R 4.2.2 and zoo, running the steps of GGIR's
`HASPT` (HDCZA) and `HASIB` (van Hees 2015), and with `agcounts.extract.get_counts(movement(rate), freq=rate, epoch=5)`
of agcounts 0.2.6. Neither program is part of this repository.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from spasticity.derive import sleep_periods, sleep_wake
from spasticity.load.activity_counts import Counter
from spasticity.load.raw_samples import Samples
from tests.reference.raw_recordings import signals
from tests.reference.validation import Comparison

EXPECTED = json.loads((Path(__file__).parent / "expected.json").read_text())
NOON = pd.Timestamp("2024-03-01T12:00:00Z")
GGIR, AGCOUNTS = "GGIR's rules in R 4.2.2 with zoo, 12 invented nights", "agcounts 0.2.6, 7 rates"


def epochs_of(angle):
    """A window as a table of epochs."""
    return pd.DataFrame(
        {
            "participant": "A",
            "start_utc": pd.date_range(NOON, periods=len(angle), freq="5s"),
            "zone": "UTC",
            "epoch_s": 5.0,
            "counts": np.nan,
            "enmo_mg": np.nan,
            "angle_z_deg": angle,
            "worn": pd.array([pd.NA] * len(angle), dtype="boolean"),
        }
    )


def counted(rate):
    """Counts of every axis in 24 epochs, read in pieces of 7 seconds."""
    g, begin = signals.movement(rate), 1_700_000_000
    counter = Counter(rate, 5, (1.0, 1.0, 1.0), (0.0, 0.0, 0.0))
    for second in range(0, 120, 7):
        part = g[second * rate : (second + 7) * rate]
        n = len(part) // rate
        start = begin + second + np.arange(n, dtype=float)
        each = {"count": np.full(n, rate), "step": np.full(n, 1 / rate), "row": np.arange(n)}
        counter.add(Samples(units=part.T, start=start, temperature=np.full(n, np.nan), **each))
    epoch = begin // 5 + np.arange(24)
    return np.stack([counter.of(epoch, axis) for axis in "xyz"], axis=1)


def comparisons():
    """Places of rest, stretches of inactivity, and counts."""
    rest, changes, theirs, their_changes = [], [], [], []
    for seed, said in EXPECTED["rest"].items():
        epochs = epochs_of(signals.night(int(seed)))
        period = sleep_periods(epochs, method="hdcza").iloc[0]
        rest += [(period[name] - NOON).total_seconds() / 5 for name in ("start_utc", "end_utc")]
        theirs += [said["start"] - 1, said["end"] - 1]  # R counts from 1
        asleep = sleep_wake(epochs, method="van_hees")["state"].eq("sleep").to_numpy()
        changes += [asleep[0], *(np.flatnonzero(np.diff(asleep)) + 1)]
        their_changes += [said["first"], *np.cumsum(np.atleast_1d(said["lengths"]))[:-1]]
    yield Comparison("period of sleep by HDCZA, first and last epoch", GGIR, rest, theirs, 0)
    yield Comparison("sustained inactivity, every change", GGIR, changes, their_changes, 0)
    ours = np.concatenate([counted(rate) for rate in signals.RATES])
    yield Comparison(
        "ActiGraph counts of raw samples", AGCOUNTS, ours, np.concatenate(list(EXPECTED["counts"].values())), 0
    )
