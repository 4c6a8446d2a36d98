"""Spasms: the Penn scale, the daily frequency scale, counts and rates."""

from spasticity.instruments.measures import Measure, Threshold, Window

HALF = Threshold(
    value=50,
    kind="percent",
    meaning="responder",
    source="a proposal; the published effect scale is the ratio of geometric means (doi 10.1016/j.msard.2023.104745)",
    confirmed=False,
)

SPASMS_PER_DAY = Measure(
    id="spasms_per_day",
    label="Spasms per day",
    better="lower",
    scale="count",
    low=0,
    thresholds=(HALF,),
    window=Window(days=7, at_least=5, source="a proposal, by analogy with the spasticity NRS"),
    unknown="no agreed threshold",
)

SPASMS_PER_HOUR_DAY = Measure(
    id="spasms_per_hour_day",
    label="Spasms per hour awake",
    unit="per hour",
    better="lower",
    scale="count",
    low=0,
    digits=2,
    unknown="no threshold is known",
)

SPASMS_PER_HOUR_NIGHT = Measure(
    id="spasms_per_hour_night",
    label="Spasms per hour at night",
    unit="per hour",
    better="lower",
    scale="count",
    low=0,
    digits=2,
    unknown="no threshold is known",
)


def _grades(size: int) -> Threshold:
    return Threshold(
        value=size,
        kind="grades",
        meaning=f"{size} grade{'s' if size > 1 else ''} better, exploratory only",
        source="convention; standard error, MDC and MCID are listed as not established (SCIRE page on the scale)",
        confirmed=False,
    )


NO_MCID = "its standard error, MDC and MCID are not established, and its recall window is not standardised"

PSFS_FREQUENCY = Measure(
    id="psfs_frequency",
    label="Penn spasm frequency",
    unit="0-4",
    better="lower",
    scale="ordinal",
    low=0,
    high=4,
    digits=0,
    thresholds=(_grades(1), _grades(2)),
    unknown=NO_MCID,
)

PSFS_SEVERITY = Measure(
    id="psfs_severity",
    label="Penn spasm severity",
    unit="1-3",
    better="lower",
    scale="ordinal",
    low=1,
    high=3,
    digits=0,
    unknown=NO_MCID,
)

MEASURES = (SPASMS_PER_DAY, SPASMS_PER_HOUR_DAY, SPASMS_PER_HOUR_NIGHT, PSFS_FREQUENCY, PSFS_SEVERITY)
