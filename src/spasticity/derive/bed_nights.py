"""The nights of a recording from local noon to noon, with the time in bed and the hours in which spasms were logged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from spasticity.derive.changes import with_people
from spasticity.derive.clock import to_utc, wall_micros
from spasticity.derive.epoch_rows import micros
from spasticity.derive.flags import flagged, unflagged
from spasticity.derive.recorded_sleep import DAY_US, MINUTE_US, recorded_nights
from spasticity.derive.recordings import NO_DATE, NOON_MIN
from spasticity.derive.spans import Spans
from spasticity.study import Study

HOUR_US = 60 * MINUTE_US
NOT_RECORDED = "no recording"
BED_UNKNOWN = "time in bed not known, or nothing recorded in it"
PARTLY_LOGGED = "spasms not logged for all of the time in bed"
SLEEP_COLUMNS = [
    *("start_utc", "end_utc", "onset_utc", "offset_utc"),
    *("tib_min", "tst_min", "waso_min", "sleep_efficiency_tib", "awakenings"),
]


@dataclass(frozen=True, slots=True)
class Placed:
    """The nights of people with a recording, and everything that says where an instant lies in them.

    Parameters
    ----------
    nights : DataFrame
        One row per night; see `night_spasms` for the columns that are here already.
    epochs : DataFrame
        The scored epochs, index 0 to n - 1.
    people : Index
        Whom the numbers of owners stand for.
    evenings, beds, logged : Spans
        Noon to noon, the time in bed (both by row of `nights`), and the days on which spasms were logged.
    """

    nights: pd.DataFrame
    epochs: pd.DataFrame
    people: pd.Index
    evenings: Spans
    beds: Spans
    logged: Spans

    def owner(self, participants: pd.Series) -> np.ndarray:
        """Numbers of people; -1 for those without a recording.

        Parameters
        ----------
        participants : Series of str, shape (n,)

        Returns
        -------
        ndarray of int, shape (n,)
        """
        return self.people.get_indexer(pd.Index(participants.astype(object)))

    def logged_h(self, owner: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Hours of stretches in which spasms were logged.

        Parameters
        ----------
        owner, start, end : ndarray of int, shape (n,)

        Returns
        -------
        ndarray of float, shape (n,)
        """
        return self.logged.covered(owner, start, end) / HOUR_US


def placed_nights(
    scored: pd.DataFrame,
    study: Study,
    *,
    window: str,
    awakening_min: float,
    min_scored_h: float,
    max_unscored: float,
) -> Placed:
    """Lay the nights of a recording and of its spasm log from noon to noon.

    Parameters
    ----------
    scored : DataFrame
        Epochs with `state`, from `sleep_wake`.
    study : Study
    window, awakening_min, min_scored_h, max_unscored
        As in `recorded_nights`.

    Returns
    -------
    Placed

    Raises
    ------
    DataError
        When epochs of one person overlap or a time zone is not known.
    MethodError
        When the window is not known, or the epochs have not been scored.
    """
    epochs = scored.reset_index(drop=True)
    sleep = recorded_nights(
        epochs,
        study,
        window=window,
        awakening_min=awakening_min,
        min_scored_h=min_scored_h,
        max_unscored=max_unscored,
    )
    zero = study.participants.set_index("participant")["first_dose_date"]
    log = _log(study, epochs, zero)
    nights = _evenings(epochs, log, zero)
    dated = sleep[sleep["day"].notna()].drop_duplicates(["participant", "day"])
    nights = nights.merge(dated[["participant", "day", *SLEEP_COLUMNS, "flag"]], how="left", on=["participant", "day"])
    people = pd.Index(epochs["participant"].astype(object).unique())
    owner, of_log = (people.get_indexer(pd.Index(rows["participant"].astype(object))) for rows in (nights, log))
    beds = nights["start_utc"].notna() & nights["end_utc"].notna()
    placed = Placed(
        nights=nights,
        epochs=epochs,
        people=people,
        evenings=Spans.of(owner, micros(nights["night_start_utc"]), micros(nights["night_end_utc"])),
        beds=Spans.of(np.where(beds, owner, -1), micros(nights["start_utc"]), micros(nights["end_utc"])),
        logged=Spans.of(of_log, micros(log["start"]), micros(log["end"])),
    )
    return _with_hours(placed, owner, study, window)


def _log(study: Study, epochs: pd.DataFrame, zero: pd.Series) -> pd.DataFrame:
    """The logged days of people with a recording, in UTC; a day without a date is not one."""
    log = study.recording[study.recording["participant"].isin(epochs["participant"])].reset_index(drop=True)
    date = log["participant"].map(zero) + pd.to_timedelta(log["day"].astype("float64"), unit="D")
    log = log.assign(
        start=to_utc(date, log["zone"], "recording"), end=to_utc(date + pd.Timedelta(days=1), log["zone"], "recording")
    )
    evening = (date - pd.Timestamp(0)).dt.days
    return log.assign(evening=evening)[date.notna()].astype({"evening": "int64"})


def _evenings(epochs: pd.DataFrame, log: pd.DataFrame, zero: pd.Series) -> pd.DataFrame:
    """Every night with an epoch, or whose evening was logged, from local noon to local noon."""
    wall = wall_micros(micros(epochs["start_utc"]), epochs["zone"], "epochs") if len(epochs) else np.zeros(0, np.int64)
    evening = (wall - NOON_MIN * MINUTE_US) // DAY_US
    recorded = epochs[["participant", "zone"]].astype(object).assign(evening=evening, recorded=True)
    both = pd.concat(
        [recorded, log[["participant", "zone", "evening"]].astype({"zone": object}).assign(recorded=False)]
    )
    nights = both.drop_duplicates(["participant", "evening"]).sort_values(["participant", "evening"], ignore_index=True)
    noon = pd.Series((nights["evening"].to_numpy("int64") * DAY_US + NOON_MIN * MINUTE_US).astype("datetime64[us]"))
    since = (nights["participant"].map(zero) - pd.Timestamp(0)).dt.days
    return nights.assign(
        participant=nights["participant"].astype(epochs["participant"].dtype),
        recorded=nights["recorded"].astype(bool),
        night_start_utc=to_utc(noon, nights["zone"], "epochs"),
        night_end_utc=to_utc(noon + pd.Timedelta(days=1), nights["zone"], "epochs"),
        day=(nights["evening"] - since).astype("Int64"),
    )


def _with_hours(placed: Placed, owner: np.ndarray, study: Study, window: str) -> Placed:
    """Nights with their hours and with why one says little."""
    nights = placed.nights
    start, end = micros(nights["night_start_utc"]), micros(nights["night_end_utc"])
    bed_start, bed_end = micros(nights["start_utc"]), micros(nights["end_utc"])
    known = (nights["start_utc"].notna() & nights["end_utc"].notna()).to_numpy()
    bed_h = placed.logged_h(owner, *(np.where(known, edge, 0) for edge in (bed_start, bed_end)))
    logged_h = placed.logged_h(owner, start, end)
    in_bed_h = np.where(known, bed_h, np.nan)
    out_h = np.where(known, logged_h - _any_bed_h(placed, owner, start, end), np.nan)
    whole = known & (np.abs(bed_h - (bed_end - bed_start) / HOUR_US) < 1e-9)
    undated = nights["day"].isna()
    flag = flagged(unflagged(nights.index), undated, NO_DATE)
    flag = flagged(flag, ~nights["recorded"] & ~undated, NOT_RECORDED)
    said = nights["flag"].notna()
    flag = flagged(flag, said, nights["flag"])
    flag = flagged(flag, nights["recorded"] & ~undated & ~said & ~known, BED_UNKNOWN)
    flag = flagged(flag, pd.Series(known & ~whole, index=nights.index), PARTLY_LOGGED)
    hours = {"night_h": (end - start) / HOUR_US, "logged_h": logged_h, "in_bed_h": in_bed_h, "out_of_bed_h": out_h}
    nights = with_people(
        nights.assign(**hours, window=window, flag=flag, valid=nights["tst_min"].notna() & whole), study
    )
    return Placed(nights, placed.epochs, placed.people, placed.evenings, placed.beds, placed.logged)


def _any_bed_h(placed: Placed, owner: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Logged hours of a night that lie in a time in bed, its own or one that reaches in from the night before."""
    hours = np.zeros(len(owner))
    beds = placed.beds
    for back in (0, 1) if len(beds.owner) else ():
        found = beds.last_begun(owner, end - 1) - back
        mine = (found >= 0) & (beds.owner[np.maximum(found, 0)] == owner)
        some = found[mine]
        first, last = np.maximum(beds.start[some], start[mine]), np.minimum(beds.end[some], end[mine])
        hours[mine] += placed.logged_h(owner[mine], first, np.maximum(first, last))
    return hours
