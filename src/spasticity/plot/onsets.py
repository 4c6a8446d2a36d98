"""When adverse events began after the last change of dose. Draws what was recorded; it shows no cause."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MultipleLocator

from spasticity.errors import MethodError
from spasticity.plot import canvas, frames, labels, naming
from spasticity.plot.palette import OTHERS, RULE, SHADE, MarkStyle
from spasticity.wording import plural

#: Changes of dose as they are told apart: up and down differ in colour and in shape, a stop is a cross.
CHANGES = {
    "start": OTHERS[0],
    "increase": MarkStyle(OTHERS[0].colour, "^", "-"),
    "restart": MarkStyle(OTHERS[0].colour, "o", "-", hollow=True),
    "decrease": MarkStyle(OTHERS[2].colour, "v", "-"),
    "stop": MarkStyle(OTHERS[2].colour, "X", "-"),
}
STACK = 0.16  # distance of events of one day, in rows
TALL = 5  # events of one day that stand apart in a row


@canvas.styled
def onset_timing(
    onsets: pd.DataFrame,
    *,
    ax: Axes | None = None,
    by: str = "term",
    until: int = 28,
    windows: Sequence[int] = (0, 7, 14),
    rows: int = 12,
) -> Axes:
    """Each adverse event at the days since the last recorded change of dose.

    Parameters
    ----------
    onsets : DataFrame
        From `derive.onset`: `days_since`, `change` and the column of `by`. Events without a known change are not
        drawn; a note counts them.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    by : str
        Rows: `term` or `group`.
    until : int
        Last day of the axis; later events stand at its right edge, behind a line.
    windows : sequence of int
        First days of windows; every other one is shaded.
    rows : int
        How many rows at most: those with most events.

    Returns
    -------
    Axes
        Artists named `onset` (one per row and change), `window`, `late`.

    Raises
    ------
    MethodError
        When columns are absent or no event has a known change before it.
    """
    table = frames.table_of(onsets, ["days_since", "change", by], "onset_timing")
    known = table[table["days_since"].notna()]
    if known.empty:
        raise MethodError("onset_timing: no event has a known change of dose before it, so there is nothing to draw.")
    counts = known.groupby(by, observed=True).size().sort_values(ascending=False, kind="stable")
    names = list(counts.index[:rows])
    shown = known[known[by].isin(names)]
    changes = [name for name in CHANGES if shown["change"].eq(name).any()]
    ax = canvas.axes(ax, height=canvas.lines(6 + 1.7 * len(names)), more=naming.legend_height(changes))
    _shade(ax, windows, until)
    for y, name in enumerate(names):
        _draw_row(ax, shown[shown[by].eq(name)], y, until)
    ax.set_yticks(range(len(names)), [str(name) for name in names])
    ax.set_ylim(len(names) - 0.4, -0.7)
    ax.set_xlim(-0.7, until + 2.2)
    ax.xaxis.set_major_locator(MultipleLocator(7))
    canvas.named(ax.axvline(until + 0.75, color=RULE, lw=0.5 * canvas.scale(), zorder=0), "late")
    naming.legend_above(ax, [_key(change) for change in changes])
    labels.label_axis(ax, "x", "Days since the last recorded change of dose")
    canvas.note(ax, _words(table, known, shown, until))
    return ax


def _shade(ax: Axes, windows: Sequence[int], until: int) -> None:
    edges = [*windows, until + 1]
    for low, high in list(pairwise(edges))[::2]:
        canvas.named(ax.axvspan(low - 0.5, high - 0.5, color=SHADE, lw=0, zorder=0), "window", low)


def _draw_row(ax: Axes, rows: pd.DataFrame, y: int, until: int) -> None:
    """Marks of one row: those of one day one above the other, closer when there are many."""
    days = rows["days_since"].astype("int64").clip(upper=until + 1)
    rows = rows.assign(x=days + 0.6 * (days > until)).sort_values(["x", "change"], kind="stable")
    rank = rows.groupby("x").cumcount()
    size = rows.groupby("x")["x"].transform("size")
    step = STACK * np.minimum(1, TALL / size)
    rows = rows.assign(y=y - (rank - (size - 1) / 2) * step)
    for change, style in CHANGES.items():
        here = rows[rows["change"].eq(change)]
        if len(here):
            (marks,) = ax.plot(here["x"], here["y"], ls="none", ms=3.2 * canvas.scale(), **style.mark)
            marks.set_markeredgewidth(0.5 * canvas.scale())
            canvas.named(marks, "onset", f"{y}.{change}")


def _key(change: str) -> Line2D:
    item = naming.key(CHANGES[change], change)
    item.set_linestyle("none")
    return item


def _words(table: pd.DataFrame, known: pd.DataFrame, shown: pd.DataFrame, until: int) -> str:
    words = f"{plural(len(shown), 'event')}; right of the line: after day {until}"
    rest = len(table) - len(known)
    return f"{words}; {rest} without a known change" if rest else words
