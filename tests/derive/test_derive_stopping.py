"""Stops: each class at exactly its thresholds, unknown days never make one, and what was planted is found."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spasticity.derive.dose_runs import AMOUNTS
from spasticity.derive.persistence import time_to_stopping
from spasticity.derive.stop_words import describe_stops
from spasticity.derive.stopping import STOP_RULES, StopRule, stops
from spasticity.errors import MethodError
from tests.derive.doselogs import UNKNOWN, log
from tests.derive.tiny import plain

WHOSE = ("A", "MS", "active", "baclofen", "oral")


def found(*stretches, counted=True, rules=STOP_RULES, **course):
    rows = stops(log(*stretches, **course), rules=rules)
    rows = rows[rows["flag"].isna()] if counted else rows
    return rows["class"].astype(str).tolist()


def test_an_abrupt_stop_by_hand_every_column():
    rows = stops(log((30, 10), (60, 40), (20, 2), (0, 5), (60, 3)))
    assert plain(rows) == [
        [*WHOSE, "complete abrupt", "withdrawal", 49, 52, 3, 3, 60.0, "-", 0.0, "-", 49, 57, "-"],
    ]
    assert list(rows)[5:] == [
        "class",
        "word",
        "last_whole_day",
        "stop_day",
        "days",
        "days_least",
        "before_mg_per_day",
        "before_ug_per_day",
        "after_mg_per_day",
        "after_ug_per_day",
        "exposure_days",
        "resumed_day",
        "flag",
    ]


@pytest.mark.parametrize(
    ("days", "expected"), [(2, "complete abrupt"), (3, "complete rapid"), (6, "complete rapid"), (7, "gradual")]
)
def test_three_days_are_abrupt_seven_are_rapid_and_eight_are_gradual(days, expected):
    # the whole dose, so many days on half of it, then none: one day more from the last whole dose to the first zero
    assert found((60, 60), (30, days), (0, 5)) == [expected]


@pytest.mark.parametrize(("dose", "expected"), [(6, ["complete abrupt"]), (6.01, ["partial abrupt"])])
def test_a_tenth_of_the_dose_is_none(dose, expected):
    assert found((60, 60), (dose, 40)) == expected


@pytest.mark.parametrize(("dose", "expected"), [(30, ["partial abrupt"]), (30.01, [])])
def test_half_of_the_dose_is_a_partial_stop(dose, expected):
    assert found((60, 60), (dose, 40)) == expected


@pytest.mark.parametrize(("days", "expected"), [(2, ["partial abrupt"]), (3, [])])
def test_a_partial_stop_comes_within_three_days(days, expected):
    assert found((60, 60), (45, days), (30, 40)) == expected


def test_a_dose_of_nine_tenths_is_whole():
    assert stops(log((60, 60), (54, 5), (0, 5)))["last_whole_day"].tolist() == [64]
    assert stops(log((60, 60), (53.9, 5), (0, 5)))["last_whole_day"].tolist() == [59]


@pytest.mark.parametrize(("days", "flag"), [(30, "exposure too short"), (31, "-")])
def test_thirty_days_with_a_dose_come_before_the_last_whole_one(days, flag):
    assert plain(stops(log((60, days), (0, 5)))[["flag"]]) == [[flag]]


@pytest.mark.parametrize(("dose", "flag"), [(14.9, "dose before too low"), (15, "-")])
def test_a_dose_of_exactly_fifteen_milligrams_counts(dose, flag):
    assert plain(stops(log((dose, 60), (0, 5)))[["flag"]]) == [[flag]]


@pytest.mark.parametrize(("days", "flag"), [(9, "too few days known before"), (10, "-")])
def test_ten_of_the_fourteen_days_before_are_known(days, flag):
    rows = stops(log((60, 60), (UNKNOWN, 14 - days), (60, days), (0, 5)))
    assert plain(rows[["flag"]]) == [[flag]]


@pytest.mark.parametrize(("days", "expected"), [(27, "gradual"), (28, "complete abrupt")])
def test_a_dose_held_for_four_weeks_is_a_new_dose_to_fall_from(days, expected):
    assert found((60, 60), (45, days), (0, 5)) == [expected]


@pytest.mark.parametrize(
    ("day", "flag"), [(62, "-"), (63, "switched to another route"), (57, "switched to another route")]
)
def test_a_start_by_another_route_within_three_days_is_a_switch(day, flag):
    oral, pump = log((60, 60), (0, 30)), log((90, 20), start=day if day != 62 else 64, route="intrathecal")
    rows = stops(pd.concat([oral, pump])).query("route == 'oral'")
    assert plain(rows[["flag"]]) == [[flag]]


def test_another_drug_is_no_switch():
    other = log((15, 20), start=60, drug="cyclobenzaprine")
    assert plain(stops(pd.concat([log((60, 60), (0, 30)), other]))[["flag"]]) == [["-"]]


def test_an_infusion_that_stops_is_abrupt_from_one_day_to_the_next_only():
    assert found((300, 12), (0, 3), (300, 5), route="intrathecal") == ["complete abrupt"]
    assert found((300, 12), (100, 1), (0, 3), route="intrathecal") == ["complete rapid"]


def test_boluses_of_a_screening_are_no_infusion():
    assert found((50, 1), (0, 1), (75, 1), (0, 5), (150, 20), route="intrathecal") == []


def test_cyclobenzaprine_is_discontinued_after_three_weeks():
    rows = stops(log((30, 22), (0, 5), drug="cyclobenzaprine"))
    assert plain(rows[["class", "word", "flag"]]) == [["complete abrupt", "discontinuation", "-"]]
    rows = stops(log((30, 21), (0, 5), drug="cyclobenzaprine"))
    assert rows["flag"].tolist() == ["exposure too short"]


def test_another_drug_takes_the_other_rule_and_a_rule_can_be_given():
    rows = stops(log((8, 60), (0, 5), drug="tizanidine"))
    assert plain(rows[["word", "flag"]]) == [["discontinuation", "-"]]
    strict = {("baclofen", "oral"): StopRule(min_pre_exposure_days=60)}
    assert found((60, 60), (0, 5), rules=strict) == []
    assert found((60, 61), (0, 5), rules=strict) == ["complete abrupt"]
    slow = {("baclofen", "oral"): StopRule(abrupt_days=1, rapid_days=2)}
    assert found((60, 60), (30, 1), (0, 5), rules=slow) == ["complete rapid"]


def test_a_taper_is_one_gradual_stop():
    assert found((80, 100), (60, 4), (45, 4), (30, 4), (15, 4), (0, 10)) == ["gradual"]
    assert found((60, 60), (45, 21), (30, 21), (15, 21), (0, 10)) == ["gradual"]


def test_a_pause_is_a_stop_that_was_resumed():
    rows = stops(log((60, 40), (0, 5), (60, 40), (0, 5)))
    assert plain(rows[["stop_day", "resumed_day"]]) == [[40, 45], [85, "-"]]


def test_a_partial_stop_is_resumed_with_the_whole_dose():
    rows = stops(log((60, 40), (30, 5), (40, 5), (60, 40)))
    assert plain(rows[["class", "stop_day", "resumed_day"]]) == [["partial abrupt", 40, 50]]


def test_only_unknown_days_after_the_last_dose_are_censored_and_no_stop():
    assert found((60, 60), (UNKNOWN, 30), counted=False) == []
    assert found((60, 60), counted=False) == []


def test_imputed_zeros_are_no_stop():
    assert found((60, 60), (("imputed", 0), 30), counted=False) == []


def test_where_unknown_days_leave_the_speed_open_it_is_not_known():
    rows = stops(log((60, 60), (UNKNOWN, 4), (0, 5)))
    assert plain(rows[["class", "days", "days_least"]]) == [["speed not known", 5, 1]]
    assert found((60, 60), (UNKNOWN, 2), (0, 5)) == ["complete abrupt"]  # three days at most
    rows = stops(log((60, 60), (UNKNOWN, 1), (30, 8), (UNKNOWN, 2), (0, 5)))
    assert plain(rows[["class", "days", "days_least"]]) == [["gradual", 12, 9]]


def test_a_fall_by_half_across_too_many_unknown_days_is_no_event():
    assert found((60, 60), (UNKNOWN, 2), (30, 40)) == ["partial abrupt"]  # three days at most
    assert found((60, 60), (UNKNOWN, 3), (30, 40)) == []


def test_people_and_drugs_do_not_run_into_each_other():
    daily = pd.concat([log((60, 60)), log((0, 20), person="B"), log((0, 20), drug="cyclobenzaprine")])
    assert stops(daily).empty


def test_thresholds_out_of_order_are_refused():
    with pytest.raises(MethodError, match="expected complete_frac < 1 - partial_frac < whole_frac"):
        StopRule(complete_frac=0.6)
    with pytest.raises(MethodError, match="1 <= abrupt_days <= rapid_days"):
        StopRule(abrupt_days=8)


def test_the_sentence_counts_and_says_that_it_is_no_advice():
    daily = pd.concat([log((60, 40), (0, 5), (60, 40), (0, 5)), log((60, 40), (30, 20), (0, 5), person="B")])
    daily = pd.concat([daily, log((60, 3), (0, 5), person="C"), log((300, 30), (0, 3), route="intrathecal")])
    assert describe_stops(stops(daily)) == (
        "Intrathecal baclofen: 1 stop (1 complete abrupt), 0 of them resumed. "
        "Oral baclofen: 3 stops (2 complete abrupt, 1 gradual), 1 of them resumed; 1 further fall not counted. "
        "This describes what the log records; it is not advice on treatment."
    )
    assert describe_stops(stops(log((60, 40)))).startswith("No stop was recorded. This describes")
    with pytest.raises(MethodError, match="the table lacks `flag`"):
        describe_stops(stops(daily).drop(columns="flag"))


def test_an_empty_log_has_no_stops():
    assert stops(log((60, 1)).iloc[:0]).empty
    assert stops(log((UNKNOWN, 3))).empty


MONOTONE = st.lists(st.tuples(st.sampled_from([60, 45, 30, 15, 5, 0]), st.integers(1, 12)), min_size=1, max_size=5)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(MONOTONE, st.lists(st.integers(0, 80), max_size=30), st.integers(0, 40))
def test_adding_unknown_days_never_creates_an_event(way_down, unseen, more):
    """Days of a way down that are no longer known, and unknown days at the end: no new event, none of a worse class."""
    way_down = sorted(way_down, reverse=True)
    daily = log((60, 50), *way_down)
    hidden = daily["day"].isin([50 + day for day in unseen])
    less = daily.assign(
        dose_mg_per_day=daily["dose_mg_per_day"].mask(hidden), status=daily["status"].mask(hidden, "unknown")
    )
    more_days = log((UNKNOWN, more), start=len(daily))
    before = stops(daily)["class"].astype(str).tolist()
    after = stops(pd.concat([less, more_days]))["class"].astype(str).tolist()
    assert len(after) <= len(before)
    # what was complete may be known only to have fallen by half
    assert set(after) <= {*before, "speed not known", "partial abrupt"}


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from([0, 2, 5, 20, 30, 60, 80]), st.integers(1, 20)), max_size=6))
def test_unknown_days_between_stretches_are_the_same_with_and_without_rows(stretches):
    daily = log((60, 40), *stretches, (UNKNOWN, 4), (0, 3), (UNKNOWN, 5))
    known = daily[daily["status"] != "unknown"]
    pd.testing.assert_frame_equal(stops(daily), stops(known))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from([UNKNOWN, 0, 2, 30, 45, 60, 80]), st.integers(1, 30)), max_size=8))
def test_a_change_of_unit_leaves_the_classes_as_they_are(stretches):
    """The same infusion in mg and in µg per day, with the one threshold that has a unit in the same unit."""
    rule = {("baclofen", "intrathecal"): StopRule(min_pre_dose=12)}
    small = {("baclofen", "intrathecal"): StopRule(min_pre_dose=0.012)}
    in_ug = stops(log((60, 40), *stretches, route="intrathecal"), rules=rule)
    thousandth = [(dose if dose is UNKNOWN else dose / 1000, days) for dose, days in stretches]
    in_mg = stops(log((0.06, 40), *thousandth, route="intrathecal"), rules=small)
    names = ["class", "last_whole_day", "stop_day", "days_least", "resumed_day", "flag"]
    pd.testing.assert_frame_equal(in_ug[names], in_mg[names])


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from([UNKNOWN, 0, 5, 30, 45, 60]), st.integers(1, 30)), min_size=1, max_size=8))
def test_every_stop_agrees_with_a_plain_reading_of_the_log(stretches):
    daily = log((60, 40), *stretches)
    dose = dict(zip(daily["day"], daily["dose_mg_per_day"], strict=True))
    for row in stops(daily).itertuples():
        before = [
            dose[day]
            for day in range(row.last_whole_day - 13, row.last_whole_day + 1)
            if not np.isnan(dose.get(day, np.nan))
        ]
        assert row.before_mg_per_day == np.median(before)
        assert dose[row.last_whole_day] >= 0.9 * row.before_mg_per_day - 1e-9
        between = [dose[day] for day in range(row.last_whole_day + 1, row.stop_day)]
        assert not any(value >= 0.9 * row.before_mg_per_day + 1e-9 for value in between)
        limit = 0.5 if row[6] == "partial abrupt" else 0.1
        assert dose[row.stop_day] <= limit * row.before_mg_per_day + 1e-9
        assert row.exposure_days == sum(dose[day] > 0 for day in range(row.last_whole_day))


def times(*stretches, **options):
    columns = ["first_day", "days", "event", "reason"]
    return plain(time_to_stopping(log(*stretches), **options)[columns])[0]


def test_the_time_to_a_stop_by_hand():
    assert times((0, 3), (30, 40), (0, 20)) == [3, 40, True, "stopped"]
    assert times((30, 40), (0, 5), (30, 40), (0, 2)) == [0, 85, True, "stopped"]
    assert times((30, 40)) == [0, 40, False, "log ends"]
    assert times((30, 40), (UNKNOWN, 9)) == [0, 40, False, "dose unknown to the end of the log"]
    assert times((0, 9)) == ["-", "-", False, "no dose was taken"]


@pytest.mark.parametrize(("days", "expected"), [(13, [0, 93, False, "log ends"]), (14, [0, 40, True, "stopped"])])
def test_a_pause_of_fourteen_days_is_a_stop(days, expected):
    assert times((30, 40), (0, days), (30, 40)) == expected


def test_a_planned_end_censors_what_comes_at_it_or_later():
    assert times((30, 40), (0, 20), planned_end_day=40) == [0, 40, False, "planned end"]
    assert times((30, 40), (0, 20), planned_end_day=41) == [0, 40, True, "stopped"]
    assert times((30, 40), (0, 20), planned_end_day=30) == [0, 30, False, "planned end"]


def test_a_long_gap_is_a_stop_only_when_asked_for():
    assert times((30, 40), (UNKNOWN, 90), (30, 5), gap_days=90) == [0, 40, True, "no record for too long"]
    assert times((30, 40), (UNKNOWN, 89), (30, 5), gap_days=90) == [0, 134, False, "log ends"]
    assert times((30, 40), (UNKNOWN, 90), gap_days=90) == [0, 40, True, "no record for too long"]
    with pytest.raises(MethodError, match="counted from 1"):
        times((30, 1), gap_days=0)


def test_a_table_of_times_is_empty_for_an_empty_log():
    assert time_to_stopping(log((60, 1)).iloc[:0]).empty
    assert set(AMOUNTS) == {"oral", "intrathecal"}
