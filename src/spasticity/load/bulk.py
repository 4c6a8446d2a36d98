"""Shortcuts for columns of many distinct, plainly written values; what is not plain goes the long way, cell by cell.

A shortcut gives what `cells.read` gives for every cell, or nothing at all. Measured in benchmarks/loading.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from spasticity.load.cells import BY_NAME, EXACT, RESET, SHEET_ERRORS, YEARS
from spasticity.load.spelling import Spelling
from spasticity.schema import Column

FEW = 500  # distinct values below which a shortcut saves nothing
LONG = 17  # digits from which `cells.read` looks closer
DIGITS = re.compile(r"[0-9.\-\n]*")
POINT_FIRST = re.compile(r"(?:^|\n)-?\.")  # .0 is a number, but nobody writes a count so
PADDED = re.compile(r"(?:^|\n)\s|\s(?:\n|$)|\r")
STAMP = "0000-00-00T00:00:00Z"


def plain_values(distinct: np.ndarray, column: Column, spelling: Spelling) -> pd.Series | None:
    """Distinct texts of a column as values, when all of them are written plainly.

    Parameters
    ----------
    distinct : array of object, shape (n,)
        Different texts.
    column : Column
    spelling : Spelling

    Returns
    -------
    Series, shape (n,), or None
        Values that need no repair and break no rule but, perhaps, the range; None when the texts need a closer look.
    """
    shortcut = SHORTCUTS.get(column.kind)
    if shortcut is None or len(distinct) < FEW or spelling.coding is not None or column.name in BY_NAME:
        return None
    if spelling.decimal != "." or spelling.thousands or spelling.unit is not None:
        return None
    if not spelling.missing.isdisjoint(distinct) or not SHEET_ERRORS.isdisjoint(distinct):
        return None
    return shortcut(distinct)


def _numbers(distinct: np.ndarray) -> pd.Series | None:
    joined = "\n".join(distinct)
    if not DIGITS.fullmatch(joined) or joined.count("\n") >= len(distinct):
        return None
    try:
        values = np.where(distinct == "", "nan", distinct).astype(float)
    except ValueError:
        return None
    return None if np.isinf(values).any() else pd.Series(values)


def _integers(distinct: np.ndarray) -> pd.Series | None:
    odd = max(map(len, distinct)) >= LONG or POINT_FIRST.search("\n".join(distinct))
    values = None if odd else _numbers(distinct)
    return None if values is None or values.abs().max() >= EXACT or (values % 1 > 0).any() else values


def _texts(distinct: np.ndarray) -> pd.Series | None:
    joined = "\n".join(distinct)
    plain = joined.isascii() and not PADDED.search(joined) and "" not in distinct
    return pd.Series(distinct, dtype=object) if plain else None


def _instants(distinct: np.ndarray) -> pd.Series | None:
    if set(map(len, distinct)) != {len(STAMP)}:
        return None
    stamps = np.array(distinct, dtype=f"U{len(STAMP)}")
    letters = stamps.view(np.uint32).reshape(len(stamps), -1)
    form = np.array([ord(letter) for letter in STAMP], dtype=np.uint32)
    digit = form == ord("0")
    numeric = (letters[:, digit] >= ord("0")) & (letters[:, digit] <= ord("9"))
    if not numeric.all() or (letters[:, ~digit] != form[~digit]).any():
        return None
    try:
        moments = stamps.astype(f"U{len(STAMP) - 1}").astype("datetime64[s]")
    except ValueError:
        return None
    years = moments.astype("datetime64[Y]").astype(int) + 1970
    if years.min() < YEARS[0] or years.max() > YEARS[1] or (years == RESET).any():
        return None
    return pd.Series(moments.astype("datetime64[us]")).dt.tz_localize("UTC")


SHORTCUTS: dict[str, Callable[[np.ndarray], pd.Series | None]] = {
    "number": _numbers,
    "integer": _integers,
    "text": _texts,
    "instant": _instants,
}
