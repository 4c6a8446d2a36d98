"""Joint angles: a named way for sides, quantities and modes; what is doubtful is missing and says so."""

from dataclasses import replace

import pandas as pd
import pytest

from spasticity import load
from spasticity.derive.joints import STRETCHED_BY, joint_angles, motion
from spasticity.errors import MethodError
from spasticity.instruments import measure
from spasticity.instruments.range_of_motion import NORMAL
from tests.derive.tiny import study, values_of


@pytest.fixture(scope="module")
def sample():
    return load.sample_study()


def angle(person, visit, side, degrees, **changes):
    row = {"participant": person, "visit": visit, "side": side, "angle_deg": degrees}
    return {**row, "joint": "ankle", "motion": "dorsiflexion", "mode": "passive", "day": 28, **changes}


def test_dorsiflexion_is_the_mean_of_the_sides():
    rows = [
        angle("A", "week 4", "left", 5),
        angle("A", "week 4", "right", 12),
        angle("A", "week 4", "left", 99, mode="active"),
        angle("A", "week 4", "left", 99, motion="plantarflexion"),
        angle("A", "week 4", "left", 99, joint="knee"),
        angle("B", "week 4", "left", -10),
        angle("B", "week 4", "right", None),
    ]
    found = motion(study(range_of_motion=rows))
    assert values_of(found, "dorsiflexion_deg") == {("A", "week 4"): 8.5, ("B", "week 4"): -10}
    assert values_of(found, "dorsiflexion_deg", "n_values") == {("A", "week 4"): 2, ("B", "week 4"): 1}
    assert values_of(found, "dorsiflexion_deg", "flag")[("B", "week 4")] == "1 of 2 sides"
    active = motion(study(range_of_motion=rows), mode="active")
    assert values_of(active, "dorsiflexion_active_deg")[("A", "week 4")] == 99


def test_an_unknown_mode_is_refused():
    with pytest.raises(MethodError, match="mode='pasive' is not known: expected `passive` or `active`"):
        motion(study(), mode="pasive")


def test_no_angles_give_no_rows():
    assert len(motion(study())) == 0
    assert len(motion(study(range_of_motion=[angle("A", "week 4", "left", 5, joint="knee")]))) == 0


PAIR = [angle("A", "week 4", "left", 5), angle("A", "week 4", "right", 12)]


@pytest.mark.parametrize(
    ("sides", "quantity", "expected"),
    [
        ("mean", "angle", {"dorsiflexion_deg": 8.5}),
        ("worse", "angle", {"dorsiflexion_worse_deg": 5}),
        ("left", "angle", {"dorsiflexion_left_deg": 5}),
        ("both", "angle", {"dorsiflexion_left_deg": 5, "dorsiflexion_right_deg": 12}),
        ("mean", "deficit", {"dorsiflexion_deficit_deg": 11.5}),
        ("worse", "deficit", {"dorsiflexion_deficit_worse_deg": 15}),
    ],
)
def test_sides_and_quantity_are_named_in_the_outcome(sides, quantity, expected):
    found = motion(study(range_of_motion=PAIR), sides=sides, quantity=quantity)
    there = found[(found["participant"] == "A") & found["value"].notna()]
    assert dict(zip(there["outcome"], there["value"], strict=True)) == expected
    assert {measure(name).unit for name in expected} == {"degrees"}


def test_a_deficit_is_never_negative_and_counts_from_the_lower_published_end():
    rows = [angle("A", "week 4", "left", 22), angle("A", "week 4", "right", -5, joint="knee", motion="extension")]
    rows += [angle("B", "week 4", "left", 119, joint="hip", motion="flexion")]
    found = joint_angles(study(range_of_motion=rows))
    assert found["deficit_deg"].tolist() == [0, 5, 1]
    assert found[["normal_low", "normal_high"]].to_numpy().tolist() == [[20, 20], [0, 0], [120, 125]]
    assert found["muscle"].tolist()[:2] == ["plantar flexors", "knee flexors"]
    assert pd.isna(found["muscle"].iloc[2])


def test_a_motion_without_a_normal_range_has_no_deficit_until_somebody_gives_one():
    rows = [angle("A", "week 4", "left", 10, joint="thumb", motion="abduction")]
    bare = joint_angles(study(range_of_motion=rows)).iloc[0]
    assert pd.isna(bare["deficit_deg"])
    assert bare["flag"] == "no normal range"
    given = joint_angles(study(range_of_motion=rows), normal={("thumb", "abduction"): (60, 70)}).iloc[0]
    assert given["deficit_deg"] == 50
    assert pd.isna(given["flag"])


def test_the_spasticity_angle_is_r2_minus_r1_and_a_turned_sign_is_flagged():
    rows = [
        angle("A", "week 4", "left", 10, catch_angle_deg=-5, catch_velocity="V3"),
        angle("A", "week 4", "right", 10, catch_angle_deg=15),
        angle("B", "week 4", "left", 10, catch_angle_deg=0, mode="active"),
        angle("B", "week 4", "right", 10),
    ]
    made = study(range_of_motion=rows)
    found = joint_angles(made)
    assert found["spasticity_angle_deg"].fillna(-1).tolist() == [15, -1, -1, -1]
    assert found["flag"].fillna("").tolist() == ["", "R1 beyond R2", "catch in an active motion", ""]
    values = motion(made, quantity="spasticity angle")
    assert values_of(values, "dorsiflexion_spasticity_angle_deg")[("A", "week 4")] == 15
    assert values_of(values, "dorsiflexion_spasticity_angle_deg", "flag")[("A", "week 4")] == "1 of 2 sides"
    assert values_of(values, "dorsiflexion_spasticity_angle_deg", "flag")[("B", "week 4")] == "not measured"


def test_a_knee_extension_of_175_is_asked_about_and_gives_no_deficit():
    rows = [angle("A", "week 4", "left", 175, joint="knee", motion="extension")]
    found = joint_angles(study(range_of_motion=rows)).iloc[0]
    assert found["flag"] == "180-neutral?"
    assert pd.isna(found["deficit_deg"])
    assert found["angle_deg"] == 175


def test_all_motions_or_those_that_stretch_a_muscle_group():
    rows = [*PAIR, angle("A", "week 4", "left", -5, joint="knee", motion="extension")]
    made = study(range_of_motion=rows)
    assert set(motion(made, motions="all")["outcome"]) == {"dorsiflexion_deg", "knee_extension_deg"}
    assert set(motion(made, motions=["knee flexors"])["outcome"]) == {"knee_extension_deg"}
    assert set(motion(made, motions=[("knee", "extension"), "plantar flexors"])["outcome"]) == {
        *("dorsiflexion_deg", "knee_extension_deg")
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sides": "lft"}, "sides='lft' is not known.*did you mean `left`"),
        ({"quantity": "angel"}, "quantity='angel' is not known"),
        ({"motions": ["quadriceps"]}, "muscle group='quadriceps' is not known"),
        ({"motions": [("ankle", "wiggle")]}, "`ankle wiggle` is not on record and not in the study"),
        ({"motions": "every"}, "motions='every' is not known: expected `all`"),
    ],
)
def test_options_are_checked(options, message):
    with pytest.raises(MethodError, match=message):
        motion(study(range_of_motion=PAIR), **options)


def test_no_row_of_the_angles_vanishes(sample):
    found = joint_angles(sample)
    assert len(found) == len(sample.range_of_motion)
    assert found["angle_deg"].tolist() == sample.range_of_motion["angle_deg"].tolist()
    assert (found["deficit_deg"] >= 0).all()


def test_swapping_left_and_right_changes_neither_mean_nor_worse(sample):
    other = {"left": "right", "right": "left"}
    turned = sample.range_of_motion.assign(side=sample.range_of_motion["side"].map(other).astype("category"))
    for sides in ("mean", "worse"):
        first, second = (motion(one, sides=sides) for one in (sample, replace(sample, range_of_motion=turned)))
        pd.testing.assert_frame_equal(first, second)


def test_every_stretched_motion_with_a_published_range_has_one_on_record():
    assert [muscle for muscle, pair in STRETCHED_BY.items() if pair not in NORMAL] == ["elbow flexors"]
