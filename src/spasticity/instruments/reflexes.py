"""Reflexes and velocity: spastic reflexes, the Tardieu scale, clonus, tendon reflexes, the pendulum test."""

from __future__ import annotations

import numpy as np

from spasticity.instruments.declarations import Answers, Form, Instrument, Ruled, Scale, single
from spasticity.instruments.measures import Measure
from spasticity.instruments.questions import Item, items

NO_SCATS = "standard error, MDC and MCID are not established"
SIGNS = "R1 beyond R2: is the sign convention the same?"


def _grade(name: str, label: str, high: int, unknown: str) -> Measure:
    return Measure(
        id=name,
        label=label,
        unit=f"0-{high}",
        better="lower",
        scale="ordinal",
        low=0,
        high=high,
        digits=0,
        unknown=unknown,
    )


SCATS_PARTS = ("clonus", "flexor", "extensor")
SCATS = Instrument(
    id="scats",
    name="Spinal Cord Assessment Tool for Spastic reflexes",
    what="clonus, flexor spasms and extensor spasms, each elicited",
    who="examiner",
    recall="now",
    population="SCI",
    missing="each part by itself",
    forms=(
        Form(
            items=items(SCATS_PARTS, 0, 3),
            scales=tuple(
                Scale(measure=_grade(f"scats_{part}", f"SCATS {part}", 3, NO_SCATS), items=(part,))
                for part in SCATS_PARTS
            ),
        ),
    ),
    limits="ceiling above 10 s of clonus or extensor spasm, above 30 degrees of flexor spasm",
    notes=(
        "Three scores by design; there is no total.",
        "Clonus: 0 none, 1 below 3 s, 2 from 3 to 10 s, 3 above 10 s. Flexor: 1 below 10, 2 from 10 to 30, 3 above 30 "
        "degrees. Extensor: 1 below 3 s, 2 from 3 to 10 s, 3 above 10 s.",
        "Inter-rater kappa 0.669 to 1.000, test-retest 0.614 to 1.000 (n = 47, doi 10.1016/j.apmr.2016.09.119).",
    ),
    unknown=NO_SCATS,
    sources=("Benz et al. 2005, APMR, doi 10.1016/j.apmr.2004.01.033", "NINDS CDE notice of copyright F1766"),
)

ANGLE = Measure(
    id="tardieu_angle_deg",
    label="Spasticity angle R2 - R1",
    unit="degrees",
    better="lower",
    scale="ratio",
    low=0,
    high=270,
    digits=0,
    unknown="limits of agreement are mostly unacceptably wide; no threshold is known",
)


def tardieu(answers: Answers) -> dict[str, Ruled]:
    """The spasticity angle, and the quality beside it.

    Parameters
    ----------
    answers : mapping of str to array of float, shape (n,)
        `r1_deg` (catch, fast), `r2_deg` (full range, slow), `quality`.

    Returns
    -------
    dict of str to Ruled
    """
    angle = answers["r2_deg"] - answers["r1_deg"]
    slipped = angle < 0
    values = {"tardieu_angle_deg": Ruled(np.where(slipped, np.nan, angle), {SIGNS: slipped})}
    return {**values, "tardieu_quality": Ruled(answers["quality"])}


def _angle(key: str) -> Item:
    return Item(key=key, kind="number", low=-90, high=180)


MTS = Instrument(
    id="mts",
    name="Modified Tardieu Scale",
    what="how resistance depends on velocity: the catch at speed against the range when slow",
    who="examiner",
    recall="now",
    population="all",
    missing="the angle needs both R1 and R2; the quality stands alone",
    forms=(
        Form(
            items=(_angle("r1_deg"), _angle("r2_deg"), Item(key="quality", low=0, high=5)),
            scales=(
                Scale(measure=ANGLE, items=("r1_deg", "r2_deg"), how="rule"),
                Scale(
                    measure=_grade("tardieu_quality", "Tardieu quality of reaction", 5, "no threshold is known"),
                    items=("quality",),
                    how="rule",
                ),
            ),
            rule=tardieu,
        ),
    ),
    notes=(
        "R2 is measured as slowly as possible (V1), R1 at V2 or V3, with one sign convention: R1 is not beyond R2.",
        "The meaning of the quality grades 0 to 5 is from memory.",
    ),
    unknown="limits of agreement of R1 and R2 are mostly unacceptably wide (APMR 2013); MCID unknown",
)


def clonus_grade(seconds: np.ndarray) -> np.ndarray:
    """Seconds of clonus as the SCATS grade.

    Parameters
    ----------
    seconds : array of float, shape (n,)
        0 where there is no clonus.

    Returns
    -------
    array of float, shape (n,)
        0 none, 1 below 3 s, 2 from 3 to 10 s, 3 above 10 s; missing stays missing.
    """
    grade = (seconds > 0).astype("float64") + (seconds >= 3) + (seconds > 10)
    return np.where(np.isnan(seconds), np.nan, grade)


def _clonus(answers: Answers) -> dict[str, Ruled]:
    seconds = answers["seconds"]
    values = {"clonus_beats": answers["beats"], "clonus_s": seconds, "clonus_scats": clonus_grade(seconds)}
    return {name: Ruled(value) for name, value in values.items()}


BEATS = Measure(
    id="clonus_beats", label="Clonus beats", better="lower", scale="count", low=0, digits=0, unknown="MCID unknown"
)
SECONDS = Measure(
    id="clonus_s", label="Duration of clonus", unit="s", better="lower", scale="time", low=0, unknown="MCID unknown"
)
CLONUS = Instrument(
    id="clonus",
    name="Clonus, beats or duration",
    what="clonus as a raw count or in seconds",
    who="examiner",
    recall="now",
    population="all",
    missing="each by itself",
    forms=(
        Form(
            items=(
                Item(key="beats", low=0, optional=True),
                Item(key="seconds", kind="number", low=0, optional=True),
            ),
            scales=(
                Scale(measure=BEATS, items=("beats",), how="rule"),
                Scale(measure=SECONDS, items=("seconds",), how="rule"),
                Scale(
                    measure=_grade("clonus_scats", "Clonus as SCATS grade", 3, NO_SCATS),
                    items=("seconds",),
                    how="rule",
                ),
            ),
            rule=_clonus,
        ),
    ),
    limits="none",
    unknown="MCID unknown",
)

TENDON = Instrument(
    id="tendon_reflex",
    name="Tendon reflex, 0-4",
    what="briskness of one tendon reflex",
    who="examiner",
    recall="now",
    population="all",
    missing="none",
    forms=single(Measure(
        id="tendon_reflex",
        label="Tendon reflex",
        unit="0-4",
        scale="ordinal",
        low=0,
        high=4,
        digits=0,
        unknown="2 is normal, so it has no direction; no threshold is known",
    )),
    notes=("0 absent, 1 reduced, 2 normal, 3 brisk, 4 with clonus: from memory.",),
    unknown="no threshold is known",
)  # fmt: skip

SWING = Measure(
    id="pendulum_fsa",
    label="Pendulum first swing angle",
    unit="degrees",
    better="higher",
    scale="ratio",
    low=0,
    high=180,
    digits=0,
    unknown="MCID unknown",
)
PENDULUM = Instrument(
    id="pendulum",
    name="Wartenberg pendulum test, first swing angle",
    what="tone of the knee extensors",
    who="examiner",
    recall="now",
    population="SCI",
    missing="none",
    forms=single(SWING, Item(key="first_swing_deg", kind="number", low=0, high=180)),
    notes=("A smaller angle is worse (rho about -0.8 with the modified Ashworth scale); day-to-day ICC 0.93.",),
    unknown="MCID unknown",
    sources=("portable pendulum 2024, J NeuroEng Rehabil, doi 10.1186/s12984-024-01326-9",),
)

INSTRUMENTS = (SCATS, MTS, CLONUS, TENDON, PENDULUM)
