"""Joint angles and therapy: no session on record is not known to be no therapy."""

import pandas as pd
import pytest

from spasticity.derive.rehabilitation import motion, therapy
from spasticity.errors import MethodError
from tests.derive.tiny import attended, study, values_of


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
    assert values_of(motion(study(range_of_motion=rows), mode="active"), "dorsiflexion_deg")[("A", "week 4")] == 99


def test_an_unknown_mode_is_refused():
    with pytest.raises(MethodError, match="mode='pasive' is not known: expected `passive` or `active`"):
        motion(study(), mode="pasive")


def test_no_angles_give_no_rows():
    assert len(motion(study())) == 0
    assert len(motion(study(range_of_motion=[angle("A", "week 4", "left", 5, joint="knee")]))) == 0


def session(person, day, done, rating=None, planned=45):
    return {"participant": person, "day": day, "planned_min": planned, "done_min": done, "participation": rating}


def test_therapy_minutes_per_week_by_hand():
    sessions = [session("A", 14, 30, 4), session("A", 20, 0, None), session("A", 20, 45, 7), session("A", 28, 500 / 2)]
    found = therapy(study(therapy=sessions, visits=attended("A")))
    row = found[found["participant"] == "A"].set_index("outcome")
    assert row["value"].to_dict() == {"therapy_min_per_week": 37.5, "participation": 5.5}
    assert row["n_values"].to_dict() == {"therapy_min_per_week": 3, "participation": 2}
    assert row["flag"].fillna("").tolist() == ["1 of 3 sessions without rating", ""]


def test_a_window_without_sessions_is_unknown_and_not_zero():
    found = therapy(study(therapy=[session("A", 27, 30, 5)]))
    assert pd.isna(values_of(found, "therapy_min_per_week")[("B", "week 4")])
    assert values_of(found, "therapy_min_per_week", "flag")[("B", "week 4")] == "no session recorded"


def test_a_recorded_session_of_no_minutes_is_zero():
    found = therapy(study(therapy=[session("A", 27, 0)]))
    assert values_of(found, "therapy_min_per_week")[("A", "week 4")] == 0


def test_a_session_without_minutes_leaves_the_total_unknown():
    found = therapy(study(therapy=[session("A", 26, None, 5), session("A", 27, 30, 6)]))
    assert pd.isna(values_of(found, "therapy_min_per_week")[("A", "week 4")])
    assert values_of(found, "therapy_min_per_week", "flag")[("A", "week 4")] == "1 of 2 sessions without minutes"
    assert values_of(found, "participation")[("A", "week 4")] == 5.5


def test_the_window_is_a_parameter():
    sessions = [session("A", 1, 60), session("A", 27, 60)]
    assert values_of(therapy(study(therapy=sessions), window_days=28), "therapy_min_per_week")[("A", "week 4")] == 30


def test_no_therapy_gives_no_rows():
    assert len(therapy(study())) == 0
