"""Epochs of body-worn recorders: a device's file in, the table of epochs out."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from spasticity.errors import DataError, MethodError, listed, one_of
from spasticity.load import actical_files as actical
from spasticity.load import actigraph_files as actigraph
from spasticity.load import actiwatch_files as actiwatch
from spasticity.load import band_files as band
from spasticity.load import consumer_fitbit as fitbit
from spasticity.load import consumer_garmin as garmin
from spasticity.load import consumer_withings as withings
from spasticity.load import epoch_exports as exports
from spasticity.load.actigraph_database import DATABASE, actilife_database
from spasticity.load.consumer_apple import apple_health
from spasticity.load.epoch_source import EpochSource, epoch_table
from spasticity.load.event_times import OVERLAPS, Overlap
from spasticity.load.gate import Identifiers
from spasticity.load.keys import DUPLICATES, Duplicates
from spasticity.load.opening import MARKS, MAX_BYTES, WORKBOOK, Content, content
from spasticity.study import Loaded

GZIP = b"\x1f\x8b"
HEAD_BYTES = 4096
LARGEST = 100_000_000  # bytes; a month of seconds with their times has 65 million
ZIPPED_RAW = "a zip archive, perhaps a raw .gt3x"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the caller says of a file, for the reader of its maker."""

    counts: str
    quantity: str | None
    columns: Mapping[str, str]
    date_format: str | None
    first_day: str | None
    encoding: str


Reader = Callable[[Content, Asked], EpochSource]
READERS: dict[str, Reader] = {
    "actical": lambda source, asked: actical.actical(source, date_format=asked.date_format, encoding=asked.encoding),
    "actigraph": lambda source, asked: _actigraph(source, asked),
    "actiware": lambda source, asked: actiwatch.actiware(
        source, columns=asked.columns, date_format=asked.date_format, encoding=asked.encoding
    ),
    "awd": lambda source, asked: actiwatch.awd(source, encoding=asked.encoding),
    "axivity": lambda source, asked: exports.axivity(source, encoding=asked.encoding),
    "fitbit": lambda source, asked: fitbit.fitbit(source, quantity=asked.quantity),
    "garmin": lambda source, _: garmin.garmin(source),
    "geneactiv": lambda source, asked: exports.geneactiv(source, encoding=asked.encoding),
    "health band": lambda source, asked: band.health_band(source, date_format=asked.date_format),
    "motionwatch": lambda source, _: actical.motionwatch(source),
    "nhanes": lambda source, asked: exports.nhanes(source, first_day=asked.first_day, encoding=asked.encoding),
    "withings": lambda source, asked: withings.withings(source, quantity=asked.quantity, encoding=asked.encoding),
}
APPLE = "apple health"
MAKERS = (*sorted((*READERS, APPLE)),)
#: What only some makers need: options and the makers that take them.
TAKEN = {
    "counts": ("actigraph",),
    "columns": ("actiware",),
    "first_day": ("nhanes",),
    "recorder": (APPLE,),
    "quantity": (APPLE, "fitbit", "withings"),
    "date_format": ("actical", "actigraph", "actiware", "health band"),
}


def actigraphy(
    path: Path | str,
    *,
    zone: str,
    participant: str | None = None,
    maker: str | None = None,
    clock: str | None = None,
    overlap: Overlap = "reject",
    counts: str | None = None,
    quantity: str | None = None,
    recorder: int | None = None,
    columns: Mapping[str, str] | None = None,
    date_format: str | None = None,
    first_day: str | None = None,
    encoding: str = "utf-8",
    duplicates: Duplicates = "refuse",
    rows: int | None = None,
    identifiers: Identifiers = "refuse",
) -> Loaded:
    """The table of epochs from the file of a body-worn recorder, every row of it kept or rejected.

    Parameters
    ----------
    path : Path or str
        A file as the maker's program writes it; text may be gzipped.
    zone : str
        Where the person lived, such as `Europe/London`.
    participant : str, optional
        Code of the person in the study; files of NHANES have a column of it.
    maker : str, optional
        One of `MAKERS`; may be left out where the file says so itself.
    clock : str, optional
        What the times of the file are. `fixed`: the clock of the device, which kept the offset that the zone had when
        the recording began. `civil`: the clock on the wall, with its summer time. `utc`. Or the offset from UTC to
        which the device was set, such as `+01:00`. Left out, it is what the maker's files are known to be, where that
        is known.
    overlap : str
        For `civil`: what to do with an hour that came twice when the file does not show it twice: `reject` it, or take
        the `first` or the `second`.
    counts : str, optional
        Which of ActiGraph's counts: `axis1` (the default), `axis2`, `axis3` or `vm`, their vector magnitude.
    quantity : str, optional
        Which quantity: of Apple Health `steps` or `sleep`; of Fitbit `steps` or `calories`; of Withings `hr`,
        `respiratory-rate` or `sleep-state`, where the name of the file does not say it.
    recorder : int, optional
        Which of several apps and devices of an Apple Health export.
    columns : mapping of str to str, optional
        For exports of Actiware in other languages than English, Dutch, French and German: column of the table, `date`
        or `time`, to column of the file.
    date_format : str, optional
        As in `datetime.strptime`, for files whose dates can be read in two ways.
    first_day : str, optional
        The date to give the first day of every person of NHANES, which publishes none.
    encoding : str
        Of a text.
    duplicates : str
        When a moment comes twice: `refuse` the file, keep the `first` or the `last` epoch, or `reject` all of them,
        unless they are the same in every column.
    rows : int, optional
        How many epochs the file must have, when that is known; also reads a file that was cut.
    identifiers : str or mapping of column to reason
        What may tell who a person is, in the file's name, header and cells, as in `delimited`.

    Returns
    -------
    Loaded
        Shaped like `tables.EPOCHS`. Index of the table: the line, row or record of each epoch. Epochs whose clock was
        reset, went back, or that begin before the last one ends are rejected; gaps are noted.

    Raises
    ------
    DataError
        When the file is damaged, holds identifiers, or can be read in two ways; says what to pass.
    MethodError
        When an option is not understood.

    Notes
    -----
    Many files: `load.recordings` with `reader=load.actigraphy`. What a device says of sleep goes to `device_state`, as
    it says it. Memory: some forty times a text of seconds, of which a month is read at once.
    """
    one_of("duplicates", duplicates, DUPLICATES)
    one_of("overlap", overlap, OVERLAPS)
    one_of("maker", maker, (None, *MAKERS))
    path = Path(path)
    if not path.is_file():
        content(path)  # says what is wrong
    asked: dict[str, object] = {"counts": counts, "quantity": quantity, "columns": columns, "date_format": date_format}
    asked |= {"first_day": first_day, "recorder": recorder}
    if maker == APPLE or (maker is None and _is_apple(path)):
        _refuse_unused(asked, APPLE)
        source = apple_health(path, quantity=quantity, recorder=recorder)
    else:
        file = _of_bearable_size(_unpacked(content(path)))
        maker = _maker(file, encoding) if maker is None else maker
        _refuse_unused(asked, maker)
        said = Asked(
            counts=counts or "axis1",
            quantity=quantity,
            columns=columns or {},
            date_format=date_format,
            first_day=first_day,
            encoding=encoding,
        )
        source = READERS[maker](file, said)
    return epoch_table(
        source,
        participant=participant,
        zone=zone,
        clock=clock,
        overlap=overlap,
        duplicates=duplicates,
        rows=rows,
        identifiers=identifiers,
    )


def _actigraph(source: Content, asked: Asked) -> EpochSource:
    if source.data.startswith(DATABASE):
        return actilife_database(source, counts=asked.counts)
    return actigraph.actilife_text(source, counts=asked.counts, date_format=asked.date_format, encoding=asked.encoding)


def _refuse_unused(asked: Mapping[str, object], maker: str) -> None:
    unused = [name for name, value in asked.items() if value is not None and maker not in TAKEN[name]]
    if unused:
        raise MethodError(f"{listed(unused, 'and')} say nothing of files of `{maker}`; leave them out")


def _is_apple(path: Path) -> bool:
    """Whether a file begins as an export of Apple Health; it is not read whole."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    return b"<!DOCTYPE HealthData" in head or b"<HealthData " in head


def _unpacked(source: Content) -> Content:
    """The content of a gzipped file, when it is not larger than a file may be."""
    if not source.data.startswith(GZIP):
        return source
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(source.data)) as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise DataError(f"{source.name}: the packed file is damaged or was cut; fetch it again.") from None
    if len(data) > MAX_BYTES:
        raise DataError(f"{source.name}: unpacked, the file has more than {MAX_BYTES:,} bytes; split it.")
    return Content(source.name, data)


def _of_bearable_size(source: Content) -> Content:
    """The content of a file that is not too large to be held as text."""
    if len(source.data) > LARGEST:
        raise DataError(f"{source.name}: more than {LARGEST:,} bytes are not read at once; split the recording.")
    return source


def _maker(source: Content, encoding: str) -> str:
    """The maker that a file names itself, beyond doubt."""
    data = source.data
    if data.startswith(DATABASE):
        return "actigraph"
    if garmin.is_fit(data):
        return "garmin"
    if data.startswith(WORKBOOK):
        if band.sheet_of(source) is not None:
            return "health band"
        raise _unknown(source.name, ZIPPED_RAW)
    if b"<motionfile" in data[:HEAD_BYTES]:
        return "motionwatch"
    mark = next((name for start, name in MARKS if data.startswith(start)), encoding)
    head = data[:HEAD_BYTES].decode(mark, errors="replace").lstrip("\ufeff")
    first = head.split("\n", 1)[0].strip("\r")
    tests: tuple[tuple[str, bool], ...] = (
        ("actigraph", actigraph.is_actigraph_text(first)),
        ("actical", actical.is_actical(first)),
        ("actiware", actiwatch.is_actiware(first)),
        ("axivity", exports.is_axivity(first)),
        ("geneactiv", exports.is_geneactiv(first)),
        ("nhanes", exports.is_nhanes(first)),
        ("withings", withings.is_withings(first)),
        ("fitbit", fitbit.is_fitbit(head)),
        ("awd", actiwatch.is_awd(head)),
    )
    found = [maker for maker, there in tests if there]
    if len(found) != 1:
        raise _unknown(source.name, "nothing in it names a maker")
    return found[0]


def _unknown(name: str, why: str) -> DataError:
    return DataError(
        f"{name}: {why}; pass maker= {listed(MAKERS)}. Raw samples (.gt3x, .cwa, .bin, rows many times a second) are "
        "no epochs: `load.accelerometer` makes epochs of them."
    )
