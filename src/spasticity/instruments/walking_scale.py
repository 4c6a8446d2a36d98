"""Walking as patients rate it: the MSWS-12 in its two versions."""

from __future__ import annotations

import numpy as np

from spasticity.instruments.declarations import Answers, Form, Instrument, Ruled, Scale
from spasticity.instruments.measures import Measure, Threshold
from spasticity.instruments.questions import items, numbered
from spasticity.instruments.tallies import PRORATED

KEYS = numbered("q", 12)
HALF = 6
ABOVE = "the sum is above the 54 of version 2: was it version 1?"
EIGHT = Threshold(
    value=8,
    kind="points",
    meaning="meaningful improvement",
    source="MS, version 1: MOBILE study (PMC5460630)",
    confirmed=True,
    roles=("responder", "mcid"),
)


def _measure(version: str, *thresholds: Threshold) -> Measure:
    return Measure(
        id=f"msws12_v{version}",
        label=f"MSWS-12 version {version}",
        unit="0-100",
        better="lower",
        scale="ordinal",
        low=0,
        high=100,
        thresholds=thresholds,
        unknown="thresholds were found with version 1 only",
    )


FIRST, SECOND = _measure("1", EIGHT), _measure("2")


def second_version(answers: Answers) -> dict[str, Ruled]:
    """Version 2, of which three items have three answers: 100 (sum - 12) / 42.

    Parameters
    ----------
    answers : mapping of str to array of float, shape (n,)
        Answers 1 to 5.

    Returns
    -------
    dict of str to Ruled
        A sum above 54 cannot come from version 2 and gives no score.
    """
    given = np.array([answers[key] for key in KEYS])
    count = np.sum(~np.isnan(given), axis=0)
    total = np.nansum(given, axis=0) * len(KEYS) / np.where(count >= HALF, count, np.nan)
    above = total > 54
    value = np.where(above, np.nan, 100 * (total - 12) / 42)
    return {"msws12_v2": Ruled(value, {ABOVE: above, PRORATED: ~np.isnan(value) & (count < len(KEYS))})}


MSWS12 = Instrument(
    id="msws12",
    name="Multiple Sclerosis Walking Scale-12",
    what="impact of MS on walking",
    who="patient",
    recall="2 weeks",
    population="MS",
    missing="a missing item counts as the person's own mean when at least 6 are answered (from memory)",
    forms=(
        Form(
            version="1",
            about="12 items 1 to 5, 100 (sum - 12) / 48",
            items=items(KEYS, 1, 5),
            scales=(Scale(measure=FIRST, items=KEYS, at_least=HALF, span=(12, 60)),),
        ),
        Form(
            version="2",
            about="three items 1 to 3 and nine 1 to 5, 100 (sum - 12) / 42",
            items=items(KEYS, 1, 5),
            scales=(Scale(measure=SECOND, items=KEYS, how="rule"),),
            rule=second_version,
        ),
    ),
    notes=("Which three items of version 2 have three answers is not on record here, so only their sum is checked.",),
    unknown="thresholds of version 2 are unknown",
    sources=("NINDS CDE notice of copyright, MSWS-12", "MOBILE study, PMC5460630"),
    licence="permission-bound; only keys and rules are here",
)

INSTRUMENTS = (MSWS12,)
