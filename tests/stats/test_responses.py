"""Responders: the rule at its edge, missing values, the curve, the words."""

import numpy as np
import pandas as pd
import pytest

from spasticity import stats
from spasticity.errors import DataError, MethodError
from spasticity.instruments import Threshold
from tests.stats.made import trial


def outcomes(values, baseline=10.0, arm=None, outcome="spasticity_nrs"):
    """Baseline and week 12 of people with these values at week 12."""
    last = pd.DataFrame({"value": values}, dtype=float).assign(baseline=baseline)
    last["participant"] = [f"P{row}" for row in range(len(last))]
    last["arm"] = ["a"] * len(last) if arm is None else arm
    first = last.assign(value=last["baseline"], visit="baseline", day=-1)
    return pd.concat([first, last.assign(visit="week 12", day=84)], ignore_index=True).assign(outcome=outcome)


def two_arms():
    """Reference 1 of 4 (one missing), other 3 of 4: percent improvements 30, 0, 29 and missing; 31, 50, 100, -10."""
    return outcomes([7.0, 10.0, 7.1, np.nan, 6.9, 5.0, 0.0, 11.0], arm=["placebo"] * 4 + ["other"] * 4)


def found(table, outcome="spasticity_nrs", **options):
    return stats.responders(table, outcome, visit="week 12", **{"reference": "placebo", **options})


def test_6_to_4_2_is_a_30_per_cent_response():
    assert 100 * (6.0 - 4.2) / 6.0 < 30  # in floating point; golden number G11
    result = stats.responders(outcomes([4.2, 4.3], baseline=6.0), "spasticity_nrs", visit="week 12")
    assert list(result.people["responder"]) == [True, False]
    assert result.people["improvement"].iloc[0] == 30
    assert result.curve.set_index("threshold").loc[30.0, "responders"] == 1


def test_missing_counts_as_no_response_and_is_in_the_denominator():
    result = found(two_arms())
    placebo, other = (result.row("response", arm=arm) for arm in ("placebo", "other"))
    assert (placebo["estimate"], placebo["events"], placebo["n"], placebo["n_missing"]) == (0.25, 1, 4, 1)
    assert (other["estimate"], other["events"], other["n"], other["n_missing"]) == (0.75, 3, 4, 0)
    assert result.groups == ["outcome", "visit", "missing", "arm"]
    assert set(result.frame["missing"]) == {"non-responder"}
    assert "missing counts as no response" in result.method
    assert "1 participant without a value at week 12" in result.notes
    assert result.n == 8


def test_observed_values_only_leave_the_missing_out():
    row = found(two_arms(), missing="observed").row("response", arm="placebo")
    assert (row["estimate"], row["n"], row["n_missing"]) == (1 / 3, 3, 0)


def test_both_rules_side_by_side_are_the_two_alone():
    both = found(two_arms(), missing="both")
    for missing in ("non-responder", "observed"):
        alone = found(two_arms(), missing=missing)
        rows = both.frame[both.frame["missing"].eq(missing)].reset_index(drop=True)
        pd.testing.assert_frame_equal(rows, alone.frame)
        curve = both.curve[both.curve["missing"].eq(missing)].reset_index(drop=True)
        pd.testing.assert_frame_equal(curve, alone.curve)


def test_comparisons_are_those_of_the_two_by_two_table_in_every_column():
    result, table = found(two_arms()), stats.two_by_two(3, 4, 1, 4)
    columns = ["term", "estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high", "n", "disjoint"]
    ours = result.frame[result.frame["reference"].eq("placebo")]
    theirs = table.frame[table.frame["group"].eq("treated - reference")]
    pd.testing.assert_frame_equal(ours[columns].reset_index(drop=True), theirs[columns].reset_index(drop=True))
    assert set(ours["arm"]) == {"other"}
    assert set(ours["n_missing"]) == {1}
    proportions = result.frame[result.frame["term"].eq("response")]
    np.testing.assert_allclose(proportions["conf_low"], table.frame["conf_low"][[1, 0]])
    np.testing.assert_allclose(proportions["conf_high"], table.frame["conf_high"][[1, 0]])


@pytest.mark.parametrize("interval", ["newcombe", "miettinen-nurminen", "wald"])
def test_interval_and_level_are_passed_on(interval):
    row = found(two_arms(), interval=interval, level=0.8).row("risk difference")
    expected = stats.two_by_two(3, 4, 1, 4, interval=interval, level=0.8).row("risk difference")
    assert (row["conf_low"], row["conf_high"]) == (expected["conf_low"], expected["conf_high"])


def test_the_curve_counts_everybody_who_reaches_each_threshold():
    curve = found(two_arms()).curve
    assert list(curve.columns) == [
        "missing",
        "arm",
        "threshold",
        "estimate",
        "conf_low",
        "conf_high",
        "responders",
        "n",
    ]
    thresholds = [-10, 0, 29, 30, 31, 50, 100]
    placebo, other = (curve[curve["arm"].eq(arm)] for arm in ("placebo", "other"))
    assert list(placebo["threshold"]) == list(other["threshold"]) == thresholds
    assert list(placebo["responders"]) == [3, 3, 2, 1, 0, 0, 0]
    assert list(other["responders"]) == [4, 3, 3, 3, 3, 2, 1]
    assert list(placebo["estimate"]) == [0.75, 0.75, 0.5, 0.25, 0, 0, 0]
    assert set(curve["n"]) == {4}
    row = found(two_arms()).row("response", arm="other")
    here = other[other["threshold"].eq(30)].iloc[0]
    assert (here["conf_low"], here["conf_high"]) == (row["conf_low"], row["conf_high"])


def test_the_curve_falls_and_passes_through_the_result():
    result = stats.responders(trial(), "spasticity_nrs", visit="week 12", missing="both")
    for (missing, arm), rows in result.curve.groupby(["missing", "arm"], observed=True):
        assert rows["estimate"].is_monotonic_decreasing
        at_rule = rows.loc[rows["threshold"].eq(30), "estimate"].item()
        assert at_rule == result.row("response", missing=missing, arm=arm)["estimate"]


def test_a_measure_where_more_is_better_improves_upwards():
    table = outcomes([1.2, 0.9], baseline=1.0, outcome="walk_10m_m_per_s")
    result = stats.responders(table, "walk_10m_m_per_s", visit="week 12", threshold=20)
    assert list(result.people["improvement"]) == [20, -10]
    assert list(result.people["responder"]) == [True, False]
    turned = stats.responders(table, "walk_10m_m_per_s", visit="week 12", threshold=10, better="lower")
    assert list(turned.people["responder"]) == [False, True]


def test_points_do_not_need_a_baseline_above_0():
    table = outcomes([0.0, -0.3], baseline=0.0)
    result = stats.responders(table, "spasticity_nrs", visit="week 12", threshold=0.3, unit="points")
    assert list(result.people["responder"]) == [False, True]
    assert "improvement from baseline of at least 0.3 points" in result.method


def test_a_baseline_of_0_has_no_percentage_and_is_said():
    table = outcomes([2.0, 3.0], baseline=[0.0, 6.0])
    both = stats.responders(table, "spasticity_nrs", visit="week 12", missing="both")
    assert both.row("response", missing="non-responder")["n"] == 2
    assert both.row("response", missing="observed")["n"] == 1
    assert "1 participant with a value but without a baseline above 0" in both.notes


@pytest.mark.parametrize(("compare", "passed"), [("<=", [True, True, False]), ("<", [True, False, False])])
def test_a_level_is_held_against_the_value_itself(compare, passed):
    rule = Threshold(value=5, kind="level", compare=compare, meaning="good sleep", source="a test", confirmed=False)
    table = outcomes([4.0, 5.0, 6.0], outcome="psqi")
    result = stats.responders(table, "psqi", visit="week 12", threshold=rule)
    assert list(result.people["responder"]) == passed
    assert f"value {compare} 5" in result.method
    assert result.notes[-1] == f"threshold: value {compare} 5 [not confirmed]; a test"
    assert result.curve["estimate"].is_monotonic_increasing


def test_more_than_excludes_the_threshold_itself():
    rule = Threshold(value=30, kind="percent", compare=">", meaning="responder", source="a test", confirmed=True)
    result = stats.responders(outcomes([7.0, 6.9]), "spasticity_nrs", visit="week 12", threshold=rule)
    assert list(result.people["responder"]) == [False, True]
    assert "more than 30 %" in result.method


def test_grades_are_counted_in_grades():
    result = stats.responders(
        outcomes([3.0, 2.0], baseline=3.0, outcome="psfs_frequency"), "psfs_frequency", visit="week 12"
    )
    assert list(result.people["responder"]) == [False, True]
    assert "at least 1 grade" in result.method
    assert "[not confirmed]" in result.notes[-1]


def test_people_who_never_came_back_are_counted():
    table = two_arms()
    gone = table[~(table["visit"].eq("week 12") & table["participant"].eq("P4"))]
    assert found(gone).row("response", arm="other")["n"] == 4
    assert found(gone).row("response", arm="other")["events"] == 2


def test_people_without_an_arm_are_left_out_and_counted():
    table = two_arms()
    table.loc[table["participant"].eq("P0"), "arm"] = None
    result = found(table)
    assert result.row("response", arm="placebo")["n"] == 3
    assert "left out: 1 participant without arm" in result.notes


def test_the_order_of_rows_changes_nothing():
    table = trial()
    one, other = (
        stats.responders(rows, "spasticity_nrs", visit="week 12")
        for rows in (table, table.sample(frac=1, random_state=2))
    )
    pd.testing.assert_frame_equal(one.frame, other.frame)
    pd.testing.assert_frame_equal(one.curve, other.curve)


def test_arms_keep_their_order_and_text_begins_with_the_reference():
    ordered = stats.responders(trial(), "spasticity_nrs", visit="week 12")
    assert list(ordered.frame["arm"].unique()) == ["placebo", "oral baclofen", "cyclobenzaprine"]
    assert ordered.method.endswith("chi-squared, not adjusted for the number of comparisons")
    assert found(two_arms()).method.endswith("chi-squared")
    text = trial().astype({"arm": str})
    assert list(found(text).frame["arm"].unique()) == ["placebo", "cyclobenzaprine", "oral baclofen"]


def test_one_arm_has_proportions_only():
    result = stats.responders(outcomes([7.0, 8.0]), "spasticity_nrs", visit="week 12")
    assert list(result.frame["term"]) == ["response"]
    assert result.row("response")["estimate"] == 0.5


def test_an_arm_with_nobody_observed_has_missing_estimates():
    result = found(outcomes([np.nan, np.nan, 7.0, 8.0], arm=["placebo"] * 2 + ["other"] * 2), missing="observed")
    assert np.isnan(result.row("response", arm="placebo")["estimate"])
    assert np.isnan(result.row("risk difference")["estimate"])
    assert "0/0 (\N{EN DASH} %)" in result.sentence("response", arm="placebo")
    assert result.summary()


def test_sentences_are_ready_for_a_report():
    result = found(two_arms())
    assert result.sentence("response", arm="other") == (
        "response (spasticity_nrs, week 12, non-responder, other): 3/4 (75.0 %) "
        "(95\N{NO-BREAK SPACE}% CI 30.1 to 95.4 %; n = 4)."
    )
    assert result.sentence("risk difference").startswith(
        "risk difference (spasticity_nrs, week 12, non-responder, other): 50.0 % points (95"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"visit": "week 13"}, "visit='week 13' is not known: expected `baseline` or `week 12`"),
        ({"missing": "ignore"}, "missing='ignore' is not known: expected `non-responder`, `observed` or `both`"),
        ({"reference": "nobody"}, "reference='nobody' is not known: expected `placebo`|expected `other`"),
        ({"threshold": 30, "unit": "grades"}, "unit='grades' is not known: expected `percent` or `points`"),
        ({"better": "more"}, "better='more' is not known: expected `lower` or `higher`"),
        ({"interval": "exact"}, "interval='exact' is not known: expected `newcombe`"),
    ],
)
def test_what_is_not_known_is_named(options, message):
    with pytest.raises(MethodError, match=message):
        stats.responders(two_arms(), "spasticity_nrs", **{"visit": "week 12", **options})


def test_a_measure_without_a_rule_or_a_direction_asks_for_one():
    table = two_arms()
    with pytest.raises(MethodError, match=r"no responder threshold to use by default.*Pass `threshold=`"):
        found(table.assign(outcome="homemade"), "homemade")
    with pytest.raises(MethodError, match="homemade: no direction of benefit is on record; pass better='lower'"):
        found(table.assign(outcome="homemade"), "homemade", threshold=30)


def test_a_participant_in_two_arms_is_refused():
    table = two_arms()
    table.loc[0, "arm"] = "other"
    with pytest.raises(DataError, match="1 participant in more than one arm, first at row 8"):
        found(table)


def test_nobody_in_any_arm_is_refused():
    with pytest.raises(MethodError, match="spasticity_nrs: nobody has a value in `arm`"):
        stats.responders(two_arms().assign(arm=None), "spasticity_nrs", visit="week 12")


def test_intervals_that_small_trials_showed_to_be_narrow_are_named():
    table = trial(60)

    def notes(rows, **options):
        fit = stats.responders(rows, "spasticity_nrs", visit="week 12", threshold=1, unit="points", **options)
        return " ".join(fit.notes)

    assert "Wald's interval of the difference missed in 6 to 9 %" in notes(table, interval="wald")
    assert "(Mantel-Haenszel) missed in 6 to 8 %" in notes(table, strata="cohort")
    assert "missed" not in notes(table)
    assert "missed" not in notes(trial(400), strata="cohort", interval="wald")
