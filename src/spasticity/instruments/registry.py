"""What there is: every instrument and every measure by its id."""

from __future__ import annotations

from spasticity.instruments import participation, psqi, range_of_motion, ratings, sleep_diary, spasms, tone, walking
from spasticity.instruments.measures import Measure, unknown_measure

TOPICS = (spasms, tone, ratings, psqi, sleep_diary, walking, range_of_motion, participation)
MEASURES = {measure.id: measure for topic in TOPICS for measure in topic.MEASURES}


def measure(name: str) -> Measure:
    """What an outcome is: label, unit, range, direction of benefit, thresholds.

    Parameters
    ----------
    name : str
        Id of an outcome; one that the registry does not know gets its name as label and no direction.

    Returns
    -------
    Measure
    """
    return MEASURES.get(name) or unknown_measure(name)
