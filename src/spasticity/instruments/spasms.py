"""Spasms: the Penn scale, the daily frequency scale, counts and rates."""

from __future__ import annotations

import numpy as np

from spasticity.instruments.declarations import Answers, Form, Instrument, Item, Ruled, Scale, single
from spasticity.instruments.measures import Measure, Threshold, Window

HALF = Threshold(
    value=50,
    kind="percent",
    meaning="responder",
    source="a proposal; the published effect scale is the ratio of geometric means (doi 10.1016/j.msard.2023.104745)",
    confirmed=False,
)

SPASMS_PER_DAY = Measure(
    id="spasms_per_day",
    label="Spasms per day",
    better="lower",
    scale="count",
    low=0,
    thresholds=(HALF,),
    window=Window(days=7, at_least=5, source="a proposal, by analogy with the spasticity NRS"),
    unknown="no agreed threshold",
)

SPASMS_PER_HOUR_DAY = Measure(
    id="spasms_per_hour_day",
    label="Spasms per hour awake",
    unit="per hour",
    better="lower",
    scale="count",
    low=0,
    digits=2,
    unknown="no threshold is known",
)

SPASMS_PER_HOUR_NIGHT = Measure(
    id="spasms_per_hour_night",
    label="Spasms per hour at night",
    unit="per hour",
    better="lower",
    scale="count",
    low=0,
    digits=2,
    unknown="no threshold is known",
)


def _grades(size: int) -> Threshold:
    return Threshold(
        value=size,
        kind="grades",
        meaning=f"{size} grade{'s' if size > 1 else ''} better, exploratory only",
        source="convention; standard error, MDC and MCID are listed as not established (SCIRE page on the scale)",
        confirmed=False,
    )


NO_MCID = "its standard error, MDC and MCID are not established, and its recall window is not standardised"

PSFS_FREQUENCY = Measure(
    id="psfs_frequency",
    label="Penn spasm frequency",
    unit="0-4",
    better="lower",
    scale="ordinal",
    low=0,
    high=4,
    digits=0,
    thresholds=(_grades(1), _grades(2)),
    unknown=NO_MCID,
)

PSFS_SEVERITY = Measure(
    id="psfs_severity",
    label="Penn spasm severity",
    unit="1-3",
    better="lower",
    scale="ordinal",
    low=1,
    high=3,
    digits=0,
    unknown=NO_MCID,
)

NOT_ASKED = "severity is not asked when the frequency is 0"
SET_ASIDE = "severity given although the frequency is 0, set aside"


def penn(answers: Answers) -> dict[str, Ruled]:
    """Both parts of the Penn scale; the second is not asked when the first is 0.

    Parameters
    ----------
    answers : mapping of str to array of float, shape (n,)
        `frequency` and `severity`.

    Returns
    -------
    dict of str to Ruled
    """
    frequency, severity = answers["frequency"], answers["severity"]
    none, given = frequency == 0, ~np.isnan(severity)
    reasons = {NOT_ASKED: none & ~given, SET_ASIDE: none & given}
    return {"psfs_frequency": Ruled(frequency), "psfs_severity": Ruled(np.where(none, np.nan, severity), reasons)}


PSFS = Instrument(
    id="psfs",
    name="Penn Spasm Frequency Scale (1989)",
    what="frequency of spasms per hour, and their severity",
    who="patient",
    recall="not standardised",
    population="SCI, MS",
    missing="each part by itself; severity is not asked when the frequency is 0",
    forms=(
        Form(
            items=(
                Item(key="frequency", low=0, high=4),
                Item(key="severity", low=1, high=3, optional=True),
            ),
            scales=(
                Scale(measure=PSFS_FREQUENCY, items=("frequency",), how="rule"),
                Scale(measure=PSFS_SEVERITY, items=("severity",), how="rule"),
            ),
            rule=penn,
        ),
    ),
    limits="ceiling above 10 spasms per hour",
    notes=(
        "Penn 1989 asks the frequency only, the SCI research version both parts; the frequency is the same number.",
        "Grade 1 is defined by stimulus (mild, induced), grades 2 to 4 by the rate per hour: a count cannot give 1.",
        "Exactly one spasm per hour fits no grade.",
        "The product of both parts is not a published score and is not offered.",
    ),
    unknown=NO_MCID,
    sources=(
        "Penn et al. 1989, NEJM 320:1517, doi 10.1056/NEJM198906083202303",
        "NINDS CDE notice of copyright F1765",
        "Mills et al. 2018, Spinal Cord: weighted kappa 0.73 to 0.86 (n = 61)",
    ),
)

COUNT = Instrument(
    id="spasm_count",
    name="Daily spasm count",
    what="number of spasms in a day",
    who="patient",
    recall="24 h or momentary",
    population="MS, SCI",
    missing="a day without a diary is missing, never zero",
    forms=single(SPASMS_PER_DAY, Item(key="spasms", low=0)),
    limits="none",
    notes=("The published effect scale is the ratio of geometric means, 19 to 35 % lower than placebo.",),
    unknown="no threshold is agreed",
    sources=("re-analysis of GWSP0604 and SAVANT 2023, doi 10.1016/j.msard.2023.104745",),
    daily=True,
)

MEASURES = (SPASMS_PER_HOUR_DAY, SPASMS_PER_HOUR_NIGHT)
INSTRUMENTS = (PSFS, COUNT)
