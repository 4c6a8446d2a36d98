"""ActiGraph .gt3x files: a zip archive with a log of records, each with its own checksum.

The layout is the one the maker published (GT3X-File-Format).
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import IO

import numpy as np

from spasticity.errors import DataError
from spasticity.load.raw_samples import NONE_REFUSED, RawFile, Refused, Samples

SEPARATOR, PACKED, PARAMETERS, WHOLE = 0x1E, 0, 21, 26
TYPES = 26  # the largest number of a type of record
HEAD = struct.Struct("<BBIH")
LONGEST = 8192  # bytes of a payload; a second of samples at 100 Hz has 600
AT_ONCE = 1 << 20  # bytes
SCALES = {"NEO": 341.0, "CLE": 341.0, "MOS": 256.0, "TAS": 256.0}  # units per g, by the first letters of the serial
ACCEL_SCALE = (0, 55)  # place of the units per g among the parameters
TICKS_1970, TICKS_PER_S = 621_355_968_000_000_000, 10_000_000  # .NET ticks
HOLD_S = 3600  # of a pause that is filled at once
CHECKSUM, BROKEN, CUT = (
    "the checksum is wrong: the record is damaged",
    "bytes that are no record",
    "the file ends within the record",
)


def gt3x_file(path: Path, idle: str = "gap") -> RawFile:
    """Open a .gt3x file.

    Parameters
    ----------
    path : Path
    idle : str
        What seconds without a record are, which the device leaves out while it lies still in its idle sleep mode:
        a `gap`, or time in which the last sample is `hold`.

    Returns
    -------
    RawFile

    Raises
    ------
    DataError
        When it is no such archive, or one of the older format.
    """
    info = _info(path)
    rate = _float(info, "Sample Rate")
    if not rate:
        raise DataError(f"{path.name}: info.txt has no `Sample Rate`; download the recording from the device again.")
    scale = (
        _float(info, "Acceleration Scale") or _parameter_scale(path) or SCALES.get(info.get("Serial Number", "")[:3])
    )
    if not scale:
        raise DataError(f"{path.name}: nothing says how many units are 1 g; download the recording again.")
    start = _float(info, "Start Date")
    said = "are a gap" if idle == "gap" else "hold the last sample"
    return RawFile(
        format="ActiGraph gt3x",
        block="record",
        scale=(1 / scale,) * 3,
        rate_hz=rate,
        pieces=partial(_pieces, path, rate, idle),
        header=_named(info),
        configured_s=(start - TICKS_1970) / TICKS_PER_S if start else None,
        offset_s=_ahead(info.get("TimeZone", "")),
        notes=(f"seconds without a record (idle sleep mode) {said}",),
    )


def _info(path: Path) -> dict[str, str]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "activity.bin" in names and "log.bin" not in names:
                raise DataError(
                    f"{path.name}: this is a .gt3x file of the older format (activity.bin), which is not read; "
                    "export it as epochs or as raw CSV with timestamps."
                )
            if not {"log.bin", "info.txt"} <= names:
                raise DataError(f"{path.name}: the archive has no log.bin and info.txt; it is not a .gt3x file.")
            text = archive.read("info.txt").decode("utf-8-sig", "replace")
    except zipfile.BadZipFile:
        raise DataError(f"{path.name}: the archive is damaged or cut; download the recording again.") from None
    lines = (line.partition(":") for line in text.splitlines())
    return {name.strip(): value.strip() for name, colon, value in lines if colon}


def _named(info: dict[str, str]) -> dict[str, str]:
    """What may tell who wore the device, with the name of a date written as one."""
    numbers = {"Start Date", "Stop Date", "Last Sample Time", "Download Date"}
    return {name: value for name, value in info.items() if value and name not in numbers}


def _float(info: dict[str, str], name: str) -> float | None:
    try:
        return float(info.get(name, "").replace(",", ".")) or None
    except ValueError:
        return None


def _ahead(text: str) -> float | None:
    """Seconds ahead of UTC of a zone such as `-04:00:00`."""
    parts = text.lstrip("+-").split(":")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return None
    seconds = 3600.0 * int(parts[0]) + 60 * int(parts[1]) + int(parts[2])
    return -seconds if text.startswith("-") else seconds


def _parameter_scale(path: Path) -> float | None:
    """Units per g from the parameters at the beginning of the log."""
    with zipfile.ZipFile(path) as archive, archive.open("log.bin") as log:
        records = _scanned(log.read(AT_ONCE), last=False)[0]
    for at, kind, _, size in zip(records.at, records.kind, records.moment, records.size, strict=True):
        if kind == PARAMETERS:
            payload = records.data[at + 8 : at + 8 + size]
            for space, key, value in struct.iter_unpack("<HHI", payload[: len(payload) // 8 * 8]):
                if (space, key) == ACCEL_SCALE:
                    return _encoded(value) or None
    return None


def _encoded(value: int) -> float:
    """A number of three bytes of fraction and one of exponent, each signed."""
    fraction, power = value & 0xFFFFFF, value >> 24
    fraction -= (fraction & 0x800000) << 1
    power -= (power & 0x80) << 1
    return fraction / 0x800000 * 2.0**power


@dataclass(slots=True)
class Records:
    """Where records stand in a part of the log.

    Parameters
    ----------
    data : bytes
    at, kind, moment, size : list of int
        Place, type, time and length of the payload of each record.
    broken : list of (int, str)
        Places at which there is no record, and why.
    """

    data: bytes
    at: list[int] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    moment: list[int] = field(default_factory=list)
    size: list[int] = field(default_factory=list)
    broken: list[tuple[int, str]] = field(default_factory=list)


def _scanned(data: bytes, *, last: bool) -> tuple[Records, bytes]:
    """The records of a part of the log, and the bytes that belong to the next part."""
    found = Records(data)
    at, end = 0, len(data)
    while at + HEAD.size < end:
        separator, kind, moment, size = HEAD.unpack_from(data, at)
        after = at + HEAD.size + size + 1
        likely = separator == SEPARATOR and kind <= TYPES and size <= LONGEST
        if likely and after <= end and _goes_on(data, after):
            found.at.append(at)
            found.kind.append(kind)
            found.moment.append(moment)
            found.size.append(size)
            at = after
        elif separator == 0:  # zeros between records are allowed
            at += 1
        elif likely and after > end and not last:
            break
        else:
            found.broken.append((at, CUT if likely and after > end else BROKEN))
            at = _next_record(data, at + 1, last=last)
    if last and data[at:].strip(b"\x00"):
        found.broken.append((at, CUT))
    return found, b"" if last else data[at:]


def _goes_on(data: bytes, after: int) -> bool:
    return after >= len(data) or data[after] in (SEPARATOR, 0)


def _next_record(data: bytes, at: int, *, last: bool) -> int:
    """The next place where a record with a right checksum begins, or may begin when more is to come."""
    while (at := data.find(SEPARATOR, at)) >= 0:
        if at + HEAD.size >= len(data):
            break
        _, kind, _, size = HEAD.unpack_from(data, at)
        after = at + HEAD.size + size + 1
        if kind <= TYPES and size <= LONGEST:
            if after > len(data):
                if not last:
                    return at
            elif np.bitwise_xor.reduce(np.frombuffer(data, np.uint8, after - at, at)) == 0xFF and _goes_on(data, after):
                return at
        at += 1
    return len(data) if last or at < 0 else at


def _pieces(path: Path, rate: float, idle: str) -> Iterator[Samples]:
    with zipfile.ZipFile(path) as archive, archive.open("log.bin") as log:
        pieces = _recorded(log, rate)
        yield from pieces if idle == "gap" else _held(pieces, rate)


def _recorded(log: IO[bytes], rate: float) -> Iterator[Samples]:
    row, rest, more = 1, b"", True
    while more:
        try:
            data = log.read(AT_ONCE)
        except (zipfile.BadZipFile, EOFError, OSError):  # a cut or damaged archive: what came before it is sound
            data = b""
        more = len(data) > 0
        records, rest = _scanned(rest + data, last=not more)
        piece = _piece(records, row, rate)
        row += len(piece.row) + len(piece.refused)
        yield piece


def _piece(records: Records, row: int, rate: float) -> Samples:
    """Samples of the records of activity, in the order of the log."""
    at, kind, size = (np.array(values, dtype=np.int64) for values in (records.at, records.kind, records.size))
    moment = np.array(records.moment, dtype=np.float64)
    # One byte of activity says that the device was connected; it holds no sample.
    used = np.isin(kind, (PACKED, WHOLE)) & (size > 5)
    at, kind, size, moment = at[used], kind[used], size[used], moment[used]
    octets = np.frombuffer(records.data, dtype=np.uint8)
    order = np.argsort(np.concatenate((at, [place for place, _ in records.broken])), kind="stable")
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(row, row + len(order))
    rules: list[str | None] = [*[None] * len(at), *(rule for _, rule in records.broken)]
    count = np.where(kind == WHOLE, size // 6, size * 8 // 36)
    sound = np.zeros(len(at), dtype=bool)
    units = np.empty((3, int(count.sum())), dtype=np.int16)
    first = np.cumsum(count) - count
    for one, length in set(zip(kind.tolist(), size.tolist(), strict=True)):
        same = np.flatnonzero((kind == one) & (size == length))
        whole = octets[at[same][:, None] + np.arange(length + 9)]
        sound[same] = np.bitwise_xor.reduce(whole, axis=1) == 0xFF
        place = (first[same][:, None] + np.arange(count[same[0]])).reshape(-1)
        units[:, place] = _units(whole[:, 8:-1], one, int(count[same[0]]))
    for wrong in np.flatnonzero(~sound):
        rules[int(wrong)] = CHECKSUM
    bad = np.array([place for place, rule in enumerate(rules) if rule], dtype=np.int64)
    bad = bad[np.argsort(number[bad], kind="stable")]
    piece = Samples(
        units=units,
        start=moment,
        count=count,
        step=np.full(len(at), 1 / rate),
        row=number[: len(at)],
        temperature=np.full(len(at), np.nan),
        refused=Refused(row=number[bad], rule=tuple(str(rules[place]) for place in bad)),
    )
    return piece if sound.all() else piece.only(sound)


def _units(payload: np.ndarray, kind: int, count: int) -> np.ndarray:
    """Samples of records of one length, along x, y, z."""
    if kind == WHOLE:
        cells = np.ascontiguousarray(payload[:, : 6 * count]).view("<i2").reshape(-1, 3)
        return cells.T
    bits = np.ascontiguousarray(payload).astype(np.int16)
    if bits.shape[1] % 3:
        bits = np.pad(bits, ((0, 0), (0, 3 - bits.shape[1] % 3)))
    triple = bits.reshape(len(bits), -1, 3)  # three bytes hold two numbers of 12 bits
    high, low = triple[..., 0] << 4 | triple[..., 1] >> 4, (triple[..., 1] & 15) << 8 | triple[..., 2]
    numbers = np.stack((high, low), axis=-1).reshape(len(bits), -1)[:, : 3 * count].reshape(-1, 3)
    numbers[numbers > 2047] -= 4096
    return numbers[:, [1, 0, 2]].T  # y comes before x


def _held(pieces: Iterator[Samples], rate: float) -> Iterator[Samples]:
    """The pieces with every second that has no record filled with the last sample before it."""
    last, until = np.zeros(3, dtype=np.int16), np.inf
    for piece in pieces:
        place = np.arange(len(piece.start))
        gaps = np.flatnonzero(np.diff(piece.start) > 1) + 1
        refused = piece.refused
        for begin, end in pairwise((0, *gaps.tolist(), len(place))):
            part = piece.only((place >= begin) & (place < end))
            if len(part.start):
                yield from _filled(last, until, float(part.start[0]), rate)
                last, until = part.units[:, -1], float(part.start[-1]) + 1
            yield replace(part, refused=refused)
            refused = NONE_REFUSED


def _filled(last: np.ndarray, begin: float, end: float, rate: float) -> Iterator[Samples]:
    """Seconds that hold one sample; they have no place in the file, and so the row 0."""
    while begin < end:
        seconds, n = int(min(end - begin, HOLD_S)), round(rate)
        yield Samples(
            units=np.repeat(last[:, None], n * seconds, axis=1),
            start=begin + np.arange(seconds, dtype=np.float64),
            count=np.full(seconds, n, dtype=np.int64),
            step=np.full(seconds, 1 / rate),
            row=np.zeros(seconds, dtype=np.int64),
            temperature=np.full(seconds, np.nan),
        )
        begin += seconds
