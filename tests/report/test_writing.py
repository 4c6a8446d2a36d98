"""The workshop of a report: whole or not at all, one writer, and nothing is made twice."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from contextlib import suppress
from pathlib import Path

import pytest

from spasticity.errors import DataError
from spasticity.report import writing as room

CONTENTS = {"index.html": b"<p>one</p>", "figures/a.csv": b"x\n1\n"}


def tree(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def made(folder, make, key="other"):
    with room.workshop(folder, key) as shop:
        shop.step("page", make)
        return shop.publish({})


def published(folder, contents=CONTENTS, key="key", facts=None):
    with room.workshop(folder, key) as shop:
        for name, content in contents.items():
            shop.step(name.replace("/", "-"), lambda name=name, content=content: ({name: content}, {}))
        return shop.publish(facts or {})


def test_the_folder_holds_the_files_and_a_manifest_of_them(tmp_path):
    out = published(tmp_path / "deep" / "report", facts={"study": "Tiny"})
    assert set(tree(out)) == {*CONTENTS, "MANIFEST.json"}
    entries = json.loads((out / "MANIFEST.json").read_text())
    assert entries["study"] == "Tiny"
    assert [item["path"] for item in entries["outputs"]] == sorted(CONTENTS)
    assert [path.name for path in out.parent.iterdir()] == ["report"]


def test_a_second_run_replaces_an_untouched_report_with_the_same_bytes(tmp_path):
    first = tree(published(tmp_path / "report"))
    assert tree(published(tmp_path / "report")) == first
    later = published(tmp_path / "report", {"index.html": b"new"})
    assert set(tree(later)) == {"index.html", "MANIFEST.json"}


@pytest.mark.parametrize(("name", "content"), [("notes.txt", b"mine"), ("index.html", b"edited by hand")])
def test_somebody_elses_file_stops_the_report_before_anything_is_written(tmp_path, name, content):
    out = published(tmp_path / "report")
    (out / name).write_bytes(content)
    before = tree(out)
    with pytest.raises(DataError, match=rf"report: 1 file here not written by this command.*`{name}`.*Nothing was"):
        published(out, {"index.html": b"new"})
    assert tree(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_file_changed_while_the_report_is_made_is_kept(tmp_path):
    out = published(tmp_path / "report")

    def page():
        (out / "index.html").write_bytes(b"edited meanwhile")
        return {"index.html": b"new"}, {}

    with pytest.raises(DataError, match="not written by this command or changed since"):
        made(out, page)
    assert (out / "index.html").read_bytes() == b"edited meanwhile"
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_folder_with_other_things_is_refused(tmp_path):
    (tmp_path / "thesis.docx").write_bytes(b"years of work")
    with pytest.raises(DataError, match=r"`thesis\.docx`"):
        published(tmp_path)
    assert (tmp_path / "thesis.docx").exists()


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "report").write_bytes(b"x")
    with pytest.raises(DataError, match="a file or link of that name is in the way"):
        published(tmp_path / "report")


def test_a_run_that_fails_half_way_leaves_the_earlier_report_and_nothing_else(tmp_path, monkeypatch):
    out = published(tmp_path / "report")
    before = tree(out)

    def full(path, content, **options):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(room, "write", full)
    with pytest.raises(OSError, match="No space left"):
        published(out, {"index.html": b"new"})
    assert tree(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_swap_that_fails_puts_the_earlier_report_back(tmp_path, monkeypatch):
    out = published(tmp_path / "report")
    before = tree(out)
    rename = Path.rename

    def stuck(self, target):
        if self.name == "new":
            raise PermissionError(13, "busy", str(target))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stuck)
    with pytest.raises(PermissionError, match="busy"):
        published(out, {"index.html": b"new"})
    assert tree(out) == before


def interrupted(folder, key="key", contents=CONTENTS):
    """A run that makes every step and is stopped before the manifest."""
    with suppress(KeyboardInterrupt), room.workshop(folder, key) as shop:
        for name, content in contents.items():
            shop.step(name.replace("/", "-"), lambda name=name, content=content: ({name: content}, {"size": 1}))
        raise KeyboardInterrupt


def test_an_interrupted_run_is_gone_on_with_and_makes_nothing_twice(tmp_path):
    out = tmp_path / "report"
    interrupted(out)
    assert not out.exists()
    with room.workshop(out, "key") as shop:
        for name in CONTENTS:
            assert shop.step(name.replace("/", "-"), lambda: pytest.fail("made twice")) == {"size": 1}
        shop.publish({})
    assert tree(out) == tree(published(tmp_path / "whole" / "report"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report", "whole"]


@pytest.mark.parametrize("damage", ["torn file", "missing file", "torn record", "stray file"])
def test_a_step_that_is_not_whole_is_made_again(tmp_path, damage):
    out = tmp_path / "report"
    interrupted(out)
    part = tmp_path / ".report.part"
    if damage == "torn file":
        (part / "new" / "index.html").write_bytes(b"<p>o")
    elif damage == "missing file":
        (part / "new" / "index.html").unlink()
    elif damage == "torn record":
        (part / "steps" / "index.html.json").write_text('{"made": {')
    else:
        (part / "new" / "figures" / ".b.svg.x7").write_bytes(b"half")
    published(out)
    assert tree(out) == tree(published(tmp_path / "whole" / "report"))


def test_another_study_does_not_take_over_what_was_left(tmp_path):
    interrupted(tmp_path / "report", contents={"index.html": b"of another study", "old.csv": b"x"})
    out = published(tmp_path / "report", key="other")
    assert tree(out) == tree(published(tmp_path / "whole" / "report"))


def test_a_run_killed_between_the_two_renames_gives_the_earlier_report_back(tmp_path):
    out = published(tmp_path / "report")
    before = tree(out)
    part = tmp_path / ".report.part"
    part.mkdir()
    out.rename(part / "old")
    with suppress(ZeroDivisionError), room.workshop(out, "key"):
        assert tree(out) == before
        raise ZeroDivisionError
    assert tree(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_one_writer_at_a_time(tmp_path):
    wait = "report: another run is writing this report; wait for it"
    with room.workshop(tmp_path / "report", "key"), pytest.raises(DataError, match=wait):
        published(tmp_path / "report")
    assert published(tmp_path / "report").exists()


@pytest.mark.skipif(os.name == "nt", reason="a process is killed by a signal")
def test_a_killed_process_leaves_no_lock_and_no_torn_file(tmp_path):
    script = textwrap.dedent(
        """
        import sys, time
        from spasticity.report.writing import workshop
        with workshop(sys.argv[1], "key") as shop:
            shop.step("one", lambda: ({"index.html": b"<p>one</p>"}, {}))
            print("made", flush=True)
            time.sleep(60)
        """
    )
    run = subprocess.Popen([sys.executable, "-c", script, tmp_path / "report"], stdout=subprocess.PIPE, text=True)
    assert run.stdout.readline() == "made\n"
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()
    assert not (tmp_path / "report").exists()
    with room.workshop(tmp_path / "report", "key") as shop:
        shop.step("one", lambda: pytest.fail("made twice"))
        assert set(tree(shop.publish({}))) == {"index.html", "MANIFEST.json"}
