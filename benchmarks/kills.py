"""Kill the report at random moments, go on, and compare with a report that was left in peace.

    python benchmarks/kills.py --kills 200

Each trial starts the report in a process of its own, kills that twice at random moments (SIGKILL), then lets it end.
After each kill the folder must be absent or a whole report, and at the end have the bytes of an uninterrupted one, with
nothing beside it. Half of the trials replace an earlier report. POSIX only. The result is in benchmarks/kills.txt.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from spasticity import load, report, simulate, tables
from spasticity.files import digest

KEPT = ("participants", "visits", "diary", "tone")


def small_study(root: Path):
    """A study that is reported in about two seconds."""
    full = load.study(simulate.write(root / "study", simulate.SMALL_DESIGN))
    others = [schema for schema in tables.STUDY_TABLES if schema.name not in KEPT]
    return replace(full, **{schema.name: schema.empty() for schema in others})


def started(study, folder: Path) -> int:
    """The report in a process of its own."""
    child = os.fork()
    if child == 0:
        report.build(study, folder, formats=("svg",))
        os._exit(0)
    return child


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): digest(path.read_bytes()) for path in folder.rglob("*") if path.is_file()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    rng = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        study = small_study(root)
        begun = time.monotonic()
        whole = tree(report.build(study, root / "whole" / "report", formats=("svg",)))
        usual = time.monotonic() - begun
        counts = {
            "kills": 0,
            "ended before": 0,
            "found absent": 0,
            "found whole": 0,
            "torn": 0,
            "other bytes": 0,
            "left": 0,
        }
        trial = 0
        while counts["kills"] < asked.kills:
            trial += 1
            home = root / f"trial{trial}"
            folder = home / "report"
            if trial % 2 == 0:
                report.build(study, folder, formats=("svg",), style="single")
            for _ in range(2):
                child = started(study, folder)
                time.sleep(rng.uniform(0, 1.1 * usual))
                os.kill(child, signal.SIGKILL)
                _, status = os.waitpid(child, 0)
                counts["kills" if os.WIFSIGNALED(status) else "ended before"] += 1
                if not folder.exists():
                    counts["found absent"] += 1
                else:
                    counts["found whole" if report.verify(folder).empty else "torn"] += 1
            _, status = os.waitpid(started(study, folder), 0)
            counts["other bytes"] += status != 0 or tree(folder) != whole
            counts["left"] += [path.name for path in home.iterdir()] != ["report"]
    print(f"{trial} reports of {len(whole)} files, {usual:.1f} s each when left in peace, seed {asked.seed}")
    print("\n".join(f"{name:<13}{count:>5}" for name, count in counts.items()))
    if counts["torn"] or counts["other bytes"] or counts["left"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
