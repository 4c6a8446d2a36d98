"""Stretches of time: which one holds an instant and how much they cover, beside counting second by second."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spasticity.derive.spans import Spans

stretches = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 60), st.integers(0, 20)), max_size=8)


def covered(spans, owner, second):
    return any(o == owner and start <= second < start + length for o, start, length in spans)


@given(stretches, st.integers(0, 3), st.integers(-5, 90), st.integers(0, 60))
def test_what_is_covered_and_held_is_what_a_count_of_seconds_says(rows, owner, start, length):
    columns = [np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)] or [np.zeros(0, np.int64)] * 3
    spans = Spans.of(columns[0], columns[1], columns[1] + columns[2])
    asked = [np.array([value]) for value in (owner, start, start + length)]
    assert spans.covered(*asked)[0] == sum(covered(rows, owner, second) for second in range(start, start + length))
    row = spans.holding(asked[0], asked[1])[0]
    assert (row >= 0) == covered(rows, owner, start)
    if row >= 0:
        assert rows[row][0] == owner


def test_nobodys_stretches_hold_nothing():
    spans = Spans.of(np.array([-1]), np.array([0]), np.array([10]))
    assert spans.holding(np.array([-1, 0]), np.array([5, 5])).tolist() == [-1, -1]
    assert spans.covered(np.array([-1]), np.array([0]), np.array([10])).tolist() == [0]
