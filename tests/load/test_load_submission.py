"""The sample study as CDISC data sets: the tidy tables, but for what was planted, and that is in the ledger."""

import json
from collections import Counter
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from spasticity import load, simulate

FOLDER = Path(__file__).parents[2] / "data" / "sample" / "raw" / "cdisc"
TABLES = {"participants", "visits", "diary", "answers", "tone", "doses", "medications", "events", "spasms"}


def rows_of(frame):
    cells = frame.astype(object).where(frame.notna(), None).astype(str)
    return Counter(map(tuple, cells.to_numpy().tolist()))


def planted(folder):
    return pd.read_csv(folder / "defects.csv", dtype={"row": int}, keep_default_na=False)


def ledger(study):
    repairs = study.repairs.assign(action="repaired")
    rejects = study.rejects.assign(action="rejected")
    both = pd.concat([repairs, rejects])[["source", "row", "column", "action"]]
    return Counter(map(tuple, both.to_numpy().tolist()))


@pytest.fixture(scope="module")
def raw():
    return load.cdisc(FOLDER)


@pytest.fixture(scope="module")
def tidy(raw):
    return load.sample_study().where(participant=raw.participants["participant"].tolist())


def test_every_table_that_sdtm_holds_is_there(raw):
    assert set(raw.tables) == TABLES
    assert len(raw.participants) == 6


def test_the_ledger_is_exactly_what_was_planted(raw):
    expected = planted(FOLDER)[["source", "row", "column", "action"]]
    found = ledger(raw)
    assert found == Counter(map(tuple, expected.to_numpy().tolist()))
    assert max(found.values()) == 1
    assert len(found) == 15


def test_what_was_kept_is_the_tidy_study_and_only_rejected_rows_are_missing(raw, tidy):
    rejected = Counter(source.split(", ")[1] for source in raw.rejects["source"])
    again = Counter(planted(FOLDER).query("defect == 'an answer sent twice'")["source"].str.split(", ").str[1])
    for name in TABLES:
        ours, theirs = rows_of(raw.tables[name]), rows_of(tidy.tables[name])
        assert not ours - theirs, name
        assert sum((theirs - ours).values()) == rejected[name] - again[name], name


def test_the_tables_have_the_dtypes_and_order_of_the_tidy_ones(raw, tidy):
    for name in TABLES:
        assert raw.tables[name].dtypes.equals(tidy.tables[name].dtypes)


def test_the_folder_is_also_a_study_with_a_source(raw):
    again = load.study(FOLDER)
    assert again.protocol == raw.protocol == load.sample_study().protocol
    for name in TABLES:
        pd.testing.assert_frame_equal(again.tables[name], raw.tables[name])


def test_the_same_data_sets_as_transport_files_give_the_same_study(raw, tmp_path):
    for path in FOLDER.glob("*.json"):
        data = json.loads(path.read_text(encoding="utf-8"))
        items = data["columns"]
        columns = list(zip(*data["rows"], strict=True))
        frame = pd.DataFrame(
            {
                item["name"]: pd.Series(cells, dtype=object).fillna("")
                if item["dataType"] == "string"
                else pd.to_numeric(pd.Series(cells, dtype=float))
                for item, cells in zip(items, columns, strict=True)
            }
        )
        pyreadstat.write_xport(
            frame, str(tmp_path / f"{path.stem}.xpt"), file_format_version=5, table_name=data["name"]
        )
    for name in ("cdisc.toml", "study.toml"):
        (tmp_path / name).write_text((FOLDER / name).read_text(encoding="utf-8"), encoding="utf-8")
    again = load.cdisc(tmp_path)
    for name in TABLES:
        pd.testing.assert_frame_equal(again.tables[name], raw.tables[name])
    assert again.rejects["rule"].tolist() == raw.rejects["rule"].tolist()
    # a transport file fills text up with blanks, so that a blank behind a word cannot be told from it
    assert again.repairs["was"].tolist() == [was for was in raw.repairs["was"] if not was.endswith(" ")]


def test_another_study_is_submitted_too(tmp_path):
    study = simulate.trial(simulate.SMALL_DESIGN, seed=4).study
    folder = simulate.submit(study, tmp_path / "cdisc", 4, people=5)
    found = load.cdisc(folder)
    assert sum(ledger(found).values()) == len(planted(folder)) > 8
    assert len(found.participants) == 5


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    study = load.sample_study()
    folder = simulate.submit(study, tmp_path / "cdisc", simulate.SAMPLE_SEED)
    assert {path.name for path in folder.iterdir()} == {path.name for path in FOLDER.iterdir()}
    for path in folder.iterdir():
        assert path.read_bytes() == (FOLDER / path.name).read_bytes(), path.name
