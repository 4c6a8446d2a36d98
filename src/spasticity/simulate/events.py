"""Spasms one by one, on the days on which they were recorded."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.simulate.constants import Given
from spasticity.simulate.course import Course, Losses
from spasticity.simulate.diary import Diary
from spasticity.simulate.people import People
from spasticity.simulate.streams import Draw

SEVERITIES = ("mild", "moderate", "severe")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingModel:
    """How spasms are recorded.

    Parameters
    ----------
    visits : tuple of str
        Visits before which the 7 days are recorded.
    hours : tuple of Given
        Relative frequency of spasms in each of the 24 hours of the local day.
    noted : Given
        Probability that a spasm is recorded.
    severity : tuple of Given
        Shares of mild, moderate and severe.
    night_hours : tuple of int
        First hour of the night and first hour of the day.
    wakes : Given
        Probability that a spasm at night wakes the person.
    """

    visits: tuple[str, ...]
    hours: tuple[Given, ...]
    noted: Given
    severity: tuple[Given, ...]
    night_hours: tuple[int, int]
    wakes: Given

    @property
    def at_night(self) -> NDArray[np.bool_]:
        """Which of the 24 hours belong to the night."""
        first, end = self.night_hours
        hour = np.arange(24)
        return (hour >= first) | (hour < end)

    @property
    def night_share(self) -> float:
        """Share of spasms that fall in the night."""
        hours = np.array(self.hours, dtype=float)
        return float(hours[self.at_night].sum() / hours.sum())


def recorded_days(
    model: RecordingModel, diary: Diary, people: People, course: Course, losses: Losses, draw: Draw
) -> NDArray[np.bool_]:
    """Days with a recording, shape (people, days)."""
    recorded = np.zeros(diary.spasms.shape, dtype=bool)
    for number, visit in enumerate(course.visits):
        if visit.name in model.visits:
            window = diary.before(course.visit_day[:, [number]])[:, 0]
            recorded[np.arange(len(people))[:, None], window] = True
    recorded &= diary.days < course.leaves[:, None]
    return recorded & (draw("recording", "missing").random(recorded.shape) >= losses.recorded_day)


def recording_table(recorded: NDArray[np.bool_], diary: Diary, people: People) -> pd.DataFrame:
    """One row per participant and recorded day."""
    person, day = np.nonzero(recorded)
    return pd.DataFrame({"participant": people.ids[person], "day": diary.days[day], "zone": people.zone[person]})


def spasms_table(
    model: RecordingModel, recorded: NDArray[np.bool_], diary: Diary, people: People, draw: Draw
) -> pd.DataFrame:
    """One row per recorded spasm, in order of person and time."""
    person, day = np.nonzero(recorded)
    noted = draw("spasms", "noted").binomial(diary.spasms[person, day], model.noted)
    person, day = np.repeat(person, noted), np.repeat(day, noted)
    hours = np.array(model.hours, dtype=float)
    rng = draw("spasms", "clock")
    hour = rng.choice(24, len(person), p=hours / hours.sum())
    starts = _instants(people, person, diary.days[day], (hour + rng.random(len(person))) / 24)
    woke = model.at_night[hour] & (draw("spasms", "woke").random(len(person)) < model.wakes)
    severity = draw("spasms", "severity").choice(SEVERITIES, len(person), p=np.array(model.severity, dtype=float))
    frame = pd.DataFrame({"participant": people.ids[person], "start_utc": starts, "zone": people.zone[person]})
    frame = frame.assign(severity=severity, woke=woke)
    return frame.sort_values(["participant", "start_utc"], kind="stable", ignore_index=True)


def _instants(
    people: People, person: NDArray[np.int64], day: NDArray[np.int64], part: NDArray[np.float64]
) -> pd.DatetimeIndex:
    """The instant at a part of a local calendar day; the day has 23 or 25 hours where the clocks change."""
    first = people.frame["first_dose_date"].to_numpy().astype("datetime64[D]")
    date = first[person] + day
    places = pd.DataFrame({"zone": people.zone[person], "date": date})
    unique = places.drop_duplicates()
    midnight = np.array([_midnight(zone, when) for zone, when in unique.itertuples(index=False)])
    next_midnight = np.array(
        [_midnight(zone, when + pd.Timedelta(days=1)) for zone, when in unique.itertuples(index=False)]
    )
    limits = unique.assign(midnight=midnight, length=next_midnight - midnight)
    limits = places.merge(limits, on=["zone", "date"], how="left")
    seconds = limits["midnight"].to_numpy() + np.floor(part * limits["length"].to_numpy())
    return pd.to_datetime(seconds.astype(np.int64), unit="s", utc=True)


def _midnight(zone: str, date: pd.Timestamp) -> int:
    """Seconds since 1970 at the start of a local day."""
    return int(date.to_pydatetime().replace(tzinfo=ZoneInfo(zone)).timestamp())
