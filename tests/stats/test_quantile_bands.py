"""Normal quantiles with a band: by hand for one and two values, and beside scipy's exact distributions."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta, kstwo, norm

from spasticity import stats
from spasticity.errors import MethodError
from spasticity.stats.quantile_bands import inside, local_level, uniform_band


def test_two_values_by_hand():
    # The smaller of two uniform numbers is below x with probability 1 - (1 - x)^2, the larger with x^2.
    found = stats.normal_quantiles(pd.Series([0.7, -1.2], index=["b", "a"]), band="pointwise", level=0.9)
    assert list(found.columns) == ["observed", "theoretical", "low", "high", "outside", "band", "level"]
    assert list(found.index) == ["a", "b"]
    assert list(found["observed"]) == [-1.2, 0.7]
    assert found["theoretical"].tolist() == pytest.approx(norm.ppf([1 - 0.5**0.5, 0.5**0.5]).tolist(), rel=1e-12)
    assert found["low"].tolist() == pytest.approx(norm.ppf([1 - 0.95**0.5, 0.05**0.5]).tolist(), rel=1e-12)
    assert found["high"].tolist() == pytest.approx(norm.ppf([1 - 0.05**0.5, 0.95**0.5]).tolist(), rel=1e-12)
    assert found["outside"].tolist() == [False, False]
    assert set(found["band"]) == {"pointwise"}
    assert set(found["level"]) == {0.9}


def test_the_chance_of_two_values_by_hand():
    # Both between their limits: the square [.2, .7]^2 gives .25; u1 in [.1, .2] or u2 in [.7, .9] adds twice the rest.
    low, high = np.array([0.1, 0.2]), np.array([0.7, 0.9])
    by_area = 0.5**2 + 2 * (0.1 * 0.5 + 0.6 * 0.2)
    assert inside(low, high) == pytest.approx(by_area, rel=1e-12)


@pytest.mark.parametrize(("n", "tolerance"), [(1, 1e-9), (2, 1e-9), (7, 1e-9), (60, 1e-9), (700, 1e-6)])
@pytest.mark.parametrize("distance", [0.6, 1.0, 1.4])
def test_a_band_of_one_width_is_the_test_of_kolmogorov_and_smirnov(n, tolerance, distance):
    # From n = 141 on scipy approximates the distribution (Pelz and Good).
    d, ranks = distance / np.sqrt(n), np.arange(1, n + 1)
    low, high = (ranks / n - d).clip(0, 1), ((ranks - 1) / n + d).clip(0, 1)
    assert inside(low, high) == pytest.approx(kstwo.cdf(d, n), rel=tolerance)


@pytest.mark.parametrize("n", [1, 2, 9, 150])
@pytest.mark.parametrize("level", [0.5, 0.95, 0.99])
def test_the_local_level_makes_all_values_stay_inside_as_often_as_said(n, level):
    local = local_level(n, level)
    assert (1 - level) / n <= local * (1 + 1e-9)
    assert local <= 1 - level + 1e-12
    assert inside(*uniform_band(n, local)) == pytest.approx(level, abs=1e-8)


def test_each_value_leaves_the_simultaneous_band_equally_often():
    found = stats.normal_quantiles(np.zeros(40), level=0.9)
    ranks, local = np.arange(1, 41), local_level(40, 0.9)
    for limits, tail in (("low", beta.cdf), ("high", beta.sf)):
        assert tail(norm.cdf(found[limits]), ranks, 41 - ranks) == pytest.approx(np.full(40, local / 2), rel=1e-6)


def test_normal_samples_stay_inside_as_often_as_said():
    rng = np.random.default_rng(20260101)
    sorted_samples = np.sort(rng.standard_normal((20_000, 30)), axis=1)
    band = stats.normal_quantiles(sorted_samples[0], level=0.9)
    kept = ((sorted_samples >= band["low"].to_numpy()) & (sorted_samples <= band["high"].to_numpy())).all(axis=1)
    assert kept.mean() == pytest.approx(0.9, abs=3.3 * np.sqrt(0.09 / 20_000))


def test_the_band_is_wider_for_all_values_than_for_each_and_holds_the_line():
    wide, narrow = (stats.normal_quantiles(np.arange(25.0), band=band) for band in ("simultaneous", "pointwise"))
    assert (wide["low"] < narrow["low"]).all()
    assert (narrow["low"] < narrow["theoretical"]).all()
    assert (narrow["theoretical"] < narrow["high"]).all()
    assert (narrow["high"] < wide["high"]).all()
    assert wide["low"].to_numpy() == pytest.approx(-wide["high"].to_numpy()[::-1], rel=1e-9)


def test_a_value_on_the_band_is_inside_and_one_beyond_is_outside():
    [edge] = stats.normal_quantiles([0.0, 0.0, 9.0])["high"].tail(1)
    found = stats.normal_quantiles([edge, -9.0, np.nextafter(edge, 9)])
    assert found["outside"].tolist() == [True, True, True]  # the middle one is far above its own limit
    assert stats.normal_quantiles([0.0, 0.1, edge])["outside"].tolist() == [False, False, False]


def test_order_of_the_values_does_not_matter_and_turning_signs_turns_the_figure():
    values = pd.Series(np.random.default_rng(3).normal(size=31))
    found = stats.normal_quantiles(values)
    mixed = stats.normal_quantiles(values.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(found, mixed)
    turned = stats.normal_quantiles(-values)
    assert turned["observed"].to_numpy() == pytest.approx(-found["observed"].to_numpy()[::-1])
    assert turned["theoretical"].to_numpy() == pytest.approx(-found["theoretical"].to_numpy()[::-1], abs=1e-9)


def test_many_values_keep_finite_limits():
    found = stats.normal_quantiles(np.linspace(-4, 4, 5_000), band="pointwise")
    assert np.isfinite(found[["theoretical", "low", "high"]].to_numpy()).all()


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ([1.0], {}, "normal_quantiles: there is 1 value, expected at least 2"),
        ([1.0, np.nan, np.inf], {}, r"normal_quantiles: 2 values missing or infinite, first at row 1; .*Leave these"),
        ([1.0, 2.0], {"band": "global"}, "band"),
        ([1.0, 2.0], {"level": 1.0}, "level=1.0 is not between 0 and 1"),
    ],
)
def test_what_cannot_be_compared_is_refused(values, options, message):
    with pytest.raises(MethodError, match=message):
        stats.normal_quantiles(values, **options)
