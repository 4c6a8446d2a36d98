"""Fatigue: the Fatigue Severity Scale and the Modified Fatigue Impact Scale."""

from __future__ import annotations

from spasticity.instruments.declarations import Form, Instrument, Scale
from spasticity.instruments.measures import Measure, Role, Threshold, ThresholdKind
from spasticity.instruments.questions import items, numbered

ROONEY = "MS: Rooney et al. 2019 (doi 10.1016/j.msard.2019.07.028)"
CUTS = "MS: BMC Neurol 2021 (doi 10.1186/s12883-021-02396-1), table 3"


def _cut(value: float, kind: ThresholdKind, meaning: str, source: str, *roles: Role) -> Threshold:
    return Threshold(value=value, kind=kind, meaning=meaning, source=source, confirmed=True, roles=roles)


FSS_MEAN = Measure(
    id="fss",
    label="Fatigue severity scale",
    unit="1-7",
    better="lower",
    scale="ordinal",
    low=1,
    high=7,
    thresholds=(
        _cut(0.45, "points", "minimally important difference, lower estimate", ROONEY, "responder", "mcid"),
        _cut(0.88, "points", "minimally important difference, upper estimate", ROONEY, "responder", "mcid"),
        _cut(4, "level", "fatigue (a sum above 36)", CUTS, "band"),
        _cut(5, "level", "fatigue, the stricter cut", CUTS, "band"),
    ),
    unknown="thresholds in SCI are unknown",
)
FSS = Instrument(
    id="fss",
    name="Fatigue Severity Scale",
    what="severity of fatigue",
    who="patient",
    recall="1 week",
    population="MS",
    missing="the rule is unknown; mean of those answered when at least 7 of 9 are [proposal]",
    forms=(
        Form(
            items=items(numbered("q", 9), 1, 7),
            scales=(Scale(measure=FSS_MEAN, items=numbered("q", 9), how="mean", at_least=7),),
        ),
    ),
    unknown="the published rule for missing items is unknown",
    sources=(ROONEY, CUTS),
    licence="permission-bound; only keys and rules are here",
)

#: Items of each part, by their number on the form (item lists of public calculators; APMR 2017 summary).
PARTS = {
    "physical": (4, 6, 7, 10, 13, 14, 17, 20, 21),
    "cognitive": (1, 2, 3, 5, 11, 12, 15, 16, 18, 19),
    "psychosocial": (8, 9),
}
FIVE = (1, 9, 10, 17, 19)


def _sum(name: str, label: str, numbers: tuple[int, ...], *thresholds: Threshold) -> Scale:
    top = 4 * len(numbers)
    measure = Measure(
        id=name,
        label=label,
        unit=f"0-{top}",
        better="lower",
        scale="ordinal",
        low=0,
        high=top,
        thresholds=thresholds,
        unknown="no threshold is known",
    )
    return Scale(measure=measure, items=tuple(f"q{number}" for number in numbers))


MFIS = Instrument(
    id="mfis",
    name="Modified Fatigue Impact Scale",
    what="impact of fatigue: physical, cognitive, psychosocial",
    who="patient",
    recall="4 weeks",
    population="MS",
    missing="the rule is unknown; a sum needs all its items [proposal]",
    forms=(
        Form(
            items=items(numbered("q", 21), 0, 4),
            scales=(
                _sum(
                    "mfis",
                    "MFIS",
                    tuple(range(1, 22)),
                    _cut(4, "points", "minimally important difference (3.86 to 8.11)", ROONEY, "responder", "mcid"),
                    _cut(16.2, "points", "smallest detectable change", "MS: APMR 2017 summary", "mdc"),
                    _cut(38, "level", "fatigue", CUTS, "band"),
                    _cut(45, "level", "fatigue, the stricter cut", CUTS, "band"),
                ),
                *(_sum(f"mfis_{part}", f"MFIS {part}", numbers) for part, numbers in PARTS.items()),
            ),
        ),
    ),
    unknown="the published rule for missing items is unknown",
    sources=(ROONEY, CUTS),
    licence="permission-bound; only keys and rules are here",
)

MFIS5 = Instrument(
    id="mfis5",
    name="Modified Fatigue Impact Scale, 5 items",
    what="impact of fatigue",
    who="patient",
    recall="4 weeks",
    population="MS",
    missing="all 5 items",
    forms=(
        Form(
            items=items((f"q{number}" for number in FIVE), 0, 4),
            scales=(_sum("mfis5", "MFIS-5", FIVE),),
        ),
    ),
    notes=("Items keep their numbers on the form of 21: 1, 9, 10, 17, 19.",),
    unknown="no threshold is known",
    licence="permission-bound; only keys and rules are here",
)

INSTRUMENTS = (FSS, MFIS, MFIS5)
