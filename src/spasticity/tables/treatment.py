"""What was given and what happened: doses, other medication, therapy, adverse events."""

from spasticity.schema import Column, Schema
from spasticity.tables.people import PARTICIPANT

START_DAY = Column(name="start_day", kind="integer", label="First day", unit="days", required=True)
END_DAY = Column(
    name="end_day",
    kind="integer",
    label="Day after the last",
    unit="days",
    note="half-open; empty while it goes on",
)
DOSE_STATUS = ("taken", "zero documented", "unknown", "imputed")

DOSES = Schema(
    name="doses",
    label="one row per participant, drug, route and stretch of days with one daily dose",
    key=("participant", "drug", "route", "start_day"),
    columns=(
        PARTICIPANT,
        Column(name="drug", kind="text", label="Drug", required=True),
        Column(name="route", kind="category", label="Route", categories=("oral", "intrathecal"), required=True),
        START_DAY,
        Column(name="end_day", kind="integer", label="Day after the last", unit="days", required=True),
        Column(
            name="dose_mg_per_day",
            kind="number",
            label="Oral dose",
            unit="mg/day",
            low=0,
            high=1000,
            note="oral route only; never added to an intrathecal dose",
        ),
        Column(
            name="dose_ug_per_day",
            kind="number",
            label="Intrathecal dose",
            unit="µg/day",
            low=0,
            high=3000,
            note="intrathecal route only",
        ),
        Column(
            name="status",
            kind="category",
            label="Status",
            categories=DOSE_STATUS,
            required=True,
            note="no record is unknown, never zero",
        ),
    ),
)

MEDICATIONS = Schema(
    name="medications",
    label="one row per participant and course of another medicine",
    columns=(
        PARTICIPANT,
        Column(name="medicine", kind="text", label="Medicine", required=True),
        Column(name="atc", kind="text", label="ATC code"),
        START_DAY,
        END_DAY,
    ),
)

THERAPY = Schema(
    name="therapy",
    label="one row per participant and therapy session",
    columns=(
        PARTICIPANT,
        Column(name="day", kind="integer", label="Study day", unit="days", required=True),
        Column(name="planned_min", kind="number", label="Planned time", unit="min", low=0, high=480),
        Column(
            name="done_min",
            kind="number",
            label="Time taken part",
            unit="min",
            low=0,
            high=480,
            better="higher",
        ),
        Column(
            name="participation",
            kind="integer",
            label="Participation",
            unit="0-10",
            low=0,
            high=10,
            better="higher",
        ),
        Column(
            name="tolerance",
            kind="integer",
            label="Tolerance",
            unit="0-10",
            low=0,
            high=10,
            better="higher",
            optional=True,
            note="how well the session was borne, in the words of the study's own form",
        ),
        Column(name="kind", kind="text", label="Kind of therapy", optional=True, note="such as physiotherapy"),
        Column(name="reason", kind="text", label="Reason if missed", optional=True, note="as recorded"),
    ),
)

SEVERITIES = ("mild", "moderate", "severe")
EVENTS = Schema(
    name="events",
    label="one row per adverse event",
    columns=(
        PARTICIPANT,
        Column(name="term", kind="text", label="Event", required=True),
        Column(name="group", kind="text", label="Group of events"),
        Column(name="severity", kind="category", label="Severity", categories=SEVERITIES, ordered=True),
        Column(name="serious", kind="flag", label="Serious"),
        START_DAY,
        END_DAY,
        Column(
            name="action",
            kind="category",
            label="Action with study drug",
            categories=("none", "dose reduced", "interrupted", "stopped"),
        ),
    ),
)
