"""Faults among the stored mutants of binary files, of which there must be none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from tests.reference.validation import Comparison

RESULT = Path(__file__).parent / "result.json"


def comparisons() -> Iterator[Comparison]:
    """Mutants that gave another number of rows without a word, an untyped error, a crash or no end, by format."""
    for name, found in json.loads(RESULT.read_text(encoding="utf-8")).items():
        what = (
            f"{name} file cut at every byte and damaged, {found['runs']:,} mutants: wrong rows, untyped, slow or crash"
        )
        yield Comparison(what, "stored run", found["faults"], 0, 0)
