"""Walking as body-worn sensors find it: bouts, and how long the sensor was worn."""

from spasticity.schema import Column, Schema
from spasticity.tables.people import DAY, PARTICIPANT


def _measured(name: str, label: str, unit: str, note: str = "") -> Column:
    return Column(name=name, kind="number", label=label, unit=unit, low=0, optional=True, note=note)


def _plausible(of: str) -> Column:
    return Column(
        name=f"{of}_plausible",
        kind="flag",
        label=f"{of.replace('_', ' ').capitalize()} plausible",
        optional=True,
        note="as the program that found the bout judged it; empty is not judged, and counts as plausible",
    )


WALKING_BOUTS = Schema(
    name="walking_bouts",
    label="one row per walking bout of somebody who walks; never of a wheelchair user",
    columns=(
        PARTICIPANT,
        DAY,
        Column(name="date", kind="date", label="Date", optional=True, note="where the study day is not known"),
        Column(name="label", kind="text", label="Recording", optional=True, note="such as test and trial"),
        Column(
            name="bout", kind="text", label="Bout", required=True, note="number or code, once in a recording or day"
        ),
        _measured("start_s", "Start", "s", "from the beginning of the recording or the day"),
        _measured("end_s", "End", "s"),
        Column(name="duration_s", kind="number", label="Duration", unit="s", low=0, required=True),
        _measured("strides", "Strides", "per bout"),
        _measured("steps", "Steps", "per bout", "initial contacts of both feet"),
        _measured("turns", "Turns", "per bout"),
        _measured("cadence_per_min", "Cadence", "steps/min"),
        _measured("stride_s", "Stride duration", "s"),
        _measured("stride_length_m", "Stride length", "m"),
        _measured("speed_m_per_s", "Walking speed", "m/s"),
        *map(_plausible, ("duration", "turns", "cadence", "stride", "stride_length", "speed")),
    ),
)

WEAR = Schema(
    name="wear",
    label="one row per participant and minute or other interval of a recording",
    key=("participant", "start"),
    columns=(
        PARTICIPANT,
        Column(name="start", kind="text", label="Start", required=True, note="local time, 2024-03-31 22:05:00"),
        Column(name="worn_s", kind="number", label="Worn", unit="s", low=0, required=True),
    ),
)
