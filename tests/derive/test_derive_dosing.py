"""Exposure, infusion changes and phases: known days only, units apart, thresholds where they are said to be."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spasticity.derive.dosing import exposure, infusion_changes, refill_changes
from spasticity.derive.phases import PHASES, dose_phases
from spasticity.derive.tapering import tapers
from spasticity.errors import DataError, MethodError
from tests.derive.doselogs import UNKNOWN, log
from tests.derive.tiny import plain

NBSP = "\N{NO-BREAK SPACE}"
WHOSE = ("A", "MS", "active", "baclofen", "oral")


def median_slope(doses):
    """The fall in a week, over all pairs of days."""
    days = range(len(doses))
    return -7 * float(np.median([(doses[j] - doses[i]) / (j - i) for i in days for j in days if j > i]))


def phases(*stretches, route="oral", **options):
    found = dose_phases(log(*stretches, route=route), **options)
    return [(phase, int(start), int(end)) for phase, start, end in plain(found[["phase", "start_day", "end_day"]])]


def test_exposure_by_hand_every_column():
    found = exposure(log((15, 3), (30, 2), (UNKNOWN, 4), (0, 1), (("imputed", 20), 2)), target_mg_per_day=30)
    assert plain(found) == [
        [*WHOSE, 0, 12, 7, 1, 4, 2, pytest.approx(145 / 8), "-", 30.0, "-", 145.0, "-", 2],
    ]
    assert list(found)[-7:] == [
        "mean_mg_per_day",
        "mean_ug_per_day",
        "highest_mg_per_day",
        "highest_ug_per_day",
        "total_mg",
        "total_ug",
        "days_at_target",
    ]


def test_milligrams_and_micrograms_stand_in_columns_of_their_own():
    daily = pd.concat([log((30, 2)), log((90, 2), route="intrathecal")])
    found = exposure(daily, target_ug_per_day=90).set_index("route")
    assert plain(found[["total_mg", "total_ug", "days_at_target"]]) == [["-", 180.0, 2], [60.0, "-", "-"]]


def test_exposure_in_a_window_is_that_of_its_days():
    found = exposure(log((10, 5), (20, 5)), first_day=4, end_day=7)
    assert plain(found[["first_day", "end_day", "total_mg"]]) == [[4, 7, 50.0]]
    with pytest.raises(MethodError, match="first_day=7 is not before end_day=7"):
        exposure(log((10, 5)), first_day=7, end_day=7)


def test_a_log_of_unknown_days_has_no_mean_and_no_total():
    found = exposure(log((UNKNOWN, 3)))
    assert found["days_unknown"].tolist() == [3]
    assert found[["mean_mg_per_day", "total_mg", "highest_mg_per_day"]].isna().all(axis=None)


def test_days_without_a_row_are_unknown():
    daily = log((60, 20), (UNKNOWN, 4), (60, 20))
    known = daily[daily["status"] != "unknown"]
    pd.testing.assert_frame_equal(exposure(known), exposure(daily))
    pd.testing.assert_frame_equal(dose_phases(known), dose_phases(daily))
    assert exposure(known)["days_unknown"].tolist() == [4]


def test_a_target_is_reached_at_exactly_the_target():
    assert exposure(log((0.1 + 0.2, 3)), target_mg_per_day=0.3)["days_at_target"].tolist() == [3]


def test_logs_that_contradict_themselves_are_refused():
    twice = pd.concat([log((10, 2)), log((10, 1))])
    with pytest.raises(DataError, match="1 day of a participant, drug and route more than once"):
        exposure(twice)
    with pytest.raises(DataError, match="1 day with a dose in the unit of the other route, first at row 0"):
        exposure(log((10, 1)).assign(route="intrathecal"))
    with pytest.raises(DataError, match="neither `oral` nor `intrathecal`"):
        exposure(log((10, 1)).assign(route="by mouth"))
    with pytest.raises(MethodError, match="the table lacks `status`"):
        exposure(log((10, 1)).drop(columns="status"))
    with pytest.raises(DataError, match="a row without participant"):
        exposure(log((10, 1)).assign(participant=None))


def test_the_order_of_rows_does_not_matter():
    daily = pd.concat([log((10, 5), (20, 40)), log((90, 20), route="intrathecal"), log((5, 3), person="B")])
    mixed = daily.sample(frac=1, random_state=1)
    for derived in (exposure, dose_phases, tapers):
        pd.testing.assert_frame_equal(derived(mixed), derived(daily.reset_index(drop=True)))


def test_changes_of_an_infusion_by_hand():
    found = infusion_changes(log((100, 7), (120, 3), (UNKNOWN, 2), (90, 1), (0, 1), (45, 1), route="intrathecal"))
    columns = ["day", "before_ug_per_day", "after_ug_per_day", "change_percent", "held_days"]
    assert plain(found[columns]) == [
        [7, 100, 120, pytest.approx(20), 7],
        [13, 90, 0, -100, 1],
        [14, 0, 45, "-", 1],
    ]


def test_tablets_have_no_infusion_changes():
    assert infusion_changes(log((10, 3), (20, 3))).empty


def test_refill_to_refill_by_hand():
    daily = log((100, 10), (110, 10), (UNKNOWN, 10), (99, 10), route="intrathecal")
    refills = pd.DataFrame({"participant": ["A", "A", "A", "Z"], "day": [20, 9, 31, 5]})
    found = refill_changes(daily, refills, window_days=3)
    columns = ["day", "dose_ug_per_day", "days_since", "mean_ug_per_day", "change_percent"]
    assert plain(found[columns]) == [
        [9, 110, "-", "-", "-"],
        [20, "-", 11, pytest.approx((100 + 10 * 110) / 11), "-"],
        [31, 99, 11, 99.0, "-"],
    ]
    found = refill_changes(daily, refills[refills["day"] != 20])
    assert found["change_percent"].tolist()[1] == pytest.approx(-10)
    assert found["mean_ug_per_day"].tolist()[1] == pytest.approx((100 + 1100 + 99) / 12)


def test_refills_need_days():
    with pytest.raises(MethodError, match="needs `participant` and `day` for each refill"):
        refill_changes(log((90, 2), route="intrathecal"), pd.DataFrame({"participant": ["A"]}))


def test_the_label_titration_and_a_taper():
    found = phases((15, 3), (30, 3), (45, 3), (60, 100), (45, 4), (30, 4), (15, 4), (0, 10))
    assert found == [("titration", 0, 9), ("maintenance", 9, 109), ("taper", 109, 121), ("off", 121, 131)]


def test_the_shapes_of_published_regimens():
    # tizanidine S86: two weeks without, titration in weeks 2-4, plateau in 5-13, taper in week 14
    tizanidine = [(0, 14), (8, 7), (16, 7), (24, 7), (36, 63), (24, 3), (12, 4), (0, 1)]
    assert [name for name, *_ in phases(*tizanidine)] == ["off", "titration", "maintenance", "taper", "off"]
    # arbaclofen S27b: 49 days up, 84 days, 21 days down
    arbaclofen = [(10, 7), (20, 7), (30, 7), (40, 7), (50, 7), (60, 7), (70, 7), (80, 84), (60, 7), (40, 7), (20, 7)]
    assert phases(*arbaclofen) == [("titration", 0, 49), ("maintenance", 49, 133), ("taper", 133, 154)]


@pytest.mark.parametrize(("days", "first"), [(13, "titration"), (14, "maintenance")])
def test_maintenance_begins_at_exactly_fourteen_days(days, first):
    assert phases((60, days))[0][0] == first


@pytest.mark.parametrize(("dose", "expected"), [(65, 1), (65.01, 2)])
def test_an_oral_dose_stays_inside_maintenance_up_to_exactly_five_milligrams(dose, expected):
    assert len(phases((60, 30), (dose, 30))) == expected


@pytest.mark.parametrize(("factor", "expected"), [(1.1, 1), (0.9, 1), (1.11, 2), (0.89, 2)])
def test_an_infusion_stays_inside_maintenance_up_to_exactly_ten_percent(factor, expected):
    assert len(phases((300, 60), (300 * factor, 60), route="intrathecal")) == expected


def test_slow_drift_does_not_stay_inside_maintenance():
    found = phases((60, 30), (64, 20), (68, 20), (72, 20))
    assert [name for name, *_ in found] == ["maintenance", "maintenance"]
    assert dose_phases(log((60, 30), (64, 20), (68, 20), (72, 20)))["level_mg_per_day"].tolist() == [60, 68]


@pytest.mark.parametrize(
    ("days", "expected"), [(2, ["maintenance"]), (3, ["maintenance", "re-titration", "maintenance"])]
)
def test_a_rise_is_retitration_from_exactly_three_days(days, expected):
    assert [name for name, *_ in phases((60, 30), (80, days), (60, 30))] == expected


def test_a_rise_runs_until_the_next_maintenance():
    found = phases((40, 30), (50, 5), (60, 5), (70, 30))
    assert found == [("maintenance", 0, 30), ("re-titration", 30, 40), ("maintenance", 40, 70)]


@pytest.mark.parametrize(("days", "middle"), [(27, "reduction"), (28, "maintenance")])
def test_a_lower_dose_is_a_new_maintenance_from_exactly_twenty_eight_days(days, middle):
    assert phases((60, 30), (30, days), (60, 30))[1] == (middle, 30, 30 + days)


def test_a_taper_in_steps_of_three_weeks_is_one_taper():
    found = phases((60, 30), (45, 21), (30, 21), (15, 21), (0, 7))
    assert found == [("maintenance", 0, 30), ("taper", 30, 93), ("off", 93, 100)]


def test_a_way_down_without_any_maintenance_is_a_taper_too():
    assert phases((15, 3), (30, 3), (45, 10), (30, 4), (15, 4), (0, 4)) == [
        ("titration", 0, 16),
        ("taper", 16, 24),
        ("off", 24, 28),
    ]


def test_a_taper_begins_below_ninety_five_percent_of_the_last_maintenance():
    found = phases((120, 30), (114, 5), (113.9, 5), (60, 5), (0, 5))
    assert [name for name, *_ in found] == ["maintenance", "reduction", "taper", "off"]
    assert found[2] == ("taper", 40, 45)
    assert phases((120, 30), (113.9, 5), (60, 5), (0, 5))[1] == ("taper", 30, 40)


def test_a_small_dose_is_not_within_the_tolerance_of_no_dose():
    assert phases((0, 5), (4, 30)) == [("off", 0, 5), ("maintenance", 5, 35)]
    assert phases((4, 30), (0, 5), (4, 30))[1] == ("interruption", 30, 35)


def test_documented_zeros_between_doses_interrupt_and_after_the_last_dose_they_are_off():
    assert phases((0, 2), (60, 30), (0, 1), (60, 30), (0, 3)) == [
        ("off", 0, 2),
        ("maintenance", 2, 32),
        ("interruption", 32, 33),
        ("maintenance", 33, 63),
        ("off", 63, 66),
    ]


def test_unknown_days_break_a_stretch_and_are_rows():
    assert phases((60, 10), (UNKNOWN, 1), (60, 10)) == [
        ("titration", 0, 10),
        ("unknown", 10, 11),
        ("titration", 11, 21),
    ]
    assert phases((60, 10), (UNKNOWN, 1), (60, 10), bridge_days=1) == [("maintenance", 0, 21)]


def test_unknown_days_at_both_ends_are_rows():
    assert phases((UNKNOWN, 2), (60, 20), (UNKNOWN, 3)) == [
        ("unknown", 0, 2),
        ("maintenance", 2, 22),
        ("unknown", 22, 25),
    ]
    assert phases((UNKNOWN, 2)) == [("unknown", 0, 2)]


def test_thresholds_must_make_sense():
    with pytest.raises(MethodError, match="days are counted from 1 and tolerances from 0"):
        phases((60, 3), stable_days=0)


def test_an_empty_log_has_no_phases_no_exposure_and_no_taper():
    empty = log((60, 1)).iloc[:0]
    assert len(dose_phases(empty)) == len(exposure(empty)) == len(tapers(empty)) == len(infusion_changes(empty)) == 0


def test_golden_19_eighty_milligrams_to_zero_over_28_days():
    days = np.arange(28)
    linear = [(80, 60), *[(float(dose), 1) for dose in 80 - 80 * days[1:] / 28], (0, 5)]
    found = tapers(log(*linear)).iloc[0]
    assert found["fall_mg_per_day_per_week"] == pytest.approx(20)
    assert found["slope_mg_per_day_per_week"] == pytest.approx(20)
    assert found["percent_per_week"] == pytest.approx(25)
    assert found["before_mg_per_day"] == 80
    assert found["reaches_zero"]
    assert pd.isna(found["fall_ug_per_day_per_week"])


def test_a_taper_in_steps_by_hand_every_column():
    found = tapers(log((60, 30), (40, 4), (30, 2), (10, 8), (0, 3)))
    found["fast"] = found["fast"].str.replace(NBSP, " ")
    slope = pytest.approx(median_slope([60, 40, 40, 40, 40, 30, 30, *[10] * 8, 0]))
    rest = [pytest.approx(700 / 15), pytest.approx(100 / 3), "a step above 33 %; a dose held under 3 days", False]
    assert plain(found) == [
        [*WHOSE, 29, 44, 15, True, 4, 2, 60, "-", 0, "-", pytest.approx(28), "-", slope, "-", 20, "-", *rest]
    ]


def test_the_slope_is_the_median_over_all_pairs_of_days():
    found = tapers(log((60, 30), (40, 2), (30, 1), (0, 3)))
    assert found["slope_mg_per_day_per_week"].tolist() == pytest.approx([median_slope([60, 40, 40, 30, 0])])


@pytest.mark.parametrize(
    ("stretches", "reason"),
    [
        ([(60, 30), (45, 3), (30, 5), (15, 5)], None),  # 60 mg over exactly two weeks: 50 % a week is not more
        ([(60, 30), (45, 3), (30, 4), (15, 5)], "falls more than 50 % a week"),
        ([(100, 30), (67, 10), (34, 10), (10, 10)], None),  # steps of exactly 33 %
        ([(100, 30), (66.9, 10), (34, 10), (10, 10)], "a step above 33 %"),
        ([(60, 30), (50, 7), (40, 3), (30, 7), (20, 7), (10, 7)], None),
        ([(60, 30), (50, 7), (40, 2), (30, 7), (20, 7), (10, 7)], "a dose held under 3 days"),
    ],
)
def test_a_taper_is_fast_beyond_its_thresholds_and_not_at_them(stretches, reason):
    found = tapers(log(*stretches, (0, 5)))["fast"].tolist()
    assert [None if words is None else words.replace(NBSP, " ") for words in found] == [reason]


def test_a_taper_whose_beginning_is_unknown_says_so():
    found = tapers(log((60, 30), (UNKNOWN, 3), (30, 5), (0, 5)))
    assert plain(found[["start_day", "after_unknown", "days"]]) == [[33, True, 5]]


def test_a_way_down_that_the_log_does_not_end_reaches_no_zero():
    found = tapers(log((60, 30), (45, 5), (30, 5)))
    assert plain(found[["reaches_zero", "after_mg_per_day", "fast"]]) == [[False, 30.0, "-"]]


STRETCHES = st.lists(
    st.tuples(st.sampled_from([UNKNOWN, 0, 5, 15, 30, 32.5, 45, 60, 80]), st.integers(1, 40)), min_size=1, max_size=9
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(STRETCHES, st.data())
def test_splitting_a_log_in_two_and_joining_it_gives_the_same_phases(stretches, data):
    whole = log(*stretches)
    cut = data.draw(st.integers(0, len(whole)))
    joined = pd.concat([whole.iloc[cut:], whole.iloc[:cut]])
    pd.testing.assert_frame_equal(dose_phases(joined), dose_phases(whole))
    pd.testing.assert_frame_equal(tapers(joined), tapers(whole))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(STRETCHES)
def test_phases_cover_the_log_once_and_zeros_are_never_a_dosed_phase(stretches):
    daily = log(*stretches)
    found = dose_phases(daily)
    assert found["days"].sum() == len(daily)
    assert (found["start_day"].to_numpy()[1:] == found["end_day"].to_numpy()[:-1]).all()
    assert set(found["phase"].astype(str)) <= set(PHASES)
    named = daily["day"].map(lambda day: found.loc[found["start_day"] <= day, "phase"].iloc[-1]).astype(str)
    dose = daily["dose_mg_per_day"].to_numpy()
    assert (named.isin(["off", "interruption"]) == (dose == 0)).all()
    assert ((named == "unknown") == np.isnan(dose)).all()


@settings(max_examples=25, deadline=None, derandomize=True)
@given(STRETCHES)
def test_a_change_of_unit_leaves_the_phases_as_they_are(stretches):
    small = [(dose if dose is UNKNOWN else dose / 1000, days) for dose, days in stretches]
    names = ["phase", "start_day", "end_day"]
    in_ug, in_mg = log(*stretches, route="intrathecal"), log(*small, route="intrathecal")
    pd.testing.assert_frame_equal(dose_phases(in_ug)[names], dose_phases(in_mg)[names])
