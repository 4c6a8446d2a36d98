"""The rows of a mixed model for repeated measures: who was measured when, checked before anything is fitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.errors import DataError, MethodError, listed
from spasticity.stats.design import Design
from spasticity.stats.formulas import Coding, require_columns
from spasticity.wording import plural

Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Measurements:
    """A design with the participant, the visit and the covariance group of every row.

    Parameters
    ----------
    design : Design
        Its data have the columns `participant` and `visit` under these names.
    participant, visit, group : ndarray of int, shape (N,)
        Codes from 0.
    people, visits, groups : list
        What the codes stand for; `groups` has one element, None, without `covariance_by`.
    weights : ndarray, shape (N,), optional
        Observation weights.
    visit_name : str
        Column of the visits.
    notes : tuple of str
        Rows that were left out, and what was decided on the order of the visits.
    """

    design: Design
    participant: Codes
    visit: Codes
    group: Codes
    people: list[Any]
    visits: list[Any]
    groups: list[Any]
    weights: NDArray[np.float64] | None
    visit_name: str
    notes: tuple[str, ...]


def measurements(
    outcomes: pd.DataFrame,
    formula: str,
    *,
    participant: str,
    visit: str,
    covariance_by: str | None,
    weights: str | None,
    reference: dict[str, Any] | None,
    coding: Coding,
) -> Measurements:
    """Read and check the rows of a model.

    Parameters
    ----------
    outcomes, formula, participant, visit, covariance_by, weights, reference, coding
        As for `stats.mmrm`.

    Returns
    -------
    Measurements

    Raises
    ------
    MethodError
        An unknown column, or a formula that cannot be fitted.
    DataError
        Repeated rows of a participant and visit, groups that change within a participant, unusable weights.
    """
    columns = [name for name in (participant, visit, covariance_by, weights) if name is not None]
    require_columns(formula, columns, outcomes)
    rows, notes = _named(outcomes, columns)
    if participant != "participant":
        rows = rows.assign(participant=rows[participant])
    design = Design.of(formula, rows, reference=reference, coding=coding)
    who, people = _codes(design.data["participant"])
    when, visits = _codes(design.data[visit])
    by, groups = (np.zeros(len(who), dtype=np.intp), [None])
    if covariance_by is not None:
        by, groups = _codes(design.data[covariance_by])
        _check_groups(by, who, design.data.index, covariance_by)
    _check_repeated(who, when, design.data.index, participant, visit)
    given = None if weights is None else _checked_weights(design.data[weights], weights)
    if pd.api.types.is_string_dtype(outcomes[visit].dtype):
        notes += (f"{visit} is text, so the visits are in alphabetical order: {listed(visits, 'then')}",)
    return Measurements(design, who, when, by, people, visits, groups, given, visit, notes)


def _named(outcomes: pd.DataFrame, columns: list[str]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Rows that say whose and of when they are."""
    absent = outcomes[columns].isna()
    notes = tuple(
        f"{name} missing in {plural(int(count), 'row')}; these rows are left out"
        for name, count in absent.sum().items()
        if count
    )
    return (outcomes[~absent.any(axis=1)] if notes else outcomes), notes


def _codes(values: pd.Series) -> tuple[Codes, list[Any]]:
    """Codes of what occurs, in the order of the categories or else sorted."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        used = values.cat.remove_unused_categories()
        return used.cat.codes.to_numpy().astype(np.intp), list(used.cat.categories)
    codes, found = pd.factorize(values, sort=True)
    return codes, list(found)


def _check_repeated(who: Codes, when: Codes, index: pd.Index, participant: str, visit: str) -> None:
    key = who * (int(when.max()) + 1) + when
    steps = np.diff(key)
    if (steps > 0).all() or (np.diff(np.sort(key)) > 0).all():  # rows that come in order need no sorting
        return
    repeated = pd.Series(key).duplicated(keep=False).to_numpy()
    failures = pd.DataFrame({"row": index[repeated], "column": visit, "rule": f"repeats {participant} and {visit}"})
    failures.insert(2, "value", [None] * len(failures))
    raise DataError(
        f"mmrm: {plural(int(repeated.sum()), 'row')} share their `{participant}` and `{visit}` with another, first at "
        f"row {index[repeated][0]}; each participant may have one row per visit. Keep one outcome "
        "(outcomes[outcomes['outcome'] == ...]) and one value per visit; `.failures` lists the rows.",
        failures,
    )


def _check_groups(group: Codes, who: Codes, index: pd.Index, name: str) -> None:
    of = np.zeros(int(who.max()) + 1, dtype=np.intp)
    of[who] = group
    moved = of[who] != group
    if moved.any():
        raise DataError(
            f"mmrm: covariance_by=`{name}` changes within {plural(len(np.unique(who[moved])), 'participant')}, first "
            f"at row {index[moved][0]}; a participant belongs to one group. Choose a column that stays the same."
        )


def _checked_weights(values: pd.Series, name: str) -> NDArray[np.float64]:
    weights = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64)
    bad = ~(np.isfinite(weights) & (weights > 0))
    if bad.any():
        raise DataError(
            f"mmrm: weights=`{name}` has {plural(int(bad.sum()), 'value')} that are not positive numbers, first at row "
            f"{values.index[bad][0]}; leave out rows that shall not count."
        )
    return weights


def times(rows: Measurements) -> NDArray[np.float64]:
    """The visits as numbers, for covariances that depend on the time between them.

    Parameters
    ----------
    rows : Measurements

    Returns
    -------
    ndarray, shape (T,)

    Raises
    ------
    MethodError
        When they are not numbers.
    """
    try:
        return np.array(rows.visits, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise MethodError(
            f"mmrm: a spatial covariance needs `{rows.visit_name}` in numbers, such as visit='day'; its values are "
            "not numbers."
        ) from error
