"""Generalised estimating equations."""

import numpy as np
import pandas as pd
import pytest
from scipy import linalg
from scipy import stats as sps

from spasticity import stats
from spasticity.errors import DataError, MethodError
from spasticity.stats.gee_clusters import products, repeated, working
from tests.reference.counts_r import compare

FORMULA = "spasms ~ log_baseline + arm + cohort"


@pytest.fixture(scope="module")
def trial():
    return compare.data()


def two_visits(**columns):
    """Four people, two visits; the drug halves the rate."""
    frame = pd.DataFrame(
        {
            "participant": list("aabbccdd"),
            "arm": ["placebo"] * 4 + ["drug"] * 4,
            "visit": ["week 4", "week 8"] * 4,
            "spasms": [6, 10, 14, 10, 2, 4, 8, 6],
        }
    )
    return frame.assign(**columns)


def test_two_arms_by_hand():
    """Independence: rates 10 and 5; each person's residuals sum to -4, 4, -4, 4; the sandwich follows."""
    fit = stats.gee(
        two_visits(), "spasms ~ arm", correlation="independence", vcov="robust", df="clusters", reference="placebo"
    )
    row = fit.contrasts("arm").row("drug / placebo")
    error = np.sqrt((16 + 16) / 40**2 + (16 + 16) / 20**2)
    assert row["estimate"] == pytest.approx(0.5)
    assert row["link_std_error"] == pytest.approx(error)
    assert row["df"] == 2
    assert row["p_value"] == pytest.approx(2 * sps.t.sf(np.log(2) / error, 2))
    assert row["conf_high"] == pytest.approx(0.5 * np.exp(sps.t.isf(0.025, 2) * error))
    assert row["n"] == 4
    assert fit.scale == pytest.approx(((16 + 0 + 16 + 0) / 10 + (9 + 1 + 9 + 1) / 5) / 8)


def test_moments_by_hand():
    """Products of the standardised residuals of two people at three visits."""
    z = np.array([1.0, -1.0, 0.5, 2.0, 1.0, -1.0])
    data = pd.DataFrame({"participant": list("aaabbb"), "visit": [1, 2, 3] * 2})
    sums, counts = products(repeated(data, "participant", "visit"), z)
    pairs = [-1 + 2, 0.5 - 2, -0.5 - 1]  # visits 1 and 2, 1 and 3, 2 and 3
    exchangeable = working("exchangeable", sums, counts)
    assert exchangeable[0, 2] == pytest.approx(sum(pairs) / 6)
    assert working("independence", sums, counts).tolist() == np.eye(3).tolist()
    assert sums[0, 2] == pytest.approx(pairs[1])
    with pytest.raises(MethodError, match="make no correlation matrix"):
        working("unstructured", sums * 3, counts)


def test_ar1_counts_missed_visits():
    """Two people who miss the second of three visits tell the square of the correlation only."""
    z = np.array([1.0, 0.36, 1.0, 0.36])
    data = pd.DataFrame({"participant": list("aabb"), "visit": pd.Categorical([1, 3, 1, 3], [1, 2, 3])})
    unused = repeated(data, "participant", "visit")
    assert unused.labels == [1, 3], "a visit at which nobody was seen is none"
    third = pd.DataFrame({"participant": ["c"], "visit": pd.Categorical([2], [1, 2, 3])})
    rows = repeated(pd.concat([data, third]), "participant", "visit")
    sums, counts = products(rows, np.append(z, 1.0))
    assert working("ar1", sums, counts)[0, 2] == pytest.approx(0.36)
    assert abs(working("ar1", sums, counts)[0, 1]) == pytest.approx(0.6)


@pytest.mark.parametrize(("vcov", "power"), [("mancl-derouen", -1.0), ("kauermann-carroll", -0.5)])
def test_small_sample_corrections_by_the_published_matrices(trial, vcov, power):
    """H = D M D'V^-1 and its power, person by person, without any whitening."""
    fit = stats.gee(trial, FORMULA, exposure="days", vcov=vcov, reference="placebo")
    design, b = fit.design, fit.coefficients.values
    alpha = fit.correlation.iloc[0, 1]
    mean = np.exp(design.X @ b) * design.data["days"].to_numpy()
    parts = []
    for _, rows in design.data.assign(place=np.arange(len(design.data))).groupby("participant"):
        here = rows["place"].to_numpy()
        R = np.where(np.eye(len(here)) == 1, 1.0, alpha)
        V = np.sqrt(np.outer(mean[here], mean[here])) * R
        parts.append((mean[here, None] * design.X[here], np.linalg.inv(V), design.y[here] - mean[here]))
    M = np.linalg.inv(sum(D.T @ W @ D for D, W, _ in parts))
    meat = np.zeros_like(M)
    for D, W, r in parts:
        H = D @ M @ D.T @ W
        rest = np.eye(len(r)) - H
        corrected = np.linalg.inv(rest) if power == -1.0 else np.linalg.inv(linalg.sqrtm(rest).real)
        score = D.T @ W @ corrected @ r
        meat += np.outer(score, score)
    assert fit.coefficients.covariance == pytest.approx(M @ meat @ M, rel=1e-8)


def test_corrections_are_in_the_order_that_is_known(trial):
    errors = [
        stats.gee(trial, FORMULA, exposure="days", vcov=vcov, reference="placebo").frame["std_error"].to_numpy()
        for vcov in ("robust", "kauermann-carroll", "mancl-derouen")
    ]
    assert (errors[0] < errors[1]).all()
    assert (errors[1] < errors[2]).all()


def test_uncorrected_errors_of_few_people_are_named(trial):
    plain = stats.gee(trial, FORMULA, exposure="days", vcov="robust", reference="placebo")
    assert any("reject too often" in note for note in plain.notes)
    default = stats.gee(trial, FORMULA, exposure="days", reference="placebo")
    assert not any("reject too often" in note for note in default.notes)


def test_one_row_each_is_the_model_of_independent_rows(trial):
    one = trial[trial["visit"] == "week 12"]
    fit = stats.gee(
        one, FORMULA, exposure="days", correlation="independence", vcov="mancl-derouen", reference="placebo"
    )
    same = stats.counts(one, FORMULA, exposure="days", family="poisson", vcov="HC3", reference="placebo")
    for column in ("estimate", "std_error", "df"):
        assert fit.frame[column].to_numpy() == pytest.approx(same.frame[column].to_numpy(), rel=1e-8)


def test_order_of_rows_and_names_of_people_do_not_matter(trial):
    fit = stats.gee(trial, FORMULA, exposure="days", correlation="ar1", reference="placebo")
    mixed = trial.sample(frac=1, random_state=2).assign(participant=lambda d: d["participant"].str[::-1])
    again = stats.gee(mixed, FORMULA, exposure="days", correlation="ar1", reference="placebo")
    for column in ("estimate", "std_error", "df"):
        assert again.frame[column].to_numpy() == pytest.approx(fit.frame[column].to_numpy(), rel=1e-8)


def test_negative_binomial_weighs_large_counts_less(trial):
    fit = stats.gee(trial, FORMULA, exposure="days", family="negative-binomial", reference="placebo")
    assert fit.dispersion > 0.3
    assert "negative binomial" in fit.method
    assert fit.contrasts("arm").row("drug B / placebo")["estimate"] < 1


def test_a_logit_link_gives_probabilities_and_odds_ratios(trial):
    fit = stats.gee(trial, "free ~ arm", family="binomial", correlation="independence", reference="placebo")
    shares = trial.groupby("arm")["free"].mean()
    assert fit.means("arm").frame.set_index("arm")["estimate"].to_dict() == pytest.approx(shares.to_dict())
    assert fit.means("arm").frame["term"].unique().tolist() == ["adjusted probability"]
    odds = shares / (1 - shares)
    ratio = fit.contrasts("arm").row("drug A / placebo")["estimate"]
    assert ratio == pytest.approx(odds["drug A"] / odds["placebo"])
    risk = fit.marginal("arm").row("drug A / placebo")["estimate"]
    assert risk == pytest.approx(shares["drug A"] / shares["placebo"])


def test_an_identity_link_gives_differences(trial):
    fit = stats.gee(trial, "log_spasms ~ arm", family="gaussian", correlation="independence", reference="placebo")
    means = trial.groupby("arm")["log_spasms"].mean()
    row = fit.contrasts("arm").row("drug A - placebo")
    assert row["estimate"] == pytest.approx(means["drug A"] - means["placebo"])


def test_means_by_visit_and_tests_of_terms(trial):
    fit = stats.gee(trial, "spasms ~ log_baseline + arm*visit", exposure="days", reference="placebo")
    rates = fit.means("arm", by="visit")
    assert rates.groups == ["visit", "arm"]
    assert len(rates.frame) == 12
    assert fit.test().frame["term"].tolist() == ["log_baseline", "arm", "visit", "arm:visit"]
    assert fit.test("arm:visit").frame["df_numerator"].tolist() == [6]


@pytest.mark.parametrize(
    ("columns", "options", "error", "message"),
    [
        ({"visit": ["week 4"] * 8}, {}, DataError, "4 rows repeat a participant and visit, first at row 1"),
        ({"participant": list("abcdefgh")}, {}, MethodError, "nobody has two rows"),
        ({"participant": list("aaaabbbb"), "visit": [1, 2, 3, 4] * 2}, {}, MethodError, "2 participants for 2"),
        ({"spasms": [0] * 8}, {}, MethodError, "no event in 8 rows"),
        ({}, {"family": "binomial"}, DataError, "neither 0 nor 1 in 8 rows"),
        ({"spasms": [0, 1, 1, 0, 1, 1, 1, 1]}, {"family": "binomial"}, MethodError, "separation"),
        ({}, {"family": "gaussian", "exposure": "spasms"}, MethodError, "exposure is of counts"),
        ({}, {"correlation": "toeplitz"}, MethodError, "correlation='toeplitz' is not known"),
        ({}, {"vcov": "fay-graubard", "df": "satterthwaite"}, MethodError, "use df='clusters'"),
        ({"visit": [1, 2, 1, 2, 1, 3, 1, 3]}, {"correlation": "unstructured"}, MethodError, "both visits of 1 pair"),
    ],
)
def test_what_cannot_be_estimated_is_said(columns, options, error, message):
    with pytest.raises(error, match=message):
        stats.gee(two_visits(**columns), "spasms ~ arm", **options)


def test_rows_without_visit_are_left_out_and_counted(trial):
    rows = trial.copy()
    rows.loc[rows.index[:3], "visit"] = np.nan
    fit = stats.gee(rows, FORMULA, exposure="days", reference="placebo")
    assert len(fit.design.y) == len(trial) - 3
    assert any("visit missing in 3 rows" in note for note in fit.notes)


def answers(y, **columns):
    """Four visits of ten people, two arms."""
    n = len(y) // 4
    people = np.repeat(np.arange(n), 4)
    arm = np.where(people % 2, "drug", "placebo")
    return pd.DataFrame({"participant": people, "visit": np.tile([1, 2, 3, 4], n), "arm": arm, "y": y, **columns})


def test_answers_that_are_alike_or_foretold_are_refused_in_their_own_words():
    rng = np.random.default_rng(1)
    some = rng.integers(0, 2, 40)
    drug = answers(some)["arm"].eq("drug").to_numpy()
    with pytest.raises(MethodError, match="the answer is 1 in all 40 rows"):
        stats.gee(answers(np.ones(40)), "y ~ arm", family="binomial")
    for everybody in (0, 1):
        with pytest.raises(MethodError, match="part the rows that answer 1"):
            stats.gee(answers(np.where(drug, everybody, some)), "y ~ arm", family="binomial")
    x = rng.normal(size=40)
    with pytest.raises(MethodError, match="`x` part the rows that answer 1"):
        stats.gee(answers((x > 0.1).astype(int), x=x), "y ~ x", family="binomial")
    nearly = np.where(np.arange(40) == 3, 1 - (x > 0.1), x > 0.1).astype(int)
    assert np.isfinite(stats.gee(answers(nearly, x=x), "y ~ x", family="binomial").frame["estimate"]).all()


def test_measurements_that_do_not_vary_are_refused():
    with pytest.raises(MethodError, match="the same in every row"):
        stats.gee(answers(np.full(40, 2.0)), "y ~ arm", family="gaussian")
    exact = answers(np.zeros(40)).assign(y=lambda rows: rows["arm"].eq("drug") * 2.0 + 1)
    with pytest.raises(MethodError, match="fits every row exactly"):
        stats.gee(exact, "y ~ arm", family="gaussian")
