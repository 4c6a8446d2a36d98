"""Grades: what is typed, what it means, and the numbers that must be asked for by name."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spasticity.errors import DataError, MethodError
from spasticity.instruments import grades
from spasticity.tables.examination import MAS_GRADES


def read(*cells, coding=None):
    return grades.read(pd.Series(cells, name="tone"), coding=coding)


def test_the_grades_are_those_of_the_tone_table():
    assert grades.MAS_GRADES == MAS_GRADES
    assert grades.GRADE.ordered


@pytest.mark.parametrize("typed", ["1+", "1 +", " 1+ ", "I+", "1,5", "1.5", "1.50"])
def test_every_spelling_of_one_plus_is_the_grade_one_plus(typed):
    found = read("0", typed, "4", coding="mas")
    assert list(found.grades) == ["0", "1+", "4"]
    assert found.grades.cat.ordered
    assert len(found.refused) == 0
    if typed == "1+":
        assert len(found.repairs) == 0
    else:
        assert found.repairs.to_dict("records") == [
            {"row": 1, "column": "tone", "was": typed, "became": "1+", "why": "the grade 1+ spelled in another way"}
        ]


def test_numbers_of_a_float_column_are_grades_and_only_one_and_a_half_is_a_repair():
    found = read(0.0, 1.0, 1.5, np.nan, 4.0, coding="mas")
    assert found.grades.astype(object).where(found.grades.notna(), None).tolist() == ["0", "1", "1+", None, "4"]
    assert found.repairs["row"].tolist() == [2]


@pytest.mark.parametrize(
    ("coding", "cells", "expected"),
    [
        ("mas", ["0", "1", "1+", "2", "3", "4"], list(MAS_GRADES)),
        ("rank0_5", [0, 1, 2, 3, 4, 5], list(MAS_GRADES)),
        ("conv1_5", [0, 1, 1.5, 2, 3, 4], list(MAS_GRADES)),
        ("merged0_4", [0, 1, 2, 3, 4], ["0", "1", "2", "3", "4"]),
        ("as0_4", [0, 1, 2, 3, 4], ["0", "1", "2", "3", "4"]),
        ("as1_5", [1, 2, 3, 4, 5], ["0", "1", "2", "3", "4"]),
    ],
)
def test_each_declared_coding_is_read_by_its_table(coding, cells, expected):
    assert read(*cells, coding=coding).grades.tolist() == expected


@pytest.mark.parametrize(
    ("coding", "expected"),
    [
        ("rank0_5", [0, 1, 2, 3, 4, 5]),
        ("conv1_5", [0, 1, 1.5, 2, 3, 4]),
        ("merged0_4", [0, 1, 1, 2, 3, 4]),
    ],
)
def test_numbers_come_only_with_the_name_of_their_coding(coding, expected):
    found = grades.numbers(read(*MAS_GRADES, coding="mas").grades, coding)
    assert found.tolist() == expected
    assert found.name == f"tone_{coding}"


def test_golden_6_the_same_six_muscles_in_three_codings():
    six = read("2", "1+", "3", "2", "1", "0").grades
    assert grades.numbers(six, "rank0_5").mean() == pytest.approx(13 / 6, rel=1e-15)
    assert f"{grades.numbers(six, 'rank0_5').mean():.4f}" == "2.1667"
    assert f"{grades.numbers(six, 'conv1_5').mean():.4f}" == "1.5833"
    assert grades.numbers(six, "merged0_4").mean() == 1.5
    assert grades.numbers(six, "rank0_5").median() == 2.5


def test_the_ashworth_scale_has_no_one_plus():
    with pytest.raises(DataError, match=r"tone: 1 value has no number in the coding as0_4, first at row 1"):
        grades.numbers(read("0", "1+").grades, "as0_4")


@pytest.mark.parametrize(
    ("cells", "coding"),
    [(["0", "1+", "2"], "mas"), ([0, 1.5, 2], "conv1_5"), ([0, 2, 5], "rank0_5"), ([None, None], "mas")],
)
def test_a_coding_that_the_values_betray_is_told_and_noted(cells, coding):
    found = read(*cells)
    assert found.coding == coding
    if coding != "mas" or cells[0] is not None:
        assert "told from the values" in found.notes[0]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([1, 3, 5], r"from a 5 and no 0\. Pass coding=`as1_5` or `rank0_5`"),
        ([0, 1, 4], r"only whole numbers up to 4\. Pass coding=`mas`, `as0_4`, `merged0_4` or `rank0_5`"),
        ([1, 2, 4], r"up to 4 and no 0\. Pass coding=`mas`, `as0_4`, `merged0_4`, `rank0_5` or `as1_5`"),
        (["1+", "5"], "two codings are mixed, 1\\+ or 1.5 beside 5"),
        ([0, 1.5, 5], "two codings are mixed"),
    ],
)
def test_an_undeclared_column_that_could_be_several_codings_is_an_error(cells, message):
    with pytest.raises(DataError, match="tone: .*" + message):
        read(*cells)


@pytest.mark.parametrize(
    ("coding", "cell"),
    [
        ("as0_4", 5),
        ("mas", 5),
        ("conv1_5", 5),
        ("merged0_4", "1+"),
        ("as1_5", 0),
        ("rank0_5", "1+"),
        ("rank0_5", 1.5),
        ("as0_4", "1,5"),
    ],
)
def test_a_value_of_another_coding_is_an_error_that_names_the_row_and_the_choices(coding, cell):
    with pytest.raises(
        DataError, match=rf"tone: 2 values outside the coding {coding}, first at row 1.*pass coding="
    ) as e:
        read(2, cell, 3, cell, coding=coding)
    assert e.value.failures["row"].tolist() == [1, 3]


@pytest.mark.parametrize("cell", ["2.5", 2.5, "3,5", 0.5])
def test_a_half_grade_is_refused_as_a_likely_mean_of_raters(cell):
    found = read("1+", cell, coding="mas")
    assert found.grades.isna().tolist() == [False, True]
    assert found.refused["row"].tolist() == [1]
    assert "mean of two raters" in found.refused["rule"].iloc[0]


@pytest.mark.parametrize("cell", ["stiff", "7", "-1", True, "1++", "1 5"])
def test_what_is_no_grade_is_refused_and_counted(cell):
    found = read("1+", cell, coding="mas")
    assert found.refused[["row", "column"]].to_numpy().tolist() == [[1, "tone"]]
    assert "a grade is one of 0, 1, 1+, 2, 3, 4" in found.refused["rule"].iloc[0]
    assert repr(found).startswith("tone: 2 cells read as mas, 0 repaired, 1 refused")


def test_an_empty_cell_is_missing_and_not_refused():
    found = read("1+", "", "  ", coding="mas")
    assert found.grades.isna().tolist() == [False, True, True]
    assert len(found.refused) == 0


def test_a_declared_zero_to_four_column_that_never_holds_zero_is_noted():
    assert "is it coded 1-5?" in read(1, 2, 4, coding="as0_4").notes[0]
    assert read(0, 2, 4, coding="as0_4").notes == ()


def test_an_unknown_coding_names_the_known_ones():
    with pytest.raises(MethodError, match=r"coding='rank' is not known: .*did you mean `rank0_5`"):
        read(1, 2, coding="rank")


def test_grades_that_are_already_categories_stay_as_they_are():
    once = read("1", "2", None, coding="mas").grades
    twice = grades.read(once)
    pd.testing.assert_series_equal(twice.grades, once)
    assert len(twice.repairs) == 0


@given(st.lists(st.sampled_from([*MAS_GRADES, None]), min_size=1), st.sampled_from(["rank0_5", "conv1_5"]))
def test_a_coding_that_keeps_all_six_grades_can_be_read_back(cells, coding):
    typed = pd.Series(cells, dtype=grades.GRADE, name="tone")
    pd.testing.assert_series_equal(
        grades.read(grades.numbers(typed, coding), coding=coding).grades.rename("tone"), typed
    )
