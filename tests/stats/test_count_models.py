"""Models of counts of independent rows."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats as sps
from scipy.optimize import minimize

from spasticity import stats
from spasticity.errors import DataError, MethodError
from spasticity.stats.count_families import FAMILIES, LINEAR, POISSON, QUADRATIC
from spasticity.stats.count_maximum import fitted
from spasticity.stats.robust import blocks_of, fay_graubard, sandwich
from spasticity.stats.row_likelihood import derivatives
from tests.reference.counts_r import compare

FORMULA = "spasms ~ log_baseline + arm + cohort"


@pytest.fixture(scope="module")
def trial():
    return compare.at_week_12()


def tiny(**columns):
    """Two arms of three people; the drug has half the rate."""
    frame = pd.DataFrame({"arm": ["placebo"] * 3 + ["drug"] * 3, "spasms": [6, 14, 10, 2, 8, 5]})
    return frame.assign(**{"participant": list("abcdef"), **columns})


def test_two_arms_by_hand_every_column():
    """Poisson: rates 10 and 5, log ratio -log 2 with variance 1/30 + 1/15."""
    fit = stats.counts(tiny(), "spasms ~ arm", family="poisson", df="normal", reference="placebo")
    row = fit.contrasts("arm").row("drug / placebo")
    error = np.sqrt(1 / 30 + 1 / 15)
    assert row["estimate"] == pytest.approx(0.5, rel=1e-12)
    assert row["link_estimate"] == pytest.approx(-np.log(2), rel=1e-12)
    assert row["link_std_error"] == pytest.approx(error, rel=1e-12)
    assert row["std_error"] == pytest.approx(0.5 * error, rel=1e-12)
    assert row["df"] == np.inf
    assert row["statistic"] == pytest.approx(-np.log(2) / error, rel=1e-12)
    assert row["p_value"] == pytest.approx(2 * sps.norm.sf(np.log(2) / error), rel=1e-10)
    assert row["conf_low"] == pytest.approx(0.5 * np.exp(-sps.norm.isf(0.025) * error), rel=1e-10)
    assert row["conf_high"] == pytest.approx(0.5 * np.exp(sps.norm.isf(0.025) * error), rel=1e-10)
    assert (row["n"], row["reference"], row["arm"]) == (6, "placebo", "drug")
    means = fit.means("arm").frame.set_index("arm")["estimate"]
    assert means.to_dict() == pytest.approx({"placebo": 10, "drug": 5})


def test_quasi_poisson_by_hand():
    """Pearson's chi-squared is (16 + 16 + 0)/10 + (9 + 9 + 0)/5 = 6.8 on 4 degrees of freedom."""
    fit = stats.counts(tiny(), "spasms ~ arm", family="quasi-poisson", reference="placebo")
    assert fit.scale == pytest.approx(1.7)
    row = fit.contrasts("arm").row("drug / placebo")
    assert row["link_std_error"] == pytest.approx(np.sqrt(1.7 * 0.1))
    assert row["df"] == 4


def test_exposure_makes_rates_per_its_unit():
    frame = tiny(observed_days=[2.0, 2.0, 2.0, 4.0, 4.0, 4.0])
    fit = stats.counts(frame, "spasms ~ arm", exposure="observed_days", family="poisson", reference="placebo")
    rates = fit.means("arm")
    assert rates.frame.set_index("arm")["estimate"].to_dict() == pytest.approx({"placebo": 5, "drug": 1.25})
    assert "per day" in rates.method
    assert "offset log observed_days" in fit.method


def test_hours_instead_of_days_change_no_ratio(trial):
    fit = stats.counts(trial, FORMULA, exposure="days", reference="placebo")
    hours = stats.counts(trial.assign(hours=24 * trial["days"]), FORMULA, exposure="hours", reference="placebo")
    for column in ("estimate", "conf_low", "conf_high", "p_value"):
        assert list(hours.contrasts("arm").frame[column]) == pytest.approx(list(fit.contrasts("arm").frame[column]))
    rates = [24 * rate for rate in hours.means("arm").frame["estimate"]]
    assert rates == pytest.approx(list(fit.means("arm").frame["estimate"]))


def test_order_of_rows_and_swapped_arms_change_nothing_else(trial):
    fit = stats.counts(trial, FORMULA, exposure="days", reference="placebo").contrasts("arm")
    shuffled = trial.sample(frac=1, random_state=3)
    again = stats.counts(shuffled, FORMULA, exposure="days", reference="placebo").contrasts("arm")
    assert again.frame["estimate"].to_numpy() == pytest.approx(fit.frame["estimate"].to_numpy(), rel=1e-10)
    swapped = stats.counts(trial, FORMULA, exposure="days", reference="drug A").contrasts("arm")
    one, other = fit.row("drug A / placebo"), swapped.row("placebo / drug A")
    assert other["estimate"] == pytest.approx(1 / one["estimate"], rel=1e-9)
    assert other["p_value"] == pytest.approx(one["p_value"], rel=1e-7)


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.name)
def test_every_derivative_is_the_slope_of_the_one_before(family):
    rng = np.random.default_rng(1)
    y, eta = rng.negative_binomial(1, 0.1, 30).astype(float), rng.normal(1.5, 0.7, 30)
    h = 1e-5

    def rows(eta, a):
        return family.rows(y, eta, np.array([a]), 4, True)

    here = rows(eta, 0.3)
    for k in range(4):
        slope = (rows(eta + h, 0.3).eta[k] - rows(eta - h, 0.3).eta[k]) / (2 * h)
        assert slope == pytest.approx(here.eta[k + 1], rel=1e-6, abs=1e-7)
    if not family.dispersed:
        return
    for k in range(4):
        slope = (rows(eta, 0.3 + h).eta[k] - rows(eta, 0.3 - h).eta[k]) / (2 * h)
        assert slope == pytest.approx(here.other[0][k], rel=1e-6, abs=1e-7)
    for k in range(3):
        slope = (rows(eta, 0.3 + h).other[0][k] - rows(eta, 0.3 - h).other[0][k]) / (2 * h)
        assert slope == pytest.approx(here.pairs[0, 0][k], rel=1e-6, abs=1e-7)


def test_the_likelihoods_are_those_of_scipy():
    rng = np.random.default_rng(2)
    y, eta, a = rng.negative_binomial(1, 0.1, 50).astype(float), rng.normal(1.5, 0.7, 50), np.array([-0.4])
    mean = np.exp(eta)
    two = QUADRATIC.rows(y, eta, a, 1, False).eta[0]
    assert two == pytest.approx(sps.nbinom.logpmf(y, np.exp(0.4), 1 / (1 + np.exp(-0.4) * mean)), rel=1e-11)
    one = LINEAR.rows(y, eta, a, 1, False).eta[0]
    assert one == pytest.approx(sps.nbinom.logpmf(y, mean / np.exp(-0.4), 1 / (1 + np.exp(-0.4))), rel=1e-11)
    assert POISSON.rows(y, eta, a, 1, False).eta[0] == pytest.approx(sps.poisson.logpmf(y, mean), rel=1e-11)


def test_no_digit_is_lost_near_a_dispersion_of_zero():
    """With alpha 1e-10 the likelihood is Poisson's; differences of log-gamma functions are wrong by 1e-5 there."""
    y, eta = np.arange(20.0), np.full(20, 2.0)
    for phi in (1e-10, 1e-6):
        even = LINEAR.rows(y, eta, np.array([np.log(phi)]), 2, False)
        mean, off = np.exp(eta), ((y - np.exp(eta)) ** 2 - y) / (2 * np.exp(eta))
        assert even.eta[0] == pytest.approx(sps.poisson.logpmf(y, mean) + phi * off, abs=1e-9)
        assert even.eta[1] == pytest.approx(y - mean, abs=100 * phi + 1e-9)
    near = QUADRATIC.rows(y, eta, np.array([np.log(1e-12)]), 1, False).eta[0]
    assert near == pytest.approx(sps.poisson.logpmf(y, np.exp(eta)), abs=1e-9)


@pytest.mark.parametrize("family", [QUADRATIC, LINEAR], ids=lambda family: family.name)
def test_the_adjusted_dispersion_maximises_the_adjusted_profile_likelihood(family, trial):
    """Against a search that knows nothing of its derivative."""
    design = stats.counts(trial, FORMULA, exposure="days", reference="placebo").model
    found = fitted(design.X, design.y, design.offset, family, "adjusted")

    def lost(a):
        free = minimize(
            lambda b: -family.rows(design.y, design.X @ b + design.offset, a, 0, False).eta[0].sum(),
            found.values,
            method="BFGS",
        )
        mean = np.exp(design.X @ free.x + design.offset)
        weight = mean**2 / family.variance(mean, float(np.exp(a[0])))
        return free.fun + 0.5 * np.linalg.slogdet(design.X.T @ (weight[:, None] * design.X))[1]

    here = np.log([found.dispersion])
    assert lost(here) < lost(here - 0.02)
    assert lost(here) < lost(here + 0.02)
    assert lost(here + 0.02) - lost(here - 0.02) == pytest.approx(0, abs=5e-4)


def test_counts_that_vary_less_than_poisson_counts_are_told():
    frame = tiny(spasms=[10, 10, 11, 5, 5, 6])
    fit = stats.counts(frame, "spasms ~ arm", reference="placebo")
    assert fit.dispersion == 0
    assert any("no more than Poisson" in note for note in fit.notes)
    plain = stats.counts(frame, "spasms ~ arm", family="poisson", reference="placebo")
    assert fit.frame["std_error"].to_numpy() == pytest.approx(plain.frame["std_error"])
    assert fit.zeros[1] == pytest.approx(np.exp(-plain.model.mean).sum())


def test_a_plain_poisson_model_of_overdispersed_counts_says_so(trial):
    fit = stats.counts(trial, FORMULA, exposure="days", family="poisson", reference="placebo")
    assert any("too small" in note and "17.02" in note for note in fit.notes)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"family": "quasi-poisson"}, "quasi-Poisson intervals missed"),
        ({"vcov": "HC0"}, "HC0 intervals missed"),
        ({"dispersion": "likelihood"}, "too narrow in small trials"),
        ({"df": "normal"}, "too narrow in small trials"),
    ],
)
def test_what_was_measured_off_its_band_is_named_and_the_default_is_not(trial, options, words):
    fit = stats.counts(trial, FORMULA, exposure="days", reference="placebo", **options)
    assert any(words in note for note in fit.notes)
    default = stats.counts(trial, FORMULA, exposure="days", reference="placebo")
    assert not any("docs/methods" in note for note in default.notes)


def test_zeros_are_counted_and_expected():
    fit = stats.counts(tiny(spasms=[0, 3, 0, 1, 0, 4]), "spasms ~ 1", family="poisson")
    assert fit.zeros == (3, pytest.approx(6 * np.exp(-8 / 6)))


def test_the_distribution_is_that_of_scipy_and_adds_up(trial):
    fit = stats.counts(trial, FORMULA, exposure="days", reference="placebo")
    found = fit.distribution(highest=10)
    size = 1 / fit.dispersion
    for count in (0, 3, 10):
        chance = sps.nbinom.pmf(count, size, size / (size + fit.model.mean)).sum()
        assert found.loc[count, "expected"] == pytest.approx(chance)
    assert found["observed"].sum() == len(trial)
    assert found["expected"].sum() == pytest.approx(len(trial))
    assert pd.isna(found["count"].iloc[-1])
    assert found.loc[0, "expected"] == pytest.approx(fit.zeros[1])
    with pytest.raises(MethodError, match="has no likelihood"):
        stats.counts(trial, FORMULA, exposure="days", family="quasi-poisson").distribution()


def test_hc3_and_cr2_are_those_of_the_full_matrices(trial):
    """Cluster-robust covariances and their degrees of freedom, with every matrix written out."""
    rng = np.random.default_rng(4)
    X, e = rng.normal(size=(24, 3)), rng.normal(size=24)
    labels = np.repeat(np.arange(8), [1, 2, 3, 4, 5, 3, 4, 2])
    bread = np.linalg.inv(X.T @ X)
    rest = np.eye(24) - X @ bread @ X.T
    meat, columns = np.zeros((3, 3)), []
    L = np.array([[0.0, 1, -1]])
    for label in range(8):
        here = labels == label
        values, vectors = np.linalg.eigh(rest[np.ix_(here, here)])
        root = vectors @ np.diag(values**-0.5) @ vectors.T
        score = X[here].T @ root @ e[here]
        meat += np.outer(score, score)
        columns.append(rest[:, here] @ root @ X[here] @ bread @ L[0])
    crossed = np.array(columns) @ np.array(columns).T
    found = sandwich(X, e, blocks_of(labels), -0.5)
    assert found.covariance == pytest.approx(bread @ meat @ bread)
    assert found.df(L) == pytest.approx([np.trace(crossed) ** 2 / (crossed**2).sum()])
    leverage = np.diag(X @ bread @ X.T)
    three = sandwich(X, e, blocks_of(np.arange(24)), -1.0).covariance
    assert three == pytest.approx(bread @ (X.T * (e / (1 - leverage)) ** 2) @ X @ bread)


def test_fay_and_graubard_by_the_full_matrices():
    rng = np.random.default_rng(5)
    X, e, labels = rng.normal(size=(12, 2)), rng.normal(size=12), np.repeat(np.arange(4), 3)
    bread, meat = np.linalg.inv(X.T @ X), np.zeros((2, 2))
    for label in range(4):
        rows = X[labels == label]
        H = np.diag((1 - np.minimum(0.75, np.diag(rows.T @ rows @ bread))) ** -0.5)
        score = H @ rows.T @ e[labels == label]
        meat += np.outer(score, score)
    assert fay_graubard(X, e, blocks_of(labels)) == pytest.approx(bread @ meat @ bread)


def test_profile_limits_are_where_the_likelihood_ratio_is_the_quantile(trial):
    fit = stats.counts(trial, FORMULA, exposure="days", reference="placebo", dispersion="likelihood")
    row = fit.profile("arm").row("drug B / placebo")
    X, y, offset = fit.model.X, fit.model.y, fit.model.offset
    column = list(fit.design.columns).index("arm[drug B]")
    for limit in (row["conf_low"], row["conf_high"]):
        held = fitted(np.delete(X, column, 1), y, offset + X[:, column] * np.log(limit), QUADRATIC)
        assert 2 * (fit.log_likelihood - held.log_likelihood) == pytest.approx(sps.chi2.isf(0.05, 1), rel=1e-6)
    assert row["p_value"] == pytest.approx(sps.chi2.sf(row["statistic"] ** 2, 1))
    assert fit.likelihood_ratio("arm").frame["df"].tolist() == [2]
    assert "Chi-squared" in fit.likelihood_ratio().table()
    assert "χ²(2)" in fit.likelihood_ratio("arm").sentence("arm")


def test_marginal_rates_are_the_means_of_predictions(trial):
    fit = stats.counts(trial, FORMULA, exposure="days", reference="placebo")
    found = fit.marginal("arm")
    rows = fit.design.data.assign(arm=pd.Categorical(["drug A"] * len(fit.design.data), fit.design.levels["arm"]))
    by_hand = np.exp(fit.design.rows_for(rows) @ fit.coefficients.values).mean()
    assert found.row("marginal rate", arm="drug A")["estimate"] == pytest.approx(by_hand)
    ratio, same = found.row("drug A / placebo"), fit.contrasts("arm").row("drug A / placebo")
    for column in ("estimate", "std_error", "conf_low", "conf_high", "p_value"):
        assert ratio[column] == pytest.approx(same[column]), "without interaction a log link is collapsible"


def test_permutation_of_few_people_is_the_exact_test():
    """Every one of the 20 ways to choose three of six; both arms have a more extreme one only in the observed split."""
    frame = tiny(spasms=[20, 14, 11, 2, 8, 5])
    fit = stats.counts(frame, "spasms ~ arm", reference="placebo")
    result = fit.permutation("arm")
    assert result.row("drug / placebo")["p_value"] == pytest.approx(2 / 20)
    assert "all permutations" in result.method


def test_no_permutation_p_value_is_zero():
    """Far apart: none of 99 shuffles of 40 people comes near, and the observed one counts itself."""
    rows = pd.DataFrame({"arm": ["placebo"] * 20 + ["drug"] * 20, "spasms": [*range(100, 120), *range(1, 21)]})
    rows = rows.assign(participant=range(40))
    result = stats.counts(rows, "spasms ~ arm", reference="placebo").permutation("arm", times=99)
    assert result.row("drug / placebo")["p_value"] == pytest.approx(1 / 100)


def test_permutation_within_strata_shuffles_only_there(trial):
    fit = stats.counts(trial, FORMULA, exposure="days", reference="placebo")
    one = fit.permutation("arm", within="cohort", times=999)
    two = fit.permutation("arm", within="cohort", times=999)
    assert one.frame["p_value"].tolist() == two.frame["p_value"].tolist()
    model = fit.contrasts("arm").frame["p_value"]
    assert one.frame["p_value"].to_numpy() == pytest.approx(model.to_numpy(), abs=0.06)
    assert "within cohort" in one.method


def test_rows_without_exposure_are_left_out_and_counted():
    frame = tiny(days=[7.0, 7.0, None, 7.0, 7.0, 7.0])
    fit = stats.counts(frame, "spasms ~ arm", exposure="days", family="poisson")
    assert fit.n == 5
    assert "days missing in 1 row; these rows are left out" in fit.notes
    frame = tiny(days=[7.0, 7.0, 0.0, 7.0, 7.0, 7.0], spasms=[6, 14, 0, 2, 8, 5])
    fit = stats.counts(frame, "spasms ~ arm", exposure="days", family="poisson")
    assert fit.n == 5
    assert any("days is 0 in 1 row" in note for note in fit.notes)


def test_missing_counts_are_left_out_and_counted():
    fit = stats.counts(tiny(spasms=[6, None, 10, 2, 8, 5]), "spasms ~ arm", family="poisson")
    assert fit.n == 5
    assert "left out: spasms missing in 1 row" in fit.notes


@pytest.mark.parametrize(
    ("columns", "options", "error", "message"),
    [
        ({"spasms": [0] * 6}, {}, MethodError, "no event in 6 rows"),
        ({"spasms": [6, 14, 10, 0, 0, 0]}, {}, MethodError, "no event at `arm = drug`.*separation"),
        ({"spasms": [6, 14, -1, 2, 8, 5]}, {}, DataError, "negative in 1 row, first at row 2"),
        ({"spasms": [6, 1.5, 10, 2, 8, 5]}, {}, DataError, "not a whole number in 1 row, first at row 1"),
        ({"days": [7, 7, -7, 7, 7, 7]}, {"exposure": "days"}, DataError, "`days` is negative.*row 2"),
        ({"days": [7, 7, 0, 7, 7, 7]}, {"exposure": "days"}, DataError, "0 beside events in 1 row"),
        ({}, {"exposure": "day"}, MethodError, "no column `day`"),
        ({}, {"family": "binomial"}, MethodError, "family='binomial' is not known"),
        ({}, {"df": "satterthwaite"}, MethodError, "is of robust standard errors"),
        ({}, {"family": "negative-binomial-linear", "vcov": "HC3"}, MethodError, "use 'HC0' or 'CR0'"),
        ({}, {"level": 95}, MethodError, "not between 0 and 1"),
        ({"participant": list("aabcde")}, {}, MethodError, "1 participant with several rows"),
        ({"participant": list("ababab")}, {"vcov": "CR2"}, MethodError, "2 clusters for 2 coefficients"),
    ],
)
def test_what_cannot_be_modelled_is_said(columns, options, error, message):
    with pytest.raises(error, match=message):
        stats.counts(tiny(**columns), "spasms ~ arm", **options)


def test_a_hidden_separation_is_found():
    """Nobody on drug without MS had a spasm, although every arm and every cohort had some."""
    frame = tiny(cohort=["MS", "SCI", "SCI", "MS", "SCI", "SCI"], spasms=[6, 14, 10, 2, 0, 0])
    with pytest.raises(MethodError, match=r"some combination of .*separation"):
        stats.counts(frame, "spasms ~ arm * cohort")


def test_few_rows_for_many_coefficients_are_refused():
    with pytest.raises(MethodError, match="2 rows for 2 coefficients"):
        stats.counts(tiny().iloc[[0, 3]], "spasms ~ arm")


def test_quasi_poisson_has_no_likelihood():
    fit = stats.counts(tiny(), "spasms ~ arm", family="quasi-poisson")
    with pytest.raises(MethodError, match="has no likelihood"):
        fit.profile("arm")


def test_gradient_and_information_are_sums_over_rows(trial):
    """The general sums against explicit ones for the dispersion's own row and column."""
    fit = stats.counts(trial, FORMULA, exposure="days", dispersion="likelihood", reference="placebo")
    model = fit.model
    rows = QUADRATIC.rows(model.y, np.log(model.mean), np.array([np.log(model.dispersion)]), 2, True)
    from spasticity.stats.intercept_model import Predictor

    places = (Predictor(model.X, np.arange(5)), Predictor(np.ones((len(model.y), 1)), np.array([5])))
    gradient, information = derivatives(rows, places, 6)
    assert gradient == pytest.approx(np.zeros(6), abs=1e-8)
    assert information[5, :5] == pytest.approx(-model.X.T @ rows.other[0][1])
    assert information == pytest.approx(model.information)
