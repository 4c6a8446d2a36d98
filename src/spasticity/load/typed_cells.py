"""Values of typed columns as the text of a cell: shortest exact numbers, ISO dates, clock times.

Every typed source goes through text, so that one engine (`cells`) reads, refuses and writes down every cell.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from spasticity.errors import DataError
from spasticity.load.grid import texts
from spasticity.load.opening import CONTROL

DAY_S = 86_400
WHOLE = 1e15  # a whole number below it is written without a decimal point and without an exponent
Clock = Callable[[float], str]


def by_distinct(values: np.ndarray, one: Callable[[Any], str]) -> np.ndarray:
    """Cells of a column, each distinct value written once.

    Parameters
    ----------
    values : array, shape (n,)
    one : callable
        Value to text.

    Returns
    -------
    array of object, shape (n,)
    """
    codes, distinct = pd.factorize(values, use_na_sentinel=False)
    return texts([one(value) for value in distinct])[codes]


def number_text(value: Any) -> str:
    """A number in its shortest exact form; nothing for a missing one.

    Parameters
    ----------
    value : float, int or None
        A `numpy.float32` is written in the digits that single precision holds.

    Returns
    -------
    str
    """
    if value is None or value != value:
        return ""
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        return str(int(value))
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if float(value).is_integer() and abs(value) < WHOLE:
        return str(int(value))
    return str(value) if isinstance(value, np.float32) else repr(float(value))


def day_writer(epoch: date) -> Clock:
    """How a count of days is written as a date.

    Parameters
    ----------
    epoch : date
        Day 0.

    Returns
    -------
    callable
        What is not a whole number of days stays a number, which no date column takes.
    """
    return lambda value: _since(value, lambda days: _iso_date(epoch, days))


def second_writer(epoch: date, *, per_second: int = 1, dates: bool = False) -> Clock:
    """How a count of seconds, or of fractions of a second, is written as a date with a time.

    Parameters
    ----------
    epoch : date
        Its midnight is 0.
    per_second : int
        Counts in a second.
    dates : bool
        Whether the column's format shows a date only: then midnight is left out, and another time stays a number.

    Returns
    -------
    callable
        Midnight is written as the date alone.
    """

    def write(count: float) -> str:
        days, rest = divmod(count, DAY_S * per_second)
        day = _iso_date(epoch, days)
        if not rest or not day or dates:
            return "" if rest else day
        return f"{day} {_clock(rest / per_second)}"

    return lambda value: _since(value, write)


def clock_text(value: float, per_second: int = 1) -> str:
    """A count of seconds after midnight as HH:MM, with seconds when there are any.

    Parameters
    ----------
    value : float
    per_second : int
        Counts in a second.

    Returns
    -------
    str
        What is not a time of day stays a number.
    """
    if value is None or value != value:
        return ""
    inside = 0 <= value < DAY_S * per_second
    return _clock(value / per_second) if inside else number_text(value)


def _since(value: Any, write: Callable[[float], str]) -> str:
    if value is None or value != value:
        return ""
    return (math.isfinite(value) and write(float(value))) or number_text(value)


def _iso_date(epoch: date, days: float) -> str:
    if days != math.floor(days):
        return ""
    try:
        return (epoch + timedelta(days=int(days))).isoformat()
    except OverflowError:
        return ""


def _clock(seconds: float) -> str:
    moment = datetime.min + timedelta(seconds=seconds)
    if moment.microsecond:
        return moment.time().isoformat()
    return moment.strftime("%H:%M:%S" if moment.second else "%H:%M")


def refuse_controls(where: str, columns: Mapping[str, np.ndarray], rows: np.ndarray) -> None:
    """Refuse text with control characters: nobody typed them.

    Parameters
    ----------
    where : str
        File, for the message.
    columns : mapping of str to array of object
        Cells as text.
    rows : array of int
        The record of each row.

    Raises
    ------
    DataError
        Names the first column and record.
    """
    for name, cells in columns.items():
        for distinct in pd.unique(cells):
            found = CONTROL.search(distinct)
            if found:
                row = rows[int(np.argmax(cells == distinct))]
                raise DataError(
                    f"{where}: the control character U+{ord(found[0]):04X} stands in `{name}` of record {row:,}; the "
                    "file is damaged or was read in the wrong encoding. Export it again, or declare its encoding."
                )
