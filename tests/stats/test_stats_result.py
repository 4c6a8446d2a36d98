"""The contract every statistic keeps."""

import numpy as np
import pandas as pd
import pytest

from spasticity.errors import MethodError
from spasticity.stats.result import ESTIMATE_COLUMNS, Result, estimate_frame

MINUS = "\N{MINUS SIGN}"
SPACE = "\N{NO-BREAK SPACE}"


@pytest.fixture
def result():
    rows = pd.DataFrame(
        {
            "term": ["oral baclofen - placebo", "mean"],
            "visit": ["week 12", "week 12"],
            "arm": ["oral baclofen", "placebo"],
            "estimate": [-1.234, 2.0],
            "p_value": [0.0312, np.nan],
            "conf_low": [-2.0, 1.0],
            "conf_high": [-0.5, 3.0],
            "n": [40, 20],
            "extra": [1, 2],
        }
    )
    return Result(frame=estimate_frame(rows, ["visit", "arm"]), method="a method", n=40, notes=("a note",))


def test_the_frame_has_its_columns_in_order(result):
    assert list(result.frame.columns) == ["term", "visit", "arm", *ESTIMATE_COLUMNS[1:], "extra"]
    assert result.groups == ["visit", "arm"]
    assert result.frame["n"].dtype == "Int64"
    assert result.frame["std_error"].isna().all()


def test_a_frame_without_its_columns_is_refused(result):
    with pytest.raises(MethodError, match="Result: the estimate frame lacks `df` and `n`"):
        Result(frame=result.frame.drop(columns=["df", "n"]), method="a method", n=1)


@pytest.mark.parametrize("level", [0, 1, 95, -0.5])
def test_a_level_is_between_0_and_1(result, level):
    with pytest.raises(MethodError, match="is not a confidence level: expected a number between 0 and 1"):
        Result(frame=result.frame, method="a method", n=1, level=level)


def test_a_sentence_names_groups_that_the_term_does_not(result):
    assert result.sentence("oral baclofen - placebo") == (
        f"oral baclofen - placebo (week 12): {MINUS}1.23 (95{SPACE}% CI {MINUS}2.00 to {MINUS}0.50; p = 0.03; n = 40)."
    )
    assert (
        result.sentence(arm="placebo", digits=1) == f"mean (week 12, placebo): 2.0 (95{SPACE}% CI 1.0 to 3.0; n = 20)."
    )


def test_an_estimate_without_an_interval_is_said_and_printed_without_one(result):
    bare = Result(frame=result.frame.assign(conf_low=np.nan, conf_high=np.nan), method="a method", n=40)
    assert bare.sentence(arm="placebo") == "mean (week 12, placebo): 2.00 (n = 20)."
    assert list(bare.table()[f"95{SPACE}% CI"]) == ["–", "–"]


def test_the_one_row_that_fits_is_found(result):
    assert result.row("mean")["estimate"] == 2
    assert result.row(arm="placebo", visit="week 12")["estimate"] == 2
    with pytest.raises(
        MethodError, match=r"2 rows fit .* expected one; the terms are `oral baclofen - placebo` and `mean`"
    ):
        result.row(visit="week 12")
    with pytest.raises(MethodError, match="0 rows fit"):
        result.row("median")
    with pytest.raises(MethodError, match="there is no column `cohort`"):
        result.row(cohort="MS")


def test_everything_is_printed_rounded_and_nothing_is_stored_so(result):
    assert result.summary().splitlines()[:2] == ["a method", "40 participants"]
    assert "Note: a note" in result.summary()
    assert repr(result) == result.summary()
    assert result.table()["Estimate"].tolist() == ["\N{MINUS SIGN}1.23", "2.00"]
    assert result.frame["estimate"].iloc[0] == -1.234
    html = result._repr_html_()
    assert "<b>a method</b>, 40 participants<br><small>a note</small>" in html


def test_what_rests_on_no_known_people_does_not_say_0_participants(result):
    nobody = Result(frame=result.frame, method="a method", n=0)
    assert "participant" not in nobody.summary()
    assert "participant" not in nobody._repr_html_()


def test_a_long_result_shows_its_first_rows_and_says_so(result):
    frame = pd.concat([result.frame] * 30, ignore_index=True)
    long = Result(frame=frame, method="a method", n=40)
    assert "... and 20 more rows in `.frame` and `.table()`" in long.summary()
    assert long._repr_html_().count("<tr") == 41
    assert len(long.table()) == 60
    assert "more row" not in result.summary()
