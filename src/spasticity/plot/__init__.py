"""Figures: each draws the numbers of a result or a table on the axes given, or opens its own."""

from spasticity.plot.absences import dropout
from spasticity.plot.activity_rhythm import activity_profile, rhythm_by_week
from spasticity.plot.actograms import actogram
from spasticity.plot.adverse_events import event_butterfly, event_dots
from spasticity.plot.awakenings import peri_awakening
from spasticity.plot.calendars import diary_calendar
from spasticity.plot.canvas import find
from spasticity.plot.cells import correlation_matrix, transition_matrix
from spasticity.plot.company import co_medication
from spasticity.plot.count_bars import count_distribution
from spasticity.plot.coverage import completeness
from spasticity.plot.daily_ratings import rating_by_day
from spasticity.plot.diagnostics import likelihood_profile, quantiles, residuals
from spasticity.plot.diary import raster
from spasticity.plot.doses import dose_trajectories
from spasticity.plot.effects import forest
from spasticity.plot.event_times import incidence, kaplan_meier
from spasticity.plot.flows import participant_flow
from spasticity.plot.grade_balance import diverging_grades
from spasticity.plot.grades import grade_stacks
from spasticity.plot.hours import time_of_day
from spasticity.plot.infusions import infusion_doses
from spasticity.plot.joint_bands import joint_ranges
from spasticity.plot.methods_compared import bland_altman
from spasticity.plot.onsets import onset_timing
from spasticity.plot.pairs import paired_slopes
from spasticity.plot.palette import MarkStyle, arm_styles, cohort_styles, grade_ramp, visit_styles
from spasticity.plot.panels import facets
from spasticity.plot.persons import participant
from spasticity.plot.presets import PRESETS, Preset, rc, style
from spasticity.plot.responses import responder_curve
from spasticity.plot.single_cases import single_case
from spasticity.plot.sleep_nights import efficiency_by_visit, sleep_timeline
from spasticity.plot.slopes import dose_response
from spasticity.plot.swimmers import swimmer
from spasticity.plot.trajectories import change_by_visit
from spasticity.plot.trials import pooled_forest
from spasticity.plot.visit_fit import covariance, observed_and_fitted
from spasticity.plot.walkers import walking_by_visit
from spasticity.plot.waterfalls import waterfall

__all__ = [
    "PRESETS",
    "MarkStyle",
    "Preset",
    "activity_profile",
    "actogram",
    "arm_styles",
    "bland_altman",
    "change_by_visit",
    "co_medication",
    "cohort_styles",
    "completeness",
    "correlation_matrix",
    "count_distribution",
    "covariance",
    "diary_calendar",
    "diverging_grades",
    "dose_response",
    "dose_trajectories",
    "dropout",
    "efficiency_by_visit",
    "event_butterfly",
    "event_dots",
    "facets",
    "find",
    "forest",
    "grade_ramp",
    "grade_stacks",
    "incidence",
    "infusion_doses",
    "joint_ranges",
    "kaplan_meier",
    "likelihood_profile",
    "observed_and_fitted",
    "onset_timing",
    "paired_slopes",
    "participant",
    "participant_flow",
    "peri_awakening",
    "pooled_forest",
    "quantiles",
    "raster",
    "rating_by_day",
    "rc",
    "residuals",
    "responder_curve",
    "rhythm_by_week",
    "single_case",
    "sleep_timeline",
    "style",
    "swimmer",
    "time_of_day",
    "transition_matrix",
    "visit_styles",
    "walking_by_visit",
    "waterfall",
]
