"""Two methods and several raters: by hand in every column, invariances, bad input, coverage."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats

from spasticity import stats
from spasticity.errors import MethodError
from spasticity.tables.examination import MAS_GRADES


def measured(first, second, participant=None):
    people = participant or [f"P{row}" for row in range(len(first))]
    return pd.DataFrame({"participant": people, "watch": first, "sensor": second})


def compared(table, **options):
    return stats.agreement(table, first="watch", second="sensor", **options)


def test_bias_and_limits_by_hand_in_every_column():
    result = compared(measured([10.0, 12.0, 14.0], [11.0, 12.0, 17.0]))  # differences 1, 0, 3
    bias, lower, upper, trend = result.frame.to_dict("records")
    sd = np.sqrt(7 / 3)
    error = sd / np.sqrt(3)
    assert (bias["term"], bias["n"], bias["pairs"], bias["df"]) == ("bias", 3, 3, 2)
    assert bias["estimate"] == pytest.approx(4 / 3)
    assert bias["std_error"] == pytest.approx(error)
    t = 4 / 3 / error
    assert bias["statistic"] == pytest.approx(t)
    assert bias["p_value"] == pytest.approx(1 - t / np.sqrt(t**2 + 2))  # t with 2 df in closed form
    assert bias["conf_high"] == pytest.approx(4 / 3 + 4.302652729911275 * error)
    assert [row["sd"] for row in (bias, lower, upper)] == pytest.approx([sd] * 3)
    assert lower["estimate"] == pytest.approx(4 / 3 - 1.959963984540054 * sd)
    assert upper["estimate"] == pytest.approx(4 / 3 + 1.959963984540054 * sd)
    low, high = scipy_stats.nct.ppf([0.025, 0.975], 2, 1.959963984540054 * np.sqrt(3)) * error
    assert (upper["conf_low"], upper["conf_high"]) == pytest.approx((4 / 3 + low, 4 / 3 + high))
    assert (lower["conf_low"], lower["conf_high"]) == pytest.approx((4 / 3 - high, 4 / 3 - low))
    assert trend["term"] == "trend"
    fit = scipy_stats.linregress([10.5, 12, 15.5], [1, 0, 3])
    assert (trend["estimate"], trend["std_error"]) == pytest.approx((fit.slope, fit.stderr))
    assert (trend["p_value"], trend["df"]) == (pytest.approx(fit.pvalue), 1)
    assert result.pairs["mean"].tolist() == [10.5, 12, 15.5]
    assert result.pairs["difference"].tolist() == [1, 0, 3]
    assert result.n == 3
    assert "limits for 95" in result.method


def test_swapping_the_methods_flips_the_sign():
    table = measured([10.0, 12, 14, 9], [11.0, 12, 17, 8])
    there, back = compared(table), stats.agreement(table, first="sensor", second="watch")
    for ours, theirs in (("bias", "bias"), ("lower limit", "upper limit"), ("upper limit", "lower limit")):
        a, b = there.row(ours), back.row(theirs)
        assert a["estimate"] == pytest.approx(-b["estimate"])
        assert a["conf_low"] == pytest.approx(-b["conf_high"])


def test_ratios_are_differences_of_logarithms():
    table = measured([10.0, 12, 14, 9], [11.0, 12, 17, 8])
    ratio = compared(table, scale="ratio")
    logs = compared(table.assign(watch=np.log(table["watch"]), sensor=np.log(table["sensor"])))
    for term in ("bias", "lower limit", "upper limit"):
        for name in ("estimate", "conf_low", "conf_high"):
            assert ratio.row(term)[name] == pytest.approx(np.exp(logs.row(term)[name]))
    assert ratio.row("bias")["std_error"] == pytest.approx(
        ratio.row("bias")["estimate"] * logs.row("bias")["std_error"]
    )
    assert ratio.row("trend")["estimate"] == pytest.approx(logs.row("trend")["estimate"])
    assert ratio.pairs["difference"].tolist() == pytest.approx([1.1, 1, 17 / 14, 8 / 9])


def test_several_pairs_a_person_by_hand():
    # A: 0, 2; B: 4, 6, 5; C: 3. Means 1, 5, 3: mean 3, variance 4. Within people (2 + 2 + 0) / 3 = 4/3, of which a
    # single difference has the share 1 - mean(1/2, 1/3, 1) beside the variance of means.
    table = measured([0.0] * 6, [0.0, 2, 4, 6, 5, 3], ["A", "A", "B", "B", "B", "C"])
    bias = compared(table).row("bias")
    assert (bias["estimate"], bias["std_error"], bias["df"]) == pytest.approx((3, 2 / np.sqrt(3), 2))
    assert bias["sd"] ** 2 == pytest.approx(4 + (1 - 11 / 18) * 4 / 3)
    assert (bias["n"], bias["pairs"]) == (3, 6)


def test_pairs_that_are_not_whole_are_left_out_and_counted():
    table = measured([10.0, 12, 14, np.nan, 3], [11.0, 12, 17, 5, np.nan])
    result = compared(table)
    pd.testing.assert_frame_equal(result.frame, compared(table.iloc[:3]).frame)
    assert result.notes == ("left out: 2 rows without both measurements",)


def test_other_coverage_and_large_samples():
    rng = np.random.default_rng(1)
    x = rng.normal(0, 1, 3000)
    result = compared(measured(np.zeros(3000), x), coverage=0.8)
    assert result.row("upper limit")["estimate"] == pytest.approx(x.mean() + 1.2815515655446004 * x.std(ddof=1))
    exact = scipy_stats.nct.ppf(0.975, 1999, 1.2815515655446004 * np.sqrt(2000)) / np.sqrt(2000)
    near = 1.2815515655446004 + 1.96 * np.sqrt(1 / 2000 + 1.2815515655446004**2 / (2 * 1999))
    assert near == pytest.approx(exact, rel=2e-3)


@pytest.mark.parametrize(
    ("table", "options", "said"),
    [
        (measured([1.0, 2.0], [1.0, 2.0]), {}, "at least 3 participants with both"),
        (measured(["1", "2", "3"], [1.0, 2.0, 3.0]), {}, r"`watch` is not numeric; .* stats\.weighted_kappa"),
        (measured([1.0, 0, 3], [1.0, 2, 3]), {"scale": "ratio"}, "must be above 0 everywhere"),
        (measured([1.0, 0, 3], [1.0, 2, 3]), {"scale": "log"}, "scale='log' is not known"),
        (measured([1.0, 0, 3], [1.0, 2, 3]), {"coverage": 95}, "expected a share between 0 and 1"),
        (measured([1.0, 0, 3], [1.0, 2, 3]).drop(columns="watch"), {}, "no column `watch`"),
    ],
)
def test_bad_pairs_are_refused(table, options, said):
    with pytest.raises(MethodError, match=said):
        compared(table, **options)


@pytest.mark.slow
def test_intervals_of_limits_cover_their_limit():
    rng = np.random.default_rng(20261123)
    hits = {"one": 0, "several": 0}
    runs, z = 300, 1.959963984540054
    sizes = np.array([1, 2, 2, 3, 4] * 4)
    people = np.repeat(np.arange(len(sizes)), sizes)
    for _ in range(runs):
        x = rng.normal(0.5, 2, 15)
        row = compared(measured(np.zeros(15), x)).row("upper limit")
        hits["one"] += row["conf_low"] <= 0.5 + 2 * z <= row["conf_high"]
        y = rng.normal(0, 1.5, len(sizes))[people] + rng.normal(0, 1, len(people))
        table = measured(np.zeros(len(y)), y, [f"P{one}" for one in people])
        row = compared(table).row("upper limit")
        hits["several"] += row["conf_low"] <= z * np.sqrt(1.5**2 + 1) <= row["conf_high"]
    low, high = scipy_stats.binom.ppf([0.0005, 0.9995], runs, 0.95)
    assert low <= hits["one"] <= high
    assert low <= hits["several"] <= high


def ratings(rows):
    """One list per participant, one number per rater."""
    wide = pd.DataFrame(rows)
    return wide.rename_axis("participant").reset_index().melt("participant", var_name="rater", value_name="value")


def test_intraclass_correlations_by_hand():
    # Two raters, rows (1, 2), (3, 2), (5, 8): grand mean 3.5; means of people 1.5, 2.5, 6.5, of raters 3, 4.
    # Squares: people 2 (4 + 1 + 9) = 28, 2 df, 14; raters 3 (.25 + .25) = 1.5; all 33.5, so error 4, 2 df, 2;
    # within people 5.5 with 3 df.
    result = stats.icc(ratings([[1, 2], [3, 2], [5, 8]]), "value", rater="rater")
    found = result.frame.set_index("term")["estimate"]
    within = 5.5 / 3
    assert found["ICC(1,1)"] == pytest.approx((14 - within) / (14 + within))
    assert found["ICC(A,1)"] == pytest.approx(12 / (16 + 2 * (1.5 - 2) / 3))
    assert found["ICC(C,1)"] == pytest.approx(12 / 16)
    assert found["ICC(1,k)"] == pytest.approx((14 - within) / 14)
    assert found["ICC(A,k)"] == pytest.approx(12 / (14 + (1.5 - 2) / 3))
    assert found["ICC(C,k)"] == pytest.approx(12 / 14)
    assert result.components["variance"].tolist() == pytest.approx([6, 0, 2])
    assert result.frame["n"].tolist() == [3] * 6
    assert result.frame["raters"].tolist() == [2] * 6
    assert result.row("ICC(C,1)")["statistic"] == pytest.approx(7)
    assert result.row("ICC(C,1)")["df"] == 2


def test_one_form_is_the_row_of_all_six():
    table = ratings([[1, 2], [3, 2], [5, 8], [4, 4]])
    one, all_six = (stats.icc(table, "value", rater="rater", form=form) for form in ("ICC(A,1)", None))
    assert len(one.frame) == 1
    assert one.row("ICC(A,1)").equals(all_six.row("ICC(A,1)").rename(0))


def test_raters_who_differ_by_a_constant_are_consistent_but_do_not_agree():
    found = stats.icc(ratings([[1.0, 6.0], [2.0, 7.0], [4.0, 9.0]]), "value", rater="rater").frame.set_index("term")
    assert found.loc["ICC(C,1)", "estimate"] == pytest.approx(1)
    assert found.loc["ICC(A,1)", "estimate"] < 0.3


def test_participants_that_a_rater_missed_are_left_out_and_counted():
    whole = ratings([[1.0, 2], [3, 2], [5, 8], [4, 4]])
    part = pd.concat([whole, pd.DataFrame({"participant": [9], "rater": [0], "value": [3.0]})])
    result = stats.icc(part, "value", rater="rater")
    pd.testing.assert_frame_equal(result.frame, stats.icc(whole, "value", rater="rater").frame)
    assert result.notes == ("left out: 1 participant not rated by every rater",)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (ratings([[1.0], [2.0]]), "each of 1 rater; expected at least 2"),
        (ratings([[1.0, 2.0]]), "1 participant with a rating from each of 2 raters"),
        (ratings([[2.0, 2.0], [2.0, 2.0]]), "every rating is the same"),
        (pd.concat([ratings([[1.0, 2], [3, 4]])] * 2, ignore_index=True), "4 rows repeat a participant and rater"),
        (ratings([["a", "b"], ["a", "b"]]), "is not numeric"),
    ],
)
def test_bad_ratings_are_refused(table, said):
    with pytest.raises(MethodError, match=said):
        stats.icc(table, "value", rater="rater")
    with pytest.raises(MethodError, match="form='ICC2' is not known"):
        stats.icc(table, "value", rater="rater", form="ICC2")


def graded(first, second, dtype=None):
    dtype = dtype or pd.CategoricalDtype(list(MAS_GRADES), ordered=True)
    people = [f"P{row}" for row in range(len(first))]
    return pd.DataFrame(
        {"participant": people, "a": pd.Categorical(first, dtype=dtype), "b": pd.Categorical(second, dtype=dtype)}
    )


def kappa(table, **options):
    return stats.weighted_kappa(table, first="a", second="b", **options)


def test_kappa_by_hand():
    # Pairs 0-0, 0-1, 1-1, 1-1: agree 3/4; margins 1/2, 1/2 and 1/4, 3/4: by chance 1/8 + 3/8. Kappa 1/2.
    row = kappa(graded(["0", "0", "1", "1"], ["0", "1", "1", "1"]), weights="none").row("kappa")
    assert (row["observed"], row["expected"], row["exact"], row["estimate"]) == pytest.approx((0.75, 0.5, 0.75, 0.5))
    # Variance: sum p (w - m (1 - k))^2 - (k - e (1 - k))^2 over n (1 - e)^2, m the sum of both margins' agreement.
    cells = {(0, 0): 0.25, (0, 1): 0.25, (1, 1): 0.5}
    column, rows = {0: 0.25, 1: 0.75}, {0: 0.5, 1: 0.5}
    total = sum(p * ((i == j) - (column[i] + rows[j]) * 0.5) ** 2 for (i, j), p in cells.items())
    assert row["std_error"] == pytest.approx(np.sqrt((total - (0.5 - 0.25) ** 2) / (4 * 0.25)))
    null = sum(rows[i] * column[j] * ((i == j) - (column[i] + rows[j])) ** 2 for i in (0, 1) for j in (0, 1))
    assert row["statistic"] == pytest.approx(0.5 / np.sqrt((null - 0.25) / (4 * 0.25)))


def test_weights_count_how_far_grades_are_apart():
    # MAS 1+ lies between 1 and 2: an error of one step.
    near = graded(["0", "1", "1+", "2", "3"], ["0", "1+", "2", "2", "3"])
    far = graded(["0", "1", "1+", "2", "3"], ["0", "3", "4", "2", "3"])
    for weights in ("linear", "quadratic"):
        assert kappa(near, weights=weights).frame["estimate"][0] > kappa(far, weights=weights).frame["estimate"][0]
    assert kappa(near, weights="none").frame["exact"][0] == pytest.approx(0.6)


def test_quadratic_kappa_is_the_correlation_when_margins_are_equal():
    first, second = [0, 1, 2, 3, 1, 2, 0, 3], [1, 0, 2, 3, 2, 1, 0, 3]
    table = pd.DataFrame({"a": first, "b": second})
    assert kappa(table).frame["estimate"][0] == pytest.approx(np.corrcoef(first, second)[0, 1])


def test_swapping_raters_and_unused_grades_change_nothing():
    table = graded(["0", "1", "1+", "2", "3"], ["0", "1+", "2", "2", "3"])
    there, back = kappa(table), stats.weighted_kappa(table, first="b", second="a")
    pd.testing.assert_frame_equal(there.frame, back.frame)
    codes = table.assign(**{name: table[name].cat.codes.astype(float) for name in "ab"})  # 0 to 4, no grade 4 seen
    assert kappa(codes).frame["std_error"][0] == pytest.approx(there.frame["std_error"][0])
    lost = pd.concat([table, graded(["2"], [None]).assign(participant="P9")])
    assert kappa(lost).notes[0] == "left out: 1 row without both ratings"
    assert "missed in 6 to 16 %" in kappa(lost).notes[1]
    many = pd.concat([table.assign(participant=table["participant"] + str(k)) for k in range(9)])
    assert kappa(many).notes == ()
    assert kappa(lost).frame["estimate"][0] == there.frame["estimate"][0]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (graded(["1", "1"], ["1", "1"]), "2 pairs in one grade"),
        (graded(["1", "2"], ["1", "1"], pd.CategoricalDtype(["1", "2"])), "has no order"),
        (pd.DataFrame({"a": [1.5, 2], "b": [1.0, 2]}), r"not in whole numbers; .* stats\.agreement"),
        (pd.DataFrame({"a": ["1", "2"], "b": ["1", "2"]}), "must both be ordered categories, or both whole numbers"),
        (graded(["1", "2"], ["1", "1"]).assign(participant="P1"), "several rows, which are not independent"),
        (
            graded(["1", "2"], ["1", "1"]).assign(b=pd.Categorical(["1", "1"], ["0", "1"], ordered=True)),
            "different categories",
        ),
    ],
)
def test_bad_grades_are_refused(table, said):
    with pytest.raises(MethodError, match=said):
        kappa(table)
