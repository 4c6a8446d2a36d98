"""Who could do a walking test, with which device, trial by trial; and values in which unable is the worst result."""

from __future__ import annotations

import numpy as np
import pandas as pd

from spasticity.derive.changes import ABSENCE, NO_RECORD, change, ordered, with_people
from spasticity.derive.flags import has_flag
from spasticity.derive.walks import MINUTES, T25FW_LIMIT_S, T25FW_M, UNABLE, WALK_OUTCOMES, completed, walking
from spasticity.errors import MethodError, one_of
from spasticity.instruments import measure
from spasticity.study import Study
from spasticity.tables.examination import DEVICES, ORTHOSES

ABLE = "able"
STATES = (ABLE, UNABLE, "not done", *(ABSENCE[kind] for kind in ("missed", "after stopping")), NO_RECORD)
AIDS = (*DEVICES, UNABLE)
TRIAL_COLUMNS = ["participant", "cohort", "arm", "visit", "day", "test", "pace", "start", "trial"]
TRIAL_COLUMNS += ["device", "orthosis", "time_s", "distance_m", "m_per_s", "log_time"]


def with_unable(outcomes: pd.DataFrame, *, worst: float | None = None) -> pd.DataFrame:
    """Outcomes with who was able, and a value for comparisons by ranks in which unable is worse than any result.

    Only the order of `ranked` has a meaning: use it with methods that look at ranks, never in a mean.

    Parameters
    ----------
    outcomes : DataFrame
        Rows of `walking`, or others that are flagged `unable`.
    worst : float, optional
        What unable counts as; not said, 0 where higher is better (a speed, a distance), and 1 more than the largest
        value there is, or than the largest possible one, where lower is better (a time).

    Returns
    -------
    DataFrame
        The same rows with `able` (true with a value, false when unable, else missing) and `ranked` (the value;
        `worst` when unable; else missing).

    Raises
    ------
    MethodError
        No direction of benefit, or a `worst` that is not worse than every value.
    """
    unable = has_flag(outcomes["flag"], UNABLE).to_numpy()
    value = outcomes["value"].astype("float64").mask(unable)
    able = value.notna().astype("boolean").where((value.notna() | unable).astype(bool))
    ranked = value.to_numpy(copy=True)
    for name in dict.fromkeys(outcomes["outcome"]):
        mine = outcomes["outcome"].eq(name).to_numpy(dtype=bool)
        if (mine & unable).any():
            ranked[mine & unable] = _worst(str(name), value[mine], worst)
    return outcomes.assign(able=able, ranked=ranked)


def _worst(name: str, values: pd.Series, worst: float | None) -> float:
    known = measure(name)
    if known.better is None:
        raise MethodError(f"with_unable: {name} has no direction of benefit, so nothing is worst; leave its rows out.")
    largest = np.nanmax([values.max(), -np.inf if known.high is None else known.high, 0.0])
    if worst is None:
        worst = 0.0 if known.better == "higher" else largest + 1
    beaten = values.le(worst) if known.better == "higher" else values.ge(worst)
    if beaten.any():
        raise MethodError(
            f"with_unable: worst={worst:g} is not worse than {int(beaten.sum()):,} of the values of {name}; pass one "
            "that is."
        )
    return float(worst)


def ability(walked: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Whether somebody could do a test, as an outcome: 1 able, 0 unable.

    Parameters
    ----------
    walked : DataFrame
        Rows of `walking`.
    study : Study

    Returns
    -------
    DataFrame
        `OUTCOMES` rows `able_t25fw, able_10mwt, ...`; a change of -1 is walking lost, of 1 regained. A test that was
        not done, or of which there is no record, has no value and keeps its flag.
    """
    tests = {outcome: test for test, outcome in WALK_OUTCOMES.items()}
    rows = with_unable(walked[walked["outcome"].isin(list(tests))])
    values = rows.assign(outcome="able_" + rows["outcome"].map(tests), value=rows["able"].astype("Float64"))
    kept = ["participant", "visit", "day", "outcome", "value", "n_values", "flag"]
    values = values[kept].astype({"value": "float64", "visit": str})
    return change(values.assign(flag=values["flag"].mask(has_flag(values["flag"], "no baseline"))), study)


def walk_states(study: Study, *, test: str = "t25fw") -> pd.DataFrame:
    """What became of a walking test at each visit, and the device and orthosis it was done with.

    Parameters
    ----------
    study : Study
    test : str
        `t25fw`, `10mwt`, `6mwt`, `2mwt` or `tug`.

    Returns
    -------
    DataFrame
        One row per participant and visit at which anybody of the cohort has the test: `participant, cohort, arm,
        visit, day, test, state` (`able`, `unable`, `not done`, `missed visit`, `after stopping`, `no record`),
        `aid` (the device of a completed trial, or `unable`), `orthosis`, `reason` (as recorded, if not done). Where
        trials were done with several devices or orthoses, the last of `none, cane, crutches, walker, other` counts.

    Raises
    ------
    MethodError
        When the test is not known.
    """
    one_of("test", test, list(WALK_OUTCOMES))
    walked = walking(study)
    rows = walked.loc[walked["outcome"] == WALK_OUTCOMES[test], ["participant", "visit", "day", "value", "flag"]]
    reached = [has_flag(rows["flag"], name) for name in STATES[1:]]
    state = np.select([rows["value"].notna(), *reached], [ABLE, *STATES[1:]], default=NO_RECORD)
    trials = study.walks[study.walks["test"] == test]
    done = trials[completed(trials, "distance_m" if test in MINUTES else "time_s")]
    rows = rows.drop(columns=["value", "flag"]).assign(test=test, state=pd.Categorical(state, categories=STATES))
    for name, levels in (("device", DEVICES), ("orthosis", ORTHOSES)):
        rows = rows.merge(_most(done, name, levels), how="left", on=["participant", "visit"])
    rows = rows.merge(_said(trials), how="left", on=["participant", "visit"])
    aid = rows["device"].astype(object).where(rows["state"] == ABLE)
    rows["aid"] = pd.Categorical(aid.mask(rows["state"] == UNABLE, UNABLE), categories=AIDS, ordered=True)
    rows = ordered(with_people(rows.astype({"visit": str}), study), study.protocol)
    names = ["participant", "cohort", "arm", "visit", "day", "test", "state", "aid", "orthosis", "reason"]
    return rows.sort_values(["participant", "visit"], ignore_index=True)[names]


def _most(done: pd.DataFrame, name: str, levels: tuple[str, ...]) -> pd.DataFrame:
    """The last of the levels that somebody used at a visit."""
    ranks = done.assign(rank=done[name].cat.codes)
    most = ranks[ranks["rank"] >= 0].groupby(["participant", "visit"], as_index=False, sort=False)["rank"].max()
    codes = most["rank"].to_numpy(dtype="int64")
    found = pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(list(levels), ordered=True))
    return most[["participant", "visit"]].assign(**{name: found})


def _said(trials: pd.DataFrame) -> pd.DataFrame:
    """The first reason written down at each visit."""
    given = trials[trials["reason"].notna()].sort_values("trial", kind="stable")
    return given.drop_duplicates(["participant", "visit"])[["participant", "visit", "reason"]]


def walk_trials(study: Study, *, test: str = "t25fw", limit_s: float = T25FW_LIMIT_S) -> pd.DataFrame:
    """The completed trials of a timed test, one row each: for repeatability within a visit.

    Parameters
    ----------
    study : Study
    test : str
        `t25fw`, `10mwt` or `tug`.
    limit_s : float
        Longest time of a 25-foot trial, in seconds.

    Returns
    -------
    DataFrame
        `participant, cohort, arm, visit, day, test, pace, start, trial, device, orthosis, time_s, distance_m, m_per_s,
        log_time`; `trial` is numbered anew among the completed ones of a visit and pace.

    Raises
    ------
    MethodError
        When the test is not one of the three.
    """
    one_of("test", test, ["t25fw", "10mwt", "tug"])
    trials = study.walks[study.walks["test"] == test]
    done = trials[completed(trials) & ~((trials["test"] == "t25fw") & (trials["time_s"] > limit_s))]
    done = done.sort_values(["participant", "visit", "pace", "trial"], kind="stable")
    number = done.groupby(["participant", "visit", "pace"], observed=True, dropna=False, sort=False).cumcount() + 1
    metres = done["distance_m"].fillna(T25FW_M) if test == "t25fw" else done["distance_m"]
    done = done.assign(trial=number, m_per_s=metres / done["time_s"], log_time=np.log(done["time_s"]))
    done = ordered(with_people(done, study), study.protocol)
    return done.sort_values(["participant", "visit", "pace", "trial"], kind="stable", ignore_index=True)[TRIAL_COLUMNS]
