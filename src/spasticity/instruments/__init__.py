"""The instruments of the field as declarations, and one engine that scores them."""

from spasticity.instruments import grades, sleep_diary
from spasticity.instruments.measures import Measure, Threshold, Window
from spasticity.instruments.registry import measure

__all__ = ["Measure", "Threshold", "Window", "grades", "measure", "sleep_diary"]
