"""Hypotheses about whole terms: the rows whose being zero means that a term has no effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spasticity.errors import MethodError, listed, one_of
from spasticity.stats.design import Design
from spasticity.stats.result import Result
from spasticity.wording import number, p_value

Kind = Literal["II", "III"]

#: Entries of orthonormal rows below this are zeros with rounding, which a large intercept would magnify.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class TermTests(Result):
    """F tests of terms: `statistic` is F, `df_numerator` and `df` its degrees of freedom; there is no estimate."""

    def table(self, digits: int = 2, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The tests as text, rounded for reading.

        Parameters
        ----------
        digits : int
            Decimals of F.
        columns : sequence of str, optional
            Columns to keep, by their printed name.

        Returns
        -------
        DataFrame
            Of text: `Term`, `F`, `df`, `p`, `n`.
        """
        frame = pd.DataFrame(
            {
                "Term": self.frame["term"].astype(str),
                "F": self.frame["statistic"].map(lambda value: number(value, digits)),
                "df": [f"{row.df_numerator:g}, {row.df:.4g}" for row in self.frame.itertuples()],
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
            Decimals of F.
        **where : object
            Values of grouping columns.

        Returns
        -------
        str
        """
        row = self.row(term, **where)
        freedom = f"{row['df_numerator']:g}, {row['df']:.4g}"
        return f"{row['term']}: F({freedom}) = {number(row['statistic'], digits)} ({p_value(row['p_value'])})."


def term_rows(design: Design, term: str, kind: Kind = "II") -> NDArray[np.float64]:
    """Rows L so that L @ coefficients = 0 says that a term has no effect.

    Parameters
    ----------
    design : Design
    term : str
        Such as `arm` or `arm:visit`.
    kind : str
        `II`: beside all terms that do not contain it. `III`: beside all other terms, averaged over them with equal
        weights; covariates count at 0.

    Returns
    -------
    ndarray, shape (q, p)
        Orthonormal rows.

    Raises
    ------
    MethodError
        Unknown term, a term without columns of its own, or type III with aliased columns.

    References
    ----------
    .. [1] Fox & Weisberg, An R Companion to Applied Regression: the types of `car::Anova`. [from memory]
    """
    one_of("kind", kind, ("II", "III"))
    one_of("term", term, list(design.terms))
    rows = _type_two(design, term) if kind == "II" else _type_three(design, term)
    if not len(rows):
        raise MethodError(f"`{term}` has no column of its own beside the other terms; there is nothing to test.")
    rows = np.linalg.qr(rows.T)[0].T
    rows[np.abs(rows) < ROUNDING] = 0
    return rows


def wald(
    rows: NDArray[np.float64], values: NDArray[np.float64], covariance: NDArray[np.float64], df: float
) -> tuple[float, float]:
    """F statistic and p value of rows @ values = 0.

    Parameters
    ----------
    rows : ndarray, shape (q, p)
        Independent rows.
    values : ndarray, shape (p,)
    covariance : ndarray, shape (p, p)
    df : float
        Denominator degrees of freedom.

    Returns
    -------
    statistic, p_value : float
    """
    off = rows @ values
    statistic = float(off @ np.linalg.solve(rows @ covariance @ rows.T, off) / len(rows))
    return statistic, float(stats.f.sf(statistic, len(rows), df))


def _columns(design: Design, term: str) -> list[int]:
    """Places of a term among the columns that are kept."""
    return [place for place, column in enumerate(design.kept) if column in design.terms[term]]


def _type_two(design: Design, term: str) -> NDArray[np.float64]:
    own = design.X[:, _columns(design, term)]
    others = [
        place
        for other in design.terms
        if other != term and not set(term.split(":")) <= set(other.split(":"))
        for place in _columns(design, other)
    ]
    beside = design.X[:, others]
    rest = own - beside @ np.linalg.lstsq(beside, own, rcond=None)[0] if others else own
    return rest.T @ design.X


def _type_three(design: Design, term: str) -> NDArray[np.float64]:
    if design.aliased:
        raise MethodError(
            f"type III tests have no unique meaning when {listed(design.aliased, 'and')} cannot be estimated; "
            "use kind='II' or drop a term."
        )
    summed = Design.of(design.formula, design.data, coding="sum")
    change = np.linalg.lstsq(summed.X, design.X, rcond=None)[0]
    return np.asarray(change, dtype=np.float64)[_columns(summed, term)]
