"""The arms of the sample: regimens, how fast they work, what goes otherwise than planned."""

from __future__ import annotations

from spasticity.simulate.constants import NONE, Given, invented
from spasticity.simulate.doses import DosingModel
from spasticity.simulate.people import Arm
from spasticity.simulate.regimens import Oral, Pump
from spasticity.simulate.signals import Effect

PLACEBO, BACLOFEN, CYCLOBENZAPRINE, PUMP = "placebo", "oral baclofen", "cyclobenzaprine", "intrathecal baclofen"

ASHBY = "S93: not different from placebo"


def antispastic(baclofen: Given, pump: Given, *more: Effect) -> tuple[Effect, ...]:
    """Effects on spasticity and what follows from it: cyclobenzaprine has none."""
    return (
        Effect(arm=BACLOFEN, value=baclofen),
        Effect(arm=CYCLOBENZAPRINE, value=Given(0.0, ASHBY)),
        Effect(arm=PUMP, value=pump),
        *more,
    )


ORAL_ONSET = ((0, NONE), (21, invented(0.7)), (49, invented(1.0)), (168, invented(1.0)), (182, NONE))

PUMP_ONSET = ((0, NONE), (7, invented(0.2)), (28, invented(0.8)), (56, invented(1.0)))

TABLETS = Oral(
    drug="baclofen",
    steps=(Given(15, "S68"), Given(30, "S68"), Given(45, "S68"), Given(60, "S68"), Given(80, "S68, the maximum")),
    step_days=Given(3, "S68: 5 mg more per dose every 3 days"),
    reach=(invented(0.03), invented(0.12), invented(0.2), invented(0.5), invented(0.15)),
    taper_step_days=invented(4, "over 2 weeks or a little less, as in S118"),
    abrupt=invented(0.08),
)

CYCLOBENZAPRINE_TABLETS = Oral(
    drug="cyclobenzaprine",
    steps=(Given(15, "S123"), Given(30, "S123, the maximum; labelled for 2-3 weeks only")),
    step_days=invented(7),
    reach=(invented(0.25), invented(0.75)),
    taper_step_days=invented(7),
    abrupt=NONE,
)

INFUSION = Pump(
    drug="baclofen",
    boluses=(Given(50, "S120"), Given(75, "S120"), Given(100, "S120")),
    responds=(invented(0.65), invented(0.2), Given(0.1, "S12: 88 of 93 responded in all; the split is invented")),
    bolus_days=invented(2, "at least 24 h apart in S120"),
    implant_days=invented(5),
    first_factor=Given(2, "S120"),
    step_low=Given(0.10, "S121"),
    step_high=Given(0.30, "S121"),
    step_days=invented(7),
    target_low=invented(250, "below the usual 300-800 of S121 in some"),
    target_high=invented(600, "inside the usual 300-800 of S121"),
    failures_per_year=Given(0.05, "S109: 8 in 160.4 pump-years"),
    failure_days=invented(3),
)

ARMS = (
    Arm(name=PLACEBO, onset=((0, NONE),), leaves_for_harm=invented(0.03, "half of S86: 6 % stopped in 15 weeks")),
    Arm(
        name=BACLOFEN,
        onset=ORAL_ONSET,
        leaves_for_harm=invented(0.08, "below S86: 13 % stopped tizanidine in 15 weeks"),
        regimen=TABLETS,
    ),
    Arm(
        name=CYCLOBENZAPRINE,
        onset=ORAL_ONSET,
        leaves_for_harm=invented(0.07),
        regimen=CYCLOBENZAPRINE_TABLETS,
    ),
    Arm(name=PUMP, onset=PUMP_ONSET, leaves_for_harm=invented(0.03), regimen=INFUSION),
)

DOSING = DosingModel(
    stop_day=168,
    interrupted=invented(0.06),
    interrupted_days=invented(5),
    unknown=invented(0.06),
    unknown_days=invented(10),
    followed_days=invented(28),
)
