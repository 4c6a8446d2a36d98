"""Adjusted (least-squares) means and their contrasts, for any fit with a design and a covariance of coefficients."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spasticity.errors import MethodError, listed, one_of
from spasticity.stats.design import Design
from spasticity.stats.grid import Weights, cells, families, people
from spasticity.stats.multiplicity import WORDS, Adjustment, adjusted_p, check_adjustment, critical
from spasticity.stats.result import Result, estimate_frame
from spasticity.wording import plural

#: Term of an adjusted mean in an estimate frame.
MEAN = "adjusted mean"


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Coefficients:
    """The fixed part of a fit: all that means, contrasts and tests need.

    Parameters
    ----------
    design : Design
        Where the coefficients stand.
    values : ndarray, shape (p,)
        Coefficients of `design.columns`.
    covariance : ndarray, shape (p, p)
        Their covariance, with whatever small-sample correction the fit uses.
    df : callable
        `df(L)` gives the degrees of freedom, shape (m,), of the m rows of `L`, shape (m, p).
    method : str
        How they were fitted, in words, ready for a caption.
    """

    design: Design
    values: NDArray[np.float64]
    covariance: NDArray[np.float64]
    df: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    method: str

    def combined(self, rows: NDArray[np.float64]) -> pd.DataFrame:
        """Estimates of linear combinations; those that are not estimable are missing.

        Parameters
        ----------
        rows : ndarray, shape (m, P)
            In all columns of the design, aliased ones included (`Design.full_rows`).

        Returns
        -------
        DataFrame, m rows
            `estimate`, `std_error`, `df`.
        """
        numbers = np.full((len(rows), 3), np.nan)
        known = self.design.estimable(rows)
        if known.any():
            L = rows[known][:, self.design.kept]
            variance = np.einsum("ij,jk,ik->i", L, self.covariance, L)
            numbers[known] = np.column_stack([L @ self.values, np.sqrt(np.maximum(variance, 0)), self.df(L)])
        return pd.DataFrame(numbers, columns=["estimate", "std_error", "df"])


def adjusted_means(
    fit: Coefficients,
    factor: str,
    *,
    by: str | Sequence[str] | None = None,
    weights: Weights = "equal",
    at: Mapping[str, Any] | None = None,
    level: float = 0.95,
) -> Result:
    """Means that a fit predicts for the levels of a factor, averaged over the other factors.

    Parameters
    ----------
    fit : Coefficients
    factor : str
        Whose levels have a mean each.
    by : str or sequence of str, optional
        Factors within whose levels the means are wanted, such as `visit`.
    weights : str
        `equal`: every combination of the other factors counts alike (least-squares means); `proportional`: by how
        many rows it has; `observed`: by how many rows it has in the same level of `factor` and `by`.
    at : mapping, optional
        Values of numeric covariates (otherwise their mean over the rows), or levels of factors to keep.
    level : float
        Confidence level.

    Returns
    -------
    Result
        One row per level: term `adjusted mean`, groups `by` and `factor`; `n` is participants with a row there. A
        mean that the data cannot tell is missing, with a note.

    Raises
    ------
    MethodError
        Unknown factor, level or option.

    References
    ----------
    .. [1] Searle, Speed & Milliken 1980, The American Statistician 34:216-221. [from memory]
    """
    groups = [*_names(by), factor]
    grid, rows = cells(fit.design, factor, _names(by), weights, at)
    frame = fit.combined(rows)
    margin = stats.t.isf((1 - level) / 2, frame["df"]) * frame["std_error"]
    frame = grid.assign(
        term=MEAN,
        **frame,
        conf_low=frame["estimate"] - margin,
        conf_high=frame["estimate"] + margin,
        n=[people(fit.design, groups, cell) for cell in grid.itertuples(index=False)],
    )
    words = {"equal": "equal weights", "proportional": "weights by rows", "observed": "observed weights"}
    return Result(
        frame=estimate_frame(_typed(frame, fit.design, groups), groups),
        method=f"adjusted means ({_covariates(fit.design, at)}{words[weights]} of other factors); {fit.method}",
        n=fit.design.participants,
        level=level,
        notes=fit.design.notes + _not_estimable(frame["estimate"], "mean"),
    )


def contrasts(
    fit: Coefficients,
    factor: str,
    *,
    by: str | Sequence[str] | None = None,
    reference: Any = None,
    pairs: bool = False,
    adjust: Adjustment | None = None,
    weights: Weights = "equal",
    at: Mapping[str, Any] | None = None,
    level: float = 0.95,
) -> Result:
    """Differences of adjusted means: each level minus the reference, or every pair.

    Parameters
    ----------
    fit : Coefficients
    factor : str
        Whose levels are compared.
    by : str or sequence of str, optional
        Factors within whose levels they are compared; each is a family of its own for `adjust`.
    reference : object, optional
        Level that is subtracted; otherwise the reference level of the fit.
    pairs : bool
        Every pair, later level minus earlier one.
    adjust : str, optional
        `tukey` (every pair), `dunnett` (with a reference), `bonferroni` or `holm`; adjusts p values and intervals.
    weights, at, level
        As for `adjusted_means`.

    Returns
    -------
    Result
        One row per comparison: term such as `oral baclofen - placebo`, groups `by` and `factor`, then a column
        `reference` and, when adjusted, `p_unadjusted`. `n` is participants in both groups.

    Raises
    ------
    MethodError
        Unknown factor, level or option; options that do not go together.

    References
    ----------
    .. [1] Hothorn, Bretz & Westfall 2008, Biometrical Journal 50:346-363. [from memory]
    """
    check_adjustment(adjust)
    pairs = pairs or adjust == "tukey"
    if pairs and (adjust == "dunnett" or reference is not None):
        raise MethodError(
            "every pair has no reference: leave out `reference`, or ask for adjust='dunnett' without `pairs`."
        )
    grid, rows = cells(fit.design, factor, _names(by), weights, at)
    reference = fit.design.reference[factor] if reference is None else reference
    if not pairs:
        one_of("reference", reference, list(fit.design.levels[factor]))
    parts = [
        _compared(fit, family, rows[family.index], factor, None if pairs else reference, adjust, level)
        for family in families(grid, _names(by))
    ]
    frame = pd.concat(parts, ignore_index=True)
    groups = [*_names(by), factor]
    compared = "every pair" if pairs else f"differences from {reference}"
    several = f", {WORDS[adjust]}" if adjust or len(parts[0]) > 1 else ""
    return Result(
        frame=estimate_frame(_typed(frame, fit.design, groups), groups),
        method=f"adjusted means, {compared}{several}; {fit.method}",
        n=fit.design.participants,
        level=level,
        notes=fit.design.notes + _not_estimable(frame["estimate"], "difference"),
    )


def _compared(
    fit: Coefficients,
    family: pd.DataFrame,
    rows: NDArray[np.float64],
    factor: str,
    reference: Any,
    adjust: Adjustment | None,
    level: float,
) -> pd.DataFrame:
    """Comparisons that are adjusted together; every pair when there is no reference."""
    levels = list(family[factor])
    if reference is None:
        chosen = [(later, earlier) for earlier, later in combinations(range(len(levels)), 2)]
    else:
        base = levels.index(reference)
        chosen = [(place, base) for place in range(len(levels)) if place != base]
    if not chosen:
        raise MethodError(f"`{factor}` has only the level {listed(levels)}; there is nothing to compare.")
    first, second = (np.array(side) for side in zip(*chosen, strict=True))
    frame = inferred(fit, rows[first] - rows[second], adjust=adjust, means=len(levels), level=level)
    counts = [people(fit.design, [*map(str, family.columns)], cell) for cell in family.itertuples(index=False)]
    labels = [f"{levels[a]} - {levels[b]}" for a, b in chosen]
    kept = family.iloc[first].reset_index(drop=True)
    both = [counts[a] + counts[b] for a, b in chosen]
    return kept.assign(term=labels, **frame, n=both, reference=[levels[b] for _, b in chosen])


def inferred(
    fit: Coefficients,
    rows: NDArray[np.float64],
    *,
    adjust: Adjustment | None = None,
    means: int = 2,
    level: float = 0.95,
) -> pd.DataFrame:
    """Linear combinations with tests against 0 and intervals, adjusted as one family.

    Parameters
    ----------
    fit : Coefficients
    rows : ndarray, shape (m, P)
        In all columns of the design.
    adjust : str, optional
        As for `contrasts`.
    means : int
        How many means are compared.
    level : float
        Confidence level.

    Returns
    -------
    DataFrame, m rows
        `estimate, std_error, df, statistic, p_value, conf_low, conf_high` and, when adjusted, `p_unadjusted`.
    """
    frame = fit.combined(rows)
    known = frame["estimate"].notna().to_numpy()
    frame["statistic"] = frame["estimate"] / frame["std_error"].where(frame["std_error"] > 0)
    numbers = {name: np.full(len(frame), np.nan) for name in ("p_value", "margin", "raw")}
    if known.any():
        L = rows[known][:, fit.design.kept]
        statistic, df = frame.loc[known, "statistic"].to_numpy(), frame.loc[known, "df"].to_numpy()
        correlation = _correlation(L @ fit.covariance @ L.T)
        numbers["p_value"][known] = adjusted_p(statistic, df, correlation, adjust, means)
        numbers["margin"][known] = critical(df, correlation, adjust, means, level) * frame.loc[known, "std_error"]
        numbers["raw"][known] = 2 * stats.t.sf(np.abs(statistic), df)
    frame["p_value"] = numbers["p_value"]
    frame["conf_low"], frame["conf_high"] = (frame["estimate"] + side * numbers["margin"] for side in (-1, 1))
    return frame if adjust is None else frame.assign(p_unadjusted=numbers["raw"])


def _correlation(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    scale = np.sqrt(np.diag(covariance))
    scale = np.where(scale > 0, scale, 1.0)  # a row without variance, such as Cox's intercept, goes with nothing
    return covariance / np.outer(scale, scale)


def _typed(frame: pd.DataFrame, design: Design, groups: Sequence[str]) -> pd.DataFrame:
    """Factors as the categories of the data, so that a figure of some arms knows the order of all."""
    return frame.assign(**{name: frame[name].astype(design.data[name].dtype) for name in groups})


def _names(by: str | Sequence[str] | None) -> list[str]:
    return [by] if isinstance(by, str) else list(by or [])


def _covariates(design: Design, at: Mapping[str, Any] | None) -> str:
    given = [name for name in design.averages if name in (at or {})]
    mean = [name for name in design.averages if name not in given]
    parts = [f"{name} = {(at or {})[name]:g}" for name in given] + [f"{name} at its mean" for name in mean]
    return ", ".join(parts) + ", " if parts else ""


def _not_estimable(estimates: pd.Series, what: str) -> tuple[str, ...]:
    count = int(estimates.isna().sum())
    if not count:
        return ()
    return (f"{plural(count, what)} cannot be estimated, because no one was observed in a combination it needs",)
