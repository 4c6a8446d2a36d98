"""Walking tests with a sensor: speed, cadence and steps of each visit."""

from __future__ import annotations

import pandas as pd

from spasticity.derive.changes import as_outcomes
from spasticity.derive.flags import flagged, unflagged
from spasticity.derive.gait_bouts import NOT_FOR_CHAIRS
from spasticity.errors import MethodError, listed
from spasticity.study import Study

OUTCOMES = {"gait_speed_m_per_s": "speed_m_per_s", "gait_cadence_per_min": "cadence_per_min"}
NEEDED = ["participant", "visit", "duration_s", "steps", *OUTCOMES.values()]
PLAUSIBLE = {"gait_speed_m_per_s": "speed_plausible", "gait_cadence_per_min": "cadence_plausible"}


def gait_tests(bouts: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Speed and cadence of the bouts of each visit, long bouts counting for more, and their steps.

    Parameters
    ----------
    bouts : DataFrame
        From `walking_bouts` with a column `visit`: `pd.concat([bouts.assign(visit="baseline"), ...])`.
    study : Study

    Returns
    -------
    DataFrame
        `OUTCOMES` rows `gait_speed_m_per_s`, `gait_cadence_per_min` (means of the plausible bouts, weighted by their
        duration) and `gait_steps` (of all bouts); `n_values` counts bouts. People who do not walk, by the participants
        table, have no value and a flag.

    Raises
    ------
    MethodError
        When a column is absent.
    """
    absent = [name for name in NEEDED if name not in bouts]
    if absent:
        raise MethodError(f"gait_tests: the bouts lack {listed(absent, 'and')}; name the visit of each recording.")
    keys = [bouts["participant"], bouts["visit"].astype(object)]
    parts = [_weighted(bouts, keys, name, column) for name, column in OUTCOMES.items()]
    steps = bouts["steps"].astype("float64").groupby(keys)
    parts.append(pd.DataFrame({"value": steps.sum(), "n_values": steps.size()}).assign(outcome="gait_steps"))
    rows = pd.concat(parts).reset_index()
    walks = rows["participant"].map(study.participants.set_index("participant")["walks"]).astype("boolean")
    cannot = (~walks).fillna(False).astype(bool)
    none = rows["value"].isna() & ~cannot
    flag = flagged(unflagged(rows.index), cannot, f"not counted: {NOT_FOR_CHAIRS}")
    rows["flag"] = flagged(flag, none, "no plausible bout")
    return as_outcomes(rows.assign(value=rows["value"].mask(cannot)), study)


def _weighted(bouts: pd.DataFrame, keys: list[pd.Series], name: str, column: str) -> pd.DataFrame:
    """Mean by duration of the bouts in which the value is there and plausible."""
    sound = bouts[column].notna()
    if PLAUSIBLE[name] in bouts:
        sound &= bouts[PLAUSIBLE[name]].astype("boolean").fillna(True).astype(bool)
    weight = bouts["duration_s"].astype("float64").where(sound)
    total = (weight * bouts[column].astype("float64")).groupby(keys).sum(min_count=1)
    return pd.DataFrame(
        {"value": total / weight.groupby(keys).sum(min_count=1), "n_values": sound.groupby(keys).sum(), "outcome": name}
    )
