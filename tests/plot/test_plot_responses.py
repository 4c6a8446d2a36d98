"""Responder curve: steps are the shares that were computed."""

import pytest

from spasticity import plot
from spasticity.errors import MethodError
from tests.plot.made import ARMS, responders


def test_steps_are_the_shares_of_the_curve():
    result = responders()
    ax = plot.responder_curve(result)
    for arm in ARMS:
        rows = result.curve[result.curve["arm"].eq(arm)]
        [line] = plot.find(ax, f"estimate.{arm.replace(' ', '-')}")
        assert list(line.get_xdata()) == list(rows["threshold"])
        assert list(line.get_ydata()) == list(rows["estimate"])


@pytest.mark.parametrize(
    ("compare", "step", "words"),
    [
        (">=", "steps-pre", "at least"),
        (">", "steps-post", "more than"),
    ],
)
def test_a_step_lies_on_the_side_that_the_comparison_means(compare, step, words):
    ax = plot.responder_curve(responders(compare=compare))
    assert {line.get_drawstyle() for line in plot.find(ax, "estimate")} == {step}
    assert ax.get_xlabel() == f"Spasticity NRS, improvement of {words} (%)"


def test_a_share_at_a_threshold_is_read_off_the_step_that_ends_there():
    # Three people improved by 10, 20 and 30 %: two of three by at least 20 %, and by at least 15 % the same two.
    result = responders(arms=ARMS[:1])
    curve = result.curve.iloc[:3].assign(threshold=[10.0, 20.0, 30.0], estimate=[1.0, 2 / 3, 1 / 3])
    made = result.__class__(frame=result.frame, method="", n=3, curve=curve, people=curve, threshold=result.threshold)
    [line] = plot.find(plot.responder_curve(made), "estimate")
    # Between 10 and 20 the level is already that of 20.
    steps = [(10, 1), (10, 2 / 3), (20, 2 / 3), (20, 1 / 3), (30, 1 / 3)]
    assert [tuple(point) for point in line.get_path().vertices] == steps


def test_thresholds_of_the_rule_and_of_the_measure_are_marked_and_numbered():
    ax = plot.responder_curve(responders())
    marked = [line.get_xdata()[0] for line in plot.find(ax, "threshold")]
    assert 30 in marked
    assert marked == sorted(set(marked))
    words = [text.get_text() for text in ax.texts]
    assert [f"{mark:g}\N{NO-BREAK SPACE}%" for mark in marked] == words
    ax = plot.responder_curve(responders(), marks=[50, 20])
    assert [line.get_xdata()[0] for line in plot.find(ax, "threshold")] == [20, 50]


def test_points_have_no_percent_sign():
    ax = plot.responder_curve(responders(kind="points"), marks=[2])
    assert [text.get_text() for text in ax.texts] == ["2"]
    assert ax.get_xlabel() == "Spasticity NRS, improvement of at least (points)"


def test_a_level_is_named_as_the_value_itself():
    ax = plot.responder_curve(responders(kind="level", compare="<="), marks=[])
    assert ax.get_xlabel() == "Spasticity NRS (0-10), at most"
    assert ax.get_xlim()[0] == -20


def test_improvements_start_at_0():
    assert plot.responder_curve(responders()).get_xlim() == (0, 100)


def test_missing_values_are_explained_on_the_axis():
    assert plot.responder_curve(responders()).get_ylabel() == "Participants (%)\nmissing counts as no response"
    ax = plot.responder_curve(responders(missing=["observed"]))
    assert ax.get_ylabel() == "Participants (%)\nobserved values only"


def test_with_both_rules_one_has_to_be_chosen():
    both = responders(missing=["non-responder", "observed"])
    with pytest.raises(MethodError, match=r"choose one missing of `non-responder` or `observed`"):
        plot.responder_curve(both)
    assert len(plot.find(plot.responder_curve(both, missing="observed"), "estimate")) == 4


def test_the_legend_has_n_of_each_arm():
    ax = plot.responder_curve(responders())
    words = [text.get_text() for text in ax.get_legend().get_texts()]
    assert words == [f"{arm} (n = {60 - rank})" for rank, arm in enumerate(ARMS)]


def test_percent_are_printed_and_shares_are_kept():
    ax = plot.responder_curve(responders())
    ax.figure.draw_without_rendering()
    assert ax.get_ylim() == (0, 1)
    assert [label.get_text() for label in ax.get_yticklabels()][-1] == "100"
