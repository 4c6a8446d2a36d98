"""Two groups compared by ranks: Wilcoxon, van Elteren, Hodges-Lehmann and the probability of superiority."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special
from scipy import stats as distributions

from spasticity import wording
from spasticity.errors import DataError, MethodError, one_of
from spasticity.instruments import measure
from spasticity.schema import Better
from spasticity.stats.groups import require
from spasticity.stats.levels import as_levels
from spasticity.stats.rank_distribution import (
    MOST_PAIRS,
    rank_sum_test,
    shift_interval,
    stratified,
    superiority,
)
from spasticity.stats.result import Result, estimate_frame
from spasticity.stats.selection import at_visit
from spasticity.wording import plural

SHIFT, SUPERIORITY, ODDS = "Hodges-Lehmann shift", "probability of superiority", "win odds"

#: Share of values beyond the distinct ones from which on ties make the interval of the shift useless; a grade of five
#: categories excluded no difference in less than 1 % of the trials of the stored study, where 5 % is right.
TIED = 0.5

#: Up to so many people in a comparison the interval of the probability of superiority missed no difference in 1 to 3 %
#: of the trials of the stored study (benchmarks/grades_coverage.py), where 5 % is right.
WIDE_UP_TO = 24

Samples = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class Ranks(Result):
    """Comparisons by ranks.

    Parameters
    ----------
    people : DataFrame
        One row per participant: `participant`, the factor, the value, the stratum.
    """

    people: pd.DataFrame


def rank_sum(
    outcomes: pd.DataFrame,
    outcome: str,
    *,
    visit: str,
    value: str = "value",
    factor: str = "arm",
    reference: str | None = None,
    strata: str | None = None,
    better: Better | None = None,
    level: float = 0.95,
) -> Ranks:
    """Wilcoxon's rank-sum test of each arm against the reference, or van Elteren's within strata.

    Parameters
    ----------
    outcomes : DataFrame
        Canonical outcomes.
    outcome, visit : str
        What is analysed.
    value : str
        `value`, `change` or another column of numbers or ordered categories.
    factor : str
        Whose levels are compared.
    reference : str, optional
        Level the others are compared with; otherwise the first.
    strata : str, optional
        Column within whose levels people are compared, such as `cohort`.
    better : str, optional
        `lower` or `higher`, for a measure whose direction is not on record.
    level : float
        Confidence level.

    Returns
    -------
    Ranks
        Without strata three terms per arm: `Hodges-Lehmann shift` (median of all differences, arm minus reference; p
        of the rank-sum test, exact with ties up to 200 people; column `achieved_level`), `probability of superiority`
        (that somebody of the arm is better off than somebody of the reference, ties counting half) and `win odds`
        (its odds). With strata the latter two, with the p of van Elteren's test and its weights.

    Raises
    ------
    MethodError
        Unknown names, no direction of benefit, an arm without values.
    DataError
        A participant twice at the visit.

    References
    ----------
    .. [1] Wilcoxon 1945, Biometrics Bulletin 1:80-83. [from memory]
    .. [2] van Elteren 1960, Bulletin of the International Statistical Institute 37:351-361. [from memory]
    .. [3] Brunner & Munzel 2000, Biometrical Journal 42:17-25. [from memory]
    """
    known = measure(outcome)
    sign = _direction(known.id, better or known.better)
    rows, absent = at_visit(outcomes, outcome, visit, [value, factor, *([strata] if strata else [])])
    people, notes = _people(rows, value, factor, reference, strata)
    arms = list(people[factor].cat.categories)
    reference = arms[0] if reference is None else reference
    one_of("reference", reference, arms)
    others = [arm for arm in arms if arm != reference]
    if not others:
        raise MethodError(f"{outcome}: `{factor}` has only one level with values; there is nothing to compare.")
    frames = [_compared(people, factor, arm, reference, strata, sign, level) for arm in others]
    frame = pd.DataFrame([row for rows_ in frames for row in rows_]).assign(outcome=outcome, visit=visit)
    frame[factor] = frame[factor].astype(people[factor].dtype)
    return Ranks(
        frame=estimate_frame(frame, ["outcome", "visit", factor]),
        method=_words(f"{known.label} at {visit}", strata, value, len(others)),
        n=len(people),
        level=level,
        notes=absent + notes + _said(frame, level, 1 - people[value].nunique() / len(people)),
        people=people,
    )


def _direction(name: str, better: Better | None) -> int:
    if better is None:
        raise MethodError(f"{name}: no direction of benefit is on record; pass better='lower' or better='higher'.")
    one_of("better", better, ("lower", "higher"))
    return 1 if better == "higher" else -1


def _people(
    rows: pd.DataFrame, value: str, factor: str, reference: str | None, strata: str | None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Rows with a number, a group and a stratum, and how many have not."""
    columns = ["participant", factor, value, *([strata] if strata else [])]
    require(rows, columns)
    people = rows[columns].copy()
    if isinstance(people[value].dtype, pd.CategoricalDtype):
        if not people[value].cat.ordered:
            raise MethodError(f"`{value}`: its categories have no order; use pd.Categorical(..., ordered=True).")
        people[value] = people[value].cat.codes.astype("float64").where(people[value].notna())
    if not pd.api.types.is_numeric_dtype(people[value].dtype):
        raise DataError(f"`{value}`: text has no ranks; expected numbers or ordered categories.")
    notes = []
    for name in columns[1:]:
        lost = people[name].isna()
        if lost.any():
            notes.append(f"left out: {name} missing in {plural(int(lost.sum()), 'participant')}")
        people = people[~lost]
    if people.empty:
        raise MethodError(f"`{value}`: nobody has a value, a {factor} and a stratum; there is nothing to compare.")
    people[value] = people[value].astype("float64")
    people[factor] = as_levels(people[factor], reference)
    return people.reset_index(drop=True), tuple(notes)


def _compared(
    people: pd.DataFrame, factor: str, arm: Any, reference: Any, strata: str | None, sign: int, level: float
) -> list[dict[str, Any]]:
    value = people.columns[2]
    both = people[people[factor].isin([arm, reference])]
    shared = {factor: arm, "reference": reference, "n": len(both)}
    if strata is None:
        samples = _samples(both, factor, arm, value)
        return [row | shared for row in _without_strata(samples, sign, level)]
    parts = [_samples(part, factor, arm, value) for _, part in both.groupby(strata, observed=True)]
    return [row | shared for row in _within_strata(parts, sign, level)]


def _samples(rows: pd.DataFrame, factor: str, arm: Any, value: str) -> Samples:
    mine = rows[factor].eq(arm).to_numpy(dtype=bool)
    numbers = rows[value].to_numpy(dtype=np.float64)
    return numbers[mine], numbers[~mine]


def _without_strata(samples: Samples, sign: int, level: float) -> list[dict[str, Any]]:
    first, second = samples
    if len(first) * len(second) > MOST_PAIRS:
        raise MethodError(
            f"rank_sum: {len(first) * len(second):,} pairs of people are more than memory should hold; "
            "`stats.ordinal` compares samples of this size."
        )
    test = rank_sum_test(first, second)
    estimate, low, high, achieved = shift_interval(first, second, level)
    theta, error, below, above = superiority(sign * first, sign * second, level)
    rows = [
        {"term": SHIFT, "estimate": estimate, "conf_low": low, "conf_high": high, "statistic": test.statistic}
        | {"p_value": test.p_value, "achieved_level": achieved, "exact": test.exact},
        {"term": SUPERIORITY, "estimate": theta, "std_error": error, "conf_low": below, "conf_high": above},
    ]
    return [*rows, _odds(theta, below, above)]


def _within_strata(parts: list[Samples], sign: int, level: float) -> list[dict[str, Any]]:
    found = stratified([(sign * first, sign * second) for first, second in parts])
    theta, error = found["estimate"], found["std_error"]
    low = high = np.nan
    if error > 0 and 0 < theta < 1:
        margin = distributions.norm.isf((1 - level) / 2) * error / (theta * (1 - theta))
        low, high = special.expit(special.logit(theta) + np.array([-margin, margin]))
    row = {"term": SUPERIORITY, "conf_low": low, "conf_high": high} | found
    return [row, _odds(theta, low, high)]


def _odds(theta: float, low: float, high: float) -> dict[str, Any]:
    with np.errstate(divide="ignore"):
        estimate, below, above = (float(np.divide(share, 1 - share)) for share in (theta, low, high))
    return {"term": ODDS, "estimate": estimate, "conf_low": below, "conf_high": above}


def _words(what: str, strata: str | None, value: str, comparisons: int) -> str:
    several = ", not adjusted for the number of comparisons" if comparisons > 1 else ""
    of = "" if value == "value" else f" ({value})"
    if strata is not None:
        return (
            f"{what}{of} by ranks within {strata}: van Elteren's test; probability of superiority with its weights "
            f"(normal on the logit scale){several}"
        )
    return (
        f"{what}{of} by ranks: Wilcoxon's rank-sum test; Hodges-Lehmann with its distribution-free interval; "
        f"probability of superiority with Brunner and Munzel's variance (normal on the logit scale){several}"
    )


def _said(frame: pd.DataFrame, level: float, tied: float) -> tuple[str, ...]:
    """Which levels the distribution-free intervals really have, and whether the tests were counted out."""
    if "achieved_level" not in frame:
        return ()
    notes = []
    if tied > TIED:
        notes.append(
            "many values are tied: the Hodges-Lehmann interval is then much too wide, and holds 0 almost always; read "
            "the p value and the probability of superiority"
        )
    if frame["n"].min() <= WIDE_UP_TO:
        notes.append("with so few people the interval of the probability of superiority is wider than it need be")
    reached = frame["achieved_level"].dropna()
    if len(reached):
        span = " to ".join(f"{100 * x:.1f}" for x in dict.fromkeys((reached.min(), reached.max())))
        notes.append(f"confidence level of the Hodges-Lehmann intervals: {span} % (at least this with ties)")
    if frame.loc[frame["term"] == SHIFT, "conf_low"].isna().any():
        notes.append(f"too few people for a distribution-free interval of {wording.level(level)}")
    if not frame["exact"].dropna().all():
        notes.append("p by the normal approximation, corrected for ties and continuity (more than 200 people)")
    return tuple(notes)
