"""Joint angles: every motion against its normal range, the angle of spasticity, and sides in a named way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import pandas as pd

from spasticity.derive.changes import as_outcomes, ordered, with_people
from spasticity.derive.flags import flagged, unflagged
from spasticity.errors import MethodError, listed, one_of
from spasticity.instruments.range_of_motion import NORMAL, QUANTITIES, SIDES, angle_id, looks_180_neutral
from spasticity.study import Study

Mode = Literal["passive", "active"]
Sides = Literal["mean", "worse", "left", "right", "both"]
Quantity = Literal["angle", "deficit", "spasticity angle"]
Ranges = Mapping[tuple[str, str], tuple[float, float]]

#: The motion that stretches a muscle group, with its end as the place where the group holds it back (anatomy).
STRETCHED_BY: Mapping[str, tuple[str, str]] = {
    "knee flexors": ("knee", "extension"),
    "knee extensors": ("knee", "flexion"),
    "plantar flexors": ("ankle", "dorsiflexion"),
    "hip adductors": ("hip", "abduction"),
    "elbow flexors": ("elbow", "extension"),
    "wrist flexors": ("wrist", "extension"),
}
DORSIFLEXION = (("ankle", "dorsiflexion"),)
COLUMN = {"angle": "angle_deg", "deficit": "deficit_deg", "spasticity angle": "spasticity_angle_deg"}
ANGLE_COLUMNS = ["participant", "cohort", "arm", "visit", "day", "side", "joint", "motion", "mode", "muscle"]
ANGLE_COLUMNS += ["angle_deg", "normal_low", "normal_high", "deficit_deg"]
ANGLE_COLUMNS += ["catch_angle_deg", "catch_velocity", "spasticity_angle_deg", "flag"]


def joint_angles(study: Study, *, normal: Ranges | None = None) -> pd.DataFrame:
    """Every measured angle beside its normal range, with the deficit and the angle of spasticity.

    Parameters
    ----------
    study : Study
    normal : mapping of (str, str) to (float, float), optional
        Normal end of a motion, lowest and highest, in degrees; beside or in place of those on record.

    Returns
    -------
    DataFrame
        One row per row of `RANGE_OF_MOTION`: `participant, cohort, arm, visit, day, side, joint, motion, mode, muscle`
        (the group that the motion stretches), `angle_deg, normal_low, normal_high, deficit_deg` (what is missing to
        `normal_low`, never below 0), `catch_angle_deg, catch_velocity, spasticity_angle_deg` (R2 - R1), `flag`
        (`no normal range`, `180-neutral?`, `R1 beyond R2`, `catch in an active motion`). A doubtful number is
        missing, and its row says why.

    Notes
    -----
    R2 is the angle at the slow velocity V1, R1 the angle of the catch at V2 or V3. Seen from one zero the catch comes
    before the end, so R2 - R1 is never negative; a negative one is a slip of sign.
    """
    rows = study.range_of_motion.reset_index(drop=True)
    pairs = pd.Series(list(zip(rows["joint"], rows["motion"], strict=True)), index=rows.index, dtype=object)
    ends = {**NORMAL, **(normal or {})}
    low, high = (pairs.map({pair: float(end[side]) for pair, end in ends.items()}).astype("float64") for side in (0, 1))
    turned = looks_180_neutral(rows)
    spastic = rows["angle_deg"] - rows["catch_angle_deg"]
    active, beyond = spastic.notna() & (rows["mode"] == "active"), spastic < 0
    flag = flagged(unflagged(rows.index), low.isna(), "no normal range")
    flag = flagged(flag, turned, "180-neutral?")
    flag = flagged(flagged(flag, beyond, "R1 beyond R2"), active, "catch in an active motion")
    table = rows.assign(
        muscle=pairs.map({pair: muscle for muscle, pair in STRETCHED_BY.items()}),
        normal_low=low,
        normal_high=high,
        deficit_deg=(low - rows["angle_deg"]).clip(lower=0).mask(turned),
        spasticity_angle_deg=spastic.mask(beyond | active | turned),
        flag=flag,
    )
    return ordered(with_people(table, study), study.protocol)[ANGLE_COLUMNS]


def motion(
    study: Study,
    *,
    motions: Literal["all"] | Sequence[str | tuple[str, str]] = DORSIFLEXION,
    mode: Mode = "passive",
    sides: Sides = "mean",
    quantity: Quantity = "angle",
    normal: Ranges | None = None,
) -> pd.DataFrame:
    """Angles, deficits or angles of spasticity as outcomes, with the sides taken together in a named way.

    Parameters
    ----------
    study : Study
    motions : `all`, or sequence of (joint, motion) or of muscle groups
        What is wanted; a muscle group such as `plantar flexors` stands for the motion that stretches it.
    mode : str
        `passive` or `active`.
    sides : str
        `mean` of the sides, the `worse` one, `left`, `right`, or `both` as two outcomes.
    quantity : str
        `angle`, `deficit` (from the normal range) or `spasticity angle` (R2 - R1).
    normal : mapping of (str, str) to (float, float), optional
        As for `joint_angles`.

    Returns
    -------
    DataFrame
        `OUTCOMES` rows, the choice in the name: `dorsiflexion_deg` (passive, mean of the sides),
        `dorsiflexion_left_deg`, `knee_extension_deficit_worse_deg`, `dorsiflexion_active_deg`. `n_values` counts
        sides; of the mean and the worse, one side alone is flagged `1 of 2 sides`. The mean of the sides is a
        proposal, not a published rule. The worse side is chosen anew at each visit.

    Raises
    ------
    MethodError
        An unknown option, muscle group or motion.
    """
    one_of("mode", mode, ["passive", "active"])
    one_of("sides", sides, [*SIDES, "both"])
    one_of("quantity", quantity, list(QUANTITIES))
    if sides == "both":
        each = [
            motion(study, motions=motions, mode=mode, sides=side, quantity=quantity, normal=normal)
            for side in ("left", "right")
        ]
        return ordered(pd.concat(each, ignore_index=True), study.protocol)
    angles = joint_angles(study, normal=normal)
    angles = angles[(angles["mode"] == mode) & angles[["joint", "motion"]].notna().all(axis=1)]
    wanted = _pairs(motions, angles)
    pairs = pd.Series(list(zip(angles["joint"], angles["motion"], strict=True)), index=angles.index, dtype=object)
    rows = angles[pairs.isin(wanted) & (angles["side"].eq(sides) | (sides in ("mean", "worse")))]
    names = {pair: angle_id(*pair, quantity=quantity, mode=mode, side=sides) for pair in wanted}
    rows = rows.assign(outcome=pairs.loc[rows.index].map(names), value=rows[COLUMN[quantity]])
    return as_outcomes(_together(rows.astype({"visit": str}), sides, quantity), study)


def _pairs(motions: Literal["all"] | Sequence[str | tuple[str, str]], angles: pd.DataFrame) -> list[tuple[str, str]]:
    """The motions asked for; muscle groups by the motion that stretches them."""
    if isinstance(motions, str):
        one_of("motions", motions, ["all"])
        return [(str(joint), str(name)) for joint, name in angles[["joint", "motion"]].drop_duplicates().to_numpy()]
    for name in motions:
        if isinstance(name, str):
            one_of("muscle group", name, list(STRETCHED_BY))
    pairs = [STRETCHED_BY[name] if isinstance(name, str) else name for name in motions]
    unknown = [" ".join(pair) for pair in pairs if pair not in NORMAL and pair not in STRETCHED_BY.values()]
    seen = {" ".join(pair) for pair in angles[["joint", "motion"]].astype(str).to_numpy()}
    if lost := [name for name in unknown if name not in seen]:
        raise MethodError(f"motion: {listed(lost, 'and')} is not on record and not in the study; check the words.")
    return pairs


def _together(rows: pd.DataFrame, sides: str, quantity: str) -> pd.DataFrame | None:
    """One row per participant, visit and motion from those of its sides."""
    if rows.empty or rows["value"].isna().all():
        return None
    worse = "min" if quantity == "angle" else "max"
    grouped = rows.groupby(["participant", "visit", "outcome"], as_index=False, sort=False)
    how = worse if sides == "worse" else "mean"
    values = grouped.agg(day=("day", "min"), value=("value", how), n_values=("value", "count"))
    half = (values["n_values"] == 1) & (sides in ("mean", "worse"))
    flag = flagged(unflagged(values.index), half, "1 of 2 sides")
    return values.assign(flag=flagged(flag, values["n_values"] == 0, "not measured"))
