"""Time and memory of `load.delimited`, with all its checks, beside `pandas.read_csv` with none.

    python benchmarks/loading.py [rows]

The second ratio is over `read_csv` reading text, which is what a checked load has to start from. Where pandera is
installed, a third reading makes comparable checks with it: text in, types, ranges, required cells and the key; it has
no ledger. Each reading runs in its own process: peak is the largest resident memory above that of the imports.
"""

from __future__ import annotations

import importlib.util
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from spasticity import load
from spasticity.files import csv_bytes
from spasticity.tables import STUDY_TABLES

SCHEMAS = {schema.name: schema for schema in STUDY_TABLES}


def frames(rows):
    rng = np.random.default_rng(1)
    people = np.array([f"P{row // 200:05d}" for row in range(rows)], dtype=object)
    ratings = {f"{name}_nrs": rng.integers(0, 11, rows) for name in ("spasticity", "pain", "drowsiness")}
    yield (
        "diary",
        pd.DataFrame({"participant": people, "day": np.arange(rows) % 200, "spasms": rng.poisson(8, rows), **ratings}),
    )
    if rows >= 1_000_000:
        return
    start = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 86400 * 300, rows), unit="s")
    walk = {"visit": "baseline", "day": -1, "test": "t25fw", "trial": 1, "time_s": rng.uniform(5, 60, rows)}
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


def with_pandera(path, name):
    """Text in; types, ranges, required cells and the key checked, all failures gathered."""
    import pandera.pandas as pa

    schema = SCHEMAS[name]
    types = {"integer": "Int64", "number": "float64", "text": str}
    columns = {
        column.name: pa.Column(
            types.get(column.kind, str),
            [pa.Check.in_range(column.low, column.high)] if column.low is not None else [],
            nullable=column.name not in schema.required,
            coerce=True,
        )
        for column in schema
    }
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
    return pa.DataFrameSchema(columns, unique=list(schema.key) or None).validate(frame, lazy=True)


READINGS = {
    "load": lambda path, name: load.delimited(path, name),
    "read_csv": lambda path, _: pd.read_csv(path),
    "as text": lambda path, _: pd.read_csv(path, dtype=str, keep_default_na=False),
    "pandera": with_pandera,
}


def measured(reading, path, name):
    """CPU seconds and MB of one reading in this process."""
    if reading == "pandera":
        import pandera.pandas  # noqa: F401
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    READINGS[reading](path, name)
    took = time.process_time() - start
    return took, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1e3


def best(reading, path, name, repeats):
    """Shortest time and smallest memory of some processes."""
    runs = []
    for _ in range(repeats):
        command = [sys.executable, "-W", "ignore", __file__, "--one", reading, str(path), name]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        runs.append(tuple(map(float, said.split())))
    return tuple(min(run[place] for run in runs) for place in (0, 1))


def main(rows):
    repeats = 3 if rows <= 2_000_000 else 1
    print(f"{rows:,} rows, pandas {pd.__version__}, CPU seconds and MB, best of {repeats}")
    print("table    reading      MB      s   rows/s  peak MB  over read_csv  over text")
    readings = [name for name in READINGS if name != "pandera" or importlib.util.find_spec("pandera")]
    with tempfile.TemporaryDirectory() as folder:
        for name, frame in frames(rows):
            path = Path(folder) / f"{name}.csv"
            path.write_bytes(csv_bytes(frame))
            took = {reading: best(reading, path, name, repeats) for reading in readings}
            for reading, (seconds, most) in took.items():
                over = [seconds / took[other][0] for other in ("read_csv", "as text")]
                print(
                    f"{name:8} {reading:8} {path.stat().st_size / 1e6:6.1f} {seconds:6.2f} {rows / seconds:8,.0f} "
                    f"{most:8.0f} {over[0]:14.1f} {over[1]:10.1f}"
                )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(*measured(sys.argv[2], Path(sys.argv[3]), sys.argv[4]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 500_000)
