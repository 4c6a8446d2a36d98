"""When epochs began: times of a device's clock into UTC, and what is wrong with them.

A device's clock does not know summer time: it keeps the offset from UTC it had when it was set, which is converted
once. A phone's clock does: its times are those on the wall.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from spasticity.errors import DataError

OFFSET = re.compile(r"([+-])(0\d|1[0-4]):?([0-5]\d)", re.ASCII)
SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Clocks:
    """Times as a file writes them.

    Parameters
    ----------
    place : str
        Column of the file, for the ledger.
    texts : array of object, shape (n,)
        As written; made up where the file has a start only.
    local : Series of datetime, shape (n,)
        On the clock of the device; missing where the text is no time.
    written : str
        How a time is written, for the rule that a bad one breaks.
    kind : str
        What the clock is unless the caller says: `fixed`, `civil`, `utc`, or an offset such as `+01:00` that the file
        gives. Empty when only the caller can know.
    why : str
        Why only the caller can know.
    counted : bool
        Whether times were counted on from the start, so that they are in order by themselves.
    ordered : bool
        Whether a device wrote the rows one after the other.
    exact : Series of datetime, shape (n,), optional
        Moments in UTC, where every time of the file has its own offset.
    """

    place: str
    texts: np.ndarray
    local: pd.Series
    written: str
    kind: str = "fixed"
    why: str = ""
    counted: bool = False
    ordered: bool = True
    exact: pd.Series | None = None


def counted_clocks(start: pd.Timestamp, epoch_s: float, rows: int, place: str, kind: str = "fixed") -> Clocks:
    """Times counted on from a start.

    Parameters
    ----------
    start : Timestamp
    epoch_s : float
    rows : int
    place : str
        Where the file gives the start.
    kind : str
        As in `Clocks`.

    Returns
    -------
    Clocks
    """
    steps = np.round(np.arange(rows) * epoch_s * SECOND_US).astype("timedelta64[us]")
    local = pd.Series(np.datetime64(start.tz_localize(None), "us") + steps)
    return Clocks(
        place=place, texts=as_texts(local), local=local, written="counted from the start", kind=kind, counted=True
    )


def as_texts(local: pd.Series) -> np.ndarray:
    """Local times as text, missing ones empty.

    Parameters
    ----------
    local : Series of datetime, shape (n,)

    Returns
    -------
    array of object, shape (n,)
    """
    written = np.datetime_as_string(local.to_numpy(dtype="datetime64[us]"), unit="s").astype(object)
    return np.where(local.isna(), "", written).astype(object)


def times(cells: np.ndarray, form: str) -> pd.Series:
    """Texts of one form as times; others are missing.

    Parameters
    ----------
    cells : array of object, shape (n,)
    form : str
        As in `datetime.strptime`.

    Returns
    -------
    Series of datetime, shape (n,)
    """
    read = pd.to_datetime(pd.Series(cells, dtype=object), format=form, exact=True, errors="coerce")
    return read.astype("datetime64[us]")


def date_form(dates: Iterable[str], forms: Iterable[str], asked: str | None, where: str) -> str:
    """The one form in which all dates of a file can be read, when there is but one.

    Parameters
    ----------
    dates : iterable of str
        Every date that the file shows, in order.
    forms : iterable of str
        Forms that the maker uses.
    asked : str, optional
        The form the caller says.
    where : str
        File, for the message.

    Returns
    -------
    str

    Raises
    ------
    DataError
        When the dates fit none or several of the forms.
    """
    distinct = list(dict.fromkeys(dates))
    fitting = []
    for form in (asked,) if asked else tuple(forms):
        days = times(np.array(distinct, dtype=object), form)
        if days.notna().mean() > 0.9:
            # A wrong order of day and month shows 5 April after 4 April as a leap of a month.
            leaps = int((days.diff().abs() > pd.Timedelta(days=20)).sum())
            fitting.append((int(days.isna().sum()), leaps, form))
    if not fitting:
        expected = f"none is written as {asked}" if asked else "they fit none of the forms of the maker"
        raise DataError(f"{where}: the dates are not understood: {expected}; pass date_format= such as '%d/%m/%Y'.")
    fitting.sort()
    if len(fitting) > 1 and fitting[0][:2] == fitting[1][:2]:
        raise DataError(
            f"{where}: the dates can be read as day and month or as month and day, and nothing in the file says which; "
            f"pass date_format='{fitting[0][2]}' or '{fitting[1][2]}'."
        )
    return fitting[0][2]
