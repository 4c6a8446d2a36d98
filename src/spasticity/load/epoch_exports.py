"""Epochs as tables of text: GENEActiv, Axivity, and the minute counts of NHANES."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from spasticity.errors import DataError
from spasticity.load.epoch_source import Cells, EpochSource, without
from spasticity.load.epoch_text import block, first_column, records, word
from spasticity.load.epoch_times import Clocks, as_texts, times
from spasticity.load.grid import texts
from spasticity.load.opening import Content, text_of
from spasticity.load.typed_cells import by_distinct, number_text
from spasticity.wording import plural

MILLI = 1000.0
SVM = "Mean SVM (g)"
AXIVITY_TEMPERATURE = "Temperature (C)"
STAMP = "%Y-%m-%d %H:%M:%S.%f"
NHANES = ("seqn", "paxday")
MINUTE_S, DAY_MIN = 60.0, 1440
#: Columns of an epoch-compressed export of the GENEActiv software, which have no names [from memory]: time, mean x, y
#: and z, mean light, sum of button, mean temperature, sum of |vector magnitude - 1 g|, deviations of x, y and z, peak
#: light.
GENE_WIDTH, GENE_LIGHT, GENE_BUTTON, GENE_TEMPERATURE, GENE_SVM = 12, 4, 5, 6, 7
GENE_HEAD = 100  # lines before the epochs
RAW = "these are samples of acceleration, not epochs"


def is_axivity(head: str) -> bool:
    """Whether the first line of a text is that of OMGUI's export of epochs.

    Parameters
    ----------
    head : str

    Returns
    -------
    bool
    """
    return head.strip().startswith(f"Time,{SVM}") or head.strip().startswith(f"Time, {SVM}")


def axivity(source: Content, *, encoding: str) -> EpochSource:
    """Epochs of an export of OMGUI: the mean of |acceleration - 1 g|.

    Parameters
    ----------
    source : Content
    encoding : str

    Returns
    -------
    EpochSource

    Raises
    ------
    DataError
        When the header is another, or the times do not say how long an epoch is.
    """
    text, notes = text_of(source, encoding)
    lines = records(text, ",", source.name)
    if not is_axivity(",".join(lines[0])):
        raise DataError(f"{source.name}: the header is not that of epochs exported by OMGUI; {_raw_hint(lines)}.")
    names = lines[0]
    rows = block(lines[1:], 2, len(names), source.name, whole=text.endswith(("\n", "\r")))
    columns = dict(zip(names, rows.columns, strict=True))
    local = _stamped(columns["Time"])
    cells = {"svm_mg": Cells(place=SVM, texts=_scaled(columns[SVM], MILLI))}
    if AXIVITY_TEMPERATURE in columns:
        cells["temperature_c"] = Cells(place=AXIVITY_TEMPERATURE, texts=columns[AXIVITY_TEMPERATURE])
    return EpochSource(
        name=source.name,
        sha256=source.sha256,
        format="OMGUI CSV",
        rows=rows.rows,
        clocks=Clocks(place="Time", texts=columns["Time"], local=local, written="2024-03-31 22:05:00.000"),
        epoch_s=_usual(local, source.name),
        cells=cells,
        torn=rows.torn,
        notes=(*notes, "acceleration in g made mg", plural(len(names) - 1 - len(cells), "column") + " not used"),
    )


def _raw_hint(lines: Sequence[Sequence[str]]) -> str:
    first = lines[0]
    numbers = len(first) in (4, 7) and re.fullmatch(r"-?\d+\.\d+", first[-1])
    return f"{RAW}: read them with `load.accelerometer`" if numbers else "export the epochs again"


def _stamped(cells: np.ndarray) -> pd.Series:
    """Times with or without fractions, the fraction after a point or a colon."""
    plain = [re.sub(r":(\d{3})$", r".\1", cell) for cell in cells]
    return times(texts([cell if "." in cell else f"{cell}.0" for cell in plain]), STAMP)


def _usual(local: pd.Series, where: str) -> float:
    """The usual step between times, in seconds."""
    steps = local.diff().dropna().dt.total_seconds()
    usual = float(steps.mode().iloc[0]) if len(steps) else 0.0
    if 0 < usual < 1:
        raise DataError(f"{where}: rows are {usual:g} s apart: {RAW}. Read them with `load.accelerometer`.")
    if usual <= 0:
        raise DataError(f"{where}: the times do not say how long an epoch is; export the file again.")
    return usual


def _scaled(cells: np.ndarray, factor: float) -> np.ndarray:
    """Numbers in another unit; what is no number stays as it is."""

    def one(cell: str) -> str:
        plain = re.fullmatch(r"-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?", cell, re.ASCII)
        return number_text(float(f"{float(cell) * factor:.12g}")) if plain else cell

    return by_distinct(cells, one)


def is_geneactiv(head: str) -> bool:
    """Whether the first line of a text is that of an export of the GENEActiv software.

    Parameters
    ----------
    head : str

    Returns
    -------
    bool
    """
    return re.match(r"\W*device type\W*,\W*geneactiv", head, re.IGNORECASE) is not None


def geneactiv(source: Content, *, encoding: str) -> EpochSource:
    """Epochs of an epoch-compressed export of the GENEActiv software.

    Parameters
    ----------
    source : Content
    encoding : str

    Returns
    -------
    EpochSource

    Raises
    ------
    DataError
        When the rows are samples, or do not have the columns of epochs.
    """
    text, notes = text_of(source, encoding)
    lines = records(text, ",", source.name)
    said = {word(cells[0]): cells[1] for cells in lines[:GENE_HEAD] if len(cells) > 1}
    rate = re.match(r"\d+(?:\.\d+)?", said.get("measurementfrequency", ""))
    first = next((n for n, cells in enumerate(lines) if cells and re.match(r"\d{4}-\d\d-\d\d ", cells[0])), None)
    if first is None or rate is None:
        raise DataError(f"{source.name}: there are no times or no frequency where the GENEActiv software writes them.")
    rows = block(lines[first:], first + 1, len(lines[first]), source.name, whole=text.endswith(("\n", "\r")))
    local = _stamped(rows.columns[0])
    epoch_s = _usual(local, source.name)
    if len(rows.columns) != GENE_WIDTH:
        raise DataError(
            f"{source.name}: {len(rows.columns)} columns where an epoch has {GENE_WIDTH}; export it epoch-compressed."
        )
    per_sample = MILLI / (epoch_s * float(rate[0]))
    columns = rows.columns
    pressed = by_distinct(
        columns[GENE_BUTTON], lambda cell: {"0": "false"}.get(_short(cell), "true") if _short(cell) else cell
    )
    return EpochSource(
        name=source.name,
        sha256=source.sha256,
        format="GENEActiv CSV",
        rows=rows.rows,
        clocks=Clocks(place="time", texts=columns[0], local=local, written="2024-03-31 22:05:00:000"),
        epoch_s=epoch_s,
        cells={
            "svm_mg": Cells(place="sum of vector magnitudes", texts=_scaled(columns[GENE_SVM], per_sample)),
            "light_lux": Cells(place="mean light", texts=columns[GENE_LIGHT]),
            "temperature_c": Cells(place="mean temperature", texts=columns[GENE_TEMPERATURE]),
            "marker": Cells(place="button", texts=pressed),
        },
        torn=rows.torn,
        notes=(*notes, f"sums of g over {epoch_s:g} s at {rate[0]} Hz made means in mg"),
        header={"serial number": said.get("deviceuniqueserialcode", ""), "patient id": said.get("subjectcode", "")}
        | {"date of birth": said.get("dateofbirth", "")},
    )


def _short(cell: str) -> str:
    found = re.fullmatch(r"(\d+)(?:\.0*)?", cell, re.ASCII)
    return found[1] if found else ""


def is_nhanes(head: str) -> bool:
    """Whether the first line of a text names the columns of NHANES accelerometry.

    Parameters
    ----------
    head : str

    Returns
    -------
    bool
    """
    return [word(cell) for cell in head.split(",")][:1] == ["seqn"] and "paxday" in head.casefold()


def nhanes(source: Content, *, first_day: str | None, encoding: str) -> EpochSource:
    """Minutes of NHANES 2003-2006: a code of the person, the day of the week, the minute and its counts.

    Parameters
    ----------
    source : Content
    first_day : str
        The date to give the first day of every person: NHANES publishes none.
    encoding : str

    Returns
    -------
    EpochSource

    Raises
    ------
    DataError
        When a column is missing, or no date is given.
    """
    text, notes = text_of(source, encoding)
    lines = records(text, ",", source.name)
    names = lines[0]
    place = {
        "person": first_column(names, "seqn"),
        "day": first_column(names, "paxday"),
        "minute": first_column(names, "minute", "paxminut"),
        "hour": first_column(names, "paxhour"),
        "counts": first_column(names, "counts", "paxinten"),
        "steps": first_column(names, "paxstep", "steps"),
        "worn": first_column(names, "wear"),
    }
    if None in (place["person"], place["day"], place["minute"], place["counts"]):
        raise DataError(f"{source.name}: expected the columns seqn, paxday, minute (or paxhour, paxminut) and counts.")
    zero = times(texts([first_day or ""]), "%Y-%m-%d")[0]
    if pd.isna(zero):
        raise DataError(
            f"{source.name}: NHANES publishes no dates; pass first_day= such as '2004-01-04', the date that the first "
            "day of every person is to have."
        )
    rows = block(lines[1:], 2, len(names), source.name, whole=text.endswith(("\n", "\r")))
    column = {what: rows.columns[where] for what, where in place.items() if where is not None}
    minute = _whole(column["minute"]) + (_whole(column["hour"]) * 60 if "hour" in column else 0)
    day = _days(column["person"], _whole(column["day"]))
    known = (minute >= 0) & (minute < DAY_MIN) & (day >= 0)
    offset = pd.to_timedelta(pd.Series((day * DAY_MIN + minute).where(known)), unit="min")
    local = (zero + offset).astype("datetime64[us]")
    cells = {"counts": Cells(place=names[place["counts"]], texts=without(column["counts"], "."))}  # type: ignore[index]
    if "steps" in column:
        cells["steps"] = Cells(place="steps", texts=without(column["steps"], "."))
    if "worn" in column:
        words = {"0": "false", "1": "true"}
        cells["worn"] = Cells(place="wear", texts=by_distinct(column["worn"], lambda cell: words.get(cell, cell)))
    return EpochSource(
        name=source.name,
        sha256=source.sha256,
        format="NHANES minutes",
        rows=rows.rows,
        clocks=Clocks(place="paxday", texts=as_texts(local), local=local, written="a day from 1 and a minute from 0"),
        epoch_s=MINUTE_S,
        cells=cells,
        participants=column["person"],
        torn=rows.torn,
        notes=(*notes, "dates are not those of the recording: NHANES publishes none"),
    )


def _whole(cells: np.ndarray) -> pd.Series:
    """Whole numbers; -1 for what is none."""
    codes, distinct = pd.factorize(cells)
    read = np.array(
        [int(float(cell)) if re.fullmatch(r"\d{1,6}(?:\.0*)?", cell, re.ASCII) else -1 for cell in distinct]
    )
    return pd.Series(read[codes] if len(read) else np.zeros(0, dtype=int))


def _days(people: np.ndarray, weekday: pd.Series) -> pd.Series:
    """Days since the first of each person: the next day of the week is the next day."""
    whose = pd.Series(pd.factorize(people)[0])
    known = weekday >= 0
    step = weekday.where(known).groupby(whose).ffill().groupby(whose).diff().fillna(0)
    ahead = (step % 7).groupby(whose).cumsum()
    return ahead.where(known, -1).astype(int)
