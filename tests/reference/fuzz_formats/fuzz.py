"""Cut and flip files of every binary format: a typed error or the right number of rows, in bounded time and memory.

    python -m tests.reference.fuzz_formats.fuzz [--flips 20000] [--seconds 150] [--only NAME]

Every file is cut at every byte; then bits are flipped, bytes are replaced, and pieces are taken out or come twice.
An outcome is one of

* `refused`: a DataError or MethodError;
* `same`: the grid of the whole file;
* `other cells`: as many rows under the same names, another cell: where a format has no checksums nothing says so;
* `noted`: fewer rows, and the ledger says that the length cannot be verified;
* `other names`: as many rows, but a column has another name, which no table then finds;
* `wrong rows`: another number of rows, and not a word (the fault this is about);
* `untyped`: another exception; `slow`: more than 10 seconds; `crash`: the process died or wanted more than 3 GB.

The last four are faults; `other names` is counted apart. The result is stored in result.json beside this file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import random
import resource
import time
import warnings
from collections import Counter
from pathlib import Path

from spasticity.errors import SpasticityError
from spasticity.load.grid import Grid
from spasticity.load.opening import Content
from tests.reference.fuzz_formats.targets import TARGETS

RESULT = Path(__file__).parent / "result.json"
SLOW_S, MEMORY = 10, 3 * 2**30
FAULTS = ("wrong rows", "untyped", "slow", "crash")


def mutants(whole: bytes, flips: int, seed: int):
    """Pairs of kind and bytes: every cut, then random damage."""
    for end in range(len(whole)):
        yield "cut", whole[:end]
    rng = random.Random(seed)
    for number in range(flips):
        data = bytearray(whole)
        kind = ("flip", "flip", "byte", "hole", "twice")[number % 5]
        at = rng.randrange(len(data))
        size = rng.choice((1, 2, 4, 8, 16, 80, 160))
        if kind == "flip":
            for _ in range(rng.choice((1, 1, 2, 8))):
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        elif kind == "byte":
            data[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        elif kind == "hole":
            del data[at : at + size]
        else:
            data[at:at] = data[at : at + size]
        yield kind, bytes(data)


def signature(grid: Grid) -> tuple[int, tuple[str, ...], str]:
    """Rows, names, and a digest of the cells."""
    cells = "\x1e".join("\x1f".join(column) for column in grid.columns.values())
    return len(grid), tuple(grid.columns), hashlib.sha256(cells.encode("utf-8", "surrogatepass")).hexdigest()


def outcome(read, data: bytes, right) -> str:
    started = time.monotonic()
    try:
        grid = read(Content("a.bin", data))
    except SpasticityError:
        word = "refused"
    except MemoryError:
        return "crash"
    except Exception as error:  # the outcome this looks for
        return f"untyped: {type(error).__name__}"
    else:
        word = _compared(grid, signature(grid), right)
    return "slow" if time.monotonic() - started > SLOW_S else word


def _compared(grid: Grid, found, right) -> str:
    if found == right:
        return "same"
    if found[0] != right[0]:
        return "noted" if any("cannot be verified" in note for note in grid.notes) else "wrong rows"
    return "other cells" if found[1] == right[1] else "other names"


def _work(name: str, flips: int, seed: int, seconds: float, start: int, pipe) -> None:
    """All mutants of one target, in a process of its own with a limit on its memory."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    write, read, _ = TARGETS[name]
    whole = write()
    right = signature(read(Content("a.bin", whole)))
    started = time.monotonic()
    for number, (kind, data) in enumerate(mutants(whole, flips, seed)):
        if number < start:
            continue
        pipe.send((number, kind, ""))
        pipe.send((number, kind, outcome(read, data, right)))
        if time.monotonic() - started > seconds:
            break


def run(name: str, flips: int, seed: int, seconds: float) -> dict[str, object]:
    """The outcomes of one target; a process that dies is begun again after the mutant it died of."""
    counts: Counter[str] = Counter()
    faults: dict[str, list[int]] = {}
    start, until = 0, time.monotonic() + seconds
    while start is not None and time.monotonic() < until:
        last, begin, start = (-1, "", ""), start, None
        for number, kind, word in _messages(name, flips, seed, until - time.monotonic(), begin):
            last = (number, kind, word)
            if word:
                counts[f"{kind}: {word}"] += 1
                if any(fault in word for fault in FAULTS):
                    faults.setdefault(f"{kind}: {word}", []).append(number)
        if last[0] >= 0 and not last[2]:
            counts[f"{last[1]}: crash"] += 1
            faults.setdefault(f"{last[1]}: crash", []).append(last[0])
            start = last[0] + 1
    runs = sum(counts.values())
    found = {"runs": runs, "outcomes": dict(sorted(counts.items())), "faults": sum(map(len, faults.values()))}
    return found | ({"mutants": {word: places[:20] for word, places in faults.items()}} if faults else {})


def _messages(name: str, flips: int, seed: int, seconds: float, start: int):
    ours, theirs = multiprocessing.Pipe(duplex=False)
    arguments = (name, flips, seed, seconds, start, theirs)
    process = multiprocessing.get_context("spawn").Process(target=_work, args=arguments)
    process.start()
    theirs.close()
    try:
        while True:
            yield ours.recv()
    except EOFError:
        process.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flips", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=TARGETS)
    options = parser.parse_args()
    stored = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    for name in [options.only] if options.only else TARGETS:
        stored[name] = run(name, options.flips, options.seed, options.seconds)
        print(name, json.dumps(stored[name]))  # noqa: T201  # a command talks
        RESULT.write_text(json.dumps({n: stored[n] for n in TARGETS if n in stored}, indent=1) + "\n")


if __name__ == "__main__":
    main()
