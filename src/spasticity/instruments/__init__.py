"""The instruments of the field as declarations, and one engine that scores them."""

from spasticity.instruments import grades, sleep_diary, tone
from spasticity.instruments.declarations import Form, Instrument, Item, Ruled, Scale
from spasticity.instruments.measures import Measure, Threshold, Window
from spasticity.instruments.registry import get, measure, names, table
from spasticity.instruments.scoring import Scored, score

__all__ = [
    "Form",
    "Instrument",
    "Item",
    "Measure",
    "Ruled",
    "Scale",
    "Scored",
    "Threshold",
    "Window",
    "get",
    "grades",
    "measure",
    "names",
    "score",
    "sleep_diary",
    "table",
    "tone",
]
