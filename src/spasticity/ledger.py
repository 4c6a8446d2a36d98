"""What happened to every row on its way in, summed up over all sources of a study."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from spasticity.errors import DataError
from spasticity.wording import plural

COLUMNS = ["source", "table", "rows_read", "kept", "rejected", "cells_repaired"]
RULES = ["action", "source", "column", "rule", "n"]
ACTIONS = {"rejects": ("row rejected", "rule"), "repairs": ("cell repaired", "why")}


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Ledger:
    """Rows read, kept and rejected, and cells repaired, by source and by rule.

    Parameters
    ----------
    frame : DataFrame
        One row per source and table: `source, table, rows_read, kept, rejected, cells_repaired`.
    rules : DataFrame
        One row per action, source, column and rule: `action` (`row rejected` or `cell repaired`), `source`, `column`,
        `rule`, `n`. Without any value.
    touched : tuple of str
        Participants of whom a row was rejected or a cell repaired, in order.

    Raises
    ------
    DataError
        When rows read are not rows kept plus rows rejected: a defect of the program, never of the data.
    """

    frame: pd.DataFrame
    rules: pd.DataFrame
    touched: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        lost = self.frame["rows_read"] - self.frame["kept"] - self.frame["rejected"]
        if lost.any():
            raise DataError(
                f"ledger: {plural(int(lost.abs().sum()), 'row')} read and neither kept nor rejected. "
                "This is a defect of the program; please report it."
            )

    @property
    def read(self) -> int:
        """Rows of all sources."""
        return int(self.frame["rows_read"].sum())

    @property
    def kept(self) -> int:
        """Rows that are in the tables of the study."""
        return int(self.frame["kept"].sum())

    @property
    def rejected(self) -> int:
        """Rows that are not."""
        return int(self.frame["rejected"].sum())

    @property
    def repaired(self) -> int:
        """Cells that were changed in the open."""
        return int(self.frame["cells_repaired"].sum())

    @property
    def steps(self) -> pd.DataFrame:
        """What a flow diagram says before it says who came: rows read, rejected by rule, and kept, by table.

        Returns
        -------
        DataFrame
            `table, step, rows`; within a table the rows `rejected: ...` and `kept` add up to `read`.
        """
        rejected = self.rules[self.rules["action"] == ACTIONS["rejects"][0]]
        by_source = {str(name): rows for name, rows in rejected.groupby("source", sort=False)}
        rows = []
        for source, table, read, kept, _, _ in self.frame[COLUMNS].itertuples(index=False):
            here = [by_source[name] for name in _parts(source, by_source)]
            counts = pd.concat(here).groupby("rule", sort=False)["n"].sum().items() if here else ()
            rows += [(table, "read", read), *((table, f"rejected: {rule}", n) for rule, n in counts)]
            rows += [(table, "kept", kept)]
        return pd.DataFrame(rows, columns=["table", "step", "rows"])

    def summary(self) -> str:
        """The ledger as text.

        Returns
        -------
        str
        """
        parts = [repr(self), self.frame.to_string(index=False)]
        if len(self.rules):
            parts.append(self.rules.to_string(index=False))
        return "\n\n".join(parts)

    def __repr__(self) -> str:
        return (
            f"{plural(self.read, 'row')} read = {self.kept:,} kept + {self.rejected:,} rejected; "
            f"{plural(self.repaired, 'cell')} repaired; {plural(len(self.touched), 'participant')} touched"
        )

    def _repr_html_(self) -> str:
        rules = self.rules.to_html(index=False, border=0) if len(self.rules) else ""
        return f"<p><b>{self!r}</b></p>{self.frame.to_html(index=False, border=0)}{rules}"


def _parts(source: str, known: dict[str, pd.DataFrame]) -> list[str]:
    """The sources that one line of the ledger stands for: several when they were stacked."""
    return [name for name in dict.fromkeys((source, *source.split(" + "))) if name in known]


def rules_of(rejects: pd.DataFrame, repairs: pd.DataFrame) -> pd.DataFrame:
    """How often each rule was applied, without any value.

    Parameters
    ----------
    rejects : DataFrame
        `source, column, rule` of each rejected row.
    repairs : DataFrame
        `source, column, why` of each repaired cell.

    Returns
    -------
    DataFrame
        `action, source, column, rule, n`, in the order of first appearance.
    """
    parts = []
    for ledger, (action, rule) in zip((rejects, repairs), ACTIONS.values(), strict=True):
        if len(ledger):
            counts = ledger.groupby(["source", "column", rule], dropna=False, sort=False).size().rename("n")
            parts.append(counts.reset_index().rename(columns={rule: "rule"}).assign(action=action))
    return pd.concat(parts, ignore_index=True)[RULES] if parts else pd.DataFrame(columns=RULES)
