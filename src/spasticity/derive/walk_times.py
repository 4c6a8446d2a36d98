"""How long somebody moved in a walking test, from the trunk, beside the time of a stopwatch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.derive.epoch_rows import runs
from spasticity.errors import DataError, MethodError, one_of
from spasticity.inertial import InertialRecording
from spasticity.wording import plural

MOVING_G = 0.04  # SD of the length of the acceleration while somebody moves, at least [proposal]
WINDOW_S = 0.5  # over which the SD is taken [proposal]
PAUSE_S = 1.0  # a shorter stillness belongs to the movement: a slow step has some [proposal]
QUIET_S = 0.5  # stillness before and after, without which nobody can see when it began or ended [proposal]
TIMED = ("t25fw", "10mwt", "tug")  # tests that begin and end at rest
KEYS = ["participant", "visit", "test", "trial"]
PAIR_COLUMNS = [*KEYS, "stopwatch_s", "sensor_s", "flag"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """From rest to rest.

    Parameters
    ----------
    start_s, end_s : float
        Seconds from the first sample.
    """

    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.end_s - self.start_s


def movement(
    recording: InertialRecording,
    *,
    moving_g: float = MOVING_G,
    window_s: float = WINDOW_S,
    pause_s: float = PAUSE_S,
    quiet_s: float = QUIET_S,
) -> Movement:
    """The longest movement from rest to rest.

    The trunk moves before the foot leaves the line, and after it has crossed the other one: such a time is longer than
    that of a stopwatch, and is compared with it, never put in its place.

    Parameters
    ----------
    recording : InertialRecording
        Of the lower back.
    moving_g : float
        Standard deviation of the length of the acceleration, in g, above which somebody moves.
    window_s : float
        Over which it is taken.
    pause_s : float
        Stillness that is shorter belongs to the movement.
    quiet_s : float
        Stillness that must come before and after.

    Returns
    -------
    Movement

    Raises
    ------
    MethodError
        When the sensor is not at the lower back, nobody moves, or the recording begins or ends in the movement.
    """
    if recording.position != "lower back":
        raise MethodError(f"{recording.name}: a foot is at rest in every stance; a movement is seen at the lower back.")
    rate = recording.rate_hz
    moving = _moving(recording, moving_g, max(2, round(window_s * rate)))
    bridged = _bridged(moving, round(pause_s * rate))
    start, length, value = runs(bridged.astype(float))
    held = value == 1
    if not held.any():
        raise MethodError(f"{recording.name}: nobody moves in it; lower moving_g={moving_g:g} or check the recording.")
    first = int(start[held][np.argmax(length[held])])
    last = first + int(length[held].max())
    quiet = round(quiet_s * rate)
    for missing, words in ((first < quiet, "begins"), (last > len(moving) - quiet, "ends")):
        if missing:
            raise MethodError(
                f"{recording.name}: the recording {words} in the movement, without {quiet_s:g} s of standing still; "
                "when it began or ended cannot be seen."
            )
    return Movement(start_s=first / rate, end_s=last / rate)


def _moving(recording: InertialRecording, moving_g: float, window: int) -> NDArray[np.bool_]:
    length = pd.Series(np.linalg.norm(recording.acceleration_g, axis=1))
    spread = length.rolling(window, center=True, min_periods=window).std().bfill().ffill()
    return spread.to_numpy() > moving_g


def _bridged(moving: NDArray[np.bool_], pause: int) -> NDArray[np.bool_]:
    """Movements joined over stillness that is shorter than a pause."""
    _, length, value = runs(moving.astype(float))
    short = (value == 0) & (length < pause)
    short[[0, -1]] = False
    return np.repeat((value == 1) | short, length)


def sensor_times(
    recordings: Mapping[tuple[str, str, str, int], InertialRecording], walks: pd.DataFrame, **options: float
) -> pd.DataFrame:
    """Times of a stopwatch and of a sensor side by side, for `stats.agreement`.

    Parameters
    ----------
    recordings : mapping of (participant, visit, test, trial) to InertialRecording
        Of `t25fw`, `10mwt` or `tug`.
    walks : DataFrame
        `WALKS` rows.
    **options : float
        As in `movement`.

    Returns
    -------
    DataFrame
        One row per recording: `participant, visit, test, trial, stopwatch_s, sensor_s, flag`. Somebody unable to walk,
        a start from walking, and a recording whose beginning or end cannot be seen have no sensor time, and say so.

    Raises
    ------
    DataError
        When a recording belongs to no trial, or to several.
    MethodError
        When a test has no beginning and end at rest.
    """
    for _, _, test, _ in recordings:
        one_of("test", test, TIMED)
    keys = pd.DataFrame(list(recordings), columns=KEYS)
    known = walks.assign(test=walks["test"].astype(object), trial=walks["trial"].astype("int64"))
    found = keys.merge(known, how="left", on=KEYS, indicator="known")
    lost = found["known"].eq("left_only")
    if lost.any() or len(found) != len(keys):
        raise DataError(
            f"walks: {plural(int(lost.sum()), 'recording')} without a trial, and {len(found) - len(keys):,} trials too "
            "many for one; participant, visit, test and trial must fit exactly one row each."
        )
    rows = [_pair(row, recordings[tuple(row[name] for name in KEYS)], options) for _, row in found.iterrows()]
    return pd.DataFrame(rows, columns=PAIR_COLUMNS)


def _pair(row: pd.Series, recording: InertialRecording, options: Mapping[str, float]) -> dict[str, object]:
    pair = {name: row[name] for name in KEYS} | {"stopwatch_s": row["time_s"], "sensor_s": np.nan, "flag": None}
    if row["unable"]:
        return pair | {"flag": "unable"}
    if row.get("start") == "dynamic":
        return pair | {"flag": "started from walking: the line is not in the signal"}
    try:
        return pair | {"sensor_s": movement(recording, **options).duration_s}
    except MethodError as error:
        return pair | {"flag": str(error).removeprefix(f"{recording.name}: ")}
