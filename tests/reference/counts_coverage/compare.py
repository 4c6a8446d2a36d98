"""The stored study of type I error of the models of counts: the defaults beside the nominal level.

`python benchmarks/counts_coverage.py` adds trials, with `--table` it writes `table.csv`. The difference that is allowed
is the band that holds 99.9 % of the shares of an exact method with as many trials.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from tests.reference.validation import Comparison

TABLE = Path(__file__).with_name("table.csv")
DEFAULTS = {
    "counts: NB2, adjusted dispersion, t (default)": ("one visit",),
    "mixed_counts: NB2, adjusted variances, t (default)": ("visits", "visits, zero inflation", "visits, dropout"),
    "gee: poisson, exchangeable, mancl-derouen, satterthwaite": (
        "visits",
        "visits, zero inflation",
        "visits, dropout",
    ),
}


def comparisons() -> Iterator[Comparison]:
    table = pd.read_csv(TABLE)
    for method, scenarios in DEFAULTS.items():
        for scenario in scenarios:
            rows = table[table["method"].eq(method) & table["scenario"].eq(scenario)]
            sizes = ", ".join(str(n) for n in sorted(rows["per_arm"].unique()))
            yield Comparison(
                f"type I error, {method.removesuffix(' (default)')}, {scenario}, {sizes} per arm",
                f"5 %, {int(rows['trials'].min())} to {int(rows['trials'].max())} invented trials each",
                rows["type_one_error"],
                [0.05] * len(rows),
                float((rows["band_high"] - 0.05).max()),
            )
