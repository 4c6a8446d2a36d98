"""Joint angles: their measures, and the normal adult ranges that shade a figure."""

from __future__ import annotations

import pandas as pd

from spasticity.errors import MethodError, listed
from spasticity.instruments.declarations import Instrument, single
from spasticity.instruments.measures import Measure, Threshold
from spasticity.instruments.questions import Item
from spasticity.schema import Better

#: Normal adult end of range in degrees from the 0-neutral position, as the span of two published lists that were
#: pooled (a hospital sheet and a study list, both weak sources): 120-125 means that they give 120 and 125.
NORMAL: dict[tuple[str, str], tuple[float, float]] = {
    ("hip", "flexion"): (120, 125),
    ("hip", "extension"): (15, 30),
    ("hip", "abduction"): (45, 45),
    ("hip", "adduction"): (20, 30),
    ("hip", "external rotation"): (45, 60),
    ("hip", "internal rotation"): (40, 45),
    ("knee", "flexion"): (130, 140),
    ("knee", "extension"): (0, 0),
    ("ankle", "dorsiflexion"): (20, 20),
    ("ankle", "plantarflexion"): (45, 50),
    ("shoulder", "flexion"): (180, 180),
    ("shoulder", "extension"): (45, 60),
    ("shoulder", "abduction"): (180, 180),
    ("shoulder", "external rotation"): (90, 90),
    ("shoulder", "internal rotation"): (70, 90),
    ("elbow", "flexion"): (145, 150),
    ("forearm", "supination"): (85, 90),
    ("forearm", "pronation"): (80, 90),
    ("wrist", "flexion"): (80, 80),
    ("wrist", "extension"): (70, 70),
    ("wrist", "radial deviation"): (20, 20),
    ("wrist", "ulnar deviation"): (30, 45),
}
NO_MCID = "an MCID is unknown"


def normal_range(joint: str, motion: str) -> tuple[float, float]:
    """The normal adult end of a motion, as published lists give it.

    Parameters
    ----------
    joint, motion : str
        Such as `ankle`, `dorsiflexion`.

    Returns
    -------
    tuple of float
        Lowest and highest published value, degrees from the 0-neutral position.

    Raises
    ------
    MethodError
        When the motion is not on record.
    """
    if (joint, motion) not in NORMAL:
        raise MethodError(
            f"{joint} {motion}: no normal range is on record; there are "
            f"{listed((' '.join(pair) for pair in NORMAL), 'and')}."
        )
    return NORMAL[joint, motion]


def looks_180_neutral(angles: pd.DataFrame) -> pd.Series:
    """Rows whose knee extension of 170 to 180 degrees was measured from a 180-neutral position.

    Parameters
    ----------
    angles : DataFrame
        Shaped like `tables.RANGE_OF_MOTION`: `joint`, `motion`, `angle_deg`.

    Returns
    -------
    Series of bool, shape (n,)
        To be flagged and asked about, never turned round silently.
    """
    knee = angles["joint"].eq("knee") & angles["motion"].eq("extension")
    return (knee & angles["angle_deg"].between(170, 180)).fillna(False).astype(bool)


def _error(degrees: float) -> Threshold:
    return Threshold(
        value=degrees,
        kind="points",
        meaning="measurement error of a goniometer",
        source="5 to 10 degrees, known from the literature; source not at hand",
        confirmed=False,
        roles=("mdc",),
    )


def _angle(name: str, label: str, better: Better = "higher") -> Measure:
    return Measure(
        id=name,
        label=label,
        unit="degrees",
        better=better,
        scale="ratio",
        low=-90 if better == "higher" else 0,
        high=180,
        digits=0,
        thresholds=(_error(5), _error(10)),
        unknown=NO_MCID,
    )


#: What a study may report of a motion: what its name and its label say beside the joint, and its direction of benefit.
QUANTITIES: dict[str, tuple[str, str, Better]] = {
    "angle": ("", "", "higher"),
    "deficit": ("_deficit", ", deficit", "lower"),
    "spasticity angle": ("_spasticity_angle", ", spasticity angle (R2 - R1)", "lower"),
}
MODES = {"passive": ("", ""), "active": ("_active", ", active")}
SIDES = {
    "mean": ("", ""),
    "worse": ("_worse", ", worse side"),
    "left": ("_left", ", left"),
    "right": ("_right", ", right"),
}


def angle_id(joint: str, motion: str, *, quantity: str = "angle", mode: str = "passive", side: str = "mean") -> str:
    """The id of an outcome made of joint angles.

    Parameters
    ----------
    joint, motion : str
        Motions of the ankle have names of their own; all others carry their joint.
    quantity, mode, side : str
        Keys of `QUANTITIES`, `MODES`, `SIDES`; a passive angle, mean of the sides, says nothing of them.

    Returns
    -------
    str
        Such as `dorsiflexion_deg`, `knee_extension_deficit_worse_deg`.
    """
    name = motion if joint == "ankle" else f"{joint}_{motion}"
    parts = (QUANTITIES[quantity][0], MODES[mode][0], SIDES[side][0])
    return f"{name}{''.join(parts)}_deg".replace(" ", "_")


def _measured(joint: str, motion: str, quantity: str, mode: str, side: str) -> Measure:
    name = angle_id(joint, motion, quantity=quantity, mode=mode, side=side)
    label = f"{joint} {motion}{QUANTITIES[quantity][1]}{MODES[mode][1]}{SIDES[side][1]}"
    return _angle(name, label.capitalize(), QUANTITIES[quantity][2])


MEASURES = tuple(_measured(joint, motion, "angle", "passive", "mean") for joint, motion in NORMAL)
#: The same motions with another quantity, mode or side, by id.
VARIANTS = {
    one.id: one
    for joint, motion in NORMAL
    for quantity in QUANTITIES
    for mode in MODES
    for side in SIDES
    if quantity != "spasticity angle" or mode == "passive"
    for one in [_measured(joint, motion, quantity, mode, side)]
}


def _instrument(name: str, mode: str) -> Instrument:
    measure = _angle(f"{name}_deg", f"{mode.capitalize()} range of motion")
    return Instrument(
        id=name,
        name=f"{mode.capitalize()} range of motion",
        what="end of one motion of one joint, from the 0-neutral position",
        who="examiner, with a goniometer",
        recall="now",
        population="all",
        missing="none",
        forms=single(measure, Item(key="angle_deg", kind="number", low=-90, high=180)),
        notes=(
            "An extension deficit is negative.",
            "0-neutral and 180-neutral are mixed in practice: a knee extension of 170 to 180 degrees is flagged by "
            "range_of_motion.looks_180_neutral.",
        ),
        unknown=NO_MCID,
    )


INSTRUMENTS = (_instrument("prom", "passive"), _instrument("arom", "active"))
