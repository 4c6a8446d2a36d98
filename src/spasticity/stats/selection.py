"""The rows of one outcome, and what has to be said about those that are not there."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from spasticity.errors import DataError, MethodError, listed, one_of
from spasticity.wording import plural


def of_outcome(outcomes: pd.DataFrame, outcome: str, columns: Sequence[str] = ()) -> pd.DataFrame:
    """Rows of one outcome, one per participant and visit.

    Parameters
    ----------
    outcomes : DataFrame
        Canonical outcomes.
    outcome : str
        Id of a measure.
    columns : sequence of str
        Further columns that are needed.

    Returns
    -------
    DataFrame

    Raises
    ------
    MethodError
        A column is missing, or the outcome is not among the rows.
    DataError
        A participant has two rows at one visit.
    """
    needed = dict.fromkeys(["participant", "outcome", "visit", *columns])
    missing = [name for name in needed if name not in outcomes]
    if missing:
        raise MethodError(f"outcomes: {listed(missing, 'and')} missing; expected the columns of the outcomes table.")
    one_of("outcome", outcome, sorted(map(str, outcomes["outcome"].dropna().unique())))
    rows = outcomes[outcomes["outcome"].eq(outcome).to_numpy(dtype=bool)]
    twice = rows.duplicated(["participant", "visit"])
    if twice.any():
        raise DataError(
            f"outcomes: {plural(int(twice.sum()), 'row repeats', 'rows repeat')} a participant and visit of {outcome}, "
            f"first at row {rows.index[twice][0]}; keep one row each."
        )
    return rows


def at_visit(
    outcomes: pd.DataFrame, outcome: str, visit: str, columns: Sequence[str] = ()
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Rows of one outcome at one visit, and a note on people who have none.

    Parameters
    ----------
    outcomes : DataFrame
        Canonical outcomes.
    outcome, visit : str
        What is wanted.
    columns : sequence of str
        Further columns that are needed.

    Returns
    -------
    rows : DataFrame
    notes : tuple of str

    Raises
    ------
    MethodError
        Unknown outcome or visit, or a missing column.
    DataError
        A participant has two rows.
    """
    everything = of_outcome(outcomes, outcome, columns)
    one_of("visit", visit, visits_of(everything))
    rows = everything[everything["visit"].eq(visit).to_numpy(dtype=bool)]
    absent = everything["participant"].nunique() - rows["participant"].nunique()
    if not absent:
        return rows, ()
    return rows, (f"{plural(absent, 'participant')} of {outcome} without a row at {visit}",)


def visits_of(rows: pd.DataFrame) -> list[str]:
    """Visits that occur, in the order of the protocol when the column has one, else of the study day.

    Parameters
    ----------
    rows : DataFrame
        Has `visit`, and `day` where there is one.

    Returns
    -------
    list of str
    """
    if isinstance(rows["visit"].dtype, pd.CategoricalDtype):
        return [str(visit) for visit in rows["visit"].cat.remove_unused_categories().cat.categories]
    visits = rows["visit"].dropna()
    if "day" in rows and rows["day"].notna().any():
        return [str(visit) for visit in rows.groupby("visit", sort=False)["day"].median().sort_values().index]
    return [str(visit) for visit in visits.unique()]
