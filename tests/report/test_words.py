"""Captions, alt texts and sentences say what the numbers say."""

import pandas as pd
import pytest

from spasticity.instruments import measure
from spasticity.report import words
from spasticity.stats.result import Result, estimate_frame

NRS = measure("spasticity_nrs")


def result(**changes):
    rows = pd.DataFrame(
        {
            "term": "mean",
            "arm": ["placebo", "active", "placebo", "active"],
            "visit": ["week 4", "week 4", "week 12", "week 12"],
            "estimate": [-0.25, -1.0, -0.5, -2.125],
            "conf_low": [-0.5, -1.5, -0.75, -2.5],
            "conf_high": [0.0, -0.5, -0.25, -1.75],
            "n": [10, 11, 9, 8],
        }
    )
    settings = {
        "frame": estimate_frame(rows, ["arm", "visit"]),
        "method": "mean",
        "n": 21,
        "notes": ("left out: 2 rows",),
    }
    return Result(**settings | changes)


def test_a_caption_names_method_level_people_direction_and_notes():
    said = words.caption("Mean change, by arm", result(), outcome="spasticity_nrs")
    assert said == (
        "Mean change, by arm. Mean; 95\N{NO-BREAK SPACE}% confidence intervals; 21 participants. Lower is better. "
        "Left out: 2 rows."
    )


def test_a_method_that_names_its_interval_is_not_told_twice():
    assert "confidence" not in words.caption("x", result(method="mean with t interval"))


def test_an_alt_text_tells_the_last_value_of_each_arm():
    said = words.trend_alt(result(), "spasticity_nrs", "mean")
    assert "by visit (week 4, week 12)" in said
    assert said.endswith("At week 12: placebo −0.50 (−0.75 to −0.25); active −2.13 (−2.50 to −1.75).")


@pytest.mark.parametrize(
    ("estimate", "low", "high", "p", "said"),
    [
        (-1.5, -2.0, -1.0, 0.0001, "Active: change in spasticity NRS 1.50 lower than placebo at week 12 (95 % CI −2.00"
         " to −1.00; p < 0.001)."),
        (0.25, -0.5, 1.0, 0.4, "Active: change in spasticity NRS 0.25 higher than placebo at week 12 (95 % CI −0.50 to"
         " 1.00; p = 0.40; the interval includes 0)."),
        (float("nan"), 0, 0, 0, "active against placebo at week 12: the data cannot tell."),
    ],
)  # fmt: skip
def test_a_difference_is_said_with_its_direction_and_no_more(estimate, low, high, p, said):
    row = pd.Series(
        {"term": "active - placebo", "estimate": estimate, "conf_low": low, "conf_high": high, "p_value": p}
    )
    text = words.difference_sentence(row, NRS, at_level=0.95, visit="week 12")
    assert text.replace("\N{NO-BREAK SPACE}", " ") == said


def test_a_unit_is_named_where_there_is_one():
    row = pd.Series({"term": "a - b", "estimate": -7.0, "conf_low": -9.0, "conf_high": -5.0, "p_value": 0.01})
    assert "7.0 min lower" in words.difference_sentence(row, measure("waso_min"), at_level=0.95, visit="week 4")


def test_a_sentence_begins_with_a_capital_and_ends_once():
    assert words.sentence("left out: 2 rows") == "Left out: 2 rows."
    assert words.sentence("Is it so?") == "Is it so?"


def test_a_label_inside_a_sentence_keeps_its_abbreviation():
    assert words.label_of("spasms_per_day") == "spasms per day"
    assert words.label_of("psqi").startswith("PSQI")
    assert words.label_of("spasticity_nrs") == "spasticity NRS"
    assert words.label_of("llmt6").startswith("Lower Limb Muscle Tone-6")
