"""Every participant at every visit, whether there was an outcome or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.errors import DataError, MethodError, listed
from spasticity.stats import formulas
from spasticity.wording import plural

Array = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """A table of all participants and visits.

    Parameters
    ----------
    frame : DataFrame, n x T rows
        Sorted by participant and visit; has the outcome and all variables.
    outcome, arm, visit : str
        Columns.
    people, visits : list
    observed : ndarray, shape (n, T)
        Outcomes, missing where there is none.
    event : ndarray of int, shape (n,)
        First visit after the event; T where there is none.
    """

    frame: pd.DataFrame
    outcome: str
    arm: str
    visit: str
    people: list[Any]
    visits: list[Any]
    observed: Array
    event: Codes

    @property
    def arms(self) -> pd.Series:
        """Arm of each participant."""
        return self.frame[self.arm].iloc[:: len(self.visits)]


def grid_of(
    outcomes: pd.DataFrame, formula: str, *, participant: str, visit: str, arm: str, events: pd.DataFrame | None
) -> Grid:
    """Put outcomes on the grid.

    Parameters
    ----------
    outcomes : DataFrame
        Rows of a participant that are not there are added; variables that never change are carried to them.
    formula : str
        Its variables must be known at every visit.
    participant, visit, arm : str
        Columns.
    events : DataFrame, optional
        `participant` and `visit`, the first visit after the event.

    Returns
    -------
    Grid

    Raises
    ------
    MethodError
        An unknown column, or an outcome that is not a column.
    DataError
        Repeated rows, variables that are missing or change where a row must be added, events of unknown people.
    """
    parsed = formulas.parsed(formula)
    outcome = str(parsed.lhs)
    if outcome not in outcomes:
        raise MethodError(f"missing: `{outcome}` must be a column of the outcomes; it is imputed, so derive it before.")
    right = sorted(set(parsed.rhs.required_variables) | {arm})
    formulas.require_columns(formula, [participant, visit, *right], outcomes)
    rows = outcomes.dropna(subset=[participant, visit]).rename(columns={participant: "participant"})
    if rows.duplicated(["participant", visit]).any():
        raise DataError(
            f"missing: {plural(int(rows.duplicated(['participant', visit]).sum()), 'row')} repeat a participant and "
            "visit; keep one outcome and one value per visit."
        )
    visits = _levels(rows[visit])
    people = _levels(rows["participant"])
    index = pd.MultiIndex.from_product([people, visits], names=["participant", visit])
    keyed = rows.astype({"participant": object, visit: object}).set_index(["participant", visit])
    frame = keyed.reindex(index).reset_index()
    frame[visit] = pd.Categorical(frame[visit], categories=visits, ordered=True)
    for name in right:
        if name != visit:
            frame[name] = _filled(frame, name, rows[name].dtype)
    observed = pd.to_numeric(frame[outcome]).to_numpy(dtype=np.float64).reshape(len(people), len(visits))
    return Grid(frame, outcome, arm, visit, people, visits, observed, _events(events, people, visits, visit))


def _levels(values: pd.Series) -> list[Any]:
    if isinstance(values.dtype, pd.CategoricalDtype):
        return list(values.cat.remove_unused_categories().cat.categories)
    return sorted(values.unique())


def _filled(frame: pd.DataFrame, name: str, dtype: Any) -> pd.Series:
    """A variable at every visit: where it is missing, the one value that the participant has."""
    groups = frame.groupby("participant", observed=True, sort=False)[name]
    alone = groups.transform("nunique") == 1
    filled = frame[name].where(frame[name].notna(), groups.transform("first").where(alone))
    absent = filled.isna()
    if absent.any():
        raise DataError(
            f"missing: `{name}` is not known for {plural(int(absent.sum()), 'visit')} of "
            f"{plural(frame.loc[absent, 'participant'].nunique(), 'participant')}; only outcomes are imputed. Give it "
            "in every row, or leave these participants out in sight of the reader."
        )
    return filled.astype(dtype)


def _events(events: pd.DataFrame | None, people: list[Any], visits: list[Any], visit: str) -> Codes:
    """Place of the first visit after each participant's event."""
    out = np.full(len(people), len(visits), dtype=np.intp)
    if events is None:
        return out
    formulas.require_columns("events", ["participant", visit], events)
    who, when = pd.Index(people).get_indexer(pd.Index(events["participant"])), [*events[visit]]
    unknown = [place for place, code in enumerate(who) if code < 0 or when[place] not in visits]
    if unknown or len(set(who)) < len(who):
        raise DataError(
            f"missing: events has {plural(len(unknown), 'row')} of unknown participants or visits and "
            f"{plural(len(who) - len(set(who)), 'repeated participant')}; each participant has at most one event, at "
            f"one of the visits {listed(visits, 'and')}."
        )
    out[who] = [visits.index(value) for value in when]
    return out
