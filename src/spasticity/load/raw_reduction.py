"""The passes over a raw recording: one for what each epoch adds up to, and one more when it was calibrated."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from spasticity.errors import DataError
from spasticity.load.activity_counts import Counter, grid_rate
from spasticity.load.raw_calibration import Calibration, calibration
from spasticity.load.raw_epochs import Sums, Ticks, above_gravity, epoch_angles, joined, sums, ticks
from spasticity.load.raw_samples import RawFile, Refused, in_time

NOT_ASKED = "not calibrated: not asked for"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Reduced:
    """What is left of a raw recording.

    Parameters
    ----------
    sums : Sums
        Of each epoch on the device's clock.
    angle : array of float, shape (e,)
        Mean angle of each epoch, in degrees.
    counts : array of float, shape (e,), optional
    calibration : Calibration
    refused : tuple of Refused
        Blocks that could not be used.
    used : int
        Blocks that were.
    first_s : float
        Time of the first sample on the device's clock.
    gaps : tuple of float
        Lengths of the pauses, in seconds.
    """

    sums: Sums
    angle: np.ndarray
    counts: np.ndarray | None
    calibration: Calibration
    refused: tuple[Refused, ...]
    used: int
    first_s: float
    gaps: tuple[float, ...]


def reduced(raw: RawFile, length_s: int, where: str, *, calibrate: bool, counts: str | None) -> Reduced:
    """Read a recording and keep its epochs.

    Parameters
    ----------
    raw : RawFile
    length_s : int
        Of an epoch.
    where : str
        File, for messages.
    calibrate : bool
    counts : str, optional
        As in `accelerometer`.

    Returns
    -------
    Reduced

    Raises
    ------
    DataError
        When no block can be used.
    """
    counter = Counter(grid_rate(raw.rate_hz), length_s, raw.scale, raw.offset) if counts and not calibrate else None
    first = _First(raw, length_s, None if calibrate else _maker(raw), counter)
    if not first.used:
        raise _nothing_left(first.refused, raw, where)
    sums_, found = joined(first.sums), _maker(raw)
    if calibrate:
        found = calibration(sums_, length_s, raw.scale, raw.offset)
        counter = Counter(grid_rate(raw.rate_hz), length_s, found.scale, found.offset) if counts else None
        above = _second(raw, length_s, found, counter)
        sums_ = joined([_with_above(part, values) for part, values in zip(first.sums, above, strict=True)])
    return Reduced(
        sums=sums_,
        angle=epoch_angles(first.ticks, found.scale, found.offset, sums_.epoch, length_s),
        counts=counter.of(sums_.epoch, counts) if counter is not None and counts else None,
        calibration=found,
        refused=tuple(first.refused),
        used=first.used,
        first_s=first.first_s,
        gaps=tuple(first.gaps),
    )


def _maker(raw: RawFile) -> Calibration:
    return Calibration(raw.scale, raw.offset, NOT_ASKED, applied=False)


class _First:
    """The first pass: sums of pieces, ticks for the angle, and what happened to the blocks."""

    def __init__(self, raw: RawFile, length_s: int, known: Calibration | None, counter: Counter | None) -> None:
        self.sums: list[Sums] = []
        self.ticks: list[Ticks] = []
        self.refused: list[Refused] = []
        self.gaps: list[float] = []
        self.used, self.first_s, self.end_s = 0, np.nan, np.nan
        for piece in in_time(raw):
            if len(piece.refused):
                self.refused.append(piece.refused)
            if not len(piece.start):
                continue
            self._note_gaps(piece.start, piece.end, raw.jitter * piece.count * piece.step)
            self.used += int(np.count_nonzero(piece.row))
            part = sums(piece, length_s)
            if known is not None:
                part = _with_above(part, above_gravity(piece, length_s, known.scale, known.offset))
            if counter is not None:
                counter.add(piece)
            self.sums.append(part)
            self.ticks.append(ticks(piece))

    def _note_gaps(self, start: np.ndarray, end: np.ndarray, slack: np.ndarray) -> None:
        before = np.concatenate(([self.end_s], end[:-1]))
        pause = start - before
        self.gaps += pause[pause > slack].tolist()
        self.end_s = float(end[-1])
        if np.isnan(self.first_s):
            self.first_s = float(start[0])


def _second(raw: RawFile, length_s: int, known: Calibration, counter: Counter | None) -> list[np.ndarray]:
    """The second pass: what is above gravity, once it is known what gravity is."""
    found = []
    for piece in in_time(raw):
        if not len(piece.start):
            continue
        found.append(above_gravity(piece, length_s, known.scale, known.offset))
        if counter is not None:
            counter.add(piece)
    return found


def _with_above(part: Sums, above: np.ndarray) -> Sums:
    return replace(part, above=above)


def _nothing_left(refused: list[Refused], raw: RawFile, where: str) -> DataError:
    rules = [rule for part in refused for rule in part.rule]
    first = f", first: {rules[0]}" if rules else ""
    return DataError(
        f"{where}: none of {len(rules):,} {raw.block}s can be used{first}; copy the file from the device again."
    )
