"""Grade stacks: each bar is the shares of one group, in the order of the grades."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from spasticity import plot
from spasticity.errors import MethodError
from tests.plot.made import ARMS, GRADES, VISITS, result, shares


def test_bars_are_the_shares_side_by_side():
    made = shares()
    ax = plot.grade_stacks(made)
    boxes = plot.find(ax, "share")
    assert [box.get_width() for box in boxes] == list(made.frame["estimate"])
    for start in range(0, len(boxes), len(GRADES)):
        bar = boxes[start : start + len(GRADES)]
        lefts = [box.get_x() for box in bar]
        assert lefts == pytest.approx(np.cumsum([0, *(box.get_width() for box in bar)])[:-1])
        assert bar[-1].get_x() + bar[-1].get_width() == pytest.approx(1)
        assert len({box.get_y() for box in bar}) == 1


def test_colours_follow_the_grades_and_the_legend_has_all_of_them():
    ax = plot.grade_stacks(shares(), scale="MAS")
    ramp = plot.grade_ramp(6)
    boxes = plot.find(ax, "share")
    assert [to_hex(box.get_facecolor()).upper() for box in boxes[:6]] == ramp
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["MAS", *GRADES]


def test_a_grade_that_nobody_has_keeps_its_place():
    made = shares()
    assert made.row(arm="intrathecal baclofen", visit="week 24", grade="4")["estimate"] == 0
    [box] = plot.find(plot.grade_stacks(made), "share.intrathecal-baclofen-week-24-4")
    assert box.get_width() == 0


def test_n_stands_beside_each_bar():
    made = shares()
    ax = plot.grade_stacks(made)
    for arm in ARMS:
        for visit in VISITS:
            [text] = plot.find(ax, f"n.{arm}-{visit}".replace(" ", "-"))
            assert text.get_text() == str(made.row(arm=arm, visit=visit, grade="0")["n"])
            [box] = plot.find(ax, f"share.{arm}-{visit}-0".replace(" ", "-"))
            assert text.get_position()[1] == pytest.approx(box.get_y() + box.get_height() / 2)


def test_a_group_without_data_is_hatched_not_empty():
    ax = plot.grade_stacks(shares(empty=[("placebo", "week 8")]))
    [empty] = plot.find(ax, "no-data")
    assert empty.get_gid() == "no-data.placebo-week-8"
    assert empty.get_hatch()
    assert plot.find(ax, "share.placebo-week-8-0") == []
    assert plot.find(ax, "n.placebo-week-8")[0].get_text() == "0"


@pytest.mark.parametrize(("by", "headings"), [(None, ARMS), ("arm", ARMS), ("visit", VISITS)])
def test_bars_stand_together_by_arm_or_by_visit(by, headings):
    ax = plot.grade_stacks(shares(), by=by)
    bold = [text.get_text() for text in plot.find(ax, "label") if text.get_weight() == "bold"]
    assert tuple(bold) == headings


def test_one_group_needs_no_headings():
    made = shares(arms=ARMS[:1])
    ax = plot.grade_stacks(made)
    assert [text.get_text() for text in plot.find(ax, "label")] == list(VISITS)


def test_percent_are_written_where_they_fit_only():
    ax = plot.grade_stacks(shares(arms=ARMS[:1], visits=VISITS[:1]))
    written = [text.get_text() for text in ax.texts if text.get_text().isdigit()]
    assert written == ["52", "8", "17", "38", "23", "12"]  # n; of 52: 4, 9, 20, 12, 6; no room for 1


def test_other_ordered_categories_work_by_their_own_name():
    frame = shares(arms=ARMS[:1]).frame.rename(columns={"grade": "global_impression"})
    ax = plot.grade_stacks(result(frame, ["visit", "global_impression"]))
    assert ax.get_legend().get_texts()[0].get_text() == "Global impression"


def test_more_than_two_groups_are_refused():
    made = shares()
    frame = made.frame.assign(cohort=["MS", "SCI"] * (len(made.frame) // 2))
    with pytest.raises(MethodError, match=r"`cohort`, `arm` and `visit` make the bars, expected one or two"):
        plot.grade_stacks(result(frame, ["cohort", "arm", "visit", "grade"]))


def test_a_group_to_stand_together_that_is_not_there_is_refused():
    with pytest.raises(MethodError, match="by='cohort' is not known: expected `arm` or `visit`"):
        plot.grade_stacks(shares(), by="cohort")
