"""Several people, each a study of one: their differences, and the average of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spasticity.errors import MethodError
from spasticity.stats.groups import require
from spasticity.stats.result import Result, estimate_frame
from spasticity.stats.single_case import DIFFERENCE, MOST_ORDERS, n_of_1
from spasticity.wording import level as level_words
from spasticity.wording import plural

Array = NDArray[np.float64]

AVERAGE, SPREAD = "average difference", "standard deviation between people"


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class SingleCaseSeries(Result):
    """Differences of several people and their average.

    Parameters
    ----------
    orders : ndarray
        The average under each order that the lots could have drawn, or of so many drawn again; the first is the one
        that was.
    """

    orders: Array


def n_of_1_series(
    table: pd.DataFrame,
    value: str,
    *,
    phase: str = "phase",
    reference: str,
    block: str = "block",
    day: str = "day",
    times: int = 9999,
    seed: int = 1,
    level: float = 0.95,
) -> SingleCaseSeries:
    """Join people who each compared two phases in blocks, whose order was drawn by lot.

    Parameters
    ----------
    table : DataFrame
        One row per participant and day, as for `n_of_1` with `design="blocks"`.
    value, phase, block, day : str
        Columns.
    reference : str
        The phase that is subtracted.
    times : int
        Orders drawn again where there are more than 200,000.
    seed : int
        Of those.
    level : float
        Confidence level.

    Returns
    -------
    SingleCaseSeries
        Per participant the term `difference` of `n_of_1`; then `average difference`, people counting alike, with the t
        interval of their differences and the p of the randomisation test that nobody has an effect; and the `standard
        deviation between people` of their true differences, by moments, 0 where their blocks explain all of it. `n`
        counts participants.

    Raises
    ------
    MethodError
        Missing columns, fewer than two participants, or one whose rows `n_of_1` refuses.

    References
    ----------
    .. [1] Zucker et al. 1997, J Clin Epidemiol 50:401-410. [from memory]
    .. [2] Edgington & Onghena 2007, Randomization Tests. [from memory]
    """
    require(table, ["participant", value, phase, block, day])
    people = list(dict.fromkeys(table["participant"].dropna()))
    if len(people) < 2:
        raise MethodError(
            f"n_of_1_series: {plural(len(people), 'participant')}; expected at least two, or stats.n_of_1."
        )
    cases, notes = [], []
    for place, person in enumerate(people, start=1):
        own = table[table["participant"].eq(person).to_numpy(dtype=bool)]
        try:
            cases.append(
                n_of_1(own, value, phase=phase, reference=reference, design="blocks", block=block, day=day, level=level)
            )
        except MethodError as error:
            raise MethodError(f"n_of_1_series: participant {place} of {len(people)}: {error}") from error
        notes += [f"participant {place}: {note}" for note in cases[-1].notes if note.startswith("left out")]
    rows: list[dict[str, Any]] = [{**case.frame[case.frame["term"].eq(DIFFERENCE)].iloc[0]} for case in cases]
    orders, exact = _orders([case.orders for case in cases], times, seed)
    each = [row | {"participant": person} for row, person in zip(rows, people, strict=True)]
    frame = pd.DataFrame([*each, *_joined(rows, orders, level)]).drop(columns=phase)
    drawn = f"all {len(orders):,} orders" if exact else f"{len(orders) - 1:,} orders drawn again (seed {seed})"
    return SingleCaseSeries(
        frame=estimate_frame(frame, ["participant"]),
        method=(
            f"{plural(len(people), 'participant')}, {value} by {phase}, {rows[0][phase]}: each alone, and their "
            f"average; randomisation test over {drawn}; {level_words(level)} t intervals"
        ),
        n=len(people),
        level=level,
        notes=tuple(notes),
        orders=orders,
    )


def _orders(cases: list[Array], times: int, seed: int) -> tuple[Array, bool]:
    """The average under each combination of everybody's orders, or under so many of them."""
    if np.prod([float(len(one)) for one in cases]) <= MOST_ORDERS:
        sums = np.zeros(1)
        for one in cases:
            sums = np.add.outer(sums, one).ravel()
        return sums / len(cases), True
    rng = np.random.default_rng(seed)
    drawn = sum(rng.choice(one, times) for one in cases)
    observed = sum(float(one[0]) for one in cases)
    return np.concatenate([[observed], drawn]) / len(cases), False


def _joined(rows: list[dict[str, Any]], orders: Array, level: float) -> list[dict[str, Any]]:
    """The average of people's differences, and how much their true differences vary."""
    each = np.array([row["estimate"] for row in rows], dtype=np.float64)
    n, mean = len(each), float(each.mean())
    error = float(each.std(ddof=1) / np.sqrt(n))
    margin = float(stats.t.ppf((1 + level) / 2, n - 1)) * error
    extreme = np.abs(orders) >= abs(orders[0]) * (1 - 1e-12)
    noise = float(np.mean([row["std_error"] ** 2 for row in rows]))
    average = {
        "term": AVERAGE,
        "participant": "all",
        "estimate": mean,
        "std_error": error,
        "df": n - 1,
        "p_value": float(extreme.mean()),  # the order that was drawn is among them, exact or not
        "conf_low": mean - margin,
        "conf_high": mean + margin,
        "n": n,
    }
    spread = float(np.sqrt(max(float(each.var(ddof=1)) - noise, 0.0))) if np.isfinite(noise) else np.nan
    return [average, {"term": SPREAD, "participant": "all", "estimate": spread, "n": n}]
