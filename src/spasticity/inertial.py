"""A recording of one inertial sensor during a walking test: checked, in declared units and directions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.errors import DataError, one_of

Array = NDArray[np.float64]

POSITIONS = ("lower back", "left foot", "right foot")
DIRECTIONS = ("up", "left", "forward")
G_M_PER_S2 = 9.80665  # standard gravity, 3rd CGPM 1901
RATES_HZ = (10.0, 2000.0)  # walking has nothing above some 20 Hz; faster sensors than this are not worn [proposal]
REST_G = (0.7, 1.4)  # what a worn sensor says while it hardly moves; outside it is another unit [proposal]
RESTING = {"lower back": 0.5, "left foot": 0.1, "right foot": 0.1}  # quantile that is near 1 g: a foot rests in stance
UPRIGHT_G = 0.5  # mean acceleration along the axis that points up: less is a lean of more than 60 degrees
LARGEST = {"acceleration_g": 500.0, "rotation_deg_per_s": 20_000.0}  # beyond any sensor that is worn [proposal]
STILL_G = 1e-6  # a sensor that is on never says the same number all the time


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class InertialRecording:
    """Samples of one sensor, evenly spaced in time.

    Parameters
    ----------
    participant : str
        Code, never a name.
    label : str
        Which test and trial, such as `t25fw 1`.
    position : str
        `lower back`, `left foot` or `right foot`.
    rate_hz : float
        Samples per second.
    acceleration_g : array of float, shape (n, 3)
        Along axes that point up, to the left and forward, in units of standard gravity; 1 upwards at rest.
    rotation_deg_per_s : array of float, shape (n, 3), optional
        Right-handed around the same axes.
    start_utc : datetime, optional
        Time of the first sample.
    source, sha256 : str
        File, and digest of its bytes.
    notes : tuple of str
        What a reader must know.
    found : DataFrame
        What the gate found in the file's name and header, and what became of it.

    Raises
    ------
    DataError
        When samples are missing or not evenly many, the unit cannot be the declared one, or up is not up.
    """

    participant: str
    label: str
    position: str
    rate_hz: float
    acceleration_g: Array
    rotation_deg_per_s: Array | None = None
    start_utc: datetime | None = None
    source: str = ""
    sha256: str = ""
    notes: tuple[str, ...] = ()
    found: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __post_init__(self) -> None:
        one_of("position", self.position, POSITIONS)
        if not RATES_HZ[0] <= self.rate_hz <= RATES_HZ[1]:
            raise DataError(
                f"{self.name}: {self.rate_hz:g} samples per second are outside {RATES_HZ[0]:g} to {RATES_HZ[1]:g}; "
                "correct rate_hz."
            )
        if self.start_utc is not None and self.start_utc.tzinfo is None:
            raise DataError(f"{self.name}: the start has no time zone; give it with its offset from UTC.")
        for field_name in ("acceleration_g", "rotation_deg_per_s"):
            if getattr(self, field_name) is not None:
                object.__setattr__(self, field_name, _frozen(self, field_name))
        _check_rotation(self)
        _check_gravity(self)

    def __len__(self) -> int:
        return len(self.acceleration_g)

    @property
    def name(self) -> str:
        """What messages call the recording."""
        return " ".join(part for part in (self.source, self.label) if part) or "recording"

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self) / self.rate_hz

    def part(self, start_s: float, end_s: float) -> InertialRecording:
        """The samples from one time up to another.

        Parameters
        ----------
        start_s, end_s : float
            Seconds from the first sample.

        Returns
        -------
        InertialRecording
            Without `start_utc` unless it begins at 0.
        """
        rows = slice(round(start_s * self.rate_hz), round(end_s * self.rate_hz))
        rotation = self.rotation_deg_per_s
        return replace(
            self,
            acceleration_g=self.acceleration_g[rows],
            rotation_deg_per_s=None if rotation is None else rotation[rows],
            start_utc=self.start_utc if rows.start == 0 else None,
        )

    def __repr__(self) -> str:
        kinds = "acceleration" if self.rotation_deg_per_s is None else "acceleration and rotation"
        return f"{self.name}: {self.position}, {self.duration_s:.1f} s of {kinds} at {self.rate_hz:g} Hz"


def _frozen(recording: InertialRecording, field_name: str) -> Array:
    """The array as a copy nobody can write to, whole and of the right shape."""
    values = np.array(getattr(recording, field_name), dtype=np.float64)
    words = field_name.split("_")[0]
    if values.ndim != 2 or values.shape[1] != 3 or not len(values):
        raise DataError(f"{recording.name}: {words} has the shape {values.shape}, expected samples by 3 axes.")
    missing = ~np.isfinite(values).all(axis=1)
    if missing.any():
        raise DataError(
            f"{recording.name}: {int(missing.sum()):,} samples of {words} are missing, first at sample "
            f"{int(missing.argmax()):,}; nothing is filled in. Cut the recording there, or export it again."
        )
    beyond = (np.abs(values) > LARGEST[field_name]).any(axis=1)
    if beyond.any():
        raise DataError(
            f"{recording.name}: {int(beyond.sum()):,} samples of {words} are beyond {LARGEST[field_name]:,.0f}, first "
            f"at sample {int(beyond.argmax()):,}; the file is damaged, or its unit is not the declared one."
        )
    values.setflags(write=False)
    return values


def _check_rotation(recording: InertialRecording) -> None:
    rotation = recording.rotation_deg_per_s
    if rotation is not None and len(rotation) != len(recording):
        raise DataError(
            f"{recording.name}: {len(recording):,} samples of acceleration and {len(rotation):,} of rotation; "
            "expected as many of both."
        )


def _check_gravity(recording: InertialRecording) -> None:
    """Refuse what cannot be acceleration in g with the first axis up."""
    length = np.linalg.norm(recording.acceleration_g, axis=1)
    if np.ptp(length) < STILL_G:
        raise DataError(f"{recording.name}: the acceleration never changes; the sensor did not record.")
    resting = float(np.quantile(length, RESTING[recording.position]))
    if not REST_G[0] <= resting <= REST_G[1]:
        raise DataError(
            f"{recording.name}: at rest the acceleration is {resting:.3g} g, where a worn sensor has about 1; "
            "declare the unit of the file, such as unit='m/s2'."
        )
    up = float(recording.acceleration_g[:, 0].mean())
    if up < UPRIGHT_G:
        raise DataError(
            f"{recording.name}: the axis declared as up has a mean of {up:.2f} g, where 1 is expected; "
            "declare which axis points up, with a minus when it points down."
        )
