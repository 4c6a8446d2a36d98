"""Two parts of one outcome: who could do it at all, and how well those did who could."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from spasticity.errors import MethodError
from spasticity.instruments import measure
from spasticity.stats.groups import grouped, participants, require
from spasticity.stats.proportions import wilson
from spasticity.stats.result import Result, estimate_frame
from spasticity.stats.selection import of_outcome
from spasticity.stats.summaries import describe
from spasticity.wording import level as level_words
from spasticity.wording import plural

SHARE, AMONG = "share able", "geometric mean among the able"
SELECTED = (
    "the mean is of those who were able at that visit: who is able may differ between groups and change with time, so "
    "a difference of these means is not an effect on everybody; compare everybody by ranks with unable as the worst"
)


def two_part(
    outcomes: pd.DataFrame,
    outcome: str,
    *,
    by: str | Sequence[str] = ("arm", "visit"),
    able: str = "able",
    level: float = 0.95,
) -> Result:
    """The share who were able, and the geometric mean among these, in each group.

    Parameters
    ----------
    outcomes : DataFrame
        Canonical outcomes with a column of who was able, such as `derive.with_unable` gives.
    outcome : str
        Id of a measure with values above 0, such as `t25fw_s`.
    by : str or sequence of str
        Columns that make the groups.
    able : str
        Boolean column: true with a value, false when unable, missing when nothing is known.
    level : float
        Confidence level.

    Returns
    -------
    Result
        Two rows per group: `share able` (Wilson interval; `n` is those of whom it is known, `count` the able) and
        `geometric mean among the able` (t interval of the logarithm; `n` is those with a value). `n_missing` is rows of
        which nothing is known.

    Raises
    ------
    MethodError
        Missing columns, somebody able without a value or unable with one, a participant twice in a group, or values
        of 0 or less.
    """
    by = [by] if isinstance(by, str) else list(by)
    rows = of_outcome(outcomes, outcome, ["value"])
    require(rows, [*by, able])
    known = rows[able].astype("boolean")
    odd = (known.fillna(False) != rows["value"].notna()).to_numpy(dtype=bool)
    if odd.any():
        raise MethodError(
            f"two_part: {plural(int(odd.sum()), 'row')} of {outcome} in which `{able}` and the value contradict each "
            f"other, first at row {rows.index[odd][0]}; expected a value of everybody who was able and of nobody else."
        )
    shares, notes = grouped(rows.assign(**{able: known}), by, lambda part: _share(part[able], level))
    means = describe(rows[known.fillna(False).to_numpy(dtype=bool)], by=by, statistic="geometric mean", level=level)
    kept = [*by, "estimate", "std_error", "df", "conf_low", "conf_high", "n"]
    among = shares[by].merge(means.frame[kept].astype({name: shares[name].dtype for name in by}), "left", on=by)
    among = among.assign(term=AMONG, n=among["n"].fillna(0).astype("int64"), n_missing=shares["n_missing"])
    frame = pd.concat([shares.assign(term=SHARE), among], ignore_index=True).assign(outcome=outcome)
    return Result(
        frame=estimate_frame(frame, list(dict.fromkeys(["outcome", *by]))),
        method=(
            f"{measure(outcome).label} in two parts: the share able with Wilson's interval, and the geometric mean "
            f"among the able with a t interval of the logarithm; {level_words(level)}"
        ),
        n=participants(rows[known.notna().to_numpy(dtype=bool)]),
        level=level,
        notes=(*notes, SELECTED),
    )


def _share(able: pd.Series, level: float) -> dict[str, Any]:
    count, n = int(able.fillna(False).sum()), int(able.notna().sum())
    low, high = wilson(count, n, level)
    row = {"count": count, "n": n, "n_missing": len(able) - n}
    return row | {"estimate": count / n if n else float("nan"), "conf_low": float(low), "conf_high": float(high)}
