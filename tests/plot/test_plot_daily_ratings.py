"""Ratings over days: points, lines and bands are the numbers that were handed in."""

import numpy as np
import pandas as pd
import pytest

from spasticity import plot
from spasticity.errors import MethodError
from tests.plot.made import ARMS, ordered, result

DAYS = (-2, -1, 0, 1, 5)
PHASES = {"baseline": (-2, 0), "treatment": (0, 6)}


def daily(shift=0.0, arms=ARMS[:2], wide=1.0):
    rows = [
        {"term": "mean", "arm": arm, "day": day, "estimate": 6 + shift - a - 0.1 * day, "n": 30 - a - (day > 0)}
        | {"conf_low": 6 + shift - a - 0.1 * day - wide, "conf_high": 6 + shift - a - 0.1 * day + 0.5 * wide}
        for a, arm in enumerate(arms)
        for day in DAYS
    ]
    made = result(rows[::-1], ["arm", "day"])
    made.frame["arm"] = ordered(made.frame["arm"], ARMS)
    return made


def mine(made, arm):
    return made.frame[made.frame["arm"].eq(arm)].sort_values("day")


def test_points_are_the_days_and_the_line_with_its_band_the_smooth_result():
    points, smooth = daily(), daily(shift=0.2)
    ax = plot.rating_by_day(points, smooth)
    for arm in ARMS[:2]:
        part = arm.replace(" ", "-")
        [drawn] = plot.find(ax, f"daily.{part}")
        assert list(drawn.get_xdata()) == list(DAYS)
        assert list(drawn.get_ydata()) == mine(points, arm)["estimate"].tolist()
        [line] = plot.find(ax, f"estimate.{part}")
        assert list(line.get_ydata()) == mine(smooth, arm)["estimate"].tolist()
        [band] = plot.find(ax, f"interval.{part}")
        corners = {(float(x), round(float(y), 9)) for x, y in band.get_paths()[0].vertices}
        rows = mine(smooth, arm)
        ends = [rows["conf_low"], rows["conf_high"]]
        assert corners == {(float(x), round(y, 9)) for end in ends for x, y in zip(rows["day"], end, strict=True)}
    low, high = ax.get_ylim()
    assert low < smooth.frame["conf_low"].min() < smooth.frame["conf_high"].max() < high
    [legend] = plot.find(ax, "names")
    assert [text.get_text() for text in legend.get_texts()] == ["placebo (n = 29–30)", "oral baclofen (n = 28–29)"]


def test_without_a_smooth_result_the_days_are_a_line():
    ax = plot.rating_by_day(daily())
    assert not plot.find(ax, "daily")
    [line] = plot.find(ax, "estimate.placebo")
    assert list(line.get_ydata()) == mine(daily(), "placebo")["estimate"].tolist()
    assert ax.get_ylabel() == "Spasticity NRS (0-10)\n← lower is better"
    [note] = plot.find(ax, "note")
    assert "points" not in note.get_text()


def test_phases_are_shaded_by_whole_days_and_their_names_stay_inside():
    ax = plot.rating_by_day(daily(), phases=PHASES)
    spans = {span.get_gid(): (span.get_x(), span.get_x() + span.get_width()) for span in plot.find(ax, "phase")}
    assert spans == {"phase.baseline": (-2.5, -0.5), "phase.treatment": (-0.5, 5.5)}
    ax.figure.canvas.draw()
    box = ax.get_window_extent()
    boxes = [name.get_window_extent() for name in plot.find(ax, "phase-name")]
    assert all(box.x0 - 1 <= each.x0 and each.x1 <= box.x1 + 1 for each in boxes)
    assert boxes[0].x1 < boxes[1].x0


def test_everybody_together_has_no_legend_and_a_missing_day_leaves_a_gap():
    whole = daily(arms=ARMS[:1]).frame.drop(columns="arm")
    whole.loc[whole["day"].eq(1), ["estimate", "conf_low", "conf_high"]] = np.nan
    ax = plot.rating_by_day(whole)
    [line] = plot.find(ax, "estimate.all")
    assert np.isnan(line.get_ydata()[3])
    assert not plot.find(ax, "names")


def test_a_day_twice_or_a_phase_that_ends_before_it_begins_is_refused():
    with pytest.raises(MethodError, match=r"rating_by_day: 20 rows share a place \(group, day\)"):
        plot.rating_by_day(pd.concat([daily().frame] * 2))
    with pytest.raises(MethodError, match="1 phase that ends before it begins"):
        plot.rating_by_day(daily(), phases={"baseline": (0, -2)})
    with pytest.raises(MethodError, match="rating_by_day: the table lacks `conf_low`"):
        plot.rating_by_day(daily().frame.drop(columns="conf_low"))
