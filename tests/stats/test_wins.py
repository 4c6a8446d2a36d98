import numpy as np
import pandas as pd
import pytest

from spasticity import stats
from spasticity.errors import DataError, MethodError
from spasticity.stats import Priority
from spasticity.stats.mantel_haenszel import common_rows
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


def in_strata(first, second):
    """Two arms, every third person of the smaller stratum."""
    frame = outcomes(first, second)
    return frame.assign(cohort=np.where(np.arange(len(frame)) % 3 == 0, "SCI", "MS"))


def test_two_strata_by_hand():
    frame = outcomes([1.0, 5.0, 2.0, 2.0], [4.0, 6.0, 1.0, 3.0]).assign(cohort=["MS", "MS", "SCI", "SCI"] * 2)
    fit = stats.win_ratio(frame, [NRS], strata="cohort")
    # MS: 1 beats 4 and 6, 5 beats 6 and loses to 4. SCI: each 2 beats 3 and loses to 1. Four people in each.
    row = fit.row("win ratio")
    assert row["estimate"] == pytest.approx((3 / 4 + 2 / 4) / (1 / 4 + 2 / 4))
    assert (row["wins"], row["losses"], row["ties"]) == (5 / 8, 3 / 8, 0)
    assert fit.row("net benefit")["estimate"] == pytest.approx(1 / 4)
    # Shares of wins: in MS 1 and 1/2 of the drug, 1/2 and 1 of placebo; in SCI 1/2 and 1/2, 0 and 1. No ties, so a
    # share of losses is what is left, and log(W / L) has the slope 1 / W + 1 / L.
    variance = ((1 / 8 + 1 / 8) / 2 + (0 + 1 / 2) / 2) / 4
    assert row["std_error"] / row["estimate"] == pytest.approx(np.sqrt(variance) * (8 / 5 + 8 / 3))
    assert fit.steps.loc[0, ["pairs", "wins", "losses", "ties", "missing"]].tolist() == [8, 5, 3, 0, 0]
    assert row["n"] == 8
    assert "within cohort" in fit.method


def test_of_a_yes_or_no_outcome_the_strata_give_the_odds_ratio_of_mantel_and_haenszel():
    rng = np.random.default_rng(4)
    frame = in_strata(rng.binomial(1, 0.4, 30).astype(float), rng.binomial(1, 0.6, 36).astype(float))
    better = frame["value"].eq(0)
    tables = []
    for cohort in ("MS", "SCI"):
        here = [frame["cohort"].eq(cohort) & frame["arm"].eq(arm) for arm in ("drug", "placebo")]
        tables.append([int(count) for side in here for count in ((better & side).sum(), side.sum())])
    found = stats.win_ratio(frame, [NRS], strata="cohort").row("win ratio")
    assert found["estimate"] == pytest.approx(common_rows(tables, 0.95)[2]["estimate"])


def test_one_stratum_is_none_and_strata_that_differ_do_not_matter():
    rng = np.random.default_rng(5)
    frame = in_strata(rng.normal(5, 1, 20), rng.normal(5.5, 1, 22))
    plain = stats.win_ratio(frame, [NRS]).frame
    one = stats.win_ratio(frame.assign(cohort="MS"), [NRS], strata="cohort").frame
    pd.testing.assert_frame_equal(one, plain)
    moved = frame.assign(value=frame["value"] + 4 * frame["cohort"].eq("SCI"))
    columns = ["estimate", "std_error", "conf_low", "p_value"]
    found, shifted = (stats.win_ratio(one, [NRS], strata="cohort").frame[columns] for one in (frame, moved))
    pd.testing.assert_frame_equal(shifted, found)


def test_the_error_in_strata_is_that_of_repeated_samples():
    rng = np.random.default_rng(6)
    logs, errors = [], []
    for _ in range(100):
        frame = in_strata(rng.poisson(4, 40).astype(float), rng.poisson(5, 40).astype(float))
        row = stats.win_ratio(frame, [NRS], strata="cohort").row("win ratio")
        logs.append(np.log(row["estimate"]))
        errors.append(row["std_error"] / row["estimate"])
    assert np.mean(errors) == pytest.approx(pd.Series(logs).std(), rel=0.2)


def test_a_stratum_without_both_arms_is_counted_and_left_out():
    rng = np.random.default_rng(7)
    frame = in_strata(rng.normal(5, 1, 12), rng.normal(5.5, 1, 12))
    lonely = frame.assign(cohort=frame["cohort"].mask(frame["participant"].isin(["P000", "P001"]), "other"))
    fit = stats.win_ratio(lonely, [NRS], strata="cohort")
    assert fit.notes[0] == "drug and placebo: 2 people alone in a cohort not compared"
    assert fit.row("win ratio")["n"] == 22
    rest = stats.win_ratio(lonely[lonely["cohort"].ne("other")], [NRS], strata="cohort")
    assert fit.row("win ratio")["std_error"] == rest.row("win ratio")["std_error"]
    gone = stats.win_ratio(frame.assign(cohort=frame["cohort"].where(frame.index > 0)), [NRS], strata="cohort")
    assert "left out: 1 participant without arm or cohort" in gone.notes


def test_one_person_of_an_arm_in_a_stratum_is_refused():
    frame = outcomes([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]).assign(cohort=["MS", "MS", "SCI"] * 2)
    with pytest.raises(MethodError, match="at least two people in each cohort that has both"):
        stats.win_ratio(frame, [NRS], strata="cohort")


def test_few_people_are_told_that_the_interval_is_wide():
    rng = np.random.default_rng(8)
    notes = [stats.win_ratio(outcomes(rng.normal(5, 1, n), rng.normal(5, 1, n)), [NRS]).notes for n in (12, 13)]
    assert notes == [("with so few people the intervals are wider than they need be",), ()]
