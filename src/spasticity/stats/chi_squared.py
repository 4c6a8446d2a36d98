"""Tests by chi-squared as a result: likelihood ratios, scores, log-rank and their kin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from spasticity.stats.result import Result
from spasticity.wording import number, p_value


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class ChiSquaredTests(Result):
    """Tests whose `statistic` is chi-squared with `df` degrees of freedom; there is no estimate."""

    def table(self, digits: int = 2, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The tests as text, rounded for reading.

        Parameters
        ----------
        digits : int
            Decimals of chi-squared.
        columns : sequence of str, optional
            Columns to keep, by their printed name.

        Returns
        -------
        DataFrame
            Of text: `Term`, `Chi-squared`, `df`, `p`, `n`.
        """
        frame = pd.DataFrame(
            {
                "Term": self.frame["term"].astype(str),
                "Chi-squared": self.frame["statistic"].map(lambda value: number(value, digits)),
                "df": self.frame["df"].map("{:g}".format),
                "p": self.frame["p_value"].map(lambda p: p_value(p).removeprefix("p ").removeprefix("= ")),
                "n": self.frame["n"].astype(str),
            }
        )
        return frame if columns is None else frame[list(columns)]

    def sentence(self, term: str | None = None, digits: int = 2, **where: Any) -> str:
        """One test in words.

        Parameters
        ----------
        term : str, optional
            Value of the `term` column.
        digits : int
            Decimals of chi-squared.
        **where : object
            Values of grouping columns.

        Returns
        -------
        str
        """
        row = self.row(term, **where)
        statistic = number(row["statistic"], digits)
        return f"{row['term']}: χ²({row['df']:g}) = {statistic} ({p_value(row['p_value'])})."
