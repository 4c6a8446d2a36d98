"""Faults among the stored executions, of which there must be none."""

from __future__ import annotations

from collections.abc import Iterator

from tests.reference.fuzz_inputs.fuzz import stored
from tests.reference.validation import Comparison


def comparisons() -> Iterator[Comparison]:
    """Executions that ended in anything but a typed error or a balanced ledger, by target."""
    for target, rows in stored().groupby("target"):
        n = int(rows["executions"].sum())
        what = f"{target} damaged {n:,} times: neither a typed error nor a balanced ledger in two seconds"
        faults = rows["untyped"].sum() + rows["slow"].sum()
        yield Comparison(what, "stored run", faults, 0, 0)
