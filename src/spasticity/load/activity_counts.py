"""ActiGraph counts from raw samples, by the published rule, piece by piece."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from spasticity.errors import MethodError
from spasticity.load.raw_epochs import on_grid
from spasticity.load.raw_samples import Samples

# All constants are those of Neishabouri et al. 2022, Sci Rep, as in the methods page on wearables.
AXES = ("x", "y", "z", "vector")
RATES = (30, 40, 50, 60, 70, 80, 90, 100)  # Hz, to which ActiGraph devices can be set
PLAIN = (30, 60, 90)  # of which every first, second or third sample is taken
HZ, SHORT = 30, 3  # rate of the filter, and how many of its values become one
LOWEST, HIGHEST = 4.0, 128.0
GAIN = (3 / 4096) / (2.6 / 256) * 237.5
B = np.array(
    [
        *(-0.009341062898525, -0.025470289659360, -0.004235264826105, 0.044152415456420, 0.036493718347760),
        *(-0.011893961934740, -0.022917390623150, -0.006788163862310, 0.0),
    ]
)
A = np.array(
    [
        *(1.0, -3.63367395910957, 5.03689812757486, -3.09612247819666, 0.50620507633883),
        *(0.32421701566682, -0.15685485875559, 0.01949130205890, 0.0),
    ]
)


def grid_rate(rate_hz: float) -> int:
    """The rate of ActiGraph devices to which samples are brought first: the nearest one not above their own.

    Parameters
    ----------
    rate_hz : float

    Returns
    -------
    int

    Raises
    ------
    MethodError
        When the samples are slower than any.
    """
    fitting = [rate for rate in RATES if rate <= rate_hz + 0.5]
    if not fitting:
        raise MethodError(f"counts need at least {HZ} samples a second, these are {rate_hz:g}; leave counts out.")
    return fitting[-1]


@dataclass(slots=True)
class Counter:
    """Counts of a recording as it is read; a pause begins the filters anew.

    Parameters
    ----------
    rate : int
        From `grid_rate`.
    length_s : int
        Of an epoch.
    scale, offset : tuple of float
        Of each axis, in g.
    """

    rate: int
    length_s: int
    scale: tuple[float, ...]
    offset: tuple[float, ...]
    following: int = -1
    phase: int = 0
    low: np.ndarray = field(default_factory=lambda: np.zeros((3, 1)))
    band: np.ndarray = field(default_factory=lambda: np.zeros((3, len(B) - 1)))
    rest: np.ndarray = field(default_factory=lambda: np.zeros((3, 0)))
    tenth: int = 0
    epochs: list[np.ndarray] = field(default_factory=list)
    found: list[np.ndarray] = field(default_factory=list)

    def add(self, piece: Samples) -> None:
        """Count the samples of the next piece.

        Parameters
        ----------
        piece : Samples
        """
        moment, units = on_grid(piece, self.rate)
        values = units * np.array(self.scale)[:, None] + np.array(self.offset)[:, None]
        bounds = np.flatnonzero(np.diff(moment) != 1) + 1
        for begin, end in zip((0, *bounds), (*bounds, len(moment)), strict=True):
            if end > begin:
                self._stretch(int(moment[begin]), values[:, begin:end])

    def _stretch(self, moment: int, values: np.ndarray) -> None:
        anew = moment != self.following
        self.following = moment + values.shape[1]
        if anew:
            self.phase, self.rest, self.tenth = 0, np.zeros((3, 0)), moment * 10 // self.rate
        slow = np.round(self._slowed(values, anew), 3)
        if not slow.shape[1]:
            return
        if anew:
            self.band = _steady() * slow[:, :1]
        passed, self.band = _filtered(B, A, slow, self.band)
        size = np.abs(passed) * GAIN
        whole = np.floor(np.where(size < LOWEST, 0.0, np.minimum(size, HIGHEST)))
        self._sum(np.concatenate((self.rest, whole), axis=1))

    def _slowed(self, values: np.ndarray, anew: bool) -> np.ndarray:
        """Samples at 30 Hz."""
        ratio = Fraction(HZ, self.rate)
        up, down = (1, self.rate // HZ) if self.rate in PLAIN else (ratio.numerator, ratio.denominator)
        stuffed = values
        if self.rate not in PLAIN:
            stuffed = np.zeros((3, values.shape[1] * up))
            stuffed[:, ::up] = values
            a, b = np.pi / (np.pi + 2 * up), (np.pi - 2 * up) / (np.pi + 2 * up)
            if anew:
                self.low = np.zeros((3, 1))
            stuffed, self.low = _filtered(np.array([a * up, a * up]), np.array([1, b]), stuffed, self.low)
        taken = stuffed[:, self.phase :: down]
        self.phase = (self.phase - stuffed.shape[1]) % down
        return taken

    def _sum(self, whole: np.ndarray) -> None:
        n = whole.shape[1] // SHORT
        self.rest = whole[:, n * SHORT :]
        if not n:
            return
        tenths = np.floor(whole[:, : n * SHORT].reshape(3, n, SHORT).sum(axis=2) / SHORT)
        epoch = (self.tenth + np.arange(n)) // (10 * self.length_s)
        self.tenth += n
        heads = np.flatnonzero(np.diff(epoch, prepend=epoch[0] - 1))
        self.epochs.append(epoch[heads])
        self.found.append(np.add.reduceat(tenths, heads, axis=1))

    def of(self, epoch: np.ndarray, axis: str) -> np.ndarray:
        """Counts of some epochs.

        Parameters
        ----------
        epoch : array of int, shape (e,)
            Numbers of epochs since 1970, ascending.
        axis : str
            `x`, `y`, `z` or `vector`.

        Returns
        -------
        array of float, shape (e,)
        """
        each = np.zeros((3, len(epoch)))
        for numbers, counts in zip(self.epochs, self.found, strict=True):
            place = np.searchsorted(epoch, numbers)
            known = place < len(epoch)
            known[known] = epoch[place[known]] == numbers[known]
            each[:, place[known]] += counts[:, known]
        return np.sqrt((each**2).sum(axis=0)) if axis == "vector" else each[AXES.index(axis)]


def _filtered(b: np.ndarray, a: np.ndarray, values: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from scipy.signal import lfilter  # costs half a second, which only who counts should pay

    return lfilter(b, a, values, zi=state)


def _steady() -> np.ndarray:
    """The state of the band filter in which a constant changes nothing."""
    from scipy.signal import lfilter_zi

    return lfilter_zi(B, A)
