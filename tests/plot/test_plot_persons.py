"""One person's panels: artists equal the rows, gaps stay gaps, none is not missing."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from spasticity import derive, load, plot
from spasticity.errors import MethodError


@pytest.fixture(scope="module")
def rows():
    return derive.person(load.sample_study(), "P012")


@pytest.fixture
def ax(rows):
    ax = plot.participant(rows)
    yield ax
    plt.close(ax.figure)


def test_lines_and_dots_are_the_rows(ax, rows):
    ratings = rows[rows["series"].eq("Spasticity NRS")]
    (dots,) = plot.find(ax, "value.Spasticity-NRS")
    assert dots.get_xdata().tolist() == ratings["day"].tolist()
    assert dots.get_ydata().tolist() == ratings["value"].tolist()
    (line,) = plot.find(ax, "mean.Spasticity-NRS")
    drawn = pd.Series(line.get_ydata(), index=line.get_xdata())
    assert drawn[ratings["day"].to_list()].to_numpy() == pytest.approx(ratings["mean"].to_numpy(), nan_ok=True)
    assert np.isnan(drawn.drop(ratings["day"].to_list())).all()  # days without a diary


def test_bars_are_days_with_spasms_and_dots_days_with_none(ax, rows):
    spasms = rows[rows["panel"].eq("spasms")]
    (bars,) = plot.find(ax, "value.spasms")
    heights = {int(x): y for (x, _), (_, y) in bars.get_segments()}
    some = spasms[spasms["value"].gt(0)]
    assert heights == dict(zip(some["day"], some["value"], strict=True))
    (none,) = plot.find(ax, "none.spasms")
    assert none.get_xdata().tolist() == spasms.loc[spasms["value"].eq(0), "day"].tolist()


def test_events_reach_from_their_first_to_their_last_day_and_visits_are_in_every_panel(ax, rows):
    events = rows[rows["panel"].eq("events")]
    spans = sorted(line.get_xdata().tolist() for line in plot.find(ax, "event"))
    assert spans == sorted([row.day, row.end_day] for row in events.itertuples())
    panels = len(ax.figure.axes)
    assert len(plot.find(ax, "visit")) == panels * rows["panel"].eq("visits").sum()


def test_an_event_without_an_end_is_a_day_and_a_serious_one_has_another_colour(rows):
    changed = rows.copy()
    event = changed.index[changed["panel"].eq("events")]
    changed.loc[event[0], "end_day"] = pd.NA
    changed.loc[event[0], "words"] = "serious"
    ax = plot.participant(changed)
    colours = {tuple(line.get_xdata()): line.get_color() for line in plot.find(ax, "event")}
    day = int(changed.loc[event[0], "day"])
    assert colours[(day, day + 1)] == "#8A3200"
    assert len(set(colours.values())) == 2
    plt.close(ax.figure)


def test_nothing_recorded_is_said(rows):
    with pytest.raises(MethodError, match="participant: nothing of this person was recorded day by day"):
        plot.participant(rows[rows["panel"].eq("events")])
    with pytest.raises(MethodError, match="participant: there are no rows to draw"):
        plot.participant(rows.iloc[:0])


def test_it_takes_the_place_of_the_axes_it_is_given(rows):
    fig, (left, right) = plt.subplots(1, 2, figsize=(10, 8), layout="constrained")
    assert plot.participant(rows, ax=right) is right
    fig.canvas.draw()
    assert all(panel.get_position().x0 > left.get_position().x1 for panel in fig.axes if panel is not left)
    plt.close(fig)


def test_somebody_with_spasms_every_day_still_gets_a_layout(rows):
    never_none = rows[~(rows["panel"].eq("spasms") & rows["value"].eq(0))]
    ax = plot.participant(never_none)
    ax.figure.draw_without_rendering()  # a warning would be a failure
    assert plot.find(ax, "none") == []
    plt.close(ax.figure)
