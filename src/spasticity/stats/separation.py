"""Groups in which everything or nothing happened: effects that have no estimate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from spasticity.errors import MethodError, listed
from spasticity.stats.design import Design, independent
from spasticity.wording import plural

Array = NDArray[np.float64]

#: Steps of Newton's method after which a logistic model that has an estimate is at it.
STEPS = 12

#: Log odds beyond which an estimate is looked at for having none.
FAR = 12.0


def check_events(design: Design, y: Array) -> None:
    """Refuse counts without events, and levels or combinations without events, whose rate ratio has no estimate.

    Parameters
    ----------
    design : Design
    y : ndarray, shape (n,)

    Raises
    ------
    MethodError
    """
    if not (y > 0).any():
        raise MethodError(
            f"counts: no event in {plural(len(y), 'row')} of `{design.formula}`; a rate ratio cannot be estimated."
        )
    seen = y > 0
    if len(independent(design.X[seen])) == design.X.shape[1]:
        return
    empty = [
        f"{name} = {level}"
        for name, levels in design.levels.items()
        for level in levels
        if not y[design.data[name].eq(level).to_numpy(dtype=bool)].any()
    ]
    direction = _separating(design.X, seen)
    if direction is None:
        return
    columns = [design.columns[place] for place in np.flatnonzero(np.abs(direction) > 1e-8)]
    where = listed(empty, "and") if empty else f"some combination of {listed(columns, 'and')}"
    raise MethodError(
        f"counts: no event at {where}, so its rate is 0 and a ratio to it has no estimate (separation). Leave it out "
        "in sight of the reader, join levels, or describe it with `stats.event_rate`."
    )


def _separating(X: Array, seen: NDArray[np.bool_]) -> Array | None:
    """A direction in which the likelihood rises for ever: it changes no row with events and lowers rows without.

    References
    ----------
    .. [1] Santos Silva & Tenreyro 2010, Economics Letters 107:310-312. [from memory]
    """
    from scipy.optimize import linprog  # a tenth of a second, so only who needs it pays

    with_events, without = np.unique(X[seen], axis=0), np.unique(X[~seen], axis=0)
    found = linprog(
        without.sum(axis=0),
        A_ub=without,
        b_ub=np.zeros(len(without)),
        A_eq=with_events,
        b_eq=np.zeros(len(with_events)),
        bounds=(-1, 1),
    )
    return np.asarray(found.x) if found.success and found.fun < -1e-7 else None


def check_answers(design: Design, y: Array) -> None:
    """Refuse yes-or-no answers that are all alike, or that predictors foretell, whose odds ratio has no estimate.

    Parameters
    ----------
    design : Design
    y : ndarray of 0 and 1, shape (n,)

    Raises
    ------
    MethodError
    """
    if np.ptp(y) == 0:
        raise MethodError(
            f"gee: the answer is {y[0]:.0f} in all {plural(len(y), 'row')} of `{design.formula}`; there is nothing to "
            "compare."
        )
    if _has_odds(design.X, y):
        return
    direction = _parting(np.where(y > 0, 1.0, -1.0)[:, None] * design.X)
    if direction is None:
        return
    columns = [design.columns[place] for place in np.flatnonzero(np.abs(direction) > 1e-8)]
    raise MethodError(
        f"gee: {listed(columns, 'and')} part the rows that answer 1 from those that answer 0 (separation: a group in "
        "which everybody or nobody does, say), so an odds ratio has no estimate. Leave the term out in sight of the "
        "reader, join levels, or compare shares with `stats.responders`."
    )


def _has_odds(X: Array, y: Array) -> bool:
    """Whether Newton's method soon comes to log odds that are not large; then there is an estimate."""
    values = np.zeros(X.shape[1])
    for _ in range(STEPS):
        mean = expit(X @ values)
        sd = np.sqrt(np.maximum(mean * (1 - mean), 1e-12))
        change = np.linalg.lstsq(X * sd[:, None], (y - mean) / sd, rcond=None)[0]
        values = values + change
        if not np.abs(X @ values).max() < FAR:
            return False
    return float(np.abs(change).max()) < 1e-6


def _parting(signed: Array) -> Array | None:
    """A direction in which no row's own answer becomes less likely, and some row's more.

    References
    ----------
    .. [1] Albert & Anderson 1984, Biometrika 71:1-10. [from memory]
    """
    from scipy.optimize import linprog  # a tenth of a second, so only who needs it pays

    rows = np.unique(signed, axis=0)
    found = linprog(-rows.sum(axis=0), A_ub=-rows, b_ub=np.zeros(len(rows)), bounds=(-1, 1))
    return np.asarray(found.x) if found.success and found.fun < -1e-7 else None
