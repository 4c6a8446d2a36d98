from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats

from spasticity import stats
from spasticity.errors import DataError, MethodError
from spasticity.stats.rank_distribution import (
    newcombe_superiority,
    rank_sum_test,
    shift_interval,
    stratified,
    subset_sums,
    superiority,
)
from tests.stats.two_arms import outcomes


def test_three_against_two_by_hand_in_every_column():
    fit = stats.rank_sum(outcomes([1.0, 2.0, 4.0], [3.0, 6.0]), "spasticity_nrs", visit="week 12")
    shift = fit.row("Hodges-Lehmann shift")
    assert shift["estimate"] == -2  # of -5, -4, -2, -2, -1, 1
    assert shift["statistic"] == 1 + 2 + 4
    assert shift["p_value"] == pytest.approx(4 / 10)  # sums 6, 7 and 11, 12 of ten
    assert np.isnan(shift["conf_low"])  # the range of all differences would have 80 %
    assert shift["n"] == fit.n == 5
    better = fit.row("probability of superiority")
    assert better["estimate"] == pytest.approx(5 / 6)  # lower is better: 5 of 6 pairs
    placements = [1.0, 1.0, 0.5], [2 / 3, 1.0]
    error = np.sqrt(pd.Series(placements[0]).var() / 3 + pd.Series(placements[1]).var() / 2)
    assert better["std_error"] == pytest.approx(error)
    assert better["conf_low"] < 5 / 6 < better["conf_high"] < 1
    odds = fit.row("win odds")
    assert odds["estimate"] == pytest.approx(5)
    assert odds["conf_high"] == pytest.approx(better["conf_high"] / (1 - better["conf_high"]))
    assert any("too few people for a distribution-free interval" in note for note in fit.notes)


def test_the_exact_test_counts_every_way_to_choose_the_sample():
    rng = np.random.default_rng(1)
    for _ in range(30):
        m, n = rng.integers(1, 6, 2)
        x, y = rng.integers(0, 4, m).astype(float), rng.integers(0, 4, n).astype(float)
        ranks = scipy_stats.rankdata(np.r_[x, y])
        if np.ptp(ranks) == 0:
            assert np.isnan(rank_sum_test(x, y).p_value)
            continue
        sums = np.array([ranks[list(chosen)].sum() for chosen in combinations(range(m + n), m)])
        off = np.abs(sums - m * (m + n + 1) / 2)
        expected = np.mean(off >= abs(ranks[:m].sum() - m * (m + n + 1) / 2) - 1e-9)
        assert rank_sum_test(x, y).p_value == pytest.approx(expected, abs=1e-12)


def test_sums_of_subsets_have_all_the_probability():
    for size in (1, 3, 6):
        low, chances = subset_sums(np.array([3, 5, 5, 8, 9, 11, 20]), size)
        assert chances.sum() == pytest.approx(1)
        mean = low + np.arange(len(chances)) @ chances
        assert mean == pytest.approx(size * 61 / 7)


def test_swapping_the_samples_turns_the_shift_and_keeps_p():
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=14), rng.normal(0.5, 1, 9)
    assert rank_sum_test(x, y).p_value == pytest.approx(rank_sum_test(y, x).p_value)
    one, other = shift_interval(x, y, 0.9), shift_interval(y, x, 0.9)
    assert one[:3] == pytest.approx((-other[0], -other[2], -other[1]))
    assert one[3] == other[3] >= 0.9
    here, there = superiority(x, y, 0.9), superiority(y, x, 0.9)
    assert here[0] == pytest.approx(1 - there[0])
    assert here[2] == pytest.approx(1 - there[3])


def test_moving_one_sample_moves_the_shift_and_monotone_changes_keep_the_rest():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=12), rng.normal(size=15)
    moved = shift_interval(x + 2, y, 0.95)
    assert np.array(moved[:3]) - 2 == pytest.approx(shift_interval(x, y, 0.95)[:3])
    assert superiority(np.exp(x), np.exp(y), 0.95) == pytest.approx(superiority(x, y, 0.95))


def test_limits_of_the_shift_are_where_the_exact_test_turns():
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=11), rng.normal(size=13)
    _, low, high, achieved = shift_interval(x, y, 0.95)
    assert rank_sum_test(x - low + 1e-9, y).p_value <= 0.05 < rank_sum_test(x - low - 1e-9, y).p_value or (
        rank_sum_test(x - low - 1e-9, y).p_value <= 0.05 < rank_sum_test(x - low + 1e-9, y).p_value
    )
    assert rank_sum_test(x - (low + high) / 2, y).p_value > 0.05
    assert 0.95 <= achieved < 0.96


def test_the_variance_is_that_of_brunner_and_munzel():
    rng = np.random.default_rng(5)
    x, y = rng.integers(0, 5, 23).astype(float), rng.integers(0, 6, 17).astype(float)
    estimate, error, *_ = superiority(x, y, 0.95)
    reference = scipy_stats.brunnermunzel(y, x)
    assert (estimate - 0.5) / error == pytest.approx(reference.statistic)


def test_samples_that_do_not_overlap_have_an_interval():
    estimate, error, low, high = superiority(np.array([5.0, 6, 7, 8]), np.array([1.0, 2, 3]), 0.95)
    assert (estimate, error, high) == (1, 0, 1)
    assert 0.3 < low < 0.95
    below, above = newcombe_superiority(0.0, 3, 4, 0.95)
    assert below == 0
    assert above == pytest.approx(1 - low)
    middle = newcombe_superiority(0.6, 20, 20, 0.95)
    assert middle[0] < 0.6 < middle[1]


def test_one_stratum_is_the_plain_comparison_and_equal_strata_add():
    rng = np.random.default_rng(6)
    x, y = rng.integers(0, 5, 20).astype(float), rng.integers(0, 5, 25).astype(float)
    plain = stratified([(x, y)])
    ranks = scipy_stats.rankdata(np.r_[x, y])
    spread = np.sqrt(20 * 25 / (45 * 44) * np.sum((ranks - 23) ** 2))
    assert plain["statistic"] == pytest.approx((ranks[:20].sum() - 20 * 23) / spread)
    twice = stratified([(x, y), (x, y)])
    assert twice["statistic"] == pytest.approx(np.sqrt(2) * plain["statistic"])
    assert twice["estimate"] == pytest.approx(plain["estimate"]) == pytest.approx(superiority(x, y, 0.95)[0])
    assert twice["std_error"] == pytest.approx(plain["std_error"] / np.sqrt(2))
    assert stratified([(x, y), (x, np.array([]))])["statistic"] == pytest.approx(plain["statistic"])


def test_strata_are_a_column_of_the_outcomes():
    rng = np.random.default_rng(7)
    frame = outcomes(rng.integers(0, 5, 30), rng.integers(1, 6, 30), cohort=np.resize(["MS", "SCI", "SCI"], 60))
    fit = stats.rank_sum(frame, "spasticity_nrs", visit="week 12", strata="cohort")
    parts = [
        (
            -part.loc[part["arm"] == "drug", "value"].to_numpy(float),
            -part.loc[part["arm"] == "placebo", "value"].to_numpy(float),
        )
        for _, part in frame.groupby("cohort")
    ]
    row = fit.row("probability of superiority")
    assert row["p_value"] == pytest.approx(stratified(parts)["p_value"])
    assert row["estimate"] > 0.5  # lower is better
    assert "van Elteren" in fit.method
    assert list(fit.frame["term"]) == ["probability of superiority", "win odds"]


def test_missing_values_are_left_out_and_counted():
    frame = outcomes([1.0, np.nan, 4.0, 2.0], [3.0, 6.0, 5.0])
    fit = stats.rank_sum(frame, "spasticity_nrs", visit="week 12")
    whole = stats.rank_sum(frame.dropna(), "spasticity_nrs", visit="week 12")
    assert fit.frame["estimate"].tolist() == whole.frame["estimate"].tolist()
    assert fit.n == 6
    assert "left out: value missing in 1 participant" in fit.notes


def test_the_confidence_level_that_is_reached_is_said():
    rng = np.random.default_rng(8)
    fit = stats.rank_sum(outcomes(rng.normal(size=8), rng.normal(size=9)), "spasticity_nrs", visit="week 12")
    reached = fit.row("Hodges-Lehmann shift")["achieved_level"]
    assert 0.95 < reached < 0.97
    assert (
        f"confidence level of the Hodges-Lehmann intervals: {100 * reached:.1f} % (at least this with ties)"
        in fit.notes
    )


def test_many_people_are_compared_by_the_normal_approximation_and_it_says_so():
    rng = np.random.default_rng(9)
    fit = stats.rank_sum(outcomes(rng.normal(size=150), rng.normal(size=90)), "spasticity_nrs", visit="week 12")
    assert any("normal approximation" in note for note in fit.notes)
    x, y = rng.normal(size=99), rng.normal(0.2, 1, 99)
    exact = rank_sum_test(x, y)
    near = rank_sum_test(np.r_[x, [50, 51, 52]], np.r_[y, [-50, -51, -52]])
    assert exact.exact
    assert not near.exact
    assert exact.p_value == pytest.approx(scipy_stats.mannwhitneyu(x, y, method="exact").pvalue, rel=1e-9)


def test_wrong_questions_are_refused():
    frame = outcomes([1.0, 2.0], [3.0, 4.0])
    with pytest.raises(MethodError, match="no direction of benefit is on record"):
        stats.rank_sum(frame.assign(outcome="odd"), "odd", visit="week 12")
    assert len(stats.rank_sum(frame.assign(outcome="odd"), "odd", visit="week 12", better="higher").frame) == 3
    with pytest.raises(MethodError, match="`arm` has only one level"):
        stats.rank_sum(frame[frame["arm"] == "drug"], "spasticity_nrs", visit="week 12")
    with pytest.raises(MethodError, match="nobody has a value"):
        stats.rank_sum(frame.assign(value=np.nan), "spasticity_nrs", visit="week 12")
    with pytest.raises(DataError, match="text has no ranks"):
        stats.rank_sum(frame.assign(value="many"), "spasticity_nrs", visit="week 12")
    with pytest.raises(MethodError, match="its categories have no order"):
        stats.rank_sum(frame.assign(value=pd.Categorical(["a", "b", "c", "d"])), "spasticity_nrs", visit="week 12")


def test_many_ties_are_said():
    rng = np.random.default_rng(10)
    graded = stats.rank_sum(outcomes(rng.integers(0, 5, 30), rng.integers(0, 5, 30)), "spasticity_nrs", visit="week 12")
    assert any("many values are tied" in note for note in graded.notes)
    fine = stats.rank_sum(outcomes(rng.normal(size=30), rng.normal(size=30)), "spasticity_nrs", visit="week 12")
    assert not any("many values are tied" in note for note in fine.notes)


def test_newcombes_limits_solve_his_equation():
    """V = theta (1 - theta) (1 + (N/2 - 1) ((1 - theta)/(2 - theta) + theta/(1 + theta))) / (m n), N = m + n."""
    for theta in newcombe_superiority(0.8, 9, 14, 0.95):
        inner = (1 - theta) / (2 - theta) + theta / (1 + theta)
        variance = theta * (1 - theta) * (1 + (23 / 2 - 1) * inner) / (9 * 14)
        assert abs(0.8 - theta) == pytest.approx(1.959963985 * np.sqrt(variance), abs=1e-9)
