"""Resistance to passive movement: the Ashworth family and its composites."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from spasticity.instruments.declarations import Answers, Form, How, Instrument, Ruled, Scale, single
from spasticity.instruments.grades import CODINGS
from spasticity.instruments.measures import Measure, Threshold
from spasticity.instruments.questions import Item

ONE_GRADE = Threshold(
    value=1,
    kind="grades",
    meaning="one grade better in the index muscle, the worst at baseline",
    source="convention; index muscle as in Nance et al. 2011 (Spinal Cord 49:974); not established in MS or SCI",
    confirmed=False,
)
NO_CUT = "no threshold is known for a mean over muscles in MS or SCI; the one-grade convention is for a single muscle"

SOURCES = (
    "Bohannon & Smith 1987; Pandyan et al. 1999, Clin Rehabil: nominal until the order of 1 and 1+ is resolved",
    "registry entries NCT04657666 and NCT04984278: transformed MAS 0 to 5, LLMT-6 and LLMT-4",
)

LLMT6 = Measure(
    id="llmt6",
    label="Lower Limb Muscle Tone-6 (mean rank 0-5)",
    better="lower",
    scale="ordinal",
    low=0,
    high=5,
    digits=2,
    unknown=NO_CUT,
)

LLMT4 = Measure(
    id="llmt4",
    label="Lower Limb Muscle Tone-4 (mean rank 0-5)",
    better="lower",
    scale="ordinal",
    low=0,
    high=5,
    digits=2,
    unknown=NO_CUT,
)

ASHWORTH_MEAN = Measure(
    id="ashworth_mean",
    label="Mean Ashworth grade (0-4)",
    better="lower",
    scale="ordinal",
    low=0,
    high=4,
    digits=2,
    unknown=NO_CUT,
)

INDEX_MUSCLE = Measure(
    id="index_muscle_grade",
    label="Grade of the index muscle (rank 0-5)",
    better="lower",
    scale="ordinal",
    low=0,
    high=5,
    digits=0,
    thresholds=(ONE_GRADE,),
    unknown="an MCID is not established in MS or SCI",
)

TNMAS_MAL = Measure(
    id="tnmas_mal",
    label="TNmAS most affected limb (sum of ranks 0-5)",
    better="lower",
    scale="ordinal",
    low=0,
    unknown="an MCID is unknown; responder analyses ran from 10 % to 70 % improvement (CMSC 2021 abstract OS440-3004)",
)

SIDES = ("left", "right")
KNEES = ("knee flexors", "knee extensors")
LOWER_LIMB = (*KNEES, "plantar flexors")


def tone_answers(tone: pd.DataFrame) -> pd.DataFrame:
    """A table of graded muscles as answers, so that composites are scored like any instrument.

    Parameters
    ----------
    tone : DataFrame
        Shaped like `tables.TONE`: one row per participant, visit, side and muscle.

    Returns
    -------
    DataFrame
        `participant`, `visit`, `day` where it is there, `instrument` (the scale), `item` (side and muscle, such as
        `left knee flexors`), `response` (the grade); same rows and index.
    """
    item = tone["side"].astype(object) + " " + tone["muscle"].astype(object)
    kept = tone[[name for name in ("participant", "visit", "day") if name in tone]]
    return kept.assign(instrument=tone["scale"].astype(object), item=item, response=tone["grade"])


def muscle_mean(
    measure: Measure,
    muscles: Sequence[str],
    *,
    coding: str,
    sides: Sequence[str] = SIDES,
    at_least: int | None = None,
    how: How = "mean",
) -> Instrument:
    """The mean grade of a declared set of muscles, as an instrument to hand to `score`.

    Parameters
    ----------
    measure : Measure
        What the number is called; the coding belongs in its label.
    muscles : sequence of str
        Muscle groups as in `TONE.muscle`.
    coding : str
        `rank0_5`, `conv1_5` or `merged0_4` for the modified scale; `as0_4` for the Ashworth scale.
    sides : sequence of str
        Sides examined.
    at_least : int, optional
        Muscles that must be graded; by default two thirds of them [proposal], since a mean over the muscles at hand
        changes its meaning when muscles are missing.
    how : str
        `mean` or `sum`.

    Returns
    -------
    Instrument
    """
    keys = tuple(f"{side} {muscle}" for side in sides for muscle in muscles)
    needed = -(-2 * len(keys) // 3) if at_least is None else at_least
    scale = "as" if coding.startswith("as") else "mas"
    graded = tuple(Item(key=key, kind="grade", coding=coding) for key in keys)
    return Instrument(
        id=measure.id,
        name=measure.label,
        what=f"{how} grade of {len(keys)} muscle groups, coded {coding}",
        who="examiner",
        recall="now",
        population="MS, SCI",
        missing=f"no score with fewer than {needed} of {len(keys)} muscle groups graded [proposal]",
        forms=(Form(items=graded, scales=(Scale(measure=measure, items=keys, how=how, at_least=needed),)),),
        unknown=measure.unknown,
        notes=("A mean of ordered grades stands on its coding, which its name carries.",),
        sources=SOURCES,
        answered_as=scale,
    )


def _graded(name: str, label: str, low: float, high: float, *cuts: Threshold) -> Measure:
    return Measure(
        id=name,
        label=label,
        unit=f"{low:g}-{high:g}",
        better="lower",
        scale="ordinal",
        low=low,
        high=high,
        digits=1,
        thresholds=cuts,
        unknown="an MCID is not established in MS or SCI",
    )


AS_GRADE = _graded("as_grade", "Ashworth grade", 0, 4, ONE_GRADE)


def _ashworth(version: str, about: str, low: int) -> Form:
    def rule(answers: Answers) -> dict[str, Ruled]:
        return {"as_grade": Ruled(answers["grade"] - low)}

    item = Item(key="grade", low=low, high=low + 4)
    scale = Scale(measure=AS_GRADE, items=("grade",), how="rule")
    return Form(version=version, about=about, items=(item,), scales=(scale,), rule=rule)


def _modified(coding: str) -> Form:
    label = f"Modified Ashworth grade ({coding})"
    values = [number for number in CODINGS[coding] if number is not None]
    # The one-grade rule counts grades: under the other codings 1 to 1+ is half a step, or none.
    measure = _graded(f"mas_{coding}", label, 0, max(values), *((ONE_GRADE,) if coding == "rank0_5" else ()))
    item = Item(key="grade", kind="grade", coding=coding)
    return Form(
        version=coding,
        about=f"0, 1, 1+, 2, 3, 4 as {', '.join(f'{value:g}' for value in values)}",
        items=(item,),
        scales=(Scale(measure=measure, items=("grade",)),),
    )


def _stroke(value: float, size: str, limb: str) -> Threshold:
    return Threshold(
        value=value,
        kind="points",
        meaning=f"{size} SD of the mean over {limb} muscles, distribution-based",
        source="stroke, not MS or SCI: Chen et al. 2019 (doi 10.23736/S1973-9087.19.05545-X); coding not stated here",
        confirmed=True,
        roles=("mcid",),
    )


def _scale(name: str, title: str, forms: tuple[Form, ...], **more: Any) -> Instrument:
    return Instrument(
        id=name,
        name=title,
        what="resistance of one muscle group to passive movement",
        who="examiner",
        recall="now",
        missing="a muscle that was not graded has no grade",
        forms=forms,
        unknown=more.pop("unknown", "an MCID is not established in MS or SCI"),
        **more,
    )


AS = _scale(
    "as",
    "Ashworth Scale (1964)",
    (
        _ashworth("0-4", "0 is normal tone", 0),
        _ashworth("1-5", "1 is normal tone, as in Penn 1989; scored one lower", 1),
    ),
    population="MS, SCI, stroke",
    limits="0 and 1 were not told apart by EMG (97 people with SCI, Sherwood et al. 2000, JRRD 37(1))",
    notes=("Published on 0-4 and on 1-5, so the coding is asked for; the score is always 0-4.",),
    sources=("Rehabilitation Measures Database, Ashworth page",),
)
MAS = _scale(
    "mas",
    "Modified Ashworth Scale (Bohannon & Smith 1987)",
    tuple(_modified(coding) for coding in ("rank0_5", "conv1_5", "merged0_4")),
    population="all",
    thresholds=(
        _stroke(0.45, "0.5", "lower-limb"),
        _stroke(0.73, "0.8", "lower-limb"),
        _stroke(0.48, "0.5", "upper-limb"),
        _stroke(0.76, "0.8", "upper-limb"),
    ),
    limits="resistance did not differ between 1, 1+ and 2 (Pandyan et al. 2003, doi 10.1191/0269215503cr610oa)",
    notes=("Grades are ordered, not equally spaced; the number depends on the coding, whose name it carries.",),
    sources=SOURCES,
)
MMAS = _scale(
    "mmas",
    "Modified Modified Ashworth Scale",
    single(_graded("mmas_grade", "Modified modified Ashworth grade", 0, 4), Item(key="grade", low=0, high=4)),
    population="stroke, MS",
    notes=("The grade 1+ is removed.",),
    unknown="MCID, MDC, floor and ceiling are unknown",
)
TNMAS = Instrument(
    id="tnmas_mal",
    name="Total Numeric-transformed MAS, Most Affected Limb",
    what="sum of the 0-5 ranks over the joints of the most affected limb",
    who="examiner",
    recall="now",
    population="MS",
    missing="unknown",
    forms=(
        Form(
            items=(),
            scales=(Scale(measure=TNMAS_MAL, items=(), how="rule"),),
            unknown="its list of joints is not known here (hip, knee, ankle expected, from memory); build the sum "
            "over the study's own joints with tone.muscle_mean(..., coding='rank0_5', how='sum')",
        ),
    ),
    notes=("An entry criterion of the arbaclofen trial was a sum of at least 2.",),
    unknown="an MCID is unknown; responder analyses ran from 10 % to 70 % improvement",
    sources=("Okuda et al., arbaclofen ER trial; CMSC 2021 abstract OS440-3004",),
    answered_as="mas",
)

MEASURES = (ASHWORTH_MEAN, INDEX_MUSCLE)
INSTRUMENTS = (
    AS,
    MAS,
    MMAS,
    muscle_mean(LLMT6, LOWER_LIMB, coding="rank0_5"),
    muscle_mean(LLMT4, KNEES, coding="rank0_5"),
    TNMAS,
)
