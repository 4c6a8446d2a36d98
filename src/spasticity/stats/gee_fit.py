"""Generalised estimating equations: means of repeated counts, answers or values, without a model of each person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from spasticity.errors import DataError, MethodError, one_of
from spasticity.stats.count_families import QUADRATIC
from spasticity.stats.count_maximum import fitted
from spasticity.stats.count_rows import Counted, counted
from spasticity.stats.design import Design
from spasticity.stats.formulas import Coding, require_columns
from spasticity.stats.gee_clusters import CORRELATIONS, repeated
from spasticity.stats.gee_solution import LINK_OF, POWERS, Estimating, inference, solved
from spasticity.stats.linked import LOG, LinkedFit, coefficient_frame
from spasticity.stats.margins import Coefficients
from spasticity.stats.separation import check_answers
from spasticity.wording import number, plural

GeeFamily = Literal["poisson", "negative-binomial", "binomial", "gaussian"]
Correlation = Literal["independence", "exchangeable", "ar1", "unstructured"]
GeeVcov = Literal["kauermann-carroll", "mancl-derouen", "fay-graubard", "robust", "model"]
GeeDf = Literal["satterthwaite", "clusters", "normal"]

VCOV_WORDS = {
    "robust": "robust standard errors (Liang-Zeger)",
    "kauermann-carroll": "robust standard errors corrected by Kauermann and Carroll",
    "mancl-derouen": "robust standard errors corrected by Mancl and DeRouen",
    "fay-graubard": "robust standard errors corrected by Fay and Graubard",
    "model": "standard errors of the working model",
}
DF_WORDS = {
    "satterthwaite": "t with Satterthwaite degrees of freedom",
    "clusters": "t with participants less coefficients",
    "normal": "normal quantiles",
}


#: Participants below which choices that were measured off their band are named: 80 per arm were right.
SMALL = 160


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class GeeFit(LinkedFit):
    """A fit by generalised estimating equations; `frame` has the coefficients on the scale of the predictor.

    Parameters
    ----------
    frame, method, n, level, notes, coefficients, link, unit
        As for every fit with a link.
    correlation : DataFrame
        Working correlation of the visits.
    scale : float
        Mean square of the Pearson residuals: how much more counts vary than the family says.
    dispersion : float
        Of the negative binomial, else 0.
    """

    correlation: pd.DataFrame
    scale: float
    dispersion: float


def gee(
    outcomes: pd.DataFrame,
    formula: str,
    *,
    family: GeeFamily = "poisson",
    correlation: Correlation = "exchangeable",
    exposure: str | None = None,
    participant: str = "participant",
    visit: str | None = "visit",
    vcov: GeeVcov = "mancl-derouen",
    df: GeeDf | None = None,
    reference: str | Mapping[str, Any] | None = None,
    coding: Coding = "treatment",
    level: float = 0.95,
) -> GeeFit:
    """Generalised estimating equations: population means of repeated rows, with robust standard errors.

    The scale and the correlations are those moments of the Pearson residuals that R's geepack takes. Rows are taken to
    be missing completely at random.

    Parameters
    ----------
    outcomes : DataFrame
        One row per participant and visit.
    formula : str
        Such as `spasms ~ log_baseline + arm * visit`.
    family : str
        `poisson` (log link), `negative-binomial` (log link; NB2 with its dispersion from a fit to independent rows),
        `binomial` (logit link; outcomes 0 and 1) or `gaussian`.
    correlation : str
        Working correlation: `independence`, `exchangeable`, `ar1` (by the order of the visits, missed ones counted) or
        `unstructured`.
    exposure : str, optional
        Of counts: column with the time over which each row was counted, its unit in its name.
    participant, visit : str
        Columns that say whose a row is and of when; without a visit, rows count in the order they have.
    vcov : str
        Robust, and corrected for few participants: `mancl-derouen`, `kauermann-carroll`, `fay-graubard`; as it is:
        `robust`; or that of the working `model`.
    df : str, optional
        `satterthwaite`, `clusters` (participants less coefficients) or `normal`. Otherwise `satterthwaite` where it is
        known, else `clusters`.
    reference : str or mapping, optional
        Reference level of `arm`, or of several factors by name.
    coding : str
        Of factors: `treatment` or `sum`.
    level : float
        Confidence level.

    Returns
    -------
    GeeFit
        `.means()` are rates, probabilities or means; `.contrasts()` rate ratios, odds ratios or differences.

    Raises
    ------
    MethodError
        Unknown options, too few participants, no event or separation, a correlation that the moments do not make.
    DataError
        Two rows of a participant at a visit; outcomes that the family does not have.

    References
    ----------
    .. [1] Liang & Zeger 1986, Biometrika 73:13-22. [from memory]
    .. [2] Mancl & DeRouen 2001, Biometrics 57:126-134. [from memory]
    """
    _check_options(family, correlation, vcov, df, level, exposure)
    keys = (participant,) if visit is None else (participant, visit)
    named = {"arm": reference} if isinstance(reference, str) else reference
    rows = _rows(outcomes, formula, family, exposure, named, coding, keys)
    clusters = repeated(rows.design.data, participant, visit)
    p = rows.design.X.shape[1]
    if clusters.participants <= p:
        raise MethodError(
            f"gee: {plural(clusters.participants, 'participant')} for {plural(p, 'coefficient')}; robust standard "
            "errors need more participants than coefficients. Use fewer terms."
        )
    dispersion = 0.0
    if family == "negative-binomial":
        dispersion = fitted(rows.design.X, rows.y, rows.offset, QUADRATIC).dispersion
    found = solved(rows.design.X, rows.y, rows.offset, clusters, family, correlation, dispersion)
    covariance, freedom = inference(found, clusters, vcov, df)
    method = _method(rows, family, correlation, vcov, df)
    link = LINK_OF[family]
    fit = Coefficients(design=rows.design, values=found.values, covariance=covariance, df=freedom, method=method)
    return GeeFit(
        frame=coefficient_frame(fit, level, ratio=link.ratio),
        method=method,
        n=clusters.participants,
        level=level,
        notes=(
            *rows.notes,
            *rows.design.notes,
            *_said(found, family, correlation, dispersion),
            *_measured(clusters.participants, vcov, df),
        ),
        coefficients=fit,
        link=link,
        unit=rows.unit if link is LOG else "",
        correlation=pd.DataFrame(found.correlation, index=clusters.labels, columns=clusters.labels),
        scale=found.scale,
        dispersion=dispersion,
    )


def _check_options(
    family: str, correlation: str, vcov: str, df: str | None, level: float, exposure: str | None
) -> None:
    one_of("family", family, list(LINK_OF))
    one_of("correlation", correlation, CORRELATIONS)
    one_of("vcov", vcov, list(VCOV_WORDS))
    one_of("df", df, (None, *DF_WORDS))
    if not 0 < level < 1:
        raise MethodError(f"level={level!r} is not between 0 and 1; 0.95 gives 95 % intervals.")
    if df == "satterthwaite" and vcov not in POWERS:
        raise MethodError(f"df='satterthwaite' is not known for vcov='{vcov}'; use df='clusters'.")
    if exposure is not None and LINK_OF[family] is not LOG:
        raise MethodError(f"exposure is of counts; leave it out with family='{family}'.")


def _rows(
    outcomes: pd.DataFrame,
    formula: str,
    family: str,
    exposure: str | None,
    reference: Mapping[str, Any] | None,
    coding: Coding,
    keys: tuple[str, ...],
) -> Counted:
    """Rows with what they need, and outcomes that the family can have."""
    if LINK_OF[family] is LOG:
        return counted(
            outcomes, formula, exposure=exposure, reference=reference, whole=family != "poisson", coding=coding,
            needed=keys,
        )  # fmt: skip
    require_columns(formula, keys, outcomes)
    known = outcomes[list(keys)].notna().all(axis=1).to_numpy(dtype=bool)
    notes = () if known.all() else (f"{' or '.join(keys)} missing in {plural(int((~known).sum()), 'row')}; left out",)
    design = Design.of(formula, outcomes[known], reference=reference, coding=coding)
    if family == "binomial":
        odd = ~np.isin(design.y, (0.0, 1.0))
        if odd.any():
            raise DataError(
                f"gee: the outcome of `{formula}` is neither 0 nor 1 in {plural(int(odd.sum()), 'row')}, first at row "
                f"{design.data.index[odd][0]}; family='binomial' needs 0 and 1."
            )
        check_answers(design, design.y)
    elif np.ptp(design.y) == 0:
        raise MethodError(f"gee: the outcome of `{formula}` is the same in every row; there is nothing to compare.")
    return Counted(design, design.y, np.zeros(len(design.y)), None, notes)


def _method(rows: Counted, family: str, correlation: str, vcov: str, df: str | None) -> str:
    words = {"poisson": "Poisson", "negative-binomial": "negative binomial", "gaussian": "Gaussian"}.get(family, family)
    freedom = df or ("satterthwaite" if vcov in POWERS else "clusters")
    offset = f", offset log {rows.exposure}" if rows.exposure else ""
    named = {"ar1": "AR(1)"}.get(correlation, correlation)
    return (
        f"generalised estimating equations (`{rows.design.formula}`{offset}), {words} with {LINK_OF[family].name} link,"
        f" {named} working correlation, {VCOV_WORDS[vcov]}, {DF_WORDS[freedom]}"
    )


def _measured(people: int, vcov: str, df: str | None) -> tuple[str, ...]:
    """Choices whose error rate was measured off its band in trials of this size, in words."""
    if people >= SMALL or (vcov == "mancl-derouen" and df != "normal") or vcov == "model":
        return ()
    return (
        f"{VCOV_WORDS[vcov]} with {DF_WORDS[df] if df else 'their default quantiles'} were measured to reject too often"
        " with few participants (docs/methods/counts.md); vcov='mancl-derouen' was right",
    )


def _said(found: Estimating, family: str, correlation: str, dispersion: float) -> tuple[str, ...]:
    notes = []
    if correlation == "exchangeable" and len(found.correlation) > 1:
        notes.append(f"working correlation {number(found.correlation[0, 1], 2)}")
    if correlation == "ar1" and len(found.correlation) > 1:
        notes.append(f"working correlation of neighbouring visits {number(found.correlation[0, 1], 2)}")
    if family == "poisson":
        notes.append(
            f"the counts vary {number(found.scale, 2)} times as much as Poisson counts; the errors allow for it"
        )
    if family == "negative-binomial":
        notes.append(f"variance in proportion to mean + {number(dispersion, 3)} mean^2")
    return tuple(notes)
