"""Health state: the EQ-5D-5L profile and rating, without any country's value set; the MSIS-29 as known here."""

from __future__ import annotations

import pandas as pd

from spasticity.errors import DataError, listed
from spasticity.instruments.declarations import Form, Instrument, Scale
from spasticity.instruments.measures import Measure
from spasticity.instruments.questions import Item, items
from spasticity.wording import plural

DIMENSIONS = ("mobility", "self_care", "usual_activities", "pain", "anxiety")

LEVEL_SUM = Measure(
    id="eq5d5l_level_sum",
    label="EQ-5D-5L level sum",
    unit="5-25",
    better="lower",
    scale="ordinal",
    low=5,
    high=25,
    unknown="no threshold is known",
)
VAS = Measure(
    id="eq5d5l_vas",
    label="EQ-5D-5L health today",
    unit="0-100",
    better="higher",
    scale="ordinal",
    low=0,
    high=100,
    unknown="no threshold is known",
)

EQ5D5L = Instrument(
    id="eq5d5l",
    name="EQ-5D-5L",
    what="health state in five dimensions and on a rating of 0 to 100",
    who="patient",
    recall="today",
    population="all",
    missing="the profile and its level sum need all five dimensions",
    forms=(
        Form(
            items=(
                *items(DIMENSIONS, 1, 5),
                Item(key="vas", kind="number", low=0, high=100, optional=True),
            ),
            scales=(Scale(measure=LEVEL_SUM, items=DIMENSIONS), Scale(measure=VAS, items=("vas",))),
        ),
    ),
    notes=(
        "3,125 profiles such as 21231: quality_of_life.dimensions reads them, quality_of_life.profile writes them.",
        "No utility: value sets are country-specific and licensed, and none is here.",
    ),
    unknown="thresholds are unknown",
    licence="licensed; only keys and rules are here",
)


def dimensions(profiles: pd.Series) -> pd.DataFrame:
    """Profiles such as `21231` or `2-1-2-3-1` as five columns.

    Parameters
    ----------
    profiles : Series of text or int, shape (n,)
        Five digits 1 to 5, with or without something between them.

    Returns
    -------
    DataFrame of Int64, shape (n, 5)
        The item keys of `eq5d5l`; missing where the profile is missing.

    Raises
    ------
    DataError
        When a profile is not five digits from 1 to 5.
    """
    digits = profiles.astype(object).where(profiles.notna(), "").map(str).str.replace(r"[\s\-/,;.]", "", regex=True)
    wrong = ~digits.str.fullmatch("[1-5]{5}") & digits.ne("")
    if wrong.any():
        count = plural(int(wrong.sum()), "profile is", "profiles are")
        raise DataError(f"eq5d5l: {count} not five digits 1 to 5, first at row {wrong.idxmax()}; such as 21231.")
    columns = {name: pd.to_numeric(digits.str[place : place + 1]) for place, name in enumerate(DIMENSIONS)}
    return pd.DataFrame(columns, index=profiles.index).astype("Int64")


def profile(answers: pd.DataFrame) -> pd.Series:
    """Five columns of levels as the profile they spell.

    Parameters
    ----------
    answers : DataFrame
        The columns `mobility`, `self_care`, `usual_activities`, `pain`, `anxiety`, levels 1 to 5.

    Returns
    -------
    Series of text, shape (n,)
        Such as `21231`; missing when any level is.

    Raises
    ------
    DataError
        When a column is missing.
    """
    missing = [name for name in DIMENSIONS if name not in answers]
    if missing:
        raise DataError(f"eq5d5l: {listed(missing, 'and')} not among the columns; a profile needs all five.")
    levels = answers[list(DIMENSIONS)].astype("Int64")
    spelled = levels.astype("string").sum(axis=1) if len(levels) else pd.Series(dtype="string")
    return pd.Series(spelled, index=answers.index).astype(pd.StringDtype("python")).mask(levels.isna().any(axis=1))


def _msis(part: str) -> Measure:
    return Measure(
        id=f"msis29_{part}",
        label=f"MSIS-29 {part}",
        unit="0-100",
        better="lower",
        scale="ordinal",
        low=0,
        high=100,
        unknown="thresholds are unknown here",
    )


MSIS29 = Instrument(
    id="msis29",
    name="Multiple Sclerosis Impact Scale-29",
    what="impact of MS: 20 physical and 9 psychological items, each part 0 to 100",
    who="patient",
    recall="2 weeks",
    population="MS",
    missing="a missing item counts as the person's own mean from half of the answers on (from memory)",
    forms=(
        Form(
            items=(),
            scales=tuple(Scale(measure=_msis(part), items=(), how="rule") for part in ("physical", "psychological")),
            unknown="the range of its answers is not on record here, so the sums cannot be checked or transformed",
        ),
    ),
    unknown="thresholds are unknown here",
    licence="permission-bound",
)

INSTRUMENTS = (EQ5D5L, MSIS29)
