"""The instruments of the field as declarations, and one engine that scores them."""

from spasticity.instruments import (
    disability,
    grades,
    injury,
    isncsci,
    quality_of_life,
    range_of_motion,
    sleep_diary,
    sleep_scales,
    spasms,
    tone,
)
from spasticity.instruments.declarations import Form, Instrument, Ruled, Scale
from spasticity.instruments.measures import Measure, Threshold, Window
from spasticity.instruments.pages import write_page
from spasticity.instruments.questions import Item
from spasticity.instruments.registry import get, measure, names, table
from spasticity.instruments.scoring import Scored, score
from spasticity.instruments.thresholds import gain, passes
from spasticity.instruments.treatments import Treatment, treatment, treatment_facts, treatment_table, write_treatments

__all__ = [
    "Form",
    "Instrument",
    "Item",
    "Measure",
    "Ruled",
    "Scale",
    "Scored",
    "Threshold",
    "Treatment",
    "Window",
    "disability",
    "gain",
    "get",
    "grades",
    "injury",
    "isncsci",
    "measure",
    "names",
    "passes",
    "quality_of_life",
    "range_of_motion",
    "score",
    "sleep_diary",
    "sleep_scales",
    "spasms",
    "table",
    "tone",
    "treatment",
    "treatment_facts",
    "treatment_table",
    "write_page",
    "write_treatments",
]
