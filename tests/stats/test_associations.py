"""Correlations within and between people: by hand, invariances, what is refused."""

import numpy as np
import pandas as pd
import pytest

from spasticity import stats
from spasticity.errors import MethodError

NIGHTS = pd.DataFrame(
    {
        "participant": ["A", "A", "B", "B", "C", "C", "D"],
        "spasms": [0.0, 2, 5, 7, 10, 12, 3],
        "waso": [30.0, 40, 20, 26, 10, 20, 9],
    }
)


def test_within_and_between_people_by_hand():
    # Within: x -1, 1 each; y -5, 5, -3, 3, -5, 5. Sxx 6, Syy 118, Sxy 26. Between: people with more spasms wake less.
    found = stats.repeated_correlation(NIGHTS, "spasms", "waso")
    within = found.row("within person")
    r = 26 / np.sqrt(6 * 118)
    assert within["estimate"] == pytest.approx(r)
    assert within["df"] == 2  # 6 rows, 3 people, 1 slope
    assert within["statistic"] == pytest.approx(r * np.sqrt(2 / (1 - r**2)))
    assert (within["conf_low"], within["conf_high"]) == pytest.approx(
        (np.tanh(np.arctanh(r) - 1.959963984540054), np.tanh(np.arctanh(r) + 1.959963984540054))
    )
    assert (within["n"], within["rows"]) == (3, 6)
    assert found.row("slope within person")["estimate"] == pytest.approx(26 / 6)
    means = np.corrcoef([1, 6, 11, 3], [35, 23, 15, 9])[0, 1]
    assert found.row("between people")["estimate"] == pytest.approx(means)
    assert found.row("between people")["n"] == 4
    assert found.n == 4


def test_moving_a_person_changes_nothing_within():
    moved = NIGHTS.assign(waso=NIGHTS["waso"] + NIGHTS["participant"].map({"A": 0, "B": 1000, "C": -50, "D": 3}))
    one, two = (stats.repeated_correlation(table, "spasms", "waso").frame for table in (NIGHTS, moved))
    pd.testing.assert_frame_equal(one.iloc[:2], two.iloc[:2])
    turned = stats.repeated_correlation(NIGHTS.iloc[::-1], "waso", "spasms")
    assert turned.row("within person")["estimate"] == pytest.approx(one["estimate"][0])


def test_rows_without_both_are_left_out_and_counted():
    more = pd.concat(
        [NIGHTS, pd.DataFrame({"participant": ["A", "B"], "spasms": [1.0, np.nan], "waso": [np.nan, 5.0]})]
    )
    found = stats.repeated_correlation(more, "spasms", "waso")
    assert found.notes == ("left out: 2 rows without both",)
    assert found.row("within person")["rows"] == 6


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (NIGHTS.drop_duplicates("participant"), "0 repeated rows"),
        (NIGHTS.iloc[:4], "2 participants"),
        (
            NIGHTS.assign(spasms=NIGHTS["participant"].map({"A": 1, "B": 2, "C": 3, "D": 4})),
            "spasms never changes within",
        ),
        (NIGHTS.assign(waso="x"), "`waso` is neither numeric nor an ordered category"),
        (NIGHTS.drop(columns="waso"), "no column `waso`"),
    ],
)
def test_what_has_no_correlation_within_is_refused(table, said):
    with pytest.raises(MethodError, match=said):
        stats.repeated_correlation(table, "spasms", "waso")


def test_every_pair_has_its_own_n():
    table = pd.DataFrame(
        {
            "participant": range(6),
            "a": [1.0, 2, 3, 4, 5, 6],
            "b": [2.0, 1, 4, 3, 6, np.nan],
            "c": [1.0, np.nan, np.nan, np.nan, 2, 3],
            "grade": pd.Categorical(["0", "1", "1+", "2", "3", "4"], ["0", "1", "1+", "2", "3", "4"], ordered=True),
        }
    )
    found = stats.correlations(table, ["a", "b", "c", "grade"])
    assert found.row(first="a", second="b")["n"] == 5
    assert found.row(first="a", second="b")["estimate"] == pytest.approx(0.8)
    assert np.isnan(found.row(first="a", second="c")["estimate"])  # three people
    assert found.row(first="a", second="grade")["estimate"] == pytest.approx(1)
    assert len(found.frame) == 6


@pytest.mark.parametrize(
    ("table", "columns", "said"),
    [
        (NIGHTS, ["spasms", "waso"], r"several rows, which are not independent; .* stats\.repeated_correlation"),
        (NIGHTS.drop_duplicates("participant"), ["spasms"], "at least two columns"),
        (NIGHTS.drop_duplicates("participant"), ["spasms", "pain"], "no column `pain`"),
    ],
)
def test_pseudo_replication_is_refused(table, columns, said):
    with pytest.raises(MethodError, match=said):
        stats.correlations(table, columns)
