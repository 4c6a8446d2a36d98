"""The device that four people of the sample wear on the wrist. All of it is invented."""

from __future__ import annotations

from spasticity.simulate.constants import invented
from spasticity.simulate.sample_arms import BACLOFEN
from spasticity.simulate.wrist import WristModel

WRIST = WristModel(
    visits=("baseline", "week 12"),
    arm=BACLOFEN,
    per_cohort=2,
    up=invented(1500, "counts of a minute, for a score that takes 100 of them for one unit"),
    lying=invented(700),
    asleep=invented(45),
    still_up=invented(0.12),
    still_lying=invented(0.1),
    still_asleep=invented(0.85),
    spasm=(("mild", invented(250)), ("moderate", invented(600)), ("severe", invented(900))),
    spasm_most=invented(1300, "more than that and the score takes a single minute for several"),
    waking_min=invented(8),
    turning_min=invented(6),
    shortest_min=invented(4),
    off_min=invented(170),
    night_off=invented(0.05),
    ends_early=invented(0.2),
    lost_min=invented(15 * 60),
)
