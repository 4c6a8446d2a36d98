"""Overviews of people, days and trials: every mark is a number that was handed in, and what is missing is said."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from spasticity import derive, load, plot, stats
from spasticity.errors import MethodError
from tests.plot.made import ARMS, responders


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def people():
    return pd.DataFrame(
        {
            "participant": list("abcdef"),
            "arm": [ARMS[0], ARMS[1], ARMS[0], ARMS[1], ARMS[0], ARMS[1]],
            "improvement": [10.0, 55.0, -20.0, 5.0, np.nan, 70.0],
        }
    )


def with_people(frame):
    made = responders()
    return made.__class__(frame=made.frame, method="", n=6, curve=made.curve, people=frame, threshold=made.threshold)


def test_bars_of_a_waterfall_fall_within_each_arm_and_the_missing_are_counted():
    ax = plot.waterfall(with_people(people()))
    for arm, values in ((ARMS[0], [10, -20]), (ARMS[1], [70, 55, 5])):
        bars = plot.find(ax, f"estimate.{arm.replace(' ', '-')}")
        assert [bar.get_height() for bar in sorted(bars, key=lambda bar: bar.get_x())] == values
    places = [bar.get_x() for bar in plot.find(ax, "estimate")]
    assert len(set(places)) == len(places)
    [note] = plot.find(ax, "note")
    assert note.get_text() == "not drawn: 1 participant without a value"
    [line] = plot.find(ax, "threshold")
    assert line.get_ydata()[0] == responders().threshold.value


def test_a_waterfall_of_nobody_is_refused():
    with pytest.raises(MethodError, match="waterfall: there are no rows to draw"):
        plot.waterfall(with_people(people().assign(improvement=np.nan)))


def test_a_calendar_has_a_cell_a_day_and_none_where_nobody_wrote():
    diary = pd.DataFrame(
        {"participant": ["a", "a", "b", "b"], "day": [-1, 1, 0, 1], "spasms": pd.array([0, 4, None, 2], dtype="Int64")}
    )
    ax = plot.diary_calendar(diary, participants=["b", "a"])
    [image] = plot.find(ax, "values")
    cells = np.ma.filled(image.get_array().astype(float), np.nan)
    assert np.array_equal(cells, [[np.nan, np.nan, 2], [0, np.nan, 4]], equal_nan=True)
    assert tuple(image.get_extent()) == (-1.5, 1.5, 1.5, -0.5)
    [ground] = plot.find(ax, "missing")
    assert ground.get_hatch()
    assert ground.get_zorder() < image.get_zorder()
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["b", "a"]


def test_a_calendar_of_a_crowd_or_with_a_day_twice_is_refused():
    many = pd.DataFrame({"participant": [f"p{n}" for n in range(61)], "day": 0, "spasms": 1})
    with pytest.raises(MethodError, match="61 participants; expected 60 at most, choose some"):
        plot.diary_calendar(many)
    with pytest.raises(MethodError, match="diary_calendar"):
        plot.diary_calendar(pd.concat([many.head(1)] * 2))


def test_every_box_of_the_flow_adds_up_to_its_arm():
    flow = derive.flow(load.sample_study())
    ax = plot.participant_flow(flow)
    assert [box.get_text() for box in plot.find(ax, "all")] == ["240 participants"]
    boxes = {box.get_gid(): box.get_text() for box in plot.find(ax, "visit")}
    assert len(boxes) == len(flow)
    row = flow[flow["arm"].astype(str).eq("oral baclofen") & flow["visit"].astype(str).eq("week 12")].iloc[0]
    words = boxes["visit.oral-baclofen-week-12"].split("\n")
    assert words[0] == f"week 12: {row['attended']} came"
    assert sum(int(line.split()[0]) for line in words[1:]) == row["participants"] - row["attended"]
    broken = flow.assign(missed=flow["missed"] + 1)
    with pytest.raises(MethodError, match="20 boxes do not add up to the participants of the arm"):
        plot.participant_flow(broken)


def test_pooled_trials_are_drawn_with_their_intervals_and_weights():
    events = load.published_trials().query("outcome == 'stopped for adverse events' and design == 'parallel'")
    pooled = stats.meta_analysis(stats.study_effects(events, "risk difference"))
    ax = plot.pooled_forest(pooled, label="Risk difference")
    sides = {}
    for study in pooled.studies.itertuples():
        part = study.study.replace(" ", "-")
        [line] = plot.find(ax, f"interval.{part}")
        assert list(line.get_xdata()) == [study.conf_low, study.conf_high]
        [square] = plot.find(ax, f"estimate.{part}")
        assert square.get_xdata()[0] == study.estimate
        sides[study.weight] = square.get_markersize()
    assert list(sides.values()) == [side for _, side in sorted(sides.items())]
    whole = pooled.row("pooled effect")
    [diamond] = plot.find(ax, "pooled")
    assert sorted({x for x, _ in diamond.get_xy()}) == pytest.approx(
        sorted([whole["conf_low"], whole["estimate"], whole["conf_high"]])
    )
    [ahead] = plot.find(ax, "prediction")
    row = pooled.row("effect in a new study")
    assert list(ahead.get_xdata()) == [row["conf_low"], row["conf_high"]]
    low, high = ax.get_xlim()
    assert low < row["conf_low"] < row["conf_high"] < high
