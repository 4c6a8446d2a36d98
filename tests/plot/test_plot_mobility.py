"""Figures of mobility: what is drawn is what was computed, and everybody unable is seen."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from spasticity import derive, load, plot, stats
from spasticity.errors import MethodError
from spasticity.instruments.range_of_motion import NORMAL


@pytest.fixture(scope="module")
def sample():
    return load.sample_study()


@pytest.fixture(scope="module")
def walked(sample):
    return derive.with_unable(derive.walking(sample))


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def of(rows, outcome):
    return rows[rows["outcome"] == outcome]


def points(artists):
    return sum(len(np.atleast_1d(artist.get_xdata())) for artist in artists)


@pytest.mark.parametrize(("test", "outcome"), [("t25fw", "t25fw_s"), ("10mwt", "walk_10m_m_per_s")])
@pytest.mark.parametrize("by", ["visit", ("cohort", "visit"), ("arm", "visit")])
def test_every_unable_of_the_raw_rows_is_a_tick_and_is_counted(sample, walked, test, outcome, by):
    raw = sample.walks[sample.walks["test"] == test]
    keys = ["participant", "visit"]
    done = raw[raw["time_s"].notna() & ~raw["unable"]][keys].drop_duplicates()
    unable = raw[raw["unable"]][keys].drop_duplicates().merge(done, how="left", on=keys, indicator=True)
    count = int(unable["_merge"].eq("left_only").sum())
    rows = of(walked, outcome)
    ax = plot.walking_by_visit(rows, stats.two_part(rows, outcome, by=by))
    assert points(plot.find(ax, "unable")) == count > 100
    assert sum(int(text.get_text()) for text in plot.find(ax, "n-unable")) == count


def small(outcome="t25fw_s"):
    """A loses walking at the second visit, B is missing at the second, C walks on."""
    values = {"A": [8, None, 9], "B": [10, None, 20], "C": [4, 5, 6]}
    able = {"A": [True, False, True], "B": [True, None, True], "C": [True] * 3}
    rows = [
        {"participant": who, "visit": visit, "outcome": outcome, "value": values[who][place], "able": able[who][place]}
        for who in values
        for place, visit in enumerate(("one", "two", "three"))
    ]
    frame = pd.DataFrame(rows).astype({"able": "boolean", "value": "float64"})
    return frame.assign(visit=pd.Categorical(frame["visit"], ["one", "two", "three"], ordered=True), arm="a")


def test_lines_join_neighbouring_visits_only_and_unable_stands_beyond_the_worst_value():
    rows = small()
    ax = plot.walking_by_visit(rows, stats.two_part(rows, "t25fw_s", by="visit"))
    [lines], [dotted] = plot.find(ax, "pair"), plot.find(ax, "pair-unable")
    assert [segment.tolist() for segment in lines.get_segments()] == [[[0, 4], [1, 5]], [[1, 5], [2, 6]]]
    [tick] = plot.find(ax, "unable")
    [edge] = plot.find(ax, "edge")
    assert tick.get_ydata()[0] > edge.get_ydata()[0] > 20  # slower than the slowest
    x, y = tick.get_xdata()[0], tick.get_ydata()[0]
    assert [segment.tolist() for segment in dotted.get_segments()] == [[[0, 8], [x, y]], [[x, y], [2, 9]]]
    assert ax.get_yscale() == "log"
    assert [label.get_text() for label in ax.get_yticklabels()][-1] == "unable"


def test_where_higher_is_better_unable_stands_at_the_bottom():
    rows = small("t25fw_m_per_s")
    ax = plot.walking_by_visit(rows, stats.two_part(rows, "t25fw_m_per_s", by="visit"))
    [tick], [edge] = plot.find(ax, "unable"), plot.find(ax, "edge")
    assert tick.get_ydata()[0] < edge.get_ydata()[0] < 4


def test_the_thick_line_is_the_geometric_mean_that_was_computed():
    rows = small()
    summary = stats.two_part(rows, "t25fw_s", by="visit")
    among = summary.frame[summary.frame["term"].eq("geometric mean among the able")]
    ax = plot.walking_by_visit(rows, summary, days={"one": 0, "two": 28, "three": 84})
    [line], [bars] = plot.find(ax, "mean"), plot.find(ax, "interval")
    assert list(line.get_ydata()) == among["estimate"].tolist()
    assert list(line.get_xdata()) == [0, 28, 84]
    drawn = [segment[:, 1].tolist() for segment in bars.get_segments() if len(segment)]  # one person has no interval
    assert drawn == among[["conf_low", "conf_high"]].dropna().to_numpy().tolist()
    assert [text.get_text() for text in plot.find(ax, "n")] == ["3", "1", "3"]


def test_limits_are_kept_and_must_hold_every_value():
    rows = small()
    summary = stats.two_part(rows[rows["visit"] != "two"], "t25fw_s", by="visit")
    whole = rows[rows["visit"] != "two"]
    ax = plot.walking_by_visit(whole, summary, limits=(0.1, 1000))
    assert ax.get_ylim()[0] == pytest.approx(0.1)
    with pytest.raises(MethodError, match=r"limits=\(5, 1000\); expected two numbers above 0 around all values"):
        plot.walking_by_visit(whole, summary, limits=(5, 1000))


def test_walking_figures_refuse_what_they_cannot_draw():
    rows = small()
    summary = stats.two_part(rows, "t25fw_s", by="visit")
    with pytest.raises(MethodError, match="expected one outcome"):
        plot.walking_by_visit(pd.concat([rows, small("tug_s")]), summary)
    two = stats.two_part(rows.assign(site="s"), "t25fw_s", by=("arm", "site", "visit"))
    with pytest.raises(MethodError, match="groups by `arm` and `site`"):
        plot.walking_by_visit(rows, two)
    with pytest.raises(MethodError, match="lacks `able`"):
        plot.walking_by_visit(rows.drop(columns="able"), summary)


def test_panels_share_their_axis_and_a_row_beyond_it_must_agree():
    rows = small()
    parts = {who: (rows, stats.two_part(rows, "t25fw_s", by="visit")) for who in ("walkers", "others")}
    ax = plot.facets(plot.walking_by_visit, parts)
    first, second = ax.figure.axes
    assert first.get_ylim() == second.get_ylim()
    assert [panel.get_title(loc="left") for panel in (first, second)] == ["walkers", "others"]
    assert len(plot.find(second, "panel.others")) == 1
    slower = rows.assign(value=3 * rows["value"])
    other = {**parts, "others": (slower, stats.two_part(slower, "t25fw_s", by="visit"))}
    with pytest.raises(MethodError, match="pass limits= so that they agree"):
        plot.facets(plot.walking_by_visit, other)
    same = plot.facets(plot.walking_by_visit, other, limits=(0.1, 1000)).figure.axes
    assert same[0].get_ylim() == same[1].get_ylim()
    with pytest.raises(MethodError, match="0 panels, expected 1 to 4"):
        plot.facets(plot.walking_by_visit, {})


def test_panels_of_another_figure_get_the_widest_limits(walked):
    rows = of(walked, "t25fw_m_per_s")
    parts = {str(name): stats.describe(part) for name, part in rows.groupby("cohort", observed=True)}
    results = {**parts, "all": stats.describe(rows)}
    axes = plot.facets(plot.change_by_visit, results, value="value").figure.axes
    assert len({panel.get_ylim() for panel in axes}) == 1


def test_joint_angles_stand_before_their_normal_range(sample):
    angles = derive.joint_angles(sample)
    result = stats.describe(angles, by=("visit", "joint", "motion", "side"), value="angle_deg")
    ax = plot.joint_ranges(result, visit="week 12")
    frame = result.frame[result.frame["visit"].eq("week 12")]
    for side in ("left", "right"):
        mine = frame[frame["side"].eq(side)]
        [dots] = plot.find(ax, f"estimate.{side}")
        assert list(dots.get_xdata()) == mine["estimate"].tolist()
        [bars] = plot.find(ax, f"interval.{side}")
        assert [segment[:, 0].tolist() for segment in bars.get_segments()] == mine[
            ["conf_low", "conf_high"]
        ].to_numpy().tolist()
    [band] = plot.find(ax, "normal.hip-abduction")
    assert (band.get_x(), band.get_width()) == (0, NORMAL["hip", "abduction"][0])
    assert len(plot.find(ax, "normal")) == 3
    left, right = (plot.find(ax, f"estimate.{side}")[0].get_ydata() for side in ("left", "right"))
    assert all(left < right)
    assert all("(n = " in text.get_text() for text in plot.find(ax, "n"))


def test_the_ends_of_a_normal_range_are_those_given_and_an_unknown_motion_has_no_band():
    frame = pd.DataFrame(
        {"joint": ["hip", "thumb"], "motion": ["flexion", "abduction"], "side": "left", "estimate": [90.0, 30.0]}
    ).assign(conf_low=[80.0, 20.0], conf_high=[100.0, 40.0], n=5)
    [end] = plot.find(plot.joint_ranges(frame), "normal-end")
    assert (end.get_x(), end.get_width()) == (120, 5)
    ax = plot.joint_ranges(frame, normal={("thumb", "abduction"): (60, 70)})
    [end] = plot.find(ax, "normal-end.thumb-abduction")
    assert (end.get_x(), end.get_width()) == (60, 10)
    with pytest.raises(MethodError, match="neither left nor right"):
        plot.joint_ranges(frame.assign(side="L"))
    with pytest.raises(MethodError, match="share a place"):
        plot.joint_ranges(pd.concat([frame, frame]))


def test_the_cells_of_a_transition_matrix_are_its_counts(sample):
    result = stats.transitions(derive.walk_states(sample), "aid", first="baseline", last="week 12")
    ax = plot.transition_matrix(result, visits=("baseline", "week 12"))
    texts = [text.get_text().split("\n")[0] for text in plot.find(ax, "count")]
    assert sum(int(text) for text in texts) == result.n == 136
    states = list(result.frame["first"].cat.categories)
    assert len(plot.find(ax, "share")) == len(states) ** 2
    assert len(plot.find(ax, "stayed")) == len(states)
    [cell] = plot.find(ax, "count.cane-unable")
    row = result.frame[result.frame["first"].eq("cane") & result.frame["last"].eq("unable")].iloc[0]
    assert cell.get_text().split("\n")[0] == str(row["count"])
    assert cell.get_position() == (states.index("unable"), states.index("cane"))
    assert [text.get_text().split("\n")[0] for text in ax.get_yticklabels()] == states
    assert ax.get_xlabel() == "State at week 12"


def test_a_correlation_is_written_with_its_n_and_missing_ones_are_hatched():
    table = pd.DataFrame({"participant": list("abcdef"), "x": [1, 2, 3, 4, 5, 6], "y": [2, 1, 4, 3, 6, 5], "z": 1})
    table.loc[5, "y"] = None
    result = stats.correlations(table, ["x", "y", "z"])
    ax = plot.correlation_matrix(result)
    texts = {text.get_gid(): text.get_text() for text in plot.find(ax, "correlation")}
    assert texts == {
        "correlation.x-y": "0.80\n(5)",
        "correlation.x-z": "\N{EN DASH}\n(6)",
        "correlation.y-z": "\N{EN DASH}\n(5)",
    }
    assert [bool(box.get_hatch()) for box in plot.find(ax, "size")] == [False, True, True]
    turned = result.frame.rename(columns={"first": "second", "second": "first"})
    with pytest.raises(MethodError, match="both directions"):
        plot.correlation_matrix(pd.concat([result.frame.head(1), turned.head(1)]))


def test_opposite_correlations_are_equally_dark():
    frame = pd.DataFrame({"first": ["x", "x"], "second": ["y", "z"], "estimate": [0.6, -0.6], "n": 9})
    ax = plot.correlation_matrix(frame)
    one, other = plot.find(ax, "size")
    assert one.get_facecolor() == other.get_facecolor()
    assert [text.get_text()[0] for text in plot.find(ax, "correlation")] == ["0", "\N{MINUS SIGN}"]
