"""Tone: composites of muscles through a named coding, and the grade of each person's worst muscle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import pandas as pd

from spasticity.derive.changes import ABSENCE, NO_RECORD, as_outcomes, ordered, with_people
from spasticity.derive.flags import flagged, unflagged
from spasticity.derive.visits import visit_days
from spasticity.errors import MethodError, one_of
from spasticity.instruments import Measure, grades, measure, score
from spasticity.instruments.tone import KNEES, LOWER_LIMB, SIDES, muscle_mean, tone_answers
from spasticity.study import Study

MUSCLE_SETS = {"llmt6": LOWER_LIMB, "llmt4": KNEES}  # NCT04657666 and NCT04984278, both sides
ALL_MUSCLES = "ashworth_mean"
NAMED_CODING = {"llmt6": "rank0_5", "llmt4": "rank0_5", ALL_MUSCLES: "as0_4"}  # the coding their labels name
MAX_MISSING = 1 / 3  # a proposal: a mean over the muscles at hand changes its meaning
MUSCLE_ORDER = (*LOWER_LIMB, "hip adductors", "elbow flexors", "wrist flexors")  # settles ties; a proposal
INDEX_COLUMNS = ["participant", "cohort", "arm", "visit", "day", "side", "muscle", "grade", "baseline_grade"]
INDEX_COLUMNS += ["improvement_grades", "flag"]


def tone(
    study: Study,
    *,
    muscle_set: str | Sequence[str] = "llmt6",
    coding: str = "rank0_5",
    max_missing: float = MAX_MISSING,
) -> pd.DataFrame:
    """The mean grade of a declared set of muscles, in a coding asked for by name.

    Parameters
    ----------
    study : Study
    muscle_set : str or sequence of str
        `llmt6` (knee flexors, knee extensors, plantar flexors), `llmt4` (the knee muscles), `ashworth_mean` (every
        muscle the study examines), or names of muscle groups; always both sides.
    coding : str
        `rank0_5`, `conv1_5` or `merged0_4` of the modified scale, `as0_4` of the Ashworth scale.
    max_missing : float
        Share of the muscles that may be without a grade; with more the mean is missing and flagged.

    Returns
    -------
    DataFrame
        `OUTCOMES` rows named after the set, with the coding in the name unless it is the one the set's label names
        (`llmt6`, `llmt6_conv1_5`, `tone_mean_rank0_5`); `n_values` counts graded muscles.

    Raises
    ------
    MethodError
        When the set or the coding is not known, or `max_missing` is not a share.

    References
    ----------
    NCT04657666 and NCT04984278 (transformed MAS 0 to 5; LLMT-6, LLMT-4). Grades are ordered, not equally spaced
    (Pandyan et al. 1999): a mean stands on its coding.
    """
    one_of("coding", coding, [*grades.CODINGS])
    if not 0 <= max_missing < 1:
        raise MethodError(f"max_missing={max_missing}: expected a share of at least 0 and below 1.")
    rows = study.tone[study.tone["scale"] == ("as" if coding.startswith("as") else "mas")]
    muscles, sides = _members(muscle_set, rows)
    keys = [f"{side} {muscle}" for side in sides for muscle in muscles]
    answers = tone_answers(rows)
    answers = answers[answers["item"].isin(keys)]
    if answers.empty:
        return as_outcomes(None, study)
    needed = max(1, len(keys) - math.floor(max_missing * len(keys) + 1e-9))  # 1e-9: a third of 6 is 2
    mean = muscle_mean(_measure(muscle_set, coding), muscles, coding=coding, sides=sides, at_least=needed)
    scored = score(answers, mean).table.rename(columns={"n_items": "n_values"})
    few = scored["n_values"] < needed
    flag = scored["flag"].where(scored["value"].isna() & ~few)
    words = scored["n_values"].astype(str) + f" of {len(keys)} muscles"
    return as_outcomes(scored.assign(flag=flagged(flag, few, words)), study)


def index_muscle(study: Study, *, scale: Literal["mas", "as"] = "mas") -> pd.DataFrame:
    """Each participant's worst muscle at baseline, and its grade at every visit.

    Of muscles with the same grade the first counts: knee flexors, knee extensors, plantar flexors, hip adductors,
    elbow flexors, wrist flexors, then others by name; left before right. The order is a proposal.
    A muscle chosen because it was the worst at baseline looks better later in every arm (regression to the mean), so
    compare arms, never a visit with baseline alone.

    Parameters
    ----------
    study : Study
    scale : str
        `mas` or `as`.

    Returns
    -------
    DataFrame
        One row per participant and visit with an examination of anybody: `participant, cohort, arm, visit, day, side,
        muscle, grade` and `baseline_grade` (ordered categories), `improvement_grades` (steps of the scale, above 0 is
        better), `flag` (why a grade is missing).

    References
    ----------
    Nance 2011, Spinal Cord 49:974 (the muscle with the highest grade at baseline).
    """
    one_of("scale", scale, ["mas", "as"])
    rows = study.tone[(study.tone["scale"] == scale) & study.tone["grade"].notna()]
    at = visit_days(study)[["participant", "visit", "status"]]
    at = at[at["visit"].isin(rows["visit"])]
    table = at.merge(_worst(rows, study), how="left", on="participant")
    found = rows[["participant", "visit", "side", "muscle", "day", "grade"]]
    table = table.merge(found, how="left", on=["participant", "visit", "side", "muscle"])
    table["improvement_grades"] = (_rank(table["baseline_grade"]) - _rank(table["grade"])).astype("Int64")
    why = table["status"].astype(object).map(ABSENCE).fillna(NO_RECORD)
    flag = flagged(unflagged(table.index), table["muscle"].isna(), "no baseline")
    table["flag"] = flagged(flag, table["muscle"].notna() & table["grade"].isna(), why)
    table = ordered(with_people(table, study), study.protocol)
    return table.sort_values(["participant", "visit"], ignore_index=True)[INDEX_COLUMNS]


def index_grade(study: Study, *, coding: str = "rank0_5", scale: Literal["mas", "as"] = "mas") -> pd.DataFrame:
    """The grade of the index muscle as a number, in a coding asked for by name.

    Parameters
    ----------
    study : Study
    coding : str
        As for `tone`.
    scale : str
        `mas` or `as`.

    Returns
    -------
    DataFrame
        `OUTCOMES` rows `index_muscle_grade` (with the name of the coding when it is not `rank0_5`).
    """
    rows = index_muscle(study, scale=scale)
    name = "index_muscle_grade" if coding == "rank0_5" else f"index_muscle_grade_{coding}"
    number = grades.numbers(rows["grade"], coding)
    values = rows[["participant", "visit", "day", "flag"]].assign(outcome=name, value=number)
    return as_outcomes(values.assign(n_values=number.notna().astype("int64")), study)


def _worst(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    """The index muscle of each participant."""
    first = rows[rows["visit"] == study.protocol.baseline_visit]
    others = sorted(set(first["muscle"]) - set(MUSCLE_ORDER))
    place = {muscle: number for number, muscle in enumerate([*MUSCLE_ORDER, *others])}
    first = first.assign(rank=-_rank(first["grade"]), place=first["muscle"].map(place), left=first["side"] != "left")
    worst = first.sort_values(["participant", "rank", "place", "left"]).drop_duplicates("participant")
    return worst[["participant", "side", "muscle", "grade"]].rename(columns={"grade": "baseline_grade"})


def _rank(grade: pd.Series) -> pd.Series:
    """Steps of the scale: 0, 1, 1+, 2, 3, 4 are 0 to 5."""
    return grade.cat.codes.astype("Float64").mask(grade.isna())


def _members(muscle_set: str | Sequence[str], rows: pd.DataFrame) -> tuple[Sequence[str], Sequence[str]]:
    """Muscle groups and sides of a set."""
    if not isinstance(muscle_set, str):
        return tuple(muscle_set), SIDES
    one_of("muscle_set", muscle_set, [*MUSCLE_SETS, ALL_MUSCLES])
    if muscle_set == ALL_MUSCLES:
        examined = set(rows["side"].astype(object))
        return sorted(set(rows["muscle"])), [side for side in SIDES if side in examined]
    return MUSCLE_SETS[muscle_set], SIDES


def _measure(muscle_set: str | Sequence[str], coding: str) -> Measure:
    """The measure of a set in a coding; a coding that its label does not name is put into the id."""
    name = muscle_set if isinstance(muscle_set, str) else "tone_mean"
    return measure(name if NAMED_CODING.get(name) == coding else f"{name}_{coding}")
