"""Dates into study days: the first dose of each participant is day 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from spasticity.errors import MethodError
from spasticity.load.casting import Reading
from spasticity.schema import Column

DayZero = pd.DataFrame | Mapping[str, Any]
NO_ZERO = "the participant has no date of first dose, so that no study day can be counted"


def date_column(column: Column) -> Column:
    """The column of dates that stands where a table has study days.

    Parameters
    ----------
    column : Column
        Of study days.

    Returns
    -------
    Column
    """
    return Column(name=column.name, kind="date", label=column.label, required=column.required)


def counted(reading: Reading, column: Column, people: pd.Series, zero: Mapping[str, Any]) -> Reading:
    """Dates as study days.

    Parameters
    ----------
    reading : Reading
        Of the dates.
    column : Column
        Of study days.
    people : Series of text, shape (n,)
        Participant of each row.
    zero : mapping of str to date
        Participant to the date of the first dose.

    Returns
    -------
    Reading
        A date of somebody without a first dose is a fault.
    """
    dates = reading.values[column.name]
    starts = pd.to_datetime(people.astype(object).map(dict(zero))).astype("datetime64[us]")
    days = (dates - starts).dt.days.astype("Int64")
    lost = dates.index[dates.notna() & starts.isna()].difference(reading.faults.index)
    faults = pd.Series(NO_ZERO, index=lost, dtype=object)
    both = pd.concat([reading.faults, faults]).sort_index() if len(lost) else reading.faults
    return replace(reading, values={column.name: days}, faults=both)


def zero_of(given: DayZero | None, names: list[str]) -> Mapping[str, Any]:
    """The date of the first dose by participant.

    Parameters
    ----------
    given : DataFrame or mapping, optional
        The table of participants, or participant to date.
    names : list of str
        The columns of study days that have dates, for the message.

    Returns
    -------
    mapping of str to date

    Raises
    ------
    MethodError
        When nothing was given.
    """
    if given is None:
        raise MethodError(
            f"date_format: {names[0]} counts days from the first dose, and the source has dates; pass day_zero, the "
            "table of participants with their first_dose_date, to count them"
        )
    if isinstance(given, pd.DataFrame):
        known = given.dropna(subset=["first_dose_date"])
        return dict(zip(known["participant"], known["first_dose_date"], strict=True))
    return given
