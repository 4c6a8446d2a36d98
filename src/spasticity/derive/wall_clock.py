"""Rows of a recording on the clock of the person: which study day, which hour."""

from __future__ import annotations

import pandas as pd

from spasticity.derive.clock import hours_between, to_wall
from spasticity.errors import DataError, listed
from spasticity.study import Study


def local_clock(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Put rows with a time in UTC on the local clock, as `spasm_events` has spasms.

    Parameters
    ----------
    rows : DataFrame
        `participant, start_utc, zone`, such as epochs of a recording.
    study : Study
        Its participants give the date of day 0.

    Returns
    -------
    DataFrame
        The same rows and index with `day` (missing where day 0 is not known), `hour` (local, 0 to 24) and `repeated`
        (true in the second pass of an hour that the clocks repeat).

    Raises
    ------
    DataError
        When a column is absent or a time zone is not known.
    """
    absent = [name for name in ("participant", "start_utc", "zone") if name not in rows]
    if absent:
        raise DataError(f"local_clock: the rows have no column {listed(absent, 'and')}.")
    local = to_wall(rows["start_utc"], rows["zone"], "rows")
    date = local["wall"].dt.normalize()
    zero = rows["participant"].map(study.participants.set_index("participant")["first_dose_date"])
    return rows.assign(
        day=(date - zero.astype("datetime64[us]")).dt.days.astype("Int64"),
        hour=hours_between(date, local["wall"]),
        repeated=local["repeated"],
    )
