"""Missing outcomes under stated assumptions: `draws`, `impute`, `analyse`, `pool`.

    model = missing.draws(outcomes, "change ~ baseline*visit + arm*visit", events=stopped)
    for strategy in ("missing-at-random", "jump-to-reference"):
        filled = missing.impute(model, strategy=strategy, reference="placebo")
        print(missing.pool(missing.analyse(filled, "change ~ baseline + arm")))

`draws` fits the imputation model once and then many times; every strategy shares these fits. This describes what
trials' data say under an assumption nobody can test; it gives no advice on treatment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from spasticity.errors import MethodError, one_of
from spasticity.stats.design import Design
from spasticity.stats.margins import MEAN
from spasticity.stats.missing_grid import grid_of
from spasticity.stats.missing_imputation import Draws, Imputed, Method, expected, filled
from spasticity.stats.missing_pooling import Analysed, analysed_by_visit, pooled
from spasticity.stats.missing_refits import drawn_anew, leaving_one_out, of_fit
from spasticity.stats.missing_strategies import STRATEGIES, assumed_mean
from spasticity.stats.mmrm_fit import mmrm
from spasticity.stats.result import Result, estimate_frame

METHODS = ("jackknife", "bootstrap", "multiple")


def draws(
    outcomes: pd.DataFrame,
    formula: str,
    *,
    events: pd.DataFrame | None = None,
    method: Method = "jackknife",
    samples: int = 100,
    rng: np.random.Generator | None = None,
    participant: str = "participant",
    visit: str = "visit",
    arm: str = "arm",
    covariance: str = "unstructured",
    covariance_by: str | None = None,
) -> Draws:
    """Fit the imputation model: `mmrm` to what was observed, without what was observed after an event.

    Parameters
    ----------
    outcomes : DataFrame
        One row per participant and visit.
    formula : str
        Such as `change ~ baseline*visit + arm*visit`.
    events : DataFrame, optional
        `participant` and `visit`: the first visit after an event, such as the end of treatment. Outcomes from there
        on do not enter the model (they stay as they are in what is analysed).
    method : str
        `jackknife`: conditional means, each participant left out once; deterministic. `bootstrap`: conditional means,
        participants drawn anew within arms. `multiple`: imputed at random from models of participants drawn anew, to
        be pooled by Rubin's rules.
    samples : int
        How many, for `bootstrap` and `multiple`.
    rng : Generator, optional
        Source of randomness, for the same.
    participant, visit, arm : str
        Columns.
    covariance, covariance_by
        As for `mmrm`; positional covariances only.

    Returns
    -------
    Draws

    Raises
    ------
    MethodError, DataError
        What cannot be fitted or is not known; see `mmrm`.

    References
    ----------
    .. [1] Wolbers et al. 2022, Pharmaceutical Statistics 21:1246-1257. [from memory]
    """
    one_of("method", method, METHODS)
    if covariance.startswith("spatial"):
        raise MethodError("missing: visits that were missed need a covariance by visit; use `unstructured`.")
    grid = grid_of(outcomes, formula, participant=participant, visit=visit, arm=arm, events=events)
    late = np.arange(len(grid.visits)) >= grid.event[:, None]
    used = grid.frame[~late.ravel()]
    fit = mmrm(used, formula, visit=visit, covariance=covariance, covariance_by=covariance_by, df="residual")
    if [*fit.fitted.rows.visits] != [*grid.visits]:
        raise MethodError("missing: a visit without any outcome cannot be imputed; leave it out.")
    codes = pd.Index(fit.fitted.rows.people).get_indexer(pd.Index(grid.people))
    n, first = len(grid.people), of_fit(fit.fitted)
    if method == "jackknife":
        found = dict(leaving_one_out(fit.fitted))
        parameters = [first, *(found.get(int(code), first) for code in codes)]
        times = np.vstack([np.ones(n), 1 - np.eye(n)])
    else:
        if rng is None:
            raise MethodError(f"missing: method='{method}' is random; pass rng=numpy.random.default_rng(seed).")
        strata = pd.factorize(grid.arms, sort=True)[0].astype(np.intp)
        drawn = list(drawn_anew(fit.fitted, codes, strata, samples, rng))
        parameters = [first, *(found for _, found in drawn)]
        times = np.vstack([np.ones(n), *(counts for counts, _ in drawn)]).astype(np.float64)
    return Draws(
        grid=grid,
        model=fit,
        method=method,
        parameters=tuple(parameters),
        times=times,
        covariance_by=covariance_by,
    )


def impute(
    model: Draws,
    *,
    strategy: str = "missing-at-random",
    reference: str | None = None,
    delta: float | Mapping[str, float] = 0.0,
    rng: np.random.Generator | None = None,
) -> Imputed:
    """Fill the gaps under an assumption.

    Parameters
    ----------
    model : Draws
    strategy : str
        Of participants with an event: `missing-at-random`, `jump-to-reference`, `copy-reference`,
        `copy-increments-in-reference` or `last-mean-carried-forward`. Without an event gaps are missing at random.
    reference : str, optional
        Arm whose means are taken; needed for strategies that name a reference.
    delta : float or mapping of arm to float
        Added to imputed outcomes, such as worse values in one arm.
    rng : Generator, optional
        Source of randomness, for draws of the method `multiple`.

    Returns
    -------
    Imputed

    Raises
    ------
    MethodError
        Unknown strategy or arm, or no reference.
    """
    one_of("strategy", strategy, STRATEGIES)
    grid = model.grid
    arms = list(dict.fromkeys(grid.arms))
    if strategy not in ("missing-at-random", "last-mean-carried-forward"):
        one_of("reference", reference, arms)
    own, other = (expected(model, arm) for arm in (None, reference if reference in arms else None))
    mean = assumed_mean(strategy, own, other, grid.event)
    if model.method == "multiple" and rng is None:
        raise MethodError("missing: draws of method='multiple' are imputed at random; pass rng=.")
    values = filled(model, strategy, reference, mean, rng if model.method == "multiple" else None)
    return Imputed(draws=model, strategy=strategy, values=values + _added(model, delta))


def _added(model: Draws, delta: float | Mapping[str, float]) -> np.ndarray:
    """What is added to each outcome: nothing to those that were observed, (n, T)."""
    grid = model.grid
    shift = {arm: delta.get(str(arm), 0.0) if isinstance(delta, Mapping) else delta for arm in dict.fromkeys(grid.arms)}
    per_person = grid.arms.map(shift).to_numpy(dtype=np.float64)
    return np.where(np.isnan(grid.observed), per_person[:, None], 0.0)


def analyse(imputed: Imputed, formula: str) -> Analysed:
    """Analysis of covariance at each visit, for every draw.

    Parameters
    ----------
    imputed : Imputed
    formula : str
        Of one visit, such as `change ~ baseline + arm`; has the arm.

    Returns
    -------
    Analysed
        Adjusted means of the arms, averaged over the participants, and their differences.

    Raises
    ------
    MethodError
        When the formula has another outcome or no arm.
    """
    grid = imputed.draws.grid
    first = grid.frame.iloc[:: len(grid.visits)].assign(**{grid.outcome: 0.0})
    design = Design.of(formula, first)
    if design.response != grid.outcome or grid.arm not in design.levels:
        raise MethodError(f"analyse: `{formula}` must have `{grid.outcome}` on its left and `{grid.arm}` on its right.")
    arms = list(design.levels[grid.arm])
    named = [design.rows_for(first.assign(**{grid.arm: pd.Series(arm, index=first.index)})) for arm in arms]
    return analysed_by_visit(
        imputed.values,
        imputed.draws.times if imputed.draws.method != "multiple" else np.ones_like(imputed.draws.times),
        design.X,
        np.stack(named),
        labels=(grid.arm, arms, grid.visit, grid.visits),
        words=f"{STRATEGIES[imputed.strategy]}, ",
        method=imputed.draws.method,
    )


def pool(analysed: Analysed, *, level: float = 0.95) -> Result:
    """One estimate from all draws.

    Parameters
    ----------
    analysed : Analysed
    level : float
        Confidence level.

    Returns
    -------
    Result
        Rows `adjusted mean` of each arm and differences from the first arm, at each visit. Jackknife and bootstrap:
        the estimate is that of the fit, its standard error from the samples, normal intervals. Multiple imputation:
        Rubin's rules with the degrees of freedom of Barnard and Rubin.

    References
    ----------
    .. [1] Barnard & Rubin 1999, Biometrika 86:948-955.
    """
    return pooled(analysed, level)


def sensitivity(
    model: Draws,
    formula: str,
    *,
    reference: str,
    strategies: Sequence[str] = tuple(STRATEGIES),
    visit: str | None = None,
    level: float = 0.95,
    rng: np.random.Generator | None = None,
) -> Result:
    """The differences between arms under several assumptions side by side, all from the same fits.

    Parameters
    ----------
    model : Draws
    formula : str
        As for `analyse`.
    reference : str
        Arm whose means are taken.
    strategies : sequence of str
        As for `impute`.
    visit : str, optional
        Only this visit.
    level : float
        Confidence level.
    rng : Generator, optional
        As for `impute`.

    Returns
    -------
    Result
        The differences of `pool` with a column `strategy`, in words.
    """
    if visit is not None:
        one_of("visit", visit, model.grid.visits)
    parts = {}
    for strategy in strategies:
        filled = impute(model, strategy=strategy, reference=reference, rng=rng)
        parts[strategy] = pool(analyse(filled, formula), level=level)
    first = next(iter(parts.values()))
    rows = [part.frame[part.frame["term"] != MEAN].assign(strategy=STRATEGIES[name]) for name, part in parts.items()]
    frame = pd.concat(rows, ignore_index=True)
    frame = frame.assign(strategy=pd.Categorical(frame["strategy"], [STRATEGIES[name] for name in parts]))
    if visit is not None:
        frame = frame[frame[model.grid.visit] == visit].reset_index(drop=True)
    return Result(
        frame=estimate_frame(frame, [model.grid.visit, model.grid.arm, "strategy"]),
        method=first.method.replace(f"{STRATEGIES[strategies[0]]}, ", ""),
        n=first.n,
        level=level,
        notes=first.notes,
    )


def tipping_point(
    model: Draws,
    formula: str,
    deltas: Sequence[float],
    *,
    arm: str,
    strategy: str = "missing-at-random",
    reference: str | None = None,
    level: float = 0.95,
    rng: np.random.Generator | None = None,
) -> pd.DataFrame:
    """How much worse imputed outcomes of one arm must be until a conclusion changes.

    Parameters
    ----------
    model : Draws
    formula : str
        As for `analyse`.
    deltas : sequence of float
        Added to imputed outcomes of the arm, one after the other.
    arm : str
    strategy, reference, rng
        As for `impute`.
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        The differences of `pool` with a column `delta` in front.
    """
    one_of("arm", arm, dict.fromkeys(model.grid.arms))
    parts = []
    # Filled once, so that every delta is added to the same values, also when these are drawn at random.
    plain = impute(model, strategy=strategy, reference=reference, rng=rng)
    for delta in deltas:
        filled = replace(plain, values=plain.values + _added(model, {arm: float(delta)}))
        frame = pool(analyse(filled, formula), level=level).frame
        parts.append(frame[frame["term"] != MEAN].assign(delta=float(delta)))
    table = pd.concat(parts, ignore_index=True)
    return table[["delta", *(name for name in table if name != "delta")]]
