"""Resistance to passive movement: the Ashworth family and its composites."""

from spasticity.instruments.measures import Measure, Threshold

ONE_GRADE = Threshold(
    value=1,
    kind="grades",
    meaning="one grade better in the index muscle, the worst at baseline",
    source="convention; index muscle as in Nance et al. 2011 (Spinal Cord 49:974); not established in MS or SCI",
    confirmed=False,
)
NO_CUT = "no threshold is known for a mean over muscles in MS or SCI; the one-grade convention is for a single muscle"

LLMT6 = Measure(
    id="llmt6",
    label="Lower Limb Muscle Tone-6 (mean rank 0-5)",
    better="lower",
    scale="ordinal",
    low=0,
    high=5,
    digits=2,
    unknown=NO_CUT,
)

LLMT4 = Measure(
    id="llmt4",
    label="Lower Limb Muscle Tone-4 (mean rank 0-5)",
    better="lower",
    scale="ordinal",
    low=0,
    high=5,
    digits=2,
    unknown=NO_CUT,
)

ASHWORTH_MEAN = Measure(
    id="ashworth_mean",
    label="Mean Ashworth grade (0-4)",
    better="lower",
    scale="ordinal",
    low=0,
    high=4,
    digits=2,
    unknown=NO_CUT,
)

INDEX_MUSCLE = Measure(
    id="index_muscle_grade",
    label="Grade of the index muscle (rank 0-5)",
    better="lower",
    scale="ordinal",
    low=0,
    high=5,
    digits=0,
    thresholds=(ONE_GRADE,),
    unknown="an MCID is not established in MS or SCI",
)

MEASURES = (LLMT6, LLMT4, ASHWORTH_MEAN, INDEX_MUSCLE)
