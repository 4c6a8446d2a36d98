"""The rows and types that a model can use: complete rows, factors as categories, and what is said about the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from spasticity.errors import MethodError, listed, one_of
from spasticity.wording import plural


def complete(outcomes: pd.DataFrame, variables: Sequence[str]) -> tuple[pd.DataFrame, dict[str, int]]:
    """Rows with every variable, and how many are not among them.

    Parameters
    ----------
    outcomes : DataFrame
    variables : sequence of str
        A row counts for the first of them that it lacks.

    Returns
    -------
    rows : DataFrame
    left_out : dict of str to int
        Reason, such as `change missing`, and number of rows.
    """
    whole = np.ones(len(outcomes), dtype=bool)
    left_out = {}
    for name in dict.fromkeys(variables):
        absent = whole & outcomes[name].isna().to_numpy(dtype=bool)
        if absent.any():
            left_out[f"{name} missing"] = int(absent.sum())
        whole &= ~absent
    return outcomes[whole].copy(), left_out


def reasons(left_out: Mapping[str, int]) -> str:
    """Why rows are left out, in words.

    Parameters
    ----------
    left_out : mapping of str to int
        From `complete`.

    Returns
    -------
    str
    """
    return ", ".join(f"{reason} in {plural(count, 'row')}" for reason, count in left_out.items())


def categorised(
    data: pd.DataFrame, variables: Sequence[str], before: pd.DataFrame, reference: Mapping[str, Any]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Numbers as numbers and everything else as categories that occur, with notes on levels that do not.

    Parameters
    ----------
    data : DataFrame
        The rows that are used.
    variables : sequence of str
        The right side of the formula.
    before : DataFrame
        All rows.
    reference : mapping
        Reference levels that were asked for.

    Returns
    -------
    data : DataFrame
    notes : tuple of str

    Raises
    ------
    MethodError
        A date, or a reference level that is not there.
    """
    columns: dict[str, pd.Series] = {}
    notes: list[str] = []
    for name in variables:
        values = data[name]
        if pd.api.types.is_datetime64_any_dtype(values.dtype):
            raise MethodError(f"`{name}` is a date and cannot enter a model; use days since the first dose.")
        if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
            columns[name] = values.astype("int64" if pd.api.types.is_integer_dtype(values.dtype) else "float64")
            continue
        columns[name] = as_levels(values, reference.get(name))
        levels = list(columns[name].cat.categories)
        everything = before[name].astype("category").cat.categories
        unused = [level for level in everything if level not in levels]
        if unused:
            notes.append(f"{name}: no row is left for {listed(unused, 'and')}")
        if len(levels) == 1:
            notes.append(f"{name}: only {listed(levels)} occurs, so it explains nothing")
    data = data.assign(**columns)
    factors = [name for name in variables if isinstance(data[name].dtype, pd.CategoricalDtype)]
    for name, level in reference.items():
        one_of("reference", name, factors)
        one_of(f"reference for {name}", level, list(data[name].cat.categories))
    return data, tuple(notes)


def as_levels(values: pd.Series, first: Any = None) -> pd.Series:
    """Values as categories that occur: categories keep their order; text has `first`, then the alphabet.

    Parameters
    ----------
    values : Series
    first : object, optional
        The reference level.

    Returns
    -------
    Series
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.remove_unused_categories()
    values = values.astype("category")
    return values if first not in values.cat.categories else _with_first(values, first)


def _with_first(values: pd.Series, level: Any) -> pd.Series:
    others = [other for other in values.cat.categories if other != level]
    return values.cat.reorder_categories([level, *others], ordered=False)


def reordered(data: pd.DataFrame, first: Mapping[str, Any]) -> pd.DataFrame:
    """A copy in which the reference level comes first, because that is what treatment contrasts leave out.

    Parameters
    ----------
    data : DataFrame
        With factors as categories.
    first : mapping
        Factor and its reference level.

    Returns
    -------
    DataFrame
    """
    return data.assign(**{name: _with_first(data[name], level) for name, level in first.items()})


def levels_of(data: pd.DataFrame, spec: Any, variables: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """Levels of every variable that a formula treats as a factor, also of numbers inside `C()`.

    Parameters
    ----------
    data : DataFrame
        With factors as categories.
    spec : formulaic.ModelSpec
    variables : sequence of str
        The right side of the formula.

    Returns
    -------
    dict of str to tuple
    """
    coded = {str(name) for factor in spec.factor_contrasts for name in spec.factor_variables[factor]}
    levels: dict[str, tuple[Any, ...]] = {}
    for name in variables:
        if isinstance(data[name].dtype, pd.CategoricalDtype):
            levels[name] = tuple(data[name].cat.categories)
        elif name in coded:
            levels[name] = tuple(sorted(data[name].unique().tolist()))
    return levels
