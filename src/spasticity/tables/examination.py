"""What an examiner measures: tone, range of motion, walking."""

from spasticity.schema import Column, Schema
from spasticity.tables.people import DAY, PARTICIPANT

SIDES = ("left", "right")
SIDE = Column(name="side", kind="category", label="Side", categories=SIDES, required=True)
MAS_GRADES = ("0", "1", "1+", "2", "3", "4")
VISIT = Column(name="visit", kind="text", label="Visit", required=True)

TONE = Schema(
    name="tone",
    label="one row per participant, visit, side and muscle",
    key=("participant", "visit", "scale", "side", "muscle"),
    columns=(
        PARTICIPANT,
        VISIT,
        DAY,
        Column(
            name="scale",
            kind="category",
            label="Scale",
            categories=("mas", "as"),
            required=True,
            note="mas: modified Ashworth; as: Ashworth coded 0-4",
        ),
        SIDE,
        Column(name="muscle", kind="text", label="Muscle group", required=True, note="such as knee flexors"),
        Column(
            name="grade",
            kind="category",
            label="Grade",
            categories=MAS_GRADES,
            ordered=True,
            better="lower",
            note="a grade, not a number: ask for a coding by name",
        ),
    ),
)

RANGE_OF_MOTION = Schema(
    name="range_of_motion",
    label="one row per participant, visit, side, joint and motion",
    key=("participant", "visit", "side", "joint", "motion", "mode"),
    columns=(
        PARTICIPANT,
        VISIT,
        DAY,
        SIDE,
        Column(name="joint", kind="text", label="Joint", required=True),
        Column(name="motion", kind="text", label="Motion", required=True, note="such as dorsiflexion"),
        Column(name="mode", kind="category", label="Mode", categories=("passive", "active"), required=True),
        Column(
            name="angle_deg",
            kind="number",
            label="Angle",
            unit="degrees",
            low=-90,
            high=180,
            better="higher",
            note="0-neutral; an extension deficit is negative",
        ),
    ),
)

WALK_TESTS = ("t25fw", "10mwt")
DEVICES = ("none", "cane", "crutches", "walker", "other")
WALKS = Schema(
    name="walks",
    label="one row per participant, visit, test and trial; unable to walk is a result, not a missing value",
    key=("participant", "visit", "test", "trial"),
    columns=(
        PARTICIPANT,
        VISIT,
        DAY,
        Column(name="test", kind="category", label="Test", categories=WALK_TESTS, required=True),
        Column(name="trial", kind="integer", label="Trial", low=1, high=10, required=True),
        Column(
            name="time_s",
            kind="number",
            label="Time",
            unit="s",
            low=1,
            high=600,
            better="lower",
            note="empty when unable or not done",
        ),
        Column(name="unable", kind="flag", label="Unable to walk", required=True),
        Column(name="distance_m", kind="number", label="Timed distance", unit="m", low=1, high=500),
        Column(name="device", kind="category", label="Walking device", categories=DEVICES),
    ),
)
