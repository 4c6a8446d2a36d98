import numpy as np
import pytest
from scipy import integrate, special, stats

from spasticity.errors import MethodError
from spasticity.stats.intercept_model import Clusters, Derivatives, Model, Predictor
from spasticity.stats.intercept_quadrature import point
from spasticity.stats.random_intercept import maximised


class Logistic:
    def __init__(self, y):
        self.y = y[:, None]

    def __call__(self, eta, other, order, *, further):
        p = special.expit(eta)
        q = p * (1 - p)
        return Derivatives(
            [self.y * eta - np.logaddexp(0, eta), self.y - p, -q, -q * (1 - 2 * p), -q * (1 - 6 * q)][: order + 1]
        )


class Normal:
    """y ~ N(eta, e^(2x)), so that the marginal likelihood is known in closed form; x is a further predictor."""

    def __init__(self, y):
        self.y = y[:, None]

    def __call__(self, eta, other, order, *, further):
        r, w = self.y - eta, np.exp(-2 * other[0]) + 0 * eta
        x = other[0] + 0 * eta
        own = [-x - np.log(2 * np.pi) / 2 - w * r**2 / 2, w * r, -w, 0 * w, 0 * w]
        by_x = [-1 + w * r**2, -2 * w * r, 2 * w, 0 * w]
        return Derivatives(own[: order + 1], [by_x[:order]], {(0, 0): [-2 * w * r**2, 4 * w * r, -4 * w][: order - 1]})


def made(family, nodes, seed=1, people=30, rows=4):
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(people), rows)
    X = np.column_stack([np.ones(len(labels)), rng.normal(size=len(labels))])
    eta = X @ [0.3, 0.8] + 1.2 * rng.normal(size=people)[labels]
    keep = rng.random(len(labels)) < 0.85
    clusters, _ = Clusters.of(labels[keep])
    X, eta = X[keep], eta[keep]
    if family is Logistic:
        y = (rng.random(len(eta)) < special.expit(eta)).astype(float)
        return Model(Logistic(y), (Predictor(X, np.arange(2)),), clusters, nodes)
    y = eta + rng.normal(scale=0.7, size=len(eta))
    ones = np.ones((len(eta), 1))
    return Model(Normal(y), (Predictor(X, np.arange(2)), Predictor(ones, np.array([2]))), clusters, nodes)


@pytest.mark.parametrize("nodes", [1, 2, 7])
@pytest.mark.parametrize("family", [Logistic, Normal])
def test_gradient_and_hessian_are_those_of_the_value_itself(family, nodes):
    model = made(family, nodes)
    values = np.array([0.2, 0.5, -0.3, 1.1]) if family is Normal else np.array([0.2, 0.5, 1.1])
    here = point(model, values, hessian=True)
    for place in range(len(values)):
        off = np.zeros(len(values))
        off[place] = 1e-5
        up, down = point(model, values + off), point(model, values - off)
        assert here.gradient[place] == pytest.approx((up.log_likelihood - down.log_likelihood) / 2e-5, abs=1e-7)
        assert here.hessian[place] == pytest.approx((up.gradient - down.gradient) / 2e-5, abs=1e-7)


@pytest.mark.parametrize("nodes", [1, 5])
def test_normal_rows_have_the_closed_form_whatever_the_number_of_nodes(nodes):
    model = made(Normal, nodes)
    here = point(model, np.array([0.2, 0.5, -0.3, 1.1]))
    y, mean = model.likelihood.y[:, 0], model.predictors[0].matrix @ [0.2, 0.5]
    expected = 0.0
    for start, size in zip(model.clusters.starts, model.clusters.sizes, strict=True):
        part = slice(start, start + size)
        V = 1.1**2 * np.ones((size, size)) + np.exp(-0.6) * np.eye(size)
        expected += stats.multivariate_normal(mean[part], V).logpdf(y[part])
    assert here.log_likelihood == pytest.approx(expected, abs=1e-10)


def test_many_nodes_agree_with_adaptive_integration():
    model = made(Logistic, 25, people=3)
    values = np.array([0.3, 0.8, 1.5])
    here = point(model, values)
    y, eta = model.likelihood.y[:, 0], model.predictors[0].matrix @ values[:2]
    for number, (start, size) in enumerate(zip(model.clusters.starts, model.clusters.sizes, strict=True)):
        rows = slice(start, start + size)

        def density(v, rows=rows):
            p = special.expit(eta[rows] + 1.5 * v)
            return np.prod(np.where(y[rows] == 1, p, 1 - p)) * stats.norm.pdf(v)

        area = integrate.quad(density, -12, 12, epsabs=0, epsrel=1e-12)[0]
        assert here.by_cluster[number] == pytest.approx(np.log(area), abs=1e-9)


def test_the_maximum_of_normal_rows_is_that_of_the_linear_mixed_model():
    model = made(Normal, 1)
    fit = maximised(model, np.array([0.0, 0.0, 0.0, 1.0]))
    assert np.abs(fit.gradient).max() < 1e-8
    assert fit.sigma > 0.5
    rough = maximised(model, np.array([0.0, 0.0, 0.0, 1.0]), exact=False)
    assert rough.values == pytest.approx(fit.values, abs=1e-8)
    assert rough.covariance == pytest.approx(fit.covariance, abs=1e-6)
    shrunk = fit.sigma**2 / (fit.sigma**2 + np.exp(2 * fit.values[2]) / model.clusters.sizes)
    raw = (model.likelihood.y[:, 0] - model.predictors[0].at(fit.values))[:, None]
    means = model.clusters.sum(raw)[:, 0] / model.clusters.sizes
    assert fit.intercepts == pytest.approx(shrunk * means, abs=1e-8)
    assert fit.intercept_errors == pytest.approx(fit.sigma * np.sqrt(1 - shrunk), abs=1e-8)


def test_a_negative_start_of_sigma_gives_the_same_fit():
    model = made(Logistic, 7)
    one, other = maximised(model, np.array([0.0, 0.0, 1.0])), maximised(model, np.array([0.0, 0.0, -1.0]))
    assert other.sigma == pytest.approx(one.sigma)
    assert other.intercepts == pytest.approx(one.intercepts)
    assert other.covariance == pytest.approx(one.covariance)


def test_no_variance_between_people_ends_at_the_boundary():
    rng = np.random.default_rng(3)
    clusters, order = Clusters.of(np.tile(np.arange(20), 4))
    y = np.tile([0.0, 1.0], 40)[order]  # half of everybody's rows: less spread than chance
    y = np.concatenate([rng.permutation([0.0, 0.0, 1.0, 1.0]) for _ in range(20)])
    model = Model(Logistic(y), (Predictor(np.ones((80, 1)), np.arange(1)),), clusters, 7)
    fit = maximised(model, np.array([0.5, 1.0]))
    assert fit.boundary
    assert fit.sigma == 0
    assert fit.values[0] == pytest.approx(0, abs=1e-8)
    assert fit.covariance[0, 0] == pytest.approx(1 / (80 * 0.25), rel=1e-8)
    assert np.isnan(fit.covariance[1]).all()
    assert (fit.intercepts == 0).all()


def test_rows_are_brought_together():
    clusters, order = Clusters.of(["b", "a", "b", "c", "a"])
    assert list(order) == [1, 4, 0, 2, 3]
    assert list(clusters.sizes) == [2, 2, 1]
    assert list(clusters.sum(np.arange(5.0)[order])) == [5, 2, 3]


def test_wrong_numbers_of_nodes_are_refused():
    with pytest.raises(MethodError, match=r"nodes=0: expected 1 \(Laplace\)"):
        made(Logistic, 0)


def test_a_start_without_a_likelihood_is_said():
    with pytest.raises(MethodError, match="not defined at the starting values"):
        maximised(made(Logistic, 1), np.array([np.nan, 0.0, 1.0]))


def test_a_coefficient_that_runs_away_has_an_error_that_shows_it():
    clusters, _ = Clusters.of(np.repeat(np.arange(10), 2))
    y = np.repeat([0.0, 1.0], 10)
    model = Model(Logistic(y), (Predictor(np.column_stack([np.ones(20), y]), np.arange(2)),), clusters, 1)
    fit = maximised(model, np.array([0.0, 0.0, 0.5]))
    assert np.sqrt(fit.covariance[1, 1]) > 100
