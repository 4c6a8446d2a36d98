"""Keys that come twice are found by their numbers as they are by their values."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spasticity.errors import DataError
from spasticity.load import keys
from spasticity.load.casting import column_reading
from spasticity.load.grid import texts
from spasticity.load.opening import Content, utf8_of
from spasticity.schema import Column

WHO = Column(name="who", kind="text", label="who")
DAY = Column(name="day", kind="integer", label="day")


@settings(max_examples=200, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["1", "01", "2", "3", ""])), min_size=1, max_size=9
    ),
    roomy=st.sampled_from([0, 8]),
)
def test_keys_differ_when_no_row_is_a_duplicate(rows, roomy):
    who, day = zip(*rows, strict=True)
    readings = [column_reading(texts(who), WHO), column_reading(texts(day), DAY)]
    table = pd.DataFrame({name: reading.values[name] for name, reading in zip(("who", "day"), readings, strict=True)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "ROOMY", roomy)
        assert keys._all_differ(table, ["who", "day"], readings) == (not table.duplicated().any())
        some = table.iloc[::2]
        assert keys._all_differ(some, ["who", "day"], readings) == (not some.duplicated().any())


def test_more_keys_than_can_be_numbered_are_compared_by_value(monkeypatch):
    readings = [column_reading(texts(["a", "b"]), WHO)]
    table = pd.DataFrame({"who": readings[0].values["who"]})
    assert keys._all_differ(table, ["who"], readings)
    monkeypatch.setattr(keys, "LARGEST", 1)
    assert not keys._all_differ(table, ["who"], readings)


@pytest.mark.parametrize("place", [0, 5, 262_143, 262_144, 299_999])
@pytest.mark.parametrize("code", [0, 8, 11, 27, 31, 127])
def test_a_control_character_is_found_wherever_it_stands(place, code):
    data = bytearray(b"a,b\n" * 75_000)
    data[place] = code
    with pytest.raises(DataError, match=f"the control character U\\+{code:04X} stands in line {place // 4 + 1:,}"):
        utf8_of(Content("x.csv", bytes(data)), "utf-8")


def test_ascii_is_taken_as_it_is_in_every_encoding_over_it():
    data = b"a,b\r\n\t1,2\n"
    for encoding in ("utf-8", "cp1252", "latin-1", "ascii"):
        assert utf8_of(Content("x.csv", data), encoding) == (data, [])
    assert utf8_of(Content("x.csv", "a,\u00b5\n".encode("cp1252")), "cp1252") == ("a,\u00b5\n".encode(), [])
    assert utf8_of(Content("x.csv", "a,b\n".encode("utf-16")), "utf-8") == (b"a,b\n", ["byte-order mark: utf-16"])
    with pytest.raises(DataError, match="the file is empty"):
        utf8_of(Content("x.csv", b" \n"), "utf-8")
    with pytest.raises(DataError, match="packed or binary"):
        utf8_of(Content("x.csv", b"%PDF-1.4\n"), "utf-8")


def test_numbers_are_laid_out_over_many_pieces():
    rows = 150_000
    written = texts([str(number % 7) if number % 11 else "" for number in range(rows)])
    values = column_reading(written, DAY).values["day"]
    assert values.dtype == "Int64"
    assert values.isna().tolist() == [number % 11 == 0 for number in range(rows)]
    assert (values.dropna() == np.array([number % 7 for number in range(rows) if number % 11])).all()
