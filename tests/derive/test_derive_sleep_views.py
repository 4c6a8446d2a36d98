"""What figures of sleep are drawn from: the local clock, nights as spans, the mean day, chance around awakenings."""

import numpy as np
import pandas as pd
import pytest

from spasticity import derive, load
from spasticity.errors import DataError, MethodError
from tests.derive.test_derive_actigraphy import epochs
from tests.derive.tiny import study

PERSON = [{"participant": "A", "cohort": "MS", "arm": "placebo", "first_dose_date": "2024-03-30"}]
NIGHT = {"participant": "A", "day": 0, "into_bed": "23:00", "attempt": "23:10", "sol_min": 20, "waso_min": 0}
NIGHT |= {"awakenings": 0, "spasm_awakenings": 0, "final_awakening": "06:30", "out_of_bed": "07:00"}


def recording(states, start="2024-03-30T22:30:00Z"):
    """Half hours of s (asleep), w (awake) and - (not known), as scored minutes."""
    minutes = epochs(np.zeros(30 * len(states)), start=start)
    names = {"s": "sleep", "w": "wake", "-": None}
    return minutes.assign(state=pd.Categorical([names[one] for one in states for _ in range(30)], ["sleep", "wake"]))


def test_rows_get_the_day_and_hour_of_their_own_clock():
    # The clocks of London go forward on 31 March 2024 and back on 27 October.
    rows = pd.DataFrame({"participant": "A", "zone": "Europe/London"}, index=[7, 8, 9, 10])
    rows["start_utc"] = pd.to_datetime(
        ["2024-03-31T00:30Z", "2024-03-31T01:30Z", "2024-10-27T00:30Z", "2024-10-27T01:30Z"]
    )
    found = derive.local_clock(rows, study(people=PERSON))
    assert found["day"].tolist() == [1, 1, 211, 211]
    assert found["hour"].tolist() == [0.5, 2.5, 1.5, 1.5]
    assert found["repeated"].tolist() == [False, False, False, True]
    assert found.index.tolist() == [7, 8, 9, 10]
    stranger = derive.local_clock(rows.assign(participant="B"), study(people=PERSON))
    assert stranger["day"].isna().all()
    with pytest.raises(DataError, match="no column `zone`"):
        derive.local_clock(rows.drop(columns="zone"), study(people=PERSON))


def test_a_night_is_told_by_the_recording_and_by_the_diary():
    found = derive.night_spans(recording("wwsswsssw-s"), study(people=PERSON, nights=[NIGHT]))
    spans = {
        source: [(row.state, round(row.from_h, 3), round(row.to_h, 3)) for row in rows.itertuples()]
        for source, rows in found.groupby("source")
    }
    assert spans["diary"] == [("awake in bed", 23, 23.5), ("asleep", 23.5, 30.5), ("awake in bed", 30.5, 31)]
    # 01:00 to 02:00 of the night never was: what follows 24 + 1 stands at 24 + 2.
    assert spans["recording"] == [
        *[("out of bed", 22.5, 23), ("awake in bed", 23, 23.5), ("asleep", 23.5, 24.5), ("awake in bed", 24.5, 25)],
        *[("asleep", 26, 27.5), ("awake in bed", 27.5, 28), ("asleep", 28.5, 29)],
    ]
    assert found["day"].eq(0).all()


def test_bed_after_midnight_is_still_of_the_night_before_and_a_gap_parts_sleep():
    late = NIGHT | {"into_bed": "00:30", "attempt": "00:30", "sol_min": 0}
    found = derive.night_spans(recording("s-s"), study(people=PERSON, nights=[late]))
    diary = found[found["source"] == "diary"]
    assert (diary["from_h"].min(), diary["to_h"].max()) == (24.5, 31)
    asleep = found[found["source"] == "recording"]
    assert list(zip(asleep["from_h"], asleep["to_h"], strict=True)) == [(22.5, 23), (23.5, 24)]


def test_a_night_without_a_diary_has_no_time_in_bed():
    found = derive.night_spans(recording("wsw"), study(people=PERSON))
    assert found["state"].tolist() == ["out of bed", "asleep", "out of bed"]


def test_the_mean_day_counts_each_day_once():
    counts = np.repeat([10.0, 20.0, 90.0], 1440)
    counts[0] = np.nan
    found = derive.activity_by_hour(epochs(counts, start="2024-03-01T00:00:00Z"))
    assert found["hour"].tolist() == list(range(24))
    assert found["days"].eq(3).all()
    assert found["mean"].tolist() == pytest.approx([40] * 24)
    assert (found["low"].tolist(), found["median"].tolist(), found["high"].tolist()) == (
        [15] * 24,
        [20] * 24,
        [55] * 24,
    )


def test_the_mean_day_leaves_out_what_was_not_worn_and_an_hour_that_never_was():
    counts = np.full(2 * 1440, 5.0)
    worn = np.arange(2880) >= 60
    found = derive.activity_by_hour(epochs(counts, start="2024-03-30T00:00:00Z", worn=worn), bin_min=30)
    days = found.set_index("hour")["days"]
    assert days.loc[[0.0, 0.5]].tolist() == [2, 2]  # 30 March not worn; 31 March and the first hour of 1 April
    assert days.loc[[1.0, 1.5]].tolist() == [1, 1]  # on 31 March the clocks skip it
    assert days.loc[2.0] == 2
    with pytest.raises(MethodError, match="bin_min=7"):
        derive.activity_by_hour(epochs(counts), bin_min=7)
    with pytest.raises(DataError, match="no column `week`"):
        derive.activity_by_hour(epochs(counts), by=("participant", "week"))


@pytest.fixture(scope="module")
def by_chance():
    whole = load.sample_study()
    scored = derive.sleep_wake(whole.epochs)
    options = {"before_min": 10, "after_min": 10, "bin_min": 2}
    around = derive.around_awakenings(scored, whole, window_nights=None, **options)
    return around, derive.around_by_chance(scored, whole, rng=np.random.default_rng(3), **options), scored, whole


def test_what_is_seen_around_awakenings_is_the_sum_over_people(by_chance):
    around, found, _, _ = by_chance
    sums = around.groupby("from_min")[["spasms", "hours", "awakenings"]].sum()
    assert found.set_index("from_min")[["spasms", "hours", "awakenings"]].equals(sums)
    assert found["spasms_per_hour"].tolist() == pytest.approx((sums["spasms"] / sums["hours"]).tolist())
    assert (found["chance_low"] <= found["expected"]).all()
    assert (found["expected"] <= found["chance_high"]).all()


def test_shifted_spasms_fall_evenly_and_those_planted_at_awakenings_stand_out(by_chance):
    _, found, _, _ = by_chance
    assert found["expected"].max() < 2 * found["expected"].min()
    first = found.set_index("from_min").loc[0]
    assert first["spasms_per_hour"] > 3 * first["chance_high"]


def test_too_few_shifts_are_refused(by_chance):
    _, _, scored, whole = by_chance
    with pytest.raises(MethodError, match="expected at least 999"):
        derive.around_by_chance(scored, whole, rng=np.random.default_rng(1), shifts=10)


def test_shifts_round_one_bout_are_uniform():
    from spasticity.derive.chance_bands import _around, _shifted

    spasms = pd.DataFrame({"onset": [1000, 1000], "length": [600, 600], "moment": [1010, 1500]})
    moved = _shifted(spasms, np.random.default_rng(0), 20_000)
    assert moved.min() >= 1000
    assert moved.max() < 1600
    assert np.all((moved[:, 1] - moved[:, 0]) % 600 == 490)
    counts = _around(moved, np.array([1300]), np.array([-100, 0, 100]))
    assert _around(np.array([[1300]]), np.array([1300]), np.array([-100, 0, 100])).tolist() == [[0, 1]]
    assert counts.mean(axis=0) == pytest.approx([2 / 6, 2 / 6], abs=0.02)
    assert _around(np.array([[1200, 1299, 1300, 1399, 1400]]), np.array([1300]), np.array([-100, 0, 100])).tolist() == [
        [2, 2]
    ]
