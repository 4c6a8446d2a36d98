"""Philips Health Band: its workbooks of activity (epochs of 60 s) and of sleep and wake (30 s)."""

from __future__ import annotations

import io
import re

from python_calamine import CalamineError, CalamineWorkbook

from spasticity.errors import DataError
from spasticity.load.epoch_source import Cells, EpochSource, without
from spasticity.load.epoch_times import Clocks, date_form, times
from spasticity.load.grid import texts
from spasticity.load.opening import Content
from spasticity.load.spelling import Spelling, as_coding
from spasticity.load.workbooks import sheet_grid

STAMP = "timeStamp"
FORMS = ("%m-%d-%Y", "%d-%m-%Y", "%Y-%m-%d")
OFF = {"0": "true", "1": "false"}
PRESSED = {"0": "false", "1": "true"}
STATES = {"0": "wake", "1": "sleep"}  # 1 where counts and heart rate are low: as in the sample files of GGIRread
ACTIVITY = {
    "activityCounts": ("counts", None),
    "heartRate": ("heart_rate_bpm", None),
    "respirationRate": ("breaths_per_min", None),
    "activeEnergyExpenditure": ("energy_kcal", None),
    "steps": ("steps", None),
    "offWrist": ("worn", OFF),
    "sleepEventMarker": ("marker", PRESSED),
    "sleepWake": ("device_state", STATES),
}
LENGTHS = {"activityCounts": 60.0, "sleepWake": 30.0}
FIELD = re.compile(r"(\w[\w ]*):\s*(.*)")
LOOKED_AT = 30  # rows in which the header is looked for


def sheet_of(source: Content) -> tuple[str, int, dict[str, str]] | None:
    """The first sheet of a workbook of the band, the row of its column names, and what stands above.

    Parameters
    ----------
    source : Content

    Returns
    -------
    (str, int, dict) or None
        None when it is another workbook.
    """
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(source.data))
        name = book.sheet_names[0]
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=LOOKED_AT)
    except (CalamineError, IndexError, ValueError):
        return None
    said: dict[str, str] = {}
    for number, row in enumerate(rows, start=1):
        first = str(row[0]) if row else ""
        if first == STAMP:
            return (name, number, said) if "PAS Web Application version" in said else None
        if field := FIELD.fullmatch(first.strip()):
            said[field[1].strip()] = field[2].strip()
    return None


def health_band(source: Content, *, date_format: str | None) -> EpochSource:
    """Epochs of a workbook of the band.

    Parameters
    ----------
    source : Content
    date_format : str
        As in `actigraphy`.

    Returns
    -------
    EpochSource

    Raises
    ------
    DataError
        When it is another workbook, or the dates can be read in two ways.
    """
    found = sheet_of(source)
    if found is None:
        raise DataError(f"{source.name}: this is no workbook of a Philips Health Band; export it again.")
    sheet, header, said = found
    grid, _ = sheet_grid(source, sheet, header=header)
    kind = next((name for name in LENGTHS if name in grid.columns), None)
    if kind is None or STAMP not in grid.columns:
        raise DataError(f"{source.name}: there is neither `activityCounts` nor `sleepWake`; export one of them.")
    stamps = grid.columns[STAMP]
    span = re.findall(r"\d{4}-\d\d-\d\d", said.get("Analysis range", ""))
    form = date_format or _form([stamp.split(" ")[0] for stamp in stamps], span, source.name)
    used = {name: column for name, (column, _) in ACTIVITY.items() if name in grid.columns}
    unused = len(grid.columns) - len(used) - 1
    return EpochSource(
        name=source.name,
        sha256=source.sha256,
        format="Philips Health Band",
        rows=grid.rows,
        clocks=Clocks(place=STAMP, texts=stamps, local=times(stamps, f"{form} %H:%M:%S"), written=f"{form} %H:%M:%S"),
        epoch_s=LENGTHS[kind],
        cells={
            column: Cells(place=name, texts=without(grid.columns[name], "NaN"), spelling=_spelling(name))
            for name, column in used.items()
        },
        notes=(*grid.notes, f"{unused} columns not used"),
        header={"patient id": said.get("subjectID", ""), "serial number": said.get("deviceSN", "")},
    )


def _form(days: list[str], span: list[str], where: str) -> str:
    """The form in which the days lie in the range that the file speaks of."""
    if len(span) == 2:
        for form in FORMS:
            read = {day.strftime("%Y-%m-%d") for day in times(texts(days), form).dropna()}
            if read and all(span[0] <= day <= span[1] for day in read):
                return form
    return date_form(days, FORMS, None, where)


def _spelling(name: str) -> Spelling:
    coding = ACTIVITY[name][1]
    return Spelling(coding=as_coding(coding)) if coding else Spelling()
