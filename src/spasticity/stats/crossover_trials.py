"""Two treatments in two periods, each person taking both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spasticity.errors import MethodError, listed
from spasticity.stats.groups import require
from spasticity.stats.result import Result, estimate_frame
from spasticity.wording import level as level_words
from spasticity.wording import plural

Array = NDArray[np.float64]

TREATMENT, PERIOD, CARRY = "treatment", "period", "carry-over"


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class Crossover(Result):
    """Effects of a crossover trial, and the pairs they come from.

    Parameters
    ----------
    pairs : DataFrame
        One row per participant with both periods: `participant`, `sequence`, `first`, `second` (the two periods),
        `difference` (the treatment less the reference).
    """

    pairs: pd.DataFrame


def crossover(
    table: pd.DataFrame,
    value: str,
    *,
    treatment: str = "treatment",
    period: str = "period",
    reference: str,
    level: float = 0.95,
) -> Crossover:
    """Effect of a treatment in a crossover of two treatments and two periods, free of a difference between periods.

    Parameters
    ----------
    table : DataFrame
        One row per participant and period, two treatments, two periods.
    value : str
        Numeric column, such as the mean of the last week of a period.
    treatment, period : str
        Columns with the treatment taken and the period, which are put in order.
    reference : str
        The treatment that is subtracted.
    level : float
        Confidence level.

    Returns
    -------
    Crossover
        Terms `treatment` (other less reference), `period` (second less first) and `carry-over` (half the difference
        of the sequences' sums). `n` is participants with both periods.

    Raises
    ------
    MethodError
        Missing columns; not two treatments or two periods; a participant twice in a period or on one treatment only;
        fewer than two people in a sequence.

    Notes
    -----
    Half the difference of the mean within-person difference (first less second period) of the two sequences; t with
    n - 2 degrees of freedom. The test of carry-over has little power and must not decide which analysis is done: it is
    printed so that a reader can judge the washout. It is of sums, so people who differ blur it.

    References
    ----------
    .. [1] Hills & Armitage 1979, Br J Clin Pharmacol 8:7-20. [from memory]
    .. [2] Freeman 1989, Stat Med 8:1421-1432 (why not to test carry-over first). [from memory]
    """
    pairs, other, notes = _pairs(table, value, treatment, period, reference)
    sequences = [f"{other}, {reference}", f"{reference}, {other}"]
    parts = [pairs[pairs["sequence"].eq(name)] for name in sequences]
    if min(map(len, parts)) < 2:
        counts = ", ".join(f"{len(part)} took {name}" for part, name in zip(parts, sequences, strict=True))
        raise MethodError(f"crossover: {counts}; expected at least 2 of each sequence with both periods.")
    steps = [(part["first"] - part["second"]).to_numpy() for part in parts]
    sums = [(part["first"] + part["second"]).to_numpy() for part in parts]
    rows = [
        {"term": TREATMENT} | _half_difference(steps[0], steps[1], level),
        {"term": PERIOD} | _half_difference(-steps[0], steps[1], level),
        {"term": CARRY} | _half_difference(sums[0], sums[1], level),
    ]
    return Crossover(
        frame=estimate_frame(pd.DataFrame(rows).assign(n=len(pairs))),
        method=f"crossover: {value} on {other} less {reference}, adjusted for period; {level_words(level)} t intervals",
        n=len(pairs),
        level=level,
        notes=notes,
        pairs=pairs,
    )


def _pairs(
    table: pd.DataFrame, value: str, treatment: str, period: str, reference: str
) -> tuple[pd.DataFrame, str, tuple[str, ...]]:
    """One row per participant with both periods."""
    require(table, ["participant", value, treatment, period])
    rows = table.dropna(subset=["participant", treatment, period])
    kinds = {name: sorted(rows[name].unique()) for name in (treatment, period)}
    for name, found in kinds.items():
        if len(found) != 2:
            raise MethodError(f"crossover: `{name}` has {listed(map(str, found), 'and')}; expected exactly two.")
    if reference not in kinds[treatment]:
        raise MethodError(f"reference={reference!r} is not a treatment; there are {listed(kinds[treatment], 'and')}.")
    if rows.duplicated(["participant", period]).any() or rows.duplicated(["participant", treatment]).any():
        raise MethodError(
            "crossover: a participant has a period or a treatment twice; expected each treatment in one period."
        )
    (other,) = (name for name in kinds[treatment] if name != reference)
    wide = rows.pivot(index="participant", columns=period, values=[value, treatment])  # noqa: PD010 nothing is summed up
    first, second = ((value, one) for one in kinds[period])
    pairs = pd.DataFrame(
        {
            "sequence": [
                f"{one}, {two}"
                for one, two in zip(wide[treatment, kinds[period][0]], wide[treatment, kinds[period][1]], strict=True)
            ],
            "first": pd.to_numeric(wide[first]).astype("float64"),
            "second": pd.to_numeric(wide[second]).astype("float64"),
        },
        index=wide.index,
    )
    whole = pairs.dropna(subset=["first", "second"]).reset_index()
    sign = np.where(whole["sequence"].str.startswith(f"{other},"), 1.0, -1.0)
    whole["difference"] = sign * (whole["first"] - whole["second"])
    lost = table["participant"].nunique() - len(whole)
    return whole, str(other), ((f"left out: {plural(lost, 'participant')} without both periods",) if lost else ())


def _half_difference(a: Array, b: Array, level: float) -> dict[str, Any]:
    """Half the difference of two means, pooled variance."""
    df = len(a) + len(b) - 2
    pooled = ((len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1)) / df
    error = float(np.sqrt(pooled * (1 / len(a) + 1 / len(b)))) / 2
    estimate = float(a.mean() - b.mean()) / 2
    margin = float(stats.t.ppf((1 + level) / 2, df)) * error
    t = estimate / error if error > 0 else np.nan
    return {
        "estimate": estimate,
        "std_error": error,
        "df": df,
        "statistic": t,
        "p_value": 2 * float(stats.t.sf(abs(t), df)),
        "conf_low": estimate - margin,
        "conf_high": estimate + margin,
    }
