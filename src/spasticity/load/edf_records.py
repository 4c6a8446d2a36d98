"""EDF, EDF+ and BDF: the header of a file, and the annotations that lie among its samples.

A file is a header of text fields of fixed width and data records of equal size. A signal called `EDF Annotations` has
text in place of samples: lists that each begin with an onset in seconds since the start of the file.

Kemp et al. 1992, Electroencephalogr Clin Neurophysiol 82:391 (EDF).
Kemp & Olivan 2003, Clin Neurophysiol 114:1755 (EDF+).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from spasticity.errors import DataError
from spasticity.load.opening import Content
from spasticity.wording import plural

BLOCK = 256  # bytes of the fixed header, and of each signal's part of it
FIXED = {"patient": (8, 80), "recording": (88, 80), "date": (168, 8), "time": (176, 8), "bytes": (184, 8)}
FIXED |= {"reserved": (192, 44), "records": (236, 8), "seconds": (244, 8), "signals": (252, 4)}
LABEL, SAMPLES = (0, 16), (216, 8)  # within the part of the signals: where a field of all signals begins, its width
MARKS = {b"0       ": ("EDF", 2), b"\xffBIOSEMI": ("BDF", 3)}  # the first bytes, and the bytes of a sample
NOTES = ("EDF Annotations", "BDF Annotations")
MOST_SIGNALS = 4096
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
CLIPPED = 85  # two digits of a year from here on are of the last century, smaller ones of this
STAMPED = re.compile(rb"([+-]\d{1,12}(?:\.\d{0,12})?)(?:\x15(\d{1,12}(?:\.\d{0,12})?)?)?\x14(.*)\x14", re.DOTALL)
NOT_A_LIST = "expected a list of annotations that begins with its time"
NOT_UTF8 = "expected text in UTF-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class EdfFile:
    """What a file says of itself, and its annotations.

    Parameters
    ----------
    name, sha256, format : str
        `format` is `EDF`, `EDF+C`, `EDF+D` (with pauses), `BDF` and so on.
    start : datetime
        On the clock of the recorder.
    header : mapping of str to str
        The fields that may tell who a person is.
    records : int
        Whole data records there are.
    onset_s, duration_s : ndarray of float, shape (n,)
        Of each annotation, since the start; a duration that is not given is missing.
    text : list of str, length n
    number : ndarray of int, shape (n,)
        Which annotation of the file each is, from 1.
    torn : tuple of (int, str, str)
        Annotations that cannot be read: number, text, rule.
    notes : tuple of str
        What a reader of the ledger must know.
    """

    name: str
    sha256: str
    format: str
    start: datetime
    header: dict[str, str]
    records: int
    onset_s: np.ndarray
    duration_s: np.ndarray
    text: list[str]
    number: np.ndarray
    torn: tuple[tuple[int, str, str], ...]
    notes: tuple[str, ...]


@dataclass(slots=True)
class _Found:
    """Annotations as they are gathered."""

    number: int = 0
    rows: list[tuple[int, float, float, str]] = field(default_factory=list)
    torn: list[tuple[int, str, str]] = field(default_factory=list)


def edf_file(source: Content, *, records: int | None = None, start: datetime | None = None) -> EdfFile:
    """The header and the annotations of a file.

    Parameters
    ----------
    source : Content
    records : int, optional
        How many data records to expect in place of what the header says.
    start : datetime, optional
        When the recording began, in place of what the header says.

    Returns
    -------
    EdfFile

    Raises
    ------
    DataError
        When it is no such file, its header contradicts itself, it was cut, or it has no annotations.
    """
    name, data = source.name, source.data
    mark = MARKS.get(data[:8])
    if mark is None:
        raise DataError(f"{name}: this is no EDF or BDF file; its first eight bytes are not theirs.")
    kind, width = mark
    fixed = {field: _text(data[at : at + size]) for field, (at, size) in FIXED.items()}
    signals = _whole(fixed["signals"], "number of signals", name)
    if not 0 < signals <= MOST_SIGNALS or len(data) < BLOCK * (signals + 1):
        raise DataError(f"{name}: the header speaks of {signals:,} signals, for which there is no room; it is damaged.")
    if _whole(fixed["bytes"], "length of the header", name) != BLOCK * (signals + 1):
        raise DataError(f"{name}: the header's length does not fit its {plural(signals, 'signal')}; it is damaged.")
    labels = [_text(one) for one in _fields(data, signals, *LABEL)]
    samples = [_whole(_text(one), "number of samples", name) for one in _fields(data, signals, *SAMPLES)]
    if min(samples) < 0 or sum(samples) == 0:
        raise DataError(f"{name}: the header gives a signal fewer than no samples; it is damaged.")
    found, notes = _records(data[BLOCK * (signals + 1) :], width * sum(samples), fixed["records"], records, name)
    ends = width * np.cumsum(samples)
    spans = [
        (end - width * size, end) for label, size, end in zip(labels, samples, ends, strict=True) if label in NOTES
    ]
    plus = fixed["reserved"][:5] if fixed["reserved"][:4] in ("EDF+", "BDF+") else kind
    if not spans:
        raise DataError(
            f"{name}: the file has no signal of annotations: it is plain {kind}, which has samples only. "
            "Export the scoring as EDF+."
        )
    gathered = _annotations(found, spans)
    numbers, onsets, durations, texts = zip(*gathered.rows, strict=True) if gathered.rows else ((),) * 4
    return EdfFile(
        name=name,
        sha256=source.sha256,
        format=plus,
        start=start or _start(fixed, name),
        header={"patient": fixed["patient"], "recording": fixed["recording"]},
        records=len(found),
        onset_s=np.array(onsets, dtype="float64"),
        duration_s=np.array(durations, dtype="float64"),
        text=list(texts),
        number=np.array(numbers, dtype=np.int64),
        torn=tuple(gathered.torn),
        notes=notes,
    )


def _text(raw: bytes) -> str:
    return raw.decode("latin-1").strip(" \x00")


def _fields(data: bytes, signals: int, at: int, size: int) -> list[bytes]:
    first = BLOCK + at * signals
    return [data[first + size * number : first + size * (number + 1)] for number in range(signals)]


def _whole(text: str, what: str, name: str) -> int:
    if not re.fullmatch(r"-?\d{1,8}", text):
        raise DataError(f"{name}: the {what} in the header is no whole number; the file is damaged.")
    return int(text)


def _records(body: bytes, size: int, said: str, asked: int | None, name: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Data records as rows of bytes, when there are as many as the header or the caller says."""
    there, rest = divmod(len(body), size)
    promised = _whole(said, "number of data records", name)
    notes = []
    if promised == -1:
        notes.append(f"the recorder did not say how many data records there are; {there:,} are whole")
    wanted = asked if asked is not None else there if promised == -1 else promised
    if there != wanted or (rest and asked is None and promised != -1):
        raise DataError(
            f"{name}: expected {plural(wanted, 'data record')}, but {there:,} are whole"
            f"{f' and {rest:,} bytes are left over' if rest else ''}; the file was cut or edited. "
            f"Export it again, or pass records={there} to read what there is."
        )
    if rest:
        notes.append(f"{rest:,} bytes of an unfinished data record were left out")
    return np.frombuffer(body, dtype=np.uint8, count=there * size).reshape(there, size), tuple(notes)


def _annotations(records: np.ndarray, spans: list[tuple[int, int]]) -> _Found:
    found = _Found()
    for record in records:
        for rank, (low, high) in enumerate(spans):
            lists = record[low:high].tobytes().split(b"\x00")
            for position, stamped in enumerate(lists):
                if stamped:
                    _read(stamped, found, keeps_time=rank == 0 and position == 0)
    return found


def _read(stamped: bytes, found: _Found, *, keeps_time: bool) -> None:
    """One list: its onset, its duration and the texts that share them."""
    parts = STAMPED.fullmatch(stamped)
    if parts is None:
        found.number += 1
        found.torn.append((found.number, stamped.decode("utf-8", "replace"), NOT_A_LIST))
        return
    onset, duration = float(parts[1]), float(parts[2]) if parts[2] else np.nan
    for rank, raw in enumerate(parts[3].split(b"\x14")):
        if not raw.strip() or (keeps_time and rank == 0 and not raw):
            continue  # the first list of a record tells when the record begins
        found.number += 1
        try:
            found.rows.append((found.number, onset, duration, raw.decode("utf-8").strip()))
        except UnicodeDecodeError:
            found.torn.append((found.number, raw.decode("utf-8", "replace"), NOT_UTF8))


def _start(fixed: dict[str, str], name: str) -> datetime:
    """Start of the recording; the year in four digits is that of EDF+, where it is given."""
    date = re.fullmatch(r"(\d\d)\.(\d\d)\.(\d\d|yy)", fixed["date"])
    time = re.fullmatch(r"(\d\d)\.(\d\d)\.(\d\d)", fixed["time"])
    told = re.match(r"Startdate (\d\d)-([A-Z]{3})-(\d{4})(?: |$)", fixed["recording"])
    if date is None or time is None or (date[3] == "yy" and not told):
        raise DataError(f"{name}: the header's start is not written as dd.mm.yy and hh.mm.ss; pass start='...'.")
    short = 0 if date[3] == "yy" else int(date[3])
    day, month, year = int(date[1]), int(date[2]), short + (1900 if short >= CLIPPED else 2000)
    if told and told[2] in MONTHS:
        longer = (int(told[1]), MONTHS.index(told[2]) + 1, int(told[3]))
        if longer[:2] != (day, month) or (date[3] != "yy" and longer[2] % 100 != short):
            raise DataError(
                f"{name}: the header gives two different dates of start; somebody edited one. Pass start='...'."
            )
        year = longer[2]
    try:
        return datetime(year, month, day, int(time[1]), int(time[2]), int(time[3]))
    except ValueError:
        raise DataError(f"{name}: the header's start is no date and time; pass start='...'.") from None
