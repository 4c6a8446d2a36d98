"""Whether two things go together: within people over time, or between people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spasticity.errors import MethodError, listed, one_of
from spasticity.stats.groups import require
from spasticity.stats.result import Result, estimate_frame
from spasticity.wording import level as level_words
from spasticity.wording import plural

Array = NDArray[np.float64]
Kind = Literal["spearman", "pearson"]

WITHIN, BETWEEN, SLOPE = "within person", "between people", "slope within person"


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class RepeatedCorrelation(Result):
    """A correlation within people, and the rows it comes from.

    Parameters
    ----------
    rows : DataFrame
        `participant`, `x`, `y`, and both about the person's own mean: `x_within`, `y_within`.
    """

    rows: pd.DataFrame


def repeated_correlation(table: pd.DataFrame, x: str, y: str, *, level: float = 0.95) -> RepeatedCorrelation:
    """Correlation of two things within people, each measured several times, and that between people beside it.

    Pooling all rows in one correlation takes rows of one person for independent people, and mixes both.

    Parameters
    ----------
    table : DataFrame
        One row per participant and occasion, such as nights.
    x, y : str
        Numeric columns, such as `spasm_awakenings` and `waso_min`.
    level : float
        Confidence level.

    Returns
    -------
    RepeatedCorrelation
        Terms `within person` (repeated-measures correlation), `slope within person` (of y on x, one slope for all) and
        `between people` (Pearson's, of participants' means). `n` is participants, `rows` the rows.

    Raises
    ------
    MethodError
        Missing columns, fewer than three participants, nobody with two rows, or no variation.

    Notes
    -----
    Analysis of covariance with a level for each person and one slope: r is the signed root of the share of what
    is left within people that the slope explains; N - people - 1 degrees of freedom; interval by Fisher's z with
    df - 1. One row of a person says nothing about within and counts between only.

    References
    ----------
    .. [1] Bland & Altman 1995, BMJ 310:446. [from memory]
    .. [2] Bakdash & Marusich 2017, Front Psychol 8:456. [from memory]
    """
    rows, notes = _paired_rows(table, x, y)
    groups = rows.groupby("participant")
    rows["x_within"] = rows["x"] - groups["x"].transform("mean")
    rows["y_within"] = rows["y"] - groups["y"].transform("mean")
    people = int(rows["participant"].nunique())
    several = rows[groups["x"].transform("size") > 1]
    if people < 3 or several.empty:
        raise MethodError(
            f"{x} and {y}: {plural(people, 'participant')}, {len(several)} repeated rows; expected 3 and some."
        )
    sxx, syy = (float((rows[f"{name}_within"] ** 2).sum()) for name in "xy")
    sxy = float((rows["x_within"] * rows["y_within"]).sum())
    if sxx == 0 or syy == 0:
        raise MethodError(f"{x if sxx == 0 else y} never changes within a person; there is no correlation within.")
    df = len(several) - int(several["participant"].nunique()) - 1
    r, slope = sxy / np.sqrt(sxx * syy), sxy / sxx
    means = groups[["x", "y"]].mean()
    frame = pd.DataFrame(
        [
            {"term": WITHIN, "n": int(several["participant"].nunique()), "rows": len(several)}
            | _correlation(r, df, df - 1, level),
            {"term": SLOPE, "n": int(several["participant"].nunique()), "rows": len(several)}
            | _slope(slope, sxx, syy, sxy, df, level),
            {"term": BETWEEN, "n": people, "rows": people}
            | _correlation(float(means["x"].corr(means["y"])), people - 2, people - 3, level),
        ]
    )
    return RepeatedCorrelation(
        frame=estimate_frame(frame),
        method=f"correlation of {y} with {x}, within and between people; {level_words(level)} Fisher intervals",
        n=people,
        level=level,
        notes=notes,
        rows=rows,
    )


def correlations(
    table: pd.DataFrame, columns: Sequence[str], *, kind: Kind = "spearman", level: float = 0.95
) -> Result:
    """Every correlation of some columns, each with its own number of people.

    Parameters
    ----------
    table : DataFrame
        One row per participant.
    columns : sequence of str
        At least two numeric or ordered columns.
    kind : str
        `spearman` or `pearson`.
    level : float
        Confidence level.

    Returns
    -------
    Result
        One row per pair: groups `first` and `second`. Intervals by Fisher's z, for Spearman with Bonett and Wright's
        variance; p values from t, not adjusted for the number of pairs. Pairs with fewer than four people or without
        variation are missing.

    Raises
    ------
    MethodError
        Missing columns, text, one column, or a participant twice: rows of one person are not independent, see
        `repeated_correlation`.

    References
    ----------
    .. [1] Bonett & Wright 2000, Psychometrika 65:23-28. [from memory]
    """
    one_of("kind", kind, ["spearman", "pearson"])
    require(table, ["participant", *columns])
    if table["participant"].duplicated().any():
        raise MethodError(
            "correlations: a participant has several rows, which are not independent; take one number per "
            "participant, or see stats.repeated_correlation."
        )
    if len(columns) < 2:
        raise MethodError("correlations: expected at least two columns.")
    values = {name: _numeric(table[name], name) for name in columns}
    rows = [
        {"term": f"{kind} correlation", "first": one, "second": two} | _pair(values[one], values[two], kind, level)
        for one, two in combinations(columns, 2)
    ]
    names = {"spearman": "Spearman", "pearson": "Pearson"}
    return Result(
        frame=estimate_frame(pd.DataFrame(rows), ["first", "second"]),
        method=(
            f"{names[kind]} correlations of {listed(columns, 'and')}; {level_words(level)} Fisher intervals, p not "
            "adjusted"
        ),
        n=len(table),
        level=level,
    )


def _paired_rows(table: pd.DataFrame, x: str, y: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    require(table, ["participant", x, y])
    rows = pd.DataFrame({"participant": table["participant"], "x": _numeric(table[x], x), "y": _numeric(table[y], y)})
    whole = rows.dropna().reset_index(drop=True)
    lost = len(rows) - len(whole)
    return whole, ((f"left out: {plural(lost, 'row')} without both",) if lost else ())


def _numeric(values: pd.Series, name: str) -> Array:
    if isinstance(values.dtype, pd.CategoricalDtype) and values.cat.ordered:
        return np.where(values.isna(), np.nan, values.cat.codes.to_numpy(dtype=np.float64))
    if not pd.api.types.is_numeric_dtype(values.dtype):
        raise MethodError(f"`{name}` is neither numeric nor an ordered category; it has no correlation.")
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _pair(x: Array, y: Array, kind: Kind, level: float) -> dict[str, Any]:
    known = ~np.isnan(x) & ~np.isnan(y)
    n = int(known.sum())
    x, y = x[known], y[known]
    if n < 4 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return {"estimate": np.nan, "n": n}
    if kind == "spearman":
        x, y = stats.rankdata(x), stats.rankdata(y)
    r = float(np.corrcoef(x, y)[0, 1])
    spread = 1 + r**2 / 2 if kind == "spearman" else 1.0
    return _correlation(r, n - 2, (n - 3) / spread, level) | {"n": n}


def _correlation(r: float, df: float, information: float, level: float) -> dict[str, Any]:
    """A correlation with its t test, and Fisher's interval of some information."""
    inside = abs(r) < 1 and df > 0
    t = r * np.sqrt(df / (1 - r**2)) if inside else np.nan
    half = float(stats.norm.ppf((1 + level) / 2)) / np.sqrt(information) if inside and information > 0 else np.nan
    z = np.arctanh(r) if inside else np.nan
    return {
        "estimate": r,
        "df": df,
        "statistic": t,
        "p_value": 2 * float(stats.t.sf(abs(t), df)),
        "conf_low": float(np.tanh(z - half)),
        "conf_high": float(np.tanh(z + half)),
    }


def _slope(slope: float, sxx: float, syy: float, sxy: float, df: int, level: float) -> dict[str, Any]:
    error = float(np.sqrt(max(syy - sxy**2 / sxx, 0) / df / sxx)) if df > 0 else np.nan
    margin = float(stats.t.ppf((1 + level) / 2, df)) * error
    t = slope / error if error > 0 else np.nan
    return {
        "estimate": slope,
        "std_error": error,
        "df": df,
        "statistic": t,
        "p_value": 2 * float(stats.t.sf(abs(t), df)),
        "conf_low": slope - margin,
        "conf_high": slope + margin,
    }
