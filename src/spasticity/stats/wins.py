"""The win ratio: pairs of people compared by a declared hierarchy of outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spasticity.errors import DataError, MethodError, one_of
from spasticity.instruments import measure
from spasticity.schema import Better
from spasticity.stats.groups import require
from spasticity.stats.levels import as_levels
from spasticity.stats.rank_distribution import MOST_PAIRS
from spasticity.stats.ranks import WIDE_UP_TO
from spasticity.stats.result import Result, estimate_frame
from spasticity.stats.selection import of_outcome
from spasticity.wording import plural

RATIO, ODDS, BENEFIT = "win ratio", "win odds", "net benefit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """One outcome of a hierarchy.

    Parameters
    ----------
    outcome, visit : str
        What is compared.
    value : str
        `value` or `change`.
    margin : float
        A pair that differs by no more than this is a tie and goes on to the next outcome.
    better : str, optional
        `lower` or `higher`, for a measure whose direction is not on record.
    """

    outcome: str
    visit: str
    value: str = "value"
    margin: float = 0.0
    better: Better | None = None


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class Wins(Result):
    """Win ratio, win odds and net benefit.

    Parameters
    ----------
    steps : DataFrame
        For each arm and outcome of the hierarchy, in order: `pairs` that came to it, `wins`, `losses`, `ties` (which
        go on), of which `missing` had a value missing.
    """

    steps: pd.DataFrame


def win_ratio(
    outcomes: pd.DataFrame,
    hierarchy: Sequence[Priority],
    *,
    factor: str = "arm",
    reference: str | None = None,
    strata: str | None = None,
    level: float = 0.95,
) -> Wins:
    """Every person of an arm against every person of the reference, by the first outcome in which they differ.

    Parameters
    ----------
    outcomes : DataFrame
        Canonical outcomes. Everybody with a row of one of the outcomes is counted.
    hierarchy : sequence of Priority
        Declared beforehand, the most important first.
    factor : str
        Whose levels are compared.
    reference : str, optional
        Level the others are compared with; otherwise the first.
    strata : str, optional
        Column within whose levels people are compared, such as `cohort`. A stratum's wins and losses count by one over
        its people, which makes the win ratio of a yes-or-no outcome Mantel and Haenszel's odds ratio.
    level : float
        Confidence level.

    Returns
    -------
    Wins
        Terms `win ratio` (wins / losses), `win odds` (ties counting half) and `net benefit` (wins minus losses, as a
        share of the pairs). Intervals and p by the variance of U statistics, the ratios on the log scale; columns
        `wins`, `losses`, `ties` are shares of the pairs.

    Raises
    ------
    MethodError
        No hierarchy, no direction, an unknown outcome, visit or level; a single person of an arm (in a stratum).
    DataError
        A participant in two arms or strata, or twice at a visit.

    References
    ----------
    .. [1] Pocock, Ariti, Collier & Wang 2012, European Heart Journal 33:176-182. [from memory]
    .. [2] Bebu & Lachin 2016, Biostatistics 17:178-187. [from memory]
    .. [3] Dong, Qiu, Wang & Vandemeulebroecke 2018, J Biopharm Stat 28:778-796 (strata). [from memory]
    """
    if not hierarchy:
        raise MethodError("win_ratio: the hierarchy is empty; name at least one `Priority(outcome=..., visit=...)`.")
    people, notes = _people(outcomes, hierarchy, factor, reference, strata)
    arms = list(people[factor].cat.categories)
    reference = arms[0] if reference is None else reference
    one_of("reference", reference, arms)
    rows: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    for arm in (arm for arm in arms if arm != reference):
        sides = [people[people[factor].eq(name).to_numpy(dtype=bool)] for name in (arm, reference)]
        parts, alone = _parts(sides[0], sides[1], strata, f"{arm} and {reference}")
        compared = [_verdict(first, second, hierarchy) for first, second in parts]
        shared = {factor: arm, "reference": reference, "n": sum(map(len, sum(parts, ())))}
        rows += [row | shared for row in _rows([verdict for verdict, _ in compared], level)]
        steps += [step | {factor: arm} for step in _joined([found for _, found in compared])]
        notes += alone
    if not rows:
        raise MethodError(f"win_ratio: `{factor}` has only one level; there is nothing to compare.")
    frame = pd.DataFrame(rows)
    frame[factor] = frame[factor].astype(people[factor].dtype)
    order = ", then ".join(_words(step) for step in hierarchy)
    return Wins(
        frame=estimate_frame(frame, [factor]),
        method=(
            f"win ratio by {order}{f', within {strata}' if strata else ''}; U-statistic variance"
            + (", not adjusted for the number of comparisons" if len(arms) > 2 else "")
        ),
        n=len(people),
        level=level,
        notes=notes + _wide(frame),
        steps=pd.DataFrame(steps)[[factor, "step", "outcome", "visit", "pairs", "wins", "losses", "ties", "missing"]],
    )


def _wide(frame: pd.DataFrame) -> tuple[str, ...]:
    """What the study of small trials (benchmarks/grades_coverage.py) found of these intervals."""
    if frame["n"].min() > WIDE_UP_TO:
        return ()
    return ("with so few people the intervals are wider than they need be",)


def _words(step: Priority) -> str:
    by = f" by more than {step.margin:g}" if step.margin else ""
    return f"{measure(step.outcome).label} at {step.visit}{by}"


def _people(
    outcomes: pd.DataFrame, hierarchy: Sequence[Priority], factor: str, reference: str | None, strata: str | None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """One row per participant: the group, the stratum, and a column of each outcome, larger being better."""
    named = [factor, *([strata] if strata else [])]
    require(outcomes, ["participant", *named])
    concerned = outcomes[outcomes["outcome"].isin([step.outcome for step in hierarchy])]
    groups = concerned[["participant", *named]].drop_duplicates()
    lost = int(groups[named].isna().any(axis=1).sum())
    groups = groups.dropna()
    torn = groups["participant"].duplicated()
    if torn.any():
        raise DataError(
            f"outcomes: {plural(int(torn.sum()), 'participant')} in more than one {' or '.join(named)}, first at row "
            f"{groups.index[torn][0]}; a comparison needs one each."
        )
    people = groups.assign(**{factor: as_levels(groups[factor], reference)})
    for place, step in enumerate(hierarchy):
        rows = of_outcome(outcomes, step.outcome, [step.value])
        one_of("visit", step.visit, list(dict.fromkeys(map(str, rows["visit"].dropna()))))
        here = rows[rows["visit"].eq(step.visit).to_numpy(dtype=bool)][["participant", step.value]]
        better = step.better or measure(step.outcome).better
        if better is None:
            raise MethodError(f"{step.outcome}: no direction of benefit is on record; give the Priority a `better`.")
        one_of("better", better, ("lower", "higher"))
        numbers = here[step.value].astype("float64") * (1 if better == "higher" else -1)
        people = people.merge(here[["participant"]].assign(**{f"step {place}": numbers}), "left", "participant")
    note = (f"left out: {plural(lost, 'participant')} without {' or '.join(named)}",) if lost else ()
    return people.reset_index(drop=True), note


def _parts(
    mine: pd.DataFrame, theirs: pd.DataFrame, strata: str | None, words: str
) -> tuple[list[tuple[pd.DataFrame, pd.DataFrame]], tuple[str, ...]]:
    """The people of both arms in each stratum; strata without people of both tell nothing."""
    pairs = [(mine, theirs)]
    if strata:
        labels = dict.fromkeys([*mine[strata], *theirs[strata]])
        pairs = [tuple(side[side[strata].eq(label).to_numpy(dtype=bool)] for side in pairs[0]) for label in labels]  # type: ignore[misc]
    both = [pair for pair in pairs if min(map(len, pair))]
    alone = sum(len(side) for pair in pairs for side in pair) - sum(len(side) for pair in both for side in pair)
    if not both or min(len(side) for pair in both for side in pair) < 2:
        where = f" in each {strata} that has both" if strata else ""
        raise MethodError(f"win_ratio: {words}: each arm needs at least two people{where}; join or leave out levels.")
    return both, ((f"{words}: {plural(alone, 'person', 'people')} alone in a {strata} not compared",) if alone else ())


def _joined(found: Sequence[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """What each outcome decided, over all strata."""
    counted = ("pairs", "wins", "losses", "ties", "missing")
    return [step[0] | {name: sum(one[name] for one in step) for name in counted} for step in zip(*found, strict=True)]


def _verdict(
    mine: pd.DataFrame, theirs: pd.DataFrame, hierarchy: Sequence[Priority]
) -> tuple[NDArray[np.int8], list[dict[str, Any]]]:
    """1 for a win of the first, -1 for a loss, 0 for a tie, for every pair; and what each outcome decided."""
    if len(mine) * len(theirs) > MOST_PAIRS:
        raise MethodError(f"win_ratio: {len(mine) * len(theirs):,} pairs of people are more than memory should hold.")
    verdict = np.zeros((len(mine), len(theirs)), dtype=np.int8)
    undecided = np.ones(verdict.shape, dtype=bool)
    found = []
    for place, step in enumerate(hierarchy):
        first, second = (side[f"step {place}"].to_numpy(dtype=np.float64) for side in (mine, theirs))
        off = first[:, None] - second
        missing = undecided & np.isnan(off)
        won, lost = undecided & (off > step.margin), undecided & (off < -step.margin)
        verdict[won], verdict[lost] = 1, -1
        counts = {"pairs": int(undecided.sum()), "wins": int(won.sum()), "losses": int(lost.sum())}
        undecided &= ~(won | lost)
        found.append(
            {"step": place + 1, "outcome": step.outcome, "visit": step.visit, **counts}
            | {"ties": int(undecided.sum()), "missing": int(missing.sum())}
        )
    return verdict, found


def _rows(verdicts: Sequence[NDArray[np.int8]], level: float) -> list[dict[str, Any]]:
    """The terms from the verdicts of each stratum, whose pairs weigh by one over its people."""
    weights = np.array([verdict.size / sum(verdict.shape) for verdict in verdicts])
    weights /= weights.sum()
    moments = [_moments(verdict) for verdict in verdicts]
    w, lose = (float(value) for value in weights @ np.array([means for means, _ in moments]))
    covariance = np.tensordot(weights**2, np.array([spread for _, spread in moments]), axes=1)
    shares = {"wins": w, "losses": lose, "ties": 1 - w - lose}
    z = float(stats.norm.isf((1 - level) / 2))
    rows = []
    for term, estimate, slopes, log in (
        (RATIO, _over(w, lose), np.array([_over(1, w), -_over(1, lose)]), True),
        (ODDS, _over(1 + w - lose, 1 - w + lose), 2 / max(1 - (w - lose) ** 2, 1e-300) * np.array([1, -1]), True),
        (BENEFIT, w - lose, np.array([1.0, -1.0]), False),
    ):
        known = bool(np.isfinite(slopes).all()) and bool(np.isfinite(estimate))
        error = float(np.sqrt(slopes @ covariance @ slopes)) if known else np.nan
        centre = float(np.log(estimate)) if log and known and estimate > 0 else estimate
        statistic = centre / error if error > 0 else np.nan
        limits = [centre - z * error, centre + z * error]
        if log and known:
            limits = [float(np.exp(limit)) for limit in limits]
        rows.append(
            {"term": term, "estimate": estimate, "std_error": error * (estimate if log else 1)}
            | {"statistic": statistic, "p_value": 2 * float(stats.norm.sf(abs(statistic))), **shares}
            | {"conf_low": limits[0], "conf_high": limits[1], "df": np.inf}
        )
    return rows


def _moments(verdict: NDArray[np.int8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shares of wins and losses among the pairs, and their covariance."""
    sides = [(verdict == which).astype(float) for which in (1, -1)]
    spread = [np.cov([side.mean(axis=axis) for side in sides]) / verdict.shape[1 - axis] for axis in (1, 0)]
    return np.array([side.mean() for side in sides]), sum(spread)


def _over(above: float, below: float) -> float:
    if below:
        return above / below
    return float("inf") if above else float("nan")
