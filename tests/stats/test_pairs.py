"""Paired changes, and the signed-rank distribution counted out."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from spasticity import stats
from spasticity.errors import DataError, MethodError
from spasticity.stats import signed_rank
from spasticity.stats.signed_rank import EXACT, hodges_lehmann, signed_rank_p
from tests.stats.made import trial

VISITS = {"first": "baseline", "last": "week 12"}


def outcomes(first, last, **columns):
    before = pd.DataFrame({"value": first, **columns}).assign(visit="baseline", day=-1)
    after = pd.DataFrame({"value": last, **columns}).assign(visit="week 12", day=84)
    for frame in (before, after):
        frame["participant"] = [f"P{row}" for row in range(len(frame))]
    return pd.concat([before, after], ignore_index=True).assign(outcome="spasticity_nrs")


def test_a_paired_change_by_hand_in_every_column():
    result = stats.paired(outcomes([5.0, 6.0, 7.0], [4.0, 4.0, 1.0]), "spasticity_nrs", **VISITS)
    mean, pseudo = result.frame.to_dict("records")
    error = np.sqrt(7 / 3)  # differences -1, -2, -6
    t = -3 / error
    assert [mean["term"], pseudo["term"]] == ["mean change", "Hodges-Lehmann change"]
    assert (mean["outcome"], mean["n"], mean["n_missing"], mean["df"]) == ("spasticity_nrs", 3, 0, 2)
    assert mean["estimate"] == pytest.approx(-3)
    assert mean["std_error"] == pytest.approx(error)
    assert mean["statistic"] == pytest.approx(t)
    assert mean["p_value"] == pytest.approx(1 - abs(t) / np.sqrt(t**2 + 2))  # t with 2 df in closed form
    assert mean["conf_low"] == pytest.approx(-3 - 4.302652729911275 * error)
    assert mean["conf_high"] == pytest.approx(-3 + 4.302652729911275 * error)
    # pairwise means -6, -4, -3.5, -2, -1.5, -1; all negative in 1 of 8 sign patterns
    assert pseudo["estimate"] == pytest.approx(-2.75)
    assert pseudo["p_value"] == pytest.approx(2 / 8)
    assert np.isnan([pseudo["conf_low"], pseudo["conf_high"], pseudo["std_error"], pseudo["achieved_level"]]).all()
    assert result.n == 3


def test_pairs_are_kept_for_figures():
    pairs = stats.paired(
        outcomes([5.0, 6.0, np.nan], [4.0, 4.0, 1.0], arm=["a", "b", "b"]), "spasticity_nrs", by="arm", **VISITS
    ).pairs
    assert pairs.to_dict("list") == {
        "participant": ["P0", "P1"],
        "arm": ["a", "b"],
        "first": [5.0, 6.0],
        "last": [4.0, 4.0],
        "difference": [-1.0, -2.0],
    }


def test_people_with_one_value_are_counted_and_the_rest_is_the_complete_subset():
    table = trial()
    gaps = table.copy()
    gaps.loc[gaps["visit"].eq("week 12") & gaps["participant"].isin(["P001", "P002"]), "value"] = np.nan
    gaps = gaps[~(gaps["visit"].eq("baseline") & gaps["participant"].eq("P003"))]
    result = stats.paired(gaps, "spasticity_nrs", by="arm", **VISITS)
    subset = stats.paired(
        table[~table["participant"].isin(["P001", "P002", "P003"])], "spasticity_nrs", by="arm", **VISITS
    )
    pd.testing.assert_frame_equal(result.frame.drop(columns="n_missing"), subset.frame.drop(columns="n_missing"))
    assert result.frame.loc[result.frame["term"].eq("mean change"), "n_missing"].sum() == 3
    assert result.notes[-1] == "left out: 3 participants without a value at both baseline and week 12"


def test_swapping_the_visits_flips_the_signs():
    there, back = (
        stats.paired(trial(), "spasticity_nrs", first=first, last=last).frame
        for first, last in (("baseline", "week 12"), ("week 12", "baseline"))
    )
    np.testing.assert_allclose(there["estimate"], -back["estimate"])
    np.testing.assert_allclose(there["conf_low"], -back["conf_high"])
    np.testing.assert_allclose(there["p_value"], back["p_value"])


def test_groups_are_those_of_their_own_and_in_order():
    result = stats.paired(trial(), "spasticity_nrs", by="arm", **VISITS)
    assert list(result.frame["arm"].unique()) == ["placebo", "oral baclofen", "cyclobenzaprine"]
    alone = stats.paired(trial()[trial()["arm"].eq("placebo")], "spasticity_nrs", **VISITS).frame
    rows = result.frame[result.frame["arm"].eq("placebo")]
    np.testing.assert_allclose(rows["estimate"], alone["estimate"])
    assert result.groups == ["outcome", "arm"]


def test_no_change_at_all_has_no_test():
    result = stats.paired(outcomes([5.0] * 8, [5.0] * 8), "spasticity_nrs", **VISITS)
    assert result.frame["p_value"].isna().all()
    assert list(result.frame["estimate"]) == [0, 0]
    assert list(result.frame["conf_low"]) == [0, 0]


def test_one_pair_has_no_interval():
    frame = stats.paired(outcomes([5.0], [4.0]), "spasticity_nrs", **VISITS).frame
    assert list(frame["estimate"]) == [-1, -1]
    assert frame["conf_low"].isna().all()


def test_what_cannot_be_paired_is_refused():
    table = outcomes([5.0], [4.0])
    with pytest.raises(MethodError, match="last='week 13' is not known: expected `baseline` or `week 12`"):
        stats.paired(table, "spasticity_nrs", first="baseline", last="week 13")
    with pytest.raises(MethodError, match="first and last are both 'week 12'"):
        stats.paired(table, "spasticity_nrs", first="week 12", last="week 12")
    with pytest.raises(MethodError, match="nobody has a value at both baseline and week 12"):
        stats.paired(table.assign(value=[np.nan, 4.0]), "spasticity_nrs", **VISITS)
    with pytest.raises(DataError, match="repeats a participant and visit"):
        stats.paired(pd.concat([table, table.tail(1)], ignore_index=True), "spasticity_nrs", **VISITS)


def enumerated_p(differences):
    """The two-sided p value from every sign pattern of these very ranks."""
    x = differences[differences != 0]
    ranks = rankdata(np.abs(x))
    observed = min(ranks[x > 0].sum(), ranks[x < 0].sum())
    sums = [ranks[np.array(signs)].sum() for signs in product([True, False], repeat=len(x))]
    return min(1.0, 2 * np.mean(np.array(sums) <= observed + 1e-9))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-4, 4), min_size=1, max_size=9).filter(any))
def test_signed_ranks_with_ties_and_zeros_are_enumerated_exactly(differences):
    differences = np.array(differences, dtype=float)
    assert signed_rank_p(differences) == pytest.approx(enumerated_p(differences))


def test_the_exact_test_keeps_its_level():
    """All 2^10 sign patterns are equally likely when nothing changes."""
    size = np.arange(1.0, 11)
    p = [signed_rank_p(size * np.array(signs)) for signs in product([1, -1], repeat=10)]
    for level in (0.01, 0.05, 0.1):
        assert np.mean(np.array(p) <= level) <= level
    assert np.mean(np.array(p) <= 0.05) > 0.03


def test_the_normal_approximation_meets_the_exact_distribution(monkeypatch):
    x = np.random.default_rng(20240331).normal(0.12, 1, EXACT)
    p, limits = signed_rank_p(x), hodges_lehmann(x)
    monkeypatch.setattr(signed_rank, "EXACT", 10)
    assert signed_rank_p(x) == pytest.approx(p, abs=2e-4)
    np.testing.assert_allclose(hodges_lehmann(x)[:3], limits[:3], atol=0.005)


def test_hodges_lehmann_by_hand():
    estimate, low, high, achieved = hodges_lehmann(np.array([1.0, 2, 3, 4, 5, 6]))
    assert (estimate, low, high) == (3.5, 1, 6)  # rank 1: all six signs alike in 2 of 64 patterns
    assert achieved == pytest.approx(1 - 2 / 64)
    assert np.isnan(hodges_lehmann(np.array([]))).all()


def test_few_and_skewed_changes_are_told_to_have_too_narrow_a_t_interval():
    skewed = np.expm1(np.linspace(-2, 2.5, 15))
    said = [stats.paired(outcomes(np.zeros(n), skewed[:n]), "spasticity_nrs", **VISITS).notes for n in (15, 2)]
    assert "changes of few people are skewed" in said[0][0]
    assert said[1] == ()
    even = np.linspace(-1, 1, 15)
    assert stats.paired(outcomes(np.zeros(15), even), "spasticity_nrs", **VISITS).notes == ()
    many = np.expm1(np.linspace(-2, 2.5, 45))
    assert stats.paired(outcomes(np.zeros(45), many), "spasticity_nrs", **VISITS).notes == ()
    grades = np.tile([-1.0, 0, 0, 1, 2], 4)
    assert "many changes are tied" in stats.paired(outcomes(np.zeros(20), grades), "spasticity_nrs", **VISITS).notes[0]
