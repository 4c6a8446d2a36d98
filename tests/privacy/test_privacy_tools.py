"""Study days, shifted dates, pseudonyms, ages and ZIP codes: the vectors and the properties of the rules."""

import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spasticity import privacy
from spasticity.errors import DataError, MethodError

KEY = bytes(range(32))
PEOPLE = ["0001", "0002", "A-17"]


def dates(*texts):
    return pd.Series(pd.to_datetime(list(texts)))


def test_study_days_count_from_zero_here_and_from_one_in_cdisc():
    when, first = dates("2024-03-08", "2024-03-09", "2024-03-10", None), dates(*["2024-03-09"] * 4)
    assert privacy.study_days(when, first).tolist() == [-1, 0, 1, pd.NA]
    assert privacy.study_days(when, first, first_day=1).tolist() == [-1, 1, 2, pd.NA]
    assert privacy.study_days(when, first).dtype == "Int64"


def test_study_days_need_dates():
    with pytest.raises(MethodError, match="dates: expected dates"):
        privacy.study_days(pd.Series(["2024-03-09"]), dates("2024-03-09"))
    with pytest.raises(MethodError, match="reference: 1 value with a time of day"):
        privacy.study_days(dates("2024-03-09"), dates("2024-03-09 10:00"))
    with pytest.raises(MethodError, match="first_day: expected 0, or 1"):
        privacy.study_days(dates("2024-03-09"), dates("2024-03-09"), first_day=2)


def test_shifts_and_pseudonyms_of_the_published_key():
    assert privacy.date_shifts(PEOPLE, key=KEY, study="S1").tolist() == [42, -154, 42]
    names = privacy.keyed_pseudonyms(PEOPLE, key=KEY, study="S1")
    assert names.tolist() == ["P-P6J7KUUL6S3Y2MWG", "P-MKDGB5DZTVQ74L2D", "P-OCVDVY3TSKQLYLRL"]
    assert names.index.tolist() == PEOPLE


def test_shifts_are_whole_weeks_evenly_spread_and_never_none():
    days = privacy.date_shifts([f"{number:05d}" for number in range(52_000)], key=KEY, study="S1")
    counts = days.value_counts()
    assert set(days) == {7 * week for week in range(-26, 27) if week}
    chi = ((counts - 1000) ** 2 / 1000).sum()
    assert chi < 87.97  # 0.999 quantile of chi-squared on 51 degrees of freedom


@given(
    st.lists(st.datetimes(pd.Timestamp("1950-01-01"), pd.Timestamp("2050-01-01")), min_size=2, max_size=8),
    st.sampled_from(PEOPLE),
)
@settings(max_examples=50)
def test_a_shift_keeps_weekdays_and_everything_between_two_dates_of_a_person(when, person):
    before = pd.Series(pd.to_datetime(when)).astype("datetime64[us]")
    after = privacy.shifted(before, pd.Series([person] * len(before)), key=KEY, study="S1")
    assert (after.diff().dropna() == before.diff().dropna()).all()
    assert (after.dt.day_name() == before.dt.day_name()).all()
    assert (after != before).all()


def test_a_night_over_a_clock_change_keeps_its_hours_when_instants_are_shifted():
    night = pd.Series(pd.to_datetime(["2024-03-09 22:00", "2024-03-10 06:00"])).dt.tz_localize("America/New_York")
    instants = night.dt.tz_convert("UTC")
    moved = privacy.shifted(instants, pd.Series(["0001", "0001"]), key=KEY, study="S1")
    assert moved.iloc[1] - moved.iloc[0] == pd.Timedelta(hours=7)  # eight on the wall, seven in bed
    wall = night.dt.tz_localize(None) + pd.Timedelta(days=-7)
    assert wall.iloc[1] - wall.iloc[0] == pd.Timedelta(hours=8)  # what shifting the wall clock would have made of it


def test_nothing_is_shifted_when_something_cannot_be():
    with pytest.raises(MethodError, match="dates: expected dates"):
        privacy.shifted(pd.Series(["2024-03-09", "soon"], dtype=object), pd.Series(["a", "b"]), key=KEY, study="S1")
    with pytest.raises(DataError, match="1 row without a participant, so nothing is shifted"):
        privacy.shifted(dates("2024-03-09"), pd.Series([None], dtype=object), key=KEY, study="S1")
    moved = privacy.shifted(dates("2024-03-09", None), pd.Series(["0001", "0001"]), key=KEY, study="S1")
    assert moved.isna().tolist() == [False, True]


def test_another_study_or_key_gives_other_codes():
    one = privacy.keyed_pseudonyms(PEOPLE, key=KEY, study="S1")
    assert not set(one) & set(privacy.keyed_pseudonyms(PEOPLE, key=KEY, study="S2"))
    assert not set(one) & set(privacy.keyed_pseudonyms(PEOPLE, key=KEY[::-1], study="S1"))
    assert privacy.keyed_pseudonyms(["a-17 "], key=KEY, study="S1").tolist() == one.tolist()[2:]


@pytest.mark.parametrize("codes", [["a", "A"], ["x", "x "], ["\u00e9", "e\u0301"]])
def test_two_codes_that_become_one_are_refused(codes):
    with pytest.raises(DataError, match="2 codes differ only in spaces, letter case or accents"):
        privacy.keyed_pseudonyms(codes, key=KEY, study="S1")


@pytest.mark.parametrize("codes", [["a", None], ["a", " "]])
def test_a_missing_code_is_refused(codes):
    with pytest.raises(DataError, match="1 code missing or blank"):
        privacy.canonical_codes(codes)


@given(st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=6))
def test_codes_in_one_spelling_stay_as_they_are(codes):
    try:
        once = privacy.canonical_codes(codes)
    except DataError:
        return
    try:
        twice = privacy.canonical_codes(once)
    except DataError:  # a letter whose capital is two letters
        return
    assert set(twice) <= {code.upper() for code in once}


def test_a_code_cannot_run_into_the_name_of_the_study():
    with pytest.raises(DataError, match="NUL character"):
        privacy.keyed_pseudonyms(["1\0a"], key=KEY, study="S")


@pytest.mark.parametrize("key", [b"", b"short", b"password" * 3, "x" * 32, b"\0" * 32])
def test_what_is_no_random_key_is_refused(key):
    with pytest.raises(MethodError, match="key: expected at least 32 random bytes"):
        privacy.keyed_pseudonyms(["1"], key=key, study="S")


def test_a_key_is_its_owner_s_alone(tmp_path):
    path = privacy.new_key(tmp_path / "study.key")
    key = privacy.read_key(path)
    assert len(key) == 32
    assert len(privacy.key_id(key)) == 16
    assert privacy.key_id(KEY) == "630dcd2966c43366"
    with pytest.raises(DataError, match=r"study\.key: the file exists and is not overwritten"):
        privacy.new_key(path)
    with pytest.raises(DataError, match="there is no such key"):
        privacy.read_key(tmp_path / "other.key")
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
        path.chmod(0o644)
        with pytest.raises(DataError, match="others can read the key"):
            privacy.read_key(path)


def test_random_pseudonyms_are_undone_by_the_link_file_only(tmp_path):
    (tmp_path / "share").mkdir()
    link = tmp_path / "link.csv"
    made = privacy.random_pseudonyms(PEOPLE, link_file=link, outside=tmp_path / "share")
    assert made.is_unique
    assert made.str.fullmatch(r"P-[A-Z2-7]{16}").all()
    assert pd.read_csv(link, dtype=str).set_index("participant")["pseudonym"].to_dict() == made.to_dict()
    if os.name == "posix":
        assert link.stat().st_mode & 0o777 == 0o600
    with pytest.raises(DataError, match="the link file is in the folder that is shared"):
        privacy.random_pseudonyms(PEOPLE, link_file=tmp_path / "share" / "x" / "l.csv", outside=tmp_path / "share")
    with pytest.raises(DataError, match="the file exists"):
        privacy.random_pseudonyms(PEOPLE, link_file=link, outside=tmp_path / "share")


def test_ages_of_ninety_and_more_are_one_class():
    assert privacy.top_coded(pd.Series([89.9, 90, 97, None])).tolist()[:3] == [89.9, 90, 90]
    assert privacy.implies_top_age(pd.Series([60.0, 60.0, None]), pd.Series([29.0, 30.0, 1.0])).tolist() == [
        False,
        True,
        False,
    ]
    years = privacy.birth_year_or_missing(pd.Series([1934, 1935]), 2024)
    assert years.isna().tolist() == [True, False]


def test_zip_codes_of_the_rules():
    codes = pd.Series(["85004", "85004-1234", "05901", "09012", "00601", "20201", "75301", "83014", "850041234"])
    assert privacy.zip3(codes).tolist() == ["850", "850", "000", "000", "006", "000", "000", "830", "850"]
    assert privacy.zip3(codes, strict=True).tolist()[7] == "000"  # small in the Census of 2000
    assert privacy.zip3(pd.Series([None, "85004"], dtype=object)).tolist()[1] == "850"


@pytest.mark.parametrize("code", ["8500", "850041", "85004 ", "\u0668\u0665\u0660\u0660\u0664", ""])
def test_what_is_no_zip_code_is_not_shortened(code):
    with pytest.raises(DataError, match="1 value of another form, first row 1"):
        privacy.zip3(pd.Series(["85004", code]))


def test_the_small_prefixes_are_those_of_the_census_of_2020():
    small = [36, 59, 102, 202, 203, 204, 205, 369, 556, 692, 753, 772, 821, 823, 878, 879, 884, 893]
    every = pd.Series([f"{number:03d}01" for number in range(1000)])
    kept = privacy.zip3(every)
    assert not {f"{prefix:03d}" for prefix in small} & set(kept)
    uncounted = {"000", "001", "005", "008", "055", "192", "213", "269", "969", "987"}
    assert not uncounted - {"000"} & set(kept)
    assert kept.ne("000").sum() == 894 - len(small)
    assert np.unique(kept[kept != "000"]).size == 894 - len(small)
