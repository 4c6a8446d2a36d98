"""Strides of one foot, counted from the turning of the foot while it swings."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import signal

from spasticity.errors import MethodError
from spasticity.inertial import InertialRecording

SWING_DEG_PER_S = 150.0  # how fast a foot turns toes-up in mid-swing at least [proposal]
BETWEEN_S = 0.5  # two swings of one foot are further apart [proposal]
PAUSE_S = 3.0  # a longer time between two swings is a pause, not a stride [proposal]; as breaks of Mobilise-D


def foot_strides(
    recording: InertialRecording,
    *,
    walks: bool,
    swing_deg_per_s: float = SWING_DEG_PER_S,
    between_s: float = BETWEEN_S,
    pause_s: float = PAUSE_S,
) -> pd.DataFrame:
    """Each swing of a foot, found as a peak of its turning around the axis that points left.

    A stride is counted for each swing; steps of both feet need a sensor on each. There is no speed: that would be the
    acceleration integrated twice.

    Parameters
    ----------
    recording : InertialRecording
        Of a foot, with rotation.
    walks : bool
        Whether the person walks; nobody else's movements are counted as strides.
    swing_deg_per_s : float
        Smallest peak, in degrees per second; lower for people who hardly lift their feet.
    between_s : float
        Shortest time between two swings.
    pause_s : float
        Longest time between two swings of one walk.

    Returns
    -------
    DataFrame
        One row per swing: `participant, label, swing_s` (of its peak), `peak_deg_per_s`, `stride_s` (since the swing
        before; missing for the first one and after a pause), `walk` (numbered from 0, divided by pauses).

    Raises
    ------
    MethodError
        When the person does not walk, or the recording is not of a foot or has no rotation.

    Notes
    -----
    In a right-handed frame of up, left and forward the foot turns toes-down as it pushes off (positive around left) and
    toes-up in swing (negative).
    """
    if not walks:
        raise MethodError(f"{recording.name}: strides mean nothing for a wheelchair user; none are counted.")
    if "foot" not in recording.position or recording.rotation_deg_per_s is None:
        raise MethodError(f"{recording.name}: strides are counted from the rotation of a foot; this is something else.")
    turning = -recording.rotation_deg_per_s[:, 1]
    distance = max(1.0, between_s * recording.rate_hz)
    peaks, _ = signal.find_peaks(turning, height=swing_deg_per_s, prominence=swing_deg_per_s, distance=distance)
    times = peaks / recording.rate_hz
    apart = np.diff(times, prepend=np.nan)
    within = apart <= pause_s
    return pd.DataFrame(
        {
            "participant": recording.participant,
            "label": recording.label,
            "swing_s": times,
            "peak_deg_per_s": turning[peaks],
            "stride_s": np.where(within, apart, np.nan),
            "walk": np.cumsum(~within) - 1,
        }
    )
