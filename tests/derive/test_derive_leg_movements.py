"""Periodic movements of the legs by hand and beside a second way, and what remains as candidates for spasms."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spasticity import derive
from spasticity.derive import AASM, WASM_2016
from spasticity.errors import DataError, MethodError
from tests.derive.tiny import plain

ZERO = pd.Timestamp("2024-03-04T23:00:00Z")


def legs(*rows, participant="A"):
    """Movements as seconds after eleven, duration and side."""
    frame = pd.DataFrame(rows, columns=["at", "duration_s", "side"])
    start = ZERO + pd.to_timedelta(frame["at"], unit="s")
    return frame.assign(participant=participant, start_utc=start.astype("datetime64[us, UTC]")).drop(columns="at")


def every(seconds, number, *, first=0, duration=2):
    return [(first + seconds * place, duration, "left") for place in range(number)]


def test_four_movements_twenty_seconds_apart_are_a_series_by_hand():
    found = derive.periodic_movements(legs(*every(20, 4)))
    assert list(found) == [
        *("participant", "start_utc", "end_utc", "duration_s", "side", "parts", "candidate", "interval_s", "series"),
        *("periodic", "flag", "rule", "status"),
    ]
    assert plain(found.drop(columns=["start_utc", "end_utc"])) == [
        ["A", 2.0, "left", 1, True, "-", 1, True, "-", "WASM 2016", "candidate, not validated"],
        *[["A", 2.0, "left", 1, True, 20.0, 1, True, "-", "WASM 2016", "candidate, not validated"]] * 3,
    ]
    assert found["start_utc"].iloc[1] == ZERO + pd.Timedelta(seconds=20)
    assert found["end_utc"].iloc[1] == ZERO + pd.Timedelta(seconds=22)


def periodic(*rows, rule=WASM_2016):
    return derive.periodic_movements(legs(*rows), rule=rule)["periodic"].tolist()


def test_three_are_none():
    assert periodic(*every(20, 3)) == [False] * 3
    assert periodic(*every(20, 3), rule=replace(WASM_2016, series=3)) == [True] * 3


def test_the_ends_of_the_interval():
    assert all(periodic(*every(10, 4)))
    assert not any(periodic(*every(9.999, 4)))
    assert all(periodic(*every(90, 4)))
    assert not any(periodic(*every(90.001, 4)))
    assert not any(periodic(*every(90, 4), rule=replace(WASM_2016, closed="left")))
    assert all(periodic(*every(89.999, 4), rule=replace(WASM_2016, closed="left")))


def test_the_ends_of_the_duration():
    assert all(periodic(*every(20, 4, duration=0.5)))
    assert all(periodic(*every(20, 4, duration=10)))
    found = derive.periodic_movements(legs(*every(20, 4, duration=0.499)))
    assert found["flag"].tolist() == ["too short"] * 4
    assert not found["candidate"].any()
    found = derive.periodic_movements(legs(*every(20, 4, duration=10.001)))
    assert found["flag"].tolist() == ["too long"] * 4


def test_a_shorter_interval_ends_a_series_and_the_next_may_begin_with_it():
    rows = [*every(20, 4), *every(20, 4, first=65)]  # 5 s after the fourth
    found = derive.periodic_movements(legs(*rows))
    assert found["series"].tolist() == [1] * 4 + [2] * 4
    assert periodic(*every(20, 3), *every(20, 3, first=45)) == [False] * 6


def test_a_movement_too_long_ends_a_series_and_one_too_short_does_not():
    for duration, whole in ((12, False), (0.3, True)):
        found = derive.periodic_movements(legs(*every(20, 3), (50, duration, "left"), *every(20, 2, first=70)))
        assert found["periodic"].tolist() == [whole] * 3 + [False] + [whole] * 2


def test_a_pause_below_half_a_second_joins_movements_of_one_leg():
    found = derive.periodic_movements(legs((0, 1, "left"), (1.499, 1, "left"), (10, 1, "left"), (11.5, 1, "left")))
    assert plain(found[["duration_s", "parts"]]) == [[2.499, 1], [1.0, 1], [1.0, 1]]


def test_two_legs_are_one_movement_when_they_overlap_or_nearly():
    found = derive.periodic_movements(
        legs(
            (0, 2, "left"), (1, 3, "right"), (20, 1, "left"), (21.499, 1, "right"), (40, 1, "left"), (41.5, 1, "right")
        )
    )
    assert plain(found[["side", "duration_s", "parts"]]) == [
        ["both", 4.0, 2],
        ["both", 2.499, 2],
        ["left", 1.0, 1],
        ["right", 1.0, 1],
    ]


def test_movements_of_both_legs_have_limits_of_their_own():
    long = derive.periodic_movements(legs((0, 9, "left"), (8, 8, "right")))
    assert long["flag"].tolist() == ["too long"]  # 16 s, no part above 10
    assert derive.periodic_movements(legs((0, 8, "left"), (7, 8, "right")))["candidate"].tolist() == [True]
    one = derive.periodic_movements(legs((0, 11, "left"), (1, 1, "right")))
    assert one["flag"].tolist() == ["too long"]
    parts = [(0.0, 2, "left"), (1.5, 2, "right"), (3, 2, "left"), (4.5, 2, "right"), (6, 2, "left")]
    assert derive.periodic_movements(legs(*parts))["flag"].tolist() == ["too many parts"]
    assert derive.periodic_movements(legs(*parts[:4]))["candidate"].tolist() == [True]


def test_the_rules_of_the_aasm_differ_where_they_say_so():
    assert all(periodic(*every(5, 4), rule=AASM))
    assert not any(periodic(*every(4.999, 4), rule=AASM))
    pairs = legs((0, 1, "left"), (4.9, 1, "right"), (30, 1, "left"), (35, 1, "right"))
    assert derive.periodic_movements(pairs, rule=AASM)["side"].tolist() == ["both", "left", "right"]
    passed = [*every(20, 2), (23, 1, "left"), *every(20, 2, first=40)]  # 3 s after the second: passed over
    assert periodic(*passed, rule=AASM) == [True, True, False, True, True]
    assert not any(periodic(*passed))
    assert derive.periodic_movements(pairs, rule=AASM)["rule"].unique().tolist() == ["AASM"]


def test_people_are_apart_and_the_order_does_not_matter():
    both = pd.concat([legs(*every(20, 2)), legs(*every(20, 2, first=40), participant="B")], ignore_index=True)
    assert not derive.periodic_movements(both)["periodic"].any()
    one = legs(*every(20, 5), (130, 12, "right"))
    pd.testing.assert_frame_equal(derive.periodic_movements(one.iloc[::-1]), derive.periodic_movements(one))


def test_what_is_not_periodic_is_a_candidate_for_a_spasm_and_nothing_more():
    found = derive.candidate_spasms(legs(*every(20, 4), (300, 3, "right"), (400, 25, "left"), (500, 0.2, "left")))
    assert plain(found[["duration_s", "side", "kind"]]) == [[3.0, "right", "brief"], [25.0, "left", "sustained"]]
    assert found["status"].unique().tolist() == ["candidate, not validated"]
    assert "severity" not in found  # it is not shaped like reported spasms


def test_counts_and_rates_by_hand():
    movements = derive.periodic_movements(legs(*every(20, 4), (300, 3, "right"), (400, 25, "left"), (500, 0.2, "left")))
    hours = pd.DataFrame(
        {"participant": "A", "start_utc": [ZERO], "end_utc": [ZERO + pd.Timedelta(hours=1)], "hours": 0.5}
    )
    row = derive.movement_counts(movements, hours=hours).iloc[0]
    assert row[["movements", "periodic", "series", "irregular"]].tolist() == [5, 4, 1, 2]
    assert row[["movements_per_h", "periodic_per_h", "irregular_per_h", "periodicity"]].tolist() == [10, 8, 4, 80]
    with pytest.raises(DataError, match="1 stretch that begin before another"):
        derive.movement_counts(movements, hours=pd.concat([hours, hours], ignore_index=True))


def second_way(starts, low, high, least):
    """Series by looking at every stretch of movements, without any state carried along."""
    starts = np.asarray(starts, dtype=float)
    inside = np.concatenate(([False], (np.diff(starts) >= low) & (np.diff(starts) <= high)))
    marked = np.zeros(len(starts), dtype=bool)
    for first in range(len(starts)):
        for last in range(first + least - 1, len(starts)):
            if inside[first + 1 : last + 1].all():
                marked[first : last + 1] = True
    return marked.tolist()


@settings(max_examples=40)
@given(st.lists(st.integers(3, 120), max_size=25))
def test_series_are_those_of_a_second_way(steps):
    starts = np.concatenate(([0], np.cumsum(steps)))
    assert periodic(*[(start, 1, "left") for start in starts]) == second_way(starts, 10, 90, 4)


def test_what_cannot_be_used_is_refused():
    with pytest.raises(DataError, match="no column `side`"):
        derive.periodic_movements(legs(*every(20, 4)).drop(columns="side"))
    with pytest.raises(DataError, match="1 value of `side` cannot be used, first at row 0"):
        derive.periodic_movements(legs((0, 1, "arm")))
    with pytest.raises(DataError, match="1 value of `duration_s` cannot be used"):
        derive.periodic_movements(legs((0, 0, "left")))
    with pytest.raises(MethodError, match="a series of at least 2"):
        derive.periodic_movements(legs(*every(20, 4)), rule=replace(WASM_2016, series=1))
    with pytest.raises(MethodError, match="closed"):
        derive.periodic_movements(legs(*every(20, 4)), rule=replace(WASM_2016, closed="right"))
    assert derive.periodic_movements(legs()).empty
    assert derive.candidate_spasms(legs()).empty
