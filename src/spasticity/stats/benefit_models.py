"""Models that a comparison of benefits can use: one outcome in, a row per treatment out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import pandas as pd

from spasticity.stats.linear import ancova
from spasticity.stats.mmrm_fit import mmrm
from spasticity.stats.result import Result
from spasticity.stats.selection import visits_of

#: Covariances of the mixed model, declared beforehand; the first with which it converges is used.
COVARIANCES = ("unstructured", "toeplitz-heterogeneous", "ar1-heterogeneous", "compound-symmetry-heterogeneous")

STRATIFIED = ", and cohort where there are several"


class Model(Protocol):
    """A model of one outcome: a row per level of the factor that is not the reference, in an estimate frame.

    The frame has the factor's column, `estimate, std_error, df, statistic, p_value, conf_low, conf_high`, and may have
    `scale`: `ratio` for rate and odds ratios, which are not standardised; `difference` when it is left out.
    """

    def __call__(
        self, rows: pd.DataFrame, *, outcome: str, visit: str, factor: str, reference: str, level: float
    ) -> Result:
        """Compare levels of the factor at the visit."""


def mixed_model(rows: pd.DataFrame, *, outcome: str, visit: str, factor: str, reference: str, level: float) -> Result:
    """Change by the mixed model for repeated measures, at one visit; ANCOVA where there is one later visit.

    Parameters
    ----------
    rows : DataFrame
        Outcomes rows of one outcome.
    outcome, visit, factor, reference : str
        What is compared.
    level : float
        Confidence level.

    Returns
    -------
    Result
    """
    known = rows["change"].notna() & rows["baseline"].notna()
    varies = rows[known].groupby("visit", observed=True)["change"].transform("nunique").gt(1)  # not so at baseline
    later = rows[known][varies.to_numpy()]
    later = later.assign(visit=pd.Categorical(later["visit"].astype(str), categories=visits_of(later), ordered=True))
    if later["visit"].nunique() < 2:
        return analysis_of_covariance(
            rows, outcome=outcome, visit=visit, factor=factor, reference=reference, level=level
        )
    formula = f"change ~ baseline*visit + {factor}*visit{_stratum(later, factor)}"
    fit = mmrm(later, formula, covariance=COVARIANCES, reference={factor: reference}, level=level)
    found = fit.contrasts(factor, by="visit", reference=reference)
    frame = found.frame[found.frame["visit"].astype(str).eq(visit)]
    words = (
        f"mixed model for repeated measures (`change ~ baseline*visit + {factor}*visit`{STRATIFIED}), "
        f"{fit.structure} covariance, Kenward-Roger"
    )
    return Result(frame=frame.reset_index(drop=True), method=words, n=fit.n, level=level, notes=found.notes)


def analysis_of_covariance(
    rows: pd.DataFrame, *, outcome: str, visit: str, factor: str, reference: str, level: float
) -> Result:
    """Change by analysis of covariance at one visit.

    Parameters
    ----------
    rows : DataFrame
        Outcomes rows of one outcome.
    outcome, visit, factor, reference : str
        What is compared.
    level : float
        Confidence level.

    Returns
    -------
    Result
    """
    formula = f"change ~ baseline + {factor}{_stratum(rows, factor)}"
    fit = ancova(rows, formula, outcome=outcome, visit=visit, reference={factor: reference}, level=level)
    found = fit.contrasts(factor)
    return Result(
        frame=found.frame,
        method=f"ANCOVA (`change ~ baseline + {factor}`{STRATIFIED})",
        n=fit.n,
        level=level,
        notes=fit.notes,
    )


MODELS: Mapping[str, Model] = {"mmrm": mixed_model, "ancova": analysis_of_covariance}


def _stratum(rows: pd.DataFrame, factor: str) -> str:
    """The stratum, where there are several in the rows."""
    stratified = factor != "cohort" and "cohort" in rows and len(rows["cohort"].dropna().unique()) > 1
    return " + cohort" if stratified else ""
