"""The golden test: raw equals tidy wherever no defect was planted, and the ledger is what was planted."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from spasticity import load, simulate
from spasticity.load.protocol_toml import Plan
from spasticity.load.study_sources import sources_of

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
RAW = SAMPLE / "raw"


def planted(folder):
    return pd.read_csv(folder / "defects.csv", dtype={"row": int}, keep_default_na=False)


def rows_of(frame):
    """Rows as texts that compare, in any order."""
    cells = frame.astype(object).where(frame.notna(), None).astype(str)
    return Counter(map(tuple, cells.to_numpy().tolist()))


@pytest.fixture(scope="module")
def raw():
    return load.raw_sample()


@pytest.fixture(scope="module")
def loaded():
    return {item.schema.name: item for item in sources_of(Plan(RAW / "study.toml"), RAW)}


@pytest.fixture(scope="module")
def tidy(raw):
    return load.sample_study().where(participant=raw.participants["participant"].tolist())


def test_the_ledger_is_exactly_what_was_planted(raw):
    repairs = raw.repairs.assign(action="repaired")
    rejects = raw.rejects.assign(action="rejected")
    columns = ["source", "row", "column", "action"]
    found = Counter(map(tuple, pd.concat([repairs, rejects])[columns].to_numpy().tolist()))
    expected = Counter(map(tuple, planted(RAW)[columns].to_numpy().tolist()))
    assert found == expected
    assert max(found.values()) == 1
    assert len(found) >= 50


def test_every_kind_of_defect_was_planted():
    assert set(planted(RAW)["defect"]) >= {plan.defect for plan in simulate.arrival_defects.PLANS}


def test_rows_without_a_defect_equal_the_tidy_study(loaded, tidy):
    touched = planted(RAW)
    for name, item in loaded.items():
        rows = set(touched.loc[touched["source"].isin(item.source.name.split(" + ")), "row"])
        clean, theirs = rows_of(item.table[~item.table.index.isin(rows)]), rows_of(tidy.tables[name])
        assert sum(clean.values()) > 0.8 * len(tidy.tables[name])
        assert not clean - theirs, name
        assert sum((theirs - rows_of(item.table)).values()) <= len(item.rejects), name


def test_every_row_of_the_tidy_study_arrived(loaded, tidy):
    for name, item in loaded.items():
        extra = {"diary": 3, "tone": 1, "walks": 1, "answers": 1}.get(name, 0)
        assert item.source.rows_read * item.source.factor == len(tidy.tables[name]) + extra, name


def test_what_was_repaired_equals_the_tidy_study(loaded, tidy):
    for name, item in loaded.items():
        repaired = item.table[item.table.index.isin(item.repairs["row"])]
        unknown = rows_of(repaired) - rows_of(tidy.tables[name])
        assert sum(unknown.values()) == (1 if name == "answers" else 0), (
            name
        )  # a missing code where nothing was answered


def test_the_tables_have_the_dtypes_and_order_of_the_tidy_ones(raw, tidy):
    for name, frame in tidy.tables.items():
        if name == "epochs":  # each device has a file of its own; the next test reads them
            continue
        assert raw.tables[name].dtypes.equals(frame.dtypes)
        assert list(raw.tables[name]) == list(frame)


@pytest.mark.parametrize("path", sorted((RAW / "wrist").iterdir()), ids=lambda path: path.stem)
def test_the_export_of_a_device_is_the_tidy_recording_also_when_the_clocks_change(path, tidy):
    name = path.stem.split("_")[0]
    epochs = tidy.epochs[tidy.epochs["participant"] == name]
    found = load.actigraphy(path, participant=name, zone=epochs["zone"].iloc[0])
    table = found.table.reset_index(drop=True)
    week = epochs[epochs["start_utc"].between(table["start_utc"].iloc[0], table["start_utc"].iloc[-1])]
    same = ["participant", "start_utc", "zone", "epoch_s", "counts"]
    pd.testing.assert_frame_equal(table[same], week[same].reset_index(drop=True), check_dtype=False)
    assert found.rejects.empty


def test_the_protocol_is_that_of_the_study(raw):
    assert raw.protocol == load.sample_study().protocol


@pytest.mark.slow
def test_the_command_writes_the_same_files(tmp_path):
    command = [sys.executable, "-m", "spasticity.simulate", str(tmp_path), "--raw"]
    subprocess.run(command, check=True, capture_output=True)
    assert {path.name for path in (tmp_path / "raw").iterdir()} == {path.name for path in RAW.iterdir()}
    for path in filter(Path.is_file, RAW.rglob("*")):
        if path.suffix != ".xlsx":  # its bytes belong to one version of the writing library
            assert (tmp_path / "raw" / path.relative_to(RAW)).read_bytes() == path.read_bytes(), path.name
    for sheet, table in (("MAS", "tone"), ("Goniometer", "range_of_motion")):
        one, two = (
            load.excel(
                folder / "examinations.xlsx",
                sheet,
                table,
                header=3,
                duplicates="first",
                codings={"side": {"L": "left", "R": "right"}},
                columns={"participant": "Patient", "visit": "Visit", "day": "Study day", "side": "Side"}
                | ({"muscle": "Muscle", "grade": "MAS"} if sheet == "MAS" else {"joint": "Joint", "motion": "Motion"})
                | ({} if sheet == "MAS" else {"angle_deg": "Angle"}),
                constants={"scale": "mas"} if sheet == "MAS" else {"mode": "passive"},
            )
            for folder in (RAW, tmp_path / "raw")
        )
        pd.testing.assert_frame_equal(one.table, two.table)
        pd.testing.assert_frame_equal(one.rejects, two.rejects)


@pytest.mark.slow
def test_another_study_arrives_too(tmp_path):
    study = simulate.trial(simulate.SMALL_DESIGN, seed=4).study
    folder = simulate.arrive(study, tmp_path / "raw", 4, people=12)
    raw = load.study(folder)
    found = len(raw.repairs) + len(raw.rejects)
    assert found == len(planted(folder)) > 20
    assert len(raw.participants) == 12


def test_the_raw_sample_is_small_and_names_its_files():
    assert sum(path.stat().st_size for path in RAW.iterdir()) < 2_000_000
    text = (RAW / "README.md").read_text(encoding="utf-8")
    assert "Nobody in these files exists" in text
    for path in RAW.iterdir():
        assert path.name == "README.md" or f"`{path.name}`" in text
