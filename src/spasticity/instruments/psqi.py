"""The Pittsburgh Sleep Quality Index: keys, and the rule that turns them into seven components."""

from __future__ import annotations

import numpy as np

from spasticity.instruments.clocks import DAY_MIN, LONG_MIN
from spasticity.instruments.declarations import Answers, Form, Instrument, Ruled, Scale
from spasticity.instruments.measures import Measure, Threshold
from spasticity.instruments.questions import Item, items

PSQI = Measure(
    id="psqi",
    label="PSQI",
    unit="0-21",
    better="lower",
    scale="ordinal",
    low=0,
    high=21,
    thresholds=(
        Threshold(
            value=5,
            kind="level",
            compare="<=",
            meaning="good sleeper at the end",
            source="Buysse et al. 1989 (Psychiatry Res 28:193): poor above 5, sensitivity 89.6 %, specificity 86.5 %",
            confirmed=True,
            roles=("responder", "band"),
        ),
        Threshold(
            value=3,
            kind="points",
            meaning="important change",
            source="known from the literature, not in MS or SCI; source not at hand",
            confirmed=False,
            roles=("responder", "mcid"),
        ),
    ),
    unknown="an MCID in MS or SCI is unknown",
)

COMPONENTS = {
    "psqi_quality": "subjective sleep quality",
    "psqi_latency": "sleep latency",
    "psqi_duration": "sleep duration",
    "psqi_efficiency": "habitual sleep efficiency",
    "psqi_disturbance": "sleep disturbances",
    "psqi_medicine": "use of sleeping medicine",
    "psqi_daytime": "daytime dysfunction",
}
DISTURBANCES = tuple(f"5{letter}" for letter in "bcdefghi")
RESTS_ON = {
    "psqi_quality": ("quality",),
    "psqi_latency": ("latency_min", "5a"),
    "psqi_duration": ("hours_sleep",),
    "psqi_efficiency": ("bedtime", "getup", "hours_sleep"),
    "psqi_disturbance": (*DISTURBANCES, "5j"),
    "psqi_medicine": ("medicine",),
    "psqi_daytime": ("staying_awake", "enthusiasm"),
}
NO_COMMENT = "5j counts 0 without its comment"
LONG = "over 16 h in bed, AM or PM?"
IMPOSSIBLE = "more sleep than time in bed, AM or PM?"
ROUNDING = 1e-9  # so that 85 % is 85 % whatever the last binary digit of a quotient


def _band(values: np.ndarray, edges: tuple[float, ...], *, closed: str = "below") -> np.ndarray:
    """How many edges a value has passed; an edge itself belongs below it, or above when so asked."""
    shift = ROUNDING if closed == "above" else -ROUNDING
    passed = np.sum([values + shift > edge for edge in edges], axis=0).astype("float64")
    return np.where(np.isnan(values), np.nan, passed)


def components(answers: Answers, *, hse_boundary: str, other: str) -> dict[str, Ruled]:
    """The seven components of the PSQI and their sum.

    Parameters
    ----------
    answers : mapping of str to array of float, shape (n,)
        By item key; clock times in minutes since midnight.
    hse_boundary : str
        `ge`: an efficiency of exactly 85, 75, 65 % falls in the better band; `gt`: in the worse.
    other : str
        `with comment`: 5j counts 0 unless it was said what the other reason is; `as given`: as it stands.

    Returns
    -------
    dict of str to Ruled
        By measure id.

    References
    ----------
    .. [1] Buysse et al. 1989, Psychiatry Res 28:193, and the instructions of the form; the rule for 5j is of 2005.
    """
    disturbance, uncounted = _disturbance(answers, other)
    efficiency, doubts = _efficiency(answers, hse_boundary)
    # Bands of the latency: a public codebook of a cohort; of the daytime component: [from memory].
    latency = _band(answers["latency_min"], (15, 30, 60)) + answers["5a"]
    values = {
        "psqi_quality": answers["quality"],
        "psqi_latency": _band(latency, (0, 2, 4)),
        "psqi_duration": 3 - _band(answers["hours_sleep"], (5, 6, 7), closed="above"),
        "psqi_efficiency": efficiency,
        "psqi_disturbance": disturbance,
        "psqi_medicine": answers["medicine"],
        "psqi_daytime": _band(answers["staying_awake"] + answers["enthusiasm"], (0, 2, 4)),
    }
    total = np.sum(list(values.values()), axis=0)
    reasons = {"psqi_disturbance": {NO_COMMENT: uncounted}, "psqi_efficiency": doubts}
    found = {name: Ruled(value, reasons.get(name, {})) for name, value in values.items()}
    scored = ~np.isnan(total)
    notes = {NO_COMMENT: uncounted, **doubts}
    return {"psqi": Ruled(total, {words: mask & scored for words, mask in notes.items()}), **found}


def _disturbance(answers: Answers, other: str) -> tuple[np.ndarray, np.ndarray]:
    """The disturbance component, and where 5j was set to 0 for want of a comment."""
    fifth = answers["5j"]
    unsaid = np.isnan(answers["5j_comment"]) if other == "with comment" else np.zeros(len(fifth), dtype=bool)
    total = np.sum([answers[key] for key in DISTURBANCES], axis=0) + np.where(unsaid | np.isnan(fifth), 0, fifth)
    return _band(total, (0, 9, 18)), unsaid & (fifth > 0) & ~np.isnan(total)


def _efficiency(answers: Answers, boundary: str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The efficiency component, and where its clock times look like an AM/PM slip: flagged, never repaired."""
    in_bed = (answers["getup"] - answers["bedtime"]) % DAY_MIN
    percent = 100 * 60 * answers["hours_sleep"] / np.where(in_bed == 0, np.nan, in_bed)
    band = 3 - _band(percent, (65, 75, 85), closed="above" if boundary == "ge" else "below")
    return band, {LONG: ~np.isnan(band) & (in_bed > LONG_MIN), IMPOSSIBLE: percent > 100 + ROUNDING}


def _component(name: str) -> Measure:
    return Measure(
        id=name,
        label=f"PSQI {COMPONENTS[name]}",
        unit="0-3",
        better="lower",
        scale="ordinal",
        low=0,
        high=3,
        digits=0,
        unknown="components have no threshold of their own",
    )


TIMES = (
    Item(key="bedtime", kind="clock"),
    Item(key="latency_min", kind="number", low=0, high=DAY_MIN, midpoint=True),
    Item(key="getup", kind="clock"),
    Item(key="hours_sleep", kind="number", low=0, high=24, midpoint=True),
)
ASKED = (
    *TIMES,
    *items(("5a", *DISTURBANCES), 0, 3),
    Item(key="5j", low=0, high=3, optional=True),
    Item(key="5j_comment", kind="text", optional=True),
    *items(("quality", "medicine", "staying_awake", "enthusiasm"), 0, 3),
)
FORM = Form(
    items=ASKED,
    scales=(
        Scale(measure=PSQI, items=tuple(item.key for item in ASKED if item.kind != "text"), how="rule"),
        *(Scale(measure=_component(name), items=keys, how="rule") for name, keys in RESTS_ON.items()),
    ),
    rule=components,
    options={"hse_boundary": ("ge", "gt"), "other": ("with comment", "as given")},
)

INSTRUMENTS = (
    Instrument(
        id="psqi",
        name="Pittsburgh Sleep Quality Index (1989)",
        what="sleep quality",
        who="patient",
        recall="1 month; a past-week form exists and is another instrument",
        population="all",
        missing="a component that needs a missing item is missing, and so is the total; 5j alone may be missing",
        forms=(FORM,),
        notes=(
            "Items are keyed by meaning: their numbers differ between circulating forms.",
            "Bed-partner items are not scored.",
            "5j counts 0 when it or its comment is missing (rule of 2005); pass other='as given' when comments were "
            "removed from the data.",
            "That exactly 85, 75 and 65 % fall in the better band is from memory; a cohort's codebook has it the other "
            "way: pass hse_boundary='gt'.",
        ),
        unknown="an MCID in MS or SCI is unknown",
        sources=("Buysse et al. 1989, Psychiatry Res 28:193, and the instructions of the form",),
        licence="the wording is copyrighted; only keys and rules are here",
    ),
)
