"""Studies of type I error and coverage: invented trials that are tallied in chunks, so that a study may stop and go on.

A study is a file `<topic>_coverage.py` here with one command:

    python -m benchmarks.<topic>_coverage --seconds 200     # adds trials for so long; run it again to go on
    python -m benchmarks.<topic>_coverage --table           # writes tests/reference/<topic>_coverage/table.csv

How often is the truth outside a 95 % interval, or a true hypothesis rejected at 5 %? Trials are numbered, and a number
is a seed. `docs/validation.md` shows every table with its Monte-Carlo error and its band.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from spasticity.errors import MethodError
from spasticity.files import csv_bytes, write

REFERENCE = Path(__file__).parents[1] / "tests" / "reference"
PEOPLE = (12, 20, 40, 80)
Z = 1.959963984540054
Z_999 = 3.2905  # normal quantile of a two-sided 99.9 % band
Cell = tuple[int, str, float]  # size, scenario, truth
Decisions = Iterator[tuple[str, Callable[[], Any]]]


@dataclass(frozen=True, slots=True)
class Study:
    """Scenarios, and how a chunk of their trials is made.

    Parameters
    ----------
    name : str
        Of the folder `tests/reference/<name>_coverage`.
    cells : mapping of (size, scenario, truth) to int
        How many chunks are wanted of each cell.
    tallied : callable
        Of size, scenario, truth and number of the chunk: a row for each method with `method, trials, wrong, failed`.
    truth : str
        Column of the true effect.
    counted : mapping
        What a size counts in a scenario, where it is not people per arm.
    """

    name: str
    cells: Mapping[Cell, int]
    tallied: Callable[[int, str, float, int], list[dict[str, Any]]]
    truth: str = "effect"
    counted: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return REFERENCE / f"{self.name}_coverage"

    @property
    def tally(self) -> Path:
        return self.folder / "tally.csv"

    def work(self, seconds: float) -> None:
        """Add chunks, those of every scenario in turn, until the time is over."""
        end = time.monotonic() + seconds
        keys = ["per_arm", "scenario", self.truth, "chunk"]
        known = pd.read_csv(self.tally) if self.tally.exists() else pd.DataFrame(columns=keys)
        done = set(known[keys].itertuples(index=False, name=None))
        for chunk in range(max(self.cells.values())):
            for cell, chunks in self.cells.items():
                if chunk >= chunks or (*cell, chunk) in done:
                    continue
                here = dict(zip(keys, (*cell, chunk), strict=True))
                rows = pd.DataFrame([here | row for row in self.tallied(*cell, chunk)])
                order = list(known.columns) if len(known) else list(rows.columns)
                rows[order].to_csv(self.tally, mode="a", header=not self.tally.exists(), index=False)
                if time.monotonic() > end:
                    return
        print("nothing is left to do")

    def table(self) -> pd.DataFrame:
        """Shares of wrong decisions with their Monte-Carlo errors and bands."""
        keys = ["scenario", self.truth, "per_arm", "method"]
        # Two runs at a time may add the same chunk; it is the same, and counts once.
        tally = pd.read_csv(self.tally).drop_duplicates([*keys, "chunk"])
        columns = [name for name in ("trials", "wrong", "failed", "bias_sum", "square_sum") if name in tally]
        sums = tally.groupby(keys, sort=False)[columns].sum().reset_index()
        place = {cell: rank for rank, cell in enumerate(self.cells)}
        cells = sums[["per_arm", "scenario", self.truth]].itertuples(index=False, name=None)
        sums = sums.assign(rank=[place.get(cell, len(place)) for cell in cells])
        sums = sums.sort_values("rank", kind="stable").reset_index(drop=True)
        used = sums["trials"] - sums["failed"]
        share = sums["wrong"] / used
        half = Z_999 * np.sqrt(0.05 * 0.95 / used)
        found = sums[keys].assign(
            counted=[self.counted.get(scenario, "per arm") for scenario in sums["scenario"]],
            trials=sums["trials"].astype(int),
            failed=sums["failed"].astype(int),
            type_one_error=share,
            coverage=1 - share,
            error=np.sqrt(share * (1 - share) / used),
        )
        if "bias_sum" in sums:
            bias = sums["bias_sum"] / used
            spread = np.sqrt((sums["square_sum"] / used - bias**2) / used)
            found = found.assign(bias=bias, bias_error=spread)
        return found.assign(band_low=0.05 - half, band_high=0.05 + half, inside=(share - 0.05).abs() <= half)

    def main(self, words: str | None) -> None:
        """The command of the study."""
        parser = argparse.ArgumentParser(description=words, formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument("--seconds", type=float, default=200)
        parser.add_argument("--table", action="store_true")
        given = parser.parse_args()
        self.folder.mkdir(parents=True, exist_ok=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if not given.table:
                self.work(given.seconds)
        found = self.table()
        if given.table:
            write(self.folder / "table.csv", csv_bytes(found.round(5)), overwrite=True)
        wide = found.pivot_table(
            index=["scenario", self.truth, "method"], columns="per_arm", values="type_one_error", sort=False
        )
        print(wide.round(3).to_string())


def decided(trials: Iterable[Decisions]) -> list[dict[str, Any]]:
    """Wrong decisions of each method in some trials; one that gives no answer has failed.

    Parameters
    ----------
    trials : iterable
        Of each trial the methods' names and what decides: True is a wrong decision.

    Returns
    -------
    list of dict
    """
    counts: dict[str, list[int]] = {}
    for decisions in trials:
        for method, decide in decisions:
            one = counts.setdefault(method, [0, 0, 0])
            one[0] += 1
            try:
                one[1] += bool(decide())
            except (MethodError, np.linalg.LinAlgError):
                one[2] += 1
    return [
        {"method": method} | dict(zip(("trials", "wrong", "failed"), one, strict=True))
        for method, one in counts.items()
    ]


def numbered(
    scenarios: Mapping[str, Callable[[int, float, np.random.Generator], Decisions]], trials: Mapping[str, int] | int
) -> Callable[[int, str, float, int], list[dict[str, Any]]]:
    """What tallies a chunk of scenarios that are functions of size, truth and generator.

    Parameters
    ----------
    scenarios : mapping
    trials : mapping or int
        In a chunk, of each scenario.

    Returns
    -------
    callable
    """
    places = {name: place for place, name in enumerate(scenarios)}

    def tallied(size: int, scenario: str, truth: float, chunk: int) -> list[dict[str, Any]]:
        many = trials if isinstance(trials, int) else trials[scenario]
        seeds = ([size, places[scenario], round(100 * abs(truth)), chunk * many + number] for number in range(many))
        return decided(scenarios[scenario](size, truth, np.random.default_rng(seed)) for seed in seeds)

    return tallied


def outside(truth: float, low: float, high: float) -> bool:
    """Whether an interval leaves the truth out; one that is missing is no interval."""
    if np.isnan(low) or np.isnan(high):
        raise MethodError("no interval")
    return not low <= truth <= high


def rejected(p_value: float) -> bool:
    """Whether a test rejects at 5 %; p that is missing is no answer."""
    if np.isnan(p_value):
        raise MethodError("no p value")
    return bool(p_value <= 0.05)
