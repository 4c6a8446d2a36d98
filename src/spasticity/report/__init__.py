"""From results and axes to files: figures with their numbers, tables, sentences, one folder."""

from spasticity.report.artefacts import TABLE_FORMATS, Figure, Section, Table, figure
from spasticity.report.baseline import baseline_table
from spasticity.report.browsing import browse, participant_figure
from spasticity.report.building import build, save
from spasticity.report.checking import rerun, verify
from spasticity.report.images import FORMATS, IMAGE_FORMATS
from spasticity.report.plans import Plan, Planned, changes_since_lock, lock_plan, read_plan
from spasticity.report.trust import Checkup, checkup
from spasticity.report.words import caption

__all__ = [
    "FORMATS",
    "IMAGE_FORMATS",
    "TABLE_FORMATS",
    "Checkup",
    "Figure",
    "Plan",
    "Planned",
    "Section",
    "Table",
    "baseline_table",
    "browse",
    "build",
    "caption",
    "changes_since_lock",
    "checkup",
    "figure",
    "lock_plan",
    "participant_figure",
    "read_plan",
    "rerun",
    "save",
    "verify",
]
