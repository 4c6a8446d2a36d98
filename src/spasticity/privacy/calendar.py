"""Dates without the calendar: study days first, whole weeks' shifts on request, ages of 90 and more as one class."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
import pandas as pd

from spasticity.errors import DataError, MethodError
from spasticity.privacy.keys import canonical_codes, keyed
from spasticity.wording import plural

PURPOSE = "spasticity/date-shift/v1"
WEEKS = 26  # to either side; multiples of seven keep the weekday
TOP_AGE = 90  # 45 CFR 164.514(b)(2)(i)(C)


def study_days(dates: pd.Series, reference: pd.Series, *, first_day: Literal[0, 1] = 0) -> pd.Series:
    """Days from a date of each person, such as that of the first dose.

    Parameters
    ----------
    dates : Series of datetime64, shape (n,)
    reference : Series of datetime64, shape (n,)
        Of the same rows.
    first_day : int
        What the day of the reference is called: 0 in this package; 1 in CDISC, where the day before is -1 and no day
        is 0.

    Returns
    -------
    Series of Int64, shape (n,)
        Missing where either date is.

    Raises
    ------
    MethodError
        When something is not a date without a clock.
    """
    if first_day not in (0, 1):
        raise MethodError("first_day: expected 0, or 1 as in CDISC")
    for values, name in ((dates, "dates"), (reference, "reference")):
        _check_dates(values, name)
    days = (dates - reference).dt.days.astype("Int64")
    return days + (days >= 0).astype("Int64") if first_day else days


def _check_dates(dates: pd.Series, name: str) -> None:
    if not pd.api.types.is_datetime64_dtype(dates.dtype):
        raise MethodError(f"{name}: expected dates (datetime64), not {dates.dtype}; read them as dates first")
    odd = dates.notna() & (dates != dates.dt.normalize())
    if odd.any():
        raise MethodError(f"{name}: {plural(int(odd.sum()), 'value')} with a time of day; shift times with `shifted`")


def date_shifts(participants: Iterable[str], *, key: bytes, study: str) -> pd.Series:
    """How many days each participant's dates are moved: whole weeks, half a year at most, never none.

    Parameters
    ----------
    participants : iterable of str
    key : bytes
    study : str

    Returns
    -------
    Series of int
        Code as given to days.

    Raises
    ------
    DataError
        When two codes become one, or one is missing.

    Notes
    -----
    Shifted dates are still elements of dates, so that they are not Safe Harbor. One true date of a person gives away
    all of that person's; there are 52 shifts; the season stays within half a year.
    """
    return canonical_codes(participants).map(lambda code: _days(keyed(key, PURPOSE, study, code)))


def _days(code: bytes) -> int:
    place = int.from_bytes(code[:8], "big") % (2 * WEEKS)
    return 7 * (place - WEEKS if place < WEEKS else place - WEEKS + 1)


def shifted(dates: pd.Series, participants: pd.Series, *, key: bytes, study: str) -> pd.Series:
    """Dates or instants moved by each participant's own number of weeks.

    Parameters
    ----------
    dates : Series of datetime64, shape (n,)
        Instants are moved in UTC, which keeps what lies between them; hours of the local clock are counted before
        dates are shifted, because a shift over a clock change moves them by one.
    participants : Series of str, shape (n,)
    key : bytes
    study : str

    Returns
    -------
    Series of datetime64, shape (n,)
        Missing dates stay missing.

    Raises
    ------
    DataError
        When a row has no participant: nothing is shifted then.
    MethodError
        When the values are not dates: what was not read as a date would keep the true one.
    """
    if not pd.api.types.is_datetime64_any_dtype(dates.dtype):
        raise MethodError(f"dates: expected dates (datetime64), not {dates.dtype}; read them as dates first")
    if participants.isna().any():
        rows = int(participants.isna().sum())
        raise DataError(
            f"participants: {plural(rows, 'row')} without a participant, so nothing is shifted; complete it."
        )
    days = participants.map(date_shifts(participants, key=key, study=study)).to_numpy(dtype="timedelta64[D]")
    return dates + pd.Series(days.astype("timedelta64[us]"), index=dates.index)


def top_coded(ages: pd.Series) -> pd.Series:
    """Ages in which 90 stands for 90 or older.

    Parameters
    ----------
    ages : Series of float
        In years.

    Returns
    -------
    Series of float
    """
    return ages.clip(upper=TOP_AGE)


def implies_top_age(ages: pd.Series, years: pd.Series | float = 0) -> pd.Series:
    """Whether an age, or an age at onset and the years since, tells that a person is 90 or older.

    Parameters
    ----------
    ages : Series of float
        Age, or age at onset or injury, in years.
    years : Series of float
        Years since then.

    Returns
    -------
    Series of bool
        False where something is missing.
    """
    return (ages + years).ge(TOP_AGE).fillna(False).astype(bool)


def birth_year_or_missing(birth_years: pd.Series, year: int) -> pd.Series:
    """Years of birth, missing for those who are 90 or older: their year of birth tells their age.

    Parameters
    ----------
    birth_years : Series of int
    year : int
        Of the data.

    Returns
    -------
    Series
    """
    return birth_years.where(np.asarray(year - birth_years) < TOP_AGE)
