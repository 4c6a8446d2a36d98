"""Files that other programs wrote, read without a change of code."""

from pathlib import Path

import pandas as pd
import pytest

from spasticity import load

EXPORTS = Path(__file__).parents[3] / "shared" / "data" / "exports"
REDCAP = EXPORTS / "redcap"
pytestmark = [
    pytest.mark.needs_shared,
    pytest.mark.skipif(not EXPORTS.is_dir(), reason="the reference files are not beside this checkout"),
]
NOTHING = ["arm", "site", "sex", "age_years", "condition_years", "edss", "ais", "level", "walks", "first_dose_date"]


def people(fields, **constants):
    """A mapping of one form to participants, of whom only some columns were collected."""
    absent = dict.fromkeys(name for name in NOTHING if name not in fields and name not in constants)
    cohort = {} if "cohort" in fields else {"cohort": "MS"}
    return {"table": "participants", "columns": fields, "constants": absent | cohort | constants}


def project(name, records="data.csv", dictionary="dictionary.csv", **mapping):
    return load.redcap(REDCAP / name / records, REDCAP / name / dictionary, mapping)


def test_an_adam_subject_table_becomes_participants():
    loaded = load.delimited(
        EXPORTS / "pharmaverseadam" / "adsl.csv",
        "participants",
        columns={
            "participant": "USUBJID",
            "arm": "TRT01P",
            "site": "SITEID",
            "sex": "SEX",
            "age_years": "AGE",
            "first_dose_date": "TRTSDT",
        },
        constants={"cohort": "MS", "condition_years": None, "edss": None, "ais": None, "level": None, "walks": None},
        codings={"sex": {"F": "female", "M": "male"}},
        missing=("NA",),
        extra="ignore",
    )
    plain = pd.read_csv(EXPORTS / "pharmaverseadam" / "adsl.csv", dtype=str)
    assert loaded.source.rows_read == len(loaded.table) == len(plain)
    assert loaded.table["participant"].tolist() == plain["USUBJID"].tolist()
    assert loaded.table["age_years"].tolist() == plain["AGE"].astype(float).tolist()
    assert loaded.table["first_dose_date"].isna().tolist() == plain["TRTSDT"].isna().tolist()
    assert set(loaded.repairs["why"]) == {"declared missing code"}


def test_a_bids_table_of_participants_is_delimited_text():
    loaded = load.delimited(
        EXPORTS / "bids" / "ds116_participants.tsv",
        "participants",
        delimiter="\t",
        columns={"participant": "participant_id", "age_years": "age", "sex": "sex"},
        constants={"cohort": "SCI", **dict.fromkeys(set(NOTHING) - {"age_years", "sex"})},
        codings={"sex": {"F": "female", "M": "male"}},
        missing=("n/a",),
        extra="ignore",
    )
    assert len(loaded.table) == loaded.source.rows_read == 17


def test_a_longitudinal_project_with_arms():
    events = {
        f"{name}_arm_{arm}": name
        for arm, names in (
            (1, ["enrollment", "dose_1", "visit_1", "dose_2", "visit_2", "final_visit"]),
            (2, ["enrollment", "deadline_to_opt_ou", "first_dose", "first_visit", "final_visit", "deadline_to_return"]),
        )
        for name in names
    }
    items = [f"pmq{number}" for number in range(1, 5)]
    morale = {
        "table": "answers",
        "form": "patient_morale_questionnaire",
        "columns": {"participant": "study_id", "visit": "redcap_event_name"},
        "constants": {"day": None, "instrument": "morale"},
        "melt": [{"columns": {"response": item}, "constants": {"item": item}} for item in items],
    }
    who = people({"participant": "study_id", "sex": "sex", "age_years": "age", "first_dose_date": "date_enrolled"})
    loaded = project("longitudinal", events=events, tables=[who | {"form": "demographics"}, morale])
    assert loaded["participants"].table["sex"].tolist() == ["male", "female", "female"]
    answers = loaded["answers"]
    assert answers.source.factor == 4
    assert answers.source.rows_read == 10
    assert answers.table["response"].iloc[0] == "6-15"


def test_a_project_with_a_repeating_form():
    pressure = {
        "table": "answers",
        "form": "bp",
        "columns": {"participant": "record_id", "visit": "redcap_repeat_instance"},
        "constants": {"day": None, "instrument": "pressure"},
        "melt": [
            {"columns": {"response": f"bp_{item}"}, "constants": {"item": item}} for item in ("systolic", "diastolic")
        ],
    }
    who = people({"participant": "record_id", "age_years": "age"}) | {"form": "demographics"}
    loaded = project("repeating-instruments", tables=[who, pressure])
    assert loaded["participants"].table["age_years"].tolist() == [8.9, 9.6]
    assert loaded["answers"].table["response"].tolist()[:4] == ["110", "100", "111", "101"]
    assert loaded["answers"].source.rows_read == 4


def test_checkboxes_of_forms_that_were_never_opened_say_nothing():
    boxes = {
        "table": "therapy",
        "form": "form_2",
        "columns": {"participant": "record_id", "participation": "check_one___1"},
        "constants": {"day": 0, "planned_min": None, "done_min": None},
    }
    loaded = project("checkboxes-1", tables=[boxes])
    assert loaded["therapy"].source.rows_read == 3


def test_a_decimal_comma_is_read_by_the_type_of_its_field():
    heights = {
        "table": "therapy",
        "form": "demographics",
        "columns": {"participant": "record_id", "planned_min": "height", "done_min": "weight"},
        "constants": {"day": 0, "participation": None},
    }
    loaded = project("decimal-comma", tables=[heights])
    assert loaded["therapy"].table["planned_min"].tolist() == [1.54, 1.84, 1.95, 1.61]
    assert loaded["therapy"].table["done_min"].tolist() == [52.3, 92.3, 123.4, 45.9]


def test_a_register_of_five_hundred():
    who = people({"participant": "record_id", "sex": "gender"}) | {"form": "demographics"}
    loaded = project("clinical-trial-1", tables=[who])["participants"]
    assert len(loaded.table) == loaded.source.rows_read == 500
    assert set(loaded.table["sex"]) == {"female", "male"}


@pytest.mark.parametrize("dictionary", ["dictionary.csv", "metadata.csv"])
def test_both_spellings_of_a_dictionary_give_the_same_tables(dictionary):
    who = people({"participant": "record_id", "age_years": "age", "sex": "sex"}) | {"form": "demographics"}
    who["codings"] = {"sex": {"FALSE": "female", "TRUE": "male"}}
    loaded = project("simple", dictionary=dictionary, tables=[who])["participants"]
    assert loaded.table["age_years"].tolist() == [11, 11, 80, 61, 59]
    assert loaded.table["sex"].tolist() == ["female", "male", "male", "female", "male"]


def test_a_project_with_missing_codes_and_two_arms():
    who = people({"participant": "record_id", "site": "dropdown_test"}) | {"form": "multiple_choice"}
    loaded = project(
        "redcapAPI-offline",
        "TestRedcapAPI_Records.csv",
        "TestRedcapAPI_DataDictionary.csv",
        events={"event_1_arm_1": "one", "event_2_arm_2": "two"},
        missing=["UNK"],
        tables=[who | {"duplicates": "first"}],
    )["participants"]
    assert loaded.source.rows_read == len(loaded.table) + len(loaded.rejects)
    assert len(loaded.table) > 10


def test_a_project_without_data_has_no_rows():
    who = people({"participant": "record_id", "age_years": "v_number"}) | {"form": "form_1"}
    loaded = project("validation-types-1", tables=[who])["participants"]
    assert len(loaded.table) == 0
