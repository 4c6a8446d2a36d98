"""Sleep questionnaires beside the PSQI: insomnia, sleepiness, PROMIS sleep disturbance."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from spasticity.errors import DataError
from spasticity.instruments.declarations import Answers, Form, Instrument, Ruled, Scale
from spasticity.instruments.measures import Measure, Threshold
from spasticity.instruments.questions import items, numbered
from spasticity.instruments.tallies import PRORATED
from spasticity.wording import plural

Edge = Literal[">=", ">", "<", "<="]


def _band(value: float, compare: Edge, meaning: str, source: str, *, confirmed: bool = True) -> Threshold:
    return Threshold(
        value=value,
        kind="level",
        compare=compare,
        meaning=meaning,
        source=source,
        confirmed=confirmed,
        roles=("band",),
    )


def _points(value: float, meaning: str, source: str, *, confirmed: bool) -> Threshold:
    return Threshold(
        value=value,
        kind="points",
        meaning=meaning,
        source=source,
        confirmed=confirmed,
        roles=("responder", "mcid"),
    )


MORIN = "insomnia: Morin et al. 2011 (doi 10.1093/sleep/34.5.601)"
YANG = "insomnia: Yang et al. 2009 (doi 10.1185/03007990903167415)"
ISI_TOTAL = Measure(
    id="isi",
    label="Insomnia severity index",
    unit="0-28",
    better="lower",
    scale="ordinal",
    low=0,
    high=28,
    thresholds=(
        _points(6, "minimally important difference", YANG, confirmed=True),
        _points(8.4, "moderate improvement (95 % CI 7.1 to 9.4)", MORIN, confirmed=True),
        _band(8, "<", "none; remission", MORIN),
        _band(8, ">=", "subthreshold insomnia", MORIN),
        _band(10, ">=", "best cut in the community", MORIN),
        _band(15, ">=", "moderate insomnia", MORIN),
        _band(22, ">=", "severe insomnia", MORIN),
    ),
    unknown="thresholds in MS or SCI are unknown",
)
ISI = Instrument(
    id="isi",
    name="Insomnia Severity Index",
    what="severity of insomnia",
    who="patient",
    recall="2 weeks (from memory)",
    population="all",
    missing="no official rule; all 7 items are required",
    forms=(Form(items=items(numbered("q", 7), 0, 4), scales=(Scale(measure=ISI_TOTAL, items=numbered("q", 7)),)),),
    unknown="thresholds in MS or SCI are unknown",
    sources=(MORIN, YANG),
    licence="the wording is copyrighted; only keys and rules are here",
)

OSA = "sleep apnoea: Patel et al. 2018 (doi 10.1164/rccm.201704-0672LE); the numbers are from memory"
WEB = "secondary source; bands as in common use"
ESS_TOTAL = Measure(
    id="ess",
    label="Epworth sleepiness scale",
    unit="0-24",
    better="lower",
    scale="ordinal",
    low=0,
    high=24,
    thresholds=(
        _points(2, "important change, lower estimate", OSA, confirmed=False),
        _points(3, "important change, upper estimate", OSA, confirmed=False),
        _band(10, ">", "abnormal; mild up to 12", WEB),
        _band(13, ">=", "moderate", WEB),
        _band(16, ">=", "severe", WEB),
    ),
    unknown="thresholds in MS or SCI are unknown",
)
ESS = Instrument(
    id="ess",
    name="Epworth Sleepiness Scale",
    what="daytime sleepiness",
    who="patient",
    recall="recent times",
    population="all",
    missing="any missing item: no total (from memory)",
    forms=(Form(items=items(numbered("q", 8), 0, 3), scales=(Scale(measure=ESS_TOTAL, items=numbered("q", 8)),)),),
    unknown="thresholds in MS or SCI are unknown",
    sources=("Patel et al. 2018, AJRCCM, doi 10.1164/rccm.201704-0672LE",),
    licence="the wording is copyrighted; only keys and rules are here",
)

# fmt: off
#: PROMIS Sleep Disturbance 8b, raw sums 8 to 40. From recall and a public analysis script that agree; to be held
#: against the HealthMeasures scoring manual before a release.
T_SCORES = np.array(
    [
        28.9, 33.1, 35.9, 38.0, 39.8, 41.4, 42.9, 44.2, 45.5, 46.7, 47.9,
        49.0, 50.1, 51.2, 52.2, 53.3, 54.3, 55.3, 56.3, 57.3, 58.3, 59.4,
        60.4, 61.5, 62.6, 63.7, 64.9, 66.1, 67.5, 69.0, 70.8, 73.0, 76.5,
    ],
    dtype="float64",
)
# fmt: on
LOWEST, HIGHEST, FEWEST = 8, 40, 4
PROMIS_KEYS = (
    "restless",
    "satisfied",
    "refreshing",
    "difficulty_falling_asleep",
    "trouble_staying_asleep",
    "trouble_sleeping",
    "enough_sleep",
    "quality",
)
TURNED = ("satisfied", "refreshing", "enough_sleep", "quality")  # [from memory]


def promis_t(answers: Answers) -> dict[str, Ruled]:
    """The raw sum of the eight items and its T-score.

    Parameters
    ----------
    answers : mapping of str to array of float, shape (n,)
        Answers 1 to 5, five the worst sleep.

    Returns
    -------
    dict of str to Ruled
        With 4 to 7 answers the raw sum is prorated and rounded up [from memory]; with fewer there is none.
    """
    given = np.array([answers[key] for key in PROMIS_KEYS])
    count = np.sum(~np.isnan(given), axis=0)
    total = np.nansum(given, axis=0)
    enough = count >= FEWEST
    raw = np.where(enough, np.ceil(total * len(PROMIS_KEYS) / np.maximum(count, 1) - 1e-9), np.nan)
    place = np.where(enough, raw - LOWEST, 0).astype("int64")
    why = {PRORATED: enough & (count < len(PROMIS_KEYS))}
    return {
        "promis_sd_8b": Ruled(np.where(enough, T_SCORES[place], np.nan), why),
        "promis_sd_8b_raw": Ruled(raw, why),
    }


def promis_t_of_raw(raw: pd.Series) -> pd.Series:
    """Raw sums of form 8b, all eight items answered, as T-scores.

    Parameters
    ----------
    raw : Series of float, shape (n,)
        Whole numbers from 8 to 40; missing stays missing.

    Returns
    -------
    Series of float, shape (n,)
        From 28.9 to 76.5.

    Raises
    ------
    DataError
        When a value is no raw sum: a T-score, a prorated sum that was not rounded up, a sum of another form.
    """
    numbers = raw.astype("float64")
    wrong = numbers.notna() & ~numbers.isin(range(LOWEST, HIGHEST + 1))
    if wrong.any():
        count = plural(int(wrong.sum()), "value is", "values are")
        raise DataError(
            f"promis_sd_8b_raw: {count} no raw sum, first at row {wrong.idxmax()}; expected whole numbers "
            f"from {LOWEST} to {HIGHEST}. T-scores run from 28.9 to 76.5 and are not converted again."
        )
    return numbers.map(dict(zip(range(LOWEST, HIGHEST + 1), T_SCORES, strict=True)))


BANDS = "secondary page citing HealthMeasures"
PROMIS_T = Measure(
    id="promis_sd_8b",
    label="PROMIS sleep disturbance 8b",
    unit="T",
    better="lower",
    scale="interval",
    low=28.9,
    high=76.5,
    thresholds=(
        _points(2, "important change, lowest estimate", "2 to 6 T points depending on the study", confirmed=False),
        _points(6, "important change, highest estimate", "2 to 6 T points depending on the study", confirmed=False),
        _band(55, ">", "impaired", "Medicine 2022;101:e30637, table 1"),
        _band(55, ">=", "mild", BANDS),
        _band(60, ">=", "moderate", BANDS),
        _band(70, ">=", "severe", BANDS),
    ),
    unknown="thresholds in MS or SCI are unknown",
)
PROMIS_RAW = Measure(
    id="promis_sd_8b_raw",
    label="PROMIS sleep disturbance 8b, raw sum",
    unit="8-40",
    better="lower",
    scale="ordinal",
    low=LOWEST,
    high=HIGHEST,
    unknown="thresholds are stated in T points",
)


def _promis(version: str, about: str, *, turn: bool) -> Form:
    plain = tuple(key for key in PROMIS_KEYS if key not in TURNED)
    asked = {item.key: item for item in (*items(plain, 1, 5), *items(TURNED, 1, 5, reverse=turn))}
    scales = tuple(Scale(measure=one, items=PROMIS_KEYS, how="rule") for one in (PROMIS_T, PROMIS_RAW))
    return Form(
        version=version, about=about, items=tuple(asked[key] for key in PROMIS_KEYS), scales=scales, rule=promis_t
    )


PROMIS = Instrument(
    id="promis_sd",
    name="PROMIS Sleep Disturbance, 8-item forms",
    what="disturbed sleep",
    who="patient",
    recall="7 days",
    population="all",
    missing="4 to 7 answers: raw sum prorated and rounded up; fewer: no score (from memory); prefer the HealthMeasures "
    "response-pattern scoring then",
    forms=(
        _promis("8b", "answers as worded, 1 to 5; satisfied, refreshing, enough sleep and quality are turned round "
                "here", turn=True),
        _promis("8b_printed", "values as printed on the form, where those four are turned round already", turn=False),
        Form(version="8a", items=(), scales=(), unknown="8a has other items and another T table, which is not known "
             "here; ask HealthMeasures for it"),
    ),
    notes=("8a and 8b differ in items and T tables by 1 to 3 points.", "Which items are turned is from memory.",
           "T-scores: mean 50, SD 10 in the reference population."),
    unknown="thresholds in MS or SCI are unknown",
    sources=("HealthMeasures; the table agrees in recall and a public script, and awaits their manual",),
    licence="publicly available without fee",
)  # fmt: skip

INSTRUMENTS = (ISI, ESS, PROMIS)
