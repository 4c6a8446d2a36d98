"""Walking tests: unable is a state, and a mean says how many trials it rests on."""

import pandas as pd
import pytest

from spasticity.derive.walks import walking
from spasticity.errors import MethodError
from tests.derive.tiny import attended, study, values_of


def trial(person, visit, number, time=None, *, test="t25fw", unable=False, **more):
    row = {"participant": person, "visit": visit, "test": test, "trial": number, "time_s": time, "unable": unable}
    return {**row, "day": {"baseline": -1, "week 4": 28, "week 12": 84}[visit], **more}


def walked(*trials, **options):
    return walking(study(walks=list(trials), visits=attended("A")), **options)


def test_golden_respondent_of_the_25_foot_walk():
    found = walked(
        trial("A", "baseline", 1, 8.4),
        trial("A", "baseline", 2, 8.8),
        trial("A", "week 4", 1, 10.4),
        trial("A", "week 4", 2, 10.6),
    )
    assert values_of(found, "t25fw_s")[("A", "baseline")] == pytest.approx(8.6)
    assert values_of(found, "t25fw_m_per_s")[("A", "baseline")] == pytest.approx(0.886, abs=5e-4)
    assert values_of(found, "t25fw_m_per_s")[("A", "baseline")] * 3.28084 == pytest.approx(2.907, abs=5e-4)
    assert values_of(found, "t25fw_s", "percent_change")[("A", "week 4")] == pytest.approx(22.1, abs=0.05)
    assert values_of(found, "t25fw_s", "n_values")[("A", "week 4")] == 2
    assert pd.isna(values_of(found, "t25fw_s", "flag")[("A", "week 4")])
    assert set(found["day"].dropna()) == {-1, 28}


def test_one_completed_trial_of_two_is_used_and_flagged():
    found = walked(trial("A", "week 4", 1, 8.0), trial("A", "week 4", 2, unable=True))
    assert values_of(found, "t25fw_s")[("A", "week 4")] == 8.0
    assert values_of(found, "t25fw_s", "flag")[("A", "week 4")] == "1 of 2 trials"


def test_only_the_first_two_completed_trials_count():
    found = walked(
        trial("A", "week 4", 4, 99.0),
        trial("A", "week 4", 3, 9.0),
        trial("A", "week 4", 1, 8.0),
        trial("A", "week 4", 2, None),
    )
    assert values_of(found, "t25fw_s")[("A", "week 4")] == 8.5


@pytest.mark.parametrize(("speed", "expected"), [(None, None), (0.0, 0.0)])
def test_unable_is_a_state_and_a_speed_only_when_asked_for(speed, expected):
    found = walked(
        trial("A", "week 4", 1, unable=True),
        trial("A", "week 4", 1, unable=True, test="10mwt"),
        speed_when_unable_m_per_s=speed,
    )
    row = found[found["participant"] == "A"].set_index("outcome")
    assert row["flag"].tolist() == ["unable"] * 3
    assert pd.isna(row["value"]["t25fw_s"])
    for outcome in ("t25fw_m_per_s", "walk_10m_m_per_s"):
        assert pd.isna(row["value"][outcome]) if expected is None else row["value"][outcome] == expected
    assert row["n_values"].tolist() == [0, 0, 0]


def test_a_speed_for_the_unable_leaves_walkers_and_absent_people_alone():
    found = walked(trial("A", "week 4", 1, 7.62), trial("A", "week 4", 2, 7.62), speed_when_unable_m_per_s=0.0)
    speeds = values_of(found, "t25fw_m_per_s")
    assert speeds[("A", "week 4")] == 1.0
    assert pd.isna(speeds[("B", "week 4")])


@pytest.mark.parametrize(("time", "value", "flag"), [(180.0, 180.0, None), (181.0, None, "unable; trial over 180 s")])
def test_a_trial_over_the_limit_was_not_completed(time, value, flag):
    found = walked(trial("A", "week 4", 1, time), trial("A", "week 4", 2, time))
    assert values_of(found, "t25fw_s")[("A", "week 4")] == value or value is None
    assert pd.isna(values_of(found, "t25fw_s")[("A", "week 4")]) == (value is None)
    found_flag = values_of(found, "t25fw_s", "flag")[("A", "week 4")]
    assert (pd.isna(found_flag) and flag is None) or found_flag == flag


def test_one_trial_over_the_limit_leaves_the_other():
    found = walked(trial("A", "week 4", 1, 200.0), trial("A", "week 4", 2, 150.0))
    assert values_of(found, "t25fw_s")[("A", "week 4")] == 150.0
    assert values_of(found, "t25fw_s", "flag")[("A", "week 4")] == "trial over 180 s; 1 of 2 trials"


def test_the_limit_is_a_parameter_and_is_not_one_of_the_10_metre_walk():
    trials = [trial("A", "week 4", 1, 200.0), trial("A", "week 4", 1, 200.0, test="10mwt", distance_m=10)]
    found = walked(*trials, limit_s=300)
    assert values_of(found, "t25fw_s")[("A", "week 4")] == 200.0
    assert values_of(walked(*trials), "walk_10m_m_per_s")[("A", "week 4")] == 0.05


def test_an_empty_trial_is_not_done_and_not_unable():
    found = walked(trial("A", "week 4", 1, None), trial("B", "week 4", 1, 8.0), speed_when_unable_m_per_s=0.0)
    assert values_of(found, "t25fw_s", "flag")[("A", "week 4")] == "not done"
    assert pd.isna(values_of(found, "t25fw_m_per_s")[("A", "week 4")])


def test_ten_metre_speed_is_distance_over_time_of_all_trials():
    found = walked(
        trial("A", "week 4", 1, 8.0, test="10mwt", distance_m=10),
        trial("A", "week 4", 2, 12.0, test="10mwt", distance_m=10),
        trial("B", "week 4", 1, 14.0, test="10mwt", distance_m=14),
    )
    assert values_of(found, "walk_10m_m_per_s") == {("A", "week 4"): 1.0, ("B", "week 4"): 1.0}
    assert values_of(found, "walk_10m_m_per_s", "n_values") == {("A", "week 4"): 2, ("B", "week 4"): 1}


def test_a_distance_that_nobody_wrote_down_is_said():
    found = walked(trial("A", "week 4", 1, 10.0, test="10mwt"))
    assert values_of(found, "walk_10m_m_per_s")[("A", "week 4")] == 1.0
    assert values_of(found, "walk_10m_m_per_s", "flag")[("A", "week 4")] == "distance taken as 10 m"


def test_the_two_tests_do_not_mix():
    found = walked(trial("A", "week 4", 1, 10.0), trial("B", "week 4", 1, 10.0, test="10mwt", distance_m=10))
    assert set(found["outcome"]) == {"t25fw_s", "t25fw_m_per_s", "walk_10m_m_per_s"}
    assert pd.isna(values_of(found, "t25fw_s")[("B", "week 4")])


def test_no_walks_give_no_rows():
    assert len(walking(study())) == 0


def test_a_fast_pace_is_an_outcome_of_its_own_and_no_pace_is_comfortable():
    found = walked(
        trial("A", "week 4", 1, 10.0, test="10mwt", distance_m=10),
        trial("A", "week 4", 2, 8.0, test="10mwt", distance_m=10, pace="fast"),
        trial("B", "week 4", 1, 20.0, test="10mwt", distance_m=10, pace="comfortable"),
    )
    assert values_of(found, "walk_10m_m_per_s")[("A", "week 4")] == 1.0
    assert values_of(found, "walk_10m_m_per_s")[("B", "week 4")] == 0.5
    assert values_of(found, "walk_10m_fast_m_per_s")[("A", "week 4")] == 1.25
    assert pd.isna(values_of(found, "walk_10m_fast_m_per_s")[("B", "week 4")])


def test_starts_may_be_asked_for_and_a_mixture_is_said():
    trials = [
        trial("A", "week 4", 1, 10.0, test="10mwt", distance_m=10, start="static"),
        trial("A", "week 4", 2, 8.0, test="10mwt", distance_m=10, start="dynamic"),
        trial("B", "week 4", 1, test="10mwt", unable=True),
    ]
    mixed = walked(*trials)
    assert values_of(mixed, "walk_10m_m_per_s", "flag")[("A", "week 4")] == "static and dynamic starts"
    one = walked(*trials, start="dynamic")
    assert values_of(one, "walk_10m_m_per_s")[("A", "week 4")] == 1.25
    assert values_of(one, "walk_10m_m_per_s", "flag")[("B", "week 4")] == "unable"
    with pytest.raises(MethodError, match="start='flying' is not known: expected `static` or `dynamic`"):
        walked(*trials, start="flying")


def test_minutes_of_walking_give_metres_and_an_early_end_is_said():
    found = walked(
        trial("A", "week 4", 1, 360.0, test="6mwt", distance_m=400),
        trial("A", "week 12", 1, 200.0, test="6mwt", distance_m=180),
        trial("B", "week 4", 1, test="6mwt", unable=True),
        trial("A", "week 4", 1, test="2mwt", distance_m=130),
    )
    assert values_of(found, "walk_6min_m")[("A", "week 4")] == 400
    assert values_of(found, "walk_6min_m", "flag")[("A", "week 12")] == "stopped before 6 min"
    assert values_of(found, "walk_6min_m")[("A", "week 12")] == 180
    assert values_of(found, "walk_6min_m", "flag")[("B", "week 4")] == "unable"
    assert values_of(found, "walk_2min_m")[("A", "week 4")] == 130
    assert pd.isna(values_of(found, "walk_2min_m", "flag")[("A", "week 4")])


def test_the_timed_up_and_go_is_the_mean_of_its_trials():
    found = walked(
        trial("A", "week 4", 1, 12.0, test="tug"),
        trial("A", "week 4", 2, 10.0, test="tug"),
        trial("B", "week 4", 1, None, test="tug", reason="no chair"),
    )
    assert values_of(found, "tug_s")[("A", "week 4")] == 11
    assert values_of(found, "tug_s", "flag")[("B", "week 4")] == "not done"
