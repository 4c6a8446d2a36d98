"""Nightly counts of long logs: every event in the right night, whichever way the log is cut."""

import numpy as np
import pandas as pd
import pytest

from spasticity import derive
from spasticity.derive import night_counts
from spasticity.errors import DataError, MethodError
from tests.derive.tiny import plain

ZONES = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham"]


def log(*rows):
    frame = pd.DataFrame(rows, columns=["participant", "start_utc", "zone"])
    return frame.assign(start_utc=pd.to_datetime(frame["start_utc"], utc=True, format="ISO8601"))


def by_pandas(frame):
    """The slow way: the clock read off, twelve hours taken from it."""
    walls = [
        when.tz_convert(zone).tz_localize(None) - pd.Timedelta(hours=12)
        for when, zone in zip(frame["start_utc"], frame["zone"], strict=True)
    ]
    keys = frame[["participant", "zone"]].assign(night=pd.DatetimeIndex(walls).normalize())
    return keys.groupby(["participant", "zone", "night"]).size()


def as_series(found):
    found = found.assign(night=found["night"].astype("datetime64[us]"))
    return found.set_index(["participant", "zone", "night"])["spasms"]


def test_a_few_events_by_hand():
    found = derive.nightly_counts(
        log(
            ("B", "2024-03-31T10:59:59.999999Z", "Europe/London"),  # a microsecond before noon of the shorter night
            ("B", "2024-03-31T11:00:00Z", "Europe/London"),
            ("B", "2024-03-30T12:00:00Z", "Europe/London"),
            ("A", "2024-04-07T01:29:59Z", "Australia/Lord_Howe"),  # noon is 01:00 UTC before the change and 01:30 after
            ("A", "2024-04-07T01:30:00Z", "Australia/Lord_Howe"),
            ("A", "2024-04-06T01:00:00Z", "Australia/Lord_Howe"),
        )
    )
    assert plain(found.assign(night=found["night"].dt.strftime("%Y-%m-%d"))) == [
        ["A", "Australia/Lord_Howe", "2024-04-06", 24.5, 2],
        ["A", "Australia/Lord_Howe", "2024-04-07", 24.0, 1],
        ["B", "Europe/London", "2024-03-30", 23.0, 2],
        ["B", "Europe/London", "2024-03-31", 24.0, 1],
    ]


def many(rows=4000, seed=1):
    """Events of 30 people over two years, a third of them at local noons and a microsecond before them."""
    rng = np.random.default_rng(seed)
    person = rng.integers(0, 30, rows)
    zone = np.array(ZONES, dtype=object)[person % len(ZONES)]
    start = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 730 * 86_400, rows), unit="s")
    noons = [
        pd.Timestamp(f"{when:%Y-%m-%d} 12:00").tz_localize(name).tz_convert("UTC")
        - pd.Timedelta(microseconds=int(number % 2))
        for number, (when, name) in enumerate(zip(start[: rows // 3], zone, strict=False))
    ]
    start = pd.Series([*noons, *start[rows // 3 :]]).astype("datetime64[us, UTC]")
    return pd.DataFrame({"participant": [f"P{number:02d}" for number in person], "start_utc": start, "zone": zone})


def test_every_event_is_in_the_night_that_the_clock_of_its_zone_says():
    frame = many()
    pd.testing.assert_series_equal(
        as_series(derive.nightly_counts(frame)), by_pandas(frame), check_names=False, check_index_type=False
    )


def test_hours_of_nights_are_those_between_two_noons():
    found = derive.nightly_counts(many())
    noon = [
        [pd.Timestamp(night + pd.Timedelta(hours=12 + 24 * day)).tz_localize(zone) for day in (0, 1)]
        for night, zone in zip(found["night"], found["zone"], strict=True)
    ]
    assert found["night_h"].tolist() == [(end - start).total_seconds() / 3600 for start, end in noon]
    assert {23, 23.5, 24, 24.5, 25} >= set(found["night_h"])


def test_a_log_in_any_parts_and_order_gives_the_same():
    frame = many()
    whole = derive.nightly_counts(frame)
    mixed = frame.sample(frac=1, random_state=2)
    parts = [mixed.iloc[place : place + 333] for place in range(0, len(mixed), 333)]
    pd.testing.assert_frame_equal(derive.nightly_counts(parts), whole)
    pd.testing.assert_frame_equal(derive.nightly_counts(sorted(parts, key=len)), whole)


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_a_file_is_counted_in_batches_of_any_size_and_unit_of_time(tmp_path, unit):
    pytest.importorskip("pyarrow")
    frame = many()
    frame = frame.assign(start_utc=frame["start_utc"].dt.floor("ms").astype(f"datetime64[{unit}, UTC]"), severity=1)
    whole = derive.nightly_counts(frame)
    frame.to_parquet(tmp_path / "all.parquet", index=False, row_group_size=700)
    pd.testing.assert_frame_equal(derive.nightly_counts(tmp_path / "all.parquet", batch_rows=500), whole)
    for number, part in enumerate((frame.iloc[:1000], frame.iloc[1000:])):
        (tmp_path / "parts").mkdir(exist_ok=True)
        part.to_parquet(tmp_path / "parts" / f"{number}.parquet", index=False)
    pd.testing.assert_frame_equal(derive.nightly_counts(tmp_path / "parts"), whole)


def test_counting_settles_however_few_events_wait(monkeypatch):
    monkeypatch.setattr(night_counts, "WAITING", 1)
    frame = many(600)
    parts = [frame.iloc[place : place + 50] for place in range(0, 600, 50)]
    assert as_series(derive.nightly_counts(parts)).equals(as_series(derive.nightly_counts(frame)))


def test_somebody_in_two_zones_has_two_rows_and_nobody_none():
    found = derive.nightly_counts(
        log(("A", "2024-06-01T20:00Z", "Europe/London"), ("A", "2024-06-01T23:00Z", "America/New_York"))
    )
    assert plain(found[["participant", "zone", "spasms"]]) == [["A", "America/New_York", 1], ["A", "Europe/London", 1]]
    empty = derive.nightly_counts(log())
    assert list(empty) == ["participant", "zone", "night", "night_h", "spasms"]
    assert empty.empty


def test_what_cannot_be_counted_is_said(monkeypatch):
    with pytest.raises(DataError, match="1 event without participant, start or zone"):
        derive.nightly_counts(log(("A", None, "Europe/London")))
    with pytest.raises(DataError, match="a time zone is not known"):
        derive.nightly_counts(log(("A", "2024-06-01T20:00Z", "Mars/Base")))
    with pytest.raises(DataError, match="some are from before 1973"):
        derive.nightly_counts(log(("A", "1970-06-01T20:00Z", "Europe/London")))
    with pytest.raises(DataError, match="no column `zone`"):
        derive.nightly_counts(log(("A", "2024-06-01T20:00Z", "Europe/London")).drop(columns="zone"))
    monkeypatch.setattr(night_counts, "CELLS", 100)
    with pytest.raises(MethodError, match="more than 100 counters"):
        derive.nightly_counts(many(500))


def test_a_file_without_times_is_refused(tmp_path):
    pytest.importorskip("pyarrow")
    pd.DataFrame({"participant": ["A"], "start_utc": ["now"], "zone": ["Etc/UTC"]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(DataError, match="`start_utc` holds no times"):
        derive.nightly_counts(tmp_path / "a.parquet")
    with pytest.raises(DataError, match="there is no such Parquet file"):
        derive.nightly_counts(tmp_path / "none.parquet")
