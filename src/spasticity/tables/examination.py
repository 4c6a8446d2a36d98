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
        Column(
            name="catch_angle_deg",
            kind="number",
            label="Angle of the catch (R1)",
            unit="degrees",
            low=-90,
            high=180,
            optional=True,
            note="of a fast passive motion, from the same zero as the angle, which is then R2 at the slow one",
        ),
        Column(
            name="catch_velocity",
            kind="category",
            label="Velocity of the fast motion",
            categories=("V2", "V3"),
            optional=True,
            note="V2: the limb falls; V3: as fast as possible",
        ),
    ),
)

WALK_TESTS = ("t25fw", "10mwt", "6mwt", "2mwt", "tug")
PACES = ("comfortable", "fast")
DEVICES = ("none", "cane", "crutches", "walker", "other")
ORTHOSES = ("none", "ankle-foot", "knee-ankle-foot", "other")
WALKS = Schema(
    name="walks",
    label="one row per participant, visit, test and trial; unable to walk is a result, not a missing value",
    key=("participant", "visit", "test", "pace", "trial"),
    columns=(
        PARTICIPANT,
        VISIT,
        DAY,
        Column(
            name="test",
            kind="category",
            label="Test",
            categories=WALK_TESTS,
            required=True,
            note="timed 25-foot walk, 10-metre walk, 6- and 2-minute walk, timed up and go",
        ),
        Column(name="pace", kind="category", label="Pace", categories=PACES, optional=True),
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
        Column(
            name="distance_m",
            kind="number",
            label="Distance",
            unit="m",
            low=1,
            high=2000,
            note="timed metres of a walk over a distance; metres walked in a walk of some minutes",
        ),
        Column(name="device", kind="category", label="Walking device", categories=DEVICES),
        Column(name="orthosis", kind="category", label="Orthosis", categories=ORTHOSES, optional=True),
        Column(
            name="start",
            kind="category",
            label="Start",
            categories=("static", "dynamic"),
            optional=True,
            note="static: from standing still; dynamic: already walking when the clock starts",
        ),
        Column(
            name="reason",
            kind="text",
            label="Reason if not done",
            optional=True,
            note="why there is no result of somebody who is not unable, as recorded",
        ),
    ),
)
