"""Several people, each a study of one."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats

from spasticity import stats
from spasticity.errors import MethodError


def person(name, differences, level=5.0, first=None):
    """A block of two days for each difference, the treatment first where `first` says so."""
    rows = []
    for block, difference in enumerate(differences):
        phases = ["on", "off"] if (first or [True] * len(differences))[block] else ["off", "on"]
        rows += [
            {"participant": name, "block": block, "day": 2 * block + place, "phase": phase}
            | {"spasms": level + (difference if phase == "on" else 0.0)}
            for place, phase in enumerate(phases)
        ]
    return pd.DataFrame(rows)


def joined(*people, **options):
    return stats.n_of_1_series(pd.concat(people), "spasms", reference="off", **options)


def test_two_people_by_hand():
    found = joined(person("A", [-2.0, -4.0]), person("B", [0.0, -2.0], level=9.0, first=[False, True]))
    a, b = (found.row("difference", participant=name) for name in "AB")
    assert (a["estimate"], a["std_error"], a["df"], a["n"]) == (-3, 1, 1, 1)
    assert b["estimate"] == -1
    row = found.row("average difference")
    assert (row["estimate"], row["std_error"], row["df"], row["n"]) == (-2, 1, 1, 2)
    half = scipy_stats.t.ppf(0.975, 1)
    assert (row["conf_low"], row["conf_high"]) == (pytest.approx(-2 - half), pytest.approx(-2 + half))
    # The lot may turn the sign of -2, -4, 0 and -2: of 16 sums 2 are -8, as drawn, and 2 are 8.
    assert row["p_value"] == 4 / 16
    assert found.row("standard deviation between people")["estimate"] == pytest.approx(np.sqrt(2 - 1))
    assert (found.n, len(found.orders), found.orders[0]) == (2, 16, -2)
    assert "on - off" in found.method
    assert "all 16 orders" in found.method


def test_the_average_is_the_paired_t_of_peoples_differences_at_any_level():
    rng = np.random.default_rng(1)
    people = [rng.normal(-1, 1, 3) for _ in range(5)]
    found = joined(*(person(f"P{k}", values) for k, values in enumerate(people)), level=0.9)
    test = scipy_stats.ttest_1samp([values.mean() for values in people], 0)
    row, interval = found.row("average difference"), test.confidence_interval(0.9)
    assert (row["conf_low"], row["conf_high"]) == (pytest.approx(interval.low), pytest.approx(interval.high))
    signs = np.array(list(product([1, -1], repeat=15))) @ np.concatenate(people)
    assert row["p_value"] == pytest.approx(np.mean(np.abs(signs) >= abs(signs[0]) - 1e-9))


def test_many_orders_are_drawn_again_and_the_seed_is_said():
    rng = np.random.default_rng(2)
    people = [person(f"P{k}", rng.normal(-0.5, 1, 4)) for k in range(6)]
    found, again = (joined(*people, times=4999) for _ in range(2))
    assert "4,999 orders drawn again (seed 1)" in found.method
    assert found.row("average difference")["p_value"] == again.row("average difference")["p_value"]
    assert found.row("average difference")["p_value"] * 5000 >= 1
    shifted = joined(*(one.assign(spasms=one["spasms"] + 7) for one in people), times=4999)
    assert shifted.row("average difference")["estimate"] == pytest.approx(found.row("average difference")["estimate"])


def test_without_an_effect_both_inferences_keep_their_level():
    rng = np.random.default_rng(3)
    wrong = np.zeros(2)
    for _ in range(60):
        row = joined(*(person(f"P{k}", rng.normal(0, 1, 3)) for k in range(4))).row("average difference")
        wrong += [row["p_value"] <= 0.05, not row["conf_low"] <= 0 <= row["conf_high"]]
    assert (wrong <= 10).all()  # 3 are expected; 11 or more come once in 3,000 such studies


def test_what_is_left_out_and_what_is_refused():
    gap = person("B", [0.0, -2.0, -1.0])
    extra = gap.iloc[[0]].assign(day=9)
    holed = pd.concat([gap, extra.assign(spasms=np.nan)])
    assert joined(person("A", [-2.0, -4.0]), holed).notes == ("participant 2: left out: 1 day without a value",)
    with pytest.raises(MethodError, match="1 participant; expected at least two"):
        joined(person("A", [-2.0, -4.0]))
    with pytest.raises(MethodError, match="participant 2 of 2: n_of_1: a block lacks one of the phases"):
        joined(person("A", [-2.0]), person("B", [0.0, -2.0]).iloc[:3])
    with pytest.raises(MethodError, match="no column `phase`"):
        stats.n_of_1_series(person("A", [1.0]).drop(columns="phase"), "spasms", reference="off")
