"""Adverse events: how many had each, and how arms differ in it. Draws what was counted; gives no advice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from spasticity.errors import MethodError, listed
from spasticity.plot import canvas, frames, labels, naming
from spasticity.plot.palette import RULE, MarkStyle
from spasticity.stats.adverse_events import INCIDENCE, RISK_DIFFERENCE, Harms
from spasticity.wording import level, number

ROW_LINES = 0.62  # height of one arm's mark, in lines of text
PANEL = 0.5  # share of the width for the second panel


@canvas.styled
def event_dots(
    result: Harms,
    *,
    ax: Axes | None = None,
    kind: str = "term",
    at_least: float = 0.05,
    styles: Mapping[str, MarkStyle] | None = None,
) -> Axes:
    """Incidence of each event by arm, and beside it the difference of each arm from the reference with its interval.

    Parameters
    ----------
    result : Harms
        From `stats.harms`, without further groups.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    kind : str
        Rows: `term`, `group` or `any`.
    at_least : float
        Events that at least this share of some arm had; 0 for all.
    styles : mapping of str to MarkStyle, optional
        From `plot.arm_styles`.

    Returns
    -------
    Axes
        Of the first panel. Artists named `incidence`, and in the second panel `estimate`, `interval`, `null`; events
        with the largest difference first.

    Raises
    ------
    MethodError
        When the result has no comparison, several groups, or no event that often.
    """
    frame = _rows(result, kind, "event_dots")
    shares, off = (frame[frame["term"].eq(term)] for term in (INCIDENCE, RISK_DIFFERENCE))
    if off.empty:
        raise MethodError("event_dots: the result compares no arms; ask `stats.harms` for a factor with a reference.")
    events = _often(shares, off, at_least)
    styles = frames.styles_of(shares["arm"], styles)
    arms = naming.in_order(shares["arm"], styles)
    ax = canvas.axes(
        ax, height=canvas.lines(5 + len(events) * (len(arms) * ROW_LINES + 0.4)), more=naming.legend_height(arms)
    )
    side = canvas.beside(ax, share=PANEL)
    for panel in (ax, side):
        _stripes(panel, len(events))
    canvas.named(side.axvline(0, color=RULE, lw=0.5 * canvas.scale(), zorder=0.5), "null")
    places = {arm: (rank - (len(arms) - 1) / 2) * 0.8 / len(arms) for rank, arm in enumerate(arms)}
    for y, event in enumerate(events):
        for arm in arms:
            at = y + places[arm]
            _draw_share(ax, shares, event, arm, at, styles[arm])
            _draw_difference(side, off, event, arm, at, styles[arm])
    ax.set_yticks(range(len(events)), events)
    ax.set_xlim(left=0)
    _percent(ax)
    canvas.cover(side, "x", off["conf_low"], off["conf_high"], pd.Series([0.0]))
    _percent(side)
    side.set_yticks([])
    side.spines["left"].set_visible(False)
    reference = frames.order(off["reference"])[0]
    naming.legend_above(ax, [naming.key(styles[arm], arm) for arm in arms])
    words = f"Difference from {reference} (% points, {level(result.level)} CI)"
    for panel, text in ((ax, "Participants with the event (%)"), (side, words)):
        room = 0.95 * canvas.width_pt(panel)
        panel.set_xlabel(labels.folded(text, room, rcParams["axes.labelsize"]))
        canvas.named(panel.xaxis.label, "quantity")
    return ax


@canvas.styled
def event_butterfly(
    result: Harms,
    *,
    arms: Sequence[str],
    ax: Axes | None = None,
    kind: str = "term",
    at_least: float = 0.05,
    styles: Mapping[str, MarkStyle] | None = None,
) -> Axes:
    """Incidence of each event in two arms, back to back.

    Parameters
    ----------
    result : Harms
        From `stats.harms`, without further groups.
    arms : sequence of str
        The one at the left, the one at the right.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    kind : str
        Rows: `term`, `group` or `any`.
    at_least : float
        Events that at least this share of one of the two had; 0 for all.
    styles : mapping of str to MarkStyle, optional
        From `plot.arm_styles`.

    Returns
    -------
    Axes
        Artists named `incidence` and `count` (people with the event and all, at the ends of the bars).

    Raises
    ------
    MethodError
        When there are not two arms, or no event that often.
    """
    frame = _rows(result, kind, "event_butterfly")
    if len(arms) != 2 or len(set(arms)) < 2:
        raise MethodError(f"event_butterfly: {listed(arms, 'and')} are not two arms; expected a left and a right one.")
    shares = frame[frame["term"].eq(INCIDENCE)]
    for arm in arms:
        frames.chosen(shares, "event_butterfly", arm=arm)
    styles = frames.styles_of(shares["arm"], styles)
    shares = shares[shares["arm"].astype(str).isin(arms)]
    events = _often(shares, shares, at_least)
    ax = canvas.axes(ax, height=canvas.lines(6 + 1.3 * len(events)))
    most = float(shares["estimate"].max())
    for side, arm in zip((-1, 1), arms, strict=True):
        for y, event in enumerate(events):
            _draw_wing(ax, _one(shares, event, arm), side, y, styles[arm])
    ax.axvline(0, color="black", lw=0.6 * canvas.scale())
    ax.set_yticks(range(len(events)), events)
    ax.set_ylim(len(events) - 0.4, -0.6)
    ax.set_xlim(-1.28 * most, 1.28 * most)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda share, _: number(100 * abs(share), 0)))
    ax.tick_params(axis="y", length=0)
    above = canvas.shifted(ax, ax.transAxes, down=-3 * canvas.scale())
    for x, ha, arm in ((0, "left", arms[0]), (1, "right", arms[1])):
        words = ax.text(x, 1, arm, transform=above, ha=ha, va="bottom", color=styles[arm].colour, weight="bold")
        words.set_fontsize(rcParams["xtick.labelsize"])
        canvas.named(words, "name", arm)
    labels.label_axis(ax, "x", "Participants with the event (%)")
    return ax


def _rows(result: Harms, kind: str, figure: str) -> pd.DataFrame:
    frame = frames.table_of(
        result, ["kind", "event", "arm", "estimate", "conf_low", "conf_high", "n", "events"], figure
    )
    frame = frames.chosen(frame, figure, kind=kind)
    frames.one_row_each(frame, ["term", "event", "arm"], figure)
    return frame


def _often(shares: pd.DataFrame, ranked: pd.DataFrame, at_least: float) -> list[str]:
    """Events that are frequent enough somewhere, the largest of `ranked` first."""
    most = shares.groupby("event", observed=True)["estimate"].max()
    kept = [str(event) for event in most.index[most.ge(at_least) & most.gt(0)]]
    if not kept:
        raise MethodError(
            f"no event was had by at least {number(100 * at_least, 0)} % of an arm; pass a lower `at_least`."
        )
    largest = ranked.groupby("event", observed=True)["estimate"].max().sort_values(ascending=False, kind="stable")
    return [str(event) for event in largest.index if str(event) in kept]


def _one(frame: pd.DataFrame, event: str, arm: str) -> pd.Series | None:
    rows = frame[frame["event"].eq(event) & frame["arm"].eq(arm)]
    return None if rows.empty else rows.iloc[0]


def _draw_share(ax: Axes, shares: pd.DataFrame, event: str, arm: str, y: float, style: MarkStyle) -> None:
    row = _one(shares, event, arm)
    if row is not None:
        (mark,) = ax.plot([row["estimate"]], [y], ls="none", clip_on=False, zorder=3, **style.mark)
        canvas.named(mark, "incidence", f"{event}.{arm}")


def _draw_difference(ax: Axes, off: pd.DataFrame, event: str, arm: str, y: float, style: MarkStyle) -> None:
    row = _one(off, event, arm)
    if row is None:
        return
    bar = ax.hlines(y, row["conf_low"], row["conf_high"], color=style.colour, lw=0.75 * canvas.scale())
    canvas.named(bar, "interval", f"{event}.{arm}")
    (mark,) = ax.plot([row["estimate"]], [y], ls="none", zorder=3, **style.mark)
    canvas.named(mark, "estimate", f"{event}.{arm}")


def _draw_wing(ax: Axes, row: pd.Series | None, side: int, y: int, style: MarkStyle) -> None:
    if row is None:
        return
    name = f"{row['event']}.{row['arm']}"
    face = "white" if style.hollow else style.colour
    (bar,) = ax.barh(
        [y], [side * row["estimate"]], 0.7, facecolor=face, edgecolor=style.colour, lw=0.75 * canvas.scale()
    )
    canvas.named(bar, "incidence", name)
    place = canvas.shifted(ax, ax.transData, across=side * 3 * canvas.scale())
    text = f"{int(row['events'])}/{int(row['n'])}"
    words = ax.text(
        side * row["estimate"], y, text, transform=place, ha="left" if side > 0 else "right", va="center_baseline"
    )
    words.set_fontsize(0.9 * rcParams["xtick.labelsize"])
    canvas.named(words, "count", name)


def _stripes(ax: Axes, rows: int) -> None:
    """Every other row on a light ground, so that the eye keeps it across both panels."""
    for y in np.arange(0, rows, 2):
        canvas.named(ax.axhspan(y - 0.5, y + 0.5, color="#F3F3F3", lw=0, zorder=0), "stripe")
    ax.set_ylim(rows - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)


def _percent(ax: Axes) -> None:
    ax.xaxis.set_major_formatter(FuncFormatter(lambda share, _: number(100 * share, 0)))
