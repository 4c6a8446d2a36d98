"""Hierarchies of hypotheses: by hand, against the closed test written out, and their classical special cases."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spasticity import stats
from spasticity.errors import MethodError
from spasticity.stats import Hierarchy
from spasticity.stats.hierarchies import _without

PS = st.floats(0, 1)


def adjusted(hierarchy, *p):
    return hierarchy.test(dict(zip(hierarchy.names, p, strict=True))).frame["p_value"].to_numpy()


def closed_test(hierarchy, p):
    """Adjusted p values by all intersections, weights from removing the others one by one."""
    k = len(p)
    found = np.zeros(k)
    for size in range(1, k + 1):
        for kept in combinations(range(k), size):
            weights, passes = np.array(hierarchy.weights), np.array(hierarchy.passes)
            left = list(range(k))
            for gone in sorted(set(range(k)) - set(kept)):
                left.remove(gone)
                weights, passes = _without(weights, passes, gone, left)
            ratio = min((p[i] / weights[i] for i in kept if weights[i] > 1e-12), default=1.0)
            for i in kept:
                found[i] = max(found[i], min(ratio, 1.0))
    return found


def test_a_fixed_sequence_stops_at_the_first_that_fails():
    order = Hierarchy.fixed_sequence(["nrs", "sleep", "walking"])
    result = order.test({"nrs": 0.01, "sleep": 0.2, "walking": 0.001})
    assert result.frame["p_value"].tolist() == pytest.approx([0.01, 0.2, 0.2])
    assert result.frame["rejected"].tolist() == [True, False, False]
    assert result.frame["rank"].astype(object).where(result.frame["rank"].notna(), None).tolist() == [1, None, None]
    assert result.frame["p_unadjusted"].tolist() == [0.01, 0.2, 0.001]
    assert "fixed sequence over 3 hypotheses" in result.method


def test_holm_by_hand():
    assert adjusted(Hierarchy.holm(["a", "b", "c"]), 0.04, 0.01, 0.03) == pytest.approx([0.06, 0.03, 0.06])
    assert adjusted(Hierarchy.holm(["a"]), 0.04) == pytest.approx([0.04])


def test_hochberg_by_hand():
    assert stats.hochberg({"a": 0.04, "b": 0.01, "c": 0.03}) == pytest.approx({"a": 0.04, "b": 0.03, "c": 0.04})


def test_a_gate_opens_when_all_primary_ones_are_rejected():
    gate = Hierarchy.gatekeeping(["p1", "p2"], ["s1", "s2"])
    assert adjusted(gate, 0.01, 0.02, 0.005, 0.03) == pytest.approx([0.02, 0.02, 0.02, 0.03], rel=1e-6)
    shut = gate.test({"p1": 0.01, "p2": 0.2, "s1": 1e-4, "s2": 1e-4})
    assert shut.frame["rejected"].tolist() == [True, False, False, False]
    single = Hierarchy.gatekeeping(["p"], ["s1", "s2"])
    assert adjusted(single, 0.01, 0.02, 0.04) == pytest.approx([0.01, 0.04, 0.04])


def test_the_published_example_of_a_graph():
    # Two primary at half the level each; both hand on to their secondary hypothesis, that to the other primary one.
    graph = Hierarchy(("1", "2", "3", "4"), (0.5, 0.5, 0, 0), ((0, 0, 1, 0), (0, 0, 0, 1), (0, 1, 0, 0), (1, 0, 0, 0)))
    found = adjusted(graph, 0.01, 0.04, 0.02, 0.03)
    # 1 first (0.02); 3 has its half (0.04); 2 then has all (0.04), and 4 after it (0.04).
    assert found == pytest.approx([0.02, 0.04, 0.04, 0.04])


@settings(max_examples=60)
@given(st.lists(PS, min_size=4, max_size=4))
def test_every_graph_is_its_closed_test(p):
    for graph in (
        Hierarchy.holm(list("abcd")),
        Hierarchy.fixed_sequence(list("abcd")),
        Hierarchy(tuple("abcd"), (0.5, 0.5, 0, 0), ((0, 0.3, 0.7, 0), (0.3, 0, 0, 0.7), (0, 1, 0, 0), (1, 0, 0, 0))),
    ):
        assert adjusted(graph, *p) == pytest.approx(closed_test(graph, p))


@given(st.lists(PS, min_size=1, max_size=6))
def test_holm_and_hochberg_are_what_they_are(p):
    names = [str(place) for place in range(len(p))]
    holm = adjusted(Hierarchy.holm(names), *p)
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate([(len(p) - rank) * p[place] for rank, place in enumerate(order)])
    assert holm[order] == pytest.approx(np.minimum(steps, 1))
    up = stats.hochberg(dict(zip(names, p, strict=True)))
    assert (np.array(list(up.values())) <= holm + 1e-12).all()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Hierarchy(("a", "a"), (0.5, 0.5), ((0, 1), (1, 0))), "as many different names"),
        (lambda: Hierarchy(("a", "b"), (0.7, 0.5), ((0, 1), (1, 0))), "at most 1 together"),
        (lambda: Hierarchy(("a", "b"), (0.5, 0.5), ((0.5, 0.5), (1, 0))), "none hands on to itself"),
        (lambda: Hierarchy.holm(["a", "b"]).test({"a": 0.1}), "`b` without a p value"),
        (lambda: Hierarchy.holm(["a"]).test({"a": 1.1}), "`a` without a p value between 0 and 1"),
    ],
)
def test_what_is_no_hierarchy_is_refused(make, said):
    with pytest.raises(MethodError, match=said):
        make()


def test_a_false_rejection_is_rare_whichever_are_true():
    rng = np.random.default_rng(20261123)
    graph = Hierarchy.gatekeeping(["a", "b"], ["c", "d"])
    runs, wrong = 3000, {(0, 1): 0, (1, 3): 0, (0, 1, 2, 3): 0}
    for p in rng.uniform(size=(runs, 4)):
        for nulls in wrong:
            tested = np.where(np.isin(range(4), nulls), p, p * 1e-6)
            wrong[nulls] += (graph._adjusted(tested)[0][list(nulls)] <= 0.05).any()
    assert max(wrong.values()) / runs < 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)
    assert min(wrong.values()) / runs > 0.02
