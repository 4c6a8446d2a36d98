"""Which model a report fits to a change from baseline."""

from __future__ import annotations

import pandas as pd

from spasticity import stats
from spasticity.errors import MethodError
from spasticity.instruments import measure
from spasticity.stats.mmrm_result import Mmrm
from spasticity.stats.result import Result, estimate_frame

#: Tried in this order; the one that was used is named in the method.
COVARIANCES = ("unstructured", "toeplitz-heterogeneous", "ar1-heterogeneous", "compound-symmetry-heterogeneous")


def ancova_formula(rows: pd.DataFrame) -> str:
    """The model of a change at one visit: baseline, arm, and the stratum where there are several.

    Parameters
    ----------
    rows : DataFrame
        Outcomes rows.

    Returns
    -------
    str
    """
    return f"change ~ baseline + arm{_stratum(rows)}"


def adjusted_change(rows: pd.DataFrame, outcome: str, *, baseline_visit: str, reference: str) -> Result:
    """Adjusted means and differences from the reference at every later visit.

    The mixed model for repeated measures; analysis of covariance by visit where there is one later visit, or where no
    mixed model could be fitted, which the notes say then.

    Parameters
    ----------
    rows : DataFrame
        Outcomes rows of one outcome.
    outcome : str
        Id of the measure.
    baseline_visit, reference : str
        The visit without a change, and the arm others are compared with.

    Returns
    -------
    Result
        Groups `outcome`, `visit`, `arm`; terms `adjusted mean` and such as `oral baclofen - placebo`.
    """
    later = later_rows(rows, baseline_visit)
    visits = later.loc[later["change"].notna(), "visit"].astype(str).unique()
    if len(visits) > 1:
        try:
            return _mixed(later, outcome, reference)
        except MethodError as error:
            why = f"no mixed model for repeated measures could be fitted: {error}"
            by_visit = stats.ancova_by_visit(rows, ancova_formula(rows), outcome=outcome, reference=reference)
            return Result(
                frame=by_visit.frame, method=by_visit.method, n=by_visit.n, level=by_visit.level,
                notes=(*by_visit.notes, why),
            )  # fmt: skip
    return stats.ancova_by_visit(rows, ancova_formula(rows), outcome=outcome, reference=reference)


def later_rows(rows: pd.DataFrame, baseline_visit: str) -> pd.DataFrame:
    """Rows after baseline; visits without a row are no visits of the model.

    Parameters
    ----------
    rows : DataFrame
        Outcomes rows.
    baseline_visit : str

    Returns
    -------
    DataFrame
    """
    later = rows[rows["visit"].astype(str).ne(baseline_visit)]
    visit = later["visit"]
    return later.assign(visit=visit.cat.remove_unused_categories()) if hasattr(visit, "cat") else later


def mixed_model(rows: pd.DataFrame, reference: str) -> Mmrm:
    """The mixed model for repeated measures of a change, with the declared covariances.

    Parameters
    ----------
    rows : DataFrame
        From `later_rows`, of one outcome.
    reference : str
        The arm others are compared with.

    Returns
    -------
    Mmrm
    """
    formula = f"change ~ baseline*visit + arm*visit{_stratum(rows)}"
    return stats.mmrm(rows, formula, covariance=COVARIANCES, reference={"arm": reference})


def _mixed(rows: pd.DataFrame, outcome: str, reference: str) -> Result:
    fit = mixed_model(rows, reference)
    formula = fit.fitted.rows.design.formula
    parts = [fit.means("arm", by="visit"), fit.contrasts("arm", by="visit", reference=reference)]
    frame = pd.concat([part.frame for part in parts], ignore_index=True).assign(outcome=outcome)
    return Result(
        frame=estimate_frame(frame, ["outcome", "visit", "arm"]),
        method=f"{measure(outcome).label}, {fit.method} (`{formula}`); comparisons and visits are not adjusted for",
        n=fit.n,
        level=fit.level,
        notes=fit.notes,
    )


def _stratum(rows: pd.DataFrame) -> str:
    return " + cohort" if len(rows["cohort"].dropna().unique()) > 1 else ""
