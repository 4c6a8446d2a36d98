"""Analysis of covariance: by hand, invariances, missing values, refusals, coverage."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t, ttest_ind

from spasticity import stats
from spasticity.errors import DataError, MethodError
from spasticity.stats.least_squares import hc3, solved
from tests.stats.made import rows, trial

OPTIONS = {"outcome": "spasticity_nrs", "visit": "week 12"}


def test_two_groups_of_two_by_hand_in_every_column():
    fit = stats.ancova(rows(["a", "a", "b", "b"], [1.0, 3.0, 4.0, 8.0]), "change ~ arm", **OPTIONS)
    first, second = fit.frame.to_dict("records")
    assert [first["term"], second["term"]] == ["Intercept", "arm[b]"]
    assert (second["outcome"], second["visit"], second["n"]) == ("spasticity_nrs", "week 12", 4)
    assert (first["estimate"], second["estimate"]) == (pytest.approx(2), pytest.approx(4))
    assert first["std_error"] == pytest.approx(np.sqrt(5 / 2))
    assert second["std_error"] == pytest.approx(np.sqrt(5))
    assert second["df"] == 2
    ratio = 4 / np.sqrt(5)
    assert second["statistic"] == pytest.approx(ratio)
    assert second["p_value"] == pytest.approx(1 - ratio / np.sqrt(ratio**2 + 2))  # t with 2 df in closed form
    assert second["conf_low"] == pytest.approx(4 - 4.302652729911275 * np.sqrt(5))
    assert second["conf_high"] == pytest.approx(4 + 4.302652729911275 * np.sqrt(5))
    assert fit.sigma == pytest.approx(np.sqrt(5))
    assert fit.n == 4
    np.testing.assert_allclose(fit.residuals["residual"], [-1, 1, -2, 2])
    np.testing.assert_allclose(fit.residuals["standardised"], np.array([-1, 1, -2, 2]) / np.sqrt(5 / 2))
    np.testing.assert_allclose(fit.residuals["fitted"], [2, 2, 6, 6])
    np.testing.assert_allclose(fit.residuals["leverage"], 0.5)
    assert list(fit.residuals["participant"]) == ["P000", "P001", "P002", "P003"]
    assert fit.method == "ANCOVA of Spasticity NRS at week 12 (`change ~ arm`), least squares"


def test_another_level_changes_the_limits_only():
    table = rows(["a", "a", "b", "b"], [1.0, 3.0, 4.0, 8.0])
    fit = stats.ancova(table, "change ~ arm", level=0.5, **OPTIONS)
    assert fit.row("arm[b]")["conf_high"] == pytest.approx(4 + np.sqrt(2 / 3) * np.sqrt(5))  # t(0.75; 2) = sqrt(2/3)
    assert fit.means().row(arm="b")["conf_high"] == pytest.approx(6 + np.sqrt(2 / 3) * np.sqrt(5 / 2))
    assert fit.contrasts().frame.loc[0, "conf_high"] == pytest.approx(4 + np.sqrt(2 / 3) * np.sqrt(5))


def test_f_of_two_groups_is_t_squared():
    fit = stats.ancova(rows(["a", "a", "b", "b"], [1.0, 3.0, 4.0, 8.0]), "change ~ arm", **OPTIONS)
    (row,) = fit.test().frame.to_dict("records")
    assert (row["term"], row["df_numerator"], row["df"], row["n"]) == ("arm", 1, 2, 4)
    assert row["statistic"] == pytest.approx(16 / 5)
    assert row["p_value"] == pytest.approx(fit.row("arm[b]")["p_value"])
    assert fit.test().sentence("arm") == "arm: F(1, 2) = 3.20 (p = 0.22)."
    assert fit.test("arm").table().to_dict("records") == [
        {"Term": "arm", "F": "3.20", "df": "1, 2", "p": "0.22", "n": "4"}
    ]
    assert "estimate" not in fit.test().summary()


def test_f_of_three_groups_by_hand():
    table = rows(["a", "a", "b", "b", "c", "c"], [1.0, 3, 4, 6, 7, 9])  # between 36 + 36/... : means 2, 5, 8
    row = stats.ancova(table, "change ~ arm", **OPTIONS).test("arm").frame.iloc[0]
    assert row["statistic"] == pytest.approx((2 * (9 + 0 + 9) / 2) / (6 / 3))
    assert (row["df_numerator"], row["df"]) == (2, 3)


def test_type_two_and_three_differ_only_when_there_is_an_interaction():
    table = trial()
    additive = stats.ancova(table, **OPTIONS)
    np.testing.assert_allclose(additive.test().frame["statistic"], additive.test(kind="III").frame["statistic"])
    crossed = stats.ancova(table, "change ~ baseline + arm * cohort", **OPTIONS)
    two, three = (crossed.test(kind=kind).frame.set_index("term")["statistic"] for kind in ("II", "III"))
    assert two["arm"] != pytest.approx(three["arm"], rel=1e-3)
    assert two["arm:cohort"] == pytest.approx(three["arm:cohort"])
    without = stats.ancova(table, "change ~ baseline + arm + cohort", **OPTIONS)
    ratio = crossed.sigma**2 / without.sigma**2
    assert two["arm"] * ratio == pytest.approx(without.test("arm").frame["statistic"].iloc[0])


def test_type_three_of_two_arms_is_the_contrast_of_equally_weighted_means():
    table = trial()
    fit = stats.ancova(table[table["arm"].ne("cyclobenzaprine")], "change ~ arm * cohort", **OPTIONS)
    contrast, test = fit.contrasts().frame.iloc[0], fit.test("arm", kind="III").frame.iloc[0]
    assert test["statistic"] == pytest.approx(contrast["statistic"] ** 2)
    assert test["p_value"] == pytest.approx(contrast["p_value"])


def test_type_three_does_not_depend_on_the_reference():
    one, other = (
        stats.ancova(trial(), "change ~ arm * cohort", reference=reference, **OPTIONS).test(kind="III").frame
        for reference in ("placebo", "oral baclofen")
    )
    np.testing.assert_allclose(one["statistic"], other["statistic"])


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(-50, 50), st.floats(0.01, 100))
def test_order_units_and_level_of_a_covariate_leave_the_arms_alone(seed, shift, scale):
    table = trial()
    changed = table.sample(frac=1, random_state=seed).assign(baseline=lambda rows: rows["baseline"] * scale + shift)
    one, other = (stats.ancova(data, **OPTIONS).contrasts().frame for data in (table, changed))
    columns = ["estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high"]
    np.testing.assert_allclose(one[columns], other[columns], rtol=1e-7)


def test_minutes_instead_of_hours_scale_everything_but_the_tests():
    table = trial()
    one = stats.ancova(table, **OPTIONS).contrasts().frame
    other = stats.ancova(table.assign(change=60 * table["change"]), **OPTIONS).contrasts().frame
    np.testing.assert_allclose(
        60 * one[["estimate", "std_error", "conf_low"]], other[["estimate", "std_error", "conf_low"]]
    )
    np.testing.assert_allclose(one[["statistic", "p_value"]], other[["statistic", "p_value"]])


def test_two_arms_without_covariates_are_the_pooled_t_test():
    table = trial()
    table = table[table["visit"].eq("week 12") & table["arm"].ne("cyclobenzaprine")]
    groups = [table.loc[table["arm"].eq(arm), "change"] for arm in ("oral baclofen", "placebo")]
    row = stats.ancova(table, "change ~ arm", **OPTIONS).contrasts().frame.iloc[0]
    test = ttest_ind(*groups)
    assert row["statistic"] == pytest.approx(test.statistic)
    assert row["p_value"] == pytest.approx(test.pvalue)


def test_missing_values_equal_the_complete_subset_and_are_counted():
    table = trial()
    here = table["visit"].eq("week 12")
    gone = table.index[here][[1, 5, 9]]
    with_gaps = table.copy()
    with_gaps.loc[gone[:2], "change"] = np.nan
    with_gaps.loc[gone[2], "cohort"] = None
    fit, subset = stats.ancova(with_gaps, **OPTIONS), stats.ancova(table.drop(gone), **OPTIONS)
    pd.testing.assert_frame_equal(fit.frame, subset.frame)
    assert fit.n == 57
    assert "left out: change missing in 2 rows, cohort missing in 1 row" in fit.notes
    assert "3 participants of spasticity_nrs without a row at week 12" in subset.notes


def test_somebody_with_nothing_changes_only_the_notes():
    table = trial()
    nobody = table.iloc[[0]].assign(participant="NEW", visit="week 12", change=np.nan)
    fit = stats.ancova(pd.concat([table, nobody], ignore_index=True), **OPTIONS)
    pd.testing.assert_frame_equal(fit.frame, stats.ancova(table, **OPTIONS).frame)
    assert "left out: change missing in 1 row" in fit.notes


def test_aliased_coefficients_are_missing_rows():
    table = trial()
    fit = stats.ancova(table.assign(twin=table["baseline"] * 2), "change ~ baseline + twin + arm", **OPTIONS)
    assert fit.row("twin")[["estimate", "std_error", "p_value", "conf_low"]].isna().all()
    assert "not estimable beside the other terms and left out: `twin`" in fit.notes
    with pytest.raises(MethodError, match="type III tests have no unique meaning when `twin`"):
        fit.test(kind="III")
    with pytest.raises(MethodError, match="`twin` has no column of its own"):
        fit.test("twin")


def test_nearly_dependent_columns_are_told():
    table = trial()
    noise = np.random.default_rng(0).normal(size=len(table)) * 1e-10
    fit = stats.ancova(table.assign(twin=table["baseline"] + noise), "change ~ baseline + twin", **OPTIONS)
    assert any("few digits can be trusted" in note for note in fit.notes)


def test_a_single_row_of_an_arm_has_no_standardised_residual():
    fit = stats.ancova(rows(["a", "a", "a", "b"], [1.0, 2, 4, 9]), "change ~ arm", **OPTIONS)
    assert np.isnan(fit.residuals["standardised"].iloc[3])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"outcome": "spasticity_nsr"}, r"outcome='spasticity_nsr' is not known.*did you mean `spasticity_nrs`"),
        ({"visit": "week 13"}, r"visit='week 13' is not known: expected `baseline`, `week 4` or `week 12`"),
        ({"vcov": "HC1"}, r"vcov='HC1' is not known: expected `model` or `HC3`"),
        ({"reference": "plasebo"}, r"reference for arm='plasebo' is not known.*did you mean `placebo`"),
        ({"formula": "change ~ age"}, r"the data have no column `age`"),
    ],
)
def test_what_is_not_known_is_named(change, message):
    with pytest.raises(MethodError, match=message):
        stats.ancova(trial(), **{**OPTIONS, **change})


def test_a_term_that_is_not_in_the_model_is_named():
    with pytest.raises(MethodError, match="term='sex' is not known: expected `Intercept`, `baseline`"):
        stats.ancova(trial(), **OPTIONS).test("sex")


def test_a_participant_twice_is_refused():
    table = trial()
    with pytest.raises(DataError, match="1 row repeats a participant and visit of spasticity_nrs, first at row 180"):
        stats.ancova(pd.concat([table, table.tail(1)], ignore_index=True), **OPTIONS)


def test_outcomes_without_their_columns_are_refused():
    with pytest.raises(MethodError, match="outcomes: `visit` missing; expected the columns of the outcomes table"):
        stats.ancova(trial().drop(columns="visit"), **OPTIONS)


def test_too_few_people_are_refused():
    with pytest.raises(MethodError, match="2 rows for 2 coefficients"):
        stats.ancova(rows(["a", "b"], [1.0, 2.0]), "change ~ arm", **OPTIONS)


@pytest.mark.slow
@pytest.mark.parametrize("vcov", ["model", "HC3"])
def test_intervals_cover_and_tests_keep_their_level(vcov):
    """1,000 trials of 18 against 42 people; for HC3 the smaller arm has three times the spread."""
    rng, inside = np.random.default_rng(20240331), 0
    arm = np.repeat([1.0, 0.0], [18, 42])
    spread = np.where(arm == 1, 3.0, 1.0) if vcov == "HC3" else 1.0
    for _ in range(1000):
        X = np.column_stack([np.ones(60), rng.normal(6, 1, 60), arm])
        solution = solved(X, X @ [0, -0.4, -1] + spread * rng.normal(size=60))
        covariance = solution.unscaled * solution.sigma**2 if vcov == "model" else hc3(X, solution)
        inside += abs(solution.values[2] + 1) <= t.isf(0.025, solution.df) * np.sqrt(covariance[2, 2])
    # the 99.9 % band of 1,000 simulations; the test of no effect is the mirror of the interval
    assert 0.9273 <= inside / 1000 <= 0.9727


def test_a_small_level_that_varies_more_is_told_and_hc3_is_named():
    rng = np.random.default_rng(9)
    arm = ["drug"] * 10 + ["placebo"] * 30
    loud = rows(arm, np.r_[rng.normal(0, 3, 10), rng.normal(0, 1, 30)])
    options = {"outcome": "spasticity_nrs", "visit": "week 12"}
    assert any("`arm` varies" in note for note in stats.ancova(loud, "change ~ arm", **options).notes)
    assert stats.ancova(loud, "change ~ arm", vcov="HC3", **options).notes == ()
    even = rows(arm, rng.normal(0, 1, 40))
    assert stats.ancova(even, "change ~ arm", **options).notes == ()
    balanced = rows(["drug"] * 20 + ["placebo"] * 20, np.r_[rng.normal(0, 3, 20), rng.normal(0, 1, 20)])
    assert stats.ancova(balanced, "change ~ arm", **options).notes == ()
