"""SPSS and Stata files: codes and labels, the kinds of missing values, dates, and files that were damaged."""

import datetime as dt

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from spasticity import load
from spasticity.errors import DataError, MethodError
from spasticity.load.opening import Content, content
from spasticity.load.spss_files import spss_grid
from spasticity.load.spss_structure import spss_frame
from spasticity.load.stata_files import stata_grid
from spasticity.load.stata_structure import stata_frame
from spasticity.load.typed_cells import second_writer

NOTHING = ["arm", "site", "condition_years", "edss", "ais", "level", "walks"]
PEOPLE = {
    "columns": {"participant": "id", "sex": "sex", "age_years": "age", "first_dose_date": "first"},
    "constants": dict.fromkeys(NOTHING) | {"cohort": "MS"},
}
LABELS = {"sex": {1: "female", 2: "male", 9: "refused"}}
FRAME = pd.DataFrame(
    {
        "id": ["P1", "P2", "P3", "P4"],
        "sex": [1.0, 2.0, 9.0, 2.0],
        "age": [41.8, 99.0, -9.0, np.nan],
        "first": [dt.date(2024, 1, 8), dt.date(2024, 2, 29), dt.date(1999, 12, 31), None],
    }
)


def sav(path, frame=FRAME, **options):
    options = {"variable_value_labels": LABELS, "missing_ranges": {"age": [99, -9], "sex": [9]}} | options
    pyreadstat.write_sav(frame, str(path), **options)
    return path


def dta(path, frame=FRAME, **options):
    frame = frame.assign(first=pd.to_datetime(frame["first"]))
    frame = frame.astype({"sex": "int8"})
    options = {"version": 118, "convert_dates": {"first": "td"}, "value_labels": LABELS} | options
    frame.to_stata(path, write_index=False, **options)
    return path


@pytest.fixture
def spss(tmp_path):
    return sav(tmp_path / "people.sav")


def test_labels_are_used_when_that_is_said(spss):
    loaded = load.spss(spss, "participants", labelled="labels", **PEOPLE)
    assert loaded.table["sex"].tolist()[:2] == ["female", "male"]
    assert loaded.source.rows_read == len(loaded.table) == 4


def test_nothing_is_assumed_about_labels(spss):
    with pytest.raises(DataError, match=r"people\.sav: 1 column has value labels: `sex`. Say which counts"):
        load.spss(spss, "participants", **PEOPLE)
    with pytest.raises(MethodError, match=r"labelled='both' is not known"):
        load.spss(spss, "participants", labelled="both", **PEOPLE)
    with pytest.raises(MethodError, match=r"labelled names 1 column that the table participants does not have: `sax`"):
        load.spss(spss, "participants", labelled={"sax": "codes"}, **PEOPLE)


def test_codes_are_used_when_that_is_said(spss):
    coding = {"sex": {"1": "female", "2": "male"}}
    loaded = load.spss(spss, "participants", codings=coding, **PEOPLE)
    assert loaded.table["sex"].tolist()[:2] == ["female", "male"]
    loaded = load.spss(spss, "participants", labelled={"*": "codes"}, codings=coding, **PEOPLE)
    assert loaded.table["sex"].tolist()[:2] == ["female", "male"]
    with pytest.raises(DataError, match=r"none of 4 rows can be kept, first row 1 in `sex`: expected"):
        load.spss(sav(spss, FRAME.assign(sex=[1.0, 2, 1, 2])), "participants", labelled="codes", **PEOPLE)


def test_user_missing_codes_are_missing_counted_and_written_down(spss):
    loaded = load.spss(spss, "participants", labelled="labels", **PEOPLE)
    assert loaded.table["age_years"].isna().tolist() == [False, True, True, True]
    assert loaded.repairs[["row", "column", "was", "became", "why"]].to_numpy().tolist() == [
        [2, "age", "99", "", "user-missing in the file"],
        [3, "sex", "9", "", "user-missing in the file"],
        [3, "age", "-9", "", "user-missing in the file"],
    ]
    assert "3 cells the file calls missing (1 × -9, 1 × 9, 1 × 99)" in loaded.source.note


def test_a_range_of_user_missing_codes(tmp_path):
    path = sav(tmp_path / "a.sav", missing_ranges={"age": [{"lo": -10, "hi": -1}, 99]})
    loaded = load.spss(path, "participants", codings={"sex": {"1": "female", "2": "male", "9": "other"}}, **PEOPLE)
    assert loaded.repairs["was"].tolist() == ["99", "-9"]
    assert loaded.table["sex"].tolist() == ["female", "male", "other", "male"]


def test_a_declared_missing_code_is_called_so(spss):
    loaded = load.spss(spss, "participants", labelled="labels", missing={"age_years": ["99"]}, **PEOPLE)
    why = dict(zip(loaded.repairs["was"], loaded.repairs["why"], strict=True))
    assert why == {"99": "declared missing code", "9": "user-missing in the file", "-9": "user-missing in the file"}


@pytest.mark.parametrize("name", ["a.sav", "a.zsav"])
def test_dates_are_the_dates_that_were_written(tmp_path, name):
    path = sav(tmp_path / name, compress=name.endswith("zsav"))
    loaded = load.spss(path, "participants", labelled="labels", **PEOPLE)
    assert [day.date() for day in loaded.table["first_dose_date"].dropna()] == FRAME["first"].tolist()[:3]


def test_times_of_spss(tmp_path):
    frame = pd.DataFrame({"t": [dt.time(22, 30), dt.time(0, 0)], "m": [dt.datetime(2024, 3, 31, 1, 30), None]})
    pyreadstat.write_sav(frame, str(tmp_path / "a.sav"))
    grid, _ = spss_grid(content(tmp_path / "a.sav"))
    assert grid.columns["t"].tolist() == ["22:30", "00:00"]
    assert grid.columns["m"].tolist() == ["2024-03-31 01:30", ""]


def test_long_text_and_every_letter_arrive(tmp_path):
    words = ["é" * 400, "µg", "", "x" * 700]
    path = sav(tmp_path / "a.sav", FRAME.assign(id=["P1", "P2", "P3", "P4"], note=words))
    grid, _ = spss_grid(content(path))
    assert grid.columns["note"].tolist() == words
    path = dta(tmp_path / "a.dta", FRAME.assign(note=words), convert_strl=["note"])
    grid, _ = stata_grid(content(path))
    assert grid.columns["note"].tolist() == words


def test_an_encoding_may_be_declared(tmp_path):
    frame = FRAME.assign(id=["Zoe1", "P2", "P3", "P4"], sex=[1.0, 2, 1, 2], age=50.0)
    path = dta(tmp_path / "a.dta", frame, version=114)
    path.write_bytes(path.read_bytes().replace(b"Zoe1", b"Zo\xeb1"))
    with pytest.raises(DataError, match=r"a\.dta: text is not in the encoding the file names; declare"):
        load.stata(path, "participants", encoding="utf-8", labelled="labels", **PEOPLE)
    options = {"labelled": "labels", **PEOPLE}
    assert load.stata(path, "participants", encoding="cp1252", **options).table["participant"].iloc[0] == "Zoë1"
    with pytest.raises(MethodError, match="encoding='cp9999' is not known"):
        load.stata(path, "participants", encoding="cp9999", **options)


@pytest.mark.parametrize("version", [114, 117, 118, 119])
def test_every_release_of_stata_gives_the_same_table(tmp_path, version):
    path = dta(tmp_path / "a.dta", FRAME.assign(age=[41.8, 89.0, -9.0, np.nan]), version=version)
    loaded = load.stata(path, "participants", labelled="labels", **PEOPLE)
    assert loaded.table["sex"].tolist()[:2] == ["female", "male"]
    assert loaded.table["age_years"].tolist()[:2] == [41.8, 89.0]
    assert [day.date() for day in loaded.table["first_dose_date"].dropna()] == FRAME["first"].tolist()[:2]
    assert loaded.source.format == f"Stata release {version}"
    assert loaded.source.rows_read == 4
    # nothing in the file says that -9 and the label `refused` are missing values
    assert loaded.rejects[["row", "column"]].to_numpy().tolist() == [[3, "sex"]]
    assert loaded.rejects["rule"].iloc[0].startswith("expected one of female, male, other; `age`: expected a number")


def test_extended_missing_values_are_kept_apart(tmp_path):
    frame = pd.DataFrame({"id": list("abcd"), "minutes": [1.5, "a", "z", None]})
    pyreadstat.write_dta(frame, str(tmp_path / "a.dta"), missing_user_values={"minutes": ["a", "z"]}, version=12)
    loaded = load.stata(
        tmp_path / "a.dta",
        "therapy",
        columns={"participant": "id", "done_min": "minutes"},
        constants={"day": 0, "planned_min": None, "participation": None},
    )
    assert loaded.table["done_min"].isna().tolist() == [False, True, True, True]
    assert loaded.repairs[["row", "was", "why"]].to_numpy().tolist() == [
        [2, ".a", "extended missing value .a"],
        [3, ".z", "extended missing value .z"],
    ]


def test_single_precision_is_read_in_its_own_digits(tmp_path):
    frame = pd.DataFrame({"id": ["a", "b"], "minutes": np.array([41.8, 0.1], dtype=np.float32)})
    frame.to_stata(tmp_path / "a.dta", write_index=False)
    loaded = load.stata(
        tmp_path / "a.dta",
        "therapy",
        columns={"participant": "id", "done_min": "minutes"},
        constants={"day": 0, "planned_min": None, "participation": None},
    )
    assert loaded.table["done_min"].tolist() == [41.8, 0.1]
    assert loaded.source.note == "numbers in single precision"


def test_times_of_stata_agree_with_pandas(tmp_path):
    moments = pd.Series(pd.to_datetime(["2024-03-31 01:30:00", "1960-01-01 00:00:00", "1883-11-18 12:00:01"]))
    pd.DataFrame({"m": moments}).to_stata(tmp_path / "a.dta", write_index=False, convert_dates={"m": "tc"})
    grid, _ = stata_grid(content(tmp_path / "a.dta"))
    assert grid.columns["m"].tolist() == ["2024-03-31 01:30", "1960-01-01", "1883-11-18 12:00:01"]
    pd.testing.assert_series_equal(
        pd.to_datetime(pd.Series(grid.columns["m"]), format="ISO8601").astype("datetime64[ms]"),
        pd.read_stata(tmp_path / "a.dta")["m"].astype("datetime64[ms]"),
        check_names=False,
    )


def test_counts_of_months_are_no_dates(tmp_path):
    frame = pd.DataFrame({"m": pd.to_datetime(["2024-03-01"])})
    frame.to_stata(tmp_path / "a.dta", write_index=False, convert_dates={"m": "tm"})
    grid, _ = stata_grid(content(tmp_path / "a.dta"))
    assert grid.columns["m"].tolist() == ["770"]


@pytest.mark.parametrize("write", [sav, lambda path, **options: sav(path, compress=True, **options)])
def test_a_cut_spss_file_is_refused_at_every_byte(tmp_path, write):
    whole = write(tmp_path / "a.sav").read_bytes()
    for cut in range(len(whole)):
        with pytest.raises(DataError, match=r"not an SPSS file|the file was cut or damaged|encoding|speaks of"):
            spss_grid(Content("a.sav", whole[:cut]))


@pytest.mark.parametrize("version", [114, 117, 118])
def test_a_cut_stata_file_is_refused_at_every_byte(tmp_path, version):
    whole = dta(tmp_path / "a.dta", version=version).read_bytes()
    silent = []
    for cut in range(len(whole)):
        try:
            stata_frame(Content("a.dta", whole[:cut]))
        except DataError:
            continue
        silent.append(cut)
    # before release 117 value labels stand behind the data, and nothing says that there are any
    assert len(silent) == (1 if version == 114 else 0)


def test_counts_that_do_not_fit_the_bytes_are_refused_before_room_is_made(tmp_path):
    path = dta(tmp_path / "a.dta")
    data = bytearray(path.read_bytes())
    data[data.index(b"<N>") + 6] = 0x7F  # 2 thousand million rows
    with pytest.raises(DataError, match=r"a\.dta: the file was cut or damaged"):
        stata_frame(Content("a.dta", bytes(data)))
    data = bytearray(sav(tmp_path / "a.sav").read_bytes())
    data[83] = 0x7F
    with pytest.raises(DataError, match=r"a\.sav: the file was cut or damaged"):
        spss_frame(Content("a.sav", bytes(data)))


def test_other_files_are_said_to_be_none(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match=r"a\.csv: this is not an SPSS file"):
        load.spss(tmp_path / "a.csv", "participants")
    with pytest.raises(DataError, match=r"a\.csv: this is not a Stata file"):
        load.stata(tmp_path / "a.csv", "participants")
    (tmp_path / "old.dta").write_bytes(b"\x69\x02\x01\x00" + b"\0" * 200)
    with pytest.raises(DataError, match=r"old\.dta: the file is of Stata before version 8"):
        load.stata(tmp_path / "old.dta", "participants")


def test_names_that_differ_in_case_only_are_refused(tmp_path):
    frame = FRAME.assign(ID=1.0)
    dta(tmp_path / "a.dta", frame)
    with pytest.raises(DataError, match=r"a\.dta: `id` and `ID` differ only in case or accents; rename one"):
        load.stata(tmp_path / "a.dta", "participants", **PEOPLE)


@pytest.mark.parametrize(
    ("find", "place", "value"),
    [
        (b"\x04\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00", 8, 6),  # labels of a column that is not there
        (b"SEX     ", -20, 8),  # numbers that are called text
        (b"SEX     ", -20, 0xFF),  # the type of no column
        (b"SEX     ", 0, 0),  # a column without a name
    ],
)
def test_a_damaged_dictionary_never_reaches_the_library(tmp_path, find, place, value):
    """Each of these made the library read beyond its memory, or name a column None."""
    data = bytearray(sav(tmp_path / "a.sav").read_bytes())
    data[data.index(find) + place] = value
    with pytest.raises(DataError, match=r"a\.sav: the file was cut or damaged"):
        spss_frame(Content("a.sav", bytes(data)))


def test_labels_never_belong_to_a_piece_of_text(tmp_path):
    frame = pd.DataFrame({"sex": [1.0, 2.0], "note": ["x" * 30, "y"]})
    data = bytearray(sav(tmp_path / "a.sav", frame, missing_ranges={}).read_bytes())
    place = data.index(b"\x04\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00") + 8
    for value in (2, 3, 4, 5):
        data[place] = value
        with pytest.raises(DataError, match=r"a\.sav: the file was cut or damaged"):
            spss_frame(Content("a.sav", bytes(data)))


def test_compressed_rows_with_something_left_over_are_refused(tmp_path):
    """A piece that is there twice moves all that follows, and the reader stops after the last row it expects."""
    data = sav(tmp_path / "a.sav", row_compress=True).read_bytes()
    assert spss_frame(Content("a.sav", data)).rows == 4
    for damaged in (data[:-8] + data[-16:], data + bytes(8), data + bytes(3), data[:-8]):
        with pytest.raises(DataError, match=r"a\.sav: the file was cut or damaged"):
            spss_frame(Content("a.sav", damaged))


def test_both_counts_of_rows_must_agree(tmp_path):
    data = bytearray(sav(tmp_path / "a.sav", row_compress=True).read_bytes())
    data[80] = 3  # of 4 rows
    with pytest.raises(DataError, match=r"a\.sav: the file was cut or damaged"):
        spss_frame(Content("a.sav", bytes(data)))


def test_a_time_of_day_in_a_column_of_dates_is_not_dropped():
    write = second_writer(dt.date(1582, 10, 14), dates=True)
    assert write(13_744_944_000.0) == "2018-05-06"
    assert write(13_744_944_001.0) == "13744944001"
    assert write(-1e30) == "-1e+30"
