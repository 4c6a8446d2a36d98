"""Spasms per person and night from event logs of any length: a bounded part of the file in memory, integers only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from spasticity.derive.clock import QUARTER_US
from spasticity.derive.codes import coded
from spasticity.derive.recorded_sleep import DAY_US, MINUTE_US
from spasticity.derive.recordings import NOON_MIN
from spasticity.errors import DataError, MethodError
from spasticity.wording import plural

COLUMNS = ["participant", "start_utc", "zone"]
BATCH_ROWS = 1_000_000
CELLS = 100_000_000  # people times nights that are counted at a time: 0.4 GB
WAITING = 8_000_000  # twice as many events as wait at most to be counted
DAY_QUARTERS = DAY_US // QUARTER_US
MARGIN = 3 * DAY_QUARTERS  # a table begins and ends so long before and after the events, so that nights are whole
FIRST_US = 94_694_400_000_000  # 1973: since then every offset is whole quarters of an hour, and so is every change
TICKS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}  # in a second


def nightly_counts(
    events: Path | str | Iterable[pd.DataFrame] | pd.DataFrame, *, batch_rows: int = BATCH_ROWS
) -> pd.DataFrame:
    """Count spasms per person and night, from local noon to noon, in a log that need not fit into memory.

    Parameters
    ----------
    events : Path, str, DataFrame, or iterable of DataFrame
        A Parquet file, or a folder of them, with `participant, start_utc, zone` (further columns are not read); or
        frames shaped like `tables.SPASMS`, one or many.
    batch_rows : int
        Rows of a Parquet file in memory at a time.

    Returns
    -------
    DataFrame
        One row per participant, zone and night with a spasm: `participant, zone, night` (the date on which it began),
        `night_h` (24 where the clocks do not change), `spasms`; in order. A night without a row had no spasm, or nobody
        recorded it: the log cannot tell, the table `recording` can.

    Raises
    ------
    DataError
        When a column or a value is missing, a zone is not known, or an event is from before 1973.
    MethodError
        When there are more people times nights than fit; or the library pyarrow is not installed and a file is named.

    Notes
    -----
    A table holds, for each zone and each quarter of an hour, the night it lies in: an event costs a division and two
    look-ups, and no conversion. Memory is a batch and one counter per person and night. Sums of parts are exact, so a
    log may be split in any way.
    """
    if isinstance(events, pd.DataFrame):
        batches = iter([_of_frame(events)])
    elif isinstance(events, str | Path):
        batches = _of_files(Path(events), batch_rows)
    else:
        batches = (_of_frame(frame) for frame in events)
    tally = Tally()
    for batch in batches:
        if len(batch.moment):
            tally.add(batch)
    return tally.frame()


@dataclass(frozen=True, slots=True)
class Batch:
    """Some events: numbers for people and zones, and when.

    Parameters
    ----------
    person, zone : ndarray of int, shape (n,)
    people, zones : list of str
        What the numbers stand for.
    moment : ndarray of int64, shape (n,)
    per_second : int
        Ticks of `moment` in a second.
    """

    person: np.ndarray
    people: list[str]
    zone: np.ndarray
    zones: list[str]
    moment: np.ndarray
    per_second: int


@dataclass(slots=True)
class Tally:
    """Counts so far, one cell per stay (a person in a zone) and night."""

    people: dict[str, int] = field(default_factory=dict)
    zones: dict[str, int] = field(default_factory=dict)
    stay: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))
    stays: list[tuple[int, int]] = field(default_factory=list)
    quarters: range = range(0)
    night: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))
    first_night: int = 0
    counts: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int32))
    waiting: list[np.ndarray] = field(default_factory=list)
    _seen: tuple[list[str], np.ndarray] | None = None

    def add(self, batch: Batch) -> None:
        """Count a batch.

        Parameters
        ----------
        batch : Batch

        Raises
        ------
        DataError
            When a zone is not known, or an event is from before 1973.
        MethodError
            When there are too many cells.
        """
        quarter = batch.moment // (900 * batch.per_second)
        first, last = int(quarter.min()), int(quarter.max())
        if first * QUARTER_US < FIRST_US:
            raise DataError(
                "events: some are from before 1973, when clocks were not set by quarters of an hour; "
                "expected later ones. Correct `start_utc`."
            )
        zone = self._numbers(batch.zones, self.zones)
        person = self._people_of(batch.people)
        self._cover(first, last)
        stay = self._stays_of(person, batch.person, zone, batch.zone)
        width = len(self.quarters)
        quarter += (
            zone[batch.zone] * width - self.quarters.start if len(zone) > 1 else zone[0] * width - self.quarters.start
        )
        night = self.night.ravel()[quarter]
        self._count(stay, night)

    def frame(self) -> pd.DataFrame:
        """The counts as rows.

        Returns
        -------
        DataFrame
            See `nightly_counts`.
        """
        self._settle()
        people, zones = (np.array([*names, ""], dtype=object)[:-1] for names in (self.people, self.zones))
        pairs = np.array(self.stays, dtype=np.int64).reshape(-1, 2)
        order = np.lexsort((np.argsort(np.argsort(zones))[pairs[:, 1]], np.argsort(np.argsort(people))[pairs[:, 0]]))
        counts = self.counts[order] if len(order) else self.counts
        stay, place = np.nonzero(counts)
        night, pairs = place + self.first_night, pairs[order][stay]
        rows = {
            "participant": pd.Series(people).take(pairs[:, 0]).array,
            "zone": pd.Series(zones).take(pairs[:, 1]).array,
            "night": (night * DAY_US).astype("datetime64[us]").astype("datetime64[s]"),
            "night_h": self._hours(pairs[:, 1], night),
            "spasms": counts[stay, place].astype(np.int64),
        }
        return pd.DataFrame(rows)

    def _numbers(self, names: list[str], known: dict[str, int]) -> np.ndarray:
        return np.array([known.setdefault(name, len(known)) for name in names], dtype=np.int64)

    def _people_of(self, names: list[str]) -> np.ndarray:
        """Numbers of a batch's people; a file mostly has one list of them for all batches."""
        if self._seen is None or self._seen[0] != names:
            self._seen = (names, self._numbers(names, self.people))
        return self._seen[1]

    def _cover(self, first: int, last: int) -> None:
        """Make the table of nights reach over some quarters and every zone so far."""
        inside = len(self.quarters) and self.quarters.start <= first - MARGIN and last + MARGIN < self.quarters.stop
        if inside and len(self.night) == len(self.zones):
            return
        year = 365 * DAY_QUARTERS  # more than asked for, so that it is rarely made again
        if not inside:
            begin = min(first - MARGIN, self.quarters.start) if len(self.quarters) else first - MARGIN
            end = max(last + MARGIN + year, self.quarters.stop)
            self.quarters = range(begin, end)
        starts = np.arange(self.quarters.start, self.quarters.stop) * QUARTER_US
        self.night = np.stack([_nights(starts, name) for name in self.zones])

    def _stays_of(self, person: np.ndarray, of: np.ndarray, zone: np.ndarray, at: np.ndarray) -> np.ndarray:
        """The number of each event's stay."""
        width = len(zone)
        pair = of if width == 1 else of * np.int64(width) + at
        here = np.flatnonzero(np.bincount(pair, minlength=len(person) * width))
        shape = (len(self.people), len(self.zones))
        if self.stay.shape != shape:
            table = np.full(shape, -1)
            table[: self.stay.shape[0], : self.stay.shape[1]] = self.stay
            self.stay = table
        whom, where = person[here // width], zone[here % width]
        for one, other in zip(whom.tolist(), where.tolist(), strict=True):
            if self.stay[one, other] < 0:
                self.stay[one, other] = len(self.stays)
                self.stays.append((one, other))
        numbers = np.full(len(person) * width, -1)
        numbers[here] = self.stay[whom, where]
        return numbers[pair]

    def _count(self, stay: np.ndarray, night: np.ndarray) -> None:
        self._reach(int(night.min()), int(night.max()))
        self.waiting.append(stay * self.counts.shape[1] + (night - self.first_night))
        if 2 * sum(map(len, self.waiting)) >= min(self.counts.size, WAITING):
            self._settle()

    def _settle(self) -> None:
        """Count the events that wait: a pass over all counters, so not for every few events."""
        if self.waiting:
            counts = self.counts.reshape(-1)  # a view: the counters lie row after row
            counts += np.bincount(np.concatenate(self.waiting), minlength=len(counts)).astype(np.int32)
            self.waiting.clear()

    def _reach(self, low: int, high: int) -> None:
        """Make the counters reach over some nights and every stay so far."""
        rows, nights = self.counts.shape
        first = min(low, self.first_night) if rows else low
        last = max(high + 1, self.first_night + nights) if rows else high + 1
        if (rows, nights, self.first_night) == (len(self.stays), last - first, first):
            return
        self._settle()
        if len(self.stays) * (last - first) > CELLS:
            raise MethodError(
                f"nightly_counts: {plural(len(self.stays), 'person')} times {plural(last - first, 'night')} are more "
                f"than {CELLS:,} counters. Split the log by participant and put the results together."
            )
        counts = np.zeros((len(self.stays), last - first), dtype=np.int32)
        if rows:
            begin = self.first_night - first
            counts[:rows, begin : begin + nights] = self.counts
        self.counts, self.first_night = counts, first

    def _hours(self, zone: np.ndarray, night: np.ndarray) -> np.ndarray:
        """Hours of nights, from their quarters."""
        if not len(night):
            return np.zeros(0)
        first = int(self.night.min())
        width = int(self.night.max()) - first + 1
        rows = np.repeat(np.arange(len(self.night)), len(self.quarters))
        quarters = np.bincount(rows * width + self.night.ravel() - first, minlength=len(self.night) * width)
        return quarters[zone * width + night - first] / 4


def _nights(starts: np.ndarray, zone: str) -> np.ndarray:
    """The night in which each quarter of an hour lies, in days since 1970."""
    try:
        where = ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise DataError(
            "events: a time zone is not known; expected IANA names such as Europe/London. Correct the column `zone`."
        ) from error
    moments = pd.DatetimeIndex(starts.astype("datetime64[us]"), tz="UTC")
    wall = moments.tz_convert(where).tz_localize(None).as_unit("us").asi8
    return (wall - NOON_MIN * MINUTE_US) // DAY_US


def _of_frame(frame: pd.DataFrame) -> Batch:
    _refuse_absent([name for name in COLUMNS if name not in frame], "events")
    _refuse_empty(int(frame[COLUMNS].isna().any(axis=1).sum()), "events")
    person, people = coded(frame["participant"])
    zone, zones = coded(frame["zone"])
    moment = frame["start_utc"].to_numpy(dtype="datetime64[us]").astype(np.int64)
    return Batch(person, people, zone, zones, moment, TICKS["us"])


def _of_files(path: Path, batch_rows: int) -> Iterator[Batch]:
    try:
        import pyarrow as arrow
        import pyarrow.parquet as parquet
    except ImportError:
        raise MethodError(
            "reading Parquet needs the library pyarrow, which is not installed: pip install 'spasticity[parquet]'"
        ) from None
    paths = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not paths or not all(one.exists() for one in paths):
        raise DataError(f"{path.name}: there is no such Parquet file, and no folder of them; check the path.")
    for one in paths:
        # Names come as numbers with one list per file part, which is how the file holds them.
        file = parquet.ParquetFile(one, read_dictionary=["participant", "zone"])
        _refuse_absent([name for name in COLUMNS if name not in file.schema_arrow.names], one.name)
        for batch in file.iter_batches(batch_size=batch_rows, columns=COLUMNS, use_threads=False):
            yield _of_batch(batch, arrow, one.name)


def _of_batch(batch: Any, arrow: Any, where: str) -> Batch:
    cells = [batch.column(name) for name in COLUMNS]
    _refuse_empty(max(cell.null_count for cell in cells), where)
    kind = cells[1].type
    if not arrow.types.is_timestamp(kind):
        raise DataError(f"{where}: `start_utc` holds no times; write the column as UTC timestamps.")
    moment = cells[1].cast(arrow.int64()).to_numpy(zero_copy_only=False)
    numbered = []
    for cell in (cells[0], cells[2]):
        coded_cell = cell if arrow.types.is_dictionary(cell.type) else cell.dictionary_encode()
        numbered.append((coded_cell.indices.to_numpy(zero_copy_only=False), coded_cell.dictionary.to_pylist()))
    (person, people), (zone, zones) = numbered
    return Batch(person, people, zone, zones, moment, TICKS[kind.unit])


def _refuse_absent(absent: list[str], where: str) -> None:
    if absent:
        raise DataError(
            f"{where}: no column `{absent[0]}`; expected participant, start_utc and zone. Rename the columns."
        )


def _refuse_empty(rows: int, where: str) -> None:
    if rows:
        raise DataError(
            f"{where}: {plural(rows, 'event')} without participant, start or zone; every event needs all three. "
            "Load the log with load.event_log, which lists them."
        )
