"""Worsening that lasts: a step of disability or a slower walk that is still there months later."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from spasticity.derive.changes import with_people
from spasticity.derive.flags import has_flag
from spasticity.derive.walks import UNABLE
from spasticity.errors import MethodError, one_of
from spasticity.instruments.disability import edss_progressed
from spasticity.study import Study

SLOWER_PERCENT = 20.0  # T25FW: more than 20 % slower, sustained for more than 90 days
CONFIRM_DAYS = {"edss": 84, "t25fw_s": 90}  # EDSS: 3 or 6 months [from memory], CUPID 6; T25FW: the definition above


def confirmed_worsening(
    outcomes: pd.DataFrame, study: Study, outcome: str = "edss", *, confirm_days: int | None = None
) -> pd.DataFrame:
    """The first worsening that was still there at every later visit up to one far enough away.

    Parameters
    ----------
    outcomes : DataFrame
        Rows with `baseline`: of `edss`, or of `t25fw_s` from `walking`.
    study : Study
    outcome : str
        `edss` (1.5 from a baseline of 0, 1.0 from 1.0 on, 0.5 from 5.5 on) or `t25fw_s` (more than 20 % slower; unable
        to walk is worse than any time).
    confirm_days : int, optional
        Days from the first worse visit to the one that confirms it; 84 for the EDSS, 90 for the walk when not said.

    Returns
    -------
    DataFrame
        One row per participant with a baseline: `participant, cohort, arm, outcome, baseline, day` (of the first worse
        visit when confirmed; else of the last visit with a result), `confirmed_day`, `event` (whether it was
        confirmed), `unconfirmed` (a worsening that no later visit could confirm; it is not an event). For
        `stats.survival(table, time="day", event="event")`.

    Raises
    ------
    MethodError
        When the outcome is not one of the two, has no rows, or the days are negative.

    References
    ----------
    EDSS steps [from memory]; CUPID, Lancet Neurol 2013 (at least 1 from 4.0 to 5.0, 0.5 from 5.5; 6 months). The walk:
    confirmed worsening of more than 20 % sustained for more than 90 days.
    """
    one_of("outcome", outcome, list(CONFIRM_DAYS))
    days = CONFIRM_DAYS[outcome] if confirm_days is None else confirm_days
    rows = outcomes[outcomes["outcome"].eq(outcome) & outcomes["baseline"].notna() & outcomes["day"].notna()]
    rows = rows[rows["value"].notna() | has_flag(rows["flag"], UNABLE)]
    rows = rows.sort_values(["participant", "day"], ignore_index=True)
    if rows.empty or days < 0:
        raise MethodError(f"confirmed_worsening: {outcome} needs rows with a baseline, and confirm_days 0 or more.")
    worse = _WORSE[outcome](rows)
    found = [
        {"participant": name, "baseline": part["baseline"].iloc[0]} | _first(part["day"], worse.loc[part.index], days)
        for name, part in rows.groupby("participant", sort=False)
    ]
    table = with_people(pd.DataFrame(found).assign(outcome=outcome), study)
    names = ["participant", "cohort", "arm", "outcome", "baseline", "day", "confirmed_day", "event", "unconfirmed"]
    return table.astype({"day": "Int64", "confirmed_day": "Int64"})[names]


def _edss_worse(rows: pd.DataFrame) -> pd.Series:
    return edss_progressed(rows["baseline"], rows["value"]).fillna(False).astype(bool)


def _walk_worse(rows: pd.DataFrame) -> pd.Series:
    slower = 100 * (rows["value"] - rows["baseline"]) / rows["baseline"] > SLOWER_PERCENT + 1e-9  # a fifth is not more
    return slower | has_flag(rows["flag"], UNABLE)


_WORSE: dict[str, Callable[[pd.DataFrame], pd.Series]] = {"edss": _edss_worse, "t25fw_s": _walk_worse}


def _first(day: pd.Series, worse: pd.Series, apart: int) -> dict[str, object]:
    """The first day that begins a stretch of worse visits long enough, or the last day seen."""
    days, bad = day.to_numpy(dtype="int64"), worse.to_numpy(dtype=bool)
    unconfirmed = False
    for place in np.flatnonzero(bad & (days > 0)):
        better = np.flatnonzero(~bad[place:])
        end = place + (better[0] if len(better) else len(bad) - place)
        later = np.flatnonzero(days[place:end] - days[place] >= apart)
        if len(later):
            confirmed = days[place + later[0]]
            return {"day": days[place], "confirmed_day": confirmed, "event": True, "unconfirmed": False}
        unconfirmed |= not len(better)
    return {"day": days[-1], "confirmed_day": pd.NA, "event": False, "unconfirmed": bool(unconfirmed)}
