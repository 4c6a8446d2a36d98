"""What the people of the sample go through by day and by night."""

from __future__ import annotations

from math import log

from spasticity.simulate.constants import Given, invented
from spasticity.simulate.diary import DiaryModel
from spasticity.simulate.events import RecordingModel
from spasticity.simulate.sample_arms import BACLOFEN, CYCLOBENZAPRINE, PUMP, antispastic
from spasticity.simulate.signals import Counts, Effect, Signal
from spasticity.simulate.sleep import SleepModel

DIARY = DiaryModel(
    spasms=Counts(
        name="spasms",
        mean=Given(8, "[proposal] of the simulation presets; no published parameter"),
        dispersion=Given(0.8, "[proposal] of the simulation presets; no published parameter"),
        daily_dispersion=invented(4.0),
        wander_sd=invented(0.3),
        response_sd=invented(0.35),
        shared=invented(0.4),
        placebo=invented(log(0.88)),
        effects=antispastic(
            Given(log(0.70), "S24: 19-35 % lower geometric mean, of nabiximols; borrowed"),
            invented(log(0.28), "to fit the fall of the Penn grade in S05"),
        ),
    ),
    spasticity=Signal(
        name="spasticity_nrs",
        mean=Given(6.1, "S82"),
        person_sd=Given(1.8, "S82"),
        entry=Given(4.0, "S22"),
        shared=invented(0.6),
        wander_sd=invented(0.55, "with the noise of days gives the test-retest ICC 0.83 of S10"),
        noise_sd=invented(1.0),
        response_sd=invented(1.7, "gives the SD of change 2.0, a [proposal] of the presets"),
        placebo=Given(-0.9, "S26: Wade 2010, preset"),
        effects=antispastic(
            Given(-0.84, "S22b [from memory], of nabiximols; borrowed, none published for baclofen"),
            invented(-2.6, "the largest effect of the study"),
        ),
    ),
    pain=Signal(
        name="pain_nrs",
        mean=invented(4.8),
        person_sd=invented(2.0),
        shared=invented(0.4),
        wander_sd=invented(0.5),
        noise_sd=invented(1.1),
        response_sd=invented(1.5, "with drift and noise below the SD of change 2.4 of S83"),
        placebo=Given(-0.3, "S83: MUSEC placebo"),
        effects=antispastic(invented(-0.5), invented(-1.6, "S74: 5.5 to 2.3 before and after, without a control")),
    ),
    drowsiness=Signal(
        name="drowsiness_nrs",
        mean=invented(3.0),
        person_sd=invented(1.3),
        wander_sd=invented(0.4),
        noise_sd=invented(1.2),
        response_sd=invented(0.8),
        effects=(
            Effect(arm=BACLOFEN, value=invented(0.9)),
            Effect(arm=CYCLOBENZAPRINE, value=invented(1.4)),
            Effect(arm=PUMP, value=invented(0.2)),
        ),
    ),
    rebound_log=invented(log(2.2)),
    rebound_points=invented(2.0),
    rebound_days=invented(4),
)

_HOURS = (5, 4, 4, 4, 4, 5, 5, 4, 3, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 4, 5, 6, 8, 7)


RECORDING = RecordingModel(
    visits=("baseline", "week 12"),
    hours=tuple(invented(share, "more in the evening and at night") for share in _HOURS),
    noted=invented(0.95),
    severity=(invented(0.5), invented(0.35), invented(0.15)),
    night_hours=(22, 6),
    wakes=invented(0.15),
)

SLEEP = SleepModel(
    bedtime=Signal(name="bedtime", mean=invented(22.6 * 60), person_sd=invented(45), noise_sd=invented(20)),
    latency=Signal(
        name="latency",
        mean=invented(log(22)),
        person_sd=invented(0.5),
        wander_sd=invented(0.2),
        noise_sd=invented(0.5),
        effects=antispastic(invented(log(0.95)), invented(log(0.85))),
    ),
    awake=Signal(
        name="awake",
        mean=invented(log(29), "with spasms, the median WASO is the 37 min of S95"),
        person_sd=invented(0.5),
        wander_sd=invented(0.2),
        noise_sd=invented(0.5),
    ),
    span=Signal(
        name="span",
        mean=invented(496, "with WASO, the median TST is the 456 min of S95"),
        person_sd=invented(45),
        cohorts=(("SCI", Given(-30, "S35: 30 min less sleep in SCI than in MS")),),
        wander_sd=invented(15),
        noise_sd=invented(35),
        response_sd=invented(15),
    ),
    settling_min=invented(10),
    lying_min=invented(15),
    awake_per_spasm_min=invented(11, "no correlation of spasms at night with WASO is published"),
    other_awakenings=invented(1.3),
)
