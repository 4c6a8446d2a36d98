"""Activity at each hour of the local clock, over the days of a recording."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from spasticity.derive.clock import wall_micros
from spasticity.derive.epoch_rows import SECOND_US, micros
from spasticity.derive.rest_activity import DAY_HOURS, HOUR_US
from spasticity.errors import DataError, MethodError, listed, one_of

MINUTE_US = 60 * SECOND_US


def activity_by_hour(
    epochs: pd.DataFrame, *, by: Sequence[str] = ("participant",), value: str = "counts", bin_min: int = 60
) -> pd.DataFrame:
    """The mean day of each recording, with the spread of its days.

    Parameters
    ----------
    epochs : DataFrame
        Shaped like `tables.EPOCHS`; epochs that were not worn are left out.
    by : sequence of str
        Columns that name a recording.
    value : str
        `counts` or `enmo_mg`.
    bin_min : int
        Minutes of a place on the clock; a divisor of a day.

    Returns
    -------
    DataFrame
        The columns of `by`, then `hour` (local, at which the place begins), `days` (with a value there), `mean`, `low`,
        `median`, `high` (quartiles) of the days' means, in `value` per epoch.

    Raises
    ------
    DataError
        When a column is absent or a time zone is not known.
    MethodError
        When the minutes do not divide a day.

    Notes
    -----
    Each day counts once at each place, however many epochs it has there: the hour that clocks repeat is one place.
    """
    one_of("value", value, ["counts", "enmo_mg"])
    absent = [name for name in (*by, "start_utc", "zone", value) if name not in epochs]
    if absent:
        raise DataError(f"activity_by_hour: the epochs have no column {listed(absent, 'and')}.")
    if bin_min < 1 or 60 * DAY_HOURS % bin_min:
        raise MethodError(f"bin_min={bin_min}: expected minutes that divide a day, such as 60 or 30.")
    wall = wall_micros(micros(epochs["start_utc"]), epochs["zone"], "epochs") if len(epochs) else np.zeros(0, np.int64)
    day, clock = np.divmod(wall, DAY_HOURS * HOUR_US)
    rows = epochs[list(by)].assign(
        date=day, hour=clock // (bin_min * MINUTE_US) * bin_min / 60, value=epochs[value].astype("float64")
    )
    worn = epochs["worn"].astype("boolean").fillna(True) if "worn" in epochs else True
    rows = rows[worn & rows["value"].notna()]
    keys = [*by, "hour"]
    daily = rows.groupby([*keys, "date"], observed=True)["value"].mean().reset_index()
    spread = daily.groupby(keys, observed=True)["value"]
    quartiles = {name: spread.quantile(share) for name, share in (("low", 0.25), ("median", 0.5), ("high", 0.75))}
    table = pd.DataFrame({"days": spread.size(), "mean": spread.mean(), **quartiles}).reset_index()
    return table[[*keys, "days", "mean", "low", "median", "high"]]
