"""Treatment effects within subgroups, with the test of their interaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from spasticity.errors import MethodError
from spasticity.stats.grid import cells, people
from spasticity.stats.hypotheses import wald
from spasticity.stats.linear import FORMULA, LinearFit, Vcov, ancova
from spasticity.stats.result import Result, estimate_frame

OVERALL = "overall"


def subgroups(
    outcomes: pd.DataFrame,
    by: str | Sequence[str] = "cohort",
    *,
    outcome: str,
    visit: str,
    formula: str = FORMULA,
    factor: str = "arm",
    reference: str | None = None,
    level: float = 0.95,
    vcov: Vcov = "model",
) -> Result:
    """Difference of each arm from the reference, overall and within subgroups.

    Overall comes from the formula as it is. Each variable of `by` is added with its interaction with the factor, and
    the differences within its levels come from that one model, with one residual variance.

    Parameters
    ----------
    outcomes : DataFrame
        Canonical outcomes with the columns of `by`.
    by : str or sequence of str
        Variables with few levels, known before treatment.
    outcome, visit : str
        What is analysed.
    formula : str
        The model without interactions.
    factor : str
        Whose levels are compared.
    reference : str, optional
        Level that is subtracted; otherwise the first.
    level : float
        Confidence level.
    vcov : str
        `model` or `HC3`.

    Returns
    -------
    Result
        Groups `outcome`, `visit`, `variable`, `subgroup` and the factor, ready for a forest plot. Further columns:
        `reference`, `n_arm`, `n_reference`, and `p_interaction`, of the hypothesis that this arm's difference is the
        same in all levels of the variable. `n` is both arms.

    Raises
    ------
    MethodError
        Unknown names, a numeric subgroup variable, or a model that cannot be fitted.
    """
    by = [by] if isinstance(by, str) else list(by)
    options: dict[str, Any] = {"outcome": outcome, "visit": visit, "level": level, "vcov": vcov}
    options["reference"] = None if reference is None else {factor: reference}
    overall = ancova(outcomes, formula, **options)
    parts = [_rows(overall, factor, None)]
    notes = list(overall.notes)
    for variable in by:
        _check_variable(outcomes, variable, factor)
        fit = ancova(outcomes, f"{formula} + {variable} + {factor}:{variable}", **options)
        parts.append(_rows(fit, factor, variable))
        notes += [note for note in fit.notes if note not in notes]
    groups = ["outcome", "visit", "variable", "subgroup", factor]
    frame = pd.concat(parts, ignore_index=True).assign(outcome=outcome, visit=visit)
    return Result(
        frame=estimate_frame(frame, groups),
        method=(
            f"{overall.method}; differences within subgroups from the same model with the interaction of {factor} and "
            "the subgroup variable; exploratory, not adjusted for the number of comparisons"
        ),
        n=overall.n,
        level=level,
        notes=tuple(notes),
    )


def _check_variable(outcomes: pd.DataFrame, variable: str, factor: str) -> None:
    if variable == factor:
        raise MethodError(f"by={variable!r} is the factor whose levels are compared; name another variable.")
    if variable in outcomes and pd.api.types.is_float_dtype(outcomes[variable].dtype):
        raise MethodError(f"by={variable!r} is a number; cut it into named groups first (pandas.cut).")


def _rows(fit: LinearFit, factor: str, variable: str | None) -> pd.DataFrame:
    """Contrasts of one model with the sizes of both groups and, within a variable, the p of the interaction."""
    frame = fit.contrasts(factor, by=variable).frame
    within = [] if variable is None else [variable]
    arm, base = (
        [people(fit.design, [*within, factor], cell) for cell in frame[[*within, level]].itertuples(index=False)]
        for level in (factor, "reference")
    )
    frame = frame.assign(
        variable=variable or OVERALL,
        subgroup=frame[variable].astype(str) if variable else OVERALL,
        n_arm=arm,
        n_reference=base,
        p_interaction=np.nan,
    )
    if variable is None:
        return frame
    p = {arm: _interaction(fit, factor, variable, arm) for arm in frame[factor].unique()}
    return frame.assign(p_interaction=frame[factor].map(p)).drop(columns=variable)


def _interaction(fit: LinearFit, factor: str, variable: str, arm: Any) -> float:
    """The p value of: the difference of this arm from the reference is the same in every level of the variable."""
    grid, rows = cells(fit.design, factor, [variable], "equal", None)
    reference = fit.design.reference[factor]
    here, base = (rows[grid[factor].eq(level).to_numpy(dtype=bool)] for level in (arm, reference))
    differences = (here - base)[fit.design.estimable(here - base)]
    if len(differences) < 2:
        return float("nan")
    unequal = (differences[1:] - differences[0])[:, fit.design.kept]
    df = len(fit.design.y) - len(fit.design.columns)
    return wald(unequal, fit.coefficients.values, fit.coefficients.covariance, df)[1]
