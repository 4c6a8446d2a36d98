"""Means, medians and geometric means: by hand, missing values, repeats, order, coverage."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from spasticity import stats
from spasticity.errors import MethodError
from spasticity.stats.summaries import _median
from tests.stats.made import trial


def values(*numbers, **columns):
    frame = pd.DataFrame({"value": list(numbers)}).assign(arm="a", visit="week 12", outcome="pain_nrs", **columns)
    return frame.assign(participant=[f"P{row}" for row in range(len(frame))])


def test_a_mean_by_hand_in_every_column():
    result = stats.describe(values(1.0, 2.0, 6.0, np.nan))
    (row,) = result.frame.to_dict("records")
    error = np.sqrt(7 / 3)  # variance (4 + 1 + 9) / 2 = 7
    assert (row["term"], row["outcome"], row["arm"], row["visit"]) == ("mean", "pain_nrs", "a", "week 12")
    assert (row["estimate"], row["df"], row["n"], row["n_missing"]) == (3, 2, 3, 1)
    assert row["std_error"] == pytest.approx(error)
    assert row["conf_low"] == pytest.approx(3 - 4.302652729911275 * error)
    assert row["conf_high"] == pytest.approx(3 + 4.302652729911275 * error)
    assert np.isnan(row["statistic"])
    assert np.isnan(row["p_value"])
    assert row["sd"] == pytest.approx(np.sqrt(7))
    assert [row[name] for name in ("median", "q1", "q3", "minimum", "maximum")] == [2, 1.5, 4, 1, 6]
    assert row["achieved_level"] == 0.95
    assert (result.n, result.level) == (3, 0.95)
    assert result.method == "mean with 95\N{NO-BREAK SPACE}% t interval"


def test_another_level_by_hand():
    row = stats.describe(values(1.0, 2.0, 6.0), level=0.5).frame.iloc[0]
    assert row["conf_high"] == pytest.approx(3 + np.sqrt(2 / 3) * np.sqrt(7 / 3))  # t(0.75; 2) = sqrt(2/3)


def test_a_median_by_hand():
    row = stats.describe(values(*range(1, 11)), statistic="median").frame.iloc[0]
    # of 10 fair coins at most one falls with probability 11/1024, at most two with 56/1024: ranks 2 and 9
    assert (row["estimate"], row["conf_low"], row["conf_high"]) == (5.5, 2, 9)
    assert row["achieved_level"] == pytest.approx(1 - 2 * 11 / 1024)
    assert np.isnan(row["std_error"])


def test_a_level_that_is_met_exactly_counts_as_met():
    row = stats.describe(values(1.0, 2.0, 3.0, 4.0, 5.0), statistic="median", level=1 - 2 / 32).frame.iloc[0]
    assert (row["conf_low"], row["conf_high"], row["achieved_level"]) == (1, 5, 1 - 2 / 32)


def test_five_values_are_too_few_for_the_interval_of_a_median():
    result = stats.describe(values(1.0, 2.0, 3.0, 4.0, 5.0), statistic="median")
    assert result.frame[["conf_low", "conf_high", "achieved_level"]].isna().all(axis=None)
    assert result.notes == ("1 group has too few values for an interval",)


def test_a_geometric_mean_by_hand():
    row = stats.describe(values(1.0, 2.0, 4.0), statistic="geometric mean").frame.iloc[0]
    error = np.log(2) / np.sqrt(3)  # logarithms -log 2, 0, log 2 about log 2
    assert row["estimate"] == pytest.approx(2)
    assert row["std_error"] == pytest.approx(2 * error)
    assert row["df"] == 2
    assert row["conf_low"] == pytest.approx(2 * np.exp(-4.302652729911275 * error))
    assert row["conf_high"] == pytest.approx(2 * np.exp(4.302652729911275 * error))
    assert row["sd"] == pytest.approx(np.sqrt(7 / 3))


def test_an_offset_is_added_before_the_logarithm_and_subtracted_after():
    result = stats.describe(values(0.0, 1.0, 3.0), statistic="geometric mean", offset=1)
    assert result.frame.loc[0, "estimate"] == pytest.approx(1)
    assert result.frame.loc[0, "conf_low"] == pytest.approx(2 * np.exp(-4.302652729911275 * np.log(2) / np.sqrt(3)) - 1)
    assert result.frame.loc[0, "std_error"] == pytest.approx(2 * np.log(2) / np.sqrt(3))
    assert "1 added before the logarithm and subtracted after" in result.method


def test_zeros_under_a_logarithm_are_refused_with_a_remedy():
    with pytest.raises(
        MethodError, match=r"2 values of 0 or less, first at row 0; .* Use statistic='median', or say offset=1"
    ):
        stats.describe(values(0.0, 0.0, 3.0), statistic="geometric mean")
    with pytest.raises(MethodError, match="1 value of 0 or less"):
        stats.describe(values(-1.0, 0.0, 3.0), statistic="geometric mean", offset=1)
    with pytest.raises(MethodError, match="`offset` belongs to statistic='geometric mean' only"):
        stats.describe(values(1.0), offset=1)


@pytest.mark.parametrize("statistic", ["mean", "median", "geometric mean"])
def test_one_value_has_no_interval_and_none_has_no_estimate(statistic):
    table = pd.concat([values(4.0), values(np.nan, np.nan).assign(arm="b", participant=["X", "Y"])])
    result = stats.describe(table, by="arm", statistic=statistic)
    one, none = result.frame.to_dict("records")
    assert one["estimate"] == pytest.approx(4)
    assert np.isnan([one["std_error"], one["conf_low"], one["conf_high"], one["sd"]]).all()
    assert (none["n"], none["n_missing"]) == (0, 2)
    assert np.isnan([none["estimate"], none["median"], none["minimum"]]).all()
    assert result.n == 1


def test_categories_and_visits_come_in_the_order_of_the_protocol():
    frame = stats.describe(trial().sample(frac=1, random_state=3)).frame
    assert list(frame["arm"].unique()) == ["placebo", "oral baclofen", "cyclobenzaprine"]
    assert list(frame["visit"].unique()) == ["baseline", "week 4", "week 12"]
    text = trial().astype({"visit": str})
    assert list(stats.describe(text, by="visit").frame["visit"]) == ["baseline", "week 4", "week 12"]


def test_any_columns_make_groups_also_hours_of_the_day():
    table = pd.concat([values(1.0, 3.0, hour=hour) for hour in (9, 10)]).rename(columns={"value": "spasms_per_hour"})
    result = stats.describe(table, by=("arm", "visit", "hour"), value="spasms_per_hour")
    assert result.groups == ["arm", "visit", "hour"]
    assert list(result.frame["hour"]) == [9, 10]
    assert result.n == 2
    assert result.method.startswith("mean of spasms per hour with")


def test_no_groups_describe_the_whole_table():
    assert stats.describe(values(1.0, 3.0), by=()).frame.loc[0, "estimate"] == 2


def test_rows_without_a_group_are_counted():
    table = values(1.0, 2.0, 3.0)
    table.loc[0, "arm"] = None
    result = stats.describe(table)
    assert result.notes == ("left out: arm missing in 1 row",)
    assert result.frame.loc[0, "n"] == 2
    with pytest.raises(MethodError, match="no row has a value in `arm`"):
        stats.describe(table.assign(arm=None), by="arm")


def test_a_participant_twice_in_a_group_is_refused():
    table = pd.concat([values(1.0, 2.0, day=1), values(3.0, 4.0, day=2)], ignore_index=True)
    with pytest.raises(
        MethodError, match=r"2 rows repeat a participant within `arm`, first at row 2; .* one number per"
    ):
        stats.describe(table, by="arm")
    assert stats.describe(table, by=("arm", "day")).n == 2
    assert stats.describe(table.drop(columns="participant"), by="arm").frame.loc[0, "n"] == 4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"statistic": "mode"}, "statistic='mode' is not known: expected `mean`, `median` or `geometric mean`"),
        ({"by": "site"}, "the table has no column `site`; there are `value`"),
        ({"value": "weight"}, "the table has no column `weight`"),
        ({"value": "arm"}, "`arm` is not a number and has no mean; use `stats.shares` for grades"),
        ({"level": 1.0}, "level=1.0 is not a confidence level"),
    ],
)
def test_what_cannot_be_described_is_refused(options, message):
    with pytest.raises(MethodError, match=message):
        stats.describe(values(1.0, 2.0), **options)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.floats(0.1, 1000), min_size=2, max_size=20),
    st.floats(0.01, 100),
    st.sampled_from(["mean", "median", "geometric mean"]),
)
def test_units_scale_every_statistic(numbers, scale, statistic):
    one, other = (stats.describe(values(*(n * k for n in numbers)), statistic=statistic).frame for k in (1, scale))
    columns = ["estimate", "std_error", "conf_low", "conf_high", "median", "q1", "q3", "minimum", "maximum"]
    np.testing.assert_allclose(one[columns].astype(float) * scale, other[columns].astype(float), rtol=1e-6, atol=1e-9)
    limits = one[["conf_low", "estimate", "conf_high"]].dropna()
    assert (limits["conf_low"] <= limits["estimate"] * (1 + 1e-12)).all()
    assert (limits["estimate"] <= limits["conf_high"] * (1 + 1e-12)).all()


@pytest.mark.parametrize("n", [6, 9, 25])
def test_the_interval_of_a_median_covers_as_it_says(n):
    """The chance that the median lies between two order statistics is a binomial sum, counted here another way."""
    rng = np.random.default_rng(20240331)
    samples = np.sort(rng.exponential(size=(20_000, n)), axis=1)
    first = _median(np.arange(n, dtype=float), 0.95)
    low, high = int(first["conf_low"]), int(first["conf_high"])
    inside = np.mean((samples[:, low] <= np.log(2)) & (np.log(2) <= samples[:, high]))
    achieved = first["achieved_level"]
    assert achieved >= 0.95
    assert inside == pytest.approx(achieved, abs=3.3 * np.sqrt(achieved * (1 - achieved) / 20_000))
    assert scipy_stats.binom.cdf(low, n, 0.5) <= 0.025 < scipy_stats.binom.cdf(low + 1, n, 0.5)


def test_few_and_skewed_values_are_told_to_have_too_narrow_a_t_interval():
    rng = np.random.default_rng(11)
    table = pd.DataFrame({"participant": range(60), "arm": ["few"] * 15 + ["many"] * 45})
    table["value"] = np.exp(np.tile(np.linspace(-2, 2.5, 15), 4))
    said = stats.describe(table, by="arm").notes
    assert said == stats.describe(table[table["arm"].eq("few")], by="arm").notes
    assert "1 group has few and skewed values" in said[0]
    assert stats.describe(table, by="arm", statistic="geometric mean").notes == ()
    assert stats.describe(table.assign(value=rng.uniform(0, 1, 60)), by="arm").notes == ()
    assert stats.describe(table.assign(value=1.0), by="arm").notes == ()
