"""Walking tests: times, speeds and distances, with unable to walk as a state and never as a missing value."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from spasticity.derive.changes import as_outcomes
from spasticity.derive.flags import flagged, unflagged
from spasticity.errors import one_of
from spasticity.study import Study
from spasticity.tables.examination import PACES

T25FW_M = 7.62  # 25 feet
T25FW_LIMIT_S = 180.0  # NINDS CDE notice on the T25FW: limit of a trial
T25FW_TRIALS = 2  # the same: mean of the two completed trials
WALK_10M_M = 10.0  # the middle 10 m of a 14 m course are timed
MINUTES = {"6mwt": 6, "2mwt": 2}
#: The outcome whose rows tell who did a test, was unable, or has no record of it.
WALK_OUTCOMES = {
    "t25fw": "t25fw_s",
    "10mwt": "walk_10m_m_per_s",
    "6mwt": "walk_6min_m",
    "2mwt": "walk_2min_m",
    "tug": "tug_s",
}
FAST_10M = "walk_10m_fast_m_per_s"
UNABLE = "unable"

KEYS = ["participant", "visit"]
Start = Literal["static", "dynamic"]


def walking(
    study: Study,
    *,
    limit_s: float = T25FW_LIMIT_S,
    distance_m: float = WALK_10M_M,
    start: Start | None = None,
    speed_when_unable_m_per_s: float | None = None,
) -> pd.DataFrame:
    """Times, speeds and distances of the walking tests.

    The time of the 25-foot walk is the mean of the first two completed trials; a trial above the limit was not
    completed. Somebody who completed no trial and was unable in one is `unable`: the time is missing, and so is the
    speed unless a value for it is asked for.

    Parameters
    ----------
    study : Study
    limit_s : float
        Longest time of a 25-foot trial, in seconds.
    distance_m : float
        Timed distance of a 10-metre walk that does not state its own; such values are flagged.
    start : str, optional
        `static` or `dynamic`: only 10-metre trials with that start, and rows that say unable. All when not said; a
        value from both starts is flagged.
    speed_when_unable_m_per_s : float, optional
        Pass 0 to count people who are unable to walk with a speed of 0 m/s; they keep their flag.

    Returns
    -------
    DataFrame
        `OUTCOMES` rows `t25fw_s, t25fw_m_per_s, walk_10m_m_per_s, walk_10m_fast_m_per_s, walk_6min_m, walk_2min_m,
        tug_s`, those of tests that were done; `n_values` counts completed trials; flags are `unable`, `not done`,
        `trial over 180 s`, `1 of 2 trials`, `distance taken as 10 m`, `static and dynamic starts`,
        `stopped before 6 min`.

    Raises
    ------
    MethodError
        When `start` is not one of the two.

    Notes
    -----
    25-foot speed is 7.62 m over the mean time. 10-metre speed is the distance of all completed trials over their
    time; trials at a fast pace are an outcome of their own, those without a recorded pace count as comfortable. The
    timed up and go, and the metres of walks of some minutes, are means of the completed trials.

    References
    ----------
    NINDS CDE notice on the Timed 25-Foot Walk (two trials, 180 s); Scivoletto 2011, doi 10.1038/sc.2010.180 (10 and
    14 m walks are not always told apart; starts differ).
    """
    walks = study.walks
    ten = walks[walks["test"] == "10mwt"]
    if start is not None:
        one_of("start", start, ["static", "dynamic"])
        ten = ten[ten["start"].eq(start) | ten["unable"]]
    fast = ten["pace"].eq(PACES[1])
    parts = [
        *_t25fw(walks[walks["test"] == "t25fw"], limit_s, speed_when_unable_m_per_s),
        _ten_metres(ten[~fast], "walk_10m_m_per_s", distance_m, speed_when_unable_m_per_s),
        _ten_metres(ten[fast], FAST_10M, distance_m, speed_when_unable_m_per_s),
        *(_metres(walks[walks["test"] == test], WALK_OUTCOMES[test], minutes) for test, minutes in MINUTES.items()),
        _up_and_go(walks[walks["test"] == "tug"]),
    ]
    found = [part for part in parts if len(part)]
    return as_outcomes(pd.concat(found, ignore_index=True) if found else None, study)


def _t25fw(trials: pd.DataFrame, limit_s: float, speed_when_unable: float | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Time and speed of each participant's 25-foot walks at each visit."""
    over = trials["time_s"] > limit_s
    tests = _summed(trials.assign(over=over, unable=trials["unable"] | over), at_most=T25FW_TRIALS)
    tests["value"] = tests["time_s"] / tests["n_values"].where(tests["n_values"] > 0)
    tests["flag"] = flagged(tests["flag"], tests["over"], f"trial over {limit_s:g} s")
    few = tests["n_values"].between(1, T25FW_TRIALS - 1)
    tests["flag"] = flagged(tests["flag"], few, tests["n_values"].astype(str) + f" of {T25FW_TRIALS} trials")
    speed = _speed(tests, T25FW_M / tests["value"], speed_when_unable)
    return _rows(tests, "t25fw_s"), _rows(speed, "t25fw_m_per_s")


def _ten_metres(trials: pd.DataFrame, outcome: str, distance_m: float, speed_when_unable: float | None) -> pd.DataFrame:
    """Speed of each participant's 10-metre walks at each visit."""
    assumed = trials["distance_m"].isna() & trials["time_s"].notna()
    trials = trials.assign(distance_m=trials["distance_m"].fillna(distance_m), over=False, assumed=assumed)
    tests = _summed(trials)
    tests["flag"] = flagged(tests["flag"], tests["assumed"], f"distance taken as {distance_m:g} m")
    mixed = tests["static"] & tests["dynamic"]
    tests["flag"] = flagged(tests["flag"], mixed, "static and dynamic starts")
    speed = tests["distance_m"] / tests["time_s"].where(tests["n_values"] > 0)
    return _rows(_speed(tests, speed, speed_when_unable), outcome)


def _metres(trials: pd.DataFrame, outcome: str, minutes: int) -> pd.DataFrame:
    """Mean metres of a walk of some minutes; one that ended earlier counts with what was walked."""
    tests = _summed(trials.assign(over=trials["time_s"] < 60 * minutes), amount="distance_m")
    tests["flag"] = flagged(tests["flag"], tests["over"], f"stopped before {minutes} min")
    return _rows(tests.assign(value=tests["distance_m"] / tests["n_values"].where(tests["n_values"] > 0)), outcome)


def _up_and_go(trials: pd.DataFrame) -> pd.DataFrame:
    """Mean seconds of the timed up and go."""
    tests = _summed(trials.assign(over=False))
    return _rows(tests.assign(value=tests["time_s"] / tests["n_values"].where(tests["n_values"] > 0)), "tug_s")


def completed(trials: pd.DataFrame, amount: str = "time_s") -> pd.Series:
    """Whether a trial has a result.

    Parameters
    ----------
    trials : DataFrame
        Rows of `WALKS`.
    amount : str
        Column of the result.

    Returns
    -------
    Series of bool, shape (n,)
    """
    return (trials[amount].notna() & ~trials["unable"]).astype(bool)


def _summed(trials: pd.DataFrame, amount: str = "time_s", at_most: int | None = None) -> pd.DataFrame:
    """One row per participant and visit: sums over the first completed trials, and who completed none."""
    trials = trials.sort_values([*KEYS, "trial"], kind="stable")
    done = completed(trials, amount)
    if at_most is not None:
        done &= done.groupby([trials[name] for name in KEYS]).cumsum() <= at_most
    trials = trials.assign(n_values=done.astype("int64"), assumed=trials.get("assumed", False) & done)
    trials = trials.assign(**{name: done & trials["start"].eq(name) for name in ("static", "dynamic")})
    trials[["time_s", "distance_m"]] = trials[["time_s", "distance_m"]].where(done)
    how = {"day": "min", "time_s": "sum", "distance_m": "sum", "n_values": "sum"}
    how |= dict.fromkeys(("unable", "over", "assumed", "static", "dynamic"), "any")
    tests = trials.groupby(KEYS, as_index=False, sort=False).agg(how)
    tests["unable"] = tests["unable"].astype(bool) & (tests["n_values"] == 0)
    flag = flagged(unflagged(tests.index), tests["unable"], UNABLE)
    return tests.assign(flag=flagged(flag, (tests["n_values"] == 0) & ~tests["unable"], "not done"))


def _speed(tests: pd.DataFrame, speed: pd.Series, when_unable: float | None) -> pd.DataFrame:
    if when_unable is None:
        return tests.assign(value=speed)
    return tests.assign(value=speed.mask(tests["unable"], when_unable))


def _rows(tests: pd.DataFrame, outcome: str) -> pd.DataFrame:
    return tests[[*KEYS, "day", "value", "n_values", "flag"]].assign(outcome=outcome)
