"""Sections on differences between arms: the primary outcome, and any other outcome in the same form."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd

from spasticity import plot, stats
from spasticity.errors import MethodError
from spasticity.instruments import measure
from spasticity.report.artefacts import Figure, Section, Table, figure
from spasticity.report.material import Maker, Material, Part, section
from spasticity.report.models import adjusted_change, ancova_formula
from spasticity.report.supplement import model_check
from spasticity.report.words import caption, difference_sentence, forest_alt, label_of, sentence, trend_alt
from spasticity.stats.margins import MEAN
from spasticity.stats.result import Result
from spasticity.wording import interval, level, number, percent

#: The arm of a study without arms.
EVERYBODY = "all participants"


def primary(material: Material) -> Section:
    """The question the study asks first.

    Parameters
    ----------
    material : Material

    Returns
    -------
    Section
    """
    outcome = material.study.protocol.primary_outcome
    makers: list[tuple[str, Maker]] = [
        ("change by visit", partial(change, outcome=outcome, name="primary")),
        ("responders", partial(responders, outcome=outcome)),
        ("effect by cohort", partial(by_cohort, outcome=outcome)),
        ("model check", partial(model_check, outcome=outcome)),
    ]
    return section(material, f"Did {label_of(outcome)} change?", makers)


def change(material: Material, outcome: str, name: str) -> Part:
    """Change from baseline by visit: adjusted and compared between arms, or described where there is one arm or none.

    Parameters
    ----------
    material : Material
    outcome : str
        Id of a measure.
    name : str
        Stem of the file names.

    Returns
    -------
    Part
    """
    rows = material.of_outcome(outcome)
    if not material.has_comparison:
        return _described(material, rows, outcome, name)
    first = material.study.protocol.baseline_visit
    result = adjusted_change(rows, outcome, baseline_visit=first, reference=material.reference)
    drawn = _by_visit(material, result, outcome, name, MEAN, "Adjusted mean change")
    visit = material.study.protocol.primary_visit
    differences = result.frame[result.frame["term"].ne(MEAN)]
    at_primary = differences[differences["visit"].astype(str).eq(visit)]
    sentences = tuple(
        difference_sentence(row, measure(outcome), at_level=result.level, visit=visit)
        for _, row in at_primary.iterrows()
    )
    return Part(items=(drawn, _differences(result, outcome, name)), answer=sentences)


def _described(material: Material, rows: pd.DataFrame, outcome: str, name: str) -> Part:
    """Mean change of everybody with a baseline; without a control it says nothing about the cause."""
    first, visit = material.study.protocol.baseline_visit, material.study.protocol.primary_visit
    arm = rows["arm"].astype(object).fillna(EVERYBODY)
    later = rows.assign(arm=arm)[rows["visit"].astype(str).ne(first) & rows["change"].notna()]
    if later.empty:
        raise MethodError(f"nobody has a change in {label_of(outcome)}.")
    result = stats.describe(later, by=("outcome", "arm", "visit"), value="change")
    drawn = _by_visit(material, result, outcome, name, "mean", "Mean change")
    said = tuple(
        sentence(f"{row['arm']}: mean change in {label_of(outcome)} at {visit} {_estimate(row, outcome, result.level)}")
        for _, row in result.frame[result.frame["visit"].astype(str).eq(visit)].iterrows()
    )
    return Part(items=(drawn,), answer=said)


def _by_visit(material: Material, result: Result, outcome: str, name: str, term: str, what: str) -> Figure:
    styles = material.styles if material.has_comparison else None
    return figure(
        plot.change_by_visit(result, outcome=outcome, term=term, days=material.days, styles=styles),
        name=f"{name}_change_by_visit",
        title=f"Change in {label_of(outcome)} by visit",
        data=result.frame,
        caption=caption(f"{what} from baseline in {label_of(outcome)}, by arm", result, outcome=outcome),
        method=result.method,
        alt=trend_alt(result, outcome, term),
    )


def _estimate(row: pd.Series, outcome: str, at_level: float) -> str:
    digits = measure(outcome).digits + 1
    limits = interval(row["conf_low"], row["conf_high"], digits)
    return f"{number(row['estimate'], digits)} ({level(at_level)} CI {limits}; n = {row['n']})"


def _differences(result: Result, outcome: str, name: str) -> Table:
    known = measure(outcome)
    rows = result.frame["term"].ne(MEAN)
    printed = result.table(known.digits + 1).loc[rows].drop(columns=["Outcome", "Arm"])
    return Table(
        name=f"{name}_differences",
        title=f"Differences between arms in change of {label_of(outcome)}",
        note=" ".join(sentence(part) for part in (result.method, known.benefit) if part),
        method=result.method,
        frame=printed.rename(columns={"Term": "Comparison"}),
        data=result.frame.loc[rows],
    )


def responders(material: Material, outcome: str) -> Part:
    """The cumulative responder curve and the responder table at the default threshold.

    Parameters
    ----------
    material : Material
    outcome : str

    Returns
    -------
    Part
    """
    visit = material.study.protocol.primary_visit
    result = stats.responders(material.of_outcome(outcome), outcome, visit=visit, reference=material.reference)
    axes = plot.responder_curve(result, styles=material.styles)
    shares = _at_rule(result)
    drawn = figure(
        axes,
        name="responder_curve",
        title=f"Responders at {visit}, at every threshold",
        data=result.curve,
        caption=caption(f"Participants whose {label_of(outcome)} improved by at least each threshold", result),
        method=result.method,
        alt=f"Step chart of the share of participants who improved by at least each threshold, one line per arm. "
        f"At the rule of {result.threshold.value:g}{'%' if result.threshold.kind == 'percent' else ''}: {shares}.",
    )
    return Part(items=(drawn, _responder_table(result, visit)), answer=(f"Responders at {visit}: {shares}.",))


def _at_rule(result: stats.Responders) -> str:
    rows = result.frame[result.frame["term"].eq("response")]
    return "; ".join(
        f"{arm} {int(events)} of {n} ({percent(int(events), n)})"
        for arm, events, n in zip(rows["arm"], rows["events"], rows["n"], strict=True)
    )


def _responder_table(result: stats.Responders, visit: str) -> Table:
    printed = result.table(2).rename(columns={"Term": "Quantity"}).drop(columns=["Outcome", "Visit", "Missing"])
    return Table(
        name="responders",
        title=f"Responders at {visit}",
        note=" ".join(sentence(part) for part in (result.method, *result.notes)),
        method=result.method,
        frame=printed,
        data=result.frame,
    )


def by_cohort(material: Material, outcome: str) -> Part:
    """The effect within each cohort, with the test of interaction.

    Parameters
    ----------
    material : Material
    outcome : str

    Returns
    -------
    Part
    """
    rows = material.of_outcome(outcome)
    if len(rows["cohort"].dropna().unique()) < 2:
        raise MethodError("the study has one cohort only.")
    visit, known = material.study.protocol.primary_visit, measure(outcome)
    result = stats.subgroups(rows, "cohort", outcome=outcome, visit=visit, reference=material.reference)
    named = result.frame.assign(name=result.frame["subgroup"].astype(str) + ", " + result.frame["arm"].astype(str))
    drawn = figure(
        plot.forest(result, outcome=outcome, styles=material.styles),
        name="forest_by_cohort",
        title=f"Difference in change of {label_of(outcome)} by cohort",
        data=result.frame,
        caption=caption(
            f"Difference from {material.reference} in change of {label_of(outcome)} at {visit}", result, outcome=outcome
        ),
        method=result.method,
        alt=forest_alt(named, f"the difference from {material.reference} at {visit}", result.level, known.digits + 1),
    )
    return Part(items=(drawn,))


def every_outcome(material: Material) -> Part:
    """The difference of each arm from the reference at the primary visit, for every outcome.

    Parameters
    ----------
    material : Material

    Returns
    -------
    Part
    """
    visit = material.study.protocol.primary_visit
    frames, left = [], []
    for outcome in dict.fromkeys(material.outcomes["outcome"].dropna().astype(str)):
        try:
            rows = material.of_outcome(outcome)
            fit = stats.ancova(rows, ancova_formula(rows), outcome=outcome, visit=visit, reference=material.reference)
            frames.append(fit.contrasts("arm").frame.assign(outcome=outcome))
        except MethodError:
            left.append(label_of(outcome))
    if not frames:
        raise MethodError(f"no outcome can be compared at {visit}.")
    data = pd.concat(frames, ignore_index=True)
    printed = pd.DataFrame(
        {
            "Outcome": data["outcome"].map(lambda name: measure(name).axis_label),
            "Better": data["outcome"].map(lambda name: measure(name).better or ""),
            "Comparison": data["term"],
            "Difference": _each(data, lambda row, digits: number(row["estimate"], digits)),
            "95 % CI": _each(data, lambda row, digits: interval(row["conf_low"], row["conf_high"], digits)),
            "n": data["n"].astype(str),
        }
    )
    absent = f" Not comparable at this visit: {', '.join(left)}." if left else ""
    table = Table(
        name="all_outcomes",
        title=f"Difference in change from baseline at {visit}, every outcome",
        note=f"ANCOVA with baseline, arm and cohort; not adjusted for the number of outcomes, so exploratory.{absent}",
        frame=printed,
        data=data,
    )
    return Part(items=(table,))


def _each(data: pd.DataFrame, words: Callable[[pd.Series, int], str]) -> list[str]:
    return [words(row, measure(row["outcome"]).digits + 1) for _, row in data.iterrows()]
