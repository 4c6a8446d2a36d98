"""Parquet files: types as they are, nothing unpickled, damage refused."""

import builtins
import datetime as dt
import decimal

import numpy as np
import pandas as pd
import pytest

from spasticity import load
from spasticity.errors import DataError, MethodError
from spasticity.load.opening import Content, content
from spasticity.load.parquet_files import parquet_grid


@pytest.fixture(scope="module")
def arrow():
    pytest.importorskip("pyarrow", reason="an extra: pip install 'spasticity[parquet]'")
    import pyarrow
    import pyarrow.parquet

    return pyarrow


def write(arrow, path, columns, **options):
    arrow.parquet.write_table(arrow.table(columns), path, **options)
    return path


DIARY = {
    "participant": ["P1", "P1", "P2"],
    "day": [-1, 0, 1],
    "spasms": [3, None, 0],
    "spasticity_nrs": [5, 11, 0],
    "pain_nrs": [1.0, 2.0, None],
    "drowsiness_nrs": [0, 0, 0],
}


def test_a_table_arrives_with_its_ledger(arrow, tmp_path):
    loaded = load.parquet(write(arrow, tmp_path / "diary.parquet", DIARY), "diary")
    assert loaded.source.rows_read == 3
    assert loaded.table["spasms"].tolist() == [3, 0]
    assert loaded.table.index.tolist() == [1, 3]
    assert loaded.rejects[["row", "column"]].to_numpy().tolist() == [[2, "spasticity_nrs"]]


def test_every_type_is_written_as_text_once(arrow, tmp_path):
    moment = dt.datetime(2024, 3, 31, 1, 30, tzinfo=dt.UTC)
    columns = {
        "big": arrow.array([2**60 + 1, None], arrow.int64()),
        "small": arrow.array([41.8, float("nan")], arrow.float32()),
        "double": arrow.array([0.1, -2.0]),
        "flag": arrow.array([True, None]),
        "day": arrow.array([dt.date(2024, 2, 29), None]),
        "utc": arrow.array([moment, None], arrow.timestamp("us", tz="Europe/London")),
        "local": arrow.array([dt.datetime(2024, 1, 1), dt.datetime(2024, 1, 1, 22, 30)], arrow.timestamp("ms")),
        "clock": arrow.array([dt.time(22, 30), None], arrow.time64("us")),
        "exact": arrow.array([decimal.Decimal("1.50"), None]),
        "word": arrow.array(["a", ""]).dictionary_encode(),
        "none": arrow.array([None, None]),
    }
    grid = parquet_grid(content(write(arrow, tmp_path / "a.parquet", columns)))
    assert {name: cells.tolist() for name, cells in grid.columns.items()} == {
        "big": ["1152921504606846977", ""],
        "small": ["41.8", ""],
        "double": ["0.1", "-2"],
        "flag": ["true", ""],
        "day": ["2024-02-29", ""],
        "utc": ["2024-03-31T01:30:00Z", ""],
        "local": ["2024-01-01", "2024-01-01 22:30"],
        "clock": ["22:30", ""],
        "exact": ["1.50", ""],
        "word": ["a", ""],
        "none": ["", ""],
    }
    assert grid.notes == ("1 empty text read as no value",)


def test_a_file_of_pandas_is_read_without_its_objects(arrow, tmp_path):
    import pandas as pd

    pd.DataFrame(DIARY).assign(spasms=[1, 2, 3]).to_parquet(tmp_path / "a.parquet")
    assert len(load.parquet(tmp_path / "a.parquet", "diary").table) == 2


@pytest.mark.parametrize("kind", ["list", "struct", "bytes", "span"])
def test_columns_that_no_table_has_are_refused(arrow, tmp_path, kind):
    values = {"list": [[1]], "struct": [{"a": 1}], "bytes": [b"a"], "span": [dt.timedelta(1)]}[kind]
    with pytest.raises(DataError, match=r"`odd` holds .* values, which no table has; write the file without it"):
        parquet_grid(content(write(arrow, tmp_path / "a.parquet", {"odd": arrow.array(values)})))


def test_several_row_groups_and_no_rows(arrow, tmp_path):
    columns = {"n": list(range(1000)), "w": [str(n % 7) for n in range(1000)]}
    grid = parquet_grid(content(write(arrow, tmp_path / "a.parquet", columns, row_group_size=64)))
    assert grid.columns["n"].tolist() == [str(n) for n in range(1000)]
    assert grid.columns["w"].tolist() == columns["w"]
    empty = write(arrow, tmp_path / "b.parquet", {"n": arrow.array([], arrow.int64())})
    assert parquet_grid(content(empty)).notes == ("no rows",)


def test_a_cut_file_is_refused_at_every_byte(arrow, tmp_path):
    whole = write(arrow, tmp_path / "a.parquet", DIARY).read_bytes()
    for cut in range(0, len(whole), 7):
        with pytest.raises(DataError, match=r"not a Parquet file|it was cut|is damaged"):
            parquet_grid(Content("a.parquet", whole[:cut]))


def test_a_flipped_bit_in_a_checked_page_is_seen(arrow, tmp_path):
    columns = {"n": list(np.random.default_rng(1).integers(0, 2**40, 400))}
    path = write(
        arrow, tmp_path / "a.parquet", columns, write_page_checksum=True, compression="none", use_dictionary=[]
    )
    data = bytearray(path.read_bytes())
    data[1500] ^= 1
    with pytest.raises(DataError, match="the file is damaged"):
        parquet_grid(Content("a.parquet", bytes(data)))


def test_a_small_file_of_very_many_cells_is_refused_unread(arrow, tmp_path):
    rows = 70_000_000
    column = arrow.chunked_array([arrow.nulls(rows)])
    path = write(arrow, tmp_path / "a.parquet", {"a": column, "b": column, "c": column})
    with pytest.raises(DataError, match=r"the header speaks of 70,000,000 rows of 3 columns, more than"):
        parquet_grid(content(path))


def test_without_the_library_it_is_said_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "a.parquet").write_bytes(b"PAR1PAR1")
    usual = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return usual(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(
        MethodError, match=r"Parquet files need the library pyarrow, which is not installed: pip install"
    ):
        load.parquet(tmp_path / "a.parquet", "diary")


def test_another_file_is_said_to_be_none(tmp_path):
    (tmp_path / "a.parquet").write_text("a,b\n")
    with pytest.raises(DataError, match=r"a\.parquet: this is not a Parquet file"):
        load.parquet(tmp_path / "a.parquet", "diary")


def test_a_study_saved_as_parquet_reads_back_equal(tmp_path):
    pytest.importorskip("pyarrow", reason="an extra: pip install 'spasticity[parquet]'")
    study = load.sample_study().where(cohort="SCI")
    study.save(tmp_path / "csv")
    study.save(tmp_path / "saved", format="parquet")
    back, plain = load.study(tmp_path / "saved"), load.study(tmp_path / "csv")
    for name, table in plain.tables.items():
        pd.testing.assert_frame_equal(back.tables[name], table)
    assert back.protocol == study.protocol
    assert (tmp_path / "saved" / "codebook.csv").is_file()
    assert not list((tmp_path / "saved").glob("diary.csv"))
    study.save(tmp_path / "saved", overwrite=True)
    assert not list((tmp_path / "saved").glob("*.parquet"))
    study.save(tmp_path / "again", format="parquet")
    (tmp_path / "again" / "diary.csv").write_text("participant\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"`diary.parquet` and the CSV file of the same table"):
        load.study(tmp_path / "again")


def test_another_format_is_refused(tmp_path):
    with pytest.raises(MethodError, match="format='feather' is not known"):
        load.sample_study().save(tmp_path / "saved", format="feather")
