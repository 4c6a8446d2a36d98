"""Recordings of the wrist as the maker's program exports them: a file for each, without a participant in it."""

from __future__ import annotations

import pandas as pd

from spasticity.study import Study

PAUSE = pd.Timedelta(days=2)  # more between two epochs, and the device was given out again
FIRST = (
    "------------ Data File Created By ActiGraph wGT3XBT ActiLife v6.13.3 Firmware v1.9.2 date format yyyy/MM/dd "
    "Filter Normal -----------\n"
)
HEAD = """\
Serial Number: INVENTED{number:05d}
Start Time {start:%H:%M:%S}
Start Date {start:%Y/%m/%d}
Epoch Period (hh:mm:ss) 00:01:00
Download Time {end:%H:%M:%S}
Download Date {end:%Y/%m/%d}
Current Memory Address: 0
Current Battery Voltage: 4.03     Mode = 0
--------------------------------------------------
"""


def exported(study: Study) -> dict[str, bytes]:
    """Each recording as a file of ActiLife: a head of ten lines, then the counts of one axis, minute after minute.

    The device keeps the clock it was started with, whatever the clocks around it do.

    Parameters
    ----------
    study : Study

    Returns
    -------
    dict of str to bytes
        By name, such as `wrist/P053_1.csv`.
    """
    files: dict[str, bytes] = {}
    for name, rows in study.epochs.groupby("participant", sort=True):
        weeks = (rows["start_utc"].diff() > PAUSE).cumsum()
        for number, week in rows.groupby(weeks):
            files[f"wrist/{name}_{int(str(number)) + 1}.csv"] = _file(week, len(files) + 1)
    return files


def _file(rows: pd.DataFrame, number: int) -> bytes:
    start = rows["start_utc"].iloc[0].tz_convert(rows["zone"].iloc[0])
    # Fixed from the start on: the end is so many minutes later on the clock of the device.
    end = start.tz_localize(None) + pd.Timedelta(minutes=len(rows))
    head = HEAD.format(number=number, start=start, end=end)
    return (FIRST + head + "".join(f"{int(count)}\n" for count in rows["counts"])).encode().replace(b"\n", b"\r\n")
