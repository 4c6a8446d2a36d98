"""Table 1: who took part, and how alike the groups are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from spasticity.errors import MethodError, listed
from spasticity.stats.distributions import shares
from spasticity.stats.groups import require
from spasticity.stats.result import Result, estimate_frame
from spasticity.stats.summaries import describe
from spasticity.wording import level as level_words
from spasticity.wording import plural


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class Baseline(Result):
    """Characteristics by group, and how far groups are apart.

    Parameters
    ----------
    imbalance : DataFrame
        One row per variable and pair of groups: `variable, first, second, standardised_difference`; with `tests=True`
        also `p_value` over all groups and the `test` it is of.
    """

    imbalance: pd.DataFrame


def baseline(
    table: pd.DataFrame,
    columns: Sequence[str],
    *,
    by: str = "arm",
    overall: str | None = None,
    tests: bool = False,
    level: float = 0.95,
) -> Baseline:
    """Describe characteristics by group: means, medians, shares, what is missing, and standardised differences.

    Parameters
    ----------
    table : DataFrame
        One row per participant.
    columns : sequence of str
        Characteristics: numeric ones get mean, SD, median and quartiles; categories, flags and text get shares.
    by : str
        Column with the groups.
    overall : str, optional
        Name of a further group, of everybody in the table, also of those without a group: `All`.
    tests : bool
        Add p values. Groups of a randomised trial differ by chance only, so a test of them asks nothing; for other
        groups only.
    level : float
        Confidence level of means and shares.

    Returns
    -------
    Baseline
        Terms `mean` and `share`, groups `variable`, `level` (of a category) and `by`; further columns `sd, median, q1,
        q3, minimum, maximum, count, n_missing`. `n` counts those on record.

    Raises
    ------
    MethodError
        Missing columns, a participant twice, no group, no value at all, `overall` that is the name of a group.

    Notes
    -----
    Standardised difference: of means over the root of the mean variance of both groups; of shares the distance of their
    vectors by the mean multinomial covariance. Above 0.1 is often called noteworthy, which is a convention. Tests:
    Kruskal and Wallis for numbers and ordered categories, chi-squared without correction for others.

    References
    ----------
    .. [1] Austin 2009, Stat Med 28:3083-3107. [from memory]
    .. [2] Yang & Dalton 2012, SAS Global Forum 335 (categories). [from memory]
    """
    require(table, ["participant", by, *columns])
    if table["participant"].duplicated().any():
        raise MethodError("baseline: a participant has several rows; expected one each.")
    grouped = table[table[by].notna()]
    if (grouped.empty and overall is None) or not columns:
        raise MethodError(f"baseline: nobody has a value in `{by}`, or no characteristic was named.")
    if not isinstance(grouped[by].dtype, pd.CategoricalDtype):
        grouped = grouped.assign(**{by: pd.Categorical(grouped[by], categories=list(dict.fromkeys(grouped[by])))})
    groups = list(grouped[by].cat.categories)
    shown = grouped if overall is None else _with_all(table, grouped, by, overall)
    parts, apart = [], []
    for name in columns:
        if shown[name].notna().sum() == 0:
            raise MethodError(f"baseline: nobody has a value in `{name}`; leave it out.")
        numeric = _is_number(shown[name])
        values = shown if numeric else shown.assign(**{name: _levels(shown[name])})
        parts.append(_described(values, name, by, level) if numeric else _shared(values, name, by, level))
        apart += _imbalance(values, name, by, groups, numeric=numeric, tests=tests)
    frame = pd.concat(parts, ignore_index=True)
    frame[by] = pd.Categorical(frame[by], categories=list(shown[by].cat.categories))
    lost = len(table) - len(grouped)
    return Baseline(
        frame=estimate_frame(frame, ["variable", "level", by]),
        method=f"characteristics by {by}: {listed(columns, 'and')}; {level_words(level)} intervals",
        n=len(grouped) if overall is None else len(table),
        level=level,
        notes=_lost(lost, by, overall),
        imbalance=pd.DataFrame(apart),
    )


def _with_all(table: pd.DataFrame, grouped: pd.DataFrame, by: str, overall: str) -> pd.DataFrame:
    """Everybody twice: in their group, and in the one of all."""
    groups = grouped[by].cat
    if overall in list(groups.categories):
        raise MethodError(f"baseline: overall={overall!r} is also one of {by}; choose another name.")
    wider = pd.CategoricalDtype([*groups.categories, overall], ordered=groups.ordered)
    everybody = table.assign(**{by: pd.Series(overall, index=table.index).astype(wider)})
    return pd.concat([grouped.astype({by: wider}), everybody], ignore_index=True)


def _lost(lost: int, by: str, overall: str | None) -> tuple[str, ...]:
    if not lost:
        return ()
    where = f", counted in `{overall}`" if overall else ""
    return (f"{'in no group' if overall else 'left out'}: {by} missing in {plural(lost, 'row')}{where}",)


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)


def _levels(values: pd.Series) -> pd.Series:
    """A category with its own order; flags and text get one."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.rename_categories(str)
    words = values.astype(object).where(values.notna(), None)
    if pd.api.types.is_bool_dtype(values.dtype):
        words = words.map({True: "yes", False: "no"})
        return pd.Series(pd.Categorical(words, categories=["yes", "no"]), index=values.index)
    return pd.Series(pd.Categorical(words, categories=sorted(set(words.dropna()))), index=values.index)


def _described(rows: pd.DataFrame, name: str, by: str, level: float) -> pd.DataFrame:
    frame = describe(rows, by=by, value=name, level=level).frame
    return frame.assign(variable=name, level=pd.Series(pd.NA, index=frame.index, dtype=object), term="mean")


def _shared(rows: pd.DataFrame, name: str, by: str, level: float) -> pd.DataFrame:
    # One column cannot be both the group and the level: the level keeps its own name inside.
    frame = shares(rows[["participant", by, name]].rename(columns={name: "level"}), "level", by=by, level=level).frame
    return frame.drop(columns="cumulative").assign(variable=name, level=frame["level"].astype(object))


def _imbalance(
    rows: pd.DataFrame, name: str, by: str, groups: Sequence[Any], *, numeric: bool, tests: bool
) -> list[dict[str, Any]]:
    """Each pair of groups, the later less the earlier."""
    groups = [group for group in groups if rows[by].eq(group).any()]
    values = {group: rows.loc[rows[by].eq(group), name].dropna() for group in groups}
    how = _of_means if numeric else _of_shares
    tested = _test(values, numeric or bool(rows[name].cat.ordered)) if tests and len(groups) > 1 else {}
    return [
        {"variable": name, "first": one, "second": two, "standardised_difference": how(values[one], values[two])}
        | tested
        for one, two in combinations(groups, 2)
    ]


def _of_means(one: pd.Series, two: pd.Series) -> float:
    if len(one) < 2 or len(two) < 2:
        return float("nan")
    spread = float(np.sqrt((one.var() + two.var()) / 2))
    return float(two.mean() - one.mean()) / spread if spread > 0 else float("nan")


def _of_shares(one: pd.Series, two: pd.Series) -> float:
    """Distance of two vectors of shares; without sign, as categories have none."""
    if not len(one) or not len(two):
        return float("nan")
    p, q = (values.value_counts(sort=False, normalize=True).to_numpy(dtype=np.float64)[1:] for values in (one, two))
    covariance = sum(np.diag(part) - np.outer(part, part) for part in (p, q)) / 2
    squared = float((q - p) @ np.linalg.pinv(covariance) @ (q - p))
    return float(np.sqrt(max(squared, 0.0)))


def _test(values: dict[Any, pd.Series], ranked: bool) -> dict[str, Any]:
    if ranked:
        groups = [one.cat.codes if isinstance(one.dtype, pd.CategoricalDtype) else one for one in values.values()]
        whole = np.concatenate([np.asarray(one, dtype=np.float64) for one in groups])
        p = float(stats.kruskal(*groups).pvalue) if np.ptp(whole) > 0 else float("nan")
        return {"p_value": p, "test": "Kruskal-Wallis"}
    counts = np.array([one.value_counts(sort=False).to_numpy() for one in values.values()])
    counts = counts[:, counts.sum(axis=0) > 0]
    p = float(stats.chi2_contingency(counts, correction=False).pvalue) if counts.shape[1] > 1 else float("nan")
    return {"p_value": p, "test": "chi-squared"}
