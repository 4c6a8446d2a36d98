"""Tables in, outcomes or a table out: the clinical rules, with their thresholds as parameters."""

from spasticity.derive.abilities import ability, walk_states, walk_trials, with_unable
from spasticity.derive.absences import missing_pattern
from spasticity.derive.actigraphy import non_wear, sleep_periods, sleep_wake
from spasticity.derive.activity_profiles import activity_by_hour
from spasticity.derive.answers import questionnaires
from spasticity.derive.attendance import completeness, flow
from spasticity.derive.chance_bands import around_by_chance
from spasticity.derive.changes import change, ordered
from spasticity.derive.co_medication import coexposure, coexposure_by_class, coexposure_spans, depressant_courses
from spasticity.derive.day_means import trailing_means
from spasticity.derive.depressants import DEPRESSANTS, DrugClass
from spasticity.derive.devices import device_events
from spasticity.derive.diaries import diary
from spasticity.derive.doses import dose_per_day
from spasticity.derive.dosing import exposure, infusion_changes, refill_changes
from spasticity.derive.epoch_lengths import longer_epochs
from spasticity.derive.examination import index_grade, index_muscle, tone
from spasticity.derive.feet import foot_strides
from spasticity.derive.gait_bouts import walking_bouts
from spasticity.derive.gait_days import daily_walking, gait, wear_hours
from spasticity.derive.gait_visits import gait_tests
from spasticity.derive.harm_timing import dose_changes, onset, since_change, time_at_risk
from spasticity.derive.joints import STRETCHED_BY, joint_angles, motion
from spasticity.derive.leg_movements import (
    AASM,
    WASM_2016,
    MovementRule,
    candidate_spasms,
    movement_counts,
    periodic_movements,
)
from spasticity.derive.night_counts import nightly_counts
from spasticity.derive.night_outcomes import lagged_nights, night_spasm_outcomes
from spasticity.derive.night_timelines import night_spans
from spasticity.derive.nights import night_measures, sleep
from spasticity.derive.people_groups import STRATA, strata, with_stratum
from spasticity.derive.persistence import time_to_stopping
from spasticity.derive.persons import person
from spasticity.derive.phases import dose_phases
from spasticity.derive.rates import spasm_rates, spasms_by_hour
from spasticity.derive.recorded_sleep import recorded_nights
from spasticity.derive.recordings import recorded_days, spasm_events
from spasticity.derive.rehabilitation import therapy, therapy_weeks
from spasticity.derive.rest_activity import rhythm
from spasticity.derive.spasm_wakings import around_awakenings, awakenings_by_chance
from spasticity.derive.spasms_in_bed import night_spasm_events, night_spasms
from spasticity.derive.stop_words import describe_stops
from spasticity.derive.stopping import STOP_RULES, StopRule, stops
from spasticity.derive.suspicions import doubts
from spasticity.derive.tapering import tapers
from spasticity.derive.visit_doses import dose_at_visits
from spasticity.derive.visits import visit_days, windows
from spasticity.derive.walk_times import Movement, movement, sensor_times
from spasticity.derive.walks import walking
from spasticity.derive.wall_clock import local_clock
from spasticity.derive.whole import outcomes
from spasticity.derive.withdrawal import dosing_marks, symptom_clusters
from spasticity.derive.worsening import confirmed_worsening

__all__ = [
    "AASM",
    "DEPRESSANTS",
    "STOP_RULES",
    "STRATA",
    "STRETCHED_BY",
    "WASM_2016",
    "DrugClass",
    "Movement",
    "MovementRule",
    "StopRule",
    "ability",
    "activity_by_hour",
    "around_awakenings",
    "around_by_chance",
    "awakenings_by_chance",
    "candidate_spasms",
    "change",
    "coexposure",
    "coexposure_by_class",
    "coexposure_spans",
    "completeness",
    "confirmed_worsening",
    "daily_walking",
    "depressant_courses",
    "describe_stops",
    "device_events",
    "diary",
    "dose_at_visits",
    "dose_changes",
    "dose_per_day",
    "dose_phases",
    "dosing_marks",
    "doubts",
    "exposure",
    "flow",
    "foot_strides",
    "gait",
    "gait_tests",
    "index_grade",
    "index_muscle",
    "infusion_changes",
    "joint_angles",
    "lagged_nights",
    "local_clock",
    "longer_epochs",
    "missing_pattern",
    "motion",
    "movement",
    "movement_counts",
    "night_measures",
    "night_spans",
    "night_spasm_events",
    "night_spasm_outcomes",
    "night_spasms",
    "nightly_counts",
    "non_wear",
    "onset",
    "ordered",
    "outcomes",
    "periodic_movements",
    "person",
    "questionnaires",
    "recorded_days",
    "recorded_nights",
    "refill_changes",
    "rhythm",
    "sensor_times",
    "since_change",
    "sleep",
    "sleep_periods",
    "sleep_wake",
    "spasm_events",
    "spasm_rates",
    "spasms_by_hour",
    "stops",
    "strata",
    "symptom_clusters",
    "tapers",
    "therapy",
    "therapy_weeks",
    "time_at_risk",
    "time_to_stopping",
    "tone",
    "trailing_means",
    "visit_days",
    "walk_states",
    "walk_trials",
    "walking",
    "walking_bouts",
    "wear_hours",
    "windows",
    "with_stratum",
    "with_unable",
]
