"""Raw samples into epochs in one pass: means, spreads and ranges of each axis, acceleration above gravity, arm angle.

Nothing is kept of a sample but its epoch's sums and, ten times a second, its axes for the angle: about 10 MB a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spasticity.load.raw_samples import Samples

TICKS_PER_S = 10  # the angle is that of medians of axes at 10 Hz (van Hees et al. 2018, as in the methods page)
MEDIAN_TICKS = 51  # ... over 5 s
AT_ONCE = 200_000  # ticks whose medians are taken in one go
EARLY_S = 1e-4  # by which a sample may seem early without falling into the epoch before: .cwa times are in 1/32768 s


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sums:
    """What is known of stretches of samples, in the numbers of the device; axes x, y, z along the first dimension.

    Parameters
    ----------
    epoch : array of int, shape (e,)
        Number of the epoch since 1970 on the device's clock.
    n : array of float, shape (e,)
        Samples.
    seconds : array of float, shape (e,)
        Time they stand for.
    total, squares, low, high : array of float, shape (3, e)
        Sum, sum of squares, smallest and largest number of each axis.
    warmth : array of float, shape (e,)
        Sum of the temperature over samples.
    above : array of float, shape (e,)
        Sum of acceleration above gravity (ENMO), in g.
    """

    epoch: np.ndarray
    n: np.ndarray
    seconds: np.ndarray
    total: np.ndarray
    squares: np.ndarray
    low: np.ndarray
    high: np.ndarray
    warmth: np.ndarray
    above: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Ticks:
    """Axes ten times a second.

    Parameters
    ----------
    start : array of int, shape (r,)
        Where each run of ticks begins, in tenths of a second since 1970 on the device's clock.
    length : array of int, shape (r,)
        Ticks of each run; they sum to t.
    units : array, shape (3, t)
        The sample at each tick, in the numbers of the device.
    """

    start: np.ndarray
    length: np.ndarray
    units: np.ndarray


def stretches(piece: Samples, length_s: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where one epoch ends and the next begins among samples.

    Parameters
    ----------
    piece : Samples
    length_s : float
        Of an epoch.

    Returns
    -------
    epoch : array of int, shape (e,)
        Number of each stretch's epoch since 1970.
    first : array of int, shape (e,)
        Its first sample.
    seconds : array of float, shape (e,)
        Time it covers.
    """
    start = piece.start + EARLY_S
    begin = np.floor(start / length_s).astype(np.int64)
    last = start + (piece.count - 1) * piece.step
    parts = np.floor(last / length_s).astype(np.int64) - begin + 1
    owner = np.repeat(np.arange(len(parts)), parts)
    part = np.arange(len(owner)) - np.repeat(np.cumsum(parts) - parts, parts)
    epoch = begin[owner] + part
    into = np.ceil((epoch * length_s - start[owner]) / piece.step[owner]).astype(np.int64)
    inside = np.where(part == 0, 0, np.clip(into, 0, piece.count[owner]))
    first = (np.cumsum(piece.count) - piece.count)[owner] + inside
    n = np.diff(first, append=int(piece.count.sum()))
    real = n > 0
    epoch, first, seconds = epoch[real], first[real], (n * piece.step[owner])[real]
    heads = np.flatnonzero(np.diff(epoch, prepend=epoch[0] - 1)) if len(epoch) else np.zeros(0, dtype=np.int64)
    covered = np.add.reduceat(seconds, heads) if len(heads) else seconds
    return epoch[heads], first[heads], covered


def sums(piece: Samples, length_s: float) -> Sums:
    """What each epoch of a piece adds up to, but for acceleration above gravity.

    Parameters
    ----------
    piece : Samples
    length_s : float

    Returns
    -------
    Sums
    """
    epoch, first, seconds = stretches(piece, length_s)
    n = np.diff(first, append=piece.units.shape[1]).astype(np.float64)
    kind = np.int64 if np.issubdtype(piece.units.dtype, np.integer) else np.float64
    total, squares, low, high = (np.empty((3, len(epoch))) for _ in range(4))
    for axis, units in enumerate(piece.units):
        wide = units.astype(np.int32) if kind is np.int64 else units
        total[axis] = np.add.reduceat(units, first, dtype=kind)
        squares[axis] = np.add.reduceat(wide * wide, first, dtype=kind)
        low[axis], high[axis] = np.minimum.reduceat(units, first), np.maximum.reduceat(units, first)
    warmth = np.add.reduceat(np.repeat(piece.temperature, piece.count), first)
    return Sums(
        epoch=epoch,
        n=n,
        seconds=seconds,
        total=total,
        squares=squares,
        low=low,
        high=high,
        warmth=warmth,
        above=np.zeros(len(epoch)),
    )


def above_gravity(piece: Samples, length_s: float, scale: Sequence[float], offset: Sequence[float]) -> np.ndarray:
    """What acceleration above gravity (ENMO: the length of the vector less 1 g, not below 0) each epoch adds up to.

    Parameters
    ----------
    piece : Samples
    length_s : float
    scale, offset : sequence of float, length 3
        Of each axis, in g.

    Returns
    -------
    array of float, shape (e,)
        Sum over samples, in g; epochs as in `stretches`.
    """
    _, first, _ = stretches(piece, length_s)
    length = np.zeros(piece.units.shape[1], dtype=np.float32)
    for units, factor, zero in zip(piece.units, scale, offset, strict=True):
        axis = units * np.float32(factor)
        axis += np.float32(zero)
        length += np.square(axis, out=axis)
    np.sqrt(length, out=length)
    length -= 1
    np.maximum(length, 0, out=length)
    return np.add.reduceat(length, first, dtype=np.float64) if len(first) else np.zeros(0)


def joined(parts: Sequence[Sums]) -> Sums:
    """The sums of pieces put together; an epoch that lies in two pieces becomes one.

    Parameters
    ----------
    parts : sequence of Sums

    Returns
    -------
    Sums
    """
    whole = {name: np.concatenate([getattr(part, name) for part in parts], axis=-1) for name in Sums.__slots__}
    epoch = whole.pop("epoch")
    heads = np.flatnonzero(np.diff(epoch, prepend=epoch[:1] - 1))
    if not len(heads):
        return Sums(epoch=epoch, **whole)
    how = {"low": np.minimum, "high": np.maximum}
    return Sums(
        epoch=epoch[heads],
        **{name: how.get(name, np.add).reduceat(values, heads, axis=-1) for name, values in whole.items()},
    )


def on_grid(piece: Samples, rate: int) -> tuple[np.ndarray, np.ndarray]:
    """The sample at each beat of a steady clock, or the next one after it.

    Parameters
    ----------
    piece : Samples
    rate : int
        Beats per second.

    Returns
    -------
    moment : array of int, shape (t,)
        Beats since 1970 on the device's clock.
    units : array, shape (3, t)
        In the numbers of the device.
    """
    start = piece.start + EARLY_S
    begin = np.ceil((piece.start - EARLY_S) * rate).astype(np.int64)
    parts = np.maximum(np.ceil((piece.end - EARLY_S) * rate).astype(np.int64) - begin, 0)
    owner = np.repeat(np.arange(len(parts)), parts)
    moment = begin[owner] + np.arange(len(owner)) - np.repeat(np.cumsum(parts) - parts, parts)
    into = np.ceil((moment / rate - start[owner]) / piece.step[owner]).astype(np.int64)
    place = (np.cumsum(piece.count) - piece.count)[owner] + np.clip(into, 0, piece.count[owner] - 1)
    return moment, piece.units[:, place]


def ticks(piece: Samples) -> Ticks:
    """The samples that the angle is made of.

    Parameters
    ----------
    piece : Samples

    Returns
    -------
    Ticks
    """
    moment, units = on_grid(piece, TICKS_PER_S)
    heads = np.flatnonzero(np.diff(moment, prepend=moment[:1] - 2) != 1)
    return Ticks(moment[heads], np.diff(heads, append=len(moment)), units)


def epoch_angles(
    parts: Sequence[Ticks], scale: Sequence[float], offset: Sequence[float], epoch: np.ndarray, length_s: int
) -> np.ndarray:
    """The mean angle of the z axis to the horizontal in each epoch, from rolling medians of the axes over 5 s.

    Parameters
    ----------
    parts : sequence of Ticks
        In order of time.
    scale, offset : sequence of float, length 3
        Of each axis, in g.
    epoch : array of int, shape (e,)
        Number of each epoch since 1970, ascending.
    length_s : int
        Of an epoch.

    Returns
    -------
    array of float, shape (e,)
        Degrees, from -90 to 90; missing where the epoch has no tick.

    Notes
    -----
    A median never reaches over a pause; at the ends of a stretch the last sample stands for those that are missing.
    """
    start, length = (np.concatenate([getattr(part, name) for part in parts]) for name in ("start", "length"))
    units = np.concatenate([part.units for part in parts], axis=1)
    heads = np.flatnonzero(np.concatenate(([True], start[1:] != start[:-1] + length[:-1]))[: len(start)])
    count = np.add.reduceat(length, heads) if len(heads) else length
    begins = np.cumsum(count) - count
    total, n = np.zeros(len(epoch)), np.zeros(len(epoch))
    for moment, begin, many in zip(start[heads].tolist(), begins.tolist(), count.tolist(), strict=True):
        for skip in range(0, many, AT_ONCE):
            part = slice(begin + skip, begin + min(skip + AT_ONCE, many))
            angle = _angle(units, part, (begin, begin + many), (scale, offset))
            of = (moment + skip + np.arange(len(angle))) // (TICKS_PER_S * length_s)
            _add(total, n, epoch, of, angle)
    return np.divide(total, n, out=np.full(len(epoch), np.nan), where=n > 0)


def _add(total: np.ndarray, n: np.ndarray, epoch: np.ndarray, of: np.ndarray, angle: np.ndarray) -> None:
    """Add angles to the sums of their epochs."""
    heads = np.flatnonzero(np.diff(of, prepend=of[:1] - 1))
    place = np.searchsorted(epoch, of[heads])
    known = place < len(epoch)
    known[known] = epoch[place[known]] == of[heads][known]
    total[place[known]] += np.add.reduceat(angle, heads, dtype=np.float64)[known]
    n[place[known]] += np.diff(heads, append=len(of))[known]


def _angle(
    units: np.ndarray,
    part: slice,
    stretch: tuple[int, int],
    calibration: tuple[Sequence[float], Sequence[float]],
) -> np.ndarray:
    """The angle at some ticks of a stretch, from medians that see their neighbours in it."""
    from scipy.ndimage import median_filter  # costs a third of a second, which only who reads raw files should pay

    before = min(MEDIAN_TICKS, part.start - stretch[0])
    seen = units[:, part.start - before : min(part.stop + MEDIAN_TICKS, stretch[1])]
    inner = slice(before, before + part.stop - part.start)
    x, y, z = (
        median_filter(axis, size=MEDIAN_TICKS, mode="nearest")[inner] * np.float32(factor) + np.float32(zero)
        for axis, factor, zero in zip(seen, *calibration, strict=True)
    )
    return np.degrees(np.arctan2(z, np.hypot(x, y)))
