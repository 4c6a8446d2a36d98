"""Every structure is a covariance, its derivatives are derivatives, and its start is near the moments."""

import numpy as np
import pytest

from spasticity.stats import covariance
from spasticity.stats.covariance import POSITIONAL, Spatial, structure

VISITS = 4


def spatial(power):
    times = np.array([[0.0, 1.0, 2.5, 4.0], [0.0, 2.0, 3.0, 7.0]])
    return Spatial(np.abs(times[:, :, None] - times[:, None, :]) ** power, power)


STRUCTURES = {name: structure(name, VISITS) for name in POSITIONAL}
STRUCTURES |= {"spatial-exponential": spatial(1), "spatial-gaussian": spatial(2)}


def somewhere(shape, seed=1):
    return np.random.default_rng(seed).normal(scale=0.4, size=shape.size)


@pytest.mark.parametrize("name", STRUCTURES)
def test_slopes_are_differences_of_the_matrix(name):
    shape, step = STRUCTURES[name], 1e-6
    theta = somewhere(shape)
    for place, slope in enumerate(shape.slopes(theta)):
        move = step * np.eye(shape.size)[place]
        expected = (shape.sigma(theta + move) - shape.sigma(theta - move)) / (2 * step)
        np.testing.assert_allclose(slope, expected, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("name", STRUCTURES)
def test_bends_are_differences_of_the_slopes(name):
    shape, step = STRUCTURES[name], 1e-6
    theta = somewhere(shape)
    weight = np.random.default_rng(2).normal(size=shape.sigma(theta).shape)
    weight = weight + weight.swapaxes(-1, -2)
    axes = weight.ndim
    for place, row in enumerate(shape.bends(theta, weight)):
        move = step * np.eye(shape.size)[place]
        expected = np.tensordot(shape.slopes(theta + move) - shape.slopes(theta - move), weight, axes) / (2 * step)
        np.testing.assert_allclose(row, expected, rtol=1e-6, atol=1e-7)


def theta_of(name, phi):
    """Theta from the parameters SAS works in where they are not linear: variances and correlations, or a range."""
    if name.startswith("spatial"):
        return np.array([np.log(phi[0]), -np.log(np.expm1(phi[1] ** -STRUCTURES[name].power))])
    scales = VISITS if name.endswith("heterogeneous") else 1
    rho = phi[scales:]
    if name.startswith("compound"):
        p = (rho + 1 / (VISITS - 1)) / (1 + 1 / (VISITS - 1))
        t = np.log(p / (1 - p))
    else:
        t = rho / np.sqrt(1 - rho**2)
    return np.concatenate([np.log(phi[:scales]) / 2, t])


@pytest.mark.parametrize("name", [name for name, shape in STRUCTURES.items() if not shape.linear])
def test_bend_is_the_second_derivative_in_the_parameters_of_sas(name):
    """By differences in those parameters themselves, with weights carried over from theta by the Jacobian."""
    shape = STRUCTURES[name]
    phi = np.random.default_rng(7).uniform(0.3, 0.6, size=shape.size)
    weight = np.random.default_rng(3).normal(size=(shape.size, shape.size))
    weight = weight + weight.T
    moves = np.eye(shape.size)
    jacobian = np.array(
        [(theta_of(name, phi + 1e-6 * m) - theta_of(name, phi - 1e-6 * m)) / 2e-6 for m in moves]
    )  # d theta / d phi, diagonal
    there = np.linalg.inv(jacobian.T) @ weight @ np.linalg.inv(jacobian)

    def sigma(h, k):
        return shape.sigma(theta_of(name, phi + 1e-3 * (h + k)))

    total = 0.0
    for h, row in zip(moves, there, strict=True):
        for k, share in zip(moves, row, strict=True):
            total = total + share * (sigma(h, k) - sigma(h, -k) - sigma(-h, k) + sigma(-h, -k)) / 4e-6
    np.testing.assert_allclose(shape.bend(theta_of(name, phi), weight), total, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ["unstructured", "compound-symmetry", "toeplitz"])
def test_linear_structures_have_no_bend(name):
    shape = structure(name, VISITS)
    assert shape.linear
    assert not shape.bend(somewhere(shape), np.ones((shape.size, shape.size))).any()


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("unstructured", 10),
        ("compound-symmetry", 2),
        ("compound-symmetry-heterogeneous", 5),
        ("ar1", 2),
        ("ar1-heterogeneous", 5),
        ("toeplitz", 4),
        ("toeplitz-heterogeneous", 7),
        ("ante-dependence", 4),
        ("ante-dependence-heterogeneous", 7),
    ],
)
def test_numbers_of_parameters_are_those_of_the_table(name, size):
    shape = structure(name, VISITS)
    assert shape.size == size
    assert len(somewhere(shape)) == len(shape.slopes(somewhere(shape)))


@pytest.mark.parametrize("name", POSITIONAL)
def test_start_finds_a_matrix_of_its_own_kind_again(name):
    shape = structure(name, VISITS)
    theta = somewhere(shape, seed=5) * 0.5
    found = shape.sigma(shape.start(shape.sigma(theta)))
    np.testing.assert_allclose(found, shape.sigma(theta), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", POSITIONAL)
def test_one_visit_has_one_parameter_its_variance(name):
    shape = structure(name, 1)
    assert shape.size == 1
    theta = shape.start(np.array([[2.5]]))
    np.testing.assert_allclose(shape.sigma(theta), [[2.5]])
    np.testing.assert_allclose(shape.slopes(theta), [[[5.0]]])
    np.testing.assert_allclose(shape.bends(theta, np.ones((1, 1))), [[10.0]])
    np.testing.assert_allclose(shape.bend(theta, np.ones((1, 1))), [[0.0]])


def test_shapes_by_hand():
    t = 1 / np.sqrt(3)  # correlation 1/2
    two = np.log(2)
    ar1 = structure("ar1", 3).sigma(np.array([two, t]))
    np.testing.assert_allclose(ar1, 4 * np.array([[1, 0.5, 0.25], [0.5, 1, 0.5], [0.25, 0.5, 1]]))
    ante = structure("ante-dependence-heterogeneous", 3).sigma(np.array([0, two, 0, t, 0.0]))
    np.testing.assert_allclose(ante, [[1, 1, 0], [1, 4, 0], [0, 0, 1]])
    toeplitz = structure("toeplitz", 3).sigma(np.array([0, t, 0.0]))
    np.testing.assert_allclose(toeplitz, [[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]])
    compound = structure("compound-symmetry", 3).sigma(np.array([two, 0.0]))  # halfway between -1/2 and 1
    np.testing.assert_allclose(compound, 4 * (0.75 * np.eye(3) + 0.25))
    unstructured = structure("unstructured", 2).sigma(np.array([two, 0, 3.0]))
    np.testing.assert_allclose(unstructured, [[4, 12], [12, 37]])  # 3 times the first visit, and a variance of 1


def test_spatial_correlation_is_the_one_at_distance_one_to_the_power_of_the_distance():
    sigma = spatial(2).sigma(np.array([np.log(3), 0.0]))
    np.testing.assert_allclose(sigma[0, 0], 3 * 0.5 ** (np.array([0.0, 1.0, 2.5, 4.0]) ** 2))


def test_every_name_of_the_family_is_offered():
    assert len(covariance.COVARIANCES) == 11
