"""Spinal cord injury as recorded: AIS grades, neurological levels, and the groups the literature forms from them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd

from spasticity.instruments.grades import REPAIRED, Graded
from spasticity.schema import FAILURE_COLUMNS

AIS_GRADES = ("A", "B", "C", "D", "E")
AIS = pd.CategoricalDtype(list(AIS_GRADES), ordered=True)
#: Segments from the top down; C1 has no dermatome of its own in the examination.
LEVELS = (
    *(f"C{number}" for number in range(1, 9)),
    *(f"T{number}" for number in range(1, 13)),
    *(f"L{number}" for number in range(1, 6)),
    *(f"S{number}" for number in range(1, 4)),
    "S4-5",
)
LEVEL = pd.CategoricalDtype(list(LEVELS), ordered=True)
#: A grade of the impairment scale as files spell it; AISIA is a typing slip for AIS and ASIA.
AIS_SPELLING = re.compile(r"(?:(?:AIS|ASIA|AISIA|ISNCSCI)[\s\-:]*)?(?:GRADE\s*)?([A-E])")
UNKNOWN_AIS = ("U", "AIS U", "UNK", "UNKNOWN")  # U for unknown: from memory
#: Codes of the NINDS common data elements: the region is known, or nothing is.
UNKNOWN_LEVELS = ("C99", "T99", "L99", "S99", "X99")
LEVEL_SPELLING = re.compile(r"([CTLS])\s*0?(\d{1,2})(?:\s*[-/]\s*([CTLS])?\s*0?(\d{1,2}))?")

Meaning = tuple[str | None, str | None, str | None]  # what it means, why that is a repair, the rule that refuses it


def read_ais(values: pd.Series) -> Graded:
    """AIS grades as typed: `a`, `AIS-C`, `ISNCSCI B`, `ASIA D`; a Frankel grade is another scale and is refused.

    Parameters
    ----------
    values : Series of text, shape (n,)
        As typed.

    Returns
    -------
    Graded
        Ordered A to E; U (unknown) is missing.
    """
    return _read(values, _ais_meaning, AIS, "AIS")


def read_level(values: pd.Series) -> Graded:
    """Neurological levels as typed: `c5`, `T04`, `S4-5`; `C5-6` is read as its upper level, and that is a repair.

    Parameters
    ----------
    values : Series of text, shape (n,)
        As typed.

    Returns
    -------
    Graded
        Ordered from C1 down to S4-5. Codes for an unknown level (`C99`, `X99`) are missing; `X00`, whose meaning is
        not on record, is refused.
    """
    return _read(values, _level_meaning, LEVEL, "neurological level")


def region(levels: pd.Series) -> pd.Series:
    """Tetraplegia from C1 to C8, paraplegia from T1 down.

    Parameters
    ----------
    levels : Series of category or text, shape (n,)
        As `read_level` gives them.

    Returns
    -------
    Series of category, shape (n,)
        `tetraplegia` or `paraplegia`; missing stays missing.
    """
    names = {level: "tetraplegia" if level.startswith("C") else "paraplegia" for level in LEVELS}
    found = levels.astype(object).map(names)
    return found.astype(pd.CategoricalDtype(["tetraplegia", "paraplegia"]))


def motor_complete(ais: pd.Series) -> pd.Series:
    """Whether an injury is motor complete: A and B, against C and D; E is neither.

    Parameters
    ----------
    ais : Series of category or text, shape (n,)
        Grades A to E.

    Returns
    -------
    Series of boolean, shape (n,)
        Missing for E and for missing grades.
    """
    return ais.astype(object).map({"A": True, "B": True, "C": False, "D": False}).astype("boolean")


def _read(values: pd.Series, meaning: Callable[[str], Meaning], dtype: pd.CategoricalDtype, coding: str) -> Graded:
    codes, distinct = pd.factorize(values.astype(object))
    legend = pd.DataFrame([meaning(str(value)) for value in distinct], columns=["became", "why", "rule"], dtype=object)
    legend.loc[len(legend)] = [None, None, None]  # the last: nothing typed
    column = coding if values.name is None else str(values.name)
    cells = legend.iloc[codes].set_index(values.index).assign(row=values.index, column=column, was=values, value=values)
    return Graded(
        grades=pd.Series(cells["became"].astype(dtype), name=values.name),
        coding=coding,
        repairs=cells.loc[cells["why"].notna(), REPAIRED].reset_index(drop=True),
        refused=cells.loc[cells["rule"].notna(), FAILURE_COLUMNS].reset_index(drop=True),
    )


def _ais_meaning(value: str) -> Meaning:
    text = value.strip().upper()
    if not text or text in UNKNOWN_AIS:
        return None, None, None
    if text.startswith("FRANKEL"):
        return None, None, "a Frankel grade is not an AIS grade; keep it in a column of its own"
    found = AIS_SPELLING.fullmatch(text)
    if not found:
        return None, None, "expected an AIS grade A to E"
    return found[1], None if value == found[1] else f"the AIS grade {found[1]} spelled in another way", None


def _level_meaning(value: str) -> Meaning:
    text = value.strip().upper()
    if not text or text in UNKNOWN_LEVELS:
        return None, None, None
    if text in ("S4-5", "S4-S5", "S4/5", "S4", "S5"):
        return "S4-5", None if value == "S4-5" else "S4-5 spelled in another way", None
    found = LEVEL_SPELLING.fullmatch(text)
    upper = f"{found[1]}{int(found[2])}" if found else ""
    lower = f"{found[3] or found[1]}{int(found[4])}" if found and found[4] else upper
    if upper not in LEVELS or (lower not in LEVELS and lower not in ("S4", "S5")):
        return None, None, "expected a level such as C5, T10, L1 or S4-5"
    if lower != upper:
        return upper, "two levels given, the upper one kept", None
    return upper, None if value == upper else f"{upper} spelled in another way", None
