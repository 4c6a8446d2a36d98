"""Plain functions beside the declarations: Penn grades, EDSS steps, EQ-5D profiles, joint ranges, clonus."""

import numpy as np
import pandas as pd
import pytest

from spasticity import instruments
from spasticity.errors import DataError, MethodError
from spasticity.instruments import disability, quality_of_life, range_of_motion, reflexes, sleep_scales, spasms


@pytest.mark.parametrize(("rate", "up", "down"), [
    (0, 0, 0), (0.01, 2, 2), (0.99, 2, 2), (1, 3, 2), (1.01, 3, 3), (10, 3, 3), (10.01, 4, 4), (None, None, None),
])  # fmt: skip
def test_a_rate_becomes_a_penn_grade_at_every_edge(rate, up, down):
    rates = pd.Series([rate], dtype="float64")
    for boundary, expected in (("up", up), ("down", down)):
        found = spasms.penn_grade(rates, boundary_at_1=boundary).iloc[0]
        assert pd.isna(found) if expected is None else found == expected


def test_grade_one_needs_to_be_told_that_spasms_were_induced():
    rates = pd.Series([0.0, 0.0, 0.5, None])
    induced = pd.Series([True, None, True, True], dtype="boolean")
    assert spasms.penn_grade(rates, induced=induced).fillna(-1).tolist() == [1, 0, 2, -1]
    assert 1 not in spasms.penn_grade(rates).tolist()
    with pytest.raises(MethodError, match=r"boundary_at_1='round' is not known"):
        spasms.penn_grade(rates, boundary_at_1="round")


@pytest.mark.parametrize(("baseline", "value", "from_55", "from_6"), [
    (0, 1.0, False, False), (0, 1.5, True, True), (1.0, 1.5, False, False), (1.0, 2.0, True, True),
    (5.0, 6.0, True, True), (5.0, 5.5, False, False), (5.5, 6.0, True, False), (6.0, 6.5, True, True),
    (6, 6, False, False),
])  # fmt: skip
def test_edss_progression_depends_on_the_baseline(baseline, value, from_55, from_6):
    pair = pd.Series([baseline], dtype=float), pd.Series([value], dtype=float)
    assert disability.edss_progressed(*pair).iloc[0] == from_55
    assert disability.edss_progressed(*pair, half_step_from=6).iloc[0] == from_6


def test_edss_progression_is_unknown_where_a_value_is():
    assert disability.edss_progressed(pd.Series([None, 3.0]), pd.Series([3.0, None])).isna().all()
    with pytest.raises(MethodError, match=r"half_step_from=5.0 is not known: expected `5.5` or `6.0`"):
        disability.edss_progressed(pd.Series([3.0]), pd.Series([4.0]), half_step_from=5)


@pytest.mark.parametrize("typed", ["21231", 21231, "2-1-2-3-1", "2 1 2 3 1", "2/1/2/3/1"])
def test_profiles_are_read_in_every_spelling_and_written_in_one(typed):
    levels = quality_of_life.dimensions(pd.Series([typed, None], dtype=object))
    assert levels.iloc[0].tolist() == [2, 1, 2, 3, 1]
    assert levels.iloc[1].isna().all()
    assert quality_of_life.profile(levels).iloc[0] == "21231"
    assert pd.isna(quality_of_life.profile(levels).iloc[1])


@pytest.mark.parametrize("typed", ["4123", "412316", "21036", "a2123"])
def test_what_is_no_profile_is_an_error_without_the_value(typed):
    with pytest.raises(DataError, match="eq5d5l: 1 profile is not five digits 1 to 5, first at row 1") as caught:
        quality_of_life.dimensions(pd.Series(["11111", typed]))
    assert typed not in str(caught.value)


def test_a_profile_needs_its_five_columns():
    with pytest.raises(DataError, match="eq5d5l: `pain` and `anxiety` not among the columns"):
        quality_of_life.profile(pd.DataFrame({"mobility": [1], "self_care": [1], "usual_activities": [1]}))


def test_profiles_feed_the_score():
    levels = quality_of_life.dimensions(pd.Series(["21231", "55555"]))
    answers = levels.assign(participant=["P", "Q"], visit="v")
    table = instruments.score(answers, "eq5d5l").table
    assert table.loc[table["outcome"].eq("eq5d5l_level_sum"), "value"].tolist() == [9, 25]


def test_raw_sums_become_t_scores_and_t_scores_do_not():
    found = sleep_scales.promis_t_of_raw(pd.Series([8, 20, 40, None]))
    assert found.tolist()[:3] == [28.9, 50.1, 76.5]
    assert pd.isna(found.iloc[3])
    for wrong in (50.1, 41, 7, 20.5):
        with pytest.raises(DataError, match="promis_sd_8b_raw: 1 value is no raw sum, first at row 1; expected whole"):
            sleep_scales.promis_t_of_raw(pd.Series([20, wrong]))


@pytest.mark.parametrize(("joint", "motion", "expected"), [
    ("ankle", "dorsiflexion", (20, 20)), ("hip", "flexion", (120, 125)), ("wrist", "ulnar deviation", (30, 45)),
])  # fmt: skip
def test_normal_ranges_are_those_on_record(joint, motion, expected):
    assert range_of_motion.normal_range(joint, motion) == expected


def test_an_unknown_motion_names_the_known_ones():
    with pytest.raises(MethodError, match="knee rotation: no normal range is on record; there are `hip flexion`"):
        range_of_motion.normal_range("knee", "rotation")


def test_every_motion_on_record_is_an_outcome_with_a_direction():
    for joint, motion in range_of_motion.NORMAL:
        name = motion if joint == "ankle" else f"{joint}_{motion}"
        assert instruments.measure(f"{name}_deg".replace(" ", "_")).better == "higher"


def test_a_knee_measured_from_a_straight_line_is_found():
    angles = pd.DataFrame(
        {
            "joint": ["knee", "knee", "knee", "hip", "knee"],
            "motion": ["extension", "extension", "flexion", "extension", "extension"],
            "angle_deg": [175.0, -10.0, 175.0, 175.0, np.nan],
        }
    )
    assert range_of_motion.looks_180_neutral(angles).tolist() == [True, False, False, False, False]


def test_seconds_of_clonus_become_grades_at_every_edge():
    seconds = np.array([0, 0.1, 2.99, 3, 10, 10.01, np.nan])
    assert reflexes.clonus_grade(seconds)[:6].tolist() == [0, 1, 1, 2, 2, 3]
    assert np.isnan(reflexes.clonus_grade(seconds)[6])
