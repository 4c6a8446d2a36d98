"""Sleep or wake from activity counts: the published scores, each over a whole line of epochs at once.

Every function takes activity on a line of equal epochs, with zeros where nothing was recorded, and returns for each
place whether the score calls it sleep.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from spasticity.derive.epoch_rows import runs

# Cole et al. 1992, Sleep 15:461: activity per minute; P and the weights of t-4 .. t+2.
COLE_KRIPKE_P = 0.001
COLE_KRIPKE_WEIGHTS = (106, 54, 58, 76, 230, 74, 67)
COUNTS_PER_UNIT, CAP = 100.0, 300.0  # ActiLife: counts are divided by 100, and never above 300

# Kripke et al. 2010, J Sleep Res 19:612: epochs of 30 s, weights of t-10 .. t+2.
SCRIPPS_P = 0.204
SCRIPPS_WEIGHTS = (
    *(0.0064, 0.0074, 0.0112, 0.0112, 0.0118, 0.0118, 0.0128, 0.0188, 0.0280, 0.0664),
    *(0.0300, 0.0112, 0.0100),
)

# Actiware manual, after Oakley 1997: weights around each epoch, by its length in seconds.
OAKLEY_WEIGHTS = {
    15.0: (*(0.04,) * 4, *(0.20,) * 4, 4.0, *(0.20,) * 4, *(0.04,) * 4),
    30.0: (0.04, 0.04, 0.20, 0.20, 2.0, 0.20, 0.20, 0.04, 0.04),
    60.0: (0.04, 0.20, 1.0, 0.20, 0.04),
    120.0: (0.12, 0.5, 0.12),  # the manual's text says 1/8 for the neighbours
}
OAKLEY_LEVELS = {"high": 20.0, "medium": 40.0, "low": 80.0}  # sensitivity to wake: above this score is wake
OAKLEY_AUTO = 0.88888

SADEH_CAP = 300.0
SADEH_THRESHOLDS = {"paper": 0.0, "actilife": -4.0}

# Webster et al. 1982, Sleep 5:389: minutes of wake before, and how many of the following sleep are wake too.
AFTER_WAKE = ((4, 1), (10, 3), (15, 4))
# The same: a stretch of sleep this short is wake between stretches of wake this long.
SHORT_SLEEP = ((6, 10), (10, 20))

BLOCK = 15_000  # epochs scored at a time: their lines stay in the cache and below what is asked of the system anew
REACH = 12  # no score looks further, to either side


def by_blocks(score: Callable[..., np.ndarray], *lines: np.ndarray) -> np.ndarray:
    """Score a long line block by block, each with its neighbours; the answer is that of the whole line.

    Parameters
    ----------
    score : callable
        Takes a piece of each line.
    *lines : ndarray of float, shape (n,)

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    asleep = np.empty(len(lines[0]), dtype=bool)
    for start in range(0, len(asleep), BLOCK):
        first = max(start - REACH, 0)
        piece = score(*(line[first : start + BLOCK + REACH] for line in lines))
        asleep[start : start + BLOCK] = piece[start - first :][:BLOCK]
    return asleep


def cole_kripke(counts: np.ndarray, *, counts_per_unit: float = COUNTS_PER_UNIT, cap: float | None = CAP) -> np.ndarray:
    """Cole-Kripke: D = 0.001 x weighted activity of four minutes before to two after; sleep when D < 1.

    Parameters
    ----------
    counts : ndarray of float, shape (n,)
        Counts per minute.
    counts_per_unit : float
        Counts are divided by it; 100 as ActiLife does with ActiGraph counts.
    cap : float, optional
        The largest activity after the division; None for none.

    Returns
    -------
    ndarray of bool, shape (n,)
        True where asleep. No activity at all is D = 0: sleep.

    References
    ----------
    Cole et al. 1992, Sleep 15:461.
    """
    activity = counts / counts_per_unit
    if cap is not None:
        activity = np.minimum(activity, cap)
    return COLE_KRIPKE_P * weighted(activity, COLE_KRIPKE_WEIGHTS, after=2) < 1


def sadeh(counts: np.ndarray, *, threshold: float = 0.0, cap: float | None = SADEH_CAP) -> np.ndarray:
    """Sadeh: PS = 7.601 - 0.065 MW5 - 1.08 NAT - 0.056 SD6 - 0.703 ln(counts + 1).

    Parameters
    ----------
    counts : ndarray of float, shape (n,)
        Counts per minute.
    threshold : float
        At 0 sleep is PS >= 0, as published; at any other value sleep is PS above it: ActiLife uses -4.
    cap : float, optional
        The largest count used; None for none.

    Returns
    -------
    ndarray of bool, shape (n,)
        True where asleep.

    Notes
    -----
    MW5 is the mean of the 11 minutes around, NAT how many of them have 50 or more and fewer than 100 counts, SD6 the
    sample standard deviation of the minute and the five before it.

    References
    ----------
    Sadeh et al. 1994, Sleep 17:201.
    """
    counts = counts if cap is None else np.minimum(counts, cap)
    mean = moving_sum(counts, 5, 5) / 11
    active = moving_sum(((counts >= 50) & (counts < 100)).astype("float64"), 5, 5)
    total, squares = moving_sum(counts, 5, 0), moving_sum(counts * counts, 5, 0)
    spread = np.sqrt(np.maximum(squares - total * total / 6, 0) / 5)
    score = 7.601 - 0.065 * mean - 1.08 * active - 0.056 * spread - 0.703 * np.log1p(counts)
    return score >= 0 if threshold == 0 else score > threshold


def oakley(counts: np.ndarray, threshold: float | np.ndarray, *, epoch_s: float) -> np.ndarray:
    """Oakley, as in Actiware: weighted counts around each epoch; wake above the threshold.

    Parameters
    ----------
    counts : ndarray of float, shape (n,)
        Counts per epoch.
    threshold : float or ndarray, shape (n,)
        20 (high sensitivity to wake), 40 (medium), 80 (low), or that of `oakley_auto`.
    epoch_s : float
        15, 30, 60 or 120 s.

    Returns
    -------
    ndarray of bool, shape (n,)
        True where asleep.
    """
    weights = OAKLEY_WEIGHTS[epoch_s]
    return weighted(counts, weights, after=len(weights) // 2) <= threshold


def oakley_auto(counts: np.ndarray, epoch_s: float, recording: np.ndarray) -> np.ndarray:
    """Actiware's automatic threshold: 0.88888 x counts in all / minutes with movement, for each recording.

    Parameters
    ----------
    counts : ndarray of float, shape (n,)
        Counts of the epochs, in any order.
    epoch_s : float
        An epoch has movement from epoch_s / 15 counts on.
    recording : ndarray of int, shape (n,)
        Which recording an epoch belongs to, from 0.

    Returns
    -------
    ndarray of float, shape (recordings,)
        Zero where nothing moved.
    """
    total = np.bincount(recording, weights=counts)
    mobile = np.bincount(recording, weights=counts >= epoch_s / 15) * epoch_s / 60
    return OAKLEY_AUTO * np.divide(total, mobile, out=np.zeros_like(total), where=mobile > 0)


def scripps(counts: np.ndarray) -> np.ndarray:
    """Scripps Clinic: D = 0.204 x weighted activity of ten epochs before to two after; sleep when D < 1.

    Parameters
    ----------
    counts : ndarray of float, shape (n,)
        Activity per 30 s.

    Returns
    -------
    ndarray of bool, shape (n,)
        True where asleep.

    References
    ----------
    Kripke et al. 2010, J Sleep Res 19:612.
    """
    return SCRIPPS_P * weighted(counts, SCRIPPS_WEIGHTS, after=2) < 1


def rescored(state: np.ndarray) -> np.ndarray:
    """Webster's rules: sleep that is too short between wake, or right after long wake, is wake.

    Parameters
    ----------
    state : ndarray of int, shape (n,)
        Per minute 1 asleep, 0 awake, -1 not known; what is not known ends a stretch.

    Returns
    -------
    ndarray of int, shape (n,)
        A new line.

    Notes
    -----
    After at least 4, 10, 15 minutes of wake the next 1, 3, 4 minutes of sleep are wake, judged on the score as it was.
    Then at most 6 minutes of sleep with at least 10 minutes of wake before and after are wake; then at most 10 with 20.

    References
    ----------
    Webster et al. 1982, Sleep 5:389; Cole et al. 1992, Sleep 15:461.
    """
    state = _late_onset(state)
    for sleep, wake in SHORT_SLEEP:
        state = _without_short_sleep(state, sleep, wake)
    return state


def weighted(values: np.ndarray, weights: tuple[float, ...], after: int) -> np.ndarray:
    """Weighted sum of each value and its neighbours, zeros beyond the ends.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
    weights : tuple of float
        The first belongs to the earliest neighbour.
    after : int
        How many neighbours come after.

    Returns
    -------
    ndarray of float, shape (n,)
    """
    size, before = len(values), len(weights) - 1 - after
    padded = np.concatenate((np.zeros(before), values, np.zeros(after)))
    total, part = np.zeros(size), np.empty(size)
    for shift, weight in enumerate(weights):
        total += np.multiply(padded[shift : shift + size], weight, out=part)
    return total


def moving_sum(values: np.ndarray, before: int, after: int) -> np.ndarray:
    """Sum of each value and its neighbours, zeros beyond the ends; exact for whole numbers.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
    before, after : int
        How many neighbours.

    Returns
    -------
    ndarray of float, shape (n,)
    """
    size, width, span, at = len(values), before + 1 + after, 1, 0
    part = np.concatenate((np.zeros(before), values, np.zeros(after)))
    total = np.zeros(size)
    while True:  # part holds sums of 1, 2, 4, ... neighbours; those that the width is made of are added
        if width & span:
            total += part[at : at + size]
            at += span
        if 2 * span > width:
            return total
        part = part[:-span] + part[span:]
        span *= 2


def _late_onset(state: np.ndarray) -> np.ndarray:
    """The first minutes of sleep after long wake, as wake."""
    start, length, value = runs(state)
    before = np.where(np.roll(value, 1) == 0, np.roll(length, 1), 0)
    before[:1] = 0
    late = np.zeros(len(start), dtype=np.int64)
    for wake, minutes in AFTER_WAKE:
        late[before >= wake] = minutes
    late = np.where(value == 1, np.minimum(late, length), 0)
    state = state.copy()
    state[_spans(start, late)] = 0
    return state


def _without_short_sleep(state: np.ndarray, sleep: int, wake: int) -> np.ndarray:
    """Short sleep between long wake, as wake."""
    start, length, value = runs(state)
    long = (value == 0) & (length >= wake)
    between = np.zeros(len(start), dtype=bool)
    between[1:-1] = long[:-2] & long[2:]
    lost = between & (value == 1) & (length <= sleep)
    state = state.copy()
    state[_spans(start[lost], length[lost])] = 0
    return state


def _spans(start: np.ndarray, length: np.ndarray) -> np.ndarray:
    """All places of some stretches."""
    ends = np.cumsum(length)
    inside = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - length, length)
    return np.repeat(start, length) + inside
