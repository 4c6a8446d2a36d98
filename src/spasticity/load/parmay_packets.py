"""Parmay Matrix .BIN files: packets of one minute or so, each with a CRC-32.

The layout is the one GGIRread reads; packets begin with their own mark and name the numbers of their recordings.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from spasticity.errors import DataError
from spasticity.load.raw_samples import RawFile, Refused, Samples

SIGNATURE, PACKET = b"MDTC", b"MDTCPACK"
PREAMBLE = 524  # remarks, signature, number of packets, ranges of accelerometer and gyroscope
HEAD = struct.Struct("<8sIIIIIII")  # mark, CRC, start, end, numbers of accelerations, rotations, temperatures, rates
AT_ONCE = 1 << 21
RATES = (12.5, 25.0, 50.0, 100.0)
LONG_S = 10  # packets from which the rate is judged last at least so long
FULL = 32768  # units of the range
CHECKSUM, CUT = "the checksum is wrong: the packet is damaged", "the packet is shorter than it says"
JITTER = 0.1  # whole seconds at both ends of a minute


def parmay_file(path: Path) -> RawFile:
    """Open a Parmay Matrix .BIN file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    RawFile

    Raises
    ------
    DataError
        When there is no packet of at least 10 s from which the rate can be judged.
    """
    with path.open("rb") as file:
        head = file.read(PREAMBLE)
        first = file.read(AT_ONCE)
    said, reach = struct.unpack_from("<IH", head, 516)
    rate = next((rate for rate in map(_rate, first.split(PACKET)[1:]) if rate), None)
    if rate is None or not reach:
        raise DataError(f"{path.name}: no packet of at least {LONG_S} s was found; the recording is damaged or empty.")
    return RawFile(
        format="Parmay Matrix BIN",
        block="packet",
        scale=(reach / FULL,) * 3,
        rate_hz=rate,
        pieces=partial(_pieces, path, rate),
        jitter=JITTER,
        notes=(f"the header speaks of {said:,} packets",),
    )


def _rate(packet: bytes) -> float | None:
    if len(packet) < HEAD.size - 8:
        return None
    _, start, end, count, *_ = struct.unpack_from("<7I", packet)
    seconds = end - start
    return min(RATES, key=lambda rate: abs(rate - count / seconds)) if LONG_S <= seconds < 86400 and count else None


def _pieces(path: Path, rate: float) -> Iterator[Samples]:
    row, rest = 1, b""
    with path.open("rb") as file:
        file.seek(PREAMBLE)
        while data := file.read(AT_ONCE):
            parts = (rest + data).split(PACKET)
            rest = PACKET + parts[-1] if len(parts) > 1 else rest + data
            yield _piece(parts[1:-1], row, rate)
            row += len(parts[1:-1])
    yield _piece(rest.split(PACKET)[1:], row, rate)


def _piece(packets: list[bytes], row: int, rate: float) -> Samples:
    start, units, rows, warmth, bad, rules = [], [], [], [], [], []
    for number, packet in enumerate(packets, start=row):
        rule = _fault(packet)
        if rule:
            bad.append(number)
            rules.append(rule)
            continue
        _, begin, _, count, turns, warm, _ = struct.unpack_from("<7I", packet)
        units.append(np.frombuffer(packet, dtype="<i2", count=3 * count, offset=28).reshape(-1, 3).T)
        readings = np.frombuffer(packet, dtype="<i2", count=2 * warm, offset=28 + 6 * (count + turns))
        warmth.append(readings[::2].mean() / 10 if warm else np.nan)
        start.append(begin)
        rows.append(number)
    return Samples(
        units=np.concatenate([np.zeros((3, 0), dtype=np.int16), *units], axis=1),
        start=np.array(start, dtype=np.float64),
        count=np.array([one.shape[1] for one in units], dtype=np.int64),
        step=np.full(len(start), 1 / rate),
        row=np.array(rows, dtype=np.int64),
        temperature=np.array(warmth, dtype=np.float64),
        refused=Refused(row=np.array(bad, dtype=np.int64), rule=tuple(rules)),
    )


def _fault(packet: bytes) -> str:
    if len(packet) < HEAD.size - 8:
        return CUT
    crc, _, _, count, turns, warm, beats = struct.unpack_from("<7I", packet)
    if 28 + 6 * (count + turns) + 4 * (warm + beats) > len(packet):
        return CUT
    if zlib.crc32(packet[4:]) != crc:
        return CHECKSUM
    return "" if count else "a packet without acceleration"
