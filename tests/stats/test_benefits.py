"""Benefits side by side: differences of the model, one scale by hand, a declared family, models that plug in."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats

from spasticity import stats
from spasticity.errors import MethodError
from spasticity.stats.benefits import baseline_sd
from spasticity.stats.multiplicity import holm
from spasticity.stats.result import Result, estimate_frame
from tests.stats.made import ARMS, trial

BENEFITS = {"pain": "pain_nrs", "sleep": "sleep_efficiency_tib"}
OPTIONS = {"visit": "week 12", "reference": "placebo", "benefits": BENEFITS}


def outcomes(n=60, seed=1):
    """Pain falls under oral baclofen; sleep efficiency is a rescaled mirror of another trial."""
    pain = trial(n, seed).assign(outcome="pain_nrs")
    sleep = trial(n, seed + 1).assign(outcome="sleep_efficiency_tib", arm=pain["arm"], cohort=pain["cohort"])
    sleep = sleep.assign(
        baseline=90 - 3 * sleep["baseline"], change=-3 * sleep["change"], value=90 - 3 * sleep["value"]
    )
    return pd.concat([pain, sleep], ignore_index=True)


def test_differences_are_those_of_the_model_on_the_same_rows():
    table = outcomes()
    result = stats.comparison(table, **OPTIONS, model="ancova", adjust=None)
    direct = (
        stats.ancova(table, outcome="pain_nrs", visit="week 12", reference={"arm": "placebo"}).contrasts("arm").frame
    )
    ours = result.frame.query("term == 'difference' and benefit == 'pain' and cohort == 'all participants'")
    columns = ["estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high", "n"]
    np.testing.assert_allclose(ours[columns].astype(float), direct[columns].astype(float), rtol=1e-12)
    ms = stats.ancova(
        table[table["cohort"].eq("MS")], "change ~ baseline + arm", outcome="pain_nrs", visit="week 12",
        reference={"arm": "placebo"},
    ).contrasts("arm").frame  # fmt: skip
    ours = result.frame.query("term == 'difference' and benefit == 'pain' and cohort == 'MS'")
    np.testing.assert_allclose(ours["estimate"], ms["estimate"], rtol=1e-12)


def test_the_mixed_model_is_that_of_mmrm():
    table = outcomes()
    pain = table[table["outcome"].eq("pain_nrs") & table["visit"].ne("baseline")]
    pain = pain.assign(visit=pain["visit"].cat.remove_unused_categories())
    fit = stats.mmrm(pain, "change ~ baseline*visit + arm*visit + cohort", reference={"arm": "placebo"})
    direct = fit.contrasts("arm", by="visit", reference="placebo").frame.query("visit == 'week 12'")
    result = stats.comparison(table, **OPTIONS, adjust=None, by=None)
    ours = result.frame.query("term == 'difference' and benefit == 'pain'")
    for name in ("estimate", "std_error", "df", "conf_low", "p_value"):
        np.testing.assert_allclose(ours[name], direct[name], rtol=1e-8)
    assert "unstructured covariance, Kenward-Roger" in result.method


def test_an_independent_program_gives_the_same_difference_statsmodels():
    formula_api = pytest.importorskip("statsmodels.formula.api")
    table = outcomes()
    rows = table[table["outcome"].eq("sleep_efficiency_tib") & table["visit"].eq("week 12")]
    theirs = formula_api.ols("change ~ baseline + C(arm, Treatment('placebo')) + cohort", data=rows).fit()
    result = stats.comparison(table, **OPTIONS, model="ancova", adjust=None, by=None)
    row = result.row("difference", benefit="sleep", arm="oral baclofen")
    name = "C(arm, Treatment('placebo'))[T.oral baclofen]"
    found = [row["estimate"], row["std_error"], row["p_value"], row["conf_low"]]
    expected = [theirs.params[name], theirs.bse[name], theirs.pvalues[name], theirs.conf_int().loc[name, 0]]
    np.testing.assert_allclose(found, expected, rtol=1e-8)


def test_one_scale_by_hand():
    people = pd.DataFrame(
        {
            "participant": list("abcde") * 2,
            "arm": ["x", "x", "y", "y", "y"] * 2,
            "baseline": [1.0, 3.0, 2.0, 4.0, 9.0] * 2,
        }
    )
    # within x: variance 2, df 1; within y: mean 5, variance 13, df 2
    assert baseline_sd(people, ["arm"]) == pytest.approx(np.sqrt((2 * 1 + 13 * 2) / 3))
    assert np.isnan(baseline_sd(people.drop_duplicates("arm"), ["arm"]))


def test_benefit_is_positive_whatever_the_direction_of_the_outcome():
    result = stats.comparison(outcomes(), **OPTIONS, model="ancova", adjust=None)
    raw = result.frame[result.frame["term"].eq("difference")].reset_index(drop=True)
    one = result.frame[result.frame["term"].eq("standardised benefit")].reset_index(drop=True)
    sign = raw["benefit"].map({"pain": -1.0, "sleep": 1.0}).astype(float)
    np.testing.assert_allclose(one["estimate"], sign * raw["estimate"] / raw["sd_baseline"])
    np.testing.assert_allclose(one["std_error"], raw["std_error"] / raw["sd_baseline"])
    np.testing.assert_allclose(one["statistic"], sign * raw["statistic"])
    low = np.where(sign > 0, raw["conf_low"], -raw["conf_high"]) / raw["sd_baseline"]
    np.testing.assert_allclose(one["conf_low"], low)
    assert (one["conf_low"] < one["conf_high"]).all()
    np.testing.assert_allclose(one["p_value"], raw["p_value"])
    assert set(raw.loc[raw["benefit"].eq("pain"), "better"]) == {"lower"}
    assert set(one["better"]) == {"higher"}
    assert (
        result.row("standardised benefit", benefit="pain", cohort="all participants", arm="oral baclofen")["estimate"]
        > 0
    )


def test_the_family_is_declared_and_adjusted_and_cohorts_are_not():
    table = outcomes()
    plain = stats.comparison(table, **OPTIONS, model="ancova", adjust=None).frame
    for adjust in ("holm", "bonferroni"):
        result = stats.comparison(table, **OPTIONS, model="ancova", adjust=adjust)
        whole = result.frame["term"].eq("difference") & result.frame["cohort"].eq("all participants")
        rows, raw = result.frame[whole], plain[whole]
        expected = holm(raw["p_value"].to_numpy()) if adjust == "holm" else np.minimum(4 * raw["p_value"], 1)
        np.testing.assert_allclose(rows["p_value"], expected)
        np.testing.assert_allclose(rows["p_unadjusted"], raw["p_value"])
        margin = scipy_stats.t.isf(0.025 / 4, rows["df"]) * rows["std_error"]
        np.testing.assert_allclose(rows["conf_high"] - rows["estimate"], margin)
        rest = result.frame["cohort"].ne("all participants")
        np.testing.assert_allclose(result.frame.loc[rest, "p_value"], plain.loc[rest, "p_value"])
        assert rows["adjusted"].all()
        assert not result.frame.loc[rest, "adjusted"].any()
        assert "4 comparisons among all participants" in result.method


def test_the_unit_of_an_outcome_does_not_move_the_common_scale():
    table = outcomes()
    scaled = table.assign(**{name: table[name] * 60 for name in ("value", "baseline", "change")})
    one, other = (
        stats.comparison(each, **OPTIONS, model="ancova").frame.query("term == 'standardised benefit'")
        for each in (table, scaled)
    )
    np.testing.assert_allclose(one["estimate"], other["estimate"], rtol=1e-9)
    np.testing.assert_allclose(one["conf_low"], other["conf_low"], rtol=1e-9)


def test_the_order_of_rows_changes_nothing():
    table = outcomes()
    one, other = (
        stats.comparison(each, **OPTIONS, model="ancova").frame
        for each in (table, table.sample(frac=1, random_state=3))
    )
    pd.testing.assert_frame_equal(one, other, rtol=1e-9, check_categorical=False)


def rates(rows, *, outcome, visit, factor, reference, level):
    """A model that gives rate ratios, as a model of counts would."""
    assert set(rows["outcome"]) == {outcome}
    assert visit == "week 12"
    frame = pd.DataFrame({factor: ["oral baclofen", "cyclobenzaprine"], "estimate": [0.7, 1.1], "p_value": [0.01, 0.5]})
    frame = frame.assign(term="rate ratio", conf_low=level, conf_high=2.0, scale="ratio", n=3)
    return Result(frame=estimate_frame(frame, [factor]), method="a model of counts", n=3, level=level)


def test_another_model_plugs_in_for_one_benefit_and_ratios_are_not_standardised():
    result = stats.comparison(outcomes(), **OPTIONS, model={"pain": rates, "sleep": "ancova"})
    row = result.row("difference", benefit="pain", cohort="all participants", arm="oral baclofen")
    assert (row["estimate"], row["scale"]) == (0.7, "ratio")
    assert row["conf_low"] == pytest.approx(1 - 0.05 / 4)  # the level of the whole family reached the model
    assert result.row("difference", benefit="pain", cohort="MS", arm="oral baclofen")["conf_low"] == 0.95
    ratio = result.row("standardised benefit", benefit="pain", cohort="all participants", arm="oral baclofen")
    assert np.isnan(ratio["estimate"])
    assert "a model of counts" in result.method


def test_what_cannot_be_estimated_keeps_its_row_and_says_why():
    table = outcomes()
    gone = table["outcome"].eq("pain_nrs") & table["cohort"].eq("SCI") & table["arm"].ne("placebo")
    result = stats.comparison(table[~gone], **OPTIONS, model="ancova")
    rows = result.frame.query("term == 'difference' and benefit == 'pain' and cohort == 'SCI'")
    assert len(rows) == 2
    assert rows["estimate"].isna().all()
    assert list(rows["n_arm"]) == [0, 0]
    assert any(note.startswith("pain, SCI, cannot be estimated") for note in result.notes)


def test_a_comparison_that_cannot_be_made_still_counts_in_the_family():
    table = outcomes()
    gone = table["outcome"].eq("pain_nrs") & table["arm"].eq("cyclobenzaprine")
    result = stats.comparison(table[~gone], **OPTIONS, model="ancova", by=None)
    rows = result.frame.query("term == 'difference'")
    assert rows["p_value"].isna().sum() == 1
    known = rows[rows["p_value"].notna()]
    np.testing.assert_allclose(known["p_value"], holm(np.array([*known["p_unadjusted"], 1.0]))[:3])
    margin = scipy_stats.t.isf(0.025 / 4, known["df"]) * known["std_error"]
    np.testing.assert_allclose(known["conf_high"] - known["estimate"], margin)


def test_participants_without_a_value_are_not_among_n():
    table = outcomes()
    lost = table["participant"].isin(["P000", "P001"]) & table["visit"].eq("week 12")
    table.loc[lost, ["change", "value"]] = np.nan
    result = stats.comparison(table, **OPTIONS, model="ancova")
    assert result.n == 58
    rows = result.frame.query("term == 'difference' and benefit == 'pain' and cohort == 'all participants'")
    here = table[table["outcome"].eq("pain_nrs") & table["visit"].eq("week 12") & table["change"].notna()]
    assert list(rows["n_arm"]) == [int(here["arm"].eq(arm).sum()) for arm in ARMS[1:]]
    assert set(rows["n_reference"]) == {int(here["arm"].eq("placebo").sum())}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"benefits": {}}, "expected at least one benefit"),
        ({"benefits": {"grip": "grip_kg"}}, "no direction of benefit is on record for grip_kg"),
        ({"visit": "week 13"}, "visit"),
        ({"reference": "plecebo"}, "reference"),
        ({"model": "anova"}, "model"),
        ({"model": {"pain": "ancova"}}, "model"),
        ({"adjust": "tukey"}, "adjust"),
        ({"benefits": {"walk": "t25fw_s"}}, "outcome"),
    ],
)
def test_wrong_names_are_refused(options, words):
    with pytest.raises(MethodError, match=words):
        stats.comparison(outcomes(), **{**OPTIONS, "model": "ancova", **options})


def test_nothing_that_can_be_estimated_is_an_error_with_reasons():
    table = outcomes().query("participant in ['P000', 'P001']")
    table = table.assign(arm=np.where(table["participant"].eq("P000"), "placebo", "oral baclofen"))
    with pytest.raises(MethodError, match="no benefit can be estimated at week 12: pain, all participants"):
        stats.comparison(table, **OPTIONS, model="ancova", by=None)
