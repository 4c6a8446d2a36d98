"""Spasm events on the clock of the person: which day, which hour, day or night, and for how long anybody watched."""

from __future__ import annotations

import numpy as np
import pandas as pd

from spasticity.derive.changes import with_people
from spasticity.derive.clock import hours_between, hours_of_day, one_clock, to_utc, to_wall
from spasticity.derive.flags import flagged, unflagged
from spasticity.errors import MethodError, one_of
from spasticity.instruments.clocks import DAY_MIN, clock_minutes, minutes_until
from spasticity.study import Study

NIGHT = ("22:00", "06:00")  # clock hours called night: a proposal, no published standard
IN_BED = "in bed"
NO_DATE = "no date of first dose"
NOT_RECORDED = "day not recorded"
NOON_MIN = 12 * 60
EVENT_COLUMNS = ["participant", "cohort", "arm", "start_utc", "zone", "day", "hour", "repeated"]
EVENT_COLUMNS += ["severity", "woke", "flag"]

Night = tuple[str, str] | str


def spasm_events(study: Study) -> pd.DataFrame:
    """Every spasm event with its local day and hour, and whether that day was recorded.

    Parameters
    ----------
    study : Study

    Returns
    -------
    DataFrame
        Rows as in `study.spasms`: `participant, cohort, arm, start_utc, zone, day, hour` (local, 0 to 24),
        `repeated` (second pass of an hour the clocks repeat), `severity, woke`, and `flag`: `no date of first dose`
        (the day is unknown) or `day not recorded` (the event enters no rate).

    Raises
    ------
    DataError
        When a time zone is not known.
    """
    events = with_people(study.spasms.reset_index(drop=True), study)
    local = to_wall(events["start_utc"], events["zone"], "spasms")
    date = local["wall"].dt.normalize()
    day = (date - _day_zero(events, study)).dt.days.astype("Int64")
    recorded = pd.MultiIndex.from_frame(study.recording[["participant", "day"]])
    known = pd.Series(pd.MultiIndex.from_arrays([events["participant"], day]).isin(recorded), index=events.index)
    flag = flagged(unflagged(events.index), day.isna(), NO_DATE)
    events = events.assign(
        day=day,
        hour=hours_between(date, local["wall"]),
        repeated=local["repeated"],
        flag=flagged(flag, day.notna() & ~known, NOT_RECORDED),
    )
    return events[EVENT_COLUMNS]


def recorded_days(study: Study, *, night: Night = NIGHT) -> pd.DataFrame:
    """Every recorded day with its spasms and its hours, by day and by night.

    A recorded day without events has zero spasms; a day that was not recorded has no row. An event belongs to the
    local day of its own time zone; a recorded day runs from midnight to midnight of the zone it was recorded in.

    Parameters
    ----------
    study : Study
    night : tuple of str, or `in bed`
        Clock times between which it is night, or the person's own time in bed from the nights table. The night of
        a day begins on it; both the night that ends on a recorded day and the one that begins on it must be known,
        otherwise the hours and spasms of that day cannot be split and are missing.

    Returns
    -------
    DataFrame
        `participant, cohort, arm, day, spasms, hours, night_spasms, night_hours, day_spasms, day_hours, flag`;
        `hours` is exact: 23 or 25 where the clocks change.

    Raises
    ------
    DataError
        When a time zone is not known.
    MethodError
        When `night` is not two clock times or `in bed`.
    """
    return days_of_events(study, spasm_events(study), night=night)


def days_of_events(study: Study, events: pd.DataFrame, *, night: Night) -> pd.DataFrame:
    """As `recorded_days`, from events that are already on their local clock.

    Parameters
    ----------
    study : Study
    events : DataFrame
        From `spasm_events`.
    night : tuple of str, or `in bed`

    Returns
    -------
    DataFrame
    """
    days = _bounds(study, night)
    spans = days[["start", "end", "night_start", "night_end", "next_start", "next_end"]]
    hours = hours_between(days["start"], days["end"])
    night_hours = _overlap(spans, "night") + _overlap(spans, "next")
    events = _counted(events, days)
    total = events.groupby("row").size().reindex(days.index, fill_value=0)
    at_night = events.groupby("row")["at_night"].sum().reindex(days.index, fill_value=0)
    split = night_hours.notna()
    flag = flagged(unflagged(days.index), days["start"].isna(), NO_DATE)
    return days[["participant", "cohort", "arm", "day"]].assign(
        spasms=total.astype("Int64").where(hours.notna()),
        hours=hours,
        night_spasms=at_night.astype("Int64").where(split),
        night_hours=night_hours,
        day_spasms=(total - at_night).astype("Int64").where(split),
        day_hours=hours - night_hours,
        flag=flagged(flag, days["start"].notna() & ~split, "time in bed not known"),
    )


def undated_people(study: Study) -> set[str]:
    """People whose recorded days have no place on the calendar, because the date of day 0 is not known.

    Parameters
    ----------
    study : Study

    Returns
    -------
    set of str
    """
    undated = study.participants.loc[study.participants["first_dose_date"].isna(), "participant"]
    return set(undated) & set(study.recording["participant"])


def hourly(study: Study) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Every recorded day with its spasms and its hours by clock hour.

    Parameters
    ----------
    study : Study

    Returns
    -------
    days : DataFrame, shape (n, ...)
        `participant, cohort, arm, day`.
    spasms : ndarray of int, shape (n, 24)
    hours : ndarray of float, shape (n, 24)
    """
    days = _bounds(study, NIGHT)
    days = days[days["start"].notna()].reset_index(drop=True)
    events = _counted(spasm_events(study), days)
    cell = events["row"].to_numpy() * 24 + events["hour"].to_numpy().astype("int64")
    spasms = np.bincount(cell, minlength=len(days) * 24).reshape(-1, 24)
    return (
        days[["participant", "cohort", "arm", "day"]],
        spasms,
        hours_of_day(days["start"], days["end"], days["zone"], "recording"),
    )


def _bounds(study: Study, night: Night) -> pd.DataFrame:
    """Recorded days with, in UTC, their bounds and those of the night that ends and the one that begins on them."""
    days = with_people(study.recording.reset_index(drop=True), study)
    date = _day_zero(days, study) + pd.to_timedelta(days["day"].astype("float64"), unit="D")
    days["start"] = to_utc(date, days["zone"], "recording")
    days["end"] = to_utc(date + pd.Timedelta(days=1), days["zone"], "recording")
    for name, back in (("night", 1), ("next", 0)):
        begin, length = _night_clock(study, days, days["day"] - back, night)
        # Before noon it is the morning after: a night belongs to the day on which it began.
        evening = date + pd.to_timedelta(begin + np.where(begin < NOON_MIN, DAY_MIN, 0) - back * DAY_MIN, unit="min")
        days[f"{name}_start"] = to_utc(evening, days["zone"], "recording")
        days[f"{name}_end"] = to_utc(evening + pd.to_timedelta(length, unit="min"), days["zone"], "recording")
    return days


def _day_zero(rows: pd.DataFrame, study: Study) -> pd.Series:
    """The date of each row's participant's first dose."""
    return rows["participant"].map(study.participants.set_index("participant")["first_dose_date"])


def _night_clock(study: Study, days: pd.DataFrame, night_of: pd.Series, night: Night) -> tuple[pd.Series, pd.Series]:
    """When a night begins, in minutes since midnight, and how long it lasts on the clock."""
    if isinstance(night, str):
        one_of("night", night, [IN_BED])
        beds = study.nights[["participant", "day", "into_bed", "out_of_bed"]]
        wanted = pd.DataFrame({"participant": days["participant"], "day": night_of})
        beds = wanted.merge(beds, how="left", on=["participant", "day"]).set_axis(days.index)
        begin, end = clock_minutes(beds["into_bed"]), clock_minutes(beds["out_of_bed"])
    else:
        if len(night) != 2:
            raise MethodError(f"night={night!r}: expected two clock times such as ('22:00', '06:00'), or 'in bed'.")
        begin, end = (pd.Series(float(one_clock("night", clock)), index=days.index) for clock in night)
    return begin, minutes_until(begin, end)


def _overlap(spans: pd.DataFrame, name: str) -> pd.Series:
    """Hours of a night that lie within the day."""
    begin = spans["start"].where(spans["start"] > spans[f"{name}_start"], spans[f"{name}_start"])
    end = spans["end"].where(spans["end"] < spans[f"{name}_end"], spans[f"{name}_end"])
    return hours_between(begin, end).clip(lower=0)


def _counted(events: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    """Events on recorded days: the row of their day, their clock hour, and whether they fell in a night."""
    events = events[["participant", "day", "start_utc", "hour"]]
    keyed = days[["participant", "day", "night_start", "night_end", "next_start", "next_end"]].assign(row=days.index)
    events = events[events["day"].notna()].merge(keyed, on=["participant", "day"])
    moment = events["start_utc"]
    at_night = pd.Series(False, index=events.index)
    for name in ("night", "next"):
        at_night |= (moment >= events[f"{name}_start"]) & (moment < events[f"{name}_end"])
    return events.assign(at_night=at_night)[["row", "hour", "at_night"]]
