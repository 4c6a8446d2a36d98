"""The mixed model for repeated measures as a user meets it: by hand, by invariance, with missing or wrong data."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from spasticity import stats
from spasticity.errors import DataError, MethodError
from spasticity.stats.covariance import COVARIANCES, POSITIONAL
from spasticity.stats.mmrm_inference import Counted
from spasticity.stats.mmrm_tables import estimates

VISITS = ["week 4", "week 8", "week 12"]
FORMULA = "change ~ baseline*visit + arm*visit"
NUMBERS = ["estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high"]


def trial(people=60, missing=0.2, seed=1, effect=-1.0):
    """An invented two-arm trial with three visits; rows in order of participant and visit."""
    rng = np.random.default_rng(seed)
    arm = rng.permutation(np.arange(people) % 2)
    baseline = rng.normal(6, 1.5, people)
    person = rng.normal(0, 1, people)
    cohort = rng.integers(0, 2, people)
    frames = []
    for place, visit in enumerate(VISITS):
        change = -0.3 * (baseline - 6) + effect * arm * (place + 1) / 3 + person + rng.normal(0, 1 + place / 4, people)
        frames.append(pd.DataFrame({"visit": visit, "day": 28 * (place + 1), "change": change}))
    data = pd.concat(frames, ignore_index=True)
    who = np.tile(np.arange(people), len(VISITS))
    data["participant"] = [f"P{number:03d}" for number in who]
    data["arm"] = pd.Categorical.from_codes(arm[who], ["placebo", "drug"])
    data["cohort"] = pd.Categorical.from_codes(cohort[who], ["MS", "SCI"])
    data["baseline"] = baseline[who]
    data["visit"] = pd.Categorical(data["visit"], VISITS, ordered=True)
    data.loc[rng.random(len(data)) < missing, "change"] = np.nan
    return data.sort_values(["participant", "visit"], ignore_index=True)


@pytest.fixture(scope="module")
def outcomes():
    return trial()


@pytest.fixture(scope="module")
def fit(outcomes):
    return stats.mmrm(outcomes, FORMULA)


def numbers(result, order=None):
    frame = result.frame.set_index("term") if order is None else result.frame.set_index("term").loc[order]
    return frame[NUMBERS].to_numpy()


# --- by hand ---------------------------------------------------------------------------------------------------------

# Cushny & Peebles' sleep data (R's datasets::sleep): extra hours of sleep on two drugs in ten people.
SLEEP = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2], [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


@pytest.mark.parametrize("covariance", ["unstructured", "compound-symmetry"])
@pytest.mark.parametrize("df", ["kenward-roger", "kenward-roger-linear", "satterthwaite"])
def test_two_visits_of_everybody_are_the_paired_t_test(covariance, df):
    sleep = pd.DataFrame(
        {"participant": [*range(10)] * 2, "drug": ["a"] * 10 + ["b"] * 10, "extra": [*SLEEP[0], *SLEEP[1]]}
    )
    row = stats.mmrm(sleep, "extra ~ drug", visit="drug", covariance=covariance, df=df).row("drug[b]")
    t, p = scipy_stats.ttest_rel(SLEEP[1], SLEEP[0])
    half = scipy_stats.t.isf(0.025, 9) * 0.388958723888
    expected = [1.58, 0.388958723888, 9, t, p, 1.58 - half, 1.58 + half]
    np.testing.assert_allclose(row[NUMBERS].astype(float), expected, rtol=1e-9)
    assert row["n"] == 10


def test_one_visit_is_least_squares(outcomes):
    last = outcomes[outcomes["visit"] == "week 12"].dropna()
    formula = "change ~ baseline + arm"
    for covariance in POSITIONAL:
        found = stats.mmrm(last, formula, covariance=covariance)
        X = np.column_stack([np.ones(len(last)), last["baseline"], last["arm"] == "drug"]).astype(float)
        b, rss, _, _ = np.linalg.lstsq(X, last["change"], rcond=None)
        se = np.sqrt(rss[0] / (len(last) - 3) * np.diag(np.linalg.inv(X.T @ X)))
        np.testing.assert_allclose(found.frame["estimate"], b, rtol=1e-9)
        np.testing.assert_allclose(found.frame["std_error"], se, rtol=1e-9)
        np.testing.assert_allclose(found.frame["df"], len(last) - 3, rtol=1e-9)


def test_without_missing_values_each_visit_is_its_own_t_test():
    """With everybody seen at every visit and the arm's effect free at each, only the visit itself matters."""
    whole = trial(missing=0)
    found = stats.mmrm(whole, "change ~ arm*visit").contrasts("arm", by="visit")
    for visit in VISITS:
        here = whole[whole["visit"] == visit]
        a, b = (here.loc[here["arm"] == arm, "change"] for arm in ("drug", "placebo"))
        t = scipy_stats.ttest_ind(a, b)
        row = found.row("drug - placebo", visit=visit)
        interval = t.confidence_interval()
        expected = [a.mean() - b.mean(), t.df, t.statistic, t.pvalue, interval.low, interval.high]
        names = ["estimate", "df", "statistic", "p_value", "conf_low", "conf_high"]
        np.testing.assert_allclose(row[names].astype(float), expected, rtol=1e-8)
        assert row["n"] == len(here)


def test_between_within_degrees_of_freedom_by_counting(outcomes):
    used = outcomes.dropna()
    n, N = used["participant"].nunique(), len(used)
    found = stats.mmrm(outcomes, FORMULA, df="between-within").frame.set_index("term")["df"]
    between = n - 3  # the intercept, baseline and arm do not vary within anybody
    within = N - n - 6
    assert (found[["baseline", "arm[drug]"]] == between).all()
    assert (found.drop(["baseline", "arm[drug]"]) == within).all()
    mean = stats.mmrm(outcomes, FORMULA, df="between-within").means("arm", by="visit")
    assert (mean.frame["df"] == min(between, within)).all()
    assert (stats.mmrm(outcomes, FORMULA, df="residual").frame["df"] == N - 9).all()


def test_weighted_residuals_sum_to_the_rows_less_the_coefficients(outcomes):
    for covariance in ("unstructured", "ar1-heterogeneous"):
        found = stats.mmrm(outcomes, FORMULA, covariance=covariance)
        squares = (found.residuals("normalized")["residual"] ** 2).sum()
        assert squares == pytest.approx(len(outcomes.dropna()) - 9, rel=1e-8)


# --- invariance ------------------------------------------------------------------------------------------------------


def test_the_order_of_the_rows_does_not_matter(outcomes, fit):
    shuffled = outcomes.sample(frac=1, random_state=3)
    np.testing.assert_allclose(numbers(stats.mmrm(shuffled, FORMULA)), numbers(fit), rtol=1e-10)


def test_the_names_of_the_participants_do_not_matter(outcomes, fit):
    renamed = outcomes.assign(participant=outcomes["participant"].map(lambda name: hash(name[::-1]) % 10**6))
    np.testing.assert_allclose(numbers(stats.mmrm(renamed, FORMULA)), numbers(fit), rtol=1e-9)


def test_swapping_the_arms_flips_the_sign(outcomes, fit):
    swapped = stats.mmrm(outcomes, FORMULA, reference={"arm": "drug"}).contrasts("arm", by="visit").frame
    ours = fit.contrasts("arm", by="visit").frame
    np.testing.assert_allclose(swapped["estimate"], -ours["estimate"], rtol=1e-8)
    np.testing.assert_allclose(swapped["conf_low"], -ours["conf_high"], rtol=1e-8)
    np.testing.assert_allclose(swapped[["std_error", "df", "p_value"]], ours[["std_error", "df", "p_value"]], rtol=1e-8)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scale=st.floats(1e-4, 1e4), offset=st.floats(-1e4, 1e4))
def test_a_change_of_units_changes_only_the_units(outcomes, fit, scale, offset):
    changed = outcomes.assign(baseline=offset + scale * outcomes["baseline"], change=outcomes["change"] * scale)
    found = stats.mmrm(changed, FORMULA).contrasts("arm", by="visit").frame
    ours = fit.contrasts("arm", by="visit").frame
    names = ["estimate", "std_error", "conf_low", "conf_high"]
    np.testing.assert_allclose(found[names], scale * ours[names], rtol=1e-5)
    np.testing.assert_allclose(found[["df", "p_value"]], ours[["df", "p_value"]], rtol=1e-5)


def test_somebody_without_any_outcome_changes_nothing_but_the_notes(outcomes, fit):
    stranger = outcomes.iloc[:3].assign(participant="P999", change=np.nan)
    found = stats.mmrm(pd.concat([outcomes, stranger], ignore_index=True), FORMULA)
    np.testing.assert_allclose(numbers(found), numbers(fit), rtol=1e-12)
    assert found.n == fit.n
    assert found.notes != fit.notes


def test_twice_the_people_have_standard_errors_smaller_by_the_root_of_two(outcomes):
    ml = {"method": "ml", "df": "satterthwaite"}
    again = outcomes.assign(participant=outcomes["participant"] + "b")
    one = stats.mmrm(outcomes, FORMULA, **ml)
    two = stats.mmrm(pd.concat([outcomes, again], ignore_index=True), FORMULA, **ml)
    np.testing.assert_allclose(two.frame["estimate"], one.frame["estimate"], rtol=1e-7)
    np.testing.assert_allclose(two.frame["std_error"], one.frame["std_error"] / np.sqrt(2), rtol=1e-7)
    assert two.log_likelihood == pytest.approx(2 * one.log_likelihood)


def test_weights_of_one_are_no_weights_and_doubled_weights_double_the_variance(outcomes, fit):
    one = stats.mmrm(outcomes.assign(w=1.0), FORMULA, weights="w")
    two = stats.mmrm(outcomes.assign(w=2.0), FORMULA, weights="w")
    np.testing.assert_allclose(numbers(one), numbers(fit), rtol=1e-9)
    np.testing.assert_allclose(numbers(two), numbers(fit), rtol=1e-7)
    np.testing.assert_allclose(two.covariance, 2 * fit.covariance, rtol=1e-7)
    listed = stats.mmrm(outcomes, FORMULA, weights=[2.0] * len(outcomes))
    np.testing.assert_allclose(numbers(listed), numbers(two), rtol=1e-12)


def test_the_coding_of_factors_does_not_change_means_or_tests(outcomes, fit):
    by_sums = stats.mmrm(outcomes, FORMULA, coding="sum")
    np.testing.assert_allclose(
        numbers(by_sums.means("arm", by="visit")), numbers(fit.means("arm", by="visit")), rtol=1e-7
    )
    for kind in ("II", "III"):
        ours, theirs = (result.test(kind=kind).frame for result in (fit, by_sums))
        np.testing.assert_allclose(theirs["statistic"], ours["statistic"], rtol=1e-6)


def test_spatial_exponential_at_equal_distances_is_ar1(outcomes):
    spatial = stats.mmrm(outcomes, "change ~ baseline + arm*C(day)", visit="day", covariance="spatial-exponential")
    ar1 = stats.mmrm(outcomes, "change ~ baseline + arm*visit", covariance="ar1")
    assert spatial.log_likelihood == pytest.approx(ar1.log_likelihood, rel=1e-10)
    df = {"df": "satterthwaite"}
    spatial = stats.mmrm(
        outcomes, "change ~ baseline + arm*C(day)", visit="day", covariance="spatial-exponential", **df
    )
    ar1 = stats.mmrm(outcomes, "change ~ baseline + arm*visit", covariance="ar1", **df)
    np.testing.assert_allclose(spatial.frame[NUMBERS], ar1.frame[NUMBERS], rtol=1e-7)
    np.testing.assert_allclose(spatial.covariance, ar1.covariance, rtol=1e-7)


def test_groups_with_a_covariance_each_and_everything_by_group_are_separate_fits(outcomes):
    formula, options = "change ~ baseline*visit", {"method": "ml", "df": "satterthwaite"}
    both = stats.mmrm(outcomes, "change ~ baseline*visit*arm", covariance_by="arm", **options)
    parts = [stats.mmrm(outcomes[outcomes["arm"] == arm], formula, **options) for arm in ("placebo", "drug")]
    assert both.log_likelihood == pytest.approx(sum(part.log_likelihood for part in parts), rel=1e-9)
    for arm, part in zip(("placebo", "drug"), parts, strict=True):
        np.testing.assert_allclose(both.covariance.loc[arm], part.covariance, rtol=1e-6)


# --- missing data, levels, aliases -----------------------------------------------------------------------------------


def test_missing_values_are_left_out_counted_and_equal_to_the_complete_subset(outcomes, fit):
    found = stats.mmrm(outcomes.dropna(), FORMULA)
    np.testing.assert_allclose(numbers(found), numbers(fit), rtol=1e-12)
    assert f"change missing in {outcomes['change'].isna().sum()} rows" in " ".join(fit.notes)
    assert fit.n == outcomes.dropna()["participant"].nunique()


def test_rows_without_a_participant_or_visit_are_left_out_and_counted(outcomes):
    damaged = outcomes.copy()
    damaged.loc[0, "participant"] = None
    damaged.loc[[4, 7], "visit"] = np.nan
    notes = " ".join(stats.mmrm(damaged, "change ~ arm").notes)
    assert "participant missing in 1 row;" in notes
    assert "visit missing in 2 rows" in notes


def test_a_visit_that_nobody_had_is_no_visit(outcomes, fit):
    more = outcomes.assign(visit=outcomes["visit"].cat.add_categories(["week 24"]))
    found = stats.mmrm(more, FORMULA)
    np.testing.assert_allclose(numbers(found), numbers(fit), rtol=1e-12)
    assert list(found.covariance) == VISITS


def test_an_aliased_column_is_named_and_left_out_and_means_that_need_it_are_missing(outcomes):
    gap = outcomes[~((outcomes["arm"] == "drug") & (outcomes["visit"] == "week 12"))]
    found = stats.mmrm(gap, "change ~ baseline + arm*visit")
    assert "arm[drug]:visit[week 12]" not in set(found.frame["term"])
    assert any("arm[drug]:visit[week 12]" in note for note in found.notes)
    means = found.means("arm", by="visit")
    assert np.isnan(means.row(arm="drug", visit="week 12")["estimate"])
    known = stats.mmrm(gap[gap["visit"] != "week 12"], "change ~ baseline + arm*visit")
    assert means.row(arm="drug", visit="week 8")["estimate"] == pytest.approx(
        known.means("arm", by="visit").row(arm="drug", visit="week 8")["estimate"], abs=0.2
    )


def test_a_covariate_that_is_there_twice_changes_nothing_but_the_notes(outcomes, fit):
    found = stats.mmrm(outcomes.assign(again=3 * outcomes["baseline"]), f"{FORMULA} + again")
    np.testing.assert_allclose(numbers(found, list(fit.frame["term"])), numbers(fit), rtol=1e-9)


def test_text_visits_are_put_in_alphabetical_order_and_said_to_be(outcomes):
    found = stats.mmrm(outcomes.assign(visit=outcomes["visit"].astype(str)), FORMULA, covariance="ar1")
    assert "alphabetical order: `week 12`, `week 4` then `week 8`" in " ".join(found.notes)


# --- options ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_every_covariance_fits_and_is_named_in_the_method(outcomes, covariance):
    visit = "day" if covariance.startswith("spatial") else "visit"
    found = stats.mmrm(outcomes, "change ~ baseline + arm*visit", covariance=covariance, visit=visit)
    assert covariance.replace("-", " ") in found.method
    assert np.isfinite(numbers(found)).all()
    assert found.covariance.shape == (3, 3)
    np.testing.assert_allclose(np.diag(found.correlation), 1)


@pytest.mark.parametrize("vcov", ["empirical", "empirical-bias-reduced", "empirical-jackknife"])
def test_empirical_covariances_are_near_the_models_when_the_model_holds(vcov):
    large = trial(people=600, missing=0.1)
    model = stats.mmrm(large, FORMULA, df="satterthwaite").frame
    found = stats.mmrm(large, FORMULA, df="satterthwaite", vcov=vcov).frame
    np.testing.assert_allclose(found["std_error"], model["std_error"], rtol=0.2)
    assert not np.allclose(found["std_error"], model["std_error"], rtol=1e-3)
    np.testing.assert_allclose(found["estimate"], model["estimate"])


@pytest.mark.parametrize(
    ("vcov", "name"), [("empirical", "HC0"), ("empirical-bias-reduced", "HC2"), ("empirical-jackknife", "HC3")]
)
def test_empirical_covariances_of_one_visit_are_those_of_least_squares(outcomes, vcov, name):
    smf = pytest.importorskip("statsmodels.formula.api")
    last = outcomes[outcomes["visit"] == "week 12"].dropna()
    found = stats.mmrm(last, "change ~ baseline + arm", df="residual", vcov=vcov)
    expected = smf.ols("change ~ baseline + C(arm)", last).fit(cov_type=name)
    np.testing.assert_allclose(found.row("arm[drug]")["std_error"], expected.bse["C(arm)[T.drug]"], rtol=1e-8)


def test_empirical_covariances_go_with_every_way_of_counting_and_every_test(outcomes):
    for df in ("satterthwaite", "between-within", "residual"):
        found = stats.mmrm(outcomes, FORMULA, df=df, vcov="empirical-bias-reduced")
        assert np.isfinite(found.test().frame[["statistic", "df", "p_value"]]).all(axis=None)
        assert "CR2" in found.method


def test_a_declared_list_falls_back_and_says_so():
    few = trial(people=8, missing=0.3, seed=5)
    found = stats.mmrm(few, "change ~ arm", covariance=["unstructured", "compound-symmetry"])
    if found.structure == "compound-symmetry":
        assert "unstructured was declared first but could not be fitted" in " ".join(found.notes)
    three = few[few["participant"].isin(few["participant"].unique()[:3])]
    found = stats.mmrm(three, "change ~ 1", covariance=["unstructured", "compound-symmetry"])
    assert found.structure == "compound-symmetry"
    assert "compound symmetry covariance (declared to follow unstructured, which could not be fitted)" in found.method
    assert "unstructured was declared first but could not be fitted (3 participants for 3 visits" in found.notes[0]


def test_a_correction_that_leaves_no_variance_gives_no_standard_error():
    """Kenward and Roger's, with second derivatives and few people, can take away more than there is."""
    inference = Counted(np.diag([4.0, -1.0]), np.array([1.0, 2.0]), np.array([9.0, 9.0]))
    found = estimates(np.array([1.0, 2.0]), inference, np.eye(2), 0.95)
    assert found["std_error"].iloc[0] == 2
    assert found.loc[1, ["std_error", "p_value", "conf_low", "conf_high"]].isna().all()
    assert found["estimate"].tolist() == [1, 2]


def test_the_level_widens_the_intervals(outcomes, fit):
    wide = stats.mmrm(outcomes, FORMULA, level=0.99)
    ratio = scipy_stats.t.isf(0.005, fit.frame["df"]) / scipy_stats.t.isf(0.025, fit.frame["df"])
    half = [result.frame["conf_high"] - result.frame["estimate"] for result in (wide, fit)]
    np.testing.assert_allclose(half[0], half[1] * ratio, rtol=1e-9)
    assert wide.contrasts("arm").level == 0.99


# --- tests of terms --------------------------------------------------------------------------------------------------


def test_terms_of_one_visit_agree_with_statsmodels(outcomes):
    """Types II and III of a linear model; with a three-level factor and unequal numbers."""
    smf = pytest.importorskip("statsmodels.formula.api")
    anova_lm = pytest.importorskip("statsmodels.stats.anova").anova_lm
    last = outcomes[outcomes["visit"] == "week 12"].dropna().reset_index(drop=True)
    last["site"] = pd.Categorical.from_codes(np.arange(len(last)) % 5 % 3, list("abc"))
    found = stats.mmrm(last, "change ~ baseline + arm*site")
    model = smf.ols("change ~ baseline + C(arm, Sum)*C(site, Sum)", last).fit()
    for kind in (2, 3):
        table = anova_lm(model, typ=kind)
        table.index = [name.replace("C(", "").replace(", Sum)", "") for name in table.index]
        ours = found.test(kind="I" * kind).frame.set_index("term")
        for term in ("baseline", "arm", "site", "arm:site"):
            np.testing.assert_allclose(ours.loc[term, "statistic"], table.loc[term, "F"], rtol=1e-7)
            np.testing.assert_allclose(ours.loc[term, "p_value"], table.loc[term, "PR(>F)"], rtol=1e-6)
            assert ours.loc[term, "df_numerator"] == table.loc[term, "df"]


def test_a_factor_is_not_contained_in_its_interaction_with_a_covariate(outcomes):
    """SAS's rule; the visits are then compared where the covariate is 0, whichever the type."""
    found = stats.mmrm(outcomes, "change ~ baseline*visit")
    plain = found.test([{f"visit[{visit}]": 1.0} for visit in VISITS[1:]]).frame.iloc[0]
    for kind in ("II", "III"):
        row = found.test("visit", kind=kind).frame.iloc[0]
        np.testing.assert_allclose(row[["statistic", "df"]].astype(float), plain[["statistic", "df"]].astype(float))
    # The covariate is contained: type II asks for its slope as if the visits had one, weighted by their rows.
    slopes = found.test({"baseline": 1.0}).frame.iloc[0]
    assert abs(found.test("baseline", kind="II").frame["statistic"][0] - slopes["statistic"]) > 0.1


def test_a_joint_test_of_one_row_is_the_square_of_its_t_test(fit):
    for result in (fit,):
        single = result.test({"arm[drug]": 1.0}).frame.iloc[0]
        row = result.row("arm[drug]")
        np.testing.assert_allclose(single["statistic"], row["statistic"] ** 2, rtol=1e-9)
        np.testing.assert_allclose(
            single[["df", "p_value"]].astype(float), row[["df", "p_value"]].astype(float), rtol=1e-8
        )


def test_the_difference_between_arms_over_all_visits_is_the_type_three_test(fit):
    row = fit.contrasts("arm").frame.iloc[0]
    test = fit.test("arm").frame.iloc[0]
    # Baseline enters at its mean in the contrast and beside the test, where it does not matter: no baseline:arm here.
    np.testing.assert_allclose(test["statistic"], row["statistic"] ** 2, rtol=1e-8)
    np.testing.assert_allclose(test["p_value"], row["p_value"], rtol=1e-7)


def test_repeated_rows_of_a_hypothesis_count_once(fit):
    once = fit.test([{"arm[drug]": 1.0}, {"visit[week 8]": 1.0}]).frame.iloc[0]
    twice = fit.test([{"arm[drug]": 1.0}, {"visit[week 8]": 1.0}, {"arm[drug]": 2.0, "visit[week 8]": 1.0}]).frame.iloc[
        0
    ]
    assert twice["df_numerator"] == once["df_numerator"] == 2
    np.testing.assert_allclose(twice["statistic"], once["statistic"], rtol=1e-7)


# --- rows ------------------------------------------------------------------------------------------------------------


def test_residuals_and_predictions_belong_to_the_rows_of_the_outcomes(outcomes, fit):
    raw, predicted = fit.residuals(), fit.predict()
    used = outcomes.dropna()
    assert raw.index.equals(used.index)
    np.testing.assert_allclose(raw["fitted"] + raw["residual"], used["change"])
    np.testing.assert_allclose(predicted["estimate"], raw["fitted"])
    assert (raw["participant"] == used["participant"]).all()
    assert (raw["visit"] == used["visit"]).all()
    pearson = fit.residuals("pearson")["residual"]
    sd = np.sqrt(np.diag(fit.covariance))[used["visit"].cat.codes]
    np.testing.assert_allclose(pearson, raw["residual"] / sd)


def test_rows_to_predict_may_have_categories_that_no_row_of_the_fit_had(outcomes, fit):
    rows = outcomes.head(4)
    more = rows.assign(visit=rows["visit"].cat.add_categories("baseline"), arm=rows["arm"].cat.add_categories("none"))
    pd.testing.assert_frame_equal(fit.predict(more), fit.predict(rows))


def test_a_prediction_given_what_was_observed_is_the_conditional_mean(outcomes, fit):
    person = outcomes.loc[outcomes["participant"] == "P001"].copy()
    person = next(
        part for _, part in outcomes.groupby("participant") if part["change"].isna().tolist() == [False, False, True]
    )
    found = fit.predict(person, conditional=True)["estimate"].to_numpy()
    mean, S = fit.predict(person)["estimate"].to_numpy(), fit.covariance.to_numpy()
    residual = person["change"].to_numpy()[:2] - mean[:2]
    np.testing.assert_allclose(found[:2], person["change"].to_numpy()[:2], rtol=1e-9)
    np.testing.assert_allclose(found[2], mean[2] + S[2, :2] @ np.linalg.solve(S[:2, :2], residual), rtol=1e-9)
    new = person.assign(participant="nobody")
    np.testing.assert_allclose(fit.predict(new, conditional=True)["estimate"], mean)


def test_observed_and_fitted_means_agree_where_nothing_is_missing_and_the_model_is_free():
    whole = trial(missing=0)
    found = stats.mmrm(whole, "change ~ arm*visit", method="ml", df="satterthwaite").by_visit("arm")
    np.testing.assert_allclose(found["fitted_mean"], found["observed_mean"], rtol=1e-8)
    assert (found["n"] == 30).all()
    sd = found.groupby("visit", observed=True)[["observed_sd", "fitted_sd"]].apply(lambda part: (part**2).mean())
    np.testing.assert_allclose(sd["observed_sd"], sd["fitted_sd"], rtol=1e-7)


def test_the_profile_of_a_coefficient_is_highest_at_its_estimate_and_touches_the_fit_there(outcomes):
    found = stats.mmrm(outcomes, FORMULA, method="ml", df="satterthwaite")
    profile = found.profile("arm[drug]")
    assert len(profile) == 13
    assert profile["log_likelihood"].idxmax() == 6
    assert profile["log_likelihood"][6] == pytest.approx(found.log_likelihood, rel=1e-10)
    row = found.row("arm[drug]")
    # Half the squared distance in standard errors, near the estimate.
    near = found.profile("arm[drug]", [row["estimate"] + 0.1 * row["std_error"]])["log_likelihood"][0]
    assert found.log_likelihood - near == pytest.approx(0.005, rel=0.05)
    with pytest.raises(MethodError, match="only coefficient"):
        stats.mmrm(outcomes, "change ~ 1").profile("Intercept")


def test_simulated_outcomes_have_the_mean_and_covariance_of_the_model():
    whole = trial(people=40, missing=0)
    found = stats.mmrm(whole, FORMULA)
    drawn = found.simulate(rng=np.random.default_rng(5), draws=2000)
    noise = drawn.filter(like="draw").to_numpy() - found.predict()["estimate"].to_numpy()[:, None]
    per_visit = noise.reshape(40, 3, 2000).transpose(0, 2, 1).reshape(-1, 3)
    np.testing.assert_allclose(np.cov(per_visit.T), found.covariance, rtol=0.05, atol=0.02)
    again = found.simulate(rng=np.random.default_rng(5), draws=2000)
    pd.testing.assert_frame_equal(again, drawn)


def test_simulated_outcomes_of_rows_with_more_weight_vary_less():
    whole = trial(people=40, missing=0)
    weights = np.where(whole["visit"] == "week 4", 4.0, 1.0)
    found = stats.mmrm(whole, FORMULA, weights=weights)
    drawn = found.simulate(rng=np.random.default_rng(6), draws=2000).filter(like="draw").to_numpy()
    sd = drawn.std(axis=1, ddof=1).reshape(40, 3).mean(axis=0)
    expected = np.sqrt(np.diag(found.covariance)) / np.sqrt([4, 1, 1])
    np.testing.assert_allclose(sd, expected, rtol=0.02)


def test_summary_sentence_and_html_are_ready_to_read(fit):
    text = fit.summary()
    for part in (
        "mixed model for repeated measures, unstructured covariance, REML, Kenward-Roger",
        "Covariance of the",
    ):
        assert part in text
    assert "Converged in" in text
    sentence = fit.contrasts("arm", by="visit").sentence("drug - placebo", visit="week 12")
    assert sentence.startswith("drug - placebo (week 12): ")
    html = fit._repr_html_()
    assert html.count("<table") == 3
    assert fit.test("arm:visit").sentence("arm:visit").startswith("arm:visit: F(2, ")


# --- errors ----------------------------------------------------------------------------------------------------------


def refused(outcomes, match, formula=FORMULA, error=MethodError, **options):
    with pytest.raises(error, match=match) as caught:
        stats.mmrm(outcomes, formula, **options)
    return caught.value


def test_repeated_rows_of_a_participant_and_visit_are_named(outcomes):
    twice = pd.concat([outcomes, outcomes.dropna().iloc[[5]]])
    error = refused(twice, "2 rows share their `participant` and `visit`", error=DataError)
    assert len(error.failures) == 2
    assert "P0" not in str(error)


def test_unknown_options_name_what_there_is(outcomes):
    refused(outcomes, r"covariance='unstructred' is not known.*did you mean `unstructured`", covariance="unstructred")
    refused(outcomes, "df='kr' is not known", df="kr")
    refused(outcomes, "method='REML' is not known", method="REML")
    refused(outcomes, "vcov='robust' is not known", vcov="robust")
    refused(outcomes, "level=95 is not between 0 and 1", level=95)
    refused(outcomes, "have no column `visti`; did you mean `visit`", visit="visti")


def test_options_that_do_not_go_together_say_which_do(outcomes):
    refused(outcomes, "needs method='reml'; for method='ml' use df='satterthwaite'", method="ml")
    refused(outcomes, "with vcov='empirical' use df='satterthwaite'", vcov="empirical")
    refused(outcomes, "a spatial covariance needs `visit` in numbers", covariance="spatial-exponential")


def test_too_few_participants_for_an_unstructured_covariance(outcomes):
    few = outcomes[outcomes["participant"].isin(["P000", "P001", "P002"])]
    refused(few, "3 participants for 3 visits; an unstructured covariance needs more", "change ~ 1")


def test_as_many_coefficients_as_rows(outcomes):
    few = outcomes.dropna().drop_duplicates("participant").iloc[:3]
    few = few.assign(site=pd.Categorical(list("abc")))
    refused(few, "3 rows for 3 coefficients", "change ~ site", covariance="compound-symmetry")


@pytest.mark.parametrize("covariance", ["ar1", "compound-symmetry-heterogeneous", "spatial-gaussian"])
def test_nothing_to_correlate(outcomes, covariance):
    visit = "day" if covariance.startswith("spatial") else "visit"
    one = outcomes[outcomes["participant"] == "P000"]
    refused(one, "1 participant, and ", "change ~ 1", covariance=covariance, visit=visit)
    first = outcomes.dropna().drop_duplicates("participant")
    refused(first, "with at most 1 row of each", "change ~ arm", covariance=covariance, visit=visit)


def test_a_constant_outcome(outcomes):
    refused(outcomes.assign(change=1.5), "the outcome is constant or the model explains it completely")


def test_an_outcome_that_does_not_vary_at_one_visit(outcomes):
    """What happens when the baseline visit, with its change of 0, is left in."""
    first = outcomes.assign(change=outcomes["change"].where(outcomes["visit"] != "week 4", 0.0))
    refused(first, "the same for everybody at `week 4`, such as a change from baseline at the baseline visit")
    assert stats.mmrm(first, FORMULA, covariance="compound-symmetry").n == 60


def test_an_outcome_that_is_no_number(outcomes):
    refused(outcomes.assign(change=outcomes["change"].map(str)), "must be one column of numbers|not a finite number")


def test_one_arm_has_nothing_to_compare(outcomes):
    one = outcomes[outcomes["arm"] == "drug"]
    found = stats.mmrm(one, "change ~ baseline + arm + visit")
    with pytest.raises(MethodError, match="nothing to compare"):
        found.contrasts("arm")


def test_two_visits_that_nobody_had_both_of(outcomes):
    odd = outcomes["participant"].str[-1].isin(list("13579"))
    apart = outcomes[(odd & (outcomes["visit"] != "week 4")) | (~odd & (outcomes["visit"] != "week 12"))]
    refused(apart, "no one was observed at both `week 4` and `week 12`")
    assert stats.mmrm(apart, FORMULA, covariance="ar1").n == outcomes.dropna()["participant"].nunique()


def test_a_group_that_never_had_a_visit(outcomes):
    gap = outcomes[~((outcomes["arm"] == "drug") & (outcomes["visit"] == "week 12"))]
    refused(gap, "no one in group 2 of `covariance_by` was observed at `week 12`", "change ~ arm", covariance_by="arm")


def test_groups_that_change_within_a_participant(outcomes):
    for rows in (outcomes, outcomes.iloc[::-1]):
        refused(rows, "covariance_by=`visit` changes within", covariance_by="visit", error=DataError)


def test_weights_that_are_not_positive(outcomes):
    damaged = outcomes.assign(w=[0.0, -1.0, *[1.0] * (len(outcomes) - 2)])
    damaged["change"] = damaged["change"].fillna(0.0) + np.arange(len(damaged)) % 7
    refused(damaged, "weights=`w` has 2 values that are not positive numbers", weights="w", error=DataError)


def test_hypotheses_that_are_not_in_the_model(fit):
    with pytest.raises(MethodError, match="term='arm:cohort' is not known"):
        fit.test("arm:cohort")
    with pytest.raises(MethodError, match="coefficient='arm' is not known"):
        fit.test({"arm": 1.0})
    with pytest.raises(MethodError, match="at least one coefficient"):
        fit.test([{}])
    with pytest.raises(MethodError, match="kind='I' is not known"):
        fit.test(kind="I")
    with pytest.raises(MethodError, match="kind='deviance' is not known"):
        fit.residuals("deviance")


def test_predictions_need_to_know_whose_they_are(outcomes, fit):
    with pytest.raises(MethodError, match="rows need a column `participant`"):
        fit.predict(outcomes.drop(columns="participant"), conditional=True)
