import numpy as np
import pandas as pd
import pytest

from spasticity import stats
from spasticity.errors import DataError, MethodError
from spasticity.stats import Priority
from spasticity.stats.rank_distribution import superiority
from tests.stats.two_arms import outcomes

NRS = Priority(outcome="spasticity_nrs", visit="week 12")


def test_a_hierarchy_by_hand():
    spasms = outcomes([1.0, 5.0], [4.0, 5.0], "spasms_per_day")
    nrs = outcomes([2.0, 3.0], [6.0, 3.0])
    first = Priority(outcome="spasms_per_day", visit="week 12", margin=1)
    fit = stats.win_ratio(pd.concat([spasms, nrs]), [first, NRS])
    steps = fit.steps.set_index("step")
    assert steps.loc[1, ["pairs", "wins", "losses", "ties"]].tolist() == [4, 2, 0, 2]  # 5 beside 4 is within the margin
    assert steps.loc[2, ["pairs", "wins", "losses", "ties"]].tolist() == [2, 1, 0, 1]  # 3 beats 6, and ties with 3
    row = fit.row("net benefit")
    assert row["estimate"] == pytest.approx(3 / 4)
    assert (row["wins"], row["losses"], row["ties"]) == (0.75, 0, 0.25)
    assert fit.row("win ratio")["estimate"] == np.inf
    assert np.isnan(fit.row("win ratio")["conf_low"])
    assert fit.row("win odds")["estimate"] == pytest.approx(0.875 / 0.125)
    assert fit.n == 4


def test_one_outcome_alone_is_the_probability_of_superiority():
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 6, 25).astype(float), rng.integers(1, 7, 30).astype(float)
    fit = stats.win_ratio(outcomes(x, y), [NRS])
    theta, error, *_ = superiority(-x, -y, 0.95)
    assert fit.row("net benefit")["estimate"] == pytest.approx(2 * theta - 1)
    assert fit.row("net benefit")["std_error"] == pytest.approx(2 * error)
    assert fit.row("win odds")["estimate"] == pytest.approx(theta / (1 - theta))
    assert fit.row("win odds")["std_error"] == pytest.approx(error / (1 - theta) ** 2)


def test_a_yes_or_no_outcome_gives_the_odds_ratio_and_nearly_its_error():
    x, y = np.repeat([1.0, 0.0], [12, 28]), np.repeat([1.0, 0.0], [22, 18])
    fit = stats.win_ratio(outcomes(x, y), [NRS])
    row = fit.row("win ratio")
    assert row["estimate"] == pytest.approx(28 * 22 / (12 * 18))
    woolf = np.sqrt(1 / 12 + 1 / 28 + 1 / 22 + 1 / 18)
    assert row["std_error"] / row["estimate"] == pytest.approx(woolf * np.sqrt(40 / 39))
    assert row["conf_low"] == pytest.approx(row["estimate"] * np.exp(-1.959963985 * woolf * np.sqrt(40 / 39)))
    assert row["statistic"] == pytest.approx(np.log(row["estimate"]) / (woolf * np.sqrt(40 / 39)))


def test_swapping_the_arms_inverts_the_ratio_and_keeps_p():
    rng = np.random.default_rng(2)
    frame = outcomes(rng.normal(5, 1, 20), rng.normal(5.5, 1, 22))
    one, other = (stats.win_ratio(frame, [NRS], reference=arm) for arm in ("placebo", "drug"))
    a, b = one.row("win ratio"), other.row("win ratio")
    assert a["estimate"] == pytest.approx(1 / b["estimate"])
    assert a["conf_low"] == pytest.approx(1 / b["conf_high"])
    assert a["p_value"] == pytest.approx(b["p_value"])


def test_missing_values_pass_the_pair_on():
    spasms = outcomes([np.nan, 1.0], [2.0, 2.0], "spasms_per_day")
    nrs = outcomes([1.0, 9.0], [5.0, 5.0])
    first = Priority(outcome="spasms_per_day", visit="week 12")
    steps = stats.win_ratio(pd.concat([spasms, nrs]), [first, NRS]).steps
    assert steps["missing"].tolist() == [2, 0]
    assert steps["wins"].tolist() == [2, 2]


def test_the_error_is_that_of_repeated_samples():
    rng = np.random.default_rng(3)
    logs, errors = [], []
    for _ in range(100):
        frame = outcomes(rng.poisson(4, 40).astype(float), rng.poisson(5, 40).astype(float))
        row = stats.win_ratio(frame, [NRS]).row("win ratio")
        logs.append(np.log(row["estimate"]))
        errors.append(row["std_error"] / row["estimate"])
    assert np.mean(errors) == pytest.approx(pd.Series(logs).std(), rel=0.2)


def test_wrong_questions_are_refused():
    frame = outcomes([1.0, 2.0], [3.0, 4.0])
    with pytest.raises(MethodError, match="the hierarchy is empty"):
        stats.win_ratio(frame, [])
    with pytest.raises(MethodError, match="visit='week 4' is not known"):
        stats.win_ratio(frame, [Priority(outcome="spasticity_nrs", visit="week 4")])
    with pytest.raises(MethodError, match="give the Priority a `better`"):
        stats.win_ratio(frame.assign(outcome="odd"), [Priority(outcome="odd", visit="week 12")])
    with pytest.raises(MethodError, match="each arm needs at least two people"):
        stats.win_ratio(frame.iloc[1:], [NRS])
    moved = pd.concat([frame, frame.iloc[:1].assign(arm="placebo", visit="week 4")])
    with pytest.raises(DataError, match="1 participant in more than one arm"):
        stats.win_ratio(moved, [NRS])
