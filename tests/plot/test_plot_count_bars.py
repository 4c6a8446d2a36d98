"""Counts as bars, expected counts as points."""

import pandas as pd
import pytest

from spasticity import plot
from spasticity.errors import MethodError


def distribution(**columns):
    frame = pd.DataFrame({"count": pd.array([0, 1, 2, pd.NA], dtype="Int64"), "observed": [5, 3, 1, 2]})
    return frame.assign(expected=[4.0, 3.5, 2.0, 1.5]).assign(**columns)


def test_bars_and_points_are_the_numbers_of_the_table():
    ax = plot.count_distribution(distribution())
    heights = {count: plot.find(ax, f"observed.{count}")[0].get_height() for count in (0, 1, 2)}
    assert heights == {0: 5, 1: 3, 2: 1}
    [line] = plot.find(ax, "expected")
    assert list(line.get_xdata()) == [0, 1, 2]
    assert list(line.get_ydata()) == [4.0, 3.5, 2.0]


def test_larger_counts_are_said_and_none_are_not():
    [text] = plot.find(plot.count_distribution(distribution()), "n")
    assert text.get_text() == "beyond: 2 observed, 1.5 expected"
    none = distribution(observed=[5, 3, 3, 0], expected=[4.0, 3.5, 3.49, 0.01])
    assert plot.find(plot.count_distribution(none), "n") == []


def test_a_count_twice_and_absent_columns_are_refused():
    with pytest.raises(MethodError, match="count_distribution"):
        plot.count_distribution(distribution(count=pd.array([0, 0, 1, pd.NA], dtype="Int64")))
    with pytest.raises(MethodError, match="expected"):
        plot.count_distribution(distribution().drop(columns="expected"))
