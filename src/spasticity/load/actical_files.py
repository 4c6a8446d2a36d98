"""Actical and MotionWatch: the export of the one, the file of the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.parsers import expat

import numpy as np
import pandas as pd

from spasticity.errors import DataError
from spasticity.load.epoch_source import Cells, EpochSource, without
from spasticity.load.epoch_text import block, records
from spasticity.load.epoch_times import Clocks, counted_clocks, times
from spasticity.load.grid import texts
from spasticity.load.opening import Content, text_of
from spasticity.load.spelling import Spelling, as_coding

PRESSED = Spelling(coding=as_coding({"0": "false", "1": "true"}))
WIDTH = 10
#: Place of a column in the export, whose names stand in four rows: Epoch#, Day#, Elapsed, Date, Time, Activity
#: Counts, Steps, Energy Expenditure, Activity Intensity, Event Marker.
COUNTS, STEPS, MARKER = 5, 6, 9
NAMES = ("Epoch#", "Day#", "Elapsed", "Date", "Time", "Activity", "Steps")


def is_actical(head: str) -> bool:
    """Whether the first line of a text is Actical's.

    Parameters
    ----------
    head : str

    Returns
    -------
    bool
    """
    return re.match(r"\W*actical\b", head, re.IGNORECASE) is not None


def actical(source: Content, *, date_format: str | None, encoding: str) -> EpochSource:
    """Epochs of an export of Actical.

    Parameters
    ----------
    source : Content
    date_format, encoding : str
        As in `actigraphy`.

    Returns
    -------
    EpochSource

    Raises
    ------
    DataError
        When the columns are not those of the epoch-by-epoch export.
    """
    text, notes = text_of(source, encoding)
    lines = records(text, ",", source.name)
    named = next((place for place, cells in enumerate(lines) if tuple(cells[: len(NAMES)]) == NAMES), None)
    if named is None:
        raise DataError(f"{source.name}: there is no block of epochs with its columns; export the epochs from Actical.")
    first = next((n for n in range(named, len(lines)) if lines[n] and lines[n][0].isdigit()), len(lines))
    rows = block(lines[first:], first + 1, WIDTH, source.name, whole=text.endswith(("\n", "\r")))
    columns = rows.columns
    stamps = texts([f"{date} {time}" for date, time in zip(columns[3], columns[4], strict=True)])
    form = f"{date_format or '%d-%b-%y'} %H:%M"
    local = times(stamps, form).fillna(times(stamps, f"{form}:%S"))
    return EpochSource(
        name=source.name,
        sha256=source.sha256,
        format="Actical CSV",
        rows=rows.rows,
        clocks=Clocks(place="Date", texts=stamps, local=local, written=form),
        epoch_s=_elapsed(columns[2], source.name),
        cells={
            "counts": Cells(place="Activity Counts", texts=without(columns[COUNTS], "NaN")),
            "steps": Cells(place="Steps", texts=without(columns[STEPS], "NaN")),
            "marker": Cells(place="Event Marker", texts=without(columns[MARKER], "NaN"), spelling=PRESSED),
        },
        torn=rows.torn,
        notes=(*notes, "energy and intensity not used: they need the settings of the analysis"),
        header={
            "patient id": _field(lines[:named], "Identity:"),
            "serial number": _field(lines[:named], "Device Serial Number:"),
        },
    )


def _field(head: Sequence[Sequence[str]], name: str) -> str:
    return next((cells[1] for cells in head if len(cells) > 1 and cells[0] == name), "")


def _elapsed(cells: np.ndarray, where: str) -> float:
    """Seconds of an epoch, from the running count of seconds."""
    steps = pd.to_numeric(pd.Series(cells), errors="coerce").diff().dropna()
    usual = float(steps.mode().iloc[0]) if len(steps) else 0.0
    if not 1 <= usual <= 3600:
        raise DataError(f"{where}: the elapsed seconds do not say how long an epoch is; export the file again.")
    return usual


class _Motion:
    """What is picked up while the XML goes by; nothing of a document type is followed."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.text: list[str] = []
        self.properties: dict[str, str] = {}
        self.channels: list[dict[str, str]] = []
        self.channel: dict[str, str] = {}
        self.annotations: list[str] = []
        self.name = ""

    def start(self, tag: str, given: dict[str, str]) -> None:
        self.path.append(tag)
        self.text = []
        if tag == "channel":
            self.channel = {}
        if tag == "data":
            self.channel["encoding"] = given.get("encoding", "")
        if tag == "event":
            self.annotations.append(given.get("time", ""))

    def data(self, text: str) -> None:
        self.text.append(text)

    def end(self, tag: str) -> None:
        self.path.pop()
        text = "".join(self.text).strip()
        inside = self.path[-1] if self.path else ""
        if inside == "property" and tag == "name":
            self.name = text
        if inside == "property" and tag == "content" and "ann" not in self.path:
            self.properties[self.name] = text
        if inside == "channel":
            self.channel[tag] = text
        if tag == "channel":
            self.channels.append(self.channel)
        self.text = []


def parsed(source: Content, handler: _Motion) -> None:
    """Let XML go by without following entities or document types.

    Parameters
    ----------
    source : Content
    handler : object
        With `start`, `data` and `end`.

    Raises
    ------
    DataError
        When it is damaged or declares an entity.
    """
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = handler.start, handler.end
    parser.CharacterDataHandler = handler.data
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise DataError(f"{source.name}: the file declares entities, which no device writes; it is not read.")

    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(source.data, True)
    except (expat.ExpatError, IndexError, ValueError, KeyError):
        raise DataError(f"{source.name}: the XML is damaged or was cut; download the recording again.") from None


def motionwatch(source: Content) -> EpochSource:
    """Epochs of a MotionWatch .mtn file.

    Parameters
    ----------
    source : Content

    Returns
    -------
    EpochSource

    Raises
    ------
    DataError
        When there is no channel of motion in text, or no start.
    """
    found = _Motion()
    parsed(source, found)
    channels = {channel.get("name", "").casefold(): channel for channel in found.channels}
    motion = channels.get("motion")
    if motion is None or motion.get("encoding") != "text":
        raise DataError(f"{source.name}: there is no channel of motion written as text; export it from MotionWare.")
    start = times(texts([found.properties.get("=StartTime", "")]), "%Y-%m-%d %H:%M:%S")[0]
    epoch = motion.get("epoch", "")
    if pd.isna(start) or not re.fullmatch(r"\d{1,4}", epoch, re.ASCII) or int(epoch) == 0:
        raise DataError(f"{source.name}: the start or the length of the epochs is missing; export the file again.")
    counts = _numbers(motion["data"])
    start += pd.Timedelta(seconds=_whole(motion.get("offset", "0")))
    cells = {"counts": Cells(place="motion", texts=counts)}
    notes = [] if motion.get("units") else ["the motion has no unit"]
    light = channels.get("light")
    if light is not None and (light.get("epoch"), light.get("offset")) == (epoch, motion.get("offset")):
        cells["light_lux"] = Cells(place="light", texts=_fitted(_numbers(light.get("data", "")), len(counts)))
        short = len(counts) - len(_numbers(light.get("data", "")))
        notes += (
            [f"the light has {abs(short)} epochs {'fewer' if short > 0 else 'more'} than the motion"] if short else []
        )
    return EpochSource(
        name=source.name,
        sha256=source.sha256,
        format="MotionWatch .mtn",
        rows=np.arange(1, len(counts) + 1),
        clocks=counted_clocks(start, float(epoch), len(counts), "StartTime"),
        epoch_s=float(epoch),
        cells=cells,
        notes=tuple(notes),
        header={
            "patient id": found.properties.get("+UserID", ""),
            "full name": found.properties.get("+UserName", ""),
            "date of birth": found.properties.get("+DOB", ""),
            "serial number": found.properties.get("=SerialNo", ""),
        },
    )


def _numbers(data: str) -> np.ndarray:
    return texts(
        [cell.strip() for cell in data.replace("\n", "").rstrip(", ").split(",")] if data.strip(", \n") else ()
    )


def _fitted(cells: np.ndarray, count: int) -> np.ndarray:
    """As many cells as there are epochs; what is not there is empty."""
    return np.concatenate([cells[:count], texts([""] * max(0, count - len(cells)))])


def _whole(text: str) -> int:
    return int(text) if re.fullmatch(r"-?\d{1,7}", text, re.ASCII) else 0
