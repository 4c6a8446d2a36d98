"""Files whole or not at all, and the same bytes every time."""

import hashlib

import pandas as pd
import pytest

from spasticity.errors import DataError
from spasticity.files import csv_bytes, digest, write


def test_a_frame_has_one_spelling():
    frame = pd.DataFrame(
        {
            "text": pd.array(["a,b", pd.NA], dtype="string"),
            "n": pd.array([1, pd.NA], dtype="Int64"),
            "x": [0.1, float("nan")],
            "flag": pd.array([True, pd.NA], dtype="boolean"),
            "day": pd.to_datetime(["2024-03-31", None]),
            "at": pd.to_datetime(["2024-03-31T01:30:00+01:00", None], utc=True),
            "grade": pd.Categorical(["1+", None], categories=["1", "1+"]),
        }
    )
    expected = 'text,n,x,flag,day,at,grade\n"a,b",1,0.1,True,2024-03-31,2024-03-31T00:30:00Z,1+\n,,,,,,\n'
    assert csv_bytes(frame).decode() == expected


def test_repeated_column_names_are_written_as_they_are():
    frame = pd.DataFrame([[1, 2]], columns=["a", "a"])
    assert csv_bytes(frame) == b"a,a\n1,2\n"


def test_a_carriage_return_is_refused_because_readers_split_it():
    with pytest.raises(DataError, match=r"column `note`: row 1 holds a carriage return"):
        csv_bytes(pd.DataFrame({"note": ["fine", "one\rtwo"]}))


def test_a_file_is_written_once(tmp_path):
    path = write(tmp_path / "deep" / "a.txt", "µ\n")
    assert path.read_bytes() == "µ\n".encode()
    with pytest.raises(DataError, match=r"a\.txt: the file exists and is not overwritten"):
        write(path, "other")
    assert path.read_text(encoding="utf-8") == "µ\n"
    assert write(path, b"other", overwrite=True).read_bytes() == b"other"
    assert [item.name for item in path.parent.iterdir()] == ["a.txt"]


def test_a_write_that_fails_leaves_nothing(tmp_path, monkeypatch):
    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write(tmp_path / "a.txt", "content")
    assert list(tmp_path.iterdir()) == []


def test_digest_is_sha256():
    assert digest(b"abc") == hashlib.sha256(b"abc").hexdigest()
