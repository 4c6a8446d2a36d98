"""Disability and independence: EDSS, PDDS, WISCI II, SCIM III, FIM, Barthel."""

from __future__ import annotations

import numpy as np
import pandas as pd

from spasticity.errors import one_of
from spasticity.instruments.declarations import Form, Instrument, Scale, single
from spasticity.instruments.measures import Measure, Threshold
from spasticity.instruments.questions import Item, items, numbered
from spasticity.schema import Better


def _ordinal(
    name: str,
    label: str,
    low: float,
    high: float,
    better: Better,
    *thresholds: Threshold,
    unknown: str = "no threshold is known",
    digits: int = 0,
) -> Measure:
    return Measure(
        id=name,
        label=label,
        unit=f"{low:g}-{high:g}",
        better=better,
        scale="ordinal",
        low=low,
        high=high,
        digits=digits,
        thresholds=thresholds,
        unknown=unknown,
    )


def _memory(value: float, meaning: str, source: str) -> Threshold:
    return Threshold(
        value=value,
        kind="points",
        meaning=meaning,
        source=f"{source}, from memory",
        confirmed=False,
        roles=("responder", "mcid"),
    )


EDSS_STEPS = (0.0, *(step / 2 for step in range(2, 21)))  # 0.5 does not exist
PROGRESSION = "progression depends on the baseline: see disability.edss_progressed"
EDSS = Instrument(
    id="edss",
    name="Expanded Disability Status Scale",
    what="disability in MS, driven by walking from 4.5 up",
    who="examiner",
    recall="now",
    population="MS",
    missing="none",
    forms=single(
        _ordinal("edss", "EDSS", 0, 10, "lower", unknown=PROGRESSION, digits=1),
        Item(key="edss", kind="number", low=0, high=10, allowed=EDSS_STEPS),
    ),
    notes=("Half steps from 1 to 10, and 0; 0.5 does not exist.",),
    unknown=PROGRESSION,
    sources=("CUPID, Lancet Neurol 2013 (S1474-4422(13)70159-5): at least 1 from 4.0 to 5.0, 0.5 from 5.5",),
)


def edss_progressed(baseline: pd.Series, value: pd.Series, *, half_step_from: float = 5.5) -> pd.Series:
    """Whether the EDSS rose by as much as counts as progression at its baseline [from memory].

    Parameters
    ----------
    baseline, value : Series of float, shape (n,)
        EDSS before and after.
    half_step_from : float
        Baseline from which half a step counts: 5.5 (as in CUPID) or 6.0.

    Returns
    -------
    Series of boolean, shape (n,)
        1.5 from a baseline of 0, 1.0 from 1.0 on, 0.5 from `half_step_from` on; missing where either is missing.
        Confirmation after 3 or 6 months is the caller's.

    Raises
    ------
    MethodError
        When `half_step_from` is neither 5.5 nor 6.
    """
    one_of("half_step_from", float(half_step_from), (5.5, 6.0))
    step = np.select([baseline == 0, baseline >= half_step_from], [1.5, 0.5], 1.0)
    rose = (value - baseline).ge(step).astype("boolean")
    return rose.mask(baseline.isna() | value.isna())


PDDS = Instrument(
    id="pdds",
    name="Patient Determined Disease Steps",
    what="disability in MS as the patient sees it",
    who="patient",
    recall="now",
    population="MS (the disability measure of NARCOMS)",
    missing="none",
    forms=single(_ordinal("pdds", "PDDS", 0, 8, "lower")),
    unknown="no threshold is known",
)

WISCI2 = Instrument(
    id="wisci2",
    name="Walking Index for Spinal Cord Injury II",
    what="the highest level of walking that is safe: 0 cannot walk, 20 walks 10 m without devices, braces or help",
    who="examiner",
    recall="now",
    population="SCI",
    missing="none",
    forms=single(
        _ordinal(
            "wisci2",
            "WISCI II",
            0,
            20,
            "higher",
            Threshold(
                value=1,
                kind="points",
                meaning="one level, beyond measurement error",
                source="known from the literature; source not at hand",
                confirmed=False,
                roles=("mdc",),
            ),
            unknown="an MCID is unknown",
        )
    ),
    unknown="an MCID is unknown",
)

#: The answers each item of the SCIM III takes [from memory]; the sub-totals of 20, 40 and 40 check.
SCIM_CARE = {
    "feeding": 3,
    "bathing_upper": 3,
    "bathing_lower": 3,
    "dressing_upper": 4,
    "dressing_lower": 4,
    "grooming": 3,
}
SCIM_SPHINCTER = {
    "respiration": (0, 2, 4, 6, 8, 10),
    "bladder": (0, 3, 6, 9, 11, 13, 15),
    "bowel": (0, 5, 8, 10),
    "toilet": (0, 1, 2, 4, 5),
}
SCIM_MOBILITY = {
    "bed_mobility": (0, 2, 4, 6),
    "bed_chair": (0, 1, 2),
    "chair_toilet": (0, 1, 2),
    "indoors": tuple(range(9)),
    "moderate_distance": tuple(range(9)),
    "outdoors": tuple(range(9)),
    "stairs": (0, 1, 2, 3),
    "chair_car": (0, 1, 2),
    "ground_chair": (0, 1),
}


def _sets(allowed: dict[str, tuple[int, ...]]) -> tuple[Item, ...]:
    return tuple(Item(key=key, low=0, high=max(values), allowed=values) for key, values in allowed.items())


def _level(value: float, meaning: str) -> Threshold:
    return Threshold(
        value=value,
        kind="level",
        meaning=meaning,
        source="reference values, APMR 2022 (doi 10.1016/j.apmr.2022.09.016)",
        confirmed=True,
        roles=("band",),
    )


SCIM_TOTAL = _ordinal(
    "scim3",
    "SCIM III",
    0,
    100,
    "higher",
    _memory(4, "small improvement", "SCI: Scivoletto 2013"),
    _memory(10, "substantial improvement", "SCI: Scivoletto 2013"),
    _level(55, "modified independence, wheelchair users"),
    _level(75, "modified independence, walkers, lower reference"),
    _level(90, "modified independence, walkers, upper reference"),
)
CARE_KEYS, SPHINCTER_KEYS, MOBILITY_KEYS = tuple(SCIM_CARE), tuple(SCIM_SPHINCTER), tuple(SCIM_MOBILITY)
SCIM3 = Instrument(
    id="scim3",
    name="Spinal Cord Independence Measure III",
    what="independence: self-care, respiration and sphincters, mobility",
    who="examiner",
    recall="now",
    population="SCI",
    missing="a sum needs all its items",
    forms=(
        Form(
            items=(
                *(Item(key=key, low=0, high=top) for key, top in SCIM_CARE.items()),
                *_sets(SCIM_SPHINCTER),
                *_sets(SCIM_MOBILITY),
            ),
            scales=(
                Scale(measure=SCIM_TOTAL, items=(*CARE_KEYS, *SPHINCTER_KEYS, *MOBILITY_KEYS)),
                Scale(measure=_ordinal("scim3_care", "SCIM III self-care", 0, 20, "higher"), items=CARE_KEYS),
                Scale(
                    measure=_ordinal("scim3_sphincter", "SCIM III respiration and sphincters", 0, 40, "higher"),
                    items=SPHINCTER_KEYS,
                ),
                Scale(measure=_ordinal("scim3_mobility", "SCIM III mobility", 0, 40, "higher"), items=MOBILITY_KEYS),
            ),
        ),
    ),
    notes=("The answers each item takes are from memory; other values are refused.",),
    unknown="thresholds are from memory",
    sources=("NINDS CDE notice of copyright and SRALab, SCIM III",),
)

FIM_MOTOR, FIM_COGNITIVE = numbered("motor_", 13), numbered("cognitive_", 5)
FIM = Instrument(
    id="fim",
    name="Functional Independence Measure",
    what="independence, 13 motor and 5 cognitive items",
    who="examiner",
    recall="now",
    population="all",
    missing="a sum needs all its items; an untested item counts 1 by the rule of the scale (from memory): enter the 1",
    forms=(
        Form(
            items=items((*FIM_MOTOR, *FIM_COGNITIVE), 1, 7),
            scales=(
                Scale(
                    measure=_ordinal(
                        "fim", "FIM", 18, 126, "higher", _memory(22, "important change", "stroke, not MS or SCI")
                    ),
                    items=(*FIM_MOTOR, *FIM_COGNITIVE),
                ),
                Scale(measure=_ordinal("fim_motor", "FIM motor", 13, 91, "higher"), items=FIM_MOTOR),
                Scale(measure=_ordinal("fim_cognitive", "FIM cognitive", 5, 35, "higher"), items=FIM_COGNITIVE),
            ),
        ),
    ),
    notes=("Its link to the Penn scale is weak (r = -0.05).",),
    unknown="thresholds in MS and SCI are unknown",
    licence="permission-bound; only keys and rules are here",
)

#: Highest answer to each Barthel item on the 0-100 version [from memory]; the sum of 100 checks.
BARTHEL_TOPS = {
    "feeding": 10,
    "bathing": 5,
    "grooming": 5,
    "dressing": 10,
    "bowels": 10,
    "bladder": 10,
    "toilet": 10,
    "transfers": 15,
    "mobility": 15,
    "stairs": 10,
}


def _barthel(version: str, step: int, *thresholds: Threshold) -> Form:
    top = sum(BARTHEL_TOPS.values()) * step // 5
    allowed = {key: tuple(range(0, high * step // 5 + 1, step)) for key, high in BARTHEL_TOPS.items()}
    measure = _ordinal(f"barthel_{top}", f"Barthel index (0-{top})", 0, top, "higher", *thresholds)
    return Form(
        version=version,
        about=f"items in steps of {step}",
        items=_sets(allowed),
        scales=(Scale(measure=measure, items=tuple(allowed)),),
    )


BARTHEL = Instrument(
    id="barthel",
    name="Barthel Index",
    what="independence in ten activities",
    who="examiner",
    recall="now",
    population="all",
    missing="a sum needs all its items",
    forms=(
        _barthel("0-100", 5),
        _barthel("0-20", 1, _memory(1.85, "important change", "stroke, not MS or SCI")),
    ),
    notes=("On the 0-100 version an answer that is no multiple of 5 is refused.",),
    unknown="thresholds in MS and SCI are unknown",
)

INSTRUMENTS = (EDSS, PDDS, WISCI2, SCIM3, FIM, BARTHEL)
