"""The section on the plan: every planned analysis with its result, in the order and with the error rate of the plan."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import pandas as pd

from spasticity import stats
from spasticity.errors import DataError, MethodError
from spasticity.instruments import measure
from spasticity.report.artefacts import Section, Table
from spasticity.report.count_rates import modelled
from spasticity.report.graded import odds_ratios
from spasticity.report.material import Material
from spasticity.report.models import adjusted_change, ancova_formula
from spasticity.report.plans import Plan, Planned
from spasticity.report.words import label_of, sentence
from spasticity.stats.result import Result
from spasticity.wording import interval, level, number, p_value, plural

TITLE = "What was planned, and what came of it?"
#: What is said of everything else in a report with a plan.
UNPLANNED = "Exploratory: not in the analysis plan."
PERCENT = 100
NOT_MADE = "An analysis that could not be made counts as not significant."
SHARED = {
    "none": "No adjustment for the number of analyses.",
    "fixed sequence": "Adjusted by a fixed sequence in the order of the plan, without exploratory analyses.",
    "holm": "Adjusted by Holm's procedure, without exploratory analyses.",
    "gatekeeping": "Adjusted by gatekeeping, primary before secondary, without exploratory analyses.",
}


def planned_section(material: Material, plan: Plan, changed: tuple[str, ...] | None) -> Section:
    """Every analysis of a plan, whatever came of it.

    Parameters
    ----------
    material : Material
    plan : Plan
    changed : tuple of str or None
        From `plans.changes_since_lock`.

    Returns
    -------
    Section
    """
    fit = cache(lambda method, outcome, visit: _fitted(material, method, outcome, visit))
    rows = pd.DataFrame([_row(planned, fit) for planned in plan.analyses])
    rows = rows.assign(p_adjusted=rows["id"].map(_adjusted(plan, rows)))
    missing = rows[rows["estimate"].isna()]
    said = (standing(changed), *(_sentence(row) for _, row in rows.iterrows() if not math.isnan(row["estimate"])))
    left_out = tuple(f"planned analysis `{row['id']}`: {row['why']}" for _, row in missing.iterrows())
    return Section(title=TITLE, answer=said, items=(_table(plan, rows),), left_out=left_out)


def standing(changed: tuple[str, ...] | None) -> str:
    """Whether what is called planned was planned.

    Parameters
    ----------
    changed : tuple of str or None
        From `plans.changes_since_lock`.

    Returns
    -------
    str
    """
    if changed is None:
        return "The plan was not locked: that it came before the data is not on record."
    if not changed:
        return "The plan and the data are as they were when the plan was locked."
    count = plural(len(changed), "entry", "entries")
    return f"Exploratory: since the plan was locked, {count} changed: {', '.join(changed)}."


def _fitted(material: Material, method: str, outcome: str, visit: str) -> Result:
    protocol, reference = material.study.protocol, material.reference
    rows = material.of_outcome(outcome)
    if method == "mixed model":
        return adjusted_change(rows, outcome, baseline_visit=protocol.baseline_visit, reference=reference)
    if method == "ancova":
        return stats.ancova_by_visit(rows, ancova_formula(rows), outcome=outcome, reference=reference)
    if method == "rate ratio":
        return modelled(rows, outcome, baseline_visit=protocol.baseline_visit, reference=reference)
    if method == "odds ratio":
        return odds_ratios(material, outcome)
    return stats.responders(rows, outcome, visit=visit, reference=reference)


#: Between the arm and the reference in the terms of each method; the terms of responders have another name.
BETWEEN = {"mixed model": "-", "ancova": "-", "rate ratio": "/", "odds ratio": "/"}
EFFECTS = {
    "mixed model": "difference in change",
    "ancova": "difference in change",
    "rate ratio": "rate ratio",
    "odds ratio": "odds ratio of a higher grade",
    "responders": "difference of the shares of responders, % points",
}


def _row(planned: Planned, fit: Callable[[str, str, str], Result]) -> dict[str, object]:
    empty = {"estimate": math.nan, "conf_low": math.nan, "conf_high": math.nan, "p_value": math.nan, "n": pd.NA}
    known = {key: getattr(planned, key) for key in ("id", "role", "outcome", "visit", "arm", "method")}
    try:
        result = fit(planned.method, planned.outcome, planned.visit)
        found = _found(planned, result)
    except (DataError, MethodError) as error:
        return known | empty | {"level": math.nan, "model": "", "why": str(error)}
    return known | found | {"level": result.level, "model": result.method, "why": ""}


def _found(planned: Planned, result: Result) -> dict[str, object]:
    """The one row of a result that was asked for."""
    frame = result.frame
    here = frame[frame["arm"].astype(str).eq(planned.arm) & frame["visit"].astype(str).eq(planned.visit)]
    if planned.method == "responders":
        here = here[here["term"].eq("risk difference")]
    else:
        here = here[here["term"].astype(str).str.startswith(f"{planned.arm} {BETWEEN[planned.method]} ")]
    if len(here) != 1:
        raise MethodError(f"there is no comparison of {planned.arm} at {planned.visit}.")
    row = here.iloc[0]
    if pd.isna(row["estimate"]):
        raise MethodError("the data cannot tell.")
    scale = PERCENT if planned.method == "responders" else 1
    limits = {key: scale * float(row[key]) for key in ("estimate", "conf_low", "conf_high")}
    return limits | {"p_value": float(row["p_value"]), "n": row["n"]}


def _adjusted(plan: Plan, rows: pd.DataFrame) -> dict[str, float]:
    """Adjusted p values; an analysis that could not be made is not rejected."""
    names = [planned.id for planned in plan.tested]
    if plan.multiplicity == "none" or not names:
        return {}
    if plan.multiplicity == "fixed sequence":
        hierarchy = stats.Hierarchy.fixed_sequence(names)
    elif plan.multiplicity == "holm":
        hierarchy = stats.Hierarchy.holm(names)
    else:
        parts = [[one.id for one in plan.tested if one.role == role] for role in ("primary", "secondary")]
        hierarchy = stats.Hierarchy.gatekeeping(*parts)
    p_values = rows.set_index("id")["p_value"].fillna(1.0)
    tested = hierarchy.test({name: float(p_values[name]) for name in names})
    return dict(zip(tested.frame["term"].astype(str), tested.frame["p_value"], strict=True))


def _digits(row: pd.Series) -> int:
    if row["method"] == "responders":
        return 1
    return 2 if row["method"].endswith("ratio") else measure(row["outcome"]).digits + 1


def _sentence(row: pd.Series) -> str:
    digits = _digits(row)
    limits = (
        f"{level(row['level'])} CI {interval(row['conf_low'], row['conf_high'], digits)}; {p_value(row['p_value'])}"
    )
    adjusted = "" if pd.isna(row["p_adjusted"]) else f"; adjusted {p_value(row['p_adjusted'])}"
    what = f"{row['role']} analysis, {row['arm']}, {label_of(row['outcome'])} at {row['visit']}"
    return sentence(f"{what}: {EFFECTS[row['method']]} {number(row['estimate'], digits)} ({limits}{adjusted})")


def _table(plan: Plan, rows: pd.DataFrame) -> Table:
    def plain(p: float) -> str:
        return p_value(p).removeprefix("p ").removeprefix("= ")

    printed = pd.DataFrame(
        {
            "Analysis": rows["id"],
            "Role": rows["role"],
            "Outcome": [measure(outcome).label for outcome in rows["outcome"]],
            "Visit": rows["visit"],
            "Arm": rows["arm"],
            "Effect": [EFFECTS[method] for method in rows["method"]],
            "Estimate": [number(row["estimate"], _digits(row)) for _, row in rows.iterrows()],
            "95 % CI": [interval(row["conf_low"], row["conf_high"], _digits(row)) for _, row in rows.iterrows()],
            "p": [plain(p) for p in rows["p_value"]],
            "Adjusted p": [plain(p) for p in rows["p_adjusted"]],
        }
    )
    models = dict.fromkeys(sentence(model) for model in rows["model"] if model)
    note = f"{plan.title}. {SHARED[plan.multiplicity]} {NOT_MADE} {' '.join(models)}"
    return Table(name="planned", title="Planned analyses", note=note, frame=printed, data=rows, method=" ".join(models))
