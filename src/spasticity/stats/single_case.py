"""One person as a study: phases of treatment and of none, in an order that was drawn by lot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spasticity.errors import MethodError, listed, one_of
from spasticity.stats.groups import require
from spasticity.stats.result import Result, estimate_frame
from spasticity.wording import level as level_words
from spasticity.wording import number, plural

Array = NDArray[np.float64]
Design = Literal["blocks", "start"]

MOST_ORDERS = 200_000
USUAL = 0.05
MEAN, DIFFERENCE = "mean", "difference"


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class SingleCase(Result):
    """Phases of one person, and the differences under every order that the lot could have drawn.

    Parameters
    ----------
    orders : ndarray, shape (orders,)
        The difference under each order; the first is the one that was drawn.
    autocorrelation : float
        Of a day and the day before, about the means of the phases.
    """

    orders: Array
    autocorrelation: float


def n_of_1(
    table: pd.DataFrame,
    value: str,
    *,
    phase: str = "phase",
    reference: str,
    design: Design,
    block: str | None = None,
    day: str = "day",
    starts: Sequence[float] = (),
    level: float = 0.95,
) -> SingleCase:
    """Compare two phases in one person, by the lot that put them in order.

    Parameters
    ----------
    table : DataFrame
        One row per day of one participant.
    value, phase, day : str
        Columns with the value, the phase (two of them) and the day.
    reference : str
        The phase that is subtracted.
    design : str
        What was drawn by lot. `blocks`: in each block which phase came first. `start`: the day of the single change
        from the reference to the other phase, among `starts`.
    block : str, optional
        Column with the block, for `blocks`.
    starts : sequence of float
        Days on which the change could have been, for `start`.
    level : float
        Confidence level of the phases' means.

    Returns
    -------
    SingleCase
        Terms `mean` for each phase and `difference`: for `blocks` the mean of the blocks' differences, for `start` the
        difference of both phases' means. Its p is the share of orders with a difference at least as large, in either
        direction: exact, whatever the days have in common; the smallest possible is one over the number of orders.
        Intervals of means take days as independent and are too narrow where `autocorrelation` is large: none is given
        for the difference of `start`, for `blocks` it is the t interval of the blocks' differences.

    Raises
    ------
    MethodError
        More than one participant, not two phases, missing blocks or starts, phases not in the order of the design, or
        too many orders.

    References
    ----------
    .. [1] Edgington & Onghena 2007, Randomization Tests. [from memory]
    """
    one_of("design", design, ["blocks", "start"])
    rows, other, notes = _one_person(table, value, phase, day, reference, block if design == "blocks" else None)
    found = _of_blocks(rows, level) if design == "blocks" else _of_start(rows, day, starts)
    row, orders = found
    means = [
        {"term": MEAN, phase: name} | _mean(part, level) for name, part in rows.groupby("phase", sort=False)["value"]
    ]
    extreme = np.abs(orders) >= abs(orders[0]) * (1 - 1e-12)
    row |= {"term": DIFFERENCE, phase: f"{other} - {reference}", "p_value": float(extreme.mean()), "n": 1}
    lag = _autocorrelation(rows)
    return SingleCase(
        frame=estimate_frame(pd.DataFrame([*means, row]), [phase]),
        method=(
            f"one participant, {value} by {phase}: randomisation test over {plural(len(orders), 'order')}; "
            f"{level_words(level)} intervals"
        ),
        n=1,
        level=level,
        notes=(
            *notes,
            *_few(orders),
            f"autocorrelation of neighbouring days about the means of the phases: {number(lag)}",
        ),
        orders=orders,
        autocorrelation=lag,
    )


def _few(orders: Array) -> tuple[str, ...]:
    """Whether no p below 0.05 can come out, whatever the days say, in words."""
    size = np.abs(orders)
    least = float((size >= size.max() * (1 - 1e-12)).mean())
    if least <= USUAL:
        return ()
    return (f"of {plural(len(orders), 'order')} no p can be below {number(least)}: the design is too short to reject",)


def _one_person(
    table: pd.DataFrame, value: str, phase: str, day: str, reference: str, block: str | None
) -> tuple[pd.DataFrame, str, tuple[str, ...]]:
    """Days in order as `value`, `treated`, `phase`, `day`, `block`."""
    require(table, ["participant", value, phase, day, *([block] if block else [])])
    people = table["participant"].unique()
    if len(people) != 1:
        raise MethodError(f"n_of_1: {plural(len(people), 'participant')}; expected the rows of one.")
    phases = list(dict.fromkeys(table[phase].dropna()))
    if len(phases) != 2 or reference not in phases:
        raise MethodError(
            f"n_of_1: the phases are {listed(map(str, phases), 'and')}; expected two, one of them `{reference}`."
        )
    (other,) = (name for name in phases if name != reference)
    rows = pd.DataFrame({"value": table[value], "phase": table[phase], "day": table[day]})
    rows["block"] = table[block] if block else 0
    whole = rows.dropna().sort_values("day").astype({"value": "float64"})
    lost = len(rows) - len(whole)
    notes = (f"left out: {plural(lost, 'day')} without a value",) if lost else ()
    return whole.assign(treated=whole["phase"].eq(other)), str(other), notes


def _of_blocks(rows: pd.DataFrame, level: float) -> tuple[dict[str, Any], Array]:
    """The mean difference of blocks, and under every choice of their signs."""
    means = rows.pivot_table(index="block", columns="treated", values="value", aggfunc="mean")
    if means.shape[1] < 2 or means.isna().any(axis=None):
        raise MethodError("n_of_1: a block lacks one of the phases; design='blocks' needs both in each.")
    differences = (means[True] - means[False]).to_numpy(dtype=np.float64)
    k = len(differences)
    if 2**k > MOST_ORDERS:
        raise MethodError(f"n_of_1: {k} blocks have 2^{k} orders, more than can be counted; join blocks.")
    signs = np.array(list(product((1.0, -1.0), repeat=k)))
    error = float(differences.std(ddof=1) / np.sqrt(k)) if k > 1 else np.nan
    margin = float(stats.t.ppf((1 + level) / 2, k - 1)) * error if k > 1 else np.nan
    mean = float(differences.mean())
    limits = {"std_error": error, "df": k - 1, "conf_low": mean - margin, "conf_high": mean + margin}
    return {"estimate": mean} | limits, signs @ differences / k


def _of_start(rows: pd.DataFrame, day: str, starts: Sequence[float]) -> tuple[dict[str, Any], Array]:
    """The difference after and before the change, and for every day on which the change could have been."""
    treated, days, value = (rows[name].to_numpy() for name in ("treated", "day", "value"))
    if not treated.any() or treated.all() or (np.diff(treated.astype(int)) < 0).any():
        raise MethodError("n_of_1: design='start' has one change, from the reference to the other phase.")
    begun = float(days[treated][0])
    last = float(days[~treated][-1])
    real = [start for start in starts if last < start <= begun]
    if len(real) != 1:
        raise MethodError(
            f"n_of_1: starts must hold the {day} of the change ({begun:g}) once, and those it could have been."
        )
    each = [real[0], *(start for start in starts if start != real[0])]
    if any(not (days < start).any() or not (days >= start).any() for start in each):
        raise MethodError("n_of_1: a start leaves a phase without a value; every start needs days on both sides.")
    orders = np.array([value[days >= start].mean() - value[days < start].mean() for start in each])
    return {"estimate": float(orders[0])}, orders


def _mean(values: pd.Series, level: float) -> dict[str, Any]:
    n = len(values)
    error = float(values.std(ddof=1) / np.sqrt(n)) if n > 1 else np.nan
    margin = float(stats.t.ppf((1 + level) / 2, n - 1)) * error if n > 1 else np.nan
    mean = float(values.mean())
    limits = {"conf_low": mean - margin, "conf_high": mean + margin}
    return {"estimate": mean, "std_error": error, "df": n - 1, **limits, "n": 1, "days": n}


def _autocorrelation(rows: pd.DataFrame) -> float:
    """Of neighbouring days about the means of the phases."""
    off = (rows["value"] - rows.groupby("phase")["value"].transform("mean")).to_numpy()
    near = np.diff(rows["day"].to_numpy(dtype=np.float64)) == 1
    total = float(off @ off) / len(off)
    return float((off[1:] * off[:-1])[near].mean() / total) if total > 0 and near.any() else float("nan")
