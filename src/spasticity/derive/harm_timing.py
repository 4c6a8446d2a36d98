"""Time in which an adverse event could be seen, and its place after changes of dose. Describes data; no advice."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from spasticity.derive.changes import with_people
from spasticity.errors import MethodError
from spasticity.study import Study

COURSE = ["participant", "drug", "route"]
CHANGES = ("start", "increase", "decrease", "stop", "restart", "not known")

#: Windows since a change of dose, in days: a week, a second, up to four weeks, later. [proposal]
WINDOWS = (0, 7, 14, 28)


def time_at_risk(study: Study, *, after_days: int = 0) -> pd.DataFrame:
    """From the first dose to the last day on which a participant is known to have been in the study.

    Known are days of attended visits, diaries, nights, recordings, therapy sessions and recorded doses; adverse events
    themselves are not asked, because time must not depend on what is counted in it.

    Parameters
    ----------
    study : Study
    after_days : int
        Days after the last contact that still count, such as 30 for late events.

    Returns
    -------
    DataFrame
        One row per participant: `participant, cohort, arm` (categories in the order of the protocol), `start_day` 0,
        `end_day` (half-open; missing for somebody who was not seen after day 0: the time is not known).
    """
    attended = study.visits[study.visits["status"].eq("attended")]
    taken = study.doses[study.doses["status"].isin(["taken", "zero documented"])]
    days = [frame[["participant", "day"]] for frame in (attended, study.diary, study.nights, study.recording)]
    days += [study.therapy[["participant", "day"]]]
    days += [taken[["participant"]].assign(day=taken["end_day"] - 1)]
    seen = pd.concat([frame for frame in days if len(frame)] or days[:1], ignore_index=True)
    last = seen[seen["day"] >= 0].groupby("participant")["day"].max()
    people = study.participants[["participant", "cohort", "arm"]].copy()
    if study.protocol.arms:
        people["arm"] = pd.Categorical(people["arm"], categories=list(study.protocol.arms))
    end = people["participant"].map(last).astype("Float64") + 1 + after_days
    return people.assign(start_day=pd.array([0] * len(people), dtype="Int64"), end_day=end.astype("Int64"))


def dose_changes(study: Study) -> pd.DataFrame:
    """The stretches between one change of dose and the next, as recorded. Describes data; gives no advice.

    Parameters
    ----------
    study : Study

    Returns
    -------
    DataFrame
        One row per stretch: `participant, cohort, arm, drug, route, change` (how it began: `start`, `increase`,
        `decrease`, `stop`, `restart`, or `not known` after days without a known dose), `dose_before, dose` (in the unit
        of the route, mg/day or µg/day), `start_day, end_day`.
    """
    doses = study.doses.sort_values([*COURSE, "start_day"], kind="stable", ignore_index=True)
    dose = doses["dose_mg_per_day"].where(doses["route"].eq("oral"), doses["dose_ug_per_day"]).astype("float64")
    dose = dose.mask(doses["status"].eq("zero documented"), 0.0).mask(doses["status"].eq("unknown"))
    course = [doses[name] for name in COURSE]
    first = ~doses.duplicated(COURSE)
    adjacent = doses.groupby(COURSE, observed=True, sort=False)["end_day"].shift().eq(doses["start_day"]).fillna(False)
    before = dose.groupby(course, observed=True, sort=False).shift().where(adjacent.astype(bool))
    taken = dose.gt(0).astype("int64")
    taken = taken.groupby(course, observed=True, sort=False).cumsum() - taken
    rules = [
        (first & dose.gt(0), "start"),
        (before.isna() | dose.isna(), "not known"),
        (before.eq(dose), "same"),
        (dose.eq(0), "stop"),
        (before.eq(0) & taken.gt(0), "restart"),
        (before.eq(0), "start"),
        (dose.gt(before), "increase"),
    ]
    change = pd.Series(
        np.select([rule.to_numpy(dtype=bool) for rule, _ in rules], [name for _, name in rules], "decrease")
    )
    begins = change.ne("same")
    table = doses[COURSE].assign(change=change, dose_before=before, dose=dose, start_day=doses["start_day"])
    frame = table[begins].assign(end_day=doses.groupby(begins.cumsum())["end_day"].last().to_numpy())
    frame["change"] = pd.Categorical(frame["change"], categories=list(CHANGES))
    columns = [*COURSE[:1], "cohort", "arm", *COURSE[1:], "change", "dose_before", "dose", "start_day", "end_day"]
    return with_people(frame.reset_index(drop=True), study)[columns]


def since_change(study: Study, *, windows: Sequence[int] = WINDOWS) -> pd.DataFrame:
    """Days at risk by the time since the last change of dose, for `stats.harms`. Describes data; gives no advice.

    Parameters
    ----------
    study : Study
    windows : sequence of int
        First day of each window, in days since the change; the last one has no end.

    Returns
    -------
    DataFrame
        Stretches: `participant, cohort, arm, drug, route, change`, `window` (a category such as `days 0 to 6`),
        `start_day, end_day`.

    Raises
    ------
    MethodError
        Windows that do not begin at 0 and rise.
    """
    edges = list(windows)
    if not edges or edges[0] != 0 or any(later <= earlier for earlier, later in pairwise(edges)):
        raise MethodError("windows: expected days that begin with 0 and rise, such as (0, 7, 14, 28).")
    names = [f"days {low} to {high - 1}" for low, high in pairwise(edges)] + [f"day {edges[-1]} on"]
    changes = dose_changes(study)
    changes = changes[changes["change"].ne("not known")]
    parts = []
    for low, high, name in zip(edges, [*edges[1:], None], names, strict=True):
        start = changes["start_day"] + low
        end = changes["end_day"] if high is None else np.minimum(changes["end_day"], changes["start_day"] + high)
        parts.append(changes.assign(window=name, start_day=start, end_day=end)[start.lt(end).to_numpy(dtype=bool)])
    frame = pd.concat(parts, ignore_index=True)
    frame["window"] = pd.Categorical(frame["window"], categories=names, ordered=True)
    frame["change"] = frame["change"].cat.remove_unused_categories()
    columns = ["participant", "cohort", "arm", "drug", "route", "change", "window", "start_day", "end_day"]
    return frame[columns].sort_values([*COURSE, "start_day"], kind="stable", ignore_index=True)


def onset(study: Study) -> pd.DataFrame:
    """Each adverse event with the last recorded change of dose before it. Describes data; it shows no cause.

    Parameters
    ----------
    study : Study

    Returns
    -------
    DataFrame
        One row per event, and per course where a participant has several: columns of the events table, then `cohort,
        arm, drug, route, change, dose_before, dose, change_day, days_since` (0 on the day of the change). An event
        without a known change before it keeps its row, with these missing.
    """
    events = study.events.assign(_row=np.arange(len(study.events)))
    changes = dose_changes(study).drop(columns=["cohort", "arm"]).rename(columns={"start_day": "change_day"})
    joined = events.merge(changes.rename(columns={"end_day": "until"}), on="participant", how="inner")
    inside = joined["change_day"].le(joined["start_day"]) & joined["start_day"].lt(joined["until"])
    found = joined[(inside & joined["change"].ne("not known")).to_numpy(dtype=bool)].drop(columns="until")
    rest = events[~events["_row"].isin(found["_row"])]
    frame = pd.concat([found, rest.reindex(columns=list(found)).astype(found.dtypes.to_dict())], ignore_index=True)
    frame["days_since"] = frame["start_day"] - frame["change_day"]
    frame = with_people(frame.sort_values(["_row", "drug"], kind="stable", ignore_index=True), study)
    after = ["cohort", "arm", "drug", "route", "change", "dose_before", "dose", "change_day", "days_since"]
    return frame[[*study.events.columns, *after]]
