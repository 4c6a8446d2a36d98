"""Models of grades: cumulative links, once per participant or with a random intercept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from spasticity.errors import MethodError, one_of
from spasticity.instruments import measure
from spasticity.stats.cumulative_links import LINKS, Link, LinkName
from spasticity.stats.formulas import require_columns
from spasticity.stats.intercept_model import Clusters, Model
from spasticity.stats.intercept_quadrature import point
from spasticity.stats.ordinal_fit import Estimated, fixed, mixed
from spasticity.stats.ordinal_result import Ordinal, OrdinalMixed
from spasticity.stats.ordinal_rows import Grades, grades
from spasticity.stats.ordinal_terms import liberal
from spasticity.stats.result import estimate_frame
from spasticity.stats.selection import at_visit, of_outcome
from spasticity.wording import number, plural

FORMULA = "value ~ baseline + arm"
REPEATED = "value ~ baseline + arm * visit"

#: Nodes by default: with ordered categories 7 to 11 are enough, and the result says when they are not.
NODES = 11

#: A log-likelihood that changes by more than this with twice as many nodes has too few.
UNSETTLED = 0.01

DEVIATION = "standard deviation between participants"


def ordinal(
    outcomes: pd.DataFrame,
    formula: str = FORMULA,
    *,
    outcome: str | None = None,
    visit: str | None = None,
    link: LinkName = "logit",
    nominal: str | Sequence[str] | None = None,
    weights: str | None = None,
    reference: str | Mapping[str, Any] | None = None,
    level: float = 0.95,
) -> Ordinal:
    """Cumulative link model of a grade: with the logit link, the proportional odds model.

    Parameters
    ----------
    outcomes : DataFrame
        One row per participant: canonical outcomes with `outcome` and `visit`, or any table.
    formula : str
        Such as `grade ~ baseline + arm`. The response is an ordered category, or numbers whose distinct values are
        the categories.
    outcome, visit : str, optional
        What to take from canonical outcomes.
    link : str
        `logit`, `probit`, `cloglog`, `loglog` or `cauchit`.
    nominal : str or sequence of str, optional
        Terms whose effect may differ between thresholds (partial proportional odds).
    weights : str, optional
        Column of frequencies: how many observations a row stands for.
    reference : str or mapping, optional
        Reference level of `arm`, or of several factors by name.
    level : float
        Confidence level.

    Returns
    -------
    Ordinal
        Effects (above 0: higher categories) and thresholds; `.odds_ratios()`, `.probabilities()`, `.profile()`,
        `.test()` and `.proportional_odds()` are what a report wants.

    Raises
    ------
    MethodError
        No order, one category, separation, no convergence (the last state is in `.state`), several rows of a
        participant, unknown names.

    References
    ----------
    .. [1] McCullagh 1980, Journal of the Royal Statistical Society B 42:109-142. [from memory]
    .. [2] Peterson & Harrell 1990, Applied Statistics 39:205-217. [from memory]
    """
    one_of("link", link, list(LINKS))
    rows, absent = _of_visit(outcomes, outcome, visit)
    found = grades(rows, formula, nominal=nominal, weights=weights, reference=_reference(reference))
    if weights is None:
        _refuse_repeats(found)
    _refuse_baseline(found)
    fit = fixed(found, LINKS[link])
    n = _people(found)
    when = "" if visit is None else f" at {visit}"
    return Ordinal(
        frame=_frame(fit, n, level),
        method=(
            f"{_words(found, LINKS[link])} of {_what(outcome)}{when} (`{formula}`), maximum likelihood, Wald intervals"
        ),
        n=n,
        level=level,
        notes=absent + found.design.notes + found.notes,
        **_shared(fit, n),
    )


def ordinal_mixed(
    outcomes: pd.DataFrame,
    formula: str = REPEATED,
    *,
    outcome: str | None = None,
    participant: str = "participant",
    link: LinkName = "logit",
    nodes: int = NODES,
    nominal: str | Sequence[str] | None = None,
    weights: str | None = None,
    reference: str | Mapping[str, Any] | None = None,
    level: float = 0.95,
) -> OrdinalMixed:
    """Cumulative link model with a random intercept for each participant, for grades that are repeated.

    Parameters
    ----------
    outcomes : DataFrame
        Several rows per participant: visits, muscles, sides. Rows that lack a variable are left out and counted.
    formula : str
        Such as `grade ~ baseline + arm * visit`.
    outcome : str, optional
        What to take from canonical outcomes.
    participant : str
        Column that says whose a row is.
    link, nominal, weights, reference, level
        As for `stats.ordinal`.
    nodes : int
        Of adaptive Gauss-Hermite quadrature; 1 is the Laplace approximation, which is biased when people differ much
        and have few rows.

    Returns
    -------
    OrdinalMixed
        Effects are for one and the same person; `.probabilities()` are averaged over people.

    Raises
    ------
    MethodError
        As for `stats.ordinal`; nobody with two rows.

    References
    ----------
    .. [1] Hedeker & Gibbons 1994, Biometrics 50:933-944. [from memory]
    .. [2] Pinheiro & Bates 1995, Journal of Computational and Graphical Statistics 4:12-35. [from memory]
    """
    one_of("link", link, list(LINKS))
    rows = outcomes if outcome is None else of_outcome(outcomes, outcome)
    rows, absent = _named(rows, participant, formula)
    found = grades(rows, formula, nominal=nominal, weights=weights, reference=_reference(reference))
    clusters, order = Clusters.of(found.design.data["participant"].astype(str).to_numpy(dtype=str))
    _refuse_singles(clusters)
    found = found.ordered(order)
    _refuse_baseline(found)
    fit = mixed(found, LINKS[link], clusters, nodes)
    n = len(clusters.starts)
    quadrature = "Laplace approximation" if nodes == 1 else f"adaptive Gauss-Hermite quadrature, {nodes} nodes"
    return OrdinalMixed(
        frame=_frame(fit, n, level),
        method=(
            f"{_words(found, LINKS[link])} of {_what(outcome)} with a random intercept per participant (`{formula}`), "
            f"maximum likelihood by {quadrature}; Wald intervals{liberal(n)}"
        ),
        n=n,
        level=level,
        notes=absent + found.design.notes + found.notes + _settled(fit, nodes),
        **_shared(fit, n),
        sigma=float(fit.values[-1]),
        nodes=nodes,
        intercepts=_intercepts(fit, clusters),
    )


def _of_visit(outcomes: pd.DataFrame, outcome: str | None, visit: str | None) -> tuple[pd.DataFrame, tuple[str, ...]]:
    if outcome is None and visit is None:
        return outcomes, ()
    if outcome is None or visit is None:
        raise MethodError(
            "ordinal: name both `outcome` and `visit` of canonical outcomes, or neither for another table."
        )
    return at_visit(outcomes, outcome, visit)


def _reference(reference: str | Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return {"arm": reference} if isinstance(reference, str) else reference


def _named(rows: pd.DataFrame, participant: str, formula: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    require_columns(formula, [participant], rows)
    lost = int(rows[participant].isna().sum())
    rows = rows[rows[participant].notna().to_numpy()]
    note = (f"{participant} missing in {plural(lost, 'row')}; these rows are left out",) if lost else ()
    return (rows if participant == "participant" else rows.assign(participant=rows[participant])), note


def _refuse_repeats(found: Grades) -> None:
    data = found.design.data
    if "participant" not in data:
        return
    twice = data["participant"].duplicated()
    if twice.any():
        raise MethodError(
            f"ordinal: {plural(int(twice.sum()), 'row repeats', 'rows repeat')} a participant, first at row "
            f"{data.index[twice][0]}; rows of one person are not independent: take one each, or use "
            "`stats.ordinal_mixed`."
        )


def _refuse_singles(clusters: Clusters) -> None:
    if clusters.sizes.max() < 2:
        raise MethodError(
            f"ordinal_mixed: none of {plural(len(clusters.sizes), 'participant')} has two rows, so nothing tells "
            "people apart; use `stats.ordinal`."
        )


def _refuse_baseline(found: Grades) -> None:
    """A baseline visit among the rows: there the value is the baseline itself."""
    data, response = found.design.data, found.design.response
    if "baseline" not in found.design.averages or response == "baseline":
        return
    numbers = np.array([float(c) if isinstance(c, (int, float, np.number)) else np.nan for c in found.categories])
    same = numbers[found.codes] == data["baseline"].to_numpy(dtype=np.float64)
    for visit, part in data.assign(_same=same).groupby("visit", observed=True) if "visit" in data else ():
        if len(part) > 4 and part["_same"].all():
            raise MethodError(
                f"ordinal: at `{visit}` the value of everybody is the baseline itself; leave this visit out."
            )


def _people(found: Grades) -> int:
    return found.design.participants if found.weights is None else int(found.weights.sum())


def _what(outcome: str | None) -> str:
    return "a grade" if outcome is None else measure(outcome).label


def _words(found: Grades, link: Link) -> str:
    if len(found.categories) == 2:
        words = link.words.replace("a higher", "the higher")
        return f"{'logistic' if link.name == 'logit' else link.name} regression ({words})"
    name = "proportional odds model" if link.name == "logit" else f"cumulative {link.name} model"
    partial = f"partial {name} (an effect of {', '.join(found.nominal)} at each threshold)"
    count = plural(len(found.categories), "category", "categories")
    return f"{partial if found.nominal else name} ({link.words}; {count})"


def _shared(fit: Estimated, n: int) -> dict[str, Any]:
    parameters = len(fit.values)
    return {
        "categories": fit.grades.categories,
        "link": fit.link.name,
        "log_likelihood": fit.log_likelihood,
        "aic": 2 * parameters - 2 * fit.log_likelihood,
        "bic": float(np.log(n)) * parameters - 2 * fit.log_likelihood,
        "iterations": fit.iterations,
        "fitted": fit,
    }


def _frame(fit: Estimated, n: int, level: float) -> pd.DataFrame:
    """Effects, thresholds, and the standard deviation between participants."""
    names, edges = fit.grades.names, len(fit.grades.cuts)
    order = [*range(edges, len(names)), *range(edges)]
    error = np.sqrt(np.diag(fit.covariance))
    z = float(stats.norm.isf((1 - level) / 2))
    rows = []
    for place in order:
        value, effect = fit.values[place], place >= edges
        statistic = value / error[place] if effect else np.nan
        rows.append(
            {"term": names[place] if effect else f"threshold {names[place]}", "place": place, "estimate": value}
            | {"std_error": error[place], "df": np.inf, "statistic": statistic}
            | {"p_value": 2 * stats.norm.sf(abs(statistic)), "n": n}
            | {"conf_low": value - z * error[place], "conf_high": value + z * error[place]}
        )
    if fit.mixed is not None:
        rows.append(_deviation(fit, z) | {"n": n})
    return estimate_frame(pd.DataFrame(rows).assign(place=lambda frame: frame["place"].astype("Int64")))


def _deviation(fit: Estimated, z: float) -> dict[str, Any]:
    """The standard deviation with an interval from its logarithm; the test is at the edge of what it can be."""
    sigma, error = float(fit.values[-1]), float(np.sqrt(fit.covariance[-1, -1]))
    ratio = max(2 * (fit.log_likelihood - fit.without), 0.0)
    factor = np.exp(z * error / sigma) if sigma else np.nan
    return {
        "term": DEVIATION,
        "place": pd.NA,
        "estimate": sigma,
        "std_error": error,
        "statistic": ratio,
        "p_value": 0.5 * float(stats.chi2.sf(ratio, 1)) if ratio > 0 else 1.0,
        "conf_low": sigma / factor,
        "conf_high": sigma * factor,
    }


def _intercepts(fit: Estimated, clusters: Clusters) -> pd.DataFrame:
    found = fit.mixed
    if found is None:
        return pd.DataFrame(columns=["participant", "estimate", "std_error"])
    people = fit.grades.design.data["participant"].to_numpy()[clusters.starts]
    return pd.DataFrame({"participant": people, "estimate": found.intercepts, "std_error": found.intercept_errors})


def _settled(fit: Estimated, nodes: int) -> tuple[str, ...]:
    """What is to be said about the quadrature and about a variance at its boundary."""
    found = fit.mixed
    if found is None:
        return ()
    if found.boundary:
        return ("participants do not differ more than chance makes them: the random intercept has no variance",)
    finer = Model(found.model.likelihood, found.model.predictors, found.model.clusters, 2 * nodes + 1)
    other = point(finer, found.at.values, found.at.modes)
    off = abs(other.log_likelihood - fit.log_likelihood) if other is not None else np.inf
    if off < UNSETTLED:
        return ()
    return (
        f"the quadrature is not settled: with {2 * nodes + 1} nodes the log-likelihood differs by {number(off, 3)}; "
        f"use more than {plural(nodes, 'node')}",
    )
