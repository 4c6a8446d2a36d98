"""Permutation of a factor among participants, beside a model of counts."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.errors import MethodError, one_of
from spasticity.stats.count_maximum import fitted
from spasticity.stats.design import independent
from spasticity.stats.formulas import require_columns
from spasticity.stats.result import Result, estimate_frame
from spasticity.wording import plural

if TYPE_CHECKING:
    from spasticity.stats.count_result import CountFit

Array = NDArray[np.float64]

#: Statistics that differ by less, relative to the one observed, are the same.
SAME = 1e-9


def permuted(fit: CountFit, factor: str, *, within: str | None, times: int, seed: int) -> Result:
    """P values from shuffling a factor; see `CountFit.permutation`.

    The model without the factor is fitted to the people of two levels; each person's weighted residual stays with
    them while levels are shuffled. Exact when nothing else is in the model, else nearly so.

    Parameters
    ----------
    fit : CountFit
    factor : str
    within : str, optional
    times, seed : int

    Returns
    -------
    Result

    Raises
    ------
    MethodError
        Unknown factor; a factor that changes within a participant; no shuffle to make.

    References
    ----------
    .. [1] Winkler et al. 2014, NeuroImage 92:381-397 (residuals under the reduced model). [from memory]
    """
    design = fit.design
    one_of("factor", factor, list(design.levels))
    if within is not None:
        require_columns(design.formula, [within], design.data)
    if times < 1:
        raise MethodError(f"permutation: times={times!r}; expected at least 1, such as 9999.")
    reference = design.reference[factor]
    ratios = fit.contrasts(factor).frame
    found, exact = {}, True
    for label in design.levels[factor]:
        if label != reference:
            found[label], enumerated = _pair(fit, factor, label, reference, within, times, seed)
            exact = exact and enumerated
    frame = ratios.assign(p_value=ratios[factor].astype(object).map(found).astype("float64"), statistic=np.nan)
    strata = f" within {within}" if within else ""
    how = "all permutations" if exact else f"{plural(times, 'permutation')} (seed {seed})"
    return Result(
        frame=estimate_frame(frame, [factor]),
        method=f"permutation of {factor} among participants{strata}, {how}; ratios and intervals: {fit.method}",
        n=fit.n,
        level=fit.level,
        notes=fit.notes,
    )


def _pair(
    fit: CountFit, factor: str, label: Any, reference: Any, within: str | None, times: int, seed: int
) -> tuple[float, bool]:
    """P value of one level against the reference, and whether every permutation was made."""
    people = _people(fit, factor, label, reference, within)
    treated = people["treated"].to_numpy(dtype=np.float64)
    strata = people["stratum"].to_numpy()
    scores, weights = people["score"].to_numpy(), people["weight"].to_numpy()
    sizes = [(int((strata == s).sum()), int(treated[strata == s].sum())) for s in np.unique(strata)]
    if all(taken in (0, n) for n, taken in sizes):
        raise MethodError("permutation: no stratum has people of both levels; there is nothing to shuffle.")
    number = 1
    for n, taken in sizes:
        number *= comb(n, taken)
    if number <= times and len(sizes) == 1:
        draws = _all(*sizes[0])
        values = _statistics(draws, scores, weights)
        return float((values >= _statistics(treated[None], scores, weights)[0] * (1 - SAME)).mean()), True
    rng = np.random.default_rng(seed)
    observed = _statistics(treated[None], scores, weights)[0]
    reached = 0
    for start in range(0, times, 1000):
        draws = _shuffled(treated, strata, min(1000, times - start), rng)
        reached += int((_statistics(draws, scores, weights) >= observed * (1 - SAME)).sum())
    return (1 + reached) / (1 + times), False


def _people(fit: CountFit, factor: str, label: Any, reference: Any, within: str | None) -> pd.DataFrame:
    """Score and weight of each participant in the model without the factor."""
    design, model = fit.design, fit.model
    here = design.data[factor].isin([label, reference]).to_numpy(dtype=bool)
    kept = [
        place
        for place, column in enumerate(design.kept)
        if not any(factor in term.split(":") and column in places for term, places in design.terms.items())
    ]
    X = model.X[here][:, kept]
    null = fitted(X[:, independent(X)], model.y[here], model.offset[here], model.family)
    share = null.mean / null.variance  # 1 / (1 + alpha mean): what a residual weighs in the score
    data = design.data[here]
    rows = pd.DataFrame(
        {
            "who": data["participant"].to_numpy() if "participant" in data else np.arange(len(data)),
            "treated": data[factor].eq(label).to_numpy(dtype=bool),
            "stratum": data[within].astype(str).to_numpy() if within else "",
            "score": (null.y - null.mean) * share,
            "weight": null.mean * share,
        }
    )
    if rows.drop_duplicates(["who", "treated", "stratum"])["who"].duplicated().any():
        raise MethodError(
            f"permutation: `{factor}` or the stratum changes within a participant; it cannot be shuffled."
        )
    return rows.groupby("who", sort=False).agg(
        treated=("treated", "first"), stratum=("stratum", "first"), score=("score", "sum"), weight=("weight", "sum")
    )


def _statistics(draws: Array, scores: Array, weights: Array) -> Array:
    """Absolute difference of the mean weighted residuals of two groups, for each draw (d, people)."""
    treated, others = draws, 1 - draws
    return np.abs(treated @ scores / (treated @ weights) - others @ scores / (others @ weights))


def _shuffled(treated: Array, strata: NDArray[np.object_], times: int, rng: np.random.Generator) -> Array:
    draws = np.tile(treated, (times, 1))
    for stratum in np.unique(strata):
        here = np.flatnonzero(strata == stratum)
        draws[:, here] = rng.permuted(draws[:, here], axis=1)
    return draws


def _all(n: int, taken: int) -> Array:
    """Every way to choose who is treated."""
    chosen = np.array(list(combinations(range(n), taken)), dtype=np.intp)
    draws = np.zeros((len(chosen), n))
    np.put_along_axis(draws, chosen, 1.0, axis=1)
    return draws
