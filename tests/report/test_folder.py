"""The report folder: whole or not at all, and never over somebody's own files."""

import json
from pathlib import Path

import pytest

from spasticity.errors import DataError
from spasticity.report import folder as room

CONTENTS = {"index.html": b"<p>one</p>", "figures/a.csv": b"x\n1\n"}


def tree(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_folder_holds_the_files_and_a_manifest_of_them(tmp_path):
    out = room.publish(tmp_path / "deep" / "report", CONTENTS, {"study": "Tiny"})
    assert set(tree(out)) == {*CONTENTS, "MANIFEST.json"}
    entries = json.loads((out / "MANIFEST.json").read_text())
    assert entries["study"] == "Tiny"
    assert [item["path"] for item in entries["outputs"]] == sorted(CONTENTS)
    assert [path.name for path in out.parent.iterdir()] == ["report"]


def test_a_second_run_replaces_an_untouched_report_with_the_same_bytes(tmp_path):
    first = tree(room.publish(tmp_path / "report", CONTENTS, {}))
    assert tree(room.publish(tmp_path / "report", CONTENTS, {})) == first
    later = room.publish(tmp_path / "report", {"index.html": b"new"}, {})
    assert set(tree(later)) == {"index.html", "MANIFEST.json"}


@pytest.mark.parametrize(
    ("name", "content"),
    [("notes.txt", b"mine"), ("index.html", b"edited by hand")],
)
def test_somebody_elses_file_stops_the_report_before_anything_is_written(tmp_path, name, content):
    out = room.publish(tmp_path / "report", CONTENTS, {})
    (out / name).write_bytes(content)
    before = tree(out)
    with pytest.raises(DataError, match=rf"report: 1 file here not written by this command.*`{name}`.*Nothing was"):
        room.publish(out, {"index.html": b"new"}, {})
    assert tree(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_folder_with_other_things_is_refused(tmp_path):
    (tmp_path / "thesis.docx").write_bytes(b"years of work")
    with pytest.raises(DataError, match=r"`thesis\.docx`"):
        room.publish(tmp_path, CONTENTS, {})
    assert (tmp_path / "thesis.docx").exists()


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "report").write_bytes(b"x")
    with pytest.raises(DataError, match="a file or link of that name is in the way"):
        room.publish(tmp_path / "report", CONTENTS, {})


def test_a_run_that_fails_half_way_leaves_the_earlier_report(tmp_path, monkeypatch):
    out = room.publish(tmp_path / "report", CONTENTS, {})
    before = tree(out)

    def full(path, content):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(room, "write", full)
    with pytest.raises(OSError, match="No space left"):
        room.publish(out, {"index.html": b"new"}, {})
    assert tree(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_swap_that_fails_puts_the_earlier_report_back(tmp_path, monkeypatch):
    out = room.publish(tmp_path / "report", CONTENTS, {})
    before = tree(out)
    rename = Path.rename

    def stuck(self, target):
        if self.name == "new":
            raise PermissionError(13, "busy", str(target))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stuck)
    with pytest.raises(PermissionError, match="busy"):
        room.publish(out, {"index.html": b"new"}, {})
    assert tree(out) == before


def test_the_manifest_has_no_clock_and_no_place():
    text = room.manifest(CONTENTS, {})
    assert room.manifest(CONTENTS, {}) == text
    assert str(Path.cwd()) not in text
    assert set(json.loads(text)) == {"spasticity", "environment", "outputs"}
