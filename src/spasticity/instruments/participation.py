"""Outcomes that no questionnaire scores: therapy time, participation, joint angles."""

from spasticity.instruments.measures import Measure

THERAPY = Measure(
    id="therapy_min_per_week",
    label="Therapy time",
    unit="min/week",
    better="higher",
    scale="time",
    low=0,
    digits=0,
    unknown="no threshold is known",
)

PARTICIPATION = Measure(
    id="participation",
    label="Participation in therapy",
    unit="0-10",
    better="higher",
    scale="ordinal",
    low=0,
    high=10,
    unknown="a rating of this package's session table, not a published instrument; no threshold is known",
)

MEASURES = (THERAPY, PARTICIPATION)
