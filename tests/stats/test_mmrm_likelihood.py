"""The likelihood against a second implementation that knows no patterns: one matrix for all rows."""

import numpy as np
import pytest

from spasticity.errors import MethodError
from spasticity.stats import mmrm_products
from spasticity.stats.covariance import POSITIONAL, Spatial, structure
from spasticity.stats.mmrm_inference import KenwardRoger, Satterthwaite
from spasticity.stats.mmrm_likelihood import Likelihood
from spasticity.stats.mmrm_optimiser import maximum
from spasticity.stats.mmrm_panel import Panel, patterns
from spasticity.stats.mmrm_products import Rows, Stored, products
from spasticity.stats.mmrm_sandwich import POWERS, Sandwich

T = 4


class Problem:
    """Forty people, two covariance groups when asked for, visits missing here and there, weights when asked for."""

    def __init__(self, name="unstructured", groups=1, reml=True, weighted=False, seed=11, people=40):
        rng = np.random.default_rng(seed)
        times = np.array([0.0, 1.0, 2.5, 4.0])
        self.participant = np.repeat(np.arange(people), T)
        self.visit = np.tile(np.arange(T), people)
        seen = (rng.random(people * T) > 0.25) | (self.visit == 1)
        self.participant, self.visit = self.participant[seen], self.visit[seen]
        self.group = self.participant % groups
        arm = (self.participant // 2) % 2
        base = rng.normal(50, 10, people)[self.participant]
        self.X = np.column_stack([np.ones(len(arm)), base, arm, self.visit == 1, self.visit == 2, self.visit == 3])
        self.X = self.X.astype(float)
        person = rng.normal(0, 1.5, people)[self.participant]
        self.y = 1e3 + base / 5 + arm + person + rng.normal(0, 1 + self.visit / 3)
        self.weights = rng.uniform(0.5, 2, len(arm)) if weighted else None
        self.name, self.reml, self.times = name, reml, times
        self.panel = Panel.of(self.X, self.y, patterns(self.participant, self.visit, self.group), self.weights)
        self.likelihood = self._likelihood(groups)

    def _likelihood(self, groups):
        found, spatial = self.panel.patterns, self.name.startswith("spatial")
        self.places = [np.arange(len(p.visits)) if spatial else p.visits for p in found]
        mask = np.zeros((len(found), T), dtype=bool)
        distances = np.zeros((len(found), T, T))
        power = 2 if self.name.endswith("gaussian") else 1
        for number, (place, pattern) in enumerate(zip(self.places, found, strict=True)):
            mask[number, place] = True
            t = self.times[pattern.visits]
            distances[number, : len(t), : len(t)] = np.abs(t[:, None] - t) ** power
        group = np.array([p.group for p in found])
        shapes = [Spatial(distances[group == g], power) if spatial else structure(self.name, T) for g in range(groups)]
        self.whole = Spatial(np.abs(self.times[:, None] - self.times) ** power, power) if spatial else None
        counts = np.array([len(p) for p in found], dtype=float)
        return Likelihood(products(self.panel, self.places, T), counts, group, mask, shapes, self.reml)

    def somewhere(self):
        return np.random.default_rng(1).normal(scale=0.2, size=self.likelihood.size)

    def sigma(self, theta):
        """Covariance of all rows, (N, N)."""
        parts = self.likelihood.split(theta)
        small = [
            (self.whole or shape).sigma(part) for shape, part in zip(self.likelihood.structures, parts, strict=True)
        ]
        same = self.participant[:, None] == self.participant
        out = np.zeros(same.shape)
        for i, j in np.argwhere(same):
            out[i, j] = small[self.group[i]][self.visit[i], self.visit[j]]
        if self.weights is not None:
            out /= np.sqrt(np.outer(self.weights, self.weights))
        return out * self.panel.s**2

    def brute(self, theta):
        """-2 log-likelihood, coefficients and their covariance."""
        sigma = self.sigma(theta)
        W = np.linalg.inv(sigma)
        information = self.X.T @ W @ self.X
        b = np.linalg.solve(information, self.X.T @ W @ self.y)
        r = self.y - self.X @ b
        out = np.linalg.slogdet(sigma)[1] + r @ W @ r + len(r) * np.log(2 * np.pi)
        if self.reml:
            out += np.linalg.slogdet(information)[1] - self.X.shape[1] * np.log(2 * np.pi)
        return out, b, np.linalg.inv(information)


CASES = [{"name": name} for name in (*POSITIONAL, "spatial-exponential", "spatial-gaussian")]
CASES += [{"reml": False}, {"groups": 2}, {"weighted": True}]
CASES += [{"name": "ar1-heterogeneous", "groups": 2, "weighted": True, "reml": False}]
CASES += [{"name": "spatial-exponential", "groups": 2, "weighted": True}]


def label(case):
    return " ".join(f"{name}={value}" for name, value in case.items())


@pytest.mark.parametrize("case", CASES, ids=label)
def test_value_coefficients_and_their_covariance_are_those_of_one_big_matrix(case):
    problem = Problem(**case)
    theta = problem.somewhere()
    point = problem.likelihood.at(theta)
    value, b, covariance = problem.brute(theta)
    panel, jacobian = problem.panel, problem.panel.jacobian
    np.testing.assert_allclose(point.value + panel.constant(reml=problem.reml), value, rtol=1e-10)
    np.testing.assert_allclose(panel.b0 + jacobian @ point.gamma, b, rtol=1e-7)
    np.testing.assert_allclose(jacobian @ point.phi @ jacobian.T, covariance, rtol=1e-7, atol=1e-14)


@pytest.mark.parametrize("case", CASES, ids=label)
def test_gradient_and_hessian_are_differences(case):
    problem = Problem(**case)
    theta, step = problem.somewhere(), 1e-5
    point = problem.likelihood.at(theta)
    sides = [[problem.likelihood.at(theta + sign * step * axis) for sign in (1, -1)] for axis in np.eye(len(theta))]
    gradient = [(after.value - before.value) / (2 * step) for after, before in sides]
    hessian = [(after.gradient - before.gradient) / (2 * step) for after, before in sides]
    np.testing.assert_allclose(point.gradient, gradient, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(point.hessian, hessian, rtol=1e-6, atol=1e-6)
    np.testing.assert_array_equal(point.hessian, point.hessian.T)


@pytest.mark.parametrize("case", CASES, ids=label)
def test_rows_and_stored_cross_products_are_the_same_thing(case, monkeypatch):
    stored = Problem(**case)
    monkeypatch.setattr(mmrm_products, "STORED_BYTES", 0)
    monkeypatch.setattr(mmrm_products, "CHEAPER", 0)
    rows = Problem(**case)
    assert isinstance(stored.likelihood.products, Stored)
    assert isinstance(rows.likelihood.products, Rows)
    theta = stored.somewhere()
    a, b = stored.likelihood.at(theta), rows.likelihood.at(theta)
    np.testing.assert_allclose(a.value, b.value, rtol=1e-12)
    np.testing.assert_allclose(a.gradient, b.gradient, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(a.hessian, b.hessian, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("case", CASES, ids=label)
def test_the_search_ends_where_the_gradient_is_zero_and_no_neighbour_is_better(case):
    problem = Problem(**case, people=80)
    optimum = maximum(problem.likelihood)
    assert optimum.decrement < 1e-9
    assert np.abs(optimum.point.gradient).max() < 1e-4
    rng = np.random.default_rng(0)
    for _ in range(5):
        beside = problem.likelihood.at(optimum.point.theta + 0.01 * rng.normal(size=problem.likelihood.size))
        assert beside.value > optimum.point.value


def test_every_start_leads_to_the_same_maximum():
    problem = Problem(people=80)
    at = maximum(problem.likelihood)
    far = problem.likelihood.at(problem.somewhere() + 1)
    from spasticity.stats.mmrm_optimiser import _newton

    np.testing.assert_allclose(_newton(far)[0].theta, at.point.theta, rtol=1e-7, atol=1e-8)


def test_the_change_of_the_coefficients_covariance_is_a_difference():
    """What Satterthwaite's degrees of freedom are made of."""
    problem = Problem()
    theta, step = problem.somewhere(), 1e-5
    point = problem.likelihood.at(theta)
    for place, axis in enumerate(np.eye(len(theta))):
        after, before = (problem.likelihood.at(theta + sign * step * axis) for sign in (1, -1))
        expected = (after.phi - before.phi) / (2 * step)
        found = point.factor.T @ point.moves[place] @ point.factor
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("case", [{}, {"name": "ar1"}, {"groups": 2}, {"name": "spatial-gaussian"}], ids=label)
def test_kenward_roger_from_its_definition(case):
    """P and Q matrices from differences of one big covariance matrix; the second derivatives are tested elsewhere."""
    problem = Problem(**case)
    optimum = maximum(problem.likelihood)
    point, theta, step = optimum.point, optimum.point.theta, 1e-5
    jacobian = problem.panel.jacobian
    kr = KenwardRoger(point, jacobian, np.zeros(len(jacobian)), linear=True)
    W = np.linalg.inv(problem.sigma(theta))
    X, phi = problem.X, np.linalg.inv(problem.X.T @ W @ problem.X)
    V = [
        (problem.sigma(theta + step * axis) - problem.sigma(theta - step * axis)) / (2 * step)
        for axis in np.eye(len(theta))
    ]
    P = [X.T @ W @ v @ W @ X for v in V]
    total = 0.0
    for h, k in np.ndindex(len(V), len(V)):
        Q = X.T @ W @ V[h] @ W @ V[k] @ W @ X
        total = total + kr.theta_covariance[h, k] * (Q - P[h] @ phi @ P[k])
    np.testing.assert_allclose(kr.covariance, phi + 2 * phi @ total @ phi, rtol=1e-6, atol=1e-10)


@pytest.mark.parametrize("power", POWERS.values(), ids=list(POWERS))
@pytest.mark.parametrize(
    "case",
    [{}, {"name": "ar1", "groups": 2, "weighted": True}, {"name": "compound-symmetry", "people": 8}],
    ids=label,
)
def test_sandwich_and_its_degrees_of_freedom_from_their_definition(case, power):
    problem = Problem(**case)
    point = maximum(problem.likelihood).point
    jacobian, panel = problem.panel.jacobian, problem.panel
    b = panel.b0 + jacobian @ point.gamma
    sandwich = Sandwich(panel, problem.places, point, jacobian, b, power)
    sigma = problem.sigma(point.theta)
    people = [np.flatnonzero(problem.participant == who) for who in np.unique(problem.participant)]
    half = np.zeros_like(sigma)
    for rows in people:
        half[np.ix_(rows, rows)] = np.linalg.cholesky(np.linalg.inv(sigma[np.ix_(rows, rows)])).T
    B, e = half @ problem.X, half @ (problem.y - problem.X @ b)
    phi = np.linalg.inv(B.T @ B)
    leverage = B @ phi @ B.T
    c = np.random.default_rng(4).normal(size=(2, len(b)))
    meat, G = np.zeros_like(phi), [[], []]
    for rows in people:
        values, vectors = np.linalg.eigh(np.eye(len(rows)) - leverage[np.ix_(rows, rows)])
        A = (vectors * values**power) @ vectors.T
        score = B[rows].T @ A @ e[rows]
        meat += np.outer(score, score)
        for row in range(2):
            G[row].append((np.eye(len(e)) - leverage)[:, rows] @ A @ B[rows] @ phi @ c[row])
    np.testing.assert_allclose(sandwich.covariance, phi @ meat @ phi, rtol=1e-6, atol=1e-12)
    crossed = [np.array(columns) @ np.array(columns).T for columns in G]
    expected = [np.trace(cross) ** 2 / (cross**2).sum() for cross in crossed]
    np.testing.assert_allclose(sandwich.df(c), expected, rtol=1e-6)


def test_the_jackknife_sandwich_is_what_leaving_people_out_gives():
    """CR3 is the sum of squares of the coefficients' changes when one person is left out, the covariance held."""
    problem = Problem()
    point = maximum(problem.likelihood).point
    b = problem.panel.b0 + problem.panel.jacobian @ point.gamma
    sandwich = Sandwich(problem.panel, problem.places, point, problem.panel.jacobian, b, -1.0)
    W = np.linalg.inv(problem.sigma(point.theta))
    changes = []
    for who in np.unique(problem.participant):
        rest = problem.participant != who
        X, w = problem.X[rest], W[np.ix_(rest, rest)]
        changes.append(np.linalg.solve(X.T @ w @ X, X.T @ w @ problem.y[rest]) - b)
    np.testing.assert_allclose(sandwich.covariance, np.array(changes).T @ changes, rtol=1e-6, atol=1e-12)


def test_a_nearly_collinear_design_keeps_its_digits():
    """A covariate of size 1e6 that hardly varies, beside the intercept, and an outcome with an offset of 1e6."""
    plain, shifted = Problem(), Problem()
    X = plain.X.copy()
    X[:, 1] = 1e6 + X[:, 1]
    shifted.panel = Panel.of(X, plain.y + 1e6, plain.panel.patterns)
    shifted.likelihood = shifted._likelihood(1)
    found, expected = maximum(shifted.likelihood), maximum(plain.likelihood)
    b = shifted.panel.b0 + shifted.panel.jacobian @ found.point.gamma
    wanted = plain.panel.b0 + plain.panel.jacobian @ expected.point.gamma
    np.testing.assert_allclose(b[1:], wanted[1:], rtol=1e-6)
    df = [
        Satterthwaite(o.point, p.panel.jacobian, b).df(np.eye(6)[1:]) for o, p in ((found, shifted), (expected, plain))
    ]
    np.testing.assert_allclose(df[0], df[1], rtol=1e-6)


def test_patterns_hold_every_row_once_whatever_the_order():
    rng = np.random.default_rng(3)
    who, when = np.divmod(rng.permutation(300)[:200], 100)[::-1]
    found = patterns(who, when, np.zeros(200, dtype=int))
    assert sorted(np.concatenate([p.rows.ravel() for p in found])) == list(range(200))
    for pattern in found:
        assert (when[pattern.rows] == pattern.visits).all()
        assert (who[pattern.rows] == who[pattern.rows[:, :1]]).all()
        assert (np.diff(pattern.visits) > 0).all()


def test_patterns_of_more_visits_than_an_integer_has_bits():
    who, when = np.repeat(np.arange(3), 120), np.tile(np.arange(120), 3)
    keep = np.ones(360, dtype=bool)
    keep[[100, 340]] = False  # visit 100 of the first and of the last
    found = patterns(who[keep], when[keep], np.zeros(358, dtype=int))
    assert sorted(len(p) for p in found) == [1, 2]


def test_a_likelihood_without_a_maximum_says_so_with_its_last_state():
    """Two visits of everybody that are the same number: their correlation runs to one."""
    problem = Problem(people=30)
    for who in np.unique(problem.participant):
        rows = np.flatnonzero(problem.participant == who)
        problem.y[rows] = problem.y[rows[0]]
    problem.panel = Panel.of(problem.X, problem.y, problem.panel.patterns)
    likelihood = problem._likelihood(1)
    with pytest.raises(MethodError, match="no maximum inside the covariance matrices") as caught:
        maximum(likelihood)
    assert {"theta", "gradient", "decrement", "condition_of_covariance"} <= set(caught.value.state)


def test_visits_must_have_a_covariance_together_even_if_nobody_has_them_all():
    """Correlations of 0.9, 0.9 and -0.9: each pair can be, the three cannot."""
    pairs = [(0, 1), (1, 2), (0, 2)] * 10
    who, when = np.repeat(np.arange(30), 2), np.array(pairs).ravel()
    y = np.random.default_rng(1).normal(size=60)
    panel = Panel.of(np.ones((60, 1)), y, patterns(who, when, np.zeros(60, dtype=int)))
    places = [pattern.visits for pattern in panel.patterns]
    mask = np.array([np.isin(np.arange(3), place) for place in places])
    counts = np.array([len(pattern) for pattern in panel.patterns], dtype=float)
    group, shape = np.zeros(3, dtype=int), structure("toeplitz", 3)
    likelihood = Likelihood(products(panel, places, 3), counts, group, mask, [shape], True)
    root = 0.9 / np.sqrt(1 - 0.9**2)
    assert likelihood.at(np.array([0.0, root, -root])) is None
    assert likelihood.at(np.array([0.0, root, root])) is not None


@pytest.mark.parametrize("far", [800.0, 1e8, 1e12, np.nan])
def test_parameters_far_out_are_no_covariance_and_no_warning(far):
    for case in ({}, {"name": "ar1"}, {"name": "spatial-exponential"}):
        likelihood = Problem(**case).likelihood
        for place in range(likelihood.size):
            theta = np.where(np.arange(likelihood.size) == place, far, 0.0)
            point = likelihood.at(theta)
            assert point is None or np.isfinite(point.value)
