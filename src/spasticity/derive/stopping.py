"""How a drug was stopped: how fast, from which dose, for how long. Describes a log; gives no advice on dosing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.derive.dose_runs import FAR, SLACK, Floats, Ints, Runs, by_rank, in_units, reasons, runs_of
from spasticity.errors import MethodError

CLASSES = (
    "complete abrupt",
    "complete rapid",
    "gradual",
    "partial abrupt",
    "speed not known",
)
ABRUPT, RAPID, GRADUAL, PARTIAL, NOT_KNOWN = range(len(CLASSES))
NO_EVENT = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRule:
    """When a fall of the dose counts as a stop; every default is a proposal of the project's domain dossier, 3.3a.

    Parameters
    ----------
    pre_window_days, min_pre_days_covered : int
        The dose before is the median over so many days up to the last whole dose, of which so many must be known.
    min_pre_exposure_days : int
        Days with a dose above zero before the last whole dose.
    min_pre_dose : float
        In the unit of the route.
    whole_frac, complete_frac, partial_frac : float
        Shares of the dose before: a dose from the first on is whole, one down to the second is none, a fall of the
        third within `abrupt_days` is a partial stop.
    abrupt_days, rapid_days : int
        From the last whole dose to the first that is none; longer is gradual.
    settled_days : int
        A dose held so long on the way down is a new dose to fall from, shorter steps are one way down
        [proposal here].
    switch_days : int
        A start of the same drug by another route so near is a switch, not a stop.
    word : str
        What such a stop is called: `withdrawal` or `discontinuation`.
    """

    pre_window_days: int = 14
    min_pre_days_covered: int = 10
    min_pre_exposure_days: int = 30  # S112b names 2-3 months: try 60 and 150
    min_pre_dose: float = 15.0  # the first dose of the label, S68
    whole_frac: float = 0.9
    complete_frac: float = 0.10
    partial_frac: float = 0.50
    abrupt_days: int = 3
    rapid_days: int = 7  # the shortest advice is 1-2 weeks, S118
    settled_days: int = 28
    switch_days: int = 3
    word: str = "withdrawal"

    def __post_init__(self) -> None:
        ordered = 0 <= self.complete_frac < 1 - self.partial_frac < self.whole_frac <= 1
        if not (ordered and 1 <= self.abrupt_days <= self.rapid_days and self.min_pre_days_covered >= 1):
            raise MethodError(
                "StopRule: expected complete_frac < 1 - partial_frac < whole_frac and 1 <= abrupt_days <= rapid_days; "
                "give thresholds in that order."
            )


STOP_RULES: Mapping[tuple[str, str], StopRule] = {
    ("baclofen", "oral"): StopRule(),
    # 12 µg: the lowest daily dose called usual, [from memory] in the dossier; rapid as for tablets
    ("baclofen", "intrathecal"): StopRule(min_pre_exposure_days=1, abrupt_days=1, min_pre_dose=12.0),
    ("cyclobenzaprine", "oral"): StopRule(min_pre_exposure_days=21, word="discontinuation"),
}
OTHER_RULE = StopRule(min_pre_dose=0.0, word="discontinuation")  # a drug about which the dossier has no rule


@dataclass(frozen=True, slots=True, eq=False)
class Fall:
    """Falls of the dose; arrays of shape (falls,): the run of the last whole dose, and where the fall leads."""

    run: Ints
    before: Floats
    covered: Ints
    low: Ints
    halved: Ints
    until: Ints


def stops(daily: pd.DataFrame, *, rules: Mapping[tuple[str, str], StopRule] = STOP_RULES) -> pd.DataFrame:
    """Each time a drug was stopped, or cut by half at once. Describes the log; it is not advice.

    The dose before is the median of the days up to the last whole dose. A stop is complete on the first later day
    with a documented dose of a tenth of it or less; an unknown or imputed day is never a stop. One way down is one
    row, from its last whole dose; where unknown days leave open how fast it was, the class is `speed not known`.

    Parameters
    ----------
    daily : DataFrame
        As `derive.dose_per_day` gives it.
    rules : mapping of (drug, route) to StopRule
        Another drug or route takes `OTHER_RULE`.

    Returns
    -------
    DataFrame
        One row per fall: `participant, cohort, arm, drug, route, class` (a category), `word`, `last_whole_day`,
        `stop_day` (the first day at a tenth or less; of a partial stop, at half or less), `days` between the two and
        `days_least`, the fewest it can have been if unknown days lie between; dose `before` and `after` in mg and µg
        per day; `exposure_days`; `resumed_day`, the first later day with more than a tenth of the dose
        before, or with the whole one after a partial stop; `flag`, why a row does not count, missing when it does.

    Raises
    ------
    DataError
        A day twice, or a dose in the unit of the other route.
    MethodError
        When a column is absent.
    """
    runs = runs_of(daily, imputed=False)
    limits = _limits(runs, rules)
    falls = _falls(runs, limits)
    kind, stop, longest, least = _classes(runs, falls, limits)
    kept = kind != NO_EVENT
    falls = Fall(*(getattr(falls, field.name)[kept] for field in fields(Fall)))
    course, stop = runs.course[falls.run], stop[kept]
    frame = runs.of(course)
    found, which = _rules(runs, rules)
    word = np.array([rule.word for rule in found], dtype=object)[which[course]]
    after = runs.dose[np.where(kind[kept] == PARTIAL, falls.halved, falls.low)]
    exposed = _exposed(runs)[falls.run]
    frame = frame.assign(
        **{"class": pd.Categorical(np.array(CLASSES, dtype=object)[kind[kept]], categories=list(CLASSES))},
        word=word,
        last_whole_day=runs.end[falls.run] - 1,
        stop_day=stop,
        days=longest[kept],
        days_least=least[kept],
        **in_units(frame["route"], before=falls.before, after=after),
        exposure_days=exposed,
        resumed_day=_resumed(runs, falls, kind[kept], limits),
    )
    return frame.assign(flag=_flags(runs, falls, frame, limits))


def _rules(runs: Runs, rules: Mapping[tuple[str, str], StopRule]) -> tuple[list[StopRule], Ints]:
    """The rules there are, and which of them each course has."""
    pairs = runs.courses[["drug", "route"]]
    which = pairs.groupby(["drug", "route"], observed=True, sort=False).ngroup().to_numpy()
    names = pairs.drop_duplicates().itertuples(index=False, name=None)
    return [rules.get((str(drug), str(route)), OTHER_RULE) for drug, route in names], which.astype(np.int64)


def _limits(runs: Runs, rules: Mapping[tuple[str, str], StopRule]) -> dict[str, Floats]:
    """Every threshold as an array over the courses."""
    names = [field.name for field in fields(StopRule) if field.name != "word"]
    found, which = _rules(runs, rules)
    return {name: np.array([getattr(rule, name) for rule in found], dtype=float)[which] for name in names}


def _falls(runs: Runs, limits: dict[str, Floats]) -> Fall:
    """Every way down, from the last whole dose on; one that begins inside another is part of it."""
    falls = runs.follows[1:] & (runs.dose[1:] < runs.dose[:-1])
    run = np.flatnonzero(falls)
    before, covered = _dose_before(runs, run, limits)
    whole = limits["whole_frac"][runs.course[run]] * before
    leaves = (runs.dose[run] >= whole * (1 - SLACK)) & (runs.dose[run + 1] < whole * (1 - SLACK))
    run, before, covered = run[leaves], before[leaves], covered[leaves]
    low, halved, until = _followed(runs, run, before, limits)
    free = np.zeros(len(runs.courses), dtype=np.int64)
    first = np.zeros(len(run), dtype=bool)
    for here in by_rank(runs.course[run]):
        who = runs.course[run[here]]
        first[here] = run[here] >= free[who]
        free[who] = np.where(first[here], until[here], free[who])
    return Fall(run[first], before[first], covered[first], low[first], halved[first], until[first])


def _dose_before(runs: Runs, run: Ints, limits: dict[str, Floats]) -> tuple[Floats, Ints]:
    """Median known dose of the days up to the end of a run, and how many were known."""
    course = runs.course[run]
    window = limits["pre_window_days"][course]
    back = np.arange(int(window.max(initial=1)))
    days = (runs.end[run] - 1)[:, None] - back
    dose = runs.at(np.broadcast_to(course[:, None], days.shape), days)
    dose = np.sort(np.where(back < window[:, None], dose, np.nan), axis=1)
    known = (~np.isnan(dose)).sum(axis=1)
    pick = np.arange(len(run))
    return (dose[pick, (known - 1) // 2] + dose[pick, known // 2]) / 2, known


def _followed(runs: Runs, run: Ints, before: Floats, limits: dict[str, Floats]) -> tuple[Ints, Ints, Ints]:
    """The runs at which a fall reaches none and a half, and the run at which it is over; -1 and the end if never."""
    low, halved = np.full(len(run), -1), np.full(len(run), -1)
    until = np.full(len(run), len(runs))
    course, place, active = runs.course[run], run + 1, np.arange(len(run))
    limit = {name: values[course] for name, values in limits.items()}
    lengths = runs.end - runs.start
    while len(active):
        at = place[active]
        there = at < len(runs)
        there[there] = runs.course[at[there]] == course[active[there]]
        active, at = active[there], at[there]
        dose = runs.dose[at] / before[active]
        half = (halved[active] < 0) & (dose <= 1 - limit["partial_frac"][active] + SLACK)
        halved[active[half]] = at[half]
        none = dose <= limit["complete_frac"][active] + SLACK
        low[active[none]] = at[none]
        over = none | (dose >= limit["whole_frac"][active] - SLACK) | (lengths[at] >= limit["settled_days"][active])
        until[active[over]] = at[over]
        active = active[~over]
        place[active] += 1
    return low, halved, until


def _classes(runs: Runs, falls: Fall, limits: dict[str, Floats]) -> tuple[Ints, Ints, Ints, Ints]:
    """Class, day of the stop, days it took, and the fewest it can have taken."""
    course = runs.course[falls.run]
    abrupt, rapid = limits["abrupt_days"][course], limits["rapid_days"][course]
    whole = runs.end[falls.run] - 1
    complete, goal = falls.low >= 0, np.where(falls.low >= 0, falls.low, falls.halved)
    day = np.where(goal >= 0, runs.start[goal], whole)
    longest = day - whole
    latest_whole, earliest = runs.start[np.minimum(falls.run + 1, len(runs) - 1)] - 1, runs.end[goal - 1]
    least = np.where(goal == falls.run + 1, 1, np.maximum(earliest - latest_whole, 1))
    slow, quick = (np.select([days <= abrupt, days <= rapid], [ABRUPT, RAPID], GRADUAL) for days in (longest, least))
    kind = np.where(slow == quick, slow, NOT_KNOWN)
    partial = (goal >= 0) & (longest <= abrupt)
    return np.where(complete, kind, np.where(partial, PARTIAL, NO_EVENT)), day, longest, least


def _exposed(runs: Runs) -> Ints:
    """Days with a dose above zero before the last day of each run."""
    days = np.where(runs.dose > 0, runs.end - runs.start, 0)
    total = np.cumsum(days)
    first = np.maximum.accumulate(np.where(runs.follows, 0, np.arange(len(runs))))
    return total - (total - days)[first] - (runs.dose > 0)


def _resumed(runs: Runs, falls: Fall, kind: Ints, limits: dict[str, Floats]) -> pd.Series:
    """The first later day with more than a tenth of the dose before, or with the whole one after a partial stop."""
    limit = {name: values[runs.course[falls.run]] for name, values in limits.items()}
    partial = kind == PARTIAL
    enough = np.where(partial, limit["whole_frac"] - SLACK, limit["complete_frac"] + 2 * SLACK) * falls.before
    active, day = np.arange(len(kind)), np.full(len(kind), np.nan)
    place = np.where(partial, falls.halved, falls.low)
    while len(active):
        place[active] += 1
        at = place[active]
        there = at < len(runs)
        there[there] = runs.course[at[there]] == runs.course[falls.run[active[there]]]
        active, at = active[there], at[there]
        back = runs.dose[at] >= enough[active]
        day[active[back]] = runs.start[at[back]]
        active = active[~back]
    return pd.Series(day).astype("Int64")


def _flags(runs: Runs, falls: Fall, frame: pd.DataFrame, limits: dict[str, Floats]) -> pd.Series:
    """Why a fall is not counted."""
    limit = {name: values[runs.course[falls.run]] for name, values in limits.items()}
    tests = {
        "too few days known before": falls.covered < limit["min_pre_days_covered"],
        "dose before too low": falls.before < limit["min_pre_dose"] * (1 - SLACK),
        "exposure too short": frame["exposure_days"].to_numpy() < limit["min_pre_exposure_days"],
        "switched to another route": _switched(runs, falls, frame, limit["switch_days"]),
    }
    return reasons(tests)


def _switched(runs: Runs, falls: Fall, frame: pd.DataFrame, near: Floats) -> NDArray[np.bool_]:
    """Whether the same drug was started by another route close to the fall."""
    pair = runs.courses.groupby(["participant", "drug"], observed=True, sort=False).ngroup().to_numpy(dtype=np.int64)
    before = np.concatenate([[0.0], runs.dose[:-1]])[: len(runs)]
    starts = (runs.dose > 0) & (~runs.follows | (before == 0))
    way = runs.courses["route"].astype(str).to_numpy(dtype=object)
    own, mine = pair[runs.course[falls.run]], way[runs.course[falls.run]]
    first, last = frame["last_whole_day"].to_numpy() - near, frame["stop_day"].to_numpy() + near
    switched = np.zeros(len(frame), dtype=bool)
    for route in np.unique(way):
        here = starts & (way[runs.course] == route)
        days = np.sort(pair[runs.course[here]] * FAR + runs.start[here])
        found = np.searchsorted(days, own * FAR + last, side="right") > np.searchsorted(days, own * FAR + first)
        switched |= found & (mine != route)
    return switched
