"""Times to events: by hand, against definitions, invariances, bad input. Comparisons with R are in tests/reference."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from spasticity import stats
from spasticity.errors import MethodError


def followed(time, event, **columns):
    people = [f"P{row:03d}" for row in range(len(time))]
    return pd.DataFrame({"participant": people, "days": np.asarray(time, dtype=float), "stopped": event, **columns})


TIES = followed([1, 2, 2, 3, 4, 4, 5, 6], [True] * 8)
SHORT = followed([2, 3, 3, 5, 8], [True, True, False, True, False], arm=["a", "a", "b", "b", "b"])


def curve(table, **options):
    return stats.survival(table, time="days", event="stopped", **options)


def test_a_curve_by_hand_in_every_column():
    found = curve(SHORT, interval="plain").curve
    # 5 at risk at 2; 4 at 3, where one has the event and one leaves; 2 at 5; 1 at 8.
    s = [1, 4 / 5, 3 / 5, 3 / 10, 3 / 10]
    green = np.cumsum([0, 1 / 20, 1 / 12, 1 / 2, 0])
    error = s * np.sqrt(green)
    assert found["time"].tolist() == [0, 2, 3, 5, 8]
    assert found["at_risk"].tolist() == [5, 5, 4, 2, 1]
    assert found["events"].tolist() == [0, 1, 1, 1, 0]
    assert found["censored"].tolist() == [0, 0, 1, 0, 1]
    assert found["estimate"].tolist() == pytest.approx(s)
    assert found["std_error"].tolist() == pytest.approx(error.tolist())
    assert found["conf_low"].tolist() == pytest.approx(np.maximum(s - 1.959963984540054 * error, 0).tolist())
    assert found["conf_high"].tolist() == pytest.approx(np.minimum(s + 1.959963984540054 * error, 1).tolist())


def test_other_intervals_by_their_definition():
    plain = curve(SHORT, interval="plain").curve.iloc[2]
    s, error, z = plain["estimate"], plain["std_error"], 1.959963984540054
    log = curve(SHORT, interval="log").curve.iloc[2]
    assert (log["conf_low"], log["conf_high"]) == pytest.approx(
        (s * np.exp(-z * error / s), min(1, s * np.exp(z * error / s)))
    )
    twice = curve(SHORT).curve.iloc[2]
    half = z * error / (s * np.log(s))
    assert (twice["conf_low"], twice["conf_high"]) == pytest.approx((s ** np.exp(-half), s ** np.exp(half)))


def test_what_is_read_off_by_hand():
    found = curve(SHORT, at=[2.5, 5], horizon=6)
    assert found.row("median time")["estimate"] == 5
    at = found.frame[found.frame["term"].eq("free of the event")]
    assert at["estimate"].tolist() == pytest.approx([0.8, 0.3])
    # 2 x 1 + 1 x 0.8 + 2 x 0.6 + 1 x 0.3; from 2 on 2.3 are left, from 3 on 1.5, from 5 on 0.3.
    mean = found.row("restricted mean time")
    assert mean["estimate"] == pytest.approx(4.3)
    assert mean["std_error"] == pytest.approx(np.sqrt(2.3**2 / 20 + 1.5**2 / 12 + 0.3**2 / 2))
    assert mean["time"] == 6


def test_a_curve_at_exactly_a_half_has_its_median_in_the_middle():
    even = followed(range(1, 9), [True, True, True, True, False, False, True, True])
    row = curve(even).row("median time")
    assert (row["estimate"], row["conf_low"]) == (5.5, 1)
    assert np.isnan(row["conf_high"])
    assert np.isnan(curve(followed([1, 2, 3], [True, False, False])).row("median time")["estimate"])


def test_the_risk_table_counts_who_is_still_there_just_before():
    found = curve(TIES).at_risk([0, 2, 4, 6, 7])
    assert found["at_risk"].tolist() == [8, 7, 4, 1, 0]
    assert found["events"].tolist() == [0, 1, 4, 7, 8]
    two = curve(SHORT, by="arm").at_risk([0, 3])
    assert two.to_numpy().tolist() == [["a", 0, 2, 0, 0], ["a", 3, 1, 1, 0], ["b", 0, 3, 0, 0], ["b", 3, 3, 0, 0]]


def test_without_censoring_the_curve_is_the_share_and_the_mean_the_mean():
    found = curve(TIES, horizon=6)
    assert found.curve["estimate"].tolist() == pytest.approx([1, 7 / 8, 5 / 8, 4 / 8, 2 / 8, 1 / 8, 0])
    row = found.row("restricted mean time")
    assert row["estimate"] == pytest.approx(TIES["days"].mean())
    assert row["std_error"] == pytest.approx(TIES["days"].std(ddof=0) / np.sqrt(8))


def test_restricted_means_are_compared_like_independent_numbers():
    found = curve(SHORT, by="arm", horizon=3, at=[2])
    difference = found.contrasts().row(measure="restricted mean time to 3")
    a, b = (found.row("restricted mean time", arm=arm) for arm in "ab")
    assert difference["term"] == "b - a"
    assert difference["estimate"] == pytest.approx(b["estimate"] - a["estimate"])
    assert difference["std_error"] == pytest.approx(np.hypot(a["std_error"], b["std_error"]))
    assert difference["n"] == 5
    back = found.contrasts(reference="b").row(measure="restricted mean time to 3")
    assert back["estimate"] == pytest.approx(-difference["estimate"])
    assert set(found.contrasts().frame["measure"]) == {"free of the event at 2", "restricted mean time to 3"}


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=2, max_size=40),
    st.floats(0.1, 50),
)
def test_unit_and_order_change_nothing_else(rows, scale):
    table = followed([row[0] for row in rows], [row[1] for row in rows])
    one = curve(table).curve
    assert one["estimate"].is_monotonic_decreasing
    assert one["at_risk"].iloc[0] == len(table)
    assert one["events"].sum() + one["censored"].sum() == len(table)
    two = curve(table.assign(days=table["days"] * scale)).curve
    assert two["estimate"].tolist() == pytest.approx(one["estimate"].tolist())
    turned = curve(table.iloc[::-1]).curve
    pd.testing.assert_frame_equal(one, turned)


def test_incomplete_rows_are_left_out_and_counted():
    extra = followed([4, np.nan], [None, True], arm=["a", "a"]).assign(participant=["X", "Y"])
    part = pd.concat([SHORT.astype({"stopped": object}), extra], ignore_index=True)
    found = curve(part, by="arm")
    pd.testing.assert_frame_equal(found.curve, curve(SHORT, by="arm").curve)
    assert found.notes == ("left out: days missing in 1 row", "left out: stopped missing in 1 row")


@pytest.mark.parametrize(
    ("table", "options", "said"),
    [
        (SHORT.drop(columns="days"), {}, "no column `days`"),
        (SHORT.assign(days=-1.0), {}, "negative or infinite, first at row 0"),
        (SHORT.assign(days="1"), {}, "`days` is not numeric"),
        (SHORT.assign(stopped=2), {}, "not true or false everywhere"),
        (SHORT.assign(participant="A"), {}, r"4 rows repeat a participant, .* stats\.mean_events"),
        (SHORT, {"horizon": 9}, "followed to 8 only"),
        (SHORT, {"interval": "arcsine"}, "interval='arcsine' is not known"),
    ],
)
def test_bad_times_are_refused(table, options, said):
    with pytest.raises(MethodError, match=said):
        curve(table, **options)
    with pytest.raises(MethodError, match="exactly one grouping column"):
        curve(SHORT).contrasts()


def test_log_rank_by_hand():
    # At 2: 2 of 5 are a, 1 event. At 3: 1 of 4 are a, 1 event. At 5: none are a.
    found = stats.log_rank(SHORT, time="days", event="stopped")
    expected, variance = 2 / 5 + 1 / 4, 2 / 5 * 3 / 5 + 1 / 4 * 3 / 4
    assert found.counts["observed"].tolist() == [2, 1]
    assert found.counts["expected"].tolist() == pytest.approx([expected, 3 - expected])
    assert found.frame["statistic"][0] == pytest.approx((2 - expected) ** 2 / variance)
    assert found.frame["df"][0] == 1
    # Peto: weights 1, 4/5, 3/5 by the share free of the event before.
    peto = stats.log_rank(SHORT, time="days", event="stopped", weights="peto")
    off = 2 / 5 * -1 + 1 + 4 / 5 * (1 - 1 / 4)
    spread = 2 / 5 * 3 / 5 + 16 / 25 * 1 / 4 * 3 / 4
    assert peto.frame["statistic"][0] == pytest.approx(off**2 / spread)


def test_log_rank_within_one_stratum_or_two_equal_ones():
    one = stats.log_rank(SHORT.assign(site="x"), time="days", event="stopped", strata="site")
    assert one.frame["statistic"][0] == pytest.approx(
        stats.log_rank(SHORT, time="days", event="stopped").frame["statistic"][0]
    )
    twice = pd.concat([SHORT.assign(site="x"), SHORT.assign(site="y", participant=SHORT["participant"] + "y")])
    two = stats.log_rank(twice, time="days", event="stopped", strata="site")
    assert two.frame["statistic"][0] == pytest.approx(2 * one.frame["statistic"][0])


@pytest.mark.parametrize("table", [SHORT.assign(arm="a"), SHORT.assign(stopped=False)], ids=["one group", "no event"])
def test_log_rank_needs_two_groups_and_an_event(table):
    with pytest.raises(MethodError, match="a test needs two groups and an event"):
        stats.log_rank(table, time="days", event="stopped")


def made(n=120, seed=3, effect=0.7):
    rng = np.random.default_rng(seed)
    arm = np.where(np.arange(n) % 2, "active", "placebo")
    x = rng.normal(size=n)
    true = rng.exponential(30 * np.exp(-effect * (arm == "active") - 0.3 * x))
    end = rng.uniform(5, 60, n)
    return followed(np.ceil(np.minimum(true, end)), true <= end, arm=arm, x=x, site=rng.choice(list("uv"), n))


def fitted(table, formula="days ~ arm + x", **options):
    return stats.cox(table, formula, event="stopped", reference="placebo", **options)


def test_a_cox_model_of_four_people_by_hand():
    # Events at 1 (b), 2 (a), 3 (b); a leaves at 4. With r = exp(b) for arm b the likelihood is
    # r / (2r + 2) x 1 / (r + 2) x r / (r + 1); its score is 0 where 2 = 2r/(r+1) + r/(r+2): 2 (r+1)(r+2) = 3r^2 + 5r.
    table = followed([1, 2, 3, 4], [True, True, True, False], arm=["b", "a", "b", "a"])
    fit = stats.cox(table, "days ~ arm", event="stopped")
    r = (1 + np.sqrt(17)) / 2
    row = fit.frame.iloc[0]
    assert row["ratio"] == pytest.approx(r)
    information = 2 * r / (r + 1) ** 2 + 2 * r / (r + 2) ** 2
    assert row["std_error"] == pytest.approx(1 / np.sqrt(information))
    assert fit.log_likelihood == pytest.approx((-np.log(4 * 3 * 2), np.log(r / (2 * r + 2) / (r + 2) * r / (r + 1))))
    assert (fit.n, fit.events) == (4, 3)
    contrast = fit.contrasts().frame.iloc[0]
    assert (contrast["term"], contrast["estimate"]) == ("b / a", pytest.approx(r))
    assert fit.likelihood_ratio().frame["statistic"][0] == pytest.approx(2 * np.diff(fit.log_likelihood)[0])


def test_ties_by_hand():
    # Two of three have the event at 1, one of each arm. Breslow: r / (2r + 1)^2; Efron's second factor loses half of
    # both that are tied: (2r + 1) - (r + 1) / 2.
    table = followed([1, 1, 2], [True, True, False], arm=["a", "b", "b"])
    r = stats.cox(table, "days ~ arm", event="stopped", ties="breslow").frame["ratio"][0]
    assert r == pytest.approx(0.5)  # 1 - 4r / (2r + 1) = 0
    r = stats.cox(table, "days ~ arm", event="stopped").frame["ratio"][0]
    assert 2 * r / (2 * r + 1) + 1.5 * r / (1.5 * r + 0.5) == pytest.approx(1)


def test_shift_scale_order_and_split_rows_change_nothing():
    table = made()
    one = fitted(table)
    for other in (
        fitted(table.assign(days=table["days"] * 7)),
        fitted(table.sample(frac=1, random_state=1)),
        fitted(table.assign(x=table["x"] + 1000)),
    ):
        assert other.frame["estimate"].tolist() == pytest.approx(one.frame["estimate"].tolist(), rel=1e-9)
        assert other.frame["std_error"].tolist() == pytest.approx(one.frame["std_error"].tolist(), rel=1e-9)
    cut = table.assign(begin=0.0)
    late = cut[cut["days"] > 10].assign(begin=10.0)
    early = cut.assign(stopped=cut["stopped"] & (cut["days"] <= 10), days=cut["days"].clip(upper=10))
    split = fitted(pd.concat([early, late]), entry="begin")
    assert split.frame["estimate"].tolist() == pytest.approx(one.frame["estimate"].tolist(), rel=1e-10)
    assert split.log_likelihood == pytest.approx(one.log_likelihood)


def test_robust_errors_of_doubled_people_are_those_of_the_people():
    table = made(60)
    one = fitted(table, vcov="robust", ties="breslow")
    twice = pd.concat([table, table])
    both = twice.assign(begin=-0.0, participant=twice["participant"])
    with pytest.raises(MethodError, match="overlap in time"):
        fitted(both, entry="begin")
    apart = twice.assign(participant=[f"Q{row}" for row in range(len(twice))])
    assert fitted(apart, vcov="robust", ties="breslow").frame["std_error"].tolist() == pytest.approx(
        (one.frame["std_error"] / np.sqrt(2)).tolist()
    )


def test_a_null_effect_is_proportional_and_an_effect_that_fades_is_not():
    assert fitted(made()).proportionality().row("all terms")["p_value"] > 0.05
    rng = np.random.default_rng(5)
    arm = np.where(np.arange(400) % 2, "active", "placebo")
    time = np.where(arm == "active", rng.weibull(3, 400) * 30, rng.weibull(0.7, 400) * 30)
    tests = stats.cox(followed(time, [True] * 400, arm=arm), "days ~ arm", event="stopped").proportionality()
    assert tests.row("arm")["p_value"] < 1e-6
    assert tests.row("arm")["statistic"] == pytest.approx(tests.row("all terms")["statistic"])


@pytest.mark.parametrize(
    ("table", "options", "said"),
    [
        (made().assign(stopped=False), {}, "nobody has the event"),
        (made().assign(participant="A"), {}, "say with `entry` from when each is at risk"),
        (
            made().assign(stopped=lambda t: t["stopped"] & (t["arm"] == "active")),
            {},
            r"`arm\[active\]` grows without bound",
        ),
        (made(), {"formula": "days ~ 0 + arm"}, "write it with an intercept"),
        (made().assign(begin=100.0), {"entry": "begin"}, "ends before it begins"),
        (made().assign(days=-1.0), {}, "`days` is negative, first at row 0"),
        (made(), {"ties": "exact"}, "ties='exact' is not known"),
    ],
)
def test_what_cox_cannot_fit_is_refused(table, options, said):
    with pytest.raises(MethodError, match=said):
        fitted(table, **options)


def test_a_cox_model_has_no_means():
    with pytest.raises(MethodError, match="has no means"):
        fitted(made()).means()
    with pytest.raises(MethodError, match="has no means"):
        fitted(made()).marginal()


@pytest.mark.slow
def test_intervals_cover_and_tests_keep_their_level():
    rng = np.random.default_rng(7)
    runs, covered, rejected = 150, 0, 0
    for _ in range(runs):
        table = made(80, seed=int(rng.integers(1 << 30)), effect=0.5)
        row = fitted(table).frame.iloc[0]
        covered += row["conf_low"] <= 0.5 <= row["conf_high"]
        none = made(60, seed=int(rng.integers(1 << 30)), effect=0)
        rejected += stats.log_rank(none, time="days", event="stopped").frame["p_value"][0] < 0.05
    low, high = binom.ppf([0.0005, 0.9995], runs, 0.95)
    assert low <= covered <= high
    assert runs - high <= rejected <= runs - low


CAUSES = pd.DataFrame(
    {
        "participant": list("ABCDE"),
        "days": [1.0, 2, 2, 3, 4],
        "cause": ["effect", "harm", "none", "effect", "none"],
    }
)
CAUSE = {"time": "days", "cause": "cause", "censored": "none"}


def test_cumulative_incidence_by_hand():
    # Free of all: 4/5 after 1, 3/5 after 2, 3/10 after 3. Effect: 1/5, then 3/5 x 1/2. Harm: 4/5 x 1/4.
    found = stats.cumulative_incidence(CAUSES, at=[1, 2, 3], **CAUSE)
    effect, harm = (found.frame[found.frame["cause"].eq(cause)]["estimate"].tolist() for cause in ("effect", "harm"))
    assert effect == pytest.approx([0.2, 0.2, 0.5])
    assert harm == pytest.approx([0, 0.2, 0.2])
    one = found.curve[found.curve["cause"].eq("effect")]
    assert one["at_risk"].tolist() == [5, 5, 4, 2, 1]
    assert one["events"].tolist() == [0, 1, 0, 1, 0]
    # With one cause only it is what a Kaplan-Meier curve has lost.
    alone = CAUSES.assign(cause=CAUSES["cause"].replace("harm", "effect"))
    share = stats.cumulative_incidence(alone, at=[1, 2, 3], **CAUSE).frame
    free = stats.survival(alone.assign(e=alone["cause"] != "none"), time="days", event="e", at=[1, 2, 3])
    free = free.frame[free.frame["term"].eq("free of the event")]
    assert share["estimate"].tolist() == pytest.approx((1 - free["estimate"]).tolist())


def test_incidences_and_the_free_add_up_to_one():
    rng = np.random.default_rng(9)
    table = pd.DataFrame(
        {
            "participant": range(60),
            "days": rng.integers(0, 20, 60).astype(float),
            "cause": rng.choice(["effect", "harm", "none"], 60),
        }
    )
    found = stats.cumulative_incidence(table, **CAUSE).curve
    total = found.groupby("time")["estimate"].sum()
    free = stats.survival(table.assign(e=table["cause"] != "none"), time="days", event="e").curve
    assert (total + free.set_index("time")["estimate"]).to_numpy() == pytest.approx(np.ones(len(total)))


def test_gray_does_not_mind_order_or_names_and_refuses_one_group():
    rng = np.random.default_rng(11)
    table = pd.DataFrame(
        {
            "participant": range(80),
            "arm": rng.choice(list("ab"), 80),
            "days": rng.integers(1, 30, 80).astype(float),
            "cause": rng.choice(["effect", "harm", "none"], 80),
        }
    )
    one = stats.gray(table, **CAUSE).frame
    turned = table.assign(arm=table["arm"].map({"a": "b", "b": "a"})).sample(frac=1, random_state=1)
    assert stats.gray(turned, **CAUSE).frame["statistic"].tolist() == pytest.approx(one["statistic"].tolist())
    with pytest.raises(MethodError, match="a test needs two"):
        stats.gray(table.assign(arm="a"), **CAUSE)
    with pytest.raises(MethodError, match="censored='alive' is not known"):
        stats.gray(table, **(CAUSE | {"censored": "alive"}))
    with pytest.raises(MethodError, match="nobody has an event"):
        stats.cumulative_incidence(table.assign(cause="none"), **CAUSE)


FALLS = pd.DataFrame(
    {
        "participant": ["A", "A", "B", "C"],
        "begin": [0.0, 2, 0, 0],
        "end": [2.0, 5, 4, 3],
        "fell": [True, True, True, False],
    }
)
FELL = {"time": "end", "entry": "begin", "event": "fell"}


def test_mean_events_by_hand():
    # At 2: 1 of 3 at risk; at 4: 1 of 2 (C left at 3); at 5: A alone.
    found = stats.mean_events(FALLS, at=[2, 4, 5], **FELL).frame
    assert found["estimate"].tolist() == pytest.approx([1 / 3, 5 / 6, 11 / 6])
    # Each one's events less what is expected of those at risk: A 2/9, B and C -1/9 at 2; A -1/4, B 1/4 at 4; none at 5.
    first = np.array([2 / 9, -1 / 9, -1 / 9])
    second = first + np.array([-1 / 4, 1 / 4, 0])
    errors = [np.sqrt((one**2).sum()) for one in (first, second, second)]
    assert found["std_error"].tolist() == pytest.approx(errors)
    assert found["events"].tolist() == [1, 2, 3]
    assert found["n"].tolist() == [3] * 3
    assert np.isnan(stats.mean_events(FALLS, at=[6], **FELL).frame["estimate"][0])


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (FALLS.assign(begin=[0.0, 1, 0, 0]), "overlap in time"),
        (FALLS.assign(begin=[3.0, 3, 0, 0]), "ends before it begins, .* first at row 0"),
        (FALLS.assign(fell=False), "nobody has an event"),
        (FALLS.assign(end="1"), "`end` is not numeric"),
    ],
)
def test_bad_stretches_are_refused(table, said):
    with pytest.raises(MethodError, match=said):
        stats.mean_events(table, **FELL)
    with pytest.raises(MethodError, match="changes within a participant"):
        stats.mean_events(FALLS.assign(arm=["a", "b", "a", "a"]), by="arm", **FELL)


def test_intervals_that_small_groups_showed_to_be_narrow_are_named():
    rng = np.random.default_rng(12)
    table = pd.DataFrame({"participant": range(40), "days": rng.integers(1, 100, 40), "stopped": rng.random(40) < 0.6})
    table["arm"] = ["few"] * 12 + ["more"] * 28
    options = {"time": "days", "event": "stopped", "by": "arm"}
    assert any("plain intervals" in note for note in stats.survival(table, interval="plain", **options).notes)
    assert stats.survival(table, **options).notes == ()
    assert stats.survival(table[table["arm"].eq("more")], interval="log", **options).notes == ()
    rows = table.assign(entry=0)
    named = {"time": "days", "event": "stopped", "entry": "entry", "by": "arm"}
    assert any("mean numbers missed in 10 %" in note for note in stats.mean_events(rows, **named).notes)
    assert stats.mean_events(rows[rows["arm"].eq("more")], **named).notes == ()
