"""Small results made by hand, with every number known, for tests of figures."""

from itertools import product

import numpy as np
import pandas as pd

from spasticity.instruments import Threshold
from spasticity.stats import Paired, Responders, Result
from spasticity.stats.result import estimate_frame

ARMS = ("placebo", "oral baclofen", "cyclobenzaprine", "intrathecal baclofen")
VISITS = ("baseline", "week 4", "week 8", "week 12", "week 24")
DAYS = {"baseline": -1, "week 4": 28, "week 8": 56, "week 12": 84, "week 24": 168}
GRADES = ("0", "1", "1+", "2", "3", "4")
KINDS = ("diary", "recording", "psqi", "10mwt", "range of motion")


def ordered(values, names):
    return pd.Categorical(values, categories=list(names), ordered=True)


def result(rows, groups, n=240, **options):
    return Result(frame=estimate_frame(pd.DataFrame(rows), groups), method="made by hand", n=n, **options)


def change(arms=ARMS, visits=VISITS, outcome="spasticity_nrs", term="mean"):
    """Change: 0 at baseline, then falling by rank of arm and visit; n falls too."""
    rows = [
        {
            "term": term,
            "outcome": outcome,
            "arm": arm,
            "visit": visit,
            "estimate": -0.3 * (a + 1) * v,
            "conf_low": -0.3 * (a + 1) * v - 0.25 * (v > 0),
            "conf_high": -0.3 * (a + 1) * v + 0.2 * (v > 0),
            "n": 60 - 2 * v - a,
        }
        for (a, arm), (v, visit) in product(enumerate(arms), enumerate(visits))
    ]
    made = result(rows, ["outcome", "arm", "visit"])
    made.frame["arm"] = ordered(made.frame["arm"], arms)
    made.frame["visit"] = ordered(made.frame["visit"], visits)
    return made


def subgroups(arms=ARMS[1:], ratio=False):
    rows = []
    for (a, arm), (variable, subgroup, n_arm, n_reference) in product(
        enumerate(arms), [("overall", "overall", 60, 58), ("cohort", "MS", 35, 34), ("cohort", "SCI", 25, 24)]
    ):
        estimate = -0.5 * (a + 1) - 0.1 * (subgroup == "SCI")
        low, high = estimate - 0.4, estimate + 0.3
        if ratio:
            estimate, low, high = np.exp([estimate, low, high])
        rows.append(
            {
                "term": f"{arm} - placebo",
                "outcome": "spasticity_nrs",
                "visit": "week 12",
                "variable": variable,
                "subgroup": subgroup,
                "arm": arm,
                "estimate": estimate,
                "conf_low": low,
                "conf_high": high,
                "n": n_arm + n_reference,
                "reference": "placebo",
                "n_arm": n_arm,
                "n_reference": n_reference,
                "p_interaction": np.nan if variable == "overall" else 0.41,
            }
        )
    made = result(rows, ["outcome", "visit", "variable", "subgroup", "arm"])
    made.frame["arm"] = ordered(made.frame["arm"], ARMS)
    return made


def shares(arms=ARMS, visits=VISITS, empty=()):
    """Shares of grades; nobody has grade 4 in the last arm; the (arm, visit) pairs in `empty` have nobody at all."""
    rows = []
    for (a, arm), (v, visit) in product(enumerate(arms), enumerate(visits)):
        counts = np.array([1 + v, 4 + a, 9, 20, 12 - v, 6 - 2 * a])
        counts = counts if (arm, visit) not in empty else np.zeros(6, dtype=int)
        n = counts.sum()
        for grade, count in zip(GRADES, counts, strict=True):
            share = count / n if n else np.nan
            rows.append({"term": "share", "arm": arm, "visit": visit, "grade": grade, "estimate": share, "n": n})
    made = result(rows, ["arm", "visit", "grade"])
    for name, names in (("arm", arms), ("visit", visits), ("grade", GRADES)):
        made.frame[name] = ordered(made.frame[name], names)
    return made


def hourly(groups=ARMS, by="arm"):
    rows = [
        {
            "term": "mean",
            by: group,
            "hour": hour,
            "estimate": 0.1 * (g + 1) + 0.01 * hour,
            "conf_low": 0.05 * (g + 1) + 0.01 * hour,
            "conf_high": 0.2 * (g + 1) + 0.01 * hour,
            "n": 58 - g,
        }
        for (g, group), hour in product(enumerate(groups), range(24))
    ]
    made = result(rows, [by, "hour"])
    made.frame[by] = ordered(made.frame[by], groups)
    return made


def completeness():
    """Recordings are expected at two visits only."""
    rows = [
        {"term": "mean", "kind": kind, "visit": visit, "estimate": 1 - 0.07 * v - 0.02 * k, "n": 240 - k}
        for (k, kind), (v, visit) in product(enumerate(KINDS), enumerate(VISITS))
        if kind != "recording" or visit in ("baseline", "week 12")
    ]
    made = result(rows, ["kind", "visit"])
    made.frame["visit"] = ordered(made.frame["visit"], VISITS)
    return made


def pairs(arms=ARMS):
    """Three participants per arm, who fall by 1, 2 and 3; arms start 0, 0.5, 1, ... higher."""
    people = pd.DataFrame(
        [
            {"participant": f"{a}{i}", "arm": arm, "first": 5 + i + 0.5 * a, "last": 4 + 0.5 * a}
            for (a, arm), i in product(enumerate(arms), range(3))
        ]
    ).assign(difference=lambda frame: frame["last"] - frame["first"])
    rows = []
    for arm, mine in people.groupby("arm", sort=False):
        numbers = {"arm": arm, "outcome": "llmt6", "n": 3, "mean_first": mine["first"].mean()}
        numbers |= {"mean_last": mine["last"].mean(), "conf_low": -4.5, "conf_high": 0.5}
        rows += [numbers | {"term": "mean change", "estimate": -2.0}]
        rows += [numbers | {"term": "Hodges-Lehmann change", "estimate": -2.0}]
    frame = estimate_frame(pd.DataFrame(rows), ["outcome", "arm"])
    frame["arm"], people["arm"] = ordered(frame["arm"], ARMS), ordered(people["arm"], ARMS)
    return Paired(frame=frame, method="made by hand", n=len(people), pairs=people)


def responders(arms=ARMS, kind="percent", compare=">=", missing=("non-responder",)):
    thresholds = np.array([-20.0, 0.0, 12.5, 18.0, 30.0, 64.0, 100.0])
    curve = pd.DataFrame(
        [
            {"missing": rule, "arm": arm, "threshold": t, "estimate": (6 - i) / (7 + a), "n": 60 - a}
            for rule, (a, arm), (i, t) in product(missing, enumerate(arms), enumerate(thresholds))
        ]
    )
    curve["arm"] = ordered(curve["arm"], arms)
    frame = estimate_frame(
        pd.DataFrame([{"term": "response", "outcome": "spasticity_nrs", "estimate": 0.5}]), ["outcome"]
    )
    rule = Threshold(value=30, kind=kind, meaning="responder", source="test", confirmed=True, compare=compare)
    return Responders(frame=frame, method="made by hand", n=240, curve=curve, people=curve, threshold=rule)


def spasms():
    """P1 recorded days 0, 1, 3 and 20, without a spasm on day 1; P2 recorded day 0."""
    recording = pd.DataFrame({"participant": ["P1"] * 4 + ["P2"], "day": [0, 1, 3, 20, 0]})
    events = pd.DataFrame(
        [("P1", 0, 1.5), ("P1", 0, 13.25), ("P1", 3, 23.0), ("P1", 20, 6.0), ("P2", 0, 12.0)],
        columns=["participant", "day", "hour"],
    )
    return events, recording


def daily():
    """P1 takes 10, 10, then 20 mg; an unknown day 3; then a documented zero. P2 has a pump."""
    nan = float("nan")
    rows = [
        ("P1", "baclofen", "oral", 0, 10.0, nan),
        ("P1", "baclofen", "oral", 1, 10.0, nan),
        ("P1", "baclofen", "oral", 2, 20.0, nan),
        ("P1", "baclofen", "oral", 3, nan, nan),
        ("P1", "baclofen", "oral", 4, 0.0, nan),
        ("P2", "baclofen", "intrathecal", 0, nan, 120.5),
        ("P2", "baclofen", "intrathecal", 1, nan, 130.5),
    ]
    return pd.DataFrame(rows, columns=["participant", "drug", "route", "day", "dose_mg_per_day", "dose_ug_per_day"])
