"""Fits whose predictor is a logarithm or a log odds: their means and contrasts, on the scale people read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from scipy.special import expit

from spasticity.stats import margins
from spasticity.stats.design import Design
from spasticity.stats.grid import Weights
from spasticity.stats.hypotheses import Kind, TermTests, term_rows, wald
from spasticity.stats.marginal_means import standardised
from spasticity.stats.margins import Coefficients
from spasticity.stats.multiplicity import Adjustment
from spasticity.stats.result import Result, estimate_frame

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """How the predictor and the mean belong together.

    Parameters
    ----------
    name : str
    mean : callable
        From the predictor to the mean.
    slope : callable
        Its derivative.
    mean_word, contrast_word : str
        What a mean and a contrast are called.
    ratio : bool
        Whether a difference of predictors is the logarithm of a ratio.
    """

    name: str
    mean: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    mean_word: str
    contrast_word: str
    ratio: bool


LOG = Link(name="log", mean=np.exp, slope=np.exp, mean_word="adjusted rate", contrast_word="rate ratios", ratio=True)
LOGIT = Link(
    name="logit",
    mean=expit,
    slope=lambda eta: expit(eta) * expit(-eta),
    mean_word="adjusted probability",
    contrast_word="odds ratios",
    ratio=True,
)
IDENTITY = Link(
    name="identity",
    mean=np.positive,
    slope=np.ones_like,
    mean_word=margins.MEAN,
    contrast_word="differences",
    ratio=False,
)
LINKS: Mapping[str, Link] = MappingProxyType({link.name: link for link in (LOG, LOGIT, IDENTITY)})


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class LinkedFit(Result):
    """A fit with a link; `frame` has its coefficients, on the scale of the predictor, and their ratios beside them.

    Parameters
    ----------
    frame, method, n, level, notes
        As for every result; further columns `ratio, ratio_low, ratio_high` where the link makes ratios.
    coefficients : Coefficients
    link : Link
    unit : str
        What a rate is per, such as `per day`; empty for what is no rate.
    """

    coefficients: Coefficients
    link: Link
    unit: str = ""

    @property
    def design(self) -> Design:
        """Columns, rows used and rows left out."""
        return self.coefficients.design

    def means(
        self,
        factor: str = "arm",
        *,
        by: str | Sequence[str] | None = None,
        weights: Weights = "equal",
        at: Mapping[str, Any] | None = None,
    ) -> Result:
        """Adjusted means of the levels of a factor: rates per unit of exposure, or probabilities.

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
            Averaged on the scale of the predictor; `std_error` by the delta method, with `link_estimate` and
            `link_std_error` beside it. Limits are those of the predictor, carried over.
        """
        found = margins.adjusted_means(self.coefficients, factor, by=by, weights=weights, at=at, level=self.level)
        frame = carried(found.frame, self.link.mean, self.link.slope).assign(term=self.link.mean_word)
        per = f" {self.unit}" if self.unit else ""
        method = found.method.replace("adjusted means", f"{_plural(self.link.mean_word)}{per}", 1)
        return Result(frame=frame, method=method, n=found.n, level=self.level, notes=found.notes)

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
        """Ratios of adjusted means: rate ratios or odds ratios; differences where the link is the identity.

        Parameters
        ----------
        factor : str
            Whose levels are compared.
        by : str or sequence of str, optional
            Factors within whose levels they are compared.
        reference : object, optional
            Level in the denominator; otherwise the reference of the fit.
        pairs : bool
            Every pair, later over earlier.
        adjust : str, optional
            `tukey`, `dunnett`, `bonferroni` or `holm`.
        weights, at
            As for `means`.

        Returns
        -------
        Result
            Terms such as `oral baclofen / placebo`; `statistic` and `p_value` are of the logarithm.
        """
        found = margins.contrasts(
            self.coefficients, factor, by=by, reference=reference, pairs=pairs, adjust=adjust, weights=weights, at=at,
            level=self.level,
        )  # fmt: skip
        return as_ratios(found, self.link) if self.link.ratio else found

    def marginal(self, factor: str = "arm", *, by: str | Sequence[str] | None = None) -> Result:
        """Rates everybody in the data would have at each level of a factor, and their ratios (standardisation).

        Unlike adjusted means they are averaged on the scale of the rate or the probability itself.

        Parameters
        ----------
        factor : str
            Whose levels are set for everybody.
        by : str or sequence of str, optional
            Further factors whose levels are set.

        Returns
        -------
        Result
            Terms `marginal rate` and such as `oral baclofen / placebo`.
        """
        return standardised(
            self.coefficients, self.link.mean, self.link.slope, factor, by, level=self.level, unit=self.unit,
            word=self.link.mean_word.replace("adjusted", "marginal"),
        )  # fmt: skip

    def test(self, term: str | None = None, *, kind: Kind = "III") -> TermTests:
        """Wald F test of a term, or of each term.

        Parameters
        ----------
        term : str, optional
            Such as `arm:visit`; otherwise all but the intercept.
        kind : str
            `III` (equal weights over other factors) or `II`.

        Returns
        -------
        TermTests
            `df` is the smallest of the rows tested.
        """
        design = self.design
        terms = [name for name in design.terms if name != "Intercept"] if term is None else [term]
        rows = []
        for name in terms:
            hypothesis = term_rows(design, name, kind)
            df = float(self.coefficients.df(hypothesis).min())
            statistic, p = wald(hypothesis, self.coefficients.values, self.coefficients.covariance, df)
            if np.isinf(df):  # scipy's F has no infinite denominator
                p = float(stats.chi2.sf(statistic * len(hypothesis), len(hypothesis)))
            rows.append({"term": name, "estimate": np.nan, "df": df, "statistic": statistic, "p_value": p, "n": self.n})
            rows[-1]["df_numerator"] = len(hypothesis)
        return TermTests(
            frame=estimate_frame(pd.DataFrame(rows)),
            method=f"type {kind} Wald F tests; {self.method}",
            n=self.n,
            level=self.level,
            notes=self.notes,
        )


def _plural(words: str) -> str:
    return words.removesuffix("y") + "ies" if words.endswith("y") else f"{words}s"


def carried(frame: pd.DataFrame, mean: Callable[[Array], Array], slope: Callable[[Array], Array]) -> pd.DataFrame:
    """Estimates and limits from the scale of the predictor to that of the mean.

    Parameters
    ----------
    frame : DataFrame
        An estimate frame.
    mean, slope : callable
        As in `Link`.

    Returns
    -------
    DataFrame
        With `link_estimate` and `link_std_error`.
    """
    eta, error = frame["estimate"].to_numpy(dtype=np.float64), frame["std_error"].to_numpy(dtype=np.float64)
    with np.errstate(over="ignore"):
        moved = {name: mean(frame[name].to_numpy(dtype=np.float64)) for name in ("estimate", "conf_low", "conf_high")}
        return frame.assign(**moved, std_error=slope(eta) * error, link_estimate=eta, link_std_error=error)


def as_ratios(found: Result, link: Link) -> Result:
    """Differences of predictors as ratios.

    Parameters
    ----------
    found : Result
        From `margins.contrasts`.
    link : Link

    Returns
    -------
    Result
    """
    frame = carried(found.frame, np.exp, np.exp)
    frame["term"] = frame[found.groups[-1]].astype(str) + " / " + frame["reference"].astype(str)
    method = found.method.replace("adjusted means, differences from", f"{link.contrast_word} to", 1)
    method = method.replace("adjusted means, every pair", f"{link.contrast_word} of every pair", 1)
    return Result(frame=frame, method=method, n=found.n, level=found.level, notes=found.notes)


def coefficient_frame(fit: Coefficients, level: float, *, ratio: bool) -> pd.DataFrame:
    """The coefficients of a fit as an estimate frame; aliased ones are missing.

    Parameters
    ----------
    fit : Coefficients
    level : float
    ratio : bool
        Whether exponents are wanted too.

    Returns
    -------
    DataFrame
    """
    design = fit.design
    rows = margins.inferred(fit, np.eye(len(design.all_columns)), adjust=None, means=0, level=level)
    rows.insert(0, "term", list(design.all_columns))
    frame = estimate_frame(rows.assign(n=design.participants))
    if not ratio:
        return frame
    with np.errstate(over="ignore"):
        pairs = {"ratio": "estimate", "ratio_low": "conf_low", "ratio_high": "conf_high"}
        return frame.assign(**{name: np.exp(frame[of]) for name, of in pairs.items()})
