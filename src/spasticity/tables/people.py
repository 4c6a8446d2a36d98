"""Who took part, and when they were seen."""

from spasticity.schema import Column, Schema

PARTICIPANT = Column(name="participant", kind="text", label="Participant", required=True, note="code, never a name")
COHORTS = ("MS", "SCI", "other")
COHORT = Column(name="cohort", kind="category", label="Cohort", categories=COHORTS, note="condition; also the stratum")
VISIT = Column(name="visit", kind="text", label="Visit")
DAY = Column(name="day", kind="integer", label="Study day", unit="days", note="counts from the first dose, day 0")

PARTICIPANTS = Schema(
    name="participants",
    label="one row per participant",
    key=("participant",),
    columns=(
        PARTICIPANT,
        Column(name="cohort", kind="category", label="Cohort", categories=COHORTS, required=True),
        Column(name="arm", kind="text", label="Arm", note="as randomised; empty in a cohort study"),
        Column(name="site", kind="text", label="Site", note="code"),
        Column(name="sex", kind="category", label="Sex", categories=("female", "male", "other")),
        Column(name="age_years", kind="number", label="Age", unit="years", low=0, high=120),
        Column(
            name="condition_years",
            kind="number",
            label="Time since onset or injury",
            unit="years",
            low=0,
            high=100,
        ),
        Column(
            name="edss",
            kind="number",
            label="EDSS",
            low=0,
            high=10,
            allowed=(0.0, *(step / 2 for step in range(2, 21))),
            better="lower",
            note="MS only; half steps, 0.5 does not exist",
        ),
        Column(
            name="ais",
            kind="category",
            label="AIS grade",
            categories=("A", "B", "C", "D", "E"),
            ordered=True,
            better="higher",
            note="SCI only",
        ),
        Column(name="level", kind="text", label="Neurological level", note="SCI only, such as C5 or T10"),
        Column(
            name="walks",
            kind="flag",
            label="Walks",
            note="able to walk at baseline, with or without a device",
        ),
        Column(
            name="first_dose_date",
            kind="date",
            label="Date of first dose",
            note="day 0; shift or remove before sharing",
        ),
    ),
)

VISIT_STATUS = ("attended", "missed", "after stopping")
VISITS = Schema(
    name="visits",
    label="one row per participant and planned visit",
    key=("participant", "visit"),
    columns=(
        PARTICIPANT,
        VISIT,
        DAY,
        Column(name="status", kind="category", label="Status", categories=VISIT_STATUS, required=True),
        Column(name="reason", kind="text", label="Reason if missed", note="as recorded"),
    ),
)
