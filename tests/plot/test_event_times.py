"""Curves of events draw the numbers of the statistics, and the numbers at risk under them."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from spasticity import plot, stats
from spasticity.errors import MethodError

RNG = np.random.default_rng(20261123)
TABLE = pd.DataFrame(
    {
        "participant": [f"P{row}" for row in range(60)],
        "arm": ["placebo", "oral baclofen"] * 30,
        "days": np.minimum(RNG.exponential(60, 60).round(), 120),
    }
).assign(
    stopped=lambda table: table["days"] < 120,
    why=lambda table: np.where(table["days"] == 120, "none", np.where(table["days"] % 3 == 0, "harm", "effect")),
)


def test_steps_intervals_and_risk_table_equal_the_result():
    found = stats.survival(TABLE, time="days", event="stopped", by="arm")
    ax = plot.kaplan_meier(found, times=[0, 40, 80, 120], event="stopping")
    for arm, mark in (("placebo", "placebo"), ("oral baclofen", "oral-baclofen")):
        rows = found.curve[found.curve["arm"].eq(arm)]
        (line,) = plot.find(ax, f"estimate.{mark}")
        np.testing.assert_array_equal(np.column_stack(line.get_data()), rows[["time", "estimate"]])
        assert line.get_drawstyle() == "steps-post"
        (bars,) = plot.find(ax, f"interval.{mark}")
        at = [rows[rows["time"] <= time].iloc[-1] for time in (40, 80, 120) if time <= rows["time"].max()]
        ends = [[segment[0][1], segment[1][1]] for segment in bars.get_segments()]
        np.testing.assert_allclose(ends, [[row["conf_low"], row["conf_high"]] for row in at])
        (ticks,) = plot.find(ax, f"censored.{mark}")
        assert len(ticks.get_xdata()) == (rows["censored"] > 0).sum()
    written = sorted(int(text.get_text()) for text in plot.find(ax, "n"))
    assert written == sorted(found.at_risk([0, 40, 80, 120])["at_risk"])
    assert "Free of stopping (%)" in ax.get_ylabel()
    plt.close(ax.figure)


def test_a_single_curve_has_no_legend():
    ax = plot.kaplan_meier(stats.survival(TABLE, time="days", event="stopped"))
    assert ax.get_legend() is None
    assert len(plot.find(ax, "estimate")) == 1
    plt.close(ax.figure)


def test_incidence_draws_one_cause():
    found = stats.cumulative_incidence(TABLE, time="days", cause="why", censored="none", by="arm")
    ax = plot.incidence(found, cause="harm", times=[0, 60])
    rows = found.curve[found.curve["arm"].eq("placebo") & found.curve["cause"].eq("harm")]
    (line,) = plot.find(ax, "estimate.placebo")
    np.testing.assert_array_equal(line.get_ydata(), rows["estimate"])
    at_risk = [
        int((TABLE.loc[TABLE["arm"].eq(arm), "days"] >= time).sum()) for arm in TABLE["arm"][:2] for time in (0, 60)
    ]
    assert sorted(int(text.get_text()) for text in plot.find(ax, "n")) == sorted(at_risk)
    plt.close(ax.figure)
    with pytest.raises(MethodError, match="cause='death' is not known"):
        plot.incidence(found, cause="death")


def test_two_grouping_columns_are_refused():
    found = stats.survival(TABLE.assign(site="x"), time="days", event="stopped", by=["arm", "site"])
    with pytest.raises(MethodError, match="expected one grouping column"):
        plot.kaplan_meier(found)
