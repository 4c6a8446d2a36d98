"""Responders: who improved by at least a threshold, at one threshold and at every one."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from spasticity.errors import DataError, MethodError, one_of
from spasticity.instruments import Measure, Threshold, measure
from spasticity.schema import Better
from spasticity.stats.effects import WORDS, Proportions, comparison_rows, proportion_row
from spasticity.stats.levels import as_levels
from spasticity.stats.proportions import Interval, wilson
from spasticity.stats.response_strata import alike, narrow, stratified, within
from spasticity.stats.result import estimate_frame
from spasticity.stats.selection import of_outcome, visits_of
from spasticity.wording import plural

Missing = Literal["non-responder", "observed", "both"]
Unit = Literal["percent", "points"]
RULES = {"non-responder": "missing counts as no response", "observed": "observed values only"}
COMPARE = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}

#: Improvements are compared after rounding to this many decimals, so that 6.0 to 4.2 is the 30 % that it is on paper.
DECIMALS = 9


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class Responders(Proportions):
    """Proportions of responders, their comparisons, and the curve over all thresholds.

    Parameters
    ----------
    curve : DataFrame
        For each rule for missing values, arm and threshold: `threshold` (improvement, larger is better; the value
        itself for a rule of kind `level`), `estimate` (proportion that passes it), `conf_low`, `conf_high` (Wilson),
        `responders`, `n`.
    people : DataFrame
        One row per participant: `participant`, the arm, `value`, `baseline`, `improvement`, `responder` (missing where
        it cannot be told).
    threshold : Threshold
        The rule.
    """

    curve: pd.DataFrame
    people: pd.DataFrame
    threshold: Threshold


def responders(
    outcomes: pd.DataFrame,
    outcome: str,
    *,
    visit: str,
    threshold: Threshold | float | None = None,
    unit: Unit = "percent",
    missing: Missing = "non-responder",
    factor: str = "arm",
    reference: str | None = None,
    interval: Interval = "newcombe",
    strata: str | None = None,
    better: Better | None = None,
    level: float = 0.95,
) -> Responders:
    """Who improved by at least a threshold, in each arm and against the reference.

    Parameters
    ----------
    outcomes : DataFrame
        Canonical outcomes with `value` and `baseline`. Everybody with a row of this outcome at any visit is counted.
    outcome, visit : str
        What is analysed.
    threshold : Threshold or float, optional
        The rule; a number is an improvement in `unit`. Otherwise the default rule of the measure.
    unit : str
        `percent` of baseline or `points`, for a threshold that is a number.
    missing : str
        `non-responder`: who has no value, or no baseline to take a percentage from, counts as no response.
        `observed`: is left out. `both`: both, side by side.
    factor : str
        Whose levels are compared.
    reference : str, optional
        Level the others are compared with; otherwise the first.
    interval : str
        Of the difference: `newcombe`, `miettinen-nurminen` (then also of the ratios) or `wald`.
    strata : str, optional
        Column within whose levels arms are compared too, such as `cohort`.
    better : str, optional
        `lower` or `higher`, for a measure whose direction is not on record.
    level : float
        Confidence level.

    Returns
    -------
    Responders
        Groups `outcome`, `visit`, `missing` and the factor. Terms: `response` (the proportion), and against the
        reference `risk difference`, `risk ratio`, `odds ratio`, `number needed to treat`; with strata also the common
        difference, ratio and odds ratio of Mantel and Haenszel, whose names say so, with the p value of the
        Cochran-Mantel-Haenszel test beside the difference. Further columns: `events`,
        `n_missing`, `reference`, `disjoint` (the interval is *outside* the limits). Comparisons of several arms are
        not adjusted for their number.

    Raises
    ------
    MethodError
        No rule or no direction on record, unknown names.
    DataError
        A participant twice at the visit, or in two arms.

    References
    ----------
    .. [1] Newcombe 1998, Statistics in Medicine 17:873-890. [from memory]
    .. [2] Miettinen & Nurminen 1985, Statistics in Medicine 4:213-226. [from memory]
    .. [3] Altman 1998, BMJ 317:1309-1312. [from memory]
    """
    one_of("missing", missing, ("non-responder", "observed", "both"))
    known = measure(outcome)
    rule = _rule(known, threshold, unit)
    people, notes = _people(outcomes, outcome, visit, factor, reference)
    if strata is not None:
        people, lost = stratified(people, outcomes, outcome, strata)
        notes += lost
    people = _judged(people, rule, _direction(known, rule, better))
    arms = list(people[factor].cat.categories)
    reference = arms[0] if reference is None else reference
    one_of("reference", reference, arms)
    rules = ["non-responder", "observed"] if missing == "both" else [missing]
    samples = {name: people if name == "non-responder" else people[people["responder"].notna()] for name in rules}
    groups = ["outcome", "visit", "missing", factor]
    rows = [
        row | {"missing": name}
        for name, sample in samples.items()
        for row in _rows(sample, factor, arms, reference, interval, level)
        + ([] if strata is None else within(sample, factor, arms, reference, strata, level))
    ]
    frame = pd.DataFrame(rows).assign(outcome=outcome, visit=visit, event="benefit")
    frame[factor] = frame[factor].astype(people[factor].dtype)
    curve = pd.concat([_curve(sample, factor, rule, level).assign(missing=name) for name, sample in samples.items()])
    return Responders(
        frame=estimate_frame(frame, groups),
        method=(
            f"responders of {known.label} at {visit}, {_words(rule)}; {' and '.join(RULES[name] for name in rules)}; "
            f"Wilson intervals; {WORDS[interval]}; p: N - 1 chi-squared"
            + ("" if strata is None else f"; within {strata}: Mantel-Haenszel, p: Cochran-Mantel-Haenszel")
            + (", not adjusted for the number of comparisons" if len(arms) > 2 else "")
        ),
        n=len(people),
        level=level,
        notes=notes
        + _left(people, rule, visit)
        + (() if strata is None else alike(samples, factor, reference, strata))
        + narrow(frame, interval),
        curve=curve[["missing", *(name for name in curve if name != "missing")]].reset_index(drop=True),
        people=people,
        threshold=rule,
    )


def responder_table(
    outcomes: pd.DataFrame,
    outcome: str,
    *,
    visits: Sequence[str] | None = None,
    threshold: Threshold | float | None = None,
    unit: Unit = "percent",
    missing: Missing = "non-responder",
    factor: str = "arm",
    better: Better | None = None,
) -> pd.DataFrame:
    """Who responded at each visit, as the rows of a logistic model (`stats.ordinal`, or `stats.gee` for all visits).

    Parameters
    ----------
    outcomes, outcome, threshold, unit, factor, better
        As for `stats.responders`.
    visits : sequence of str, optional
        Otherwise every visit but the one where the value is the baseline.
    missing : str
        `non-responder`: who has no value at a visit has not responded there. `observed`: has no row there.

    Returns
    -------
    DataFrame
        `participant`, the factor, `cohort` where there is one, `visit` (in order), `value`, `baseline`, `improvement`,
        `responder` (0 or 1).

    Raises
    ------
    MethodError
        As for `stats.responders`.
    """
    one_of("missing", missing, ("non-responder", "observed"))
    known = measure(outcome)
    rule = _rule(known, threshold, unit)
    rows = of_outcome(outcomes, outcome, [factor, "value", "baseline"])
    if visits is None:
        same = rows["value"].eq(rows["baseline"]) | rows["value"].isna()
        all_same = same.groupby(rows["visit"], observed=True).all()
        visits = [visit for visit in visits_of(rows) if not all_same[visit]]
    parts = []
    for visit in visits:
        people = _judged(_people(outcomes, outcome, visit, factor, None)[0], rule, _direction(known, rule, better))
        parts.append(people.assign(visit=visit))
    table = pd.concat(parts, ignore_index=True)
    table["visit"] = pd.Categorical(table["visit"], categories=list(visits))
    if missing == "observed":
        table = table[table["responder"].notna()]
    table["responder"] = table["responder"].fillna(False).astype("float64")
    if "cohort" in rows:
        table = table.merge(rows[["participant", "cohort"]].drop_duplicates("participant"), "left", "participant")
    return table.reset_index(drop=True)


def _rule(known: Measure, threshold: Threshold | float | None, unit: Unit) -> Threshold:
    if threshold is None:
        return known.responder()
    if isinstance(threshold, Threshold):
        return threshold
    one_of("unit", unit, ("percent", "points"))
    return Threshold(value=float(threshold), kind=unit, meaning="responder", source="chosen here", confirmed=True)


def _direction(known: Measure, rule: Threshold, better: Better | None) -> Better:
    chosen = better or known.better
    if chosen is None and rule.kind != "level":
        raise MethodError(f"{known.id}: no direction of benefit is on record; pass better='lower' or better='higher'.")
    if better is not None:
        one_of("better", better, ("lower", "higher"))
    return chosen or "higher"


def _people(
    outcomes: pd.DataFrame, outcome: str, visit: str, factor: str, reference: str | None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Everybody with a row of the outcome, with arm, value and baseline at the visit."""
    rows = of_outcome(outcomes, outcome, [factor, "value", "baseline"])
    one_of("visit", visit, visits_of(rows))
    arms = rows[["participant", factor]].dropna().drop_duplicates()
    torn = arms["participant"].duplicated()
    if torn.any():
        raise DataError(
            f"outcomes: {plural(int(torn.sum()), 'participant')} in more than one {factor}, first at row "
            f"{arms.index[torn][0]}; a comparison needs one each."
        )
    arms[factor] = as_levels(arms[factor], reference)
    here = rows[rows["visit"].eq(visit).to_numpy(dtype=bool)]
    people = arms.merge(here[["participant", "value", "baseline"]], how="left", on="participant")
    without = rows["participant"].nunique() - len(people)
    if people.empty:
        raise MethodError(f"{outcome}: nobody has a value in `{factor}`; there is nothing to compare.")
    return people, ((f"left out: {plural(without, 'participant')} without {factor}",) if without else ())


def _judged(people: pd.DataFrame, rule: Threshold, better: Better) -> pd.DataFrame:
    """People with their improvement (or the value, for a level) and whether it passes the rule."""
    gain = (people["value"] - people["baseline"]) * (1 if better == "higher" else -1)
    if rule.kind == "level":
        gain = people["value"]
    elif rule.kind == "percent":
        gain = 100 * gain / people["baseline"].where(people["baseline"] > 0)
    gain = gain.astype("float64").round(DECIMALS)
    passed = COMPARE[rule.compare](gain, round(rule.value, DECIMALS)).astype("boolean")
    return people.assign(improvement=gain, responder=passed.mask(gain.isna()))


def _rows(
    people: pd.DataFrame, factor: str, arms: list[Any], reference: Any, interval: Interval, level: float
) -> list[dict[str, Any]]:
    by_arm = people.groupby(factor, observed=False)["responder"]
    events, n = by_arm.sum().astype(int), by_arm.size()
    absent = n - by_arm.count()
    rows = [proportion_row(events[arm], n[arm], level) | {factor: arm, "n_missing": int(absent[arm])} for arm in arms]
    for arm in (arm for arm in arms if arm != reference):
        compared = comparison_rows(events[arm], n[arm], events[reference], n[reference], interval, level)
        missing = int(absent[arm] + absent[reference])
        rows += [row | {factor: arm, "reference": reference, "n_missing": missing} for row in compared]
    return rows


def _curve(people: pd.DataFrame, factor: str, rule: Threshold, level: float) -> pd.DataFrame:
    """Proportion that passes each threshold somebody reached, and the rule's own."""
    reached = people["improvement"].dropna().unique()
    ends = [0.0, 100.0] if rule.kind == "percent" else []
    thresholds = np.unique([*reached, round(rule.value, DECIMALS), *ends])
    parts = []
    for arm, rows in people.groupby(factor, observed=False):
        gains = np.sort(rows["improvement"].dropna().to_numpy())
        passed = np.array([int(COMPARE[rule.compare](gains, threshold).sum()) for threshold in thresholds])
        low, high = wilson(passed, np.full(len(thresholds), len(rows)), level)
        share = passed / len(rows) if len(rows) else np.full(len(thresholds), np.nan)
        columns = {"threshold": thresholds, "estimate": share, "conf_low": low, "conf_high": high}
        parts.append(pd.DataFrame({factor: arm, **columns, "responders": passed, "n": len(rows)}))
    curve = pd.concat(parts, ignore_index=True)
    curve[factor] = curve[factor].astype(people[factor].dtype)
    return curve


def _words(rule: Threshold) -> str:
    if rule.kind == "level":
        return f"value {rule.compare} {rule.value:g}"
    size = f"{rule.value:g} %" if rule.kind == "percent" else plural(int(rule.value), rule.kind.removesuffix("s"))
    if rule.kind != "percent" and rule.value != int(rule.value):
        size = f"{rule.value:g} {rule.kind}"
    return f"improvement from baseline of {'more than' if rule.compare == '>' else 'at least'} {size}"


def _left(people: pd.DataFrame, rule: Threshold, visit: str) -> tuple[str, ...]:
    """What is to be said about people who cannot be judged, and about the rule."""
    notes = []
    absent = int(people["value"].isna().sum())
    if absent:
        notes.append(f"{plural(absent, 'participant')} without a value at {visit}")
    lost = people["value"].notna() & people["improvement"].isna()
    if lost.any():
        why = "without a baseline above 0" if rule.kind == "percent" else "without a baseline"
        notes.append(f"{plural(int(lost.sum()), 'participant')} with a value but {why}")
    mark = "" if rule.confirmed else " [not confirmed]"
    return (*notes, f"threshold: {_words(rule)}{mark}; {rule.source}")
