"""Opening figures, naming artists, refusing crowds."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from spasticity import plot
from spasticity.errors import MethodError
from spasticity.plot import canvas, labels, naming
from tests.plot.made import change


def test_each_call_opens_one_figure_that_pyplot_knows():
    one, other = plot.change_by_visit(change()), plot.change_by_visit(change())
    assert one.figure is not other.figure
    assert [plt.figure(number) for number in plt.get_fignums()] == [one.figure, other.figure]
    plt.close(one.figure)
    assert len(plt.get_fignums()) == 1


def test_axes_that_are_handed_over_are_drawn_on_and_no_figure_is_opened():
    fig, (left, right) = plt.subplots(1, 2, layout="constrained")
    drawn = plot.change_by_visit(change(), ax=right)
    assert drawn is right
    assert plt.get_fignums() == [fig.number]
    assert not left.lines


def test_the_axes_that_happen_to_be_current_are_left_alone():
    _, mine = plt.subplots()
    plot.change_by_visit(change())
    assert not mine.lines


def test_a_figure_may_stand_in_a_subfigure():
    fig = plt.figure(layout="constrained", figsize=(7, 3))
    left, _ = fig.subfigures(1, 2)
    ax = plot.change_by_visit(change(), ax=left.subplots())
    assert plot.find(ax, "estimate")


def test_find_gives_a_role_or_one_part_of_it():
    ax = plot.change_by_visit(change())
    assert len(plot.find(ax, "estimate")) == 4
    [line] = plot.find(ax, "estimate.oral-baclofen")
    assert line.get_label() == "oral baclofen"
    assert plot.find(ax, "est") == []


@pytest.mark.parametrize(("marks", "refused"), [(100_000, False), (100_001, True)])
def test_more_than_100_000_marks_are_refused_with_a_remedy(marks, refused):
    if not refused:
        return canvas.refuse_crowd(marks, "raster", "draw fewer")
    with pytest.raises(MethodError, match=r"raster: 100,001 marks .* expected at most 100,000; draw fewer"):
        canvas.refuse_crowd(marks, "raster", "draw fewer")
    return None


def test_figures_have_no_titles():
    ax = plot.change_by_visit(change())
    assert ax.get_title() == ""
    assert ax.figure.get_suptitle() == ""


def test_limits_hold_all_values_and_survive_none():
    _, ax = plt.subplots()
    canvas.cover(ax, "y", pd.Series([1.0, None]), pd.Series([3.0, float("inf")]))
    assert ax.get_ylim() == pytest.approx((0.9, 3.1))
    canvas.cover(ax, "x", pd.Series([], dtype=float))
    low, high = ax.get_xlim()
    assert low < high


@pytest.mark.parametrize(
    ("wanted", "placed"),
    [
        ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]),
        ([1.0, 1.0], [0.5, 1.5]),
        ([0.0, 0.0, 0.0, 9.0], [-1.0, 0.0, 1.0, 9.0]),
        ([0.0, 0.2, 1.0], [-0.6, 0.4, 1.4]),
        ([], []),
    ],
)
def test_names_are_spread_as_little_as_needed(wanted, placed):
    assert naming.spread(wanted, 1.0) == pytest.approx(placed)


def test_long_labels_are_broken_into_lines_about_as_long():
    text = "Lower Limb Muscle Tone-6 (mean rank 0-5)"
    assert labels.folded(text, 1000, 7) == text
    first, second = labels.folded(text, 130, 7).split("\n")
    assert f"{first} {second}" == text
    assert len(second) > 10
