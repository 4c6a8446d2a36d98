"""Axivity .cwa files: blocks of 512 bytes, each with its own checksum, of the AX3 and the AX6.

The layout is that of the maker's published `cwa.h`; values are little-endian.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import unquote_plus

import numpy as np

from spasticity.errors import DataError
from spasticity.load.raw_samples import RawFile, Refused, Samples

BLOCK, HEADER = 512, 1024
AT_ONCE = 2048  # blocks: about a megabyte, which stays in the processor's cache
UNSET = 0xFFFF
TEMPERATURE = (75.0 / 256, -50.0)  # of a reading of 10 bits: the MCP9700 in the device
BLOCK_LAYOUT = np.dtype(
    {
        "names": ["magic", "length", "fraction", "moment", "light", "temperature", "rate", "axes", "shift", "count"],
        "formats": ["<u2", "<u2", "<u2", "<u4", "<u2", "<u2", "u1", "u1", "<i2", "<u2"],
        "offsets": [0, 2, 4, 14, 18, 20, 24, 25, 26, 28],
        "itemsize": BLOCK,
    }
)
MAGIC = int.from_bytes(b"AX", "little")
FIELDS = {  # of the annotation: a web query of short names [from memory]
    "_c": "study centre",
    "_s": "study code",
    "_i": "investigator",
    "_x": "exercise type",
    "_o": "operator",
    "_n": "notes",
    "_p": "body location",
    "_sc": "subject code",
    "_se": "sex",
    "_h": "height",
    "_w": "weight",
    "_ha": "handedness",
    "_sn": "subject notes",
}


def cwa_file(path: Path) -> RawFile:
    """Open a .cwa file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    RawFile

    Raises
    ------
    DataError
        When the header is not that of a .cwa file, or no data block follows it.
    """
    with path.open("rb") as file:
        head = file.read(HEADER)
        # A damaged first block must not decide what the rest is read as.
        sample = np.frombuffer(file.read(64 * BLOCK), dtype=np.uint8)
    if len(head) < HEADER or head[:2] != b"MD":
        raise DataError(f"{path.name}: this is not the header of a .cwa file; copy the file from the device again.")
    blocks = sample[: len(sample) // BLOCK * BLOCK].view(BLOCK_LAYOUT)
    good = blocks[_faults(blocks) == 0]
    if not len(good):
        raise DataError(f"{path.name}: no sound data block among the first {len(blocks):,}; the recording is damaged.")
    first = good[0]
    zone = int.from_bytes(head[42:44], "little", signed=True)  # minutes; -1 is not set
    return RawFile(
        format=f"Axivity cwa ({'AX6' if int(first['axes']) >> 4 >= 6 else 'AX3'})",
        block="block",
        scale=(_scale(first),) * 3,
        rate_hz=float(_rates(good[:1])[0]),
        pieces=partial(_pieces, path, int(first["axes"]), int(first["light"]) >> 13),
        header=_header(head),
        configured_s=_configured(head),
        offset_s=None if zone == -1 else 60.0 * zone,
    )


def _scale(block: np.void) -> float:
    """G per unit: the exponent is in the upper bits of the light reading."""
    return 1.0 / (1 << (8 + (int(block["light"]) >> 13)))


def _rates(blocks: np.ndarray) -> np.ndarray:
    """Samples per second; very old files have the rate in place of the shift."""
    coded = 3200.0 / (1 << (15 - (blocks["rate"] & 15).astype(np.int64)))
    return np.where(blocks["rate"] != 0, coded, blocks["shift"])


def _moments(coded: np.ndarray) -> np.ndarray:
    """Seconds since 1970 of date and time packed into 32 bits; missing where there is no such date."""
    year, month = (coded >> 26).astype(np.int64) + 2000, (coded >> 22 & 15).astype(np.int64)
    day, hour = (coded >> 17 & 31).astype(np.int64), (coded >> 12 & 31).astype(np.int64)
    minute, second = (coded >> 6 & 63).astype(np.int64), (coded & 63).astype(np.int64)
    sound = (month >= 1) & (month <= 12) & (day >= 1) & (hour < 24) & (minute < 60) & (second < 60)
    months = ((year - 1970) * 12 + np.where(sound, month, 1) - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]").astype(np.int64) + day - 1
    return np.where(sound, days * 86400.0 + hour * 3600 + minute * 60 + second, np.nan)


def _configured(head: bytes) -> float | None:
    """When the settings were last changed, by the device's clock."""
    coded = np.array([int.from_bytes(head[37:41], "little")], dtype=np.uint32)
    moment = _moments(coded)[0]
    return None if np.isnan(moment) or coded[0] in (0, 0xFFFFFFFF) else float(moment)


def _header(head: bytes) -> dict[str, str]:
    low, high = (int.from_bytes(head[at : at + 2], "little") for at in (5, 11))
    fields = {"device serial": str(low + (0 if high == UNSET else high << 16))}
    text = head[64:HEADER].split(b"\xff")[0].split(b"\x00")[0].decode("latin-1").strip()
    for part in text.split("&") if text else []:
        name, _, value = part.partition("=")
        if value:
            fields[FIELDS.get(name, f"annotation {name}")] = unquote_plus(value).strip()
        else:
            fields["annotation"] = unquote_plus(name).strip()
    return fields


CHECKSUM, NO_BLOCK, EMPTY, OTHER, NO_TIME = 1, 2, 3, 4, 5
RULES = {
    CHECKSUM: "the checksum is wrong: the block is damaged",
    NO_BLOCK: "not a data block",
    EMPTY: "a data block without samples",
    OTHER: "another number of axes, range or packing than the first block",
    NO_TIME: "no date and time",
}
CUT = "the file ends within the block"


def _faults(blocks: np.ndarray) -> np.ndarray:
    """Number of the rule each block breaks; 0 for none."""
    words = blocks.view("<u2").reshape(len(blocks), BLOCK // 2)
    total = words.sum(axis=1, dtype=np.uint16)
    most = np.where((blocks["axes"] & 15) == 0, 120, 480 // np.maximum(2 * (blocks["axes"] >> 4), 1).astype(np.int64))
    fault = np.zeros(len(blocks), dtype=np.int8)
    fault[(blocks["count"] == 0) | (blocks["count"] > most)] = EMPTY
    fault[total != 0] = CHECKSUM
    fault[blocks["magic"] != MAGIC] = NO_BLOCK
    return fault


def _pieces(path: Path, axes: int, exponent: int) -> Iterator[Samples]:
    row = 1
    with path.open("rb") as file:
        file.seek(HEADER)
        while data := file.read(AT_ONCE * BLOCK):
            whole = len(data) // BLOCK
            blocks = np.frombuffer(data, dtype=BLOCK_LAYOUT, count=whole)
            yield _piece(blocks, row, axes, exponent, cut=len(data) % BLOCK > 0)
            row += whole


def _piece(blocks: np.ndarray, row: int, axes: int, exponent: int, *, cut: bool) -> Samples:
    fault = _faults(blocks)
    start, rate = _starts(blocks)
    fault[(fault == 0) & ((blocks["axes"] != axes) | (blocks["light"] >> 13 != exponent))] = OTHER
    fault[(fault == 0) & np.isnan(start)] = NO_TIME
    good = fault == 0
    bad = np.flatnonzero(~good)
    rows = np.arange(row, row + len(blocks))
    refused = Refused(
        row=np.concatenate((rows[bad], [row + len(blocks)] if cut else [])).astype(np.int64),
        rule=(*(RULES[int(number)] for number in fault[bad]), *((CUT,) if cut else ())),
    )
    # To pick records of an array with a layout copies their named fields only, not the samples between them.
    kept = blocks if good.all() else blocks.view(np.uint8).reshape(-1, BLOCK)[good].view(BLOCK_LAYOUT).reshape(-1)
    slope, zero = TEMPERATURE
    return Samples(
        units=_units(kept, axes),
        start=start[good],
        count=kept["count"].astype(np.int64),
        step=1.0 / rate[good],
        row=rows[good],
        temperature=(kept["temperature"] & 0x3FF) * slope + zero,
        refused=refused,
    )


def _starts(blocks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Time of the first sample of each block, and samples per second.

    The block says when one of its samples was taken, and which. Newer devices also write the part of the second, and
    then moved the sample by that part, so that readers which know whole seconds only are right too.
    """
    rate = _rates(blocks)
    rate = np.where(rate > 0, rate, 1.0)
    fine = (blocks["fraction"] & 0x8000) != 0
    fraction = np.where(fine, (blocks["fraction"] & 0x7FFF).astype(np.float64) * 2 / 65536, 0.0)
    shift = np.where(blocks["rate"] != 0, blocks["shift"], 0) + np.floor(fraction * np.floor(rate))
    return _moments(blocks["moment"]) + fraction - shift / rate, rate


def _units(blocks: np.ndarray, axes: int) -> np.ndarray:
    """Acceleration of the samples of sound blocks, in the numbers of the device."""
    count = blocks["count"].astype(np.int64)
    width = int(count.max(initial=0))
    payload = blocks.view(np.uint8).reshape(len(blocks), BLOCK)[:, 30:510]
    if axes & 15:  # 16 bits; with a gyroscope the acceleration comes second
        number = axes >> 4
        cells = np.ascontiguousarray(payload[:, : 2 * number * width]).view("<i2")
        first = 3 if number > 3 else 0
        cells = cells.reshape(len(blocks) * width, number)[:, first : first + 3]
        units = np.ascontiguousarray(cells.T)
    else:
        packed = np.ascontiguousarray(payload[:, : 4 * width]).view("<u4").reshape(-1)
        units = _unpacked(packed)
    if np.all(count == width):
        return units
    return units[:, (np.arange(width) < count[:, None]).reshape(-1)]


def _unpacked(packed: np.ndarray) -> np.ndarray:
    """Three signed numbers of ten bits, and two bits that say how far they were shifted down."""
    signed = packed.view("<i4")
    up = (packed >> 30).astype(np.int32)
    units = np.empty((3, len(packed)), dtype=np.int16)
    for axis, left in enumerate((22, 12, 2)):
        units[axis] = (signed << left >> 22) << up
    return units
