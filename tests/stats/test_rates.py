"""Intervals of one and two rates: edges, symmetries, exact coverage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from spasticity import stats
from spasticity.errors import MethodError
from spasticity.stats.rates import equal_rates, poisson_limits, rate_difference, rate_ratio, rate_score

counts = st.tuples(st.integers(0, 40), st.floats(0.1, 50), st.integers(0, 40), st.floats(0.1, 50))


def test_no_event_has_the_rule_of_three_as_its_upper_limit():
    low, high = poisson_limits(0, 100, level=0.9)  # one-sided 95 %
    assert low == 0
    assert high == pytest.approx(-np.log(0.05) / 100)
    assert high == pytest.approx(3 / 100, rel=0.002)


def test_no_exposure_has_no_interval():
    assert np.isnan(poisson_limits([0, 3], [0, 0])).all()


def test_the_score_interval_of_a_difference_by_hand_when_there_is_no_event():
    low, high = rate_difference(0, 5.0, 0, 7.0)  # variance is delta / t, so the limit is z squared / t
    assert (low, high) == pytest.approx((-(1.959963984540054**2) / 7, 1.959963984540054**2 / 5))
    assert rate_score(0, 5.0, 0, 7.0, 0.0) == 0
    assert rate_score(3, 5.0, 0, 7.0, -1.0) == np.inf or rate_score(3, 5.0, 0, 7.0, -1.0) > 0


def test_the_score_at_the_null_is_the_pooled_test():
    pooled = (8 + 3) / (10 + 12)
    assert rate_score(8, 10, 3, 12, 0.0) == pytest.approx((8 / 10 - 3 / 12) / np.sqrt(pooled * (1 / 10 + 1 / 12)))


def test_one_empty_side_opens_the_ratio():
    assert rate_ratio(0, 4.0, 0, 4.0) == (0, np.inf)
    assert rate_ratio(5, 4.0, 0, 4.0)[1] == np.inf
    assert rate_ratio(0, 4.0, 5, 4.0)[0] == 0
    assert np.isnan(equal_rates(0, 1.0, 0, 1.0))


@given(counts)
def test_swapping_the_groups_flips_the_difference_and_inverts_the_ratio(numbers):
    x1, t1, x2, t2 = numbers
    low, high = rate_difference(x1, t1, x2, t2)
    back = rate_difference(x2, t2, x1, t1)
    np.testing.assert_allclose([low, high], [-back[1], -back[0]], rtol=1e-7, atol=1e-9)
    assert low <= x1 / t1 - x2 / t2 <= high
    ratio, other = rate_ratio(x1, t1, x2, t2), rate_ratio(x2, t2, x1, t1)
    np.testing.assert_allclose(ratio[0] * other[1] if ratio[0] else 1, 1, rtol=1e-9)


@given(counts, st.floats(0.01, 100))
def test_another_unit_of_time_rescales_the_difference_and_leaves_the_ratio(numbers, unit):
    x1, t1, x2, t2 = numbers
    np.testing.assert_allclose(
        np.array(rate_difference(x1, t1 * unit, x2, t2 * unit)) * unit,
        rate_difference(x1, t1, x2, t2),
        rtol=1e-6,
        atol=1e-9,
    )
    np.testing.assert_allclose(rate_ratio(x1, t1 * unit, x2, t2 * unit), rate_ratio(x1, t1, x2, t2), rtol=1e-9)


@pytest.mark.parametrize(("first", "second"), [(2.0, 1.0), (6.0, 6.0), (0.7, 3.0)])
def test_exact_coverage_of_two_rates(first, second):
    """Every pair of counts, weighted by its probability: no simulation, no noise."""
    time = (1.5, 1.0)
    most = 26
    chance = np.outer(poisson.pmf(np.arange(most), first * time[0]), poisson.pmf(np.arange(most), second * time[1]))
    covered = np.zeros((2, most, most), dtype=bool)
    for x1, x2 in np.argwhere(chance > 1e-9):
        low, high = rate_difference(int(x1), time[0], int(x2), time[1])
        covered[0, x1, x2] = low <= first - second <= high
        low, high = rate_ratio(int(x1), time[0], int(x2), time[1])
        covered[1, x1, x2] = low <= first / second <= high
    difference, ratio = (covered * chance).sum(axis=(1, 2))
    assert 0.93 < difference < 0.99
    assert ratio >= 0.95


@pytest.mark.parametrize("numbers", [(-1, 1.0, 0, 1.0), (1, 0.0, 0, 1.0), (1, 1.0, 0, -2.0)])
def test_impossible_counts_and_times_are_refused(numbers):
    for function in (rate_difference, rate_ratio, equal_rates):
        with pytest.raises(MethodError, match="two rates: each group needs events of at least 0 and an exposure"):
            function(*numbers)


def test_two_published_rates_every_column():
    result = stats.two_rates(8, 4.0, 3, 6.0, unit="pump-years", level=0.9)
    frame = result.frame
    assert list(frame["term"]) == ["rate", "rate", "rate difference", "rate ratio"]
    assert list(frame["group"]) == ["treated", "reference", "treated - reference", "treated - reference"]
    assert list(frame["estimate"]) == pytest.approx([2.0, 0.5, 1.5, 4.0])
    assert list(frame["n"]) == [8, 3, 11, 11]
    expected = [poisson_limits(8, 4.0, 0.9), poisson_limits(3, 6.0, 0.9), rate_difference(8, 4.0, 3, 6.0, 0.9)]
    expected.append(rate_ratio(8, 4.0, 3, 6.0, 0.9))
    np.testing.assert_allclose(frame[["conf_low", "conf_high"]], np.array(expected, dtype=float))
    assert frame["p_value"].iloc[3] == pytest.approx(equal_rates(8, 4.0, 3, 6.0))
    assert frame["p_value"].iloc[:3].isna().all()
    assert "pump-years" in result.method
    assert np.isnan(stats.two_rates(0, 4.0, 0, 6.0).row("rate ratio")["estimate"])
