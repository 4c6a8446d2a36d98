"""Small counts cannot be worked out from what is shown."""

import numpy as np
import pandas as pd
import pytest

from spasticity import privacy
from spasticity.errors import DataError, MethodError
from spasticity.privacy.small_cells import bounds


def table(rows):
    return pd.DataFrame(rows)


def test_redacted_and_rounded_by_hand():
    safe = privacy.suppress(table({"a": [3, 12, 0, 7], "b": [22, 8, 40, 13]}))
    assert safe.counts["a"].tolist() == [pd.NA, 10, 0, pd.NA]
    assert safe.counts["b"].tolist() == [20, 10, 40, 15]
    assert safe.row_totals.tolist() == [20, 20, 40, 15]  # sums of what is shown
    assert safe.column_totals.tolist() == [10, 85]
    assert (safe.total, safe.primary, safe.secondary) == (95, 2, 0)
    assert safe.percentages["b"].tolist()[1] == pytest.approx(1000 / 85)
    assert safe.percentages["a"].isna().tolist() == [True, False, False, True]
    assert safe.shown().loc[0].tolist() == ["*", "20", "20"]
    assert safe.note == (
        "Disclosure rule opensafely: counts of 1 to 7 are not shown, others are rounded to 5 and totals are sums of "
        "rounded counts."
    )


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, None), (7, None), (8, 10), (12, 10), (13, 15), (17, 15)])
def test_one_count_under_the_rounding_rule(count, shown):
    cell = privacy.suppress(table({"a": [count, 100]})).counts["a"].iloc[0]
    assert pd.isna(cell) if shown is None else cell == shown


def test_the_redacted_count_moves_no_total():
    seen = {
        tuple(privacy.suppress(table({"a": [few, 40], "b": [30, 20]})).shown().to_numpy().ravel())
        for few in range(1, 8)
    }
    assert len(seen) == 1


def test_suppression_with_true_totals_by_hand():
    true = table({"a": [3, 32, 20], "b": [22, 18, 40], "c": [30, 30, 30]})
    safe = privacy.suppress(true, profile="cms")
    assert pd.isna(safe.counts.loc[0, "a"])
    assert safe.row_totals.tolist() == [55, 80, 90]
    assert safe.primary == 1
    assert safe.secondary >= 3  # one more in its row, one in its column, and the corner
    low, high = bounds(true.to_numpy(), safe.counts.isna().to_numpy())
    assert high[0, 0] - low[0, 0] >= 10
    shown = safe.counts.notna().to_numpy()
    assert (safe.counts.to_numpy(dtype=float, na_value=-1)[shown] == true.to_numpy()[shown]).all()


def test_a_lone_suppressed_cell_is_told_exactly_by_its_totals():
    low, high = bounds(np.array([[3, 32], [22, 18]]), np.array([[True, False], [False, False]]))
    assert (low[0, 0], high[0, 0]) == (3, 3)
    low, high = bounds(np.array([[3, 32], [22, 18]]), np.full((2, 2), True))
    assert (low[0, 0], high[0, 0]) == (0, 25)


def test_bounds_are_those_of_counting_every_table():
    true, hidden = np.array([[2, 5, 9], [4, 1, 7]]), np.array([[1, 1, 0], [1, 1, 1]], dtype=bool)
    rows, columns, seen = true.sum(axis=1), true.sum(axis=0), []
    for a in range(rows[0] + 1):
        for b in range(rows[0] + 1):
            cells = np.array([[a, b, rows[0] - a - b], [columns[0] - a, columns[1] - b, columns[2] - rows[0] + a + b]])
            if (cells >= 0).all() and (cells[~hidden] == true[~hidden]).all():
                seen.append(cells)
    low, high = bounds(true, hidden)
    assert (low == np.min(seen, axis=0)).all()
    assert (high == np.max(seen, axis=0)).all()


@pytest.mark.parametrize("profile", ["cms", "ons5"])
def test_no_small_count_of_random_tables_can_be_told_closer_than_the_rule(profile):
    rng, safe_ones, small_ones = np.random.default_rng(20261123), 0, 0
    for _ in range(30):
        true = table(rng.multinomial(rng.integers(40, 200), rng.dirichlet(np.ones(6) * 2)).reshape(2, 3))
        try:
            safe = privacy.suppress(true, profile=profile)
        except MethodError:  # its totals tell: the message is tested below
            continue
        counts = true.to_numpy()
        small = (counts >= 1) & (counts <= safe.profile.highest)
        low, high = bounds(counts, safe.counts.isna().to_numpy())
        assert ((high - low)[small] >= safe.profile.highest).all()
        assert not (safe.shown("0").map(int).isin(range(1, safe.profile.highest + 1))).any().any()
        safe_ones, small_ones = safe_ones + 1, small_ones + int(small.sum())
    assert safe_ones >= 5
    assert small_ones >= 5


def test_totals_that_tell_are_refused():
    with pytest.raises(MethodError, match="profile='cms': a total is itself a small count; collapse categories"):
        privacy.suppress(table({"a": [3, 40], "b": [2, 50]}), profile="cms")


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        (table({"a": [1.5]}), "1 cell not a whole number of people"),
        (table({"a": [-1, 2]}), "1 cell not a whole number"),
        (table({"a": [None, 2]}), "1 cell not a whole number"),
        (table({"a": ["x"]}), "expected a table of whole numbers"),
        (table({}), "at least one row and one column"),
    ],
)
def test_what_is_no_table_of_counts_is_refused(counts, message):
    with pytest.raises(DataError, match=message):
        privacy.suppress(counts)


def test_a_profile_that_nobody_published_is_refused():
    with pytest.raises(MethodError, match="profile='acro' is not known"):
        privacy.suppress(table({"a": [1]}), profile="acro")


def test_midpoints_of_six():
    assert [privacy.midpoint6(count) for count in (0, 1, 6, 7, 12, 13, 18)] == [0, 3, 3, 9, 9, 15, 15]


@pytest.mark.parametrize(
    ("percentage", "total", "decimals", "safe"),
    [
        (5, 60, 0, False),
        (50, 60, 0, True),
        (0, 60, 0, True),
        (1, 1000, 0, True),
        (0.7, 1000, 1, False),
        (33, 0, 0, True),
    ],
)
def test_a_percentage_may_give_its_count_away(percentage, total, decimals, safe):
    assert privacy.percentage_is_safe(percentage, total, decimals=decimals) is safe
