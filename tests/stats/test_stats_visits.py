"""Adjusted means and differences at each visit, and within subgroups."""

import numpy as np
import pandas as pd
import pytest

from spasticity import stats
from spasticity.errors import MethodError
from spasticity.stats.selection import visits_of
from tests.stats.made import ARMS, trial

NRS = {"outcome": "spasticity_nrs"}


@pytest.fixture(scope="module")
def by_visit():
    return stats.ancova_by_visit(trial(), **NRS)


def test_each_visit_is_its_own_ancova_in_every_column(by_visit):
    for visit in ("week 4", "week 12"):
        fit = stats.ancova(trial(), visit=visit, **NRS)
        here = by_visit.frame[by_visit.frame["visit"].eq(visit)]
        columns = ["term", "estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high", "n"]
        expected = pd.concat([fit.means().frame, fit.contrasts().frame])[columns]
        pd.testing.assert_frame_equal(here[columns].reset_index(drop=True), expected.reset_index(drop=True))


def test_the_baseline_visit_has_no_change_to_model(by_visit):
    assert by_visit.groups == ["outcome", "visit", "arm"]
    assert list(by_visit.frame["visit"].unique()) == ["week 4", "week 12"]
    assert by_visit.frame["visit"].dtype == trial()["visit"].dtype
    assert list(by_visit.frame["arm"].cat.categories) == ARMS
    assert by_visit.n == 60


def test_the_method_says_that_visits_are_not_adjusted_for(by_visit):
    assert by_visit.method == (
        "ANCOVA of Spasticity NRS at each visit (`change ~ baseline + arm + cohort`), least squares; adjusted means "
        "and differences from placebo, not adjusted for the number of comparisons; visits are not adjusted for"
    )
    robust = stats.ancova_by_visit(trial(), vcov="HC3", adjust="holm", reference="oral baclofen", **NRS)
    assert "HC3 standard errors" in robust.method
    assert "Holm" in robust.method
    assert robust.row("placebo - oral baclofen", visit="week 4")["reference"] == "oral baclofen"


def test_text_visits_follow_the_study_day():
    table = trial().assign(visit=lambda rows: rows["visit"].astype(str))
    result = stats.ancova_by_visit(table.sample(frac=1, random_state=1), **NRS)
    assert list(dict.fromkeys(result.frame["visit"])) == ["week 4", "week 12"]
    assert visits_of(table.drop(columns="day").iloc[::-1]) == ["week 12", "week 4", "baseline"]


def test_chosen_visits_only():
    assert set(stats.ancova_by_visit(trial(), visits=["week 12"], **NRS).frame["visit"]) == {"week 12"}


def test_notes_name_their_visit():
    table = trial()
    table.loc[table["visit"].eq("week 4") & table["participant"].eq("P003"), "change"] = np.nan
    assert stats.ancova_by_visit(table, **NRS).notes == ("week 4: left out: change missing in 1 row",)


def test_what_cannot_be_modelled_is_refused():
    with pytest.raises(MethodError, match=r"visits='week 9' is not known: expected `baseline`"):
        stats.ancova_by_visit(trial(), visits=["week 9"], **NRS)
    with pytest.raises(MethodError, match="varies at no visit"):
        stats.ancova_by_visit(trial().assign(change=0.0), **NRS)
    with pytest.raises(MethodError, match="adjust='tukey' compares every pair"):
        stats.ancova_by_visit(trial(), adjust="tukey", **NRS)
    with pytest.raises(MethodError, match="no column `age`"):
        stats.ancova_by_visit(trial(), "age ~ arm", **NRS)


@pytest.fixture(scope="module")
def forest():
    return stats.subgroups(trial(), ["cohort", "sex"], visit="week 12", **NRS)


def test_overall_is_the_plain_ancova_and_subgroups_come_from_the_interaction(forest):
    assert forest.groups == ["outcome", "visit", "variable", "subgroup", "arm"]
    columns = ["estimate", "std_error", "df", "p_value", "conf_low", "conf_high", "n"]
    overall = forest.frame[forest.frame["subgroup"].eq("overall")]
    plain = stats.ancova(trial(), visit="week 12", **NRS).contrasts().frame
    pd.testing.assert_frame_equal(overall[columns].reset_index(drop=True), plain[columns])
    crossed = stats.ancova(trial(), "change ~ baseline + arm + cohort + arm:cohort", visit="week 12", **NRS)
    within = forest.frame[forest.frame["variable"].eq("cohort")]
    pd.testing.assert_frame_equal(within[columns].reset_index(drop=True), crossed.contrasts(by="cohort").frame[columns])
    assert list(within["subgroup"]) == ["MS", "MS", "SCI", "SCI"]


def test_sizes_of_both_arms_add_up_to_n(forest):
    frame = forest.frame
    assert (frame["n_arm"] + frame["n_reference"] == frame["n"]).all()
    people = trial().query("visit == 'week 12'")
    row = forest.row("oral baclofen - placebo", subgroup="SCI")
    assert row["n_arm"] == (people["arm"].eq("oral baclofen") & people["cohort"].eq("SCI")).sum()
    assert row["n_reference"] == (people["arm"].eq("placebo") & people["cohort"].eq("SCI")).sum()


def test_with_two_arms_and_two_subgroups_the_interaction_is_the_coefficient(forest):
    assert forest.frame.loc[forest.frame["subgroup"].eq("overall"), "p_interaction"].isna().all()
    table = trial()
    table = table[table["arm"].ne("cyclobenzaprine")]
    result = stats.subgroups(table, visit="week 12", **NRS)
    crossed = stats.ancova(table, "change ~ baseline + arm * cohort", visit="week 12", **NRS)
    p = crossed.row("arm[oral baclofen]:cohort[SCI]")["p_value"]
    np.testing.assert_allclose(result.frame.loc[result.frame["variable"].eq("cohort"), "p_interaction"], p)


def test_with_several_arms_each_has_its_own_interaction_and_together_they_are_the_f_test(forest):
    crossed = stats.ancova(trial(), "change ~ baseline + arm * cohort", visit="week 12", **NRS)
    for arm in ARMS[1:]:
        p = crossed.row(f"arm[{arm}]:cohort[SCI]")["p_value"]
        rows = forest.frame[forest.frame["variable"].eq("cohort") & forest.frame["arm"].eq(arm)]
        np.testing.assert_allclose(rows["p_interaction"], p)
    three = trial().assign(site=lambda rows: rows["participant"].str[-1].astype(int) % 3).astype({"site": str})
    two_arms = three[three["arm"].ne("cyclobenzaprine")]
    joint = stats.ancova(two_arms, "change ~ baseline + cohort + arm * site", visit="week 12", **NRS).test("arm:site")
    result = stats.subgroups(two_arms, "site", visit="week 12", **NRS)
    np.testing.assert_allclose(result.row(subgroup="0")["p_interaction"], joint.frame["p_value"].iloc[0])


def test_the_reference_can_be_chosen():
    result = stats.subgroups(trial(), visit="week 12", reference="oral baclofen", **NRS)
    assert set(result.frame["term"]) == {"placebo - oral baclofen", "cyclobenzaprine - oral baclofen"}


def test_a_subgroup_without_one_arm_is_missing_and_not_zero():
    table = trial()
    table = table[~(table["cohort"].eq("SCI") & table["arm"].eq("oral baclofen"))]
    result = stats.subgroups(table, visit="week 12", **NRS)
    row = result.row("oral baclofen - placebo", subgroup="SCI")
    assert np.isnan(row["estimate"])
    assert row["n_arm"] == 0
    assert np.isnan(row["p_interaction"])


def test_subgroup_variables_have_few_named_levels():
    with pytest.raises(MethodError, match="by='baseline' is a number; cut it into named groups first"):
        stats.subgroups(trial(), "baseline", visit="week 12", **NRS)
    with pytest.raises(MethodError, match="by='arm' is the factor whose levels are compared"):
        stats.subgroups(trial(), "arm", visit="week 12", **NRS)
    with pytest.raises(MethodError, match="no column `site`"):
        stats.subgroups(trial(), "site", visit="week 12", **NRS)
