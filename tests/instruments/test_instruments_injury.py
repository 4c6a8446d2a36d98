"""Spinal cord injury: spellings of grades and levels, and examinations classified by hand."""

import numpy as np
import pandas as pd
import pytest

from spasticity import instruments
from spasticity.errors import DataError
from spasticity.instruments import injury, isncsci

KEYS = instruments.get("isncsci").keys()


@pytest.mark.parametrize(("typed", "grade", "repaired"), [
    ("C", "C", False), ("a", "A", True), ("AIS-C", "C", True), ("ISNCSCI B", "B", True), ("ASIA d", "D", True),
    ("AISIA C", "C", True), (" E ", "E", True), ("AIS grade B", "B", True), ("U", None, False), ("", None, False),
])  # fmt: skip
def test_ais_grades_in_every_spelling(typed, grade, repaired):
    found = injury.read_ais(pd.Series([typed], name="ais"))
    assert (None if found.grades.isna().iloc[0] else found.grades.iloc[0]) == grade
    assert len(found.repairs) == repaired
    assert len(found.refused) == 0
    assert found.grades.cat.ordered


@pytest.mark.parametrize("typed", ["Frankel D", "F", "3", "AIS", "AB"])
def test_other_scales_and_other_text_are_refused(typed):
    found = injury.read_ais(pd.Series(["A", typed], index=[10, 11], name="ais"))
    assert found.refused[["row", "column"]].to_numpy().tolist() == [[11, "ais"]]
    assert ("Frankel" in found.refused["rule"].iloc[0]) == typed.startswith("Frankel")


@pytest.mark.parametrize(("typed", "level", "why"), [
    ("C5", "C5", None), ("c5", "C5", "C5 spelled in another way"), ("T 04", "T4", "T4 spelled in another way"),
    ("C5-6", "C5", "two levels given, the upper one kept"), ("T12-L1", "T12", "two levels given, the upper one kept"),
    ("S4-5", "S4-5", None), ("S4/5", "S4-5", "S4-5 spelled in another way"), ("X99", None, None), ("C99", None, None),
])  # fmt: skip
def test_levels_in_every_spelling(typed, level, why):
    found = injury.read_level(pd.Series([typed], name="level"))
    assert (None if found.grades.isna().iloc[0] else found.grades.iloc[0]) == level
    assert found.repairs["why"].tolist() == ([why] if why else [])
    assert len(found.refused) == 0


@pytest.mark.parametrize("typed", ["C9", "T13", "L6", "X00", "neck", "C0"])
def test_levels_that_do_not_exist_are_refused(typed):
    found = injury.read_level(pd.Series([typed]))
    assert found.refused["rule"].tolist() == ["expected a level such as C5, T10, L1 or S4-5"]


def test_levels_are_ordered_from_the_head_down():
    levels = injury.read_level(pd.Series(["T10", "C5", "S1", "L2"])).grades
    assert levels.sort_values().tolist() == ["C5", "T10", "L2", "S1"]


def test_regions_and_completeness_of_the_motor_system():
    assert injury.region(pd.Series(["C8", "T1", None])).astype(object).where([True, True, False]).tolist()[:2] == [
        "tetraplegia",
        "paraplegia",
    ]
    assert injury.motor_complete(pd.Series(list("ABCDE"))).tolist()[:4] == [True, True, False, False]
    assert injury.motor_complete(pd.Series(["E", None])).isna().all()


def examination(level, *, below=0, motor_below=0, sacral=0, contraction=0, pressure=0, **scores):
    """Normal down to a level on both sides, then the same sensation and strength all the way."""
    place = injury.LEVELS.index(level)
    row = dict.fromkeys(KEYS, 0)
    for at, segment in enumerate(injury.LEVELS):
        for side in ("left", "right"):
            for what in ("touch", "pin"):
                if segment != "C1":
                    row[f"{what}_{side}_{segment}"] = 2 if at <= place else below
            if f"motor_{side}_{segment}" in row:
                row[f"motor_{side}_{segment}"] = 5 if at <= place else motor_below
    for side in ("left", "right"):
        row[f"touch_{side}_S4-5"] = row[f"pin_{side}_S4-5"] = 2 if place == 28 else sacral
    return pd.DataFrame([row | {"anal_contraction": contraction, "anal_pressure": pressure} | scores])


def classified(*args, **scores):
    row = isncsci.classified(examination(*args, **scores)).iloc[0]
    return row.astype(object).where(row.notna(), None).to_dict()


def test_a_complete_injury_at_t10_in_every_column():
    # Below T1 no segment has a key muscle until L2, so the motor level follows sensation down to T10.
    assert classified("T10") == {
        "sensory_left": "T10", "sensory_right": "T10", "motor_left": "T10", "motor_right": "T10",
        "level": "T10", "complete": True, "ais": "A",
    }  # fmt: skip


def test_feeling_at_the_sacrum_without_movement_is_b():
    assert classified("T10", sacral=1)["ais"] == "B"
    assert classified("T10", pressure=1)["ais"] == "B"
    assert classified("T10", pressure=1)["complete"] is False


def test_voluntary_contraction_is_motor_incomplete_and_strength_tells_c_from_d():
    assert classified("T10", contraction=1)["ais"] == "C"
    assert classified("T10", contraction=1, motor_below=2)["ais"] == "C"
    assert classified("T10", contraction=1, motor_below=3)["ais"] == "D"


def test_exactly_half_of_the_key_muscles_at_three_is_d():
    strong = {f"motor_left_{level}": 3 for level in isncsci.LEG}
    assert classified("T10", contraction=1, **strong)["ais"] == "D"
    assert classified("T10", contraction=1, **(strong | {"motor_left_S1": 2}))["ais"] == "C"


def test_movement_more_than_three_levels_below_the_motor_level_needs_sacral_sparing():
    # Motor level C5: C6, C7, C8 are one to three levels below, T1 is four.
    assert classified("C5", sacral=1, motor_left_C8=1)["ais"] == "B"
    assert classified("C5", sacral=1, motor_left_T1=1)["ais"] == "C"
    assert classified("C5", motor_left_T1=1)["ais"] == "A"


def test_a_key_muscle_of_three_is_the_motor_level_when_all_above_is_full():
    row = classified("C5", motor_left_C6=3, motor_right_C6=2)
    assert (row["motor_left"], row["motor_right"], row["level"]) == ("C6", "C5", "C5")
    assert classified("C5", motor_left_C5=4, motor_left_C6=5)["motor_left"] == "C5"


def test_the_single_level_is_the_highest_of_the_four():
    row = classified("T10", pin_right_T4=1)
    assert (row["sensory_left"], row["sensory_right"], row["level"]) == ("T10", "T3", "T3")
    assert row["motor_right"] == "T3"  # no myotome there: it follows sensation


def test_everything_normal_is_e_and_ends_at_the_lowest_level():
    row = classified("S4-5", contraction=1, pressure=1)
    assert (row["level"], row["ais"], row["complete"]) == ("S4-5", "E", False)


def test_not_testable_is_unknown_and_only_where_it_decides():
    row = classified("T10", pin_left_T5="NT")
    assert row["sensory_left"] is None
    assert (row["sensory_right"], row["level"]) == ("T10", None)
    assert row["ais"] == "A"  # completeness rests on the sacrum alone
    assert classified("T10", pressure="NT")["ais"] is None
    assert classified("T10", pressure="NT", contraction=1)["complete"] is False
    assert classified("T10", pin_left_T11="NT")["sensory_left"] == "T10"  # touch there is lost already


def test_rows_keep_their_labels():
    frame = pd.concat([examination("C4"), examination("L1")]).set_axis(["x", "y"])
    assert isncsci.classified(frame)["level"].to_dict() == {"x": "C4", "y": "L1"}


def test_missing_columns_and_impossible_scores_are_errors():
    with pytest.raises(DataError, match="isncsci: 1 column is missing, such as `pin_left_T4`"):
        isncsci.classified(examination("C4").drop(columns="pin_left_T4"))
    with pytest.raises(DataError, match="isncsci: 1 score is impossible in `motor_left_C5`, first at row 0") as caught:
        isncsci.classified(examination("C4", motor_left_C5=6))
    assert "6" not in str(caught.value)


def test_the_totals_go_through_the_engine_and_not_testable_makes_them_unknown():
    frame = examination("C5").assign(participant="P", visit="v")
    table = instruments.score(frame, "isncsci").table.set_index("outcome")["value"]
    assert table.to_dict() == {"isncsci_touch": 16, "isncsci_pin": 16, "isncsci_uems": 10, "isncsci_lems": 0}
    unknown = instruments.score(frame.assign(touch_left_C2="NT"), "isncsci").table.set_index("outcome")["value"]
    assert np.isnan(unknown["isncsci_touch"])
