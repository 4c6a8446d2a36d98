"""Therapy, other medicines and adverse events of the sample."""

from __future__ import annotations

from spasticity.simulate.care import Medicine, MedicinesModel, TherapyModel
from spasticity.simulate.constants import Given, invented
from spasticity.simulate.harms import Harm, HarmsModel
from spasticity.simulate.sample_arms import BACLOFEN, CYCLOBENZAPRINE, PLACEBO, PUMP
from spasticity.simulate.signals import Effect, Signal

THERAPY = TherapyModel(
    takes_part=invented(0.7),
    week_days=(1, 4),
    planned_min=(invented(30), invented(45), invented(45), invented(60)),
    misses=invented(0.08),
    done=invented(0.85),
    participation=Signal(
        name="participation",
        mean=invented(6.3),
        person_sd=invented(1.2),
        shared=invented(-0.2),
        wander_sd=invented(0.4),
        noise_sd=invented(0.9),
        response_sd=invented(0.8),
        placebo=invented(0.2),
        effects=(
            Effect(arm=BACLOFEN, value=invented(0.0)),
            Effect(arm=CYCLOBENZAPRINE, value=invented(-0.6, "drowsy in the session")),
            Effect(arm=PUMP, value=invented(0.8)),
        ),
    ),
)

MEDICINES = MedicinesModel(
    medicines=(
        Medicine(name="gabapentin", atc="N02BF01", taken=invented(0.18)),
        Medicine(name="pregabalin", atc="N02BF02", taken=invented(0.15)),
        Medicine(name="diazepam", atc="N05BA01", taken=invented(0.08)),
        Medicine(name="clonazepam", atc="N03AE01", taken=invented(0.07)),
        Medicine(name="tizanidine", atc="M03BX02", taken=invented(0.06)),
        Medicine(name="nabiximols", atc="N02BG10", taken=invented(0.04)),
        Medicine(name="mirtazapine", atc="N06AX11", taken=invented(0.08)),
        Medicine(name="trazodone", atc="N06AX05", taken=invented(0.05)),
        Medicine(name="botulinum toxin", atc="M03AX01", taken=invented(0.06)),
    ),
    beside=(
        Medicine(name="tramadol", atc="N02AX02", taken=invented(0.06, "the code [from memory]")),
        Medicine(name="gabapentin", atc="N03AX12", taken=invented(0.04, "the code before N02BF01")),
        Medicine(name="alcohol", atc="", taken=invented(0.1, "as people say of themselves; drinks have no code")),
    ),
    before=invented(0.8),
    ends=invented(0.5),
)


def _rates(placebo: Given, baclofen: Given, cyclobenzaprine: Given, pump: Given) -> tuple[tuple[str, Given], ...]:
    return ((PLACEBO, placebo), (BACLOFEN, baclofen), (CYCLOBENZAPRINE, cyclobenzaprine), (PUMP, pump))


_LABEL = "S68, inside the label's range"


_TABLE = "S103, 10 mg"


HARMS = HarmsModel(
    harms=(
        Harm(
            term="drowsiness",
            group="nervous system",
            rates=_rates(
                Given(0.10, "S103, placebo"),
                Given(0.35, _LABEL),
                Given(0.38, _TABLE),
                Given(0.084, "S104, maintenance"),
            ),
        ),
        Harm(
            term="dry mouth",
            group="gastrointestinal",
            rates=_rates(Given(0.07, "S103, placebo"), invented(0.07), Given(0.32, _TABLE), invented(0.05)),
        ),
        Harm(
            term="dizziness",
            group="nervous system",
            rates=_rates(invented(0.05), Given(0.10, _LABEL), Given(0.03, _TABLE + " [from memory]"), invented(0.06)),
        ),
        Harm(
            term="weakness",
            group="musculoskeletal",
            rates=_rates(invented(0.04), Given(0.14, _LABEL), invented(0.05), invented(0.12)),
        ),
        Harm(
            term="fatigue",
            group="general",
            rates=_rates(Given(0.03, "S103, placebo"), Given(0.04, _LABEL), Given(0.06, _TABLE), invented(0.04)),
        ),
        Harm(
            term="headache",
            group="nervous system",
            rates=_rates(Given(0.08, "S103, placebo"), Given(0.06, _LABEL), Given(0.05, _TABLE), invented(0.10)),
        ),
        Harm(
            term="nausea",
            group="gastrointestinal",
            rates=_rates(invented(0.04), Given(0.09, _LABEL), invented(0.04), invented(0.06)),
        ),
        Harm(
            term="confusion",
            group="psychiatric",
            rates=_rates(invented(0.01), Given(0.04, _LABEL), invented(0.03), invented(0.02)),
        ),
        Harm(
            term="constipation",
            group="gastrointestinal",
            rates=_rates(invented(0.03), Given(0.05, _LABEL), invented(0.04), invented(0.04)),
        ),
        Harm(
            term="urinary tract infection",
            group="infection",
            rates=_rates(invented(0.12), invented(0.12), invented(0.12), invented(0.12)),
        ),
        Harm(
            term="fall",
            group="injury",
            rates=_rates(invented(0.06), invented(0.08), invented(0.09), invented(0.05)),
        ),
        Harm(
            term="device complication",
            group="device",
            rates=((PUMP, Given(0.07, "S105: 0.23 per implant up to 18 months; a share of 24 weeks is derived")),),
        ),
    ),
    onset_days=invented(30),
    length_days=invented(18),
    severity=(invented(0.55), invented(0.35), invented(0.10)),
    serious=invented(0.3),
    reduced=invented(0.3),
    withdrawal=(
        ("spasms increased", invented(0.8)),
        ("hallucination", Given(0.565, "S112: visual, in 23 published cases")),
        ("confusion", Given(0.478, "S112")),
        ("insomnia", Given(0.174, "S112")),
    ),
    pump_failure="catheter dislodged",
    pump_notes=(("refill overdue", invented(0.05)), ("programming error", invented(0.05))),
)
