"""Shares of graded categories."""

import numpy as np
import pandas as pd
import pytest

from spasticity import stats
from spasticity.errors import MethodError
from spasticity.tables.examination import MAS_GRADES


@pytest.fixture
def grades():
    values = pd.Categorical(["0", "1", "1", "1+", None, "4", "4"], MAS_GRADES, ordered=True)
    frame = pd.DataFrame({"arm": list("aaaaabb"), "visit": "week 12", "grade": values})
    return frame.assign(participant=[f"P{row}" for row in range(7)])


def test_shares_by_hand_in_every_column(grades):
    result = stats.shares(grades, "grade", by=("arm", "visit"))
    frame = result.frame[result.frame["arm"].eq("a")]
    assert list(frame["grade"].astype(str)) == list(MAS_GRADES)
    assert frame["grade"].cat.ordered
    assert list(frame["estimate"]) == [0.25, 0.5, 0.25, 0, 0, 0]
    assert list(frame["count"]) == [1, 2, 1, 0, 0, 0]
    assert list(frame["cumulative"]) == [0.25, 0.75, 1, 1, 1, 1]
    assert set(frame["n"]) == {4}
    assert set(frame["n_missing"]) == {1}
    assert set(frame["term"]) == {"share"}
    z2 = 1.959963984540054**2
    half = np.sqrt(z2 * (0.25 / 4 + z2 / 64))
    row = result.row(arm="a", grade="1")
    assert row["conf_low"] == pytest.approx((0.5 + z2 / 8 - half) / (1 + z2 / 4))
    assert row["conf_high"] == pytest.approx((0.5 + z2 / 8 + half) / (1 + z2 / 4))
    assert result.row(arm="a", grade="4")["conf_low"] == 0
    assert result.n == 6
    assert result.groups == ["arm", "visit", "grade"]


def test_exact_intervals_by_hand(grades):
    result = stats.shares(grades, "grade", by="arm", method="clopper-pearson")
    assert result.row(arm="b", grade="4")["conf_low"] == pytest.approx(np.sqrt(0.025))  # both of two: p^2 = 0.025
    assert result.row(arm="b", grade="0")["conf_high"] == pytest.approx(1 - np.sqrt(0.025))
    assert "exact (Clopper-Pearson)" in result.method


def test_shares_of_a_group_add_up_to_one(grades):
    sums = stats.shares(grades, "grade", by="arm").frame.groupby("arm", observed=True)["estimate"].sum()
    np.testing.assert_allclose(sums, 1)


def test_a_group_without_grades_is_kept_and_empty(grades):
    grades.loc[5:, "grade"] = None
    frame = stats.shares(grades, "grade", by="arm").frame
    empty = frame[frame["arm"].eq("b")]
    assert len(empty) == 6
    assert set(empty["n"]) == {0}
    assert set(empty["n_missing"]) == {2}
    assert empty[["estimate", "conf_low", "conf_high", "cumulative"]].isna().all(axis=None)


def test_text_has_no_levels_to_count(grades):
    with pytest.raises(MethodError, match="`grade` is not a category; make it one whose levels are in order"):
        stats.shares(grades.astype({"grade": str}), "grade", by="arm")


def test_two_sides_of_one_person_are_refused(grades):
    both = pd.concat([grades.assign(side="left"), grades.assign(side="right")], ignore_index=True)
    with pytest.raises(MethodError, match="7 rows repeat a participant within `arm`"):
        stats.shares(both, "grade", by="arm")
    assert stats.shares(both, "grade", by=("arm", "side")).n == 6


def test_unknown_names_are_refused(grades):
    with pytest.raises(MethodError, match="method='exact' is not known: expected `wilson` or `clopper-pearson`"):
        stats.shares(grades, "grade", by="arm", method="exact")
    with pytest.raises(MethodError, match="no column `muscle`"):
        stats.shares(grades, "grade", by="muscle")
