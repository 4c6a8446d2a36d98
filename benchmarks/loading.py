"""Time and memory of `load.delimited`, with all its checks, beside `pandas.read_csv` with none.

    python benchmarks/loading.py [rows] [repeats]

The second ratio is over `read_csv` reading text, which is what a checked load has to start from. Where pandera is
installed, a third reading makes comparable checks with it: text in, types, ranges, required cells and the key; it has
no ledger. Each reading runs in its own process, after it has read the first ten rows once, so that no reading pays
for what is set up at the first call: peak is the largest resident memory above what was there before.
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


PART = 1_000_000  # rows written at a time
LETTERS = "PQRSTUVWXY"  # with which the codes of each part begin


def people_of(rows):
    return np.array([f"P{person:05d}" for person in range(-(-rows // 200))], dtype=object).repeat(200)[:rows]


def diary(rows):
    rng = np.random.default_rng(1)
    ratings = {f"{name}_nrs": rng.integers(0, 11, rows) for name in ("spasticity", "pain", "drowsiness")}
    days = np.arange(rows) % 200
    return pd.DataFrame({"participant": people_of(rows), "day": days, "spasms": rng.poisson(8, rows), **ratings})


def write_diary(path, rows):
    """A million rows at a time: the same diaries, kept by other people."""
    head, body = csv_bytes(diary(min(PART, rows))).split(b"\n", 1)
    with path.open("wb") as file:
        file.write(head + b"\n")
        for letter in LETTERS[: -(-rows // PART)]:
            file.write((b"\n" + body).replace(b"\nP", b"\n" + letter.encode())[1:])


def small_frames(rows):
    rng, people = np.random.default_rng(1), people_of(rows)
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


def peak_mb():
    """Largest resident memory of this process; what its parent had when it was started does not count."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def measured(reading, path, name):
    """CPU seconds and MB of one reading in this process."""
    if reading == "pandera":
        import pandera.pandas  # noqa: F401
    few = path.with_name(f"{path.stem} few.csv")
    few.write_text("".join(path.open().readlines(2000)[:11]))
    READINGS[reading](few, name)
    before = peak_mb()
    start = time.process_time()
    READINGS[reading](path, name)
    return time.process_time() - start, peak_mb() - before


def best(readings, path, name, repeats):
    """Shortest time and smallest memory of each reading over some rounds, one process each, in turn."""
    runs = {reading: [] for reading in readings}
    for reading in [*readings] * repeats:
        command = [sys.executable, "-W", "ignore", __file__, "--one", reading, str(path), name]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        runs[reading].append(tuple(map(float, said.split())))
    return {reading: tuple(min(run[place] for run in found) for place in (0, 1)) for reading, found in runs.items()}


def written(folder, rows):
    """Names of tables and their files."""
    write_diary(folder / "diary.csv", rows)
    yield "diary", folder / "diary.csv"
    for name, frame in small_frames(rows) if rows < PART else ():
        (folder / f"{name}.csv").write_bytes(csv_bytes(frame))
        yield name, folder / f"{name}.csv"


def main(rows, repeats):
    print(f"{rows:,} rows, pandas {pd.__version__}, CPU seconds and MB, best of {repeats}")
    print("table    reading      MB      s   rows/s  peak MB  over read_csv  over text")
    readings = [name for name in READINGS if name != "pandera" or importlib.util.find_spec("pandera")]
    with tempfile.TemporaryDirectory() as folder:
        for name, path in written(Path(folder), rows):
            took = best(readings, path, name, repeats)
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
        main(*[int(word) for word in (*sys.argv[1:], *("500_000", "3")[len(sys.argv) - 1 :])])
