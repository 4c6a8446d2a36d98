"""Rank tests against R: stats and coin."""

import json
from pathlib import Path

import numpy as np

from spasticity.stats.rank_distribution import rank_sum_test, shift_interval, stratified
from tests.reference.validation import Comparison

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))
BASE, COIN = "R 4.2.2 stats", "R 4.2.2 coin 1.4-2"


def samples(case):
    return np.array(case["x"], dtype=float), np.array(case["y"], dtype=float)


def strata(case):
    v, g, s = (np.array(case[name]) for name in "vgs")
    return [
        (v[(s == name) & (g == "a")].astype(float), v[(s == name) & (g == "b")].astype(float)) for name in np.unique(s)
    ]


def comparisons():
    cases = EXPECTED["cases"]
    ours = [rank_sum_test(*samples(case)).p_value for case in cases]
    yield Comparison("rank-sum test, exact", BASE, ours, [case["p"] for case in cases], 1e-12)
    ours = [shift_interval(*samples(case), 0.95) for case in cases]
    theirs = [[case[name] for name in ("estimate", "low", "high", "level")] for case in cases]
    yield Comparison("Hodges-Lehmann shift, limits and attained level", BASE, ours, theirs, 1e-12)
    ours = [rank_sum_test(*samples(case)).p_value for case in EXPECTED["tied"]]
    yield Comparison("rank-sum test, exact with ties", COIN, ours, [case["p"] for case in EXPECTED["tied"]], 1e-10)
    ours = [rank_sum_test(*samples(case)).p_value for case in EXPECTED["large"]]
    yield Comparison("rank-sum test, normal", BASE, ours, [case["p"] for case in EXPECTED["large"]], 1e-12)
    found = [stratified(strata(case)) for case in EXPECTED["elteren"]]
    ours = [[one["statistic"] ** 2, one["p_value"]] for one in found]
    theirs = [[case["chi"], case["p"]] for case in EXPECTED["elteren"]]
    yield Comparison("van Elteren's test", f"{COIN}, ridits within blocks", ours, theirs, 1e-10)
