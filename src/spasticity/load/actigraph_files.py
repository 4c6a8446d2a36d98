"""ActiGraph: epochs as ActiLife exports them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from spasticity.errors import DataError, listed, one_of
from spasticity.load.epoch_source import Cells, EpochSource, without
from spasticity.load.epoch_text import block, first_column, records, word
from spasticity.load.epoch_times import Clocks, counted_clocks, date_form, times
from spasticity.load.grid import texts
from spasticity.load.opening import Content, text_of
from spasticity.load.typed_cells import by_distinct, number_text

SIGNATURE = re.compile(r"created by\s+actigraph", re.IGNORECASE)
CHANNELS = ("axis1", "axis2", "axis3", "vm")
HEAD = 10  # lines before the epochs, as ActiLife writes them
#: What the number of the mode says is in a row, in the order of the columns; as in files of modes 13 and 61.
MODE = ((0, "axis1"), (4, "axis2"), (8, "axis3"), (1, "steps"), (16, "lux"), *((32, f"incline{n}") for n in range(4)))
HEART_RATE = 2  # its place among the columns is not known
WORDS = {
    "axis1": ("axis1", "activity", "counts"),
    "axis2": ("axis2", "activityhorizontal"),
    "axis3": ("axis3", "3rdaxis"),
    "vm": ("vm", "vectormagnitude"),
    "steps": ("steps",),
    "lux": ("lux", "light"),
    "hr": ("hr", "heartrate"),
}
STAMP, DATE, TIME = ("timestamp", "datetime"), ("date",), ("time", "epoch")
TABLE = {"steps": "steps", "lux": "light_lux", "hr": "heart_rate_bpm"}
FORMS = ("%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d")
ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.0+)?(Z?)", re.ASCII)


def is_actigraph_text(head: str) -> bool:
    """Whether the first line of a text is ActiLife's.

    Parameters
    ----------
    head : str

    Returns
    -------
    bool
    """
    return SIGNATURE.search(head) is not None


def actilife_text(source: Content, *, counts: str, date_format: str | None, encoding: str) -> EpochSource:
    """Epochs of an export of ActiLife.

    Parameters
    ----------
    source : Content
    counts : str
        Which axis counts: one of `CHANNELS`.
    date_format, encoding : str
        As in `actigraphy`.

    Returns
    -------
    EpochSource

    Raises
    ------
    DataError
        When the header is not ActiLife's, or the date cannot be read in one way only.
    """
    text, notes = text_of(source, encoding)
    lines = records(text, _delimiter(text), source.name)
    head = [" ".join(filter(None, cells)) for cells in lines[:HEAD]]
    epoch_s, body, first = _epoch(head, source.name), lines[HEAD:], HEAD + 1
    names = _names(body, head, source.name)
    if body and _is_names(body[0]):
        body, first = body[1:], first + 1
    rows = block(body, first, len(names), source.name, whole=text.endswith(("\n", "\r")))
    columns = dict(zip(names, rows.columns, strict=True))
    clocks = _clocks(columns, names, head, epoch_s, len(rows.rows), source.name, date_format)
    return EpochSource(
        name=source.name,
        sha256=source.sha256,
        format="ActiLife CSV",
        rows=rows.rows,
        clocks=clocks,
        epoch_s=epoch_s,
        cells=count_cells(columns, counts, source.name),
        torn=rows.torn,
        notes=tuple(notes),
        header={"serial number": _field(head, "Serial Number") or ""},
    )


def _delimiter(text: str) -> str:
    """What the first line of exports ends with, once for each further column."""
    head = text.split("\n", 2)[0]
    return max(",;\t", key=head.count)


def _field(head: Sequence[str], name: str) -> str | None:
    found = (re.match(rf"{name}:?\s*(.+)", line, re.IGNORECASE) for line in head)
    return next((line[1].strip() for line in found if line), None)


def _epoch(head: Sequence[str], name: str) -> float:
    said = _field(head, r"Epoch Period \(hh:mm:ss\)") or ""
    parts = re.fullmatch(r"(\d\d):(\d\d):(\d\d)", said, re.ASCII)
    epoch = int(parts[1]) * 3600 + int(parts[2]) * 60 + int(parts[3]) if parts else 0
    if not epoch:
        raise DataError(f"{name}: the header has no epoch period as ActiLife writes it; export the file again.")
    return float(epoch)


def _is_names(cells: Sequence[str]) -> bool:
    return any(re.search("[A-Za-z]{2}", cell) and not ISO.fullmatch(cell) for cell in cells[:3])


def _names(body: Sequence[Sequence[str]], head: Sequence[str], name: str) -> list[str]:
    """Names of the columns: those of the file, or those that the mode of the device stands for."""
    if body and _is_names(body[0]):
        cells = list(body[0])
        while cells and not cells[-1]:
            cells.pop()
        return [known(cell) for cell in cells]
    mode = re.search(r"Mode\s*=\s*(\d+)", " ".join(head))
    width = max((len(cells) for cells in body[:3]), default=0)
    if mode:
        names = [what for bit, what in MODE if not bit or int(mode[1]) & bit]
        if len(names) == width and not int(mode[1]) & HEART_RATE:
            return names
    raise DataError(
        f"{name}: the columns have no names, and the mode of the device does not say what the {width} columns are; "
        "export again with column headers."
    )


def known(cell: str) -> str:
    """The name of a column by which this package knows it.

    Parameters
    ----------
    cell : str

    Returns
    -------
    str
    """
    return next((what for what, words in WORDS.items() if word(cell) in words), word(cell))


def _clocks(
    columns: Mapping[str, np.ndarray],
    names: Sequence[str],
    head: Sequence[str],
    epoch_s: float,
    rows: int,
    where: str,
    date_format: str | None,
) -> Clocks:
    stamp, date, time = (first_column(names, *words) for words in (STAMP, DATE, TIME))
    if stamp is not None:
        return _stamped(columns[names[stamp]], where, date_format)
    if date is not None and time is not None:
        days = texts([_slashed(cell) for cell in columns[names[date]]])
        form = date_form(days, _forms(head, date_format), None, where)
        written = texts([f"{day} {clock}" for day, clock in zip(days, columns[names[time]], strict=True)])
        return Clocks(place="date and time", texts=written, local=times(written, f"{form} %H:%M:%S"), written=form)
    said = [_slashed(_field(head, f"{what} Date") or "") for what in ("Start", "Download")]
    form = date_form([day for day in said if day], _forms(head, date_format), None, where)
    start = times(texts([f"{said[0]} {_field(head, 'Start Time')}"]), f"{form} %H:%M:%S")[0]
    if pd.isna(start):
        raise DataError(f"{where}: the start of the recording cannot be read; pass date_format= such as '%m/%d/%Y'.")
    return counted_clocks(start, epoch_s, rows, "Start Date")


def _stamped(cells: np.ndarray, where: str, date_format: str | None) -> Clocks:
    found = [ISO.fullmatch(cell) for cell in cells[:10]]
    if date_format is None and any(found):
        zulu = any(match and match[1] for match in found)
        plain = texts([cell.removesuffix("Z").replace("T", " ") for cell in cells])
        return Clocks(
            place="timestamp",
            texts=cells,
            local=times(plain, "%Y-%m-%d %H:%M:%S"),
            written="2024-03-31 22:05:00",
            kind="" if zulu else "fixed",
            why="its time stamps end in Z, as if they were UTC, but ActiLife writes the clock of the device",
        )
    clean = texts([_slashed(cell) for cell in cells])
    form = date_form([cell.split(" ")[0] for cell in clean], _forms((), date_format), None, where)
    return Clocks(place="timestamp", texts=cells, local=times(clean, f"{form} %H:%M:%S"), written=f"{form} %H:%M:%S")


def _slashed(cell: str) -> str:
    """A date with slashes; ActiLife's marks between day and month depend on the computer."""
    return re.sub(r"(?<=\d)[-.](?=\d)", "/", cell)


def _forms(head: Sequence[str], asked: str | None) -> tuple[str, ...]:
    if asked:
        return (_slashed_form(asked),)
    said = re.search(r"date format (\S+)", head[0]) if head else None
    if not said:
        return FORMS
    order = re.sub(r"[^dMy]+", "", said[1])
    order = "/".join({"d": "%d", "M": "%m", "y": "%Y"}[letter] for letter in dict.fromkeys(order))
    return (order,) if order in FORMS else FORMS


def _slashed_form(form: str) -> str:
    return re.sub(r"[-.](?=%)", "/", form)


def count_cells(columns: Mapping[str, np.ndarray], counts: str, where: str) -> dict[str, Cells]:
    """Columns of a file by column of the table.

    Parameters
    ----------
    columns : mapping of str to array of object
        By the names of `known`.
    counts : str
        Which axis counts.
    where : str
        File, for the message.

    Returns
    -------
    dict of str to Cells

    Raises
    ------
    DataError
        When the file does not have that axis.
    """
    one_of("counts", counts, CHANNELS)
    axes = [name for name in CHANNELS[:3] if name in columns]
    if counts in columns:
        chosen = columns[counts]
    elif counts == "vm" and len(axes) == 3:
        chosen = _magnitude([columns[name] for name in axes])
    else:
        raise DataError(f"{where}: the file has no `{counts}`; pass counts= {listed(axes)}.")
    found = {"counts": Cells(place=counts, texts=chosen)}
    found |= {TABLE[name]: Cells(place=name, texts=without(columns[name], "NaN")) for name in TABLE if name in columns}
    return found


def _magnitude(axes: Sequence[np.ndarray]) -> np.ndarray:
    """The length of the vector of three counts, as text; missing where one is no number."""
    squares = sum(pd.to_numeric(pd.Series(axis), errors="coerce").astype(float) ** 2 for axis in axes)
    return by_distinct(np.sqrt(np.asarray(squares, dtype=float)), number_text)
