"""Dropout: the boxes of a bar are the shares of its states, and what came back is said."""

import pandas as pd
import pytest

from spasticity import plot
from spasticity.errors import MethodError
from tests.plot.made import ordered
from tests.plot.sight import apart

STATES = ("present", "unable", "missed visit", "after stopping", "not recorded")
COUNTS = {"baseline": (8, 0, 0, 0, 2), "week 4": (5, 0, 3, 2, 0), "week 12": (4, 0, 1, 5, 0)}


def pattern(arm="placebo"):
    made = [
        {"arm": arm, "visit": visit, "state": state, "count": count, "share": count / 10, "participants": 10}
        | {"monotone": count - 1 if state != "present" and count else 0}
        | {"intermittent": 1 if state != "present" and count else 0}
        for visit, counts in COUNTS.items()
        for state, count in zip(STATES, counts, strict=True)
    ]
    frame = pd.DataFrame(made)
    return frame.assign(visit=ordered(frame["visit"], COUNTS), state=ordered(frame["state"], STATES))


def test_boxes_are_the_shares_and_stand_on_each_other():
    ax = plot.dropout(pattern())
    drawn = {box.get_gid(): box for box in plot.find(ax, "share")}
    for row in pattern().itertuples():
        gid = f"share.{row.visit}-{row.state}".replace(" ", "-")
        assert (gid in drawn) == (row.count > 0)
        if row.count:
            assert drawn[gid].get_height() == pytest.approx(row.share)
    for visit, counts in COUNTS.items():
        mine = [box for gid, box in drawn.items() if gid.startswith(f"share.{visit.replace(' ', '-')}-")]
        assert len(mine) == sum(count > 0 for count in counts)
        base = 0.0
        for box in mine:
            assert box.get_y() == pytest.approx(base)
            base += box.get_height()
        assert base == pytest.approx(1)


def test_those_who_come_back_and_those_who_do_not_are_written_above_and_n_below():
    ax = plot.dropout(pattern())
    assert [text.get_text() for text in plot.find(ax, "gone")] == ["1 + 1", "2 + 3", "2 + 4"]
    assert [text.get_text() for text in plot.find(ax, "n")] == ["10", "10", "10"]
    [legend] = plot.find(ax, "names")
    assert [text.get_text() for text in legend.get_texts()] == [
        "present",
        "missed visit",
        "after stopping",
        "not recorded",
    ]


def test_colours_of_neighbours_stay_apart_and_what_is_not_recorded_is_hatched():
    ax = plot.dropout(pattern())
    looks = {box.get_gid().rsplit("-", 1)[-1]: box for box in plot.find(ax, "share")}
    assert looks["recorded"].get_hatch()
    assert apart("#ACD3F3", "#3291C7") > 12
    assert apart("#3291C7", "#023249") > 12


def test_arms_are_chosen_and_panels_of_several_agree():
    both = pd.concat([pattern(), pattern("active")])
    with pytest.raises(MethodError, match="dropout: 30 rows share a place"):
        plot.dropout(both)
    ax = plot.facets(plot.dropout, {arm: both[both["arm"] == arm] for arm in ("placebo", "active")})
    assert len(ax.figure.axes) == 2
    assert len(plot.find(plot.dropout(both, arm="active"), "gone")) == 3


def test_states_that_do_not_add_up_or_that_nobody_knows_are_refused():
    with pytest.raises(MethodError, match="shares of 2 visits do not add up to 1"):
        plot.dropout(pattern().query("state != 'after stopping'"))
    with pytest.raises(MethodError, match="dropout: 1 unknown state; expected `present`"):
        plot.dropout(pattern().assign(state=lambda frame: frame["state"].astype(str).replace("present", "there")))
    with pytest.raises(MethodError, match="dropout: the table lacks `monotone`"):
        plot.dropout(pattern().drop(columns="monotone"))
