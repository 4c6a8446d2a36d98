"""Grades in the report: the odds of a higher grade, and the planted truth of the sample."""

import numpy as np
import pandas as pd
import pytest

from spasticity import derive, load, stats
from spasticity.errors import MethodError
from spasticity.report.graded import answer_odds, muscle_odds
from spasticity.report.material import Material


@pytest.fixture(scope="module")
def material():
    return Material.of(load.sample_study())


def test_the_odds_of_the_index_muscle_are_those_of_the_mixed_model(material):
    part = muscle_odds(material)
    table = part.items[0]
    rows = derive.index_muscle(material.study).dropna(subset=["baseline_grade", "grade"])
    rows = rows[rows["visit"].ne("baseline")]
    rows = rows.assign(
        baseline=rows["baseline_grade"].cat.codes.astype(float), visit=rows["visit"].cat.remove_unused_categories()
    )
    fit = stats.ordinal_mixed(rows, "grade ~ baseline + arm * visit + cohort", reference="placebo")
    expected = fit.odds_ratios("arm", by="visit").frame
    assert table.data["estimate"].tolist() == pytest.approx(expected["estimate"].tolist())
    assert len(table.frame) == 12
    assert "odds ratio of a higher modified Ashworth grade at week 12" in part.answer[0]
    assert "Below 1: lower grades than the reference" in table.note
    assert "random intercept per participant" in table.note
    small = table.frame[table.frame["Comparison"].str.startswith("intrathecal")]["Odds ratio"]
    assert small.str.len().eq(5).all()  # three decimals of a small ratio


def test_what_was_planted_in_spasm_grades_is_found_again(material):
    rows = material.of_outcome("psfs_frequency").dropna(subset=["value", "baseline"])
    later = rows[rows["visit"].ne("baseline")]
    later = later.assign(visit=later["visit"].cat.remove_unused_categories())
    fit = stats.ordinal_mixed(later, "value ~ baseline + arm * visit + cohort", reference="placebo")
    everybody = later.drop_duplicates("participant").assign(visit="week 12")
    values = np.array([float(grade) for grade in fit.categories])
    mean = {arm: (fit.predict(everybody.assign(arm=arm)) @ values).mean() for arm in later["arm"].unique()}
    truth = pd.read_csv(load.sample_folder() / "truth.csv")
    truth = truth[truth["outcome"].eq("psfs_frequency") & truth["cohort"].eq("all") & truth["visit"].eq("week 12")]
    planted = truth[truth["quantity"].str.startswith("difference")].set_index("arm")["value"].astype(float)
    assert len(planted) == 3
    for arm, difference in planted.items():
        assert abs(mean[arm] - mean["placebo"] - difference) < 2 * 0.19  # standard error of a difference of changes


def test_a_graded_answer_has_its_table_and_one_arm_has_none(material):
    part = answer_odds(material, "psfs_frequency")
    assert part.items[0].name == "psfs_frequency_odds"
    assert part.answer[0].startswith("oral baclofen / placebo: odds ratio of a higher Penn spasm frequency at week 12")
    with pytest.raises(MethodError, match="no values of nothing"):
        answer_odds(material, "nothing")
