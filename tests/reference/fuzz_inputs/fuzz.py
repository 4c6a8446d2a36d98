"""Damage what people hand in, in chunks that can be resumed: a typed error or a balanced ledger, nothing else.

    python -m tests.reference.fuzz_inputs.fuzz [--target "CSV bytes"] [--chunks 40] [--seconds 200]

Each chunk of 5,000 executions has its own seed, so that it gives the same again; chunks that are in result.csv are
passed over. An execution is `read`, `refused` (a DataError or MethodError), `untyped` (any other exception) or `slow`
(more than two seconds); the last two are faults.
"""

from __future__ import annotations

import argparse
import io
import random
import time
import zipfile
from collections import Counter
from pathlib import Path

import pandas as pd

from spasticity.errors import SpasticityError
from tests.reference.fuzz_inputs.targets import CSV, DOSES, TARGETS, TOML, workbook

RESULT = Path(__file__).parent / "result.csv"
COLUMNS = ["target", "chunk", "executions", "read", "refused", "untyped", "slow", "slowest_s"]
CHUNK, SEED, SLOW_S = 5_000, 20261123, 2
TOKENS = {
    "CSV bytes": [
        b",",
        b'"',
        b'""',
        b"\n",
        b"\r\n",
        b"\r",
        b";",
        b"\t",
        b"\0",
        b"\xff",
        b"\xef\xbb\xbf",
        b"=1+1",
        b"1e400",
        b"NaN",
    ],
    "mapping TOML": [
        b"[",
        b"]",
        b"[[",
        b"{",
        b"}",
        b"=",
        b'"',
        b"'",
        b"\n",
        b"#",
        b".",
        b"table",
        b"melt",
        b"1979-01-01",
        b"true",
        b"9" * 40,
    ],
    "dose strings": [
        *(
            b"mg",
            b"mcg",
            "\u00b5g".encode(),
            b"/",
            b"-",
            b"+",
            b"bid",
            b"tds",
            b"x",
            b"0",
            b"9" * 30,
            b"e9",
            b",",
            b".",
            b"(",
            b")",
        ),
        *(b"per hour", b"prn", "\u00bd".encode(), "\u0663".encode(), b"to", b"every", b"tab"),
    ],
    "XLSX members": [
        b"<",
        b">",
        b"/>",
        b'"',
        b"<c ",
        b't="e"',
        b't="s"',
        b"<v>",
        b"</v>",
        b"9" * 12,
        b'r="ZZZ1"',
        b"\0",
        b"<!DOCTYPE a>",
        b"&a;",
    ],
}


def damaged(data: bytes, rng: random.Random, tokens: list[bytes]) -> bytes:
    """The data with one to five things done to them."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3, 5))):
        at, kind = rng.randrange(len(changed) + 1), rng.randrange(7)
        size = rng.choice((1, 2, 4, 8, 16, 64))
        if kind == 0 and changed:
            changed[at % len(changed)] ^= 1 << rng.randrange(8)
        elif kind == 1 and changed:
            changed[at % len(changed)] = rng.randrange(256)
        elif kind == 2:
            del changed[at : at + size]
        elif kind == 3:
            changed[at:at] = changed[at : at + size] * rng.choice((1, 2, 30))
        elif kind == 4:
            del changed[at:]
        else:
            changed[at:at] = rng.choice(tokens)
    return bytes(changed)


def made(target: str, rng: random.Random) -> bytes:
    """One input of a target."""
    if target != "XLSX members":
        seeds = {"CSV bytes": CSV, "mapping TOML": TOML, "dose strings": [dose.encode() for dose in DOSES]}[target]
        return damaged(rng.choice(seeds), rng, TOKENS[target])
    parts, held = dict(workbook()), io.BytesIO()
    name = rng.choice(list(parts))
    parts[name] = damaged(parts[name], rng, TOKENS[target])
    if rng.random() < 0.02:
        del parts[rng.choice(list(parts))]
    with zipfile.ZipFile(held, "w") as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    return damaged(held.getvalue(), rng, TOKENS[target]) if rng.random() < 0.1 else held.getvalue()


def chunk(target: str, number: int) -> dict[str, object]:
    """The outcome of one chunk."""
    rng, counts, slowest = random.Random(f"{SEED} {target} {number}"), Counter(), 0.0
    for place in range(CHUNK):
        data = made(target, rng)
        started = time.process_time()
        try:
            TARGETS[target](data, place)
            outcome = "read"
        except SpasticityError:
            outcome = "refused"
        except BaseException as error:  # also what a library in another language throws
            if isinstance(error, KeyboardInterrupt):
                raise
            outcome = "untyped"
            print(f"{target} {number}:{place} {type(error).__name__}: {error!s:.200} {data[:300]!r}")  # noqa: T201
        seconds = time.process_time() - started
        slowest = max(slowest, seconds)
        counts["slow" if outcome != "untyped" and seconds > SLOW_S else outcome] += 1
    found = {name: counts[name] for name in ("read", "refused", "untyped", "slow")}
    return {"target": target, "chunk": number, "executions": CHUNK, **found, "slowest_s": round(slowest, 3)}


def stored() -> pd.DataFrame:
    """What was done so far."""
    return pd.read_csv(RESULT) if RESULT.exists() else pd.DataFrame(columns=COLUMNS)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--target", choices=list(TARGETS), help="which to begin with; the others follow")
    asked.add_argument("--chunks", type=int, default=40)
    asked.add_argument("--seconds", type=float, default=200)
    options, started = asked.parse_args(), time.monotonic()
    for target in sorted(TARGETS, key=lambda target: target != options.target):
        for number in range(options.chunks):
            done = stored()
            if ((done["target"] == target) & (done["chunk"] == number)).any():
                continue
            if time.monotonic() - started > options.seconds:
                return
            row = pd.DataFrame([chunk(target, number)])
            done = stored()  # another process may have added its own meanwhile
            both = pd.concat([done, row]) if len(done) else row
            both.sort_values(["target", "chunk"])[COLUMNS].to_csv(RESULT, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
