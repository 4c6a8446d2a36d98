"""CDISC study days and doses as readings: day 1 is day 0 here, and a partial date is no day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd

from spasticity.load.casting import Reading
from spasticity.load.cells import NUMBER, YEARS
from spasticity.load.coding import coded_texts
from spasticity.load.study_days import NO_ZERO
from spasticity.schema import Column

# A dash stands for each part that is not known, as in 2024---15 or --03-15 (ISO 8601 as SDTM uses it).
PARTIAL = re.compile(r"(\d{4}|-)(-(\d{2}|-)(-(\d{2}|-)?)?)?(T.*)?", re.ASCII)
WHOLE = re.compile(r"(\d{4}-\d{2}-\d{2})(T.*)?", re.ASCII)
DAY = re.compile(r"[+-]?\d{1,6}(\.0*)?", re.ASCII)
NO_DAY_ZERO = "a CDISC study day is never 0: day 1 is the first, day -1 the one before"
IS_PARTIAL = "the date is partial, so that no day can be counted"
NO_DATE = "expected a date such as 2024-03-31"
DISAGREE = "the date and the study day do not agree"
#: Times a day [from memory: CDISC SDTM terminology, code list FREQ].
TIMES: dict[str, Fraction] = {
    **dict.fromkeys(("QD", "Q24H", "QAM", "QPM", "QHS", "DAILY"), Fraction(1)),
    **dict.fromkeys(("BID", "Q12H"), Fraction(2)),
    **dict.fromkeys(("TID", "Q8H"), Fraction(3)),
    **dict.fromkeys(("QID", "Q6H"), Fraction(4)),
    "QOD": Fraction(1, 2),
    "Q4H": Fraction(6),
}
CONTINUOUS = ("", "CONTINUOUS")  # with a unit that is a rate already
#: Unit to how many mg or µg it is, and whether it is a rate per day [from memory: code list UNIT].
MG: dict[str, Fraction] = {"mg": Fraction(1), "g": Fraction(1000), "ug": Fraction(1, 1000), "mcg": Fraction(1, 1000)}
RATE = ("/day", "/d")


def day_reading(
    column: Column,
    dates: np.ndarray | None,
    days: np.ndarray | None,
    starts: pd.Series,
    shifts: pd.Series,
    *,
    place: str,
    after: int = 0,
    empty: bool = False,
) -> Reading:
    """Study days of this package from dates and study days of CDISC.

    Parameters
    ----------
    column : Column
    dates, days : array of object, optional
        Cells of --DTC and --DY; one of them at least.
    starts : Series of date, shape (n,)
        Day 0 of the participant of each row; missing when there is none.
    shifts : Series of float, shape (n,)
        Days from the reference date of CDISC (RFSTDTC) to day 0.
    place : str
        The variable, for the ledger.
    after : int
        1 for the last day of a stretch, whose end is the day after.
    empty : bool
        Whether a partial date leaves the day empty, in place of a fault.

    Returns
    -------
    Reading
    """
    n = len(starts)
    blank = np.full(n, "", dtype=object)
    cells = list(_days(blank if dates is None else dates, blank if days is None else days, starts, shifts, empty=empty))
    values = pd.Series([None if value is None else value + after for value, _ in cells], dtype="Int64")
    said = [rule for _, rule in cells]
    soft = [place for place, rule in enumerate(said) if rule == IS_PARTIAL and empty]
    hard = [place for place, rule in enumerate(said) if rule and place not in set(soft)]
    texts = dates if dates is not None else days
    return Reading(
        place=place,
        cells=coded_texts(texts if texts is not None else blank),
        values={column.name: values},
        repairs=pd.DataFrame(
            {"became": "", "why": "a partial date gives no day"}, index=pd.Index(soft, dtype=int), dtype=object
        ),
        faults=pd.Series([said[place] for place in hard], index=pd.Index(hard, dtype=int), dtype=object),
    )


def _days(
    dates: np.ndarray, days: np.ndarray, starts: pd.Series, shifts: pd.Series, *, empty: bool
) -> Iterator[tuple[int | None, str]]:
    for when, count, start, shift in zip(dates, days, starts, shifts, strict=True):
        moment, rule = _date(when.strip())
        by_count, wrong = _count(count.strip(), shift)
        if rule or wrong:
            yield None, IS_PARTIAL if rule == IS_PARTIAL and empty else rule or wrong
        elif moment is not None and pd.isna(start):
            yield None, NO_ZERO
        elif moment is None:
            yield by_count, NO_ZERO if count.strip() and by_count is None else ""
        else:
            by_date = (moment - start).days
            yield (by_date, "") if by_count in (None, by_date) else (None, DISAGREE)


def _date(text: str) -> tuple[date | None, str]:
    """A date, or why there is none; a time of day is no part of a day."""
    if not text:
        return None, ""
    whole = WHOLE.fullmatch(text)
    if whole is None:
        return None, IS_PARTIAL if PARTIAL.fullmatch(text) else NO_DATE
    try:
        found = date.fromisoformat(whole[1])
    except ValueError:
        return None, NO_DATE
    inside = YEARS[0] <= found.year <= YEARS[1]
    return (found, "") if inside else (None, f"{NO_DATE}, between {YEARS[0]} and {YEARS[1]}")


def _count(text: str, shift: float) -> tuple[int | None, str]:
    """A study day of CDISC as one of this package, or why there is none."""
    if not text:
        return None, ""
    if not DAY.fullmatch(text):
        return None, "expected a study day, a whole number"
    day = int(text.split(".")[0])
    if day == 0:
        return None, NO_DAY_ZERO
    if pd.isna(shift):
        return None, ""
    return day - (1 if day > 0 else 0) - int(shift), ""


def dose_readings(columns: Mapping[str, np.ndarray], n: int, *, texts: np.ndarray, place: str) -> Reading:
    """The daily dose from the dose, its unit and its frequency, for the three columns of DOSES that it fills.

    It describes what was recorded and gives no advice.

    Parameters
    ----------
    columns : mapping of str to array of object
        `unit` (EXDOSU), `frequency` (EXDOSFRQ) and `route` as a value of the table.
    n : int
        How many rows.
    texts : array of object
        EXDOSE.
    place : str
        Its name.

    Returns
    -------
    Reading
        `dose_mg_per_day`, `dose_ug_per_day` and `status`. A unit or a frequency that is not known is a fault.
    """
    mg: list[float | None] = []
    ug: list[float | None] = []
    status: list[str | None] = []
    faults: dict[int, str] = {}
    for row in range(n):
        given = (texts[row].strip(), columns["unit"][row], columns["frequency"][row])
        amount, rule = _daily(*(cell.strip() for cell in given))
        oral = columns["route"][row] == "oral"
        if rule:
            faults[row] = rule
        mg.append(float(amount) if amount is not None and oral else None)
        ug.append(float(amount * 1000) if amount is not None and not oral else None)
        status.append(None if rule else "unknown" if amount is None else "taken" if amount else "zero documented")
    return Reading(
        place=place,
        cells=coded_texts(texts),
        values={
            "dose_mg_per_day": pd.Series(mg, dtype=float),
            "dose_ug_per_day": pd.Series(ug, dtype=float),
            "status": pd.Series(status, dtype=pd.CategoricalDtype(["taken", "zero documented", "unknown", "imputed"])),
        },
        repairs=pd.DataFrame(columns=["became", "why"], index=pd.Index([], dtype=int), dtype=object),
        faults=pd.Series(faults, index=pd.Index(list(faults), dtype=int), dtype=object),
    )


def _daily(dose: str, unit: str, frequency: str) -> tuple[Fraction | None, str]:
    """Milligrams a day, exactly, or why they are not known."""
    if not dose:
        return None, ""
    if not NUMBER.fullmatch(dose):
        return None, "expected a number"
    rate = next((end for end in RATE if unit.casefold().endswith(end)), "")
    plain = unit.casefold().removesuffix(rate).replace("\N{MICRO SIGN}", "u").replace("\N{GREEK SMALL LETTER MU}", "u")
    if plain not in MG:
        return None, f"expected a unit of {', '.join(MG)}, or one of them a day"
    times = Fraction(1) if rate else TIMES.get(frequency.upper())
    if times is None or (rate and frequency.upper() not in (*CONTINUOUS, "QD", "DAILY")):
        return None, "the frequency does not say how often a day; declare the daily dose in the source"
    return Fraction(dose) * MG[plain] * times, ""
