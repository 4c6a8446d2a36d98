"""Hard but lawful data: the stored comparison with R, a part of it fitted again, and failures that say why."""

import numpy as np
import pandas as pd
import pytest

from benchmarks import mmrm_hard
from spasticity import stats
from spasticity.errors import MethodError
from spasticity.stats.mmrm_optimiser import STARTS

AGAIN = [
    ("correlations near one", "unstructured"),
    ("visits on other scales", "ante-dependence-heterogeneous"),
    ("ten visits", "toeplitz-heterogeneous"),
    ("irregular days", "spatial-gaussian"),
    ("groups of three to one", "ar1-heterogeneous"),
]


@pytest.fixture(scope="module")
def table():
    return pd.read_csv(mmrm_hard.TABLE)


def test_base_r_computes_the_same_at_every_covariance_that_was_found(table):
    found = table[table["converged"]]
    assert len(table) > 700
    assert found["likelihood_difference"].max() < 1e-9  # an outcome of 1e6 with a residual of 1 has ten digits left
    assert found["estimate_difference"].max() < 1e-7
    assert found["error_difference"].max() < 1e-8


def test_gls_finds_nothing_more_likely(table):
    both = table["gls_better_by"].dropna()
    assert len(both) > 300
    assert both.max() < 1e-8


@pytest.mark.parametrize(("kind", "covariance"), AGAIN)
def test_what_converged_converges_again(table, kind, covariance):
    rows = table[(table["kind"] == kind) & (table["covariance"] == covariance) & table["converged"]]
    data, formula, options = mmrm_hard.trial(kind, int(rows["seed"].iloc[0]))
    fit = stats.mmrm(data, formula, covariance=covariance, **options)
    np.testing.assert_allclose(fit.log_likelihood, rows["log_likelihood"].iloc[0], rtol=1e-9)
    assert fit.fitted.optimum.decrement < 1e-9


def nearly_equal_visits(people=30, visits=4, seed=1):
    """Visits that differ by a thousandth of what people differ by; correlations of 0.999999."""
    rng = np.random.default_rng(seed)
    y = rng.normal(size=(people, 1)) + 1e-3 * rng.normal(size=(people, visits)) * np.arange(1, visits + 1)
    y[rng.random(y.shape) < 0.1] = np.nan
    who, when = np.repeat(np.arange(people), visits), np.tile(np.arange(visits), people)
    return pd.DataFrame({"participant": who, "visit": pd.Categorical(when), "y": y.ravel(), "arm": who % 2})


def test_correlations_close_to_one_are_found_and_said_to_be_close():
    fit = stats.mmrm(nearly_equal_visits(), "y ~ arm*visit")
    assert fit.correlation.to_numpy()[0, 1] > 0.99999
    assert fit.fitted.optimum.start == STARTS[0]
    assert fit.fitted.optimum.decrement < 1e-9
    assert any("nearly singular" in note for note in fit.notes)


def test_a_visit_where_every_row_has_its_own_coefficient_is_named():
    data = nearly_equal_visits(seed=2).assign(y=lambda d: np.random.default_rng(3).normal(size=len(d)))
    data.loc[(data["visit"] == 3) & (data["participant"] > 1), "y"] = np.nan
    data.loc[(data["visit"] == 3) & (data["participant"] <= 1), "y"] = [0.3, -0.4]
    data.loc[(data["visit"] != 3) & (data["participant"] <= 1), "y"] = 0.5
    for covariance in ("toeplitz", "compound-symmetry-heterogeneous"):
        with pytest.raises(MethodError, match=r"Every row at `3` has a coefficient of its own") as caught:
            stats.mmrm(data, "y ~ arm*visit", covariance=covariance)
        assert "decrement" in caught.value.state


def test_a_covariance_that_the_data_do_not_determine_is_not_called_a_maximum():
    """Values without any correlation at irregular days: a decay that is gone at once leaves its speed open."""
    data = mmrm_hard.trial("irregular days", 0)[0]
    data["y"] = np.where(data["visit"].astype(int) % 2 == 0, 1.0, -1.0) * np.arange(len(data)) % 7.3
    with pytest.raises(MethodError, match=r"data do not determine the covariance.*decays with time is gone at once"):
        stats.mmrm(data, "y ~ base", visit="day", covariance="spatial-exponential")


def test_a_maximum_beside_a_likelier_singular_covariance_is_given_and_noted():
    """Few people: the likelihood has no bound where their residuals line up, but it has a maximum inside."""
    data, formula, options = mmrm_hard.trial("seven to twelve people", 8)
    fit = stats.mmrm(data, formula, **options)
    assert fit.fitted.optimum.start == "variances only"
    assert any("greater still close to a singular covariance" in note for note in fit.notes)
