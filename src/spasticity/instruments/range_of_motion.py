"""Joint angles: the measures and the normal adult ranges."""

from spasticity.instruments.measures import Measure, Threshold


def _error(degrees: float) -> Threshold:
    return Threshold(
        value=degrees,
        kind="points",
        meaning="measurement error of a goniometer",
        source="5 to 10 degrees, known from the literature; source not at hand",
        confirmed=False,
        roles=("mdc",),
    )


DORSIFLEXION = Measure(
    id="dorsiflexion_deg",
    label="Ankle dorsiflexion",
    unit="degrees",
    better="higher",
    scale="ratio",
    low=-90,
    high=180,
    digits=0,
    thresholds=(_error(5), _error(10)),
    unknown="an MCID is unknown",
)

MEASURES = (DORSIFLEXION,)
