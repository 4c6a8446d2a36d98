"""What people hand in, how it is read, and what must hold of what comes out."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import xlsxwriter

from spasticity import load
from spasticity.load.dose_text import parse
from spasticity.load.opening import Content
from spasticity.load.records import delimited_grid
from spasticity.load.redcap_mapping import mapping_of
from spasticity.load.workbooks import sheet_grid

FULL_EVERY = 20  # of the texts and workbooks, so many go on into a table and its ledger
SHEET = "v"
SAMPLE = Path(__file__).parents[3] / "data" / "sample" / "raw"
SCRATCH = Path(tempfile.mkdtemp(prefix="fuzz-"))
CSV = [
    b"participant,visit,day,status,reason\nP1,baseline,1,missed,moved\nP2,baseline,2,attended,\n",
    b'participant,visit,day,status,reason\r\n"P1","a ""b"", c",1,missed,"two\nlines"\r\n',
    "participant,visit,day,status,reason\nP\u00e9,v,-1,missed,\u00b5g \u2212 1\u20442\n".encode(),
    "participant,visit,day,status,reason\nP1,v,1,missed,x\n".encode("utf-16"),
    b"participant;visit;day;status;reason\nP1;v;1,5;missed;\n\n\nP1;v;1;missed\n",
]
TOML = [
    (SAMPLE / "redcap_mapping.toml").read_bytes()[:1500],
    b'[events]\na = "b"\n[[tables]]\ntable = "walks"\nform = "f"\ncolumns = { participant = "p" }\n',
    b'missing = ["-99"]\n[[tables]]\ntable = "visits"\nform = "v"\n[tables.columns]\nparticipant = "id"\nvisit = "v"\n'
    b'day = "d"\nstatus = "s"\nreason = "r"\n[tables.codings.status]\n1 = "attended"\n',
]
DOSES = [
    *("10 mg TID", "10mg bid + 20mg nocte", "5-5-10", "10/10/20", "\u00bd tab (10 mg) tid", "300 mcg/day", "25 mcg/h"),
    *(
        "0,5 mg",
        "10 mg every 8 hours",
        "1\u00bd tabs (10 mg) bid",
        "stopped",
        "as before",
        "10 mg prn max 3/d",
        "q6h 10 mg",
    ),
]


@cache
def workbook() -> dict[str, bytes]:
    """The parts of a small workbook."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held) as book:
        book.set_properties({"title": "Visits"})
        sheet = book.add_worksheet(SHEET)
        rows = [line.split(",") for line in CSV[0].decode().splitlines()]
        for row, cells in enumerate(rows):
            sheet.write_row(row, 0, cells)
        sheet.write_formula(1, 2, "=1+1", None, 2)
    with zipfile.ZipFile(held) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def read_csv(data: bytes, number: int) -> None:
    """Bytes into a grid, some of them on into a table; every row must be accounted for."""
    for delimiter in (",", ";")[number % 2 :][:1]:
        grid = delimited_grid(Content("visits.csv", data), delimiter=delimiter)
        assert all(len(cells) == len(grid) for cells in grid.columns.values())
        assert grid.rows_read == len(grid.rows) + len(grid.torn)
    if number % FULL_EVERY == 0:
        path = SCRATCH / "visits.csv"
        path.write_bytes(data)
        loaded = load.delimited(path, "visits", duplicates="reject", identifiers="flag")
        assert len(loaded.table) + len(loaded.rejects) == loaded.source.rows_read


def read_toml(data: bytes, number: int) -> None:
    """Bytes into a mapping."""
    path = SCRATCH / "mapping.toml"
    path.write_bytes(data)
    mapping_of(path)


def read_dose(data: bytes, number: int) -> None:
    """A text into a dose, which is a finite amount or none."""
    text = data.decode("utf-8", "replace")
    dose = parse(text, ("oral", "intrathecal")[number % 2])
    assert dose.per_day is None or (np.isfinite(dose.per_day) and dose.per_day >= 0)


def read_xlsx(data: bytes, number: int) -> None:
    """A workbook into a grid, some of them on into a table."""
    grid, _ = sheet_grid(Content("v.xlsx", data), SHEET)
    assert all(len(cells) == len(grid) for cells in grid.columns.values())
    if number % FULL_EVERY == 0:
        path = SCRATCH / "v.xlsx"
        path.write_bytes(data)
        loaded = load.excel(path, SHEET, "visits", duplicates="reject", identifiers="flag")
        assert len(loaded.table) + len(loaded.rejects) == loaded.source.rows_read


Reader = Callable[[bytes, int], None]
TARGETS: dict[str, Reader] = {
    "CSV bytes": read_csv,
    "mapping TOML": read_toml,
    "dose strings": read_dose,
    "XLSX members": read_xlsx,
}
