"""What is there of what was asked for, by visit and kind of data."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.patches import Rectangle

from spasticity.instruments import measure, names
from spasticity.plot import canvas, frames, labels
from spasticity.plot.palette import RAMP, RULE, ink_on
from spasticity.stats.result import Result
from spasticity.wording import number

PALEST, DARKEST = 0, 2  # of the ramp of grades: an empty cell is nearly white, a full one leaves text readable
ROW_LINES = 2.3
LABEL_SHARE = 0.25  # of the width of the figure, at most, for the names of the kinds


@canvas.styled
def completeness(result: Result | pd.DataFrame, *, ax: Axes | None = None, arm: str | None = None) -> Axes:
    """The mean share of what was expected that is there, for each kind of data at each visit, with n.

    Parameters
    ----------
    result : Result or DataFrame
        `stats.describe(derive.completeness(study), by=("kind", "visit"), value="share")`: `kind`, `visit`,
        `estimate` (0 to 1), `n` (participants of whom data were expected).
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    arm : str, optional
        Which rows, when there are several arms.

    Returns
    -------
    Axes
        Artists named `share` (one cell each), `percent`, `n`, `not-expected`. A cell without a row is hatched: nothing
        was expected there, which is not 0.

    Raises
    ------
    MethodError
        When columns are absent or two rows would stand in one cell.
    """
    frame = frames.table_of(result, ["kind", "visit", "estimate", "n"], "completeness")
    frame = frames.chosen(frame, "completeness", arm=arm)
    frames.one_row_each(frame, ["kind", "visit"], "completeness")
    kinds, visits = frames.order(frame["kind"]), frames.order(frame["visit"])
    ax = canvas.axes(ax, height=canvas.lines(4 + ROW_LINES * len(kinds)))
    for y, kind in enumerate(kinds):
        for x, visit in enumerate(visits):
            cell = frame[frame["kind"].eq(kind) & frame["visit"].eq(visit)]
            _draw_cell(ax, cell, x, y, f"{kind}.{visit}")
    ax.set_xlim(-0.5, len(visits) - 0.5)
    ax.set_ylim(len(kinds) - 0.5, -0.5)
    ax.set_xticks(range(len(visits)), visits)
    ax.set_yticks(range(len(kinds)), [_kind_label(ax, kind) for kind in kinds])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    labels.fit_ticks(ax)
    canvas.note(ax, "mean share there (n); hatched: nothing expected")
    return ax


def _kind_label(ax: Axes, kind: str) -> str:
    """An instrument by its abbreviation, as clinicians say it; anything else as it is."""
    short = kind.upper() if kind in names() and "_" not in kind else measure(kind).label
    return labels.folded(short, LABEL_SHARE * canvas.page_pt(ax), rcParams["ytick.labelsize"])


def _draw_cell(ax: Axes, cell: pd.DataFrame, x: int, y: int, part: str) -> None:
    corner = (x - 0.48, y - 0.46)
    share = cell["estimate"].dropna()
    if share.empty:
        box = Rectangle(corner, 0.96, 0.92, facecolor="white", edgecolor=RULE, hatch="//////", linewidth=0)
        ax.add_patch(canvas.named(box, "not-expected", part))
        return
    colour = shade(float(share.iloc[0]))
    box = Rectangle(corner, 0.96, 0.92, facecolor=colour, linewidth=0)
    ax.add_patch(canvas.named(box, "share", part))
    words: dict[str, Any] = {"ha": "center", "color": ink_on(colour), "size": rcParams["ytick.labelsize"]}
    percent = ax.text(x, y, f"{number(100 * float(share.iloc[0]), 0)}\N{NO-BREAK SPACE}%", va="bottom", **words)
    canvas.named(percent, "percent", part)
    n = cell["n"].iloc[0]
    below = ax.text(x, y, "" if pd.isna(n) else f"({int(n):,})", va="top", **words)
    canvas.named(below, "n", part)


def shade(share: float) -> str:
    """The colour of a share between 0 and 1, light to dark.

    Parameters
    ----------
    share : float

    Returns
    -------
    str
        Hexadecimal.
    """
    ramp = LinearSegmentedColormap.from_list("shares", RAMP[PALEST : DARKEST + 1])
    return to_hex(ramp(min(max(share, 0.0), 1.0)))
