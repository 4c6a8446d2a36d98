"""Inertial recordings of walking tests from delimited text or arrays: every column, unit and direction declared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from spasticity.errors import DataError, MethodError, listed, one_of
from spasticity.inertial import DIRECTIONS, G_M_PER_S2, InertialRecording
from spasticity.load.gate import Identifiers, admitted
from spasticity.load.grid import Grid
from spasticity.load.inertial_arrays import archive_columns
from spasticity.load.inertial_text import Array, Columns, text_columns
from spasticity.load.opening import Content
from spasticity.schema import Schema
from spasticity.wording import plural

Axes = Mapping[str, str]

UNITS = {"g": 1.0, "m/s2": 1 / G_M_PER_S2}
ROTATION_UNITS = {"deg/s": 1.0, "rad/s": 180 / np.pi}
TIME_UNITS = {"s": 1.0, "ms": 1e-3}
MOST_STEP_OFF = 0.5  # of a sample: with more, one is missing or doubled [proposal]
MOST_RATE_OFF = 0.01  # share by which the declared rate may differ from that of the times [proposal]
RECORDING = Schema(name="inertial recording", label="samples of one sensor", columns=())


def inertial(
    path: Path | str,
    *,
    participant: str,
    position: str,
    rate_hz: float,
    acceleration: Axes,
    rotation: Axes | None = None,
    unit: Literal["g", "m/s2"] = "g",
    rotation_unit: Literal["deg/s", "rad/s"] = "deg/s",
    time: str | None = None,
    time_unit: Literal["s", "ms", "samples"] = "s",
    label: str = "",
    start: datetime | None = None,
    delimiter: str = ",",
    decimal: str = ".",
    encoding: str = "utf-8",
    header_lines: int = 1,
    name_lines: int = 1,
    identifiers: Identifiers = "refuse",
) -> InertialRecording:
    """The recording of one sensor from a delimited text, or from a NumPy archive without pickled objects.

    Parameters
    ----------
    path : Path or str
        A text with a line per sample, or an `.npz` whose arrays have a row per sample; columns of an array named
        `accel` with three columns are `accel_x`, `accel_y`, `accel_z`.
    participant : str
        Code, never a name.
    position : str
        `lower back`, `left foot` or `right foot`.
    rate_hz : float
        Samples per second.
    acceleration : mapping of str to str
        For `up`, `left` and `forward` the column along that direction, with a minus before its name when it points
        the other way.
    rotation : mapping of str to str, optional
        The columns of the rotation around the same directions.
    unit, rotation_unit : str
        `g` or `m/s2`; `deg/s` or `rad/s`.
    time : str, optional
        A column of times, or of sample numbers, whose steps are checked against the rate.
    time_unit : str
        `s`, `ms` or `samples`.
    label : str
        Which test and trial.
    start : datetime, optional
        Time of the first sample, with its time zone.
    delimiter, decimal, encoding : str
        As a text was written.
    header_lines, name_lines : int
        Lines before the samples of a text, and how many of them, the last ones, name the columns: of two lines
        `left_sensor` and `acc_x`, the column is `left_sensor acc_x`. The gate looks through the others.
    identifiers : str or mapping
        As in `delimited`, for the `file name` and the `header`.

    Returns
    -------
    InertialRecording

    Raises
    ------
    DataError
        When the file is damaged, cut or has gaps, a cell is no number, the rate is not that of the times, or gravity
        is not where it should be.
    MethodError
        When an option is not understood.
    """
    one_of("unit", unit, UNITS)
    one_of("rotation_unit", rotation_unit, ROTATION_UNITS)
    one_of("time_unit", time_unit, [*TIME_UNITS, "samples"])
    if Path(path).suffix.lower() == ".npz":
        columns = archive_columns(path)
    else:
        columns = text_columns(path, delimiter, decimal, encoding, header_lines, name_lines)
    if time is not None:
        scale = 1 / rate_hz if time_unit == "samples" else TIME_UNITS[time_unit]
        _check_steps(columns.source.name, _column(columns, time) * scale, rate_hz)
    name, found = through_gate(columns.source, columns.format, columns.header, identifiers)
    turned = None if rotation is None else _along(columns, "rotation", rotation) * ROTATION_UNITS[rotation_unit]
    return InertialRecording(
        participant=participant,
        label=label,
        position=position,
        rate_hz=float(rate_hz),
        acceleration_g=_along(columns, "acceleration", acceleration) * UNITS[unit],
        rotation_deg_per_s=turned,
        start_utc=None if start is None else _instant(start),
        source=name,
        sha256=columns.source.sha256,
        notes=columns.notes,
        found=found,
    )


def through_gate(
    source: Content, kind: str, header: Mapping[str, str], identifiers: Identifiers
) -> tuple[str, pd.DataFrame]:
    """The name under which a file is known, once its name and header have passed the gate.

    Parameters
    ----------
    source : Content
    kind : str
        What the file is, such as `csv`.
    header : mapping of str to str
    identifiers : str or mapping

    Returns
    -------
    name : str
    found : DataFrame
        As `gate.admitted` gives it.
    """
    grid = Grid(
        name=source.name,
        sha256=source.sha256,
        format=kind,
        columns={},
        rows=np.zeros(0, dtype=np.int64),
        header=header,
    )
    grid, _, found = admitted(grid, RECORDING, [], identifiers)
    return grid.name, found


def _instant(start: datetime) -> datetime:
    if start.tzinfo is None:
        raise MethodError("start has no time zone: pass such as datetime(2024, 5, 1, 9, 30, tzinfo=ZoneInfo('...')).")
    return start.astimezone(UTC)


def _column(columns: Columns, name: str) -> Array:
    if name not in columns.values:
        raise MethodError(
            f"{columns.source.name}: there is no column `{name}`; there are {listed(columns.values, 'and')}."
        )
    return columns.values[name]


def _along(columns: Columns, what: str, axes: Axes) -> Array:
    """Samples by up, left and forward."""
    if set(axes) != set(DIRECTIONS):
        raise MethodError(f"{what}: expected a column for each of {listed(DIRECTIONS, 'and')}, got {listed(axes)}.")
    named = [axes[direction] for direction in DIRECTIONS]
    down = [name not in columns.values and name.startswith("-") for name in named]
    bare = [name[1:] if minus else name for name, minus in zip(named, down, strict=True)]
    if len(set(bare)) < len(bare):
        raise MethodError(f"{what}: one column stands for two directions.")
    return np.column_stack(
        [_column(columns, name) * (-1 if minus else 1) for name, minus in zip(bare, down, strict=True)]
    )


def _check_steps(name: str, times_s: Array, rate_hz: float) -> None:
    """Refuse times that have gaps, go back, or are of another rate."""
    steps = np.diff(times_s) * rate_hz
    if not len(steps) or not np.isfinite(steps).all():
        raise DataError(f"{name}: the times are incomplete; export the recording again.")
    usual = float(np.median(steps))
    odd = np.abs(steps - usual) > MOST_STEP_OFF * abs(usual)
    rate = rate_hz / float(steps[~odd].mean()) if usual > 0 else 0.0
    if abs(rate / rate_hz - 1) > MOST_RATE_OFF:
        raise DataError(f"{name}: its times have {rate:.4g} samples per second, and rate_hz={rate_hz:g} was declared.")
    if odd.any():
        raise DataError(
            f"{name}: {plural(int(odd.sum()), 'gap or jump', 'gaps or jumps')} in its times, first after sample "
            f"{int(odd.argmax()):,}; nothing is filled in. Cut the recording there."
        )
