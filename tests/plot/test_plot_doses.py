"""Dose trajectories: known days are lines, unknown days are gaps, a documented zero lies at 0."""

import numpy as np
import pandas as pd
import pytest

from spasticity import plot
from spasticity.errors import MethodError
from tests.plot.made import daily, result


def paths(ax):
    [lines] = plot.find(ax, "dose")
    return [path.vertices.tolist() for path in lines.get_paths()]


def test_a_line_has_a_corner_at_each_change_and_a_gap_where_the_dose_is_unknown():
    ax = plot.dose_trajectories(daily(), drug="baclofen", route="oral")
    assert paths(ax) == [[[0, 10], [2, 10], [2, 20], [3, 20]], [[4, 0], [5, 0]]]


def test_a_gap_in_the_rows_is_a_gap_in_the_line():
    rows = daily().query("route == 'oral'").drop(index=1)
    ax = plot.dose_trajectories(rows, drug="baclofen")
    assert paths(ax) == [[[0, 10], [1, 10]], [[2, 20], [3, 20]], [[4, 0], [5, 0]]]


def test_a_stretch_never_runs_from_one_person_into_the_next():
    rows = daily().iloc[[0, 2]].assign(participant=["P1", "P2"], day=[0, 1])
    ax = plot.dose_trajectories(rows, drug="baclofen")
    assert paths(ax) == [[[0, 10], [1, 10]], [[1, 20], [2, 20]]]


@pytest.mark.parametrize(
    ("route", "words"),
    [
        ("oral", "Recorded dose of oral baclofen (mg/day)"),
        ("intrathecal", "Recorded dose of intrathecal baclofen (µg/day)"),
    ],
)
def test_the_axis_names_drug_route_and_the_one_unit(route, words):
    ax = plot.dose_trajectories(daily(), drug="baclofen", route=route)
    assert ax.get_ylabel().replace("\n", " ") == words
    assert ax.get_xlabel() == "Study day"


def test_milligrams_and_micrograms_never_share_an_axis():
    with pytest.raises(
        MethodError, match=r"two units, mg and µg, never share an axis; pass `route=` `oral` or `intrathecal`"
    ):
        plot.dose_trajectories(daily(), drug="baclofen")


def test_equal_doses_are_moved_apart_on_paper_only():
    rows = pd.concat([daily().iloc[:2].assign(participant=name) for name in ("P1", "P2", "P3")])
    ax = plot.dose_trajectories(rows, drug="baclofen")
    [lines] = plot.find(ax, "dose")
    assert paths(ax) == [[[0, 10], [2, 10]]] * 3
    assert lines.get_offsets()[:, 1].tolist() == pytest.approx([-3, 0, 3])
    moved = lines.get_offset_transform().transform([[0, 3]])[0]
    assert moved.tolist() == pytest.approx([0, 3 * ax.figure.dpi / 72])


def test_one_person_is_not_moved():
    [lines] = plot.find(plot.dose_trajectories(daily().iloc[:2], drug="baclofen"), "dose")
    assert np.abs(lines.get_offsets()).max() == 0


def test_what_is_typical_is_drawn_bold_as_it_was_computed():
    median = result([{"term": "median", "day": day, "estimate": 10.0 * day, "n": 2} for day in (2, 0, 1)], ["day"])
    ax = plot.dose_trajectories(daily(), drug="baclofen", route="oral", typical=median)
    [line] = plot.find(ax, "typical")
    assert list(line.get_xdata()) == [0, 1, 2]
    assert list(line.get_ydata()) == [0, 10, 20]
    assert line.get_drawstyle() == "steps-post"
    [note] = plot.find(ax, "note")
    assert note.get_text() == "thin: 1 participant; bold: median"


def test_without_it_the_note_says_how_many_people_there_are():
    [note] = plot.find(plot.dose_trajectories(daily(), drug="baclofen", route="oral"), "note")
    assert note.get_text() == "a line each: 1 participant"


def test_a_drug_nobody_has_is_refused():
    with pytest.raises(MethodError, match="no row has drug='tizanidine'; there are `baclofen`"):
        plot.dose_trajectories(daily(), drug="tizanidine")


def test_doses_that_are_all_unknown_are_refused():
    with pytest.raises(MethodError, match="no dose of baclofen is known, so there is nothing to draw"):
        plot.dose_trajectories(daily().iloc[[3]], drug="baclofen")


def test_long_times_are_counted_in_whole_weeks():
    rows = pd.concat([daily().iloc[[0]].assign(day=day) for day in range(0, 190, 1)])
    ax = plot.dose_trajectories(rows, drug="baclofen")
    ax.figure.draw_without_rendering()
    ticks = [tick for tick in ax.get_xticks() if 0 <= tick <= 190]
    assert ticks == [0, 28, 56, 84, 112, 140, 168]
