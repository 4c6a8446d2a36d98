"""Numbers in words."""

import math

import pytest

from spasticity import wording


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (2.675, 2, "2.68"),  # half away from zero on the number as it is read
        (-2.675, 2, "−2.68"),
        (12.5, 0, "13"),
        (-0.004, 2, "0.00"),  # no minus zero
        (0.0, 1, "0.0"),
        (1234567.891, 1, "1234567.9"),
        (1e-12, 3, "0.000"),
        (math.nan, 2, "–"),
        (math.inf, 2, "–"),
        (None, 2, "–"),
    ],
)
def test_numbers_are_rounded_as_a_reader_expects(value, digits, text):
    assert wording.number(value, digits) == text


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0004, "p < 0.001"),
        (0.001, "p = 0.001"),
        (0.0099, "p = 0.010"),
        (0.0116, "p = 0.01"),
        (0.03, "p = 0.03"),
        (0.0496, "p = 0.050"),
        (0.0504, "p = 0.050"),
        (0.04951, "p = 0.050"),
        (0.046, "p = 0.046"),
        (0.25, "p = 0.25"),
        (0.995, "p > 0.99"),
        (math.nan, "p –"),
    ],
)
def test_p_values_are_never_zero_and_do_not_cross_the_line_by_rounding(p, text):
    assert wording.p_value(p) == text


def test_percentages_fit_their_denominator():
    assert wording.percent(1, 3) == "33\N{NO-BREAK SPACE}%"
    assert wording.percent(41, 200) == "20.5\N{NO-BREAK SPACE}%"
    assert wording.percent(0, 0) == "–"


def test_intervals_levels_and_counts_read_well():
    assert wording.interval(-1.25, 3.0, 1) == "−1.3 to 3.0"
    assert wording.interval(math.nan, math.nan) == "–"
    assert wording.level(0.95) == "95\N{NO-BREAK SPACE}%"
    assert wording.level(0.975) == "97.5\N{NO-BREAK SPACE}%"
    assert wording.plural(1, "row") == "1 row"
    assert wording.plural(2400, "row") == "2,400 rows"
    assert wording.plural(2, "value breaks", "values break") == "2 values break"
