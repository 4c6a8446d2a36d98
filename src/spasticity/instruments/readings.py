"""Typed answers as numbers, item by item, with every cell that is refused, repaired or not applicable marked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from spasticity.instruments import grades
from spasticity.instruments.clocks import clock_minutes
from spasticity.instruments.questions import Item

NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
RANGE = rf"({NUMBER})\s*(?:-|to)\s*({NUMBER})"
NOT_APPLICABLE = "not applicable"
MIDPOINT = "a range, read as its midpoint"


@dataclass(frozen=True, slots=True)
class Reading:
    """The answers to one item.

    Parameters
    ----------
    numbers : array of float, shape (n,)
        Not a number where missing, refused or not applicable.
    refused : array of bool, shape (n,)
        Where an answer was given that the item does not take.
    applicable : array of bool, shape (n,)
        False where the answer is that the item does not apply.
    repaired : array of object, shape (n,), or None
        Why a cell was read as something it does not spell; None elsewhere, and altogether when there is no such cell.
    """

    numbers: np.ndarray
    refused: np.ndarray
    applicable: np.ndarray
    repaired: np.ndarray | None


def read_item(values: pd.Series, item: Item) -> Reading:
    """The answers to one item as numbers.

    Parameters
    ----------
    values : Series, shape (n,)
        As given: numbers, text or categories.
    item : Item
        What the answers may be.

    Returns
    -------
    Reading
    """
    if pd.api.types.is_numeric_dtype(values.dtype) and item.kind in ("integer", "number"):
        return _read_numbers(values, item)
    codes, distinct = pd.factorize(values.astype(object))
    cells = [_PARSE[item.kind](value, item) for value in distinct] + [(np.nan, None)]  # the last: nothing given
    numbers = np.array([number for number, _ in cells], dtype="float64")
    words = np.array([word for _, word in cells], dtype=object)
    refused = _outside(numbers, item)
    applicable = words != NOT_APPLICABLE
    why = words.copy()
    why[refused | ~applicable] = None
    repaired = why[codes] if pd.notna(why).any() else None
    return Reading(np.where(refused, np.nan, numbers)[codes], refused[codes], applicable[codes], repaired)


def _read_numbers(values: pd.Series, item: Item) -> Reading:
    """A numeric column at once, without a look at its distinct values."""
    numbers = values.to_numpy(dtype="float64", na_value=np.nan)
    refused = _outside(numbers, item)
    if pd.api.types.is_bool_dtype(values.dtype) and (item.low, item.high) != (0, 1):
        refused = ~np.isnan(numbers)
    return Reading(np.where(refused, np.nan, numbers), refused, np.broadcast_to(True, numbers.shape), None)


def _outside(numbers: np.ndarray, item: Item) -> np.ndarray:
    """Numbers the item does not take; what could not be read at all is infinite."""
    outside = np.isinf(numbers)
    if item.low is not None and item.kind != "grade":
        outside |= numbers < item.low
    if item.high is not None and item.kind != "grade":
        outside |= numbers > item.high
    if item.kind == "integer":
        outside |= ~np.isnan(numbers) & (numbers != np.floor(numbers))
    if item.allowed:
        outside |= ~np.isin(numbers, item.allowed) & ~np.isnan(numbers)
    return outside


def _number(value: object, item: Item) -> tuple[float, str | None]:
    """A cell as a number; infinite when it is none."""
    if isinstance(value, (int, float, np.number)) and not isinstance(value, (bool, np.bool_)):
        return float(value), None
    if isinstance(value, (bool, np.bool_)):
        return (float(value), None) if (item.low, item.high) == (0, 1) else (np.inf, None)
    text = str(value).strip().replace("\N{MINUS SIGN}", "-")
    if not text:
        return np.nan, None
    if item.not_applicable and text.lower() in ("na", "n/a", NOT_APPLICABLE):
        return np.nan, NOT_APPLICABLE
    if item.not_testable and text.upper() == "NT":
        return np.nan, None
    if re.fullmatch(NUMBER, text):
        return float(text), None
    between = re.fullmatch(RANGE, text) if item.midpoint else None
    return ((float(between[1]) + float(between[2])) / 2, MIDPOINT) if between else (np.inf, None)


def _clock(value: object, _item: Item) -> tuple[float, str | None]:
    """A cell as minutes since midnight."""
    if isinstance(value, str) and not value.strip():
        return np.nan, None
    minutes = float(clock_minutes(pd.Series([value], dtype=object)).iloc[0])
    return (np.inf if np.isnan(minutes) else minutes), None


def _grade(value: object, item: Item) -> tuple[float, str | None]:
    """A grade as the number of the item's coding."""
    found = grades.meaning(value, grades.spelled(value), "mas")
    if not found:
        return np.nan, None
    number = grades.value_of(found.get("grade"), item.coding)
    return (np.inf if number is None else number), found.get("why")


def _text(value: object, _item: Item) -> tuple[float, str | None]:
    """One where something is written."""
    return (1.0 if str(value).strip() else np.nan), None


_PARSE: dict[str, Callable[[object, Item], tuple[float, str | None]]] = {
    "integer": _number,
    "number": _number,
    "clock": _clock,
    "grade": _grade,
    "text": _text,
}
