"""What body-worn devices record."""

from spasticity.schema import Column, Schema
from spasticity.tables.people import PARTICIPANT

#: What a device itself says of an epoch: devices without stages say sleep, and only some know restless.
DEVICE_STATES = ("wake", "restless", "sleep", "light", "deep", "rem")


def _seen(name: str, label: str, unit: str, high: float | None = None, note: str = "") -> Column:
    return Column(name=name, kind="number", label=label, unit=unit, low=0, high=high, optional=True, note=note)


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
        Column(name="enmo_mg", kind="number", label="Acceleration (ENMO)", unit="mg", low=0, optional=True),
        Column(name="angle_z_deg", kind="number", label="Arm angle", unit="degrees", low=-90, high=90, optional=True),
        Column(name="worn", kind="flag", label="Worn", optional=True, note="empty is unknown, and counts as worn"),
        Column(
            name="device_state",
            kind="category",
            label="State as the device scored it",
            categories=DEVICE_STATES,
            optional=True,
            note="by the maker's own rule; `derive.sleep_wake` scores counts by published ones",
        ),
        Column(name="marker", kind="flag", label="Marker pressed", optional=True),
        _seen("steps", "Steps", "per epoch", note="not valid for wheelchair users"),
        _seen("svm_mg", "Signal vector magnitude", "mg", note="mean of |acceleration - 1 g|; ENMO cuts its negatives"),
        _seen("heart_rate_bpm", "Heart rate", "per min", 300),
        _seen("breaths_per_min", "Breaths", "per min", 100),
        _seen("energy_kcal", "Energy", "kcal per epoch", note="by the maker's own rule"),
        _seen("light_lux", "Light", "lux"),
        Column(
            name="temperature_c",
            kind="number",
            label="Temperature at the device",
            unit="°C",
            low=-40,
            high=85,
            optional=True,
        ),
    ),
)
