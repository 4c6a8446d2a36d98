"""Missing outcomes under stated assumptions: against rbmi, by hand, by invariance, with wrong data."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spasticity import stats
from spasticity.errors import DataError, MethodError
from spasticity.stats import missing
from spasticity.stats.missing_pooling import rubin
from spasticity.stats.missing_strategies import STRATEGIES, assumed_covariance, assumed_mean

FOLDER = Path(__file__).parents[1] / "reference" / "missing_rbmi"
MODEL, ANALYSIS = "change ~ baseline*visit + arm*visit", "change ~ baseline + arm"
VISITS = ["week 4", "week 8", "week 12"]
NAMES = {
    "MAR": "missing-at-random",
    "JR": "jump-to-reference",
    "CR": "copy-reference",
    "CIR": "copy-increments-in-reference",
    "LMCF": "last-mean-carried-forward",
}


def trial(people=40, seed=2, dropout=0.3):
    """An invented trial in which people leave; the events are their first visits without an outcome."""
    rng = np.random.default_rng(seed)
    arm, baseline, person = np.arange(people) % 2, rng.normal(6, 1.5, people), rng.normal(0, 1, people)
    change = -0.3 * baseline[:, None] - np.outer(arm, [0.5, 1, 1.5]) + person[:, None] + rng.normal(size=(people, 3))
    last = np.where(rng.random(people) < dropout, rng.integers(1, 3, people), 3)
    change[np.arange(3) >= last[:, None]] = np.nan
    who = np.repeat(np.arange(people), 3)
    outcomes = pd.DataFrame(
        {
            "participant": [f"P{number:02d}" for number in who],
            "visit": pd.Categorical(VISITS * people, VISITS, ordered=True),
            "arm": pd.Categorical.from_codes(arm[who], ["placebo", "drug"]),
            "baseline": baseline[who],
            "change": change.ravel(),
        }
    )
    left = np.flatnonzero(last < 3)
    events = pd.DataFrame(
        {"participant": [f"P{number:02d}" for number in left], "visit": [VISITS[last[number]] for number in left]}
    )
    return outcomes, events


@pytest.fixture(scope="module")
def model():
    outcomes, events = trial()
    return missing.draws(outcomes, MODEL, events=events)


# --- against rbmi ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def antidepressant():
    data, ice = (pd.read_csv(FOLDER / name, dtype={"VISIT": str}) for name in ("data.csv", "ice.csv"))
    data["THERAPY"] = pd.Categorical(data["THERAPY"], ["PLACEBO", "DRUG"])
    return missing.draws(
        data,
        "CHANGE ~ BASVAL*VISIT + THERAPY*VISIT",
        events=ice.rename(columns={"PATIENT": "participant"}),
        participant="PATIENT",
        visit="VISIT",
        arm="THERAPY",
    )


@pytest.mark.parametrize("short", NAMES)
def test_conditional_means_with_the_jackknife_agree_with_rbmi(antidepressant, short):
    expected = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))["expected"][short]
    filled = missing.impute(antidepressant, strategy=NAMES[short], reference="PLACEBO")
    found = missing.pool(missing.analyse(filled, "CHANGE ~ BASVAL + THERAPY"))
    terms = {"trt": "DRUG - PLACEBO", "lsm_ref": "adjusted mean", "lsm_alt": "adjusted mean"}
    for theirs in expected:
        kind, visit = theirs["parameter"].rsplit("_", 1)
        row = found.row(terms[kind], VISIT=visit, THERAPY="PLACEBO" if kind == "lsm_ref" else "DRUG")
        np.testing.assert_allclose(row["estimate"], theirs["est"], atol=1e-4)
        np.testing.assert_allclose(row["std_error"], theirs["se"], rtol=1e-3)
        np.testing.assert_allclose(
            row[["conf_low", "conf_high"]].astype(float), [theirs["lci"], theirs["uci"]], atol=1e-3
        )
        np.testing.assert_allclose(row["p_value"], theirs["pval"], rtol=1e-2)
    assert found.n == 100


@pytest.mark.parametrize("short", ["MAR", "JR"])
def test_imputed_means_agree_with_rbmi(antidepressant, short):
    expected = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))["expected"]
    frame = missing.impute(antidepressant, strategy=NAMES[short], reference="PLACEBO").frame()
    means = frame.groupby(["THERAPY", "VISIT"], observed=True)["CHANGE"].mean()
    for row in expected[f"{short}_imputed_wide_mean"]:
        np.testing.assert_allclose(means[row["THERAPY"], row["VISIT"]], row["CHANGE"], atol=1e-4)


# --- by hand ---------------------------------------------------------------------------------------------------------

OWN, REFERENCE = np.array([[10.0, 20.0, 30.0]]), np.array([[1.0, 2.0, 4.0]])


@pytest.mark.parametrize(
    ("strategy", "event", "expected"),
    [
        ("missing-at-random", 1, [10, 20, 30]),
        ("jump-to-reference", 1, [10, 2, 4]),
        ("jump-to-reference", 0, [1, 2, 4]),
        ("copy-reference", 2, [1, 2, 4]),
        ("copy-increments-in-reference", 1, [10, 11, 13]),
        ("copy-increments-in-reference", 2, [10, 20, 22]),
        ("copy-increments-in-reference", 0, [1, 2, 4]),
        ("last-mean-carried-forward", 1, [10, 10, 10]),
        ("last-mean-carried-forward", 2, [10, 20, 20]),
        ("last-mean-carried-forward", 0, [10, 10, 10]),
        *[(strategy, 3, [10, 20, 30]) for strategy in STRATEGIES],
    ],
)
def test_assumed_means_by_hand(strategy, event, expected):
    found = assumed_mean(strategy, OWN, REFERENCE, np.array([event]))
    np.testing.assert_array_equal(found, [expected])


def test_assumed_covariances_keep_the_past_and_take_the_references_regression_on_it():
    rng = np.random.default_rng(1)
    own, reference = (A @ A.T + np.eye(4) for A in rng.normal(size=(2, 4, 4)))
    S = assumed_covariance("jump-to-reference", own, reference, 2)
    np.testing.assert_allclose(S[:2, :2], own[:2, :2])
    np.testing.assert_allclose(
        S[2:, :2] @ np.linalg.inv(S[:2, :2]), reference[2:, :2] @ np.linalg.inv(reference[:2, :2])
    )
    rest = S[2:, 2:] - S[2:, :2] @ np.linalg.solve(S[:2, :2], S[:2, 2:])
    wanted = reference[2:, 2:] - reference[2:, :2] @ np.linalg.solve(reference[:2, :2], reference[:2, 2:])
    np.testing.assert_allclose(rest, wanted)
    np.testing.assert_allclose(S, S.T)
    np.testing.assert_allclose(assumed_covariance("copy-reference", own, reference, 2), reference)
    np.testing.assert_allclose(assumed_covariance("jump-to-reference", own, reference, 4), own)
    np.testing.assert_allclose(assumed_covariance("copy-increments-in-reference", own, own, 2), own)


def test_rubins_rules_by_hand():
    estimate, std_error, df = rubin(np.array([[1.0], [2.0], [3.0]]), np.array([[0.5], [0.5], [0.8]]), 20.0)
    # W = 0.6, B = 1, T = 0.6 + 4/3; lambda = (4/3) / T; Barnard & Rubin's degrees of freedom.
    total = 0.6 + 4 / 3
    share = (4 / 3) / total
    old, observed = 2 / share**2, 21 / 23 * 20 * (1 - share)
    np.testing.assert_allclose(
        [estimate[0], std_error[0], df[0]], [2, np.sqrt(total), old * observed / (old + observed)]
    )


def test_the_jackknife_is_a_fit_without_each_participant(model):
    outcomes, _ = trial()
    for number in (0, 7, 21):
        rest = outcomes[outcomes["participant"] != f"P{number:02d}"]
        alone = stats.mmrm(rest, MODEL, df="residual")
        found = model.parameters[1 + number]
        np.testing.assert_allclose(found.coefficients, alone.frame["estimate"], rtol=1e-6)
        np.testing.assert_allclose(found.sigmas[0], alone.covariance, rtol=1e-6)


def test_jackknife_standard_errors_from_analyses_one_by_one(model):
    filled = missing.impute(model, strategy="jump-to-reference", reference="placebo")
    found = missing.pool(missing.analyse(filled, ANALYSIS)).row("drug - placebo", visit="week 12")
    each = []
    for draw, times in enumerate(model.times):
        frame = filled.frame(draw)
        last = frame[(frame["visit"] == "week 12") & np.repeat(times > 0, 3)]
        X = np.column_stack([np.ones(len(last)), last["baseline"], last["arm"] == "drug"]).astype(float)
        each.append(np.linalg.lstsq(X, last["change"], rcond=None)[0][2])
    left_out = np.array(each[1:])
    np.testing.assert_allclose(found["estimate"], each[0], rtol=1e-9)
    expected = np.sqrt(39 / 40 * ((left_out - left_out.mean()) ** 2).sum())
    np.testing.assert_allclose(found["std_error"], expected, rtol=1e-9)
    assert found["df"] == np.inf


# --- invariance ------------------------------------------------------------------------------------------------------


def test_gaps_missing_at_random_are_the_models_predictions(model):
    frame = missing.impute(model).frame()
    expected = model.model.predict(frame, conditional=True)["estimate"]
    gaps = frame["imputed"]
    assert 5 < gaps.sum() < 60
    np.testing.assert_allclose(frame.loc[gaps, "change"], expected[gaps], rtol=1e-9)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_without_gaps_every_strategy_is_the_analysis_of_covariance(strategy):
    whole, _ = trial(dropout=0.0)
    filled = missing.impute(missing.draws(whole, MODEL), strategy=strategy, reference="placebo")
    analysed = missing.analyse(filled, ANALYSIS)
    found = missing.pool(analysed).row("drug - placebo", visit="week 8")
    here = whole[whole["visit"] == "week 8"]
    ancova = stats.mmrm(here, ANALYSIS).row("arm[drug]")
    np.testing.assert_allclose(found["estimate"], ancova["estimate"], rtol=1e-9)
    np.testing.assert_allclose(found["std_error"], ancova["std_error"], rtol=0.15)
    place = (analysed.rows["term"] == "drug - placebo") & (analysed.rows["visit"] == "week 8")
    np.testing.assert_allclose(analysed.variances[0][place], ancova["std_error"] ** 2, rtol=1e-9)
    assert analysed.df == pytest.approx(ancova["df"]) == 37


@pytest.fixture(scope="module")
def by_arm():
    outcomes, events = trial(people=60)
    return missing.draws(outcomes, MODEL, events=events, covariance_by="arm")


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("covariances", [1, 2])
def test_what_was_observed_is_never_changed(strategy, covariances, model, by_arm):
    outcomes, _ = trial(people=40 if covariances == 1 else 60)
    filled = missing.impute(model if covariances == 1 else by_arm, strategy=strategy, reference="placebo")
    there = outcomes["change"].notna().to_numpy()
    for draw in (0, 5):
        frame = filled.frame(draw)
        np.testing.assert_array_equal(frame.loc[there, "change"], outcomes.loc[there, "change"])
        assert frame["change"].notna().all()


def test_the_reference_arm_is_the_same_under_every_reference_based_strategy(model):
    found = []
    for strategy in ("missing-at-random", "jump-to-reference", "copy-reference", "copy-increments-in-reference"):
        frame = missing.impute(model, strategy=strategy, reference="placebo").frame()
        found.append(frame.loc[frame["arm"] == "placebo", "change"])
    for other in found[1:]:
        np.testing.assert_allclose(other, found[0], rtol=1e-10)


def test_rows_that_are_not_there_are_gaps(model):
    outcomes, events = trial()
    short = missing.draws(outcomes.dropna(), MODEL, events=events)
    np.testing.assert_allclose(missing.impute(short).values, missing.impute(model).values, rtol=1e-8)


def test_outcomes_after_an_event_do_not_enter_the_model_but_stay_in_the_analysis():
    outcomes, events = trial()
    later = events.iloc[:4]
    after = outcomes["participant"].isin(later["participant"]) & outcomes["change"].isna()
    known = outcomes.assign(change=outcomes["change"].where(~after, 50.0))
    with_later = missing.draws(known, MODEL, events=events)
    plain = missing.draws(outcomes, MODEL, events=events)
    np.testing.assert_allclose(with_later.parameters[0].coefficients, plain.parameters[0].coefficients)
    frame = missing.impute(with_later, strategy="jump-to-reference", reference="placebo").frame()
    assert (frame.loc[after.to_numpy(), "change"] == 50.0).all()


def test_delta_moves_what_was_imputed_and_nothing_else(model):
    plain, moved = (missing.impute(model, delta=delta).frame() for delta in (0.0, {"drug": 2.0}))
    difference = moved["change"] - plain["change"]
    expected = np.where(plain["imputed"] & (plain["arm"] == "drug"), 2.0, 0.0)
    np.testing.assert_allclose(difference, expected, atol=1e-12)


def test_strategies_side_by_side_are_those_one_by_one(model):
    formula = "change ~ baseline + arm"
    names = ["missing-at-random", "copy-reference"]
    found = missing.sensitivity(model, formula, reference="placebo", strategies=names, level=0.9)
    assert list(found.frame["strategy"].cat.categories) == ["missing at random", "copy reference"]
    for name in names:
        filled = missing.impute(model, strategy=name, reference="placebo")
        alone = missing.pool(missing.analyse(filled, formula), level=0.9)
        theirs = alone.frame[alone.frame["term"] != "adjusted mean"]
        ours = found.frame[found.frame["strategy"] == name.replace("-", " ")]
        for column in ("term", "visit", "estimate", "std_error", "conf_low", "conf_high", "p_value", "n"):
            assert ours[column].tolist() == theirs[column].tolist()
    assert (
        found.method
        == "analysis of covariance by visit, conditional mean imputation, jackknife standard errors "
        + (f"({found.n} samples)")
    )
    everything = missing.sensitivity(model, formula, reference="placebo").frame
    assert everything["strategy"].nunique() == 5
    last = missing.sensitivity(model, formula, reference="placebo", visit="week 12").frame
    assert last["estimate"].tolist() == everything.loc[everything["visit"] == "week 12", "estimate"].tolist()
    with pytest.raises(MethodError, match="visit='week 99' is not known"):
        missing.sensitivity(model, formula, reference="placebo", visit="week 99")


def test_the_tipping_point_moves_with_delta(model):
    table = missing.tipping_point(model, ANALYSIS, [0, 1, 2], arm="drug")
    last = table[table["visit"] == "week 12"]
    assert list(last["delta"]) == [0, 1, 2]
    steps = np.diff(last["estimate"])
    np.testing.assert_allclose(steps[0], steps[1])
    assert steps[0] > 0.05
    same = missing.pool(missing.analyse(missing.impute(model), ANALYSIS)).row("drug - placebo", visit="week 12")
    np.testing.assert_allclose(last["estimate"].iloc[0], same["estimate"])


# --- random draws ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["bootstrap", "multiple"])
def test_random_draws_are_near_the_jackknife_and_the_same_again(model, method):
    outcomes, events = trial()

    def estimate(samples=40):
        rng = np.random.default_rng(9)
        drawn = missing.draws(outcomes, MODEL, events=events, method=method, samples=samples, rng=rng)
        filled = missing.impute(drawn, strategy="copy-reference", reference="placebo", rng=rng)
        return missing.pool(missing.analyse(filled, ANALYSIS))

    found = estimate()
    pd.testing.assert_frame_equal(estimate(3).frame, estimate(3).frame)
    jackknife = missing.pool(
        missing.analyse(missing.impute(model, strategy="copy-reference", reference="placebo"), ANALYSIS)
    )
    ours, theirs = (result.row("drug - placebo", visit="week 12") for result in (found, jackknife))
    assert abs(ours["estimate"] - theirs["estimate"]) < 0.5 * theirs["std_error"]
    assert ours["std_error"] == pytest.approx(theirs["std_error"], rel=0.35)
    if method == "multiple":
        assert (found.frame["df"] < 37).all()
        assert "Rubin" in found.method


def test_random_fillings_vary_as_the_model_says_given_what_was_observed(model):
    """Two thousand fillings from one set of parameters."""
    many = replace(
        model,
        method="multiple",
        parameters=(model.parameters[0],) * 2000,
        times=np.ones((2000, len(model.grid.people))),
    )
    values = missing.impute(many, rng=np.random.default_rng(3)).values
    S = model.parameters[0].sigmas[0]
    gaps = np.isnan(model.grid.observed)
    person = np.flatnonzero((gaps == [False, True, True]).all(axis=1))[0]
    expected = S[1:, 1:] - np.outer(S[1:, 0], S[0, 1:]) / S[0, 0]
    np.testing.assert_allclose(np.cov(values[:, person, 1:].T), expected, rtol=0.12, atol=0.05)
    mean = missing.impute(model).values[0, person, 1:]
    np.testing.assert_allclose(values[:, person, 1:].mean(axis=0), mean, atol=4 * np.sqrt(expected.max() / 2000))


def test_a_covariance_for_each_arm_uses_the_references_for_those_who_jump(by_arm):
    outcomes, _ = trial(people=60)
    frame = missing.impute(by_arm, strategy="jump-to-reference", reference="placebo").frame()
    fit = by_arm.model
    person = next(
        name
        for name, part in outcomes.groupby("participant")
        if part["arm"].iloc[0] == "drug" and part["change"].isna().tolist() == [False, False, True]
    )
    rows = frame[frame["participant"] == person].reset_index(drop=True)
    own, other = (fit.predict(rows.assign(arm=arm))["estimate"].to_numpy() for arm in ("drug", "placebo"))
    R = fit.covariance.loc["placebo"].to_numpy()
    expected = other[2] + R[2, :2] @ np.linalg.solve(R[:2, :2], rows["change"].to_numpy()[:2] - own[:2])
    np.testing.assert_allclose(rows["change"][2], expected, rtol=1e-9)


# --- errors ----------------------------------------------------------------------------------------------------------


def refused(match, outcomes, formula=MODEL, error=MethodError, **options):
    with pytest.raises(error, match=match):
        missing.draws(outcomes, formula, **options)


def test_what_cannot_be_drawn_says_why():
    outcomes, events = trial(people=20)
    refused("method='mice' is not known", outcomes, method="mice")
    refused("is random; pass rng=", outcomes, method="bootstrap")
    refused("need a covariance by visit", outcomes, covariance="spatial-exponential")
    refused("`log\\(change\\)` must be a column", outcomes, formula="log(change) ~ arm*visit")
    refused("no column `arms`", outcomes, arm="arms")
    gap = outcomes.assign(baseline=outcomes["baseline"].mask(outcomes["participant"] == "P03"))
    refused("`baseline` is not known for 3 visits of 1 participant", gap, error=DataError)
    twice = pd.concat([outcomes, outcomes.iloc[[4]]])
    refused("1 row repeat a participant and visit", twice, error=DataError)
    stranger = pd.DataFrame({"participant": ["P99"], "visit": ["week 8"]})
    refused("1 row of unknown participants or visits", outcomes, events=stranger, error=DataError)
    refused("1 repeated participant", outcomes, events=pd.concat([events, events.iloc[[0]]]), error=DataError)


def test_what_cannot_be_imputed_or_analysed_says_why(model):
    with pytest.raises(MethodError, match="strategy='jump' is not known"):
        missing.impute(model, strategy="jump")
    with pytest.raises(MethodError, match="reference=None is not known: expected `placebo` or `drug`"):
        missing.impute(model, strategy="copy-reference")
    with pytest.raises(MethodError, match="must have `change` on its left and `arm` on its right"):
        missing.analyse(missing.impute(model), "change ~ baseline")
    with pytest.raises(MethodError, match="arm='active' is not known"):
        missing.tipping_point(model, ANALYSIS, [1], arm="active")
    outcomes, _ = trial(people=30)
    drawn = missing.draws(outcomes, MODEL, method="multiple", samples=2, rng=np.random.default_rng(1))
    with pytest.raises(MethodError, match="imputed at random; pass rng="):
        missing.impute(drawn)
