"""Intervals of one and two proportions: golden numbers, edges, symmetries, exact coverage."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from spasticity.errors import MethodError
from spasticity.stats.proportions import clopper_pearson, difference, difference_score, odds_ratio, ratio, wilson

tables = st.tuples(st.integers(1, 60), st.integers(1, 60)).flatmap(
    lambda sizes: st.tuples(st.integers(0, sizes[0]), st.just(sizes[0]), st.integers(0, sizes[1]), st.just(sizes[1]))
)


def test_wilson_of_a_completion_rate():
    low, high = wilson(218, 323)  # golden number G18
    assert (round(float(low), 3), round(float(high), 3)) == (0.622, 0.724)


def test_wilson_ends_exactly_at_0_and_1():
    low, high = wilson([0, 7], [7, 7])
    assert (low[0], high[1]) == (0, 1)
    assert high[0] == pytest.approx(1 - low[1])


def test_nobody_has_no_interval():
    for function in (wilson, clopper_pearson):
        assert np.isnan(function(0, 0)).all()


def test_clopper_pearson_by_hand():
    low, high = clopper_pearson([0, 1, 2], 2)
    np.testing.assert_allclose(low, [0, 1 - np.sqrt(0.975), np.sqrt(0.025)])
    np.testing.assert_allclose(high, [1 - np.sqrt(0.025), np.sqrt(0.975), 1])


@pytest.mark.parametrize("n", [5, 20, 60])
def test_exact_coverage_of_one_proportion(n):
    """Every number of events and 199 true proportions: no simulation, no noise."""
    events, truth = np.arange(n + 1), np.linspace(0.005, 0.995, 199)[:, None]
    chance = binom.pmf(events, n, truth)
    covered = {}
    for function in (wilson, clopper_pearson):
        low, high = function(events, n)
        covered[function] = np.sum(chance * ((low <= truth) & (truth <= high)), axis=1)
    assert covered[clopper_pearson].min() >= 0.95
    assert 0.94 < covered[wilson].mean() < 0.965
    assert covered[wilson].min() > 0.83


@pytest.mark.parametrize(
    ("table", "interval", "expected"),
    [
        ((41, 53, 17, 53), "wald", (0.2841, 0.6216)),  # golden number G12
        ((101, 111, 66, 109), "wald", (0.1983, 0.4105)),  # golden number G14
        ((29, 30, 20, 31), "miettinen-nurminen", (0.1384, 0.5057)),  # wrong in a well-known package
        ((40, 120, 25, 118), "miettinen-nurminen", (None, 0.2326)),  # the same
    ],
)
def test_differences_that_are_on_record(table, interval, expected):
    for ours, theirs in zip(difference(*table, interval), expected, strict=True):
        assert theirs is None or ours == pytest.approx(theirs, abs=5e-5)


def test_ratios_that_are_on_record():
    np.testing.assert_allclose(ratio(41, 53, 17, 53), (1.588, 3.663), atol=5e-4)  # G12
    np.testing.assert_allclose(odds_ratio(41, 53, 17, 53), (3.049, 17.167), atol=5e-4)  # G12
    np.testing.assert_allclose(odds_ratio(42, 143, 21, 134), (1.242, 4.031), atol=5e-4)  # G13
    np.testing.assert_allclose(ratio(24, 25, 22, 35), (1.169, 1.995), atol=5e-4)  # G15


def test_newcombe_by_hand_when_one_group_has_no_event():
    (_, u1), (l2, _) = np.transpose(wilson([0, 5], [15, 16]))
    low, high = difference(0, 15, 5, 16)
    (_, u2) = np.transpose(wilson([5], [16]))[0]
    assert low == pytest.approx(-5 / 16 - np.hypot(0, u2 - 5 / 16))
    assert high == pytest.approx(-5 / 16 + np.hypot(u1, 5 / 16 - l2))


def test_no_event_in_either_group_leaves_the_ratios_open():
    low, high = difference(0, 10, 0, 12, "miettinen-nurminen")
    assert low < 0 < high
    assert np.isnan(ratio(0, 10, 0, 12)).all()
    assert ratio(0, 10, 0, 12, score=True) == (0, np.inf)
    assert np.isnan(odds_ratio(0, 10, 0, 12)).all()
    assert odds_ratio(10, 10, 12, 12, score=True) == (0, np.inf)


def test_one_empty_cell_opens_one_side_of_a_score_interval():
    assert ratio(5, 10, 0, 10) == (0, np.inf)
    low, high = ratio(5, 10, 0, 10, score=True)
    assert (high, low > 1) == (np.inf, True)
    low, high = odds_ratio(0, 15, 5, 16, score=True)
    assert low == 0
    assert 0 < high < 1


@settings(max_examples=60, deadline=None)
@given(tables, st.sampled_from(["newcombe", "miettinen-nurminen", "wald"]))
def test_swapping_the_groups_flips_the_difference(table, interval):
    x1, n1, x2, n2 = table
    low, high = difference(x1, n1, x2, n2, interval)
    back_low, back_high = difference(x2, n2, x1, n1, interval)
    np.testing.assert_allclose([low, high], [-back_high, -back_low], atol=1e-9)
    assert low - 1e-12 <= x1 / n1 - x2 / n2 <= high + 1e-12


@settings(max_examples=60, deadline=None)
@given(tables)
def test_swapping_the_groups_inverts_the_score_ratios(table):
    x1, n1, x2, n2 = table
    for function in (ratio, odds_ratio):
        low, high = function(x1, n1, x2, n2, score=True)
        back_low, back_high = function(x2, n2, x1, n1, score=True)
        np.testing.assert_allclose([low, 1 / high], [1 / back_high if back_high else np.inf, back_low], rtol=1e-6)


@settings(max_examples=60, deadline=None)
@given(tables)
def test_counting_the_others_flips_the_difference(table):
    x1, n1, x2, n2 = table
    for interval in ("newcombe", "miettinen-nurminen"):
        low, high = difference(x1, n1, x2, n2, interval)
        other_low, other_high = difference(n1 - x1, n1, n2 - x2, n2, interval)
        np.testing.assert_allclose([low, high], [-other_high, -other_low], atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(tables)
def test_the_three_score_tests_of_no_effect_are_one(table):
    """At no effect the score statistics of difference, ratio and odds ratio agree; so do their intervals."""
    x1, n1, x2, n2 = table
    if x1 + x2 in (0, n1 + n2):
        return
    low, high = difference(x1, n1, x2, n2, "miettinen-nurminen")
    significant = abs(difference_score(x1, n1, x2, n2, 0.0)) > 1.959963984540054
    assert significant == (low > 0 or high < 0)
    for function in (ratio, odds_ratio):
        low, high = function(x1, n1, x2, n2, score=True)
        assert significant == (low > 1 or high < 1)


def test_a_wider_level_gives_a_wider_interval():
    for interval in ("newcombe", "miettinen-nurminen", "wald"):
        narrow, wide = (difference(8, 20, 3, 18, interval, level) for level in (0.8, 0.99))
        assert wide[0] < narrow[0] < narrow[1] < wide[1]


@pytest.mark.slow
@pytest.mark.parametrize(("interval", "least"), [("newcombe", 0.945), ("miettinen-nurminen", 0.935)])
def test_exact_coverage_of_a_difference(interval, least):
    """Every table of 25 against 30 people: coverage at 6 x 6 pairs of true proportions, without simulation."""
    n1, n2 = 25, 30
    limits = np.array([[difference(x1, n1, x2, n2, interval) for x2 in range(n2 + 1)] for x1 in range(n1 + 1)])
    covered = []
    for p1 in np.linspace(0.1, 0.9, 6):
        for p2 in np.linspace(0.1, 0.9, 6):
            chance = np.outer(binom.pmf(np.arange(n1 + 1), n1, p1), binom.pmf(np.arange(n2 + 1), n2, p2))
            covered.append(np.sum(chance * ((limits[..., 0] <= p1 - p2) & (p1 - p2 <= limits[..., 1]))))
    assert 0.945 <= np.mean(covered) <= 0.955
    assert min(covered) >= least


@pytest.mark.parametrize("table", [(1, 0, 1, 5), (6, 5, 1, 5), (-1, 5, 1, 5), (1, 5, 6, 5)])
def test_tables_that_cannot_be_are_refused(table):
    for function in (difference, ratio, odds_ratio):
        with pytest.raises(MethodError, match="each group needs people, and events between 0 and their number"):
            function(*table)


def test_an_unknown_interval_is_refused():
    with pytest.raises(MethodError, match=r"interval='newcomb' is not known.*did you mean `newcombe`"):
        difference(1, 5, 1, 5, "newcomb")
