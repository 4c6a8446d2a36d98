"""One effect and its standard error from what a paper prints about each study."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaln

from spasticity.errors import MethodError, one_of
from spasticity.stats.groups import require

Array = NDArray[np.float64]

MEANS = ("n_1", "mean_1", "sd_1", "n_2", "mean_2", "sd_2")
EVENTS = ("events_1", "n_1", "events_2", "n_2")
CHANGE = ("n_1", "mean_1", "sd_1")


def study_effects(table: pd.DataFrame, kind: str, *, add: float = 0.5) -> pd.DataFrame:
    """Compute each study's effect, for pooling.

    Parameters
    ----------
    table : DataFrame
        One row per study. Group 1 is the treatment, group 2 the control: `n_1, mean_1, sd_1, n_2, mean_2, sd_2` for
        means (of values or of changes), `events_1, n_1, events_2, n_2` for events. For `mean change` group 1 alone.
    kind : str
        `mean difference`, `standardised mean difference` (Hedges' g), `risk difference`, `risk ratio`, `odds ratio`
        (both as logarithms), or `mean change` (before and after, without a control).
    add : float
        Added to all four cells of a study with an empty one, for ratios.

    Returns
    -------
    DataFrame
        The rows with `estimate`, `std_error`, and `kind`.

    Raises
    ------
    MethodError
        Missing columns or values, impossible counts, a standard deviation that is not positive.

    References
    ----------
    .. [1] Hedges 1981, J Educ Stat 6:107-128 (the correction of g). [from memory]
    """
    one_of("kind", kind, list(KINDS))
    columns, effect = KINDS[kind]
    require(table, columns)
    values = {name: table[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in columns}
    _refuse(table, values)
    if kind in ("risk ratio", "odds ratio"):
        values = _without_zeros(values, add)
    estimate, variance = effect(values)
    if not (variance > 0).all():
        raise MethodError(
            f"{kind}: row {table.index[~(variance > 0)][0]} has no variance (nobody or everybody, in both groups); "
            "it says nothing about this effect. Leave it out and say so."
        )
    return table.assign(estimate=estimate, std_error=np.sqrt(variance), kind=kind)


def _refuse(table: pd.DataFrame, values: dict[str, Array]) -> None:
    for name, column in values.items():
        low = 2 if name.startswith("n_") and "sd_1" in values else 0
        bad = ~np.isfinite(column) | (name.startswith("sd_") & (column <= 0)) | (name.startswith("n_") & (column < low))
        if name.startswith("events_"):
            bad |= (column < 0) | (column > values[name.replace("events", "n")])
        if bad.any():
            raise MethodError(
                f"`{name}` is missing or impossible in {int(bad.sum())} of {len(table)} studies, first at row "
                f"{table.index[bad][0]}; an effect that was not printed cannot be pooled. Choose rows first."
            )


def _without_zeros(v: dict[str, Array], add: float) -> dict[str, Array]:
    """Counts with something added to every cell where one is empty."""
    empty = (v["events_1"] == 0) | (v["events_2"] == 0) | (v["events_1"] == v["n_1"]) | (v["events_2"] == v["n_2"])
    more = np.where(empty, add, 0.0)
    return {name: column + (more if name.startswith("events") else 2 * more) for name, column in v.items()}


def _mean_difference(v: dict[str, Array]) -> tuple[Array, Array]:
    return v["mean_1"] - v["mean_2"], v["sd_1"] ** 2 / v["n_1"] + v["sd_2"] ** 2 / v["n_2"]


def _hedges(v: dict[str, Array]) -> tuple[Array, Array]:
    m = v["n_1"] + v["n_2"] - 2
    pooled = np.sqrt(((v["n_1"] - 1) * v["sd_1"] ** 2 + (v["n_2"] - 1) * v["sd_2"] ** 2) / m)
    correction = np.exp(gammaln(m / 2) - np.log(np.sqrt(m / 2)) - gammaln((m - 1) / 2))
    g = correction * (v["mean_1"] - v["mean_2"]) / pooled
    return g, 1 / v["n_1"] + 1 / v["n_2"] + g**2 / (2 * (v["n_1"] + v["n_2"]))


def _risk_difference(v: dict[str, Array]) -> tuple[Array, Array]:
    p, q = v["events_1"] / v["n_1"], v["events_2"] / v["n_2"]
    return p - q, p * (1 - p) / v["n_1"] + q * (1 - q) / v["n_2"]


def _log_risk_ratio(v: dict[str, Array]) -> tuple[Array, Array]:
    estimate = np.log(v["events_1"] / v["n_1"]) - np.log(v["events_2"] / v["n_2"])
    return estimate, 1 / v["events_1"] - 1 / v["n_1"] + 1 / v["events_2"] - 1 / v["n_2"]


def _log_odds_ratio(v: dict[str, Array]) -> tuple[Array, Array]:
    a, b, c, d = v["events_1"], v["n_1"] - v["events_1"], v["events_2"], v["n_2"] - v["events_2"]
    return np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d


def _mean_change(v: dict[str, Array]) -> tuple[Array, Array]:
    return v["mean_1"], v["sd_1"] ** 2 / v["n_1"]


Effect = Callable[[dict[str, Array]], tuple[Array, Array]]
KINDS: dict[str, tuple[tuple[str, ...], Effect]] = {
    "mean difference": (MEANS, _mean_difference),
    "standardised mean difference": (MEANS, _hedges),
    "risk difference": (EVENTS, _risk_difference),
    "risk ratio": (EVENTS, _log_risk_ratio),
    "odds ratio": (EVENTS, _log_odds_ratio),
    "mean change": (CHANGE, _mean_change),
}
