"""The mean of the last days, on every day: a diary without the noise of single days."""

from __future__ import annotations

import pandas as pd

from spasticity.derive.diaries import MIN_DAYS, WINDOW_DAYS
from spasticity.errors import DataError, MethodError
from spasticity.wording import plural


def trailing_means(
    diary: pd.DataFrame, value: str, *, window_days: int = WINDOW_DAYS, min_days: int = MIN_DAYS
) -> pd.DataFrame:
    """The mean of each participant's last days, for every day from the first diary to the last.

    Parameters
    ----------
    diary : DataFrame
        `participant, day` and the value, as `study.diary`; further columns that are the same in every row of a
        participant, such as the arm, are best joined afterwards.
    value : str
        Such as `spasticity_nrs`.
    window_days : int
        Days in the window, this day among them.
    min_days : int
        Days that must have a value; with fewer the mean is missing, and so it is on the first days.

    Returns
    -------
    DataFrame
        `participant, day`, the mean under the name of the value, and `n_values`, the days behind it.

    Raises
    ------
    DataError
        A participant with two rows of a day.
    MethodError
        When the value is no column, or more days are asked for than the window has.
    """
    if not 1 <= min_days <= window_days:
        raise MethodError(f"min_days={min_days}: expected 1 to {window_days}, the days of the window.")
    if value not in diary:
        raise MethodError(f"trailing_means: the diary has no column {value!r}.")
    twice = diary[diary.duplicated(["participant", "day"])]
    if len(twice):
        raise DataError(
            f"trailing_means: {plural(len(twice), 'day')} of a participant twice, first at row {twice.index[0]}; "
            "expected one row a day."
        )
    parts = [_of_one(rows, value, window_days, min_days) for _, rows in diary.groupby("participant", sort=False)]
    columns = ["participant", "day", value, "n_values"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _of_one(rows: pd.DataFrame, value: str, window_days: int, min_days: int) -> pd.DataFrame:
    """Every day of one participant, also those without a diary."""
    known = pd.Series(rows[value].to_numpy(dtype="float64", na_value=float("nan")), index=rows["day"].astype("int64"))
    daily = known.reindex(range(known.index.min(), known.index.max() + 1)) if len(known) else known
    window = daily.rolling(window_days, min_periods=min_days)
    counted = daily.notna().rolling(window_days, min_periods=1).sum().astype("int64")
    means = pd.DataFrame({"day": daily.index, value: window.mean().to_numpy(), "n_values": counted.to_numpy()})
    return means.assign(participant=rows["participant"].iloc[0])
