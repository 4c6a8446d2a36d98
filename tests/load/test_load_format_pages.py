"""The code of the pages on file formats runs, on files of the names they use."""

import datetime as dt
import importlib.util
import json
import re
import tomllib
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from spasticity.load.cdisc_mapping import STANDARD, cdisc_mapping_of

PAGES = Path(__file__).parents[2] / "docs" / "formats"
ADSL = pd.DataFrame(
    {"USUBJID": ["P1", "P2"], "TRT01P": "Placebo", "SITEID": "S1", "SEX": ["F", "M"], "TRTSDT": 23383.0}
)
PAGE_OF = ["spss", "stata", "xpt", "dataset_json", "parquet", "cdisc"]


def code(page, language="python"):
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    return re.search(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)[1]


def write_json(path, frame):
    items = [{"name": name, "dataType": "float" if name == "TRTSDT" else "string"} for name in frame]
    items[-1]["displayFormat"] = "DATE9."
    head = {"datasetJSONVersion": "1.1.0", "records": len(frame), "name": "ADSL", "columns": items}
    path.write_text(json.dumps(head | {"rows": frame.to_numpy(dtype=object).tolist()}), encoding="utf-8")


def write_inputs(folder):
    people = pd.DataFrame({"id": ["P1", "P2"], "sex": [1.0, 2.0], "age": [41.0, 99.0], "first": dt.date(2024, 1, 8)})
    labels = {"variable_value_labels": {"sex": {1: "female", 2: "male"}}, "missing_ranges": {"age": [99]}}
    pyreadstat.write_sav(people, str(folder / "people.sav"), **labels)
    pd.DataFrame({"id": ["P1"], "minutes": [41.5]}).to_stata(folder / "sessions.dta", write_index=False)
    many = pd.concat([ADSL.assign(USUBJID=[f"P{n}", f"Q{n}"]) for n in range(127)])
    pyreadstat.write_xport(many, str(folder / "adsl.xpt"), file_format_version=5, variable_format={"TRTSDT": "DATE9."})
    write_json(folder / "adsl.json", ADSL)
    diary = {"participant": ["P1"], "day": [0], "spasms": [3], "nrs": [4], "pain_nrs": [1], "drowsiness_nrs": [0]}
    if importlib.util.find_spec("pyarrow"):
        pd.DataFrame(diary).to_parquet(folder / "diary.parquet")


@pytest.mark.parametrize("page", ["spss", "stata", "xpt", "dataset_json", "parquet"])
def test_the_code_of_a_page_runs(page, tmp_path, monkeypatch, capsys):
    if page == "parquet":
        pytest.importorskip("pyarrow", reason="an extra: pip install 'spasticity[parquet]'")
    write_inputs(tmp_path)
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(compile(code(page), page, "exec"), names)
    loaded = next(value for value in names.values() if type(value).__name__ == "Loaded")
    assert len(loaded.table) == loaded.source.rows_read > 0


@pytest.mark.parametrize("page", PAGE_OF)
def test_a_page_needs_no_more_than_some_ten_lines(page):
    assert len([line for line in code(page).splitlines() if line.strip()]) <= 12


def test_the_code_of_the_page_on_cdisc_runs(tmp_path, monkeypatch):
    sample = PAGES.parents[1] / "data" / "sample" / "raw" / "cdisc"
    (tmp_path / "sdtm").mkdir()
    for path in sample.glob("*.json"):
        (tmp_path / "sdtm" / path.name).write_bytes(path.read_bytes())
    for name in ("cdisc.toml", "study.toml"):
        (tmp_path / name).write_bytes((sample / name).read_bytes())
    bds = {
        "USUBJID": ["P1"],
        "AVISIT": ["Week 4"],
        "ADY": [29.0],
        "PARAMCD": ["SPNRS"],
        "AVAL": [4.0],
        "ANL01FL": ["Y"],
    }
    times = {"USUBJID": ["P1"], "PARAMCD": ["STOP"], "AVAL": [12.0], "CNSR": [0.0]}
    for name, columns in (("adqs", bds), ("adtte", times)):
        pyreadstat.write_xport(pd.DataFrame(columns), str(tmp_path / f"{name}.xpt"), file_format_version=5)
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(compile(code("cdisc"), "cdisc", "exec"), names)
    assert len(names["study"].participants) == 6
    assert names["outcomes"].table["day"].tolist() == [28]
    assert names["times"].table["event"].tolist() == [True]


def test_the_mapping_of_the_page_on_cdisc_is_understood():
    mapping = cdisc_mapping_of(tomllib.loads(code("cdisc", "toml")))
    assert [feed.table for feed in mapping.tables] == ["participants", "diary", "tone", "doses"]


def test_the_page_on_cdisc_names_every_standard_variable():
    text = (PAGES / "cdisc.md").read_text(encoding="utf-8")
    for (table, domain), places in STANDARD.items():
        assert f"| {table} | {domain} |" in text
        for name, variables in places.items():
            for variable in variables.split("|") if domain in ("DM", "SV", "QS", "AE", "CM") else ():
                known = variable in text or (name.endswith("_day") and domain not in ("EX", "SV", "QS"))
                assert known, variable
