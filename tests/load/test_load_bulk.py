"""The shortcuts for large files give what the long way gives, or step aside."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from spasticity import load, tables
from spasticity.load import bulk
from spasticity.load.cells import read
from spasticity.load.coding import rectangle
from spasticity.load.spelling import Spelling
from spasticity.schema import Column

COLUMNS = {
    "number": Column(name="x", kind="number", label="x", low=-1000, high=1000),
    "integer": Column(name="x", kind="integer", label="x", low=0),
    "text": Column(name="x", kind="text", label="x"),
    "instant": Column(name="x", kind="instant", label="x"),
}
numbers = st.from_regex(r"[0-9.\-]{0,6}", fullmatch=True) | st.floats(-1e4, 1e4).map(repr) | st.text(max_size=4)
stamps = st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", fullmatch=True)
moments = st.datetimes(min_value=pd.Timestamp(1800, 1, 1), max_value=pd.Timestamp(2200, 1, 1)).map(
    lambda moment: f"{moment:%Y-%m-%dT%H:%M:%SZ}"
)
TEXTS = {"number": numbers, "integer": numbers, "text": st.text(max_size=5), "instant": stamps | moments}


def assert_same(kind, texts):
    """The shortcut gives what each cell gives on its own, without a repair and with the same rule."""
    distinct = np.array(list(dict.fromkeys(texts)), dtype=object)
    quick = bulk.SHORTCUTS[kind](distinct)
    if quick is None:
        return False
    column = COLUMNS[kind]
    cells = [read(text, column) for text in distinct]
    assert not any(cell.why for cell in cells)
    slow, slow_bad = column.typed(pd.Series([cell.value for cell in cells], dtype=object))
    fast, fast_bad = column.typed(quick)
    pd.testing.assert_series_equal(fast, slow)
    for cell, one, other in zip(cells, fast_bad, slow_bad, strict=True):
        assert (cell.rule or (f"expected {column.expected}" if other else "")) == (
            f"expected {column.expected}" if one else ""
        )
    return True


@pytest.mark.parametrize("kind", COLUMNS)
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_shortcut_agrees_with_the_long_way(kind, data):
    assert_same(kind, data.draw(st.lists(TEXTS[kind], min_size=1, max_size=6)))


PLAIN = [
    ("number", ["1", "-2.5", "3.", ".5", "007", "-0", ""]),
    ("integer", ["1", "-2", "3.0", "12345678901234"]),
    ("text", ["P1", "007", "NA", "1E5", "a b"]),
    ("instant", ["2024-02-29T23:59:59Z", "1999-01-01T00:00:00Z"]),
]
NOT_PLAIN = [
    ("number", ["1", "1e5"]),
    ("number", ["1", "1\n"]),
    ("number", ["1", "."]),
    ("number", ["1", "9" * 400]),
    ("number", ["1", " 2"]),
    ("number", ["1", "\u0661"]),
    ("integer", ["1", "9007199254740993"]),
    ("integer", ["1", "0" * 30]),
    ("integer", ["1", ".0"]),
    ("text", ["P1", " P2"]),
    ("text", ["P1", "P2\t"]),
    ("text", ["P1", "P\u200b2"]),
    ("text", ["P1", ""]),
    ("instant", ["2024-02-30T00:00:00Z"]),
    ("instant", ["2024-02-29T24:00:00Z"]),
    ("instant", ["2024-02-29 10:00:00Z"]),
    ("instant", ["1066-02-27T10:00:00Z"]),
    ("instant", ["2024-02-29T10:00:0\u0661Z"]),
]


@pytest.mark.parametrize(("kind", "texts"), PLAIN)
def test_plain_values_take_the_shortcut(kind, texts):
    assert assert_same(kind, texts)


@pytest.mark.parametrize(("kind", "texts"), NOT_PLAIN)
def test_what_is_not_plain_goes_the_long_way(kind, texts):
    assert bulk.SHORTCUTS[kind](np.array(texts, dtype=object)) is None


def test_declared_spellings_go_the_long_way():
    distinct = np.array([str(number) for number in range(1000)], dtype=object)
    column = COLUMNS["number"]
    assert bulk.plain_values(distinct, column, Spelling()) is not None
    assert bulk.plain_values(distinct[:10], column, Spelling()) is None
    assert bulk.plain_values(distinct, column, Spelling(decimal=",")) is None
    assert bulk.plain_values(distinct, column, Spelling(missing=frozenset({"99"}))) is None
    assert bulk.plain_values(distinct, column, Spelling(coding={"1": "2"})) is None
    assert bulk.plain_values(np.append(distinct, "#N/A"), COLUMNS["text"], Spelling()) is None


@settings(max_examples=500, deadline=None)
@given(text=st.text(alphabet='a1,;\n\r"\u00e9 ', min_size=1, max_size=30), delimiter=st.sampled_from(",;"))
@example(text="a,b\n1,2", delimiter=",")
@example(text="a,b\r\n1,2\r\n", delimiter=",")
@example(text="a,b\n1,2\n\n", delimiter=",")
@example(text="a,b\n1\n2,3,4\n", delimiter=",")
@example(text="\na,b\n", delimiter=",")
def test_a_rectangle_is_what_the_csv_reader_reads(text, delimiter):
    block = rectangle(text.encode(), delimiter)
    if block is None:
        return
    records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    header, columns = block
    assert header == records[0]
    assert [list(row) for row in zip(*(column.texts for column in columns), strict=True)] == records[1:]
    for column in columns:
        assert len(set(column.distinct)) == len(column.distinct)
        assert column.distinct.tolist() == list(dict.fromkeys(column.texts))


def test_a_field_that_the_csv_reader_refuses_is_no_rectangle():
    assert rectangle(b"a,b\n1," + b"x" * 140_000 + b"\n", ",") is None
    header, columns = rectangle(b"a,b\n1,2\n", ",")
    assert (header, [column.texts.tolist() for column in columns]) == (["a", "b"], [["1"], ["2"]])


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.text(alphabet="ab\u00e9\u20ac\U0001f600 ", max_size=30) | st.text("x", min_size=60, max_size=70), min_size=1
    )
)
def test_cells_are_told_apart_however_long_they_are(cells):
    text = "p,q\n" + "".join(f"{cell},{cell}{number % 2}\n" for number, cell in enumerate(cells))
    block = rectangle(text.encode(), ",")
    assert block is not None
    assert block[1][0].texts.tolist() == cells
    assert block[1][1].texts.tolist() == [f"{cell}{number % 2}" for number, cell in enumerate(cells)]


def test_a_large_file_gives_the_same_table_with_and_without_shortcuts(tmp_path, monkeypatch):
    rng = np.random.default_rng(8)
    frame = tables.WALKS.example(2000, rng)
    path = tmp_path / "walks.csv"
    frame.to_csv(path, index=False)
    text = path.read_text().replace("\n", "\r\n").splitlines(keepends=True)
    text[1500] = text[1500].replace("P", " P", 1)
    text[700] = text[700].replace(",t25fw,", ",t25,").replace(",10mwt,", ",10m,")
    path.write_text("".join(text))
    quick = load.delimited(path, "walks")
    monkeypatch.setattr("spasticity.load.records.rectangle", lambda data, delimiter: None)
    monkeypatch.setattr("spasticity.load.casting.plain_values", lambda distinct, column, spelling: None)
    slow = load.delimited(path, "walks")
    pd.testing.assert_frame_equal(quick.table, slow.table)
    pd.testing.assert_frame_equal(quick.repairs, slow.repairs)
    pd.testing.assert_frame_equal(quick.rejects, slow.rejects)
    assert quick.source == slow.source
    assert (len(quick.repairs), len(quick.rejects)) == (1, 1)
