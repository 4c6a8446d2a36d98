"""Several studies of one question, pooled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spasticity.errors import MethodError, listed, one_of
from spasticity.stats.groups import require
from spasticity.stats.heterogeneous_studies import ESTIMATORS, Between, q_profile, q_statistic
from spasticity.stats.result import Result, estimate_frame
from spasticity.wording import level as level_words
from spasticity.wording import plural

Array = NDArray[np.float64]
Test = Literal["hartung-knapp", "z"]

POOLED, PREDICTED, TAU2, I2, Q = "pooled effect", "effect in a new study", "tau-squared", "I-squared", "Q"

#: Standard errors that differ by less, relative to their size, are the same.
ROUNDING = 1e-9
#: Up to so many studies intervals of the stored study (benchmarks/pooling_coverage.py) were off their band.
NARROW_UP_TO = 20
ALIKE_NOTE = (
    "studies agree more than their own errors let expect, so that Hartung and Knapp's interval is narrower than the "
    "normal one; guard=True never lets it be"
)

#: Designs that answer the same question, and may be pooled.
ALIKE = ({"parallel", "open parallel"}, {"crossover"}, {"randomised withdrawal"}, {"before-after", "cohort"})


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class MetaAnalysis(Result):
    """Pooled effects.

    Parameters
    ----------
    studies : DataFrame
        One row per study: `study, design`, the group, `estimate, std_error, conf_low, conf_high, weight` (percent).
    options : mapping
        How it was pooled, for `leave_one_out`.
    """

    studies: pd.DataFrame
    options: dict[str, Any]

    def leave_one_out(self) -> Result:
        """Pool again without each study in turn.

        Returns
        -------
        Result
            Terms such as `without Collin 2007`.

        Raises
        ------
        MethodError
            With fewer than three studies, or groups.
        """
        if self.options["by"] is not None or len(self.studies) < 3:
            raise MethodError("leave_one_out: needs at least 3 studies in one group; pool one group at a time.")
        rows = []
        for place, name in enumerate(self.studies["study"]):
            rest = meta_analysis(self.studies.drop(self.studies.index[place]), **self.options).frame
            rows.append(rest[rest["term"].eq(POOLED)].iloc[0].to_dict() | {"term": f"without {name}"})
        frame = estimate_frame(pd.DataFrame(rows))
        return replace(self, frame=frame, method=f"leaving out one study at a time; {self.method}")


def meta_analysis(
    studies: pd.DataFrame,
    *,
    by: str | None = None,
    between: Between = "REML",
    test: Test = "hartung-knapp",
    guard: bool = False,
    level: float = 0.95,
) -> MetaAnalysis:
    """Pool the effects of several studies, which may differ.

    Parameters
    ----------
    studies : DataFrame
        One row per study: `study`, `design`, `estimate`, `std_error` (see `study_effects`; ratios as logarithms).
    by : str, optional
        Column with groups of studies, pooled apart and compared; `design` pools each design by itself.
    between : str
        Estimator of the variance between studies: `REML`, `Paule-Mandel`, `DerSimonian-Laird`, `ML`, or `fixed` for
        one effect common to all.
    test : str
        `hartung-knapp` (t with one degree of freedom less than studies; right with few) or `z`.
    guard : bool
        Never let Hartung-Knapp's standard error be smaller than that of `z`.
    level : float
        Confidence level.

    Returns
    -------
    MetaAnalysis
        Per group the terms `pooled effect`, `effect in a new study` (prediction interval), `tau-squared` (interval by
        Q-profile), `I-squared` (percent) and `Q` (heterogeneity); with groups also `difference between groups`.
        `n` counts studies.

    Raises
    ------
    MethodError
        Missing columns or values, a study twice, fewer than two studies, designs that answer different questions.

    References
    ----------
    .. [1] Hartung & Knapp 2001, Stat Med 20:3875-3889. [from memory]
    .. [2] Viechtbauer 2007, Stat Med 26:37-52 (Q-profile). [from memory]
    .. [3] Higgins et al. 2009, J R Stat Soc A 172:137-159 (prediction). [from memory]
    """
    one_of("between", between, list(ESTIMATORS))
    one_of("test", test, ["hartung-knapp", "z"])
    _refuse(studies, by)
    groups = [(None, studies)] if by is None else list(studies.groupby(by, sort=False, observed=True))
    rows, kept, alike = [], [], False
    for name, part in groups:
        _refuse_designs(part, by)
        found, weights = _pooled(part, between, test, guard, level)
        alike |= test == "hartung-knapp" and found[0]["std_error"] * float(np.sqrt(weights.sum())) < 1 - ROUNDING
        rows += [row | ({} if by is None else {by: name}) for row in found]
        z = float(stats.norm.ppf((1 + level) / 2)) * part["std_error"]
        ends = {"conf_low": part["estimate"] - z, "conf_high": part["estimate"] + z}
        kept.append(part.assign(**ends, weight=100 * weights / weights.sum()))
    if by is not None and len(groups) > 1:
        rows.append(_between_groups(rows) | {by: "all"})
    how = {"hartung-knapp": "Hartung-Knapp", "z": "normal"}[test] + (" with guard" if guard else "")
    kind = "common-effect" if between == "fixed" else f"random-effects ({between})"
    columns = ["study", "design", *([by] if by not in (None, "design") else [])]
    return MetaAnalysis(
        frame=estimate_frame(pd.DataFrame(rows), [] if by is None else [by]),
        method=(
            f"{kind} meta-analysis of {plural(len(studies), 'study', 'studies')}; {level_words(level)} {how} intervals"
        ),
        n=0,
        level=level,
        notes=(*_notes(groups, test), *_measured(groups, between, test), *((ALIKE_NOTE,) if alike else ())),
        studies=pd.concat(kept)[[*columns, "estimate", "std_error", "conf_low", "conf_high", "weight"]],
        options={"by": by, "between": between, "test": test, "guard": guard, "level": level},
    )


def _refuse(studies: pd.DataFrame, by: str | None) -> None:
    require(studies, ["study", "design", "estimate", "std_error", *([by] if by else [])])
    values = studies[["estimate", "std_error"]].astype("float64")
    whole = np.isfinite(values.to_numpy()).all(axis=1) & (values["std_error"] > 0) & studies["design"].notna()
    if not whole.all():
        raise MethodError(
            f"meta_analysis: row {studies.index[~whole][0]} lacks a design, an estimate or a positive standard error; "
            "choose rows first."
        )
    twice = studies["study"].duplicated()
    if twice.any():
        raise MethodError(
            f"meta_analysis: a study stands twice, first at row {studies.index[twice][0]}; its people would count "
            "twice. Take one effect of each study."
        )


def _refuse_designs(part: pd.DataFrame, by: str | None) -> None:
    """Studies of designs that answer different questions have no common effect."""
    designs = set(part["design"])
    if len(designs) > 1 and not any(designs <= alike for alike in ALIKE):
        remedy = "pool them apart with by='design'" if by != "design" else "choose rows first"
        raise MethodError(
            f"meta_analysis: the designs {listed(sorted(designs), 'and')} answer different questions (against a "
            f"control, within a person, after selecting responders, without a control); {remedy}."
        )


def _pooled(
    part: pd.DataFrame, between: Between, test: Test, guard: bool, level: float
) -> tuple[list[dict[str, Any]], Array]:
    """The terms of one group, and the weights of its studies."""
    y, v = part["estimate"].to_numpy(dtype=np.float64), part["std_error"].to_numpy(dtype=np.float64) ** 2
    k = len(y)
    if k < 2:
        raise MethodError(f"meta_analysis: {plural(k, 'study', 'studies')}; pooling needs at least 2.")
    tau2 = ESTIMATORS[between](y, v)
    w = 1 / (v + tau2)
    mean, plain = float((w @ y) / w.sum()), float(np.sqrt(1 / w.sum()))
    error, df, quantile = plain, np.inf, float(stats.norm.ppf((1 + level) / 2))
    if test == "hartung-knapp":
        scale = float(w @ (y - mean) ** 2) / (k - 1)
        error = plain * float(np.sqrt(max(scale, 1.0) if guard else scale))
        df, quantile = float(k - 1), float(stats.t.ppf((1 + level) / 2, k - 1))
    spread = float(np.sqrt(tau2 + error**2))
    statistic = mean / error if error > 0 else np.nan
    q = q_statistic(y, v)
    typical = (k - 1) * (1 / v).sum() / ((1 / v).sum() ** 2 - (1 / v**2).sum())
    low, high = (np.nan, np.nan) if between == "fixed" else q_profile(y, v, level)
    tail = stats.norm.sf(abs(statistic)) if np.isinf(df) else stats.t.sf(abs(statistic), df)
    rows: list[dict[str, Any]] = [
        {
            "term": POOLED,
            "estimate": mean,
            "std_error": error,
            "df": df,
            "statistic": statistic,
            "p_value": 2 * float(tail),
        }
        | {"conf_low": mean - quantile * error, "conf_high": mean + quantile * error},
        {"term": PREDICTED, "estimate": mean, "std_error": spread, "df": df}
        | {"conf_low": mean - quantile * spread, "conf_high": mean + quantile * spread},
        {"term": TAU2, "estimate": tau2, "conf_low": low, "conf_high": high},
        {"term": I2, "estimate": 100 * tau2 / (tau2 + typical)}
        | {"conf_low": 100 * low / (low + typical), "conf_high": 100 * high / (high + typical)},
        {"term": Q, "statistic": q, "estimate": q, "df": k - 1, "p_value": float(stats.chi2.sf(q, k - 1))},
    ]
    if between == "fixed":
        rows = [row for row in rows if row["term"] not in (PREDICTED, TAU2, I2)]
    return [row | {"n": k} for row in rows], w


def _between_groups(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Whether the pooled effects of groups differ, by their own standard errors."""
    pooled = [row for row in rows if row["term"] == POOLED]
    y = np.array([row["estimate"] for row in pooled])
    v = np.array([row["std_error"] for row in pooled]) ** 2
    q, df = q_statistic(y, v), len(pooled) - 1
    return {
        "term": "difference between groups",
        "estimate": q,
        "statistic": q,
        "df": df,
        "p_value": float(stats.chi2.sf(q, df)),
        "n": int(sum(row["n"] for row in pooled)),
    }


def _notes(groups: Sequence[tuple[Any, pd.DataFrame]], test: Test) -> tuple[str, ...]:
    few = min(len(part) for _, part in groups)
    if few >= 5:
        return ()
    wide = (
        "by Hartung and Knapp allows for that" if test == "hartung-knapp" else "is too narrow: use test='hartung-knapp'"
    )
    count = plural(few, "study", "studies")
    return (f"only {count} in a group: the variance between studies is hardly known; the interval {wide}",)


def _measured(groups: Sequence[tuple[Any, pd.DataFrame]], between: Between, test: Test) -> tuple[str, ...]:
    """Intervals that were measured too narrow with so few studies, in words."""
    if min(len(part) for _, part in groups) > NARROW_UP_TO:
        return ()
    if between == "fixed":
        return ("one common effect is assumed: where studies differed, its interval missed in 16 to 39 %",)
    found = ["where studies differed, the interval of a new study missed it in 7 to 15 %"]
    if test == "z":
        found = ["where studies differed, the normal interval missed in 6 to 14 %, that of a new study in 9 to 22 %"]
    return tuple(f"{note} (docs/methods/meta.md)" for note in found)
