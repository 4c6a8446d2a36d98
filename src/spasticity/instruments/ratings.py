"""Single ratings: 0-10 scales of spasticity, pain, sleep and drowsiness, and the global impression of change."""

from __future__ import annotations

import numpy as np

from spasticity.instruments.declarations import Answers, Form, Instrument, Ruled, Scale, single
from spasticity.instruments.measures import Measure, Threshold, Window
from spasticity.instruments.questions import Item

WEEK = Window(
    days=7,
    at_least=5,
    source="last 7 days in Collin et al. 2007; 5 of 7 baseline days asked for in NCT04984278",
)

SPASTICITY_NRS = Measure(
    id="spasticity_nrs",
    label="Spasticity NRS",
    unit="0-10",
    better="lower",
    scale="ordinal",
    low=0,
    high=10,
    thresholds=(
        Threshold(
            value=30,
            kind="percent",
            meaning="responder",
            source="MS: responder rule of Collin 2007, Wade 2010 and SAVANT 2019; anchored on the patients' global "
            "impression by Farrar et al. 2008 (doi 10.1016/j.clinthera.2008.05.011), whose exact cut is from memory",
            confirmed=True,
            roles=("responder", "mcid"),
        ),
        Threshold(
            value=20,
            kind="percent",
            meaning="initial response",
            source="MS: screening rule of NCT01599234 and SAVANT 2019 (doi 10.1080/00207454.2018.1481066)",
            confirmed=True,
        ),
        Threshold(
            value=18,
            kind="percent",
            meaning="minimally important change",
            source="MS: Farrar et al. 2008 (doi 10.1016/j.clinthera.2008.05.011)",
            confirmed=False,
            roles=("responder", "mcid"),
        ),
        Threshold(
            value=50,
            kind="percent",
            meaning="large response",
            source="offered beside the 30 % rule; no source on record",
            confirmed=False,
        ),
        Threshold(
            value=4,
            kind="level",
            compare="<",
            meaning="none or mild",
            source="MS: bands of Ther Adv Neurol Disord 2023;16 (PMC10515604)",
            confirmed=True,
            roles=("band",),
        ),
        Threshold(
            value=7,
            kind="level",
            meaning="severe",
            source="MS: bands of Ther Adv Neurol Disord 2023;16 (PMC10515604); between 4 and 7 is moderate",
            confirmed=True,
            roles=("band",),
        ),
    ),
    window=WEEK,
    unknown="thresholds in spinal cord injury are unknown",
)

PAIN_NRS = Measure(
    id="pain_nrs",
    label="Pain NRS",
    unit="0-10",
    better="lower",
    scale="ordinal",
    low=0,
    high=10,
    thresholds=(
        Threshold(
            value=30,
            kind="percent",
            meaning="moderate improvement",
            source="known from the literature; source not at hand",
            confirmed=False,
            roles=("responder", "mcid"),
        ),
        Threshold(
            value=2,
            kind="points",
            meaning="moderate improvement",
            source="known from the literature; source not at hand",
            confirmed=False,
        ),
        Threshold(
            value=50,
            kind="percent",
            meaning="substantial improvement",
            source="known from the literature; source not at hand",
            confirmed=False,
        ),
    ),
    window=WEEK,
)

SLEEP_NRS = Measure(
    id="sleep_nrs",
    label="Sleep NRS",
    unit="0-10",
    better="lower",
    scale="ordinal",
    low=0,
    high=10,
    thresholds=(
        Threshold(
            value=30,
            kind="percent",
            meaning="responder by analogy",
            source="by analogy with the spasticity NRS; a proposal, no publication",
            confirmed=False,
        ),
    ),
    window=WEEK,
    unknown="no threshold has been published",
)

DROWSINESS_NRS = Measure(
    id="drowsiness_nrs",
    label="Drowsiness NRS",
    unit="0-10",
    better="lower",
    scale="ordinal",
    low=0,
    high=10,
    window=WEEK,
    unknown="no threshold is known",
)

DROWSINESS_VAS = Measure(
    id="drowsiness_vas",
    label="Drowsiness VAS",
    unit="0-100",
    better="lower",
    scale="ordinal",
    low=0,
    high=100,
    unknown="no threshold is known",
)


def _impression(name: str, label: str) -> Measure:
    return Measure(
        id=name,
        label=label,
        unit="1-7",
        better="lower",
        scale="ordinal",
        low=1,
        high=7,
        digits=0,
        thresholds=(
            Threshold(
                value=2,
                kind="level",
                compare="<=",
                meaning="much improved or better",
                source="usual reading of the seven points, 1 very much improved to 7 very much worse",
                confirmed=True,
            ),
        ),
    )


PGIC = _impression("pgic", "Patient global impression of change")
CGIC = _impression("cgic", "Clinician global impression of change")


def _daily(measure: Measure, name: str, what: str, recall: str, population: str, *sources: str) -> Instrument:
    return Instrument(
        id=measure.id,
        name=name,
        what=what,
        who="patient",
        recall=recall,
        population=population,
        missing="a visit's value is the mean of the last 7 diary days, of which 5 must have an entry",
        forms=single(measure),
        unknown=measure.unknown,
        sources=sources,
        daily=True,
    )


SPASTICITY = _daily(
    SPASTICITY_NRS,
    "0-10 numerical rating scale of spasticity",
    "severity of spasticity",
    "24 h, rated at bedtime",
    "MS; also used in SCI",
    "Farrar et al. 2008, Clin Ther 30:974, doi 10.1016/j.clinthera.2008.05.011",
    "Collin et al. 2007, doi 10.1111/j.1468-1331.2006.01639.x",
)
PAIN = _daily(PAIN_NRS, "0-10 numerical rating scale of pain", "intensity of pain", "24 h", "MS, SCI")
SLEEP = _daily(
    SLEEP_NRS,
    "0-10 numerical rating scale of sleep",
    "sleep disrupted by spasticity (that wording is from memory)",
    "last night",
    "MS",
    "Novotna et al. 2011, Eur J Neurol 18:1122, doi 10.1111/j.1468-1331.2010.03328.x",
)
DROWSY = _daily(DROWSINESS_NRS, "0-10 numerical rating scale of drowsiness", "drowsiness", "now or 24 h", "MS, SCI")
DROWSY_VAS = Instrument(
    id="drowsiness_vas",
    name="0-100 visual analogue scale of drowsiness",
    what="drowsiness",
    who="patient",
    recall="now",
    population="MS, SCI",
    missing="none",
    forms=single(DROWSINESS_VAS, Item(key="drowsiness_vas", kind="number", low=0, high=100)),
    unknown="no threshold is known",
    daily=True,
)


def _impressions(measure: Measure) -> tuple[Form, ...]:
    """The four ways in which trials write the seven points, all scored 1 best to 7 worst."""

    def form(version: str, about: str, low: int, turn: int, shift: int) -> Form:
        def rule(answers: Answers) -> dict[str, Ruled]:
            return {measure.id: Ruled(shift + turn * np.asarray(answers[measure.id]))}

        item = Item(key=measure.id, low=low, high=low + 6)
        scale = Scale(measure=measure, items=(measure.id,), how="rule")
        return Form(version=version, about=about, items=(item,), scales=(scale,), rule=rule)

    return (
        form("1_best", "1 very much improved to 7 very much worse, the usual way", 1, 1, 0),
        form("7_best", "the same, reversed", 1, -1, 8),
        form("plus3_best", "+3 very much improved to -3 very much worse", -3, -1, 4),
        form("minus3_best", "-3 very much improved to +3 very much worse", -3, 1, 4),
    )


def _global(measure: Measure, who: str) -> Instrument:
    return Instrument(
        id=measure.id,
        name=measure.label,
        what="change since the start of treatment",
        who=who,
        recall="since the start",
        population="all",
        missing="none",
        forms=_impressions(measure),
        notes=("Trials code it in four ways, so the version is asked for; the score is always 1 best to 7 worst.",),
        unknown="it is itself a rating of change and has no MCID",
    )


INSTRUMENTS = (SPASTICITY, PAIN, SLEEP, DROWSY, DROWSY_VAS, _global(PGIC, "patient"), _global(CGIC, "clinician"))
