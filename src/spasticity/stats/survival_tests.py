"""Whether the times to an event differ between groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spasticity.errors import MethodError, one_of
from spasticity.stats.chi_squared import ChiSquaredTests
from spasticity.stats.groups import grouped
from spasticity.stats.result import estimate_frame
from spasticity.stats.risk_sets import parts_of, timed
from spasticity.wording import plural

Weights = Literal["log-rank", "peto"]
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class LogRank(ChiSquaredTests):
    """A test, and what was seen and expected in each group.

    Parameters
    ----------
    counts : DataFrame
        Per group: its name, `n`, `observed` and `expected` events (weighted where the test weights them).
    """

    counts: pd.DataFrame


def log_rank(
    table: pd.DataFrame,
    *,
    time: str,
    event: str,
    by: str = "arm",
    strata: str | None = None,
    weights: Weights = "log-rank",
    level: float = 0.95,
) -> LogRank:
    """Test whether the times to an event differ between groups.

    Parameters
    ----------
    table : DataFrame
        One row per participant.
    time, event : str
        As for `survival`.
    by : str
        Column with the groups.
    strata : str, optional
        Column within whose levels the groups are compared, such as `cohort`.
    weights : str
        `log-rank`: every event counts the same. `peto`: early events count more, by the share still free of it.
    level : float
        Confidence level; carried only.

    Returns
    -------
    LogRank
        One row: chi-squared with one degree of freedom less than groups.

    Raises
    ------
    MethodError
        Missing columns, bad times, a participant twice, one group only, no event.

    References
    ----------
    .. [1] Mantel 1966, Cancer Chemother Rep 50:163-170. [from memory]
    .. [2] Peto & Peto 1972, J R Stat Soc A 135:185-207. [from memory]
    """
    one_of("weights", weights, ["log-rank", "peto"])
    rows, notes = timed(table, time, event, [by, *([strata] if strata else [])])
    sizes, more = grouped(rows, [by], lambda part: {"n": len(part)})
    groups = list(sizes[by])
    if len(groups) < 2 or not rows["event"].any():
        raise MethodError(
            f"log_rank: {plural(len(groups), 'group')} and {plural(int(rows['event'].sum()), 'event')}; "
            "a test needs two groups and an event."
        )
    codes = pd.Categorical(rows[by], categories=groups).codes.astype(np.int64)
    observed, expected, variance = np.zeros(len(groups)), np.zeros(len(groups)), np.zeros((len(groups),) * 2)
    moments, came = rows["time"].to_numpy(), rows["event"].to_numpy()
    for part in parts_of(rows, strata):
        o, e, v = _scored(moments[part], came[part], codes[part], len(groups), weights)
        observed, expected, variance = observed + o, expected + e, variance + v
    off = (observed - expected)[1:]
    chi2 = float(off @ np.linalg.pinv(variance[1:, 1:], hermitian=True) @ off)
    df = int(np.linalg.matrix_rank(variance[1:, 1:], hermitian=True))
    row = {"term": by, "estimate": np.nan, "statistic": chi2, "df": df, "p_value": float(stats.chi2.sf(chi2, df))}
    within = f", within {strata}" if strata else ""
    name = "log-rank test" if weights == "log-rank" else "Peto-Peto test"
    return LogRank(
        frame=estimate_frame(pd.DataFrame([row | {"n": len(rows)}])),
        method=f"{name} of {time} by {by}{within}",
        n=len(rows),
        level=level,
        notes=notes + more,
        counts=sizes.assign(observed=observed, expected=expected),
    )


def _scored(
    time: Array, event: NDArray[np.bool_], group: NDArray[np.int64], count: int, weights: Weights
) -> tuple[Array, Array, Array]:
    """Observed and expected events of each group, and the covariance of their difference, in one stratum."""
    times, place = np.unique(time, return_inverse=True)
    gone, died = (np.zeros((len(times), count)) for _ in range(2))
    np.add.at(gone, (place, group), 1)
    np.add.at(died, (place[event], group[event]), 1)
    at_risk = gone[::-1].cumsum(axis=0)[::-1]
    n, d = at_risk.sum(axis=1), died.sum(axis=1)
    w = np.ones(len(times))
    if weights == "peto":
        w = np.concatenate(([1.0], np.cumprod(1 - d / n)[:-1]))
    share = at_risk / n[:, None]
    expected = share * d[:, None]
    spread = np.where(n > 1, w**2 * d * (n - d) / np.maximum(n - 1, 1), 0.0)
    variance = np.diag(spread @ share) - (share * spread[:, None]).T @ share
    return (w[:, None] * died).sum(axis=0), (w[:, None] * expected).sum(axis=0), variance
