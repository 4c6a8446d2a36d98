"""Everything that was recorded of one person, on one line of days."""

from __future__ import annotations

import pandas as pd

from spasticity.derive.doses import dose_per_day
from spasticity.derive.nights import night_measures
from spasticity.errors import DataError
from spasticity.instruments import measure
from spasticity.study import Study

COLUMNS = ["panel", "series", "day", "end_day", "value", "mean", "words"]
RATINGS = ("spasticity_nrs", "pain_nrs", "drowsiness_nrs")
NIGHT = ("waso_min", "sol_min")
MEAN_DAYS, MEAN_FEWEST = 7, 4  # [proposal]: a week, of which most days were recorded
MG, UG = "dose_mg_per_day", "dose_ug_per_day"


def person(study: Study, participant: str) -> pd.DataFrame:
    """The diary, spasms, doses, nights, visits and events of one person in the order of days.

    Describes what was recorded; it gives no advice.

    Parameters
    ----------
    study : Study
    participant : str
        Who.

    Returns
    -------
    DataFrame
        `panel` (`ratings`, `spasms`, `dose, mg/day`, `dose, µg/day`, `night`, `visits`, `events`), `series` (what of
        it), `day`, `end_day` (exclusive; missing when open or a single day), `value`, `mean` (of ratings: of the 7 days
        up to the day, when 4 of them were recorded), `words`. A day without a row was not recorded; an unknown dose has
        a row without value.

    Raises
    ------
    DataError
        When the study has nobody of that name.
    """
    if not study.participants["participant"].eq(participant).any():
        raise DataError(f"study: nobody is called as asked; there are {len(study.participants):,} participants.")
    alone = study.where(participant=participant)
    parts = [
        *(_with_mean(_daily(alone.diary, "ratings", name, measure(name).label)) for name in RATINGS),
        _daily(alone.diary, "spasms", "spasms", "spasms"),
        *_doses(alone),
        *_nights(alone),
        _visits(alone),
        _events(alone),
    ]
    whole = pd.concat([_rows(part) for part in parts if len(part)] or [_rows(pd.DataFrame())], ignore_index=True)
    return whole.sort_values(["day"], kind="stable", ignore_index=True)


def _rows(part: pd.DataFrame) -> pd.DataFrame:
    rows = part.reindex(columns=COLUMNS)
    kinds = {"day": "Int64", "end_day": "Int64", "value": "float64", "mean": "float64"}
    return rows.astype(kinds | dict.fromkeys(("panel", "series", "words"), object))


def _daily(table: pd.DataFrame, panel: str, column: str, series: str) -> pd.DataFrame:
    known = table[table[column].notna()]
    part = pd.DataFrame({"day": known["day"], "value": known[column].astype("float64")})
    return part.assign(panel=panel, series=series)


def _with_mean(part: pd.DataFrame) -> pd.DataFrame:
    if part.empty:
        return part
    known = part.set_index("day")["value"]
    days = range(int(known.index.min()), int(known.index.max()) + 1)
    mean = known.reindex(days).rolling(MEAN_DAYS, min_periods=MEAN_FEWEST).mean()
    return part.assign(mean=part["day"].astype("int64").map(mean))


def _doses(alone: Study) -> list[pd.DataFrame]:
    """Each day with a line in the dose log, so that a gap stays a gap."""
    daily = dose_per_day(alone)
    parts = []
    for (drug, route), rows in daily.groupby(["drug", "route"], observed=True, sort=True):
        amount, panel = (UG, "dose, µg/day") if route == "intrathecal" else (MG, "dose, mg/day")
        part = pd.DataFrame({"day": rows["day"], "value": rows[amount], "words": rows["status"].astype(object)})
        parts.append(part.assign(panel=panel, series=f"{drug}, {route}"))
    return parts


def _nights(alone: Study) -> list[pd.DataFrame]:
    nights = night_measures(alone)
    return [_daily(nights, "night", name, measure(name).label) for name in NIGHT if name in nights]


def _visits(alone: Study) -> pd.DataFrame:
    visits = alone.visits[alone.visits["day"].notna()]
    return pd.DataFrame({"day": visits["day"], "words": visits["status"].astype(object)}).assign(
        panel="visits", series=visits["visit"].astype(object)
    )


def _events(alone: Study) -> pd.DataFrame:
    events = alone.events[alone.events["start_day"].notna()]
    words = events["severity"].astype(object).where(~events["serious"].fillna(False).astype(bool), "serious")
    return pd.DataFrame({"day": events["start_day"], "end_day": events["end_day"], "words": words}).assign(
        panel="events", series=events["term"].astype(object)
    )
