"""Numbers from print: rates of events, and what an estimate and its interval imply."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy import stats

from spasticity.errors import MethodError
from spasticity.stats.rates import equal_rates, poisson_limits, rate_difference, rate_ratio
from spasticity.stats.result import Result, estimate_frame


def event_rate(events: int, exposure: float, *, unit: str = "person-years", level: float = 0.95) -> Result:
    """Events per unit of exposure with the exact Poisson interval.

    Parameters
    ----------
    events : int
        How many.
    exposure : float
        Such as pump-years; above 0.
    unit : str
        What the exposure is counted in.
    level : float
        Confidence level.

    Returns
    -------
    Result
        One row, term `rate`; `n` is the events.

    Raises
    ------
    MethodError
        Negative events or no exposure.

    References
    ----------
    .. [1] Garwood 1936, Biometrika 28:437-442. [from memory]
    """
    if events < 0 or not exposure > 0:
        raise MethodError("event_rate: expected events of at least 0 and an exposure above 0.")
    low, high = (float(limit) for limit in poisson_limits(events, exposure, level))
    row = {"term": "rate", "estimate": events / exposure, "conf_low": low, "conf_high": high, "n": events}
    return Result(
        frame=estimate_frame(pd.DataFrame([row])),
        method=f"events per {unit} with the exact Poisson interval",
        n=0,
        level=level,
    )


def two_rates(
    events: int,
    exposure: float,
    reference_events: int,
    reference_exposure: float,
    *,
    unit: str = "person-years",
    level: float = 0.95,
) -> Result:
    """Two published rates compared: each with its exact interval, their difference and their ratio.

    Parameters
    ----------
    events, exposure : int, float
        Of the group of interest.
    reference_events, reference_exposure : int, float
        Of the group it is compared with.
    unit : str
        What the exposure is counted in.
    level : float
        Confidence level.

    Returns
    -------
    Result
        Terms `rate` (one per `group`), `rate difference` (score interval), `rate ratio` (exact conditional interval
        and p); `n` is the events.

    Raises
    ------
    MethodError
        Negative events or no exposure.

    References
    ----------
    .. [1] Miettinen & Nurminen 1985, Statistics in Medicine 4:213-226. [from memory]
    .. [2] Przyborowski & Wilenski 1940, Biometrika 31:313-323. [from memory]
    """
    counts = (events, exposure, reference_events, reference_exposure)
    low, high = rate_difference(*counts, level)
    rows = [
        event_rate(count, time, level=level).frame.iloc[0].to_dict() | {"group": group}
        for count, time, group in ((*counts[:2], "treated"), (*counts[2:], "reference"))
    ]
    rows.append({"term": "rate difference", "estimate": events / exposure - reference_events / reference_exposure})
    rows[-1] |= {"conf_low": low, "conf_high": high}
    low, high = rate_ratio(*counts, level)
    above, below = events * reference_exposure, reference_events * exposure
    rows.append({"term": "rate ratio", "estimate": above / below if below else np.inf if above else np.nan})
    rows[-1] |= {"conf_low": low, "conf_high": high, "p_value": equal_rates(*counts)}
    for row in rows[2:]:
        row |= {"group": "treated - reference", "n": events + reference_events}
    return Result(
        frame=estimate_frame(pd.DataFrame(rows), ["group"]),
        method=(
            f"events per {unit}, exact Poisson intervals; score interval of the difference; exact conditional interval "
            "and p of the ratio"
        ),
        n=0,
        level=level,
    )


def implied(estimate: float, low: float, high: float, *, null: float = 0.0, level: float = 0.95) -> Result:
    """Standard error, z and p that a printed estimate with its interval implies, if it is normal.

    Rounding in print is the largest error: the result is no better than the digits that go in. For a ratio pass the
    logarithms.

    Parameters
    ----------
    estimate, low, high : float
        As printed.
    null : float
        Value without effect.
    level : float
        Confidence level of the interval.

    Returns
    -------
    Result
        One row, term `implied`; `n` is missing.

    Raises
    ------
    MethodError
        When the limits do not enclose the estimate.
    """
    if not low < high or not low <= estimate <= high:
        raise MethodError("implied: expected low <= estimate <= high with low below high.")
    error = (high - low) / (2 * float(stats.norm.isf((1 - level) / 2)))
    z = (estimate - null) / error
    row = {"term": "implied", "estimate": estimate, "std_error": error, "df": np.inf, "statistic": z}
    row |= {"p_value": math.erfc(abs(z) / math.sqrt(2)), "conf_low": low, "conf_high": high}
    return Result(
        frame=estimate_frame(pd.DataFrame([row])),
        method="normal approximation from a printed estimate and its interval",
        n=0,
        level=level,
    )
