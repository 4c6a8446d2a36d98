"""Faults among the stored mutants of files of recorders, of which there must be none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from tests.reference.validation import Comparison

RESULT = Path(__file__).parent / "result.json"


def comparisons() -> Iterator[Comparison]:
    """Mutants that gave an untyped error, a ledger that does not balance, a crash or no end, by maker."""
    for name, found in json.loads(RESULT.read_text(encoding="utf-8")).items():
        what = f"load.actigraphy, {name}: cut and damaged, {found['runs']:,} mutants: untyped, slow or crash"
        yield Comparison(what, "stored run", found["faults"], 0, 0)
