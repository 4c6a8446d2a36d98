"""Small invented files of body-worn recorders, as their makers' programs write them."""

import io
import json
import sqlite3
import struct
from contextlib import closing

import xlsxwriter

from spasticity.load.consumer_garmin import _checksum

TICKS_1970 = 621_355_968_000_000_000
DASHES = "-" * 50


def actilife(
    rows, *, epoch="00:01:00", start="3/30/2024", clock="22:00:00", form="M/d/yyyy", mode=13, names="", serial="X1"
):
    """An export of ActiLife."""
    head = [
        f"------------ Data File Created By ActiGraph wGT3XBT ActiLife v6.13.3 date format {form} Filter Normal -----",
        f"Serial Number: {serial}",
        f"Start Time {clock}",
        f"Start Date {start}",
        f"Epoch Period (hh:mm:ss) {epoch}",
        "Download Time 12:00:00",
        f"Download Date {start}",
        "Current Memory Address: 0",
        f"Current Battery Voltage: 4.03     Mode = {mode}",
        DASHES,
    ]
    return "\n".join([*head, *([names] if names else []), *rows]) + "\n"


def agd(counts, *, ticks=None, epoch="60", settings=()):
    """An .agd database; ticks are seconds since 1970 on the device's clock."""
    said = [("epochlength", epoch), ("deviceserial", "X1"), *settings]
    ticks = range(1_711_836_000, 1_711_836_000 + 60 * len(counts), 60) if ticks is None else ticks
    rows = [(TICKS_1970 + second * 10_000_000, n, 3, 4, 1, 0) for second, n in zip(ticks, counts, strict=True)]
    with closing(sqlite3.connect(":memory:")) as base:
        base.execute("create table settings (settingID integer primary key, settingName text, settingValue text)")
        base.executemany("insert into settings (settingName, settingValue) values (?, ?)", said)
        base.execute("create table data (dataTimestamp int, axis1 int, axis2 int, axis3 int, steps int, lux int)")
        base.executemany("insert into data values (?, ?, ?, ?, ?, ?)", rows)
        base.commit()
        return bytes(base.serialize())


def awd(lines, *, name="0001", start="30-Mar-2024", clock="22:00", code="4"):
    """An .AWD file."""
    return "\r\n".join([name, start, clock, f" {code} ", "00", "V123456", "X", *lines]) + "\r\n"


EN = ("Line", "Date", "Time", "Off-Wrist Status", "Activity", "Marker", "White Light", "Sleep/Wake", "Interval Status")


def actiware(rows, *, names=EN, person=("P1", "*", "*", "*"), samples=None, offset="+00:00", epoch="30"):
    """An export of Actiware; every cell in quotes, with a comma after the last."""
    titles = ("Identity:", "Initials:", "Full Name:", "Street Address:")
    lines = [
        ["Actiware Export File  (Version 05.00 )"],
        [],
        ["-------------------- Subject Properties--------------------"],
        *([title, cell] for title, cell in zip(titles, person, strict=True)),
        ["----------------- Actiwatch Data Properties ----------------"],
        ["Time Zone Offset:", offset, "hours:minutes"],
        ["Epoch Length:", epoch, "seconds"],
        ["Number of Data Samples:", str(len(rows) if samples is None else samples), "samples"],
        ["Actiwatch Serial Number:", "A1"],
        ["-------------------- Epoch-by-Epoch Data -------------------"],
        list(names),
        [],
        *rows,
    ]
    return (
        "\ufeff"
        + "\r\n".join(",".join(f'"{cell}"' for cell in line) + ("," if line else "") for line in lines)
        + "\r\n"
    )


def actical(rows, serial="B1"):
    """An export of Actical."""
    head = [
        "Actical List Export File  (Version 03.00),,,,,,,,,",
        "Identity:,AM1,,,,,,,,",
        f"Device Serial Number:,{serial},,,,,,,,",
    ]
    names = ["Epoch#,Day#,Elapsed,Date,Time,Activity,Steps,Energy,Activity,Event Marker"]
    names += [",,Seconds,,,Counts,,Expenditure,Intensity,Button Presses"]
    return "\n".join([*head, *names, *rows]) + "\n"


def mtn(counts, light=(), *, start="2024-03-30 22:00:00", epoch=30, head=""):
    """A MotionWatch file."""

    def channel(name, values):
        data = ",\r\n".join(map(str, values))
        return f"<channel><name>{name}</name><units>u</units><epoch>{epoch}</epoch><offset>0</offset>" + (
            f'<data encoding="text">{data},</data></channel>'
        )

    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<motionfile><log2><change>'
        f"<property><name>=StartTime</name><content>{start}</content></property></change>"
        f"<change>{channel('motion', counts)}</change>"
        + (f"<change>{channel('Light', light)}</change>" if light else "")
        + "</log2></motionfile>"
    )


def band(rows, names=("timeStamp", "activityCounts", "steps", "offWrist"), span="2024-03-29 - 2024-04-02"):
    """A workbook of the Philips Health Band."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("Sheet 1")
    head = ["Study Name:    A", "subjectID:    1", "deviceSN:     1", f"Analysis range:      {span}"]
    for line, text in enumerate([*head, "PAS Web Application version:      2.6.0", ""]):
        sheet.write_string(line, 0, text)
    for line, row in enumerate([names, *rows], start=6):
        for place, cell in enumerate(row):
            sheet.write_string(line, place, str(cell))
    book.close()
    return buffer.getvalue()


def geneactiv(rows, rate="100 Hz"):
    """An epoch-compressed export of the GENEActiv software."""
    head = ["Device Type,GENEActiv", "Device Unique Serial Code,1", f"Measurement Frequency,{rate}", "Subject Code,1"]
    return "\n".join([*head, *[""] * 96, *rows]) + "\n"


def fitbit_sleep(levels, short=()):
    """A log of sleep of Fitbit's export."""
    parts = [{"dateTime": f"{start}.000", "level": level, "seconds": seconds} for start, level, seconds in levels]
    brief = [{"dateTime": f"{start}.000", "level": level, "seconds": seconds} for start, level, seconds in short]
    return json.dumps([{"logId": 1, "dateOfSleep": "2024-03-31", "levels": {"data": parts, "shortData": brief}}])


def fitbit_values(pairs):
    """Steps or calories of Fitbit's export."""
    return json.dumps([{"dateTime": stamp, "value": value} for stamp, value in pairs])


def apple(records, head=""):
    """An export of Apple Health: type, source, start, end, value."""
    lines = [
        f'<Record type="{kind}" sourceName="{source}" startDate="{start}" endDate="{end}" value="{value}"/>'
        for kind, source, start, end, value in records
    ]
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{head}<HealthData locale="en_GB">\n'
        + "\n".join(lines)
        + "\n</HealthData>\n"
    )


def fit(readings, *, message=20):
    """A .fit file with seconds since 1989-12-31, heart rates and temperatures."""
    fields = [(253, 4, 0x86), (3, 1, 2), (13, 1, 1)]
    body = bytes([0x40, 0, 0]) + struct.pack("<HB", message, len(fields)) + bytes(n for field in fields for n in field)
    for stamp, rate, degrees in readings:
        body += bytes([0]) + struct.pack("<IBb", stamp, rate, degrees)
    whole = struct.pack("<BBHI4s", 12, 16, 2000, len(body), b".FIT") + body
    return whole + struct.pack("<H", _checksum(whole))
