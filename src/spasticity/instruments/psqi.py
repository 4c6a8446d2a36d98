"""The Pittsburgh Sleep Quality Index: keys, and the rule that turns them into seven components."""

from spasticity.instruments.measures import Measure, Threshold

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

MEASURES = (PSQI,)
