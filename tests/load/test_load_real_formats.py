"""Every data set of other programs that is at hand: it loads, or is refused with the right error."""

import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from spasticity import load
from spasticity.errors import DataError
from spasticity.load.cdisc_files import file_grid
from spasticity.load.opening import content
from spasticity.load.spss_files import spss_grid
from spasticity.load.stata_files import stata_grid
from spasticity.load.transport_files import transport_grid

EXPORTS = Path(__file__).parents[3] / "shared" / "data" / "exports"
PILOT, JSON, STAT = EXPORTS / "cdisc-pilot", EXPORTS / "dataset-json" / "adam", EXPORTS / "statfiles"
pytestmark = [
    pytest.mark.needs_shared,
    pytest.mark.skipif(not EXPORTS.is_dir(), reason="the reference files are not beside this checkout"),
]
ADSL = {
    "columns": {
        "participant": "USUBJID",
        "arm": "TRT01P",
        "site": "SITEID",
        "sex": "SEX",
        "age_years": "AGE",
        "first_dose_date": "TRTSDT",
    },
    "constants": {"cohort": "MS", **dict.fromkeys(["condition_years", "edss", "ais", "level", "walks"])},
    "codings": {"sex": {"F": "female", "M": "male"}},
    "extra": "ignore",
}
PEOPLE = {"table": "participants", "domain": "DM", "constants": {"cohort": "MS"}}


def rules(loaded):
    return dict(Counter(loaded.rejects["rule"]))


@pytest.mark.parametrize("name", ["adsl", "adqscibc", "ae", "dm", "ex", "sv", "ta", "tv", "ts"])
def test_every_transport_file_equals_the_usual_reader(name):
    path = next(PILOT.glob(f"*/{name}.xpt"))
    encoding = "cp1252" if name == "ts" else "utf-8"
    grid, _ = transport_grid(content(path), encoding=encoding)
    usual, _ = pyreadstat.read_xport(
        str(path), encoding="WINDOWS-1252" if name == "ts" else None, disable_datetime_conversion=True
    )
    assert list(grid.columns) == list(usual.columns)
    assert len(grid) == len(usual)
    for column, cells in grid.columns.items():
        theirs = usual[column]
        if pd.api.types.is_numeric_dtype(theirs):
            dates = cells != ""
            ours = pd.Series(cells)
            if column.endswith("DT"):
                ours = (pd.to_datetime(ours.where(dates, None)) - pd.Timestamp("1960-01-01")).dt.days
            np.testing.assert_array_equal(
                pd.to_numeric(ours.where(dates, None)).to_numpy(float), theirs.to_numpy(float)
            )
        else:
            assert cells.tolist() == theirs.tolist()


def test_an_adam_subject_table_is_the_same_in_three_formats():
    first = load.transport(PILOT / "adam" / "adsl.xpt", "participants", rows=254, **ADSL)
    assert first.source.note == "42 columns not used"
    again = load.dataset_json(JSON / "adsl.json", "participants", **ADSL)
    assert again.source.note == "633 empty texts read as no value; 43 columns not used"
    for item in (first, again):
        assert item.source.rows_read == len(item.table) == 254
    pd.testing.assert_frame_equal(first.table, again.table)


@pytest.mark.parametrize("name", ["adcibc.xpt", "adcibc.json", "adcibc.ndjson"])
def test_one_data_set_is_the_same_in_three_formats(name):
    grids = [file_grid(JSON / other) for other in (name, "adcibc.xpt")]
    assert list(grids[0].columns) == list(grids[1].columns)
    for column, cells in grids[0].columns.items():
        assert cells.tolist() == grids[1].columns[column].tolist(), column


@pytest.mark.parametrize("path", [PILOT / "adam" / "adqscibc.xpt", JSON / "adcibc.json", JSON / "adcibc.ndjson"])
def test_a_rating_scale_becomes_outcomes_without_what_was_carried_forward(path):
    loaded = load.bds(path, {"CIBICVAL": "pgic"}, cohort="MS", where={"ANL01FL": ["Y"]})
    assert (loaded.source.rows_read, len(loaded.table)) == (705, 537)
    assert rules(loaded) == {"a derived record (DTYPE), not an observation": 168}
    assert "25 records of 730 not as `where` says" in loaded.source.note
    first = loaded.table.iloc[0]
    plain = pyreadstat.read_xport(str(PILOT / "adam" / "adqscibc.xpt"))[0].iloc[0]
    assert (first["participant"], first["value"], first["day"]) == (plain["USUBJID"], plain["AVAL"], plain["ADY"] - 1)


def test_a_whole_submission_loads_and_says_what_is_wrong_with_it():
    mapping = {
        "rows": {"DM": 306, "SV": 3559, "AE": 1191},
        "tables": [
            PEOPLE,
            {"table": "visits", "domain": "SV", "duplicates": "reject"},
            {"table": "events", "domain": "AE"},
        ],
    }
    found = load.cdisc_tables(PILOT / "sdtm", mapping)
    assert len(found["participants"].table) == 306
    assert rules(found["visits"]) == {
        "the participant has no date of first dose, so that no study day can be counted": 52,
        "repeats the key participant, visit": 2,
    }
    assert rules(found["events"]) == {
        "the date and the study day do not agree": 1,
        "the date is partial, so that no day can be counted": 26,
    }
    partial = load.cdisc_tables(PILOT / "sdtm", mapping | {"partial_dates": "empty"})["events"]
    assert rules(partial)["a value is required"] == 26
    plain = pyreadstat.read_xport(str(PILOT / "sdtm" / "sv.xpt"))[0].set_index(["USUBJID", "VISIT"])["SVSTDTC"]
    first = pyreadstat.read_xport(str(PILOT / "sdtm" / "dm.xpt"))[0].set_index("USUBJID")["RFXSTDTC"]
    visits = found["visits"].table
    dates = pd.to_datetime(plain.loc[list(zip(visits["participant"], visits["visit"], strict=True))].to_numpy())
    starts = pd.to_datetime(first.loc[visits["participant"]].to_numpy())
    assert visits["day"].tolist() == (dates - starts).days.tolist()


def test_a_patch_has_no_route_of_ours():
    mapping = {"tables": [PEOPLE, {"table": "doses", "domain": "EX"}]}
    with pytest.raises(DataError, match=r"ex\.xpt, doses: none of 591 rows can be kept, first row 1 in `EXROUTE`"):
        load.cdisc_tables(PILOT / "sdtm", mapping)


def test_a_transport_file_in_another_encoding_needs_its_name():
    with pytest.raises(DataError, match=r"ts\.xpt: `TSVAL` of record 9 is not utf-8"):
        load.transport(PILOT / "sdtm" / "ts.xpt", "visits")


@pytest.mark.parametrize("name", ["ta", "tv"])
def test_a_data_set_that_feeds_no_table_says_which_columns_are_missing(name):
    with pytest.raises(DataError, match=rf"{name}\.xpt: 5 columns missing"):
        load.transport(PILOT / "sdtm" / f"{name}.xpt", "visits")


def copied(folder, **names):
    for domain, name in names.items():
        shutil.copy(EXPORTS / "pharmaversesdtm" / f"{name}.csv", folder / f"{domain}.csv")
    return folder


def test_a_findings_domain_with_supplemental_qualifiers(tmp_path):
    folder = copied(tmp_path, dm="dm_neuro", nv="nv_neuro", suppnv="suppnv_neuro")
    answers = {
        "table": "answers",
        "domain": "NV",
        "columns": {"instrument": "NVCAT", "item": "NVTESTCD", "response": "NVORRES"},
        "duplicates": "reject",
    }
    found = load.cdisc_tables(folder, {"missing": ["NA"], "tables": [PEOPLE, answers]})
    assert len(found["participants"].table) == 15
    assert found["answers"].source.rows_read == 98
    assert "68 supplemental records of suppnv.csv joined" in found["answers"].source.note
    assert rules(found["answers"]) == {
        "the date and the study day do not agree": 10,
        "the participant has no date of first dose, so that no study day can be counted": 30,
    }


def test_a_questionnaire_of_people_who_are_elsewhere(tmp_path):
    folder = copied(tmp_path, dm="dm_neuro", qs="qs_ophtha")
    mapping = {"missing": ["NA"], "tables": [{"table": "answers", "domain": "QS", "duplicates": "reject"}]}
    answers = load.cdisc_tables(folder, mapping)["answers"]
    assert (answers.source.rows_read, len(answers.table)) == (348, 203)


def test_vital_signs_of_children(tmp_path):
    folder = copied(tmp_path, dm="dm_peds", vs="vs_peds")
    answers = {
        "table": "answers",
        "domain": "VS",
        "columns": {"item": "VSTESTCD", "response": "VSORRES"},
        "constants": {"instrument": "vital signs"},
        "duplicates": "reject",
    }
    found = load.cdisc_tables(folder, {"missing": ["NA"], "tables": [PEOPLE, answers]})
    assert len(found["participants"].table) == len(pd.read_csv(folder / "dm.csv"))
    assert found["answers"].source.rows_read == 164


def test_survival_times_of_another_study():
    loaded = load.time_to_event(
        EXPORTS / "pharmaverseadam" / "adtte_onco.csv",
        {"OS": "death"},
        columns={"arm": "ARM"},
        missing=["NA"],
        where={"PARAMCD": ["OS"]},
    )
    plain = pd.read_csv(EXPORTS / "pharmaverseadam" / "adtte_onco.csv").query("PARAMCD == 'OS'")
    assert loaded.table["time"].tolist() == plain["AVAL"].tolist()
    assert loaded.table["event"].tolist() == (plain["CNSR"] == 0).tolist()


def therapy(read, name, **options):
    upper = name.endswith("xpt")
    columns = {"participant": "MYCHAR", "planned_min": "MYNUM"}
    return read(
        STAT / name,
        "therapy",
        columns=columns if upper else {key: value.lower() for key, value in columns.items()},
        constants={"day": 0, "done_min": None, "participation": None},
        extra="ignore",
        **options,
    )


def test_the_same_data_of_three_programs_give_the_same_table():
    tables = [
        therapy(load.spss, "sample.sav"),
        therapy(load.stata, "sample.dta"),
        therapy(load.transport, "sample.xpt"),
    ]
    for item in tables:
        assert item.table["planned_min"].tolist() == [1.1, 1.2]
        assert item.rejects["row"].tolist() == [3, 4, 5]
        assert item.rejects["value"].tolist() == ["-1000.3", "-1.4", "1000.3"]


def test_dates_and_times_are_the_same_in_three_programs():
    grids = [
        spss_grid(content(STAT / "sample.sav"))[0],
        stata_grid(content(STAT / "sample.dta"))[0],
        transport_grid(content(STAT / "sample.xpt"))[0],
    ]
    for grid in grids:
        cells = [
            column.tolist() for name, column in grid.columns.items() if name.lower() in ("mydate", "dtime", "mytime")
        ]
        assert cells == [
            ["2018-05-06", "1880-05-06", "1960-01-01", "1583-01-01", ""],
            ["2018-05-06 10:10:10", "1880-05-06 10:10:10", "1960-01-01", "1583-01-01", ""],
            ["10:10:10", "23:10:10", "00:00", "16:10:10", ""],
        ]


def test_five_hundred_rows_of_spss():
    assert therapy(load.spss, "sample_large.sav").source.rows_read == 485


def test_user_missing_codes_and_ranges_of_spss():
    loaded = therapy(load.spss, "sample_missing.sav")
    assert "2 cells the file calls missing (1 × -1, 1 × 2500)" in loaded.source.note
    assert loaded.repairs["why"].tolist() == ["user-missing in the file"]
    _, variables = spss_grid(content(STAT / "sample_missing.sav"))
    assert set(variables["myord"].missing) == {"-1", "-3"}
    assert variables["mylabl"].labels == {"-1": "undetermined", "1": "Male", "2": "Female"}


def test_a_labelled_code_that_means_missing():
    options = {"columns": {"done_min": "var1"}}
    loaded = load.spss(
        STAT / "missing_test.sav",
        "therapy",
        constants={"participant": "x", "day": 0, "planned_min": None, "participation": None},
        **options,
    )
    assert loaded.table["done_min"].isna().tolist() == [True, False]


def test_every_extended_missing_value_of_stata():
    grid, variables = stata_grid(content(STAT / "missing_test.dta"))
    assert [cells[0] for cells in grid.columns.values()] == [".a", ".b", ".c", ".x", ".y", ".z", "", "", "1"]
    assert variables["var6"].missing == {".z": "extended missing value .z"}


def test_ordered_labels():
    loaded = load.spss(
        STAT / "ordered_category.sav",
        "medications",
        labelled="labels",
        columns={"medicine": "Col1"},
        constants={"participant": "x", "atc": None, "start_day": 0, "end_day": None},
    )
    assert loaded.table["medicine"].tolist() == ["high", "low", "medium", "low"]


def test_a_file_of_sas_itself_is_refused():
    for read, what in ((load.spss, "not an SPSS file"), (load.transport, "not a SAS transport file")):
        with pytest.raises(DataError, match=what):
            read(STAT / "sample.sas7bdat", "therapy")


def test_a_scale_of_a_bids_folder_is_delimited_text():
    loaded = load.delimited(
        EXPORTS / "bids" / "eeg_ds003645s_hed_demo_KSSSleep.tsv",
        "answers",
        delimiter="\t",
        columns={"participant": "participant_id", "visit": "session_id", "response": "kss_scale"},
        constants={"day": None, "instrument": "kss", "item": "scale"},
        missing={"visit": [], "*": ["n/a"]},
        extra="ignore",
    )
    assert loaded.table["response"].tolist()[:2] == ["1", "4"]


def test_the_participants_of_a_bids_folder():
    loaded = load.delimited(
        EXPORTS / "bids" / "ds009_participants.tsv",
        "participants",
        delimiter="\t",
        columns={"participant": "participant_id", "age_years": "Age", "sex": "Gender"},
        constants=ADSL["constants"] | {"arm": None, "site": None, "first_dose_date": None},
        codings=ADSL["codings"],
        extra="ignore",
    )
    assert len(loaded.table) == loaded.source.rows_read == 24
