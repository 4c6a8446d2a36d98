"""What happened to pumps and catheters, beside what the dose log shows. Describes data; gives no advice on dosing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from spasticity.derive.changes import with_people
from spasticity.derive.dose_runs import runs_of
from spasticity.errors import MethodError
from spasticity.study import Study

#: Kinds of device events and words in their terms, in lower case, the first that fits; extendable.
#: The kinds down to `programming error` are those of the project's domain dossier, 3.3a; the words are [proposal].
DEVICE_TERMS: Mapping[str, tuple[str, ...]] = {
    "refill overdue": ("refill overdue", "missed refill", "late refill"),
    "reservoir empty": ("reservoir empty", "empty reservoir", "low reservoir"),
    "programming error": ("programming error", "wrong programming"),
    "catheter failure": ("catheter",),
    "pump stop": ("pump stop", "pump fail", "pump stall", "motor stall", "battery"),
    "other device event": ("device", "pump", "refill", "reservoir"),
}
MAY_INTERRUPT = ("refill overdue", "reservoir empty", "programming error", "catheter failure", "pump stop")
INFUSED_DAYS = 2  # a dose of one day is a bolus, and the zero after it no stop of an infusion [proposal]
NEAR_DAYS = 3  # a documented zero within so many days belongs to the event [proposal]


def device_events(
    study: Study,
    daily: pd.DataFrame,
    *,
    terms: Mapping[str, tuple[str, ...]] = DEVICE_TERMS,
    near_days: int = NEAR_DAYS,
) -> pd.DataFrame:
    """Pump, catheter and refill events, and whether the log of doses shows the infusion stopping. Gives no advice.

    Parameters
    ----------
    study : Study
        Its events are searched for the words.
    daily : DataFrame
        As `derive.dose_per_day` gives it.
    terms : mapping of str to tuple of str
        Kind of event and words in its term, in lower case.
    near_days : int
        Days before and after the event in which a documented zero belongs to it.

    Returns
    -------
    DataFrame
        One row per event: `participant, cohort, arm, kind, term, day, severity, serious, action, may_interrupt` (the
        kinds that stop an infusion), `zero_day, zero_days` (first day and length of a documented zero that begins
        near it, after an infusion of two days or more; missing when the log shows none), `infused_before_ug_per_day`.

    Raises
    ------
    MethodError
        When a kind has no word.
    """
    if not all(terms.values()) or near_days < 0:
        raise MethodError("device_events: every kind needs a word to look for, and near_days is 0 or more.")
    events = study.events
    text = events["term"].astype(object).fillna("").astype(str).str.lower()
    kind = pd.Series(None, index=events.index, dtype=object)
    for name, words in terms.items():
        holds = np.logical_or.reduce([text.str.contains(word, regex=False).to_numpy(dtype=bool) for word in words])
        kind = kind.where(kind.notna() | ~holds, name)
    rows = with_people(events.assign(kind=kind)[kind.notna()], study)
    rows = rows.rename(columns={"start_day": "day"}).reset_index(drop=True)
    rows["may_interrupt"] = rows["kind"].isin(MAY_INTERRUPT)
    names = ["participant", "cohort", "arm", "kind", "term", "day", "severity", "serious", "action", "may_interrupt"]
    return _with_zeros(rows[names], daily, near_days).sort_values(["participant", "day"], ignore_index=True)


def _with_zeros(rows: pd.DataFrame, daily: pd.DataFrame, near: int) -> pd.DataFrame:
    """Rows with the first documented zero that begins near them."""
    runs = runs_of(daily[daily["route"] == "intrathecal"], imputed=False)
    before = np.concatenate([[0.0], runs.dose[:-1]])[: len(runs)]
    infused_days = np.concatenate([[0], (runs.end - runs.start)[:-1]])[: len(runs)]
    zero = np.flatnonzero((runs.dose == 0) & runs.follows & (before > 0) & (infused_days >= INFUSED_DAYS))
    zeros = pd.DataFrame(
        {
            "participant": runs.courses["participant"].astype(object).to_numpy()[runs.course[zero]],
            "zero_day": runs.start[zero],
            "zero_days": (runs.end - runs.start)[zero],
            "infused_before_ug_per_day": before[zero],
        }
    )
    pairs = rows[["participant", "day"]].astype({"participant": object}).assign(row=np.arange(len(rows)))
    pairs = pairs.merge(zeros, on="participant")
    close = (pairs["zero_day"] - pairs["day"]).abs() <= near
    found = pairs[close.fillna(False).astype(bool)].drop_duplicates("row").set_index("row")
    found = found.reindex(np.arange(len(rows)))
    days = {name: found[name].astype("Int64").array for name in ("zero_day", "zero_days")}
    return rows.assign(**days, infused_before_ug_per_day=found["infused_before_ug_per_day"].astype("float64").array)
