"""Calibration of an accelerometer by gravity: where the device lay still, the length of its vector is 1 g."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spasticity.load.raw_epochs import Sums

# All of van Hees et al. 2014 (J Appl Physiol 117:738), as in the methods page on wearables.
WINDOW_S = 10  # samples are judged in windows of this length
STILL_G = 0.013  # no axis may have a larger standard deviation in it
MOVED_G = 2.0  # nor a mean beyond this: no gravity
SPREAD_G = 0.3  # every axis must have been seen on both sides of this
LARGEST_G = 0.010  # mean distance from 1 g that may remain
FEWEST = 10  # windows without which nothing is fitted [proposal]
WHOLE = 0.9  # share of a window that must have been recorded [proposal]
ROUNDS, TOLERANCE, HEAVIEST = 1000, 1e-10, 100.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """Scale and offset of each axis, and how they were found.

    Parameters
    ----------
    scale, offset : tuple of float
        g is the device's number times scale plus offset.
    note : str
        In words: by how much, from how many windows, or why not.
    applied : bool
        Whether they differ from those of the maker.
    """

    scale: tuple[float, ...]
    offset: tuple[float, ...]
    note: str
    applied: bool


def calibration(sums: Sums, length_s: int, scale: tuple[float, ...], offset: tuple[float, ...]) -> Calibration:
    """Fit scale and offset so that gravity is 1 g wherever the device lay still.

    Parameters
    ----------
    sums : Sums
        Of the whole recording.
    length_s : int
        Of an epoch; a divisor of 10.
    scale, offset : tuple of float
        As the maker has it.

    Returns
    -------
    Calibration
        That of the maker where the device lay still in too few directions, or the fit leaves more than 10 mg.
    """
    points = still_points(sums, length_s, scale, offset)
    if len(points) < FEWEST or (points.min(axis=0) > -SPREAD_G).any() or (points.max(axis=0) < SPREAD_G).any():
        return Calibration(scale, offset, f"not calibrated: {len(points):,} still windows do not face all ways", False)
    gain, shift = _fitted(points)
    before, after = _error(points), _error(points * gain + shift)
    if after >= LARGEST_G or after > before:
        return Calibration(scale, offset, f"not calibrated: {1000 * after:.1f} mg would remain", False)
    return Calibration(
        tuple(np.asarray(scale) * gain),
        tuple(np.asarray(offset) * gain + shift),
        f"calibrated by gravity in {len(points):,} still windows: {1000 * before:.1f} mg became {1000 * after:.1f} mg",
        True,
    )


def still_points(sums: Sums, length_s: int, scale: tuple[float, ...], offset: tuple[float, ...]) -> np.ndarray:
    """Mean acceleration of each window of 10 s in which the device lay still.

    Parameters
    ----------
    sums : Sums
    length_s : int
    scale, offset : tuple of float

    Returns
    -------
    array of float, shape (w, 3)
        In g.
    """
    window = sums.epoch * length_s // WINDOW_S
    heads = np.flatnonzero(np.diff(window, prepend=window[:1] - 1))
    if not len(heads):
        return np.zeros((0, 3))
    n, seconds = (np.add.reduceat(values, heads) for values in (sums.n, sums.seconds))
    total, squares = (np.add.reduceat(values, heads, axis=1) for values in (sums.total, sums.squares))
    factor = np.asarray(scale)[:, None]
    mean = total / n * factor + np.asarray(offset)[:, None]
    variance = np.maximum(squares / n - (total / n) ** 2, 0) * n / np.maximum(n - 1, 1)
    spread = np.sqrt(variance) * np.abs(factor)
    still = (spread < STILL_G).all(axis=0) & (np.abs(mean) < MOVED_G).all(axis=0) & (seconds > WHOLE * WINDOW_S)
    return mean[:, still].T


def _fitted(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gain and shift by which points come nearest to the unit sphere."""
    gain, shift, weight, last = np.ones(3), np.zeros(3), np.ones(len(points)), np.inf
    for _ in range(ROUNDS):
        now = points * gain + shift
        length = np.linalg.norm(now, axis=1, keepdims=True)
        nearest = now / np.where(length > 0, length, 1)
        for axis in range(3):
            slope, level = _line(now[:, axis], nearest[:, axis], weight)
            gain[axis], shift[axis] = gain[axis] * slope, shift[axis] * slope + level
        distance = np.abs(np.linalg.norm(points * gain + shift, axis=1) - 1)
        error = float((weight * (now - nearest).T ** 2).mean() / weight.sum())
        weight = np.minimum(1 / np.maximum(distance, 1e-12), HEAVIEST)
        if abs(last - error) < TOLERANCE:
            break
        last = error
    return gain, shift


def _line(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """Slope and level of the weighted line through points."""
    middle_x, middle_y = np.average(x, weights=weight), np.average(y, weights=weight)
    slope = float(np.sum(weight * (x - middle_x) * (y - middle_y)) / np.sum(weight * (x - middle_x) ** 2))
    return slope, float(middle_y - slope * middle_x)


def _error(points: np.ndarray) -> float:
    """Mean distance of points from 1 g."""
    return float(np.abs(np.linalg.norm(points, axis=1) - 1).mean())
