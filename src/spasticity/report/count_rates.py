"""Section part on counts: rates by visit and arm, and their ratios, from a model of counts."""

from __future__ import annotations

import pandas as pd

from spasticity import plot, stats
from spasticity.errors import DataError, MethodError
from spasticity.instruments import measure
from spasticity.report.artefacts import Figure, Table, figure
from spasticity.report.effects import change
from spasticity.report.material import Material, Part
from spasticity.report.words import caption, forest_alt, label_of, sentence
from spasticity.stats.linked import LOG
from spasticity.stats.result import Result, estimate_frame
from spasticity.wording import interval, level, number, p_value

#: Term of a rate in an estimate frame.
RATE = LOG.mean_word
DIGITS = 2  # of a ratio


def rates(material: Material, outcome: str, name: str) -> Part:
    """Rates by visit and their ratios to the reference; a change of means where there is nothing to compare.

    Parameters
    ----------
    material : Material
    outcome : str
        Id of a measure that is a mean of daily counts.
    name : str
        Stem of the file names.

    Returns
    -------
    Part
    """
    if not material.has_comparison:
        return change(material, outcome, name)
    result = modelled(
        material.of_outcome(outcome),
        outcome,
        baseline_visit=material.study.protocol.baseline_visit,
        reference=material.reference,
    )
    visit = material.study.protocol.primary_visit
    ratios = result.frame[result.frame["term"].ne(RATE)]
    here = ratios[ratios["visit"].astype(str).eq(visit)]
    items = (_by_visit(material, result, outcome, name), *_forest(material, result, here, outcome, name))
    said = tuple(ratio_sentence(row, label_of(outcome), result.level, visit) for _, row in here.iterrows())
    return Part(items=(*items, _table(result, ratios, outcome, name)), answer=said)


def modelled(rows: pd.DataFrame, outcome: str, *, baseline_visit: str, reference: str) -> Result:
    """Adjusted rates and rate ratios at every visit, from a negative binomial mixed model with the days as exposure.

    Parameters
    ----------
    rows : DataFrame
        Outcomes rows of one outcome.
    outcome : str
        Id of the measure.
    baseline_visit, reference : str
        The visit whose count is the covariate, and the arm others are compared with.

    Returns
    -------
    Result
        Groups `outcome`, `visit`, `arm`; terms `adjusted rate` and such as `oral baclofen / placebo`.

    Raises
    ------
    MethodError
        No counts behind the outcome, or no model that can be fitted.
    """
    try:
        counts = stats.as_counts(rows, outcome, baseline_visit=baseline_visit)
    except DataError as error:
        raise MethodError(str(error)) from error
    counts = counts[counts["arm"].notna()]
    seen = counts.loc[counts["count"].notna(), "visit"].astype(str)
    counts = counts[counts["visit"].astype(str).isin(seen.unique())]
    stratum = " + cohort" if len(counts["cohort"].dropna().unique()) > 1 else ""
    several = len(seen.unique()) > 1
    fit: stats.CountFit | stats.MixedCountFit
    if several:
        # The Laplace approximation: counts of a week are large, and 11 nodes give the same in several times the time.
        formula = f"count ~ log_baseline + arm*visit{stratum}"
        fit = stats.mixed_counts(counts, formula, exposure="observed_days", reference=reference, nodes=1)
    else:
        formula = f"count ~ log_baseline + arm{stratum}"
        fit = stats.counts(counts, formula, exposure="observed_days", reference=reference)
    by = "visit" if several else None
    parts = [fit.means("arm", by=by), fit.contrasts("arm", by=by, reference=reference)]
    frame = pd.concat([part.frame for part in parts], ignore_index=True).assign(outcome=outcome)
    if not several:
        frame = frame.assign(visit=seen.iloc[0])
    return Result(
        frame=estimate_frame(frame, ["outcome", "visit", "arm"]),
        method=f"{measure(outcome).label}, {fit.method}; comparisons and visits are not adjusted for",
        n=fit.n,
        level=fit.level,
        notes=fit.notes,
    )


def ratio_sentence(row: pd.Series, what: str, at_level: float, visit: str) -> str:
    """A rate ratio in words, said without judging more than the interval does.

    Parameters
    ----------
    row : Series
        A row of an estimate frame with `arm`, `reference` and a ratio.
    what : str
        What was counted.
    at_level : float
        Confidence level.
    visit : str
        When.

    Returns
    -------
    str
    """
    who = f"{row['arm']}: {what}"
    if pd.isna(row["estimate"]):
        return f"{who} at {visit}: the data cannot tell."
    low, high = row["conf_low"], row["conf_high"]
    within = f"{level(at_level)} CI {interval(low, high, DIGITS)}; {p_value(row['p_value'])}"
    open_end = "" if low > 1 or high < 1 else "; the interval includes 1"
    times = number(row["estimate"], DIGITS)
    return sentence(f"{who} {times} times those of {row['reference']} at {visit} ({within}{open_end})")


def _by_visit(material: Material, result: Result, outcome: str, name: str) -> Figure:
    drawn = result.frame[result.frame["term"].eq(RATE)]
    last = drawn["visit"].astype(str).iloc[-1]
    ends = "; ".join(
        f"{row['arm']} {number(row['estimate'], 1)} ({interval(row['conf_low'], row['conf_high'], 1)})"
        for _, row in drawn[drawn["visit"].astype(str).eq(last)].iterrows()
    )
    return figure(
        plot.change_by_visit(
            result, outcome=outcome, term=RATE, value="value", days=material.days, styles=material.styles
        ),
        name=f"{name}_by_visit",
        title=f"{measure(outcome).label} by visit",
        data=result.frame,
        caption=caption(f"Adjusted rate of {label_of(outcome)}, by arm", result, outcome=outcome),
        method=result.method,
        alt=f"Line chart of the adjusted rate of {label_of(outcome)} by visit, one line per arm with "
        f"{level(result.level)} confidence intervals. At {last}: {ends}.",
    )


def _forest(material: Material, result: Result, here: pd.DataFrame, outcome: str, name: str) -> tuple[Figure, ...]:
    known = here[here["estimate"].notna()]
    if known.empty:
        return ()
    visit = material.study.protocol.primary_visit
    return (
        figure(
            plot.forest(
                Result(frame=known, method=result.method, n=result.n, level=result.level),
                outcome=outcome,
                null=1.0,
                styles=material.styles,
            ),
            name=f"{name}_rate_ratios",
            title=f"Rate ratios of {label_of(outcome)} at {visit}",
            data=known,
            caption=caption(
                f"Ratio of the rate of {label_of(outcome)} to that of {material.reference} at {visit}",
                result,
                outcome=outcome,
            ),
            method=result.method,
            alt=forest_alt(
                known.assign(name=known["arm"].astype(str)),
                f"the rate ratio to {material.reference} at {visit}",
                result.level,
                DIGITS,
            ),
        ),
    )


def _table(result: Result, ratios: pd.DataFrame, outcome: str, name: str) -> Table:
    printed = result.table(DIGITS).loc[ratios.index].drop(columns=["Outcome", "Arm"])
    return Table(
        name=f"{name}_ratios_by_visit",
        title=f"Rate ratios of {label_of(outcome)} by visit",
        note=" ".join(sentence(part) for part in (result.method, measure(outcome).benefit) if part),
        method=result.method,
        frame=printed.rename(columns={"Term": "Comparison", "Estimate": "Rate ratio"}),
        data=ratios,
    )
