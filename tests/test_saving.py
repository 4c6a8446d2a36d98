"""A saved study: whole or not there, harmless in a spreadsheet, and equal when it is read back."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spasticity import files, load, tables
from spasticity.errors import DataError
from spasticity.study import REPAIR_COLUMNS, Loaded, PlannedVisit, Protocol, Source, Study

RUN = ["=1+1", "+SUM(A1)", "-2+3", "@cmd", "\tx", "=cmd|' /C calc'!A0", "'=1+1", "''=1", "\uff1d1+1", "-"]
LEFT = ["1+1", "-5", "+3.5", "plain", "'tis", "a=b", "", "5-10", "'", "'-5"]


def made(reasons, repairs=()):
    people = pd.DataFrame({"participant": [f"P{n}" for n in range(len(reasons))], "cohort": "MS"})
    people = tables.PARTICIPANTS.check(people.reindex(columns=tables.PARTICIPANTS.names))
    visits = people[["participant"]].assign(visit="v", day=1, status="missed", reason=reasons)
    ledger = pd.DataFrame(repairs, columns=REPAIR_COLUMNS)
    none = pd.DataFrame(columns=["source", "row", "column", "value", "rule"])
    loaded = [
        Loaded(
            frame, ledger if schema is tables.VISITS else ledger[:0], none, Source(schema.name, "", len(frame)), schema
        )
        for schema, frame in ((tables.PARTICIPANTS, people), (tables.VISITS, tables.VISITS.check(visits)))
    ]
    return Study.of(Protocol("S", (PlannedVisit("v", 1, (0, 2)),), baseline_visit="v"), *loaded)


@pytest.mark.parametrize("text", RUN)
def test_a_text_that_would_run_gets_an_apostrophe_and_loses_it_again(text):
    quiet = files.quiet(pd.Series([text, None], dtype=object))
    assert quiet.tolist() == ["'" + text, None]
    assert files.loud(quiet).tolist() == [text, None]


@pytest.mark.parametrize("text", LEFT)
def test_a_text_that_does_not_run_stays(text):
    assert files.quiet(pd.Series([text])).tolist() == [text]
    assert files.loud(pd.Series([text])).tolist() == [text]


@given(st.lists(st.text("'=+-@\t1a.", max_size=6), min_size=1))
def test_quiet_and_loud_are_one_another_s_inverse(texts):
    assert files.loud(files.quiet(pd.Series(texts))).tolist() == texts


def test_a_study_with_formulas_reads_back_equal_and_runs_nothing(tmp_path):
    study = made([text for text in (*RUN, *LEFT) if text.strip()])
    folder = study.save(tmp_path / "s")
    written = (folder / "visits.csv").read_text(encoding="utf-8")
    assert "\nP0,v,1,missed,'=1+1\n" in written
    assert (folder / "study.toml").read_text(encoding="utf-8").startswith("apostrophes = true")
    back = load.study(folder).visits["reason"].tolist()
    assert back == study.visits["reason"].tolist()


def test_a_study_without_formulas_says_nothing_of_apostrophes(tmp_path):
    study = made(["'tis", "moved"])
    folder = study.save(tmp_path / "s")
    assert "apostrophes" not in (folder / "study.toml").read_text(encoding="utf-8")
    assert load.study(folder).visits["reason"].tolist() == ["'tis", "moved"]


def test_the_history_of_the_rows_is_saved_with_them(tmp_path):
    study = made(["a"], [("f.csv", 2, "reason", "=1\r\n", "a", "spaces")])
    folder = study.save(tmp_path / "s")
    assert pd.read_csv(folder / "repairs.csv")["was"].tolist() == ["'=1\n"]
    assert not (folder / "rejects.csv").exists()
    load.study(folder)


def test_saving_again_replaces_the_study_as_a_whole(tmp_path):
    folder = made(["a", "b"], [("f.csv", 2, "reason", "x", "a", "spaces")]).save(tmp_path / "s")
    (folder / "tone.csv").write_text("left over\n", encoding="utf-8")
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(DataError, match="exist and are not overwritten; use another folder"):
        made(["c"]).save(folder)
    made(["c"]).save(folder, overwrite=True)
    assert sorted(path.name for path in folder.iterdir()) == [
        "codebook.csv",
        "notes.txt",
        "participants.csv",
        "study.toml",
        "visits.csv",
    ]
    assert load.study(folder).visits["reason"].tolist() == ["c"]


@pytest.mark.parametrize("there", [False, True])
def test_a_save_that_fails_leaves_no_half_study(tmp_path, monkeypatch, there):
    folder = tmp_path / "s"
    if there:
        made(["old", "older"]).save(folder)
    whole = files.write

    def full(path, content, **options):
        if path.name == "visits.csv":
            raise OSError(28, "No space left on device", str(path))
        return whole(path, content, **options)

    monkeypatch.setattr(files, "write", full)
    with pytest.raises(OSError, match="No space left"):
        made(["new"]).save(folder, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == (["s"] if there else [])
    if there:
        assert load.study(folder).visits["reason"].tolist() == ["old", "older"]


def test_an_optional_column_is_saved_when_somebody_filled_it_and_read_back_either_way(tmp_path):
    study = made(["moved"])
    walk = {"participant": "P0", "visit": "v", "test": "tug", "trial": 1, "unable": False}
    for orthosis, there in ((None, False), ("ankle-foot", True)):
        walks = tables.WALKS.check(pd.DataFrame([{**walk, "orthosis": orthosis}]).reindex(columns=tables.WALKS.names))
        folder = replace(study, walks=walks).save(tmp_path / str(there))
        header = (folder / "walks.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
        assert ("orthosis" in header) == there
        assert "pace" not in header
        pd.testing.assert_frame_equal(load.study(folder).walks, walks)
