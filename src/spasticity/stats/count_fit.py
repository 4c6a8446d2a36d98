"""Models of counts: rate ratios of spasms, awakenings or events, with the time over which they were counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.errors import MethodError, one_of
from spasticity.stats.count_families import FAMILIES, LINEAR, POISSON
from spasticity.stats.count_maximum import CountModel, Dispersion, fitted
from spasticity.stats.count_result import CountFit
from spasticity.stats.count_rows import Counted, counted
from spasticity.stats.formulas import Coding
from spasticity.stats.linked import LOG, coefficient_frame
from spasticity.stats.margins import Coefficients
from spasticity.stats.robust import POWERS, Robust, blocks_of, sandwich
from spasticity.wording import number, plural

Array = NDArray[np.float64]
CountFamily = Literal["negative-binomial", "negative-binomial-linear", "poisson", "quasi-poisson"]
Vcov = Literal["expected", "observed", "HC0", "HC2", "HC3", "CR0", "CR2", "CR3"]
Df = Literal["residual", "normal", "satterthwaite"]

QUASI = "quasi-poisson"
VCOV_WORDS = {
    "expected": "",
    "observed": ", standard errors from the observed information",
    **{name: f", {name} standard errors" for name in POWERS},
}
DF_WORDS = {
    "residual": "t with residual degrees of freedom",
    "normal": "normal quantiles",
    "satterthwaite": "t with Satterthwaite degrees of freedom",
}

#: Participants below which choices that were measured off their band are named: 80 per arm were right.
SMALL = 160

#: Pearson's chi-squared per degree of freedom from which a plain Poisson model is called wrong.
OVERDISPERSED = 1.5


def counts(
    outcomes: pd.DataFrame,
    formula: str,
    *,
    exposure: str | None = None,
    family: CountFamily = "negative-binomial",
    dispersion: Dispersion = "adjusted",
    vcov: Vcov = "expected",
    cluster: str = "participant",
    df: Df | None = None,
    reference: str | Mapping[str, Any] | None = None,
    coding: Coding = "treatment",
    level: float = 0.95,
) -> CountFit:
    """A model of counts of independent rows: log rate = predictor, log exposure as offset.

    The default, the dispersion corrected for the estimated coefficients and t quantiles, is the one whose error rate
    was measured right in small trials; see docs/methods/counts.md.

    Parameters
    ----------
    outcomes : DataFrame
        One row per participant (several with a cluster-robust `vcov`); counts are whole numbers except for
        `quasi-poisson`. Rows without a variable or an exposure are left out and counted.
    formula : str
        Such as `spasms ~ log_baseline + arm + cohort`.
    exposure : str, optional
        Column with the time over which each row was counted, its unit in its name, such as `observed_days`. Rates and
        their covariates are per unit of it. Rows with an exposure of 0 are left out and counted.
    family : str
        `negative-binomial` (NB2, variance mean + dispersion mean^2), `negative-binomial-linear` (NB1, variance
        mean (1 + dispersion)), `poisson`, or `quasi-poisson` (variance in proportion to the mean).
    dispersion : str
        How that of the negative binomial is estimated: `adjusted` for the estimated coefficients, or by plain
        `likelihood` as other programs do.
    vcov : str
        Covariance of the coefficients: from the `expected` information with the dispersion as if known (as R's glm.nb),
        from the joint `observed` information (as SAS), or robust: `HC0, HC2, HC3` by row, `CR0, CR2, CR3` by cluster.
    cluster : str
        Column with the clusters of `CR0, CR2, CR3`.
    df : str, optional
        `residual`, `normal` or `satterthwaite` (robust ones only). Otherwise `satterthwaite` for robust errors and
        `residual` for all others.
    reference : str or mapping, optional
        Reference level of `arm`, or of several factors by name.
    coding : str
        Of factors: `treatment` or `sum`.
    level : float
        Confidence level.

    Returns
    -------
    CountFit
        Coefficients on the scale of the logarithm, with their ratios; `.means()` are rates, `.contrasts()` rate ratios.

    Raises
    ------
    MethodError
        Unknown options, too few rows, no event, a level without events (separation), repeated rows taken as
        independent, no convergence.
    DataError
        Counts or exposures that are none.

    References
    ----------
    .. [1] Lawless 1987, Canadian Journal of Statistics 15:209-225. [from memory]
    .. [2] Cox & Reid 1987, Journal of the Royal Statistical Society B 49:1-39. [from memory]
    """
    _check_options(family, dispersion, vcov, df, level)
    rows = counted(
        outcomes,
        formula,
        exposure=exposure,
        reference={"arm": reference} if isinstance(reference, str) else reference,
        whole=family != QUASI,
        coding=coding,
        needed=(cluster,) if vcov.startswith("CR") else (),
    )
    check_repeated(rows, vcov, "use `stats.mixed_counts` or `stats.gee`, or vcov='CR2'")
    model = fitted(rows.design.X, rows.y, rows.offset, FAMILIES["poisson" if family == QUASI else family], dispersion)
    scale = model.pearson if family == QUASI else 1.0
    covariance, freedom = _inference(rows, model, scale, vcov, cluster, df)
    method = _method(rows, model, family, dispersion, vcov, df)
    fit = Coefficients(design=rows.design, values=model.values, covariance=covariance, df=freedom, method=method)
    return CountFit(
        frame=coefficient_frame(fit, level, ratio=True),
        method=method,
        n=rows.design.participants,
        level=level,
        notes=(*rows.notes, *rows.design.notes, *_said(model, family), *_measured(rows, family, dispersion, vcov, df)),
        coefficients=fit,
        link=LOG,
        unit=rows.unit,
        model=model,
        scale=scale,
    )


def _check_options(family: str, dispersion: str, vcov: str, df: str | None, level: float) -> None:
    one_of("family", family, [*FAMILIES, QUASI])
    one_of("dispersion", dispersion, ("adjusted", "likelihood"))
    one_of("vcov", vcov, tuple(VCOV_WORDS))
    one_of("df", df, (None, *DF_WORDS))
    if not 0 < level < 1:
        raise MethodError(f"level={level!r} is not between 0 and 1; 0.95 gives 95 % intervals.")
    if df == "satterthwaite" and vcov not in POWERS:
        raise MethodError(f"df='satterthwaite' is of robust standard errors; with vcov='{vcov}' use df='residual'.")
    if family == LINEAR.name and POWERS.get(vcov, 0.0) != 0:
        raise MethodError(
            f"vcov='{vcov}' corrects residuals, which are not the score of family='{LINEAR.name}'; use 'HC0' or 'CR0'."
        )
    if family == LINEAR.name and df == "satterthwaite":
        raise MethodError(f"df='satterthwaite' is not known for family='{LINEAR.name}'; use df='residual'.")


def check_repeated(rows: Counted, vcov: str, instead: str) -> None:
    """Refuse several rows of a participant where rows are taken as independent.

    Parameters
    ----------
    rows : Counted
    vcov : str
        Cluster-robust ones are let through.
    instead : str
        What to do, for the message.

    Raises
    ------
    MethodError
    """
    data = rows.design.data
    if vcov.startswith("CR") or "participant" not in data:
        return
    repeated = int(data.loc[data["participant"].duplicated(keep=False), "participant"].nunique())
    if repeated:
        raise MethodError(
            f"counts: {plural(repeated, 'participant')} with several rows, which are not independent. Keep one outcome "
            f"and one visit, {instead}."
        )


def _inference(
    rows: Counted, model: CountModel, scale: float, vcov: str, cluster: str, df: str | None
) -> tuple[Array, Callable[[Array], Array]]:
    """Covariance of the coefficients and degrees of freedom."""
    left = float(len(model.y) - len(model.values)) if df != "normal" else np.inf

    def counted_df(L: Array) -> Array:
        return np.full(len(L), left)

    if vcov not in POWERS:
        return (model.expected if vcov == "expected" else model.observed) * scale, counted_df
    labels = rows.design.data[cluster].to_numpy() if vcov.startswith("CR") else np.arange(len(model.y))
    blocks = blocks_of(labels)
    if sum(map(len, blocks)) <= len(model.values):
        raise MethodError(
            f"counts: {plural(sum(map(len, blocks)), 'cluster')} for {plural(len(model.values), 'coefficient')}; "
            "robust standard errors need more clusters than coefficients. Use vcov='expected'."
        )
    if model.family is LINEAR:
        return _from_scores(model, blocks), counted_df
    found: Robust = sandwich(*model.whitened, blocks, POWERS[vcov])
    return found.covariance, found.df if df in (None, "satterthwaite") else counted_df


def _from_scores(model: CountModel, blocks: list[NDArray[np.intp]]) -> Array:
    """The plain sandwich of a likelihood whose score is no weighted residual."""
    eta, a = np.log(model.mean), np.array([np.log(model.dispersion)])
    score = model.X * model.family.rows(model.y, eta, a, 1, False).eta[1][:, None]
    sums = np.concatenate([score[rows].sum(axis=1) for rows in blocks])
    bread = model.observed
    return bread @ (sums.T @ sums) @ bread


def _method(rows: Counted, model: CountModel, family: str, dispersion: str, vcov: str, df: str | None) -> str:
    words = "quasi-Poisson" if family == QUASI else model.family.words
    by = {"adjusted": ", dispersion adjusted for the coefficients (Cox-Reid)", "likelihood": ""}
    estimated = by[dispersion] if model.family.dispersed else ""
    freedom = df or ("satterthwaite" if vcov in POWERS and family != LINEAR.name else "residual")
    offset = f", offset log {rows.exposure}" if rows.exposure else ""
    return (
        f"{words} model of counts (`{rows.design.formula}`{offset}), maximum likelihood{estimated}"
        f"{VCOV_WORDS[vcov]}, {DF_WORDS[freedom]}"
    )


def _measured(rows: Counted, family: str, dispersion: str, vcov: str, df: str | None) -> tuple[str, ...]:
    """Choices whose error rate was measured off its band in trials of this size, in words."""
    small, notes = rows.design.participants < SMALL, []
    if family == QUASI and rows.design.averages:
        notes.append("quasi-Poisson intervals missed the truth in 6 to 12 % where means vary with a covariate")
    if small and vcov in ("HC0", "CR0"):
        notes.append(f"{vcov} intervals missed the truth in 7 to 12 % of trials with 12 to 40 people per arm; use HC3")
    if small and FAMILIES.get(family, POISSON).dispersed and (dispersion == "likelihood" or df == "normal"):
        notes.append("without the adjusted dispersion and t quantiles intervals are too narrow in small trials")
    return tuple(f"{note} (docs/methods/counts.md)" for note in notes)


def _said(model: CountModel, family: str) -> tuple[str, ...]:
    """How much the counts vary, in words."""
    over = number(model.pearson, 2)
    if family == "poisson" and model.pearson > OVERDISPERSED:
        return (
            f"the counts vary {over} times as much as Poisson counts (Pearson's chi-squared per degree of freedom), so "
            "these standard errors are too small; use family='negative-binomial'",
        )
    if not model.family.dispersed:
        return (
            f"the counts vary {over} times as much as Poisson counts (Pearson's chi-squared per degree of freedom)",
        )
    if model.dispersion == 0:
        return ("the counts vary no more than Poisson counts; the dispersion is at its boundary, 0",)
    form = "mean^2" if model.family.name == "negative-binomial" else "mean"
    return (f"variance = mean + {number(model.dispersion, 3)} {form}",)
