"""A whole report: complete, self-contained, honest about what it left out, and the same bytes every time."""

import base64
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from html import unescape

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from spasticity import load, report, simulate, tables
from spasticity.errors import DataError
from spasticity.files import digest
from spasticity.study import Protocol, Study


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A study folder with other arms and visits than the sample's."""
    return simulate.write(tmp_path_factory.mktemp("small") / "study", simulate.SMALL_DESIGN)


@pytest.fixture(scope="module")
def folder(small, tmp_path_factory):
    return report.build(load.study(small), tmp_path_factory.mktemp("out") / "report")


@pytest.fixture(scope="module")
def page(folder):
    return (folder / "index.html").read_text(encoding="utf-8")


def tree(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_figure_comes_with_its_images_numbers_and_words(folder):
    names = {path.stem for path in (folder / "figures").glob("*.svg")}
    assert len(names) >= 10
    for name in names:
        for ending in ("pdf", "png", "txt"):
            assert (folder / "figures" / f"{name}.{ending}").stat().st_size > 100
        assert list((folder / "figures").glob(f"{name}*.csv"))


def test_the_page_shows_every_figure_with_alt_text_and_needs_no_network(folder, page):
    for path in (folder / "figures").glob("*.svg"):
        inside = "data:image/svg+xml;base64," + base64.b64encode(path.read_bytes()).decode()
        assert re.search(rf'<img id="{path.stem}-picture" src="{re.escape(inside)}" alt="[^"]{{40,}}"', page)
    for link in re.findall(r'href="([^"#]+)"', page):
        assert (folder / link).exists(), link
    assert re.findall(r'src="(?!data:)[^"]*"', page) == []
    assert "http" not in re.sub(r"base64,[A-Za-z0-9+/=]+", "", page)


def test_the_page_says_what_it_could_not_show_and_why(page):
    assert "Not shown: effect by cohort: the study has one cohort only." in page


def test_the_manifest_names_every_file_with_its_digest(folder):
    entries = json.loads((folder / "MANIFEST.json").read_text())
    files = tree(folder)
    files.pop("MANIFEST.json")
    assert {item["path"]: item["sha256"] for item in entries["outputs"]} == {k: digest(v) for k, v in files.items()}
    assert entries["synthetic"] is True
    assert all(re.fullmatch(r"[0-9a-f]{64}", source["sha256"]) for source in entries["sources"])


def test_another_process_with_another_hash_seed_zone_and_place_writes_the_same_bytes(folder, small, tmp_path):
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    command = [sys.executable, "-m", "spasticity", "report", os.fspath(small), "--out", "again", "--quiet"]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True)
    again, first = tree(tmp_path / "again"), tree(folder)
    assert sorted(again) == sorted(first)
    assert [name for name in first if first[name] != again[name]] == []


def test_no_drawing_is_left_open(folder):
    assert plt.get_fignums() == []


def test_numbers_in_the_answer_come_from_the_table_behind_it(folder, page):
    rows = pd.read_csv(folder / "tables" / "primary_differences.csv")
    last = rows[rows["visit"].eq(rows["visit"].iloc[-1])].iloc[0]
    size = f"{abs(last['estimate']):.2f}"
    assert f"{size} {'lower' if last['estimate'] < 0 else 'higher'} than" in unescape(page)


def test_a_study_of_people_and_diaries_only_gets_a_shorter_report(small, tmp_path):
    full = load.study(small)
    study = replace(
        full,
        **{
            schema.name: schema.empty()
            for schema in tables.STUDY_TABLES
            if schema.name not in ("participants", "diary")
        },
    )
    text = (report.build(study, tmp_path / "r") / "index.html").read_text(encoding="utf-8")
    assert "Change in spasticity NRS by visit" in text
    assert "Not shown: doses: the study has no doses." in text
    assert "Not shown: raster: the study has no timestamped spasms." in text


def test_a_cohort_without_arms_is_described_not_compared(small, tmp_path):
    full = load.study(small)
    protocol = replace(full.protocol, arms=(), reference_arm=None)
    study = replace(full, protocol=protocol, participants=full.participants.assign(arm=pd.NA))
    study = replace(study, participants=tables.PARTICIPANTS.check(study.participants))
    text = (report.build(study, tmp_path / "r") / "index.html").read_text(encoding="utf-8")
    assert "nothing to compare" in text
    assert "All participants: mean change in spasticity NRS at day 42" in text
    assert "Grades of the index muscle" in text


def test_a_folder_of_somebody_elses_is_refused_before_any_work(small, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(DataError, match=r"`thesis\.txt`"):
        report.build(load.study(small), tmp_path)


def test_an_empty_study_still_gets_a_page(tmp_path):
    protocol = Protocol(name="Empty", visits=load.sample_study().protocol.visits)
    people = tables.PARTICIPANTS.check(
        pd.DataFrame({"participant": ["1"], "cohort": ["MS"]}).reindex(columns=tables.PARTICIPANTS.names)
    )
    study = Study(protocol=protocol, participants=people)
    assert "Not shown" in (report.build(study, tmp_path / "r") / "index.html").read_text(encoding="utf-8")
