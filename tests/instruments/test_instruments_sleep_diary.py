"""Diary nights: clock arithmetic by hand, across midnight, and what a night must not be."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spasticity.errors import DataError
from spasticity.instruments import clocks, sleep_diary

G5 = {
    "participant": "P1",
    "day": 3,
    "into_bed": "22:30",
    "attempt": "23:00",
    "sol_min": 25,
    "waso_min": 40,
    "awakenings": 2,
    "spasm_awakenings": 1,
    "final_awakening": "06:30",
    "out_of_bed": "07:00",
}


def night(**changes):
    return pd.DataFrame([G5 | changes])


def measured(**changes):
    return sleep_diary.night_measures(night(**changes)).iloc[0]


def test_the_golden_night_in_every_column():
    row = measured()
    assert (row["tib_min"], row["spt_min"], row["tst_min"], row["dse_min"]) == (510, 425, 385, 450)
    assert row["sleep_efficiency_tib"] == pytest.approx(100 * 385 / 510, rel=1e-15)
    assert f"{row['sleep_efficiency_tib']:.2f}" == "75.49"
    assert f"{row['sleep_efficiency_dse']:.2f}" == "85.56"
    assert (row["sol_min"], row["waso_min"], row["tasafa_min"]) == (25, 40, 0)
    assert (row["participant"], row["day"], row["awakenings"], row["spasm_awakenings"]) == ("P1", 3, 2, 1)
    assert pd.isna(row["flag"])


def test_time_trying_to_sleep_after_the_final_awakening_lowers_one_efficiency_only():
    row = measured(tasafa_min=30)
    assert row["dse_min"] == 480
    assert row["sleep_efficiency_dse"] == pytest.approx(100 * 385 / 480)
    assert row["sleep_efficiency_tib"] == pytest.approx(100 * 385 / 510)


def test_an_asked_but_missing_late_time_leaves_its_efficiency_missing():
    row = measured(tasafa_min=np.nan)
    assert pd.isna(row["sleep_efficiency_dse"])
    assert row["tst_min"] == 385


@pytest.mark.parametrize(
    ("clock", "tib"),
    [
        (("23:50", "00:10", "06:30", "07:00"), 430),
        (("00:30", "00:30", "07:30", "07:30"), 420),
        (("22:00", "23:59", "00:00", "00:00"), None),  # asleep for less than the minutes awake
        (("13:00", "13:30", "18:00", "18:15"), 315),
    ],
)
def test_nights_may_begin_on_either_side_of_midnight(clock, tib):
    row = measured(**dict(zip(sleep_diary.CLOCKS, clock, strict=True)))
    if tib is None:
        assert pd.isna(row["tst_min"])
        assert row["flag"] == "more waking than time in bed"
    else:
        assert row["tib_min"] == tib


def test_clock_times_out_of_order_give_nothing_and_say_so():
    row = measured(attempt="22:20")
    assert row["flag"] == "clock times out of order"
    assert row[["tib_min", "spt_min", "tst_min", "sleep_efficiency_tib"]].isna().all()
    assert row["sol_min"] == 25


@pytest.mark.parametrize("name", sleep_diary.CLOCKS)
def test_a_night_without_one_clock_time_is_not_valid(name):
    row = measured(**{name: None})
    assert row["flag"] == "clock time missing"
    assert row[["tib_min", "tst_min", "dse_min"]].isna().all()


def test_without_minutes_awake_there_is_time_in_bed_but_no_sleep_time():
    row = measured(waso_min=np.nan)
    assert (row["tib_min"], row["spt_min"]) == (510, 425)
    assert pd.isna(row["tst_min"])
    assert row["flag"] == "SOL or WASO missing"


def test_more_waking_than_time_in_bed_is_not_sleep():
    row = measured(waso_min=600)
    assert pd.isna(row["tst_min"])
    assert pd.isna(row["sleep_efficiency_dse"])
    assert row["flag"] == "more waking than time in bed"


def test_an_onset_after_the_final_awakening_gives_no_sleep_period_even_without_waso():
    row = measured(sol_min=500, waso_min=np.nan)
    assert pd.isna(row["spt_min"])
    assert row["flag"] == "more waking than time in bed; SOL or WASO missing"


def test_a_sleep_episode_longer_than_the_time_in_bed_is_not_a_denominator():
    row = measured(tasafa_min=61)
    assert pd.isna(row["dse_min"])
    assert pd.isna(row["sleep_efficiency_dse"])
    assert row["tst_min"] == 385
    assert row["flag"] == "longer trying to sleep than in bed"
    assert measured(tasafa_min=60)["dse_min"] == 510


def test_a_very_long_night_keeps_its_value_and_is_flagged():
    row = measured(into_bed="10:30", attempt="23:00")
    assert row["tib_min"] == 1230
    assert row["flag"] == "over 16 h in bed, AM or PM?"


def test_a_bad_clock_time_is_an_error_that_does_not_repeat_it():
    with pytest.raises(DataError, match=r"nights: 1 value is not a clock time, first at row 0; expected") as caught:
        measured(out_of_bed="half past")
    assert "half past" not in str(caught.value)


def test_a_missing_column_is_named():
    with pytest.raises(DataError, match="nights: 1 column missing: `attempt`"):
        sleep_diary.night_measures(night().drop(columns="attempt"))


def test_clock_times_are_read_in_minutes_and_nothing_else_is():
    values = pd.Series(["00:00", "23:59", "24:00", "7:30", None, "07:30"], index=list("abcdef"))
    assert clocks.clock_minutes(values).tolist()[:2] == [0, 1439]
    assert clocks.clock_minutes(values)[["c", "d", "e"]].isna().all()
    assert clocks.clock_minutes(values)["f"] == 450


minutes = st.integers(0, 300)


@given(start=st.integers(0, 1439), steps=st.tuples(minutes, minutes, minutes), sol=minutes, waso=minutes)
def test_nights_built_from_minutes_give_those_minutes_back(start, steps, sol, waso):
    times = np.cumsum([start, *steps]) % 1440
    clock = {name: f"{t // 60:02d}:{t % 60:02d}" for name, t in zip(sleep_diary.CLOCKS, times, strict=True)}
    row = measured(**clock, sol_min=sol, waso_min=waso)
    if sum(steps) == 0:
        assert pd.isna(row["tib_min"])
        return
    assert row["tib_min"] == sum(steps)
    if steps[1] - sol - waso > 0:
        assert row["tst_min"] == steps[1] - sol - waso
        assert 0 < row["sleep_efficiency_tib"] <= row["sleep_efficiency_dse"] <= 100
    else:
        assert pd.isna(row["tst_min"])
