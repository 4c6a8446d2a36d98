"""Local times become moments, through the nights on which clocks change."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spasticity import load
from spasticity.errors import DataError, MethodError
from spasticity.tables import SPASMS

HEADER = "participant,start,zone,severity,woke"


@pytest.fixture
def log(tmp_path):
    def read(*starts, zone="Europe/London", **options):
        path = tmp_path / "events.csv"
        path.write_text("\n".join([HEADER, *(f"P1,{start},{zone},mild,true" for start in starts)]) + "\n")
        return load.event_log(path, **options)

    return read


def utc(loaded):
    return loaded.table["start_utc"].dt.strftime("%m-%d %H:%M:%S").to_dict()


def test_winter_and_summer_times_become_utc_with_their_zone(log):
    loaded = log("2024-01-10 22:05:00", "2024-07-10 22:05", "2024-07-10T22:05:07")
    assert utc(loaded) == {2: "01-10 22:05:00", 3: "07-10 21:05:00", 4: "07-10 21:05:07"}
    assert list(loaded.table) == SPASMS.names
    assert loaded.table.dtypes.equals(SPASMS.empty().dtypes)
    assert loaded.table["zone"].unique().tolist() == ["Europe/London"]
    assert len(loaded.repairs) == len(loaded.rejects) == 0


# London: clocks go from 01:00 to 02:00 on 31 March 2024, and from 02:00 back to 01:00 on 27 October 2024.
def test_a_time_that_clocks_skipped_is_rejected(log):
    loaded = log("2024-03-31 00:59:59", "2024-03-31 01:00:00", "2024-03-31 01:59:59", "2024-03-31 02:00:00")
    assert utc(loaded) == {2: "03-31 00:59:59", 5: "03-31 01:00:00"}
    assert loaded.rejects["row"].tolist() == [3, 4]
    assert loaded.rejects["column"].tolist() == ["start", "start"]
    assert loaded.rejects["rule"].str.startswith("this local time never was").all()


OCTOBER = ("2024-10-27 00:59:59", "2024-10-27 01:00:00", "2024-10-27 01:59:59", "2024-10-27 02:00:00")


def test_a_time_that_came_twice_is_rejected_unless_a_policy_is_chosen(log):
    loaded = log(*OCTOBER)
    assert utc(loaded) == {2: "10-26 23:59:59", 5: "10-27 02:00:00"}
    assert loaded.rejects["rule"].str.startswith("this local time came twice").all()
    for overlap, hour in (("first", "00"), ("second", "01")):
        loaded = log(*OCTOBER, overlap=overlap)
        assert utc(loaded) == {
            2: "10-26 23:59:59",
            3: f"10-27 {hour}:00:00",
            4: f"10-27 {hour}:59:59",
            5: "10-27 02:00:00",
        }
        assert loaded.repairs[["row", "column", "was", "became", "why"]].to_numpy().tolist() == [
            [row, "start", was, became, f"a local time that came twice; the {overlap} was taken"]
            for row, was, became in (
                (3, OCTOBER[1], f"2024-10-27T{hour}:00:00Z"),
                (4, OCTOBER[2], f"2024-10-27T{hour}:59:59Z"),
            )
        ]


def test_a_time_with_its_offset_is_never_in_doubt(log):
    loaded = log("2024-10-27T01:30:00+01:00", "2024-10-27T01:30:00+00:00", "2024-10-27T01:30:00Z", "2024-07-01T12:00Z")
    assert utc(loaded) == {2: "10-27 00:30:00", 3: "10-27 01:30:00", 4: "10-27 01:30:00", 5: "07-01 12:00:00"}
    wrong = log("2024-07-01T12:00:00+01:00", "2024-07-01T12:00:00+02:00")
    assert wrong.rejects[["row", "rule"]].to_numpy().tolist() == [
        [3, "the offset from UTC is not one that this zone has at that time"]
    ]


def test_what_settled_a_doubt_reads_back_without_one(log):
    first = log(*OCTOBER, overlap="first")
    again = log(OCTOBER[0], *first.repairs["became"], OCTOBER[3])
    assert len(again.repairs) == 0
    pd.testing.assert_frame_equal(again.table, first.table)


def test_a_local_time_without_a_zone_is_refused(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text("participant,start,severity,woke\nP1,2024-07-10 22:05:00,mild,true\n")
    with pytest.raises(DataError, match=r"there is no `zone`, .* constants=\{'zone': 'Europe/London'\}"):
        load.event_log(path)
    loaded = load.event_log(path, constants={"zone": "America/New_York"})
    assert utc(loaded) == {2: "07-11 02:05:00"}


BAD = [
    ("2024-07-10 22:05:00", "Europe/Londn", "zone", "expected the name of a time zone"),
    ("2024-07-10 22:05:00", "../../etc/passwd", "zone", "expected the name of a time zone"),
    ("2024-07-10 22:05:00", "", "zone", "a value is required"),
    ("", "Europe/London", "start", "a value is required"),
    ("10/07/2024 22:05", "Europe/London", "start", "expected a local time written as"),
    ("2024-07-10", "Europe/London", "start", "expected a local time written as"),
    ("2024-07-10 24:00:00", "Europe/London", "start", "expected a local time written as"),
    ("2024-02-30 12:00:00", "Europe/London", "start", "expected a local time written as"),
    ("0202-07-10 12:00:00", "Europe/London", "start", "between 1900 and 2100"),
    ("\u0662\u0660\u0662\u0664-07-10 12:00:00", "Europe/London", "start", "expected a local time written as"),
]


@pytest.mark.parametrize(("start", "zone", "column", "rule"), BAD)
def test_an_event_that_cannot_be_placed_is_rejected(tmp_path, start, zone, column, rule):
    path = tmp_path / "events.csv"
    path.write_text(f"{HEADER}\nP1,2024-07-10 22:05:00,UTC,mild,true\nP2,{start},{zone},mild,true\n", encoding="utf-8")
    loaded = load.event_log(path)
    row = loaded.rejects.iloc[0]
    assert (row["row"], row["column"]) == (3, column)
    assert rule in row["rule"]


def test_another_format_is_declared(log):
    loaded = log("10.07.2024 22:05", "11.07.2024 22:05", time_format="%d.%m.%Y %H:%M")
    assert utc(loaded) == {2: "07-10 21:05:00", 3: "07-11 21:05:00"}
    offset = log("10.07.2024 22:05 +0100", time_format="%d.%m.%Y %H:%M %z")
    assert utc(offset) == {2: "07-10 21:05:00"}


def test_spaces_around_a_doubtful_time_are_one_repair_with_it(log):
    loaded = log(" 2024-10-27 01:30:00", overlap="second")
    assert loaded.repairs["why"].tolist() == [
        "spaces or line ends removed; a local time that came twice; the second was taken"
    ]


def test_a_policy_is_one_of_three(log):
    with pytest.raises(MethodError, match="overlap='both' is not known"):
        log("2024-07-10 22:05:00", overlap="both")


ZONES = [
    "Europe/London",
    "Europe/Dublin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "America/St_Johns",
]


@settings(max_examples=60, deadline=None)
@given(
    seconds=st.lists(st.integers(1_700_000_000, 1_750_000_000), min_size=1, max_size=6, unique=True),
    zone=st.sampled_from(ZONES),
    change=st.booleans(),
)
def test_a_moment_written_as_local_time_comes_back(tmp_path_factory, seconds, zone, change):
    near = {"Europe/London": 1_729_987_200, "Europe/Dublin": 1_729_987_200, "America/New_York": 1_730_613_600}
    if change and zone in near:  # the hours around the end of summer time
        seconds = [near[zone] + second % 14_400 - 7_200 for second in seconds]
    moments = pd.Series(pd.to_datetime(seconds, unit="s", utc=True)).astype("datetime64[us, UTC]")
    local = moments.dt.tz_convert(zone)
    path = tmp_path_factory.mktemp("log") / "events.csv"
    table = {}
    for overlap in ("first", "second"):
        text = local.dt.strftime("%Y-%m-%d %H:%M:%S")
        path.write_text("\n".join([HEADER, *(f"P1,{cell},{zone},," for cell in text)]) + "\n")
        table[overlap] = load.event_log(path, overlap=overlap).table["start_utc"].reset_index(drop=True)
    assert ((table["first"] == moments) | (table["second"] == moments)).all()
    stamped = local.dt.strftime("%Y-%m-%dT%H:%M:%S%z")
    path.write_text("\n".join([HEADER, *(f"P1,{cell},{zone},," for cell in stamped)]) + "\n")
    back = load.event_log(path).table["start_utc"].reset_index(drop=True)
    pd.testing.assert_series_equal(back, moments, check_names=False)


FOLDS = [
    ("Europe/London", "2024-10-27 01:30:00"),
    ("Europe/Dublin", "2024-10-27 01:30:00"),  # its winter time counts as the exception
    ("Africa/Casablanca", "2024-03-10 02:30:00"),  # it goes back for Ramadan
    ("America/New_York", "2024-11-03 01:30:00"),
    ("Australia/Lord_Howe", "2024-04-07 01:45:00"),  # by half an hour
]


@pytest.mark.parametrize(("zone", "shown"), FOLDS)
def test_first_and_second_are_those_of_the_clock_wherever_it_goes_back(log, zone, shown):
    clock = dt.datetime.fromisoformat(shown).replace(tzinfo=ZoneInfo(zone))
    for overlap, fold in (("first", 0), ("second", 1)):
        moment = clock.replace(fold=fold).astimezone(dt.UTC)
        assert utc(log(shown, zone=zone, overlap=overlap)) == {2: f"{moment:%m-%d %H:%M:%S}"}


@pytest.mark.slow
def test_a_large_log_keeps_every_row(tmp_path):
    rng = np.random.default_rng(1)
    local = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 86400 * 60, 200_000), unit="s")
    path = tmp_path / "events.csv"
    pd.DataFrame(
        {"participant": "P1", "start": local.strftime("%Y-%m-%d %H:%M:%S"), "zone": "Europe/Berlin", "severity": "mild"}
    ).assign(woke="true").to_csv(path, index=False)
    loaded = load.event_log(path)
    assert len(loaded.table) == 200_000
