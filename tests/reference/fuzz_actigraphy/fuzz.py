"""Cut and flip files of every recorder: a typed error, or a table whose ledger balances, in bounded time and memory.

    python -m tests.reference.fuzz_actigraphy.fuzz [--runs 1500] [--seconds 200] [--only MAKER]

An outcome is `refused` (DataError or MethodError), `read` (a table with rows kept and rejected that add up), or a
fault: `untyped`, `slow` (more than 10 s), `crash` (the process died or wanted more than 3 GB). Results are stored in
result.json beside this file, by maker; a maker that is run again replaces its own.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import resource
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from spasticity import load
from spasticity.errors import SpasticityError
from spasticity.load.consumer_garmin import _checksum
from tests.load import epochfiles as files

RESULT = Path(__file__).parent / "result.json"
SLOW_S, MEMORY = 10, 3 * 2**30
FAULTS = ("untyped", "slow", "crash")
STEPS = "HKQuantityTypeIdentifierStepCount"
SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
DEEP = "HKCategoryValueSleepAnalysisAsleepDeep"


def targets() -> dict[str, tuple[str, bytes, dict[str, object]]]:
    """Name of the file, its bytes, and options, by maker."""
    minutes = [f"22:{n:02d}" for n in range(40)]
    actiware = [[n + 1, "30/03/2024", f"{clock}:00", 0, n, 0, "0.5", 1, "REST"] for n, clock in enumerate(minutes)]
    actical = [f"{n},1,{60 * (n + 1)},30-Mar-24,{clock},{n},0,0,1,0" for n, clock in enumerate(minutes)]
    gene = [f"2024-03-30 {clock}:00:000,0,0,1,5,0,24,30,0,0,0,9" for clock in minutes]
    stages = [(f"2024-03-30T{clock}:00", "light", 60) for clock in minutes]
    apple = [(SLEEP, "A", f"2024-03-30 {c}:00 +0000", f"2024-03-30 {c}:30 +0000", DEEP) for c in minutes]
    named = files.actilife([f"2024-03-30 {clock}:00,{n}" for n, clock in enumerate(minutes)], names="TimeStamp,axis1")
    withings = "start,duration,value\n" + "".join(f'2024-03-30T{c}:00+01:00,"[30,30]","[1,2]"\n' for c in minutes)
    text = {
        "actical": ("a.csv", files.actical(actical), {}),
        "actigraph text": ("a.csv", files.actilife(["1,2,3,4"] * 40), {}),
        "actigraph stamps": ("a.csv", named, {"duplicates": "first"}),
        "actiware": ("a.csv", files.actiware(actiware, epoch="60"), {}),
        "apple health": ("export.xml", files.apple(apple), {"quantity": "sleep"}),
        "awd": ("a.AWD", files.awd([f"{n} , 0,5" for n in range(40)]), {}),
        "axivity": ("a.csv", "Time,Mean SVM (g)\n" + "".join(f"2024-03-30 {c}:00.000,0.01\n" for c in minutes), {}),
        "fitbit sleep": ("a.json", files.fitbit_sleep(stages), {"duplicates": "first"}),
        "fitbit steps": ("a.json", files.fitbit_values([(f"03/30/24 {c}:00", "5") for c in minutes]), {}),
        "geneactiv": ("a.csv", files.geneactiv(gene), {}),
        "motionwatch": ("a.mtn", files.mtn(range(40), range(40)), {}),
        "nhanes": ("a.csv", "seqn,paxday,minute,counts\n" + "".join(f"1,1,{n},5\n" for n in range(40)), {}),
        "withings": ("a.csv", withings, {"quantity": "sleep-state", "duplicates": "first"}),
    }
    text["fitbit steps"][2].update(clock="utc", quantity="steps", duplicates="first")
    text["nhanes"][2].update(participant=None, first_day="2024-03-01", duplicates="first")
    binary = {
        "actigraph agd": ("a.agd", files.agd(range(40)), {}),
        "garmin": ("a.fit", files.fit([(1_080_511_200 + n, 60, 21) for n in range(40)]), {}),
        "health band": ("a.xlsx", files.band([(f"03-30-2024 {c}:00", 5, 0, 0) for c in minutes]), {}),
    }
    return {name: (file, content.encode(), options) for name, (file, content, options) in text.items()} | binary


def mutant(whole: bytes, rng: random.Random) -> bytes:
    """A cut, a flip, another byte, a hole or a piece that comes twice."""
    data, kind = bytearray(whole), rng.randrange(6)
    at, size = rng.randrange(len(data)), rng.choice((1, 2, 4, 16, 80, 400))
    if kind == 0:
        del data[at:]
    elif kind < 3:
        for _ in range(rng.choice((1, 1, 2, 8))):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif kind == 3:
        data[at] = rng.choice((0, 0x22, 0x2C, 0x39, 0x7F, 0xFF, rng.randrange(256)))
    elif kind == 4:
        del data[at : at + size]
    else:
        data[at:at] = data[at : at + size]
    return bytes(data)


def sealed(data: bytes) -> bytes:
    """A damaged .fit file whose size and checksum are right, so that what lies behind them is reached."""
    body = data[12:-2]
    whole = data[:4] + len(body).to_bytes(4, "little") + b".FIT" + body
    return whole + _checksum(whole).to_bytes(2, "little")


def outcome(folder: Path, file: str, content: bytes, options: dict[str, object]) -> str:
    """What became of a file."""
    path = folder / file
    path.write_bytes(content)
    begun = time.process_time()
    try:
        loaded = load.actigraphy(path, **{"zone": "Europe/London", "participant": "P1"} | options)
        said = "read" if len(loaded.table) + len(loaded.rejects) == loaded.source.rows_read else "untyped"
    except SpasticityError:
        said = "refused"
    except Exception:  # any other error is what is looked for
        traceback.print_exc()
        said = "untyped"
    return "slow" if time.process_time() - begun > SLOW_S else said


def tried(name: str, runs: int, until: float, results: multiprocessing.Queue) -> None:
    """Many mutants of one file, in a process of limited memory."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    file, whole, options = targets()[name]
    rng, found = random.Random(name), Counter()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(runs):
            if time.time() > until:
                break
            data = mutant(whole, rng) if number else whole
            data = sealed(data) if name == "garmin" and number % 4 and len(data) > 14 else data
            found[outcome(Path(folder), file, data, options)] += 1
    results.put(dict(found))


def main() -> None:
    """Run and store."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=1500)
    parser.add_argument("--seconds", type=float, default=200)
    parser.add_argument("--only")
    asked = parser.parse_args()
    stored = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    names = [name for name in targets() if asked.only in (None, name)]
    begun = time.time()
    for left, name in zip(range(len(names), 0, -1), names, strict=True):
        until = time.time() + (asked.seconds - (time.time() - begun)) / left
        queue: multiprocessing.Queue = multiprocessing.Queue()
        process = multiprocessing.Process(target=tried, args=(name, asked.runs, until, queue))
        process.start()
        process.join()
        found = queue.get(timeout=5) if process.exitcode == 0 else {"crash": 1}
        stored[name] = {"runs": sum(found.values()), "faults": sum(found.get(fault, 0) for fault in FAULTS)} | found
        print(name, stored[name], flush=True)  # noqa: T201  # a command talks
    RESULT.write_text(json.dumps(dict(sorted(stored.items())), indent=1) + "\n")


if __name__ == "__main__":
    main()
