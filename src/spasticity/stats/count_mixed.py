"""Models of repeated counts with a random intercept for each participant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import linalg
from scipy import stats as distributions

from spasticity.errors import MethodError, one_of
from spasticity.stats.chi_squared import ChiSquaredTests
from spasticity.stats.count_adjusted import adjusted
from spasticity.stats.count_families import FAMILIES, CountLikelihood, Family
from spasticity.stats.count_maximum import fitted
from spasticity.stats.count_rows import Counted, counted
from spasticity.stats.formulas import Coding
from spasticity.stats.hypotheses import Kind, term_rows
from spasticity.stats.intercept_model import Clusters, Model, Predictor
from spasticity.stats.linked import LOG, LinkedFit, coefficient_frame
from spasticity.stats.marginal_means import Shift, standardised
from spasticity.stats.margins import Coefficients
from spasticity.stats.random_intercept import Fit, maximised
from spasticity.stats.result import Result, estimate_frame
from spasticity.wording import number, plural

Array = NDArray[np.float64]
MixedFamily = Literal["negative-binomial", "negative-binomial-linear", "poisson"]
MixedDf = Literal["participants", "normal"]
Variation = Literal["adjusted", "likelihood"]
DF_WORDS = {"participants": "t with participants less coefficients", "normal": "normal quantiles"}

#: Participants below which choices that were measured off their band are named: 80 per arm were right.
SMALL = 160


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class MixedCountFit(LinkedFit):
    """A fitted model of repeated counts with random intercepts; `frame` has the coefficients.

    A random intercept leaves rate ratios what they are: the ratio of a participant (conditional) is the ratio of the
    population (marginal). Rates differ: `.means()` are those of a participant with the intercept 0, `.marginal()` those
    of the population, exp(sigma^2 / 2) times as large.

    Parameters
    ----------
    frame, method, n, level, notes, coefficients, link, unit
        As for every fit with a link.
    sigma : float
        Standard deviation of the random intercepts, on the scale of the logarithm.
    dispersion : float
        Of the negative binomial; 0 for Poisson models.
    log_likelihood : float
    intercepts : DataFrame
        One row per participant: `participant`, `intercept` (conditional mode) and `std_error`.
    rows : Counted
    family : Family
    nodes : int
    fit : Fit
        The model's own state; its covariance is that of coefficients, log dispersion and sigma.
    """

    sigma: float
    dispersion: float
    log_likelihood: float
    intercepts: pd.DataFrame
    rows: Counted
    family: Family
    nodes: int
    fit: Fit

    @property
    def aic(self) -> float:
        """Akaike's criterion; dispersion and sigma count as parameters."""
        return 2 * (len(self.fit.values) + 1) - 2 * self.log_likelihood

    def marginal(self, factor: str = "arm", *, by: str | Sequence[str] | None = None) -> Result:
        """Rates of the population at each level of a factor, and their ratios; see `LinkedFit.marginal`.

        Parameters
        ----------
        factor : str
            Whose levels are set for everybody.
        by : str or sequence of str, optional
            Further factors whose levels are set.

        Returns
        -------
        Result
        """
        p = len(self.coefficients.values)
        covariance = np.nan_to_num(self.fit.covariance)  # at the boundary sigma is 0 and adds nothing
        shift = Shift(self.sigma**2 / 2, self.sigma**2 * float(covariance[-1, -1]), self.sigma * covariance[:p, -1])
        return standardised(
            self.coefficients, LOG.mean, LOG.slope, factor, by, level=self.level, unit=self.unit,
            word="marginal rate", shift=shift,
        )  # fmt: skip

    def likelihood_ratio(self, term: str | None = None, *, kind: Kind = "III") -> ChiSquaredTests:
        """Likelihood-ratio test of a term, or of each term; everything by plain maximum likelihood.

        Parameters
        ----------
        term : str, optional
            Such as `arm:visit`; otherwise all but the intercept.
        kind : str
            `III` or `II`.

        Returns
        -------
        ChiSquaredTests
            `statistic` is chi-squared with `df` degrees of freedom.
        """
        terms = [name for name in self.design.terms if name != "Intercept"] if term is None else [term]
        best = solved(self.rows, self.design.X, self.family, _labels(self), self.nodes).log_likelihood
        rows = []
        for name in terms:
            L = term_rows(self.design, name, kind)
            without = solved(self.rows, self.design.X @ linalg.null_space(L), self.family, _labels(self), self.nodes)
            chi2 = max(0.0, 2 * (best - without.log_likelihood))
            rows.append({"term": name, "estimate": np.nan, "statistic": chi2, "df": len(L), "n": self.n})
            rows[-1]["p_value"] = float(distributions.chi2.sf(chi2, len(L)))
        return ChiSquaredTests(
            frame=estimate_frame(pd.DataFrame(rows)),
            method=f"likelihood-ratio tests (type {kind}); {self.method}",
            n=self.n,
            level=self.level,
            notes=self.notes,
        )


def mixed_counts(
    outcomes: pd.DataFrame,
    formula: str,
    *,
    exposure: str | None = None,
    family: MixedFamily = "negative-binomial",
    participant: str = "participant",
    nodes: int = 11,
    variation: Variation = "adjusted",
    df: MixedDf = "participants",
    reference: str | Mapping[str, Any] | None = None,
    coding: Coding = "treatment",
    level: float = 0.95,
) -> MixedCountFit:
    """Repeated counts with a random intercept for each participant, by maximum likelihood.

    The default, variances corrected for the estimated coefficients and t quantiles, is the one whose error rate was
    measured right in small trials; see docs/methods/counts.md.

    Parameters
    ----------
    outcomes : DataFrame
        One row per participant and visit, or day. Rows without a variable are left out and counted; they are taken to
        be missing at random.
    formula : str
        Such as `spasms ~ log_baseline + arm * visit + cohort`.
    exposure : str, optional
        Column with the time over which each row was counted, its unit in its name.
    family : str
        `negative-binomial` (NB2), `negative-binomial-linear` (NB1) or `poisson`, given the participant.
    participant : str
        Column that says whose a row is.
    nodes : int
        Of the adaptive Gauss-Hermite quadrature; 1 is the Laplace approximation.
    variation : str
        How dispersion and sigma are estimated: `adjusted` for the estimated coefficients, as restricted likelihood
        does, or by plain `likelihood` as other programs do.
    df : str
        `participants` (less coefficients) or `normal`.
    reference : str or mapping, optional
        Reference level of `arm`, or of several factors by name.
    coding : str
        Of factors: `treatment` or `sum`.
    level : float
        Confidence level.

    Returns
    -------
    MixedCountFit

    Raises
    ------
    MethodError
        Unknown options, nobody with two rows, no event or separation, no convergence.
    DataError
        Counts or exposures that are none.

    References
    ----------
    .. [1] Pinheiro & Bates 1995, Journal of Computational and Graphical Statistics 4:12-35. [from memory]
    .. [2] Cox & Reid 1987, Journal of the Royal Statistical Society B 49:1-39. [from memory]
    """
    one_of("family", family, list(FAMILIES))
    one_of("variation", variation, ("adjusted", "likelihood"))
    one_of("df", df, list(DF_WORDS))
    if not 0 < level < 1:
        raise MethodError(f"level={level!r} is not between 0 and 1; 0.95 gives 95 % intervals.")
    named = {"arm": reference} if isinstance(reference, str) else reference
    rows = counted(
        outcomes, formula, exposure=exposure, reference=named, whole=True, coding=coding, needed=(participant,)
    )
    labels = rows.design.data[participant].to_numpy()
    people = len(pd.unique(labels))
    _check_people(people, len(labels), rows.design.X.shape[1])
    kind = FAMILIES[family]
    p = rows.design.X.shape[1]
    fit = solved(rows, rows.design.X, kind, labels, nodes)
    if variation == "adjusted":
        fit = adjusted(fit, p)
    left = float(people - p) if df == "participants" else np.inf
    method = _method(rows, kind, nodes, variation, df)
    coefficients = Coefficients(
        design=rows.design,
        values=fit.values[:p],
        covariance=fit.covariance[:p, :p],
        df=lambda L: np.full(len(L), left),
        method=method,
    )
    dispersion = float(np.exp(fit.values[p])) if kind.dispersed else 0.0
    return MixedCountFit(
        frame=coefficient_frame(coefficients, level, ratio=True),
        method=method,
        n=people,
        level=level,
        notes=(*rows.notes, *rows.design.notes, *_said(fit, kind, dispersion), *_measured(people, variation, df)),
        coefficients=coefficients,
        link=LOG,
        unit=rows.unit,
        sigma=fit.sigma,
        dispersion=dispersion,
        log_likelihood=fit.log_likelihood,
        intercepts=pd.DataFrame(
            {participant: np.unique(labels), "intercept": fit.intercepts, "std_error": fit.intercept_errors}
        ),
        rows=rows,
        family=kind,
        nodes=nodes,
        fit=fit,
    )


def _check_people(people: int, rows: int, p: int) -> None:
    if rows == people:
        raise MethodError("mixed counts: nobody has two rows, so there is no random intercept; use `stats.counts`.")
    if people <= p:
        raise MethodError(
            f"mixed counts: {plural(people, 'participant')} for {plural(p, 'coefficient')}; expected more participants "
            "than coefficients. Use fewer terms."
        )


def solved(rows: Counted, X: Array, family: Family, labels: NDArray[Any], nodes: int) -> Fit:
    """The maximum of the marginal likelihood.

    Parameters
    ----------
    rows : Counted
    X : ndarray, shape (n, p)
        Columns of the predictor; those of the design or fewer.
    family : Family
    labels : ndarray, shape (n,)
        Whose each row is.
    nodes : int

    Returns
    -------
    Fit
        Values are the coefficients and, of a negative binomial, the logarithm of the dispersion.
    """
    clusters, order = Clusters.of(labels)
    p = X.shape[1]
    flat = fitted(X, rows.y, rows.offset, family)
    predictors: tuple[Predictor, ...] = (Predictor(X[order], np.arange(p), rows.offset[order]),)
    start = np.append(flat.values, 0.5)
    if family.dispersed:
        predictors = (*predictors, Predictor(np.ones((len(order), 1)), np.array([p])))
        start = np.append(flat.values, [np.log(max(flat.dispersion / 2, 1e-2)), 0.5])
    model = Model(CountLikelihood(family, rows.y[order]), predictors, clusters, nodes)
    return maximised(model, start, where="mixed counts")


def _labels(fit: MixedCountFit) -> NDArray[Any]:
    return np.asarray(fit.rows.design.data[fit.intercepts.columns[0]].to_numpy())


def _method(rows: Counted, family: Family, nodes: int, variation: str, df: str) -> str:
    offset = f", offset log {rows.exposure}" if rows.exposure else ""
    by = ", variances adjusted for the coefficients (Cox-Reid)" if variation == "adjusted" else ""
    how = "Laplace approximation" if nodes == 1 else f"adaptive Gauss-Hermite quadrature with {nodes} nodes"
    return (
        f"{family.words} mixed model of counts (`{rows.design.formula}`{offset}), random intercept of participants, "
        f"maximum likelihood by {how}{by}, {DF_WORDS[df]}"
    )


def _measured(people: int, variation: str, df: str) -> tuple[str, ...]:
    """Choices whose error rate was measured off its band in trials of this size, in words."""
    if people >= SMALL or (variation == "adjusted" and df == "participants"):
        return ()
    return (
        "without adjusted variances and t quantiles intervals missed the truth in 8 to 11 % of trials of 12 people per "
        "arm (docs/methods/counts.md)",
    )


def _said(fit: Fit, family: Family, dispersion: float) -> tuple[str, ...]:
    notes = [f"standard deviation of the random intercepts {number(fit.sigma, 3)} (logarithm)"]
    if fit.boundary:
        notes = ["the random intercepts vanish: their standard deviation is at its boundary, 0"]
    if family.dispersed:
        form = "mean" if family.name.endswith("linear") else "mean^2"
        notes.append(f"variance given the participant = mean + {number(dispersion, 3)} {form}")
    return tuple(notes)
