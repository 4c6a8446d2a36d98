"""The ledger of a study: every row in one place, summed up without a value."""

import dataclasses

import pandas as pd
import pytest

from spasticity import load, report, tables
from spasticity.errors import DataError
from spasticity.ledger import COLUMNS, Ledger, rules_of
from spasticity.study import PlannedVisit, Protocol, Study, bare_code

PROTOCOL = Protocol(name="Tiny", visits=(PlannedVisit("baseline", -1, (-7, 0)),), synthetic=True)
PEOPLE = ["participant,cohort", "P01,MS", "P02,SCI ", "P03,XX", "P04,MS"]
ABSENT = dict.fromkeys(name for name in tables.PARTICIPANTS.names if name not in ("participant", "cohort"))
DIARY = ["P01,0,5,1,1,1", " P01,1,5,1,1,1", "P02,0,x,1,1,1", "P02,1,1-2,1,1,1", "P03,0,1,1,1,1", "p-1,0,1,1,1,1"]


@pytest.fixture
def study(tmp_path):
    (tmp_path / "people.csv").write_text("\n".join(PEOPLE) + "\n", encoding="utf-8")
    (tmp_path / "diary.csv").write_text("\n".join([",".join(tables.DIARY.names), *DIARY]) + "\n", encoding="utf-8")
    people = load.delimited(tmp_path / "people.csv", "participants", constants=ABSENT)
    return Study.of(PROTOCOL, people, load.delimited(tmp_path / "diary.csv", "diary"))


def test_every_row_of_every_source_is_kept_or_rejected(study):
    ledger = study.ledger
    assert ledger.frame.to_numpy().tolist() == [
        ["people.csv", "participants", 4, 3, 1, 1],
        ["diary.csv", "diary", 6, 2, 4, 1],
    ]
    assert (ledger.read, ledger.kept, ledger.rejected, ledger.repaired) == (10, 5, 5, 2)
    assert ledger.read == ledger.kept + ledger.rejected
    assert repr(ledger) == "10 rows read = 5 kept + 5 rejected; 2 cells repaired; 2 participants touched"


def test_participants_are_touched_when_a_row_of_theirs_is_rejected_or_repaired(study):
    assert study.ledger.touched == ("P01", "P02")  # P03 is no participant, and nothing happened to P04


def test_rules_are_counted_by_source_and_column(study):
    rules = study.ledger.rules
    assert rules["n"].sum() == len(study.rejects) + len(study.repairs)
    assert rules[["action", "source", "column", "n"]].to_numpy().tolist() == [
        ["row rejected", "people.csv", "cohort", 1],
        ["row rejected", "diary.csv", "spasms", 1],
        ["row rejected", "diary.csv", "spasms", 1],
        ["row rejected", "diary.csv", "participant", 1],
        ["row rejected", "diary.csv", "participant", 1],
        ["cell repaired", "people.csv", "cohort", 1],
        ["cell repaired", "diary.csv", "participant", 1],
    ]
    words = " ".join(rules["rule"])
    assert "a range" in words
    assert "differs only in zeros, marks or letter case" in words
    assert "XX" not in study.ledger.summary() + study.ledger._repr_html_()


def test_the_steps_of_a_table_add_up(study):
    steps = study.ledger.steps
    for table, rows in steps.groupby("table"):
        counts = rows.set_index("step")["rows"]
        assert counts["read"] == counts.drop("read").sum(), table
    people = steps[steps["table"] == "participants"]
    assert people["rows"].tolist() == [4, 1, 3]
    assert people["step"].tolist() == ["read", "rejected: expected one of MS, SCI, other", "kept"]


def test_steps_of_stacked_sources_are_found_by_their_own_names(study, tmp_path):
    (tmp_path / "two.csv").write_text(",".join(tables.DIARY.names) + "\nP04,x,1,1,1,1\nP04,1,1,1,1,1\n", "utf-8")
    both = load.stack(*(load.delimited(tmp_path / name, "diary") for name in ("diary.csv", "two.csv")))
    people = load.delimited(tmp_path / "people.csv", "participants", constants=ABSENT)
    ledger = Study.of(PROTOCOL, people, both).ledger
    rows = ledger.steps[ledger.steps["table"] == "diary"].set_index("step")["rows"]
    assert rows["read"] == 8 == rows.drop("read").sum()
    assert ledger.touched == ("P01", "P02", "P04")


def test_a_ledger_that_does_not_add_up_is_a_defect_of_the_program():
    frame = pd.DataFrame([["a.csv", "diary", 5, 3, 1, 0]], columns=COLUMNS)
    nothing = pd.DataFrame(columns=["source", "column", "rule", "why"])
    with pytest.raises(DataError, match="1 row read and neither kept nor rejected"):
        Ledger(frame, rules_of(nothing, nothing))


def test_a_study_made_by_hand_has_an_empty_ledger():
    empty = Study(protocol=PROTOCOL, participants=tables.PARTICIPANTS.empty()).ledger
    assert (empty.read, len(empty.rules), len(empty.steps), empty.touched) == (0, 0, 0, ())
    assert dataclasses.is_dataclass(empty)


def test_the_checkup_shows_the_ledger(study):
    found = report.checkup(study)
    assert repr(study.ledger) in found.summary()
    assert repr(study.ledger) in found._repr_html_()


def test_repairs_of_rows_that_are_rejected_later_are_not_counted(tmp_path):
    (tmp_path / "people.csv").write_text("\n".join(PEOPLE) + "\n", encoding="utf-8")
    (tmp_path / "diary.csv").write_text(",".join(tables.DIARY.names) + "\nP01,0,1,1,1,1\n P9,0,1,1,1,1\n", "utf-8")
    people = load.delimited(tmp_path / "people.csv", "participants", constants=ABSENT)
    study = Study.of(PROTOCOL, people, load.delimited(tmp_path / "diary.csv", "diary"))
    assert study.repairs["source"].tolist() == ["people.csv"]
    assert study.rejects["source"].tolist() == ["people.csv", "diary.csv"]


CODES = [("0012", "12"), ("P-12", "p12"), ("P 12", "P12"), ("S01-007", "s1_7"), ("100", "100")]


@pytest.mark.parametrize(("one", "other"), CODES)
def test_codes_that_people_type_in_two_ways_are_alike(one, other):
    assert bare_code(one) == bare_code(other)


@pytest.mark.parametrize(("one", "other"), [("P101", "P11"), ("10", "1"), ("S1-17", "S11-7"), ("A1", "B1"), ("0", "")])
def test_codes_of_two_people_are_not(one, other):
    assert bare_code(one) != bare_code(other)


def test_codes_that_differ_only_in_case_are_refused(tmp_path):
    (tmp_path / "people.csv").write_text("participant,cohort\na1,MS\nA1,MS\n", encoding="utf-8")
    people = load.delimited(tmp_path / "people.csv", "participants", constants=ABSENT)
    with pytest.raises(DataError, match="participants: 2 codes that differ only in letter case, first row 2"):
        Study.of(PROTOCOL, people)
