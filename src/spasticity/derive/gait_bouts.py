"""Walking bouts in the signal of a sensor at the lower back, found by the optional library mobgap."""

from __future__ import annotations

import warnings
from typing import Any, Literal

import pandas as pd

from spasticity.derive.flags import flagged, unflagged
from spasticity.errors import MethodError, one_of
from spasticity.inertial import G_M_PER_S2, InertialRecording

PIPELINES = {"impaired": "MobilisedPipelineImpaired", "regular": "MobilisedPipelineHealthy"}
COHORTS = ("HA", "CHF", "COPD", "MS", "PD", "PFF")  # those for which Mobilise-D has limits of plausible values
RATE_HZ = 100.0  # the rate its algorithms were validated at (Mobilise-D)
RATE_OFF = 0.5
NEEDS = "walking bouts need the library mobgap, which is not installed: pip install 'spasticity[gait]'"
NOT_FOR_CHAIRS = "steps and bouts are found by what walking does to the trunk, and mean nothing for a wheelchair user"

FOUND = {  # of the library to ours
    "duration_s": "duration_s",
    "n_strides": "strides",
    "n_raw_initial_contacts": "steps",
    "cadence_spm": "cadence_per_min",
    "stride_duration_s": "stride_s",
    "stride_length_m": "stride_length_m",
    "walking_speed_mps": "speed_m_per_s",
}
JUDGED = {
    "duration_s": "duration_plausible",
    "cadence_spm": "cadence_plausible",
    "stride_duration_s": "stride_plausible",
    "stride_length_m": "stride_length_plausible",
    "walking_speed_mps": "speed_plausible",
}
COLUMNS = ["participant", "label", "bout", "start_s", "end_s", *FOUND.values(), *JUDGED.values(), "flag"]


def walking_bouts(
    recording: InertialRecording,
    *,
    walks: bool,
    height_m: float,
    sensor_height_m: float,
    cohort: str = "MS",
    pipeline: Literal["impaired", "regular"] = "impaired",
    setting: Literal["laboratory", "free_living"] = "laboratory",
) -> pd.DataFrame:
    """Walking bouts with their steps, cadence, stride length and speed, by the pipelines of Mobilise-D.

    Parameters
    ----------
    recording : InertialRecording
        Of the lower back, with rotation, at 100 Hz.
    walks : bool
        Whether the person walks. Required: nothing in the signal tells a wheelchair user.
    height_m, sensor_height_m : float
        Of the person, and of the sensor above the floor; speed is proportional to the root of the latter.
    cohort : str
        Whose limits of plausible values are used: `MS`, or another cohort of Mobilise-D. For `SCI` there are none, and
        every bout says so.
    pipeline : str
        `impaired`, which the library recommends for `MS`, `PD` and `PFF`, or `regular`, for `HA`, `CHF` and `COPD`.
    setting : str
        `laboratory` or `free_living`, which have limits of their own.

    Returns
    -------
    DataFrame
        One row per bout: `participant, label, bout, start_s, end_s, duration_s, strides, steps` (initial contacts),
        `cadence_per_min, stride_s, stride_length_m, speed_m_per_s`, whether each is plausible, and `flag`. A bout that
        the library does not find is not there: this is not a test of whether somebody walked.

    Raises
    ------
    MethodError
        When the person does not walk, the recording is not of the kind, or the library is not installed.

    References
    ----------
    Micó-Amigo et al. 2023, J NeuroEng Rehabil 20:78; Kirk et al. 2024, Sci Rep 14:1754 (the pipelines).
    [from memory]
    """
    one_of("pipeline", pipeline, PIPELINES)
    one_of("setting", setting, ["laboratory", "free_living"])
    one_of("cohort", cohort, [*COHORTS, "SCI"])
    _refuse_unfit(recording, walks, height_m, sensor_height_m)
    found = _run(recording, height_m, sensor_height_m, cohort, pipeline, setting)
    bouts = found.per_wb_parameters_
    table = bouts[[*FOUND]].astype("float64").rename(columns=FOUND).reset_index(drop=True)
    table["bout"] = [str(number) for number in range(len(table))]
    for name in ("start", "end"):
        table[f"{name}_s"] = bouts[name].to_numpy(dtype="float64") / recording.rate_hz
    mask = found.per_wb_parameter_mask_
    for theirs, ours in JUDGED.items():
        judged = mask is not None and theirs in mask
        table[ours] = mask[theirs].astype("boolean").to_numpy() if judged else pd.NA
        table[ours] = table[ours].astype("boolean")
    table = table.assign(participant=recording.participant, label=recording.label, flag=_flags(table, cohort))
    return table[COLUMNS]


def _refuse_unfit(recording: InertialRecording, walks: bool, height_m: float, sensor_height_m: float) -> None:
    if not walks:
        raise MethodError(f"{recording.name}: {NOT_FOR_CHAIRS}; no steps are counted.")
    if recording.position != "lower back":
        raise MethodError(
            f"{recording.name}: the sensor is at the {recording.position}, and these bouts need one at the lower back; "
            "a foot has `derive.foot_strides`."
        )
    if recording.rotation_deg_per_s is None:
        raise MethodError(
            f"{recording.name}: the recording has no rotation, which the library needs; no bouts are found."
        )
    if abs(recording.rate_hz - RATE_HZ) > RATE_OFF:
        raise MethodError(
            f"{recording.name}: {recording.rate_hz:g} samples per second, and the pipelines were validated at "
            f"{RATE_HZ:g}; resample the recording first."
        )
    if not 0 < sensor_height_m < height_m < 2.5:
        raise MethodError(
            f"height_m={height_m:g} and sensor_height_m={sensor_height_m:g}: expected metres, and the sensor below the "
            "head."
        )


def _run(
    recording: InertialRecording, height_m: float, sensor_height_m: float, cohort: str, pipeline: str, setting: str
) -> Any:
    """The pipeline after its run."""
    data, pipelines = _library()
    samples = pd.DataFrame(recording.acceleration_g * G_M_PER_S2, columns=["acc_x", "acc_y", "acc_z"])
    samples[["gyr_x", "gyr_y", "gyr_z"]] = recording.rotation_deg_per_s
    key = ("recording",)
    person = {"height_m": height_m, "sensor_height_m": sensor_height_m, "cohort": cohort if cohort in COHORTS else None}
    dataset = data.GaitDatasetFromData(
        {key: {"LowerBack": samples}},
        recording.rate_hz,
        {key: person},
        {key: {"measurement_condition": setting}},
        index_cols=["recording"],
    )
    chosen = getattr(pipelines, PIPELINES[pipeline])()
    if cohort not in COHORTS:
        chosen = chosen.set_params(dmo_thresholds=None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own parts, and that a cohort is not its recommended one
        return chosen.run(dataset[0])


def _library() -> tuple[Any, Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a stored classifier is a few releases older than the library it runs in
            from mobgap import data, pipeline
    except ImportError:
        raise MethodError(NEEDS) from None
    return data, pipeline


def _flags(table: pd.DataFrame, cohort: str) -> pd.Series:
    flag = unflagged(table.index)
    if cohort not in COHORTS:
        return flagged(flag, pd.Series(True, index=table.index), f"limits of plausible values are unknown in {cohort}")
    for name in JUDGED.values():
        words = f"{name.removesuffix('_plausible').replace('_', ' ')} implausible"
        flag = flagged(flag, (~table[name]).fillna(False).astype(bool), words)
    return flag
