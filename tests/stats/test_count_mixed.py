"""Mixed and zero-inflated models of counts."""

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, optimize
from scipy import stats as sps

from spasticity import stats
from spasticity.errors import DataError, MethodError
from spasticity.stats.count_families import POISSON, QUADRATIC
from spasticity.stats.random_intercept import evaluator
from spasticity.stats.zero_likelihood import ZeroInflated
from tests.reference.counts_r import compare

FORMULA = "spasms ~ log_baseline + arm + cohort"


@pytest.fixture(scope="module")
def trial():
    return compare.data()


@pytest.fixture(scope="module")
def fit(trial):
    return stats.mixed_counts(trial, FORMULA, exposure="days", reference="placebo")


def test_the_marginal_likelihood_is_an_integral(trial):
    """Adaptive quadrature against scipy's integration of each participant's likelihood."""
    found = stats.mixed_counts(
        trial, FORMULA, exposure="days", family="poisson", nodes=25, variation="likelihood", reference="placebo"
    )
    eta = found.design.X @ found.coefficients.values + found.rows.offset
    total = 0.0
    for _, places in pd.Series(np.arange(len(eta))).groupby(found.design.data["participant"].to_numpy()):
        y, here = found.rows.y[places], eta[places]
        logs = [sps.poisson.logpmf(y, np.exp(here + u)).sum() for u in np.linspace(-3, 3, 61)]
        top = max(logs)

        def integrand(u, y=y, here=here, top=top):
            return np.exp(sps.poisson.logpmf(y, np.exp(here + u)).sum() - top) * sps.norm.pdf(u, scale=found.sigma)

        total += np.log(integrate.quad(integrand, -5, 5, points=[-1, 0, 1], limit=200)[0]) + top
    assert found.log_likelihood == pytest.approx(total, abs=1e-6)


def test_adjusted_variances_maximise_the_adjusted_profile_likelihood(trial):
    """Against a bounded search over sigma that knows no derivative of the correction."""
    plain = stats.mixed_counts(
        trial, FORMULA, exposure="days", family="poisson", nodes=1, variation="likelihood", reference="placebo"
    )
    evaluate = evaluator(plain.fit.model)

    def lost(sigma):
        values = plain.fit.at.values.copy()
        values[-1] = sigma
        here = evaluate(values, plain.fit.at)
        for _ in range(6):
            values = here.values.copy()
            values[:5] -= np.linalg.solve(here.hessian[:5, :5], here.gradient[:5])
            here = evaluate(values, here)
        return 0.5 * np.linalg.slogdet(-here.hessian[:5, :5])[1] - here.log_likelihood

    best = optimize.minimize_scalar(lost, bounds=(0.5, 1.0), method="bounded", options={"xatol": 1e-8}).x
    found = stats.mixed_counts(trial, FORMULA, exposure="days", family="poisson", nodes=1, reference="placebo")
    assert found.sigma == pytest.approx(best, abs=1e-6)
    assert found.sigma > plain.sigma


def test_conditional_and_marginal_ratios_are_the_same_and_rates_are_not(fit):
    conditional, marginal = fit.contrasts("arm"), fit.marginal("arm")
    for arm in ("drug A", "drug B"):
        one, other = conditional.row(f"{arm} / placebo"), marginal.row(f"{arm} / placebo")
        for column in ("estimate", "conf_low", "conf_high", "p_value", "n"):
            assert other[column] == pytest.approx(one[column], rel=1e-10)
    rows = fit.design.data.assign(arm=pd.Categorical(["drug A"] * len(fit.design.data), fit.design.levels["arm"]))
    by_hand = np.exp(fit.design.rows_for(rows) @ fit.coefficients.values).mean() * np.exp(fit.sigma**2 / 2)
    assert marginal.row("marginal rate", arm="drug A")["estimate"] == pytest.approx(by_hand)


def test_the_error_of_a_population_rate_knows_that_of_sigma(fit):
    """Delta method by differences of the logarithm of the rate in every parameter."""
    p, step = len(fit.coefficients.values), 1e-6
    rows = fit.design.rows_for(fit.design.data.assign(arm=pd.Categorical(["drug A"] * len(fit.design.data),
                                                                         fit.design.levels["arm"])))  # fmt: skip

    def log_rate(values):
        return np.log(np.exp(rows @ values[:p]).mean()) + values[-1] ** 2 / 2

    values = np.append(fit.fit.values, fit.sigma)
    gradient = [(log_rate(values + step * e) - log_rate(values - step * e)) / (2 * step) for e in np.eye(len(values))]
    error = np.sqrt(gradient @ fit.fit.covariance @ gradient)
    assert fit.marginal("arm").row("marginal rate", arm="drug A")["link_std_error"] == pytest.approx(error, rel=1e-6)


def test_a_random_intercept_that_vanishes_is_told(trial):
    rng = np.random.default_rng(3)
    rows = trial.assign(spasms=rng.poisson(5, len(trial)))
    found = stats.mixed_counts(rows, "spasms ~ arm", family="poisson", reference="placebo")
    plain = stats.counts(rows.drop(columns="participant"), "spasms ~ arm", family="poisson", reference="placebo")
    if found.sigma == 0:
        assert any("at its boundary, 0" in note for note in found.notes)
        assert found.frame["std_error"].to_numpy() == pytest.approx(plain.frame["std_error"].to_numpy(), rel=1e-6)
    assert found.frame["estimate"].to_numpy() == pytest.approx(plain.frame["estimate"].to_numpy(), abs=0.05)
    assert np.isfinite(found.marginal("arm").frame["std_error"]).all()


def test_order_of_rows_does_not_matter_and_intercepts_keep_their_people(trial, fit):
    again = stats.mixed_counts(trial.sample(frac=1, random_state=1), FORMULA, exposure="days", reference="placebo")
    assert again.frame["estimate"].to_numpy() == pytest.approx(fit.frame["estimate"].to_numpy(), rel=1e-8)
    assert again.intercepts["participant"].tolist() == fit.intercepts["participant"].tolist()
    assert again.intercepts["intercept"].to_numpy() == pytest.approx(fit.intercepts["intercept"].to_numpy(), abs=1e-7)
    residual = fit.design.data.assign(
        log=np.log((fit.rows.y + 0.5) / np.exp(fit.design.X @ fit.coefficients.values + fit.rows.offset))
    )
    own = residual.groupby("participant")["log"].mean()
    assert np.corrcoef(own, fit.intercepts["intercept"])[0, 1] > 0.9


def test_unadjusted_variances_of_few_people_are_named(trial, fit):
    plain = stats.mixed_counts(trial, FORMULA, exposure="days", variation="likelihood", reference="placebo")
    assert any("missed the truth" in note for note in plain.notes)
    assert not any("missed the truth" in note for note in fit.notes)


def test_likelihood_ratio_and_terms(fit):
    found = fit.likelihood_ratio("arm").row("arm")
    assert found["df"] == 2
    assert found["p_value"] == pytest.approx(sps.chi2.sf(found["statistic"], 2))
    assert abs(np.log(found["p_value"]) - np.log(fit.test("arm").row("arm")["p_value"])) < 0.7
    assert (fit.frame["df"] == 60 - 5).all()


@pytest.mark.parametrize(
    ("change", "options", "error", "message"),
    [
        (lambda d: d[d["visit"] == "week 12"], {}, MethodError, "nobody has two rows"),
        (lambda d: d[d["participant"].isin(["P00", "P01"])], {}, MethodError, "2 participants for 2 coefficients"),
        (lambda d: d.assign(spasms=0), {}, MethodError, "no event in"),
        (lambda d: d.assign(spasms=d["spasms"] / 7), {}, DataError, "not a whole number"),
        (lambda d: d, {"family": "quasi-poisson"}, MethodError, "family='quasi-poisson' is not known"),
        (lambda d: d, {"nodes": 0}, MethodError, "nodes=0"),
        (lambda d: d, {"participant": "person"}, MethodError, "no column `person`"),
    ],
)
def test_what_has_no_mixed_model_is_said(trial, change, options, error, message):
    with pytest.raises(error, match=message):
        stats.mixed_counts(change(trial), "spasms ~ arm", **{"reference": None, **options})


@pytest.mark.parametrize("family", [POISSON, QUADRATIC], ids=lambda family: family.name)
def test_every_derivative_of_the_zero_inflated_likelihood_is_a_slope(family):
    rng = np.random.default_rng(6)
    y = rng.negative_binomial(1, 0.3, 40).astype(float)
    eta, zeta, h = rng.normal(0.5, 0.5, 40), rng.normal(-0.5, 0.5, 40), 1e-6
    likelihood = ZeroInflated(family, y)
    others = [np.array([0.2]), zeta] if family.dispersed else [zeta]

    def at(place, shift):
        moved = [eta, *others]
        moved[place] = moved[place] + shift
        return likelihood(moved[0], moved[1:], 2, further=True)

    for c in range(len(others) + 1):
        up, down = at(c, h), at(c, -h)
        here = at(0, 0.0)
        assert (up.eta[0] - down.eta[0]) / (2 * h) == pytest.approx(here.of(c, 0), abs=1e-7)
        for d in range(c, len(others) + 1):
            slope = (up.of(d, 0) - down.of(d, 0)) / (2 * h)
            assert slope == pytest.approx(here.twice(c, d, 0), abs=1e-6)


def test_the_marginal_rate_counts_the_zeros(trial):
    rows = trial.drop(columns="participant")
    found = stats.zero_inflated(rows, "cramps ~ arm", zeros="arm", reference="placebo")
    means = rows.groupby("arm")["cramps"].mean()
    rates = found.marginal("arm")
    for arm in means.index:
        estimate = rates.row("marginal rate", arm=arm)["estimate"]
        assert estimate == pytest.approx(means[arm], rel=0.03), "a saturated model has nearly the means of the arms"
    assert found.zero_part.frame["ratio"].notna().all()


def test_no_excess_of_zeros_is_no_zero_inflation(trial):
    rows = trial.drop(columns="participant")
    with pytest.raises(MethodError, match="no excess of zeros"):
        stats.zero_inflated(rows, "awakenings ~ arm", exposure="days", reference="placebo")
    with pytest.raises(MethodError, match="no excess of zeros"):
        stats.zero_inflated(rows, "awakenings ~ arm", zeros="cohort", exposure="days", reference="placebo")
    with pytest.raises(MethodError, match=r"several rows.*describe each visit"):
        stats.zero_inflated(trial, "cramps ~ arm")


def test_the_boundary_test_of_zero_inflation_is_in_the_notes(trial):
    rows = trial.drop(columns="participant")
    found = stats.zero_inflated(rows, "cramps ~ arm", exposure="days", reference="placebo")
    plain = stats.counts(rows, "cramps ~ arm", exposure="days", dispersion="likelihood", reference="placebo")
    chi2 = 2 * (found.log_likelihood - plain.log_likelihood)
    assert any(f"likelihood ratio {chi2:.2f}" in note for note in found.notes)


def test_few_participants_and_poisson_counts_beside_zeros_are_told(trial):
    rows = trial.drop(columns="participant")
    options = {"exposure": "days", "reference": "placebo"}
    few = rows.groupby("arm", observed=True).head(20)
    assert any("12 or 20 people per arm" in note for note in stats.zero_inflated(few, "cramps ~ arm", **options).notes)
    many = pd.concat([rows] * 4, ignore_index=True)
    assert not any("people per arm" in note for note in stats.zero_inflated(many, "cramps ~ arm", **options).notes)
    plain = stats.zero_inflated(many, "cramps ~ arm", family="poisson", **options)
    assert any("missed in over 50 %" in note for note in plain.notes)
