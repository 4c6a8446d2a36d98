"""The result of a model of grades, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from spasticity.errors import MethodError, one_of
from spasticity.stats import margins
from spasticity.stats.chi_squared import ChiSquaredTests
from spasticity.stats.grid import Weights, combinations
from spasticity.stats.hypotheses import Kind
from spasticity.stats.likelihood_ratio import ratio_frame
from spasticity.stats.margins import Coefficients
from spasticity.stats.multiplicity import Adjustment
from spasticity.stats.ordinal_fit import Estimated, profile_limits
from spasticity.stats.ordinal_probabilities import Of, Person, predicted, probability_frame
from spasticity.stats.ordinal_terms import latent, liberal, proportional, term_ratio
from spasticity.stats.result import Result, estimate_frame


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class Ordinal(Result):
    """A cumulative link model; `frame` has the effects, then the thresholds.

    Parameters
    ----------
    frame, method, n, level, notes
        As for every result. An effect above 0 is a shift to higher categories.
    categories : tuple
        The grades, in order.
    link : str
    log_likelihood, aic, bic : float
        BIC counts participants.
    iterations : int
        Newton steps to the maximum.
    fitted : Estimated
        The model's own state.
    """

    categories: tuple[Any, ...]
    link: str
    log_likelihood: float
    aic: float
    bic: float
    iterations: int
    fitted: Estimated

    @property
    def coefficients(self) -> Coefficients:
        """Effects as adjusted means and contrasts take them; the intercept is minus the mean threshold."""
        return latent(self.fitted, self.method)

    def means(
        self,
        factor: str = "arm",
        *,
        by: str | Sequence[str] | None = None,
        weights: Weights = "equal",
        at: Mapping[str, Any] | None = None,
    ) -> Result:
        """Adjusted means of the latent variable, from the mean of the thresholds.

        Parameters
        ----------
        factor : str
            Whose levels have a mean each.
        by : str or sequence of str, optional
            Factors within whose levels the means are wanted, such as `visit`.
        weights : str
            `equal`, `proportional` or `observed`.
        at : mapping, optional
            Values of covariates, or levels of factors to keep.

        Returns
        -------
        Result
            `probabilities` is what a reader understands.
        """
        self._refuse_nominal("means")
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
        """Differences on the scale of the predictor: with the logit link, log odds ratios of a higher grade.

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
        self._refuse_nominal("contrasts")
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

    def odds_ratios(self, factor: str = "arm", **options: Any) -> Result:
        """Odds of a higher grade, each level divided by the reference; below 1 is a shift to lower grades.

        Parameters
        ----------
        factor : str
            Whose levels are compared.
        **options
            As for `contrasts`.

        Returns
        -------
        Result
            `std_error` is that of the ratio; statistic and p are of its logarithm.

        Raises
        ------
        MethodError
            With another link than logit.
        """
        if self.link != "logit":
            raise MethodError(f"odds ratios belong to link='logit'; with {self.link!r} use `.contrasts()`.")
        logs = self.contrasts(factor, **options)
        frame = logs.frame.copy()
        ratio = np.exp(frame["estimate"])
        frame["std_error"] = frame["std_error"] * ratio
        frame["estimate"] = ratio
        frame[["conf_low", "conf_high"]] = np.exp(frame[["conf_low", "conf_high"]])
        frame["term"] = frame["term"].str.replace(" - ", " / ", regex=False)
        method = f"odds ratios of a higher category; {logs.method}"
        return Result(frame=frame, method=method, n=logs.n, level=logs.level, notes=logs.notes)

    def probabilities(
        self,
        factor: str = "arm",
        *,
        by: str | Sequence[str] | None = None,
        of: Of = "category",
        weights: Weights = "equal",
        at: Mapping[str, Any] | None = None,
        person: Person = "average",
    ) -> Result:
        """Probabilities of the grades, averaged over the other factors.

        Parameters
        ----------
        factor : str
            Whose levels have probabilities each.
        by : str or sequence of str, optional
            Factors within whose levels they are wanted.
        of : str
            `category`: of each grade. `at least`: of this grade or a higher one.
        weights, at
            As for `means`.
        person : str
            With a random intercept: `average` over people, or a `typical` one, whose intercept is 0.

        Returns
        -------
        Result
            Grouped by `by`, the factor and `category`; intervals by the delta method on the logit scale.
        """
        one_of("of", of, ("category", "at least"))
        one_of("person", person, ("average", "typical"))
        names = [by] if isinstance(by, str) else list(by or [])
        chosen, parts = combinations(self.fitted.grades.design, factor, names, weights, at)
        averaged = "" if self.fitted.mixed is None else f"of the {person} person, "
        return Result(
            frame=probability_frame(self.fitted, chosen, parts, of, person, self.level),
            method=f"adjusted probabilities ({averaged}delta method on the logit scale); {self.method}",
            n=self.n,
            level=self.level,
            notes=self.notes,
        )

    def predict(self, rows: pd.DataFrame | None = None, *, person: Person = "average") -> pd.DataFrame:
        """Probabilities of the grades for rows, which need not have a grade.

        Parameters
        ----------
        rows : DataFrame, optional
            Has every variable of the predictor; otherwise the rows of the fit.
        person : str
            As for `probabilities`.

        Returns
        -------
        DataFrame
            The rows' own index, a column for each grade.
        """
        one_of("person", person, ("average", "typical"))
        design = self.fitted.grades.design
        found = predicted(self.fitted, design.X if rows is None else design.rows_for(rows), person)
        return found.set_axis(design.data.index if rows is None else rows.index)

    def profile(self, term: str | None = None) -> Result:
        """Profile-likelihood intervals and likelihood-ratio tests of effects.

        They are not centred on the estimate, as Wald's are; with few participants they reject a little too often.

        Parameters
        ----------
        term : str, optional
            A row of `frame`; otherwise every effect.

        Returns
        -------
        Result
            `statistic` is the signed root of the likelihood ratio; `wald_low`, `wald_high` are further columns.
        """
        effects = self.frame[self.frame["p_value"].notna() & self.frame["place"].notna()]
        if term is not None:
            effects = pd.DataFrame([self.row(term)])
        rows = []
        for _, row in effects.iterrows():
            place = int(row["place"])
            low, high = profile_limits(self.fitted, place, self.level)
            root = self.fitted.signed_root(place)
            rows.append(
                dict(row)
                | {"statistic": root, "p_value": 2 * float(stats.norm.sf(abs(root)))}
                | {"conf_low": low, "conf_high": high, "wald_low": row["conf_low"], "wald_high": row["conf_high"]}
            )
        return Result(
            frame=estimate_frame(pd.DataFrame(rows).drop(columns="place")),
            method=(
                f"profile-likelihood intervals{liberal(self.n)}; "
                f"{self.method.removesuffix(liberal(self.n)).removesuffix('Wald intervals').rstrip(' ,;')}"
            ),
            n=self.n,
            level=self.level,
            notes=self.notes,
        )

    def test(self, term: str | None = None, *, kind: Kind = "II") -> ChiSquaredTests:
        """Likelihood-ratio test of a term, or of each term.

        Parameters
        ----------
        term : str, optional
            Such as `arm` or `arm:visit`; otherwise every term with one effect.
        kind : str
            `II`: beside all terms that do not contain it. `III`: beside all other terms.

        Returns
        -------
        ChiSquaredTests
        """
        design, nominal = self.fitted.grades.design, self.fitted.grades.nominal
        terms = [name for name in design.terms if name != "Intercept" and name not in nominal]
        found = {name: term_ratio(self.fitted, name, kind) for name in (terms if term is None else [term])}
        return ChiSquaredTests(
            frame=ratio_frame(found, self.n),
            method=f"type {kind} likelihood-ratio tests{liberal(self.n)}; {self.method}",
            n=self.n,
            level=self.level,
            notes=self.notes,
        )

    def proportional_odds(self, term: str | None = None) -> ChiSquaredTests:
        """Whether a term's effect is the same at every threshold.

        Each term is fitted again with an effect at each threshold. A small p speaks against one effect; a large one
        is no proof of it.

        Parameters
        ----------
        term : str, optional
            Otherwise each term with one effect.

        Returns
        -------
        ChiSquaredTests
            Missing, with a note, where the larger model cannot be fitted.

        References
        ----------
        .. [1] Peterson & Harrell 1990, Applied Statistics 39:205-217. [from memory]
        """
        found, notes = proportional(self.fitted, term)
        return ChiSquaredTests(
            frame=ratio_frame(found, self.n),
            method=f"likelihood-ratio tests of effects that differ between thresholds; {self.method}",
            n=self.n,
            level=self.level,
            notes=self.notes + notes,
        )

    def _refuse_nominal(self, what: str) -> None:
        if self.fitted.grades.nominal:
            raise MethodError(
                f"{what}: effects that differ between thresholds have no single one; see `.frame` for each, or "
                "`.probabilities()`."
            )


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class OrdinalMixed(Ordinal):
    """The same with a random intercept for each participant.

    Parameters
    ----------
    sigma : float
        Its standard deviation; 0 at the boundary.
    nodes : int
        Of the quadrature; 1 is the Laplace approximation.
    intercepts : DataFrame
        `participant`, `estimate` (conditional mode) and `std_error` (conditional, parameters taken as known).
    """

    sigma: float
    nodes: int
    intercepts: pd.DataFrame
