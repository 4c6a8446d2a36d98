"""Putting the kind of an identifier in its place: in the cells, in the values and in the ledger."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spasticity.load.coding import coded_texts
from spasticity.privacy import kind_by_name, redacted, spans
from spasticity.schema import Schema

if TYPE_CHECKING:
    from spasticity.load.casting import Reading

AGE, OLDEST = "age_years", 89  # 45 CFR 164.514(b)(2)(i)(C): ages over 89 become one class, 90 or older
TAKEN_OUT = "identifier taken out"


def places(reading: Reading) -> list[str]:
    """The columns of the source that a reading comes from.

    Parameters
    ----------
    reading : Reading

    Returns
    -------
    list of str
    """
    return [reading.place] if isinstance(reading.place, str) else list(dict.fromkeys(reading.place))


def text_columns(reading: Reading, schema: Schema) -> list[str]:
    """Columns of the table that take any text.

    Parameters
    ----------
    reading : Reading
    schema : Schema

    Returns
    -------
    list of str
    """
    return [name for name in reading.values if name not in schema or schema[name].kind == "text"]


def named_kind(column: str, marked: frozenset[str]) -> str:
    """The kind that the name of a column, or its mark, speaks of.

    Parameters
    ----------
    column : str
    marked : frozenset of str
        Columns that the source itself calls identifiers.

    Returns
    -------
    str
        Empty when neither says anything.
    """
    return kind_by_name(column) or ("personal code" if column in marked else "")


def rows_of(reading: Reading, column: str) -> np.ndarray:
    """The rows of a reading that come from a column of the source.

    Parameters
    ----------
    reading : Reading
    column : str

    Returns
    -------
    array of int
    """
    if isinstance(reading.place, str):
        return np.arange(len(reading.cells))
    return np.flatnonzero(reading.place == column)


def old_ages(reading: Reading) -> np.ndarray:
    """Which ages are above 89.

    Parameters
    ----------
    reading : Reading
        With ages.

    Returns
    -------
    array of bool, shape (n,)
        False for an age that nobody has: it is rejected for what it is.
    """
    old = reading.values[AGE].to_numpy(dtype=float, na_value=np.nan) > OLDEST
    old[reading.faults.index] = False
    return old


def redacted_reading(reading: Reading, schema: Schema, marked: frozenset[str]) -> Reading:
    """The reading with the kind of every identifier in its place, each change a repair of its cell.

    Parameters
    ----------
    reading : Reading
    schema : Schema
    marked : frozenset of str

    Returns
    -------
    Reading
    """
    text = bool(text_columns(reading, schema))
    before = reading.texts
    texts = before.copy()
    for column in places(reading) if text else ():
        if kind := named_kind(column, marked):
            rows = rows_of(reading, column)
            texts[rows] = [f"[{kind.upper()}]" if str(cell).strip() else cell for cell in texts[rows]]
    rows = np.arange(len(texts)) if text else reading.faults.index.union(reading.repairs.index).to_numpy(dtype=int)
    texts[rows] = _replaced(texts[rows], dates=not text)
    values = {
        name: _replaced_values(series, texts, before) if name in text_columns(reading, schema) else series
        for name, series in reading.values.items()
    }
    if AGE in values:
        old = old_ages(reading)
        texts[old] = "[AGE OVER 89]"
        values[AGE] = values[AGE].mask(pd.Series(old, index=values[AGE].index), OLDEST + 1)
    changed = np.flatnonzero(texts != before)
    changed = changed[~np.isin(changed, reading.faults.index)]
    done = pd.DataFrame({"became": texts[changed], "why": TAKEN_OUT}, index=pd.Index(changed, dtype=int), dtype=object)
    others = reading.repairs[~reading.repairs.index.isin(changed)]
    repairs = pd.concat([others, done]).sort_index() if len(others) else done
    return replace(
        reading, cells=coded_texts(texts), values=values, repairs=repairs if len(repairs) else reading.repairs
    )


def _replaced(texts: np.ndarray, *, dates: bool) -> np.ndarray:
    codes, distinct = pd.factorize(texts)
    found = [span for span in spans(list(distinct)) if not (dates and span.kind == "date")]
    clean = distinct.copy()
    for place, text in redacted(list(distinct), found).items():
        clean[place] = text
    return clean[codes]


def _replaced_values(values: pd.Series, texts: np.ndarray, before: np.ndarray) -> pd.Series:
    changed = (texts != before) & values.notna().to_numpy()
    return values.mask(pd.Series(changed, index=values.index), pd.Series(texts, index=values.index, dtype=values.dtype))
