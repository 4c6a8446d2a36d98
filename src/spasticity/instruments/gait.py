"""Outcomes that a body-worn sensor measures: walking in a test, and walking in daily life."""

from spasticity.instruments.measures import Measure
from spasticity.schema import Better

UNKNOWN = "no threshold in multiple sclerosis or spinal cord injury is on record here; not valid for wheelchair users"


def _measure(name: str, label: str, unit: str, better: Better | None = "higher", digits: int = 2) -> Measure:
    return Measure(id=name, label=label, unit=unit, better=better, low=0, digits=digits, unknown=UNKNOWN)


MEASURES = (
    _measure("gait_speed_m_per_s", "Walking speed of a sensor", "m/s"),
    _measure("gait_cadence_per_min", "Cadence of a sensor", "steps/min", None, 1),
    _measure("gait_steps", "Steps of a sensor", "steps", None, 0),
    _measure("walking_min_per_day", "Walking", "min/day", digits=0),
    _measure("steps_per_day", "Steps", "per day", digits=0),
    _measure("bouts_per_day", "Walking bouts", "per day", None, 0),
    _measure("speed_10_30s_m_per_s", "Speed of bouts of 10 to 30 s", "m/s"),
    _measure("speed_over_30s_m_per_s", "Speed of bouts longer than 30 s", "m/s"),
    _measure("speed_p90_over_10s_m_per_s", "Fastest tenth of bouts longer than 10 s", "m/s"),
    _measure("stride_length_10_30s_m", "Stride length of bouts of 10 to 30 s", "m"),
    _measure("stride_length_over_30s_m", "Stride length of bouts longer than 30 s", "m"),
    _measure("cadence_over_30s_per_min", "Cadence of bouts longer than 30 s", "steps/min", None, 1),
)
