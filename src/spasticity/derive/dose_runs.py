"""Dose logs as runs of days with one known dose: what every rule on dosing works on. Gives no advice on dosing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.errors import DataError, MethodError, listed
from spasticity.wording import plural

COURSE = ["participant", "drug", "route"]
AMOUNTS = {"oral": "dose_mg_per_day", "intrathecal": "dose_ug_per_day"}
UNITS = {"oral": "mg_per_day", "intrathecal": "ug_per_day"}
SLACK = 1e-9  # relative; a fall of exactly a threshold counts although 0.1 has no exact binary form
FAR = 2**31  # more days than a log has, so that course and day are one ascending number

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Runs:
    """Runs of days with the same known dose, in the order of course and day; what is between them is unknown.

    Parameters
    ----------
    courses : DataFrame
        One row per participant, drug and route: these, `cohort` and `arm` when the log has them, and `first_day,
        end_day`, the days for which the log has rows.
    course : ndarray of int, shape (runs,)
        Row in `courses`.
    start, end : ndarray of int, shape (runs,)
        Half-open days.
    dose : ndarray, shape (runs,)
        mg per day by mouth, µg per day intrathecally; the two are never compared.
    """

    courses: pd.DataFrame
    course: Ints
    start: Ints
    end: Ints
    dose: Floats

    def __len__(self) -> int:
        return len(self.course)

    @property
    def follows(self) -> NDArray[np.bool_]:
        """Whether the run before belongs to the same course."""
        return np.concatenate([[False], self.course[1:] == self.course[:-1]])[: len(self)]

    @property
    def gap(self) -> Ints:
        """Unknown days between a run and the one before it in the same course."""
        before = np.concatenate([[0], self.end[:-1]])[: len(self)]
        return np.where(self.follows, self.start - before, 0)

    def at(self, course: Ints, day: Ints) -> Floats:
        """The known dose of courses on days, NaN where it is unknown."""
        place = np.searchsorted(self.key, course * FAR + day, side="right") - 1
        if not len(self):
            return np.full(np.shape(day), np.nan)
        there = np.maximum(place, 0)
        known = (place >= 0) & (self.course[there] == course) & (day < self.end[there])
        return np.where(known, self.dose[there], np.nan)

    @property
    def names(self) -> list[str]:
        """Columns that say whose course it is."""
        return [name for name in ("participant", "cohort", "arm", "drug", "route") if name in self.courses]

    def of(self, course: NDArray[np.integer]) -> pd.DataFrame:
        """Whose courses they are, a row each."""
        return self.courses[self.names].iloc[course].reset_index(drop=True)

    @property
    def key(self) -> Ints:
        """Course and first day as one ascending number."""
        return self.course * FAR + self.start

    def per_course(self, values: NDArray[np.generic]) -> Floats:
        """Sums over the runs of each course."""
        sums = np.bincount(self.course, weights=values.astype(float), minlength=len(self.courses))
        return sums.astype(float)


def by_rank(course: Ints) -> Iterator[Ints]:
    """The first items of every course, then the second ones, and so on: one vector step each.

    Parameters
    ----------
    course : ndarray of int
        Ascending.

    Yields
    ------
    ndarray of int
        Positions.
    """
    if not len(course):
        return
    first = np.flatnonzero(np.concatenate([[True], course[1:] != course[:-1]]))
    size = np.diff(np.append(first, len(course)))
    longest_first = np.argsort(-size, kind="stable")
    first, size = first[longest_first], size[longest_first]
    for rank in range(int(size[0])):
        yield first[: np.searchsorted(-size, -rank, side="left")] + rank


def lasts(first: NDArray[np.integer], size: int) -> NDArray[np.int64]:
    """The last position of each group of positions, from the first ones.

    Parameters
    ----------
    first : ndarray of int
        Ascending.
    size : int
        Positions in all.

    Returns
    -------
    ndarray of int
    """
    return np.append(first[1:], size)[: len(first)].astype(np.int64) - 1


def runs_of(daily: pd.DataFrame, *, imputed: bool = True) -> Runs:
    """The runs of a dose log with a row per day.

    Parameters
    ----------
    daily : DataFrame
        As `derive.dose_per_day` gives it: `participant, drug, route, day, dose_mg_per_day, dose_ug_per_day, status`.
    imputed : bool
        Whether imputed doses count as known.

    Returns
    -------
    Runs

    Raises
    ------
    DataError
        A day twice, an unknown route, or a dose in the unit of the other route.
    MethodError
        When a column is absent.
    """
    missing = [name for name in (*COURSE, "day", *AMOUNTS.values(), "status") if name not in daily]
    if missing:
        raise MethodError(
            f"doses: the table lacks {listed(missing, 'and')}; make it with `derive.dose_per_day(study)`."
        )
    course, day, courses = _courses(daily)
    dose = _doses(daily, imputed=imputed)
    order = None if _in_order(course, day) else np.lexsort((day, course))
    if order is not None:
        course, day, dose = course[order], day[order], dose[order]
    new = np.ones(len(day), dtype=bool)
    new[1:] = course[1:] != course[:-1]
    _refuse_days_twice(~new[1:] & (day[1:] == day[:-1]))
    first = np.flatnonzero(new)
    last = lasts(first, len(day))
    rows = first if order is None else order[first]
    people = {name: daily[name].iloc[rows].array for name in ("cohort", "arm") if name in daily}
    courses = courses.assign(**people)[["participant", *people, "drug", "route"]]
    courses = courses.assign(first_day=day[first], end_day=day[last] + 1)
    new[1:] |= day[1:] != day[:-1] + 1
    new[1:] |= (dose[1:] != dose[:-1]) & ~(np.isnan(dose[1:]) & np.isnan(dose[:-1]))
    first = np.flatnonzero(new)
    last = lasts(first, len(day))
    known = ~np.isnan(dose[first])
    first, last = first[known], last[known]
    wide = np.int64
    start, end = day[first].astype(wide), day[last].astype(wide) + 1
    return Runs(courses=courses, course=course[first].astype(wide), start=start, end=end, dose=dose[first])


def _courses(daily: pd.DataFrame) -> tuple[NDArray[np.integer], NDArray[np.integer], pd.DataFrame]:
    """The course of each row as a number, its day, and a row per course."""
    coded = [_codes(daily[name]) for name in COURSE]
    number = np.zeros(len(daily), dtype=np.int64)
    for codes, names in coded:
        number = number * len(names) + codes
    first = np.flatnonzero(np.concatenate([[True], number[1:] != number[:-1]])[: len(number)])
    found, place = np.unique(number[first], return_inverse=True)
    course = np.repeat(place.astype(np.int32), lasts(first, len(number)) - first + 1)
    columns: dict[str, pd.Index] = {}
    for name, (_, names) in reversed(list(zip(COURSE, coded, strict=True))):
        found, code = np.divmod(found, max(len(names), 1))
        columns[name] = names.take(code)
    return course, daily["day"].to_numpy(dtype=np.int32), pd.DataFrame({name: columns[name] for name in COURSE})


def _codes(values: pd.Series) -> tuple[NDArray[np.integer], pd.Index]:
    """Numbers in the order of the values, and the values."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, names = values.cat.codes.to_numpy(), values.cat.categories
    else:
        codes, names = pd.factorize(values, sort=True)
    if len(codes) and codes.min() < 0:
        raise DataError(f"doses: a row without {values.name}; every day needs one. Correct the source.")
    return codes, pd.Index(names)


def _doses(daily: pd.DataFrame, *, imputed: bool) -> Floats:
    """The dose of each row in the unit of its route, NaN where it is not known."""
    codes, names = _codes(daily["route"])
    if not set(names[np.unique(codes)]) <= set(AMOUNTS):
        raise DataError("doses: a route is neither `oral` nor `intrathecal`. Correct the source.")
    dose = np.full(len(daily), np.nan)
    for route, amount in AMOUNTS.items():
        here = np.asarray(names == route)[codes]
        values = daily[amount].to_numpy(dtype=float, na_value=np.nan)
        foreign = ~here & ~np.isnan(values)
        if foreign.any():
            raise DataError(
                f"doses: {plural(int(foreign.sum()), 'day')} with a dose in the unit of the other route, first at row "
                f"{daily.index[foreign][0]}; mg is by mouth and µg intrathecal. Correct the source."
            )
        dose[here] = values[here]
    status, words = _codes(daily["status"])
    dose[words.isin(["unknown"] if imputed else ["unknown", "imputed"])[status]] = np.nan
    return dose


def _in_order(course: NDArray[np.integer], day: NDArray[np.integer]) -> bool:
    same = course[1:] == course[:-1]
    return bool(np.all((course[1:] > course[:-1]) | (same & (day[1:] >= day[:-1]))))


def _refuse_days_twice(twice: NDArray[np.bool_]) -> None:
    if twice.any():
        raise DataError(
            f"doses: {plural(int(twice.sum()), 'day')} of a participant, drug and route more than once; "
            "expected one row a day. Make the table with `derive.dose_per_day(study)`."
        )


def in_units(route: pd.Series, **values: NDArray[np.generic]) -> dict[str, Floats]:
    """Amounts as columns with the unit in their names, each row having a number in the unit of its route only.

    Parameters
    ----------
    route : Series
    **values : ndarray
        By the first word of the columns, such as `level`.

    Returns
    -------
    dict of str to ndarray
        Such as `level_mg_per_day` and `level_ug_per_day`.
    """
    return {
        f"{name}_{unit}": np.where(route == way, amount.astype(float), np.nan)
        for name, amount in values.items()
        for way, unit in UNITS.items()
    }


def reasons(tests: Mapping[str, NDArray[np.bool_]]) -> pd.Series:
    """The words of every test that holds, joined; missing where none does.

    Parameters
    ----------
    tests : mapping of str to ndarray of bool

    Returns
    -------
    Series of str
    """
    words = pd.Series("", index=range(len(next(iter(tests.values())))), dtype=object)
    for reason, holds in tests.items():
        words = words.where(~holds, words + np.where(words == "", "", "; ") + reason)
    return words.where(words != "", None)
