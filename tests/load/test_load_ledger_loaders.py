"""The ledger of typed doses, event logs, REDCap exports and whole studies: it balances, and it replays the table.

More examples than the suite tries, here and in test_load_ledger.py; what was tried is in tests/reference/ledger/:

    SPASTICITY_EXAMPLES=4000 python -m pytest tests/load/test_load_ledger.py tests/load/test_load_ledger_loaders.py
"""

import csv
import os

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spasticity import load, tables
from spasticity.errors import DataError
from spasticity.study import PlannedVisit, Protocol, Study

EXAMPLES = int(os.environ.get("SPASTICITY_EXAMPLES", "12"))
PROFILE = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

people = st.sampled_from(["P1", "P2", " P1", "p1", "", "X9"])
days = st.sampled_from(["0", "7", "14", "-3", "x", "", "\u22121", "1.5"])
typed = st.sampled_from(["10 mg tid", "5-5-10", "as before", "", "stopped", "2 x 10 mg", "0,5 mg", "300", "?!"])
routes = st.sampled_from(["oral", "intrathecal", "Oral", "nasal"])
DOSE = ["participant", "drug", "route", "start_day", "end_day", "dose"]
dose_rows = st.lists(st.tuples(people, st.just("baclofen"), routes, days, days, typed).map(list), max_size=8)
starts = st.sampled_from(
    ["2024-03-30 22:05", "2024-03-31 01:30", "2024-10-27 01:30", "1970-01-01 00:00", "soon", "", " 2024-05-01T10:00Z"]
)
zones = st.sampled_from(["Europe/London", "London", ""])
EVENT = ["participant", "start", "zone", "severity", "woke"]
event_rows = st.lists(
    st.tuples(people, starts, zones, st.sampled_from(["mild", "Mild", "bad", ""]), st.sampled_from(["true", ""])).map(
        list
    ),
    max_size=8,
)
DIARY = tables.DIARY.names
diary_rows = st.lists(
    st.tuples(people, days, *[st.sampled_from(["0", "5", "11", "-99", "", " 3"])] * 4).map(list), max_size=8
)
GOOD = {
    "doses": ["P0", "baclofen", "oral", "0", "7", "10 mg tid"],
    "events": ["P0", "2024-03-30 22:05", "Europe/London", "mild", "true"],
    "diary": ["P0", "0", "1", "1", "1", "1"],
}
READ = {
    "doses": lambda path: load.doses(path, duplicates="first"),
    "events": lambda path: load.event_log(path, overlap="second"),
    "diary": lambda path: load.delimited(path, "diary", missing=("-99", ""), duplicates="reject"),
}
HEADERS = {"doses": DOSE, "events": EVENT, "diary": DIARY}
ROWS = {"doses": dose_rows, "events": event_rows, "diary": diary_rows}


def written(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return path


def replayed(rows, loaded):
    """The rows that were kept, with their repaired cells, each repair where it says it was."""
    lines = {number: list(row) for number, row in enumerate(rows[1:], start=2)}
    for repair in loaded.repairs.itertuples():
        place = rows[0].index(repair.column)
        assert lines[repair.row][place] == repair.was
        lines[repair.row][place] = repair.became
    return [rows[0], *(row for number, row in lines.items() if number not in set(loaded.rejects["row"]))]


def assert_balanced(loaded):
    assert loaded.source.rows_read * loaded.source.factor == len(loaded.table) + len(loaded.rejects)
    assert set(loaded.repairs["row"]) <= set(loaded.table.index)


@pytest.mark.parametrize("kind", READ)
@PROFILE
@given(data=st.data())
def test_the_ledger_of_a_loader_balances_and_replays(kind, tmp_path, data):
    rows = [HEADERS[kind], GOOD[kind], *data.draw(ROWS[kind])]
    loaded = READ[kind](written(tmp_path / "source.csv", rows))
    assert_balanced(loaded)
    assert loaded.source.rows_read == len(rows) - 1
    again = READ[kind](written(tmp_path / "again.csv", replayed(rows, loaded)))
    assert again.rejects.empty
    assert again.repairs.empty
    pd.testing.assert_frame_equal(again.table.reset_index(drop=True), loaded.table.reset_index(drop=True))


@pytest.mark.parametrize("kind", READ)
@PROFILE
@given(data=st.data())
def test_the_order_of_rows_does_not_change_what_is_read_kept_and_rejected(kind, tmp_path, data):
    rows = data.draw(ROWS[kind].map(lambda rows: [row for row in rows if "as before" not in row]))
    shuffled = data.draw(st.permutations(rows))
    counts = []
    for number, order in enumerate((rows, shuffled)):
        loaded = READ[kind](written(tmp_path / f"{number}.csv", [HEADERS[kind], GOOD[kind], *order]))
        counts.append((len(loaded.table), len(loaded.rejects)))
    assert counts[0] == counts[1]


FIELDS = ["record_id,base,text,Id,,,", "visit_day,base,text,Day,,integer,", "kf_l,base,text,Left,,,"]
FIELDS += ["kf_r,base,text,Right,,,", "total,base,calc,Sum,[visit_day]+1,,"]
TOP = "field_name,form_name,field_type,field_label,select_choices_or_calculations,"
TOP += "text_validation_type_or_show_slider_number,field_annotation"
RECORD = ["record_id", "visit_day", "kf_l", "kf_r", "total", "base_complete"]
MAPPING = {
    "missing": ["-99"],
    "tables": [
        {"table": "tone", "form": "base", "constants": {"visit": "baseline", "scale": "mas", "muscle": "knee flexors"}}
        | {"columns": {"participant": "record_id", "day": "total"}, "duplicates": "first"}
        | {"melt": [{"columns": {"grade": f"kf_{side[0]}"}, "constants": {"side": side}} for side in ("left", "right")]}
    ],
}
grades = st.sampled_from(["0", "1+", "1,5", "2.5", "", "-99", " 3"])
records = st.lists(
    st.tuples(people.filter(bool), st.sampled_from(["1", "5", "x", ""]), grades, grades, days, st.just("2")).map(list),
    max_size=6,
)


@PROFILE
@given(rows=records)
def test_the_ledger_of_a_project_balances_and_replays(tmp_path, rows):
    (tmp_path / "dictionary.csv").write_text("\n".join([TOP, *FIELDS]) + "\n", encoding="utf-8")
    rows = [RECORD, ["P0", "1", "2", "3", "2", "2"], *rows]

    def read(name, lines):
        return load.redcap(written(tmp_path / name, lines), tmp_path / "dictionary.csv", MAPPING)["tone"]

    loaded = read("records.csv", rows)
    assert_balanced(loaded)
    whole = [line for line in range(2, len(rows) + 1) if line not in set(loaded.rejects["row"])]
    kept = loaded.table[loaded.table.index.isin(whole)]
    again = read("again.csv", replayed(rows, loaded))
    assert again.rejects.empty
    assert again.repairs["why"].tolist() == []
    pd.testing.assert_frame_equal(again.table.reset_index(drop=True), kept.reset_index(drop=True))


PROTOCOL = Protocol(name="Tiny", visits=(PlannedVisit("baseline", -1, (-7, 0)),), synthetic=True)
ABSENT = dict.fromkeys(name for name in tables.PARTICIPANTS.names if name not in ("participant", "cohort"))


@PROFILE
@given(names=st.lists(people, max_size=4), diary=diary_rows, events=event_rows)
def test_the_ledger_of_a_study_adds_up_over_its_sources(tmp_path, names, diary, events):
    rows = [["participant", "cohort"], ["P0", "MS"], *([name, "SCI"] for name in names)]
    who = written(tmp_path / "people.csv", rows)
    loaded = [load.delimited(who, "participants", constants=ABSENT, duplicates="first")]
    loaded += [
        READ[kind](written(tmp_path / f"{kind}.csv", [HEADERS[kind], GOOD[kind], *more]))
        for kind, more in (("diary", diary), ("events", events))
    ]
    try:
        study = Study.of(PROTOCOL, *loaded)
    except DataError as error:
        assert "differ only in letter case" in str(error)  # noqa: PT017  # the one thing that may be wrong here
        return
    ledger = study.ledger
    assert ledger.read == sum(len(part) for part in (rows, diary, events)) - 1 + 2
    assert ledger.read == ledger.kept + ledger.rejected
    assert ledger.kept == sum(len(frame) for frame in study.tables.values())
    assert ledger.rejected == len(study.rejects)
    assert ledger.repaired == len(study.repairs)
    assert set(ledger.touched) <= set(study.participants["participant"])
    counts = ledger.steps.groupby("table")["rows"]
    assert (counts.sum() == 2 * counts.first()).all()  # what was rejected and kept is what was read
