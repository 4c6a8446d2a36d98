"""Raw samples as text: CSV of Axivity (OMGUI) and GENEActiv, a line per sample."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from spasticity.errors import DataError
from spasticity.load.raw_samples import RawFile, Refused, Samples

AT_ONCE = 1 << 23  # bytes
HEADER_LINES = 200  # GENEActiv writes 100
UNIX = re.compile(rb"\d{9,10}(?:\.\d+)?,")
WRITTEN = re.compile(rb"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d)(?:[.:](\d{1,6}))?,")
RATES = (12.5, 20, 25, 30, 40, 50, 60, 66.7, 75, 80, 85.7, 90, 100, 200, 400, 800)  # devices are set to one of these
ROUNDED = 0.9  # share of the distance of samples by which rounding may bring their times together
TORN, NOT_NUMBERS, NOT_A_TIME = "another number of cells than the first line", "not numbers", "not a time"
TEMPERATURE = 6  # column of a GENEActiv line: time, x, y, z, light, button, temperature


def lines_file(path: Path) -> RawFile:
    """Open a CSV of raw samples.

    Parameters
    ----------
    path : Path

    Returns
    -------
    RawFile

    Raises
    ------
    DataError
        When no line begins with a time and three accelerations.
    """
    with path.open("rb") as file:
        lines = [file.readline() for _ in range(HEADER_LINES)]
        begin = next((n for n, line in enumerate(lines) if UNIX.match(line) or WRITTEN.match(line)), None)
    if begin is None or lines[begin].count(b",") < 3:
        raise DataError(f"{path.name}: no line holds a time and three accelerations; this is no CSV of raw samples.")
    fields = _fields(lines[:begin])
    maker = "GENEActiv" if any("GENEActiv" in value for value in fields.values()) else "Axivity"
    width = lines[begin].count(b",")
    start = _times(pd.Series([line.split(b",")[0].decode("ascii") for line in lines[begin:] if b"," in line]))
    distance = float(np.nanmedian(np.diff(start))) if len(start) > 1 else 1.0
    rate = min(RATES, key=lambda one: abs(one * distance - 1)) if distance > 0 else RATES[-1]
    warm = TEMPERATURE if maker == "GENEActiv" and width == TEMPERATURE else None
    return RawFile(
        format=f"{maker} raw csv",
        block="line",
        scale=(1.0, 1.0, 1.0),
        rate_hz=rate,
        pieces=partial(_pieces, path, begin, width, 1 / rate, warm),
        header=fields,
        jitter=ROUNDED,
    )


def is_raw(head: bytes) -> bool:
    """Whether a file begins as a CSV of raw samples: lines of a time and three numbers, less than a second apart.

    Parameters
    ----------
    head : bytes
        The beginning of the file.

    Returns
    -------
    bool
        False for epochs, which are further apart.
    """
    lines = head.split(b"\n")[:-1]
    begin = next((n for n, line in enumerate(lines) if UNIX.match(line) or WRITTEN.match(line)), None)
    if begin is None or lines[begin].count(b",") < 3:
        return False
    start = _times(pd.Series([line.split(b",")[0].decode("latin-1") for line in lines[begin:]]))
    return len(start) > 1 and 0 <= float(np.nanmedian(np.diff(start))) < 1


def _fields(lines: list[bytes]) -> dict[str, str]:
    cells = (line.decode("utf-8", "replace").strip().split(",") for line in lines)
    return {row[0].strip(): ",".join(row[1:]).strip() for row in cells if len(row) > 1 and row[0].strip()}


def _times(texts: pd.Series) -> np.ndarray:
    """Seconds since 1970 of times as text; missing where it is none."""
    seconds = pd.to_numeric(texts, errors="coerce").to_numpy(dtype="float64", na_value=np.nan, copy=True)
    written = np.isnan(seconds)
    if written.any():
        # GENEActiv has a colon before the thousandths.
        plain = texts[written].str.replace(r"(:\d\d:\d\d):(\d{1,6})$", r"\1.\2", regex=True)
        moments = pd.to_datetime(plain, format="ISO8601", errors="coerce").astype("datetime64[us]")
        micros = moments.to_numpy().astype(np.int64)
        seconds[written] = np.where(moments.isna(), np.nan, micros / 1e6)
    return seconds


def _pieces(path: Path, begin: int, width: int, step: float, warm: int | None) -> Iterator[Samples]:
    row, rest, more = 1, b"", True
    with path.open("rb") as file:
        for _ in range(begin):
            file.readline()
        while more:
            data = file.read(AT_ONCE)
            more = len(data) > 0
            text, _, rest = (rest + data).rpartition(b"\n") if more else (rest, b"", b"")
            lines = text.split(b"\n") if text else []
            if lines:
                yield _piece(lines, row, width, step, warm)
                row += len(lines)


def _piece(lines: list[bytes], row: int, width: int, step: float, warm: int | None) -> Samples:
    torn = np.array([line.count(b",") != width or b'"' in line for line in lines])
    whole = b"\n".join(line for line, bad in zip(lines, torn, strict=True) if not bad)
    rows = np.arange(row, row + len(lines))
    if whole.strip():
        cells = pd.read_csv(io.BytesIO(whole), header=None, dtype=str, keep_default_na=False, encoding="latin-1")
    else:
        cells = pd.DataFrame({place: pd.Series(dtype=str) for place in range(width + 1)})
    start = _times(cells[0])
    numbers = np.array([_numbers(cells[place]) for place in (1, 2, 3)])
    rule = np.full(len(lines), None, dtype=object)
    rule[torn] = TORN
    rule[np.flatnonzero(~torn)[np.isnan(numbers).any(axis=0)]] = NOT_NUMBERS
    rule[np.flatnonzero(~torn)[np.isnan(start)]] = NOT_A_TIME
    good = np.array([said is None for said in rule])
    kept = good[~torn]
    n = int(kept.sum())
    return Samples(
        units=numbers[:, kept],
        start=start[kept],
        count=np.ones(n, dtype=np.int64),
        step=np.full(n, step),
        row=rows[good],
        temperature=_numbers(cells[warm])[kept] if warm else np.full(n, np.nan),
        refused=Refused(row=rows[~good], rule=tuple(rule[~good].tolist())),
    )


def _numbers(texts: pd.Series) -> np.ndarray:
    numbers = pd.to_numeric(texts, errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
    return np.where(np.isfinite(numbers), numbers, np.nan)
