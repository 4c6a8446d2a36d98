"""What a table declaration promises."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spasticity.errors import DataError
from spasticity.schema import Column, Schema
from spasticity.tables import ESTIMATES, OUTCOMES, STUDY_TABLES

GRADES = ("0", "1", "1+", "2")
TABLE = Schema(
    name="things",
    label="one row per thing",
    key=("participant", "day"),
    columns=(
        Column(name="participant", kind="text", label="Participant"),
        Column(name="day", kind="integer", label="Day", unit="days"),
        Column(name="grade", kind="category", label="Grade", categories=GRADES, ordered=True),
        Column(name="score", kind="number", label="Score", low=0, high=10, better="lower"),
        Column(name="walks", kind="flag", label="Walks", required=True),
        Column(name="bed", kind="clock", label="Bed"),
        Column(name="born", kind="date", label="Born"),
        Column(name="at", kind="instant", label="At"),
    ),
)


def good(**changes):
    frame = pd.DataFrame(
        {
            "participant": ["007", "008"],
            "day": [0, 1],
            "grade": ["1+", None],
            "score": [3, 10.0],
            "walks": [True, False],
            "bed": ["22:30", None],
            "born": ["1970-01-02", None],
            "at": ["2024-03-31T01:30:00Z", None],
        }
    )
    return frame.assign(**changes)


def test_a_good_table_comes_back_typed_with_every_row():
    table = TABLE.check(good())
    assert len(table) == 2
    assert table["participant"].tolist() == ["007", "008"]
    assert str(table["day"].dtype) == "Int64"
    assert table["grade"].cat.ordered
    assert table["grade"].cat.categories.tolist() == list(GRADES)
    assert str(table["walks"].dtype) == "boolean"
    assert str(table["at"].dt.tz) == "UTC"


@pytest.mark.parametrize(
    ("change", "column", "rule"),
    [
        ({"score": [3, 11]}, "score", "expected a number from 0 to 10"),
        ({"score": [3, -0.5]}, "score", "expected a number from 0 to 10"),
        ({"score": [3, np.inf]}, "score", "expected a number from 0 to 10"),
        ({"score": [3, "4"]}, "score", "expected a number from 0 to 10"),
        ({"day": [0, 1.5]}, "day", "expected a whole number"),
        ({"day": [0, None]}, "day", "a value is required"),
        ({"walks": [True, None]}, "walks", "a value is required"),
        ({"walks": [True, "yes"]}, "walks", "expected true or false"),
        ({"walks": [True, 1]}, "walks", "expected true or false"),
        ({"grade": ["1+", "3"]}, "grade", "expected one of 0, 1, 1+, 2"),
        ({"bed": ["22:30", "24:00"]}, "bed", "expected a clock time such as 22:30"),
        ({"born": ["1970-01-02", "1970-02-30"]}, "born", "expected a date such as 2024-03-31"),
        ({"participant": ["007", "  "]}, "participant", "expected text"),
    ],
)
def test_a_bad_value_is_named_by_row_column_and_rule_but_never_shown(change, column, rule):
    with pytest.raises(DataError, match=rf"things: 1 value breaks the schema, first at row 1 in `{column}`") as caught:
        TABLE.check(good(**change))
    failures = caught.value.failures
    assert failures[["row", "column", "rule"]].to_numpy().tolist() == [[1, column, rule]]


def test_the_message_never_shows_the_value():
    with pytest.raises(DataError, match="1 value breaks") as caught:
        TABLE.check(good(grade=["1+", "Jane Doe"]))
    assert "Jane" not in str(caught.value)
    assert caught.value.failures["value"].tolist() == ["Jane Doe"]


def test_all_failures_are_collected():
    with pytest.raises(DataError, match="3 values break the schema") as caught:
        TABLE.check(good(score=[-1, 99], grade=["5", "1"]))
    assert caught.value.failures["column"].tolist() == ["grade", "score", "score"]


def test_a_repeated_key_names_both_rows():
    with pytest.raises(DataError, match="2 values break the schema") as caught:
        TABLE.check(good(participant=["007", "007"], day=[0, 0]))
    assert caught.value.failures["rule"].tolist() == ["repeats the key participant, day"] * 2


def test_a_renamed_column_is_recognised():
    with pytest.raises(DataError, match=r"1 column missing: `grade`; 1 unknown column: `grades`\. `grades` looks like"):
        TABLE.check(good().rename(columns={"grade": "grades"}))


def test_a_missing_column_lists_the_table():
    with pytest.raises(DataError, match=r"file\.csv: 1 column missing: `walks`\. The table things has the columns"):
        TABLE.check(good().drop(columns="walks"), where="file.csv")


def test_extra_columns_are_refused_unless_welcome():
    with pytest.raises(DataError, match="1 unknown column: `note`"):
        TABLE.check(good(note="x"))
    assert TABLE.check(good(note="x"), extra=True).columns[-1] == "note"


def test_a_missing_value_in_an_optional_column_stays_missing():
    table = TABLE.check(good(score=[np.nan, None]))
    assert table["score"].isna().all()


def test_the_codebook_has_a_row_for_every_column():
    book = TABLE.codebook()
    assert book["column"].tolist() == TABLE.names
    assert book.set_index("column").loc["score", "values"] == "a number from 0 to 10"
    assert book.set_index("column").loc["participant", "key"]


@pytest.mark.parametrize("schema", [*STUDY_TABLES, OUTCOMES, ESTIMATES, TABLE], ids=lambda schema: schema.name)
def test_examples_and_empty_tables_pass_their_own_check(schema):
    assert len(schema.example(20, np.random.default_rng(1))) == 20
    assert schema.check(schema.empty()).dtypes.equals(schema.empty().dtypes)


@pytest.mark.parametrize("schema", STUDY_TABLES, ids=lambda schema: schema.name)
def test_every_column_has_a_label_and_a_unit_in_its_name(schema):
    suffixes = ("_min", "_s", "_m", "_deg", "_years", "_mg_per_day", "_ug_per_day")
    for column in schema:
        assert column.label
        if column.name.endswith(suffixes):
            assert column.unit
        assert column.name == column.name.lower()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(st.floats(), st.integers(), st.text(max_size=3), st.none(), st.booleans()), max_size=8))
def test_typing_never_raises_and_never_changes_the_number_of_rows(values):
    frame = pd.DataFrame({"score": pd.Series(values, dtype=object)})
    for column in TABLE:
        typed, bad = column.typed(frame["score"])
        assert len(typed) == len(bad) == len(values)
        assert not (bad & frame["score"].isna()).any()


def with_pace(key=("participant", "pace")):
    pace = Column(name="pace", kind="category", label="Pace", categories=("slow", "fast"), optional=True)
    return Schema(
        "trials", "one row per trial", (Column(name="participant", kind="text", label="Participant"), pace), key
    )


def test_a_source_may_be_without_an_optional_column_whose_cells_are_then_missing():
    found = with_pace().check(pd.DataFrame({"participant": ["A", "B"]}))
    assert found["pace"].isna().all()
    assert list(found["pace"].cat.categories) == ["slow", "fast"]
    assert with_pace().required == ["participant"]
    assert with_pace().optional(["pace"]) == []


def test_an_optional_column_that_is_there_is_checked_like_any_other():
    with pytest.raises(DataError, match="1 value breaks the schema, first at row 0 in `pace`"):
        with_pace().check(pd.DataFrame({"participant": ["A"], "pace": ["quick"]}))


def test_in_a_key_a_missing_cell_of_an_optional_column_is_a_value_like_others():
    rows = pd.DataFrame({"participant": ["A", "A", "B"], "pace": ["slow", None, None]})
    assert len(with_pace().check(rows)) == 3
    with pytest.raises(DataError, match="repeats the key participant, pace"):
        with_pace().check(pd.concat([rows, rows.tail(1)], ignore_index=True))
