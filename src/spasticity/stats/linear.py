"""Linear models of one outcome at one visit: analysis of covariance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spasticity.errors import one_of
from spasticity.instruments import measure
from spasticity.stats import margins
from spasticity.stats.design import Design
from spasticity.stats.grid import Weights
from spasticity.stats.hypotheses import Kind, TermTests, term_rows, wald
from spasticity.stats.least_squares import Solution, hc3, solved
from spasticity.stats.margins import Coefficients
from spasticity.stats.multiplicity import Adjustment
from spasticity.stats.result import Result, estimate_frame
from spasticity.stats.selection import at_visit

Vcov = Literal["model", "HC3"]
FORMULA = "change ~ baseline + arm + cohort"

#: A smaller level whose residuals vary so many times as much makes errors of one variance too small.
UNEQUAL = 2.0
#: People of a level from which on that is looked at.
ENOUGH = 5

#: From here on fewer than about six digits of a coefficient are left.
ILL_CONDITIONED = 1e10


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class LinearFit(Result):
    """A linear model fitted by least squares; its frame holds the coefficients.

    Parameters
    ----------
    design : Design
        Columns, rows used and rows left out.
    coefficients : Coefficients
        Values and covariance, at full precision.
    residuals : DataFrame
        One row per used row: `participant`, `fitted`, `residual`, `standardised` (by its own standard error),
        `leverage`.
    sigma : float
        Residual standard deviation.
    condition : float
        Condition number of the centred and scaled columns.
    """

    design: Design
    coefficients: Coefficients
    residuals: pd.DataFrame
    sigma: float
    condition: float

    def means(
        self,
        factor: str = "arm",
        *,
        by: str | Sequence[str] | None = None,
        weights: Weights = "equal",
        at: Mapping[str, Any] | None = None,
    ) -> Result:
        """Adjusted (least-squares) means of the levels of a factor.

        Parameters
        ----------
        factor : str
            Whose levels have a mean each.
        by : str or sequence of str, optional
            Factors within whose levels the means are wanted.
        weights : str
            `equal`, `proportional` or `observed`.
        at : mapping, optional
            Values of covariates (otherwise their mean), or levels of factors to keep.

        Returns
        -------
        Result
            See `margins.adjusted_means`.
        """
        return margins.adjusted_means(self.coefficients, factor, by=by, weights=weights, at=at, level=self.level)

    def contrasts(
        self,
        factor: str = "arm",
        *,
        by: str | Sequence[str] | None = None,
        reference: Any = None,
        pairs: bool = False,
        adjust: Adjustment | None = None,
        weights: Weights = "equal",
        at: Mapping[str, Any] | None = None,
    ) -> Result:
        """Differences of adjusted means.

        Parameters
        ----------
        factor : str
            Whose levels are compared.
        by : str or sequence of str, optional
            Factors within whose levels they are compared.
        reference : object, optional
            Level that is subtracted; otherwise the reference of the fit.
        pairs : bool
            Every pair, later minus earlier.
        adjust : str, optional
            `tukey`, `dunnett`, `bonferroni` or `holm`.
        weights, at
            As for `means`.

        Returns
        -------
        Result
            See `margins.contrasts`.
        """
        return margins.contrasts(
            self.coefficients,
            factor,
            by=by,
            reference=reference,
            pairs=pairs,
            adjust=adjust,
            weights=weights,
            at=at,
            level=self.level,
        )

    def test(self, term: str | None = None, *, kind: Kind = "II") -> TermTests:
        """F test of a term, or of each term.

        Parameters
        ----------
        term : str, optional
            Such as `arm`; otherwise all but the intercept.
        kind : str
            `II`: beside all terms that do not contain it. `III`: beside all other terms.

        Returns
        -------
        TermTests
            `statistic` is F, `df` its denominator's degrees of freedom, `df_numerator` a further column.

        Raises
        ------
        MethodError
            Unknown term, or one with nothing to test.
        """
        terms = [name for name in self.design.terms if name != "Intercept"] if term is None else [term]
        df = len(self.design.y) - len(self.design.columns)
        rows = []
        for name in terms:
            hypothesis = term_rows(self.design, name, kind)
            statistic, p = wald(hypothesis, self.coefficients.values, self.coefficients.covariance, df)
            rows.append(
                {"term": name, "estimate": np.nan, "df": df, "statistic": statistic, "p_value": p, "n": self.n}
                | {"df_numerator": len(hypothesis)}
            )
        return TermTests(
            frame=estimate_frame(pd.DataFrame(rows)),
            method=f"type {kind} F tests; {self.method}",
            n=self.n,
            level=self.level,
            notes=self.notes,
        )


def ancova(
    outcomes: pd.DataFrame,
    formula: str = FORMULA,
    *,
    outcome: str,
    visit: str,
    reference: str | Mapping[str, Any] | None = None,
    level: float = 0.95,
    vcov: Vcov = "model",
) -> LinearFit:
    """Analysis of covariance of one outcome at one visit.

    Parameters
    ----------
    outcomes : DataFrame
        Canonical outcomes: one row per participant, visit and outcome.
    formula : str
        The model; `arm` need not be in it.
    outcome : str
        Id of a measure, such as `spasticity_nrs`.
    visit : str
        Such as `week 12`.
    reference : str or mapping, optional
        Reference level of `arm`, or of several factors by name; otherwise the first level.
    level : float
        Confidence level.
    vcov : str
        `model`: one residual variance. `HC3`: variances may differ between people.

    Returns
    -------
    LinearFit
        One row per coefficient, grouped by outcome and visit; aliased ones are missing. `.means()` and
        `.contrasts()` are what a report wants.

    Raises
    ------
    MethodError
        Unknown outcome, visit, column or level; too few rows.
    DataError
        A participant has two rows at the visit.

    References
    ----------
    .. [1] Vickers & Altman 2001, BMJ 323:1123-1124. [from memory]
    """
    one_of("vcov", vcov, ("model", "HC3"))
    rows, absent = at_visit(outcomes, outcome, visit)
    design = Design.of(formula, rows, reference={"arm": reference} if isinstance(reference, str) else reference)
    solution = solved(design.X, design.y)
    covariance = solution.unscaled * solution.sigma**2 if vcov == "model" else hc3(design.X, solution)
    errors = "" if vcov == "model" else ", HC3 standard errors"
    method = f"ANCOVA of {measure(outcome).label} at {visit} (`{formula}`), least squares{errors}"
    fit = Coefficients(
        design=design,
        values=solution.values,
        covariance=covariance,
        df=lambda L: np.full(len(L), float(solution.df)),
        method=method,
    )
    return LinearFit(
        frame=_coefficients(fit, solution.df, level, outcome, visit),
        method=method,
        n=design.participants,
        level=level,
        notes=absent + design.notes + _condition(solution) + (_unequal(design, solution) if vcov == "model" else ()),
        design=design,
        coefficients=fit,
        residuals=_residuals(design, solution),
        sigma=solution.sigma,
        condition=solution.condition,
    )


def _condition(solution: Solution) -> tuple[str, ...]:
    if solution.condition < ILL_CONDITIONED:
        return ()
    return (f"the columns are nearly dependent (condition number {solution.condition:.0e}); few digits can be trusted",)


def _unequal(design: Design, solution: Solution) -> tuple[str, ...]:
    """Factors whose smaller level varies more: benchmarks/designs_coverage.py measured errors that are too small."""
    notes = []
    for name in design.levels:
        labels = design.data[name].astype(str).to_numpy()
        parts = [solution.residuals[labels == label] for label in np.unique(labels)]
        parts = sorted((part for part in parts if len(part) >= ENOUGH), key=len)
        if len(parts) < 2 or len(parts[-1]) < 1.5 * len(parts[0]):
            continue
        small, large = float(parts[0].var(ddof=1)), float(parts[-1].var(ddof=1))
        if small > UNEQUAL * large > 0:
            notes.append(
                f"the smallest level of `{name}` varies {small / large:.1f} times as much as the largest, so that "
                "standard errors are too small (docs/methods/ancova.md); vcov='HC3' allows for that"
            )
    return tuple(notes)


def _coefficients(fit: Coefficients, df: int, level: float, outcome: str, visit: str) -> pd.DataFrame:
    design = fit.design
    error = np.sqrt(np.diag(fit.covariance))
    statistic = np.divide(fit.values, error, out=np.full(len(error), np.nan), where=error > 0)
    margin = stats.t.isf((1 - level) / 2, df) * error
    frame = pd.DataFrame(
        {
            "estimate": fit.values,
            "std_error": error,
            "df": float(df),
            "statistic": statistic,
            "p_value": 2 * stats.t.sf(np.abs(statistic), df),
            "conf_low": fit.values - margin,
            "conf_high": fit.values + margin,
        },
        index=list(design.columns),
    ).reindex(list(design.all_columns))
    frame.insert(0, "term", list(design.all_columns))
    return estimate_frame(frame.assign(outcome=outcome, visit=visit, n=design.participants), ["outcome", "visit"])


def _residuals(design: Design, solution: Solution) -> pd.DataFrame:
    spread: NDArray[np.float64] = solution.sigma * np.sqrt(np.maximum(1 - solution.leverage, 0))
    safe = np.where((solution.leverage < 1 - 1e-10) & (spread > 0), spread, np.nan)
    named = [name for name in ("participant", *design.levels) if name in design.data]
    return design.data[named].assign(
        fitted=solution.fitted,
        residual=solution.residuals,
        standardised=solution.residuals / safe,
        leverage=solution.leverage,
    )
