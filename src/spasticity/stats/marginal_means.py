"""Standardisation: the mean that everybody in the data would have at each level of a factor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spasticity.errors import MethodError, one_of
from spasticity.stats.design import Design
from spasticity.stats.margins import Coefficients
from spasticity.stats.result import Result, estimate_frame

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Shift:
    """What a random intercept adds to the logarithm of a population mean.

    Parameters
    ----------
    value, variance : float
    covariance : ndarray, shape (p,)
        With the coefficients.
    """

    value: float
    variance: float
    covariance: Array


def standardised(
    fit: Coefficients,
    mean: Callable[[Array], Array],
    slope: Callable[[Array], Array],
    factor: str,
    by: str | Sequence[str] | None,
    *,
    level: float,
    unit: str,
    word: str,
    shift: Shift | None = None,
    logarithm: Callable[[dict[str, Any]], tuple[float, Array]] | None = None,
) -> Result:
    """Means of the data's rows with a factor set to each of its levels, and their ratios to the reference.

    Intervals and p values are of the logarithm.

    Parameters
    ----------
    fit : Coefficients
    mean, slope : callable
        From the predictor to the mean, and its derivative.
    factor : str
    by : str or sequence of str, optional
        Further factors whose levels are set.
    level : float
        Confidence level.
    unit, word : str
        What a mean is per, and what it is called.
    shift : Shift, optional
        What is added to the logarithm of every mean.
    logarithm : callable, optional
        From a setting of factors to the logarithm of the standardised mean and its derivatives, where the mean is
        not a function of one predictor.

    Returns
    -------
    Result

    Raises
    ------
    MethodError
        Unknown factors, or levels that cannot be told with the data.

    References
    ----------
    .. [1] Lane & Nelder 1982, Biometrics 38:613-621. [from memory]
    """
    groups = [*([by] if isinstance(by, str) else by or []), factor]
    for name in groups:
        one_of("factor", name, list(fit.design.levels))
    of_setting = logarithm or (lambda setting: _logarithm(fit, mean, slope, setting))
    rows = []
    for cell in product(*(fit.design.levels[name] for name in groups[:-1])):
        found = {
            label: of_setting(dict(zip(groups, (*cell, label), strict=True))) for label in fit.design.levels[factor]
        }
        reference = fit.design.reference[factor]
        named = dict(zip(groups[:-1], cell, strict=True))
        for label, (value, gradient) in found.items():
            n = _people(fit.design, {**named, factor: label})
            rows.append(_row(fit, word, value, gradient, level, shift) | named | {factor: label, "n": n})
            rows[-1] |= {"statistic": np.nan, "p_value": np.nan}
        for label, (value, gradient) in found.items():
            if label != reference:
                base, pull = found[reference]
                n = sum(_people(fit.design, {**named, factor: one}) for one in (label, reference))
                row = _row(fit, f"{label} / {reference}", value - base, gradient - pull, level)
                rows.append(row | named | {factor: label, "n": n})
    frame = pd.DataFrame(rows)
    frame = frame.assign(**{name: frame[name].astype(fit.design.data[name].dtype) for name in groups})
    return Result(
        frame=estimate_frame(frame.sort_values("term", key=lambda term: term.ne(word), kind="stable"), groups),
        method=f"{word}s{f' {unit}' if unit else ''}, everybody at each level, and ratios to {reference}; {fit.method}",
        n=fit.design.participants,
        level=level,
        notes=fit.design.notes,
    )


def _logarithm(
    fit: Coefficients, mean: Callable[[Array], Array], slope: Callable[[Array], Array], setting: dict[str, Any]
) -> tuple[float, Array]:
    """Logarithm of a standardised mean, and its derivatives by the coefficients."""
    rows = set_rows(fit.design, setting)
    eta = rows @ fit.values
    total = float(mean(eta).mean())
    return float(np.log(total)), (slope(eta) @ rows) / (len(rows) * total)


def set_rows(design: Design, setting: dict[str, Any]) -> Array:
    """Rows of the predictor of everybody in the data with factors set to levels.

    Parameters
    ----------
    design : Design
    setting : dict
        Factor and level; factors that the design does not have are passed over.

    Returns
    -------
    ndarray, shape (n, p)

    Raises
    ------
    MethodError
        Levels that cannot be told with some of the other values in the data.
    """
    columns = {
        name: pd.Series(pd.Categorical([value] * len(design.data), categories=design.data[name].cat.categories),
                        index=design.data.index)
        for name, value in setting.items() if name in design.levels
    }  # fmt: skip
    full = design.full_rows(design.data.assign(**columns))
    if not design.estimable(full).all():
        raise MethodError(
            f"marginal: a level of {', '.join(setting)} cannot be told with some of the other values in the data; "
            "nobody was observed there. Use `.means()`, which leaves it missing."
        )
    return full[:, design.kept]


def _row(
    fit: Coefficients, term: str, value: float, gradient: Array, level: float, shift: Shift | None = None
) -> dict[str, Any]:
    variance = float(gradient @ fit.covariance @ gradient)
    if shift is not None:
        value, variance = value + shift.value, variance + 2 * float(gradient @ shift.covariance) + shift.variance
    error = max(variance, 0.0) ** 0.5
    df = float(fit.df(gradient[None, :])[0])
    margin = float(stats.t.isf((1 - level) / 2, df)) * error
    statistic = value / error if error > 0 else np.nan
    return {
        "term": term,
        "estimate": np.exp(value),
        "std_error": np.exp(value) * error,
        "df": df,
        "statistic": statistic,
        "p_value": 2 * float(stats.t.sf(abs(statistic), df)),
        "conf_low": np.exp(value - margin),
        "conf_high": np.exp(value + margin),
        "link_estimate": value,
        "link_std_error": error,
    }


def _people(design: Design, setting: dict[str, Any]) -> int:
    here = np.ones(len(design.data), dtype=bool)
    for name, value in setting.items():
        here &= design.data[name].eq(value).to_numpy(dtype=bool)
    return int(design.data.loc[here, "participant"].nunique()) if "participant" in design.data else int(here.sum())
