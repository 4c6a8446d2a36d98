"""Actiwatch: the .AWD file of Cambridge Neurotechnology and Respironics, and the .csv export of Actiware."""

from __future__ import annotations

import re
from calendar import month_abbr
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
import pandas as pd

from spasticity.errors import DataError, listed
from spasticity.load.epoch_source import Cells, EpochSource, without
from spasticity.load.epoch_text import block, records, word
from spasticity.load.epoch_times import OFFSET, Clocks, counted_clocks, date_form, times
from spasticity.load.grid import texts
from spasticity.load.opening import Content, text_of
from spasticity.load.spelling import Spelling, as_coding

MONTHS = {name.lower(): number for number, name in enumerate(month_abbr) if name}
START = re.compile(r"(\d\d?)-([A-Za-z]{3})-(\d{4})", re.ASCII)
CLOCK = re.compile(r"(\d\d?):(\d\d)(?::(\d\d))?", re.ASCII)
#: Seconds of an epoch by the fourth line of an .AWD file (GGIRread, readActiwatchCount, Apache-2.0).
LENGTHS = {"1": 15, "2": 30, "4": 60, "8": 120, "20": 300, "81": 2, "C1": 5, "C2": 10}
HEAD = 7  # lines before the counts
ROW = re.compile(r"\s*([^\s,]*)\s*(?:,\s*(\d+(?:[.,]\d*)?))?\s*(M)?\s*", re.ASCII)

FORMS = ("%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d")
#: Columns of exports as `word` writes them, in English and Dutch, and in French and German, of which no file was at
#: hand; other languages are declared.
WORDS = {
    "date": ("date", "datum"),
    "time": ("time", "tijd", "heure", "zeit"),
    "worn": ("offwriststatus", "statusnietompols", "statusnichtamhandgelenk"),
    "counts": ("activity", "activiteit", word("Activité"), word("Aktivität")),
    "marker": ("marker", "markering", "marqueur", "markierung"),
    "light_lux": ("whitelight", "witlicht", word("Lumière blanche"), word("Weißes Licht")),
    "device_state": ("sleepwake", "slapenwaken", word("Sommeil/Éveil"), "schlafwach"),
}
NO_VALUE = ("NaN", "NAN", "kZ")
PROPERTIES = {
    "offset": ("timezoneoffset", "tijdzoneoffset"),
    "epoch": ("epochlength", "periodelengte", word("Longueur de la période"), word("Epochenlänge")),
    "samples": ("numberofdatasamples", "aantalgegevenssamples"),
    "serial": ("actiwatchserialnumber", "serienummeractiwatch"),
}
#: Who was recorded: the first lines of the block, in the order of every language.
PERSON = ("patient id", "initials", "full name", "street address", "city", "phone", "sex", "date of birth")
CODINGS = {
    "worn": {"0": "true", "1": "false"},
    "marker": {"0": "false", "1": "true"},
    "device_state": {"0": "sleep", "1": "wake"},
}
DASHES = re.compile(r"-{4,}\s*\S")


def is_awd(text: str) -> bool:
    """Whether a text begins as an .AWD file: a date, a clock time and a code of seven lines.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool
    """
    lines = text.replace("\r", "").split("\n", HEAD)
    return len(lines) > HEAD and bool(START.fullmatch(lines[1].strip()) and CLOCK.fullmatch(lines[2].strip()))


def awd(source: Content, *, encoding: str) -> EpochSource:
    """Epochs of an .AWD file.

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
        When the seven lines of the header are not understood.
    """
    text, notes = text_of(source, encoding)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not is_awd(text):
        raise DataError(f"{source.name}: the first seven lines are not those of an .AWD file; export it again.")
    head = [line.strip() for line in lines[:HEAD]]
    if head[3].upper() not in LENGTHS:
        raise DataError(
            f"{source.name}: the code of the epoch length in line 4 is not known; expected {listed(LENGTHS)}."
        )
    filled = [place for place, line in enumerate(lines[HEAD:]) if line.strip()]
    body = texts([lines[HEAD + place] for place in filled])
    codes, distinct = pd.factorize(body)
    parts = [_row(line) for line in distinct]
    counts, lux, marker = (texts([part[n] for part in parts])[codes] for n in range(3))
    epoch_s = float(LENGTHS[head[3].upper()])
    cells = {"counts": Cells(place="counts", texts=counts), "marker": Cells(place="marker", texts=marker)}
    if any(part[1] for part in parts):
        cells["light_lux"] = Cells(place="light", texts=lux)
    return EpochSource(
        name=source.name,
        sha256=source.sha256,
        format="AWD",
        rows=np.array(filled, dtype=int) + HEAD + 1,
        clocks=counted_clocks(_start(head, source.name), epoch_s, len(body), "line 2"),
        epoch_s=epoch_s,
        cells=cells,
        notes=tuple(notes),
        header={"patient id": head[0], "serial number": head[5]},
    )


def _row(line: str) -> tuple[str, str, str]:
    """Count, light and marker of a line; a line of another form is its own bad count."""
    found = ROW.fullmatch(line)
    if found is None:
        return line.strip(), "", ""
    return found[1], (found[2] or "").replace(",", "."), "true" if found[3] else "false"


def _start(head: Sequence[str], where: str) -> pd.Timestamp:
    day, clock = START.fullmatch(head[1]), CLOCK.fullmatch(head[2])
    try:
        assert day is not None  # noqa: S101 as `is_awd` found
        assert clock is not None  # noqa: S101
        moment = datetime(
            int(day[3]), MONTHS[day[2].lower()], int(day[1]), int(clock[1]), int(clock[2]), int(clock[3] or 0)
        )
    except (KeyError, ValueError):
        raise DataError(
            f"{where}: the start in lines 2 and 3 is no date such as 01-Oct-2024 with a time such as 17:00."
        ) from None
    return pd.Timestamp(moment)


def is_actiware(head: str) -> bool:
    """Whether the first line of a text is Actiware's, in any language.

    Parameters
    ----------
    head : str

    Returns
    -------
    bool
    """
    return re.search(r"\bactiware\b", head, re.IGNORECASE) is not None


def actiware(source: Content, *, columns: Mapping[str, str], date_format: str | None, encoding: str) -> EpochSource:
    """Epochs of an export of Actiware.

    Parameters
    ----------
    source : Content
    columns : mapping of str to str
        Column of the table (or `date`, `time`) to column of the file, for languages that are not known.
    date_format, encoding : str
        As in `actigraphy`.

    Returns
    -------
    EpochSource

    Raises
    ------
    DataError
        When the block of epochs is not found, or a column or date is not understood.
    """
    text, notes = text_of(source, encoding)
    delimiter = _delimiter(text)
    lines = records(text, delimiter, source.name)
    first, names = _epoch_block(lines, source.name)
    rows = block(lines[first:], first + 1, len(names), source.name, whole=text.endswith(("\n", "\r")))
    places = _places(names, columns, source.name)
    cells = {name: rows.columns[place] for name, place in places.items()}
    said = _properties(lines[:first])
    clocks = _written(cells.pop("date"), cells.pop("time"), lines[:first], source.name, date_format, said.get("offset"))
    return EpochSource(
        name=source.name,
        sha256=source.sha256,
        format="Actiware CSV",
        rows=rows.rows,
        clocks=clocks,
        epoch_s=_epoch_s(said, clocks, source.name),
        cells={name: _cells(name, names[places[name]], column, delimiter) for name, column in cells.items()},
        torn=rows.torn,
        notes=(*notes, f"{len(names) - len(places)} columns not used"),
        header=_person(lines[:first]) | {"serial number": said.get("serial", "")},
        said=int(said["samples"]) if said.get("samples", "").isdigit() else None,
    )


def _delimiter(text: str) -> str:
    """The mark that is most frequent in the last lines, which are epochs."""
    tail = "\n".join(text.rstrip().rsplit("\n", 6)[1:])
    return max(",;\t", key=tail.count)


def _epoch_block(lines: Sequence[Sequence[str]], where: str) -> tuple[int, list[str]]:
    """Where the epochs begin, and the names of their columns."""
    titles = [place for place, cells in enumerate(lines) if cells and DASHES.match(cells[0])]
    start = titles[-1] if titles else len(lines)
    numbered = (
        place for place in range(start, len(lines)) if lines[place] and re.fullmatch(r"\d+", lines[place][0], re.ASCII)
    )
    first = next(numbered, None)
    above = [place for place in range(start + 1, first or start) if any(lines[place])]
    if first is None or not above:
        raise DataError(
            f"{where}: there is no block of epochs; export again from Actiware with the epoch-by-epoch data."
        )
    names = list(lines[above[-1]])
    while names and not names[-1]:
        names.pop()
    return first, names


def _places(names: Sequence[str], columns: Mapping[str, str], where: str) -> dict[str, int]:
    """Column of the table to its place in the block."""
    known = {
        what: next((n for n, name in enumerate(names) if word(name) in words), None) for what, words in WORDS.items()
    }
    for what, name in columns.items():
        if name not in names:
            raise DataError(
                f"{where}: `columns` names a column that the file does not have; it has {listed(names, 'and')}."
            )
        known[what] = names.index(name)
    lost = [what for what in ("date", "time", "counts") if known[what] is None]
    if lost:
        raise DataError(
            f"{where}: no column is known as {listed(lost, 'and')}; the export is in a language that is not known. Say "
            f"which they are, such as columns={{'{lost[0]}': '{names[min(1, len(names) - 1)]}'}}; the file has "
            f"{listed(names, 'and')}."
        )
    return {what: place for what, place in known.items() if place is not None}


def _properties(head: Sequence[Sequence[str]]) -> dict[str, str]:
    """What the header says of the recording."""
    said = {word(cells[0]): cells[1] for cells in head if len(cells) > 1 and cells[1]}
    return {what: said[name] for what, names in PROPERTIES.items() for name in names if name in said}


def _written(
    dates: np.ndarray,
    clocks: np.ndarray,
    head: Sequence[Sequence[str]],
    where: str,
    date_format: str | None,
    offset: str | None,
) -> Clocks:
    """Times of the epochs; every date of the file, also of the summaries, helps to tell day from month."""
    seen = [_slashed(cell) for cells in head for cell in cells if re.fullmatch(r"\d+[-./]\d+[-./]\d+", cell, re.ASCII)]
    days = [_slashed(cell) for cell in dates]
    forms = (_slashed(date_format),) if date_format else FORMS
    form = _form(days, seen, forms, where)
    written = texts([f"{day} {clock}" for day, clock in zip(days, clocks, strict=True)])
    local = times(written, f"{form} %H:%M:%S")
    if local.isna().all():
        local = times(written, f"{form} %I:%M:%S %p")
    kind = offset if offset and OFFSET.fullmatch(offset) else "fixed"
    return Clocks(place="date and time", texts=written, local=local, written=f"{form} %H:%M:%S", kind=kind)


def _form(days: Sequence[str], seen: Sequence[str], forms: Sequence[str], where: str) -> str:
    """The form of the dates: all of the file must be readable in it, not only those of the epochs."""
    all_of = [form for form in forms if times(texts(seen), form).notna().all()] if seen else list(forms)
    return date_form(days, all_of or forms, None, where)


def _slashed(cell: str) -> str:
    return re.sub(r"[-.](?=[\d%])", "/", cell)


def _epoch_s(said: Mapping[str, str], clocks: Clocks, where: str) -> float:
    if said.get("epoch", "").isdigit() and int(said["epoch"]):
        return float(said["epoch"])
    steps = Counter(clocks.local.diff().dropna().dt.total_seconds())
    usual = steps.most_common(1)[0][0] if steps else 0.0
    if usual <= 0:
        raise DataError(f"{where}: neither the header nor the times say how long an epoch is; export the file again.")
    return float(usual)


def _cells(name: str, place: str, column: np.ndarray, delimiter: str) -> Cells:
    coding = as_coding(CODINGS[name]) if name in CODINGS else None
    decimal = "," if delimiter == ";" or (coding is None and any("," in cell for cell in pd.unique(column))) else "."
    return Cells(place=place, texts=without(column, *NO_VALUE), spelling=Spelling(coding=coding, decimal=decimal))


def _person(head: Sequence[Sequence[str]]) -> dict[str, str]:
    """Who was recorded, under English names; words for `not filled in` stand in several fields alike."""
    titles = [place for place, cells in enumerate(head) if cells and DASHES.match(cells[0])]
    if not titles:
        return {}
    after = [cells for cells in head[titles[0] + 1 : titles[1] if len(titles) > 1 else None] if any(cells)]
    said = {field: cells[1] if len(cells) > 1 else "" for field, cells in zip(PERSON, after, strict=False)}
    often = Counter(said[field] for field in PERSON[2:6] if said.get(field))
    return {
        field: "" if often[text] > 1 or not text.strip("* ") else text for field, text in said.items() if field != "sex"
    }
