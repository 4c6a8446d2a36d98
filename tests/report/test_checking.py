"""Is a report as it was written, and does its study still give it?"""

import json
import shutil
from dataclasses import replace

import pytest
from click.testing import CliRunner

from spasticity import load, report, simulate, tables
from spasticity.cli import main
from spasticity.errors import DataError


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A study of diaries only, quick to report."""
    root = tmp_path_factory.mktemp("checking")
    full = load.study(simulate.write(root / "full", simulate.SMALL_DESIGN))
    others = [schema for schema in tables.STUDY_TABLES if schema.name not in ("participants", "visits", "diary")]
    replace(full, **{schema.name: schema.empty() for schema in others}).save(root / "study")
    report.build(load.study(root / "study"), root / "report", formats=("svg",), style="single")
    return root


@pytest.fixture
def folder(place, tmp_path):
    return shutil.copytree(place / "report", tmp_path / "report")


def states(found):
    return dict(found.itertuples(index=False))


def test_an_untouched_report_is_as_it_was_written(folder):
    assert report.verify(folder).empty


def test_what_was_changed_taken_or_added_is_named(folder):
    (folder / "captions.md").write_text("mine")
    (folder / "outcomes.csv").unlink()
    (folder / "figures" / "extra.svg").write_text("<svg/>")
    assert states(report.verify(folder)) == {
        "captions.md": "changed",
        "figures/extra.svg": "not of this report",
        "outcomes.csv": "missing",
    }


@pytest.mark.parametrize("content", [None, "{"])
def test_a_folder_without_a_readable_manifest_is_no_report(folder, content):
    (folder / "MANIFEST.json").unlink()
    if content:
        (folder / "MANIFEST.json").write_text(content)
    with pytest.raises(DataError, match=r"report: there is no readable MANIFEST\.json, so this is no whole report"):
        report.verify(folder)


def test_a_report_made_again_with_its_own_options_has_the_same_bytes(place):
    assert report.rerun(place / "report", load.study(place / "study")).empty


def test_another_study_is_named_before_what_differs(folder, place, tmp_path):
    study = load.study(place / "study")
    other = replace(study, diary=study.diary.iloc[:-1]).save(tmp_path / "study")
    entries = json.loads((folder / "MANIFEST.json").read_text())
    entries["environment"]["numpy"] = "1.0"
    (folder / "MANIFEST.json").write_text(json.dumps(entries))
    found = report.rerun(folder, load.study(other))
    assert list(found.iloc[0]) == ["diary.csv", "another content"]
    assert found["file"].iloc[1] == "numpy"
    assert found["state"].iloc[1].startswith("1.0 then, ")
    assert states(found)["index.html"] == "other bytes"
    assert report.verify(folder).empty  # only read


def test_the_commands_say_so_and_end_with_1(folder, place):
    ended = CliRunner().invoke(main, ["verify", str(folder)])
    assert ended.exit_code == 0
    assert "every file is as it was written" in ended.output
    (folder / "captions.md").write_text("mine")
    ended = CliRunner().invoke(main, ["verify", str(folder)])
    assert ended.exit_code == 1
    assert "captions.md: changed" in ended.output
    ended = CliRunner().invoke(main, ["rerun", str(folder), str(place / "study"), "--quiet"])
    assert ended.exit_code == 0
    assert "every file has the same bytes" in ended.output
