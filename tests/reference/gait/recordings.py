"""Every gait recording of the shared data, end to end: bouts, steps, cadence and speed beside the reference.

    python -m tests.reference.gait.recordings

needs the extra `gait` and the shared recordings; writes `bouts.csv`, `trials.csv` and `feet.csv` and prints them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from spasticity import derive, load
from spasticity.inertial import InertialRecording

HERE = Path(__file__).parent
SHARED = Path(__file__).parents[4] / "shared" / "data" / "recordings"
MAT = SHARED / "mobgap_HA_001_data.mat"
HEIGHT_M, SENSOR_HEIGHT_M = 1.59, 0.964  # infoForAlgo.mat beside it
SAMPLE_HZ, MS_HZ, LUMBAR_HZ = 204.8, 102.4, 197.1  # the first two: gaitmap's notes on its examples; the last: its times
BOUT_COLUMNS = ["label", "system", "pipeline", "start_s", "end_s", "reference_start_s", "reference_end_s"]
COMPARED = ("steps", "cadence_per_min", "speed_m_per_s")


def lower_back() -> tuple[InertialRecording, ...]:
    """The trials of the healthy adult of the Mobilise-D laboratory example."""
    return load.mobilise(MAT, participant="HA001")


def feet() -> dict[str, InertialRecording]:
    """Both feet of gaitmap's walk of twice 20 m, and the left foot of its person with MS."""
    found = {}
    for side in ("left", "right"):
        found[f"healthy {side}"] = load.inertial(
            SHARED / "gaitmap_imu_sample.csv",
            participant="G1",
            position=f"{side} foot",
            rate_hz=SAMPLE_HZ,
            unit="m/s2",
            header_lines=2,
            name_lines=2,
            acceleration=_axes(f"{side}_sensor acc"),
            rotation=_axes(f"{side}_sensor gyr"),
            time="sensor axis",
            time_unit="samples",
            label="2 x 20 m",
        )
    found["MS left"] = load.inertial(
        SHARED / "gaitmap_imu_sample_ms_left.csv",
        participant="G2",
        position="left foot",
        rate_hz=MS_HZ,
        unit="m/s2",
        acceleration=_axes("acc"),
        rotation=_axes("gyr"),
        time="index",
        time_unit="samples",
        label="longer walk",
    )
    return found


def lumbar() -> InertialRecording:
    """The acceleration, without rotation, of scikit-digital-health's test of gait."""
    return load.inertial(
        SHARED / "gait_input.npz",
        participant="N1",
        position="lower back",
        rate_hz=LUMBAR_HZ,
        acceleration={"up": "-accel_y", "left": "accel_x", "forward": "accel_z"},
        time="time",
        label="walk",
    )


def _axes(kind: str) -> dict[str, str]:
    """The foot's own axes: x forward, y left, z up."""
    return {"up": f"{kind}_z", "left": f"{kind}_y", "forward": f"{kind}_x"}


def bouts(pipeline: str) -> pd.DataFrame:
    """Our bouts of all trials by one pipeline."""
    parts = [
        derive.walking_bouts(
            recording,
            walks=True,
            height_m=HEIGHT_M,
            sensor_height_m=SENSOR_HEIGHT_M,
            cohort="HA",
            pipeline=pipeline,
        )
        for recording in lower_back()
    ]
    return pd.concat(parts, ignore_index=True).assign(pipeline=pipeline)


def matched(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    """Bouts of a trial that overlap by more than half of the longer one, and their differences."""
    rows = []
    for _, reference in theirs.iterrows():
        here = ours[ours["label"] == reference["label"]]
        overlap = np.minimum(here["end_s"], reference["end_s"]) - np.maximum(here["start_s"], reference["start_s"])
        longer = np.maximum(here["end_s"] - here["start_s"], reference["end_s"] - reference["start_s"])
        row = {"label": reference["label"], "system": reference["system"]}
        row |= {f"reference_{name}": reference[name] for name in ("start_s", "end_s", *COMPARED)}
        fit = here[overlap > 0.5 * longer]
        if len(fit):
            best = fit.iloc[0]
            row |= {name: best[name] for name in ("start_s", "end_s", *COMPARED)}
            row |= {f"{name}_error": best[name] - reference[name] for name in COMPARED}
        rows.append(row)
    return pd.DataFrame(rows)


def compared() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Bouts side by side, and the sums of each trial: bouts and steps found and in the reference."""
    theirs = load.mobilise_reference(MAT)
    side_by_side, sums = [], []
    for pipeline in ("impaired", "regular"):
        ours = bouts(pipeline)
        side_by_side.append(matched(ours, theirs).assign(pipeline=pipeline))
        ours_sums = ours.groupby("label")[["steps", "duration_s"]].agg(["size", "sum"])
        for (label, system), rows in theirs.groupby(["label", "system"]):
            found = ours_sums.loc[label]
            sums.append(
                {
                    "label": label,
                    "system": system,
                    "pipeline": pipeline,
                    "reference_bouts": len(rows),
                    "bouts": int(found[("steps", "size")]),
                    "reference_steps": int(rows["steps"].sum()),
                    "steps": int(found[("steps", "sum")]),
                    "reference_walking_s": rows["duration_s"].sum(),
                    "walking_s": found[("duration_s", "sum")],
                }
            )
    columns = [*BOUT_COLUMNS, *(f"{kind}{name}" for name in COMPARED for kind in ("reference_", ""))]
    table = pd.concat(side_by_side, ignore_index=True)[[*columns, *(f"{name}_error" for name in COMPARED)]]
    return table, pd.DataFrame(sums)


def strides() -> pd.DataFrame:
    """Strides of each foot, and how many of the hand-labelled strides have exactly one swing in them."""
    borders = pd.read_csv(SHARED / "gaitmap_stride_borders_sample.csv")
    rows = []
    for name, recording in feet().items():
        swings = derive.foot_strides(recording, walks=True)
        row = {"recording": name, "swings": len(swings), "stride_s": swings["stride_s"].median()}
        if name.startswith("healthy"):
            labelled = borders[borders["foot"] == name.split()[1]]
            at = swings["swing_s"].to_numpy() * recording.rate_hz
            inside = [int(((at >= start) & (at < end)).sum()) for start, end in labelled[["start", "end"]].to_numpy()]
            row |= {
                "reference_strides": len(labelled),
                "with_one_swing": inside.count(1),
                "swings_beside": len(at) - sum(inside),
            }
        rows.append(row)
    return pd.DataFrame(rows)


def main() -> None:
    """Write and print all tables."""
    table, sums = compared()
    for name, frame in (("bouts", table), ("trials", sums), ("feet", strides())):
        frame.round(6).to_csv(HERE / f"{name}.csv", index=False)
        print(frame.round(3).to_string(index=False), end="\n\n")  # noqa: T201  # a command talks
    for name in COMPARED:
        error = table.groupby(["pipeline", "system"])[f"{name}_error"]
        print(name, error.agg(["count", "mean", lambda e: e.abs().mean()]).round(3).to_string(), sep="\n")  # noqa: T201


if __name__ == "__main__":
    main()
