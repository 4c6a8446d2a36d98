"""Time of `load.delimited`, with all its checks, over `pandas.read_csv` with none; peak memory likewise.

    python benchmarks/loading.py [rows]

The second column of ratios is over `read_csv` reading text, which is what a checked load has to start from.
"""

from __future__ import annotations

import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd

from spasticity import load
from spasticity.files import csv_bytes


def frames(rows):
    rng = np.random.default_rng(1)
    people = np.array([f"P{row // 200:05d}" for row in range(rows)], dtype=object)
    ratings = {f"{name}_nrs": rng.integers(0, 11, rows) for name in ("spasticity", "pain", "drowsiness")}
    start = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 86400 * 300, rows), unit="s")
    walk = {"visit": "baseline", "day": -1, "test": "t25fw", "trial": 1, "time_s": rng.uniform(5, 60, rows)}
    yield (
        "diary",
        pd.DataFrame({"participant": people, "day": np.arange(rows) % 200, "spasms": rng.poisson(8, rows), **ratings}),
    )
    yield (
        "spasms",
        pd.DataFrame(
            {"participant": people, "start_utc": start, "zone": "Europe/London", "severity": "mild", "woke": True}
        ),
    )
    yield (
        "walks",
        pd.DataFrame(
            {
                "participant": [f"P{row:07d}" for row in range(rows)],
                **walk,
                "unable": False,
                "distance_m": 7.62,
                "device": "cane",
            }
        ),
    )


def best(call, repeats=3):
    """Shortest CPU time of some calls, in seconds."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def peak(call):
    """Largest memory that Python objects took during a call, in MB."""
    tracemalloc.start()
    call()
    size = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return size


def main(rows):
    print(f"{rows:,} rows, pandas {pd.__version__}, CPU seconds, best of 3")
    print("table        MB    load  read_csv  as text  ratio  over text  peak MB")
    with tempfile.TemporaryDirectory() as folder:
        for name, frame in frames(rows):
            path = Path(folder) / f"{name}.csv"
            path.write_bytes(csv_bytes(frame))
            ours = best(lambda: load.delimited(path, name))  # noqa: B023  # called at once
            plain = best(lambda: pd.read_csv(path))  # noqa: B023
            text = best(lambda: pd.read_csv(path, dtype=str, keep_default_na=False))  # noqa: B023
            most = peak(lambda: load.delimited(path, name))  # noqa: B023
            size = path.stat().st_size / 1e6
            print(
                f"{name:8} {size:6.1f} {ours:7.2f} {plain:9.2f} {text:8.2f} {ours / plain:6.1f} {ours / text:10.1f} "
                f"{most:8.0f}"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500_000)
