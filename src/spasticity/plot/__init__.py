"""Figures: each draws the numbers of a result or a table on the axes given, or opens its own."""

from spasticity.plot.canvas import find
from spasticity.plot.palette import MarkStyle, arm_styles, cohort_styles, grade_ramp
from spasticity.plot.presets import PRESETS, Preset, rc, style
from spasticity.plot.trajectories import change_by_visit

__all__ = [
    "PRESETS",
    "MarkStyle",
    "Preset",
    "arm_styles",
    "change_by_visit",
    "cohort_styles",
    "find",
    "grade_ramp",
    "rc",
    "style",
]
