"""The section that puts the treatments side by side: what they are, and what each gives. Describes; gives no advice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from spasticity import instruments, plot, stats
from spasticity.errors import MethodError
from spasticity.instruments import Measure, measure
from spasticity.instruments.treatments import TREATMENTS
from spasticity.report.artefacts import Figure, Section, Table, figure
from spasticity.report.material import Maker, Material, Part, section
from spasticity.report.words import caption, forest_alt, joined, sentence
from spasticity.stats.benefits import BENEFITS, DIFFERENCE, EVERYBODY, STANDARDISED
from spasticity.stats.result import Result
from spasticity.wording import interval, level, number, p_value, plural

ARROWS = {"lower": " \N{DOWNWARDS ARROW}", "higher": " \N{UPWARDS ARROW}", "": ""}


def benefits(material: Material) -> Section:
    """Section: the benefits of each treatment, in one comparison, and what the treatments are.

    Parameters
    ----------
    material : Material

    Returns
    -------
    Section
    """
    makers: list[tuple[str, Maker]] = [("benefits side by side", compared), ("the treatments", features)]
    return section(material, "What does each treatment give?", makers)


def features(material: Material) -> Part:
    """The feature table of the treatments that are arms of the study.

    Parameters
    ----------
    material : Material

    Returns
    -------
    Part
    """
    names = [arm for arm in material.study.protocol.arms if arm in TREATMENTS]
    if not names:
        raise MethodError("no arm of the study is a treatment on record.")
    facts = instruments.treatment_facts()
    table = Table(
        name="treatments",
        title="The treatments, as labels and studies describe them",
        note="Not from this study. Keys in brackets are sources, listed in the numbers behind the table. A "
        "description, not advice.",
        frame=instruments.treatment_table(names),
        data=facts[facts["treatment"].isin(names)].reset_index(drop=True),
    )
    return Part(items=(table,))


def compared(material: Material) -> Part:
    """The comparison: forests on the common scale, and a table in the units of the outcomes.

    Parameters
    ----------
    material : Material

    Returns
    -------
    Part
    """
    visit, reference = material.study.protocol.primary_visit, material.reference
    asked = {name: outcome for name, outcome in BENEFITS.items() if _has(material, outcome, visit)}
    if not asked:
        raise MethodError(f"none of the outcomes that stand for a benefit has a change at {visit}.")
    rows = material.outcomes[material.outcomes["outcome"].isin(list(asked.values()))]
    several = len(rows["cohort"].dropna().unique()) > 1
    result = stats.comparison(rows, visit=visit, reference=reference, benefits=asked, by="cohort" if several else None)
    absent = [name for name in BENEFITS if name not in asked]
    more = (f"Not measured at {visit}: {joined(absent)}",) if absent else ()
    whole = result.frame["cohort"].eq(EVERYBODY)
    drawn = [_forest(material, result, whole, "benefits_forest", "all participants", asked, more)]
    if several:
        drawn.append(_forest(material, result, ~whole, "benefits_by_cohort", "by cohort", asked, more))
    return Part(items=(*drawn, _table(result, visit)), answer=_answers(result, reference, visit))


def _has(material: Material, outcome: str, visit: str) -> bool:
    rows = material.outcomes
    here = rows["outcome"].eq(outcome) & rows["visit"].astype(str).eq(visit) & rows["change"].notna()
    return bool(here.any())


def _forest(
    material: Material,
    result: Result,
    rows: pd.Series,
    name: str,
    whom: str,
    asked: Mapping[str, str],
    more: tuple[str, ...],
) -> Figure:
    part = replace(result, frame=result.frame[rows].reset_index(drop=True))
    shown = part.frame[part.frame["term"].eq(STANDARDISED)]
    named = shown.assign(
        name=shown["arm"].astype(str) + ", " + shown["cohort"].astype(str) + ", " + shown["benefit"].astype(str)
    )
    stand_for = "; ".join(f"{benefit}: {measure(outcome).axis_label}" for benefit, outcome in asked.items())
    return figure(
        plot.forest(part, term=STANDARDISED, rows=("cohort", "benefit"), styles=material.styles),
        name=name,
        title=f"Benefits of each treatment, {whom}",
        data=part.frame,
        caption=caption(f"Standardised benefit of each treatment, {whom} ({stand_for})", result, more=more),
        method=result.method,
        alt=forest_alt(named, "standardised benefits, positive is better", result.level, 2),
    )


def _table(result: Result, visit: str) -> Table:
    data = result.frame[result.frame["term"].eq(DIFFERENCE)]
    known = [measure(outcome) for outcome in data["outcome"]]
    size = f"Difference from {data['reference'].iloc[0]} ({level(result.level)} CI)"
    printed = pd.DataFrame(
        {
            "Who": data["cohort"].astype(str).replace(EVERYBODY, "all"),
            "Treatment": data["arm"].astype(str),
            "Benefit": data["benefit"].astype(str),
            "Outcome": [f"{one.axis_label}{ARROWS[one.better or '']}" for one in known],
            size: [_difference(row, one) for (_, row), one in zip(data.iterrows(), known, strict=True)],
            "p": data["p_value"].map(lambda p: p_value(p).removeprefix("p ").removeprefix("= ")),
            "n": data["n"].astype(str),
        }
    )
    return Table(
        name="benefits",
        title=f"Differences in change from baseline at {visit}, benefit by benefit",
        note=" ".join(
            sentence(part) for part in ("an arrow points to where it is better", result.method, *result.notes)
        ),
        method=result.method,
        frame=printed,
        data=result.frame,
    )


def _difference(row: pd.Series, known: Measure) -> str:
    digits = known.digits + 1
    return f"{number(row['estimate'], digits)} ({interval(row['conf_low'], row['conf_high'], digits)})"


def _answers(result: Result, reference: str, visit: str) -> tuple[str, ...]:
    """For each treatment: where it did better, where worse, and where the data do not tell."""
    rows = result.frame[result.frame["term"].eq(STANDARDISED) & result.frame["cohort"].eq(EVERYBODY)]
    family = plural(int(rows["adjusted"].sum()), "comparison")
    said = []
    for arm, part in rows.groupby("arm", observed=True, sort=True):
        better = part.loc[part["conf_low"].gt(0), "benefit"].astype(str).tolist()
        worse = part.loc[part["conf_high"].lt(0), "benefit"].astype(str).tolist()
        rest = [name for name in part["benefit"].astype(str) if name not in (*better, *worse)]
        words = [f"better in {joined(better)}"] if better else []
        words += [f"worse in {joined(worse)}"] if worse else []
        words += [f"the interval includes no difference in {joined(rest)}"] if rest else []
        said.append(sentence(f"{arm} against {reference} at {visit}, adjusted for {family}: {'; '.join(words)}"))
    return tuple(said)
