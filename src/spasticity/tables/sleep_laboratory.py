"""What is scored or noted on a recording of a sleep laboratory."""

from spasticity.schema import Column, Schema
from spasticity.tables.people import PARTICIPANT

START = Column(name="start_utc", kind="instant", label="Start", required=True)
ZONE = Column(name="zone", kind="text", label="Time zone", required=True, note="IANA name, such as Europe/London")
DURATION = Column(
    name="duration_s", kind="number", label="Duration", unit="s", low=0, note="empty where the file gives none"
)

ANNOTATIONS = Schema(
    name="annotations",
    label="one row per annotation of a recording, as it was written",
    columns=(
        PARTICIPANT,
        START,
        ZONE,
        DURATION,
        Column(name="text", kind="text", label="Annotation", required=True, note="free text: look before you share it"),
    ),
)

STAGES = Schema(
    name="stages",
    label="one row per participant and scored epoch of sleep; no row means nobody scored it",
    key=("participant", "start_utc"),
    columns=(
        PARTICIPANT,
        START,
        ZONE,
        Column(name="epoch_s", kind="number", label="Epoch", unit="s", low=1, high=3600, required=True),
        Column(
            name="stage",
            kind="category",
            label="Sleep stage",
            categories=("W", "N1", "N2", "N3", "REM"),
            note="stages 3 and 4 of Rechtschaffen and Kales are N3; empty: movement time, or scored as unknown",
        ),
    ),
)

SCORED_EVENTS = Schema(
    name="scored_events",
    label="one row per event that somebody scored on a recording",
    columns=(
        PARTICIPANT,
        START,
        ZONE,
        DURATION,
        Column(
            name="kind",
            kind="category",
            label="Event",
            categories=("leg movement", "arousal", "respiratory event", "lights off", "lights on"),
            required=True,
        ),
        Column(
            name="side",
            kind="category",
            label="Side",
            categories=("left", "right", "both"),
            note="of a leg movement; empty is unknown",
        ),
    ),
)
