"""Every kind of file as a source of a study, and options that all of them have."""

import inspect
import json
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from spasticity import load
from spasticity.errors import DataError
from spasticity.load.study_sources import LOADERS

SAMPLE = Path(__file__).parents[2] / "data" / "sample" / "raw" / "cdisc"
STUDY = """[study]
name = "Small"
synthetic = true
arms = ["placebo"]
reference_arm = "placebo"
baseline_visit = "baseline"
primary_visit = "baseline"

[[visits]]
name = "baseline"
day = -1
window = [-7, -1]

[[sources]]
loader = "spss"
table = "participants"
file = "people.sav"
labelled = { sex = "labels" }
[sources.columns]
participant = "id"
[sources.constants]
cohort = "MS"
arm = "placebo"
site = ""
condition_years = ""
edss = ""
ais = ""
level = ""
walks = ""
first_dose_date = ""

"""
THERAPY = {"day": "day", "planned_min": "planned", "done_min": "done", "participation": "part"}


def sessions(**ids):
    return pd.DataFrame(
        {"id": ["P1", "P2"], "day": [0.0, 1.0], "planned": [45.0, 30.0], "done": [40.5, 0.0], "part": 7.0}
    )


def source(loader, file):
    columns = "".join(f'{name} = "{place}"\n' for name, place in (THERAPY | {"participant": "id"}).items())
    return f'[[sources]]\nloader = "{loader}"\ntable = "therapy"\nfile = "{file}"\n[sources.columns]\n{columns}'


@pytest.fixture
def folder(tmp_path):
    people = pd.DataFrame({"id": ["P1", "P2"], "sex": [1.0, 2.0], "age_years": [41.0, 52.0]})
    labels = {"sex": {1: "female", 2: "male"}}
    pyreadstat.write_sav(people, str(tmp_path / "people.sav"), variable_value_labels=labels)
    return tmp_path


def write(folder, loader):
    frame = sessions()
    if loader == "stata":
        frame.to_stata(folder / "t.dta", write_index=False)
        return "t.dta"
    if loader == "transport":
        pyreadstat.write_xport(frame, str(folder / "t.xpt"), file_format_version=5, table_name="T")
        return "t.xpt"
    if loader == "parquet":
        pytest.importorskip("pyarrow", reason="an extra: pip install 'spasticity[parquet]'")
        frame.to_parquet(folder / "t.parquet")
        return "t.parquet"
    items = [{"name": name, "dataType": "string" if name == "id" else "float"} for name in frame]
    head = {"datasetJSONVersion": "1.1.0", "records": 2, "name": "T", "columns": items}
    (folder / "t.json").write_text(json.dumps(head | {"rows": frame.to_numpy(dtype=object).tolist()}))
    return "t.json"


@pytest.mark.parametrize("loader", ["stata", "transport", "parquet", "dataset_json"])
def test_a_study_may_have_sources_of_every_kind(folder, loader):
    (folder / "study.toml").write_text(STUDY + source(loader, write(folder, loader)))
    study = load.study(folder)
    assert study.participants["sex"].tolist() == ["female", "male"]
    assert study.therapy[["participant", "day", "done_min"]].to_numpy().tolist() == [["P1", 0, 40.5], ["P2", 1, 0.0]]
    assert study.rejects.empty


def test_a_folder_of_cdisc_data_sets_may_be_a_source(folder):
    (folder / "cdisc").mkdir()
    (folder / "cdisc" / "sv.csv").write_text("USUBJID,VISIT,SVSTDY\nP1,baseline,-1\nP3,baseline,-1\n")
    (folder / "cdisc" / "dm.csv").write_text("USUBJID,RFSTDTC,RFXSTDTC\nP1,2024-01-08,2024-01-08\nP3,2024-01-08,\n")
    (folder / "cdisc" / "cdisc.toml").write_text('[[tables]]\ntable = "visits"\ndomain = "SV"\n')
    (folder / "study.toml").write_text(STUDY + '[[sources]]\nloader = "cdisc"\nfile = "cdisc"\n')
    study = load.study(folder)
    assert study.visits[["participant", "day"]].to_numpy().tolist() == [["P1", -1]]
    assert study.rejects["rule"].str.contains("the participant has no date of first dose").tolist() == [True]
    (folder / "cdisc" / "dm.csv").unlink()
    with pytest.raises(DataError, match=r"cdisc: there is no data set ADSL; expected") as caught:
        load.study(folder)
    assert "study.toml, line" in " ".join(caught.value.__notes__)


OPTIONS = ["columns", "constants", "decimal", "thousands", "missing", "date_format", "codings", "units", "extra"]


@pytest.mark.parametrize("loader", ["spss", "stata", "transport", "parquet", "dataset_json"])
def test_every_loader_of_a_table_has_the_same_options(loader):
    """With the same defaults as text has."""
    ours = inspect.signature(LOADERS[loader]).parameters
    texts = inspect.signature(load.delimited).parameters
    for name in [*OPTIONS, "duplicates", "rows", "day_zero", "identifiers"]:
        assert ours[name].default == texts[name].default, name
        assert ours[name].kind is inspect.Parameter.KEYWORD_ONLY
    assert set(ours) - set(texts) <= {"labelled", "encoding", "member"}


def test_checking_a_study_looks_at_its_folder_of_data_sets(folder):
    assert load.problems(SAMPLE / "study.toml").empty
    (folder / "sdtm").mkdir()
    (folder / "sdtm" / "cdisc.toml").write_text('[[tables]]\ntable = "visits"\ndomain = "SV"\n')
    (folder / "study.toml").write_text(STUDY + '[[sources]]\nloader = "cdisc"\nfile = "sdtm"\n')
    found = load.problems(folder / "study.toml")["problem"].tolist()
    assert found == ["there is no data set SV in the folder; add its file."]
    (folder / "sdtm" / "cdisc.toml").write_text('[[tables]]\ntable = "visitz"\ndomain = "SV"\n')
    found = load.problems(folder / "study.toml")["problem"].tolist()
    assert len(found) == 1
    assert "cdisc.toml, line 1: table='visitz' is not known" in found[0]
