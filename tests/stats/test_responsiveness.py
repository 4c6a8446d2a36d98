"""Indices of change: by hand, against definitions, with an anchor, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats

from spasticity import stats
from spasticity.errors import MethodError
from spasticity.stats import Anchor

VISITS = {"first": "baseline", "last": "week 12"}


def outcomes(first, last, outcome="spasticity_nrs", said=None):
    parts = [("baseline", -1, outcome, first), ("week 12", 84, outcome, last)]
    parts += [("week 12", 84, "pgic", said)] if said is not None else []
    return pd.concat(
        [
            pd.DataFrame({"value": np.array(values, dtype=float), "visit": visit, "day": day, "outcome": name}).assign(
                participant=[f"P{row}" for row in range(len(values))]
            )
            for visit, day, name, values in parts
        ],
        ignore_index=True,
    )


FIRST, LAST = [5.0, 6.0, 7.0, 6.0], [4.0, 4.0, 1.0, 5.0]  # changes -1, -2, -6, -1


def test_indices_by_hand():
    result = stats.change_scores(outcomes(FIRST, LAST), "spasticity_nrs", **VISITS, reliability=0.84)
    found = result.frame.set_index("term")
    sd, sd_change = np.sqrt(2 / 3), np.sqrt(17 / 3)
    assert list(found.index) == [
        *("mean change", "effect size", "standardised response mean", "half SD", "SEM", "MDC"),
    ]
    expected = [-2.5, -2.5 / sd, -2.5 / sd_change, sd / 2, 0.4 * sd, 1.959963984540054 * np.sqrt(2) * 0.4 * sd]
    assert found["estimate"].tolist() == pytest.approx(expected)
    assert found["n"].tolist() == [4] * 6
    pair = stats.paired(outcomes(FIRST, LAST), "spasticity_nrs", **VISITS).row("mean change")
    names = ["std_error", "df", "statistic", "p_value", "conf_low", "conf_high"]
    assert found.loc["mean change", names].tolist() == pytest.approx(pair[names].tolist())


def test_the_interval_of_a_standardised_mean_is_where_its_t_becomes_unlikely():
    row = stats.change_scores(outcomes(FIRST, LAST), "spasticity_nrs", **VISITS).row("standardised response mean")
    t = -row["estimate"] * 2
    assert scipy_stats.nct.cdf(t, 3, -row["conf_low"] * 2) == pytest.approx(0.025)
    assert scipy_stats.nct.cdf(t, 3, -row["conf_high"] * 2) == pytest.approx(0.975)
    assert row["conf_low"] < row["estimate"] < row["conf_high"]


def test_an_anchor_by_hand():
    first = [5.0] * 8
    last = [2.0, 3.0, 3.0, 4.0, 4.0, 5.0, 6.0, 1.0]  # changes -3, -2, -2, -1 | -1, 0, 1 | very much better
    said = [2, 2, 2, 2, 4, 4, 4, 1]
    first[0] = 5.5  # so that first values differ; change -3.5
    anchor = Anchor(outcome="pgic", improved=[2], unchanged=[4])
    result = stats.change_scores(outcomes(first, last, said=said), "spasticity_nrs", **VISITS, anchor=anchor)
    found = result.frame.set_index("term")
    assert found.loc["mean change, improved", "estimate"] == pytest.approx(-8.5 / 4)
    assert found.loc["mean change, unchanged", "estimate"] == pytest.approx(0)
    assert found.loc["improved minus unchanged", "estimate"] == pytest.approx(-8.5 / 4)
    welch = scipy_stats.ttest_ind([-3.5, -2, -2, -1], [-1, 0, 1], equal_var=False)
    assert found.loc["improved minus unchanged", "p_value"] == pytest.approx(welch.pvalue)
    # 12 pairs: improved fell further in 11, one tie.
    assert found.loc["ROC area", "estimate"] == pytest.approx(11.5 / 12)
    # Between -1 and -2: 3 of 4 improved fell further, none of the unchanged did. Between 0 and -1: 4 of 4 and 1 of 3.
    assert found.loc["ROC threshold", "estimate"] == pytest.approx(-1.5)
    assert found.loc["mean change, improved", "n"] == 4
    assert found.loc["ROC area", "n"] == 7
    assert found.loc["anchor correlation", "n"] == 8
    assert result.notes == ("1 participant in neither group of the anchor",)
    assert result.pairs["anchor"].isna().sum() == 1
    best = result.curve[result.curve["threshold"] == -1.5].iloc[0]
    assert (best["sensitivity"], best["specificity"]) == (0.75, 1)


def test_where_higher_is_better_improvement_is_a_rise():
    first, last, said = [1.0, 1.1, 1.2, 1.0], [1.5, 1.4, 1.2, 1.1], [2, 2, 4, 4]
    anchor = Anchor(outcome="pgic", improved=[2], unchanged=[4])
    result = stats.change_scores(
        outcomes(first, last, "walk_10m_m_per_s", said), "walk_10m_m_per_s", **VISITS, anchor=anchor
    )
    assert result.row("ROC area")["estimate"] == 1
    assert result.row("ROC threshold")["estimate"] == pytest.approx(0.2)


def test_the_area_has_delongs_standard_error():
    rng = np.random.default_rng(2)
    a, b = np.round(rng.normal(-2, 1.5, 30)), np.round(rng.normal(0, 1.5, 20))
    first = rng.normal(6, 1, 50)
    said = [2] * 30 + [4] * 20
    data = outcomes(first, first + np.concatenate((a, b)), said=said)
    anchor = Anchor(outcome="pgic", improved=[2], unchanged=[4])
    row = stats.change_scores(data, "spasticity_nrs", **VISITS, anchor=anchor).row("ROC area")
    psi = np.array([[1.0 if i < j else 0.5 if i == j else 0.0 for j in b] for i in a])
    assert row["estimate"] == pytest.approx(psi.mean())
    delong = np.sqrt(psi.mean(axis=1).var(ddof=1) / 30 + psi.mean(axis=0).var(ddof=1) / 20)
    assert row["std_error"] == pytest.approx(delong)
    assert row["estimate"] == pytest.approx(scipy_stats.mannwhitneyu(b, a).statistic / 600)


def test_units_scale_what_has_a_unit_only():
    one = stats.change_scores(outcomes(FIRST, LAST), "spasticity_nrs", **VISITS, reliability=0.9).frame
    ten = stats.change_scores(
        outcomes(np.multiply(FIRST, 10), np.multiply(LAST, 10)), "spasticity_nrs", **VISITS, reliability=0.9
    ).frame
    scaled = one["term"].isin(["mean change", "half SD", "SEM", "MDC"])
    assert ten["estimate"].tolist() == pytest.approx((one["estimate"] * np.where(scaled, 10, 1)).tolist())


@pytest.mark.parametrize(
    ("table", "options", "said"),
    [
        (outcomes(FIRST[:2], LAST[:2]), {}, "need at least 3 that differ"),
        (outcomes([5.0] * 4, LAST), {}, "need at least 3 that differ"),
        (outcomes(FIRST, LAST), {"reliability": 84}, "expected an ICC from 0 to 1"),
        (
            outcomes(FIRST, LAST),
            {"anchor": Anchor(outcome="pgic", improved=[2], unchanged=[4])},
            "not among the outcomes",
        ),
        (
            outcomes(FIRST, LAST, said=[2, 4, 4, 4]),
            {"anchor": Anchor(outcome="pgic", improved=[2], unchanged=[4])},
            "1 improved and 3 unchanged",
        ),
        (
            outcomes(FIRST, LAST, said=[2, 2, 4, 4]),
            {"anchor": Anchor(outcome="pgic", improved=[2, 4], unchanged=[4])},
            "`4` cannot mean improved and unchanged",
        ),
    ],
)
def test_what_gives_no_indices_is_refused(table, options, said):
    with pytest.raises(MethodError, match=said):
        stats.change_scores(table, "spasticity_nrs", **VISITS, **options)
