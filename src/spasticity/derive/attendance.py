"""Who came, who stayed, and how much of what was asked for is there."""

from __future__ import annotations

import pandas as pd

from spasticity.derive.changes import NO_RECORD, ordered, with_people
from spasticity.derive.diaries import WINDOW_DAYS
from spasticity.derive.flags import TEXT
from spasticity.derive.lookback import days_before
from spasticity.derive.visits import visit_days
from spasticity.derive.walks import MINUTES
from spasticity.study import Study

KEYS = ["participant", "visit"]
COUNTED = [*KEYS, "kind", "present", "unable"]
DAILY = ("diary", "recording", "nights")
WHY = {"missed": "missed visit", "after stopping": "after stopping"}
NO_ARM = "no arm"
FLOW = ("attended", "missed", "after stopping", NO_RECORD)


def completeness(study: Study, *, window_days: int = WINDOW_DAYS) -> pd.DataFrame:
    """What was expected and what is there, by participant, visit and kind of data.

    Diaries, recordings and nights are counted in the days before the visit, each of which is expected. Of muscles and
    joint angles as many are expected as the fullest participant of the same cohort has at that visit; forms and
    walking tests once each. Nothing is expected at a visit at which nobody of the cohort has that kind of data.

    Parameters
    ----------
    study : Study
    window_days : int
        Days before each visit in which daily data are counted.

    Returns
    -------
    DataFrame
        `participant, cohort, arm, visit, kind, expected, present, share, reason`. `kind` is a category: `diary`,
        `recording`, `nights`, the names of instruments, `tone`, `range of motion`, those of walking tests. `reason`
        says why something is absent: `missed visit`, `after stopping`, `unable` or `not recorded`; a walking test that
        somebody was unable to do is present, with the reason `unable`.
    """
    parts = [*_daily(study, window_days), *_at_visits(study)]
    counts = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    who = with_people(visit_days(study)[[*KEYS, "status"]], study)
    groups = with_people(counts, study).groupby(["visit", "cohort", "kind"], as_index=False, observed=True)
    asked = groups.agg(expected=("present", "max"))
    asked["expected"] = asked["expected"].mask(asked["kind"].isin(DAILY), window_days).astype("int64")
    rows = who.merge(asked, on=["visit", "cohort"]).merge(counts, how="left", on=[*KEYS, "kind"])
    rows["present"] = rows["present"].fillna(0).astype("int64")
    rows["share"] = rows["present"] / rows["expected"]
    rows["reason"] = _reasons(rows, study)
    rows["kind"] = pd.Categorical(rows["kind"], categories=_kinds(study, set(rows["kind"])))
    rows = ordered(rows, study.protocol).sort_values(["kind", *KEYS], kind="stable", ignore_index=True)
    return rows[["participant", "cohort", "arm", "visit", "kind", "expected", "present", "share", "reason"]]


def flow(study: Study) -> pd.DataFrame:
    """How many were randomised to each arm, and how many of them came to each visit.

    Parameters
    ----------
    study : Study

    Returns
    -------
    DataFrame
        One row per arm and visit: `arm, visit, participants` (all of the arm), `attended`, `missed`,
        `after_stopping`, `no_record` (the visits table says nothing); the last four add up to `participants`. In a
        cohort study the arm is `no arm`.
    """
    grid = with_people(visit_days(study), study)
    grid["arm"] = grid["arm"].astype(TEXT).fillna(NO_ARM)
    status = pd.Categorical(grid["status"].astype(object).fillna(NO_RECORD), categories=list(FLOW))
    counts = pd.get_dummies(status).rename(columns=lambda name: name.replace(" ", "_"))
    counts.insert(0, "participants", 1)
    rows = grid[["arm", "visit"]].join(counts).groupby(["arm", "visit"], as_index=False).sum()
    return ordered(rows, study.protocol).sort_values(["arm", "visit"], ignore_index=True)


def _daily(study: Study, window_days: int) -> list[pd.DataFrame]:
    """Days of each window with a diary, a recording, a night."""
    window = days_before(study, window_days)[[*KEYS, "day"]]
    tables = {name: getattr(study, name)[["participant", "day"]] for name in DAILY}
    found = {name: window.merge(table, on=["participant", "day"]) for name, table in tables.items()}
    return [_counted(rows.assign(kind=name, unable=False)) for name, rows in found.items()]


def _at_visits(study: Study) -> list[pd.DataFrame]:
    """Muscles graded and angles measured; forms handed in and walking tests tried, once each."""
    tone = study.tone[study.tone["grade"].notna()].assign(kind="tone", unable=False)
    angles = study.range_of_motion[study.range_of_motion["angle_deg"].notna()]
    angles = angles.assign(kind="range of motion", unable=False)
    forms = study.answers[study.answers["response"].notna()].assign(unable=False)
    metres = study.walks["test"].isin(list(MINUTES)) & study.walks["distance_m"].notna()
    walks = study.walks[study.walks["time_s"].notna() | metres | study.walks["unable"]]
    once = [
        _counted(rows.rename(columns={name: "kind"})).assign(present=1)
        for rows, name in ((forms, "instrument"), (walks, "test"))
    ]
    return [_counted(tone), _counted(angles), *once]


def _kinds(study: Study, found: set[str]) -> list[str]:
    """The kinds there are, in the order in which a reader meets them."""
    forms, tests = (sorted(set(names.dropna())) for names in (study.answers["instrument"], study.walks["test"]))
    return [kind for kind in (*DAILY, *forms, "tone", "range of motion", *tests) if kind in found]


def _counted(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.astype({"kind": TEXT, "unable": "bool"})
    groups = rows.groupby([*KEYS, "kind"], as_index=False, sort=False)
    return groups.agg(present=("unable", "size"), unable=("unable", "all"))[COUNTED]


def _reasons(rows: pd.DataFrame, study: Study) -> pd.Series:
    """Why something is absent; missing where all is there."""
    cannot = study.participants.loc[study.participants["walks"].eq(False).fillna(False), "participant"]
    walking = rows["kind"].isin(study.walks["test"].dropna().unique())
    here = rows["present"] > 0
    unable = rows["unable"].astype("boolean").fillna(False).astype(bool)
    unable = (unable & here) | (walking & rows["participant"].isin(cannot) & ~here)
    reason = rows["status"].astype(object).map(WHY).astype(TEXT).fillna("not recorded")
    reason = reason.mask(rows["present"] >= rows["expected"])
    return reason.mask(unable, "unable")
