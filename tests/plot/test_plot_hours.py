"""Time of day: rates at the middle of their local hour."""

import numpy as np
import pandas as pd
import pytest

from spasticity import plot
from spasticity.errors import MethodError
from tests.plot.made import ARMS, hourly


@pytest.mark.parametrize("start", [0, 12, 6])
def test_rates_and_intervals_stand_at_the_middle_of_their_hour(start):
    result = hourly()
    ax = plot.time_of_day(result, start=start)
    for arm in ARMS:
        rows = result.frame[result.frame["arm"].eq(arm)].set_index("hour")
        [line] = plot.find(ax, f"estimate.{arm.replace(' ', '-')}")
        [bars] = plot.find(ax, f"interval.{arm.replace(' ', '-')}")
        hours = (line.get_xdata() - 0.5) % 24
        assert list(hours) == [(start + step) % 24 for step in range(24)]
        assert list(line.get_ydata()) == list(rows.loc[hours, "estimate"])
        ends = np.array([segment[:, 1] for segment in bars.get_segments()])
        assert ends == pytest.approx(rows.loc[hours, ["conf_low", "conf_high"]].to_numpy())
    assert ax.get_xlim() == (start, start + 24)


@pytest.mark.parametrize(
    ("night", "start", "spans"),
    [
        ((22, 6), 12, [(22, 30)]),
        ((22, 6), 0, [(0, 6), (22, 24)]),
        ((23.5, 7), 12, [(23.5, 31)]),
        (("23:30", "07:00"), 12, [(23.5, 31)]),
        ((0, 6), 0, [(0, 6)]),
    ],
)
def test_the_night_is_shaded_where_it_is(night, start, spans):
    ax = plot.time_of_day(hourly(), night=night, start=start)
    shaded = [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in plot.find(ax, "night")]
    assert shaded == spans


def test_the_axis_says_local_time_and_the_note_says_what_is_shaded():
    ax = plot.time_of_day(hourly(), night=(22, 6.5))
    assert ax.get_xlabel() == "Local time of day"
    assert [label.get_text() for label in ax.get_xticklabels()][:3] == ["12:00", "15:00", "18:00"]
    [note] = plot.find(ax, "note")
    assert note.get_text() == "bars: 95\N{NO-BREAK SPACE}% CI; grey: 22:00 to 06:30"
    assert ax.get_ylabel() == "Spasms per hour\n← lower is better"


def test_a_night_that_is_no_clock_time_is_refused():
    with pytest.raises(MethodError, match="night: '10 pm' is not a clock time, expected one such as '22:00'"):
        plot.time_of_day(hourly(), night=("10 pm", "06:00"))


def test_the_axis_starts_at_0_unless_an_interval_lies_below():
    assert plot.time_of_day(hourly()).get_ylim()[0] == 0
    below = hourly()
    below.frame.loc[3, "conf_low"] = -0.1
    assert plot.time_of_day(below).get_ylim()[0] == -0.1


def test_n_is_in_the_legend_as_a_range_when_hours_differ():
    result = hourly(ARMS[:2])
    result.frame.loc[5, "n"] = 50
    words = [text.get_text() for text in plot.time_of_day(result).get_legend().get_texts()]
    assert words == ["placebo (n = 50\N{EN DASH}58)", "oral baclofen (n = 57)"]


def test_visits_can_be_compared_within_one_arm():
    ax = plot.time_of_day(hourly(("baseline", "week 12"), by="visit"))
    lines = plot.find(ax, "estimate")
    assert [line.get_label() for line in lines] == ["baseline", "week 12"]
    assert not {line.get_color() for line in lines} & {style.colour for style in plot.arm_styles(ARMS).values()}


def test_arms_and_visits_at_once_have_to_be_chosen_from():
    one, other = hourly(), hourly()
    frame = one.frame.assign(visit="baseline")
    both = one.__class__(
        frame=other.frame.assign(visit="week 12")[frame.columns].pipe(lambda late: pd.concat([frame, late])),
        method="",
        n=1,
    )
    with pytest.raises(MethodError, match=r"time_of_day: `arm` and `visit` vary, expected one; choose rows, or pass"):
        plot.time_of_day(both)
    assert len(plot.find(plot.time_of_day(both, visit="week 12"), "estimate")) == 4


def test_one_group_is_named_by_its_n_only():
    alone = hourly(ARMS[:1])
    assert [text.get_text() for text in plot.time_of_day(alone).get_legend().get_texts()] == ["n = 58"]
