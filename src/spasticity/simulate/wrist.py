"""A device on the wrist of some people: activity minute by minute, in the weeks in which their spasms were recorded.

Sleep, wake and spasms are decided first; the counts are made of them. What was decided is returned as the truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.simulate.constants import Given
from spasticity.simulate.course import Course
from spasticity.simulate.people import People
from spasticity.simulate.sleep import Nights
from spasticity.simulate.streams import Draw

MINUTE_S = 60
DAY_MIN = 24 * 60
NIGHTS = 7
NOON_MIN = 12 * 60
OUT, IN_BED, ASLEEP, OFF = range(4)  # what a minute is
TRUTH_COLUMNS = ["participant", "day", "what", "start_utc", "end_utc"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WristModel:
    """Who wears the device, and what it counts.

    Parameters
    ----------
    visits : tuple of str
        Visits before which it is worn, from noon of the seventh day before to noon of the visit's day.
    arm : str
        Whose people are asked.
    per_cohort : int
        People of each cohort: of those who came to the visits, and whose clocks change in the first six nights of one
        of the weeks, the ones with the most recorded spasms.
    up, lying, asleep : Given
        Mean counts in a minute with movement: out of bed, awake in bed, asleep.
    still_up, still_lying, still_asleep : Given
        Share of minutes without any.
    spasm : tuple
        Severity and the mean counts it adds to its minute.
    spasm_most : Given
        Most that a spasm adds.
    waking_min, turning_min : Given
        Mean minutes awake after a spasm that wakes, and after another awakening, beyond the shortest.
    shortest_min : Given
        Shortest time awake.
    off_min : Given
        Mean minutes for which it lies aside on one afternoon of each week.
    night_off : Given
        Probability that it lies aside for a night.
    ends_early, lost_min : Given
        Probability that a recording ends early, and by how many minutes.
    """

    visits: tuple[str, ...]
    arm: str
    per_cohort: int
    up: Given
    lying: Given
    asleep: Given
    still_up: Given
    still_lying: Given
    still_asleep: Given
    spasm: tuple[tuple[str, Given], ...]
    spasm_most: Given
    waking_min: Given
    turning_min: Given
    shortest_min: Given
    off_min: Given
    night_off: Given
    ends_early: Given
    lost_min: Given


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Week:
    """One recording while it is made; minutes count from its start.

    Parameters
    ----------
    participant, zone : str
    first : Timestamp
        Start, UTC.
    what : ndarray of int, shape (minutes,)
        `OUT`, `IN_BED`, `ASLEEP` or `OFF`.
    truth : list of tuple
        Day of the night, what, first and last minute (half-open).
    """

    participant: str
    zone: str
    first: pd.Timestamp
    what: NDArray[np.int64]
    truth: list[tuple[int, str, float, float]]


def worn(
    model: WristModel | None, people: People, course: Course, nights: Nights, spasms: pd.DataFrame, draw: Draw
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The recordings and the truth about them.

    Parameters
    ----------
    model : WristModel, optional
        None when nobody wears a device.
    people : People
    course : Course
    nights : Nights
        As they were, written down or not.
    spasms : DataFrame
        The recorded spasms.
    draw : callable

    Returns
    -------
    epochs : DataFrame
        Rows of `EPOCHS`, 60 s each.
    truth : DataFrame
        `participant, day` (of the night), `what` (`asleep`: from falling asleep to the final awakening; `awake from
        spasm` and `awake` within it; `spasm asleep`, `spasm awake in bed`; `not worn`; `not recorded`), `start_utc`,
        `end_utc` (equal for a spasm).
    """
    frames, truths = [], []
    if model is not None:
        numbers = [number for number, visit in enumerate(course.visits) if visit.name in model.visits]
        for person in _wearers(model, people, course, numbers, spasms):
            mine = spasms[spasms["participant"] == people.ids[person]]
            for number in numbers:
                rng = draw("wrist", str(people.ids[person]), course.visits[number].name)
                frame, truth = _week(model, people, course, nights, mine, (person, number), rng)
                frames.append(frame)
                truths.append(truth)
    if not frames:
        return pd.DataFrame(), pd.DataFrame(columns=TRUTH_COLUMNS)
    return pd.concat(frames, ignore_index=True), pd.concat(truths, ignore_index=True)


def _wearers(model: WristModel, people: People, course: Course, numbers: list[int], spasms: pd.DataFrame) -> list[int]:
    """Who is asked to wear it."""
    here = people.in_arm(model.arm) & course.attended[:, numbers].all(axis=1)
    changes = np.zeros(len(people), dtype=bool)
    many = np.zeros(len(people), dtype=np.int64)
    for person in np.flatnonzero(here).tolist():
        mine = spasms.loc[spasms["participant"] == people.ids[person], "start_utc"]
        for number in numbers:
            start, end = (_noon(people, course, person, number, back) for back in (NIGHTS, 0))
            early = _noon(people, course, person, number, 1)  # a recording that ends early has the change too
            changes[person] |= early - start != pd.Timedelta(days=NIGHTS - 1)
            many[person] += int(((mine >= start) & (mine < end)).sum())
    chosen = []
    for cohort in people.cohorts:
        asked = np.flatnonzero(here & changes & people.in_cohort(cohort.name))
        chosen += asked[np.argsort(-many[asked], kind="stable")][: model.per_cohort].tolist()
    return sorted(chosen)


def _noon(people: People, course: Course, person: int, number: int, back: int) -> pd.Timestamp:
    day = max(int(course.visit_day[person, number]), 0) - back
    return _instant(people, person, day, NOON_MIN)


def _instant(people: People, person: int, day: int, minute: int) -> pd.Timestamp:
    """The instant at which a local clock shows so many minutes after midnight of a day."""
    date = people.frame["first_dose_date"].iloc[person] + pd.Timedelta(days=day, minutes=int(minute))
    return pd.Timestamp(date.to_pydatetime().replace(tzinfo=ZoneInfo(people.zone[person]))).tz_convert("UTC")


def _week(
    model: WristModel,
    people: People,
    course: Course,
    nights: Nights,
    spasms: pd.DataFrame,
    where: tuple[int, int],
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    person, number = where
    first, end = (_noon(people, course, person, number, back) for back in (NIGHTS, 0))
    size = int((end - first) / pd.Timedelta(minutes=1))
    week = Week(
        participant=str(people.ids[person]),
        zone=str(people.zone[person]),
        first=first,
        what=np.full(size, OUT),
        truth=[],
    )
    inside = spasms[(spasms["start_utc"] >= first) & (spasms["start_utc"] < end)]
    minute = np.asarray((inside["start_utc"] - first) / pd.Timedelta(minutes=1), dtype=np.float64)
    woke = inside["woke"].to_numpy(dtype=bool)
    for night in range(NIGHTS):
        _sleep(model, week, people, nights, (person, number, night), minute, woke, rng)
    counts = _counts(model, week.what, rng)
    most = dict(model.spasm)
    added = inside["severity"].map(most).to_numpy(dtype="float64") * rng.gamma(4.0, 0.25, len(inside))
    np.add.at(counts, minute.astype(np.int64), np.minimum(np.rint(added), model.spasm_most))
    return _recorded(model, week, counts, nights.day[person, number], rng)


def _sleep(
    model: WristModel,
    week: Week,
    people: People,
    nights: Nights,
    where: tuple[int, int, int],
    spasm: NDArray[np.float64],
    woke: NDArray[np.bool_],
    rng: np.random.Generator,
) -> None:
    """One night: in bed, asleep, and awake in between."""
    person, day = where[0], int(nights.day[where])

    def at(clock: int) -> int:
        moment = _instant(people, person, day, clock)
        return int(np.clip((moment - week.first) / pd.Timedelta(minutes=1), 0, len(week.what)))

    into, out, final = (at(int(getattr(nights, name)[where])) for name in ("into_bed", "out_of_bed", "final_awakening"))
    onset = at(int(nights.attempt[where])) + int(nights.sol_min[where])
    week.what[into:out] = IN_BED
    week.what[onset:final] = ASLEEP
    week.truth.append((day, "asleep", onset, final))
    turns = int(nights.awakenings[where] - nights.spasm_awakenings[where])
    for begin in rng.uniform(onset + 15, final - 15, turns).astype(np.int64):
        _wake(model, week, day, "awake", int(begin), final, model.turning_min, rng)
    for moment, wakes in zip(spasm, woke, strict=True):
        if not into <= moment < out:
            continue
        asleep = week.what[int(moment)] == ASLEEP
        week.truth.append((day, "spasm asleep" if asleep else "spasm awake in bed", moment, moment))
        if asleep and wakes:
            _wake(model, week, day, "awake from spasm", int(moment), final, model.waking_min, rng)


def _wake(
    model: WristModel,
    week: Week,
    day: int,
    why: str,
    begin: int,
    final: int,
    mean: Given,
    rng: np.random.Generator,
) -> None:
    """A stretch awake, unless somebody is awake there already."""
    end = min(begin + int(model.shortest_min + rng.exponential(mean)), final)
    if week.what[begin] == ASLEEP:
        week.what[begin:end] = IN_BED
        week.truth.append((day, why, begin, end))


def _counts(model: WristModel, what: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Counts of each minute, without spasms."""
    kinds = ((OUT, model.up, model.still_up), (IN_BED, model.lying, model.still_lying))
    counts = np.zeros(len(what))
    for kind, mean, still in (*kinds, (ASLEEP, model.asleep, model.still_asleep)):
        drawn = np.rint(rng.gamma(1.5, mean / 1.5, len(what))) * (rng.random(len(what)) >= still)
        counts = np.where(what == kind, drawn, counts)
    return counts


def _recorded(
    model: WristModel, week: Week, counts: NDArray[np.float64], days: NDArray[np.int64], rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The week as the device has it: zeros where it lay aside, nothing after it ended."""
    size = len(counts)
    begin = int(rng.integers(0, NIGHTS)) * DAY_MIN + int(rng.integers(90, 240))
    off = [(begin, begin + int(rng.gamma(9.0, model.off_min / 9.0)))]
    off += [
        (night * DAY_MIN + 8 * MINUTE_S, night * DAY_MIN + 21 * MINUTE_S)
        for night in range(NIGHTS)
        if rng.random() < model.night_off
    ]
    last = size - int(model.lost_min) if rng.random() < model.ends_early else size
    for start, end in off:
        counts[start:end] = 0
        week.truth.append((int(days[min(start // DAY_MIN, NIGHTS - 1)]), "not worn", start, min(end, size)))
    if last < size:
        week.truth.append((int(days[-1]), "not recorded", last, size))
    minutes = pd.to_timedelta(np.arange(last), unit="min")
    frame = pd.DataFrame({"participant": week.participant, "start_utc": week.first + minutes, "zone": week.zone})
    empty = dict.fromkeys(("enmo_mg", "angle_z_deg", "worn"))
    return frame.assign(epoch_s=MINUTE_S, counts=counts[:last], **empty), _truth(week)


def _truth(week: Week) -> pd.DataFrame:
    rows = pd.DataFrame(week.truth, columns=["day", "what", "start_utc", "end_utc"])
    for name in ("start_utc", "end_utc"):
        seconds = np.rint(rows[name].to_numpy(dtype="float64") * MINUTE_S)
        rows[name] = week.first + pd.to_timedelta(seconds, unit="s")
    rows = rows.assign(participant=week.participant).sort_values(["start_utc", "what"], kind="stable")
    return rows[TRUTH_COLUMNS]
