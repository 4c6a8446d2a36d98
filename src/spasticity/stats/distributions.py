"""How a group is spread over the levels of an ordered category."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from spasticity.errors import MethodError, one_of
from spasticity.stats.groups import grouped, participants, require
from spasticity.stats.proportions import INTERVALS, Method
from spasticity.stats.result import Result, estimate_frame

NAMES = {"wilson": "Wilson", "clopper-pearson": "exact (Clopper-Pearson)"}


def shares(
    table: pd.DataFrame,
    category: str,
    *,
    by: str | Sequence[str],
    method: Method = "wilson",
    level: float = 0.95,
) -> Result:
    """The share of each level of an ordered category in each group, empty levels too.

    Parameters
    ----------
    table : DataFrame
        One row per participant in each group, such as the grades of one muscle and side by visit.
    category : str
        Column with the ordered category.
    by : str or sequence of str
        Columns that make the groups.
    method : str
        Interval of each share by itself: `wilson` or `clopper-pearson`.
    level : float
        Confidence level.

    Returns
    -------
    Result
        One row per group and level: term `share`, groups `by` and `category`; `n` is those of the group with a level.
        Further columns: `count`, `cumulative` (share at this level or below), `n_missing`.

    Raises
    ------
    MethodError
        Missing column, a category without order, or a participant twice in a group.
    """
    by = [by] if isinstance(by, str) else list(by)
    one_of("method", method, list(INTERVALS))
    require(table, [*by, category])
    dtype = table[category].dtype
    if not isinstance(dtype, pd.CategoricalDtype):
        raise MethodError(
            f"`{category}` is not a category; make it one whose levels are in order (pandas.Categorical), so that "
            "levels nobody has are counted too."
        )
    counted, notes = grouped(table, by, lambda rows: {"levels": rows[category].value_counts(sort=False, dropna=False)})
    frame = pd.concat(
        [
            _long(row["levels"], category, dtype).assign(**{name: row[name] for name in by})
            for _, row in counted.iterrows()
        ],
        ignore_index=True,
    )
    for name in by:
        frame[name] = frame[name].astype(counted[name].dtype)
    low, high = INTERVALS[method](frame["count"], frame["n"], level)
    return Result(
        frame=estimate_frame(frame.assign(term="share", conf_low=low, conf_high=high), [*by, category]),
        method=f"shares of {category.replace('_', ' ')} with {NAMES[method]} intervals",
        n=participants(table[table[category].notna().to_numpy(dtype=bool)]),
        level=level,
        notes=notes,
    )


def _long(counts: pd.Series, category: str, dtype: pd.CategoricalDtype) -> pd.DataFrame:
    """Counts of every level of one group, in order."""
    levels = list(dtype.categories)
    count = counts.reindex(levels).fillna(0).astype(int).to_numpy()
    n = int(count.sum())
    share = count / n if n else np.full(len(levels), np.nan)
    return pd.DataFrame(
        {
            category: pd.Categorical(levels, dtype=dtype),
            "estimate": share,
            "n": n,
            "count": count,
            "cumulative": np.cumsum(count) / n if n else share,
            "n_missing": int(counts.sum()) - n,
        }
    )
