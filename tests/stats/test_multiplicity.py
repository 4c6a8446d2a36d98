"""Adjustments: by hand, against quadrature, and what must hold whatever the numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from spasticity.stats.multiplicity import ADJUSTMENTS, adjusted_p, critical, holm


def equicorrelated(size, rho=0.5):
    return np.full((size, size), rho) + (1 - rho) * np.eye(size)


def inside(bound, df, loadings):
    """P(every |t| <= bound) for correlations that are products of loadings: two nested integrals, no randomness."""
    z = np.linspace(-8, 8, 401)
    rest = np.sqrt(1 - loadings**2)

    def given_scale(scale):
        edges = [(bound * scale + load * z) / own for load, own in zip(loadings, rest, strict=True)]
        others = [(-bound * scale + load * z) / own for load, own in zip(loadings, rest, strict=True)]
        both = np.prod([stats.norm.cdf(a) - stats.norm.cdf(b) for a, b in zip(edges, others, strict=True)], axis=0)
        density = 2 * scale * df * stats.chi2.pdf(scale**2 * df, df)
        return integrate.trapezoid(both * stats.norm.pdf(z), z) * density

    return integrate.quad(given_scale, 0, 5, limit=300, epsabs=1e-9, points=[0.7, 1, 1.3])[0]


def test_holm_by_hand():
    np.testing.assert_allclose(holm(np.array([0.01, 0.04, 0.03])), [0.03, 0.06, 0.06])
    np.testing.assert_allclose(holm(np.array([0.5, 0.9])), [1, 1])


def test_bonferroni_by_hand():
    statistic, df = np.array([2.0, -3.0]), np.array([10.0, 10.0])
    raw = 2 * stats.t.sf([2, 3], 10)
    np.testing.assert_allclose(adjusted_p(statistic, df, np.eye(2), "bonferroni", 3), 2 * raw)
    np.testing.assert_allclose(critical(df, np.eye(2), "bonferroni", 3, 0.95), stats.t.isf(0.0125, 10))


def test_tukey_of_two_means_is_the_t_test():
    statistic, df = np.array([2.3]), np.array([17.0])
    np.testing.assert_allclose(adjusted_p(statistic, df, np.eye(1), "tukey", 2), 2 * stats.t.sf(2.3, 17), rtol=1e-6)
    np.testing.assert_allclose(critical(df, np.eye(1), "tukey", 2, 0.95), stats.t.isf(0.025, 17), rtol=1e-6)


def test_tukey_quantile_of_a_printed_table():
    # q(0.05; 3 means, 10 df) = 3.877 in any table of the studentised range
    assert critical(np.array([10.0]), np.eye(1), "tukey", 3, 0.95)[0] == pytest.approx(3.877 / np.sqrt(2), abs=4e-4)


def test_dunnett_of_one_comparison_is_the_t_test():
    statistic, df = np.array([-2.3]), np.array([17.0])
    np.testing.assert_allclose(adjusted_p(statistic, df, np.eye(1), "dunnett", 2), 2 * stats.t.sf(2.3, 17), rtol=1e-10)
    np.testing.assert_allclose(critical(df, np.eye(1), "dunnett", 2, 0.95), stats.t.isf(0.025, 17))


def correlated(loadings):
    correlation = np.outer(loadings, loadings)
    np.fill_diagonal(correlation, 1)
    return correlation


@pytest.mark.parametrize(("df", "loadings"), [(6.0, [0.7, 0.7]), (40.0, [0.7, 0.62, 0.53]), (200.0, [0.7] * 4)])
def test_dunnett_p_values_agree_with_quadrature(df, loadings):
    loadings, bounds = np.array(loadings), np.array([1.5, 2.0, 2.4, 3.1])[: len(loadings)]
    p = adjusted_p(bounds, np.full(len(loadings), df), correlated(loadings), "dunnett", len(loadings) + 1)
    np.testing.assert_allclose(p, [1 - inside(bound, df, loadings) for bound in bounds], atol=3e-6)


@pytest.mark.parametrize(
    ("df", "loadings"),
    [
        (40.0, [0.7, 0.62, 0.53]),
        *(
            pytest.param(df, loadings, marks=pytest.mark.slow)
            for df in (6.0, 40.0, 200.0)
            for loadings in ([0.7, 0.7], [0.7, 0.4, 0.9], [0.7] * 4)
        ),
    ],
)
def test_dunnett_quantiles_agree_with_quadrature(df, loadings):
    size = len(loadings)
    quantile = critical(np.full(size, df), correlated(loadings), "dunnett", size + 1, 0.95)
    assert inside(quantile[0], df, np.array(loadings)) == pytest.approx(0.95, abs=3e-6)


def test_dunnett_gives_the_same_number_every_time():
    arguments = np.array([1.9, 2.2, 0.4]), np.full(3, 30.0), equicorrelated(3), "dunnett", 4
    np.testing.assert_array_equal(adjusted_p(*arguments), adjusted_p(*arguments))


def test_each_comparison_may_have_its_own_degrees_of_freedom():
    df = np.array([5.0, 50.0, 5.0])
    quantiles = critical(df, equicorrelated(3), "tukey", 4, 0.95)
    assert quantiles[0] == quantiles[2] > quantiles[1]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(-6, 6), min_size=2, max_size=4),
    st.floats(3, 300),
    st.floats(0.05, 0.9),
    st.sampled_from([name for name in ADJUSTMENTS if name != "dunnett"]),
)
def test_an_adjusted_p_lies_between_the_raw_one_and_bonferroni(statistic, df, rho, adjust):
    statistic, df = np.array(statistic), np.full(len(statistic), df)
    correlation, size = equicorrelated(len(statistic), rho), len(statistic)
    raw = 2 * stats.t.sf(np.abs(statistic), df)
    adjusted = adjusted_p(statistic, df, correlation, adjust, 2 if adjust == "tukey" else size + 1)
    assert (adjusted >= raw - 1e-6).all()
    assert (adjusted <= np.minimum(size * raw, 1) + 1e-6).all()


def test_a_dunnett_p_lies_between_the_raw_one_and_bonferroni_however_small():
    statistic, df = np.array([9.0, 14.0, 0.01]), np.full(3, 30.0)
    p, raw = adjusted_p(statistic, df, equicorrelated(3), "dunnett", 4), 2 * stats.t.sf(statistic, 30)
    assert (p >= raw).all()
    assert (p <= np.minimum(3 * raw, 1)).all()
