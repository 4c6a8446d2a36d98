"""Apple Health: steps and sleep of an export.xml, which goes by in pieces however large it is."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import Path
from xml.parsers import expat

import numpy as np
import pandas as pd

from spasticity.errors import DataError, one_of
from spasticity.load.consumer_intervals import (
    HALF_MINUTE_S,
    LONGEST_S,
    TOO_LONG,
    half_minutes,
    interval_clocks,
    intervals_of,
    sleep_cells,
    told,
)
from spasticity.load.epoch_source import Cells, EpochSource
from spasticity.load.epoch_times import Clocks
from spasticity.load.grid import texts

PIECE = 1 << 20  # bytes
LARGEST = 20_000_000_000
TYPES = {"steps": "HKQuantityTypeIdentifierStepCount", "sleep": "HKCategoryTypeIdentifierSleepAnalysis"}
VALUE = "HKCategoryValueSleepAnalysis"
STATES = {
    **{f"{VALUE}Asleep": "sleep", f"{VALUE}AsleepUnspecified": "sleep", f"{VALUE}Awake": "wake"},
    **{f"{VALUE}AsleepCore": "light", f"{VALUE}AsleepDeep": "deep", f"{VALUE}AsleepREM": "rem"},
}
STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}", re.ASCII)
MOST_RECORDS = 20_000_000  # what fits into the memory of a laptop
NO_TIME = "expected a start and an end, each with its offset from UTC"
IN_BED = "time in bed is no state of sleep; it belongs to the nights of the diary"
Record = tuple[int, int, str, str, str]  # number, source, start, end, value


class _Records:
    """Records of one kind, picked up while the XML goes by."""

    def __init__(self, kind: str, where: str) -> None:
        self.kind, self.where = kind, where
        self.number = 0
        self.inside: list[str] = []
        self.sources: dict[str, int] = {}
        self.found: list[Record] = []
        self.born = ""

    def start(self, tag: str, given: dict[str, str]) -> None:
        if tag == "Record" and self.inside == ["HealthData"]:
            self.number += 1
            if given.get("type") == self.kind:
                self._keep(given)
        if tag == "Me":
            self.born = given.get("HKCharacteristicTypeIdentifierDateOfBirth", "")
        self.inside.append(tag)

    def end(self, tag: str) -> None:  # noqa: ARG002
        self.inside.pop()

    def _keep(self, given: dict[str, str]) -> None:
        source = self.sources.setdefault(given.get("sourceName", ""), len(self.sources) + 1)
        cells = (given.get("startDate", ""), given.get("endDate", ""), given.get("value", ""))
        self.found.append((self.number, source, *cells))
        if len(self.found) > MOST_RECORDS:
            raise DataError(f"{self.where}: more than {MOST_RECORDS:,} records of one kind; split the file.")


def apple_health(path: Path, *, quantity: str | None, recorder: int | None) -> EpochSource:
    """Epochs of steps or of sleep of an export.

    Parameters
    ----------
    path : Path
        An export.xml.
    quantity : str
        `steps` or `sleep`.
    recorder : int
        Which of several apps and devices, counted in the order in which they come first.

    Returns
    -------
    EpochSource

    Raises
    ------
    DataError
        When the XML is damaged or declares entities, nobody says which quantity or which of several recorders, or there
        is nothing of it.
    """
    if quantity is None:
        raise DataError(f"{path.name}: an export has several quantities; pass quantity='steps' or 'sleep'.")
    one_of("quantity", quantity, list(TYPES))
    records, sha256 = _read(path, TYPES[quantity])
    chosen = _chosen(records, path.name, quantity, recorder)
    make = _steps if quantity == "steps" else _sleep
    return make(path.name, sha256, chosen, {"date of birth": records.born})


def _read(path: Path, kind: str) -> tuple[_Records, str]:
    if path.stat().st_size > LARGEST:
        raise DataError(f"{path.name}: more than {LARGEST:,} bytes are not read; split the file.")
    records, digest, parser = _Records(kind, path.name), hashlib.sha256(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = records.start, records.end

    def refuse(*_: object) -> None:
        raise DataError(f"{path.name}: the file declares entities, which no export does; it is not read.")

    parser.EntityDeclHandler = refuse
    before = path.stat()
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                digest.update(piece)
                parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, IndexError, ValueError):
        raise DataError(f"{path.name}: the XML is damaged or was cut; export it again.") from None
    after = path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise DataError(f"{path.name}: the file changed while it was read; wait until it is written, and load again.")
    return records, digest.hexdigest()


def _chosen(records: _Records, where: str, quantity: str, recorder: int | None) -> list[Record]:
    """Records of one recorder: several count the same steps."""
    counts = Counter(source for _, source, *_ in records.found)
    if not counts:
        raise DataError(f"{where}: the export has no {quantity} among its {records.number:,} records.")
    if recorder is None and len(counts) > 1:
        each = ", ".join(f"{n}: {counts[n]:,}" for n in sorted(counts))
        raise DataError(
            f"{where}: {len(counts)} apps or devices recorded {quantity}, and one thing may be in all of them (records "
            f"of each, {each}); pass recorder=1 or another of these numbers. Their names may name a person and are "
            "not shown."
        )
    if recorder is not None and recorder not in counts:
        raise DataError(f"{where}: there is no recorder {recorder}; they are counted from 1 to {len(counts)}.")
    return [record for record in records.found if recorder in (None, record[1])]


def _moments(cells: list[str]) -> pd.Series:
    known = [cell if STAMP.fullmatch(cell) else None for cell in cells]
    read = pd.to_datetime(pd.Series(known, dtype=object), format="%Y-%m-%d %H:%M:%S %z", utc=True, errors="coerce")
    return read.dt.tz_localize(None).astype("datetime64[us]")


def _steps(name: str, sha256: str, records: list[Record], header: dict[str, str]) -> EpochSource:
    starts, ends = _moments([record[2] for record in records]), _moments([record[3] for record in records])
    good = (starts.notna() & ends.notna()).to_numpy()
    torn = [(records[n][0], "", NO_TIME) for n in np.flatnonzero(~good)]
    kept = [record for record, fine in zip(records, good, strict=True) if fine]
    starts, ends = starts[good].reset_index(drop=True), ends[good].reset_index(drop=True)
    return EpochSource(
        name=name,
        sha256=sha256,
        format="Apple Health steps",
        rows=np.array([record[0] for record in kept], dtype=int),
        clocks=Clocks(
            place="startDate",
            texts=texts([record[2] for record in kept]),
            local=starts,
            written="2024-03-31 22:05:00 +0100",
            ordered=False,
            exact=starts,
        ),
        epoch_s=(ends - starts).dt.total_seconds().to_numpy(),
        cells={"steps": Cells(place="value", texts=texts([record[4] for record in kept]))},
        torn=tuple(torn),
        notes=("epochs are as long as the records",),
        header=header,
    )


def _sleep(name: str, sha256: str, records: list[Record], header: dict[str, str]) -> EpochSource:
    starts, ends = _moments([record[2] for record in records]), _moments([record[3] for record in records])
    seconds = (ends - starts).dt.total_seconds()
    found, torn = [], []
    for record, start, lasting in zip(records, starts, seconds, strict=True):
        state = STATES.get(record[4])
        rule = (IN_BED if record[4] == f"{VALUE}InBed" else "expected a state of sleep") if state is None else ""
        rule = rule or ("" if lasting >= 0 else NO_TIME) or (TOO_LONG if lasting > LONGEST_S else "")
        if rule:
            torn.append((record[0], "", rule))
        else:
            found.append((record[0], start.to_datetime64(), float(lasting), str(state)))
    rows, began, states = half_minutes(intervals_of(found), name)
    return EpochSource(
        name=name,
        sha256=sha256,
        format="Apple Health sleep",
        rows=rows,
        clocks=interval_clocks(began, kind="utc", exact=True),
        epoch_s=float(HALF_MINUTE_S),
        cells=sleep_cells(states),
        torn=tuple(torn),
        notes=(told(len(found), len(rows)),),
        header=header,
    )
