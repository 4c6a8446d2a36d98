"""The result of a mixed model for repeated measures, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from spasticity.errors import one_of
from spasticity.stats import margins
from spasticity.stats.grid import Weights
from spasticity.stats.hypotheses import Kind, TermTests
from spasticity.stats.margins import Coefficients
from spasticity.stats.mmrm_checks import observed_and_fitted, profile
from spasticity.stats.mmrm_envelope import ResidualBand, residual_quantiles
from spasticity.stats.mmrm_fitted import Fitted
from spasticity.stats.mmrm_inference import Inference
from spasticity.stats.mmrm_tables import (
    fit_lines,
    hypothesis_words,
    liberal_words,
    predictions,
    test_frame,
)
from spasticity.stats.mmrm_terms import known_term, named_contrast, term_contrast
from spasticity.stats.multiplicity import Adjustment
from spasticity.stats.result import Result

Residuals = Literal["raw", "pearson", "normalized"]


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class Mmrm(Result):
    """A fitted mixed model for repeated measures; `frame` has the coefficients.

    Parameters
    ----------
    frame, method, n, level, notes
        As for every result.
    covariance : DataFrame
        Of the visits; with `covariance_by` the index is group and visit.
    correlation : DataFrame
        The same as correlations.
    log_likelihood : float
        Restricted with REML.
    aic, bic : float
        With the number of covariance parameters, and for BIC the number of participants, as SAS and R's mmrm count.
    structure : str
        The covariance that was used.
    iterations : int
        Newton steps to the maximum.
    fitted : Fitted
        The model's own state.
    inference : Inference
        Its standard errors and degrees of freedom.
    """

    covariance: pd.DataFrame
    correlation: pd.DataFrame
    log_likelihood: float
    aic: float
    bic: float
    structure: str
    iterations: int
    fitted: Fitted
    inference: Inference

    @property
    def response(self) -> str:
        """The left side of the formula, such as `change`."""
        return self.fitted.rows.design.formula.split("~")[0].strip()

    @property
    def outcome(self) -> str | None:
        """Id of the measure when the rows are of one, as outcomes say it."""
        rows = self.fitted.rows.design.data
        named = list(rows["outcome"].unique()) if "outcome" in rows else []
        return str(named[0]) if len(named) == 1 else None

    @property
    def coefficients(self) -> Coefficients:
        """Coefficients, their covariance and degrees of freedom, as adjusted means and contrasts take them."""
        return Coefficients(
            design=self.fitted.rows.design,
            values=self.fitted.coefficients,
            covariance=self.inference.covariance,
            df=self.inference.df,
            method=self.method,
        )

    def means(
        self,
        factor: str,
        *,
        by: str | Sequence[str] | None = None,
        weights: Weights = "equal",
        at: Mapping[str, Any] | None = None,
    ) -> Result:
        """Adjusted (least-squares) means.

        Parameters
        ----------
        factor : str
            Whose levels have a mean each, such as `arm`.
        by : str or sequence of str, optional
            Factors within whose levels the means are wanted, such as `visit`.
        weights : str
            `equal`, `proportional` or `observed`.
        at : mapping, optional
            Values of covariates, or levels of factors to keep.

        Returns
        -------
        Result
        """
        return margins.adjusted_means(self.coefficients, factor, by=by, weights=weights, at=at, level=self.level)

    def contrasts(
        self,
        factor: str,
        *,
        by: str | Sequence[str] | None = None,
        reference: Any = None,
        pairs: bool = False,
        adjust: Adjustment | None = None,
        weights: Weights = "equal",
        at: Mapping[str, Any] | None = None,
    ) -> Result:
        """Differences of adjusted means, with intervals and p values.

        Parameters
        ----------
        factor : str
            Whose levels are compared.
        by : str or sequence of str, optional
            Factors within whose levels they are compared; each is a family of its own for `adjust`.
        reference : object, optional
            Level that is subtracted; otherwise the reference level of the fit.
        pairs : bool
            Every pair of levels.
        adjust : str, optional
            `tukey`, `dunnett`, `bonferroni` or `holm`.
        weights, at
            As for `means`.

        Returns
        -------
        Result
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

    def test(
        self,
        hypothesis: str | Mapping[str, float] | Sequence[Mapping[str, float]] | None = None,
        *,
        kind: Kind = "III",
    ) -> TermTests:
        """F tests: of every term, of one term, or of coefficients with multipliers.

        Parameters
        ----------
        hypothesis : str, mapping or sequence of mappings, optional
            A term such as `arm:visit`; or `{"arm[drug]": 1, "arm[other]": -1}`, several of them for a joint test.
            Without it, every term but the intercept.
        kind : str
            Of tests of terms: `III` (equal weights over other factors) or `II`.

        Returns
        -------
        TermTests

        Raises
        ------
        MethodError
            Unknown term, coefficient or kind.
        """
        design = self.fitted.rows.design
        if hypothesis is None:
            terms = [term for term in design.terms if term != "Intercept"]
            found = {term: term_contrast(design, term, kind) for term in terms}
        elif isinstance(hypothesis, str):
            found = {known_term(design, hypothesis): term_contrast(design, hypothesis, kind)}
        else:
            found = {hypothesis_words(hypothesis): named_contrast(design, hypothesis)}
        words = f"type {kind} " if hypothesis is None or isinstance(hypothesis, str) else ""
        frame = test_frame(found, self.inference, self.n)
        return TermTests(
            frame=frame,
            method=f"{words}F tests; {self.method}{liberal_words(frame, self.inference, self.n)}",
            n=self.n,
            level=self.level,
            notes=self.notes,
        )

    def predict(self, rows: pd.DataFrame | None = None, *, conditional: bool = False) -> pd.DataFrame:
        """Expected outcomes of rows, which need not have an outcome.

        Parameters
        ----------
        rows : DataFrame, optional
            Has every variable of the predictor; otherwise the rows of the fit.
        conditional : bool
            Given what was observed of the same participant; `rows` then have `participant` and the visit's column
            too, and standard errors are missing.

        Returns
        -------
        DataFrame
            The rows' own index; `estimate`, `std_error`, `df`, `conf_low`, `conf_high` of the expected value.
        """
        return predictions(self.fitted, self.inference, rows, conditional, self.level)

    def residuals(self, kind: Residuals = "raw") -> pd.DataFrame:
        """Residuals of the rows that were used.

        Parameters
        ----------
        kind : str
            `raw`; `pearson`, divided by their standard deviation; `normalized`, uncorrelated with variance 1.

        Returns
        -------
        DataFrame
            The outcomes' own index; `participant`, `visit`, `fitted`, `residual`.
        """
        one_of("kind", kind, ("raw", "pearson", "normalized"))
        return self._labelled(fitted=self.fitted.values, residual=self.fitted.residuals(kind))

    def quantiles(
        self,
        *,
        band: ResidualBand = "simultaneous",
        level: float = 0.95,
        rng: np.random.Generator | None = None,
        draws: int = 199,
    ) -> pd.DataFrame:
        """Ordered normalized residuals beside normal quantiles, with a band.

        Parameters
        ----------
        band : str
            `refitted` holds all residuals of a fit with probability `level` when the model is true; `simultaneous`
            and `pointwise` all or each of a normal sample, which residuals leave far more rarely.
        level : float
            Probability.
        rng, draws : Generator, int
            Source of randomness and number of fits, for `refitted`.

        Returns
        -------
        DataFrame
            As of `stats.normal_quantiles`.
        """
        return residual_quantiles(self.fitted, self.residuals("normalized")["residual"], band, level, rng, draws)

    def simulate(self, *, rng: np.random.Generator, draws: int = 1) -> pd.DataFrame:
        """Outcomes drawn from the fitted model, for the rows that were used.

        Parameters
        ----------
        rng : Generator
            Source of randomness.
        draws : int
            How many outcomes for each row.

        Returns
        -------
        DataFrame
            `participant`, `visit`, and one column per draw: `draw 1`, `draw 2`, ...
        """
        outcomes = self.fitted.simulated(rng, draws)
        return self._labelled(**{f"draw {place + 1}": outcome for place, outcome in enumerate(outcomes)})

    def by_visit(self, by: str | Sequence[str] = ()) -> pd.DataFrame:
        """Observed beside fitted means and standard deviations at each visit.

        Parameters
        ----------
        by : str or sequence of str
            Further columns of the outcomes, such as `arm`.

        Returns
        -------
        DataFrame
        """
        return observed_and_fitted(self.fitted, [by] if isinstance(by, str) else by)

    def profile(self, term: str, values: Sequence[float] | None = None) -> pd.DataFrame:
        """The likelihood along one coefficient, everything else fitted again at each value.

        Parameters
        ----------
        term : str
            A coefficient.
        values : sequence of float, optional
            Otherwise 13 values up to three standard errors on either side of the estimate.

        Returns
        -------
        DataFrame
            `value`, `log_likelihood` (of ML) and `limit`, above which values are in the likelihood interval.
        """
        if values is None:
            row = self.row(term)
            values = row["estimate"] + row["std_error"] * np.linspace(-3, 3, 13)
        return profile(self.fitted, term, values, self.level)

    def _labelled(self, **columns: Any) -> pd.DataFrame:
        rows = self.fitted.rows
        labels = {
            "participant": np.array(rows.people, dtype=object)[rows.participant],
            "visit": pd.Categorical.from_codes(rows.visit, categories=pd.Index(rows.visits), ordered=True),
        }
        return pd.DataFrame({**labels, **columns}, index=rows.design.data.index)

    def summary(self, digits: int = 2) -> str:
        """Method, coefficients, fit and covariance as text.

        Parameters
        ----------
        digits : int
            Decimals.

        Returns
        -------
        str
        """
        covariance = self.covariance.round(digits).to_string()
        parts = [Result.summary(self, digits), *fit_lines(self), f"Covariance of the visits\n{covariance}"]
        return "\n".join([parts[0], "", *parts[1:-1], "", parts[-1]])

    def _repr_html_(self) -> str:
        fit = "".join(f"<br>{line}" for line in fit_lines(self))
        both = "".join(
            f"<p><b>{title} of the visits</b></p>{matrix.round(digits).to_html(border=0)}"
            for title, matrix, digits in (("Covariance", self.covariance, 2), ("Correlation", self.correlation, 3))
        )
        return f"{Result._repr_html_(self)}<p>{fit.removeprefix('<br>')}</p>{both}"
