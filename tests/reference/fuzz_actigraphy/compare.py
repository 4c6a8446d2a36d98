"""Faults among the stored mutants of files of recorders, of which there must be none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from tests.reference.validation import Comparison

RESULT = Path(__file__).parent / "result.json"


def comparisons() -> Iterator[Comparison]:
    """Mutants that gave an untyped error, a ledger that does not balance, a crash or no end, all makers together."""
    found = json.loads(RESULT.read_text(encoding="utf-8"))
    runs, faults = (sum(one[what] for one in found.values()) for what in ("runs", "faults"))
    what = f"Files of {len(found)} recorders cut and damaged, {runs:,} mutants: untyped, slow or crash"
    yield Comparison(what, "stored run", faults, 0, 0)
