"""The designs that come with the package. Nobody in them exists; what has no publication says that it is invented."""

from __future__ import annotations

from dataclasses import replace

from spasticity.simulate.constants import NONE, invented
from spasticity.simulate.design import Design
from spasticity.simulate.people import Arm
from spasticity.simulate.sample_arms import ARMS, BACLOFEN, DOSING, PLACEBO, TABLETS
from spasticity.simulate.sample_care import HARMS, MEDICINES, THERAPY
from spasticity.simulate.sample_people import ENROLMENT, LOSSES, MS, SCI
from spasticity.simulate.sample_symptoms import DIARY, RECORDING, SLEEP
from spasticity.simulate.sample_visits import GLOBAL_CHANGE, MOTION, SLEEP_ITEMS, SPASM_SCALE, TONE, WALKING
from spasticity.simulate.sample_wrist import WRIST
from spasticity.study import PlannedVisit

SAMPLE_SEED = 9  # of the first ten seeds, one with a pump failure and a hallucination after a sudden stop

VISITS = (
    PlannedVisit(name="baseline", day=-1, window=(-7, -1)),
    PlannedVisit(name="week 4", day=28, window=(21, 35)),
    PlannedVisit(name="week 8", day=56, window=(49, 63)),
    PlannedVisit(name="week 12", day=84, window=(77, 91)),
    PlannedVisit(name="week 24", day=168, window=(161, 175)),
)

#: An invented trial of 240 people with MS or SCI in four arms over 24 weeks and a taper.

SAMPLE_DESIGN = Design(
    name="An invented trial of antispastic drugs in MS and spinal cord injury",
    visits=VISITS,
    primary_visit="week 12",
    arms=ARMS,
    cohorts=(MS, SCI),
    enrolment=ENROLMENT,
    first_day=-14,
    last_day=195,
    losses=LOSSES,
    diary=DIARY,
    recording=RECORDING,
    sleep=SLEEP,
    spasm_scale=SPASM_SCALE,
    sleep_items=SLEEP_ITEMS,
    global_change=GLOBAL_CHANGE,
    tone=TONE,
    motion=MOTION,
    walking=WALKING,
    dosing=DOSING,
    therapy=THERAPY,
    medicines=MEDICINES,
    harms=HARMS,
    wrist=WRIST,
)

#: Another invented trial: 60 people with SCI, two arms, three visits over 6 weeks; no pump.

SMALL_DESIGN = replace(
    SAMPLE_DESIGN,
    name="An invented short trial of oral baclofen in spinal cord injury",
    visits=(
        PlannedVisit(name="screening", day=-1, window=(-7, -1)),
        PlannedVisit(name="day 21", day=21, window=(17, 25)),
        PlannedVisit(name="day 42", day=42, window=(38, 46)),
    ),
    primary_visit="day 42",
    arms=(
        Arm(name=PLACEBO, onset=((0, NONE),), leaves_for_harm=invented(0.02)),
        Arm(
            name=BACLOFEN,
            onset=((0, NONE), (14, invented(1.0)), (42, invented(1.0)), (56, NONE)),
            leaves_for_harm=invented(0.08),
            regimen=replace(TABLETS, abrupt=NONE),
        ),
    ),
    cohorts=(replace(SCI, size=60),),
    enrolment=replace(ENROLMENT, first_date="2025-01-06", days=120, sites=ENROLMENT.sites[:1]),
    last_day=62,
    recording=replace(RECORDING, visits=("screening", "day 42")),
    wrist=None,
    dosing=replace(DOSING, stop_day=42),
)
