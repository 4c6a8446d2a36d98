"""Whether a change or a level passes a cut, safe against the last digit of a quotient."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from spasticity.errors import MethodError, one_of
from spasticity.instruments.measures import Measure, Threshold

ROUNDING = 1e-9  # far below any scale's resolution, far above the error of a quotient: 6.0 to 4.2 is 30 %
COMPARE = {">=": (-1, "ge"), ">": (1, "gt"), "<=": (1, "le"), "<": (-1, "lt")}


def gain(measure: Measure, baseline: pd.Series, value: pd.Series, *, percent: bool = False) -> pd.Series:
    """The change towards benefit, so that more is better whatever the direction of the scale.

    Parameters
    ----------
    measure : Measure
        Which way is better.
    baseline, value : Series of float, shape (n,)
        Before and after.
    percent : bool
        Whether in percent of the baseline.

    Returns
    -------
    Series of float, shape (n,)
        Missing where either is, and in percent where the baseline is not above 0.

    Raises
    ------
    MethodError
        When the measure has no direction of benefit.
    """
    if measure.better is None:
        raise MethodError(f"{measure.id}: it has no direction of benefit, so a change is neither gain nor loss.")
    baseline, value = baseline.astype("float64"), value.astype("float64")
    change = baseline - value if measure.better == "lower" else value - baseline
    return 100 * change / baseline.where(baseline > 0) if percent else change


def passes(
    measure: Measure,
    threshold: Threshold,
    baseline: pd.Series,
    value: pd.Series,
    *,
    towards: Literal["benefit", "harm"] = "benefit",
) -> pd.Series:
    """Whether each person passes a cut.

    Parameters
    ----------
    measure : Measure
        What was measured.
    threshold : Threshold
        The cut; a `level` looks at `value` alone.
    baseline, value : Series of float, shape (n,)
        Before and after.
    towards : str
        `benefit`, or `harm` for a change of that size the other way.

    Returns
    -------
    Series of boolean, shape (n,)
        Missing where the change is not known; in percent also where the baseline is not above 0.

    Raises
    ------
    MethodError
        When the measure has no direction, or a level is asked for towards harm.
    """
    one_of("towards", towards, ("benefit", "harm"))
    if threshold.kind == "level":
        if towards == "harm":
            raise MethodError(f"{measure.id}: a level has no harm; use a threshold on the change.")
        size = value.astype("float64")
    else:
        size = gain(measure, baseline, value, percent=threshold.kind == "percent")
        size = -size if towards == "harm" else size
    shift, name = COMPARE[threshold.compare]
    edge = threshold.value + shift * ROUNDING * max(1.0, abs(threshold.value))
    passed: pd.Series = getattr(size, name)(edge).astype("boolean")
    return passed.mask(size.isna())
