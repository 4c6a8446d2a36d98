"""Walking tests: times and speeds, with unable to walk as a state and never as a missing value."""

from __future__ import annotations

import pandas as pd

from spasticity.derive.changes import as_outcomes
from spasticity.derive.flags import flagged, unflagged
from spasticity.study import Study

T25FW_M = 7.62  # 25 feet
T25FW_LIMIT_S = 180.0  # NINDS CDE notice on the T25FW: limit of a trial
T25FW_TRIALS = 2  # the same: mean of the two completed trials
WALK_10M_M = 10.0  # the middle 10 m of a 14 m course are timed

KEYS = ["participant", "visit"]


def walking(
    study: Study,
    *,
    limit_s: float = T25FW_LIMIT_S,
    distance_m: float = WALK_10M_M,
    speed_when_unable_m_per_s: float | None = None,
) -> pd.DataFrame:
    """Time and speed of the timed 25-foot walk, and speed of the 10-metre walk.

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
    speed_when_unable_m_per_s : float, optional
        Pass 0 to count people who are unable to walk with a speed of 0 m/s; they keep their flag.

    Returns
    -------
    DataFrame
        `OUTCOMES` rows `t25fw_s, t25fw_m_per_s, walk_10m_m_per_s`; `n_values` counts completed trials; flags are
        `unable`, `trial over 180 s`, `1 of 2 trials`, `distance taken as 10 m`.

    Notes
    -----
    25-foot speed is 7.62 m over the mean time. 10-metre speed is the distance of all completed trials over their time.

    References
    ----------
    NINDS CDE notice on the Timed 25-Foot Walk (two trials, 180 s); Scivoletto 2011, doi 10.1038/sc.2010.180 (10 and
    14 m walks are not always told apart).
    """
    if study.walks.empty:
        return as_outcomes(None, study)
    t25fw = study.walks[study.walks["test"] == "t25fw"]
    ten = study.walks[study.walks["test"] == "10mwt"]
    parts = [
        *_t25fw(t25fw, limit_s, speed_when_unable_m_per_s),
        _ten_metres(ten, distance_m, speed_when_unable_m_per_s),
    ]
    return as_outcomes(pd.concat([part for part in parts if len(part)], ignore_index=True), study)


def _t25fw(trials: pd.DataFrame, limit_s: float, speed_when_unable: float | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Time and speed of each participant's 25-foot walks at each visit."""
    over = trials["time_s"] > limit_s
    tests = _summed(trials.assign(over=over, unable=trials["unable"] | over), T25FW_TRIALS)
    tests["value"] = tests["time_s"] / tests["n_values"].where(tests["n_values"] > 0)
    tests["flag"] = flagged(tests["flag"], tests["over"], f"trial over {limit_s:g} s")
    few = tests["n_values"].between(1, T25FW_TRIALS - 1)
    tests["flag"] = flagged(tests["flag"], few, tests["n_values"].astype(str) + f" of {T25FW_TRIALS} trials")
    speed = _speed(tests, T25FW_M / tests["value"], speed_when_unable)
    return _rows(tests, "t25fw_s"), _rows(speed, "t25fw_m_per_s")


def _ten_metres(trials: pd.DataFrame, distance_m: float, speed_when_unable: float | None) -> pd.DataFrame:
    """Speed of each participant's 10-metre walks at each visit."""
    assumed = trials["distance_m"].isna() & trials["time_s"].notna()
    trials = trials.assign(distance_m=trials["distance_m"].fillna(distance_m), over=False, assumed=assumed)
    tests = _summed(trials)
    tests["flag"] = flagged(tests["flag"], tests["assumed"], f"distance taken as {distance_m:g} m")
    speed = tests["distance_m"] / tests["time_s"].where(tests["n_values"] > 0)
    return _rows(_speed(tests, speed, speed_when_unable), "walk_10m_m_per_s")


def _summed(trials: pd.DataFrame, at_most: int | None = None) -> pd.DataFrame:
    """One row per participant and visit: sums over the first completed trials, and who completed none."""
    trials = trials.sort_values([*KEYS, "trial"], kind="stable")
    done = trials["time_s"].notna() & ~trials["unable"]
    if at_most is not None:
        done &= done.groupby([trials[name] for name in KEYS]).cumsum() <= at_most
    trials = trials.assign(n_values=done.astype("int64"), assumed=trials.get("assumed", False) & done)
    trials[["time_s", "distance_m"]] = trials[["time_s", "distance_m"]].where(done)
    how = {"day": "min", "time_s": "sum", "distance_m": "sum", "n_values": "sum"}
    how |= dict.fromkeys(("unable", "over", "assumed"), "any")
    tests = trials.groupby(KEYS, as_index=False, sort=False).agg(how)
    tests["unable"] = tests["unable"].astype(bool) & (tests["n_values"] == 0)
    flag = flagged(unflagged(tests.index), tests["unable"], "unable")
    return tests.assign(flag=flagged(flag, (tests["n_values"] == 0) & ~tests["unable"], "not done"))


def _speed(tests: pd.DataFrame, speed: pd.Series, when_unable: float | None) -> pd.DataFrame:
    if when_unable is None:
        return tests.assign(value=speed)
    return tests.assign(value=speed.mask(tests["unable"], when_unable))


def _rows(tests: pd.DataFrame, outcome: str) -> pd.DataFrame:
    return tests[[*KEYS, "day", "value", "n_values", "flag"]].assign(outcome=outcome)
