"""Arms, cohorts and grades can be told apart by everybody, on paper too."""

from itertools import combinations, pairwise

import pytest

from spasticity import plot
from spasticity.errors import MethodError
from spasticity.plot.palette import INK, OTHERS, REFERENCE, SOFT_INK, ink_on, visit_styles
from tests.plot.made import ARMS
from tests.plot.sight import DEFICIENCIES, apart, contrast, lab

SIX = ("a", "b", "c", "d", "e", "f")


def test_the_measure_of_distance_agrees_with_known_values():
    # sRGB red in CIELAB (D65), and black on white: reference values of the two definitions.
    assert lab("#FF0000") == pytest.approx([53.24, 80.09, 67.20], abs=0.02)
    assert contrast("#000000") == pytest.approx(21)


@pytest.mark.parametrize("deficiency", [None, *DEFICIENCIES])
def test_four_arms_are_apart_for_every_colour_vision(deficiency):
    styles = plot.arm_styles(ARMS, "placebo").values()
    for one, other in combinations(styles, 2):
        assert apart(one.colour, other.colour, deficiency) > 25


def test_four_arms_are_apart_in_grey():
    for one, other in combinations(plot.arm_styles(ARMS).values(), 2):
        assert abs(lab(one.colour)[0] - lab(other.colour)[0]) > 11.5


def test_any_two_of_six_arms_differ_in_marker_and_in_line():
    for one, other in combinations(plot.arm_styles(SIX).values(), 2):
        assert one.marker != other.marker
        assert one.dash != other.dash
        assert one.colour != other.colour


def test_arms_and_cohorts_have_contrast_enough_for_a_thin_line():
    for style in [*plot.arm_styles(SIX).values(), *plot.cohort_styles(["MS", "SCI"]).values()]:
        assert contrast(style.colour) >= 3
    assert contrast(SOFT_INK) >= 7


def test_the_reference_is_grey_and_keeps_its_style_wherever_it_stands():
    assert plot.arm_styles(ARMS)["placebo"] == REFERENCE
    styles = plot.arm_styles(["active", "sham"], "sham")
    assert styles == {"active": OTHERS[0], "sham": REFERENCE}
    assert list(styles) == ["active", "sham"]


def test_a_reference_that_is_no_arm_is_refused():
    with pytest.raises(MethodError, match=r"reference='sham' is not an arm; there are `a` and `b`"):
        plot.arm_styles(["a", "b"], "sham")


def test_more_arms_than_can_be_told_apart_are_refused():
    with pytest.raises(MethodError, match="7 arms cannot be told apart in one figure, 6 can"):
        plot.arm_styles([*SIX, "g"])
    with pytest.raises(MethodError, match="4 cohorts cannot be told apart"):
        plot.cohort_styles(["a", "b", "c", "d"])


@pytest.mark.parametrize("deficiency", [None, *DEFICIENCIES])
def test_cohorts_are_apart_from_each_other_and_from_the_arms(deficiency):
    one, other = plot.cohort_styles(["MS", "SCI"]).values()
    assert apart(one.colour, other.colour, deficiency) > 25
    assert abs(lab(one.colour)[0] - lab(other.colour)[0]) > 25
    assert not {one.colour, other.colour} & {style.colour for style in plot.arm_styles(ARMS).values()}


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6, 7])
@pytest.mark.parametrize("deficiency", [None, *DEFICIENCIES])
def test_grades_go_from_light_to_dark_in_steps_that_can_be_seen(count, deficiency):
    colours = plot.grade_ramp(count)
    assert len(colours) == count
    for lighter, darker in pairwise(colours):
        # Red is a small part of these blues, so the order holds for everybody; the full step in true lightness.
        assert lab(lighter, deficiency)[0] - lab(darker, deficiency)[0] > (11.9 if deficiency is None else 9)


def test_grades_are_of_one_hue():
    hues = [lab(colour)[1:] for colour in plot.grade_ramp(6)]
    assert all(b < 0 for _, b in hues)


def test_more_grades_than_can_be_told_apart_are_refused():
    with pytest.raises(MethodError, match="8 grades cannot be told apart in one figure, 7 can"):
        plot.grade_ramp(8)


def test_one_grade_has_a_colour():
    assert len(plot.grade_ramp(1)) == 1


@pytest.mark.parametrize("count", [5, 6, 7])
def test_numbers_on_every_grade_can_be_read(count):
    for colour in plot.grade_ramp(count):
        assert contrast(ink_on(colour), colour) >= 3.9


def test_ink_is_black_on_white_and_white_on_black():
    assert ink_on("#FFFFFF") == INK
    assert ink_on("#000000") == "#FFFFFF"


@pytest.mark.parametrize("deficiency", [None, *DEFICIENCIES])
def test_visits_get_darker_with_time_and_look_like_no_arm(deficiency):
    styles = visit_styles(["baseline", "week 12", "week 24"])
    lightness = [lab(style.colour, deficiency)[0] for style in styles.values()]
    assert all(early - late > 12 for early, late in pairwise(lightness))
    assert min(contrast(style.colour) for style in styles.values()) >= 3
    arms = plot.arm_styles(ARMS).values()
    assert not {style.colour for style in styles.values()} & {style.colour for style in arms}


def test_more_visits_than_can_be_told_apart_are_refused():
    with pytest.raises(MethodError, match="6 visits cannot be told apart in one figure, 5 can"):
        visit_styles(SIX)
