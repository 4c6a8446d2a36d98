"""Cuts: safe against the last binary digit, aware of direction, silent about what is unknown."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spasticity import instruments
from spasticity.errors import MethodError
from spasticity.instruments import Measure, Threshold, gain, measure, passes

NRS = measure("spasticity_nrs")
RESPONDER = NRS.responder()


def cut(value, kind="points", compare=">="):
    return Threshold(value=value, kind=kind, compare=compare, meaning="m", source="s", confirmed=False)


def one(name, threshold, baseline, value, **more):
    return passes(measure(name), threshold, pd.Series([baseline]), pd.Series([value]), **more).iloc[0]


def test_golden_11_six_to_four_point_two_is_thirty_percent():
    assert 100 * (6.0 - 4.2) / 6.0 < 30  # what a plain comparison would see
    assert one("spasticity_nrs", RESPONDER, 6.0, 4.2)
    assert not one("spasticity_nrs", RESPONDER, 6.0, 4.21)


@given(st.integers(1, 100), st.integers(0, 100))
def test_thirty_percent_of_a_rating_is_found_without_rounding_errors(tenths, now):
    baseline, value = tenths / 10, now / 10
    assert one("spasticity_nrs", RESPONDER, baseline, value) == (10 * (tenths - now) >= 3 * tenths)


@pytest.mark.parametrize(("compare", "edge"), [(">=", True), (">", False), ("<=", True), ("<", False)])
def test_an_edge_belongs_where_its_comparison_says(compare, edge):
    assert one("psqi", cut(5, "level", compare), 9.0, 5.0) == edge
    inside, outside = (5.1, 4.9) if compare in (">=", ">") else (4.9, 5.1)
    assert one("psqi", cut(5, "level", compare), 9.0, inside)
    assert not one("psqi", cut(5, "level", compare), 9.0, outside)


def test_a_gain_is_positive_whichever_way_the_scale_runs():
    before, after = pd.Series([2.0, 1.0]), pd.Series([1.0, 2.0])
    assert gain(measure("psqi"), before, after).tolist() == [1, -1]
    assert gain(measure("sci_set"), before, after).tolist() == [-1, 1]


def test_golden_9_a_walk_that_slowed_by_twenty_two_percent_is_worse():
    slower = pd.Series([8.6]), pd.Series([10.5])
    assert gain(measure("t25fw_s"), *slower, percent=True).iloc[0] == pytest.approx(-22.0930232558)
    assert not passes(measure("t25fw_s"), measure("t25fw_s").responder(), *slower).iloc[0]
    assert passes(measure("t25fw_s"), measure("t25fw_s").responder(), *slower, towards="harm").iloc[0]


def test_a_percentage_needs_a_baseline_above_zero_and_all_cuts_need_both_values():
    found = passes(NRS, RESPONDER, pd.Series([0.0, 0.0, None, 5.0]), pd.Series([0.0, 3.0, 1.0, None]))
    assert found.isna().all()
    assert pd.isna(one("sci_set", cut(30, "percent"), -2.0, 2.0))
    assert pd.isna(one("psqi", cut(5, "level"), 9.0, None))


def test_points_do_not_need_a_baseline_above_zero():
    assert one("sci_set", cut(0.47), -1.0, -0.53)


def test_what_has_no_direction_has_no_gain():
    with pytest.raises(MethodError, match="tendon_reflex: it has no direction of benefit"):
        one("tendon_reflex", cut(1), 2.0, 3.0)
    with pytest.raises(MethodError, match="psqi: a level has no harm"):
        one("psqi", cut(5, "level"), 2.0, 3.0, towards="harm")
    with pytest.raises(MethodError, match=r"towards='worse' is not known: expected `benefit` or `harm`"):
        one("psqi", cut(5), 2.0, 3.0, towards="worse")


@pytest.mark.parametrize("name", ["psfs", "msss88", "scats", "llmt6", "prism", "pendulum", "clonus", "drowsiness_nrs"])
def test_an_mcid_that_nobody_established_is_an_error_and_not_a_number(name):
    with pytest.raises(MethodError, match=rf"{name}: no minimal clinically important difference \(MCID\) is known: "):
        instruments.get(name).mcid  # noqa: B018


@pytest.mark.parametrize("name", ["psfs", "msss88", "scats", "mas", "psqi"])
def test_an_mdc_that_nobody_established_is_an_error_and_not_a_number(name):
    with pytest.raises(MethodError, match=rf"{name}: no minimal detectable change \(MDC\) is known: "):
        instruments.get(name).mdc  # noqa: B018


def test_the_sci_set_has_a_measurement_error_but_no_mcid():
    assert [cut.value for cut in instruments.get("sci_set").mdc] == [0.47, 0.82]
    with pytest.raises(MethodError, match=r"sci_set: no .*MCID.* an MCID is not established"):
        instruments.get("sci_set").mcid  # noqa: B018


def test_thresholds_found_in_stroke_say_so():
    assert [cut.value for cut in instruments.get("mas").mcid] == [0.45, 0.73, 0.48, 0.76]
    assert all("stroke, not MS or SCI" in cut.source for cut in instruments.get("mas").mcid)


@pytest.mark.parametrize(("name", "value", "kind"), [
    ("isi", 6, "points"), ("msws12_v1", 8, "points"), ("sci_set", 0.47, "points"), ("t25fw_s", 20, "percent"),
    ("pain_nrs", 30, "percent"), ("mfis", 4, "points"), ("as_grade", 1, "grades"), ("mas_rank0_5", 1, "grades"),
])  # fmt: skip
def test_default_rules_of_more_instruments(name, value, kind):
    rule = measure(name).responder()
    assert (rule.value, rule.kind) == (value, kind)


@pytest.mark.parametrize("name", ["msws12_v2", "mas_conv1_5", "mas_merged0_4", "msss88_stiffness", "scats_clonus"])
def test_a_rule_of_one_version_is_not_lent_to_another(name):
    with pytest.raises(MethodError, match=f"{name}: no responder threshold"):
        measure(name).responder()


def test_percent_of_range_is_the_other_form_of_a_sum():
    stiffness = measure("msss88_stiffness")
    assert stiffness.percent_of_range(pd.Series([12.0, 30.0, 48.0])).tolist() == [0, 50, 100]
    with pytest.raises(MethodError, match="a: it has no closed range"):
        Measure(id="a", label="A").percent_of_range(pd.Series([1.0]))
