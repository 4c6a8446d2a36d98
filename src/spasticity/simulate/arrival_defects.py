"""Defects to plant in files that arrive, and what a loader must do about each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

RECORDS, DIARY, BUTTON, NIGHTS = "redcap_records.csv", "diary.csv", "spasm_button.csv", "nights.csv"
MAS, ANGLES = "examinations.xlsx, sheet MAS", "examinations.xlsx, sheet Goniometer"
DOSES, THERAPY = "doses_as_typed.csv", "therapy.csv"

Becomes = str | date | Callable[[str], str]
Where = Callable[[pd.DataFrame], "pd.Series[bool]"]


@dataclass(frozen=True, slots=True)
class Plan:
    """A defect of one cell.

    Parameters
    ----------
    file : str
        File, with its sheet.
    column, defect : str
        Where, and what is wrong, in words.
    becomes : str, date or callable
        The damaged cell, with the cell as it was for `{}`; or a function of it.
    action : str
        `repaired` or `rejected`.
    rule : str
        What was expected.
    where : callable, optional
        Rows in which it may be planted; those with something in the column by default.
    form : str
        Form of the database, which is part of the source's name.
    """

    file: str
    column: str
    defect: str
    becomes: Becomes
    action: Literal["repaired", "rejected"]
    rule: str
    where: Where | None = None
    form: str = ""

    @property
    def source(self) -> str:
        """The name a ledger gives it."""
        return f"{self.file}, {self.form}" if self.form else self.file

    def eligible(self, frame: pd.DataFrame) -> np.ndarray:
        """Positions at which it may be planted.

        Parameters
        ----------
        frame : DataFrame of str

        Returns
        -------
        array of int
        """
        fits = frame[self.column] != "" if self.where is None else self.where(frame)
        if self.form:
            fits &= frame[f"{self.form}_complete"] == "2"
        return np.flatnonzero(fits)

    def damaged(self, cell: str) -> str | date:
        """The cell after it.

        Parameters
        ----------
        cell : str

        Returns
        -------
        str or date
        """
        if isinstance(self.becomes, date):
            return self.becomes
        return self.becomes.format(cell) if isinstance(self.becomes, str) else self.becomes(cell)


def _is(column: str, *values: str) -> Where:
    return lambda frame: frame[column].isin(values)


def _oral(frame: pd.DataFrame) -> pd.Series[bool]:
    return (frame["route"] == "oral") & frame["dose"].str.contains("mg")


def _thirds(frame: pd.DataFrame) -> pd.Series[bool]:
    return frame["dose"].str.fullmatch(r"\d+-\d+-\d+ mg").astype(bool)


def _infused(frame: pd.DataFrame) -> pd.Series[bool]:
    return (frame["route"] == "intrathecal") & frame["dose"].str.contains("/d")


def _amount(cell: str) -> str:
    return cell.split(" ")[0]


def _milligrams(cell: str) -> str:
    return f"{float(_amount(cell)) / 1000:g} mg/day"


def _wrong_unit(cell: str) -> str:
    return f"{_amount(cell)} mg"


def _schedule(cell: str) -> str:
    return cell.removesuffix(" mg")


def _typographic(cell: str) -> str:
    return cell.replace("-", "\N{MINUS SIGN}")


def _without_zero(cell: str) -> str:
    return cell.removeprefix("0")


def _capital(cell: str) -> str:
    return cell.capitalize()


def _date_only(cell: str) -> str:
    return cell.split(" ")[0]


def _starting(column: str, start: str) -> Where:
    return lambda frame: frame[column].str.startswith(start)


def _unanswered(frame: pd.DataFrame) -> pd.Series[bool]:
    return (frame["psqi_medicine"] == "") & (frame["psqi_complete"] == "2")


def _repaired(
    file: str, column: str, defect: str, becomes: Becomes, rule: str, where: Where | None = None, form: str = ""
) -> Plan:
    return Plan(file, column, defect, becomes, "repaired", rule, where, form)


def _rejected(
    file: str, column: str, defect: str, becomes: Becomes, rule: str, where: Where | None = None, form: str = ""
) -> Plan:
    return Plan(file, column, defect, becomes, "rejected", rule, where, form)


PLANS = (
    _repaired(RECORDS, "study_id", "a space after the code", "{} ", "codes are trimmed", form="adverse_event"),
    _repaired(RECORDS, "age", "a space before the number", " {}", "numbers are trimmed", form="demographics"),
    _repaired(
        RECORDS, "psqi_medicine", "the missing code of the project", "-99", "a declared code", _unanswered, "psqi"
    ),
    _rejected(RECORDS, "walk_time", "a unit in the cell", "{} s", "a number", form="timed_walk"),
    _rejected(RECORDS, "walk_time", "no time written as 0", "0", "a time of at least 1 s", form="timed_walk"),
    _rejected(RECORDS, "walk_device", "a code without a meaning", "9", "a code of the dictionary", form="timed_walk"),
    _rejected(RECORDS, "psfs_frequency", "a code without a meaning", "7", "a code of the dictionary", form="psfs"),
    _rejected(RECORDS, "med_start", "words", "before study", "a whole number", form="other_medicine"),
    _repaired(MAS, "MAS", "a space inside the grade", "1 +", "the grade 1+", _is("MAS", "1+")),
    _repaired(MAS, "MAS", "a grade with a decimal comma", "1,5", "the grade 1+", _is("MAS", "1+")),
    _repaired(MAS, "MAS", "a grade as a number", "1.5", "the grade 1+", _is("MAS", "1+")),
    _repaired(MAS, "MAS", "a Roman numeral", "I+", "the grade 1+", _is("MAS", "1+")),
    _repaired(MAS, "Patient", "a space after the code", "{} ", "codes are trimmed"),
    _rejected(MAS, "MAS", "a half grade", "2.5", "no grade; perhaps the mean of two raters"),
    _rejected(MAS, "MAS", "a grade of another coding", "5", "no grade of the modified scale"),
    _rejected(MAS, "MAS", "a formula that failed", "#N/A", "an error of the spreadsheet"),
    _rejected(MAS, "Side", "a side that is none", "B", "a declared code"),
    _rejected(ANGLES, "Angle", "a unit in the cell", "{}°", "a number"),
    _rejected(ANGLES, "Angle", "1-2 made a date by the spreadsheet", date(2024, 2, 1), "a number, not a date"),
    _rejected(ANGLES, "Angle", "more than a joint can turn", "240", "an angle of at most 180"),
    _repaired(DIARY, "Spasms", "the missing code of the diary", "999", "a declared code", _is("Spasms", "")),
    _repaired(DIARY, "Study day", "a typographic minus", _typographic, "a minus sign", _starting("Study day", "-")),
    _rejected(DIARY, "Spasms", "a range", "15-20", "a whole number"),
    _rejected(DIARY, "Spasms", "an open range", ">20", "a whole number"),
    _rejected(DIARY, "Spasms", "a mean", "3.5", "a whole number"),
    _rejected(DIARY, "Spasms", "a word", "many", "a whole number"),
    _rejected(DIARY, "Pain 0-10", "a rating above the scale", "11", "at most 10"),
    _rejected(DIARY, "Spasticity 0-10", "digits of another script", "\uff15", "a whole number in ASCII digits"),
    _repaired(NIGHTS, "into_bed", "an hour without its zero", _without_zero, "HH:MM", _starting("into_bed", "0")),
    _rejected(NIGHTS, "final_awakening", "an hour that is none", "24:10", "a clock time"),
    _rejected(NIGHTS, "attempt", "a clock time with a point", "22.30", "a clock time"),
    _rejected(NIGHTS, "waso_min", "less than nothing", "-15", "at least 0 minutes"),
    _repaired(BUTTON, "severity", "a capital letter", _capital, "letter case"),
    _rejected(BUTTON, "zone", "a zone without its area", "London", "the name of a time zone"),
    _rejected(BUTTON, "local_time", "a date without a time", _date_only, "a local time"),
    _repaired(DOSES, "dose", "an infusion without a unit", _amount, "µg assumed", _infused),
    _repaired(DOSES, "dose", "an infusion in mg", _milligrams, "mg converted to µg", _infused),
    _repaired(DOSES, "dose", "a schedule without a unit", _schedule, "mg assumed", _thirds),
    _rejected(DOSES, "dose", "µg written as mg", _wrong_unit, "an impossible dose", _infused),
    _rejected(DOSES, "dose", "tablets counted, but not how often", "2 x 10 mg", "two meanings", _oral),
    _rejected(DOSES, "dose", "a range", "10-20 mg", "two meanings", _oral),
    _rejected(THERAPY, "done_min", "a unit in the cell", "{} min", "a number"),
    _rejected(THERAPY, "planned_min", "a decimal point among commas", "45.5", "a number with a decimal comma"),
    _rejected(THERAPY, "day", "nothing", "", "a value is required"),
)
