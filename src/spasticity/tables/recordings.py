"""What body-worn devices record."""

from spasticity.schema import Column, Schema
from spasticity.tables.people import PARTICIPANT

EPOCHS = Schema(
    name="epochs",
    label="one row per participant and epoch of a body-worn recording; no row means nothing was recorded",
    key=("participant", "start_utc"),
    columns=(
        PARTICIPANT,
        Column(name="start_utc", kind="instant", label="Start", required=True),
        Column(name="zone", kind="text", label="Time zone", required=True, note="IANA name, such as Europe/London"),
        Column(name="epoch_s", kind="number", label="Epoch", unit="s", low=1, high=3600, required=True),
        Column(name="counts", kind="number", label="Activity", unit="counts per epoch", low=0),
        Column(name="enmo_mg", kind="number", label="Acceleration (ENMO)", unit="mg", low=0),
        Column(name="angle_z_deg", kind="number", label="Arm angle", unit="degrees", low=-90, high=90),
        Column(name="worn", kind="flag", label="Worn", note="empty is unknown, and counts as worn"),
    ),
)
