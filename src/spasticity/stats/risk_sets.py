"""Times to an event: read from a table, and who is at risk when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.errors import MethodError, listed
from spasticity.stats.groups import require
from spasticity.wording import plural

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Steps:
    """The distinct times of one group.

    Parameters
    ----------
    time : ndarray, shape (m,)
        Rising.
    at_risk : ndarray of int, shape (m,)
        Not yet gone just before each time, and entered before it.
    events, censored : ndarray of int, shape (m,)
        Who has the event, and who leaves without it, at each time.
    """

    time: Array
    at_risk: Ints
    events: Ints
    censored: Ints


def steps(time: Array, event: NDArray[np.bool_]) -> Steps:
    """Count who is at risk, has the event and leaves, at each distinct time.

    Parameters
    ----------
    time : ndarray, shape (n,)
    event : ndarray of bool, shape (n,)

    Returns
    -------
    Steps
    """
    times, place = np.unique(time, return_inverse=True)
    gone = np.bincount(place, minlength=len(times))
    events = np.bincount(place[event], minlength=len(times))
    at_risk = len(time) - np.concatenate(([0], np.cumsum(gone)[:-1]))
    return Steps(times, at_risk.astype(np.int64), events.astype(np.int64), (gone - events).astype(np.int64))


def survivors(found: Steps) -> tuple[Array, Array]:
    """Kaplan and Meier's probability after each time, and Greenwood's sum.

    Parameters
    ----------
    found : Steps

    Returns
    -------
    probability : ndarray, shape (m,)
    greenwood : ndarray, shape (m,)
        Variance of the probability over its square; infinite once it is 0.
    """
    n, d = found.at_risk.astype(np.float64), found.events.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(d == 0, 0.0, d / (n * (n - d)))
    return np.asarray(np.cumprod(1 - d / n), dtype=np.float64), np.asarray(np.cumsum(parts), dtype=np.float64)


def timed(
    table: pd.DataFrame, time: str, event: str, columns: Sequence[str] = ()
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Rows with a time and whether the event came, one per participant, and a note on the others.

    Parameters
    ----------
    table : DataFrame
        Has `participant`, the time, the event and `columns`.
    time : str
        Column with the time to the event or to its end of observation; not negative.
    event : str
        Column that says whether the event came: true or false, or 1 and 0.
    columns : sequence of str
        Further columns that every row needs.

    Returns
    -------
    rows : DataFrame
        With `time` as float and `event` as bool, under these names, beside `participant` and `columns`.
    notes : tuple of str

    Raises
    ------
    MethodError
        Missing columns, times that are text or negative, an event that is not true or false, a participant twice, or
        no row left.
    """
    require(table, ["participant", time, event, *columns])
    rows = table[["participant", *dict.fromkeys(columns)]].assign(time=table[time], event=as_flags(table[event], event))
    whole = rows.notna().all(axis=1)
    notes = tuple(
        f"left out: {name} missing in {plural(int(rows[own].isna().sum()), 'row')}"
        for own, name in [("time", time), ("event", event), *((name, name) for name in columns)]
        if rows[own].isna().any()
    )
    rows = rows[whole.to_numpy(dtype=bool)]
    if not pd.api.types.is_numeric_dtype(rows["time"].dtype):
        raise MethodError(f"`{time}` is not numeric; expected a length of time such as days.")
    rows = rows.assign(time=rows["time"].astype("float64"), event=rows["event"].astype(bool))
    if rows.empty:
        raise MethodError(
            f"no row has a value in {listed([time, event, *columns], 'and')}; there is nothing to follow."
        )
    if (rows["time"] < 0).any() or not np.isfinite(rows["time"]).all():
        first = rows.index[(rows["time"] < 0) | ~np.isfinite(rows["time"])][0]
        raise MethodError(f"`{time}` is negative or infinite, first at row {first}; a time to an event is 0 or more.")
    twice = rows.duplicated("participant")
    if twice.any():
        raise MethodError(
            f"{plural(int(twice.sum()), 'row repeats', 'rows repeat')} a participant, first at row "
            f"{rows.index[twice][0]}; keep the first event of each, or see stats.mean_events for repeated ones."
        )
    return rows, notes


def as_flags(values: pd.Series, name: str) -> pd.Series:
    """Whether the event came, as a nullable boolean.

    Parameters
    ----------
    values : Series
        True and false, or 1 and 0; missing stays missing.
    name : str
        Column, for the error.

    Returns
    -------
    Series of boolean

    Raises
    ------
    MethodError
        When there is anything else.
    """
    if not values.dropna().isin([True, False]).all():
        raise MethodError(
            f"`{name}` is not true or false everywhere; say which value is the event: table[`{name}`] == ..."
        )
    return values.astype("boolean")


def parts_of(rows: pd.DataFrame, strata: str | None) -> list[NDArray[np.intp]]:
    """The rows of each stratum, by position; all of them when there are none.

    Parameters
    ----------
    rows : DataFrame
    strata : str, optional
        Column.

    Returns
    -------
    list of ndarray of int
    """
    if strata is None:
        return [np.arange(len(rows))]
    codes = pd.factorize(rows[strata])[0]
    return [np.flatnonzero(codes == one) for one in range(codes.max() + 1)]
