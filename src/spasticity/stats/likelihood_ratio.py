"""Likelihood-ratio tests as a result: chi-squared, degrees of freedom and p of each term."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from scipy import stats

from spasticity.stats.result import Result, estimate_frame
from spasticity.wording import number, p_value


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class LikelihoodRatioTests(Result):
    """Tests of terms: `statistic` is twice the difference of log-likelihoods, `df` the difference of parameters."""

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
        return f"{row['term']}: \N{GREEK SMALL LETTER CHI}²({row['df']:g}) = {statistic} ({p_value(row['p_value'])})."


def ratio_frame(found: dict[str, tuple[float, float]], n: int) -> pd.DataFrame:
    """Tests as an estimate frame.

    Parameters
    ----------
    found : dict
        For each term twice the difference of log-likelihoods, and the difference of parameters.
    n : int
        Participants.

    Returns
    -------
    DataFrame
    """
    rows = [
        {"term": term, "estimate": float("nan"), "df": float(df), "statistic": max(value, 0.0), "n": n}
        | {"p_value": float(stats.chi2.sf(max(value, 0.0), df))}
        for term, (value, df) in found.items()
    ]
    frame = pd.DataFrame(rows, columns=["term", "estimate", "df", "statistic", "n", "p_value"])
    lost = frame["statistic"].isna() | frame["p_value"].isna()
    frame.loc[lost, ["statistic", "p_value"]] = float("nan")
    return estimate_frame(frame)
