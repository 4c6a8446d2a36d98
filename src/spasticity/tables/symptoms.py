"""What participants report: diaries, spasm events, nights and questionnaires."""

from spasticity.schema import Column, Schema
from spasticity.tables.people import DAY, PARTICIPANT


def _rating(name: str, label: str) -> Column:
    return Column(name=name, kind="integer", label=label, low=0, high=10, better="lower", note="0-10, last 24 h")


DIARY = Schema(
    name="diary",
    label="one row per participant and day with a submitted diary; no row means no diary, never zero",
    key=("participant", "day"),
    columns=(
        PARTICIPANT,
        DAY,
        Column(name="spasms", kind="integer", label="Spasms", unit="per day", low=0, high=2000, better="lower"),
        _rating("spasticity_nrs", "Spasticity NRS"),
        _rating("pain_nrs", "Pain NRS"),
        _rating("drowsiness_nrs", "Drowsiness NRS"),
    ),
)

SPASMS = Schema(
    name="spasms",
    label="one row per spasm event",
    columns=(
        PARTICIPANT,
        Column(name="start_utc", kind="instant", label="Start", required=True),
        Column(
            name="zone",
            kind="text",
            label="Time zone",
            required=True,
            note="IANA name, such as Europe/London",
        ),
        Column(
            name="severity",
            kind="category",
            label="Severity",
            categories=("mild", "moderate", "severe"),
            ordered=True,
            better="lower",
        ),
        Column(name="woke", kind="flag", label="Woke the person"),
    ),
)

RECORDING = Schema(
    name="recording",
    label="one row per participant and local calendar day on which spasm events were recorded",
    key=("participant", "day"),
    columns=(
        PARTICIPANT,
        DAY,
        Column(name="zone", kind="text", label="Time zone", required=True, note="IANA name"),
    ),
)

NIGHTS = Schema(
    name="nights",
    label="one row per participant and night; the night belongs to the day on which it began",
    key=("participant", "day"),
    columns=(
        PARTICIPANT,
        DAY,
        Column(name="into_bed", kind="clock", label="Into bed", note="local clock"),
        Column(name="attempt", kind="clock", label="Tried to sleep", note="local clock"),
        Column(
            name="sol_min",
            kind="number",
            label="Sleep onset latency",
            unit="min",
            low=0,
            high=960,
            better="lower",
        ),
        Column(
            name="waso_min",
            kind="number",
            label="Wake after sleep onset",
            unit="min",
            low=0,
            high=960,
            better="lower",
        ),
        Column(name="awakenings", kind="integer", label="Awakenings", low=0, high=100, better="lower"),
        Column(
            name="spasm_awakenings",
            kind="integer",
            label="Awakenings from spasm",
            low=0,
            high=100,
            better="lower",
            note="0 must be stated; empty is unknown",
        ),
        Column(name="final_awakening", kind="clock", label="Final awakening", note="local clock"),
        Column(name="out_of_bed", kind="clock", label="Out of bed", note="local clock"),
    ),
)

ANSWERS = Schema(
    name="answers",
    label="one row per answered item of a questionnaire or single-item scale",
    key=("participant", "visit", "instrument", "item"),
    columns=(
        PARTICIPANT,
        Column(name="visit", kind="text", label="Visit", required=True),
        DAY,
        Column(name="instrument", kind="text", label="Instrument", required=True, note="id in the registry"),
        Column(name="item", kind="text", label="Item", required=True, note="item key in the registry, no wording"),
        Column(name="response", kind="text", label="Response", note="as given: a number or a clock time"),
    ),
)
