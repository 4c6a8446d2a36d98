"""Times to one of several events, of which the first ends the time to the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spasticity.errors import MethodError, one_of
from spasticity.stats.chi_squared import ChiSquaredTests
from spasticity.stats.groups import grouped
from spasticity.stats.result import Result, estimate_frame
from spasticity.stats.risk_sets import parts_of, steps, survivors, timed
from spasticity.wording import level as level_words
from spasticity.wording import plural

Array = NDArray[np.float64]

HAD = "had the event"
CURVE = ["cause", "time", "at_risk", "events", "estimate", "std_error", "conf_low", "conf_high"]


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class CumulativeIncidence(Result):
    """Cumulative incidence curves, and the shares read off them.

    Parameters
    ----------
    curve : DataFrame
        The groups, then `cause, time, at_risk, events, estimate, std_error, conf_low, conf_high`, from time 0 on; at
        each time the estimates of all causes and the share still free of all add up to 1.
    """

    curve: pd.DataFrame


def cumulative_incidence(
    table: pd.DataFrame,
    *,
    time: str,
    cause: str,
    censored: Any,
    by: str | Sequence[str] | None = None,
    at: Sequence[float] = (),
    level: float = 0.95,
) -> CumulativeIncidence:
    """The share that has had each event by each time, other events being in its way.

    One minus a Kaplan-Meier curve that takes other events for ends of observation is too high; this is not.

    Parameters
    ----------
    table : DataFrame
        One row per participant.
    time : str
        Column with the time to the first event, or to the end of observation.
    cause : str
        Column with the event.
    censored : object
        The value of `cause` that means no event was seen.
    by : str or sequence of str, optional
        Columns that make groups.
    at : sequence of float
        Times at which the shares are wanted; the end of each curve when empty.
    level : float
        Confidence level.

    Returns
    -------
    CumulativeIncidence
        Per group, cause and time of `at` the term `had the event`.

    Raises
    ------
    MethodError
        Missing columns, bad times, a participant twice, no event.

    Notes
    -----
    Aalen and Johansen's estimator; Gray's variance; limits on the scale of log(-log).

    References
    ----------
    .. [1] Aalen & Johansen 1978, Scand J Stat 5:141-150. [from memory]
    .. [2] Gray 1988, Ann Stat 16:1141-1154. [from memory]
    """
    by = [by] if isinstance(by, str) else list(by or [])
    rows, notes, causes = _with_causes(table, time, cause, censored, by)
    found, more = grouped(rows, by, lambda part: {"curve": _curves(part, causes, level)})
    parts, ends = [], []
    for _, row in found.iterrows():
        group = {name: row[name] for name in by}
        parts.append(row["curve"].assign(**group))
        ends += [group | one for one in _read_off(row["curve"], causes, at)]
    long, frame = pd.concat(parts, ignore_index=True), pd.DataFrame(ends)
    for name in by:
        long[name], frame[name] = (one[name].astype(found[name].dtype) for one in (long, frame))
    return CumulativeIncidence(
        frame=estimate_frame(frame, [*by, "cause"]),
        method=f"cumulative incidence by Aalen and Johansen; {level_words(level)} log(-log) intervals",
        n=len(rows),
        level=level,
        notes=notes + more,
        curve=long[[*by, *CURVE]],
    )


def gray(
    table: pd.DataFrame,
    *,
    time: str,
    cause: str,
    censored: Any,
    by: str = "arm",
    strata: str | None = None,
    level: float = 0.95,
) -> ChiSquaredTests:
    """Test whether the cumulative incidence of each event differs between groups.

    Parameters
    ----------
    table, time, cause, censored
        As for `cumulative_incidence`.
    by : str
        Column with the groups.
    strata : str, optional
        Column within whose levels the groups are compared.
    level : float
        Confidence level; carried only.

    Returns
    -------
    ChiSquaredTests
        One row per cause: chi-squared with one degree of freedom less than groups.

    Raises
    ------
    MethodError
        As for `cumulative_incidence`, or one group only.

    References
    ----------
    .. [1] Gray 1988, Ann Stat 16:1141-1154: the test with weight 1. [from memory]
    """
    rows, notes, causes = _with_causes(table, time, cause, censored, [by, *([strata] if strata else [])])
    sizes, more = grouped(rows, [by], lambda part: {"n": len(part)})
    groups = list(sizes[by])
    if len(groups) < 2:
        raise MethodError(f"gray: {plural(len(groups), 'group')} in `{by}`; a test needs two.")
    codes = pd.Categorical(rows[by], categories=groups).codes.astype(np.int64)
    moments, kind = rows["time"].to_numpy(), rows["cause"].to_numpy()
    parts = parts_of(rows, strata)
    tests = []
    for one in causes:
        state = np.where(kind == one, 1, np.where(pd.isna(kind), 0, 2))
        scores = [_gray_score(moments[part], state[part], codes[part], len(groups)) for part in parts]
        score, variance = (np.sum([pair[place] for pair in scores], axis=0) for place in (0, 1))
        chi2 = float(score[:-1] @ np.linalg.pinv(variance[:-1, :-1], hermitian=True) @ score[:-1])
        df = len(groups) - 1
        tests.append({"term": str(one), "estimate": np.nan, "statistic": chi2, "df": df})
        tests[-1] |= {"p_value": float(stats.chi2.sf(chi2, df)), "n": len(rows)}
    within = f", within {strata}" if strata else ""
    return ChiSquaredTests(
        frame=estimate_frame(pd.DataFrame(tests)),
        method=f"Gray's tests of {cause} by {by}{within}",
        n=len(rows),
        level=level,
        notes=notes + more,
    )


def _with_causes(
    table: pd.DataFrame, time: str, cause: str, censored: Any, columns: Sequence[str]
) -> tuple[pd.DataFrame, tuple[str, ...], list[Any]]:
    """Rows with a time and `cause` (missing where no event was seen), notes, and the causes in order."""
    if cause not in table:
        raise MethodError(f"the table has no column `{cause}`.")
    values = table[cause].astype(object)
    seen = list(dict.fromkeys(values.dropna()))
    one_of("censored", censored, seen)
    came = values.ne(censored).astype("boolean").mask(values.isna())
    rows, notes = timed(table.assign(_came=came), time, "_came", columns)
    rows = rows.assign(cause=values.where(came.fillna(False).astype(bool), None).loc[rows.index])
    notes = tuple(note.replace("_came missing", f"{cause} missing") for note in notes)
    order = (
        table[cause].cat.categories if isinstance(table[cause].dtype, pd.CategoricalDtype) else sorted(seen, key=str)
    )
    causes = [one for one in order if rows["cause"].eq(one).any()]
    if not causes:
        raise MethodError(f"`{cause}`: nobody has an event; there is nothing to estimate.")
    return rows, notes, causes


def _curves(rows: pd.DataFrame, causes: list[Any], level: float) -> pd.DataFrame:
    """The curves of one group, one below the other."""
    time, kind = rows["time"].to_numpy(), rows["cause"].to_numpy()
    found = steps(time, ~pd.isna(kind))
    free, _ = survivors(found)
    before = np.concatenate(([1.0], free[:-1]))
    n, all_events = found.at_risk.astype(np.float64), found.events.astype(np.float64)
    z = float(stats.norm.ppf((1 + level) / 2))
    curves = []
    for cause in causes:
        d = np.bincount(np.searchsorted(found.time, time[kind == cause]), minlength=len(n)).astype(np.float64)
        share = np.cumsum(before * d / n)
        error = np.sqrt(_variance(share, free, before, n, d, all_events - d))
        with np.errstate(divide="ignore", invalid="ignore"):
            half = z * error / (share * np.log(share))
            low, high = share ** np.exp(-half), share ** np.exp(half)
        low, high = np.where(share == 0, 0.0, low), np.where(share == 0, 0.0, high)
        columns = (found.time, found.at_risk, d.astype(np.int64), share, error, low, high)
        curve = pd.DataFrame(dict(zip(CURVE[1:], columns, strict=True)))
        if found.time[0] > 0:
            begin = pd.DataFrame([dict(zip(CURVE[1:], (0.0, len(rows), 0, 0.0, 0.0, 0.0, 0.0), strict=True))])
            curve = pd.concat([begin, curve], ignore_index=True)
        curves.append(curve.assign(cause=cause))
    return pd.concat(curves, ignore_index=True)


def _variance(share: Array, free: Array, before: Array, n: Array, d: Array, others: Array) -> Array:
    """Gray's variance of a cumulative incidence at each of its times.

    An event of the cause at t_j adds to what comes later 1 - (F(t) - F_j) / S_j of itself, another event takes
    (F(t) - F_j) / S_j away; their numbers vary as draws without replacement.
    """
    back = np.divide(1.0, free, out=np.zeros_like(free), where=free > 0)
    draws = [before**2 * k * np.where(n > 1, (n - k) / np.maximum(n - 1, 1), 1.0) / n**2 for k in (d, others)]
    lasting = [1 + share * back, share * back]
    one, two, three = (
        np.cumsum(sum(q * own**k * back ** (2 - k) for q, own in zip(draws, lasting, strict=True))) for k in (2, 1, 0)
    )
    variance = one - 2 * share * two + share**2 * three
    return np.asarray(np.maximum(variance, 0), dtype=np.float64)


def _read_off(curve: pd.DataFrame, causes: list[Any], at: Sequence[float]) -> list[dict[str, Any]]:
    rows = []
    for cause in causes:
        one = curve[curve["cause"].eq(cause)]
        time = one["time"].to_numpy()
        for moment in at or [float(time[-1])]:
            known = 0 <= moment <= time[-1]
            place = int(np.searchsorted(time, moment, side="right")) - 1
            names = ("estimate", "std_error", "conf_low", "conf_high")
            values = {name: float(one[name].iloc[place]) if known else np.nan for name in names}
            rows.append({"term": HAD, "cause": cause, "time": float(moment), "n": int(one["at_risk"].iloc[0])} | values)
    return rows


def _gray_score(time: Array, state: NDArray[np.int_], group: NDArray[np.int64], count: int) -> tuple[Array, Array]:
    """Score of each group and its covariance in one stratum; state 1 is the event, 2 another, 0 none."""
    times, place = np.unique(time, return_inverse=True)
    m = len(times)
    gone, first, other = (np.zeros((m, count)) for _ in range(3))
    np.add.at(gone, (place, group), 1)
    for counts, kind in ((first, 1), (other, 2)):
        np.add.at(counts, (place[state == kind], group[state == kind]), 1)
    n = gone[::-1].cumsum(axis=0)[::-1]
    here = n > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        free = np.cumprod(np.where(here, 1 - (first + other) / n, 1.0), axis=0)
        before = np.vstack([np.ones((1, count)), free[:-1]])
        share = np.cumsum(np.where(here, before * first / n, 0.0), axis=0)
        weight = np.where(here, n / before, 0.0)  # what the risk set would be, had nobody left by another event
        at_risk = weight * (1 - np.vstack([np.zeros((1, count)), share[:-1]]))
        total, pooled_risk, d = weight.sum(axis=1), at_risk.sum(axis=1), first.sum(axis=1)
        pooled = np.cumsum(np.where(total > 0, d / total, 0.0))
        earlier = np.concatenate(([0.0], pooled[:-1]))
        score = (first - at_risk * (d / pooled_risk)[:, None]).sum(axis=0)
        a = np.einsum("ti,ik->tik", weight, np.eye(count)) - weight[:, :, None] * (weight / total[:, None])[:, None, :]
        c = np.cumsum(a * (d / (total * (1 - earlier)))[:, None, None], axis=0)
        odds = np.where(free > 0, (1 - pooled)[:, None] / free, 0.0)
        tied = np.where(d[:, None] > 1, 1 - (d[:, None] - 1) / (total[:, None] * before - 1), 1.0)
        q1 = np.where(here & (d > 0)[:, None], tied * before * d[:, None] / (total[:, None] * n), 0.0)
        tied = np.where(other > 1, 1 - (other - 1) / np.where(n > 1, n - 1, 1), 1.0)
        q2 = np.where((free > 0) & (other > 0), tied * before**2 * other / n**2, 0.0)
    rest = c[-1] - c
    one = a + (1 - odds)[:, None, :] * rest
    two = odds[:, None, :] * rest
    variance = np.einsum("tik,tjk,tk->ij", one, one, q1) + np.einsum("tik,tjk,tk->ij", two, two, q2)
    return score, variance
