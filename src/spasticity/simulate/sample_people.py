"""The people of the sample: cohorts, clinics, and how data get lost."""

from __future__ import annotations

from spasticity.simulate.constants import NONE, Given, invented
from spasticity.simulate.course import Losses
from spasticity.simulate.people import Cohort, Enrolment, Site

MS = Cohort(
    name="MS",
    size=136,
    female=invented(0.66),
    age_mean=invented(50),
    age_sd=invented(9.5),
    years_mean=invented(13),
    edss_mean=Given(6.0, "S26: Collin 2010"),
    edss_sd=Given(1.5, "S26: Collin 2010, 1.56 and 1.50"),
    walks_to_edss=invented(6.5, "6.5 is walking with bilateral help"),
)

SCI = Cohort(
    name="SCI",
    size=104,
    female=invented(0.24),
    age_mean=invented(44),
    age_sd=invented(13),
    years_mean=invented(9),
    ais=(
        ("A", invented(0.3), NONE),
        ("B", invented(0.12), NONE),
        ("C", invented(0.28), invented(0.3)),
        ("D", invented(0.3), invented(0.9)),
    ),
    cervical=invented(0.55),
)

ENROLMENT = Enrolment(
    first_date="2024-01-08",
    days=280,
    sites=(
        Site(name="S1", zone="Europe/London", share=invented(0.3)),
        Site(name="S2", zone="Europe/Berlin", share=invented(0.25)),
        Site(name="S3", zone="America/New_York", share=invented(0.25)),
        Site(name="S4", zone="America/Chicago", share=invented(0.2)),
    ),
)

LOSSES = Losses(  # together about 10 % left by week 14, the preset of trials without titration to tolerance
    harm_days=invented(35),
    other_per_day=invented(0.00025),
    no_benefit=invented(-4.5),
    no_benefit_slope=invented(0.7),
    visit=invented(0.03),
    form=invented(0.015),
    item=invented(0.003),
    examination=invented(0.01),
    cell=invented(0.01),
    diary_day=Given(0.045, "S116: 94 % of entries kept, longer gaps included; the split is invented"),
    night=Given(0.06, "S116"),
    recorded_day=Given(0.06, "S116"),
    gap=invented(0.4),
    gap_days=invented(8),
)
