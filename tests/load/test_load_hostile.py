"""Hostile and damaged files: each a typed error or a balanced ledger, in bounded time and memory."""

import io
import os
import pickle
import subprocess
import sys
import textwrap
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter

from spasticity import load
from spasticity.errors import DataError, SpasticityError
from spasticity.load import opening
from spasticity.load.protocol_toml import Plan

HEADER = "participant,visit,day,status,reason"
ROWS = [f"P{number},baseline,{number},missed,moved" for number in range(20)]
TEXT = "\n".join([HEADER, *ROWS]) + "\n"


class Trap:
    """A pickle that would make a file if anything unpickled it."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


def workbook(path, rows=None, edit=None):
    """A workbook of visits; `edit` may change its parts."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("v")
        for row, cells in enumerate(rows or [line.split(",") for line in TEXT.splitlines()]):
            sheet.write_row(row, 0, cells)
    if edit:
        with zipfile.ZipFile(path) as old:
            parts = {name: old.read(name) for name in old.namelist()}
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for name, data in edit(parts).items():
                new.writestr(name, data)
    return lambda: load.excel(path, "v", "visits")


def part(name, change):
    return lambda parts: {key: change(data) if key == name else data for key, data in parts.items()}


SHEET = "xl/worksheets/sheet1.xml"


def csv(content, **options):
    def make(folder):
        path = folder / "visits.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return lambda: load.delimited(path, "visits", **options)

    return make


def book(edit):
    return lambda folder: workbook(folder / "v.xlsx", edit=edit)


def named(name, content=b"x"):
    def make(folder):
        path = folder / name
        path.write_bytes(content(folder) if callable(content) else content)
        return lambda: load.delimited(path, "visits")

    return make


def plan(content):
    def make(folder):
        (folder / "study.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
        return lambda: load.study(folder)

    return make


def source(name, prepare=None):
    """A study one of whose sources is a file of that name."""

    def make(folder):
        inner = folder / "study"
        inner.mkdir()
        (folder / "secret.csv").write_text(TEXT, encoding="utf-8")
        if prepare:
            prepare(inner)
        (inner / "study.toml").write_text(
            '[study]\nname = "S"\n[[visits]]\nname = "baseline"\nday = 1\nwindow = [0, 2]\n'
            f'[[sources]]\nloader = "delimited"\ntable = "visits"\nfile = "{name}"\n',
            encoding="utf-8",
        )
        return lambda: load.study(inner)

    return make


def link(target):
    return lambda folder: (folder / "visits.csv").symlink_to(target)


def pipe(folder):
    os.mkfifo(folder / "visits.csv")


def tidy_link(folder):
    (folder / "study").mkdir()
    (folder / "secret.csv").write_text("participant\nP1\n", encoding="utf-8")
    (folder / "study" / "participants.csv").symlink_to(folder / "secret.csv")
    (folder / "study" / "study.toml").write_text(
        '[study]\nname = "S"\n[[visits]]\nname = "baseline"\nday = 1\nwindow = [0, 2]\n', encoding="utf-8"
    )
    return lambda: load.study(folder / "study")


def shared_bomb(parts):
    """One long text in a hundred thousand cells."""
    cells = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (row, row) for row in range(1, 100_001))
    sheet = b"<worksheet><sheetData>%s</sheetData></worksheet>" % cells
    strings = b"<sst><si><t>%s</t></si></sst>" % (b"abcdefgh" * 1250)
    return {**parts, SHEET: sheet, "xl/sharedStrings.xml": strings}


def far_cell(parts):
    return {
        **parts,
        SHEET: parts[SHEET].replace(
            b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        ),
    }


def entities(parts):
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return part(SHEET, lambda data: data.replace(b"<worksheet", doctype + b"<worksheet", 1))(parts)


HOSTILE = {
    "a pickle by name": (named("visits.pkl", lambda folder: pickle.dumps(Trap(folder / "ran"))), "can run a program"),
    "a pickle by content": (named("visits.csv", lambda folder: pickle.dumps(Trap(folder / "ran"))), "packed or binary"),
    "an array file": (named("visits.npy"), "can run a program"),
    "an R file": (named("visits.RData"), "can run a program"),
    "a workbook with macros": (named("visits.xlsm"), "can run a program"),
    "a gzip named csv": (named("visits.csv", b"\x1f\x8b\x08rest"), "packed or binary file"),
    "a workbook named csv": (named("visits.csv", b"PK\x03\x04rest"), "workbook or archive"),
    "an old workbook": (lambda f: csv(b"\xd0\xcf\x11\xe0rest")(f), "workbook or archive"),
    "a text named xlsx": (
        lambda f: (Path(f / "v.xlsx").write_text(TEXT), lambda: load.excel(f / "v.xlsx", "v", "visits"))[1],
        "not an .xlsx workbook",
    ),
    "no file": (lambda f: lambda: load.delimited(f / "nothing.csv", "visits"), "no such file"),
    "a name with a NUL": (lambda f: lambda: load.delimited(f / "a\0b.csv", "visits"), "no such file"),
    "a name too long": (lambda f: lambda: load.delimited(f / ("a" * 5000), "visits"), "no such file"),
    "a folder": (lambda f: lambda: load.delimited(f, "visits"), "this is not a file"),
    "a device": (lambda f: lambda: load.delimited("/dev/zero", "visits"), "this is not a file"),
    "a pipe": (lambda f: (pipe(f), lambda: load.delimited(f / "visits.csv", "visits"))[1], "this is not a file"),
    "an empty file": (csv(b""), "the file is empty"),
    "only NUL bytes": (csv(b"\0" * 1000), r"U\+0000"),
    "a NUL in a cell": (csv(TEXT.replace("moved", "mo\0ved", 1)), r"U\+0000 stands in line 2"),
    "a byte of another encoding": (csv(TEXT.encode() + b"P,\xff,1,missed,x\n"), "is not utf-8"),
    "half a UTF-16 file": (csv(TEXT.encode("utf-16")[:-1]), "utf-16"),
    "a quote never closed": (csv(TEXT + 'P,"b,1,missed,x\n' * 3), "quote"),
    "a field of a million letters": (csv(TEXT + "P," + "x" * 1_000_000 + ",1,missed,x\n"), "a field has more than"),
    "a quoted field of a million letters": (csv(TEXT + 'P,"' + "x" * 1_000_000 + '",1,missed,x\n'), "a field has more"),
    "a hundred thousand columns": (csv(HEADER + ",x" * 100_000 + "\n"), "100,005 columns are more than the 10,000"),
    "a row cut in the middle": (csv(TEXT[:-9]), "was cut"),
    "rows all torn": (csv(HEADER + "\n" + "a,b\n" * 50), "every row has 2 cells"),
    "a zip bomb": (book(part(SHEET, lambda data: data + b" " * 60_000_000)), "more than is read"),
    "thousands of parts": (book(lambda parts: parts | {f"x{n}": b"" for n in range(5001)}), "parts, more than any has"),
    # Found by fuzzing: a reader of workbooks asked for hundreds of gigabytes, and the process died.
    "a cell with an address of thirty letters": (
        book(part(SHEET, lambda data: data.replace(b'r="A2"', b'r="' + b"A" * 30 + b'2"'))),
        "the address of a cell is not one",
    ),
    "a row beyond the last": (
        book(part(SHEET, lambda data: data.replace(b'<row r="2"', b'<row r="4294967295"'))),
        "a tag that no spreadsheet writes",
    ),
    "a cell with two addresses": (
        book(part(SHEET, lambda data: data.replace(b'<c r="A2"', b'<c z=">" r="XFD1048576"'))),
        "a tag that no spreadsheet writes",
    ),
    "a table of a hundred trillion texts": (
        book(part("xl/sharedStrings.xml", lambda data: data.replace(b'count="', b'count="99999999999999'))),
        "counts more texts than any has",
    ),
    "a cell in the last corner": (book(far_cell), "a few cells span"),
    "one long text in many cells": (book(shared_bomb), "letters together"),
    "entities that expand": (book(entities), "declares a document type"),
    "a sheet without its part": (book(lambda parts: {k: v for k, v in parts.items() if k != SHEET}), "damaged"),
    "a sheet that is cut": (book(part(SHEET, lambda data: data[: len(data) // 2])), "damaged|none of|cells|header"),
    "a workbook that is cut": (
        lambda f: (
            workbook(f / "v.xlsx"),
            (f / "v.xlsx").write_bytes((f / "v.xlsx").read_bytes()[:-400]),
            lambda: load.excel(f / "v.xlsx", "v", "visits"),
        )[2],
        "damaged",
    ),
    "a plan of brackets": (plan("a = " + "[" * 50_000), "nested too deep|not valid TOML"),
    "a plan of tables in tables": (plan("a" + ".a" * 5_000 + " = 1"), "not known|nested|not valid"),
    "a plan with a number of 5,000 digits": (plan("a = " + "9" * 5_000), "a number is too long"),
    "a plan of three megabytes": (plan("a = 1\n" + "#" * 3_000_000), "more than a plan has"),
    "a plan with a NUL": (plan("[study]\nname = 'a\0b'\n"), r"U\+0000"),
    "a plan that is no text": (plan(b"\xff\xfe\xff\xff"), "not valid TOML|utf-16"),
    "a source above the folder": (source("../secret.csv"), "leads out of the study's folder"),
    "a source by its full path": (source("/etc/passwd"), "leads out of the study's folder"),
    "a source through a link": (source("visits.csv", link("../secret.csv")), "leads out of the study's folder"),
    "a source that links to itself": (source("visits.csv", link("visits.csv")), "leads out|no such file"),
    "a source that is a pipe": (source("visits.csv", pipe), "this is not a file"),
    "a source with a NUL": (source(r"a\u0000b.csv"), "leads out of the study's folder|no such file"),
    "a source with a name too long": (source("a" * 5000), "leads out of the study's folder|no such file"),
    "a table that is a link": (tidy_link, "the link leads out of the study's folder"),
}


@pytest.mark.skipif(os.name != "posix", reason="pipes and links are made as on POSIX")
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_a_typed_error_in_bounded_time(tmp_path, what):
    make, message = HOSTILE[what]
    attack = make(tmp_path)
    start = time.process_time()
    with pytest.raises(DataError, match=message):
        attack()
    assert time.process_time() - start < 60  # a reader that is led astray takes hours
    assert not (tmp_path / "ran").exists()


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "visits.csv"
    path.write_text(TEXT, encoding="utf-8")
    real = opening._refuse_programs

    def grow(given):
        real(given)
        whole = Path.open

        def slow(self, *args, **options):
            file = whole(self, *args, **options)
            if self == path and args == ("rb",):
                with whole(path, "a", encoding="utf-8") as other:
                    other.write(ROWS[0] + "\n")
            return file

        monkeypatch.setattr(Path, "open", slow)

    monkeypatch.setattr(opening, "_refuse_programs", grow)
    with pytest.raises(DataError, match="the file changed while it was read; wait until it is written"):
        load.delimited(path, "visits")


@pytest.mark.skipif(os.name != "posix", reason="the limit of memory is that of POSIX")
@pytest.mark.parametrize("attack", ["far_cell", "shared_bomb", "entities"])
def test_a_workbook_that_grows_is_refused_in_a_gigabyte(tmp_path, attack):
    workbook(tmp_path / "v.xlsx", edit=globals()[attack])
    program = textwrap.dedent(
        f"""
        import resource
        from spasticity import load
        from spasticity.errors import DataError
        resource.setrlimit(resource.RLIMIT_AS, (2**30 + 2**29, 2**30 + 2**29))
        try:
            load.excel({str(tmp_path / "v.xlsx")!r}, "v", "visits")
        except DataError:
            raise SystemExit(7)
        """
    )
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, env=environment)
    assert ended.returncode == 7, ended.stderr[-500:]


def balanced(loaded):
    return len(loaded.table) + len(loaded.rejects) == loaded.source.rows_read * loaded.source.factor


@pytest.mark.parametrize("what", ["cut", "flipped"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_damaged_file_is_a_typed_error_or_a_balanced_ledger(tmp_path, form, what):
    path = tmp_path / f"visits.{form}"
    if form == "csv":
        path.write_text(TEXT, encoding="utf-8")
        read = lambda: load.delimited(path, "visits", duplicates="reject")  # noqa: E731
    else:
        read = workbook(path)
    whole, rng, errors = path.read_bytes(), np.random.default_rng(20261123), 0
    for _ in range(150):
        damaged = bytearray(whole)
        if what == "cut":
            damaged = damaged[: rng.integers(len(whole))]
        else:
            for place in rng.integers(len(whole), size=rng.integers(1, 4)):
                damaged[place] ^= 1 << rng.integers(8)
        path.write_bytes(bytes(damaged))
        try:
            loaded = read()
        except SpasticityError:
            errors += 1
        else:
            assert balanced(loaded)
            if what == "cut" and not bytes(damaged).endswith(b"\n"):
                assert "no line end" in loaded.source.note  # a cut in the last cell shows in nothing else
    assert errors > 50


def test_a_plan_is_read_as_far_as_it_is_understood(tmp_path):
    path = tmp_path / "m.toml"
    path.write_text("a = " + "[" * 40 + "]" * 40, encoding="utf-8")
    assert Plan(path).entries["a"]


def test_no_archive_member_is_written_anywhere(tmp_path):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("../../outside.txt", "x")
    (tmp_path / "v.xlsx").write_bytes(held.getvalue())
    with pytest.raises(DataError, match="damaged"):
        load.excel(tmp_path / "v.xlsx", "v", "visits")
    assert [path.name for path in tmp_path.iterdir()] == ["v.xlsx"]
