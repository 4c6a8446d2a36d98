"""Mobilise-D laboratory files: a `data.mat` with trials of inertial sensors and the walking bouts of a reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from spasticity.errors import DataError, MethodError, listed, one_of
from spasticity.inertial import InertialRecording
from spasticity.load.gate import Identifiers
from spasticity.load.inertial_files import through_gate
from spasticity.load.inertial_text import joined
from spasticity.load.matlab_values import variable
from spasticity.load.opening import Content, content

SENSORS = {"LowerBack": "lower back", "LeftFoot": "left foot", "RightFoot": "right foot"}
LEVELS = ("ContinuousWalkingPeriod", "MicroWB")
BOUT = {  # of the reference to ours; its duration, start and end are in seconds of the recording
    "Start": "start_s",
    "End": "end_s",
    "Duration": "duration_s",
    "Length": "distance_m",
    "NumberStrides": "strides",
    "Cadence": "cadence_per_min",
    "AverageStrideLength": "stride_length_m",
    "WalkingSpeed": "speed_m_per_s",
}
REFERENCE_COLUMNS = ["label", "system", "bout", *BOUT.values(), "steps"]


def mobilise(
    path: Path | str, *, participant: str, sensor: str = "LowerBack", identifiers: Identifiers = "refuse"
) -> tuple[InertialRecording, ...]:
    """The recordings of one sensor in a Mobilise-D `data.mat`, one for each trial.

    The format stores acceleration in g and rotation in degrees per second along axes that point up, left and forward
    when the sensor is worn at the lower back.

    Parameters
    ----------
    path : Path or str
        MATLAB 5 file.
    participant : str
        Code, never a name.
    sensor : str
        `LowerBack`, `LeftFoot` or `RightFoot`.
    identifiers : str or mapping
        As in `delimited`, for the `file name` and the `header`.

    Returns
    -------
    tuple of InertialRecording
        Labels are `TimeMeasure1 Test5 Trial1`.

    Raises
    ------
    DataError
        When the file is damaged, of another layout, or its rates are not one.
    MethodError
        When no trial has the sensor.
    """
    one_of("sensor", sensor, SENSORS)
    source = content(path)
    trials = list(_trials(source))
    name, found = through_gate(source, "Mobilise-D mat", _strings(trials), identifiers)
    held = [(label, trial) for label, trial in trials if sensor in _fields(trial.get("SU"))]
    if not held:
        raise MethodError(f"{source.name}: no trial has the sensor `{sensor}`; choose another of {listed(SENSORS)}.")
    return tuple(
        _recording(trial["SU"][sensor], trial, source, name, label, participant, sensor, found) for label, trial in held
    )


def mobilise_reference(path: Path | str, *, level: str = "ContinuousWalkingPeriod") -> pd.DataFrame:
    """The walking bouts that the reference systems of a Mobilise-D `data.mat` found.

    Parameters
    ----------
    path : Path or str
    level : str
        `ContinuousWalkingPeriod` or `MicroWB`.

    Returns
    -------
    DataFrame
        `label, system` (`INDIP`, `Stereophoto`), `bout, start_s, end_s, duration_s, distance_m, strides,
        cadence_per_min, stride_length_m, speed_m_per_s, steps` (initial contacts); empty where the reference says
        nothing.

    Raises
    ------
    DataError
        When the file is damaged or of another layout.
    """
    one_of("level", level, LEVELS)
    source = content(path)
    rows = []
    for label, trial in _trials(source):
        for system, standard in _fields(trial.get("Standards")).items():
            bouts = _fields(standard).get(level, [])
            rows += [
                _bout(source, bout) | {"label": label, "system": system, "bout": n}
                for n, bout in enumerate([bouts] if isinstance(bouts, dict) else bouts)
            ]
    return pd.DataFrame(rows, columns=REFERENCE_COLUMNS)


def _fields(value: Any) -> Mapping[str, Any]:
    """The fields of a structure; of anything else none."""
    return value if isinstance(value, dict) else {}


def _trials(source: Content) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every trial of the file with its label."""
    found = False
    for measure, tests in _fields(variable(source, "data")).items():
        for test, trials in _fields(tests).items():
            for trial, content_of in _fields(trials).items():
                if isinstance(content_of, dict):
                    found = True
                    yield f"{measure} {test} {trial}", content_of
    if not found:
        raise DataError(f"{source.name}: there is no trial in it, so it is not a Mobilise-D data file.")


def _strings(trials: list[tuple[str, Mapping[str, Any]]]) -> dict[str, str]:
    """What the trials say in words, for the gate; times of recording are what nearly every file says."""
    return joined(
        (name, value)
        for _, trial in trials
        for name, value in trial.items()
        if isinstance(value, str) and name not in ("StartDateTime", "TimeZone")
    )


def _recording(
    struct: Any,
    trial: Mapping[str, Any],
    source: Content,
    name: str,
    label: str,
    participant: str,
    sensor: str,
    found: pd.DataFrame,
) -> InertialRecording:
    try:
        rates = {float(struct["Fs"][kind]) for kind in ("Acc", "Gyr")}
        acceleration, rotation = (np.asarray(struct[kind], dtype=np.float64) for kind in ("Acc", "Gyr"))
    except (KeyError, IndexError, TypeError, ValueError):
        raise DataError(
            f"{source.name}: {label} has no numbers where acceleration, rotation and rate should be."
        ) from None
    if len(rates) != 1:
        raise DataError(f"{source.name}: {label} has acceleration and rotation at different rates.")
    return InertialRecording(
        participant=participant,
        label=label,
        position=SENSORS[sensor],
        rate_hz=rates.pop(),
        acceleration_g=acceleration,
        rotation_deg_per_s=rotation,
        start_utc=_start(source, label, trial),
        source=name,
        sha256=source.sha256,
        found=found,
    )


def _start(source: Content, label: str, trial: Mapping[str, Any]) -> datetime | None:
    text = trial.get("StartDateTime")
    if not isinstance(text, str) or not text:
        return None
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        raise DataError(f"{source.name}: the start of {label} is not a time with its offset from UTC.") from None
    return start.astimezone(UTC) if start.tzinfo is not None else None


def _bout(source: Content, bout: Any) -> dict[str, float]:
    try:
        row = {ours: _number(bout[theirs]) for theirs, ours in BOUT.items()}
        return row | {"steps": int(np.size(bout["InitialContact_Event"]))}
    except (KeyError, IndexError, TypeError, ValueError):
        raise DataError(f"{source.name}: a walking bout of the reference lacks one of {listed(BOUT, 'and')}.") from None


def _number(value: Any) -> float:
    """A number, or missing where the file has an empty array."""
    return float(value) if np.size(value) else np.nan
