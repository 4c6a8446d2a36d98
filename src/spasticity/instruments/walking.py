"""Walking tests: times and speeds."""

from spasticity.instruments.measures import Measure, Threshold

TWENTY = "MS: 20 % change, NINDS CDE notice on the test; Motl et al. 2017 (doi 10.1177/1352458517690823)"


def _benchmark(seconds: float) -> Threshold:
    return Threshold(
        value=seconds,
        kind="level",
        meaning=f"benchmark of {seconds:g} s or slower",
        source="MS: Goldman et al. 2013 (doi 10.1212/01.wnl.0000436065.97642.d2)",
        confirmed=True,
        roles=("band",),
    )


T25FW_S = Measure(
    id="t25fw_s",
    label="Timed 25-foot walk",
    unit="s",
    better="lower",
    scale="time",
    low=0,
    high=180,  # the limit of a trial, NINDS CDE notice on the test
    thresholds=(
        Threshold(
            value=20,
            kind="percent",
            meaning="20 % faster",
            source=TWENTY,
            confirmed=True,
            roles=("responder", "mcid"),
        ),
        _benchmark(6),
        _benchmark(8),
    ),
    unknown="thresholds in spinal cord injury are unknown",
)

T25FW_SPEED = Measure(
    id="t25fw_m_per_s",
    label="Speed over 25 feet",
    unit="m/s",
    better="higher",
    scale="ratio",
    low=0,
    digits=2,
    thresholds=(
        Threshold(
            value=20,
            kind="percent",
            meaning="speed 20 % higher",
            source=f"{TWENTY}; offered for speed as an alternative",
            confirmed=False,
        ),
    ),
    unknown="thresholds in spinal cord injury are unknown",
)

WALK_10M = Measure(
    id="walk_10m_m_per_s",
    label="Speed over 10 metres",
    unit="m/s",
    better="higher",
    scale="ratio",
    low=0,
    digits=2,
    thresholds=(
        Threshold(
            value=0.06,
            kind="points",
            meaning="important change",
            source="SCI: Musselman 2007",
            confirmed=False,
            roles=("responder", "mcid"),
        ),
        Threshold(
            value=0.13,
            kind="points",
            meaning="beyond measurement error",
            source="SCI: Lam 2008, smallest real difference",
            confirmed=False,
            roles=("mdc",),
        ),
    ),
    unknown="the test-specific values of Forrest 2014 are unknown here",
)

MEASURES = (T25FW_S, T25FW_SPEED, WALK_10M)
