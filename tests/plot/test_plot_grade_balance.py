"""Diverging bars: each part is a share, and the middle grade lies across the line."""

import pytest

from spasticity import plot
from spasticity.errors import MethodError
from tests.plot.made import ARMS, GRADES, VISITS, shares

SOME = {"arms": ARMS[:2], "visits": VISITS[:2]}


def bars(ax):
    """The parts of each bar, from the top and from the left."""
    parts = sorted(plot.find(ax, "share"), key=lambda box: (round(box.get_y(), 6), box.get_x()))
    rows = sorted({round(box.get_y(), 6) for box in parts})
    return [[box for box in parts if round(box.get_y(), 6) == row] for row in rows]


@pytest.mark.parametrize("middle", ["0", "1+", "4"])
def test_parts_are_the_shares_in_order_and_the_middle_grade_lies_across_zero(middle):
    frame = shares(**SOME).frame
    drawn = bars(plot.diverging_grades(shares(**SOME), middle=middle))
    groups = [rows for _, rows in frame.groupby(["arm", "visit"], observed=True)]
    assert len(drawn) == len(groups) == 4
    for parts, rows in zip(drawn, groups, strict=True):
        assert [box.get_width() for box in parts] == pytest.approx(rows["estimate"].tolist())
        ends = [box.get_x() + box.get_width() for box in parts]
        assert [box.get_x() for box in parts[1:]] == pytest.approx(ends[:-1])
        centre = parts[GRADES.index(middle)]
        assert centre.get_x() + centre.get_width() / 2 == pytest.approx(0, abs=1e-12)


def test_a_bar_for_each_group_with_its_n_and_a_line_at_the_middle():
    made = shares(**SOME)
    ax = plot.diverging_grades(made, middle="2")
    assert [tick.get_text() for tick in ax.get_yticklabels()] == [
        f"{arm} · {visit}" for arm in ARMS[:2] for visit in VISITS[:2]
    ]
    n = made.frame.groupby(["arm", "visit"], observed=True)["n"].first()
    assert [text.get_text() for text in plot.find(ax, "n")] == [str(each) for each in n]
    [line] = plot.find(ax, "middle")
    assert set(line.get_xdata()) == {0}
    assert ax.xaxis.get_major_formatter()(-0.25, 0) == "25"
    [note] = plot.find(ax, "note")
    assert "middle of grade 2" in note.get_text()


def test_grades_keep_their_colour_when_nobody_has_them_and_empty_groups_are_left_out():
    made = shares(arms=ARMS[:1], visits=VISITS[:3], empty={(ARMS[0], VISITS[1])})
    ax = plot.diverging_grades(made, middle="1+")
    assert [tick.get_text() for tick in ax.get_yticklabels()] == [VISITS[0], VISITS[2]]
    # Nobody of the last arm has the last grade.
    every = bars(plot.diverging_grades(shares(), middle="1+"))
    assert [box.get_facecolor() for box in every[-1]] == [box.get_facecolor() for box in every[0]][:-1]


def test_an_unknown_middle_and_shares_that_do_not_add_up_are_refused():
    with pytest.raises(MethodError, match="middle='5'"):
        plot.diverging_grades(shares(**SOME), middle="5")
    made = shares(**SOME)
    half = made.__class__(frame=made.frame[made.frame["grade"] != "2"], method="", n=9)
    with pytest.raises(MethodError, match="shares of 4 groups do not add up to 1"):
        plot.diverging_grades(half, middle="2")
