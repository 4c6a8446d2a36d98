"""Least squares keeps its digits, and HC3 is what its formula says."""

import numpy as np
import pytest

from spasticity.errors import MethodError
from spasticity.stats.least_squares import hc3, solved


def line():
    x = np.array([0.0, 1, 2, 3])
    return np.column_stack([np.ones(4), x]), np.array([1.0, 3, 2, 6])


def test_a_line_by_hand():
    X, y = line()  # slope 7/5, intercept 9/10, residuals 0.1, 0.7, -1.7, 0.9
    solution = solved(X, y)
    np.testing.assert_allclose(solution.values, [0.9, 1.4])
    np.testing.assert_allclose(solution.residuals, [0.1, 0.7, -1.7, 0.9])
    np.testing.assert_allclose(solution.fitted, [0.9, 2.3, 3.7, 5.1])
    np.testing.assert_allclose(solution.leverage, [0.7, 0.3, 0.3, 0.7])
    np.testing.assert_allclose(solution.unscaled, [[0.7, -0.3], [-0.3, 0.2]])
    assert solution.df == 2
    assert solution.sigma == pytest.approx(np.sqrt(4.2 / 2))


def test_hc3_by_hand():
    X, y = line()
    solution = solved(X, y)
    weights = (np.array([0.1, 0.7, -1.7, 0.9]) / np.array([0.3, 0.7, 0.7, 0.3])) ** 2
    bread = np.array([[0.7, -0.3], [-0.3, 0.2]])
    np.testing.assert_allclose(hc3(X, solution), bread @ (X.T * weights) @ X @ bread)


def test_hc3_of_two_groups_by_hand():
    X = np.column_stack([np.ones(4), [0, 0, 1, 1]])
    covariance = hc3(X, solved(X, np.array([1.0, 3, 4, 8])))
    assert covariance[1, 1] == pytest.approx(2 * 1 / 0.25 / 4 + 2 * 4 / 0.25 / 4)


def test_hc3_refuses_a_row_that_is_fitted_exactly():
    X = np.column_stack([np.ones(4), [0, 0, 0, 1]])
    with pytest.raises(MethodError, match=r"HC3: 1 row is fitted exactly.*use vcov='model'"):
        hc3(X, solved(X, np.array([1.0, 3, 4, 8])))


def test_as_many_rows_as_columns_leave_nothing():
    with pytest.raises(MethodError, match="2 rows for 2 coefficients leave nothing"):
        solved(np.eye(2), np.array([1.0, 2]))


def test_a_constant_column_need_not_be_one_nor_first():
    X, y = line()
    solution = solved(np.column_stack([X[:, 1], np.full(4, -4.0)]), y)
    np.testing.assert_allclose(solution.values, [1.4, 0.9 / -4])
    np.testing.assert_allclose(solution.unscaled, [[0.2, 0.3 / 4], [0.3 / 4, 0.7 / 16]])


def test_without_a_constant_nothing_is_centred():
    x, y = np.array([[1.0], [2.0], [3.0]]), np.array([2.0, 4.0, 5.0])
    assert solved(x, y).values[0] == pytest.approx(25 / 14)


def test_a_large_level_costs_no_digits():
    X, y = line()
    far = solved(X, y + 2.0**40)
    np.testing.assert_array_equal(far.values[1], solved(X, y).values[1])
    np.testing.assert_allclose(far.residuals, [0.1, 0.7, -1.7, 0.9], rtol=1e-12)


def test_the_condition_number_does_not_depend_on_units():
    rng = np.random.default_rng(0)
    X = np.column_stack([np.ones(50), rng.normal(size=(50, 2))])
    y = rng.normal(size=50)
    assert solved(X * [1, 1e9, 1e-9], y).condition == pytest.approx(solved(X, y).condition, rel=1e-6)
    nearly = np.column_stack([X, X[:, 1] + 1e-9 * rng.normal(size=50)])
    assert solved(nearly, y).condition > 1e8
