"""Tables and words of a fitted mixed model: coefficients, tests, predictions, the covariance of the visits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spasticity.errors import MethodError
from spasticity.stats.mmrm_fitted import Fitted
from spasticity.stats.mmrm_inference import Inference, KenwardRoger, Satterthwaite
from spasticity.stats.result import estimate_frame
from spasticity.wording import number, plural

if TYPE_CHECKING:
    from spasticity.stats.mmrm_result import Mmrm

Array = NDArray[np.float64]

#: For captions.
DF_WORDS = {
    "kenward-roger": "Kenward-Roger standard errors and degrees of freedom",
    "kenward-roger-linear": "Kenward-Roger standard errors and degrees of freedom (first order)",
    "satterthwaite": "Satterthwaite degrees of freedom",
    "between-within": "between-within degrees of freedom",
    "residual": "residual degrees of freedom",
}
VCOV_WORDS = {
    "model": "",
    "empirical": ", empirical standard errors (CR0)",
    "empirical-bias-reduced": ", empirical standard errors (CR2)",
    "empirical-jackknife": ", empirical standard errors (CR3)",
}
#: Up to so many participants Satterthwaite's joint tests were outside the band in the study of the methods page.
LIBERAL_UP_TO = 100
#: Above this condition number of the correlations, some combination of visits has almost no variance left.
NEARLY_SINGULAR = 1e4


def coefficient_frame(fitted: Fitted, inference: Inference, level: float) -> pd.DataFrame:
    """Coefficients with tests against 0 and intervals.

    Parameters
    ----------
    fitted : Fitted
    inference : Inference
    level : float

    Returns
    -------
    DataFrame
        An estimate frame; `n` is participants with a row in which the coefficient has a part.
    """
    design = fitted.rows.design
    numbers = estimates(fitted.coefficients, inference, np.eye(len(design.columns)), level)
    return estimate_frame(numbers.assign(term=list(design.columns), n=fitted.panel.participants))


def estimates(coefficients: Array, inference: Inference, L: Array, level: float) -> pd.DataFrame:
    """Linear combinations of coefficients with t tests and intervals.

    Parameters
    ----------
    coefficients : ndarray, shape (p,)
    inference : Inference
    L : ndarray, shape (m, p)
    level : float

    Returns
    -------
    DataFrame, m rows
        `estimate, std_error, df, statistic, p_value, conf_low, conf_high`.
    """
    estimate, df = L @ coefficients, inference.df(L)
    variance = np.einsum("mi,ij,mj->m", L, inference.covariance, L)
    # Kenward and Roger's correction can take away more than there is.
    std_error = np.sqrt(np.where(variance >= 0, variance, np.nan))
    margin = stats.t.isf((1 - level) / 2, df) * std_error
    return pd.DataFrame(
        {
            "estimate": estimate,
            "std_error": std_error,
            "df": df,
            "statistic": estimate / std_error,
            "p_value": 2 * stats.t.sf(np.abs(estimate / std_error), df),
            "conf_low": estimate - margin,
            "conf_high": estimate + margin,
        }
    )


def test_frame(hypotheses: Mapping[str, Array], inference: Inference, n: int) -> pd.DataFrame:
    """F tests, one row per hypothesis; one without an estimable part is missing.

    Parameters
    ----------
    hypotheses : mapping of str to ndarray, shape (m, p)
    inference : Inference
    n : int
        Participants.

    Returns
    -------
    DataFrame
        An estimate frame with `df_numerator`.
    """
    rows = []
    for term, L in hypotheses.items():
        test = inference.test(L) if len(L) else None
        rows.append(
            {
                "term": term,
                "df": test.denominator if test else np.nan,
                "statistic": test.statistic if test else np.nan,
                "p_value": test.p_value if test else np.nan,
                "n": n,
                "df_numerator": test.numerator if test else 0.0,
            }
        )
    return estimate_frame(pd.DataFrame(rows))


def liberal_words(tests: pd.DataFrame, inference: Inference, n: int) -> str:
    """What a caption must say of joint tests that are known to reject too often.

    Parameters
    ----------
    tests : DataFrame
        As of `test_frame`.
    inference : Inference
    n : int
        Participants.

    Returns
    -------
    str
    """
    plain = isinstance(inference, Satterthwaite) and not isinstance(inference, KenwardRoger)
    if not plain or n > LIBERAL_UP_TO or not (tests["df_numerator"] > 1).any():
        return ""
    return f"; joint tests by Satterthwaite reject too often with so few participants ({n}), Kenward-Roger does not"


def hypothesis_words(hypothesis: Mapping[str, float] | Sequence[Mapping[str, float]]) -> str:
    """A hypothesis as an equation.

    Parameters
    ----------
    hypothesis : mapping of str to float, or several

    Returns
    -------
    str
    """
    rows = [hypothesis] if isinstance(hypothesis, Mapping) else list(hypothesis)
    return "; ".join(" + ".join(f"{value:g} {name}" for name, value in row.items()) + " = 0" for row in rows)


def predictions(
    fitted: Fitted, inference: Inference, rows: pd.DataFrame | None, conditional: bool, level: float
) -> pd.DataFrame:
    """Expected outcomes of rows.

    Parameters
    ----------
    fitted : Fitted
    inference : Inference
    rows : DataFrame, optional
        Otherwise those of the fit.
    conditional : bool
        Given what was observed of the same participant.
    level : float

    Returns
    -------
    DataFrame
        `estimate, std_error, df, conf_low, conf_high`.

    Raises
    ------
    MethodError
        When rows do not say whose and of when they are.
    """
    design = fitted.rows.design
    data = design.data if rows is None else rows
    L = design.X if rows is None else design.rows_for(rows)
    found = estimates(fitted.coefficients, inference, L, level).set_index(data.index)
    if conditional:
        for name in ("participant", fitted.rows.visit_name):
            if name not in data:
                raise MethodError(f"predict: rows need a column `{name}` to use what was observed of a participant.")
        mean = found["estimate"].to_numpy()
        found = found.assign(estimate=fitted.conditional(data["participant"], data[fitted.rows.visit_name], mean))
        found[["std_error", "df", "conf_low", "conf_high"]] = np.nan
    return found[["estimate", "std_error", "df", "conf_low", "conf_high"]]


def covariance_frame(fitted: Fitted) -> tuple[pd.DataFrame, pd.DataFrame, tuple[str, ...]]:
    """Covariance and correlation of the visits, and what must be said about them.

    Parameters
    ----------
    fitted : Fitted

    Returns
    -------
    covariance, correlation : DataFrame
        With covariance groups, the index is group and visit.
    notes : tuple of str
    """
    rows = fitted.rows
    covariances, correlations, conditions = [], [], []
    notes: tuple[str, ...] = ()
    for sigma in fitted.sigmas:
        sd = np.sqrt(np.diag(sigma))
        covariances.append(pd.DataFrame(sigma, index=rows.visits, columns=rows.visits))
        correlations.append(pd.DataFrame(sigma / np.outer(sd, sd), index=rows.visits, columns=rows.visits))
        conditions.append(float(np.linalg.cond(sigma / np.outer(sd, sd))))
    if max(conditions) > NEARLY_SINGULAR:
        notes = (f"the covariance is nearly singular (condition number of the correlations {max(conditions):.0e})",)
    if rows.groups == [None]:
        return covariances[0], correlations[0], notes
    by_group = [
        pd.concat(dict(zip(rows.groups, frames, strict=True)), names=["group", "visit"])
        for frames in (covariances, correlations)
    ]
    return by_group[0], by_group[1], notes


def method_words(fitted: Fitted, df: str, vcov: str, before: Sequence[str]) -> str:
    """The method, ready for a caption.

    Parameters
    ----------
    fitted : Fitted
    df, vcov : str
    before : sequence of str
        Covariances that were declared before the one that was used and could not be fitted.

    Returns
    -------
    str
    """
    by = "" if fitted.rows.groups == [None] else " by group"
    fallback = f" (declared to follow {', '.join(before)}, which could not be fitted)" if before else ""
    weighted = "" if fitted.rows.weights is None else ", observation weights"
    return (
        f"mixed model for repeated measures, {fitted.covariance.replace('-', ' ')} covariance{by}{fallback}{weighted}, "
        f"{'REML' if fitted.reml else 'ML'}, {DF_WORDS[df]}{VCOV_WORDS[vcov]}"
    )


def fit_lines(fit: Mmrm) -> list[str]:
    """How well the model fits and how the maximum was found, in words.

    Parameters
    ----------
    fit : Mmrm

    Returns
    -------
    list of str
    """
    rows = len(fit.fitted.raw)
    return [
        f"Formula {fit.fitted.rows.design.formula}; {plural(rows, 'row')} of {plural(fit.n, 'participant')}.",
        f"Log-likelihood {number(fit.log_likelihood)}, AIC {number(fit.aic)}, BIC {number(fit.bic)} with "
        f"{plural(fit.fitted.optimum.point.likelihood.size, 'covariance parameter')}.",
        f"Converged in {plural(fit.iterations, 'Newton step')} from {fit.fitted.optimum.start}.",
    ]
