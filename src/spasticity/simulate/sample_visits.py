"""What is asked and examined at the visits of the sample."""

from __future__ import annotations

from math import log

from spasticity.simulate.constants import Given, invented
from spasticity.simulate.examination import Motion, Muscle, RangeModel, ToneModel
from spasticity.simulate.questionnaires import GlobalChange, SleepItems, SpasmScale
from spasticity.simulate.sample_arms import antispastic
from spasticity.simulate.signals import Signal
from spasticity.simulate.walking import WalkModel, WalkTest

SPASM_SCALE = SpasmScale(
    frequency=Signal(
        name="psfs_frequency",
        mean=Given(2.7, "S05: Guillaume 2005, 2.70 (1.24) before a pump"),
        person_sd=invented(1.05, "with noise and rounding the SD 1.24 of S05"),
        shared=invented(0.4),
        wander_sd=invented(0.4),
        noise_sd=invented(0.5),
        response_sd=invented(0.6),
        placebo=invented(-0.15),
        effects=antispastic(invented(-0.4), invented(-1.75, "S05: 2.70 to 0.97 in 12 months, without a control")),
    ),
    severity=Signal(
        name="psfs_severity",
        mean=invented(1.9),
        person_sd=invented(0.6),
        shared=invented(0.4),
        noise_sd=invented(0.4),
        response_sd=invented(0.3),
        effects=antispastic(invented(-0.15), invented(-0.5)),
    ),
)

SLEEP_ITEMS = SleepItems(
    trouble=Signal(
        name="sleep_trouble",
        mean=invented(1.1),
        person_sd=invented(0.5),
        cohorts=(("SCI", invented(0.1)),),
        shared=invented(0.4),
        wander_sd=invented(0.2),
        response_sd=invented(0.25),
        placebo=invented(-0.1),
        effects=antispastic(invented(-0.15), invented(-0.45)),
    ),
    item_sd=invented(0.7),
    offsets=(
        ("5a", invented(0.2)),
        ("5b", invented(0.5)),
        ("5c", invented(0.7)),
        ("5d", invented(-0.9)),
        ("5e", invented(-0.6)),
        ("5f", invented(-0.6)),
        ("5g", invented(-0.3)),
        ("5h", invented(-0.7)),
        ("5i", invented(0.4)),
        ("5j", invented(0.6)),
        ("quality", invented(0.3)),
        ("medicine", invented(-0.6)),
        ("staying_awake", invented(-0.3)),
        ("enthusiasm", invented(0.0)),
    ),
    other_reason=invented(0.4),
)

GLOBAL_CHANGE = GlobalChange(unchanged=invented(4.0), per_point=invented(0.5), noise_sd=invented(0.8))

TONE = ToneModel(
    tone=Signal(
        name="tone",
        mean=invented(2.5),
        person_sd=invented(0.75),
        cohorts=(("SCI", invented(0.2)),),
        shared=invented(0.35, "below 0.4: S56 found examination and report to agree no better"),
        wander_sd=invented(0.25),
        response_sd=invented(0.45),
        placebo=invented(-0.15),
        effects=antispastic(
            invented(-0.45, "between the -0.16 to -0.37 of S24 and the -0.60 to -0.88 of S51"),
            invented(-1.7, "S76: 2.75 to 1.15 on 0-4, before and after"),
        ),
    ),
    place_sd=invented(0.75),
    rater_sd=invented(0.55),
    muscles=(
        Muscle(name="knee flexors", offset=invented(0.3)),
        Muscle(name="knee extensors", offset=invented(0.1)),
        Muscle(name="plantar flexors", offset=invented(0.6)),
        Muscle(name="hip adductors", offset=invented(0.4)),
        Muscle(name="elbow flexors", offset=invented(-1.1), upper=True),
        Muscle(name="wrist flexors", offset=invented(-1.4), upper=True),
    ),
)


def _angle(name: str, mean: float, sd: float, baclofen: float, pump: float) -> Signal:
    return Signal(
        name=name,
        mean=invented(mean),
        person_sd=invented(sd),
        shared=invented(-0.3),
        wander_sd=invented(1.0),
        response_sd=invented(2.0),
        effects=antispastic(invented(baclofen), invented(pump)),
    )


MOTION = RangeModel(
    motions=(
        Motion(joint="ankle", motion="dorsiflexion", angle=_angle("dorsiflexion", 4, 6, 1.0, 4.0), low=-40, high=30),
        Motion(joint="knee", motion="extension", angle=_angle("knee_extension", -7, 5, 0.8, 3.0), low=-60, high=5),
        Motion(joint="hip", motion="abduction", angle=_angle("hip_abduction", 28, 7, 1.2, 5.0), low=0, high=50),
    ),
    side_sd=invented(2.5),
    goniometer_sd=invented(2.5, "MDC 5-10 degrees [from memory]"),
)

WALKING = WalkModel(
    pace=Signal(
        name="pace",
        mean=Given(log(6.1 / 7.62), "S37d: median 6.1 s over 25 feet"),
        person_sd=Given(0.45, "S37d: IQR 4.8-9.0 s, as log-normal"),
        cohorts=(("SCI", Given(log(18.4 / 10) - log(6.1 / 7.62), "S38b: median 18.4 s over 10 m")),),
        shared=invented(0.2),
        wander_sd=invented(0.06),
        response_sd=invented(0.08),
        placebo=invented(-0.02, "practice"),
        effects=antispastic(invented(0.0, "no gain of function in S87"), invented(0.0, "weakness against tone")),
    ),
    fastest=invented(log(1 / 2.5), "2.5 m/s"),
    trial_sd=invented(0.04),
    loses=invented(0.015),
    gains=invented(0.01),
    devices=(invented(-0.35), invented(0.15), invented(0.5)),
    tests=(
        WalkTest(name="t25fw", distance_m=Given(7.62, "S37: 25 feet"), trials=2, cohorts=("MS",)),
        WalkTest(name="10mwt", distance_m=Given(10, "S38: the middle 10 of 14 m"), trials=1, cohorts=("MS", "SCI")),
    ),
)
