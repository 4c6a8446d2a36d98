"""Pooling studies: by hand, edge cases, invariances, what is refused. metafor is in tests/reference."""

import numpy as np
import pandas as pd
import pytest

from spasticity import stats
from spasticity.errors import MethodError
from spasticity.stats.heterogeneous_studies import ESTIMATORS, q_statistic


def studies(estimates, errors, **columns):
    names = [f"study {row}" for row in range(len(estimates))]
    return pd.DataFrame({"study": names, "design": "parallel", "estimate": estimates, "std_error": errors, **columns})


def test_a_common_effect_by_hand():
    # Weights 1 and 1/4: (2 + 5 / 4) / 1.25 = 2.6; Q = 0.36 + 2.4^2 / 4 = 1.8.
    found = stats.meta_analysis(studies([2.0, 5.0], [1.0, 2.0]), between="fixed", test="z")
    row = found.row("pooled effect")
    error = np.sqrt(1 / 1.25)
    assert (row["estimate"], row["std_error"]) == pytest.approx((2.6, error))
    assert (row["conf_low"], row["conf_high"]) == pytest.approx(
        (2.6 - 1.959963984540054 * error, 2.6 + 1.959963984540054 * error)
    )
    assert row["statistic"] == pytest.approx(2.6 / error)
    assert found.row("Q")["estimate"] == pytest.approx(1.8)
    assert found.studies["weight"].tolist() == pytest.approx([80, 20])
    assert list(found.frame["term"]) == ["pooled effect", "Q"]
    assert row["n"] == 2


def test_random_effects_by_hand_where_all_errors_are_equal():
    # Equal errors: the mean is plain, tau2 = variance of the effects (4) - 1, by each estimator but ML (8/3 - 1).
    table = studies([1.0, 3.0, 5.0], [1.0] * 3)
    for between, tau2 in (("REML", 3), ("Paule-Mandel", 3), ("DerSimonian-Laird", 3), ("ML", 8 / 3 - 1)):
        found = stats.meta_analysis(table, between=between)
        assert found.row("tau-squared")["estimate"] == pytest.approx(tau2)
        row = found.row("pooled effect")
        assert row["estimate"] == pytest.approx(3)
        assert row["std_error"] == pytest.approx(np.sqrt(4 / 3))  # Hartung-Knapp: that of a mean of three
        assert row["df"] == 2
        assert row["conf_high"] == pytest.approx(3 + 4.302652729911275 * np.sqrt(4 / 3))
        new = found.row("effect in a new study")
        assert new["conf_high"] == pytest.approx(3 + 4.302652729911275 * np.sqrt(tau2 + 4 / 3))
        assert found.row("I-squared")["estimate"] == pytest.approx(100 * tau2 / (tau2 + 1))


def test_studies_that_agree_have_no_variance_between_them():
    table = studies([1.0, 1.1, 0.9], [1.0, 2.0, 1.5])
    for between in ESTIMATORS:
        if between != "fixed":
            assert stats.meta_analysis(table, between=between).row("tau-squared")["estimate"] == 0
    small, guarded = (stats.meta_analysis(table, guard=guard).row("pooled effect") for guard in (False, True))
    assert small["std_error"] < guarded["std_error"]
    assert guarded["std_error"] == pytest.approx(stats.meta_analysis(table, test="z").row("pooled effect")["std_error"])


def test_the_interval_of_the_variance_is_where_q_is_unlikely():
    rng = np.random.default_rng(4)
    table = studies(rng.normal(0, 2, 9), rng.uniform(0.5, 1.5, 9))
    row = stats.meta_analysis(table).row("tau-squared")
    y, v = table["estimate"].to_numpy(), table["std_error"].to_numpy() ** 2
    assert q_statistic(y, v, row["conf_low"]) == pytest.approx(17.534546139484647)
    assert q_statistic(y, v, row["conf_high"]) == pytest.approx(2.1797307472526497)


def test_order_sign_and_unit():
    rng = np.random.default_rng(5)
    table = studies(rng.normal(0, 2, 8), rng.uniform(0.5, 1.5, 8))
    one = stats.meta_analysis(table).frame.set_index("term")
    turned = stats.meta_analysis(table.sample(frac=1, random_state=1)).frame.set_index("term")
    assert turned["estimate"].tolist() == pytest.approx(one["estimate"].tolist(), rel=1e-9)
    ten = table.assign(estimate=-10 * table["estimate"], std_error=10 * table["std_error"])
    ten = stats.meta_analysis(ten).frame.set_index("term")
    assert ten.loc["pooled effect", "conf_low"] == pytest.approx(-10 * one.loc["pooled effect", "conf_high"])
    assert ten.loc["tau-squared", "estimate"] == pytest.approx(100 * one.loc["tau-squared", "estimate"])
    assert ten.loc["I-squared", "estimate"] == pytest.approx(one.loc["I-squared", "estimate"])


def test_groups_are_pooled_apart_and_compared():
    table = studies([1.0, 2.0, 4.0, 5.0], [1.0] * 4, cohort=["MS", "MS", "SCI", "SCI"])
    found = stats.meta_analysis(table, by="cohort", between="fixed", test="z")
    assert [found.row("pooled effect", cohort=name)["estimate"] for name in ("MS", "SCI")] == [1.5, 4.5]
    test = found.row("difference between groups")
    assert test["statistic"] == pytest.approx(9)  # 3^2 / (1/2 + 1/2)
    assert test["df"] == 1
    assert found.studies["weight"].tolist() == [50] * 4


def test_designs_apart():
    table = studies([1.0, 2.0, 4.0, 5.0], [1.0] * 4).assign(
        design=["parallel", "open parallel", "crossover", "crossover"]
    )
    with pytest.raises(MethodError, match=r"answer different questions.*by='design'"):
        stats.meta_analysis(table)
    assert stats.meta_analysis(table.iloc[:2]).row("pooled effect")["n"] == 2
    apart = stats.meta_analysis(table.iloc[[2, 3]].assign(design="crossover"), by="design")
    assert apart.row("pooled effect", design="crossover")["estimate"] == 4.5


def test_leaving_one_out_is_pooling_the_others():
    table = studies([1.0, 3.0, 8.0], [1.0, 1.5, 2.0])
    left = stats.meta_analysis(table).leave_one_out()
    rest = stats.meta_analysis(table.iloc[1:]).row("pooled effect")
    assert left.row("without study 0")["estimate"] == pytest.approx(rest["estimate"])
    assert left.row("without study 0")["conf_low"] == pytest.approx(rest["conf_low"])
    with pytest.raises(MethodError, match="at least 3 studies"):
        stats.meta_analysis(table.iloc[1:]).leave_one_out()


def test_few_studies_say_so():
    found = stats.meta_analysis(studies([1.0, 3.0], [1.0, 1.0]), test="z")
    assert "only 2 studies" in found.notes[0]
    assert "use test='hartung-knapp'" in found.notes[0]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (studies([1.0], [1.0]), "pooling needs at least 2"),
        (studies([1.0, np.nan], [1.0, 1.0]), "row 1 lacks a design, an estimate"),
        (studies([1.0, 2.0], [1.0, 0.0]), "row 1 lacks a design"),
        (studies([1.0, 2.0], [1.0, 1.0]).assign(study="one"), "a study stands twice"),
        (studies([1.0, 2.0], [1.0, 1.0]).drop(columns="design"), "no column `design`"),
    ],
)
def test_what_cannot_be_pooled_is_refused(table, said):
    with pytest.raises(MethodError, match=said):
        stats.meta_analysis(table)


COUNTS = pd.DataFrame({"study": ["a", "b"], "events_1": [10, 0], "n_1": [20, 20], "events_2": [5, 4], "n_2": [20, 20]})


def test_effects_by_hand():
    ratio = stats.study_effects(COUNTS, "odds ratio")
    # 10 x 15 / (10 x 5) = 3; with a half in each cell 0.5 x 16.5 / (20.5 x 4.5).
    assert np.exp(ratio["estimate"]).tolist() == pytest.approx([3, 0.5 * 16.5 / (20.5 * 4.5)])
    assert ratio["std_error"][0] == pytest.approx(np.sqrt(1 / 10 + 1 / 10 + 1 / 5 + 1 / 15))
    risk = stats.study_effects(COUNTS, "risk difference")
    assert risk["estimate"].tolist() == pytest.approx([0.25, -0.2])
    assert risk["std_error"][0] == pytest.approx(np.sqrt(0.25 / 20 + 0.1875 / 20))
    means = pd.DataFrame({"n_1": [11], "mean_1": [5.0], "sd_1": [2.0], "n_2": [11], "mean_2": [3.0], "sd_2": [2.0]})
    g = stats.study_effects(means, "standardised mean difference")["estimate"][0]
    assert g == pytest.approx(1 * (1 - 3 / (4 * 20 - 1)), rel=1e-3)


@pytest.mark.parametrize(
    ("table", "kind", "said"),
    [
        (
            COUNTS.assign(events_1=[30, 0]),
            "risk ratio",
            "`events_1` is missing or impossible in 1 of 2 studies, first at row 0",
        ),
        (COUNTS.assign(n_2=[np.nan, 20]), "risk ratio", "`n_2` is missing or impossible"),
        (COUNTS.assign(events_1=[0, 0], events_2=[0, 1]), "risk difference", "row 0 has no variance"),
        (COUNTS, "hazard ratio", "kind='hazard ratio' is not known"),
        (COUNTS.drop(columns="n_1"), "risk ratio", "no column `n_1`"),
    ],
)
def test_impossible_effects_are_refused(table, kind, said):
    with pytest.raises(MethodError, match=said):
        stats.study_effects(table, kind)


@pytest.mark.slow
def test_hartung_knapp_covers_with_few_studies_and_z_does_not():
    rng = np.random.default_rng(20261123)
    runs, hits = 300, {"hartung-knapp": 0, "z": 0}
    for _ in range(runs):
        errors = rng.uniform(0.3, 0.6, 5)
        table = studies(rng.normal(0.5, np.sqrt(errors**2 + 0.25)), errors)
        for test in hits:
            row = stats.meta_analysis(table, between="DerSimonian-Laird", test=test).row("pooled effect")
            hits[test] += row["conf_low"] <= 0.5 <= row["conf_high"]
    assert 0.905 <= hits["hartung-knapp"] / runs <= 0.985
    assert hits["z"] < hits["hartung-knapp"] - 0.01 * runs


def test_studies_that_agree_too_well_are_said_to():
    alike = pd.DataFrame({"study": list("abc"), "design": "parallel", "estimate": [1.0, 1.01, 0.99], "std_error": 0.1})
    found = stats.meta_analysis(alike)
    assert any("agree more than their own errors let expect" in note for note in found.notes)
    for other in (stats.meta_analysis(alike, guard=True), stats.meta_analysis(alike, test="z")):
        assert not any("agree more" in note for note in other.notes)
    apart = alike.assign(estimate=[0.5, 1.0, 1.6])
    assert not any("agree more" in note for note in stats.meta_analysis(apart).notes)


def test_few_studies_are_told_what_their_intervals_miss():
    rng = np.random.default_rng(2)

    def notes(k, **options):
        table = pd.DataFrame(
            {"study": range(k), "design": "parallel", "estimate": rng.normal(0, 1, k), "std_error": 0.3}
        )
        return " ".join(stats.meta_analysis(table, **options).notes)

    assert "interval of a new study missed it in 7 to 15 %" in notes(10)
    assert "the normal interval missed in 6 to 14 %" in notes(10, test="z")
    assert "missed in 16 to 39 %" in notes(10, between="fixed", test="z")
    assert notes(21) == ""
