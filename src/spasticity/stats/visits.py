"""Analysis of covariance at each visit, as figures of change by visit need it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from spasticity.errors import MethodError, one_of
from spasticity.instruments import measure
from spasticity.stats.formulas import parsed, variables
from spasticity.stats.linear import FORMULA, LinearFit, Vcov, ancova
from spasticity.stats.multiplicity import WORDS, Adjustment
from spasticity.stats.result import Result, estimate_frame
from spasticity.stats.selection import of_outcome, visits_of


def ancova_by_visit(
    outcomes: pd.DataFrame,
    formula: str = FORMULA,
    *,
    outcome: str,
    visits: Sequence[str] | None = None,
    factor: str = "arm",
    reference: str | Mapping[str, Any] | None = None,
    adjust: Adjustment | None = None,
    level: float = 0.95,
    vcov: Vcov = "model",
) -> Result:
    """Adjusted means and their differences from the reference at every visit, one model per visit.

    Parameters
    ----------
    outcomes : DataFrame
        Canonical outcomes.
    formula : str
        The model at each visit.
    outcome : str
        Id of a measure.
    visits : sequence of str, optional
        Otherwise every visit at which the response varies, so the baseline visit is not among them.
    factor : str
        Whose levels are compared.
    reference : str or mapping, optional
        Reference level of `arm`, or of several factors by name.
    adjust : str, optional
        `dunnett`, `bonferroni` or `holm`, for the comparisons of one visit; visits are not adjusted for.
    level : float
        Confidence level.
    vcov : str
        `model` or `HC3`.

    Returns
    -------
    Result
        Groups `outcome`, `visit` and the factor; terms `adjusted mean` and such as `oral baclofen - placebo`.

    Raises
    ------
    MethodError
        Unknown outcome or visit, no visit to model, or a model that cannot be fitted at a visit.
    """
    rows = of_outcome(outcomes, outcome)
    chosen = list(visits) if visits is not None else _varying(rows, formula)
    for visit in chosen:
        one_of("visits", visit, visits_of(rows))
    if not chosen:
        raise MethodError(f"{outcome}: the response of `{formula}` varies at no visit; there is nothing to model.")
    if adjust == "tukey":
        raise MethodError("adjust='tukey' compares every pair; here each level is compared with the reference.")
    fits = {
        visit: ancova(outcomes, formula, outcome=outcome, visit=visit, reference=reference, level=level, vcov=vcov)
        for visit in chosen
    }
    frame = pd.concat([_both(fit, factor, adjust, outcome, visit) for visit, fit in fits.items()], ignore_index=True)
    for name in ("visit", factor):
        if isinstance(rows[name].dtype, pd.CategoricalDtype):
            frame[name] = frame[name].astype(rows[name].dtype)
    errors = "" if vcov == "model" else ", HC3 standard errors"
    return Result(
        frame=estimate_frame(frame, ["outcome", "visit", factor]),
        method=(
            f"ANCOVA of {measure(outcome).label} at each visit (`{formula}`), least squares{errors}; adjusted means "
            f"and differences from {fits[chosen[0]].design.reference.get(factor)}, {WORDS[adjust]}; visits are not "
            "adjusted for"
        ),
        n=_participants(fits),
        level=level,
        notes=tuple(f"{visit}: {note}" for visit, fit in fits.items() for note in fit.notes),
    )


def _varying(rows: pd.DataFrame, formula: str) -> list[str]:
    """Visits at which the response takes more than one value: change at baseline is 0 for everyone."""
    response = variables(parsed(formula).lhs)[0]
    if response not in rows:
        return visits_of(rows)  # the model itself says what is missing
    distinct = rows.groupby("visit", observed=True)[response].nunique()
    return [visit for visit in visits_of(rows) if distinct.get(visit, 0) > 1]


def _both(fit: LinearFit, factor: str, adjust: Adjustment | None, outcome: str, visit: str) -> pd.DataFrame:
    means, differences = fit.means(factor), fit.contrasts(factor, adjust=adjust)
    return pd.concat([means.frame, differences.frame], ignore_index=True).assign(outcome=outcome, visit=visit)


def _participants(fits: Mapping[str, LinearFit]) -> int:
    return len(set().union(*(fit.design.data["participant"] for fit in fits.values())))
