"""What is allowed in a table and still looks wrong: another coding, another unit, a value copied down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from spasticity.derive.diaries import diary
from spasticity.derive.walks import T25FW_M
from spasticity.study import Study, bare_code
from spasticity.tables import STUDY_TABLES

MIN_GRADES = 20  # grades without a 0 before that looks like a coding from 1 [proposal]
MANY_SPASMS = 100  # a day, and ten times the person's own median [proposal]
TIMES_MEDIAN = 10
COPIED = 20  # rows with one value: case 48 of the messy cases
FAST_M_PER_S = 3.0  # faster than anybody walks: the time may be a speed [proposal]
SWITCHED = (500.0, 2000.0)  # a dose that changes so many times may have changed its unit, mg and µg [proposal]
MIN_PAIRS = 10  # people behind the sign of a correlation [proposal]
FOUND = ["table", "column", "rows", "first_row", "doubt"]


class _Doubt(NamedTuple):
    table: str
    column: str
    rows: pd.Series
    words: str


def doubts(study: Study) -> pd.DataFrame:
    """What breaks no rule and should be looked at before the study is analysed. Nothing is changed or left out.

    Parameters
    ----------
    study : Study

    Returns
    -------
    DataFrame
        One row per doubt: `table`, `column`, `rows` (how many), `first_row` (the first of them, counted from 0) and
        `doubt` in words. Never a value.

    Notes
    -----
    The cases are those of the project's list of messy data; limits without a published source are proposals.
    """
    found = [doubt for look in LOOKS for doubt in look(study) if doubt.rows.any()]
    rows = [
        (doubt.table, doubt.column, int(doubt.rows.sum()), int(np.argmax(doubt.rows)), doubt.words) for doubt in found
    ]
    return pd.DataFrame(rows, columns=FOUND)


def _grades_without_zero(study: Study) -> Iterator[_Doubt]:
    for scale in study.tone["scale"].dropna().unique():
        rows = study.tone["scale"].eq(scale).fillna(False) & study.tone["grade"].notna()
        if rows.sum() >= MIN_GRADES and not study.tone.loc[rows, "grade"].eq("0").any():
            yield _Doubt("tone", "grade", rows, f"no grade 0 on the scale {scale}: is it coded 1-5?")


def _many_spasms(study: Study) -> Iterator[_Doubt]:
    spasms = study.diary["spasms"].astype("Float64")
    usual = spasms.groupby(study.diary["participant"]).transform("median")
    many = (spasms >= MANY_SPASMS) & (spasms >= TIMES_MEDIAN * usual)
    yield _Doubt("diary", "spasms", many.fillna(False).astype(bool), "far above the person's other days; kept")


def _seen_after_stopping(study: Study) -> Iterator[_Doubt]:
    visits = study.visits.reset_index(drop=True)
    stopped = visits["day"].where(visits["status"].eq("after stopping").fillna(False))
    first = stopped.astype("Float64").groupby(visits["participant"]).transform("min")
    later = visits["status"].eq("attended").fillna(False) & (visits["day"] > first).fillna(False)
    yield _Doubt("visits", "status", later, "attended after the person had stopped: is the code used again?")


def _copied_down(study: Study) -> Iterator[_Doubt]:
    for schema in STUDY_TABLES:
        frame = getattr(study, schema.name)
        for column in schema:
            values = frame[column.name]
            if column.kind == "number" and values.min() < values.max():
                yield _Doubt(schema.name, column.name, _runs(frame, column.name), "one value in row after row: copied?")


def _runs(frame: pd.DataFrame, name: str) -> pd.Series:
    """Rows of long runs of one value, each row of another person than the row before."""
    values = frame[name].reset_index(drop=True)
    person = frame["participant"].reset_index(drop=True)
    same = values.eq(values.shift()) & person.ne(person.shift())
    return (~same).cumsum().groupby((~same).cumsum()).transform("size").ge(COPIED) & values.notna()


def _fast_walks(study: Study) -> Iterator[_Doubt]:
    walks = study.walks
    metres = walks["distance_m"].where(walks["test"].ne("t25fw"), T25FW_M)
    fast = (metres / walks["time_s"] > FAST_M_PER_S).fillna(False)
    yield _Doubt("walks", "time_s", fast, "faster than anybody walks: is it a speed, or in another unit?")
    other = walks["test"].eq("t25fw") & walks["distance_m"].notna() & walks["distance_m"].sub(T25FW_M).abs().gt(0.01)
    yield _Doubt("walks", "distance_m", other, f"the 25-foot walk is {T25FW_M:g} m: is the distance in feet?")


def _switched_units(study: Study) -> Iterator[_Doubt]:
    doses = study.doses.reset_index(drop=True).sort_values("start_day", kind="stable")
    course = [doses[name] for name in ("participant", "drug", "route")]
    for name in ("dose_mg_per_day", "dose_ug_per_day"):
        given = doses[name].where(doses[name] > 0)
        before = given.groupby(course, observed=True).transform(lambda dose: dose.ffill().shift())
        ratio = (given / before).combine(before / given, max)
        switched = ratio.between(*SWITCHED).fillna(False).sort_index()
        yield _Doubt("doses", name, switched, "about a thousand times the dose before: was the unit switched?")


def _near_codes(study: Study) -> Iterator[_Doubt]:
    codes = study.participants["participant"]
    near = codes.map(bare_code).duplicated(keep=False)
    yield _Doubt("participants", "participant", near, "codes that differ only in zeros, marks or letter case")


def _reversed_impression(study: Study) -> Iterator[_Doubt]:
    answers = study.answers[study.answers["item"].eq("pgic")]
    visit = study.protocol.primary_visit
    if answers.empty or study.diary.empty or visit is None:
        return
    rating = pd.to_numeric(answers["response"], errors="coerce")
    mine = answers.assign(rating=rating)[answers["visit"].eq(visit)].set_index("participant")["rating"]
    change = diary(study)
    change = change[change["outcome"].eq("spasticity_nrs") & change["visit"].astype(str).eq(visit)]
    both = pd.concat([mine, change.set_index("participant")["change"]], axis=1).dropna()
    # 1_best: a small number is an improvement, as a fall of spasticity is.
    better_is_low = study.protocol.versions.get("pgic", "1_best") == "1_best"
    ranks = both.rank()
    if len(both) < MIN_PAIRS or ranks.std().eq(0).any():
        return
    agreement = float(np.corrcoef(ranks.to_numpy(dtype=float).T)[0, 1])
    if agreement * (1 if better_is_low else -1) < 0:
        words = f"goes against the change of spasticity at {visit}: is the scale the other way round?"
        yield _Doubt("answers", "response", study.answers["item"].eq("pgic").fillna(False), words)


LOOKS: tuple[Callable[[Study], Iterator[_Doubt]], ...] = (
    _near_codes,
    _seen_after_stopping,
    _many_spasms,
    _reversed_impression,
    _grades_without_zero,
    _fast_walks,
    _switched_units,
    _copied_down,
)
