"""The mixed model for repeated measures, fitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from spasticity.errors import MethodError, one_of
from spasticity.stats.covariance import COVARIANCES, SPATIAL
from spasticity.stats.formulas import Coding
from spasticity.stats.mmrm_fitted import Fitted
from spasticity.stats.mmrm_inference import Counted, Inference, KenwardRoger, Satterthwaite, between_within
from spasticity.stats.mmrm_model import Prepared, check_identified, likelihood_of, prepare, saturated
from spasticity.stats.mmrm_optimiser import Optimum, maximum
from spasticity.stats.mmrm_panel import Panel, patterns
from spasticity.stats.mmrm_result import Mmrm
from spasticity.stats.mmrm_rows import Measurements, measurements
from spasticity.stats.mmrm_sandwich import POWERS, Sandwich
from spasticity.stats.mmrm_tables import coefficient_frame, covariance_frame, method_words

Df = Literal["kenward-roger", "kenward-roger-linear", "satterthwaite", "between-within", "residual"]
Vcov = Literal["model", "empirical", "empirical-bias-reduced", "empirical-jackknife"]
DFS = ("kenward-roger", "kenward-roger-linear", "satterthwaite", "between-within", "residual")
VCOVS = ("model", *POWERS)
METHODS = ("reml", "ml")
WEIGHT = "observation weight"


def mmrm(
    outcomes: pd.DataFrame,
    formula: str,
    *,
    participant: str = "participant",
    visit: str = "visit",
    covariance: str | Sequence[str] = "unstructured",
    df: Df = "kenward-roger",
    method: Literal["reml", "ml"] = "reml",
    weights: str | Sequence[float] | pd.Series | None = None,
    covariance_by: str | None = None,
    vcov: Vcov = "model",
    reference: Mapping[str, Any] | None = None,
    coding: Coding = "treatment",
    level: float = 0.95,
) -> Mmrm:
    """Mixed model for repeated measures: a linear model whose errors are correlated within participants.

    Parameters
    ----------
    outcomes : DataFrame
        One row per participant and visit. Rows without the outcome or a variable are left out and counted; they are
        taken to be missing at random.
    formula : str
        Such as `change ~ baseline*visit + arm*visit + cohort`.
    participant, visit : str
        Columns that say whose a row is and of when. The order of visits is that of the categories; for a spatial
        covariance they are numbers, such as days.
    covariance : str or sequence of str
        One of `unstructured`; `compound-symmetry`, `ar1`, `toeplitz`, `ante-dependence`, also with
        `-heterogeneous`; `spatial-exponential`, `spatial-gaussian`. Of several, declared beforehand, the first with
        which the fit converges is used, and the result says so.
    df : str
        `kenward-roger` as SAS defines it (standard errors corrected too), `kenward-roger-linear` without second
        derivatives, `satterthwaite`, `between-within` or `residual`.
    method : str
        `reml` or `ml`.
    weights : str or sequence of float, optional
        Observation weights, one per row of the outcomes, or the column that has them; a row's variance is divided by
        its weight.
    covariance_by : str, optional
        Column whose levels have a covariance each, such as `arm`.
    vcov : str
        Covariance of the coefficients: of the `model`, or `empirical` (CR0), `empirical-bias-reduced` (CR2),
        `empirical-jackknife` (CR3); these do not go with Kenward-Roger.
    reference : mapping, optional
        Reference level of factors, such as `{"arm": "placebo"}`.
    coding : str
        Of factors: `treatment` or `sum`.
    level : float
        Confidence level.

    Returns
    -------
    Mmrm
        Coefficients, covariance of the visits, and methods for means, contrasts and tests.

    Raises
    ------
    DataError
        Two rows of a participant at one visit, weights that are not positive, groups that change.
    MethodError
        Unknown options, too little data, or no maximum of the likelihood.

    References
    ----------
    .. [1] Mallinckrodt et al. 2008, Drug Information Journal 42:303-319. [from memory]
    .. [2] Kenward & Roger 1997, Biometrics 53:983-997.
    """
    names = [covariance] if isinstance(covariance, str) else list(covariance)
    _check_options(names, df, method, vcov, level)
    if weights is not None and not isinstance(weights, str):
        outcomes, weights = outcomes.assign(**{WEIGHT: np.asarray(weights, dtype=np.float64)}), WEIGHT
    rows = measurements(
        outcomes,
        formula,
        participant=participant,
        visit=visit,
        covariance_by=covariance_by,
        weights=weights,
        reference=dict(reference or {}),
        coding=coding,
    )
    groups = patterns(rows.participant, rows.visit, rows.group)
    panel = Panel.of(rows.design.X, rows.design.y, groups, rows.weights)
    name, prepared, optimum, failures = _first_that_converges(names, rows, panel, method == "reml")
    fitted = Fitted(rows, panel, prepared.places, optimum, name, method == "reml")
    return _result(fitted, _inference(fitted, df, vcov), df, vcov, level, failures)


def _check_options(names: list[str], df: str, method: str, vcov: str, level: float) -> None:
    for name in names or [""]:
        one_of("covariance", name, COVARIANCES)
    one_of("df", df, DFS)
    one_of("method", method, METHODS)
    one_of("vcov", vcov, VCOVS)
    if not 0 < level < 1:
        raise MethodError(f"level={level!r} is not between 0 and 1; 0.95 gives 95 % intervals.")
    if df.startswith("kenward-roger") and method != "reml":
        raise MethodError("df='kenward-roger' needs method='reml'; for method='ml' use df='satterthwaite'.")
    if df.startswith("kenward-roger") and vcov != "model":
        raise MethodError(f"df='{df}' corrects the model's covariance; with vcov='{vcov}' use df='satterthwaite'.")


def _first_that_converges(
    names: list[str], rows: Measurements, panel: Panel, reml: bool
) -> tuple[str, Prepared, Optimum, dict[str, str]]:
    """The first covariance of a declared list that can be fitted, and why the ones before it could not."""
    failures: dict[str, str] = {}
    prepared: dict[bool, Prepared] = {}
    for name in names:
        spatial = name in SPATIAL
        try:
            check_identified(name, rows, panel)
            if spatial not in prepared:
                prepared[spatial] = prepare(rows, panel, spatial)
            ready = prepared[spatial]
            return name, ready, maximum(likelihood_of(name, rows, panel, ready, reml)), failures
        except MethodError as error:
            if name == names[-1]:
                raise MethodError(f"{error}{saturated(rows, panel)}", error.state) from error
            failures[name] = f"{name} was declared first but could not be fitted ({str(error).split(': ', 1)[-1]})"
    raise MethodError("mmrm: no covariance was named; expected one of `covariance.COVARIANCES`.")


def _inference(fitted: Fitted, df: str, vcov: str) -> Inference:
    """Standard errors and degrees of freedom as asked for."""
    panel, point, b = fitted.panel, fitted.optimum.point, fitted.coefficients
    jacobian = panel.jacobian
    model = Satterthwaite(point, jacobian, b)
    if df.startswith("kenward-roger"):
        return KenwardRoger(point, jacobian, b, linear=df.endswith("linear"))
    sandwich = Sandwich(panel, fitted.places, point, jacobian, b, POWERS.get(vcov, 0.0))
    if df == "satterthwaite":
        return model if vcov == "model" else sandwich
    N, p = panel.shape
    each = np.full(p, float(N - p))
    if df == "between-within":
        intercept = np.array([name == "Intercept" for name in fitted.rows.design.columns])
        each = between_within(panel.X, fitted.rows.participant, intercept)
    return Counted(model.covariance if vcov == "model" else sandwich.covariance, b, each)


def _result(
    fitted: Fitted, inference: Inference, df: str, vcov: str, level: float, failures: Mapping[str, str]
) -> Mmrm:
    """The result of a fit; `failures` are covariances that were declared before and why they were not used."""
    covariance, correlation, notes = covariance_frame(fitted)
    if fitted.optimum.exceeded:
        notes += ("the likelihood is greater still close to a singular covariance; this is its maximum inside",)
    frame = coefficient_frame(fitted, inference, level)
    if frame["std_error"].isna().any():
        notes += ("the Kenward-Roger correction leaves no variance for some coefficients; df='satterthwaite' has one",)
    parameters, n = fitted.optimum.point.likelihood.size, fitted.panel.participants
    return Mmrm(
        frame=frame,
        method=method_words(fitted, df, vcov, list(failures)),
        n=n,
        level=level,
        notes=(*failures.values(), *fitted.rows.notes, *fitted.rows.design.notes, *notes),
        covariance=covariance,
        correlation=correlation,
        log_likelihood=fitted.log_likelihood,
        aic=2 * parameters - 2 * fitted.log_likelihood,
        bic=float(np.log(n)) * parameters - 2 * fitted.log_likelihood,
        structure=fitted.covariance,
        iterations=fitted.optimum.iterations,
        fitted=fitted,
        inference=inference,
    )
