"""Outcomes of walking tests and therapy that no instrument scores: a fast pace, ability, tolerance."""

from dataclasses import replace

from spasticity.instruments.measures import Measure
from spasticity.instruments.walking import WALK_10M

FAST_10M = replace(
    WALK_10M,
    id="walk_10m_fast_m_per_s",
    label="Fast speed over 10 metres",
    thresholds=(),
    unknown="thresholds at a fast pace are unknown",
)
TESTS = {
    "t25fw": "timed 25-foot walk",
    "10mwt": "10-metre walk",
    "6mwt": "6-minute walk",
    "2mwt": "2-minute walk",
    "tug": "timed up and go",
}


def _able(test: str, words: str) -> Measure:
    return Measure(
        id=f"able_{test}",
        label=f"Able to do the {words}",
        better="higher",
        scale="ordinal",
        low=0,
        high=1,
        digits=0,
        unknown="a state of this package's walks table; no threshold is known",
    )


TOLERANCE = Measure(
    id="tolerance",
    label="Tolerance of therapy",
    unit="0-10",
    better="higher",
    scale="ordinal",
    low=0,
    high=10,
    unknown="a rating of this package's session table, not a published instrument; no threshold is known",
)

MEASURES = (FAST_10M, TOLERANCE, *(_able(test, words) for test, words in TESTS.items()))
