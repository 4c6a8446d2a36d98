"""What is assumed of participants after an event: their mean and covariance, given their arm's and the reference's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.intp]

STRATEGIES = {
    "missing-at-random": "missing at random",
    "jump-to-reference": "jump to reference",
    "copy-reference": "copy reference",
    "copy-increments-in-reference": "copy increments in reference",
    "last-mean-carried-forward": "last mean carried forward",
}


def assumed_mean(strategy: str, own: Array, reference: Array, event: Codes) -> Array:
    """Means of the outcomes if a strategy is true.

    Parameters
    ----------
    strategy : str
        One of `STRATEGIES`.
    own, reference : ndarray, shape (..., n, T)
        Means in the participant's own arm, and of the same participant in the reference arm.
    event : ndarray of int, shape (n,)
        First visit after the event; T where there is none.

    Returns
    -------
    ndarray, shape (..., n, T)

    References
    ----------
    .. [1] Carpenter, Roger & Kenward 2013, Journal of Biopharmaceutical Statistics 23:1352-1371.
    """
    T = own.shape[-1]
    after = np.arange(T) >= event[:, None]
    had_event = (event < T)[:, None]
    if strategy == "missing-at-random":
        return own
    if strategy == "copy-reference":
        return np.where(had_event, reference, own)
    if strategy == "jump-to-reference":
        return np.where(after, reference, own)
    last = np.clip(event - 1, 0, T - 1)[:, None]
    before = np.broadcast_to(last, (*own.shape[:-1], 1))
    own_last, reference_last = (np.take_along_axis(mean, before, axis=-1) for mean in (own, reference))
    if strategy == "last-mean-carried-forward":
        carried = np.where((event == 0)[:, None], own[..., :1], own_last)
        return np.where(after, carried, own)
    increments = np.where((event == 0)[:, None], reference, own_last + reference - reference_last)
    return np.where(after, increments, own)


def assumed_covariance(strategy: str, own: Array, reference: Array, event: int) -> Array:
    """Covariance of the outcomes if a strategy is true, for groups with covariances of their own.

    Parameters
    ----------
    strategy : str
        One of `STRATEGIES`.
    own, reference : ndarray, shape (..., T, T)
    event : int
        First visit after the event; T where there is none.

    Returns
    -------
    ndarray, shape (..., T, T)
        Own until the event, and with the reference's regressions on it from there on.
    """
    T = own.shape[-1]
    if event >= T or strategy in ("missing-at-random", "last-mean-carried-forward"):
        return own
    if strategy == "copy-reference" or event == 0:
        return reference
    early, late = slice(0, event), slice(event, T)
    R11, R21, R22 = reference[..., early, early], reference[..., late, early], reference[..., late, late]
    S11 = own[..., early, early]
    slope = R21 @ np.linalg.inv(R11)
    out = own.copy()
    out[..., late, early] = slope @ S11
    out[..., early, late] = (slope @ S11).swapaxes(-1, -2)
    out[..., late, late] = R22 - slope @ (R11 - S11) @ slope.swapaxes(-1, -2)
    return out
