"""Tone: a mean names its coding, and the index muscle stays the one that was worst at baseline."""

import pandas as pd
import pytest

from spasticity.derive.examination import index_grade, index_muscle, tone
from spasticity.errors import MethodError
from tests.derive.tiny import attended, study, values_of

LEGS = ("knee flexors", "knee extensors", "plantar flexors")
SIX = [(side, muscle) for side in ("left", "right") for muscle in LEGS]


def graded(visit, *grades, person="A", places=SIX, scale="mas"):
    row = {"participant": person, "visit": visit, "scale": scale, "day": {"baseline": -1, "week 4": 28}[visit]}
    return [
        {**row, "side": side, "muscle": muscle, "grade": grade}
        for (side, muscle), grade in zip(places, grades, strict=False)
    ]


GOLDEN = graded("baseline", "2", "1+", "3", "2", "1", "0")


@pytest.mark.parametrize(
    ("coding", "outcome", "value"),
    [("rank0_5", "llmt6", 13 / 6), ("conv1_5", "llmt6_conv1_5", 9.5 / 6), ("merged0_4", "llmt6_merged0_4", 1.5)],
)
def test_golden_respondent_of_the_lower_limb_mean_in_each_coding(coding, outcome, value):
    found = tone(study(tone=GOLDEN), coding=coding)
    assert values_of(found, outcome)[("A", "baseline")] == pytest.approx(value)
    assert values_of(found, outcome, "n_values")[("A", "baseline")] == 6


def test_the_knee_mean_takes_four_muscles():
    found = tone(study(tone=GOLDEN), muscle_set="llmt4")
    assert values_of(found, "llmt4")[("A", "baseline")] == (3 + 2 + 3 + 1) / 4


@pytest.mark.parametrize(("missing", "value", "flag"), [(2, 2.0, None), (3, None, "3 of 6 muscles")])
def test_a_mean_needs_two_thirds_of_its_muscles(missing, value, flag):
    rows = graded("baseline", *["1+"] * (6 - missing), *[None] * missing)
    row = tone(study(tone=rows)).iloc[0]
    assert row["n_values"] == 6 - missing
    assert (pd.isna(row["value"]), pd.isna(row["flag"])) == (value is None, flag is None)
    assert value is None or row["value"] == value
    assert flag is None or row["flag"] == flag


def test_muscles_without_a_row_are_missing_too():
    assert tone(study(tone=graded("baseline", "1", "1", "1")))["flag"].iloc[0] == "3 of 6 muscles"
    assert tone(study(tone=graded("baseline", "1", "1", "1")), max_missing=0.5)["value"].iloc[0] == 1


def test_muscles_outside_the_set_do_not_count():
    places = [*SIX, ("left", "hip adductors")]
    rows = graded("baseline", "1", "1", "1", "1", "1", "1", "4", places=places)
    assert tone(study(tone=rows))["value"].iloc[0] == 1


def test_a_set_of_ones_own_muscles_names_its_coding():
    rows = graded("baseline", "1", "3", places=[("left", "wrist flexors"), ("right", "wrist flexors")])
    found = tone(study(tone=rows), muscle_set=["wrist flexors"])
    assert values_of(found, "tone_mean_rank0_5")[("A", "baseline")] == 2.5


def test_the_ashworth_mean_takes_every_muscle_and_side_that_the_study_examines():
    places = [("left", "knee flexors"), ("left", "hip adductors")]
    rows = [*graded("baseline", "1", "4", places=places, scale="as"), *graded("baseline", "2")]
    found = tone(study(tone=rows), muscle_set="ashworth_mean", coding="as0_4")
    assert values_of(found, "ashworth_mean")[("A", "baseline")] == 2.5


def test_the_two_scales_do_not_mix():
    assert len(tone(study(tone=graded("baseline", "1", "1", scale="as")))) == 0
    assert len(tone(study(tone=GOLDEN), muscle_set="ashworth_mean", coding="as0_4")) == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"muscle_set": "llmt5"}, "muscle_set='llmt5' is not known.*did you mean `llmt[46]`"),
        ({"coding": "rank"}, "coding='rank' is not known"),
        ({"max_missing": 1.0}, "max_missing=1.0: expected a share of at least 0 and below 1"),
    ],
)
def test_options_that_do_not_exist_are_refused(options, message):
    with pytest.raises(MethodError, match=message):
        tone(study(tone=GOLDEN), **options)


def test_no_examination_gives_no_rows():
    assert len(tone(study())) == len(index_muscle(study())) == len(index_grade(study())) == 0


def test_the_index_muscle_by_hand():
    rows = [*GOLDEN, *graded("week 4", "4", "1", "1+", "0", "0", "0")]
    found = index_muscle(study(tone=rows, visits=attended("A")))
    mine = found[found["participant"] == "A"]
    assert mine.drop(columns="flag").astype({"visit": str, "arm": str}).to_numpy().tolist() == [
        ["A", "MS", "placebo", "baseline", -1, "left", "plantar flexors", "3", "3", 0],
        ["A", "MS", "placebo", "week 4", 28, "left", "plantar flexors", "1+", "3", 2],
    ]
    assert list(found["grade"].cat.categories) == ["0", "1", "1+", "2", "3", "4"]
    assert found["grade"].cat.ordered
    assert mine["flag"].isna().all()


def test_worse_is_a_negative_improvement():
    rows = [*graded("baseline", "1"), *graded("week 4", "2")]
    assert index_muscle(study(tone=rows))["improvement_grades"].dropna().tolist() == [0, -2]


@pytest.mark.parametrize(
    ("places", "index"),
    [
        ([("left", "plantar flexors"), ("right", "knee extensors")], ("right", "knee extensors")),
        ([("right", "knee flexors"), ("left", "knee flexors")], ("left", "knee flexors")),
        ([("left", "toe flexors"), ("right", "wrist flexors")], ("right", "wrist flexors")),
        ([("left", "toe flexors"), ("left", "finger flexors")], ("left", "finger flexors")),
    ],
)
def test_ties_go_to_the_first_in_the_declared_order(places, index):
    rows = graded("baseline", "2", "2", places=places)
    row = index_muscle(study(tone=rows)).iloc[0]
    assert (row["side"], row["muscle"]) == index
    row = index_muscle(study(tone=rows[::-1])).iloc[0]
    assert (row["side"], row["muscle"]) == index


def test_absent_grades_of_the_index_muscle_say_why():
    visits = attended("A", "B", visits=["baseline"])
    visits += [{"participant": "A", "visit": "week 4", "status": "missed"}]
    visits += attended("B", visits=["week 4"])
    rows = [*graded("baseline", "3", "1"), *graded("week 4", None, "1", person="B"), *graded("week 4", "2", person="B")]
    rows = [*graded("baseline", "3", "1"), *graded("week 4", None, "1", person="B")]
    found = index_muscle(study(tone=rows, visits=visits)).set_index(["participant", "visit"])["flag"]
    assert found.fillna("").to_dict() == {
        ("A", "baseline"): "",
        ("A", "week 4"): "missed visit",
        ("B", "baseline"): "no baseline",
        ("B", "week 4"): "no baseline",
    }


def test_the_index_grade_is_a_number_only_in_a_named_coding():
    rows = [*graded("baseline", "1+"), *graded("week 4", "1")]
    found = index_grade(study(tone=rows))
    assert found["outcome"].unique().tolist() == ["index_muscle_grade"]
    assert values_of(found, "index_muscle_grade", "change")[("A", "week 4")] == -1
    found = index_grade(study(tone=rows), coding="conv1_5")
    assert values_of(found, "index_muscle_grade_conv1_5", "change")[("A", "week 4")] == -0.5
