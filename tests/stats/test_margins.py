"""Adjusted means and contrasts: by hand, and where they refuse."""

import numpy as np
import pandas as pd
import pytest

from spasticity.errors import MethodError
from spasticity.stats import ancova
from tests.stats.made import ARMS, rows, trial

#: Two arms in two cohorts, unbalanced; every cell has a mean that is easily seen.
ARM = ["a"] * 3 + ["a"] * 1 + ["b"] * 2 + ["b"] * 2
COHORT = ["MS"] * 3 + ["SCI"] * 1 + ["MS"] * 2 + ["SCI"] * 2
CHANGE = [1.0, 2.0, 3.0, 10.0, 4.0, 6.0, 7.0, 9.0]  # cell means 2, 10, 5, 8


@pytest.fixture
def cells():
    return fit(rows(ARM, CHANGE, cohort=COHORT), "change ~ arm * cohort")


def fit(table, formula="change ~ arm", **options):
    return ancova(table, formula, outcome="spasticity_nrs", visit="week 12", **options)


def test_a_mean_by_hand_in_every_column():
    frame = fit(rows(["a", "a", "b", "b"], [1.0, 3.0, 4.0, 8.0])).means().frame
    error = np.sqrt(5 / 2)  # residual variance (1 + 1 + 4 + 4) / 2 = 5 on 2 df, two people each
    half = 4.302652729911275 * error
    assert list(frame.columns)[:2] == ["term", "arm"]
    assert list(frame["term"]) == ["adjusted mean"] * 2
    assert list(frame["arm"]) == ["a", "b"]
    np.testing.assert_allclose(frame["estimate"], [2, 6])
    np.testing.assert_allclose(frame["std_error"], [error] * 2)
    np.testing.assert_allclose(frame["df"], [2, 2])
    assert frame[["statistic", "p_value"]].isna().all(axis=None)
    np.testing.assert_allclose(frame["conf_low"], [2 - half, 6 - half])
    np.testing.assert_allclose(frame["conf_high"], [2 + half, 6 + half])
    assert list(frame["n"]) == [2, 2]


def test_a_difference_by_hand_in_every_column():
    frame = fit(rows(["a", "a", "b", "b"], [1.0, 3.0, 4.0, 8.0])).contrasts().frame
    (row,) = frame.to_dict("records")
    assert row["term"] == "b - a"
    assert (row["arm"], row["reference"], row["n"]) == ("b", "a", 4)
    t = 4 / np.sqrt(5)
    assert row["estimate"] == pytest.approx(4)
    assert row["std_error"] == pytest.approx(np.sqrt(5))
    assert row["df"] == 2
    assert row["statistic"] == pytest.approx(t)
    assert row["p_value"] == pytest.approx(1 - t / np.sqrt(t**2 + 2))  # the t distribution with 2 df in closed form
    assert row["conf_low"] == pytest.approx(4 - 4.302652729911275 * np.sqrt(5))
    assert row["conf_high"] == pytest.approx(4 + 4.302652729911275 * np.sqrt(5))


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ("equal", [(2 + 10) / 2, (5 + 8) / 2]),
        ("proportional", [(5 * 2 + 3 * 10) / 8, (5 * 5 + 3 * 8) / 8]),
        ("observed", [(3 * 2 + 10) / 4, (5 + 8) / 2]),
    ],
)
def test_the_three_kinds_of_weights_by_hand(cells, weights, expected):
    np.testing.assert_allclose(cells.means(weights=weights).frame["estimate"], expected)


def test_means_within_another_factor_come_in_its_order(cells):
    frame = cells.means(by="cohort").frame
    assert list(frame.columns)[:3] == ["term", "cohort", "arm"]
    assert list(zip(frame["cohort"], frame["arm"], strict=True)) == [
        ("MS", "a"),
        ("MS", "b"),
        ("SCI", "a"),
        ("SCI", "b"),
    ]
    np.testing.assert_allclose(frame["estimate"], [2, 5, 10, 8])
    assert list(frame["n"]) == [3, 2, 1, 2]


def test_contrasts_within_another_factor(cells):
    frame = cells.contrasts(by="cohort").frame
    np.testing.assert_allclose(frame["estimate"], [3, -2])
    assert list(frame["n"]) == [5, 3]


def test_levels_and_covariates_can_be_fixed(cells):
    np.testing.assert_allclose(cells.means(at={"cohort": "SCI"}).frame["estimate"], [10, 8])
    np.testing.assert_allclose(cells.means(at={"cohort": ["MS", "SCI"]}).frame["estimate"], [6, 6.5])
    line = fit(
        rows(["a", "a", "b", "b"], [1.0, 2.0, 4.0, 5.0], baseline=[0.0, 1.0, 0.0, 1.2]), "change ~ arm + baseline"
    )
    at_zero, at_mean = line.means(at={"baseline": 0}), line.means()
    slope = line.row("baseline")["estimate"]
    np.testing.assert_allclose(at_mean.frame["estimate"] - at_zero.frame["estimate"], 0.55 * slope)
    assert "baseline = 0, equal weights" in at_zero.method
    assert "baseline at its mean, equal weights" in at_mean.method


def test_a_mean_nobody_supports_is_missing_with_a_note():
    table = rows(ARM, CHANGE, cohort=COHORT)
    fitted = fit(table[~(table["arm"].eq("a") & table["cohort"].eq("SCI"))], "change ~ arm * cohort")
    means = fitted.means(by="cohort")
    estimates = ["estimate", "std_error", "df", "conf_low", "conf_high"]
    assert means.row(arm="a", cohort="SCI")[estimates].isna().all()
    assert means.row(arm="a", cohort="SCI")["n"] == 0
    assert means.frame["estimate"].notna().sum() == 3
    note = "cannot be estimated, because no one was observed in a combination it needs"
    assert f"1 mean {note}" in means.notes
    differences = fitted.contrasts(by="cohort", adjust="bonferroni")
    assert differences.row(cohort="SCI")[["estimate", "p_value", "conf_low", "p_unadjusted"]].isna().all()
    assert differences.row(cohort="MS")["estimate"] == pytest.approx(3)
    assert f"1 difference {note}" in differences.notes
    assert fitted.means().frame["estimate"].isna().tolist() == [True, False]
    observed = fitted.means(weights="observed").frame["estimate"]
    np.testing.assert_allclose(observed, [2, 6.5])


def test_pairs_subtract_the_earlier_level_from_the_later():
    fitted = fit(trial())
    assert list(fitted.contrasts(pairs=True).frame["term"]) == [
        "oral baclofen - placebo",
        "cyclobenzaprine - placebo",
        "cyclobenzaprine - oral baclofen",
    ]
    assert list(fitted.contrasts(reference="oral baclofen").frame["term"]) == [
        "placebo - oral baclofen",
        "cyclobenzaprine - oral baclofen",
    ]


def test_swapping_the_reference_flips_the_sign_and_keeps_the_p_value():
    fitted = fit(trial())
    there, back = fitted.contrasts(), fitted.contrasts(reference="oral baclofen")
    one, other = there.row("oral baclofen - placebo"), back.row("placebo - oral baclofen")
    assert one["estimate"] == pytest.approx(-other["estimate"])
    assert one["conf_low"] == pytest.approx(-other["conf_high"])
    assert one["p_value"] == pytest.approx(other["p_value"])


def test_groups_keep_the_categories_of_the_data():
    fitted = fit(trial())
    assert list(fitted.contrasts().frame["arm"].cat.categories) == ARMS
    within = fit(trial(), "change ~ arm * cohort").means(by="cohort").frame
    assert list(within["cohort"].cat.categories) == ["MS", "SCI"]


def test_adjusted_results_also_carry_the_unadjusted_p_value():
    fitted = fit(trial())
    plain, holm = fitted.contrasts(), fitted.contrasts(adjust="holm")
    assert "p_unadjusted" not in plain.frame
    np.testing.assert_allclose(holm.frame["p_unadjusted"], plain.frame["p_value"])
    assert (holm.frame["p_value"] >= plain.frame["p_value"]).all()


def test_methods_name_what_was_done():
    fitted = fit(trial(), "change ~ baseline + arm")
    assert "differences from placebo, Dunnett's multivariate t; ANCOVA of" in fitted.contrasts(adjust="dunnett").method
    assert "every pair, Tukey's studentised range" in fitted.contrasts(adjust="tukey").method
    assert "not adjusted for the number of comparisons" in fitted.contrasts().method
    assert fitted.contrasts().sentence("oral baclofen - placebo").startswith("oral baclofen - placebo: \N{MINUS SIGN}")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda f: f.means("sex"), r"factor='sex' is not known: expected `arm` or `cohort`"),
        (lambda f: f.means(by="chort"), r"did you mean `cohort`"),
        (lambda f: f.means(weights="same"), r"weights='same' is not known"),
        (lambda f: f.means(at={"age": 5}), r"at='age' is not known: expected `arm`, `cohort` or `baseline`"),
        (lambda f: f.means(at={"cohort": "CP"}), r"at for cohort='CP' is not known: expected `MS` or `SCI`"),
        (lambda f: f.contrasts(reference="none"), r"reference='none' is not known: expected `placebo`"),
        (lambda f: f.contrasts(adjust="sidak"), r"adjust='sidak' is not known: expected `tukey`"),
        (lambda f: f.contrasts(adjust="dunnett", pairs=True), "every pair has no reference"),
        (lambda f: f.contrasts(adjust="tukey", reference="placebo"), "every pair has no reference"),
        (lambda f: f.contrasts(at={"arm": "placebo"}), "only the level `placebo`; there is nothing to compare"),
    ],
)
def test_options_that_cannot_be_say_what_can(call, message):
    with pytest.raises(MethodError, match=message):
        call(fit(trial(), "change ~ baseline + arm + cohort"))


def test_a_level_outside_0_to_1_is_refused():
    with pytest.raises(MethodError, match="level=95 is not a confidence level"):
        fit(trial(), level=95)


def test_n_counts_participants_not_rows():
    table = pd.concat([trial().assign(cohort="MS"), trial(seed=2).assign(visit="week 12x")], ignore_index=True)
    assert fit(table[table["visit"].eq("week 12")]).means().n == 60
