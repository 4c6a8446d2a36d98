"""A draft asks and never answers; a check says everything that is wrong at once, with the line."""

import shutil
import tomllib

import pytest
from click.testing import CliRunner

from spasticity import load
from spasticity.cli import main
from spasticity.errors import DataError, MethodError
from spasticity.load.columns import canonical
from spasticity.load.mapping_names import likely, likely_tables
from spasticity.tables import DIARY, MEDICATIONS, STUDY_TABLES, TONE

RAW = load.sample_folder() / "raw"
HEADER = "Patient;Study day;Spasms;Spasticity 0-10;Pain 0-10;Drowsiness 0-10\n"


@pytest.fixture
def export(tmp_path):
    (tmp_path / "diary.csv").write_text(HEADER + "P1;0;5;4;3;1\n", encoding="utf-8")
    return tmp_path / "diary.csv"


def test_a_draft_has_a_place_for_every_column_and_fills_in_none(export):
    text = load.draft(export)
    source = tomllib.loads(text)["sources"][0]
    assert source["columns"] == dict.fromkeys(DIARY.names, "TODO")
    assert source["table"] == "TODO"
    assert (source["loader"], source["delimiter"], source["file"]) == ("delimited", ";", "diary.csv")
    assert 'perhaps "diary"' in text
    assert 'pain_nrs       = "TODO"  # perhaps "Pain 0-10"' in text
    assert "P1" not in text


def test_a_draft_that_nobody_filled_in_loads_nothing(export):
    (export.parent / "study.toml").write_text(load.draft(export), encoding="utf-8")
    with pytest.raises(DataError, match=r"study.toml, line 5: 8 places still to fill in \(TODO\)"):
        load.study(export.parent)


def test_a_draft_that_was_filled_in_loads(export):
    text = load.draft(export, table="diary")
    assert 'table = "diary"' in text
    answers = dict(zip(DIARY.names, HEADER.strip().split(";"), strict=True))
    for name, place in answers.items():
        text = text.replace(f'{name:<14} = "TODO"', f'{name:<14} = "{place}"')
    text = text.replace('name = "TODO"', 'name = "Small"')
    people = '[[sources]]\nloader = "delimited"\ntable = "participants"\nfile = "people.csv"\n[sources.columns]\n'
    absent = [name for name in STUDY_TABLES[0].names if name not in ("participant", "cohort")]
    text += "\n" + people + "".join(f'{name} = ""\n' for name in absent)
    (export.parent / "people.csv").write_text("participant,cohort\nP1,MS\n", encoding="utf-8")
    (export.parent / "study.toml").write_text(text, encoding="utf-8")
    assert load.problems(export.parent).empty
    study = load.study(export.parent)
    assert study.diary[["spasms", "pain_nrs"]].to_numpy().tolist() == [[5, 3]]


@pytest.mark.parametrize("table", [schema.name for schema in STUDY_TABLES])
def test_a_draft_of_every_table_is_toml(export, table):
    text = load.draft(export, table=table)
    uncommented = "\n".join(
        line.removeprefix("# ") if line.startswith("# [") or " = " in line else line for line in text.split("\n")
    )
    assert set(tomllib.loads(text)["sources"][0]["columns"]) == set(canonical(table).names)
    assert uncommented.count("TODO") == text.count("TODO")


def test_slots_of_a_draft_are_toml_once_they_are_opened(export):
    text = load.draft(export, table="participants")
    opened = text[text.index("# When the file writes") :].replace("# [", "[").replace("\n# ", "\n")
    slots = tomllib.loads(opened.split("\n", 1)[1])["sources"]
    assert slots["codings"]["sex"] == {"code 1": "female", "code 2": "male", "code 3": "other"}
    assert slots["date_format"] == {"first_dose_date": "%d.%m.%Y"}
    assert slots["units"] == {"age_years": "months", "condition_years": "months"}


def test_each_sheet_of_a_workbook_is_a_source():
    sources = tomllib.loads(load.draft(RAW / "examinations.xlsx"))["sources"]
    assert [(source["sheet"], source["header"]) for source in sources] == [("MAS", 3), ("Goniometer", 3)]
    assert set(sources[0]["columns"]) == set(TONE.names)


def test_a_project_is_drafted_form_by_form_with_its_events():
    text = load.draft(RAW / "redcap_records.csv", dictionary=RAW / "redcap_dictionary.csv")
    entries = tomllib.loads(text)
    assert set(entries["events"].values()) == {"TODO"}
    assert len(entries["events"]) == 6
    assert {"demographics", "adverse_event"} <= {table["form"] for table in entries["tables"]}
    assert "#   sex (radio); Sex; 1, Female | 2, Male | 3, Other" in text
    assert 'perhaps "participants"' in text


def test_a_first_line_of_data_is_never_printed(tmp_path):
    (tmp_path / "x.csv").write_text("17,2024-01-02,Zzyzx\n18,2024-01-03,Quux\n", encoding="utf-8")
    with pytest.raises(DataError, match="the first line looks like data") as caught:
        load.draft(tmp_path / "x.csv")
    assert "Zzyzx" not in str(caught.value)
    with pytest.raises(MethodError, match="table='diaries' is not known"):
        load.draft(tmp_path / "x.csv", table="diaries")


NAMES = [("pain_nrs", ["Pain 0-10", "x"]), ("participant", ["USUBJID", "Arm"]), ("day", ["Study day", "Weekday x"])]


@pytest.mark.parametrize(("name", "header"), NAMES)
def test_the_likeliest_column_comes_first(name, header):
    assert likely(DIARY[name], header)[0] == header[0]


def test_a_column_that_names_somebody_is_never_suggested():
    start_day = MEDICATIONS["start_day"]
    assert likely(start_day, ["first_name", "date_of_birth"]) == []
    assert likely(start_day, ["first_name", "first_day"]) == ["first_day"]


def test_a_name_that_is_like_nothing_has_no_suggestion():
    assert likely(DIARY["spasms"], ["favourite colour", "q17"]) == []
    assert likely_tables(["favourite colour", "q17"]) == []


# --- check -----------------------------------------------------------------------------------------------------------

FAULTS = [  # file, old, new, problem
    ("study.toml", 'loader = "excel"\ntable = "tone"', 'loader = "exel"\ntable = "tone"', "did you mean `excel`?"),
    ("study.toml", 'table = "diary"', 'table = "dairy"', "`table` is not the name of a table; did you mean `diary`?"),
    (
        "study.toml",
        'file = "diary.csv"',
        'file = "dairy.csv"',
        "there is no file `dairy.csv`; did you mean `diary.csv`?",
    ),
    ("study.toml", 'file = "diary.csv"', 'file = "../diary.csv"', "leads out of the study's folder"),
    ("study.toml", 'missing = ["999"]', 'mising = ["999"]', "`mising` is not an option of delimited; did you mean"),
    ("study.toml", 'spasms = "Spasms"', 'spasms = "Spams"', "the file has no column `Spams`; did you mean `Spasms`?"),
    ("study.toml", 'spasms = "Spasms"', 'spams = "Spasms"', "`spams` is not a column of diary; did you mean `spasms`?"),
    ("study.toml", 'spasms = "Spasms"', "", 'nothing feeds `spasms` (Spasms); name its column, or write spasms = ""'),
    ("study.toml", 'R = "right"', 'R = "rihgt"', "`rihgt` is not a value of side; did you mean `right`?"),
    ("study.toml", 'duplicates = "first"', 'duplicates = "frist"', "did you mean `first`?"),
    ("study.toml", 'sheet = "MAS"', 'sheet = "MSA"', "there is no sheet `MSA`"),
    ("study.toml", 'delimiter = ";"\nmissing', 'delimiter = ","\nmissing', "it looks like ';'"),
    ("study.toml", "day = 28", 'day = "28"', "`day` must be a whole number"),
    ("redcap_mapping.toml", '"edss", ais', '"EDS", ais', "the export has no field `EDS`; did you mean `edss`?"),
    ("redcap_mapping.toml", 'form = "psfs"', 'form = "psfz"', "there is no form `psfz`; did you mean `psfs`?"),
    ("redcap_mapping.toml", 'log_arm_1 = "log"', "", "the export has the event `log_arm_1`; say what visit it is."),
    ("redcap_mapping.toml", '"week 12"', '"wek 12"', "is no visit of the study.toml; did you mean `week 12`?"),
    ("redcap_mapping.toml", "walk_problem___1", "walk_problem", "`walk_problem` is a checkbox; name one of"),
    ("redcap_mapping.toml", ', action = "ae_action"', "", "nothing feeds `action`"),
    ("redcap_mapping.toml", 'item = "severity"', 'itm = "severity"', "`itm` is not a column of answers; did you mean"),
]


@pytest.fixture
def raw(tmp_path):
    return shutil.copytree(RAW, tmp_path / "raw")


@pytest.mark.parametrize(("file", "old", "new", "problem"), FAULTS)
def test_a_fault_is_named_with_its_line_and_a_remedy(raw, file, old, new, problem):
    text = (raw / file).read_text(encoding="utf-8")
    assert old in text
    (raw / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    found = load.problems(raw)
    mine = found[found["problem"].str.contains(problem, regex=False)]
    assert len(mine) == 1, found["problem"].tolist()
    assert mine["file"].tolist() == [file]
    there = text.count("\n", 0, text.index(old)) + 1
    at_the_table = not new or "looks like" in problem or "no sheet" in problem  # what is absent has no line of its own
    assert abs(mine["line"].iloc[0] - there) <= (12 if at_the_table else 0)


def test_faults_of_all_files_come_at_once(raw):
    for file, old, new, _ in (FAULTS[1], FAULTS[8], FAULTS[13], FAULTS[14]):
        path = raw / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    found = load.problems(raw)
    assert len(found) >= 4
    assert set(found["file"]) == {"study.toml", "redcap_mapping.toml"}


@pytest.mark.parametrize("folder", [RAW, RAW.parent, RAW / "redcap_mapping.toml"], ids=lambda path: path.name)
def test_a_sound_plan_has_no_problem(folder):
    assert load.problems(folder).empty


def test_what_is_not_toml_is_told_with_its_line(tmp_path):
    (tmp_path / "study.toml").write_text("[study\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"study.toml: this is not valid TOML: .*line 1"):
        load.problems(tmp_path)


def test_the_commands_draft_and_check(raw):
    run = CliRunner().invoke(main, ["map", str(raw / "diary.csv"), "--table", "diary"])
    assert run.exit_code == 0
    assert 'spasms         = "TODO"' in run.output
    out = raw / "draft.toml"
    run = CliRunner().invoke(main, ["map", str(raw / "diary.csv"), "--out", str(out)])
    assert "Fill in each TODO" in run.output
    run = CliRunner().invoke(main, ["check", str(raw / "redcap_mapping.toml")])
    assert (run.exit_code, run.output) == (0, "redcap_mapping.toml: nothing is wrong with it.\n")
    (raw / "study.toml").write_text(out.read_text(encoding="utf-8"), encoding="utf-8")
    run = CliRunner().invoke(main, ["check", str(raw)])
    assert run.exit_code == 3
    assert "study.toml, line 5: TODO: fill this in" in run.output
