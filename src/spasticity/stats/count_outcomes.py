"""Counts behind outcomes that are means of days: how many there were, and on how many days."""

from __future__ import annotations

import numpy as np
import pandas as pd

from spasticity.errors import DataError, MethodError
from spasticity.instruments import measure
from spasticity.stats.selection import of_outcome
from spasticity.wording import plural

#: Added to the baseline count before its logarithm, so that nobody without spasms is left out; a [proposal].
HALF = 0.5

#: A mean times its days is whole but for rounding.
WHOLE = 1e-6


def as_counts(outcomes: pd.DataFrame, outcome: str, *, baseline_visit: str = "baseline") -> pd.DataFrame:
    """Rows of an outcome that is a mean per day, as counts with the days over which they were counted.

    Parameters
    ----------
    outcomes : DataFrame
        Canonical outcomes; `n_values` is the number of days in each mean.
    outcome : str
        Id of a measure of counts per day, such as `spasms_per_day`.
    baseline_visit : str
        The visit whose count is the covariate; it is not among the rows that are returned.

    Returns
    -------
    DataFrame
        The rows after baseline with `count` (events), `observed_days`, and `log_baseline`: the logarithm of the
        baseline rate per day, half an event added. Rows without a value keep a missing count, people without a
        baseline a missing covariate, so that a model leaves them out and says so.

    Raises
    ------
    MethodError
        A measure that is no count per day, or no rows after baseline.
    DataError
        Means that do not come from whole counts.
    """
    known = measure(outcome)
    if known.scale != "count" or not outcome.endswith("_per_day"):
        raise MethodError(
            f"as_counts: {known.label} is no mean of daily counts; give counts and their time to the model yourself."
        )
    rows = of_outcome(outcomes, outcome, ["value", "n_values"])
    count = rows["value"].astype("float64") * rows["n_values"].astype("float64")
    broken = (count - count.round()).abs() > WHOLE * (1 + count.abs())
    if broken.any():
        raise DataError(
            f"as_counts: value times n_values is no whole number in {plural(int(broken.sum()), 'row')} of {outcome}, "
            f"first at row {rows.index[broken.to_numpy()][0]}; expected means of days, with their number in `n_values`."
        )
    found = rows.assign(count=count.round(), observed_days=rows["n_values"].astype("float64"))
    first = found["visit"].astype(str).eq(baseline_visit)
    start = found[first].set_index("participant")
    per_day = (start["count"] + HALF) / start["observed_days"].where(start["observed_days"] > 0)
    rate = pd.Series(np.log(per_day.to_numpy(dtype=np.float64)), index=start.index)
    later = found[~first]
    if later.empty:
        raise MethodError(f"as_counts: {outcome} has no rows after `{baseline_visit}`.")
    if isinstance(later["visit"].dtype, pd.CategoricalDtype):
        later = later.assign(visit=later["visit"].cat.remove_unused_categories())
    return later.assign(log_baseline=later["participant"].astype(object).map(rate.to_dict()).astype("float64"))
