"""What a fitted mixed model hands to its diagnostic figures."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from spasticity import stats
from spasticity.errors import MethodError
from spasticity.stats.mmrm_envelope import envelope, refitted
from tests.stats.made import trial


@pytest.fixture(scope="module")
def outcomes():
    whole = trial(n=45)
    return whole[whole["visit"].ne("baseline")]


def test_quantiles_are_those_of_the_normalized_residuals(outcomes):
    fit = stats.mmrm(outcomes, "change ~ baseline + arm*visit")
    found = fit.quantiles(band="pointwise", level=0.9)
    residuals = fit.residuals("normalized")["residual"]
    pd.testing.assert_frame_equal(found, stats.normal_quantiles(residuals, band="pointwise", level=0.9))
    assert found["observed"].to_dict() == residuals.to_dict()


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_the_limit_of_a_profile_agrees_with_the_likelihood_of_statsmodels(outcomes, level):
    sm = pytest.importorskip("statsmodels.api", reason="an oracle of the extra `dev`")
    one = outcomes[outcomes["visit"].eq("week 12")]
    fit = stats.mmrm(one, "change ~ baseline + arm", level=level)
    profile = fit.profile("baseline")
    X = np.column_stack([np.ones(len(one)), one["baseline"], pd.get_dummies(one["arm"]).iloc[:, 1:]]).astype(float)
    least_squares = sm.OLS(one["change"].to_numpy(), X).fit()
    expected = least_squares.llf - chi2.ppf(level, 1) / 2
    assert profile["limit"].to_numpy() == pytest.approx(np.full(13, expected), rel=1e-9)
    assert profile["log_likelihood"][6] == pytest.approx(least_squares.llf, rel=1e-9)


def test_an_envelope_by_hand():
    # Of -20 to 20 the 2.5 and 97.5 % quantiles are -19 and 19; the second column goes up three times as far.
    steps = np.arange(-20.0, 21.0)
    samples = np.column_stack([steps, np.where(steps > 0, 3 * steps, steps)])
    low, high = envelope(samples, 0.9)
    # 0.9 * 42 = 37.8, and the 38th of the distances 0, 1, 1, 2, 2, ... is 19.
    np.testing.assert_allclose(low, [-19, -19], rtol=1e-12)
    np.testing.assert_allclose(high, [19, 57], rtol=1e-12)


@pytest.mark.parametrize("options", [{}, {"covariance": "ar1"}, {"method": "ml", "df": "satterthwaite"}])
def test_a_refit_is_the_fit_of_the_other_outcomes(outcomes, options):
    formula = "change ~ baseline + arm*visit"
    outcomes = outcomes.drop(index=outcomes.index[[3, 50]])
    fit = stats.mmrm(outcomes, formula, **options)
    drawn = fit.simulate(rng=np.random.default_rng(5))["draw 1"]
    other = stats.mmrm(outcomes.assign(change=drawn), formula, **options)
    found = refitted(fit.fitted, drawn.to_numpy())
    expected = other.residuals("normalized")["residual"].to_numpy()
    np.testing.assert_allclose(found.residuals("normalized"), expected, rtol=1e-6, atol=1e-8)


def test_the_band_of_refits_is_narrower_and_the_same_for_the_same_seed(outcomes):
    fit = stats.mmrm(outcomes, "change ~ arm*visit", df="residual")
    one, other = (fit.quantiles(band="refitted", rng=np.random.default_rng(3), draws=59) for _ in range(2))
    pd.testing.assert_frame_equal(one, other)
    exact = fit.quantiles()
    pd.testing.assert_frame_equal(one[["observed", "theoretical"]], exact[["observed", "theoretical"]])
    assert (one["high"] - one["low"] < exact["high"] - exact["low"]).mean() > 0.8
    assert set(one["band"]) == {"refitted"}
    assert one["outside"].equals(~one["observed"].between(one["low"], one["high"]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"band": "refitted"}, r"band='refitted' draws outcomes; pass rng="),
        ({"band": "refitted", "rng": np.random.default_rng(1), "draws": 30}, "0.95 is not to be had from 30 draws"),
        ({"band": "refitted", "rng": np.random.default_rng(1), "level": 0.999}, "0.999 is not to be had from 199"),
        ({"band": "global"}, "band='global' is not known"),
    ],
)
def test_bands_that_cannot_be_drawn_are_refused(outcomes, options, message):
    with pytest.raises(MethodError, match=message):
        stats.mmrm(outcomes, "change ~ arm*visit").quantiles(**options)


@pytest.mark.slow
def test_residuals_of_a_true_model_stay_inside_the_band_of_refits_about_as_often_as_said(outcomes):
    fit = stats.mmrm(outcomes, "change ~ arm*visit", df="residual")
    band = fit.quantiles(band="refitted", rng=np.random.default_rng(3), level=0.9)
    drawn = fit.fitted.simulated(np.random.default_rng(4), 200)
    ordered = np.sort([refitted(fit.fitted, y).residuals("normalized") for y in drawn], axis=1)
    kept = ((ordered >= band["low"].to_numpy()) & (ordered <= band["high"].to_numpy())).all(axis=1)
    # Two Monte Carlo errors: of the band's 199 draws and of these 200.
    assert kept.mean() == pytest.approx(0.9, abs=3.3 * np.sqrt(2 * 0.09 / 200))
