"""Screening the places where identifiers hide: columns, file names, headers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import median

import numpy as np
import pandas as pd

from spasticity.privacy.checksums import NHS_PASS, chance, digits_of, is_birth_code, is_nhs_number, runs_on
from spasticity.privacy.column_names import kind_by_name
from spasticity.privacy.kinds import Finding
from spasticity.privacy.texts import Span, spans

FEWEST = 5  # codes from which their check digits say something
SURE = 1e-3  # chance of so many passes among numbers that mean nothing
BIRTH_PASS = 0.11  # share of six random digits that are a date in one of three orders: 3 * 365 / 10,000
WORDS, LETTERS = 3, 40  # a column with more of either is free text
TEN_DIGITS = re.compile(r"\d{3}[ -]?\d{3}[ -]?\d{4}", re.ASCII)
INITIALS_DATE, INSURANCE = re.compile(r"[A-Z]{2,3}\d{6}", re.ASCII), re.compile(r"[A-Z]{2}\d{6}[A-D]", re.ASCII)
NINE_DIGITS, UNSPACED = re.compile(r"\d{3}[- .]\d{2}[- .]\d{4}", re.ASCII), re.compile(r"[A-Z0-9]{5,7}", re.ASCII)
SURNAME_FIRST = re.compile(r"[A-Z\u00c0-\u00de][\w'\u2019-]+, ?[A-Z\u00c0-\u00de][\w'\u2019-]+(?: [A-Z]\.?)?")
PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".heic", ".tif", ".tiff", ".mp4", ".mov", ".avi", ".wav", ".mp3")
DATED = re.compile(r"(?<!\d)(?:19|20)\d{2}[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01])(?!\d)")
# Fields of a header that name those who made the file, and those that say when it was written.
MAKERS = re.compile(r"creator|author|last ?modified ?by|manager|user|technician|investigator|operator|owner")
WRITTEN = re.compile(r"created|modified|written|software|application|version|format|download.*|template|revision")
SERIAL = re.compile(r"(?:device |pump |equipment )?(?:serial(?: number| no)?|sn|udi)")
ANONYMOUS = re.compile(r"|x+|anonymous|anonymised|anonymized|unknown|none|n/?a|[-. ]+", re.IGNORECASE)


def screen_column(
    name: str,
    values: Sequence[str] | np.ndarray | pd.Series,
    *,
    cells: np.ndarray | None = None,
    codes: bool = False,
    dates: bool = False,
    roster: Collection[str] = (),
) -> list[Finding]:
    """What in a column may tell who a person is.

    Parameters
    ----------
    name : str
        As in the source.
    values : sequence of str
        Cells; missing ones are passed over.
    cells : array of int, optional
        Which of the values each cell has, when the values are the different ones of a column.
    codes : bool
        Whether the cells are codes of participants or sites, which are judged as a whole: a ten-digit code passes
        the check of the NHS in one case of eleven.
    dates : bool
        Whether dates belong here, other than those that the name says are of a birth, a death or the like.
    roster : collection of str
        Names or codes that must not be there; kept nowhere.

    Returns
    -------
    list of Finding
        One per kind; never a value.
    """
    column = f"column `{name}`"
    distinct = np.asarray(values, dtype=object)
    if cells is None:
        cells, distinct = pd.factorize(distinct)
    kind = kind_by_name(name)
    filled = [place for place, text in enumerate(distinct) if str(text).strip()] if kind else []
    if kind and filled:
        named = _finding(column, kind, filled, cells)
        return [replace(named, by="name")]
    texts = [str(text) for text in distinct]
    by_kind: dict[str, set[int]] = {}
    for span in [*spans(texts, roster=roster), *_whole(texts)]:
        if not (dates and span.kind == "date"):
            by_kind.setdefault(span.kind, set()).add(span.text)
    if codes:
        _settle_codes(texts, by_kind)
    return [_finding(column, kind, sorted(where), cells) for kind, where in by_kind.items() if where]


def _finding(place: str, kind: str, where: list[int], cells: np.ndarray) -> Finding:
    hit = np.flatnonzero(np.isin(cells, where))
    return Finding(place, kind, len(hit), int(hit[0]))


def _whole(texts: Sequence[str]) -> list[Span]:
    """Cells that are an identifier as a whole: names with the surname first, names of picture files."""
    named = [place for place, text in enumerate(texts) if SURNAME_FIRST.fullmatch(text)]
    filled = sum(bool(text.strip()) for text in texts)
    surnames = named if len(named) >= FEWEST and len(named) > filled / 2 else []
    pictures = [place for place, text in enumerate(texts) if text.lower().endswith(PICTURES)]
    return [Span(place, 0, len(texts[place]), "name") for place in surnames] + [
        Span(place, 0, len(texts[place]), "photograph") for place in pictures
    ]


def _settle_codes(texts: Sequence[str], by_kind: dict[str, set[int]]) -> None:
    """Judge codes as a whole: keep what neither chance nor counting explains."""
    ten = _of_shape(texts, TEN_DIGITS)
    passing = {place for place in ten if is_nhs_number(texts[place])}
    likely = len(ten) >= FEWEST and chance(len(passing), len(ten), NHS_PASS) < SURE
    _replace(by_kind, "medical record number", ten, passing if likely else set())
    born = _of_shape(texts, INITIALS_DATE)
    if len(born) >= FEWEST:
        passing = {place for place in born if is_birth_code(texts[place])}
        likely = not _counted_up(texts, born) and chance(len(passing), len(born), BIRTH_PASS) < SURE
        _replace(by_kind, "personal code", born, passing if likely else set())
    insured = _of_shape(texts, INSURANCE)
    if len(insured) >= FEWEST and _counted_up(texts, insured):
        _replace(by_kind, "social security number", insured, set())
    nine = _of_shape(texts, NINE_DIGITS)
    # The first three digits of social security numbers differ; those of a site and a counter do not.
    if len(nine) >= FEWEST and len({texts[place][:3] for place in nine}) <= len(nine) / 4:
        _replace(by_kind, "social security number", nine, set())
    _replace(by_kind, "postcode", _of_shape(texts, UNSPACED), set())


def _of_shape(texts: Sequence[str], shape: re.Pattern[str]) -> list[int]:
    return [place for place, text in enumerate(texts) if shape.fullmatch(text)]


def _counted_up(texts: Sequence[str], places: Sequence[int]) -> bool:
    return runs_on([int(digits_of(texts[place])) for place in places])


def _replace(by_kind: dict[str, set[int]], kind: str, judged: Sequence[int], kept: set[int]) -> None:
    by_kind[kind] = by_kind.get(kind, set()) - set(judged) | kept


def is_free_text(values: Iterable[str]) -> bool:
    """Whether cells read as sentences rather than as codes.

    Parameters
    ----------
    values : iterable of str

    Returns
    -------
    bool
        More than three words in the median cell, or more than 40 letters in any.
    """
    texts = [text for text in values if text]
    return bool(texts) and (max(map(len, texts)) > LETTERS or median(len(text.split()) for text in texts) > WORDS)


def screen_file_name(name: str, *, roster: Collection[str] = ()) -> list[Finding]:
    """What in the name of a file, with its sheet, may tell who a person is.

    Parameters
    ----------
    name : str
        Without its folder.
    roster : collection of str

    Returns
    -------
    list of Finding
    """
    return _counted("file name", [span.kind for span in file_name_spans(name, roster=roster)])


def file_name_spans(name: str, *, roster: Collection[str] = ()) -> list[Span]:
    """Where identifiers stand in the name of a file.

    Parameters
    ----------
    name : str
    roster : collection of str

    Returns
    -------
    list of Span
    """
    dated = [Span(0, found.start(), found.end(), "date") for found in DATED.finditer(name)]
    others = spans([name.replace("_", " ")], roster=roster)
    return sorted(
        dated + [span for span in others if not any(span.start < d.end and d.start < span.end for d in dated)],
        key=lambda span: span.start,
    )


def screen_header(fields: Mapping[str, object], *, roster: Collection[str] = ()) -> list[Finding]:
    """What in the header or the properties of a file may tell who a person is.

    Parameters
    ----------
    fields : mapping of str to object
        Field to its content, such as `{"creator": "...", "title": "..."}` of a workbook, the labels of a transport
        file, or `{"patient": "...", "recording": "..."}` of an EDF file.
    roster : collection of str

    Returns
    -------
    list of Finding
        Place "header `field`". When a file was written is not a date of a person.
    """
    found = []
    for field, content in fields.items():
        text = str(content).strip() if content is not None else ""
        kinds = [] if ANONYMOUS.fullmatch(text) else _header_kinds(field, text, roster)
        found += _counted(f"header `{field}`", kinds)
    return found


def stays_in_file(finding: Finding) -> bool:
    """Whether a finding is one that nearly every file of its format carries and no table takes.

    Dates of recording, serial numbers of devices and the people who made the file are left behind in its header, and
    the date of an export in its name.

    Parameters
    ----------
    finding : Finding
        In a header or a file name.

    Returns
    -------
    bool
    """
    field = finding.place.split("`")[1] if "`" in finding.place else ""
    return finding.kind in ("date", "device serial number") or (
        finding.kind == "name" and MAKERS.fullmatch(_words(field)) is not None
    )


def _words(field: str) -> str:
    return re.sub(r"[^a-z]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", field).lower()).strip()


def _header_kinds(field: str, text: str, roster: Collection[str]) -> list[str]:
    words = _words(field)
    if WRITTEN.fullmatch(words):
        return []
    if MAKERS.fullmatch(words):
        return ["name"] if re.search(r"[^\W\d_]{2}", text) else []
    if SERIAL.fullmatch(words):
        return ["device serial number"]
    if words in ("patient", "patient id", "patient identification", "local patient identification"):
        return _edf_patient(text)
    by_name = kind_by_name(field)
    if by_name:
        return [by_name]
    if words in ("recording", "recording id", "local recording identification"):
        return _edf_recording(text)
    return [span.kind for span in spans([text.replace("_", " ")], roster=roster)]


def _edf_patient(text: str) -> list[str]:
    """Code, sex, birth date and name, of which X stands for left out."""
    parts = (text.split() + ["X"] * 4)[:4]
    kinds = ("medical record number", "", "date", "name")
    if len(text.split()) < 2:  # not the layout of EDF+
        return ["name"] if re.search(r"[A-Za-z]{2}", text) and not re.fullmatch(r"[A-Z]{0,4}[-_]?\d+", text) else []
    found = [kind for kind, part in zip(kinds, parts, strict=True) if kind and not ANONYMOUS.fullmatch(part)]
    code = parts[0]
    # A code of the study is no identifier; ten digits of the NHS, or initials with a date of birth, are.
    if "medical record number" in found and not spans([code.replace("_", " ")]):
        found.remove("medical record number")
    return found


def _edf_recording(text: str) -> list[str]:
    """`Startdate`, the date, and then codes of the hospital, the technician and the equipment."""
    if not text.lower().startswith("startdate"):
        return [span.kind for span in spans([text.replace("_", " ")])]
    parts = (text.split()[1:] + ["X"] * 4)[:4]
    kinds = ("date", "medical record number", "name", "device serial number")
    return [kind for kind, part in zip(kinds, parts, strict=True) if not ANONYMOUS.fullmatch(part)]


def _counted(place: str, kinds: Iterable[str]) -> list[Finding]:
    return [Finding(place, kind, count) for kind, count in Counter(kinds).items()]
