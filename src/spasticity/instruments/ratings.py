"""Single ratings: 0-10 scales of spasticity, pain, sleep and drowsiness, and the global impression of change."""

from spasticity.instruments.measures import Measure, Threshold, Window

WEEK = Window(
    days=7,
    at_least=5,
    source="last 7 days in Collin et al. 2007; 5 of 7 baseline days asked for in NCT04984278",
)

SPASTICITY_NRS = Measure(
    id="spasticity_nrs",
    label="Spasticity NRS",
    unit="0-10",
    better="lower",
    scale="ordinal",
    low=0,
    high=10,
    thresholds=(
        Threshold(
            value=30,
            kind="percent",
            meaning="responder",
            source="MS: responder rule of Collin 2007, Wade 2010 and SAVANT 2019; anchored on the patients' global "
            "impression by Farrar et al. 2008 (doi 10.1016/j.clinthera.2008.05.011), whose exact cut is from memory",
            confirmed=True,
            roles=("responder", "mcid"),
        ),
        Threshold(
            value=20,
            kind="percent",
            meaning="initial response",
            source="MS: screening rule of NCT01599234 and SAVANT 2019 (doi 10.1080/00207454.2018.1481066)",
            confirmed=True,
        ),
        Threshold(
            value=18,
            kind="percent",
            meaning="minimally important change",
            source="MS: Farrar et al. 2008 (doi 10.1016/j.clinthera.2008.05.011)",
            confirmed=False,
            roles=("responder", "mcid"),
        ),
        Threshold(
            value=50,
            kind="percent",
            meaning="large response",
            source="offered beside the 30 % rule; no source on record",
            confirmed=False,
        ),
        Threshold(
            value=4,
            kind="level",
            compare="<",
            meaning="none or mild",
            source="MS: bands of Ther Adv Neurol Disord 2023;16 (PMC10515604)",
            confirmed=True,
            roles=("band",),
        ),
        Threshold(
            value=7,
            kind="level",
            meaning="severe",
            source="MS: bands of Ther Adv Neurol Disord 2023;16 (PMC10515604); between 4 and 7 is moderate",
            confirmed=True,
            roles=("band",),
        ),
    ),
    window=WEEK,
    unknown="thresholds in spinal cord injury are unknown",
)

PAIN_NRS = Measure(
    id="pain_nrs",
    label="Pain NRS",
    unit="0-10",
    better="lower",
    scale="ordinal",
    low=0,
    high=10,
    thresholds=(
        Threshold(
            value=30,
            kind="percent",
            meaning="moderate improvement",
            source="known from the literature; source not at hand",
            confirmed=False,
            roles=("responder", "mcid"),
        ),
        Threshold(
            value=2,
            kind="points",
            meaning="moderate improvement",
            source="known from the literature; source not at hand",
            confirmed=False,
        ),
        Threshold(
            value=50,
            kind="percent",
            meaning="substantial improvement",
            source="known from the literature; source not at hand",
            confirmed=False,
        ),
    ),
    window=WEEK,
)

SLEEP_NRS = Measure(
    id="sleep_nrs",
    label="Sleep NRS",
    unit="0-10",
    better="lower",
    scale="ordinal",
    low=0,
    high=10,
    thresholds=(
        Threshold(
            value=30,
            kind="percent",
            meaning="responder by analogy",
            source="by analogy with the spasticity NRS; a proposal, no publication",
            confirmed=False,
        ),
    ),
    window=WEEK,
    unknown="no threshold has been published",
)

DROWSINESS_NRS = Measure(
    id="drowsiness_nrs",
    label="Drowsiness NRS",
    unit="0-10",
    better="lower",
    scale="ordinal",
    low=0,
    high=10,
    window=WEEK,
    unknown="no threshold is known",
)

PGIC = Measure(
    id="pgic",
    label="Patient global impression of change",
    unit="1-7",
    better="lower",
    scale="ordinal",
    low=1,
    high=7,
    digits=0,
    thresholds=(
        Threshold(
            value=2,
            kind="level",
            compare="<=",
            meaning="much improved or better",
            source="usual reading of the seven points, 1 very much improved to 7 very much worse",
            confirmed=True,
        ),
    ),
)

MEASURES = (SPASTICITY_NRS, PAIN_NRS, SLEEP_NRS, DROWSINESS_NRS, PGIC)
