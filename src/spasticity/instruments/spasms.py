"""Spasms: the Penn scale, the daily frequency scale, counts and rates."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from spasticity.errors import one_of
from spasticity.instruments.declarations import Answers, Form, Instrument, Ruled, Scale, single
from spasticity.instruments.measures import Measure, ScaleType, Threshold, Window
from spasticity.instruments.questions import Item

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
    label="Spasms per hour by day",
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


def _at_night(name: str, label: str, unit: str, scale: ScaleType = "count", digits: int = 2) -> Measure:
    """A measure of spasms and a recording of the same night."""
    return Measure(
        id=name,
        label=label,
        unit=unit,
        better="lower",
        scale=scale,
        low=0,
        digits=digits,
        unknown="no threshold is known; the definition is a proposal",
    )


RECORDED = (
    _at_night("spasms_per_hour_asleep", "Spasms per hour asleep", "per hour"),
    _at_night("spasms_per_hour_awake_in_bed", "Spasms per hour awake in bed", "per hour"),
    _at_night("spasm_awakenings_recorded", "Recorded awakenings related to a spasm", "per night"),
    _at_night("awakenings_recorded", "Recorded awakenings", "per night"),
    _at_night("spasm_awakening_share", "Share of awakenings related to a spasm", "%", "proportion", 0),
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

SFS_DAILY = Measure(
    id="sfs_daily",
    label="Spasm frequency scale, per day",
    unit="0-4",
    better="lower",
    scale="ordinal",
    low=0,
    high=4,
    digits=0,
    unknown="no threshold is known",
)


def _snow(version: str, about: str, low: int) -> Form:
    def rule(answers: Answers) -> dict[str, Ruled]:
        return {"sfs_daily": Ruled(answers["grade"] - low)}

    scale = Scale(measure=SFS_DAILY, items=("grade",), how="rule")
    return Form(
        version=version, about=about, items=(Item(key="grade", low=low, high=low + 4),), scales=(scale,), rule=rule
    )


SFS = Instrument(
    id="sfs_daily",
    name="Spasm Frequency Scale (Snow 1990)",
    what="spasms per day in the affected limb: none, up to 1, 1 to 5, 5 to 9, 10 or more",
    who="patient",
    recall="24 h",
    population="stroke, MS",
    missing="none",
    forms=(
        _snow("0-4", "coded from 0 for no spasms (from memory)", 0),
        _snow("1-5", "printed from 1 for no spasms; scored one lower", 1),
    ),
    limits="ceiling at 10 spasms per day",
    notes=(
        "Grades per day: never to be mixed with the Penn scale, whose grades are per hour.",
        "The bands meet at 1 and 5; a rapid run of spasms without a pause is one spasm.",
    ),
    unknown="no threshold is known",
    sources=("Snow et al. 1990, Ann Neurol 28:512, as listed by a professional society",),
)


def penn_grade(
    rate_per_hour: pd.Series, *, induced: pd.Series | None = None, boundary_at_1: Literal["up", "down"] = "up"
) -> pd.Series:
    """A measured spasm rate as the Penn frequency grade [proposal]; the two agree only weakly, so say which it was.

    Parameters
    ----------
    rate_per_hour : Series of float, shape (n,)
        Spontaneous spasms per hour; state whether the hours are waking, recorded or all.
    induced : Series of bool, shape (n,), optional
        Whether spasms were induced by stimulation. Grade 1 is defined by that alone and is never given without it.
    boundary_at_1 : str
        `up`: exactly one per hour is grade 3; `down`: grade 2. The scale itself leaves it open.

    Returns
    -------
    Series of float, shape (n,)
        0, 1, 2, 3 or 4; missing where the rate is missing.

    Raises
    ------
    MethodError
        When the boundary rule is not known.
    """
    one_of("boundary_at_1", boundary_at_1, ("up", "down"))
    rate = rate_per_hour.astype("float64")
    at_one = rate >= 1 if boundary_at_1 == "up" else rate > 1
    grade = 2.0 * (rate > 0) + at_one + (rate > 10)
    if induced is not None:
        grade = grade.mask((rate == 0) & induced.fillna(False).astype(bool), 1.0)
    return grade.where(rate.notna())


MEASURES = (SPASMS_PER_HOUR_DAY, SPASMS_PER_HOUR_NIGHT, *RECORDED)
INSTRUMENTS = (PSFS, SFS, COUNT)
