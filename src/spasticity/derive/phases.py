"""Phases of dosing: titration, maintenance, re-titration, reduction, taper, interruption. Gives no advice on dosing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.derive.dose_runs import SLACK, Floats, Ints, Runs, by_rank, in_units, lasts, runs_of
from spasticity.errors import MethodError

PHASES = (
    "titration",
    "maintenance",
    "re-titration",
    "reduction",
    "taper",
    "interruption",
    "off",
    "unknown",
)
TITRATION, MAINTENANCE, RETITRATION, REDUCTION, TAPER, INTERRUPTION, OFF, UNKNOWN = range(len(PHASES))

# All are proposals of the project's domain dossier, section 3.3e, unless said otherwise.
STABLE_DAYS = 14
TOLERANCE_MG = 5.0  # oral
TOLERANCE_PERCENT = 10.0  # intrathecal: one change of 10 % at a refill stays inside maintenance
RISE_DAYS = 3  # a shorter rise is no re-titration
SETTLED_DAYS = (
    28  # a lower dose held so long is a new maintenance; shorter steps belong to the way down [proposal here]
)
TAPER_FROM = 0.95  # of the last maintenance dose


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Runs of doses within the tolerance of one level; arrays of shape (blocks,)."""

    course: Ints
    start: Ints
    end: Ints
    level: Floats
    first: Floats
    last: Floats
    highest: Floats
    known: Ints

    def __len__(self) -> int:
        return len(self.course)


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """How far from a level a dose may be: mg by mouth, a share of the level intrathecally."""

    oral: NDArray[np.bool_]
    mg: float
    share: float

    def around(self, level: Floats, course: Ints) -> Floats:
        """The tolerance of levels of courses."""
        return np.where(self.oral[course], self.mg, self.share * level) + SLACK * np.maximum(level, 1)

    def holds(self, level: Floats, low: Floats, high: Floats, course: Ints) -> NDArray[np.bool_]:
        """Whether the lowest and the highest dose are within the tolerance of a level."""
        room = self.around(level, course)
        return (high - level <= room) & (level - low <= room)


def dose_phases(
    daily: pd.DataFrame,
    *,
    stable_days: int = STABLE_DAYS,
    tolerance_mg: float = TOLERANCE_MG,
    tolerance_percent: float = TOLERANCE_PERCENT,
    rise_days: int = RISE_DAYS,
    settled_days: int = SETTLED_DAYS,
    bridge_days: int = 0,
) -> pd.DataFrame:
    """The phases of each course of a drug, from the first to the last day of its log. Describes data; gives no advice.

    *Maintenance* is a stretch of at least `stable_days` in which every day is within the tolerance of its level, the
    dose held longest in it; *titration* is what comes before the first one. A later rise beyond the tolerance that
    lasts `rise_days` is *re-titration* until the next maintenance. A fall held for `settled_days` is maintenance at
    a lower level; a shorter one is *reduction*, or, when the dose never rises again, *taper*. Documented zeros
    between doses are *interruption*, before the first and after the last dose *off*. Unknown days are *unknown* and
    end every stretch; nothing is interpolated across them.

    Parameters
    ----------
    daily : DataFrame
        As `derive.dose_per_day` gives it.
    stable_days : int
    tolerance_mg : float
        Oral, in mg per day.
    tolerance_percent : float
        Intrathecal, in percent of the level.
    rise_days, settled_days : int
    bridge_days : int
        Unknown days in a row that do not end a stretch within the tolerance; they count for no number of days above.

    Returns
    -------
    DataFrame
        One row per phase, whose rows cover the log: `participant, cohort, arm, drug, route, phase` (a category),
        `start_day, end_day` (half-open), `days`, and the `first, last, highest` dose and the `level` (of maintenance,
        and of what a taper came from), each in mg and in µg per day.

    Raises
    ------
    DataError
        A day twice, or a dose in the unit of the other route.
    MethodError
        A threshold that is not positive.

    Notes
    -----
    The rules follow the project's domain dossier, section 3.3e; see `docs/methods/dosing.md`.
    """
    if min(stable_days, rise_days, settled_days) < 1 or min(tolerance_mg, tolerance_percent, bridge_days) < 0:
        raise MethodError("dose_phases: days are counted from 1 and tolerances from 0; give such thresholds.")
    runs = runs_of(daily)
    room = Room((runs.courses["route"] == "oral").to_numpy(), tolerance_mg, tolerance_percent / 100)
    blocks = _blocks(runs, room, bridge_days)
    phase, level = _forward(blocks, room, stable_days, rise_days, settled_days)
    phase, level = _tapered(blocks, phase, level, len(runs.courses))
    return _table(runs, blocks, phase, level)


def _blocks(runs: Runs, room: Room, bridge: int) -> Blocks:
    """Neighbouring runs within the tolerance of the one held longest, greedily from the first day on."""
    courses = len(runs.courses)
    level, longest, low, high = (np.zeros(courses) for _ in range(4))
    levels, new = np.zeros(len(runs)), np.ones(len(runs), dtype=bool)
    follows, gap, lengths = runs.follows, runs.gap, runs.end - runs.start
    for here in by_rank(runs.course):
        who, dose, days = runs.course[here], runs.dose[here], lengths[here]
        lower, higher = np.minimum(low[who], dose), np.maximum(high[who], dose)
        near = follows[here] & (gap[here] <= bridge) & (dose > 0) & (level[who] > 0)
        moved = near & room.holds(dose, lower, higher, who) & (days > longest[who])
        joins = moved | (near & room.holds(level[who], lower, higher, who))
        new[here] = ~joins
        level[who] = np.where(joins & ~moved, level[who], dose)
        longest[who] = np.where(joins, np.maximum(longest[who], days), days)
        low[who], high[who] = np.where(joins, lower, dose), np.where(joins, higher, dose)
        levels[here] = level[who]
    first = np.flatnonzero(new)
    last = lasts(first, len(runs))
    return Blocks(
        course=runs.course[first],
        start=runs.start[first],
        end=runs.end[last],
        level=levels[last],
        first=runs.dose[first],
        last=runs.dose[last],
        highest=_reduced(np.maximum, runs.dose, first),
        known=_reduced(np.add, lengths, first),
    )


def _reduced(how: np.ufunc, values: NDArray[Any], first: Ints) -> NDArray[Any]:
    return how.reduceat(values, first) if len(first) else values[:0]


def _forward(blocks: Blocks, room: Room, stable: int, rise: int, settled: int) -> tuple[Ints, Floats]:
    """The phase of each block by what came before it, a fall being `reduction`, and the level of maintenance."""
    courses = len(room.oral)
    reference = np.full(courses, np.nan)  # level of the last maintenance
    state, seen = np.full(courses, TITRATION), np.zeros(courses, dtype=bool)
    phase, levels = np.full(len(blocks), OFF), np.full(len(blocks), np.nan)
    for here in by_rank(blocks.course):
        who, level, days = blocks.course[here], blocks.level[here], blocks.known[here]
        given, last = level > 0, reference[who]
        near = room.around(last, who)
        above, below = level - last > near, last - level > near
        found = given & (days >= np.where(below, settled, stable)) & (above | below | np.isnan(last))
        steady = found | (given & ~np.isnan(last) & ~above & ~below)
        rises = given & above & (days >= rise)
        falls = given & below & (state[who] != RETITRATION)
        now = np.select([steady, rises, falls], [MAINTENANCE, RETITRATION, REDUCTION], state[who])
        phase[here] = np.where(given, now, np.where(seen[who], INTERRUPTION, OFF))
        state[who] = np.where(given, now, state[who])
        reference[who] = np.where(found, level, last)
        levels[here] = reference[who]
        seen[who] |= given
    return phase, levels


def _tapered(blocks: Blocks, phase: Ints, levels: Floats, courses: int) -> tuple[Ints, Floats]:
    """Phases in which the last way down is a taper, and documented zeros after the last dose are off; their levels."""
    phase, place, given = phase.copy(), np.arange(len(blocks)), blocks.level > 0
    final = _latest(blocks.course, np.where(given, place, -1), courses)[blocks.course]
    phase[~given & (place > final)] = OFF
    before = np.concatenate([[0.0], blocks.level[:-1]])[: len(blocks)]
    follows = np.concatenate([[False], blocks.course[1:] == blocks.course[:-1]])[: len(blocks)]
    rose = given & (~follows | (blocks.level > before))
    turn = _latest(blocks.course, np.where(rose, place, -1), courses)[blocks.course]
    last = _latest(blocks.course, np.where(phase == MAINTENANCE, place, -1), courses)[blocks.course]
    top = np.zeros(courses)  # the highest dose since the last maintenance began
    np.maximum.at(top, blocks.course, np.where(place >= last, blocks.level, 0.0))
    down = given & (place >= turn) & (place > last) & (blocks.level < TAPER_FROM * top[blocks.course])
    phase[down] = TAPER
    return phase, np.where(down, top[blocks.course], np.where(phase == MAINTENANCE, levels, np.nan))


def _latest(course: Ints, place: Ints, courses: int) -> Ints:
    latest = np.full(courses, -1)
    np.maximum.at(latest, course, place)
    return latest


def _table(runs: Runs, blocks: Blocks, phase: Ints, level: Floats) -> pd.DataFrame:
    """Blocks of one phase joined, and a row of unknown days between and around them."""
    new = np.ones(len(blocks), dtype=bool)
    new[1:] = (blocks.course[1:] != blocks.course[:-1]) | (blocks.start[1:] != blocks.end[:-1])
    new[1:] |= (phase[1:] != phase[:-1]) | ((level[1:] != level[:-1]) & (phase[1:] == MAINTENANCE))
    first = np.flatnonzero(new)
    last = lasts(first, len(blocks))
    rows = pd.DataFrame(
        {
            "course": blocks.course[first],
            "start_day": blocks.start[first],
            "end_day": blocks.end[last],
            "phase": phase[first],
            "first": blocks.first[first],
            "last": blocks.last[last],
            "highest": _reduced(np.maximum, blocks.highest, first),
            "level": level[first],
        }
    )
    rows = pd.concat([rows, _unknown(rows, runs.courses)], ignore_index=True)
    rows = rows.sort_values(["course", "start_day"], ignore_index=True)
    frame = runs.of(rows["course"].to_numpy(dtype=np.int64))
    amounts = {name: rows[name].to_numpy(dtype=float) for name in ("first", "last", "highest", "level")}
    return frame.assign(
        phase=pd.Categorical(
            np.array(PHASES, dtype=object)[rows["phase"].to_numpy(dtype=np.int64)], categories=list(PHASES)
        ),
        start_day=rows["start_day"].astype("int64"),
        end_day=rows["end_day"].astype("int64"),
        days=(rows["end_day"] - rows["start_day"]).astype("int64"),
        **in_units(frame["route"], **amounts),
    )


def _unknown(rows: pd.DataFrame, courses: pd.DataFrame) -> pd.DataFrame:
    """Stretches of the log that no other row covers."""
    number = np.arange(len(courses))
    edges = pd.DataFrame({"course": number, "start_day": courses["first_day"], "end_day": courses["first_day"]})
    ends = pd.DataFrame({"course": number, "start_day": courses["end_day"], "end_day": courses["end_day"]})
    spans = pd.concat([edges, rows[["course", "start_day", "end_day"]], ends], ignore_index=True)
    spans = spans.sort_values(["course", "start_day", "end_day"], kind="stable", ignore_index=True)
    following = spans["start_day"].shift(-1).where(spans["course"].shift(-1) == spans["course"])
    gap = (following > spans["end_day"]).fillna(False)
    gaps = pd.DataFrame({"course": spans["course"], "start_day": spans["end_day"], "end_day": following})[gap]
    return gaps.assign(phase=UNKNOWN).astype({"end_day": "int64"})
