"""SAS transport files: numbers of a mainframe, special missing values, and files that were cut."""

import datetime as dt

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from spasticity import load
from spasticity.errors import DataError, MethodError
from spasticity.load.opening import content
from spasticity.load.transport_files import sas_writer, transport_grid
from spasticity.load.transport_records import numbers
from spasticity.schema import Column, Schema

SESSIONS = Schema(
    name="sessions",
    label="for tests",
    columns=(
        Column(name="participant", kind="text", label="Participant", required=True),
        Column(name="minutes", kind="number", label="Minutes"),
        Column(name="seen", kind="date", label="Seen"),
    ),
)
COLUMNS = {"participant": "ID", "minutes": "MIN", "seen": "SEEN"}


def frame(rows):
    return pd.DataFrame(
        {
            "ID": [f"P{row:03d}" for row in range(rows)],
            "MIN": np.arange(rows) + 0.25,
            "SEEN": [float(20_000 + row) for row in range(rows)],
        }
    )


def write(path, data, version=5, formats=None):
    formats = {"SEEN": "DATE9."} if formats is None else formats
    pyreadstat.write_xport(data, str(path), file_format_version=version, table_name="SESS", variable_format=formats)
    return path


def read(path, **options):
    return load.transport(path, SESSIONS, columns=COLUMNS, **options)


@pytest.fixture
def five(tmp_path):
    return write(tmp_path / "five.xpt", frame(50))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("4110000000000000", 1.0),
        ("C276A00000000000", -118.625),
        ("0000000000000000", 0.0),
        ("401999999999999A", 0.1),
        ("7FFFFFFFFFFFFFFF", 7.237005577332262e75),
    ],
)
def test_a_number_of_the_mainframe_is_the_number_it_was(cell, value):
    values, codes = numbers(np.frombuffer(bytes.fromhex(cell), dtype=np.uint8).reshape(1, 8))
    assert values[0] == value
    assert codes[0] == 0


def test_a_number_may_take_fewer_than_eight_bytes():
    values, _ = numbers(np.frombuffer(bytes.fromhex("C276A0"), dtype=np.uint8).reshape(1, 3))
    assert values[0] == -118.625


def test_every_number_that_was_written_is_read_back_exactly(tmp_path):
    rng = np.random.default_rng(5)
    values = np.concatenate([rng.normal(0, 10.0 ** rng.integers(-30, 30, 300), 300), [0.1, 1 / 3, 2**53, -1e-60]])
    path = write(tmp_path / "many.xpt", pd.DataFrame({"MIN": values}), formats={})
    grid, _ = transport_grid(content(path))
    assert [float(cell) for cell in grid.columns["MIN"]] == values.tolist()


@pytest.mark.parametrize("version", [5, 8])
def test_both_versions_give_the_same_table(tmp_path, version):
    loaded = read(write(tmp_path / "a.xpt", frame(50), version=version))
    assert loaded.source.rows_read == len(loaded.table) == 50
    assert loaded.table["minutes"].tolist() == [row + 0.25 for row in range(50)]
    assert loaded.table["seen"].iloc[0] == pd.Timestamp("1960-01-01") + pd.Timedelta(days=20_000)
    assert loaded.table.index.tolist() == list(range(1, 51))
    assert loaded.source.format == f"XPT version {version}"


def test_a_long_name_needs_version_eight(tmp_path):
    data = frame(3).rename(columns={"MIN": "MINUTES_OF_THERAPY"})
    path = write(tmp_path / "a.xpt", data, version=8)
    loaded = load.transport(path, SESSIONS, columns=COLUMNS | {"minutes": "MINUTES_OF_THERAPY"})
    assert loaded.table["minutes"].tolist() == [0.25, 1.25, 2.25]


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        ("DATE9.", 0, "1960-01-01"),
        ("YYMMDD10.", 21310, "2018-05-06"),
        ("E8601DA.", -1, "1959-12-31"),
        ("DATE9.", 0.5, "0.5"),
        ("DATETIME20.", 1841220610, "2018-05-06 10:10:10"),
        ("DATETIME20.", 0, "1960-01-01"),
        ("TIME8.", 36610, "10:10:10"),
        ("TIME5.", 36600, "10:10"),
        ("TIME5.", 90_000, "90000"),
        ("BEST12.", 12.5, "12.5"),
        ("", 7.0, "7"),
        ("DATE9.", float("nan"), ""),
        ("DATE9.", 1e12, "1000000000000"),
    ],
)
def test_dates_and_times_are_counted_from_1960(form, value, text):
    assert sas_writer(form)(value) == text


def test_dates_agree_with_the_usual_reader(tmp_path):
    path = write(tmp_path / "a.xpt", frame(400))
    usual, _ = pyreadstat.read_xport(str(path))
    ours = read(path).table["seen"]
    assert [day.date() for day in ours] == usual["SEEN"].tolist()
    assert isinstance(usual["SEEN"].iloc[0], dt.date)


def special(path, letters):
    """The first rows of a file get special missing values."""
    data = bytearray(path.read_bytes())
    start = data.index(b"P000")
    width = 4 + 8 + 8
    for row, letter in enumerate(letters):
        data[start + row * width + 4 : start + row * width + 12] = letter + b"\0" * 7
    path.write_bytes(bytes(data))
    return path


def test_special_missing_values_are_kept_apart_and_counted(five):
    loaded = read(special(five, [b"A", b"A", b"Z", b"_", b"."]))
    assert loaded.table["minutes"].isna().sum() == 5
    assert loaded.repairs[["row", "column", "was", "why"]].to_numpy().tolist() == [
        [1, "MIN", ".A", "special missing value .A"],
        [2, "MIN", ".A", "special missing value .A"],
        [3, "MIN", ".Z", "special missing value .Z"],
        [4, "MIN", "._", "special missing value ._"],
    ]
    assert "4 cells the file calls missing (2 × .A, 1 × .Z, 1 × ._)" in loaded.source.note


def test_what_is_neither_number_nor_missing_is_damage(five):
    with pytest.raises(DataError, match=r"five\.xpt: `MIN` of record 2 is neither a number nor a missing value"):
        read(special(five, [b"A", b"\x11"]))


def test_a_file_cut_anywhere_is_refused_or_its_length_is_in_doubt(tmp_path):
    """At every byte: a cut between two rows at the end of a record is the only one that cannot be seen."""
    path = write(tmp_path / "a.xpt", frame(50))
    whole = path.read_bytes()
    rows, seen = [], 0
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        try:
            grid, _ = transport_grid(content(path))
        except DataError:
            seen += 1
            continue
        rows.append(len(grid))
        assert "the length cannot be verified; pass rows= to check it" in grid.notes
        assert (cut - whole.index(b"P000")) % 80 == 0
    assert seen > 0.99 * len(whole)
    # 20 bytes a row: every record of 80 bytes ends between two rows, which is the worst case there is
    assert rows == list(range(0, 50, 4))


def test_a_cut_within_a_row_is_seen_even_at_the_end_of_a_record(tmp_path):
    data = frame(60).assign(NOTE="x" * 17)  # 37 bytes a row: records and rows end together every 80 rows only
    path = write(tmp_path / "a.xpt", data)
    whole = path.read_bytes()
    start = whole.index(b"P000")
    for cut in range(start + 80, len(whole) - 80, 80):
        path.write_bytes(whole[:cut])
        with pytest.raises(DataError, match=r"it ends in the middle of row \d+; the file was cut"):
            read(path, extra="ignore")


def test_the_number_of_rows_of_version_eight_is_checked(tmp_path):
    path = write(tmp_path / "a.xpt", frame(50), version=8)
    whole = path.read_bytes()
    path.write_bytes(whole[:-80])
    with pytest.raises(DataError, match=r"its header speaks of 50 rows, but it holds 48; the file was cut"):
        read(path)
    path.write_bytes(whole)
    assert "verified" not in read(path).source.note


def test_the_expected_number_of_rows_finds_every_cut(five):
    assert "verified" not in read(five, rows=50).source.note
    whole = five.read_bytes()
    five.write_bytes(whole[: whole.index(b"P000") + 160])
    with pytest.raises(DataError, match=r"8 rows where 50 are expected; the file was cut or edited"):
        read(five, rows=50)


def test_rows_of_blanks_at_the_end_are_padding_and_nothing_else(tmp_path):
    path = write(tmp_path / "a.xpt", pd.DataFrame({"ID": ["a", "b", "c"]}), formats={})
    loaded = load.transport(path, SESSIONS, columns={"participant": "ID"}, constants={"minutes": None, "seen": None})
    assert loaded.table["participant"].tolist() == ["a", "b", "c"]


def test_headers_that_contradict_each_other_are_damage(five):
    whole = five.read_bytes()
    described = whole.index(b"HEADER RECORD*******NAMESTR") + 80
    for place, value in ((described + 5, 9), (described + 140 + 87, 7), (described + 1, 3)):
        data = bytearray(whole)
        data[place] = value
        five.write_bytes(bytes(data))
        with pytest.raises(DataError, match="the file was cut or damaged"):
            read(five)


def test_a_file_of_several_data_sets_needs_the_name_of_one(tmp_path):
    first, second = (write(tmp_path / f"{n}.xpt", frame(n)).read_bytes() for n in (4, 8))
    both = tmp_path / "both.xpt"
    both.write_bytes(first + second[240:].replace(b"SESS    ", b"MORE    "))
    with pytest.raises(DataError, match=r"the file holds the data sets `SESS` and `MORE`; name one, as member="):
        read(both)
    assert len(read(both, member="sess").table) == 4
    assert len(read(both, member="MORE").table) == 8


def test_the_encoding_is_declared_and_not_tried_out(tmp_path):
    path = write(tmp_path / "a.xpt", frame(3).assign(ID=["Z'a", "b", "c"]))
    path.write_bytes(path.read_bytes().replace(b"Z'a", b"Z\x92a"))
    with pytest.raises(DataError, match=r"`ID` of record 1 is not utf-8; the format does not say its encoding"):
        read(path)
    with pytest.raises(MethodError, match="encoding='cp9999' is not known"):
        read(path, encoding="cp9999")
    assert read(path, encoding="cp1252").table["participant"].iloc[0] == "Z\N{RIGHT SINGLE QUOTATION MARK}a"


def test_another_file_is_said_to_be_none(tmp_path):
    (tmp_path / "a.xpt").write_text("<html>404</html>")
    with pytest.raises(DataError, match=r"a\.xpt: this is not a SAS transport file"):
        read(tmp_path / "a.xpt")


def test_text_that_is_damaged_is_refused(five):
    data = bytearray(five.read_bytes())
    data[data.index(b"P007") + 1] = 0x07
    five.write_bytes(bytes(data))
    with pytest.raises(DataError, match=r"the control character U\+0007 stands in `ID` of record 8"):
        read(five)


def test_the_position_of_a_column_is_four_bytes(five):
    """In a long record the position of the last column takes more than two of them."""
    wide = pd.DataFrame({f"T{n}": ["x" * 200] * 2 for n in range(400)} | {"LAST": [1.5, 2.5], "SEEN": [0.0, 1.0]})
    path = write(five, wide)
    grid, _ = transport_grid(content(path))
    assert grid.columns["LAST"].tolist() == ["1.5", "2.5"]
