"""Figures of harms: dots, bars and intervals are those of the frame; onsets are those of the table."""

import numpy as np
import pandas as pd
import pytest

from spasticity import plot, stats
from spasticity.errors import MethodError

ARMS = ["placebo", "oral baclofen", "cyclobenzaprine"]


def harms(**options):
    people = pd.DataFrame({"participant": [f"P{i:03d}" for i in range(90)], "arm": np.repeat(ARMS, 30)})
    people = people.assign(start_day=0, end_day=84, arm=pd.Categorical(people["arm"], ARMS))
    had = {"drowsiness": (3, 18, 9), "dry mouth": (4, 2, 12), "rash": (1, 0, 1), "fall": (9, 3, 6)}
    rows = [
        (f"P{30 * rank + i:03d}", term, "all", i)
        for term, counts in had.items()
        for rank, count in enumerate(counts)
        for i in range(count)
    ]
    events = pd.DataFrame(rows, columns=["participant", "term", "group", "start_day"])
    return stats.harms(events, people, reference="placebo", **options)


def drawn(ax, role):
    return {mark.get_gid().removeprefix(f"{role}."): mark for mark in plot.find(ax, role)}


def key(event, arm):
    return f"{event}.{arm}".replace(" ", "-").replace(".", "-")


def test_dots_and_intervals_are_those_of_the_frame():
    result = harms()
    ax = plot.event_dots(result, at_least=0)
    frame = result.frame[result.frame["kind"].eq("term")]
    shares, off = (frame[frame["term"].eq(term)] for term in ("incidence", "risk difference"))
    marks = {gid.replace(".", "-"): mark for gid, mark in drawn(ax, "incidence").items()}
    assert len(marks) == len(shares) == 12
    for _, row in shares.iterrows():
        assert marks[key(row["event"], row["arm"])].get_xdata()[0] == row["estimate"]
    marks, bars = (
        {gid.replace(".", "-"): mark for gid, mark in drawn(ax, role).items()} for role in ("estimate", "interval")
    )
    assert len(marks) == len(off) == 8
    for _, row in off.iterrows():
        name = key(row["event"], row["arm"])
        assert marks[name].get_xdata()[0] == row["estimate"]
        assert bars[name].get_segments()[0][:, 0].tolist() == [row["conf_low"], row["conf_high"]]
        assert bars[name].get_segments()[0][0, 1] == marks[name].get_ydata()[0]


def test_events_with_the_largest_difference_stand_first_and_rare_ones_are_left_out():
    result = harms()
    ax = plot.event_dots(result, at_least=0.05)
    shown = [label.get_text() for label in ax.get_yticklabels()]
    off = result.frame.query("term == 'risk difference' and kind == 'term'")
    expected = off.groupby("event", observed=True)["estimate"].max().sort_values(ascending=False)
    assert shown == [name for name in expected.index if name != "rash"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]


def test_both_panels_share_their_rows_and_say_what_they_show():
    ax = plot.event_dots(harms())
    left, right = (text.get_text().replace("\n", " ") for text in plot.find(ax, "quantity"))
    assert left == "Participants with the event (%)"
    assert right == "Difference from placebo (% points, 95\N{NO-BREAK SPACE}% CI)"
    side = next(other for other in ax.figure.axes if other is not ax)
    assert side.get_ylim() == ax.get_ylim()
    assert [line.get_xdata()[0] for line in plot.find(ax, "null")] == [0]


def test_arms_keep_their_style():
    ax = plot.event_dots(harms())
    styles = plot.arm_styles(ARMS)
    for gid, mark in drawn(ax, "incidence").items():
        arm = next(arm for arm in ARMS if gid.endswith(arm.replace(" ", "-")))
        assert (mark.get_color(), mark.get_marker()) == (styles[arm].colour, styles[arm].marker)


def test_the_axes_that_are_given_are_shared_and_no_figure_is_opened():
    import matplotlib.pyplot as plt

    _, axes = plt.subplots(1, 2)
    assert plot.event_dots(harms(), ax=axes[0]) is axes[0]
    assert len(plt.get_fignums()) == 1
    assert not plot.find(axes[1], "incidence")
    bare = plt.figure().add_axes((0.3, 0.1, 0.6, 0.8))
    plot.event_dots(harms(), ax=bare)
    assert plot.find(bare, "estimate")


@pytest.mark.parametrize(
    ("options", "words"),
    [({"at_least": 0.99}, "no event was had by at least 99 % of an arm"), ({"kind": "soc"}, "no row has kind='soc'")],
)
def test_nothing_to_draw_is_said(options, words):
    with pytest.raises(MethodError, match=words):
        plot.event_dots(harms(), **options)


def test_rates_without_a_comparison_are_refused():
    with pytest.raises(MethodError, match="compares no arms"):
        plot.event_dots(harms(factor=None, by="arm"))


def test_bars_back_to_back_are_those_of_the_frame():
    result = harms()
    ax = plot.event_butterfly(result, arms=["placebo", "oral baclofen"], at_least=0)
    shares = result.frame.query("term == 'incidence' and kind == 'term'")
    bars = {gid.replace(".", "-"): bar.get_width() for gid, bar in drawn(ax, "incidence").items()}
    texts = {gid.replace(".", "-"): text.get_text() for gid, text in drawn(ax, "count").items()}
    for side, arm in ((-1, "placebo"), (1, "oral baclofen")):
        for _, row in shares[shares["arm"].eq(arm)].iterrows():
            name = key(row["event"], row["arm"])
            if name in bars:
                assert bars[name] == side * row["estimate"]
                assert texts[name] == f"{row['events']}/{row['n']}"
    assert len(bars) == 2 * len(ax.get_yticks())
    ax.figure.draw_without_rendering()
    assert not any("−" in label.get_text() for label in ax.get_xticklabels())
    assert ax.get_xlim()[0] == -ax.get_xlim()[1]


@pytest.mark.parametrize("arms", [["placebo"], ["placebo", "placebo"], ARMS])
def test_a_butterfly_has_two_wings(arms):
    with pytest.raises(MethodError, match="are not two arms"):
        plot.event_butterfly(harms(), arms=arms)


def onsets():
    return pd.DataFrame(
        {
            "term": ["rash", "fall", "rash", "rash", "fall", "rash"],
            "change": ["increase", "stop", "increase", None, "start", "increase"],
            "days_since": pd.array([0, 3, 0, None, 40, 12], dtype="Int64"),
        }
    )


def test_onsets_stand_at_their_days_and_late_ones_behind_the_line():
    ax = plot.onset_timing(onsets(), until=28)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["rash", "fall"]
    marks = drawn(ax, "onset")
    assert sorted(marks["0-increase"].get_xdata()) == [0, 0, 12]
    assert len(set(marks["0-increase"].get_ydata())) == 3  # two of one day do not hide each other
    assert list(marks["1-stop"].get_xdata()) == [3]
    [late] = plot.find(ax, "late")
    assert 28 < late.get_xdata()[0] < marks["1-start"].get_xdata()[0]
    [note] = plot.find(ax, "note")
    assert note.get_text() == "5 events; right of the line: after day 28; 1 without a known change"


def test_windows_are_shaded_by_turns():
    ax = plot.onset_timing(onsets(), until=20, windows=(0, 7, 14))
    assert [patch.get_x() for patch in plot.find(ax, "window")] == [-0.5, 13.5]
    assert [patch.get_width() for patch in plot.find(ax, "window")] == [7, 7]


def test_events_without_any_known_change_are_refused():
    with pytest.raises(MethodError, match="no event has a known change of dose before it"):
        plot.onset_timing(onsets().assign(days_since=pd.array([None] * 6, dtype="Int64")))
    with pytest.raises(MethodError, match="lacks `days_since`"):
        plot.onset_timing(onsets().drop(columns="days_since"))
