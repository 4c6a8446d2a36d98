"""Every statistic against its stored reference: the tests ask it, and it writes docs/validation.md.

    python -m tests.reference.validation

A reference is a folder here with its inputs, its outputs, the script that made them, and a `compare.py` whose
`comparisons()` yields one `Comparison` per statistic.
"""

from __future__ import annotations

import importlib
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
FOLDERS = sorted(path.parent.name for path in HERE.glob("*/compare.py"))
PAGE = HERE.parents[1] / "docs" / "validation.md"
INTRODUCTION = """# Validation

Each statistic beside the program or the table it was checked against, with the largest difference found (relative for
numbers above 1, absolute below), rounded up to one digit, and the difference above which the tests fail. Inputs,
outputs and the scripts that made them are in `tests/reference/`. This page is written by
`python -m tests.reference.validation`; do not edit it.

"""


@dataclass(frozen=True)
class Comparison:
    """Numbers of this package beside those of a reference."""

    statistic: str
    reference: str
    ours: object
    theirs: object
    tolerance: float

    @property
    def largest(self) -> float:
        """Largest difference, relative to numbers above 1; missing and infinite ones must be so in both."""
        ours, theirs = (np.asarray(side, dtype=float).ravel() for side in (self.ours, self.theirs))
        if ours.shape != theirs.shape or not np.array_equal(np.isfinite(ours), np.isfinite(theirs)):
            return math.inf
        wild = ~np.isfinite(ours)
        if not np.array_equal(ours[wild], theirs[wild], equal_nan=True):
            return math.inf
        off = np.abs(ours[~wild] - theirs[~wild]) / np.maximum(np.abs(theirs[~wild]), 1)
        return float(off.max()) if len(off) else math.inf

    @property
    def holds(self) -> bool:
        """Whether the difference is within the tolerance."""
        return self.largest <= self.tolerance


@cache
def of_folder(name: str) -> tuple[Comparison, ...]:
    """The comparisons of one reference folder."""
    return tuple(importlib.import_module(f"tests.reference.{name}.compare").comparisons())


def comparisons() -> list[Comparison]:
    """All comparisons, in order of folder."""
    return [found for name in FOLDERS for found in of_folder(name)]


def page(found: list[Comparison]) -> str:
    """The table as Markdown."""
    rows = [f"| {c.statistic} | {c.reference} | {_ceiling(c.largest)} | {_ceiling(c.tolerance)} |" for c in found]
    head = ["| statistic | reference | largest difference | limit |", "|---|---|---|---|"]
    return INTRODUCTION + "\n".join([*head, *rows]) + "\n"


def _ceiling(value: float) -> str:
    """One digit, rounded up; below 1e-14 it is the rounding of the machine."""
    if value <= 1e-14:
        return "1e-14"
    power = math.floor(math.log10(value))
    return f"{math.ceil(round(value / 10.0**power, 6)):d}e{power:d}"


if __name__ == "__main__":
    PAGE.write_text(page(comparisons()), encoding="utf-8", newline="\n")
