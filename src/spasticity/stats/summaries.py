"""Means, medians and geometric means by group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spasticity import wording
from spasticity.errors import MethodError, one_of
from spasticity.stats.groups import grouped, participants, require
from spasticity.stats.result import Result, estimate_frame
from spasticity.wording import plural

Statistic = Literal["mean", "median", "geometric mean"]
GROUPS = ("outcome", "arm", "visit")

#: A binomial tail that equals the wanted one but for rounding is small enough.
ROUNDING = 1e-12

#: So few values, so skewed: t intervals of their mean were measured too narrow (benchmarks/designs_coverage.py).
FEW, SKEWED = 40, 1.3


def describe(
    outcomes: pd.DataFrame,
    *,
    by: str | Sequence[str] = GROUPS,
    value: str = "value",
    statistic: Statistic = "mean",
    offset: float = 0.0,
    level: float = 0.95,
) -> Result:
    """A mean, median or geometric mean of each group with its interval, and what a table says beside it.

    Parameters
    ----------
    outcomes : DataFrame
        One row per participant in each group.
    by : str or sequence of str
        Columns that make the groups, such as `("arm", "visit", "hour")` for a profile over the day.
    value : str
        Column that is described, such as `value`, `change` or `spasms_per_hour`.
    statistic : str
        `mean` with a t interval; `median` with the exact interval of order statistics; `geometric mean` with a t
        interval of the logarithm.
    offset : float
        Added before the logarithm and subtracted after; only for a geometric mean of data with zeros.
    level : float
        Confidence level.

    Returns
    -------
    Result
        One row per group that occurs; `n` counts values that are there. Further columns: `sd` (n - 1), `median`, `q1`,
        `q3` (linear between order statistics), `minimum`, `maximum`, `n_missing`, `achieved_level`. The standard
        error of a geometric mean is that of its logarithm times the mean (delta method); a median has none.

    Raises
    ------
    MethodError
        Missing column, unknown statistic, a participant twice in a group, or zeros under a logarithm.

    References
    ----------
    .. [1] Conover 1999, Practical Nonparametric Statistics: interval of the median. [from memory]
    """
    one_of("statistic", statistic, ("mean", "median", "geometric mean"))
    by = [by] if isinstance(by, str) else list(by)
    require(outcomes, [*by, value])
    if not pd.api.types.is_numeric_dtype(outcomes[value].dtype):
        raise MethodError(f"`{value}` is not a number and has no {statistic}; use `stats.shares` for grades.")
    if statistic == "geometric mean":
        _refuse_zeros(outcomes[value], value, offset)
    elif offset:
        raise MethodError("`offset` belongs to statistic='geometric mean' only.")
    frame, notes = grouped(outcomes, by, lambda rows: _row(rows[value], statistic, offset, level))
    return Result(
        frame=estimate_frame(frame.assign(term=statistic), by),
        method=_method(statistic, offset, level, value),
        n=participants(outcomes[outcomes[value].notna().to_numpy(dtype=bool)]),
        level=level,
        notes=notes + _short(frame) + (_skewed(outcomes, by, value) if statistic == "mean" else ()),
    )


def is_skewed(values: NDArray[np.float64]) -> bool:
    """Whether few values are so skewed that t intervals of such were measured too narrow.

    Parameters
    ----------
    values : ndarray
        Without missing ones.

    Returns
    -------
    bool
        Never of more than 40 values, or fewer than 3.
    """
    if not 3 <= len(values) <= FEW or np.ptp(values) == 0:
        return False
    return abs(float(stats.skew(values, bias=False))) > SKEWED


def _skewed(outcomes: pd.DataFrame, by: list[str], value: str) -> tuple[str, ...]:
    known = outcomes[outcomes[value].notna().to_numpy(dtype=bool)]
    groups = known.groupby(by, observed=True, sort=False)[value] if by else [("", known[value])]
    found = sum(is_skewed(values.to_numpy(dtype=np.float64)) for _, values in groups)
    if not found:
        return ()
    return (
        f"{plural(found, 'group has', 'groups have')} few and skewed values: t intervals of such means missed in 8 to "
        "16 % (docs/methods/describe.md); medians and geometric means did not",
    )


def _row(values: pd.Series, statistic: Statistic, offset: float, level: float) -> dict[str, Any]:
    x = np.sort(values.dropna().to_numpy(dtype=np.float64))
    return {**_ESTIMATES[statistic](x, level, offset), "n": len(x), **_spread(x), "n_missing": len(values) - len(x)}


def _mean(x: NDArray[np.float64], level: float, offset: float = 0.0) -> dict[str, float]:
    del offset
    if not len(x):
        return {"estimate": np.nan, "achieved_level": np.nan}
    if len(x) == 1:
        return {"estimate": float(x[0]), "achieved_level": np.nan}
    error, df = float(x.std(ddof=1) / np.sqrt(len(x))), len(x) - 1
    margin = float(stats.t.isf((1 - level) / 2, df)) * error
    mean = float(x.mean())
    return {
        "estimate": mean,
        "std_error": error,
        "df": df,
        "conf_low": mean - margin,
        "conf_high": mean + margin,
        "achieved_level": level,
    }


def _median(x: NDArray[np.float64], level: float, offset: float = 0.0) -> dict[str, float]:
    """Between the order statistics r and n + 1 - r with the largest r whose binomial tail is small enough."""
    del offset
    if not len(x):
        return {"estimate": np.nan, "achieved_level": np.nan}
    tail = (1 - level) / 2
    rank = int(np.sum(stats.binom.cdf(np.arange(len(x) // 2), len(x), 0.5) <= tail + ROUNDING))
    if rank < 1:
        return {"estimate": float(np.median(x)), "achieved_level": np.nan}
    achieved = 1 - 2 * float(stats.binom.cdf(rank - 1, len(x), 0.5))
    return {
        "estimate": float(np.median(x)),
        "conf_low": float(x[rank - 1]),
        "conf_high": float(x[-rank]),
        "achieved_level": achieved,
    }


def _geometric_mean(x: NDArray[np.float64], level: float, offset: float = 0.0) -> dict[str, float]:
    logs = _mean(np.log(x + offset), level)
    row = dict(logs)
    for name in ("estimate", "conf_low", "conf_high"):
        row[name] = float(np.exp(logs.get(name, np.nan)) - offset)
    row["std_error"] = float(np.exp(logs["estimate"])) * logs.get("std_error", np.nan)
    return row


_ESTIMATES = {"mean": _mean, "median": _median, "geometric mean": _geometric_mean}


def _spread(x: NDArray[np.float64]) -> dict[str, float]:
    if not len(x):
        return dict.fromkeys(("sd", "median", "q1", "q3", "minimum", "maximum"), np.nan)
    q1, median, q3 = (float(value) for value in np.quantile(x, [0.25, 0.5, 0.75]))
    sd = float(x.std(ddof=1)) if len(x) > 1 else np.nan
    return {"sd": sd, "median": median, "q1": q1, "q3": q3, "minimum": float(x[0]), "maximum": float(x[-1])}


def _refuse_zeros(values: pd.Series, name: str, offset: float) -> None:
    below = values.notna() & (values + offset <= 0)
    if below.any():
        raise MethodError(
            f"geometric mean of `{name}`: {plural(int(below.sum()), 'value')} of 0 or less, first at row "
            f"{values.index[below][0]}; a logarithm needs positive numbers. Use statistic='median', or say offset=1 "
            "and report it."
        )


def _method(statistic: Statistic, offset: float, level: float, value: str) -> str:
    of = "" if value == "value" else f" of {value.replace('_', ' ')}"
    interval = f"{wording.level(level)}"
    if statistic == "mean":
        return f"mean{of} with {interval} t interval"
    if statistic == "median":
        return f"median{of} with the exact interval of order statistics of at least {interval}"
    added = f", {offset:g} added before the logarithm and subtracted after" if offset else ""
    return f"geometric mean{of} with {interval} t interval of the logarithm{added}"


def _short(frame: pd.DataFrame) -> tuple[str, ...]:
    without = int((frame["estimate"].notna() & frame["achieved_level"].isna()).sum())
    if not without:
        return ()
    return (f"{plural(without, 'group has', 'groups have')} too few values for an interval",)
