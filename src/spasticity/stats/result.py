"""What every statistic returns: an estimate frame, the method in words, and how many people it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from spasticity.errors import MethodError, listed
from spasticity.tables import ESTIMATES
from spasticity.wording import interval, level, number, p_value, plural

#: Columns every estimate frame has, in this order; grouping columns stand between `term` and `estimate`.
ESTIMATE_COLUMNS = ESTIMATES.names

#: Rows that a printed result shows.
SHOWN = 40


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class Result:
    """Estimates of one method. Numbers are at full precision; only what is printed is rounded.

    Parameters
    ----------
    frame : DataFrame
        `term`, grouping columns such as `outcome`, `visit`, `arm`, then `estimate, std_error, df, statistic,
        p_value, conf_low, conf_high, n`; further columns after them.
    method : str
        The method in words, ready for a caption.
    n : int
        Participants.
    level : float
        Confidence level of the intervals.
    notes : tuple of str
        What a reader must know: rows left out and why, approximations.
    """

    frame: pd.DataFrame
    method: str
    n: int
    level: float = 0.95
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        missing = [name for name in ESTIMATE_COLUMNS if name not in self.frame]
        if missing:
            raise MethodError(f"{type(self).__name__}: the estimate frame lacks {listed(missing, 'and')}.")
        if not 0 < self.level < 1:
            raise MethodError(f"level={self.level!r} is not a confidence level: expected a number between 0 and 1.")

    @property
    def groups(self) -> list[str]:
        """Grouping columns: those that stand between the term and the estimate."""
        columns = list(self.frame.columns)
        return columns[columns.index("term") + 1 : columns.index("estimate")]

    def row(self, term: str | None = None, **where: Any) -> pd.Series:
        """The one row that fits.

        Parameters
        ----------
        term : str, optional
            Value of the `term` column.
        **where : object
            Values of grouping columns.

        Returns
        -------
        Series

        Raises
        ------
        MethodError
            When no row or more than one fits; names the terms there are.
        """
        wanted = where if term is None else {"term": term, **where}
        keep = pd.Series(True, index=self.frame.index)
        for name, value in wanted.items():
            if name not in self.frame:
                raise MethodError(f"{self.method}: there is no column `{name}`; there are {listed(self.frame, 'and')}.")
            keep &= self.frame[name].eq(value).fillna(False).astype(bool)
        if keep.sum() != 1:
            terms = listed(dict.fromkeys(self.frame["term"].astype(str)), "and")
            raise MethodError(
                f"{self.method}: {plural(int(keep.sum()), 'row')} fit {wanted}, expected one; the terms are {terms}."
            )
        return self.frame.loc[keep].iloc[0]

    def sentence(self, term: str | None = None, digits: int = 2, **where: Any) -> str:
        """One estimate in words, with its interval, p value and number of participants.

        Parameters
        ----------
        term : str, optional
            Value of the `term` column; may be left out when the grouping columns name the row.
        digits : int
            Decimals.
        **where : object
            Values of grouping columns.

        Returns
        -------
        str
        """
        row = self.row(term, **where)
        values = dict.fromkeys(str(row[name]) for name in self.groups if pd.notna(row[name]))
        named = [value for value in values if value not in str(row["term"])]  # a contrast already names its arm
        subject = f"{row['term']} ({', '.join(named)})" if named else str(row["term"])
        known = pd.notna(row[["conf_low", "conf_high"]]).any()
        within = [f"{level(self.level)} CI {interval(row['conf_low'], row['conf_high'], digits)}"] if known else []
        if pd.notna(row["p_value"]):
            within.append(p_value(row["p_value"]))
        within.append(f"n = {row['n']}")
        return f"{subject}: {number(row['estimate'], digits)} ({'; '.join(within)})."

    def table(self, digits: int = 2, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The estimates as text, rounded for reading.

        Parameters
        ----------
        digits : int
            Decimals of estimates and limits.
        columns : sequence of str, optional
            Columns to keep, by their printed name.

        Returns
        -------
        DataFrame
            Of text: grouping columns, `Estimate`, the interval, `p` where there is one, `n`.
        """
        shown: dict[str, Any] = {}
        for name in ["term", *self.groups]:
            shown[name.capitalize()] = self.frame[name].astype(str)
        shown["Estimate"] = self.frame["estimate"].map(lambda value: number(value, digits))
        shown[f"{level(self.level)} CI"] = [
            interval(low, high, digits)
            for low, high in zip(self.frame["conf_low"], self.frame["conf_high"], strict=True)
        ]
        if self.frame["p_value"].notna().any():
            shown["p"] = self.frame["p_value"].map(lambda p: p_value(p).removeprefix("p ").removeprefix("= "))
        shown["n"] = self.frame["n"].astype(str)
        frame = pd.DataFrame(shown)
        return frame if columns is None else frame[list(columns)]

    def summary(self, digits: int = 2) -> str:
        """The method and its estimates as text.

        Parameters
        ----------
        digits : int
            Decimals.

        Returns
        -------
        str
        """
        people = [plural(self.n, "participant")] if self.n else []  # a published rate has none on record
        lines = [self.method, *people, "", self.table(digits).head(SHOWN).to_string(index=False), *self._rest()]
        return "\n".join([*lines, *(f"Note: {note}" for note in self.notes)])

    def _rest(self) -> list[str]:
        """What is said about rows that are not shown."""
        rest = len(self.frame) - SHOWN
        return [f"... and {plural(rest, 'more row', 'more rows')} in `.frame` and `.table()`"] if rest > 0 else []

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        notes = "".join(f"<br><small>{escape(note)}</small>" for note in self.notes)
        body = self.table().head(SHOWN).to_html(index=False, border=0) + "".join(map(escape, self._rest()))
        people = f", {plural(self.n, 'participant')}" if self.n else ""
        return f"<p><b>{escape(self.method)}</b>{people}{notes}</p>{body}"


def estimate_frame(rows: pd.DataFrame, groups: Sequence[str] = ()) -> pd.DataFrame:
    """Rows as an estimate frame: columns in the order of the contract, absent ones missing.

    Parameters
    ----------
    rows : DataFrame
        Has `term`, the grouping columns and at least `estimate`.
    groups : sequence of str
        Grouping columns, in order.

    Returns
    -------
    DataFrame
        `term`, groups, the estimate columns, then whatever else `rows` holds; numbers as float64, `n` as Int64.
    """
    rows = rows.reset_index(drop=True)
    columns: dict[str, Any] = {name: rows[name] for name in ("term", *groups)}
    for name in ESTIMATE_COLUMNS:
        if name not in ("term", "n"):
            columns[name] = rows[name].astype("float64") if name in rows else np.full(len(rows), np.nan)
    columns["n"] = rows["n"].astype("Int64") if "n" in rows else pd.array([pd.NA] * len(rows), dtype="Int64")
    return pd.DataFrame(columns | {name: rows[name] for name in rows if name not in columns}, index=rows.index)
