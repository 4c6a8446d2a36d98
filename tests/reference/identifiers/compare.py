"""Identifiers planted in 10,000 rows beside where they were planted."""

from __future__ import annotations

from collections.abc import Iterator

from tests.reference.identifiers.planted import ROWS, found
from tests.reference.validation import Comparison

WHERE = f"planted in {ROWS:,} rows"


def comparisons() -> Iterator[Comparison]:
    """Share found of every kind, and false alarms in the other rows."""
    for _, row in found().iterrows():
        if row["kind"]:
            what = f"identifiers, {row['kind']}: share found of {row['rows']}"
            yield Comparison(what, WHERE, row["hit"] / row["rows"], 1, 0)
        else:
            yield Comparison(f"identifiers: false alarms in {row['rows']:,} clean rows", WHERE, row["alarm"], 0, 0)
