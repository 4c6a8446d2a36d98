"""Calculated fields are calculated again as REDCap does, or left alone."""

import numpy as np
import pytest

from spasticity.load.redcap_formulas import differs, recalculated


def column(*cells):
    return np.array(cells, dtype=object)


CELLS = {"a": column("1", "2", ""), "b": column("3", "-99", "4"), "c_1": column("2.5", "-1", "x")}
MISSING = frozenset({"-99"})
NAN = float("nan")
FORMULAS = [
    ("[a]+[b]", [4, NAN, NAN]),
    ("[a] - [b] * 2", [-5, NAN, NAN]),
    ("sum([a],[b])", [4, 2, 4]),
    ("mean([a],[b])", [2, 2, 4]),
    ("median([a],[b],5)", [3, 3.5, 4.5]),
    ("min([a],[b])", [1, 2, 4]),
    ("max([a],[b],3.5)", [3.5, 3.5, 4]),
    ("round([c_1],0)", [3, -1, NAN]),
    ("round([b]/7, 2)", [0.43, NAN, 0.57]),
    ("abs(-[a])", [1, 2, NAN]),
    ("sqrt([b]+1)", [2, NAN, 5**0.5]),
    ("([a]+1)^2", [4, 9, NAN]),
    ("2*[a]^2", [2, 8, NAN]),
]


@pytest.mark.parametrize(("formula", "values"), FORMULAS)
def test_a_formula_gives_its_values_by_hand(formula, values):
    np.testing.assert_allclose(recalculated(formula, CELLS, MISSING), values)


LEFT = [
    "if([a]>1, 1, 0)",
    "[event_1_arm_1][a]",
    "[unknown]+1",
    "1+1",
    "",
    "[a]+",
    "datediff([a],[b],'d')",
    "[a].__class__",
    "__import__('os').system('x')+[a]",
    "sum([a], axis=0)",
    "[a]" + "+1" * 4000,
    "(" * 900 + "[a]" + ")" * 900,
]


@pytest.mark.parametrize("formula", LEFT, ids=lambda formula: formula[:20])
def test_a_formula_of_another_kind_is_left_alone(formula):
    assert recalculated(formula, CELLS, MISSING) is None


def test_results_differ_beyond_half_of_their_last_digit():
    texts = column("5.33", "5.34", "5.333333", "4", "", "", "7", "4.5")
    values = np.array([5.3333333, 5.3333333, 5.3333333, 4.4, NAN, 1.0, NAN, 4.549])
    assert differs(texts, values).tolist() == [False, True, False, True, False, True, True, False]
