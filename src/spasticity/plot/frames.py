"""Finding the rows that a figure draws, and refusing those it cannot draw honestly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from spasticity.errors import MethodError, listed
from spasticity.plot.palette import MarkStyle, arm_styles, cohort_styles, visit_styles
from spasticity.stats.result import Result
from spasticity.wording import plural

CHOICES = ("outcome", "term", "cohort", "visit", "arm", "missing")  # what usually tells rows apart
MEAN_TERMS = ("adjusted mean", "mean")


def table_of(source: Result | pd.DataFrame, columns: Iterable[str], figure: str) -> pd.DataFrame:
    """The frame of a result, or a table as it is, with the columns a figure needs.

    Parameters
    ----------
    source : Result or DataFrame
    columns : iterable of str
        Columns it must have.
    figure : str
        Name for the message.

    Returns
    -------
    DataFrame

    Raises
    ------
    MethodError
        When a column is absent or there are no rows.
    """
    frame = source.frame if isinstance(source, Result) else source
    missing = [name for name in columns if name not in frame]
    if missing:
        raise MethodError(
            f"{figure}: the table lacks {listed(missing, 'and')}; it has {listed(frame.columns, 'and')}. "
            "Ask the statistic for these groups."
        )
    if frame.empty:
        raise MethodError(f"{figure}: there are no rows to draw.")
    return frame


def chosen(frame: pd.DataFrame, figure: str, **where: str | None) -> pd.DataFrame:
    """The rows with the values asked for; a column that is absent or not asked for is left alone.

    Parameters
    ----------
    frame : DataFrame
    figure : str
        Name for the message.
    **where : str
        Column and value; None asks for nothing.

    Returns
    -------
    DataFrame

    Raises
    ------
    MethodError
        When no row is left; names the values there are.
    """
    for name, wanted in where.items():
        if wanted is None or name not in frame:
            continue
        kept = frame[frame[name].eq(wanted).fillna(False).astype(bool)]
        if kept.empty:
            raise MethodError(f"{figure}: no row has {name}={wanted!r}; there are {listed(order(frame[name]), 'and')}.")
        frame = kept
    return frame


def mean_term(frame: pd.DataFrame) -> str | None:
    """The term that a line through means is drawn from when nobody says which.

    Parameters
    ----------
    frame : DataFrame

    Returns
    -------
    str or None
        `adjusted mean`, else `mean`, else None.
    """
    terms = order(frame["term"]) if "term" in frame else []
    return next((name for name in MEAN_TERMS if name in terms), None)


def one_row_each(frame: pd.DataFrame, keys: list[str], figure: str) -> None:
    """Refuse a frame in which two rows would be drawn at one place.

    Parameters
    ----------
    frame : DataFrame
    keys : list of str
        Columns that name a place.
    figure : str
        Name for the message.

    Raises
    ------
    MethodError
        Says which columns tell the rows apart, for these have to be chosen.
    """
    repeated = frame.duplicated(keys, keep=False)
    if not repeated.any():
        return
    varying = [name for name in CHOICES if name not in keys and name in frame and _varies(frame, name)]
    hint = " and ".join(f"one {name} of {listed(order(frame[name]))}" for name in varying) or "the rows to draw"
    shared = f"{plural(int(repeated.sum()), 'row')} share a place ({', '.join(keys)})"
    raise MethodError(f"{figure}: {shared}, expected one each; choose {hint}.")


def _varies(frame: pd.DataFrame, name: str) -> bool:
    return len(order(frame[name])) > 1


def only_varying(frame: pd.DataFrame, names: Iterable[str], figure: str) -> str | None:
    """The one column that has more than one value.

    Parameters
    ----------
    frame : DataFrame
    names : iterable of str
        Columns to look at.
    figure : str
        Name for the message.

    Returns
    -------
    str or None
        None when none of them varies.

    Raises
    ------
    MethodError
        When several vary.
    """
    varying = [name for name in names if name in frame and _varies(frame, name)]
    if len(varying) > 1:
        raise MethodError(f"{figure}: {listed(varying, 'and')} vary, expected one; choose rows, or pass `by=`.")
    return varying[0] if varying else None


def order(values: pd.Series) -> list[str]:
    """The values there are, in the order of their categories, else of their first row.

    Parameters
    ----------
    values : Series

    Returns
    -------
    list of str
    """
    present = values.dropna()
    if isinstance(values.dtype, pd.CategoricalDtype):
        seen = set(present)
        return [str(name) for name in values.cat.categories if name in seen]
    return [str(name) for name in dict.fromkeys(present)]


def outcome_of(frame: pd.DataFrame, outcome: str | None) -> str | None:
    """The outcome a frame is about: the one asked for, or its only one.

    Parameters
    ----------
    frame : DataFrame
    outcome : str, optional

    Returns
    -------
    str or None
        None when the frame does not say.
    """
    if outcome is not None or "outcome" not in frame:
        return outcome
    names = order(frame["outcome"])
    return names[0] if len(names) == 1 else None


def styles_of(values: pd.Series, styles: Mapping[str, MarkStyle] | None) -> Mapping[str, MarkStyle]:
    """The styles asked for, or those of all categories, so that a figure of some arms looks like one of all.

    Parameters
    ----------
    values : Series
        Arms; or cohorts or visits when that is its name.
    styles : mapping of str to MarkStyle, optional

    Returns
    -------
    mapping of str to MarkStyle

    Raises
    ------
    MethodError
        When an arm has no style.
    """
    if styles is None:
        if values.name in ("visit", "period"):
            return visit_styles(order(values))
        known = list(values.cat.categories) if isinstance(values.dtype, pd.CategoricalDtype) else order(values)
        make = cohort_styles if values.name == "cohort" else arm_styles
        return make([str(name) for name in known])
    unknown = [name for name in order(values) if name not in styles]
    if unknown:
        raise MethodError(f"styles: nothing for {listed(unknown, 'and')}; make them with `plot.arm_styles(arms)`.")
    return styles
