"""Every statistic against its stored reference: the tests ask it, and it writes docs/validation.md.

    python -m tests.reference.validation

A reference is a folder here with its inputs, its outputs, the script that made them, and a `compare.py` whose
`comparisons()` yields one `Comparison` per statistic.
"""

from __future__ import annotations

import importlib
import math
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
FOLDERS = sorted(path.parent.name for path in HERE.glob("*/compare.py"))
PAGE = HERE.parents[1] / "docs" / "validation.md"
INTRODUCTION = """# Validation

Each statistic beside the program or the table it was checked against, with the largest difference found (relative for
numbers above 1, absolute below), rounded up to one digit, and the difference above which the tests fail. Inputs,
outputs and the scripts that made them are in `tests/reference/`. This page is written by
`python -m tests.reference.validation`; do not edit it.

"""


STUDIES = """
## Type I error and coverage in small trials

How often a method is wrong at 5 % in invented trials of 12 to 80 people per arm: the truth is outside its 95 %
interval, or a true hypothesis is rejected. Coverage is the rest. Above each table stand how many trials there were,
the Monte-Carlo error of a share of 0.05 and the band that holds 99.9 % of the shares of an exact method; where methods
of one table had fewer trials, their own bands count. Outside its band: **bold**, wrong too often; *italic*, too rarely
(to the safe side, as exact methods of small numbers must be). Trials in which a method gives no answer (a group with
one grade only, an interval that cannot be) are left out; an asterisk marks shares of fewer than 90 % of the trials.
Written from the stored studies by the same command; `benchmarks/` has the commands that made them.

"""

Z_999 = 3.2905  # normal quantile of a two-sided 99.9 % band
METHODS = PAGE.parent / "methods"
#: A block of a methods page that is written from a stored study: all of it, or methods that begin with a word named.
BLOCK = re.compile(r"<!-- study: (\w+)(?:, ([^>]+?))? -->\n.*?<!-- end of study -->", re.DOTALL)


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
    return INTRODUCTION + "\n".join([*head, *rows]) + "\n" + studies()


def studies() -> str:
    """The stored studies of type I error as Markdown, one table for each scenario."""
    parts = []
    for path in sorted(HERE.glob("*_coverage/table.csv")):
        table = pd.read_csv(path)
        truth = _truth(table)
        if truth is None:
            continue
        for (scenario, value), rows in table.groupby(["scenario", truth], sort=False):
            name = path.parent.name.removesuffix("_coverage")
            parts.append(f"**{name}, {scenario}; {truth} {value:g}** ({_trials(rows)})\n\n{_study(rows)}\n")
    return STUDIES + "\n".join(parts) if parts else ""


def _truth(table: pd.DataFrame) -> str | None:
    """The column of the true effect of a study like these."""
    if not {"scenario", "per_arm", "method", "inside"} <= set(table):
        return None
    return next((name for name in ("effect", "ratio") if name in table), None)


def _trials(rows: pd.DataFrame) -> str:
    low, high = rows["trials"].min(), rows["trials"].max()
    many = f"{low:,} trials each" if low == high else f"{low:,} to {high:,} trials each"
    error = math.sqrt(0.05 * 0.95 / high)
    band = f"{0.05 - Z_999 * error:.3f} to {0.05 + Z_999 * error:.3f}"
    return f"{many}; with {high:,} the error is {error:.4f}, the band {band}"


def _study(rows: pd.DataFrame) -> str:
    sizes, of = sorted(rows["per_arm"].unique()), rows["counted"].iloc[0] if "counted" in rows else "per arm"
    lines = [f"|method|{'|'.join(f'{size} {of}' for size in sizes)}|", "|---|" + "---|" * len(sizes)]
    for method, part in rows.groupby("method", sort=False):
        cells = part.set_index("per_arm").reindex(sizes)
        lines.append(f"|{method}|{'|'.join(_share(cell) for _, cell in cells.iterrows())}|")
    return "\n".join(lines) + "\n"


def _share(cell: pd.Series) -> str:
    if pd.isna(cell["type_one_error"]):
        return ""
    few = "\\*" if cell["failed"] > 0.1 * cell["trials"] else ""
    return f"{_marked(cell, f'{cell.type_one_error:.3f}')}{few}"


def _marked(cell: pd.Series, share: str) -> str:
    if str(cell["inside"]) == "True":
        return share
    return f"**{share}**" if cell["type_one_error"] > 0.05 else f"*{share}*"


def block(name: str, begins: str | None) -> str:
    """Trials without an effect of a stored study: a row for each method, a column for each scenario."""
    table = pd.read_csv(HERE / f"{name}_coverage" / "table.csv")
    truth = _truth(table)
    table = table[table[truth].eq(1.0 if truth == "ratio" else 0.0) | table["scenario"].str.contains("effect|together")]
    if begins:
        table = table[table["method"].str.startswith(tuple(begins.split()))]
    # Scenarios of the same methods stand beside each other.
    first = table.groupby("scenario", sort=False)["method"].transform("first") + table["counted"]
    groups = [rows for _, rows in table.groupby(first, sort=False)]
    low, high = table["trials"].min(), table["trials"].max()
    many = f"{low:,} trials each" if low == high else f"{low:,} to {high:,} trials each (with {high:,}:"
    error = math.sqrt(0.05 * 0.95 / high)
    band = f"{100 * (0.05 - Z_999 * error):.1f} to {100 * (0.05 + Z_999 * error):.1f}"
    words = (
        f"In per cent, how often wrong at 5 %: {many}{' (' if low == high else ' '}"
        f"Monte-Carlo error {100 * error:.2f}, band {band}). **Bold**: too often; *italic*: too rarely."
    )
    return words + "\n\n" + "\n\n".join(_beside(rows) for rows in groups)


def _beside(rows: pd.DataFrame) -> str:
    """One table; the shares at all sizes in one cell."""
    sizes, scenarios = sorted(rows["per_arm"].unique()), list(dict.fromkeys(rows["scenario"]))
    head = f"{' · '.join(map(str, sizes))} {rows['counted'].iloc[0]}"
    lines = [f"| {head} | {' | '.join(scenarios)} |", "|---|" + "---|" * len(scenarios)]
    for method, part in rows.groupby("method", sort=False):
        cells = {(row["scenario"], row["per_arm"]): row for _, row in part.iterrows()}
        columns = [[cells[one, n] for n in sizes if (one, n) in cells] for one in scenarios]
        shares = [" · ".join(_marked(cell, f"{100 * cell['type_one_error']:.1f}") for cell in one) for one in columns]
        lines.append(f"| {method} | {' | '.join(shares)} |")
    return "\n".join(lines)


def with_blocks(text: str) -> str:
    """A methods page with its blocks written again."""

    def written(found: re.Match[str]) -> str:
        begin = found.group(0).split("\n", 1)[0]
        return f"{begin}\n{block(found.group(1), found.group(2))}\n<!-- end of study -->"

    return BLOCK.sub(written, text)


def _ceiling(value: float) -> str:
    """One digit, rounded up; below 1e-14 it is the rounding of the machine."""
    if value <= 1e-14:
        return "1e-14"
    power = math.floor(math.log10(value))
    return f"{math.ceil(round(value / 10.0**power, 6)):d}e{power:d}"


if __name__ == "__main__":
    PAGE.write_text(page(comparisons()), encoding="utf-8", newline="\n")
    for path in sorted(METHODS.glob("*.md")):
        path.write_text(with_blocks(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
