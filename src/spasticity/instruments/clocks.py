"""Clock times as minutes, and the minutes from one clock time to a later one."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from spasticity.schema import CLOCK_PATTERN

DAY_MIN = 1440
LONG_MIN = 960  # 16 h in bed: an AM/PM slip is likelier than a night; [proposal], for the PSQI and the diary


def clock_minutes(values: pd.Series) -> pd.Series:
    """Clock times as minutes since midnight.

    Parameters
    ----------
    values : Series of text, shape (n,)
        Such as `22:30`.

    Returns
    -------
    Series of float, shape (n,)
        From 0 to 1439; missing where the text is not a clock time.
    """
    codes, clocks = pd.factorize(values)  # a day has 1440 of them, however long the column is
    minutes = pd.Series(clocks).map(_minutes).astype("float64").to_numpy()
    return pd.Series(np.append(minutes, np.nan)[codes], index=values.index)  # code -1, missing, takes the last


def _minutes(value: object) -> float:
    if not isinstance(value, str) or not re.fullmatch(CLOCK_PATTERN, value):
        return float("nan")
    return 60.0 * int(value[:2]) + int(value[3:])


def minutes_until(start: pd.Series, end: pd.Series) -> pd.Series:
    """Minutes from one clock time to the next occurrence of another, across midnight where needed.

    Parameters
    ----------
    start, end : Series of float, shape (n,)
        Minutes since midnight.

    Returns
    -------
    Series of float, shape (n,)
        From 0 to 1439.
    """
    return (end - start) % DAY_MIN
