"""Two measurements of the same thing: how far apart they are, for one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spasticity import wording
from spasticity.errors import MethodError, one_of
from spasticity.stats.groups import require
from spasticity.stats.result import Result, estimate_frame
from spasticity.wording import plural

Scale = Literal["difference", "ratio"]
Array = NDArray[np.float64]

EXACT = 2000  # pairs up to which limits have their exact interval; beyond, the large-sample one differs by 0.1 %


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class Agreement(Result):
    """Bias and limits of agreement, and the pairs they come from.

    Parameters
    ----------
    pairs : DataFrame
        One row per pair: `participant`, `first`, `second`, `mean` and `difference` (second minus first; with
        `scale="ratio"` the geometric mean and second over first).
    scale : str
        `difference` or `ratio`.
    names : tuple of str
        The two columns compared.
    """

    pairs: pd.DataFrame
    scale: Scale
    names: tuple[str, str]


def agreement(
    table: pd.DataFrame,
    *,
    first: str,
    second: str,
    scale: Scale = "difference",
    coverage: float = 0.95,
    level: float = 0.95,
) -> Agreement:
    """Bias and limits of agreement of two measurements of the same thing in the same unit.

    Parameters
    ----------
    table : DataFrame
        One row per pair: `participant` and the two measurements. A participant may have several pairs.
    first, second : str
        The two columns; differences are second minus first.
    scale : str
        `difference`; or `ratio`, second over first, when differences grow with the size of what is measured.
    coverage : float
        The share of single differences that the limits are meant to hold.
    level : float
        Confidence level of the intervals of bias and limits.

    Returns
    -------
    Agreement
        Terms `bias`, `lower limit`, `upper limit`, and `trend`: the slope of the difference on the mean of both, which
        should be 0. `n` counts participants; further columns `pairs`, and `sd` of single differences.

    Raises
    ------
    MethodError
        Missing columns, text, fewer than three participants with a pair, or a ratio of what is not above 0.

    Notes
    -----
    With one pair each the interval of a limit is exact (noncentral t). With several pairs the variance of a single
    difference is that between people plus that within; people count alike; intervals by MOVER. The slope is of
    participants' means.

    References
    ----------
    .. [1] Bland & Altman 1986, Lancet 327:307-310.
    .. [2] Bland & Altman 2007, J Biopharm Stat 17:571-582 (several pairs each). [from memory]
    .. [3] Carkeet 2015, Optom Vis Sci 92:e71-80 (exact intervals). [from memory]
    .. [4] Zou 2013, Stat Methods Med Res 22:630-642 (intervals with several pairs each). [from memory]
    """
    one_of("scale", scale, ["difference", "ratio"])
    if not 0 < coverage < 1:
        raise MethodError(f"coverage={coverage!r}: expected a share between 0 and 1, such as 0.95.")
    pairs, notes = _pairs(table, first, second, scale)
    differences = np.log(pairs["difference"]) if scale == "ratio" else pairs["difference"]
    rows = _estimates(pairs["participant"], differences.to_numpy(dtype=np.float64), coverage, level)
    if scale == "ratio":
        rows = [_exponential(row) for row in rows]
    rows.append(_trend(pairs, scale, level))
    people = int(pairs["participant"].nunique())
    frame = pd.DataFrame(rows).assign(n=people, pairs=len(pairs))
    several = ", several pairs a person" if len(pairs) > people else ""
    what = "difference" if scale == "difference" else "ratio"
    return Agreement(
        frame=estimate_frame(frame),
        method=(
            f"agreement of {second} with {first}: {what}, limits for {wording.level(coverage)} of single pairs"
            f"{several}; {wording.level(level)} intervals"
        ),
        n=people,
        level=level,
        notes=notes,
        pairs=pairs,
        scale=scale,
        names=(first, second),
    )


def _pairs(table: pd.DataFrame, first: str, second: str, scale: Scale) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The complete pairs with their mean and difference, and a note on the others."""
    require(table, ["participant", first, second])
    for name in (first, second):
        if not pd.api.types.is_numeric_dtype(table[name].dtype):
            raise MethodError(f"`{name}` is not numeric; agreement of categories is stats.weighted_kappa.")
    rows = pd.DataFrame(
        {
            "participant": table["participant"],
            "first": table[first].astype("float64"),
            "second": table[second].astype("float64"),
        }
    )
    pairs = rows.dropna().reset_index(drop=True)
    if pairs["participant"].nunique() < 3:
        raise MethodError(f"{first} and {second}: agreement needs at least 3 participants with both.")
    if scale == "ratio":
        if (pairs[["first", "second"]] <= 0).any(axis=None):
            raise MethodError(
                f"scale='ratio': {first} and {second} must be above 0 everywhere; use scale='difference'."
            )
        pairs = pairs.assign(
            mean=np.sqrt(pairs["first"] * pairs["second"]), difference=pairs["second"] / pairs["first"]
        )
    else:
        pairs = pairs.assign(mean=(pairs["first"] + pairs["second"]) / 2, difference=pairs["second"] - pairs["first"])
    lost = len(rows) - len(pairs)
    return pairs, ((f"left out: {plural(lost, 'row')} without both measurements",) if lost else ())


def _estimates(people: pd.Series, x: Array, coverage: float, level: float) -> list[dict[str, Any]]:
    """Bias and both limits on the scale of the differences."""
    z = float(stats.norm.ppf((1 + coverage) / 2))
    groups = pd.Series(x).groupby(people.to_numpy())
    means, sizes = groups.mean().to_numpy(), np.array(groups.size())
    m, bias = len(means), float(means.mean())
    error = float(means.std(ddof=1) / np.sqrt(m))
    margin = float(stats.t.ppf((1 + level) / 2, m - 1)) * error
    if len(x) == m:
        sd = float(x.std(ddof=1))
        below, above = _exact(z, m, sd, level)
    else:
        within = float(((x - groups.transform("mean").to_numpy()) ** 2).sum() / (len(x) - m))
        sd, below, above = _mover(z, float(means.var(ddof=1)), within, sizes, margin, level)
    t = bias / error if error > 0 else np.nan
    row = {"sd": sd}
    return [
        row
        | {"term": "bias", "estimate": bias, "std_error": error, "df": m - 1, "statistic": t}
        | {"p_value": 2 * float(stats.t.sf(abs(t), m - 1)), "conf_low": bias - margin, "conf_high": bias + margin},
        row | {"term": "lower limit", "estimate": bias - z * sd, "conf_low": bias - above, "conf_high": bias - below},
        row | {"term": "upper limit", "estimate": bias + z * sd, "conf_low": bias + below, "conf_high": bias + above},
    ]


def _exact(z: float, n: int, sd: float, level: float) -> tuple[float, float]:
    """How far from the bias the interval of a limit begins and ends, one pair each."""
    shares = np.array([(1 - level) / 2, (1 + level) / 2])
    if n <= EXACT:
        low, high = stats.nct.ppf(shares, n - 1, z * np.sqrt(n)) * sd / np.sqrt(n)
    else:
        low, high = z * sd + stats.norm.ppf(shares) * sd * np.sqrt(1 / n + z**2 / (2 * (n - 1)))
    return float(low), float(high)


def _mover(
    z: float, between: float, within: float, sizes: NDArray[Any], margin: float, level: float
) -> tuple[float, float, float]:
    """SD of a single difference, and how far from the bias the interval of a limit begins and ends."""
    m, total = len(sizes), int(sizes.sum())
    share = 1 - float(np.mean(1 / sizes))
    parts = [(between, m - 1), (share * within, total - m)]
    variance = between + share * within
    low, high = variance, variance
    if variance > 0:
        down, up = (
            np.sqrt(sum((part * (df / float(stats.chi2.ppf(tail, df)) - 1)) ** 2 for part, df in parts))
            for tail in ((1 + level) / 2, (1 - level) / 2)
        )
        low, high = max(variance - down, 0.0), variance + up
    sd = float(np.sqrt(variance))
    begin = z * sd - np.sqrt(margin**2 + z**2 * (sd - np.sqrt(low)) ** 2)
    end = z * sd + np.sqrt(margin**2 + z**2 * (np.sqrt(high) - sd) ** 2)
    return sd, float(begin), float(end)


def _exponential(row: dict[str, Any]) -> dict[str, Any]:
    """A row of logarithms as ratios; its standard error by the delta method."""
    ratio = {name: float(np.exp(row[name])) for name in ("estimate", "conf_low", "conf_high")}
    if "std_error" in row:
        ratio["std_error"] = ratio["estimate"] * row["std_error"]
    return row | ratio


def _trend(pairs: pd.DataFrame, scale: Scale, level: float) -> dict[str, Any]:
    """Slope of the difference on the mean of both, of participants' means."""
    used = pairs[["mean", "difference"]].map(np.log) if scale == "ratio" else pairs[["mean", "difference"]]
    each = used.groupby(pairs["participant"].to_numpy()).mean()
    empty = {"term": "trend", "estimate": np.nan}
    x, y = each["mean"].to_numpy(), each["difference"].to_numpy()
    if np.ptp(x) == 0:
        return empty
    fit = stats.linregress(x, y)
    df = len(x) - 2
    margin = float(stats.t.ppf((1 + level) / 2, df)) * fit.stderr
    return empty | {
        "estimate": fit.slope,
        "std_error": fit.stderr,
        "df": df,
        "statistic": fit.slope / fit.stderr if fit.stderr > 0 else np.nan,
        "p_value": fit.pvalue,
        "conf_low": fit.slope - margin,
        "conf_high": fit.slope + margin,
    }
