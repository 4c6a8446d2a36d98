"""Correlation matrices with few parameters, their derivatives, and the links to numbers without bounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Correlations(NamedTuple):
    """A correlation matrix and its derivatives by each of its c parameters."""

    matrix: Array  # (T, T)
    first: Array  # (c, T, T)
    second: Array  # (c, c, T, T)


def _lags(T: int) -> Array:
    positions = np.arange(T)
    return np.abs(positions[:, None] - positions)


def _exchangeable(rho: Array, T: int) -> Correlations:
    c, other = len(rho), (_lags(T) > 0).astype(float)
    return Correlations(np.eye(T) + rho.sum() * other, np.tile(other, (c, 1, 1)), np.zeros((c, c, T, T)))


def _autoregressive(rho: Array, T: int) -> Correlations:
    lags = _lags(T)
    if not len(rho):
        return Correlations(np.eye(T), np.zeros((0, T, T)), np.zeros((0, 0, T, T)))
    first = lags * rho[0] ** np.maximum(lags - 1, 0)
    second = lags * (lags - 1) * rho[0] ** np.maximum(lags - 2, 0)
    return Correlations(rho[0] ** lags, first[None], second[None, None])


def _banded(rho: Array, T: int) -> Correlations:
    bands = (_lags(T)[None] == np.arange(1, T)[:, None, None]).astype(float)
    return Correlations(np.eye(T) + np.tensordot(rho, bands, 1), bands, np.zeros((T - 1, T - 1, T, T)))


def _chained(rho: Array, T: int) -> Correlations:
    """Correlations that multiply along the chain of neighbours; products leave factors out, never divide by them."""
    links = np.arange(T - 1)
    low, high = np.minimum.outer(np.arange(T), np.arange(T)), np.maximum.outer(np.arange(T), np.arange(T))
    within = (low <= links[:, None, None]) & (links[:, None, None] < high)  # (c, T, T)
    factors = np.where(within, rho[:, None, None], 1.0)
    keep = 1 - np.eye(T - 1)
    first = within * np.where(keep[:, :, None, None] > 0, factors, 1.0).prod(axis=1)
    pair = keep[:, None] * keep[None]  # (c, c, c): which factors stay
    second = np.where(pair[..., None, None] > 0, factors, 1.0).prod(axis=2) * (within[:, None] & within[None])
    return Correlations(factors.prod(axis=0), first, second * keep[:, :, None, None])


class Link(NamedTuple):
    """Correlations as functions of unconstrained numbers, with two derivatives, and the way back."""

    value: Array
    first: Array
    second: Array


def symmetric(t: Array) -> Link:
    """Correlations between -1 and 1, t / sqrt(1 + t^2)."""
    length = 1 + t**2
    return Link(t / np.sqrt(length), length**-1.5, -3 * t * length**-2.5)


def bounded_below(t: Array, T: int) -> Link:
    """Common correlations above -1/(T - 1), below which an exchangeable matrix is no covariance."""
    low = 1 / max(T - 1, 1)
    p = 1 / (1 + np.exp(-t))
    slope = (1 + low) * p * (1 - p)
    return Link((1 + low) * p - low, slope, slope * (1 - 2 * p))


def inverse_symmetric(rho: Array) -> Array:
    """A first guess of t, not too close to the ends."""
    rho = np.clip(rho, -0.95, 0.95)
    return rho / np.sqrt(1 - rho**2)


def inverse_bounded_below(rho: Array, T: int) -> Array:
    """A first guess of t, not too close to the ends."""
    low = 1 / max(T - 1, 1)
    p = np.clip((rho + low) / (1 + low), 0.02, 0.98)
    return np.log(p / (1 - p))


@dataclass(frozen=True, slots=True)
class Family:
    """Correlation matrices with few parameters: how many, the matrix, the first guess, and whether SAS is linear."""

    parameters: Callable[[int], int]
    matrix: Callable[[Array, int], Correlations]
    guess: Callable[[Array], Array]
    linear: bool


def _mean_lag(R: Array, lag: int) -> float:
    return float(np.diag(R, lag).mean()) if len(R) > lag else 0.0


FAMILIES = {
    "compound-symmetry": Family(
        lambda T: min(T - 1, 1), _exchangeable, lambda R: np.array([R[np.triu_indices(len(R), 1)].mean()]), True
    ),
    "ar1": Family(lambda T: min(T - 1, 1), _autoregressive, lambda R: np.array([_mean_lag(R, 1)]), False),
    "toeplitz": Family(
        lambda T: T - 1, _banded, lambda R: np.array([_mean_lag(R, lag) for lag in range(1, len(R))]), True
    ),
    "ante-dependence": Family(lambda T: T - 1, _chained, lambda R: np.diag(R, 1).copy(), False),
}
