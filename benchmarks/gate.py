"""What the gate costs: screening alone, and loading with and without it.

    python -m benchmarks.gate [rows]

Prints rows per second of free text (every sentence another), of codes (few distinct ones), and the ratio of loading a
diary with the gate to loading it without.
"""

from __future__ import annotations

import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

import numpy as np

from spasticity import load, privacy
from spasticity.load import casting
from spasticity.load.gate import admitted


def timed(call) -> float:
    """Seconds of the fastest of three calls."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return min(times)


def main(rows: int) -> None:
    rng = np.random.default_rng(1)
    words = np.array(
        ["slept", "badly", "after", "the", "evening", "dose", "spasms", "woke", "me", "left", "leg", "stiff"]
    )
    texts = [f"{' '.join(words[rng.integers(len(words), size=8)])} {number}" for number in range(rows)]
    codes = np.array([f"P{number:04d}" for number in rng.integers(2000, size=rows)], dtype=object)
    for what, cells in (("free text, all distinct", np.array(texts, dtype=object)), ("codes, 2,000 distinct", codes)):
        seconds = timed(lambda cells=cells: privacy.screen_column("c", cells, codes=True))
        tracemalloc.start()
        privacy.screen_column("c", cells[: rows // 10], codes=True)
        peak = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
        print(f"{what}: {rows / seconds:,.0f} rows per second; {peak:,.0f} MB for {rows // 10:,} rows")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "diary.csv"
        days = np.arange(rows)
        lines = (f"{code},{day},3,4,5,1" for code, day in zip(codes, days, strict=True))
        path.write_text("\n".join(["participant,day,spasms,spasticity_nrs,pain_nrs,drowsiness_nrs", *lines]) + "\n")
        with_gate = timed(lambda: load.delimited(path, "diary"))
        casting.admitted = lambda grid, schema, readings, identifiers: (
            grid,
            readings,
            admitted(grid, schema, [], identifiers)[2],
        )
        without = timed(lambda: load.delimited(path, "diary"))
        casting.admitted = admitted
    ratio = with_gate / without
    print(f"diary of {rows:,} rows: {with_gate:.2f} s with the gate, {without:.2f} s without; ratio {ratio:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
