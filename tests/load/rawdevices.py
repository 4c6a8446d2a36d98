"""Raw recordings as devices write them, from known signals: .cwa, .gt3x, .bin and their damages."""

import io
import struct
import zipfile
from datetime import datetime, timedelta

import numpy as np

DAY_ZERO = datetime(1970, 1, 1)
CWA_RATES = {12.5: 7, 25: 8, 50: 9, 100: 10, 200: 11}


def seconds(text):
    return (datetime.fromisoformat(text) - DAY_ZERO).total_seconds()


def still(n, direction=(0.0, 0.0, 1.0)):
    """A device at rest, of which z points up."""
    return np.tile(np.array(direction, dtype=float), (n, 1))


def packed_moments(moments):
    """Whole seconds since 1970 as the 32 bits of a .cwa."""
    times = np.asarray(moments).astype("datetime64[s]")
    days = times.astype("datetime64[D]")
    months = times.astype("datetime64[M]")
    year, month = months.astype(int) // 12 + 1970, months.astype(int) % 12 + 1
    day = (days - months.astype("datetime64[D]")).astype(int) + 1
    rest = (times - days.astype("datetime64[s]")).astype(int)
    coded = (year - 2000) << 26 | month << 22 | day << 17 | (rest // 3600) << 12 | (rest // 60 % 60) << 6 | rest % 60
    return coded.astype("<u4")


def cwa_header(configured="2024-03-01 10:00:00", annotation="", zone_min=-1):
    head = bytearray(b"\xff" * 1024)
    head[:4] = b"MD\xfc\x03"
    struct.pack_into("<BH", head, 4, 0x00, 12345)
    head[36] = 0x4A
    head[37:41] = packed_moments([seconds(configured)]).tobytes()
    head[41] = 44
    struct.pack_into("<h", head, 42, zone_min)
    head[64:512] = annotation.encode("latin-1").ljust(448, b" ")
    return bytes(head)


def cwa_blocks(units, start, rate=100.0, size=120, packed=True, real_rate=None, temperature=300, sequence=0):
    """Blocks of a .cwa from samples in units of 1/256 g; `start` is in seconds since 1970 on the device's clock."""
    units = np.asarray(units).astype(np.int64)
    count = len(units) // size
    units = units[: count * size].reshape(count, size, 3)
    blocks = np.zeros((count, 512), dtype=np.uint8)
    put = blocks.view
    first = start + np.arange(count) * size / (real_rate or rate)
    whole = np.floor(first + 1e-9)
    fraction = np.floor((first - whole) * 32768).clip(0, 32767).astype(int)
    put("<u2")[:, 0] = int.from_bytes(b"AX", "little")
    put("<u2")[:, 1] = 508
    put("<u2")[:, 2] = 0x8000 | fraction
    blocks[:, 10:14] = (sequence + np.arange(count)).astype("<u4").view(np.uint8).reshape(count, 4)
    blocks[:, 14:18] = packed_moments(whole).view(np.uint8).reshape(count, 4)
    put("<u2")[:, 10] = temperature
    blocks[:, 24] = 0x40 | CWA_RATES[rate]
    blocks[:, 25] = 0x30 if packed else 0x32
    # The sample moved by the part of the second, as newer firmware does it.
    shift = -np.floor(fraction * 2 / 65536 * np.floor(rate)).astype("<i2")
    blocks[:, 26:28] = shift.astype("<i2").view(np.uint8).reshape(count, 2)
    put("<u2")[:, 14] = size
    if packed:
        exponent = np.zeros((count, size), dtype=np.int64)
        for power in (1, 2, 3):
            exponent[np.abs(units).max(axis=2) >= 512 << (power - 1)] = power
        small = units >> exponent[..., None]
        word = (small[..., 0] & 1023) | (small[..., 1] & 1023) << 10 | (small[..., 2] & 1023) << 20 | exponent << 30
        blocks[:, 30 : 30 + 4 * size] = word.astype("<u4").view(np.uint8).reshape(count, 4 * size)
    else:
        cells = units.reshape(count, size * 3).astype("<i2")
        blocks[:, 30 : 30 + 6 * size] = cells.view(np.uint8).reshape(count, 6 * size)
    return sealed(blocks)


def sealed(blocks):
    """Blocks with their checksums right."""
    words = blocks.view("<u2")
    words[:, 255] = 0
    words[:, 255] = (-words.sum(axis=1, dtype=np.uint16)).astype(np.uint16)
    return blocks


def cwa(path, g, start="2024-03-01 12:00:00", rate=100.0, header=None, **how):
    units = np.round(np.asarray(g) * 256)
    data = cwa_blocks(units, seconds(start), rate, **how).tobytes()
    path.write_bytes((header or cwa_header()) + data)
    return path


def bin_page(number, moment, units, rate=100.0, temperature=25.5):
    lines = [
        *("Recorded Data", "Device Unique Serial Code:012345", f"Sequence Number:{number}"),
        f"Page Time:{moment:%Y-%m-%d %H:%M:%S}:{moment.microsecond // 1000:03d}",
        *("Unassigned:", f"Temperature:{temperature}", "Battery voltage:4.0", "Device Status:Recording"),
        f"Measurement Frequency:{rate}",
        "".join(f"{x & 4095:03X}{y & 4095:03X}{z & 4095:03X}000" for x, y, z in np.asarray(units).tolist()),
    ]
    return "\n".join(lines) + "\n"


def geneactiv(path, units, start="2024-03-01 12:00:00", rate=100.0, zone="GMT +00:00", subject="", edit=None):
    """A .bin from samples in units of the device (1/256 g, here without offset)."""
    head = [
        *("Device Identity", "Device Unique Serial Code:012345", "Device Type:GENEActiv", "", "Configuration Info"),
        *(f"Measurement Frequency:{rate} Hz", f"Start Time:{start}:000", f"Time Zone:{zone}", "", "Trial Info"),
        *("Config Time:2024-03-01 10:00:00:000", "Extract Notes:(device clock drift -1.500s)", "", "Subject Info"),
        *(f"Subject Code:{subject}", "Date of Birth:1900-1-1", "", "Calibration Data"),
        *("x gain:25600", "x offset:0", "y gain:25600", "y offset:0", "z gain:25600", "z offset:0"),
        *("Volts:300", "Lux:800", "", "Memory Status", f"Number of Pages:{len(units) // 300}", ""),
    ]
    begin = datetime.fromisoformat(start)
    pages = [
        bin_page(n, begin + timedelta(seconds=300 * n / rate), units[300 * n : 300 * n + 300], rate)
        for n in range(len(units) // 300)
    ]
    path.write_text("\n".join(head) + "\n" + "".join(edit(pages) if edit else pages), encoding="utf-8", newline="")
    return path


def gt3x_record(kind, moment, payload):
    body = struct.pack("<BBIH", 0x1E, kind, int(moment), len(payload)) + payload
    return body + bytes([~int(np.bitwise_xor.reduce(np.frombuffer(body, np.uint8))) & 0xFF])


def packed_12(units):
    """Samples as numbers of 12 bits, y before x."""
    digits = "".join(f"{y & 4095:03X}{x & 4095:03X}{z & 4095:03X}" for x, y, z in np.asarray(units).tolist())
    return bytes.fromhex(digits + "0" * (len(digits) % 2))


def gt3x(path, units, start="2024-03-01 12:00:00", rate=30, packed=False, skip=(), extra=None, edit=None, **info):
    """A .gt3x of one record per second; seconds in `skip` are left out, as in idle sleep mode."""
    begin = int(seconds(start))
    records = [gt3x_record(6, begin, b'{"MetadataType":"Bio"}')]
    for second in range(len(units) // rate):
        if second in skip:
            continue
        part = np.asarray(units[second * rate : (second + 1) * rate]).astype(int)
        payload = packed_12(part) if packed else part.astype("<i2").tobytes()
        records.append(gt3x_record(0 if packed else 26, begin + second, payload))
    log = b"".join(edit(records) if edit else records)
    ticks = 621_355_968_000_000_000 + begin * 10_000_000
    fields = {"Serial Number": "MOS2A00000000", "Firmware": "1.0", "Sample Rate": rate, "Start Date": ticks}
    fields |= {"TimeZone": "00:00:00", "Acceleration Scale": "256.0", "Subject Name": ""} | info
    text = "\r\n".join(f"{name}: {value}" for name, value in fields.items() if value is not None)
    files = {"info.txt": text.encode(), "log.bin": log} | (extra or {})
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    path.write_bytes(buffer.getvalue())
    return path
