"""One cell: text in; a value, a repair or a reason to refuse it out."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

import pandas as pd

from spasticity.instruments import grades, injury
from spasticity.load.spelling import PLAIN, REST, Spelling
from spasticity.schema import Column

# Written out because int() and float() also take Arabic digits, underscores, "inf" and "nan".
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
INTEGER = re.compile(r"[+-]?\d+(?:\.0*)?", re.ASCII)
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)", re.ASCII)
CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::00)?", re.ASCII)
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069]")
MINUS = "\N{MINUS SIGN}"
EXACT = 2**53  # the largest range in which every whole number has its own float
SHEET_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})
RESET = 1970  # the year a device shows when it lost its time
YEARS = (1900, 2100)  # a year outside is a slip of the pen such as 0202
EPOCHS = {"1900": datetime(1899, 12, 30), "1904": datetime(1904, 1, 1)}  # the two date systems of spreadsheets
SERIAL = re.compile(r"\d{1,6}(?:\.0*)?", re.ASCII)


class Cell(NamedTuple):
    """What a text says: its value, and the repair or the rule it breaks when there is one."""

    value: object
    became: str = ""
    why: str = ""
    rule: str = ""


def read(text: str, column: Column, spelling: Spelling = PLAIN) -> Cell:
    """The value of a cell.

    Parameters
    ----------
    text : str
        As the source has it.
    column : Column
        What it should be; its range is not checked here.
    spelling : Spelling
        How the source writes values.

    Returns
    -------
    Cell
        `became` is the cell as the source should have written it.
    """
    clean, why = _tidied(text)
    if not clean or clean in spelling.missing:
        return Cell(None, "", why or (spelling.reasons.get(clean, "declared missing code") if clean else ""))
    if clean in SHEET_ERRORS:
        return Cell(None, rule="a spreadsheet could not calculate this cell; correct the sheet")
    if spelling.coding is not None:
        return _decoded(clean, why, column, spelling)
    reader = BY_NAME.get(column.name, READERS[column.kind])
    cell = reader(clean, column, spelling)
    if why and not cell.rule:
        return Cell(cell.value, cell.became or clean, f"{why}; {cell.why}" if cell.why else why)
    return cell


def _decoded(clean: str, why: str, column: Column, spelling: Spelling) -> Cell:
    coding = spelling.coding or {}
    if clean not in coding and REST not in coding:
        return Cell(None, rule="the code is not among the declared ones")
    meant = read(coding.get(clean, coding.get(REST, "")), column)
    return Cell(meant.value, clean if why else "", why, meant.rule)


def _tidied(text: str) -> tuple[str, str]:
    """The text without what nobody typed on purpose, and what was taken away."""
    if text.isascii() and text == text.strip() and "\r" not in text:
        return text, ""
    seen = INVISIBLE.sub("", text)
    clean = seen.replace("\r\n", "\n").replace("\r", "\n").strip()
    if clean == text:
        return text, ""
    if not clean:
        return "", "only spaces"
    return clean, "invisible characters removed" if seen != text else "spaces or line ends removed"


def _expected(column: Column, hint: str = "") -> Cell:
    return Cell(None, rule=f"expected {column.expected}{hint}")


def _text(text: str, column: Column, spelling: Spelling) -> Cell:  # noqa: ARG001
    return Cell(text)


def _category(text: str, column: Column, spelling: Spelling) -> Cell:  # noqa: ARG001
    if text in column.categories:
        return Cell(text)
    if column.categories == grades.MAS_GRADES:
        return _grade(text)
    same = [category for category in column.categories if category.casefold() == text.casefold()]
    return Cell(same[0], same[0], "letter case") if len(same) == 1 else _expected(column)


def _grade(text: str) -> Cell:
    found = grades.meaning(text, grades.spelled(text), "mas")
    grade, why = found.get("grade"), found.get("why")
    if grade is None:
        hint = "; a file that writes grades as other numbers needs a coding" if text == "5" else ""
        return Cell(None, rule=f"{found['rule']}{hint}")
    return Cell(grade, grade, why) if why else Cell(grade)


def _plain_number(text: str, spelling: Spelling) -> tuple[str, str]:
    """A number with a point and a hyphen, and why it had to be rewritten; a decimal comma is no reason."""
    why = "typographic minus" if MINUS in text else ""
    text = text.replace(MINUS, "-")
    if spelling.thousands and _grouped(text, spelling):
        text = text.replace(spelling.thousands, "")
    if spelling.decimal == ",":
        text = text.replace(".", "\0").replace(",", ".")  # a point is no decimal mark here
    return text, why


def _grouped(text: str, spelling: Spelling) -> bool:
    mark, decimal = re.escape(spelling.thousands), re.escape(spelling.decimal)
    return re.fullmatch(rf"[+-]?\d{{1,3}}(?:{mark}\d{{3}})+(?:{decimal}\d*)?", text, re.ASCII) is not None


def _number(text: str, column: Column, spelling: Spelling) -> Cell:
    plain, why = _plain_number(text, spelling)
    if not NUMBER.fullmatch(plain):
        return _expected(column, _number_hint(text, spelling))
    value = float(plain)
    if math.isinf(value):
        return _expected(column, " that a computer can hold")
    if spelling.factor != 1:
        value = float(Fraction(plain) * spelling.factor)
    if column.allowed and value not in column.allowed:
        return _expected(column, f"; {column.note}")
    return Cell(value, text.replace(MINUS, "-") if why else "", why)


def _integer(text: str, column: Column, spelling: Spelling) -> Cell:
    plain, why = _plain_number(text, spelling)
    if not INTEGER.fullmatch(plain):
        return _expected(column, _number_hint(text, spelling) or _count_hint(plain))
    digits = plain.split(".")[0]
    if len(digits) > 17 or abs(int(digits)) > EXACT:
        return _expected(column, " that a computer can hold exactly")
    whole = int(digits) * spelling.factor
    if whole.denominator != 1:
        return _expected(column, f"; the declared unit {spelling.unit} does not give one")
    return Cell(int(whole), text.replace(MINUS, "-") if why else "", why)


def _count_hint(plain: str) -> str:
    """What stands where a whole number should: the text is kept among the rejects, no number is made up."""
    if re.fullmatch(r"\d+ ?(?:-|\N{EN DASH}|to|/) ?\d+", plain):
        return "; this is a range, ask for the number"
    if re.fullmatch(r"(?:[<>≤≥]|more than|less than|over|about|~) ?\d+|\d+ ?\+", plain):
        return "; this is a limit and not the number, ask for it"
    if NUMBER.fullmatch(plain):
        return "; this may be a mean of several, ask for each"
    return ""


def _number_hint(text: str, spelling: Spelling) -> str:
    if spelling.decimal == "." and "," in text:
        return "; a decimal comma must be declared (decimal=',')"
    if spelling.decimal == "," and "." in text:
        return "; the declared decimal mark is a comma, and no thousands mark is declared"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return "; this is a date, as spreadsheets make of 1-2"
    return ""


def _flag(text: str, column: Column, spelling: Spelling) -> Cell:  # noqa: ARG001
    value = {"true": True, "false": False}.get(text.lower())
    return _expected(column, "; declare a coding for other words") if value is None else Cell(value)


def _date(text: str, column: Column, spelling: Spelling) -> Cell:
    if spelling.serials and SERIAL.fullmatch(text):
        return _in_century(EPOCHS[spelling.serials] + timedelta(days=int(float(text))), column)
    for form in spelling.dates if text.isascii() else ():
        try:
            return _in_century(datetime.strptime(text, form), column)
        except ValueError:
            continue
    form = spelling.dates[0]
    if SERIAL.fullmatch(text):
        return _expected(column, "; this is a number, perhaps a date serial of a spreadsheet")
    return _expected(column) if form == "%Y-%m-%d" else Cell(None, rule=f"expected a date written as {form}")


def _in_century(day: datetime, column: Column) -> Cell:
    if not YEARS[0] <= day.year <= YEARS[1]:
        return _expected(column, f", between {YEARS[0]} and {YEARS[1]}")
    return Cell(day)


def _instant(text: str, column: Column, spelling: Spelling) -> Cell:  # noqa: ARG001
    if not INSTANT.fullmatch(text):
        return _expected(column)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _expected(column)
    if moment.year == RESET:
        return Cell(None, rule="a clock that was reset to 1970; ask when the recording began")
    return _in_century(moment, column)


def _clock(text: str, column: Column, spelling: Spelling) -> Cell:  # noqa: ARG001
    found = CLOCK.fullmatch(text)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        return _expected(column)
    clock = f"{int(found[1]):02d}:{found[2]}"
    return Cell(clock) if clock == text else Cell(clock, clock, "clock time written as HH:MM")


def _injury(text: str, column: Column, spelling: Spelling) -> Cell:  # noqa: ARG001
    """An AIS grade, however it is spelled; Frankel's grades are another scale."""
    found = injury.read_ais(pd.Series([text], name=column.name))
    if len(found.refused):
        return Cell(None, rule=f"expected {column.expected}; {found.refused['rule'][0]}")
    if pd.isna(found.grades[0]):
        return Cell(None, "", "the grade is unknown")
    why = found.repairs["why"][0] if len(found.repairs) else ""
    return Cell(found.grades[0], found.grades[0] if why else "", why)


def _level(text: str, column: Column, spelling: Spelling) -> Cell:  # noqa: ARG001
    """A neurological level in its usual spelling; words that are none stay as they are."""
    found = injury.read_level(pd.Series([text], name=column.name))
    if found.repairs.empty:
        return Cell(text)
    return Cell(found.grades[0], found.grades[0], found.repairs["why"][0])


Reader = Callable[[str, Column, Spelling], Cell]
READERS: dict[str, Reader] = {
    "text": _text,
    "category": _category,
    "integer": _integer,
    "number": _number,
    "flag": _flag,
    "date": _date,
    "instant": _instant,
    "clock": _clock,
}
BY_NAME: dict[str, Reader] = {"ais": _injury, "level": _level}
