"""Time to an event: Kaplan-Meier curves, their medians and restricted means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spasticity.errors import MethodError, one_of
from spasticity.stats.groups import grouped
from spasticity.stats.result import Result, estimate_frame
from spasticity.stats.risk_sets import steps, survivors, timed
from spasticity.wording import level as level_words
from spasticity.wording import plural

Interval = Literal["log-log", "log", "plain"]
Array = NDArray[np.float64]

MEDIAN, AT, RESTRICTED = "median time", "free of the event", "restricted mean time"
#: People of a group up to which intervals were measured too narrow (benchmarks/events_coverage.py).
FEW = 16
CURVE = ["time", "at_risk", "events", "censored", "estimate", "std_error", "conf_low", "conf_high"]


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class Survival(Result):
    """Kaplan-Meier curves and what is read off them.

    Parameters
    ----------
    curve : DataFrame
        The groups, then `time, at_risk, events, censored, estimate, std_error, conf_low, conf_high`; each group begins
        at time 0 with everybody.
    rows : DataFrame
        `participant`, the groups, `time`, `event` of everybody used.
    by : tuple of str
        Columns that make the groups.
    horizon : float
        The time to which means are restricted.
    """

    curve: pd.DataFrame
    rows: pd.DataFrame
    by: tuple[str, ...]
    horizon: float

    def at_risk(self, times: Sequence[float]) -> pd.DataFrame:
        """How many are still followed just before given times, as printed under a curve.

        Parameters
        ----------
        times : sequence of float

        Returns
        -------
        DataFrame
            The groups, `time`, `at_risk`, and `events` and `censored` before that time.
        """

        def count(rows: pd.DataFrame) -> dict[str, Any]:
            parts = []
            for moment in times:
                before = rows[rows["time"] < moment]
                came = int(before["event"].sum())
                parts.append((float(moment), len(rows) - len(before), came, len(before) - came))
            return {"counts": parts}

        found, _ = grouped(self.rows, self.by, count)
        long = found.explode("counts", ignore_index=True)
        counts = pd.DataFrame(long["counts"].tolist(), columns=["time", "at_risk", "events", "censored"])
        return pd.concat([long.drop(columns="counts"), counts], axis=1)

    def contrasts(self, reference: Any = None) -> Result:
        """Differences of restricted means and of the share free of the event.

        Parameters
        ----------
        reference : object, optional
            Group that is subtracted; otherwise the first.

        Returns
        -------
        Result
            Terms such as `active - placebo`, by `measure`, with z tests of independent groups.

        Raises
        ------
        MethodError
            Not exactly one grouping column, or an unknown reference.
        """
        if len(self.by) != 1:
            raise MethodError("contrasts: the curves need exactly one grouping column, such as by='arm'.")
        (by,) = self.by
        levels = list(dict.fromkeys(self.frame[by]))
        reference = levels[0] if reference is None else reference
        one_of("reference", reference, levels)
        used = self.frame[self.frame["term"].ne(MEDIAN)]
        rows = [
            _difference(one, two, by, self.level)
            for _, measure in used.groupby(["term", "time"], sort=False, dropna=False)
            for two in [measure[measure[by].eq(reference)].iloc[0]]
            for _, one in measure[measure[by].ne(reference)].iterrows()
        ]
        return Result(
            frame=estimate_frame(pd.DataFrame(rows), ["measure", by]),
            method=f"differences from {reference}; {self.method}",
            n=self.n,
            level=self.level,
            notes=self.notes,
        )


def survival(
    table: pd.DataFrame,
    *,
    time: str,
    event: str,
    by: str | Sequence[str] | None = None,
    at: Sequence[float] = (),
    horizon: float | None = None,
    interval: Interval = "log-log",
    level: float = 0.95,
) -> Survival:
    """Kaplan-Meier curves of the time to an event.

    Parameters
    ----------
    table : DataFrame
        One row per participant, such as `derive.time_to_stopping` of one drug.
    time : str
        Column with the time to the event, or to the end of observation without it.
    event : str
        Column that says whether the event came.
    by : str or sequence of str, optional
        Columns that make groups, such as `arm`.
    at : sequence of float
        Times at which the share free of the event is wanted.
    horizon : float, optional
        Time to which the mean is restricted; otherwise the shortest of the groups' longest follow-ups. Name it in
        advance when it is to be tested.
    interval : str
        Of the curve: `log-log` (never outside 0 to 1), `log` (R's default) or `plain`.
    level : float
        Confidence level.

    Returns
    -------
    Survival
        Per group the terms `median time` (missing when the curve stays above a half), `free of the event` for each time
        of `at`, and `restricted mean time`; the time of the latter two is in the column `time`.

    Raises
    ------
    MethodError
        Missing columns, bad times, a participant twice, or a horizon beyond the follow-up of a group.

    Notes
    -----
    An event and an end of observation at the same time: the event is first. Greenwood's variance. The limits of the
    median are the times at which the limits of the curve pass a half. Variance of the restricted mean:
    sum of A_j^2 d_j / (n_j (n_j - d_j)), A_j the area from t_j to the horizon.

    References
    ----------
    .. [1] Kaplan & Meier 1958, J Am Stat Assoc 53:457-481. [from memory]
    .. [2] Brookmeyer & Crowley 1982, Biometrics 38:29-41 (median). [from memory]
    .. [3] Royston & Parmar 2013, BMC Med Res Methodol 13:152 (restricted mean). [from memory]
    """
    one_of("interval", interval, list(LIMITS))
    by = [by] if isinstance(by, str) else list(by or [])
    rows, notes = timed(table, time, event, by)
    curves, more = grouped(rows, by, lambda part: {"curve": _curve(part, interval, level)})
    reach = [_reach(curve) for curve in curves["curve"]]
    horizon = min(curve["time"].iloc[-1] for curve in curves["curve"]) if horizon is None else float(horizon)
    if horizon > min(reach):
        raise MethodError(
            f"horizon={horizon:g}: a group is followed to {min(reach):g} only; a mean restricted to a later time "
            "is not known. Take a shorter one."
        )
    found = [
        {**{name: row[name] for name in by}, **part, "n": int(row["curve"]["at_risk"].iloc[0])}
        for _, row in curves.iterrows()
        for part in _read_off(row["curve"], at, horizon, level)
    ]
    frame = pd.DataFrame(found)
    for name in by:
        frame[name] = frame[name].astype(curves[name].dtype)
    long = pd.concat(
        [row["curve"].assign(**{name: row[name] for name in by}) for _, row in curves.iterrows()], ignore_index=True
    )
    for name in by:
        long[name] = long[name].astype(curves[name].dtype)
    came = int(rows["event"].sum())
    return Survival(
        frame=estimate_frame(frame, by),
        method=(
            f"Kaplan-Meier curves of {time}, {plural(came, 'event')}; {level_words(level)} {interval} intervals; "
            f"means restricted to {horizon:g}"
        ),
        n=len(rows),
        level=level,
        notes=notes + more + _measured(interval, frame),
        curve=long[[*by, *CURVE]],
        rows=rows.reset_index(drop=True),
        by=tuple(by),
        horizon=horizon,
    )


def _measured(interval: Interval, frame: pd.DataFrame) -> tuple[str, ...]:
    """Intervals that were measured too narrow in groups of this size, in words."""
    if interval == "log-log" or frame["n"].min() > FEW:
        return ()
    return (f"{interval} intervals of a share missed in 11 to 12 % of groups of 12 (docs/methods/survival.md)",)


def _curve(rows: pd.DataFrame, interval: Interval, level: float) -> pd.DataFrame:
    """The curve of one group, with its begin."""
    found = steps(rows["time"].to_numpy(), rows["event"].to_numpy())
    probability, greenwood = survivors(found)
    with np.errstate(invalid="ignore"):
        error = probability * np.sqrt(greenwood)
    z = float(stats.norm.ppf((1 + level) / 2))
    low, high = LIMITS[interval](probability, error, z)
    steady = greenwood == 0  # nobody has had the event yet
    low, high = np.where(steady, 1.0, low), np.where(steady, 1.0, high)
    curve = pd.DataFrame(
        {
            "time": found.time,
            "at_risk": found.at_risk,
            "events": found.events,
            "censored": found.censored,
            "estimate": probability,
            "std_error": error,
            "conf_low": low,
            "conf_high": high,
        }
    )
    if curve["time"].iloc[0] > 0:
        begin = {"time": 0.0, "at_risk": len(rows), "events": 0, "censored": 0, "estimate": 1.0, "std_error": 0.0}
        curve = pd.concat([pd.DataFrame([begin | {"conf_low": 1.0, "conf_high": 1.0}]), curve], ignore_index=True)
    return curve


def _plain(s: Array, error: Array, z: float) -> tuple[Array, Array]:
    return np.maximum(s - z * error, 0), np.minimum(s + z * error, 1)


def _log(s: Array, error: Array, z: float) -> tuple[Array, Array]:
    with np.errstate(divide="ignore", invalid="ignore"):
        half = z * error / s
    return s * np.exp(-half), np.minimum(s * np.exp(half), 1)


def _log_log(s: Array, error: Array, z: float) -> tuple[Array, Array]:
    with np.errstate(divide="ignore", invalid="ignore"):
        half = z * error / (s * np.log(s))
        return s ** np.exp(-half), s ** np.exp(half)


LIMITS: dict[str, Callable[[Array, Array, float], tuple[Array, Array]]] = {
    "log-log": _log_log,
    "log": _log,
    "plain": _plain,
}


def _reach(curve: pd.DataFrame) -> float:
    """How far the curve is known: for ever once everybody has had the event."""
    return np.inf if curve["estimate"].iloc[-1] == 0 else float(curve["time"].iloc[-1])


def _read_off(curve: pd.DataFrame, at: Sequence[float], horizon: float, level: float) -> list[dict[str, Any]]:
    """Median, shares and restricted mean of one curve."""
    time = curve["time"].to_numpy()
    median, low, high = (_passes_half(time, curve[name].to_numpy()) for name in ("estimate", "conf_low", "conf_high"))
    rows: list[dict[str, Any]] = [
        {"term": MEDIAN, "time": np.nan, "estimate": median, "conf_low": low, "conf_high": high}
    ]
    for moment in at:
        place = int(np.searchsorted(time, moment, side="right")) - 1
        known = 0 <= moment <= _reach(curve)
        names = ("estimate", "std_error", "conf_low", "conf_high")
        values = {name: float(curve[name].iloc[place]) if known else np.nan for name in names}
        rows.append({"term": AT, "time": float(moment)} | values)
    mean, error = _restricted(curve, horizon)
    margin = float(stats.norm.ppf((1 + level) / 2)) * error
    limits = {"std_error": error, "conf_low": mean - margin, "conf_high": mean + margin}
    return [*rows, {"term": RESTRICTED, "time": horizon, "estimate": mean} | limits]


def _passes_half(time: Array, probability: Array) -> float:
    """When a curve comes to a half; the middle of the stretch on which it is exactly there."""
    below = np.flatnonzero(probability < 0.5 - 1e-12)
    there = np.flatnonzero(np.abs(probability - 0.5) <= 1e-12)
    if len(there):
        end = time[below[0]] if len(below) else time[there[0]]
        return float((time[there[0]] + end) / 2)
    return float(time[below[0]]) if len(below) else np.nan


def _restricted(curve: pd.DataFrame, horizon: float) -> tuple[float, float]:
    """Area under the curve to the horizon, and its standard error."""
    time, s = curve["time"].to_numpy(), curve["estimate"].to_numpy()
    width = np.clip(np.append(time[1:], np.inf), None, horizon) - np.minimum(time, horizon)
    area = s * width
    after = np.cumsum(area[::-1])[::-1]  # from each time to the horizon
    n, d = curve["at_risk"].to_numpy(dtype=np.float64), curve["events"].to_numpy(dtype=np.float64)
    used = (d > 0) & (n > d)
    variance = np.sum(after[used] ** 2 * d[used] / (n[used] * (n[used] - d[used])))
    return float(area.sum()), float(np.sqrt(variance))


def _difference(one: pd.Series, two: pd.Series, by: str, level: float) -> dict[str, Any]:
    """A row of two groups' difference."""
    estimate, error = one["estimate"] - two["estimate"], float(np.hypot(one["std_error"], two["std_error"]))
    z = estimate / error if error > 0 else np.nan
    margin = float(stats.norm.ppf((1 + level) / 2)) * error
    return {
        "term": f"{one[by]} - {two[by]}",
        "measure": f"{one['term']} to {one['time']:g}"
        if one["term"] == RESTRICTED
        else f"{one['term']} at {one['time']:g}",
        by: one[by],
        "estimate": estimate,
        "std_error": error,
        "statistic": z,
        "p_value": 2 * float(stats.norm.sf(abs(z))),
        "conf_low": estimate - margin,
        "conf_high": estimate + margin,
        "n": int(one["n"]) + int(two["n"]),
    }
