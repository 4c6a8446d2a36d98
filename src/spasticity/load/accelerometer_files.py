"""Raw accelerometer files into epochs in bounded memory: Axivity, GENEActiv, ActiGraph, Parmay, and samples as CSV."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from spasticity.errors import DataError, one_of
from spasticity.load.activity_counts import AXES
from spasticity.load.columns import constant_reading
from spasticity.load.gate import Identifiers, admitted
from spasticity.load.grid import Grid
from spasticity.load.raw_clock import ahead_of_utc, check_clock, signed
from spasticity.load.raw_kinds import opened
from spasticity.load.raw_reduction import Reduced, reduced
from spasticity.load.raw_samples import RawFile, Refused
from spasticity.study import REJECT_COLUMNS, REPAIR_COLUMNS, Loaded, Source
from spasticity.tables import EPOCHS
from spasticity.wording import plural

LENGTHS = (1, 2, 5, 10)  # divisors of the 10 s of calibration
WHOLE = 0.9  # share of an epoch that must have been recorded for it to have values [proposal]
IDLE = ("gap", "hold")
SPREADS = ("mean", "sd", "low", "high")


def accelerometer(
    path: Path | str,
    *,
    participant: str,
    zone: str,
    clock: str | None = None,
    epoch_s: int = 5,
    calibrate: bool = True,
    counts: Literal["x", "y", "z", "vector"] | None = None,
    idle: Literal["gap", "hold"] = "gap",
    identifiers: Identifiers = "refuse",
) -> Loaded:
    """The epochs of a raw accelerometer recording, read in pieces of a few megabytes.

    Parameters
    ----------
    path : Path or str
        Axivity `.cwa` (AX3, AX6), GENEActiv `.bin`, ActiGraph `.gt3x`, Parmay Matrix `.BIN`, or raw samples as CSV of
        Axivity or GENEActiv. What a file is, its first bytes say, not its name.
    participant : str
        Code of the study of whoever wore the device, and no name.
    zone : str
        IANA zone the person lived in, such as `Europe/London`.
    clock : str, optional
        What the device's clock was ahead of UTC, such as `+01:00`, or `utc`. Left out (or `fixed`), what the file says,
        or else the offset of the zone when the device was configured. Device clocks know no summer time: the offset is
        the same to the end of the recording.
    epoch_s : int
        1, 2, 5 or 10 seconds; `derive.longer_epochs` makes longer ones.
    calibrate : bool
        Fit each axis so that gravity is 1 g wherever the device lay still, which reads the file twice. Where it lay in
        too few directions the maker's numbers are kept, and `source.note` says so.
    counts : str, optional
        Also ActiGraph counts, of one axis or the length of the vector; the axis 1 of ActiGraph is `y`.
    idle : str
        What seconds without a record in a .gt3x file are, which the idle sleep mode leaves out: a `gap`, or time in
        which the last sample is `hold`.
    identifiers : str or mapping of place to reason
        What to do with what the header or the file name may tell of a person, as in `delimited`.

    Returns
    -------
    Loaded
        Shaped like `tables.EPOCHS`, with mean, standard deviation, smallest and largest value of each axis in g
        (`x_mean_g`, `x_sd_g`, `x_low_g`, `x_high_g` and so on), which `derive.non_wear` needs. Rejects are blocks of
        the file (pages, records, lines), by their number: `source.note` says how many there are. `rows_read` counts
        epochs made and blocks refused. `worn` is not known until `derive.non_wear` has judged.

    Raises
    ------
    DataError
        When the file is of no known kind or too damaged, something may tell who a person is, or the offsets of the
        file and of the zone differ.
    MethodError
        When an option is not understood.

    Notes
    -----
    ENMO is the mean of the length of the vector less 1 g, negative values set to 0. The angle is that of the z axis to
    the horizontal, from medians over 5 s at 10 Hz, averaged. An epoch of which less than 90 % was recorded is left out
    [proposal] and counted in `source.note`. Memory does not grow with the file but for the medians: 10 MB a day.

    References
    ----------
    van Hees et al. 2013, 2014, 2015, 2018 and Neishabouri et al. 2022, as in the methods page on wearables.
    """
    path = Path(path)
    check_clock(zone, clock)
    for name, value, options in (
        ("epoch_s", epoch_s, LENGTHS),
        ("counts", counts, (None, *AXES)),
        ("idle", idle, IDLE),
    ):
        one_of(name, value, options)
    raw, before = opened(path, idle), path.stat()
    name, sha256, found = _admitted(path, raw, participant, identifiers)
    left = reduced(raw, epoch_s, name, calibrate=calibrate, counts=counts)
    _refuse_change(before, path.stat(), name)
    ahead = ahead_of_utc(raw, left.first_s, zone, clock, name)
    table, partial = _table(left, epoch_s, ahead, participant, zone, name)
    rejects = _rejects(left.refused, name, raw.block)
    notes = [_balance(left, raw, epoch_s, len(table)), f"the clock of the device ran at UTC{signed(ahead)}"]
    notes += [*_gaps(left.gaps), *partial, *raw.notes, left.calibration.note]
    return Loaded(
        table=table,
        repairs=pd.DataFrame(columns=REPAIR_COLUMNS, dtype=object),
        rejects=rejects,
        source=Source(name, sha256, len(table) + len(rejects), raw.format, note="; ".join(notes)),
        schema=EPOCHS,
        touched=frozenset([participant]) if len(rejects) else frozenset(),
        identifiers=found,
    )


def _admitted(path: Path, raw: RawFile, participant: str, identifiers: Identifiers) -> tuple[str, str, pd.DataFrame]:
    """Name and digest of the file, and what it may tell of a person, once the gate has let it in."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    grid = Grid(name=path.name, sha256=sha256, format=raw.format, columns={}, rows=np.array([0]), header=raw.header)
    reading = constant_reading(participant, EPOCHS["participant"], 1)
    grid, _, found = admitted(grid, EPOCHS, [reading], identifiers)
    return grid.name, sha256, found


def _refuse_change(before: os.stat_result, after: os.stat_result, name: str) -> None:
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise DataError(f"{name}: the file changed while it was read; wait until it is written, and load again.")


def _table(
    left: Reduced, epoch_s: int, ahead: timedelta, participant: str, zone: str, name: str
) -> tuple[pd.DataFrame, list[str]]:
    """The epochs that were recorded as good as wholly, and a note on those that were not."""
    whole = left.sums.seconds >= WHOLE * epoch_s
    if not whole.any():
        raise DataError(
            f"{name}: no epoch of {epoch_s} s was recorded as a whole; the recording is shorter, or in pieces."
        )
    start = left.sums.epoch * epoch_s * 1_000_000 - round(ahead.total_seconds() * 1_000_000)
    column = EPOCHS["temperature_c"]
    warmth = left.sums.warmth / left.sums.n
    odd = (warmth < column.low) | (warmth > column.high)
    frame = pd.DataFrame(
        {
            "participant": participant,
            "start_utc": pd.Series(start.astype("datetime64[us]")).dt.tz_localize("UTC"),
            "zone": zone,
            "epoch_s": float(epoch_s),
            "counts": np.nan if left.counts is None else left.counts,
            "enmo_mg": 1000 * left.sums.above / left.sums.n,
            "angle_z_deg": np.clip(left.angle, -90, 90),
            "temperature_c": np.where(odd, np.nan, warmth),
            **_axes(left),
        }
    )[whole]
    # Every column is of its type already: to check a million numbers one by one would take longer than to read them.
    nothing = EPOCHS.empty()
    others = [name for name in frame if name not in EPOCHS]
    table = frame.reset_index(drop=True).reindex(columns=[*EPOCHS.names, *others]).astype(nothing.dtypes.to_dict())
    table.index = pd.RangeIndex(1, len(table) + 1, name="row")
    partial = int((~whole).sum())
    notes = [f"{plural(partial, 'epoch')} recorded in part left out"] if partial else []
    return table, notes + ([f"{plural(int(odd.sum()), 'temperature')} out of range left out"] if odd.any() else [])


def _axes(left: Reduced) -> dict[str, np.ndarray]:
    """Mean, standard deviation, smallest and largest value of each axis, in g."""
    sums = left.sums
    columns: dict[str, np.ndarray] = {}
    scales, offsets = left.calibration.scale, left.calibration.offset
    for axis, letter in enumerate("xyz"):
        scale, offset = scales[axis], offsets[axis]
        mean = sums.total[axis] / sums.n
        spread = np.maximum(sums.squares[axis] - sums.n * mean**2, 0) / np.maximum(sums.n - 1, 1)
        values = (
            mean * scale + offset,
            np.sqrt(spread) * scale,
            *(np.array([sums.low[axis], sums.high[axis]]) * scale + offset),
        )
        columns |= {f"{letter}_{what}_g": value for what, value in zip(SPREADS, values, strict=True)}
    return columns


def _rejects(refused: tuple[Refused, ...], name: str, block: str) -> pd.DataFrame:
    if not refused:
        return pd.DataFrame(columns=REJECT_COLUMNS, dtype=object).astype({"row": int})
    frame = pd.DataFrame(
        {
            "source": name,
            "row": np.concatenate([part.row for part in refused]),
            "column": block,
            "value": None,
            "rule": [rule for part in refused for rule in part.rule],
        }
    )
    return frame.sort_values("row", kind="stable", ignore_index=True)[REJECT_COLUMNS]


def _balance(left: Reduced, raw: RawFile, epoch_s: int, epochs: int) -> str:
    """What became of the blocks of the file, in words; each is used or refused."""
    rows = np.concatenate([part.row for part in left.refused]) if left.refused else np.zeros(0, dtype=np.int64)
    refused = len(rows)
    if len(np.unique(rows)) != refused or (refused and rows.max() > left.used + refused):
        raise DataError(f"{raw.format}: blocks used and refused do not add up. This is a defect; please report it.")
    read = plural(left.used + refused, raw.block)
    return f"{read} read = {left.used:,} used + {refused:,} refused, in {plural(epochs, 'epoch')} of {epoch_s} s"


def _gaps(gaps: tuple[float, ...]) -> list[str]:
    """A note on pauses, in the words of epoch files."""
    total = sum(gaps)
    lost = f"{total / 60:,.1f} min" if total >= 60 else f"{total:.1f} s"
    return [f"{plural(len(gaps), 'gap')}, {lost} without samples"] if gaps else []
