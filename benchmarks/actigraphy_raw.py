"""A raw week of an AX3 (100 Hz, 60.48 million samples, 258 MB) read and reduced to ENMO and angle, beside peers.

    python benchmarks/actigraphy_raw.py                                 # ours, with and without calibration
    python benchmarks/actigraphy_raw.py --skdh /path/to/python --store  # an interpreter with scikit-digital-health

The week is made here (seeded) in the block format of the device, in a temporary folder: a walk of the arm by day, rest
by night in many directions, noise. Ours reads, checks every block, calibrates by gravity (which reads the file twice)
and keeps for each epoch of 5 s ENMO, angle, and mean, spread and range of each axis. scikit-digital-health does with
its own functions what its sleep module does: it reads, takes the mean ENMO of 5 s, rolling medians of the axes over 5 s
(of every sample; ours are at 10 Hz, as published) and the mean angle; it checks no block and calibrates nothing. Every
run is a process of its own; CPU seconds are those of user and system, imports apart; peak is the largest resident
memory of the whole process. GGIR (R) does not install with the R of this system and is not timed.
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
STORED = Path(__file__).with_name("actigraphy_raw_stored.txt")
RATE, DAY_S = 100, 86_400
OURS = {
    "ours": {"calibrate": False},
    "ours, calibrated": {"calibrate": True},
    "ours, calibrated, with counts": {"calibrate": True, "counts": "vector"},
}
PEER = "scikit-digital-health"


def hour(rng, night):
    """An hour of acceleration in units of 1/256 g."""
    n = 3600 * RATE
    ways = rng.normal(size=(6 if night else 60, 3))
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    g = np.repeat(ways, n // len(ways), axis=0)
    g = g + rng.standard_normal((n, 3), dtype=np.float32) * (0.006 if night else 0.15)
    return np.round(256 * g).astype(np.int64)


def week(path, days):
    """A recording that begins at noon."""
    sys.path.insert(0, str(ROOT))
    from tests.load.rawdevices import cwa_blocks, cwa_header, seconds

    rng, start = np.random.default_rng(20261123), seconds("2024-01-08 12:00:00")
    with path.open("wb") as file:
        file.write(cwa_header("2024-01-08 10:00:00"))
        for number in range(24 * days):
            night = 11 <= number % 24 < 19
            blocks = cwa_blocks(hour(rng, night), start + 3600 * number, sequence=3000 * number)
            file.write(blocks.tobytes())


def measured(run):
    """CPU seconds of a run, and the peak of the process."""
    begin = resource.getrusage(resource.RUSAGE_SELF)
    wall = time.perf_counter()
    means = run()
    end = resource.getrusage(resource.RUSAGE_SELF)
    cpu = end.ru_utime + end.ru_stime - begin.ru_utime - begin.ru_stime
    return {"cpu": cpu, "wall": time.perf_counter() - wall, "peak": end.ru_maxrss / 1024, **means}


def ours(path, options):
    from spasticity import load

    def run():
        table = load.accelerometer(path, participant="P1", zone="Europe/London", **options).table
        return {"epochs": len(table), "enmo": table["enmo_mg"].mean(), "angle": table["angle_z_deg"].mean()}

    for module in ("scipy.ndimage", "scipy.signal"):  # imports are not timed
        importlib.import_module(module)

    return measured(run)


def theirs(path):
    from skdh.activity.metrics import metric_enmo
    from skdh.io import ReadCwa
    from skdh.sleep.utility import compute_z_angle
    from skdh.utility import moving_mean, moving_median

    def run():
        read = ReadCwa().predict(file=str(path))
        n = 5 * RATE
        enmo = metric_enmo(read["accel"], wlen=n)
        angle = moving_mean(compute_z_angle(moving_median(read["accel"], n, skip=1, axis=0)), n, n)
        return {"epochs": len(enmo), "enmo": 1000 * float(np.mean(enmo)), "angle": float(np.mean(angle))}

    return measured(run)


def timed(python, path, what):
    """A run in a process of its own."""
    command = [python, __file__, "--path", str(path), "--what", what]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--skdh", help="an interpreter that has scikit-digital-health")
    parser.add_argument("--store", action="store_true", help="write the table beside this file")
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--what", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.what:
        print(json.dumps(theirs(asked.path) if asked.what == PEER else ours(asked.path, OURS[asked.what])))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "week.cwa"
        week(path, asked.days)
        size = path.stat().st_size / 1e6
        found = {what: timed(sys.executable, path, what) for what in OURS}
        if asked.skdh:
            found[PEER] = timed(asked.skdh, path, PEER)
    one = found["ours"]["cpu"]
    lines = [f"{asked.days} days at {RATE} Hz, {size:.0f} MB, one run", ""]
    lines += [f"{'':32s}{'CPU s':>8s}{'ratio':>8s}{'peak MB':>9s}{'epochs':>9s}{'ENMO mg':>9s}{'angle':>8s}"]
    for what, run in found.items():
        numbers = f"{run['cpu']:8.2f}{run['cpu'] / one:8.1f}{run['peak']:9.0f}{run['epochs']:9,d}"
        lines.append(f"{what:32s}{numbers}{run['enmo']:9.3f}{run['angle']:8.3f}")
    text = "\n".join(lines) + "\n"
    print(text)
    if asked.store:
        STORED.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
