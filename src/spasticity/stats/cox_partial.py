"""Cox's partial likelihood on arrays: its maximum, its information, and each row's part in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from spasticity.errors import MethodError
from spasticity.stats.newton import climbed

Ties = Literal["efron", "breslow"]
Array = NDArray[np.float64]
Ints = NDArray[np.int64]

ENDLESS = 25.0  # a predictor that spreads so far means a hazard ratio of e^25: a coefficient on its way to infinity


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RiskSets:
    """Who is at risk at each time at which somebody has the event, stratum by stratum.

    Parameters
    ----------
    first, last : ndarray of int, shape (n,)
        Each row's first and last place among the event times of all strata; `last < first` when at none.
    own : ndarray of int, shape (n,)
        The place of a row's own event; -1 without one.
    starts : ndarray of int, shape (strata + 1,)
        Where each stratum's event times begin.
    time : ndarray, shape (m,)
        The event times.
    """

    first: Ints
    last: Ints
    own: Ints
    starts: Ints
    time: Array


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class State:
    """The partial likelihood at some coefficients.

    Parameters
    ----------
    values : ndarray, shape (p,)
    log_likelihood : float
    score : ndarray, shape (p,)
    information : ndarray, shape (p, p)
    mean : ndarray, shape (e, p)
        Weighted mean of those at risk, for each event (with Efron's fraction of those tied).
    total : ndarray, shape (e,)
        The sum of their weights.
    place : ndarray of int, shape (e,)
        The event time of each event.
    fraction : ndarray, shape (e,)
        Efron's fraction; 0 with Breslow.
    spread : ndarray, shape (e, p, p)
        Weighted covariance of those at risk, for each event.
    """

    values: Array
    log_likelihood: float
    score: Array
    information: Array
    mean: Array
    total: Array
    place: Ints
    fraction: Array
    spread: Array

    @property
    def gradient(self) -> Array:
        """First derivatives of the log-likelihood, shape (p,)."""
        return self.score

    @property
    def hessian(self) -> Array:
        """Its second derivatives, shape (p, p)."""
        return -self.information


def risk_sets(time: Array, event: NDArray[np.bool_], entry: Array | None, stratum: Ints) -> RiskSets:
    """Find the event times, and from which to which each row is at risk.

    Parameters
    ----------
    time, entry : ndarray, shape (n,)
        A row is at risk after its entry and up to its time.
    event : ndarray of bool, shape (n,)
    stratum : ndarray of int, shape (n,)
        From 0.

    Returns
    -------
    RiskSets
    """
    n, strata = len(time), int(stratum.max()) + 1
    first, last, own = np.zeros(n, dtype=np.int64), np.full(n, -1), np.full(n, -1)
    times, starts = [], [0]
    for one in range(strata):
        here = np.flatnonzero(stratum == one)
        moments = np.unique(time[here][event[here]])
        begin = starts[-1]
        last[here] = begin + np.searchsorted(moments, time[here], side="right") - 1
        first[here] = begin
        if entry is not None:
            first[here] = begin + np.searchsorted(moments, entry[here], side="right")
        own[here] = np.where(event[here], last[here], -1)
        times.append(moments)
        starts.append(begin + len(moments))
    return RiskSets(first, last, own, np.array(starts, dtype=np.int64), np.concatenate(times))


def maximum(X: Array, sets: RiskSets, ties: Ties, names: tuple[str, ...]) -> State:
    """Newton's method to the maximum of the partial likelihood.

    Parameters
    ----------
    X : ndarray, shape (n, p)
        Centred columns.
    sets : RiskSets
    ties : str
        `efron` or `breslow`.
    names : tuple of str
        Columns, for the error.

    Returns
    -------
    State

    Raises
    ------
    MethodError
        When a coefficient grows without bound, or there is no convergence; the last coefficients are in `.state`.
    """

    def place(values: Array, before: State | None) -> State:
        if before is not None:
            _refuse_endless(before, X, names)
        return evaluated(values, X, sets, ties)

    return climbed(place, np.zeros(X.shape[1]), "cox")[0]


def evaluated(values: Array, X: Array, sets: RiskSets, ties: Ties) -> State:
    """The partial likelihood, its score and information.

    Parameters
    ----------
    values : ndarray, shape (p,)
    X : ndarray, shape (n, p)
    sets : RiskSets
    ties : str

    Returns
    -------
    State

    Notes
    -----
    Costs p (p + 1) / 2 passes over the rows, whatever the number of event times.
    """
    p, m = X.shape[1], len(sets.time)
    eta = X @ values
    top = float(eta.max(initial=0))
    weight = np.exp(eta - top)
    died = sets.own >= 0
    own = sets.own[died]
    deaths = np.bincount(own, minlength=m)
    place = np.repeat(np.arange(m), deaths)
    rank = np.arange(len(place)) - np.repeat(np.cumsum(deaths) - deaths, deaths)
    fraction = rank / deaths[place] if ties == "efron" else np.zeros(len(place))
    risk, tied = _sums(weight, sets), np.bincount(own, weights=weight[died], minlength=m)
    total = risk[place] - fraction * tied[place]
    mean, spread = np.empty((len(place), p)), np.empty((len(place), p, p))
    for a in range(p):
        one = weight * X[:, a]
        mean[:, a] = _of_events(one, sets, died, own, place, fraction) / total
        for b in range(a + 1):
            second = _of_events(one * X[:, b], sets, died, own, place, fraction) / total
            spread[:, a, b] = spread[:, b, a] = second - mean[:, a] * mean[:, b]
    return State(
        values=values,
        log_likelihood=float(eta[died].sum() - (np.log(total) + top).sum()),
        score=X[died].sum(axis=0) - mean.sum(axis=0),
        information=spread.sum(axis=0),
        mean=mean,
        total=total * np.exp(top),
        place=place,
        fraction=fraction,
        spread=spread,
    )


def row_scores(state: State, X: Array, sets: RiskSets) -> Array:
    """Each row's part of the score at the maximum, by which clusters are robustly judged.

    Parameters
    ----------
    state : State
    X : ndarray, shape (n, p)
    sets : RiskSets

    Returns
    -------
    ndarray, shape (n, p)
        Sums to the score.
    """
    m, p = len(sets.time), X.shape[1]
    weight = np.exp(X @ state.values)
    died = sets.own >= 0
    own = sets.own[died]
    deaths = np.bincount(own, minlength=m)
    each = 1 / state.total
    scores = np.empty_like(X)
    for a in range(p):
        part = each * state.mean[:, a]
        known = [np.bincount(state.place, weights=one, minlength=m) for one in (each, part)]
        tied = [np.bincount(state.place, weights=state.fraction * one, minlength=m) for one in (each, part)]
        summed = [np.concatenate(([0.0], np.cumsum(one))) for one in known]
        span = [one[np.maximum(sets.last + 1, sets.first)] - one[sets.first] for one in summed]
        scores[:, a] = -weight * (X[:, a] * span[0] - span[1])
        mean = np.bincount(state.place, weights=state.mean[:, a], minlength=m) / np.maximum(deaths, 1)
        scores[died, a] += X[died, a] - mean[own] + weight[died] * (X[died, a] * tied[0][own] - tied[1][own])
    return scores


def _sums(values: Array, sets: RiskSets) -> Array:
    """Sum over those at risk at each event time."""
    total = np.zeros(len(sets.time))
    at = sets.last >= sets.first
    ends = np.bincount(sets.last[at], weights=values[at], minlength=len(total))
    late = at & (sets.first > _begin(sets)[sets.last])
    begins = np.bincount(sets.first[late] - 1, weights=values[late], minlength=len(total)) if late.any() else None
    for low, high in zip(sets.starts[:-1], sets.starts[1:], strict=True):
        total[low:high] = ends[low:high][::-1].cumsum()[::-1]
        if begins is not None:
            total[low:high] -= begins[low:high][::-1].cumsum()[::-1]
    return total


def _begin(sets: RiskSets) -> Ints:
    """Where the stratum of each event time begins."""
    return np.repeat(sets.starts[:-1], np.diff(sets.starts))


def _of_events(
    values: Array, sets: RiskSets, died: NDArray[np.bool_], own: Ints, place: Ints, fraction: Array
) -> Array:
    """Sum over those at risk at each event, less Efron's fraction of those tied with it."""
    tied = np.bincount(own, weights=values[died], minlength=len(sets.time))
    return np.asarray(_sums(values, sets)[place] - fraction * tied[place], dtype=np.float64)


def _refuse_endless(state: State, X: Array, names: tuple[str, ...]) -> None:
    reach = np.abs(state.values) * np.ptp(X, axis=0)
    if len(reach) and reach.max() > ENDLESS:
        worst = names[int(reach.argmax())]
        raise MethodError(
            f"cox: the coefficient of `{worst}` grows without bound: it parts those with the event from those without "
            "(a group without any event, say). Leave it out, join groups, or compare curves with stats.log_rank.",
            {"coefficients": dict(zip(names, state.values, strict=True))},
        )
