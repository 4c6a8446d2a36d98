"""What a fitted mixed model hands to its diagnostic figures."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import chi2

from spasticity import stats
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
def test_the_limit_of_a_profile_is_that_of_the_likelihood_ratio_test(outcomes, level):
    one = outcomes[outcomes["visit"].eq("week 12")]
    fit = stats.mmrm(one, "change ~ baseline + arm", level=level)
    profile = fit.profile("baseline")
    X = np.column_stack([np.ones(len(one)), one["baseline"], pd.get_dummies(one["arm"]).iloc[:, 1:]]).astype(float)
    least_squares = sm.OLS(one["change"].to_numpy(), X).fit()
    expected = least_squares.llf - chi2.ppf(level, 1) / 2
    assert profile["limit"].to_numpy() == pytest.approx(np.full(13, expected), rel=1e-9)
    assert profile["log_likelihood"][6] == pytest.approx(least_squares.llf, rel=1e-9)
