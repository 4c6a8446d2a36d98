"""Nights of a recording: measures by hand, windows on the local clock, and what has too little recording."""

import numpy as np
import pandas as pd
import pytest

from spasticity import derive
from spasticity.errors import MethodError
from tests.derive.test_derive_actigraphy import epochs
from tests.derive.tiny import COHORT, PEOPLE, plain, study

#: In bed from 22:30 to 07:00, trying to sleep from 23:00: the clock times of the golden diary night.
NIGHT = {"participant": "A", "day": 3, "into_bed": "22:30", "attempt": "23:00"} | {
    "final_awakening": "06:30",
    "out_of_bed": "07:00",
}


def scored(text, start, **more):
    """A recording whose states are given by letters, one per epoch."""
    words = {"s": "sleep", "w": "wake", "-": None}
    rows = epochs(np.zeros(len(text)), start=start, **more)
    return rows.assign(state=pd.Categorical([words[letter] for letter in text], ["sleep", "wake"]))


def golden_text():
    """From 22:30: 55 min awake, asleep with 40 min awake in two pieces until 06:30, 30 min awake in bed."""
    return "w" * 55 + "s" * 100 + "w" * 30 + "s" * 200 + "w" * 10 + "s" * 85 + "w" * 30


def one_night(text, *, start="2024-03-04T22:30:00Z", night=NIGHT, **options):
    nights = derive.recorded_nights(scored(text, start), study(nights=[night]), **options)
    assert len(nights) == 1
    return nights.iloc[0]


def test_a_night_in_bed_by_hand():  # the night of golden test G5, now from a recording
    night = one_night(golden_text())
    assert night[["participant", "cohort", "arm", "day", "window"]].tolist() == ["A", "MS", "placebo", 3, "diary"]
    assert night["start_utc"] == pd.Timestamp("2024-03-04T22:30:00Z")
    assert night["end_utc"] == pd.Timestamp("2024-03-05T07:00:00Z")
    assert night["onset_utc"] == pd.Timestamp("2024-03-04T23:25:00Z")
    assert night["offset_utc"] == pd.Timestamp("2024-03-05T06:30:00Z")
    assert night[["tib_min", "sol_min", "spt_min", "tst_min", "waso_min"]].tolist() == [510, 25, 425, 385, 40]
    assert night["sleep_efficiency_tib"] == pytest.approx(75.49, abs=0.005)
    assert night["sleep_share_of_spt"] == pytest.approx(100 * 385 / 425)
    assert night["awakenings"] == 2
    assert night["awakenings_per_h"] == pytest.approx(2 / (385 / 60))
    assert night["movement_index"] == pytest.approx(100 * 40 / 425)
    assert night["fragmentation_index"] == 0
    assert night["sleep_fragmentation_index"] == night["movement_index"]
    assert night[["scored_min", "unscored_min"]].tolist() == [510, 0]
    assert pd.isna(night["flag"])


def test_short_bouts_and_short_awakenings_are_counted_by_their_length():
    text = "s" * 200 + "w" + "s" + "ww" + "s" + "w" * 5 + "s" * 300
    night = one_night(text, start="2024-03-04T22:30:00Z")
    assert night["awakenings"] == 3
    assert night["fragmentation_index"] == pytest.approx(100 * 2 / 4)  # bouts of 200, 1, 1 and 300 minutes
    assert one_night(text, awakening_min=2)["awakenings"] == 2
    assert one_night(text, awakening_min=5.1)["awakenings"] == 0


def test_sleep_before_the_attempt_has_no_negative_latency():
    assert one_night("s" * 510)["sol_min"] == 0


@pytest.mark.parametrize(
    ("date", "minutes"),
    [("2024-03-30T22:30:00Z", 450), ("2024-10-26T21:30:00Z", 570), ("2024-03-04T22:30:00Z", 510)],
    ids=["clocks forward", "clocks back", "no change"],
)
def test_nights_on_which_the_clocks_change_have_their_true_length(date, minutes):
    day = (pd.Timestamp(date).normalize().tz_localize(None) - pd.Timestamp("2024-03-01")).days
    night = one_night("s" * 700, start=date, night=NIGHT | {"day": day})
    assert night["tib_min"] == night["tst_min"] == minutes


def test_minutes_that_were_not_scored_are_neither_sleep_nor_wake():
    text = golden_text()
    night = one_night(text[:200] + "-" * 30 + text[230:])
    assert night[["tst_min", "waso_min", "unscored_min"]].tolist() == [355, 40, 30]
    assert night["sleep_efficiency_tib"] == pytest.approx(100 * 355 / 510)


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("s" * 339, "5.7 of 8.5 h scored"),  # 171 of 510 minutes not recorded: more than a third
        ("-" * 400 + "s" * 110, "1.8 of 8.5 h scored"),
        ("w" * 510, "no sleep"),
    ],
)
def test_a_night_with_too_little_says_so(text, flag):
    night = one_night(text)
    assert night["flag"] == flag
    assert pd.isna(night["spt_min"])
    assert pd.isna(night["onset_utc"])


def test_a_third_not_scored_is_still_enough():
    assert pd.isna(one_night("s" * 340)["flag"])


def test_nights_that_cannot_be_placed_say_why():
    undated = [PEOPLE[0] | {"first_dose_date": None}, PEOPLE[1]]
    rows = [NIGHT, NIGHT | {"day": 4, "into_bed": None}, NIGHT | {"participant": "B"}]
    recording = pd.concat([scored(golden_text(), "2024-03-04T22:30:00Z", participant=one) for one in "AB"])
    found = derive.recorded_nights(recording, study(people=undated, nights=rows))
    assert plain(found[["participant", "day", "tst_min", "flag"]]) == [
        ["A", 3, "-", "no date of first dose"],
        ["A", 4, "-", "no date of first dose"],
        ["B", 3, 385.0, "-"],
    ]
    found = derive.recorded_nights(recording, study(nights=rows))
    assert plain(found[["participant", "day", "flag"]]) == [
        ["A", 3, "-"],
        ["A", 4, "time in bed not known"],
        ["B", 3, "-"],
    ]


def test_nights_that_overlap_are_not_measured():
    late = {"participant": "A", "day": 4, "into_bed": "14:00", "attempt": "14:00"}
    rows = [NIGHT | {"out_of_bed": "20:00"}, late | {"final_awakening": "22:00", "out_of_bed": "22:30"}]
    found = derive.recorded_nights(scored("s" * 1440, "2024-03-04T22:30:00Z"), study(nights=rows))
    assert found["flag"].tolist() == ["time in bed overlaps that of another night"] * 2
    assert found["tst_min"].isna().all()


def test_diary_nights_without_a_recording_have_no_row():
    rows = [NIGHT, NIGHT | {"day": 9}]
    assert derive.recorded_nights(scored(golden_text(), "2024-03-04T22:30:00Z"), study(nights=rows))[
        "day"
    ].tolist() == [3]


def test_without_a_diary_the_longest_period_of_a_night_is_measured():
    text = "w" * 60 + "s" * 170 + "w" * 30 + "s" * 50 + "w" + "s" * 200 + "w" * 900 + "s" * 245 + "w" * 200
    recording = scored(text, "2024-03-01T13:00:00Z")  # the short period is before, the second before the next noon
    found = derive.recorded_nights(recording, study(), window="detected")
    assert found[["day", "spt_min", "tst_min", "waso_min", "awakenings"]].to_numpy().tolist() == [
        [0, 251, 250, 1, 1],
        [1, 245, 245, 0, 0],
    ]
    assert found[["tib_min", "sol_min", "sleep_efficiency_tib"]].isna().all(axis=None)


def test_a_night_before_noon_belongs_to_the_day_before():
    recording = scored("w" * 30 + "s" * 300 + "w" * 30, "2024-03-02T05:00:00Z")
    assert derive.recorded_nights(recording, study(), window="detected")["day"].tolist() == [0]
    recording = scored("w" * 30 + "s" * 300 + "w" * 30, "2024-03-02T11:30:00Z")
    assert derive.recorded_nights(recording, study(), window="detected")["day"].tolist() == [1]


def test_the_time_zone_of_the_recording_places_the_night():
    recording = scored(golden_text(), "2024-03-05T03:30:00Z", zone="America/New_York")
    assert derive.recorded_nights(recording, study(nights=[NIGHT]))["tst_min"].tolist() == [385]


def test_who_travels_has_each_night_in_the_zone_of_its_evening():
    home = scored(golden_text(), "2024-03-04T22:30:00Z")
    away = scored(golden_text(), "2024-03-06T03:30:00Z", zone="America/New_York")
    rows = [NIGHT, NIGHT | {"day": 4}]
    found = derive.recorded_nights(pd.concat([away, home]), study(nights=rows))
    assert found["tst_min"].tolist() == [385, 385]


def test_order_of_rows_and_other_people_do_not_matter():
    a, b = (scored(golden_text(), "2024-03-04T22:30:00Z", participant=one) for one in "AB")
    rows = [NIGHT, NIGHT | {"participant": "B"}]
    both = pd.concat([a, b], ignore_index=True)
    plan = study(nights=rows, protocol=COHORT)
    one = derive.recorded_nights(both, plan)
    pd.testing.assert_frame_equal(one, derive.recorded_nights(both.sample(frac=1, random_state=2), plan))
    assert one["tst_min"].tolist() == [385, 385]


def test_nothing_recorded_gives_no_nights():
    none = scored("", "2024-03-04T22:30:00Z")
    for window in ("diary", "detected"):
        assert derive.recorded_nights(none, study(nights=[NIGHT]), window=window).empty


def test_an_unknown_window_is_refused():
    with pytest.raises(MethodError, match="window='bed' is not known"):
        derive.recorded_nights(scored("s", "2024-03-04T22:30:00Z"), study(), window="bed")
