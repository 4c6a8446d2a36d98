"""The mixed model for repeated measures, fitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.errors import MethodError, listed, one_of
from spasticity.stats.covariance import COVARIANCES, SPATIAL, Spatial, Structure, structure
from spasticity.stats.formulas import Coding
from spasticity.stats.mmrm_fitted import Fitted
from spasticity.stats.mmrm_inference import Counted, Inference, KenwardRoger, Satterthwaite, between_within
from spasticity.stats.mmrm_likelihood import Likelihood
from spasticity.stats.mmrm_optimiser import Optimum, maximum
from spasticity.stats.mmrm_panel import Panel, Pattern, patterns
from spasticity.stats.mmrm_products import Products, products
from spasticity.stats.mmrm_result import Mmrm, result_of
from spasticity.stats.mmrm_rows import Measurements, measurements, times
from spasticity.stats.mmrm_sandwich import POWERS, Sandwich
from spasticity.wording import plural

Df = Literal["kenward-roger", "kenward-roger-linear", "satterthwaite", "between-within", "residual"]
Vcov = Literal["model", "empirical", "empirical-bias-reduced", "empirical-jackknife"]
DFS = ("kenward-roger", "kenward-roger-linear", "satterthwaite", "between-within", "residual")
VCOVS = ("model", *POWERS)
METHODS = ("reml", "ml")


def mmrm(
    outcomes: pd.DataFrame,
    formula: str,
    *,
    participant: str = "participant",
    visit: str = "visit",
    covariance: str | Sequence[str] = "unstructured",
    df: Df = "kenward-roger",
    method: Literal["reml", "ml"] = "reml",
    weights: str | None = None,
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
    weights : str, optional
        Column of observation weights; a row's variance is divided by its weight.
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
    return result_of(fitted, _inference(fitted, df, vcov), df, vcov, level, failures)


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


@dataclass(frozen=True, slots=True, eq=False)
class _Prepared:
    """Cross-products in the places of one kind of covariance matrix; positional structures share them."""

    products: Products
    places: list[NDArray[np.intp]]
    mask: NDArray[np.bool_]


def _first_that_converges(
    names: list[str], rows: Measurements, panel: Panel, reml: bool
) -> tuple[str, _Prepared, Optimum, list[str]]:
    """The first covariance of a declared list that can be fitted, and why the ones before it could not."""
    failures: list[str] = []
    prepared: dict[bool, _Prepared] = {}
    for name in names:
        spatial = name in SPATIAL
        try:
            _check_identified(name, rows, panel)
            if spatial not in prepared:
                prepared[spatial] = _prepare(rows, panel, spatial)
            ready = prepared[spatial]
            return name, ready, maximum(_likelihood(name, rows, panel, ready, reml)), failures
        except MethodError as error:
            if name == names[-1]:
                raise
            failures.append(f"{name} was declared first but could not be fitted ({str(error).split(': ', 1)[-1]})")
    raise MethodError("mmrm: no covariance was named; expected one of `covariance.COVARIANCES`.")


def _prepare(rows: Measurements, panel: Panel, spatial: bool) -> _Prepared:
    sizes = [len(pattern.visits) for pattern in panel.patterns]
    places = [
        np.arange(size) if spatial else pattern.visits for size, pattern in zip(sizes, panel.patterns, strict=True)
    ]
    T = max(sizes) if spatial else len(rows.visits)
    mask = np.zeros((len(places), T), dtype=bool)
    for number, place in enumerate(places):
        mask[number, place] = True
    return _Prepared(products(panel, places, T), places, mask)


def _likelihood(name: str, rows: Measurements, panel: Panel, prepared: _Prepared, reml: bool) -> Likelihood:
    group = np.array([pattern.group for pattern in panel.patterns])
    structures: list[Structure]
    if name in SPATIAL:
        distances = _distances(times(rows), panel, prepared) ** SPATIAL[name]
        structures = [Spatial(distances[group == g], SPATIAL[name]) for g in range(len(rows.groups))]
    else:
        structures = [structure(name, len(rows.visits))] * len(rows.groups)
    counts = np.array([len(pattern) for pattern in panel.patterns], dtype=np.float64)
    return Likelihood(prepared.products, counts, group, prepared.mask, structures, reml)


def _distances(when: NDArray[np.float64], panel: Panel, prepared: _Prepared) -> NDArray[np.float64]:
    """Time between the measurements of each pattern; places without one are at distance 0."""
    T = prepared.mask.shape[1]
    out = np.zeros((len(panel.patterns), T, T))
    for number, pattern in enumerate(panel.patterns):
        t = when[pattern.visits]
        out[number, : len(t), : len(t)] = np.abs(t[:, None] - t)
    return out


def _check_identified(name: str, rows: Measurements, panel: Panel) -> None:
    """Refuse a covariance some part of which nobody's data can tell."""
    several = len(rows.visits) > 1 or name in SPATIAL
    if panel.participants < 2 or (several and all(len(pattern.visits) == 1 for pattern in panel.patterns)):
        raise MethodError(
            f"mmrm: {plural(panel.participants, 'participant')}, and {plural(len(rows.visits), 'visit')} with at most "
            f"{plural(max(len(pattern.visits) for pattern in panel.patterns), 'row')} of each; a covariance needs "
            "several participants, and some with several visits. For one row each use `stats.ancova`."
        )
    for group, label in enumerate(rows.groups):
        among = "" if label is None else f" in group {group + 1} of `covariance_by`"
        members = [pattern for pattern in panel.patterns if pattern.group == group]
        if name == "unstructured" or name.endswith("heterogeneous"):
            _check_pairs(name, members, rows.visits, among)


def _check_pairs(name: str, members: list[Pattern], visits: list[Any], among: str) -> None:
    """Every visit was observed; for an unstructured covariance every pair of them, by enough people."""
    pairs = np.zeros((len(visits), len(visits)))
    for pattern in members:
        pairs[np.ix_(pattern.visits, pattern.visits)] += len(pattern)
    unseen = [visits[t] for t in np.flatnonzero(np.diag(pairs) == 0)]
    if unseen:
        raise MethodError(
            f"mmrm: no one{among} was observed at {listed(unseen, 'and')}, so covariance='{name}' cannot be estimated "
            "there. Use a homogeneous covariance or leave the visit out."
        )
    if name != "unstructured":
        return
    people = sum(len(pattern) for pattern in members)
    if people <= len(visits):
        raise MethodError(
            f"mmrm: {plural(people, 'participant')}{among} for {plural(len(visits), 'visit')}; an unstructured "
            "covariance needs more participants than visits. Use a covariance with fewer parameters."
        )
    apart = np.argwhere(np.triu(pairs == 0))
    if len(apart):
        a, b = apart[0]
        raise MethodError(
            f"mmrm: no one{among} was observed at both `{visits[a]}` and `{visits[b]}`, so an unstructured covariance "
            "cannot be estimated. Use a covariance with fewer parameters."
        )


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
