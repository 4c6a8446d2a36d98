"""Minute-level scoring and rhythm of actigraphy: CPU ms per participant-week, ours beside whichever peers install.

    python benchmarks/actigraphy.py                                      # 10, 100 and 1,000 participant-weeks
    python benchmarks/actigraphy.py --weeks 10 100
    python benchmarks/actigraphy.py --pyactigraphy /path/to/python3.10 --skdh /path/to/python --store

The weeks are made here (seeded): minutes of a week from noon to noon, whole counts, quiet nights. Ours is scored from a
table of epochs as it is loaded, its people and time zones as text. The set of measures is that which pyActigraphy has
too: Cole-Kripke with Webster's rules, Sadeh, Oakley; IS and IV, L5, M10 and RA, the cosinor; ours gives the sleep
regularity index with them, which pyActigraphy is timed for apart. Non-wear is timed apart. A peer runs in an
interpreter of its own, on the first `--peer-weeks` of the same weeks, after a warm-up week; pyActigraphy 1.2.2 needs
Python 3.10, numba below 0.57 and pandas 1.3.5. Ours is warmed up with a week too. Memory is what the whole process
took at its peak.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

WEEK = 7 * 1440
STORED = Path(__file__).with_name("actigraphy_stored.txt")
START = "2024-01-08T12:00:00"
SCORES = ("Cole-Kripke, Webster", "Sadeh", "Oakley", "rhythm")
APART = ("non-wear (Choi)", "non-wear (Troiano)")


def weeks_of_counts(weeks, seed):
    """Counts of each minute, one row per participant-week: 8 quiet hours a day, 16 busy ones."""
    rng = np.random.default_rng(seed)
    minute = (np.arange(WEEK) + 720) % 1440
    busy = np.where((minute >= 1380) | (minute < 420), 0.06, 0.85)
    return np.floor((rng.random((weeks, WEEK)) < busy) * rng.gamma(0.8, 350, (weeks, WEEK)))


def epochs_of(counts):
    """The weeks as a table of epochs."""
    import pandas as pd

    weeks = len(counts)
    start = np.datetime64(START, "us") + np.arange(WEEK) * np.timedelta64(60, "s")
    return pd.DataFrame(
        {
            "participant": pd.Series(np.repeat([f"P{n:05d}" for n in range(weeks)], WEEK)).astype("str"),
            "start_utc": pd.Series(np.tile(start, weeks)).dt.tz_localize("UTC"),
            "zone": pd.Series(np.full(weeks * WEEK, "Europe/London")).astype("str"),
            "epoch_s": 60.0,
            "counts": counts.ravel(),
            "enmo_mg": np.nan,
            "angle_z_deg": np.nan,
            "worn": pd.array(np.full(weeks * WEEK, True), dtype="boolean"),
        }
    )


def timed(call, weeks):
    """CPU milliseconds per week, and the answer."""
    start = time.process_time()
    found = call()
    return 1000 * (time.process_time() - start) / weeks, found


def ours(counts):
    """CPU milliseconds per week of each measure."""
    from spasticity import derive

    epochs, weeks, taken = epochs_of(counts), len(counts), {}
    taken[SCORES[0]], scored = timed(lambda: derive.sleep_wake(epochs), weeks)
    taken[SCORES[1]], _ = timed(lambda: derive.sleep_wake(epochs, method="sadeh"), weeks)
    taken[SCORES[2]], _ = timed(lambda: derive.sleep_wake(epochs, method="oakley"), weeks)
    taken[SCORES[3]], _ = timed(lambda: derive.rhythm(scored), weeks)
    for name, method in zip(APART, ("choi", "troiano"), strict=True):
        taken[name], _ = timed(lambda method=method: derive.non_wear(epochs, method=method), weeks)
    return taken


def pyactigraphy(counts):
    """The same measures of pyActigraphy, one recording at a time as it works."""
    import pandas as pd
    from pyActigraphy.analysis import Cosinor
    from pyActigraphy.io import BaseRaw

    index = pd.date_range(START, periods=WEEK, freq="1min")
    raws = []
    for number, row in enumerate(counts):
        about = {"name": str(number), "uuid": "", "format": "", "axial_mode": "", "start_time": index[0], "light": None}
        raws.append(BaseRaw(period=index[-1] - index[0], frequency=index.freq, data=pd.Series(row, index), **about))
    calls = {
        SCORES[0]: lambda raw: raw.CK(settings="mean"),
        SCORES[1]: lambda raw: raw.Sadeh(),
        SCORES[2]: lambda raw: raw.Oakley(threshold=40),
        "IS, IV": lambda raw: (raw.IS(binarize=False), raw.IV(binarize=False)),
        "L5, M10, RA": lambda raw: (raw.L5(binarize=False), raw.M10(binarize=False), raw.RA(binarize=False)),
        "cosinor": lambda raw: Cosinor().fit(raw.data, verbose=False),
        "regularity index (its default, apart)": lambda raw: raw.SleepRegularityIndex(),
    }
    return {name: timed(lambda call=call: [call(raw) for raw in raws], len(raws))[0] for name, call in calls.items()}


def skdh(counts):
    """Cole-Kripke with rescoring of scikit-digital-health; counts stand in for its activity index."""
    from skdh.sleep.sleep_classification import compute_sleep_predictions

    return {SCORES[0]: timed(lambda: [compute_sleep_predictions(row / 400) for row in counts], len(counts))[0]}


PEERS = {"pyactigraphy": pyactigraphy, "skdh": skdh}


def asked(peer, python, counts):
    """A peer's times, from its own interpreter; None where it does not run."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "counts.npy"
        np.save(path, counts)
        call = [python, __file__, "--as-peer", peer, str(path)]
        run = subprocess.run(call, capture_output=True, text=True, check=False)
    if run.returncode:
        print(f"{peer} does not run: {run.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    return json.loads(run.stdout.splitlines()[-1])


def as_peer(peer, path):
    counts = np.load(path)
    PEERS[peer](counts[:1])
    print(json.dumps(PEERS[peer](counts)))


def table(title, columns):
    """Milliseconds per week, a column for each size; the sum is of the measures in `SCORES`."""
    names = list(dict.fromkeys(name for times in columns.values() for name in times))
    width = max(len(name) for name in names) + 2
    lines = [title, " " * width + "".join(f"{head:>12}" for head in columns)]
    lines += [
        f"{name:{width}}" + "".join(f"{times.get(name, float('nan')):12.3f}" for times in columns.values())
        for name in names
    ]
    return [*lines, f"{'in all':{width}}" + "".join(f"{in_all(times):12.3f}" for times in columns.values()), ""]


def in_all(times):
    return sum(taken for name, taken in times.items() if name not in APART and "apart" not in name)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weeks", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--peer-weeks", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=3, help="the quickest of so many runs, of each measure")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pyactigraphy", metavar="PYTHON", help="an interpreter that has pyActigraphy")
    parser.add_argument("--skdh", metavar="PYTHON", help="an interpreter that has scikit-digital-health")
    parser.add_argument("--as-peer", nargs=2, metavar=("NAME", "COUNTS"), help=argparse.SUPPRESS)
    parser.add_argument("--store", action="store_true", help="write benchmarks/actigraphy_stored.txt")
    options = parser.parse_args()
    if options.as_peer:
        return as_peer(*options.as_peer)
    counts = weeks_of_counts(max(options.weeks), options.seed)
    ours(counts[:1])
    found = {}
    for weeks in options.weeks:
        runs = [ours(counts[:weeks]) for _ in range(options.repeats)]
        found[f"{weeks:,}"] = {name: min(run[name] for run in runs) for name in runs[0]}
    lines = table("ours: CPU ms per participant-week, by participant-weeks at once", found)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    lines += [f"peak memory of the process, weeks and tables included: {peak:.2f} GB", ""]
    fewest = counts[: options.peer_weeks]
    slowest = max(in_all(times) for times in found.values())
    for peer in PEERS:
        python = getattr(options, peer)
        times = asked(peer, python, fewest) if python else None
        if times:
            lines += table(f"{peer}: CPU ms per participant-week", {f"{len(fewest):,}": times})
            own = max(sum(each[name] for name in SCORES if name in times) for each in found.values())
            own = slowest if peer == "pyactigraphy" else own
            lines += [f"{peer} / ours, the same measures, our slowest size: {in_all(times) / own:,.0f}", ""]
    print("\n".join(lines))
    if options.store:
        STORED.write_text("\n".join(lines), encoding="utf-8")
    return None


if __name__ == "__main__":
    main()
