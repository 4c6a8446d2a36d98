"""The declaration of a table: its columns, units, ranges, labels and key.

One `Schema` checks a frame, labels an axis, writes the codebook and makes examples for tests.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

import numpy as np
import pandas as pd

from spasticity.errors import DataError, listed
from spasticity.wording import plural

Kind = Literal["text", "category", "integer", "number", "flag", "date", "instant", "clock"]
Better = Literal["lower", "higher"]

FAILURE_COLUMNS = ["row", "column", "value", "rule"]
LARGEST_EXACT = 2**53  # whole numbers beyond this are not exact as float64
DATE_PATTERN = r"\d{4}-\d{2}-\d{2}"
INSTANT_PATTERN = DATE_PATTERN + r"[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})"
CLOCK_PATTERN = r"(?:[01]\d|2[0-3]):[0-5]\d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
        Snake case, with its unit where it has one (`waso_min`).
    kind : str
        `text`, `category`, `integer`, `number`, `flag` (true or false), `date`, `instant` (UTC) or `clock` (HH:MM).
    label : str
        Words for an axis or a codebook, without the unit.
    unit : str, optional
        Unit as printed.
    low, high : float, optional
        Closed range of possible values.
    allowed : tuple of float
        The only numbers it may take, where not all of the range are; the note says which.
    categories : tuple of str
        The only values a `category` may take, in order.
    ordered : bool
        Whether the categories are grades.
    required : bool
        Whether every row must have a value.
    optional : bool
        Whether a source may be without the column: its cells are missing then. In a key, missing is a value like
        others.
    better : str, optional
        `lower` or `higher` when the column has a direction of benefit.
    note : str
        What a reader of the codebook must know.
    """

    name: str
    kind: Kind
    label: str
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    allowed: tuple[float, ...] = ()
    categories: tuple[str, ...] = ()
    ordered: bool = False
    required: bool = False
    optional: bool = False
    better: Better | None = None
    note: str = ""

    @property
    def axis_label(self) -> str:
        """Label with the unit in parentheses."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

    @property
    def expected(self) -> str:
        """The values this column takes, in words."""
        if self.kind == "category":
            return f"one of {', '.join(self.categories)}"
        words = {
            "text": "text",
            "integer": "a whole number",
            "number": "a number",
            "flag": "true or false",
            "date": "a date such as 2024-03-31",
            "instant": "a UTC time such as 2024-03-31T01:30:00Z",
            "clock": "a clock time such as 22:30",
        }[self.kind]
        if self.low is not None and self.high is not None:
            return f"{words} from {self.low:g} to {self.high:g}"
        if self.low is not None:
            return f"{words} of at least {self.low:g}"
        return f"{words} of at most {self.high:g}" if self.high is not None else words

    def typed(self, values: pd.Series) -> tuple[pd.Series, pd.Series]:
        """Values in the dtype of this column, and a mask of those that do not fit.

        Parameters
        ----------
        values : Series, shape (n,)
            Values as they are.

        Returns
        -------
        typed : Series, shape (n,)
            The column's dtype; what does not fit is missing.
        bad : Series of bool, shape (n,)
            True where a value is there and breaks the column's rule.
        """
        given = values.notna()
        typed = _as_category(values, self) if self.kind == "category" else _CAST[self.kind](values)
        bad = given & typed.isna()
        if self.kind in ("integer", "number"):
            if self.low is not None:
                bad |= typed.lt(self.low).fillna(False).astype(bool)
            if self.high is not None:
                bad |= typed.gt(self.high).fillna(False).astype(bool)
            if self.allowed:
                bad |= given & ~typed.isin(self.allowed)
        return typed, bad.astype(bool)


@dataclass(frozen=True, slots=True)
class Schema:
    """A table: its columns in order, and the columns that identify a row.

    Parameters
    ----------
    name : str
        The table's name; also the name of its file and of its attribute on a study.
    label : str
        One line on what a row is.
    columns : tuple of Column
        In the order of the file.
    key : tuple of str
        Columns that together name a row; they are never missing and never repeated.
    """

    name: str
    label: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.columns]

    @property
    def required(self) -> list[str]:
        """Columns that every row must fill: the key and those declared so."""
        key = [name for name in self.key if not self[name].optional]
        return [column.name for column in self.columns if column.required or column.name in key]

    def optional(self, present: Sequence[str] = ()) -> list[str]:
        """Columns that a source may be without.

        Parameters
        ----------
        present : sequence of str
            Columns to leave out of the answer.

        Returns
        -------
        list of str
        """
        return [column.name for column in self.columns if column.optional and column.name not in present]

    def empty(self) -> pd.DataFrame:
        """The table with no rows.

        Returns
        -------
        DataFrame
        """
        return self.typed(pd.DataFrame({name: pd.Series(dtype=object) for name in self.names}))[0]

    def require(self, present: Sequence[str], *, where: str | None = None, extra: bool = False) -> None:
        """Refuse a set of column names that is not this table's.

        Parameters
        ----------
        present : sequence of str
            The columns at hand.
        where : str, optional
            File or table for the message.
        extra : bool
            Whether further columns are welcome.

        Raises
        ------
        DataError
            Names each missing and each unknown column, and the likely pairs.
        """
        missing = [name for name in self.names if name not in present and not self[name].optional]
        unknown = [] if extra else [name for name in present if name not in self.names]
        if not missing and not unknown:
            return
        parts = []
        if missing:
            parts.append(f"{plural(len(missing), 'column')} missing: {listed(missing, 'and')}")
        if unknown:
            parts.append(f"{plural(len(unknown), 'unknown column')}: {listed(unknown, 'and')}")
        pairs = [
            f"`{name}` looks like `{near[0]}`"
            for name in (unknown or [n for n in present if n not in self.names])
            if (near := get_close_matches(name, missing, n=1))
        ]
        remedy = "; ".join(pairs) or f"the table {self.name} has the columns {listed(self.names, 'and')}"
        raise DataError(f"{where or self.name}: {'; '.join(parts)}. {remedy[0].upper()}{remedy[1:]}.")

    def typed(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The frame in this table's dtypes, and every failure, with no row dropped.

        Parameters
        ----------
        frame : DataFrame
            Has the table's columns, but for optional ones; further ones are kept after them.

        Returns
        -------
        table : DataFrame
            Typed columns, same rows, same index.
        failures : DataFrame
            Columns `row` (index label), `column`, `value`, `rule`.
        """
        columns: dict[str, pd.Series] = {}
        failures = []
        lacking = self.optional(list(frame.columns))
        if lacking:
            frame = frame.assign(**dict.fromkeys(lacking, pd.Series(None, index=frame.index, dtype=object)))
        for column in self.columns:
            typed, bad = column.typed(frame[column.name])
            columns[column.name] = typed
            if bad.any():
                failures.append(_failures(frame.loc[bad, column.name], column.name, f"expected {column.expected}"))
            if column.name in self.required:
                absent = frame[column.name].isna()
                if absent.any():
                    failures.append(_failures(frame.loc[absent, column.name], column.name, "a value is required"))
        for name in frame.columns:
            if name not in columns:
                columns[name] = frame[name]
        table = pd.DataFrame(columns, index=frame.index)
        failures.extend(self._repeated(table))
        found = pd.concat(failures) if failures else pd.DataFrame(columns=FAILURE_COLUMNS)
        return table, found.reset_index(drop=True)

    def _repeated(self, table: pd.DataFrame) -> list[pd.DataFrame]:
        if not self.key:
            return []
        keys = table[list(self.key)]
        known = keys[[name for name in self.key if not self[name].optional]].notna().all(axis=1)
        repeated = keys.duplicated(keep=False) & known
        if not repeated.any():
            return []
        rule = f"repeats the key {', '.join(self.key)}"
        return [_failures(keys.loc[repeated, self.key[0]], self.key[0], rule)]

    def check(self, frame: pd.DataFrame, *, where: str | None = None, extra: bool = False) -> pd.DataFrame:
        """The frame, typed, or an error with every failure.

        Parameters
        ----------
        frame : DataFrame
            A table with this schema's columns.
        where : str, optional
            What to call it in an error.
        extra : bool
            Whether further columns are welcome.

        Returns
        -------
        DataFrame
            Same rows, the declared columns first and typed.

        Raises
        ------
        DataError
            When a column is missing or any value breaks its rule. `failures` has them all.
        """
        where = where or self.name
        self.require(list(frame.columns), where=where, extra=extra)
        table, failures = self.typed(frame)
        if len(failures):
            first = failures.iloc[0]
            rules = plural(len(failures), "value breaks", "values break")
            raise DataError(
                f"{where}: {rules} the schema, first at row {first['row']} in `{first['column']}`: {first['rule']}. "
                "Correct the source or declare its missing codes; `.failures` lists them all.",
                failures,
            )
        return table

    def codebook(self) -> pd.DataFrame:
        """One row per column: what it is, in which unit, with which values.

        Returns
        -------
        DataFrame
        """
        rows = [
            {
                "table": self.name,
                "column": column.name,
                "label": column.label,
                "unit": column.unit or "",
                "values": column.expected,
                "key": column.name in self.key,
                "required": column.name in self.required,
                "better": column.better or "",
                "note": column.note,
            }
            for column in self.columns
        ]
        return pd.DataFrame(rows)

    def example(self, rows: int, rng: np.random.Generator) -> pd.DataFrame:
        """A made-up table that passes the check, for tests.

        Parameters
        ----------
        rows : int
            How many rows.
        rng : Generator
            Source of randomness.

        Returns
        -------
        DataFrame
        """
        frame = pd.DataFrame({column.name: _example(column, rows, rng) for column in self.columns})
        if {"start_day", "end_day"} <= set(frame):
            frame["end_day"] += frame["start_day"] + 1
        if self.key:  # distinct keys: the first key column that is text numbers the rows
            free = next((name for name in self.key if self[name].kind == "text"), None)
            if free is not None:
                frame[free] = [f"P{row:04d}" for row in range(rows)]
        return self.check(frame)


def _failures(values: pd.Series, column: str, rule: str) -> pd.DataFrame:
    return pd.DataFrame({"row": values.index, "column": column, "value": values.to_numpy(dtype=object), "rule": rule})


def _numeric(values: pd.Series) -> pd.Series:
    """Numbers as float64; text, infinities and booleans are not numbers."""
    if isinstance(values.dtype, pd.CategoricalDtype) or pd.api.types.is_bool_dtype(values.dtype):
        return pd.Series(np.nan, index=values.index)
    if not pd.api.types.is_numeric_dtype(values.dtype):
        values = values.where(values.map(_is_number).astype(bool))
    numbers = pd.to_numeric(values, errors="coerce").astype("Float64").astype("float64")
    return numbers.where(np.isfinite(numbers))


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, np.number)) and not isinstance(value, (bool, np.bool_))


def _as_text(values: pd.Series) -> pd.Series:
    texts = values.astype(object).map(lambda value: value if isinstance(value, str) and value.strip() else pd.NA)
    return texts.astype(pd.StringDtype("python"))


def _as_category(values: pd.Series, column: Column) -> pd.Series:
    dtype = pd.CategoricalDtype(list(column.categories), ordered=column.ordered)
    texts = values.astype(object)
    return texts.where(texts.isin(column.categories), None).astype(dtype)


def _as_number(values: pd.Series) -> pd.Series:
    return _numeric(values)


def _as_integer(values: pd.Series) -> pd.Series:
    numbers = _numeric(values)
    exact = (numbers == np.floor(numbers)) & (numbers.abs() <= LARGEST_EXACT)
    return numbers.where(exact).astype("Int64")


def _as_flag(values: pd.Series) -> pd.Series:
    flags = values.astype(object).map(lambda value: bool(value) if isinstance(value, (bool, np.bool_)) else pd.NA)
    return flags.astype("boolean")


def _as_date(values: pd.Series) -> pd.Series:
    return _times(values, DATE_PATTERN, utc=False).dt.normalize().astype("datetime64[us]")


def _as_instant(values: pd.Series) -> pd.Series:
    return _times(values, INSTANT_PATTERN, utc=True).astype("datetime64[us, UTC]")


def _times(values: pd.Series, pattern: str, *, utc: bool) -> pd.Series:
    """ISO texts and time objects as times; numbers and every other spelling are missing."""
    if not pd.api.types.is_datetime64_any_dtype(values.dtype):
        texts = values.astype(object)
        iso = texts.map(lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None)
        timed = texts.map(
            lambda value: isinstance(value, dt.date) and (getattr(value, "tzinfo", None) is not None) == utc
        )
        values = texts.where((iso | timed).astype(bool), None)
    return pd.to_datetime(values, errors="coerce", utc=utc, format="ISO8601")


def _as_clock(values: pd.Series) -> pd.Series:
    texts = _as_text(values)
    return texts.where(texts.str.fullmatch(CLOCK_PATTERN).fillna(False).astype(bool))


_CAST = {
    "text": _as_text,
    "integer": _as_integer,
    "number": _as_number,
    "flag": _as_flag,
    "date": _as_date,
    "instant": _as_instant,
    "clock": _as_clock,
}


def _example(column: Column, rows: int, rng: np.random.Generator) -> pd.Series:
    low = 0 if column.low is None else column.low
    high = low + 10 if column.high is None else column.high
    if column.kind == "category":
        return pd.Series(rng.choice(np.array(column.categories, dtype=object), rows))
    if column.allowed:
        return pd.Series(rng.choice(np.array(column.allowed), rows))
    if column.kind == "integer":
        return pd.Series(rng.integers(int(low), int(high) + 1, rows))
    if column.kind == "number":
        return pd.Series(rng.uniform(low, high, rows))
    if column.kind == "flag":
        return pd.Series(rng.random(rows) < 0.5)
    if column.kind == "clock":
        minutes = rng.integers(0, 24 * 60, rows)
        return pd.Series([f"{m // 60:02d}:{m % 60:02d}" for m in minutes])
    if column.kind in ("date", "instant"):
        days = pd.to_timedelta(rng.integers(0, 365, rows), unit="D")
        return pd.Series(pd.Timestamp("2024-01-01", tz="UTC" if column.kind == "instant" else None) + days)
    return pd.Series([f"{column.name} {row}" for row in range(rows)])
