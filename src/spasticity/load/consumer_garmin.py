"""Garmin: heart rate and temperature of a .fit file, as readings at a second.

A .fit file is a stream of definitions and of records laid out as they say. Numbers of messages and fields are those of
the public profile of the format.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from spasticity.errors import DataError
from spasticity.load.epoch_source import Cells, EpochSource
from spasticity.load.epoch_times import Clocks
from spasticity.load.grid import texts
from spasticity.load.opening import Content

MARK = b".FIT"
EPOCH_1989_S = 631_065_600  # 1989-12-31 00:00 UTC, from which the format counts
FIELD, RECORD, MONITORING = 253, 20, 55  # the field of the time stamp; messages
HEART_RATE = {RECORD: 3, MONITORING: 27}
TEMPERATURE = {RECORD: 13}
SHORT_TIME = 26  # the last 16 bits of a time stamp
NONE_U8, NONE_S8 = 0xFF, 0x7F
CRC = (
    *(0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401),
    *(0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400),
)
DAMAGED = "the file is damaged or was cut; fetch it from the device again"


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a kind of record is laid out: its message, and where each field lies."""

    message: int
    size: int
    order: str
    fields: dict[int, tuple[int, int]]


def is_fit(data: bytes) -> bool:
    """Whether bytes begin as a .fit file.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    bool
    """
    return len(data) > 12 and data[8:12] == MARK


def garmin(source: Content) -> EpochSource:
    """Readings of heart rate and temperature of a .fit file.

    Parameters
    ----------
    source : Content

    Returns
    -------
    EpochSource

    Raises
    ------
    DataError
        When it is damaged, or has no heart rate.
    """
    body = _body(source)
    moments, rates, warmth = [], [], []
    last = 0
    for layout, record, stamp in _records(body, source.name):
        last = _stamp(layout, record, last, stamp)
        if layout.message not in HEART_RATE:
            continue
        rate = _byte(layout, record, HEART_RATE[layout.message], NONE_U8)
        degrees = _byte(layout, record, TEMPERATURE.get(layout.message, -1), NONE_S8)
        if last and (rate or degrees):
            moments.append(last)
            rates.append(rate)
            warmth.append(str(int(degrees) - 256) if degrees and int(degrees) > NONE_S8 else degrees)
    if not any(rates):
        raise DataError(
            f"{source.name}: the file has no heart rate. Steps of .fit files are running totals that start anew, and "
            "are not read; export them from the account."
        )
    local = pd.Series(
        (np.array(moments, dtype=np.int64) + EPOCH_1989_S).astype("datetime64[s]").astype("datetime64[us]")
    )
    return EpochSource(
        name=source.name,
        sha256=source.sha256,
        format="Garmin .fit",
        rows=np.arange(1, len(moments) + 1),
        clocks=Clocks(
            place="timestamp",
            texts=texts([f"{stamp}Z" for stamp in np.datetime_as_string(local.to_numpy(), unit="s")]),
            local=local,
            written="seconds since 1989-12-31",
            ordered=False,
            exact=local,
        ),
        epoch_s=1.0,
        cells={
            "heart_rate_bpm": Cells(place="heart_rate", texts=texts(rates)),
            "temperature_c": Cells(place="temperature", texts=texts(warmth)),
        },
        notes=("each is a reading at a second, not a mean",),
    )


def _body(source: Content) -> bytes:
    """The records between the header and the checksum, when the checksum is right."""
    data = source.data
    if not is_fit(data) or data[0] not in (12, 14):
        raise DataError(f"{source.name}: this is no .fit file; fetch it from the device again.")
    (size,) = struct.unpack_from("<I", data, 4)
    end = data[0] + size
    if len(data) < end + 2:
        raise DataError(f"{source.name}: {DAMAGED}.")
    if _checksum(data[:end]) != struct.unpack_from("<H", data, end)[0]:
        raise DataError(f"{source.name}: the checksum of the file is wrong: {DAMAGED}.")
    return data[data[0] : end]


def _checksum(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc = ((crc >> 4) & 0x0FFF) ^ CRC[crc & 0xF] ^ CRC[byte & 0xF]
        crc = ((crc >> 4) & 0x0FFF) ^ CRC[crc & 0xF] ^ CRC[byte >> 4]
    return crc


def _records(body: bytes, name: str) -> Iterator[tuple[_Layout, bytes, int | None]]:
    """Records with their layout, and the five bits of time that a short header has."""
    layouts: dict[int, _Layout] = {}
    place = 0
    try:
        while place < len(body):
            head = body[place]
            place += 1
            if head & 0x40 and not head & 0x80:
                layouts[head & 0x0F], place = _layout(body, place, bool(head & 0x20))
                continue
            layout = layouts[(head >> 5) & 0x03 if head & 0x80 else head & 0x0F]
            record = body[place : place + layout.size]
            if len(record) < layout.size:
                raise IndexError
            place += layout.size
            yield layout, record, head & 0x1F if head & 0x80 else None
    except (IndexError, KeyError, struct.error):
        raise DataError(f"{name}: {DAMAGED}.") from None


def _layout(body: bytes, place: int, developer: bool) -> tuple[_Layout, int]:
    order = ">" if body[place + 1] else "<"
    (message,) = struct.unpack_from(f"{order}H", body, place + 2)
    count, place, fields, offset = body[place + 4], place + 5, {}, 0
    for _ in range(count):
        number, size = body[place], body[place + 1]
        fields[number] = (offset, size)
        offset, place = offset + size, place + 3
    if developer:
        count, place = body[place], place + 1
        offset += sum(body[place + 3 * n + 1] for n in range(count))
        place += 3 * count
    return _Layout(message, offset, order, fields), place


def _stamp(layout: _Layout, record: bytes, last: int, short: int | None) -> int:
    """The time of a record: its own, or the last one carried on by its last bits."""
    if short is not None:
        return last + ((short - last) & 0x1F)
    offset, size = layout.fields.get(FIELD, (0, 0))
    if size == 4:
        return int(struct.unpack_from(f"{layout.order}I", record, offset)[0])
    offset, size = layout.fields.get(SHORT_TIME, (0, 0)) if layout.message == MONITORING else (0, 0)
    if size == 2 and last:
        return last + ((int(struct.unpack_from(f"{layout.order}H", record, offset)[0]) - last) & 0xFFFF)
    return last


def _byte(layout: _Layout, record: bytes, number: int, none: int) -> str:
    """A field of one byte as text; empty when the record does not have it."""
    offset, size = layout.fields.get(number, (0, 0))
    return str(record[offset]) if size == 1 and record[offset] != none else ""
