"""Days on a study drug and on other depressants of the central nervous system. Describes data; gives no advice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.derive.depressants import DEPRESSANTS, STUDY_DRUGS, DrugClass, classes_of
from spasticity.derive.dose_runs import Ints, Runs, lasts, runs_of
from spasticity.errors import MethodError, listed, one_of

NO_END = 10**6  # a day that does not come: a course that goes on
AsNeeded = Literal["recorded", "supply", "exclude"]
MEDICINE_COLUMNS = ["participant", "medicine", "atc", "start_day", "end_day"]


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Stretches of days with a dose in which a course has one set of classes; arrays of shape (spans,).

    `on` has shape (spans, classes) and says which are taken on days with a dose of the study drug.
    """

    runs: Runs
    classes: list[str]
    course: Ints
    start: Ints
    days: Ints
    on: NDArray[np.bool_]


def coexposure(
    daily: pd.DataFrame,
    medications: pd.DataFrame,
    *,
    classes: Mapping[str, DrugClass] = DEPRESSANTS,
    carry_over_days: Mapping[str, int] | None = None,
    as_needed: AsNeeded = "recorded",
) -> pd.DataFrame:
    """Days on a study drug with other depressants of the central nervous system. Describes data; gives no advice.

    Two medicines of one class on a day count once, and so do two records of one medicine. The study drug itself,
    by whatever route or record, is left out; another study drug counts. Only days with a recorded dose above zero
    are days on the drug: unknown days are neither on nor off it.

    Parameters
    ----------
    daily : DataFrame
        As `derive.dose_per_day` gives it.
    medications : DataFrame
        `MEDICATIONS` rows: half-open days, without an end while they go on. Optional columns: `days_supply`, which
        ends a course that has no end, and `as_needed`, whether it was taken as needed only.
    classes : mapping of str to DrugClass
        Leave some out of `DEPRESSANTS` to switch them off.
    carry_over_days : mapping of str to int, optional
        Days that each course of a class lasts longer; 2 for long-acting benzodiazepines was proposed as sensitivity.
    as_needed : str
        What counts of courses taken as needed: their days as `recorded`, their `supply` only, or nothing (`exclude`).

    Returns
    -------
    DataFrame
        One row per `participant, cohort, arm, drug, route`: `index_days` on the drug; days `with_any` class, `with_two`
        or more, `with_opioid`, `with_benzodiazepine`, `with_both` of these, `with_alcohol`; `percent_with_any` of the
        index days; `first_day` and `longest_run` of days with any class; `undated`, courses without a first day, which
        count nowhere.

    Raises
    ------
    MethodError
        When a column is absent, an option is not understood, or a class to carry over is not among `classes`.
    """
    spans, undated = _spans(daily, medications, classes, carry_over_days or {}, as_needed)
    count = spans.on.sum(axis=1)
    has = {name: spans.on[:, place] for place, name in enumerate(spans.classes)}
    opioid, benzodiazepine, alcohol = (
        has.get(name, np.zeros(len(count), dtype=bool)) for name in ("opioids", "benzodiazepines", "alcohol")
    )
    which = {
        "index_days": np.ones(len(count), dtype=bool),
        "with_any": count > 0,
        "with_two": count > 1,
        "with_opioid": opioid,
        "with_benzodiazepine": benzodiazepine,
        "with_both": opioid & benzodiazepine,
        "with_alcohol": alcohol,
    }
    frame = spans.runs.of(np.arange(len(spans.runs.courses)))
    frame = frame.assign(**{name: _days(spans, holds) for name, holds in which.items()})
    share = 100 * frame["with_any"] / frame["index_days"].where(frame["index_days"] > 0)
    first, _, longest = _extent(spans, count > 0)
    frame = frame.assign(percent_with_any=share, first_day=first, longest_run=longest)
    return frame.assign(undated=frame["participant"].astype(object).map(undated).fillna(0).astype("int64"))


def coexposure_by_class(
    daily: pd.DataFrame,
    medications: pd.DataFrame,
    *,
    classes: Mapping[str, DrugClass] = DEPRESSANTS,
    carry_over_days: Mapping[str, int] | None = None,
    as_needed: AsNeeded = "recorded",
) -> pd.DataFrame:
    """Days on a study drug with each class of depressants. Describes data; gives no advice.

    Parameters
    ----------
    daily, medications, classes, carry_over_days, as_needed
        As for `coexposure`.

    Returns
    -------
    DataFrame
        One row per `participant, cohort, arm, drug, route` and `class` that they shared a day with: `days, first_day,
        end_day` (the day after the last one), `longest_run, percent` of the days on the drug.

    Raises
    ------
    MethodError
        As for `coexposure`.
    """
    spans, _ = _spans(daily, medications, classes, carry_over_days or {}, as_needed)
    index = _days(spans, np.ones(len(spans.course), dtype=bool))
    parts = []
    for place, name in enumerate(spans.classes):
        holds = spans.on[:, place]
        days = _days(spans, holds)
        first, end, longest = _extent(spans, holds)
        some = np.flatnonzero(days > 0)
        columns = {"class": name, "days": days[some], "first_day": first.array[some], "end_day": end.array[some]}
        more = {"longest_run": longest[some], "percent": 100 * days[some] / index[some], "course": some}
        parts.append(spans.runs.of(some).assign(**columns, **more))
    table = pd.concat(parts, ignore_index=True) if parts else spans.runs.of(np.empty(0, dtype=int)).assign(course=0)
    return table.sort_values("course", kind="stable", ignore_index=True).drop(columns="course")


def coexposure_spans(
    daily: pd.DataFrame,
    medications: pd.DataFrame,
    *,
    classes: Mapping[str, DrugClass] = DEPRESSANTS,
    carry_over_days: Mapping[str, int] | None = None,
    as_needed: AsNeeded = "recorded",
) -> pd.DataFrame:
    """Stretches of days on a study drug with one set of depressants beside it. Describes data; gives no advice.

    Parameters
    ----------
    daily, medications, classes, carry_over_days, as_needed
        As for `coexposure`.

    Returns
    -------
    DataFrame
        One row per stretch with a dose: `participant, cohort, arm, drug, route, start_day, end_day` (half-open),
        `n_classes` (0 when there are none) and `classes` in words.

    Raises
    ------
    MethodError
        As for `coexposure`.
    """
    spans, _ = _spans(daily, medications, classes, carry_over_days or {}, as_needed)
    words = np.full(len(spans.course), "", dtype=object)
    for place, name in enumerate(spans.classes):
        words = np.where(spans.on[:, place], words + np.where(words == "", "", ", ") + name, words)
    new = np.ones(len(words), dtype=bool)
    new[1:] = (spans.course[1:] != spans.course[:-1]) | (spans.start[1:] != (spans.start + spans.days)[:-1])
    new[1:] |= words[1:] != words[:-1]
    first = np.flatnonzero(new)
    last = lasts(first, len(words))
    return spans.runs.of(spans.course[first]).assign(
        start_day=spans.start[first],
        end_day=(spans.start + spans.days)[last],
        n_classes=spans.on.sum(axis=1)[first],
        classes=words[first],
    )


def depressant_courses(medications: pd.DataFrame, *, classes: Mapping[str, DrugClass] = DEPRESSANTS) -> pd.DataFrame:
    """Courses of depressants of the central nervous system, with their class. Describes data; gives no advice.

    Parameters
    ----------
    medications : DataFrame
        `MEDICATIONS` rows.
    classes : mapping of str to DrugClass

    Returns
    -------
    DataFrame
        The rows that have a class, with a column `class`.

    Raises
    ------
    MethodError
        When a column is absent.
    """
    missing = [name for name in MEDICINE_COLUMNS if name not in medications]
    if missing:
        raise MethodError(f"medications: the table lacks {listed(missing, 'and')}; pass `study.medications`.")
    found = medications.assign(**{"class": classes_of(medications, classes)})
    return found[found["class"].notna()].reset_index(drop=True)


def _spans(
    daily: pd.DataFrame,
    medications: pd.DataFrame,
    classes: Mapping[str, DrugClass],
    carry: Mapping[str, int],
    as_needed: AsNeeded,
) -> tuple[Spans, pd.Series]:
    """The days of every course cut wherever the study drug or a class begins or ends."""
    one_of("as_needed", as_needed, ("recorded", "supply", "exclude"))
    strange = [name for name in carry if name not in classes]
    if strange:
        raise MethodError(f"carry_over_days: {listed(strange, 'and')} is no class in use; choose {listed(classes)}.")
    runs, names = runs_of(daily), list(classes)
    taken = depressant_courses(_ended(medications, as_needed), classes=classes)
    dated = taken["start_day"].notna()
    undated = taken.loc[~dated, "participant"].astype(object).value_counts()
    table = pd.concat([_own(taken[dated], runs), _study_drugs(runs, classes)], ignore_index=True)
    table["end_day"] += table["class"].map(dict(carry)).fillna(0).astype("int64")
    given = runs.dose > 0
    place = table["class"].map({name: number for number, name in enumerate(names)}).to_numpy(dtype=np.int64)
    course = np.concatenate([runs.course[given], table["course"].to_numpy(dtype=np.int64)])
    column = np.concatenate([np.full(int(given.sum()), len(names)), place])
    first = np.concatenate([runs.start[given], table["start_day"].to_numpy(dtype=np.int64)])
    end = np.concatenate([runs.end[given], table["end_day"].to_numpy(dtype=np.int64)])
    return _swept(runs, names, course, column, first, np.maximum(first, end)), undated


def _ended(medications: pd.DataFrame, as_needed: AsNeeded) -> pd.DataFrame:
    """Courses with the end that their supply gives, and without those that do not count."""
    table = medications
    needed = table["as_needed"].fillna(False).astype(bool) if "as_needed" in table else pd.Series(False, table.index)
    if as_needed == "exclude":
        table = table[~needed]
    if "days_supply" in table:
        supplied = table["start_day"] + table["days_supply"]
        missing = table["end_day"].isna()
        use = missing | (needed.loc[table.index] & (as_needed == "supply"))
        table = table.assign(end_day=table["end_day"].where(~use | supplied.isna(), supplied))
    return table


def _own(taken: pd.DataFrame, runs: Runs) -> pd.DataFrame:
    """The other medicines of each course, without the study drug itself."""
    courses = runs.courses[["participant", "drug"]].astype(object).assign(course=np.arange(len(runs.courses)))
    rows = taken[[*MEDICINE_COLUMNS, "class"]].astype({"participant": object}).merge(courses, on="participant")
    code = rows["drug"].map(dict(STUDY_DRUGS))
    same = (rows["medicine"].str.strip().str.lower() == rows["drug"]) | (rows["atc"] == code)
    rows = rows[~same.fillna(False).astype(bool)]
    rows = rows.assign(end_day=rows["end_day"].fillna(NO_END))
    return rows[["course", "class", "start_day", "end_day"]].astype({"start_day": "int64", "end_day": "int64"})


def _study_drugs(runs: Runs, classes: Mapping[str, DrugClass]) -> pd.DataFrame:
    """Days on another study drug of the same participant."""
    courses = runs.courses[["participant", "drug"]].astype(object).assign(course=np.arange(len(runs.courses)))
    several = courses.groupby("participant")["drug"].transform("nunique") > 1
    pairs = courses[several].merge(courses[several], on="participant", suffixes=("", "_other"))
    pairs = pairs[pairs["drug"] != pairs["drug_other"]]
    known = pairs.assign(medicine=pairs["drug_other"], atc=pairs["drug_other"].map(dict(STUDY_DRUGS)))
    pairs = pairs.assign(**{"class": classes_of(known, classes)}).dropna(subset="class")
    given = runs.dose > 0
    days = pd.DataFrame(
        {"course_other": runs.course[given], "start_day": runs.start[given], "end_day": runs.end[given]}
    )
    rows = pairs[["course", "course_other", "class"]].astype({"course_other": "int64"}).merge(days, on="course_other")
    return rows[["course", "class", "start_day", "end_day"]].astype({"course": "int64"})


def _swept(runs: Runs, names: list[str], course: Ints, column: Ints, first: Ints, end: Ints) -> Spans:
    """Begins and ends in order of course and day, and what is on between them."""
    who, what = np.concatenate([course, course]), np.concatenate([column, column])
    day = np.concatenate([first, end])
    step = np.concatenate([np.ones(len(first), dtype=np.int32), -np.ones(len(end), dtype=np.int32)])
    order = np.lexsort((day, who))
    who, day, what, step = who[order], day[order], what[order], step[order]
    on = np.empty((len(who), len(names) + 1), dtype=bool)
    for number in range(len(names) + 1):  # every begin has its end in the same course, so each course starts from 0
        on[:, number] = np.cumsum(np.where(what == number, step, 0)) > 0
    follows = np.append(who[1:] == who[:-1], False)[: len(who)]
    lengths = np.where(follows, np.append(day[1:], 0)[: len(day)] - day, 0)
    kept = (lengths > 0) & on[:, -1] if len(who) else np.zeros(0, dtype=bool)
    return Spans(runs, names, who[kept], day[kept], lengths[kept], on[kept, :-1])


def _days(spans: Spans, holds: NDArray[np.bool_]) -> Ints:
    """Days of each course on which something holds."""
    size = len(spans.runs.courses)
    return np.bincount(spans.course, weights=spans.days * holds, minlength=size).astype(np.int64)


def _extent(spans: Spans, holds: NDArray[np.bool_]) -> tuple[pd.Series, pd.Series, Ints]:
    """First day, day after the last, and the most days in a row on which something holds, by course."""
    size = len(spans.runs.courses)
    course, start, days = spans.course[holds], spans.start[holds], spans.days[holds]
    end = start + days
    first, last, longest = np.full(size, np.inf), np.full(size, -np.inf), np.zeros(size, dtype=np.int64)
    np.minimum.at(first, course, start)
    np.maximum.at(last, course, end)
    new = np.ones(len(course), dtype=bool)
    new[1:] = (course[1:] != course[:-1]) | (start[1:] != end[:-1])
    stretch = np.cumsum(new) - 1
    lengths = np.bincount(stretch, weights=days).astype(np.int64) if len(course) else days
    np.maximum.at(longest, course[new], lengths)
    missing = np.isinf(first)
    edges = (pd.Series(np.where(missing, np.nan, edge)).astype("Int64") for edge in (first, last))
    return (*edges, longest)  # type: ignore[return-value]
