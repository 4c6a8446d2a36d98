"""Parts on grades: how the odds of a higher grade differ between arms at each visit."""

from __future__ import annotations

import pandas as pd

from spasticity import derive, stats
from spasticity.errors import MethodError
from spasticity.instruments import measure
from spasticity.report.artefacts import Table
from spasticity.report.material import Material, Part
from spasticity.report.words import sentence
from spasticity.stats.result import Result
from spasticity.wording import interval, level, number, p_value


def muscle_odds(material: Material) -> Part:
    """The grade of the index muscle, compared between arms by the cumulative mixed model.

    Parameters
    ----------
    material : Material

    Returns
    -------
    Part
    """
    reference = material.reference
    rows = derive.index_muscle(material.study).dropna(subset=["arm", "baseline_grade"])
    if rows.empty:
        raise MethodError("the study has no graded examinations with a baseline.")
    rows = rows.assign(baseline=rows["baseline_grade"].cat.codes.astype("float64"))
    return _part(material, _odds(material, rows, "grade", reference), "modified Ashworth grade", "index_muscle_odds")


def answer_odds(material: Material, outcome: str) -> Part:
    """A graded answer, compared between arms in the same way.

    Parameters
    ----------
    material : Material
    outcome : str
        Id of a measure.

    Returns
    -------
    Part
    """
    return _part(material, odds_ratios(material, outcome), measure(outcome).label, f"{outcome}_odds")


def odds_ratios(material: Material, outcome: str) -> Result:
    """Odds ratios of a higher graded answer, each arm against the reference, at every later visit.

    Parameters
    ----------
    material : Material
    outcome : str
        Id of a measure.

    Returns
    -------
    Result
        Groups `visit`, `arm`; terms such as `oral baclofen / placebo`.
    """
    return _odds(material, material.of_outcome(outcome), "value", material.reference)


def _odds(material: Material, rows: pd.DataFrame, response: str, reference: str) -> Result:
    """Odds ratios of a higher grade at each later visit, from all later visits of everybody with a baseline."""
    first = material.study.protocol.baseline_visit
    later = rows[rows["visit"].astype(str).ne(first) & rows[response].notna()]
    if hasattr(later["visit"], "cat"):
        later = later.assign(visit=later["visit"].cat.remove_unused_categories())
    stratum = " + cohort" if len(later["cohort"].dropna().unique()) > 1 else ""
    if len(later["visit"].unique()) > 1:
        fit = stats.ordinal_mixed(later, f"{response} ~ baseline + arm * visit{stratum}", reference={"arm": reference})
        return fit.odds_ratios("arm", by="visit", reference=reference)
    plain = stats.ordinal(later, f"{response} ~ baseline + arm{stratum}", reference={"arm": reference})
    ratios = plain.odds_ratios("arm", reference=reference)
    return Result(
        frame=ratios.frame.assign(visit=str(later["visit"].iloc[0])),
        method=ratios.method,
        n=ratios.n,
        level=ratios.level,
        notes=ratios.notes,
    )


def _digits(row: pd.Series) -> int:
    """Decimals that leave something of a small ratio."""
    return 2 if row["estimate"] >= 0.1 else 3


def _part(material: Material, ratios: Result, what: str, name: str) -> Part:
    """A table of every visit, and a sentence about the primary one."""
    visit, at_level = material.study.protocol.primary_visit, level(ratios.level)
    frame = ratios.frame
    here = frame[frame["visit"].astype(str).eq(visit)]
    said = tuple(
        f"{row['term']}: odds ratio of a higher {what} at {visit} {number(row['estimate'], _digits(row))} "
        f"({at_level} CI {interval(row['conf_low'], row['conf_high'], _digits(row))}; {p_value(row['p_value'])})."
        for _, row in here.iterrows()
    )
    printed = pd.DataFrame(
        {
            "Comparison": frame["term"].astype(str),
            "Visit": frame["visit"].astype(str),
            "Odds ratio": [number(row["estimate"], _digits(row)) for _, row in frame.iterrows()],
            f"{at_level} CI": [
                interval(row["conf_low"], row["conf_high"], _digits(row)) for _, row in frame.iterrows()
            ],
            "p": frame["p_value"].map(lambda p: p_value(p).removeprefix("p ").removeprefix("= ")),
            "n": frame["n"].astype(str),
        }
    )
    note = "Below 1: lower grades than the reference. Comparisons and visits are not adjusted for."
    table = Table(
        name=name,
        title=f"Odds of a higher {what} than the reference, by visit",
        note=" ".join([note, *(sentence(part) for part in (ratios.method, *ratios.notes))]),
        method=ratios.method,
        frame=printed,
        data=frame,
    )
    return Part(items=(table,), answer=said)
