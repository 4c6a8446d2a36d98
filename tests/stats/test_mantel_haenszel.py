import numpy as np
import pandas as pd
import pytest

from spasticity import stats
from spasticity.errors import DataError, MethodError
from spasticity.stats.effects import two_by_two
from spasticity.stats.mantel_haenszel import breslow_day, cmh, common_rows
from tests.stats.made import trial

TABLES = [[12, 30, 6, 28], [9, 15, 5, 17], [3, 22, 4, 20]]
Z = 1.959963984540054


def rows(tables):
    return {row["term"].split(" (")[0]: row for row in common_rows(tables, 0.95)}


def test_one_stratum_is_the_plain_table():
    found, plain = rows([[12, 30, 6, 28]]), two_by_two(12, 30, 6, 28)
    for term in ("risk difference", "risk ratio", "odds ratio"):
        assert found[term]["estimate"] == pytest.approx(plain.row(term)["estimate"])
    assert found["odds ratio"]["conf_low"] == pytest.approx(plain.row("odds ratio")["conf_low"])
    assert found["risk ratio"]["conf_high"] == pytest.approx(plain.row("risk ratio")["conf_high"])
    assert found["risk difference"]["p_value"] == pytest.approx(plain.row("risk difference")["p_value"])


def test_two_strata_by_hand():
    found = rows([[2, 4, 1, 4], [3, 6, 2, 4]])["risk difference"]
    weights = 4 * 4 / 8, 6 * 4 / 10
    estimate = (weights[0] * 0.25 + weights[1] * 0.0) / sum(weights)
    P = [(16 * 1 - 16 * 2 + 0) / 64, (36 * 2 - 16 * 3 + 24 * (4 - 6) / 2) / 100]
    Q = [(2 * 3 + 1 * 2) / 16, (3 * 2 + 2 * 3) / 20]
    error = np.sqrt(estimate * sum(P) + sum(Q)) / sum(weights)
    assert found["estimate"] == pytest.approx(estimate)
    assert found["std_error"] == pytest.approx(error)
    assert found["conf_low"] == pytest.approx(estimate - Z * error)
    assert found["conf_high"] == pytest.approx(estimate + Z * error)
    assert found["n"] == 18
    off = (2 - 4 * 3 / 8) + (3 - 6 * 5 / 10)
    variance = 4 * 4 * 3 * 5 / (64 * 7) + 6 * 4 * 5 * 5 / (100 * 9)
    assert cmh([[2, 4, 1, 4], [3, 6, 2, 4]])[0] == pytest.approx(off**2 / variance)


def test_ratios_and_tests_agree_with_statsmodels():
    tables = pytest.importorskip("statsmodels.stats.contingency_tables")
    strata = tables.StratifiedTable([np.array([[a, n - a], [b, m - b]], dtype=float) for a, n, b, m in TABLES])
    found = rows(TABLES)
    assert found["odds ratio"]["estimate"] == pytest.approx(strata.oddsratio_pooled)
    assert found["risk ratio"]["estimate"] == pytest.approx(strata.riskratio_pooled)
    low, high = strata.oddsratio_pooled_confint()
    assert (found["odds ratio"]["conf_low"], found["odds ratio"]["conf_high"]) == pytest.approx((low, high))
    null = strata.test_null_odds(correction=False)
    assert cmh(TABLES) == pytest.approx((null.statistic, null.pvalue))
    equal = strata.test_equal_odds(adjust=True)
    chi, df, p = breslow_day(TABLES)
    assert (chi, p) == pytest.approx((equal.statistic, equal.pvalue))
    assert df == 2


def test_swapping_the_groups_turns_the_signs_and_keeps_p():
    found, turned = rows(TABLES), rows([[b, m, a, n] for a, n, b, m in TABLES])
    assert turned["risk difference"]["estimate"] == pytest.approx(-found["risk difference"]["estimate"])
    assert turned["risk difference"]["std_error"] == pytest.approx(found["risk difference"]["std_error"])
    assert turned["risk ratio"]["conf_low"] == pytest.approx(1 / found["risk ratio"]["conf_high"])
    assert turned["odds ratio"]["conf_low"] == pytest.approx(1 / found["odds ratio"]["conf_high"])
    assert turned["risk difference"]["p_value"] == pytest.approx(found["risk difference"]["p_value"])


def test_strata_with_one_group_tell_nothing_and_empty_cells_leave_sides_open():
    assert rows([*TABLES, [3, 5, 0, 0]])["odds ratio"] == rows(TABLES)["odds ratio"]
    none = rows([[0, 10, 0, 12], [0, 5, 0, 5]])
    assert none["risk difference"]["estimate"] == 0
    assert np.isnan(none["odds ratio"]["estimate"])
    assert np.isnan(none["risk difference"]["p_value"])
    only = rows([[4, 10, 0, 12], [2, 5, 0, 5]])
    assert (only["risk ratio"]["estimate"], only["risk ratio"]["conf_low"], only["risk ratio"]["conf_high"]) == (
        np.inf,
        0,
        np.inf,
    )
    assert np.isnan(breslow_day([[4, 10, 0, 12], [2, 5, 0, 5]])[2])
    with pytest.raises(MethodError, match="no stratum has people of both groups"):
        common_rows([[1, 2, 0, 0]], 0.95)


def test_responders_are_compared_within_strata():
    table = trial(n=90)
    fit = stats.responders(
        table, "spasticity_nrs", visit="week 12", strata="cohort", reference="placebo", threshold=1, unit="points"
    )
    people = fit.people
    counts = []
    for cohort in ("MS", "SCI"):
        for arm in ("oral baclofen", "placebo"):
            here = people.loc[people["cohort"].eq(cohort) & people["arm"].eq(arm), "responder"]
            counts += [int(here.sum()), len(here)]
    expected = rows([counts[:4], counts[4:]])["risk difference"]
    row = fit.row("risk difference (Mantel-Haenszel)", arm="oral baclofen")
    assert row["estimate"] == pytest.approx(expected["estimate"])
    assert row["p_value"] == pytest.approx(expected["p_value"])
    assert "% points" in fit.sentence("risk difference (Mantel-Haenszel)", arm="oral baclofen")
    assert "within cohort: Mantel-Haenszel" in fit.method
    assert sum("same odds ratio in every cohort?" in note for note in fit.notes) == 2
    plain = stats.responders(table, "spasticity_nrs", visit="week 12", reference="placebo", threshold=1, unit="points")
    kept = fit.frame[~fit.frame["term"].str.contains("Mantel")].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept[plain.frame.columns], plain.frame)
    moved = table.assign(sex=np.where(table["visit"].eq("week 12"), "other", table["sex"]))
    with pytest.raises(DataError, match="in more than one sex"):
        stats.responders(moved, "spasticity_nrs", visit="week 12", strata="sex")


def test_a_logistic_model_of_responders_is_that_of_statsmodels():
    sm = pytest.importorskip("statsmodels.api")

    table = stats.responder_table(trial(n=80), "spasticity_nrs", threshold=1, unit="points")
    assert list(table["visit"].cat.categories) == ["week 4", "week 12"]
    assert len(table) == 160
    last = table[table["visit"] == "week 12"]
    fit = stats.ordinal(last, "responder ~ baseline + arm", reference="placebo")
    X = np.column_stack(
        [np.ones(80), last["baseline"], last["arm"] == "oral baclofen", last["arm"] == "cyclobenzaprine"]
    )
    other = sm.Logit(last["responder"].to_numpy(), X.astype(float)).fit(disp=False, tol=1e-12)
    terms = ["baseline", "arm[oral baclofen]", "arm[cyclobenzaprine]"]
    ours = fit.frame.set_index("term").loc[terms]
    assert ours["estimate"].to_numpy() == pytest.approx(other.params[1:], abs=1e-7)
    assert ours["std_error"].to_numpy() == pytest.approx(other.bse[1:], abs=1e-7)
    assert fit.method.startswith("logistic regression")


def test_missing_responders_count_or_have_no_row():
    frame = trial(n=40)
    frame.loc[frame["visit"].eq("week 12") & (np.arange(len(frame)) % 5 == 0), "value"] = np.nan
    lost = int(frame.loc[frame["visit"].eq("week 12"), "value"].isna().sum())
    counted = stats.responder_table(frame, "spasticity_nrs")
    seen = stats.responder_table(frame, "spasticity_nrs", missing="observed")
    assert len(counted) - len(seen) == lost > 0
    assert counted.loc[counted["value"].isna(), "responder"].eq(0).all()
    mild = stats.responder_table(trial(n=90), "spasticity_nrs", threshold=0.5, unit="points")
    fit = stats.gee(mild, "responder ~ arm * visit", family="binomial", correlation="unstructured", reference="placebo")
    assert fit.n == 90


def test_missing_people_of_both_arms_are_counted_within_strata():
    frame = trial(n=60)
    frame.loc[frame["visit"].eq("week 12") & (np.arange(len(frame)) % 4 == 0), "value"] = np.nan
    fit = stats.responders(frame, "spasticity_nrs", visit="week 12", strata="cohort", reference="placebo")
    common, plain = (
        fit.row(term, arm="oral baclofen")["n_missing"]
        for term in ("risk difference (Mantel-Haenszel)", "risk difference")
    )
    assert common == plain > 0
