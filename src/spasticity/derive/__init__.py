"""Tables in, outcomes or a table out: the clinical rules, with their thresholds as parameters."""

from spasticity.derive.answers import questionnaires
from spasticity.derive.attendance import completeness, flow
from spasticity.derive.changes import change, ordered
from spasticity.derive.diaries import diary
from spasticity.derive.doses import dose_per_day
from spasticity.derive.examination import index_grade, index_muscle, tone
from spasticity.derive.nights import night_measures, sleep
from spasticity.derive.rates import spasm_rates, spasms_by_hour
from spasticity.derive.recordings import recorded_days, spasm_events
from spasticity.derive.rehabilitation import motion, therapy
from spasticity.derive.visits import visit_days, windows
from spasticity.derive.walks import walking
from spasticity.derive.whole import outcomes

__all__ = [
    "change",
    "completeness",
    "diary",
    "dose_per_day",
    "flow",
    "index_grade",
    "index_muscle",
    "motion",
    "night_measures",
    "ordered",
    "outcomes",
    "questionnaires",
    "recorded_days",
    "sleep",
    "spasm_events",
    "spasm_rates",
    "spasms_by_hour",
    "therapy",
    "tone",
    "visit_days",
    "walking",
    "windows",
]
