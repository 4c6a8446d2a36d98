"""Raw samples of an accelerometer in the order of its file: pieces that fit into memory, each block with its time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

JITTER = 0.05  # share of its length by which a block may end before or after the next one begins [proposal]
NEVER_SET_S = 1_104_537_600.0  # 2005-01-01: a clock before it was never set; devices begin in 1970 or 2000 [proposal]
RESET = "a clock that was never set, or was reset; ask when the recording began"
BACK = "begins before the block before it ends: the clock was set back, or the recording is doubled"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Refused:
    """Blocks that cannot be used.

    Parameters
    ----------
    row : array of int, shape (r,)
        Number of the block in its file, from 1.
    rule : tuple of str
        What is wrong with each.
    """

    row: np.ndarray
    rule: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.row)


NONE_REFUSED = Refused(row=np.zeros(0, dtype=np.int64), rule=())


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Samples:
    """Samples of some blocks of a file.

    Parameters
    ----------
    units : array, shape (3, n)
        Acceleration along x, y, z in the numbers of the device.
    start : array of float, shape (b,)
        Time of the first sample of each block on the clock of the device, in seconds since 1970-01-01 00:00.
    count : array of int, shape (b,)
        Samples of each block; they sum to n.
    step : array of float, shape (b,)
        Seconds from sample to sample.
    row : array of int, shape (b,)
        Number of each block in its file, from 1.
    temperature : array of float, shape (b,)
        Degrees Celsius, missing where the device has no thermometer.
    refused : Refused
        Blocks of this part of the file that are not among the samples.
    """

    units: np.ndarray
    start: np.ndarray
    count: np.ndarray
    step: np.ndarray
    row: np.ndarray
    temperature: np.ndarray
    refused: Refused = NONE_REFUSED

    @property
    def end(self) -> np.ndarray:
        """When each block ends."""
        return self.start + self.count * self.step

    def only(self, kept: np.ndarray) -> Samples:
        """The samples of some of the blocks.

        Parameters
        ----------
        kept : array of bool, shape (b,)

        Returns
        -------
        Samples
        """
        return replace(
            self,
            units=self.units[:, np.repeat(kept, self.count)],
            **{name: getattr(self, name)[kept] for name in ("start", "count", "step", "row", "temperature")},
        )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RawFile:
    """A raw recording that has been opened, and how to read it.

    Parameters
    ----------
    format : str
        Such as `Axivity cwa`.
    block : str
        What the file is made of, in the singular: `block`, `page`, `record` or `line`.
    scale, offset : tuple of float
        Acceleration in g is the device's number times scale plus offset, for each axis.
    rate_hz : float
        Samples per second as the device was told to take them.
    pieces : callable
        Reads the file from its beginning, piece by piece.
    header : mapping of str to str
        What the file says of itself; the gate looks through it.
    configured_s : float, optional
        When the device's clock was set, on that clock.
    offset_s : float, optional
        How far the clock was ahead of UTC, when the file says so.
    jitter : float
        As `JITTER`; larger where every sample has a rounded time of its own.
    notes : tuple of str
        What a reader of the ledger must know.
    """

    format: str
    block: str
    scale: tuple[float, float, float]
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rate_hz: float
    pieces: Callable[[], Iterator[Samples]]
    header: Mapping[str, str] = field(default_factory=dict)
    configured_s: float | None = None
    offset_s: float | None = None
    jitter: float = JITTER
    notes: tuple[str, ...] = ()


def in_time(raw: RawFile) -> Iterator[Samples]:
    """The pieces of a recording with blocks that follow each other in time, and the true distance of their samples.

    Parameters
    ----------
    raw : RawFile

    Yields
    ------
    Samples
        Where one block follows the other without a pause, the samples are spread evenly from its beginning to that
        of the next one, because a device's own rate is never quite the one it was set to.
    """
    last = -np.inf
    held: Samples | None = None
    for piece in raw.pieces():
        piece, last = _forward(piece, last, raw)
        if held is not None:
            yield _spread(held, piece.start[:1], raw.jitter)
        held = piece
    if held is not None:
        yield _spread(held, held.start[:0], raw.jitter)


def _forward(piece: Samples, last: float, raw: RawFile) -> tuple[Samples, float]:
    """The piece without blocks whose time cannot be, and when its last block ends."""
    reset = piece.start < NEVER_SET_S
    slack = raw.jitter * piece.count * piece.step
    ends = piece.end
    before = np.concatenate(([last], ends[:-1]))
    back = piece.start + np.concatenate((slack[:1], slack[:-1])) < before
    if not reset.any() and not back.any():
        return piece, float(ends[-1]) if len(ends) else last
    back = np.zeros(len(ends), dtype=bool)
    for place in np.flatnonzero(~reset):
        back[place] = piece.start[place] + slack[place] < last
        if not back[place]:
            last = float(ends[place])
    rules = np.where(reset, RESET, BACK)[reset | back]
    row = np.concatenate((piece.refused.row, piece.row[reset | back]))
    refused = Refused(row=row, rule=(*piece.refused.rule, *rules.tolist()))
    return replace(piece.only(~(reset | back)), refused=refused), last


def _spread(piece: Samples, following: np.ndarray, jitter: float) -> Samples:
    """The piece with the true distance of its samples."""
    until = np.diff(np.concatenate((piece.start, following)))
    told = (piece.count * piece.step)[: len(until)]
    step = piece.step.copy()
    near = np.abs(until - told) <= jitter * told
    step[: len(until)][near] = (until / piece.count[: len(until)])[near]
    return replace(piece, step=step)
