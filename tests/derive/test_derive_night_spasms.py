"""Spasms placed in the night: a night worked out by hand, what is not known, chance, and what must not matter."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spasticity import derive, stats
from spasticity.errors import MethodError
from tests.derive.test_derive_recorded_sleep import NIGHT, golden_text, scored
from tests.derive.tiny import PEOPLE, attended, plain, study, values_of

START = "2024-03-04T22:30:00Z"  # day 3; asleep 23:25-01:05, 01:35-04:55 and 05:05-06:30, in bed until 07:00
LOGGED = [{"participant": "A", "day": day, "zone": "Europe/London"} for day in (3, 4)]
#: In the order of the clock: out of bed, awake, asleep twice, before and just after 01:05, awake, too early, last.
CLOCKS = [
    *("04T15:00:00", "04T22:50:30", "04T23:45:00", "04T23:45:40", "05T01:04:10", "05T01:06:30", "05T01:20:00"),
    *("05T04:53:00", "05T06:45:00"),
]


def spasms(*clocks, participant="A", zone="Europe/London"):
    return [
        {"participant": participant, "start_utc": f"2024-03-{clock}Z", "zone": zone, "severity": "mild", "woke": None}
        for clock in clocks
    ]


def made(*clocks, nights=(NIGHT,), recording=LOGGED, **more):
    return study(nights=list(nights), spasms=spasms(*clocks), recording=recording, **more)


def only(frame):
    """The first night: a second one was logged in its evening and not recorded."""
    return frame.iloc[0]


def test_a_night_by_hand_with_every_column():
    night = only(derive.night_spasms(scored(golden_text(), START), made(*CLOCKS)))
    assert night[["participant", "cohort", "arm", "day", "window"]].tolist() == ["A", "MS", "placebo", 3, "diary"]
    times = {
        "night_start_utc": "2024-03-04T12:00:00Z",
        "night_end_utc": "2024-03-05T12:00:00Z",
        "start_utc": "2024-03-04T22:30:00Z",
        "end_utc": "2024-03-05T07:00:00Z",
        "onset_utc": "2024-03-04T23:25:00Z",
        "offset_utc": "2024-03-05T06:30:00Z",
    }
    assert {name: night[name] for name in times} == {name: pd.Timestamp(when) for name, when in times.items()}
    assert night[["night_h", "logged_h", "in_bed_h", "out_of_bed_h"]].tolist() == [24, 24, 8.5, 15.5]
    assert night["asleep_h"] == pytest.approx(385 / 60)
    assert night["awake_in_bed_h"] == pytest.approx(125 / 60)
    assert night["unscored_in_bed_h"] == 0
    counts = ["spasms", "spasms_asleep", "spasms_awake_in_bed", "spasms_unscored", "spasms_out_of_bed"]
    assert night[counts].tolist() == [9, 5, 3, 0, 1]
    assert night["spasms_per_h_asleep"] == pytest.approx(5 / (385 / 60))
    assert night["spasms_per_h_awake_in_bed"] == pytest.approx(3 / (125 / 60))
    assert night["spasms_per_h_out_of_bed"] == pytest.approx(1 / 15.5)
    assert night[["tst_min", "waso_min", "awakenings", "spasm_awakenings"]].tolist() == [385, 40, 2, 1]
    assert night["sleep_efficiency_tib"] == pytest.approx(75.49, abs=0.005)  # golden test G5
    assert night["spasm_awakenings_per_h"] == pytest.approx(1 / (385 / 60))
    assert night["spasm_awakening_share"] == 50
    assert night["minutes_to_wake"] == pytest.approx((50 / 60 - 90 / 60) / 2)  # the median of two
    assert night["minutes_awake"] == 30
    assert night["latency_to_spasm_min"] == 20
    assert night[["intervals", "short_intervals"]].tolist() == [7, 1]  # 40 s; the spasm before bed begins none
    assert night[["awakening_min", "within_min", "lead_min"]].tolist() == [2, 2, 2]
    assert bool(night["valid"])
    assert pd.isna(night["flag"])


def test_each_spasm_by_hand():
    events = derive.night_spasm_events(scored(golden_text(), START), made(*CLOCKS))
    states = ["out of bed", "awake in bed", "asleep", "asleep", "asleep", "asleep", "awake in bed", "asleep"]
    assert events["state"].astype(str).tolist() == [*states, "awake in bed"]
    assert events["day"].tolist() == [3] * 9
    asleep = [np.nan, np.nan, 20, 20 + 40 / 60, 99 + 10 / 60, 101.5, np.nan, 328, np.nan]
    assert events["minutes_asleep"].to_numpy() == pytest.approx(asleep, nan_ok=True)
    assert plain(events[["minutes_to_wake", "minutes_awake"]].round(3)) == [
        *[["-", "-"]] * 4,
        [0.833, 30.0],
        [-1.5, 30.0],
        *[["-", "-"]] * 3,  # an awakening exactly 2 minutes after the eighth is too late
    ]
    seconds = [np.nan, np.nan, 54 * 60 + 30, 40, 78 * 60 + 30, 140, 13 * 60 + 30, 213 * 60, 112 * 60]
    assert events["interval_s"].to_numpy() == pytest.approx(seconds, nan_ok=True)
    assert events["flag"].isna().all()


def test_without_a_lead_the_state_is_that_of_the_spasms_own_minute():
    recording, log = scored(golden_text(), START), made(*CLOCKS)
    night = only(derive.night_spasms(recording, log, lead_min=None))
    assert night[["spasms_asleep", "spasms_awake_in_bed", "spasm_awakenings"]].tolist() == [4, 4, 1]
    assert pd.isna(night["lead_min"])
    night = only(derive.night_spasms(recording, made("05T01:05:59", "05T01:06:00"), lead_min=0))
    assert night[["spasms_asleep", "spasms_awake_in_bed", "spasm_awakenings"]].tolist() == [1, 1, 1]
    night = only(derive.night_spasms(recording, made("05T01:07:59", "05T01:08:00"), lead_min=2))
    assert night[["spasms_asleep", "spasms_awake_in_bed", "spasm_awakenings"]].tolist() == [1, 1, 1]


def test_a_spasm_that_ends_the_sleep_found_the_person_asleep_but_is_no_awakening_within_it():
    night = only(derive.night_spasms(scored(golden_text(), START), made("05T06:30:30")))
    assert night[["spasms_asleep", "spasm_awakenings", "awakenings"]].tolist() == [1, 0, 2]


def test_two_parameters_of_an_awakening():
    recording, log = scored(golden_text(), START), made("05T01:02:30", "05T04:53:30")
    assert only(derive.night_spasms(recording, log))["spasm_awakenings"] == 1
    assert only(derive.night_spasms(recording, log, within_min=3))["spasm_awakenings"] == 2
    longer = only(derive.night_spasms(recording, log, within_min=3, awakening_min=10.5))
    assert longer[["awakenings", "spasm_awakenings"]].tolist() == [1, 1]


def test_one_awakening_after_two_spasms_is_counted_once():
    night = only(derive.night_spasms(scored(golden_text(), START), made("05T01:03:30", "05T01:04:30")))
    assert night["spasm_awakenings"] == 1


def test_hours_in_which_spasms_were_not_logged_count_for_nothing():
    night = only(derive.night_spasms(scored(golden_text(), START), made(*CLOCKS, recording=LOGGED[:1])))
    assert night[["logged_h", "in_bed_h", "out_of_bed_h"]].tolist() == [12, 1.5, 10.5]
    assert night["asleep_h"] == pytest.approx(35 / 60)
    assert night["awake_in_bed_h"] == pytest.approx(55 / 60)
    assert night[["spasms", "spasms_asleep", "spasms_awake_in_bed", "spasms_out_of_bed"]].tolist() == [4, 2, 1, 1]
    assert not night["valid"]
    assert pd.isna(night["spasm_awakenings"])
    assert night["flag"] == "spasms not logged for all of the time in bed"
    events = derive.night_spasm_events(scored(golden_text(), START), made(*CLOCKS, recording=LOGGED[:1]))
    assert events["flag"].tolist()[-2:] == ["day not recorded"] * 2


def test_without_any_log_nothing_is_zero():
    night = only(derive.night_spasms(scored(golden_text(), START), made(recording=[])))
    assert night["logged_h"] == 0
    assert night[["spasms", "spasms_asleep", "asleep_h", "spasms_per_h_asleep"]].isna().all()
    assert night["tst_min"] == 385
    assert not night["valid"]


def test_a_logged_night_without_spasms_has_zeros():
    night = only(derive.night_spasms(scored(golden_text(), START), made()))
    assert night[["spasms", "spasms_asleep", "spasm_awakenings", "intervals"]].tolist() == [0, 0, 0, 0]
    assert night["spasms_per_h_asleep"] == 0
    assert pd.isna(night["latency_to_spasm_min"])
    assert bool(night["valid"])


def test_minutes_that_were_not_scored_are_hours_of_their_own():
    text = golden_text()
    night = only(
        derive.night_spasms(scored(text[:60] + "-" * 30 + text[90:], START), made("04T23:45:00", "05T00:30:00"))
    )
    assert night["unscored_in_bed_h"] == 0.5
    assert night["asleep_h"] == pytest.approx(355 / 60)
    assert night[["spasms_unscored", "spasms_asleep"]].tolist() == [1, 1]


def test_a_night_of_the_log_without_a_recording_stays_as_unknown():
    found = derive.night_spasms(
        scored(golden_text(), START), made("05T23:00:00", recording=[*LOGGED, LOGGED[0] | {"day": 9}])
    )
    assert plain(found[["day", "spasms", "spasms_asleep", "valid", "flag"]]) == [
        [3, 0, 0, True, "-"],
        [4, 1, "-", False, "no recording"],
        [9, 0, "-", False, "no recording"],
    ]


def test_people_without_a_date_of_first_dose_have_nights_that_say_so():
    undated = [PEOPLE[0] | {"first_dose_date": None}]
    night = only(derive.night_spasms(scored(golden_text(), START), made("05T01:04:10", people=undated)))
    assert night["flag"] == "no date of first dose"
    assert pd.isna(night["day"])
    assert pd.isna(night["spasms"])
    assert not night["valid"]


def test_a_night_without_a_diary_says_so_and_a_detected_period_takes_its_place():
    recording, log = scored(golden_text(), START), made(*CLOCKS, nights=())
    assert only(derive.night_spasms(recording, log))["flag"] == "time in bed not known, or nothing recorded in it"
    night = only(derive.night_spasms(recording, log, window="detected", min_scored_h=3))
    assert night[["spasms_asleep", "spasms_awake_in_bed", "spasms_out_of_bed", "spasm_awakenings"]].tolist() == [
        1,
        0,
        8,
        0,
    ]


@pytest.mark.parametrize(
    ("start", "day", "hours"),
    [("2024-03-30T22:30:00Z", 29, 23), ("2024-10-26T21:30:00Z", 239, 25)],
    ids=["clocks forward", "clocks back"],
)
def test_nights_on_which_the_clocks_change_have_23_or_25_hours(start, day, hours):
    log = [{"participant": "A", "day": one, "zone": "Europe/London"} for one in (day, day + 1)]
    recording = scored("s" * 700, start)
    night = derive.night_spasms(recording, study(nights=[NIGHT | {"day": day}], recording=log)).iloc[0]
    assert night["day"] == day
    assert night[["night_h", "logged_h"]].tolist() == [hours, hours]
    assert night["in_bed_h"] == hours - 24 + 8.5
    assert night["asleep_h"] == night["in_bed_h"]
    assert night["out_of_bed_h"] == 15.5


def test_the_night_begins_at_noon_of_the_persons_own_clock():
    text = "w" * 1440 * 2
    log = made("04T11:59:59", "04T12:00:00", "05T11:59:59", recording=[LOGGED[0] | {"day": d} for d in (2, 3, 4)])
    found = derive.night_spasms(scored(text, "2024-03-03T12:00:00Z"), log)
    assert found.set_index("day")["spasms"].to_dict() == {2: 1, 3: 2, 4: 0}


def test_a_time_in_bed_past_noon_is_not_out_of_bed_for_the_next_night():
    late = NIGHT | {"final_awakening": "12:30", "out_of_bed": "13:00"}
    log = [LOGGED[0] | {"day": day} for day in (3, 4, 5)]
    found = derive.night_spasms(
        scored("s" * (1440 + 510), START), made(nights=(late, NIGHT | {"day": 4}), recording=log)
    )
    assert found["in_bed_h"].tolist()[:2] == [14.5, 8.5]
    assert found["out_of_bed_h"].tolist()[:2] == [
        10.5,
        14.5,
    ]  # from noon to one it was still the bed of the night before


def around(*clocks, **options):
    frame = derive.around_awakenings(scored(golden_text(), START), made(*clocks), window_nights=None, **options)
    return frame


def test_bars_around_awakenings_by_hand():
    found = around("05T01:03:59", "05T01:04:00", "05T01:05:00", "05T04:54:59", before_min=2, after_min=1)
    assert found.columns.tolist() == [
        *("participant", "cohort", "arm", "visit", "from_min", "to_min", "spasms", "hours", "spasms_per_hour"),
        *("awakenings", "nights"),
    ]
    assert plain(found[["from_min", "to_min", "spasms", "hours", "spasms_per_hour", "awakenings", "nights"]]) == [
        [-2, -1, 1, 2 / 60, pytest.approx(30.0), 2, 1],
        [-1, 0, 2, 2 / 60, pytest.approx(60.0), 2, 1],
        [0, 1, 1, 2 / 60, pytest.approx(30.0), 2, 1],
    ]
    assert found["visit"].astype(str).unique().tolist() == ["all recorded nights"]


def test_bars_of_more_minutes_hold_the_same_spasms():
    one, five = (around(*CLOCKS, before_min=10, after_min=10, bin_min=size) for size in (1, 5))
    assert one["spasms"].sum() == five["spasms"].sum()
    assert one["hours"].sum() == pytest.approx(five["hours"].sum())
    assert len(five) == 4


def test_expected_awakenings_are_the_share_of_the_sleep_in_which_a_spasm_would_count():
    recording, log = scored(golden_text(), START), made("05T03:00:00")
    for lead, minutes in ((None, 4), (2, 10)):  # k minutes before each of two awakenings; 3 more with a lead of 2
        found = only(
            derive.awakenings_by_chance(
                recording, log, rng=np.random.default_rng(1), shifts=20_000, window_nights=None, lead_min=lead
            )
        )
        share = minutes / 425
        assert found["expected"] == pytest.approx(share, abs=4 * np.sqrt(share / 20_000))
        assert found[["nights", "spasms", "awakenings", "observed"]].tolist() == [1, 1, 2, 0]
        assert found["excess"] == -found["expected"]
        assert found["p_value"] == 1


def test_two_spasms_before_two_awakenings_are_more_than_chance():
    found = only(
        derive.awakenings_by_chance(
            scored(golden_text(), START),
            made("05T01:04:10", "05T04:54:10"),
            rng=np.random.default_rng(2),
            window_nights=None,
        )
    )
    assert found["observed"] == 2
    assert found["p_value"] < 0.03
    assert (1000 * found["p_value"]) % 1 == pytest.approx(0)  # (1 + shifts with as many) / (1 + 999), never 0
    assert found["excess_per_night"] == found["excess"] > 1.8
    assert found[["shifts", "awakening_min", "within_min", "lead_min"]].tolist() == [999, 2, 2, 2]


def test_without_a_relation_small_p_values_are_as_rare_as_they_should_be():
    rng = np.random.default_rng(3)
    people = [PEOPLE[0] | {"participant": f"N{number:03d}"} for number in range(300)]
    bouts = "".join("s" * int(length) + "www" for length in rng.integers(8, 20, 28))
    recording = scored(bouts, START)
    night = NIGHT | {"out_of_bed": "06:00"}
    parts, logs, diary, rows = [], [], [], []
    for person in people:
        name = person["participant"]
        parts.append(recording.assign(participant=name))
        logs += [day | {"participant": name} for day in LOGGED]
        diary.append(night | {"participant": name})
        times = pd.Timestamp(START) + pd.to_timedelta(rng.uniform(0, len(bouts) * 60, 12), unit="s")
        rows += [
            {"participant": name, "start_utc": when, "zone": "Europe/London", "severity": "mild", "woke": None}
            for when in times.floor("s")
        ]
    found = derive.awakenings_by_chance(
        pd.concat(parts, ignore_index=True),
        study(people=people, nights=diary, recording=logs, spasms=rows),
        rng=np.random.default_rng(4),
        window_nights=None,
    )
    assert len(found) == 300
    assert (found["p_value"] <= 0.05).mean() <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)
    assert abs(found["excess"].mean()) < 4 * found["excess"].std() / np.sqrt(300)


def two_weeks():
    """Three nights before baseline and one before week 4, with 3, 0, 6 and 1 spasms asleep."""
    days = [-4, -3, -2, 25]
    parts, spasm, log = [], [], []
    for day, count in zip(days, (3, 0, 6, 1), strict=True):
        evening = pd.Timestamp("2024-03-01T22:30:00Z") + pd.Timedelta(days=day)
        parts.append(scored("w" * 30 + "s" * 420 + "w" * 60, evening))
        spasm += [
            {"participant": "A", "start_utc": evening + pd.Timedelta(minutes=100 + 7 * number), "zone": "Etc/UTC"}
            for number in range(count)
        ]
        log += [{"participant": "A", "day": one, "zone": "Etc/UTC"} for one in (day, day + 1)]
    recording = pd.concat(parts, ignore_index=True).assign(zone="Etc/UTC")
    log = [dict(items) for items in sorted({tuple(row.items()) for row in log})]
    nights = [NIGHT | {"day": day} for day in days]
    return recording, study(nights=nights, spasms=spasm, recording=log, visits=attended("A", "B"))


def test_outcomes_are_all_spasms_over_all_hours_of_the_valid_nights():
    recording, made_study = two_weeks()
    nights = derive.night_spasms(recording, made_study)
    found = derive.night_spasm_outcomes(nights, made_study, min_nights=3)
    rates = values_of(found, "spasms_per_hour_asleep")
    assert rates[("A", "baseline")] == pytest.approx(9 / 21)
    assert pd.isna(rates[("A", "week 4")])
    flags = values_of(found, "spasms_per_hour_asleep", "flag")
    assert flags[("A", "week 4")] == "1 of 7 valid nights"
    assert values_of(found, "spasms_per_hour_asleep", "n_values")[("A", "baseline")] == 3
    assert set(found["participant"]) == {"A"}  # nobody else wore a device
    one = derive.night_spasm_outcomes(nights, made_study, min_nights=1)
    change = one[(one["outcome"] == "spasms_per_hour_asleep") & (one["visit"] == "week 4")].iloc[0]
    assert change["change"] == pytest.approx(1 / 7 - 9 / 21)
    assert values_of(one, "awakenings_recorded")[("A", "baseline")] == 0
    assert pd.isna(values_of(one, "spasm_awakening_share")[("A", "baseline")])


def test_an_invalid_night_adds_neither_spasms_nor_hours():
    recording, made_study = two_weeks()
    second = recording["start_utc"].between("2024-02-27T12:00Z", "2024-02-28T12:00Z")
    lost = recording.assign(state=recording["state"].mask(second))
    nights = derive.night_spasms(lost, made_study)
    found = derive.night_spasm_outcomes(nights, made_study, min_nights=2)
    assert values_of(found, "spasms_per_hour_asleep")[("A", "baseline")] == pytest.approx(9 / 14)


def test_pairs_of_nights_by_their_lag():
    recording, made_study = two_weeks()
    nights = derive.night_spasms(recording, made_study)
    pairs = derive.lagged_nights(nights, y="tst_min")
    assert pairs[["day", "lag", "spasms_asleep"]].to_numpy().tolist() == [
        *([-3, -1, 0], [-2, -1, 6]),
        *([-4, 0, 3], [-3, 0, 0], [-2, 0, 6], [25, 0, 1]),
        *([-4, 1, 3], [-3, 1, 0]),
    ]
    same = derive.lagged_nights(nights, x="spasms_asleep", y="spasms_asleep", lags=[0])
    assert same["spasms_asleep"].tolist() == [3, 0, 6, 1]


def test_pairs_go_into_the_correlation_within_people():
    rng = np.random.default_rng(5)
    frames = []
    for name in "ABCD":
        spasm = rng.poisson(4, 6)
        waso = 10 * spasm + rng.normal(0, 5, 6)
        columns = {"participant": name, "cohort": "MS", "arm": "active", "day": range(6), "valid": True}
        frames.append(pd.DataFrame(columns | {"spasms_asleep": spasm, "waso_min": waso}))
    nights = pd.concat(frames, ignore_index=True)
    pairs = derive.lagged_nights(nights)
    same = stats.repeated_correlation(pairs[pairs["lag"] == 0], "spasms_asleep", "waso_min").frame.set_index("term")
    next_night = stats.repeated_correlation(pairs[pairs["lag"] == 1], "spasms_asleep", "waso_min").frame
    assert same.loc["within person", "estimate"] > 0.9
    assert abs(next_night.set_index("term").loc["within person", "estimate"]) < 0.7


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"awakening_min": 0}, "awakening_min=0: expected minutes above 0"),
        ({"within_min": -1}, "within_min=-1: expected minutes above 0"),
        ({"lead_min": -1}, "lead_min=-1: expected minutes, 0 or more, or None"),
        ({"window": "bed"}, "window"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(options, words):
    with pytest.raises(MethodError, match=words):
        derive.night_spasms(scored(golden_text(), START), made(), **options)


def test_other_requests_that_make_no_sense_are_refused():
    recording, log = scored(golden_text(), START), made()
    with pytest.raises(MethodError, match="expected at least 999; fewer cannot give"):
        derive.awakenings_by_chance(recording, log, rng=np.random.default_rng(1), shifts=99)
    with pytest.raises(MethodError, match="expected whole bars"):
        derive.around_awakenings(recording, log, bin_min=4)
    with pytest.raises(MethodError, match="no column `wasos` in the nights"):
        derive.lagged_nights(derive.night_spasms(recording, log), y="wasos")
    with pytest.raises(MethodError, match="score them with"):
        derive.night_spasms(recording.drop(columns="state"), log)


def test_nobody_with_a_recording_gives_no_rows():
    nothing = scored("", START)
    assert derive.night_spasms(nothing, made("05T01:04:10")).empty
    assert derive.night_spasm_events(nothing, made("05T01:04:10")).empty
    assert derive.around_awakenings(nothing, made("05T01:04:10"), window_nights=None).empty


# What must not matter ---------------------------------------------------------------------------------------------


letters = st.text(alphabet="ssssw-", min_size=600, max_size=600)
minutes = st.lists(st.integers(0, 1439 * 60), max_size=12, unique=True)


def zoned(text, seconds, shift=0):
    """A night in a zone without changes of the clock, all of it later by some days."""
    begin = pd.Timestamp("2024-03-04T12:00:00Z") + pd.Timedelta(days=shift)
    recording = scored(text, begin + pd.Timedelta(hours=10.5), zone="Etc/UTC")
    rows = [
        {"participant": "A", "start_utc": begin + pd.Timedelta(seconds=second), "zone": "Etc/UTC"} for second in seconds
    ]
    log = [{"participant": "A", "day": day + shift, "zone": "Etc/UTC"} for day in (3, 4)]
    return recording, study(nights=[NIGHT | {"day": 3 + shift}], spasms=rows, recording=log)


TIMES = ["night_start_utc", "night_end_utc", "start_utc", "end_utc", "onset_utc", "offset_utc"]


@settings(max_examples=6)
@given(text=letters, seconds=minutes, shift=st.integers(1, 300))
def test_whole_days_later_nothing_changes_but_the_dates(text, seconds, shift):
    first, later = (derive.night_spasms(*zoned(text, seconds, by)) for by in (0, shift))
    moved = later.assign(day=later["day"] - shift, **{name: later[name] - pd.Timedelta(days=shift) for name in TIMES})
    pd.testing.assert_frame_equal(first, moved)


@settings(max_examples=6)
@given(text=letters, seconds=minutes, cut=st.integers(1, 599))
def test_the_order_of_the_epochs_and_a_split_recording_change_nothing(text, seconds, cut):
    recording, made_study = zoned(text, seconds)
    split = pd.concat([recording.iloc[cut:], recording.iloc[:cut]], ignore_index=True)
    pd.testing.assert_frame_equal(derive.night_spasms(recording, made_study), derive.night_spasms(split, made_study))


@settings(max_examples=6)
@given(text=letters, seconds=minutes, start=st.integers(0, 590), length=st.integers(1, 300))
def test_hours_and_spasms_add_up_and_less_recording_never_adds_sleep(text, seconds, start, length):
    recording, made_study = zoned(text, seconds)
    less = scored(text[:start] + "-" * length + text[start + length :], recording["start_utc"].iloc[0], zone="Etc/UTC")
    one, two = (derive.night_spasms(rows, made_study).iloc[0] for rows in (recording, less.iloc[: len(recording)]))
    for night in (one, two):
        parts = night[["asleep_h", "awake_in_bed_h", "unscored_in_bed_h", "out_of_bed_h"]]
        assert parts.sum() == pytest.approx(night["logged_h"])
        assert (parts >= 0).all()
        counts = night[["spasms_asleep", "spasms_awake_in_bed", "spasms_unscored", "spasms_out_of_bed"]]
        assert counts.sum() == night["spasms"] == len(seconds)
    assert two["asleep_h"] <= one["asleep_h"]
    assert two["awake_in_bed_h"] <= one["awake_in_bed_h"]


@settings(max_examples=6)
@given(text=st.text(alphabet="sssw-", min_size=600, max_size=600), seconds=minutes)
def test_awakenings_are_those_of_the_recording_and_no_spasm_has_two(text, seconds):
    recording, made_study = zoned(text, seconds)
    reading = derive.sleep_bouts.read_nights(recording, made_study, awakening_min=2)
    nights = derive.recorded_nights(recording, made_study, awakening_min=2)
    if nights["awakenings"].notna().all():
        assert len(reading.bouts.night) == nights["awakenings"].sum()
    night = derive.night_spasms(recording, made_study).iloc[0]
    if night["valid"]:
        assert night["spasm_awakenings"] <= min(night["awakenings"], night["spasms_asleep"])
