"""Rows of people who are not on the roster."""

import inspect

import pandas as pd
import pytest

from spasticity import load
from spasticity.errors import DataError, MethodError
from spasticity.load.study_sources import LOADERS

HEADER = "participant,day,spasms,spasticity_nrs,pain_nrs,drowsiness_nrs"
HINT = "not on the roster, which has a code that differs only in zeros, marks or letter case"


@pytest.fixture
def diary(tmp_path):
    path = tmp_path / "diary.csv"
    path.write_text(
        f"{HEADER}\nP1,0,3,5,4,1\nP9,0,3,5,4,1\np-02,0,3,5,4,1\nP2,0,x,5,4,1\n,0,3,5,4,1\n", encoding="utf-8"
    )
    return path


def test_rows_of_strangers_are_rejected_where_they_stand(diary):
    loaded = load.delimited(diary, "diary", roster=["P1", "P2"])
    assert loaded.table.index.tolist() == [2]
    rules = loaded.rejects.set_index("row")["rule"]
    assert rules[[3, 4]].tolist() == ["not on the roster", HINT]
    assert rules[5].startswith("expected a whole number")
    assert rules[6] == "a value is required"
    assert loaded.rejects["column"].tolist() == ["participant", "participant", "spasms", "participant"]
    assert loaded.source.rows_read == len(loaded.table) + len(loaded.rejects) == 5


def test_a_roster_is_the_table_of_participants_too(diary):
    people = pd.DataFrame({"participant": pd.Series(["P1", "P9", None], dtype="string")})
    assert load.delimited(diary, "diary", roster=people).table["participant"].tolist() == ["P1", "P9"]
    assert load.delimited(diary, "diary", roster=people["participant"].dropna()).table.index.tolist() == [2, 3]


def test_typed_doses_and_logged_events_have_a_roster(tmp_path):
    (tmp_path / "doses.csv").write_text(
        "participant,drug,route,start_day,end_day,dose\nP1,baclofen,oral,0,7,5-5-10\nP3,baclofen,oral,0,7,5-5-10\n"
    )
    assert load.doses(tmp_path / "doses.csv", roster=["P1"]).rejects["row"].tolist() == [3]
    (tmp_path / "events.csv").write_text(
        "participant,start,zone,severity,woke\nP1,2024-05-01 22:05,UTC,mild,true\nP3,2024-05-01 22:05,UTC,mild,true\n"
    )
    assert load.event_log(tmp_path / "events.csv", roster=["P3"]).rejects["row"].tolist() == [2]


def test_a_duplicate_of_a_stranger_does_not_count(tmp_path):
    path = tmp_path / "diary.csv"
    path.write_text(f"{HEADER}\nP1,0,3,5,4,1\nP9,0,3,5,4,1\nP9,0,4,5,4,1\n", encoding="utf-8")
    with pytest.raises(DataError, match="2 rows of diary share the key"):
        load.delimited(path, "diary")
    assert len(load.delimited(path, "diary", roster=["P1"]).rejects) == 2


@pytest.mark.parametrize(
    "name", ["dataset_json", "delimited", "doses", "event_log", "excel", "parquet", "spss", "stata"]
)
def test_every_loader_of_one_table_has_a_roster(name):
    assert "roster" in inspect.signature(LOADERS[name]).parameters


@pytest.mark.parametrize(
    ("roster", "error", "message"),
    [
        ("P1", MethodError, "roster must be the table of participants, or their codes"),
        (pd.DataFrame({"id": ["P1"]}), MethodError, "roster must be the table of participants"),
        (7, MethodError, "roster must be the table of participants"),
        ([], DataError, "there is nobody on it"),
    ],
)
def test_what_is_no_roster_is_refused(diary, roster, error, message):
    with pytest.raises(error, match=message):
        load.delimited(diary, "diary", roster=roster)
