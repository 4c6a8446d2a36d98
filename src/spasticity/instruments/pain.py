"""Pain: the Brief Pain Inventory."""

from __future__ import annotations

from spasticity.instruments.declarations import Form, Instrument, Scale
from spasticity.instruments.measures import Measure, Threshold, ThresholdKind
from spasticity.instruments.questions import items, numbered

SEVERITY_KEYS = ("worst", "least", "average", "now")
INTERFERENCE_KEYS = numbered("interference_", 7)


def _cut(value: float, kind: ThresholdKind, meaning: str) -> Threshold:
    return Threshold(
        value=value,
        kind=kind,
        meaning=meaning,
        source="known from the literature; source not at hand",
        confirmed=False,
        roles=("responder", "mcid"),
    )


def _mean(name: str, label: str, *thresholds: Threshold) -> Measure:
    return Measure(
        id=name,
        label=label,
        unit="0-10",
        better="lower",
        scale="ordinal",
        low=0,
        high=10,
        thresholds=thresholds,
        unknown="thresholds in MS or SCI are unknown",
    )


SEVERITY = _mean(
    "bpi_sev",
    "BPI pain severity",
    _cut(30, "percent", "moderate improvement"),
    _cut(50, "percent", "substantial improvement"),
)
INTERFERENCE = _mean("bpi_int", "BPI pain interference", _cut(1, "points", "important change"))

BPI = Instrument(
    id="bpi",
    name="Brief Pain Inventory",
    what="severity of pain and its interference",
    who="patient",
    recall="24 h",
    population="all",
    missing="severity needs all 4 items, interference 4 of 7, then the mean of those answered (from memory)",
    forms=(
        Form(
            items=items((*SEVERITY_KEYS, *INTERFERENCE_KEYS), 0, 10),
            scales=(
                Scale(measure=SEVERITY, items=SEVERITY_KEYS, how="mean"),
                Scale(measure=INTERFERENCE, items=INTERFERENCE_KEYS, how="mean", at_least=4),
            ),
        ),
    ),
    unknown="thresholds in MS or SCI are unknown",
    licence="permission-bound; only keys and rules are here",
)

INSTRUMENTS = (BPI,)
