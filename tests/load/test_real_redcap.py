"""Every stored REDCap export: drafted, filled in as its owner would, checked, and loaded as a study."""

import re
import shutil
from pathlib import Path

import pytest

from spasticity import load, report
from spasticity.errors import DataError
from spasticity.tables import PARTICIPANTS

REDCAP = Path(__file__).parents[3] / "shared" / "data" / "exports" / "redcap"
pytestmark = [
    pytest.mark.needs_shared,
    pytest.mark.skipif(not REDCAP.is_dir(), reason="the reference files are not beside this checkout"),
]
STUDY = """[study]
name = "A stored export"
synthetic = true
primary_outcome = "spasticity_nrs"

[[visits]]
name = "baseline"
day = -1
window = [-7, -1]

[[visits]]
name = "week 12"
day = 84
window = [77, 91]

[[sources]]
loader = "redcap"
file = "{records}"
dictionary = "{dictionary}"
mapping = "mapping.toml"
"""
PEOPLE = {"participant": "record_id", "age_years": "age", "sex": "sex"}
#: Labels of the dictionary in one spelling, codes of the records in another, as a program exported it.
TRUTH = {"\n[tables.constants]": '\n[tables.codings]\nsex = { FALSE = "female", TRUE = "male" }\n[tables.constants]'}
REPEATED = {
    "missing = []": 'missing = ["UNK"]',
    'form = "multiple_choice"': 'form = "multiple_choice"\nduplicates = "first"',
}
#: What each export needed: the form of the participants, its fields, how many people there are, what else was declared.
NEEDS = {
    "simple": ("demographics", PEOPLE, 5, TRUTH),
    "longitudinal": ("demographics", PEOPLE | {"participant": "study_id"}, 3, {}),
    "repeating-instruments": ("demographics", PEOPLE, 2, {}),
    "clinical-trial-1": ("demographics", {"participant": "record_id", "sex": "gender"}, 500, {}),
    "decimal-comma": ("demographics", {"participant": "record_id"}, 4, {}),
    "checkboxes-1": ("form_2", {"participant": "record_id", "walks": "check_one___1"}, 3, {}),
    "redcapAPI-offline": ("multiple_choice", {"participant": "record_id", "site": "dropdown_test"}, 19, REPEATED),
}


def files(name):
    folder = REDCAP / name
    records = next(path for path in sorted(folder.glob("*.csv")) if path.name.endswith(("data.csv", "Records.csv")))
    dictionary = next(path for path in sorted(folder.glob("*.csv")) if path.name.lower().endswith("dictionary.csv"))
    return records, dictionary


def filled(text, form, fields, changes):
    """A draft as somebody fills it in who knows the project: one form of participants, all of them with MS."""
    head, *blocks = re.split(r"(?m)^# Form ", text)
    block = next(block for block in blocks if block.startswith(f"{form}:"))
    for name in PARTICIPANTS.names:
        block = re.sub(rf'(?m)^{name} *= "TODO"', f'{name} = "{fields.get(name, "")}"', block)
    block = re.sub(r'(?m)^cohort = "".*\n', "", block) + '\n[tables.constants]\ncohort = "MS"\n'
    head = re.sub(r'= "TODO"  # name of the visit', '= "baseline"  # name of the visit', head)
    for old, new in changes.items():
        assert old in head + block
        head, block = head.replace(old, new), block.replace(old, new)
    return f"{head}# Form {block}"


@pytest.fixture
def project(tmp_path):
    def prepare(name):
        records, dictionary = files(name)
        for path in (records, dictionary):
            shutil.copy(path, tmp_path / path.name)
        draft = load.draft(records, dictionary=dictionary, table="participants")
        (tmp_path / "mapping.toml").write_text(draft, encoding="utf-8")
        plan = STUDY.format(records=records.name, dictionary=dictionary.name)
        (tmp_path / "study.toml").write_text(plan, encoding="utf-8")
        return tmp_path

    return prepare


@pytest.mark.parametrize("name", NEEDS)
def test_a_stored_export_becomes_a_study(project, name):
    folder = project(name)
    assert load.problems(folder)["problem"].str.contains("TODO").any()
    form, fields, people, changes = NEEDS[name]
    text = filled((folder / "mapping.toml").read_text(encoding="utf-8"), form, fields, changes)
    (folder / "mapping.toml").write_text(text, encoding="utf-8")
    assert load.problems(folder).to_numpy().tolist() == []
    study = load.study(folder)
    assert len(study.participants) == people
    assert study.ledger.read == study.ledger.kept + study.ledger.rejected


def test_an_export_without_records_is_drafted_and_has_nobody(project):
    folder = project("validation-types-1")
    text = filled((folder / "mapping.toml").read_text(encoding="utf-8"), "form_1", {"participant": "record_id"}, {})
    (folder / "mapping.toml").write_text(text, encoding="utf-8")
    assert load.problems(folder).empty
    assert load.study(folder).participants.empty


def test_labels_of_the_dictionary_that_are_no_values_are_asked_for(project):
    folder = project("simple")
    text = filled((folder / "mapping.toml").read_text(encoding="utf-8"), "demographics", NEEDS["simple"][1], {})
    text += '[tables.codings]\nsex = { 0 = "woman", 1 = "male" }\n'
    (folder / "mapping.toml").write_text(text, encoding="utf-8")
    assert "`woman` is not a value of sex" in load.problems(folder)["problem"][0]


def test_a_name_field_is_refused_by_the_gate(project):
    folder = project("simple")
    fields = NEEDS["simple"][1] | {"site": "name_last"}
    text = filled((folder / "mapping.toml").read_text(encoding="utf-8"), "demographics", fields, {})
    (folder / "mapping.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="name_last"):
        load.study(folder)


def test_a_report_comes_out_of_a_stored_export(project, tmp_path):
    folder = project("longitudinal")
    text = filled((folder / "mapping.toml").read_text(encoding="utf-8"), "demographics", NEEDS["longitudinal"][1], {})
    (folder / "mapping.toml").write_text(text, encoding="utf-8")
    out = report.build(load.study(folder), tmp_path / "report", progress=False)
    page = (Path(out) / "index.html").read_text(encoding="utf-8")
    assert "What happened to every row" in page
