"""Spasms per person and night from long event logs in Parquet: `derive.nightly_counts` beside pandas.

    python benchmarks/events.py [rows] [--pandas-up-to rows] [--folder folder]

Invented events of 10,000 people in six time zones over a year, nights from local noon to local noon; Lord Howe moves
its clocks by half an hour. Each way runs in its own process: CPU seconds with the read, and the largest resident memory
of the process. pandas converts each zone's times with `tz_convert`; above `--pandas-up-to` rows (100 million) it is
left out, because it needs 86 bytes of memory per event. The counts of both must be equal in every night; each log is
also checked on a sample of its rows, with events at noon and a microsecond before it among them.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from spasticity import derive

ZONES = (
    *("Europe/London", "Europe/Berlin", "America/New_York", "America/Chicago", "Australia/Lord_Howe", "Asia/Kathmandu"),
)
PEOPLE = 10_000
SPAN_US = 366 * 86_400_000_000
BEGIN_US = 1_704_067_200_000_000  # 2024-01-01
CHUNK = 5_000_000
SAMPLED = 2_000_000
EDGE_EVERY = 1000  # one event in so many is put at a local noon, or a microsecond before it


def local_noons(zone):
    """Every local noon of the year and the microsecond before it, in microseconds UTC."""
    noons = pd.date_range("2024-01-01 12:00", periods=366, freq="D").tz_localize(zone).tz_convert("UTC")
    micros = noons.as_unit("us").asi8
    return np.concatenate((micros, micros - 1))


def write_log(path, rows, seed=1):
    """An invented log, rows in no order of people."""
    rng = np.random.default_rng(seed)
    zone_of = rng.integers(0, len(ZONES), PEOPLE).astype(np.int32)
    edges = np.stack([local_noons(zone) for zone in ZONES])
    names = pa.array([f"P{number:05d}" for number in range(PEOPLE)])
    zones = pa.array(ZONES)
    writer = None
    for first in range(0, rows, CHUNK):
        size = min(CHUNK, rows - first)
        person = rng.integers(0, PEOPLE, size, dtype=np.int32)
        moment = BEGIN_US + rng.integers(0, SPAN_US, size)
        some = slice(0, size, EDGE_EVERY)
        moment[some] = edges[zone_of[person[some]], rng.integers(0, edges.shape[1], len(moment[some]))]
        table = pa.table(
            {
                "participant": pa.DictionaryArray.from_arrays(pa.array(person), names),
                "start_utc": pa.array(moment).cast(pa.timestamp("us", tz="UTC")),
                "zone": pa.DictionaryArray.from_arrays(pa.array(zone_of[person]), zones),
                "severity": pa.array(rng.integers(0, 3, size, dtype=np.int8)),
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema, compression="snappy")
        writer.write_table(table)
    writer.close()


def with_pandas(path):
    """Read, convert each zone's times, group."""
    frame = pd.read_parquet(path, columns=["participant", "start_utc", "zone"])
    return counted(frame)


def counted(frame):
    """Counts by `tz_convert`, the clock read off and twelve hours taken from it."""
    parts = []
    for zone, rows in frame.groupby("zone", observed=True):
        wall = rows["start_utc"].dt.tz_convert(zone).dt.tz_localize(None)
        night = (wall - pd.Timedelta(hours=12)).dt.normalize()
        sizes = pd.DataFrame({"participant": rows["participant"], "night": night})
        parts.append(sizes.groupby(["participant", "night"], observed=True).size().rename("spasms").reset_index())
    return pd.concat(parts).astype({"participant": str}).sort_values(["participant", "night"], ignore_index=True)


WAYS = {"spasticity": lambda path: derive.nightly_counts(path), "pandas": with_pandas, "nothing": lambda _: None}


def measured(way, path):
    """CPU seconds of one way, peak MB of the process, and what it counted."""
    start = time.process_time()
    counts = WAYS[way](path)
    took = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    if counts is None:
        return took, peak, 0, 0, 0
    weight = counts["night"].to_numpy("datetime64[D]").astype(np.int64) * counts["spasms"].to_numpy()
    mixed = pd.util.hash_array(counts["participant"].astype(str).to_numpy(dtype=object)) >> np.uint64(40)
    return took, peak, len(counts), int(counts["spasms"].sum()), int((weight * (mixed.astype(np.int64) + 1)).sum())


def run(way, path):
    command = [sys.executable, "-W", "ignore", __file__, "--one", way, str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(said[0]), float(said[1]), tuple(map(int, said[2:]))


def checked(path, rows):
    """Nights of a sample of the log in which both ways disagree."""
    parts = []
    for batch in pq.ParquetFile(path).iter_batches(500_000, columns=["participant", "start_utc", "zone"]):
        part = batch.to_pandas()
        step = max(1, rows // SAMPLED)
        parts.append(pd.concat([part.iloc[::step], part.iloc[::EDGE_EVERY]]))
    frame = pd.concat(parts, ignore_index=True)
    own, other = derive.nightly_counts(frame), counted(frame)
    own = own.sort_values(["participant", "night"], ignore_index=True)
    same = len(own) == len(other) and (own["spasms"].to_numpy() == other["spasms"].to_numpy()).all()
    same = same and (own["night"].to_numpy("datetime64[D]") == other["night"].to_numpy("datetime64[D]")).all()
    return len(frame), bool(same)


def main(rows, most, folder):
    sizes = [size for size in (1_000_000, 10_000_000, 100_000_000, 1_000_000_000) if size <= rows] or [rows]
    print(f"pandas {pd.__version__}, pyarrow {pa.__version__}; CPU seconds with the read, peak memory of the process")
    base = None
    for size in sizes:
        path = Path(folder) / f"events_{size}.parquet"
        write_log(path, size)
        base = base or run("nothing", path)[1]
        own = run("spasticity", path)
        line = f"{size:>13,} events, {path.stat().st_size / 1e6:8,.0f} MB: own {own[0]:7.2f} s {own[1]:6,.0f} MB"
        if size <= most:
            peer = run("pandas", path)
            line += f"; pandas {peer[0]:7.2f} s {peer[1]:7,.0f} MB; ratio {peer[0] / own[0]:5.1f} in time, "
            line += f"{peer[1] / own[1]:4.1f} in memory; equal: {own[2] == peer[2]}"
        sample, same = checked(path, size)
        print(f"{line}; every night of {sample:,} sampled events equal: {same}", flush=True)
        path.unlink()
    print(f"(an empty process with the same imports: {base:,.0f} MB)")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(*measured(sys.argv[2], Path(sys.argv[3])))
    else:
        parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument("rows", type=int, nargs="?", default=10_000_000)
        parser.add_argument("--pandas-up-to", type=int, default=100_000_000)
        parser.add_argument("--folder")
        options = parser.parse_args()
        with tempfile.TemporaryDirectory(dir=options.folder) as made:
            main(options.rows, options.pandas_up_to, made)
