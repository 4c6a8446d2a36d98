"""The canonical tables, as declarations: no logic, no data."""

from spasticity.tables.examination import RANGE_OF_MOTION, TONE, WALKS
from spasticity.tables.gait import WALKING_BOUTS, WEAR
from spasticity.tables.outcomes import ESTIMATES, OUTCOMES
from spasticity.tables.people import PARTICIPANTS, VISITS
from spasticity.tables.recordings import EPOCHS
from spasticity.tables.sleep_laboratory import ANNOTATIONS, SCORED_EVENTS, STAGES
from spasticity.tables.symptoms import ANSWERS, DIARY, NIGHTS, RECORDING, SPASMS
from spasticity.tables.treatment import DOSES, EVENTS, MEDICATIONS, THERAPY

#: The tables of a study, in the order a reader meets them.
STUDY_TABLES = (
    PARTICIPANTS,
    VISITS,
    DIARY,
    SPASMS,
    RECORDING,
    NIGHTS,
    EPOCHS,
    ANSWERS,
    TONE,
    RANGE_OF_MOTION,
    WALKS,
    DOSES,
    MEDICATIONS,
    THERAPY,
    EVENTS,
)

__all__ = [
    "ANNOTATIONS",
    "ANSWERS",
    "DIARY",
    "DOSES",
    "EPOCHS",
    "ESTIMATES",
    "EVENTS",
    "MEDICATIONS",
    "NIGHTS",
    "OUTCOMES",
    "PARTICIPANTS",
    "RANGE_OF_MOTION",
    "RECORDING",
    "SCORED_EVENTS",
    "SPASMS",
    "STAGES",
    "STUDY_TABLES",
    "THERAPY",
    "TONE",
    "VISITS",
    "WALKING_BOUTS",
    "WALKS",
    "WEAR",
]
