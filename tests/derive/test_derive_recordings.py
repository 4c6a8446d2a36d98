"""Spasm events on the person's own clock, with exact hours on the nights when the clocks change."""

import numpy as np
import pandas as pd
import pytest

from spasticity.derive.rates import WHOLE_PERIOD, spasm_rates, spasms_by_hour
from spasticity.derive.recordings import recorded_days, spasm_events
from spasticity.errors import DataError, MethodError
from tests.derive.tiny import PEOPLE, attended, study, values_of

LONDON = "Europe/London"


def person(first_dose, name="A"):
    return [{**PEOPLE[0], "participant": name, "first_dose_date": first_dose}]


def events(*times, zone=LONDON, participant="A"):
    return [{"participant": participant, "start_utc": f"{time}Z", "zone": zone} for time in times]


def recording(*days, zone=LONDON, participant="A"):
    return [{"participant": participant, "day": day, "zone": zone} for day in days]


def one_day(first_dose, *times, zone=LONDON, night=("22:00", "06:00"), **more):
    """The recorded day 0 of somebody whose day 0 is `first_dose`."""
    found = study(
        people=person(first_dose), recording=recording(0, zone=zone), spasms=events(*times, zone=zone), **more
    )
    return recorded_days(found, night=night).iloc[0]


# London: clocks jump from 01:00 to 02:00 on 2024-03-31, and go back from 02:00 to 01:00 on 2024-10-27.
def test_a_day_of_23_hours_by_hand():
    row = one_day("2024-03-31", "2024-03-31T00:30", "2024-03-31T01:30", "2024-03-31T12:00")
    assert row[["hours", "night_hours", "day_hours"]].tolist() == [23, 7, 16]
    assert row[["spasms", "night_spasms", "day_spasms"]].tolist() == [3, 2, 1]


def test_a_day_of_25_hours_with_an_event_in_each_pass_of_the_repeated_hour():
    row = one_day("2024-10-27", "2024-10-27T00:30", "2024-10-27T01:30", "2024-10-27T23:30")
    assert row[["hours", "night_hours", "day_hours"]].tolist() == [25, 9, 16]
    assert row[["spasms", "night_spasms"]].tolist() == [3, 3]


def test_an_ordinary_day_by_hand():
    times = ["2024-02-01T05:59", "2024-02-01T06:00", "2024-02-01T21:59", "2024-02-01T22:00", "2024-02-01T23:59"]
    row = one_day("2024-02-01", *times)
    assert row[["spasms", "hours", "night_spasms", "night_hours", "day_spasms", "day_hours"]].tolist() == [
        5, 24, 3, 8, 2, 16,
    ]  # fmt: skip


def test_the_local_day_decides_not_the_utc_day():
    found = study(
        people=person("2024-07-01"),
        recording=recording(0),
        spasms=events("2024-06-30T22:59", "2024-06-30T23:00", "2024-07-01T22:59", "2024-07-01T23:00"),
    )
    assert spasm_events(found)["day"].tolist() == [-1, 0, 0, 1]
    assert recorded_days(found)["spasms"].tolist() == [2]


def test_the_repeated_hour_is_marked_and_both_events_are_kept():
    found = study(
        people=person("2024-10-27"),
        recording=recording(0),
        spasms=events("2024-10-27T00:30", "2024-10-27T01:30", "2024-10-27T02:30"),
    )
    rows = spasm_events(found)
    assert rows["hour"].tolist() == [1.5, 1.5, 2.5]
    assert rows["repeated"].tolist() == [False, True, False]


def test_half_an_hour_of_clock_change_is_half_an_hour():
    # Lord Howe: clocks go back half an hour at 02:00 on 2024-04-07 and forward on 2024-10-06.
    assert one_day("2024-04-07", zone="Australia/Lord_Howe")["hours"] == 24.5
    assert one_day("2024-10-06", zone="Australia/Lord_Howe")["night_hours"] == 7.5


def test_a_day_that_begins_at_one_because_midnight_was_skipped():
    # Cairo: midnight of 2024-04-26 does not exist; the day has 23 hours, of which the night has 7.
    row = one_day("2024-04-26", "2024-04-25T21:59", "2024-04-25T22:00", zone="Africa/Cairo")
    assert row[["hours", "night_hours", "spasms"]].tolist() == [23, 7, 1]


def test_a_day_whose_midnight_comes_twice_begins_with_the_first():
    # Havana: clocks go back from 01:00 to midnight on 2024-11-03.
    row = one_day("2024-11-03", "2024-11-03T04:30", "2024-11-03T05:30", zone="America/Havana")
    assert row[["hours", "night_hours", "spasms"]].tolist() == [25, 9, 2]


def test_a_bedtime_in_the_repeated_hour_is_its_first_pass():
    beds = nights((-1, "01:30", "07:00"), (0, "23:00", "07:00"))
    assert one_day("2024-10-27", night="in bed", nights=beds)["night_hours"] == 6.5 + 1


def test_a_recorded_day_without_events_has_zero_and_an_unrecorded_day_has_no_row():
    found = study(people=person("2024-02-01"), recording=recording(3, 5), spasms=events("2024-02-05T12:00"))
    assert recorded_days(found)[["day", "spasms"]].to_numpy().tolist() == [[3, 0], [5, 0]]
    assert spasm_events(found)["flag"].tolist() == ["day not recorded"]


def test_nobody_knows_the_day_of_an_event_without_a_first_dose_date():
    found = study(people=person(None), recording=recording(0), spasms=events("2024-02-01T12:00"))
    row = spasm_events(found).iloc[0]
    assert row["flag"] == "no date of first dose"
    assert pd.isna(row["day"])
    assert recorded_days(found)["flag"].tolist() == ["no date of first dose"]
    assert recorded_days(found)[["hours", "spasms", "night_spasms"]].isna().all(axis=None)
    assert set(spasm_rates(found)["flag"]) == {"0 of 7 recorded days; no date of first dose"}


def test_a_night_that_begins_after_midnight():
    row = one_day("2024-02-01", "2024-02-01T00:30", "2024-02-01T01:00", "2024-02-01T04:59", night=("01:00", "05:00"))
    assert row[["night_hours", "night_spasms"]].tolist() == [4, 2]


def nights(*beds):
    return [{"participant": "A", "day": day, "into_bed": into, "out_of_bed": out} for day, into, out in beds]


def test_the_persons_own_time_in_bed_by_hand():
    beds = nights((-1, "23:00", "07:00"), (0, "00:30", "08:00"))
    times = ["2024-02-01T06:59", "2024-02-01T07:00", "2024-02-01T23:30"]
    row = one_day("2024-02-01", *times, night="in bed", nights=beds)
    # In bed until 07:00; the next night begins after midnight, on the next day.
    assert row[["night_hours", "night_spasms", "day_hours", "day_spasms"]].tolist() == [7, 1, 17, 2]


def test_time_in_bed_on_the_night_the_clocks_go_back():
    beds = nights((-1, "23:00", "07:00"), (0, "23:00", "07:00"))
    assert one_day("2024-10-27", night="in bed", nights=beds)["night_hours"] == 9


@pytest.mark.parametrize("known", [(-1,), (0,)])
def test_a_day_cannot_be_split_while_one_of_its_nights_is_unknown(known):
    beds = nights(*[(day, "23:00", "07:00") for day in known])
    row = one_day("2024-02-01", "2024-02-01T03:00", night="in bed", nights=beds)
    assert row["flag"] == "time in bed not known"
    assert row[["spasms", "hours"]].tolist() == [1, 24]
    assert row[["night_spasms", "night_hours", "day_spasms", "day_hours"]].isna().all()


@pytest.mark.parametrize(
    ("night", "message"),
    [
        ("in bad", "did you mean `in bed`"),
        (("22:00",), "expected two clock times such as"),
        (("22:00", "6"), "is not a clock time: expected one such as '22:00'"),
    ],
)
def test_a_night_that_is_not_one_is_refused(night, message):
    with pytest.raises(MethodError, match=message):
        one_day("2024-02-01", night=night)


def test_an_unknown_time_zone_is_refused_without_saying_its_name():
    found = study(people=person("2024-02-01"), spasms=events("2024-02-01T12:00", zone="Europe/Lodnon"))
    with pytest.raises(DataError, match="spasms: 1 row in a time zone that is not known, first at row 0") as caught:
        spasm_events(found)
    assert "Lodnon" not in str(caught.value)
    assert caught.value.failures["value"].tolist() == ["Europe/Lodnon"]


def week(first_dose="2024-02-01"):
    """Days 21 to 27 recorded, three spasms by night and seven by day."""
    night, day = ["2024-02-23T02:00"] * 3, ["2024-02-24T15:00"] * 7
    return {
        "people": person(first_dose),
        "recording": recording(*range(21, 28)),
        "spasms": events(*night, *day),
        "visits": attended("A"),
    }


def test_rates_are_events_over_hours_of_recorded_days_by_hand():
    found = spasm_rates(study(**week()))
    assert values_of(found, "spasms_per_hour_night") == {("A", "week 4"): pytest.approx(3 / 56)}
    assert values_of(found, "spasms_per_hour_day") == {("A", "week 4"): pytest.approx(7 / 112)}
    assert found["n_values"].tolist() == [7, 7]
    assert found["flag"].isna().all()


def test_the_hours_of_a_rate_are_exact_when_the_clocks_change():
    # Day 27 is 2024-03-31: of the 7 nights' 56 hours one is skipped.
    tables = week("2024-03-04") | {"spasms": events(*["2024-03-30T23:00"] * 55)}
    assert values_of(spasm_rates(study(**tables)), "spasms_per_hour_night")[("A", "week 4")] == 1.0


def test_too_few_recorded_days_leave_the_rate_missing():
    tables = week() | {"recording": recording(21, 22, 23, 24)}
    found = spasm_rates(study(**tables))
    assert found["value"].isna().all()
    assert found["flag"].tolist() == ["4 of 7 recorded days"] * 2
    assert spasm_rates(study(**tables), min_days=4)["value"].tolist() == pytest.approx([7 / 64, 3 / 32])


def test_events_on_unrecorded_days_are_said_and_not_counted():
    tables = week() | {"recording": recording(*range(22, 28)), "spasms": events("2024-02-22T12:00", "2024-02-23T12:00")}
    found = spasm_rates(study(**tables))
    assert values_of(found, "spasms_per_hour_day") == {("A", "week 4"): pytest.approx(1 / 96)}
    assert found["flag"].tolist() == ["spasms on days not recorded: 1"] * 2


def test_days_without_a_known_night_do_not_enter_the_rate():
    beds = nights(*[(day, "23:00", "07:00") for day in range(20, 26)])
    found = spasm_rates(study(**week(), nights=beds), night="in bed")
    assert found["n_values"].tolist() == [5, 5]
    assert values_of(found, "spasms_per_hour_night")[("A", "week 4")] == pytest.approx(3 / 40)


def test_spasms_by_hour_by_hand():
    table = spasms_by_hour(study(**week()))
    assert table[["participant", "cohort", "arm", "visit"]].drop_duplicates().to_numpy().tolist() == [
        ["A", "MS", "placebo", "week 4"]
    ]
    assert table["hour"].tolist() == list(range(24))
    assert table.loc[
        table["spasms"] > 0, ["hour", "spasms", "hours", "spasms_per_hour", "days"]
    ].to_numpy().tolist() == [
        [2, 3, 7, pytest.approx(3 / 7), 7],
        [15, 7, 7, 1, 7],
    ]


@pytest.mark.parametrize(("first_dose", "hours"), [("2024-03-04", 6), ("2024-09-30", 8)])
def test_the_hour_the_clocks_skip_or_repeat_counts_none_or_two(first_dose, hours):
    table = spasms_by_hour(study(**week(first_dose) | {"spasms": []})).set_index("hour")
    assert table["hours"].to_dict() == {hour: hours if hour == 1 else 7 for hour in range(24)}


def test_an_hour_nobody_observed_has_no_rate():
    tables = {"people": person("2024-03-31"), "recording": recording(0)}
    table = spasms_by_hour(study(**tables), window_days=None).set_index("hour")
    assert np.isnan(table.loc[1, "spasms_per_hour"])
    assert table.loc[2, "spasms_per_hour"] == 0


def test_all_recorded_days_can_be_one_period():
    table = spasms_by_hour(study(**week() | {"recording": recording(*range(40))}), window_days=None)
    assert table["visit"].astype(str).unique().tolist() == [WHOLE_PERIOD]
    assert table["hours"].tolist() == [40] * 24
    assert table["spasms"].sum() == 10


def test_hours_and_events_of_the_clock_add_up_to_those_of_the_days():
    rng = np.random.default_rng(5)
    times = pd.Timestamp("2024-03-25") + pd.to_timedelta(rng.integers(0, 14 * 86400, 500), unit="s")
    found = study(
        people=person("2024-03-25"),
        recording=recording(*range(0, 14, 2)),
        spasms=events(*times.strftime("%Y-%m-%dT%H:%M:%S")),
    )
    days, hours = recorded_days(found), spasms_by_hour(found, window_days=None)
    assert hours["spasms"].sum() == days["spasms"].sum() > 0
    assert hours["hours"].sum() == pytest.approx(days["hours"].sum())
    assert (spasm_events(found)["flag"].isna()).sum() == days["spasms"].sum()


def test_the_order_of_events_does_not_matter():
    tables = week()
    backwards = tables | {name: tables[name][::-1] for name in ("spasms", "recording", "visits")}
    pd.testing.assert_frame_equal(spasm_rates(study(**backwards)), spasm_rates(study(**tables)))
    pd.testing.assert_frame_equal(spasms_by_hour(study(**backwards)), spasms_by_hour(study(**tables)))


def test_recordings_without_any_event_are_zeros_and_no_recordings_are_no_rows():
    tables = week() | {"spasms": []}
    assert spasm_rates(study(**tables))["value"].tolist() == [0, 0]
    assert len(spasm_rates(study())) == 0
    assert len(spasms_by_hour(study())) == 0
    assert len(recorded_days(study())) == 0
    assert len(spasm_events(study())) == 0


def test_events_without_any_recorded_day_give_no_rate_but_are_not_silent():
    found = spasm_rates(study(**week() | {"recording": []}))
    assert found["value"].isna().tolist() == [True, True]
    assert found["flag"].tolist() == ["0 of 7 recorded days; spasms on days not recorded: 10"] * 2
