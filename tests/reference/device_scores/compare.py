"""Scores that must be those of the device: Actiware's own column and its own sums of minutes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.reference.validation import Comparison

RESULT = Path(__file__).parent / "result.json"


def comparisons() -> Iterator[Comparison]:
    """Epochs scored alike of all that Actiware scored; minutes awake and asleep of its intervals."""
    found = json.loads(RESULT.read_text(encoding="utf-8"))
    for name in ("actiware 30 s, medium", "actiware 15 s, medium"):
        alike, scored = found[name]
        what = (
            f"Oakley's score on {name.split(',')[0].removeprefix('actiware ')} epochs, medium: {scored:,} epochs alike"
        )
        yield Comparison(what, "Actiware's sleep/wake column", alike, scored, 0)
    minutes = np.array(found["actiware minutes"])
    what = f"Minutes awake and asleep of {len(minutes) // 2} rest and sleep intervals"
    yield Comparison(what, "Actiware's statistics", minutes[:, 1], minutes[:, 0], 0)
