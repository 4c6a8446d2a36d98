"""What spasticity does to a life, as patients rate it: SCI-SET, MSSS-88, PRISM."""

from __future__ import annotations

from spasticity.instruments.declarations import Form, Instrument, Scale
from spasticity.instruments.measures import Measure, Threshold
from spasticity.instruments.questions import Item, items, numbered
from spasticity.schema import Better


def _change(value: float, language: str) -> Threshold:
    return Threshold(
        value=value,
        kind="points",
        meaning="beyond measurement error, not an MCID",
        source=f"SCI, {language} version: MDC, as listed by SCIRE (doi 10.1016/j.apmr.2007.06.012, "
        "10.1080/10790268.2016.1195941)",
        confirmed=True,
        roles=("responder", "mdc"),
    )


SCI_SET = Measure(
    id="sci_set",
    label="SCI-SET",
    unit="-3 to 3",
    better="higher",
    scale="ordinal",
    low=-3,
    high=3,
    digits=2,
    thresholds=(_change(0.47, "English"), _change(0.82, "Persian")),
    unknown="an MCID is not established",
)
SCI_SET_M = Measure(
    id="sci_set_m",
    label="Modified SCI-SET",
    unit="-2 to 1",
    better="higher",
    scale="ordinal",
    low=-2,
    high=1,
    digits=2,
    unknown="MCID and MDC are unknown",
)


def _mean_of_applicable(version: str, about: str, measure: Measure, count: int) -> Form:
    keys = numbered("q", count)
    low, high = int(measure.low or 0), int(measure.high or 0)
    scale = Scale(measure=measure, items=keys, how="mean", at_least=-(-count // 2))
    return Form(version=version, about=about, items=items(keys, low, high, not_applicable=True), scales=(scale,))


SCISET = Instrument(
    id="sci_set",
    name="Spinal Cord Injury Spasticity Evaluation Tool (2007)",
    what="impact of spasticity on life, problematic and helpful",
    who="patient",
    recall="7 days",
    population="SCI",
    missing="mean of the items that apply; not applicable is not zero; no rule is published: half of them must be "
    "answered, and fewer than half applying is flagged [proposal]",
    forms=(
        _mean_of_applicable("original", "35 items, -3 to +3", SCI_SET, 35),
        _mean_of_applicable("modified", "33 items, -2 to +1 (Sweatman 2020)", SCI_SET_M, 33),
    ),
    limits="none observed (Persian version)",
    notes=("Higher is better, unlike most scales of spasticity.", "Standard error of measurement 0.17 to 0.30."),
    unknown="an MCID is not established",
    sources=(
        "Adams et al. 2007, APMR 88:1185, doi 10.1016/j.apmr.2007.06.012 (n = 61: alpha 0.90, ICC 0.91)",
        "Ansari et al. 2017, J Spinal Cord Med 40:380, doi 10.1080/10790268.2016.1195941",
    ),
)

MSSS = {
    "stiffness": ("muscle stiffness", 12),
    "pain": ("pain and discomfort", 9),
    "spasms": ("muscle spasms", 14),
    "adl": ("activities of daily living", 11),
    "walking": ("walking", 10),
    "movement": ("body movements", 11),
    "feelings": ("emotional health", 13),
    "social": ("social functioning", 8),
}
PRISM_PARTS = {
    "avoidance": ("social avoidance and anxiety", 11),
    "agitation": ("psychological agitation", 5),
    "daily": ("daily activities", 6),
    "assistance": ("need for assistance and positioning", 5),
    "positive": ("positive impact", 4),
    "intervention": ("need for intervention", 5),
    "embarrassment": ("social embarrassment", 5),
}


def _sums(
    name: str, title: str, parts: dict[str, tuple[str, int]], low: int, high: int, helpful: tuple[str, ...] = ()
) -> Form:
    """One sum per subscale, replaced by the person's mean from half of the answers on."""
    asked: list[Item] = []
    scales = []
    for part, (words, count) in parts.items():
        keys = numbered(f"{part}_", count)
        better: Better = "higher" if part in helpful else "lower"
        measure = Measure(
            id=f"{name}_{part}",
            label=f"{title} {words}",
            unit=f"{low * count}-{high * count}",
            better=better,
            scale="ordinal",
            low=low * count,
            high=high * count,
            unknown="MCID unknown",
        )
        asked += items(keys, low, high)
        scales.append(Scale(measure=measure, items=keys, at_least=-(-count // 2)))
    return Form(items=tuple(asked), scales=tuple(scales))


MSSS88 = Instrument(
    id="msss88",
    name="Multiple Sclerosis Spasticity Scale (2006)",
    what="impact of spasticity, in eight parts that stand alone",
    who="patient",
    recall="2 weeks (from memory)",
    population="MS",
    missing="a missing item counts as the person's own mean of its subscale when at least half of it is answered",
    forms=(_sums("msss88", "MSSS-88", MSSS, 1, 4),),
    notes=(
        "Eight scores; a grand total is not part of the scale.",
        "Items are keyed by subscale; the counts per subscale are from memory, their sum is 88.",
        "A score in percent of its range, (sum - n) / 3n, is given by Measure.percent_of_range.",
        "Rasch conversion tables are available from its authors, not here.",
    ),
    unknown="MCID, MDC, floor and ceiling are unknown",
    sources=(
        "Hobart et al. 2006, Brain 129:224, doi 10.1093/brain/awh675",
        "NINDS CDE notice of copyright, MSSS-88",
        "Freeman et al. 2019, doi 10.1177/1179572718823510: r = 0.52 to 0.53 with the Ashworth scale (n = 34)",
    ),
    licence="permission-bound; only keys and rules are here",
)

PRISM = Instrument(
    id="prism",
    name="Patient Reported Impact of Spasticity Measure (2007)",
    what="impact of spasticity on quality of life, the helpful part included",
    who="patient",
    recall="7 days (from memory)",
    population="SCI (veterans)",
    missing="mean of the answered items times the number of items; how many must be answered is unknown: half "
    "[proposal]",
    forms=(_sums("prism", "PRISM", PRISM_PARTS, 0, 4, helpful=("positive",)),),
    notes=(
        "Seven scores; in positive impact a higher score is more benefit.",
        "Items are keyed by subscale; the counts per subscale are from memory, their sum is 41.",
        "Alpha 0.74 to 0.96, ICC 0.82 to 0.91.",
    ),
    unknown="MCID and the published rule for missing items are unknown",
    sources=("Cook et al. 2007, JRRD 44:363 (PMC2746440)",),
    licence="permission-bound; only keys and rules are here",
)

INSTRUMENTS = (SCISET, MSSS88, PRISM)
