"""GENEActiv .bin files: pages of text, each with its time, temperature and 300 samples in hexadecimal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

import numpy as np

from spasticity.errors import DataError
from spasticity.load.raw_samples import RawFile, Refused, Samples

SIGNATURE, PAGE = b"Device Identity", b"Recorded Data"
SAMPLES, HEX = 300, 12  # of a page, and digits of a sample
AT_ONCE = 1 << 21  # bytes
HEADER_BYTES = 1 << 16
LAYOUT = re.compile(
    rb"\s*Device Unique Serial Code:[^\n]*\n"
    rb"Sequence Number:[^\n]*\n"
    rb"Page Time:(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d):(\d{3})\s*\n"
    rb"Unassigned:[^\n]*\n"
    rb"Temperature:\s*(-?[\d.,]+)\s*\n"
    rb"Battery voltage:[^\n]*\n"
    rb"Device Status:[^\n]*\n"
    rb"Measurement Frequency:\s*([\d.,]+)[^\n]*\n"
    rb"([0-9A-Fa-f]*)\s*"
)
DAMAGED = "the page is damaged: its header or its samples cannot be read"
CUT = f"the page does not hold {SAMPLES} samples"
DAY_ZERO = datetime(1970, 1, 1)


def geneactiv_file(path: Path) -> RawFile:
    """Open a GENEActiv .bin file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    RawFile

    Raises
    ------
    DataError
        When the header lacks what is needed to read the pages.
    """
    with path.open("rb") as file:
        head, _, rest = file.read(HEADER_BYTES).partition(PAGE)
    fields = _fields(head.decode("utf-8", "replace"))
    gain = [_number(path, fields, f"{axis} gain") for axis in "xyz"]
    zero = [_number(path, fields, f"{axis} offset") for axis in "xyz"]
    if not rest or 0 in gain:
        raise DataError(f"{path.name}: there is no page after the header; copy the file from the device again.")
    drift = re.search(r"clock drift (-?[\d.]+ ?s)", fields.get("Extract Notes", ""))
    return RawFile(
        format="GENEActiv bin",
        block="page",
        scale=(100 / gain[0], 100 / gain[1], 100 / gain[2]),  # the maker's rule: (100 raw - offset) / gain
        offset=(-zero[0] / gain[0], -zero[1] / gain[1], -zero[2] / gain[2]),
        rate_hz=_number(path, fields, "Measurement Frequency"),
        pieces=partial(_pieces, path),
        header={name: value for name, value in fields.items() if value},
        configured_s=_clock(fields.get("Config Time", "")),
        offset_s=_ahead(fields.get("Time Zone", "")),
        notes=(f"clock drift of {drift[1]} when it was read out, not corrected",) if drift else (),
    )


def _fields(text: str) -> dict[str, str]:
    lines = (line.partition(":") for line in text.splitlines())
    return {name.strip(): value.strip() for name, colon, value in lines if colon}


def _number(path: Path, fields: dict[str, str], name: str) -> float:
    found = re.match(r"-?\d+(?:[.,]\d+)?", fields.get(name, ""))
    if found is None:
        raise DataError(f"{path.name}: the header has no `{name}`; copy the file from the device again.")
    return float(found[0].replace(",", "."))


def _clock(text: str) -> float | None:
    """Seconds since 1970 of a time such as `2019-05-21 16:16:43:500`."""
    try:
        whole = datetime.strptime(text[:19], "%Y-%m-%d %H:%M:%S")
        return (whole - DAY_ZERO).total_seconds() + int(text[20:23] or 0) / 1000
    except ValueError:
        return None


def _ahead(text: str) -> float | None:
    """Seconds ahead of UTC of a zone such as `GMT -04:00`."""
    found = re.fullmatch(r"GMT\s*([+-])(\d\d):(\d\d)", text)
    return None if found is None else (1 if found[1] == "+" else -1) * 60.0 * (60 * int(found[2]) + int(found[3]))


def _pieces(path: Path) -> Iterator[Samples]:
    row, rest = 1, b""
    with path.open("rb") as file:
        data = file.read(HEADER_BYTES)
        data = data[data.index(PAGE) + len(PAGE) :]
        while data:
            pages = (rest + data).split(PAGE)
            rest = pages.pop()
            yield _piece(pages, row)
            row += len(pages)
            data = file.read(AT_ONCE)
    yield _piece([rest], row)


def _piece(pages: list[bytes], row: int) -> Samples:
    start, warmth, step, digits, rows, bad, rules = [], [], [], [], [], [], []
    for number, page in enumerate(pages, start=row):
        found = LAYOUT.fullmatch(page)
        begin = None if found is None else _clock(f"{found[1].decode()}:{found[2].decode()}")
        rate = None if found is None else float(found[4].replace(b",", b"."))
        if found is None or begin is None or not rate:
            bad.append(number)
            rules.append(DAMAGED)
        elif len(found[5]) != SAMPLES * HEX:
            bad.append(number)
            rules.append(CUT)
        else:
            start.append(begin)
            warmth.append(float(found[3].replace(b",", b".")))
            step.append(1 / rate)
            digits.append(found[5])
            rows.append(number)
    return Samples(
        units=_units(b"".join(digits)),
        start=np.array(start, dtype=np.float64),
        count=np.full(len(start), SAMPLES, dtype=np.int64),
        step=np.array(step, dtype=np.float64),
        row=np.array(rows, dtype=np.int64),
        temperature=np.array(warmth, dtype=np.float64),
        refused=Refused(row=np.array(bad, dtype=np.int64), rule=tuple(rules)),
    )


def _units(digits: bytes) -> np.ndarray:
    """Three signed numbers of 12 bits for each sample; the last 12 bits are light and button."""
    octets = np.frombuffer(bytes.fromhex(digits.decode("ascii")), dtype=np.uint8).reshape(-1, HEX // 2).astype(np.int16)
    units = np.empty((3, len(octets)), dtype=np.int16)
    units[0] = octets[:, 0] << 4 | octets[:, 1] >> 4
    units[1] = (octets[:, 1] & 15) << 8 | octets[:, 2]
    units[2] = octets[:, 3] << 4 | octets[:, 4] >> 4
    units[units > 2047] -= 4096
    return units
