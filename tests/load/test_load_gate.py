"""The gate: nothing that may tell who a person is gets in unless somebody said why."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import xlsxwriter

from spasticity import load
from spasticity.errors import DataError, MethodError
from spasticity.load.casting import assemble, column_reading
from spasticity.load.grid import Grid, texts
from spasticity.tables import VISITS

HEADER = "participant,visit,day,status,reason"
CLEAN = ["P1,baseline,-1,attended,", "P2,baseline,-1,missed,pump refill"]
SECRET = "Mrs Doe said call 07700 900123"
DIRTY = [*CLEAN, f"P3,baseline,-1,missed,{SECRET}", "P4,baseline,-1,missed,Mrs Doe ill"]


def written(tmp_path, rows, name="visits.csv", header=HEADER):
    path = tmp_path / name
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def visits(tmp_path, rows, identifiers="refuse", **options):
    return load.delimited(written(tmp_path, rows), "visits", identifiers=identifiers, **options)


def test_clean_files_pass_and_nothing_is_said(tmp_path):
    loaded = visits(tmp_path, CLEAN)
    assert len(loaded.table) == 2
    assert loaded.identifiers.empty


def test_by_default_a_file_is_refused_with_place_kind_and_count_but_no_value(tmp_path):
    with pytest.raises(
        DataError,
        match=r"^visits\.csv: column `reason` holds what looks like a name in 2 rows, first row 4, and there is 1 "
        r"further finding; .* pass identifiers='redact', or say why it may stay: identifiers=\{'reason': '\.\.\.'\}",
    ) as caught:
        visits(tmp_path, DIRTY)
    failures = caught.value.failures
    assert failures["rule"].tolist() == ["name, 2 cells", "phone number, 1 cell"]
    assert failures["row"].tolist() == [4, 4]
    assert failures["value"].isna().all()
    for secret in ("Doe", "07700"):
        assert secret not in str(caught.value) + failures.to_csv()


def test_flag_lets_it_in_and_says_where(tmp_path):
    loaded = visits(tmp_path, DIRTY, "flag")
    assert loaded.table["reason"].iloc[2] == SECRET
    found = loaded.identifiers[loaded.identifiers["action"] == "kept"]
    assert found[["place", "kind", "cells", "first_row"]].values.tolist() == [
        ["column `reason`", "name", 2, 4],
        ["column `reason`", "phone number", 1, 4],
    ]
    assert "Doe" not in loaded.identifiers.to_csv()


def test_redact_puts_the_kind_in_its_place_everywhere(tmp_path):
    loaded = visits(tmp_path, [*DIRTY, "P5,baseline,-1,perhaps,Mrs Doe"], "redact")
    assert loaded.table["reason"].tolist()[2:] == ["Mrs [NAME] said call [PHONE NUMBER]", "Mrs [NAME] ill"]
    assert loaded.repairs[["row", "column", "became", "why"]].values.tolist() == [
        [4, "reason", "Mrs [NAME] said call [PHONE NUMBER]", "identifier taken out"],
        [5, "reason", "Mrs [NAME] ill", "identifier taken out"],
    ]
    assert loaded.rejects["row"].tolist() == [6]
    assert set(loaded.identifiers["action"]) == {"redacted"}
    for frame in (loaded.table, loaded.repairs, loaded.rejects, loaded.identifiers):
        assert "Doe" not in frame.to_csv()


def test_redacting_twice_changes_nothing(tmp_path):
    once = visits(tmp_path, DIRTY, "redact").table
    rows = [",".join("" if pd.isna(cell) else str(cell) for cell in row) for row in once.itertuples(index=False)]
    again = visits(tmp_path, rows)
    pd.testing.assert_frame_equal(again.table, once)
    assert len(again.repairs) == 0


def test_a_reason_lets_one_column_in_and_is_kept(tmp_path):
    loaded = visits(tmp_path, DIRTY, {"reason": "invented names of a training data set"})
    assert loaded.table["reason"].iloc[2] == SECRET
    kept = loaded.identifiers[loaded.identifiers["action"] == "kept"]
    assert set(kept["reason"]) == {"invented names of a training data set"}
    with pytest.raises(DataError, match="column `Tel` holds"):
        load.delimited(
            written(tmp_path, [f"{row},07700900123" for row in DIRTY], header=f"{HEADER},Tel"),
            "visits",
            extra="keep",
            identifiers={"reason": "invented names"},
        )


def test_the_rest_may_be_redacted_beside_a_reason(tmp_path):
    loaded = load.delimited(
        written(tmp_path, [f"{row},07700900123" for row in DIRTY], header=f"{HEADER},Tel"),
        "visits",
        extra="keep",
        identifiers={"reason": "invented names", "*": "redact"},
    )
    assert loaded.table["reason"].iloc[3] == "Mrs Doe ill"
    assert set(loaded.table["Tel"]) == {"[PHONE NUMBER]"}


@pytest.mark.parametrize(
    ("identifiers", "message"),
    [
        ("ignore", "identifiers='ignore' is not known: expected `refuse`, `flag` or `redact`"),
        ({"reason": ""}, "`reason` needs a reason in words"),
        ({"reason": "fine"}, "`reason` needs a reason in words"),
        ({"comment": "not in this file"}, "identifiers names `comment`, which visits.csv does not have"),
        ({"*": "drop"}, "identifiers of \\*='drop' is not known"),
        (3, "identifiers: expected `refuse`, `flag` or `redact`, or columns with the reason"),
    ],
)
def test_an_option_that_is_not_understood_is_refused(tmp_path, identifiers, message):
    with pytest.raises(MethodError, match=message):
        visits(tmp_path, CLEAN, identifiers)


def test_a_column_that_is_not_read_does_not_get_in_and_is_not_refused(tmp_path):
    path = written(tmp_path, [f"{row},Jane Doe" for row in CLEAN], header=f"{HEADER},patient_name")
    assert len(load.delimited(path, "visits", extra="ignore").table) == 2
    with pytest.raises(DataError, match="by its name, column `patient_name` holds what looks like a name in 2 rows"):
        load.delimited(path, "visits", extra="keep")


def test_a_column_is_judged_by_the_name_it_has_in_the_file(tmp_path):
    path = written(tmp_path, CLEAN, header=HEADER.replace("participant", "MRN"))
    with pytest.raises(DataError, match="by its name, column `MRN` holds what looks like a medical record number"):
        load.delimited(path, "visits", columns={"participant": "MRN"})
    with pytest.raises(DataError, match="by its name, column `MRN`"):  # people could no longer be told apart
        load.delimited(path, "visits", columns={"participant": "MRN"}, identifiers="redact")


def test_a_refused_cell_of_a_number_goes_through_the_gate_too(tmp_path):
    rows = [*CLEAN, f"P3,baseline,{SECRET},missed,"]
    with pytest.raises(DataError, match="column `day` holds what looks like a name in 1 row, first row 4"):
        visits(tmp_path, rows)
    loaded = visits(tmp_path, rows, "redact")
    assert loaded.rejects["value"].tolist() == ["Mrs [NAME] said call [PHONE NUMBER]"]


def test_a_torn_row_is_masked_and_left_out_beside_a_column_of_names(tmp_path):
    rows = [*CLEAN, f"P3,baseline,-1,missed,{SECRET},too,many"]
    assert visits(tmp_path, rows).rejects["value"].tolist() == [
        "P3,baseline,-1,missed,Mrs [NAME] said call [PHONE NUMBER],too,many"
    ]
    path = written(tmp_path, [f"{row},Jane" for row in CLEAN] + ["P3,Jane"], header=f"{HEADER},patient_name")
    assert load.delimited(path, "visits", extra="ignore").rejects["value"].tolist() == ["[LEFT OUT]"]


def test_the_name_of_a_file_is_looked_at(tmp_path):
    path = written(tmp_path, CLEAN, name="Mrs_Doe 3.csv")
    with pytest.raises(DataError, match=r"the file name holds what looks like a name; .*Rename the file") as caught:
        load.delimited(path, "visits")
    assert "Doe" not in str(caught.value)
    assert load.delimited(path, "visits", identifiers="redact").source.name == "Mrs_[NAME] 3.csv"
    kept = load.delimited(path, "visits", identifiers={"file name": "the name of a ward"})
    assert kept.source.name == "Mrs_Doe 3.csv"


def test_the_date_of_an_export_stays_in_the_name_of_its_file(tmp_path):
    path = written(tmp_path, CLEAN, name="visits_2024-03-09.csv")
    loaded = load.delimited(path, "visits")
    assert loaded.source.name == "visits_[DATE].csv"
    assert loaded.identifiers[["place", "kind", "action"]].values.tolist() == [["file name", "date", "left behind"]]


def test_people_of_ninety_and_older_are_one_class(tmp_path):
    header = "participant,cohort,arm,site,sex,age_years,condition_years,edss,ais,level,walks,first_dose_date"
    path = written(tmp_path, ["P1,MS,,,,91,,,,,,", "P2,MS,,,,89,,,,,,"], header=header)
    with pytest.raises(
        DataError, match="column `age_years` holds what looks like an age over 89 in 1 row, first row 2"
    ):
        load.delimited(path, "participants")
    loaded = load.delimited(path, "participants", identifiers="redact")
    assert loaded.table["age_years"].tolist() == [90, 89]
    assert loaded.repairs[["row", "was", "why"]].values.tolist() == [[2, "[AGE OVER 89]", "identifier taken out"]]


def test_an_age_that_nobody_has_is_a_slip_and_no_identifier(tmp_path):
    header = "participant,cohort,arm,site,sex,age_years,condition_years,edss,ais,level,walks,first_dose_date"
    path = written(tmp_path, ["P1,MS,,,,212,,,,,,", "P2,MS,,,,89,,,,,,"], header=header)
    for mode in ("refuse", "redact"):
        loaded = load.delimited(path, "participants", identifiers=mode)
        assert loaded.rejects[["row", "column", "value"]].values.tolist() == [[2, "age_years", "212"]]
        assert loaded.rejects["rule"][0] == "expected a number from 0 to 120"
        assert loaded.identifiers.empty
    both = written(tmp_path, ["P1,MS,,,,212,,,,,,", "P2,MS,,,,90,,,,,,"], header=header)
    with pytest.raises(DataError, match="an age over 89 in 1 row, first row 3"):
        load.delimited(both, "participants")


def grid_of(header, reason="pump refill"):
    columns = {"participant": ["P1"], "visit": ["v"], "day": ["1"], "status": ["missed"], "reason": [reason]}
    cells = {name: texts(values) for name, values in columns.items()}
    return Grid(name="visits.sav", sha256="", format="spss", columns=cells, rows=np.array([1]), header=header)


def assembled(header, **options):
    grid = grid_of(header)
    return assemble(grid, VISITS, [column_reading(grid.columns[c.name], c) for c in VISITS], **options)


def test_a_header_that_names_a_patient_is_refused_and_its_maker_is_left_behind():
    with pytest.raises(DataError, match="the header `patient` holds what looks like a name") as caught:
        assembled({"patient": "X F X Jane_Doe"})
    assert "Doe" not in str(caught.value)
    kept = assembled({"patient": "X F X Jane_Doe"}, identifiers={"header": "an invented patient"})
    assert kept.identifiers["reason"].tolist() == ["an invented patient"]
    left = assembled({"creator": "Jane Doe", "Serial Number": "TAS1H30182785"})
    assert left.identifiers[["place", "action"]].values.tolist() == [
        ["header `creator`", "left behind"],
        ["header `Serial Number`", "left behind"],
    ]


def test_the_properties_of_a_workbook_are_its_header(tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "v.xlsx")) as workbook:
        workbook.set_properties({"title": "Visits of Mrs Doe", "author": "J Roe"})
        sheet = workbook.add_worksheet("v")
        for row, line in enumerate([HEADER, *CLEAN]):
            sheet.write_row(row, 0, line.split(","))
    with pytest.raises(DataError, match="the header `title` holds what looks like a name"):
        load.excel(tmp_path / "v.xlsx", "v", "visits")
    loaded = load.excel(tmp_path / "v.xlsx", "v", "visits", identifiers={"header": "an invented title"})
    assert loaded.identifiers[["place", "action"]].values.tolist() == [
        ["header `title`", "kept"],
        ["header `creator`", "left behind"],
        ["header `lastModifiedBy`", "left behind"],
    ]


def test_a_saved_study_says_in_its_plan_why_identifiers_may_stay(folder):
    path = folder / "visits.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[1] = ",".join([*lines[1].split(",")[:3], "missed", SECRET])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"visits\.csv: column `reason` holds"):
        load.study(folder)
    assert load.study(folder, identifiers="redact").visits["reason"].iloc[0] == "Mrs [NAME] said call [PHONE NUMBER]"
    assert set(load.study(folder, identifiers="flag").identifiers["action"]) >= {"kept"}
    plan = folder / "study.toml"
    plan.write_text(plan.read_text() + '\n[identifiers.visits]\nreason = "names are invented"\n', encoding="utf-8")
    study = load.study(folder)
    assert study.visits["reason"].iloc[0] == SECRET
    kept = study.identifiers[study.identifiers["action"] == "kept"]
    assert set(kept["reason"]) == {"names are invented"}
    saved = study.save(folder.parent / "again")
    pd.testing.assert_frame_equal(load.study(saved).visits, study.visits)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[identifiers.visit]\nreason = 'a b'\n", "`visit` is not known; did you mean `visits`"),
        ("[identifiers.visits]\nreason = 3\n", "line \\d+: `reason` must be a reason in quotes"),
        ("[identifiers]\nvisits = 'a b'\n", "must hold columns with the reason"),
    ],
)
def test_a_plan_with_reasons_that_are_not_understood_is_refused(folder, text, message):
    plan = folder / "study.toml"
    plan.write_text(plan.read_text() + text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        load.study(folder)


def test_sources_of_a_study_pass_the_same_gate(folder):
    (folder / "visits.csv").rename(folder / "arrived.csv")
    lines = (folder / "arrived.csv").read_text(encoding="utf-8").splitlines()
    lines[1] = ",".join([*lines[1].split(",")[:3], "missed", SECRET])
    (folder / "arrived.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    plan = (folder / "study.toml").read_text().split("[rows]")[0]
    people = '[[sources]]\nloader = "delimited"\ntable = "participants"\nfile = "participants.csv"\n'
    source = f'{people}[[sources]]\nloader = "delimited"\ntable = "visits"\nfile = "arrived.csv"\n'
    (folder / "study.toml").write_text(plan + source, encoding="utf-8")
    with pytest.raises(DataError, match=r"arrived\.csv: column `reason` holds"):
        load.study(folder)
    (folder / "study.toml").write_text(f'{plan}{source}identifiers = "redact"\n', encoding="utf-8")
    assert load.study(folder).visits["reason"].iloc[0] == "Mrs [NAME] said call [PHONE NUMBER]"
    (folder / "study.toml").write_text(f"{plan}{source}[sources.identifiers]\nreason = 'names are invented'\n")
    assert load.study(folder).visits["reason"].iloc[0] == SECRET
    assert load.study(folder, identifiers="redact").visits["reason"].iloc[0] == SECRET  # the reason stands


def test_the_sample_study_and_its_raw_files_hold_nothing():
    for study in (load.sample_study(), load.raw_sample()):
        assert not set(study.identifiers["action"]) & {"kept", "redacted"}


def test_a_field_that_its_project_calls_an_identifier_is_one():
    grid = grid_of({})
    readings = [column_reading(grid.columns[column.name], column) for column in VISITS]
    marked = dataclasses.replace(grid, marked=frozenset({"reason"}))
    with pytest.raises(DataError, match="by its name, column `reason` holds what looks like a personal code in 1 row"):
        assemble(marked, VISITS, readings)
    assert assemble(marked, VISITS, readings, identifiers="redact").table["reason"].tolist() == ["[PERSONAL CODE]"]


def test_a_redcap_dictionary_marks_its_identifiers(tmp_path):
    head = "field_name,form_name,field_type,field_label,select_choices_or_calculations,"
    head += "text_validation_type_or_show_slider_number,field_annotation,identifier"
    fields = ["study_id,visit,text,Id,,,,", "why,visit,notes,Why,,,,y"]
    (tmp_path / "dictionary.csv").write_text("\n".join([head, *fields]) + "\n", encoding="utf-8")
    (tmp_path / "records.csv").write_text("study_id,why,visit_complete\nP1,ill,2\n", encoding="utf-8")
    visits = {
        "table": "visits",
        "form": "visit",
        "columns": {"participant": "study_id", "reason": "why"},
        "constants": {"visit": "v", "day": 1, "status": "missed"},
    }
    with pytest.raises(DataError, match="by its name, column `why` holds what looks like a personal code"):
        load.redcap(tmp_path / "records.csv", tmp_path / "dictionary.csv", {"tables": [visits]})
    reason = {"why": "codes of a fixed list"}
    loaded = load.redcap(
        tmp_path / "records.csv", tmp_path / "dictionary.csv", {"tables": [visits]}, identifiers=reason
    )
    assert loaded["visits"].table["reason"].tolist() == ["ill"]
    with pytest.raises(MethodError, match=r"identifiers names `whi`, which records\.csv does not have"):
        load.redcap(
            tmp_path / "records.csv",
            tmp_path / "dictionary.csv",
            {"tables": [visits]},
            identifiers={"whi": "a typing slip"},
        )
