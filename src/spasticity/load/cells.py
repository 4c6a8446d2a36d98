"""One cell: text in; a value, a repair or a reason to refuse it out."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from spasticity.instruments import grades
from spasticity.load.spelling import PLAIN, Spelling
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
        return Cell(None, "", why or ("declared missing code" if clean else ""))
    if clean in SHEET_ERRORS:
        return Cell(None, rule="a spreadsheet could not calculate this cell; correct the sheet")
    if spelling.coding is not None:
        return _decoded(clean, why, column, spelling)
    cell = READERS[column.kind](clean, column, spelling)
    if why and not cell.rule:
        return Cell(cell.value, cell.became or clean, f"{why}; {cell.why}" if cell.why else why)
    return cell


def _decoded(clean: str, why: str, column: Column, spelling: Spelling) -> Cell:
    coding = spelling.coding or {}
    if clean not in coding:
        return Cell(None, rule="the code is not among the declared ones")
    meant = read(coding[clean], column)
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
    if spelling.decimal == ",":
        text = text.replace(".", "\0").replace(",", ".")  # a point is no decimal mark here
    return text, why


def _number(text: str, column: Column, spelling: Spelling) -> Cell:
    plain, why = _plain_number(text, spelling)
    if not NUMBER.fullmatch(plain):
        return _expected(column, _number_hint(text, spelling))
    value = float(plain)
    if math.isinf(value):
        return _expected(column, " that a computer can hold")
    return Cell(value, text.replace(MINUS, "-") if why else "", why)


def _integer(text: str, column: Column, spelling: Spelling) -> Cell:
    plain, why = _plain_number(text, spelling)
    if not INTEGER.fullmatch(plain):
        return _expected(column, _number_hint(text, spelling))
    digits = plain.split(".")[0]
    if len(digits) > 17 or abs(int(digits)) > EXACT:
        return _expected(column, " that a computer can hold exactly")
    return Cell(int(digits), text.replace(MINUS, "-") if why else "", why)


def _number_hint(text: str, spelling: Spelling) -> str:
    if spelling.decimal == "." and "," in text:
        return "; a decimal comma must be declared (decimal=',')"
    if spelling.decimal == "," and "." in text:
        return "; the declared decimal mark is a comma"
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
    return _in_century(moment, column)


def _clock(text: str, column: Column, spelling: Spelling) -> Cell:  # noqa: ARG001
    found = CLOCK.fullmatch(text)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        return _expected(column)
    clock = f"{int(found[1]):02d}:{found[2]}"
    return Cell(clock) if clock == text else Cell(clock, clock, "clock time written as HH:MM")


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
