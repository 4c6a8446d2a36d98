"""Counts as they are and as a model expects them."""

from __future__ import annotations

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from spasticity.plot import canvas, frames, labels
from spasticity.plot.palette import FAINT, INK

BAR = 0.8  # of the distance of two counts


@canvas.styled
def count_distribution(distribution: pd.DataFrame, *, ax: Axes | None = None, label: str = "Events in a row") -> Axes:
    """How many rows have each count (bars), and how many a fitted model expects (points on a line).

    Points above the bars at 0 and beyond the middle, and below them between, are what a model without overdispersion
    shows; a bar at 0 far above its point is an excess of zeros.

    Parameters
    ----------
    distribution : DataFrame
        As `CountFit.distribution` gives it: `count` (missing in the row of all larger ones), `observed`, `expected`.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    label : str
        Words for the axis of counts.

    Returns
    -------
    Axes
        Artists named `observed`, `expected` and, where there are larger counts, `n`.

    Raises
    ------
    MethodError
        When columns are absent, there are no rows, or a count stands twice.
    """
    frame = frames.table_of(distribution, ["count", "observed", "expected"], "count_distribution")
    frames.one_row_each(frame, ["count"], "count_distribution")
    shown, rest = frame[frame["count"].notna()], frame[frame["count"].isna()]
    ax = canvas.axes(ax)
    places = shown["count"].astype(float)
    bars = ax.bar(places, shown["observed"], width=BAR, color=FAINT, lw=0)
    for place, bar in zip(shown["count"], bars, strict=True):
        canvas.named(bar, "observed", str(int(place)))
    (line,) = ax.plot(places, shown["expected"], color=INK, marker="o", ms=2.2 * canvas.scale())
    line.set_linewidth(0.8 * canvas.scale())
    canvas.named(line, "expected")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlim(places.min() - 0.7, places.max() + 0.7)
    ax.set_ylim(0, None)
    beyond = rest[(rest["observed"] > 0) | (rest["expected"] >= 0.5)]
    if len(beyond):
        row = beyond.iloc[0]
        words = f"beyond: {int(row['observed']):,} observed, {row['expected']:.1f} expected"
        text = ax.text(1, 1, words, transform=ax.transAxes, ha="right", va="top", fontsize=rcParams["xtick.labelsize"])
        canvas.named(text, "n")
    labels.label_axis(ax, "x", label)
    labels.label_axis(ax, "y", "Rows", below="bars observed, points expected")
    return ax
