"""What there is: every instrument and every measure by its id."""

from __future__ import annotations

import pandas as pd

from spasticity.errors import one_of
from spasticity.instruments import (
    disability,
    fatigue,
    gait,
    goals,
    impact,
    isncsci,
    mobility,
    pain,
    participation,
    psqi,
    quality_of_life,
    range_of_motion,
    ratings,
    reflexes,
    sleep_diary,
    sleep_scales,
    spasms,
    tone,
    walking,
    walking_scale,
)
from spasticity.instruments.cards import count_of_items
from spasticity.instruments.declarations import Instrument
from spasticity.instruments.measures import Measure, unknown_measure

TOPICS = (
    tone,
    spasms,
    reflexes,
    ratings,
    impact,
    psqi,
    sleep_scales,
    sleep_diary,
    walking,
    walking_scale,
    range_of_motion,
    disability,
    goals,
    isncsci,
    pain,
    fatigue,
    quality_of_life,
)
DERIVED = (
    spasms,
    tone,
    range_of_motion,
    mobility,
    participation,
    gait,
)  # they also declare outcomes that no instrument scores
INSTRUMENTS = {instrument.id: instrument for topic in TOPICS for instrument in topic.INSTRUMENTS}
MEASURES = {measure.id: measure for topic in DERIVED for measure in topic.MEASURES}
MEASURES |= {measure.id: measure for instrument in INSTRUMENTS.values() for measure in instrument.measures}


def get(name: str) -> Instrument:
    """An instrument, which prints as a card.

    Parameters
    ----------
    name : str
        Its id, such as `psqi`.

    Returns
    -------
    Instrument

    Raises
    ------
    MethodError
        When there is none of that name; the message has the nearest.
    """
    one_of("instrument", name, names())
    return INSTRUMENTS[name]


def names() -> list[str]:
    """Ids of all instruments, sorted.

    Returns
    -------
    list of str
    """
    return sorted(INSTRUMENTS)


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
    return MEASURES.get(name) or range_of_motion.VARIANTS.get(name) or unknown_measure(name)


def table() -> pd.DataFrame:
    """The registry as a frame.

    Returns
    -------
    DataFrame
        One row per instrument and score, sorted by instrument: `instrument`, `name`, `what`, `versions`, `items`,
        `outcome`, `label`, `unit`, `low`, `high`, `better`, `scale`, `recall`, `missing`, `thresholds`, `unknown`.
    """
    rows = [_row(INSTRUMENTS[name], one) for name in names() for one in INSTRUMENTS[name].measures]
    return pd.DataFrame(rows)


def _row(instrument: Instrument, one: Measure) -> dict[str, object]:
    marks = {True: "", False: " [not confirmed]"}
    cuts = [*one.thresholds, *instrument.thresholds]
    return {
        "instrument": instrument.id,
        "name": instrument.name,
        "what": instrument.what,
        "versions": ", ".join(instrument.versions),
        "items": count_of_items(instrument),
        "outcome": one.id,
        "label": one.label,
        "unit": one.unit or "",
        "low": one.low,
        "high": one.high,
        "better": one.better or "",
        "scale": one.scale,
        "recall": instrument.recall,
        "missing": instrument.missing,
        "thresholds": "; ".join(f"{cut.rule}: {cut.meaning}{marks[cut.confirmed]}" for cut in cuts),
        "unknown": one.unknown or instrument.unknown,
    }
