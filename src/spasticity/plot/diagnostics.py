"""Whether the residuals of a mixed model are what it takes them to be, and how sharply the data tell a coefficient."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from spasticity.errors import one_of
from spasticity.plot import canvas, frames, labels
from spasticity.plot.palette import INK, OTHERS, RULE, SHADE
from spasticity.stats.mmrm_result import Mmrm, Residuals
from spasticity.wording import level

BLUE = OTHERS[0].colour
CENTRAL = 1.96  # 95 % of a standard normal distribution are between -1.96 and 1.96
KINDS = {
    "raw": "Residual (observed minus fitted)",
    "pearson": "Pearson residual (in SD)",
    "normalized": "Normalized residual (in SD)",
}
AGAINST = ("fitted", "visit")
SPREAD = 0.6  # width of the points of a visit, in distances of visits
GOLDEN = 0.6180339887498949  # multiples of the golden section, less whole numbers, fill an interval evenly
BAND_WORDS = {
    "simultaneous": "band: {} of normal samples stay inside as a whole",
    "pointwise": "band: each value of a normal sample stays inside in {}",
    "refitted": "band: {} of fits to outcomes of the model stay inside",
}
INSIDE: dict[str, Any] = {"marker": "o", "ls": "none", "markerfacecolor": "white", "markeredgecolor": BLUE}
OUTSIDE = INSIDE | {"marker": "D", "markerfacecolor": INK, "markeredgecolor": INK}


@canvas.styled
def residuals(
    fit: Mmrm | pd.DataFrame,
    *,
    ax: Axes | None = None,
    against: Literal["fitted", "visit"] = "fitted",
    kind: Residuals = "pearson",
) -> Axes:
    """Each residual against its fitted value or at its visit.

    Parameters
    ----------
    fit : Mmrm or DataFrame
        From `stats.mmrm`, or what its `residuals(kind)` gives: `visit`, `fitted`, `residual`.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    against : str
        `fitted` or `visit`; at a visit the points are spread sideways, which means nothing.
    kind : str
        `raw`, `pearson` or `normalized`; of a table, what it holds.

    Returns
    -------
    Axes
        Artists named `residual`, `null` (at 0) and, unless raw, `central` (95 % of a normal distribution).

    Raises
    ------
    MethodError
        Unknown options, absent columns, no rows, or more than can be seen.
    """
    one_of("against", against, AGAINST)
    one_of("kind", kind, tuple(KINDS))
    source = fit.residuals(kind) if isinstance(fit, Mmrm) else fit
    frame = frames.table_of(source, [against, "residual"], "residuals").dropna(subset=[against, "residual"])
    canvas.refuse_crowd(len(frame), "residuals", "draw `fit.by_visit()` with `plot.observed_and_fitted`")
    ax = canvas.axes(ax)
    visits = frames.order(frame["visit"]) if against == "visit" else []
    places = _spread_sideways(frame["visit"], visits) if visits else frame["fitted"]
    canvas.named(ax.axhline(0, color=INK, lw=0.5 * canvas.scale(), zorder=0), "null")
    for edge in (-CENTRAL, CENTRAL) if kind != "raw" else ():
        line = ax.axhline(edge, color=RULE, ls=(0, (4, 2)), lw=0.5 * canvas.scale(), zorder=0)
        canvas.named(line, "central")
    _points(ax, places, frame["residual"], "residual", INSIDE)
    canvas.cover(ax, "y", frame["residual"], pd.Series([0.0]))
    canvas.cover(ax, "x", places)
    if kind != "raw":
        canvas.note(ax, f"dashed: ±{CENTRAL}, {level(0.95)} of a normal distribution")
    if visits:
        ax.set_xticks(range(len(visits)), visits)
        ax.set_xlim(-0.5, len(visits) - 0.5)
        labels.fit_ticks(ax)
    else:
        labels.label_axis(ax, "x", "Fitted value")
    labels.label_axis(ax, "y", KINDS[kind])
    return ax


def _spread_sideways(visit: pd.Series, visits: list[str]) -> pd.Series:
    ranks = visit.astype(str).map({name: float(rank) for rank, name in enumerate(visits)})
    return ranks + SPREAD * (np.arange(len(visit)) * GOLDEN % 1 - 0.5)


def _points(ax: Axes, x: pd.Series, y: pd.Series, role: str, look: dict[str, Any]) -> None:
    (points,) = ax.plot(x, y, **look)
    points.set(markersize=2.4 * canvas.scale(), markeredgewidth=0.5 * canvas.scale())
    canvas.named(points, role)


@canvas.styled
def quantiles(fit: Mmrm | pd.DataFrame, *, ax: Axes | None = None, label: str = KINDS["normalized"]) -> Axes:
    """Ordered normalized residuals against normal quantiles, with the band that a normal sample stays in.

    Parameters
    ----------
    fit : Mmrm or DataFrame
        From `stats.mmrm`, or what its `quantiles` or `stats.normal_quantiles` gives: `theoretical`, `observed`, `low`,
        `high`, `outside`, `band`, `level`.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    label : str
        What the values are.

    Returns
    -------
    Axes
        Artists named `inside` and `outside` (values within and beyond the band), `band`, `null` (where both axes are
        equal).

    Raises
    ------
    MethodError
        Absent columns, no rows, or more than can be seen.
    """
    needed = ["theoretical", "observed", "low", "high", "outside", "band", "level"]
    frame = frames.table_of(fit.quantiles() if isinstance(fit, Mmrm) else fit, needed, "quantiles")
    canvas.refuse_crowd(len(frame), "quantiles", "take a sample of the residuals")
    frame = frame.sort_values("theoretical", kind="stable")
    ax = canvas.axes(ax)
    edges: dict[str, Any] = {"edgecolor": RULE, "linewidth": 0.5 * canvas.scale(), "zorder": 0}
    band = ax.fill_between(frame["theoretical"], frame["low"], frame["high"], facecolor=SHADE, **edges)
    canvas.named(band, "band")
    ends = frame["theoretical"].iloc[[0, -1]]
    (line,) = ax.plot(ends, ends, color=INK, lw=0.5 * canvas.scale(), zorder=1)
    canvas.named(line, "null")
    beyond = frame["outside"].astype(bool)
    for role, rows, look in (("inside", frame[~beyond], INSIDE), ("outside", frame[beyond], OUTSIDE)):
        _points(ax, rows["theoretical"], rows["observed"], role, look)
    canvas.cover(ax, "x", frame["theoretical"])
    canvas.cover(ax, "y", frame["observed"], frame["low"], frame["high"])
    canvas.note(ax, BAND_WORDS[str(frame["band"].iloc[0])].format(level(float(frame["level"].iloc[0]))))
    labels.label_axis(ax, "x", "Quantile of a normal distribution")
    labels.label_axis(ax, "y", label)
    return ax


@canvas.styled
def likelihood_profile(fit: Mmrm | pd.DataFrame, term: str, *, ax: Axes | None = None) -> Axes:
    """The likelihood along one coefficient; the values above the limit are its likelihood interval.

    Parameters
    ----------
    fit : Mmrm or DataFrame
        From `stats.mmrm`, or what its `profile(term)` gives: `value`, `log_likelihood`, `limit`.
    term : str
        The coefficient.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.

    Returns
    -------
    Axes
        Artists named `profile`, `limit` and, of a fit, `estimate` and `interval` (of the fit, drawn on the limit: where
        its ends meet the curve, both intervals agree).

    Raises
    ------
    MethodError
        Unknown coefficient, absent columns or no rows.
    """
    source = fit.profile(term) if isinstance(fit, Mmrm) else fit
    frame = frames.table_of(source, ["value", "log_likelihood", "limit"], "likelihood_profile").sort_values("value")
    ax = canvas.axes(ax)
    (curve,) = ax.plot(frame["value"], frame["log_likelihood"], color=INK, marker="o")
    curve.set(markersize=2.4 * canvas.scale(), linewidth=0.75 * canvas.scale())
    canvas.named(curve, "profile")
    limit = float(frame["limit"].iloc[0])
    line = ax.axhline(limit, color=RULE, ls=(0, (4, 2)), lw=0.5 * canvas.scale(), zorder=0)
    canvas.named(line, "limit")
    canvas.cover(ax, "y", frame["log_likelihood"], frame["limit"])
    if isinstance(fit, Mmrm):
        _draw_interval(ax, fit.row(term), limit)
        canvas.note(ax, f"dashed: limit of the likelihood interval; bar: {level(fit.level)} CI of the fit")
    ax.ticklabel_format(axis="y", useOffset=False)
    labels.label_axis(ax, "x", term)
    labels.label_axis(ax, "y", "Log-likelihood (ML)")
    return ax


def _draw_interval(ax: Axes, row: pd.Series, limit: float) -> None:
    bar = ax.hlines(limit, row["conf_low"], row["conf_high"], color=BLUE, lw=1.6 * canvas.scale(), zorder=2)
    canvas.named(bar, "interval")
    (mark,) = ax.plot([row["estimate"]], [limit], marker="D", ls="none", color=BLUE, zorder=3)
    canvas.named(mark, "estimate")
