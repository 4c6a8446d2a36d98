"""Tables drawn as cells: from which state to which, and what goes with what."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from spasticity.errors import MethodError
from spasticity.instruments import measure
from spasticity.plot import canvas, frames, labels
from spasticity.plot.coverage import shade
from spasticity.plot.palette import INK, RULE, ink_on
from spasticity.stats.result import Result
from spasticity.wording import number

ROW_LINES = 2.5
LABEL_SHARE = 0.25
BLANK = "#FFFFFF"


@canvas.styled
def transition_matrix(
    result: Result | pd.DataFrame, *, ax: Axes | None = None, visits: tuple[str, str] = ("first", "last")
) -> Axes:
    """How many went from each state (rows) to each (columns), shaded by the share of their row.

    Parameters
    ----------
    result : Result or DataFrame
        From `stats.transitions`: `first, last, estimate, n, count`, every pair once.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    visits : tuple of str
        Names of the two visits, for the axes.

    Returns
    -------
    Axes
        Artists named `share` (a cell for each pair), `stayed` (the frame of those on the diagonal), `count` (as text;
        the number of people, and their share of the row where the row has ten or more), `n` (of a row).

    Raises
    ------
    MethodError
        When columns are absent or two rows would stand in one cell.
    """
    frame = frames.table_of(result, ["first", "last", "estimate", "n", "count"], "transition_matrix")
    frames.one_row_each(frame, ["first", "last"], "transition_matrix")
    states = frames.order(frame["first"])
    ax = canvas.axes(ax, height=canvas.lines(6 + ROW_LINES * len(states)))
    for _, cell in frame.iterrows():
        row, column = states.index(str(cell["first"])), states.index(str(cell["last"]))
        part = f"{cell['first']}.{cell['last']}"
        share = cell["estimate"] if cell["count"] else float("nan")
        text = f"{int(cell['count']):,}" if cell["n"] else ""
        if cell["count"] and cell["n"] >= 10:
            text += f"\n{number(100 * cell['estimate'], 0)}\N{NO-BREAK SPACE}%"
        _cell(ax, column, row, share, "share", part, text, "count")
        if row == column:
            box = Rectangle((column - 0.48, row - 0.46), 0.96, 0.92, fill=False, edgecolor=INK, lw=canvas.scale())
            ax.add_patch(canvas.named(box, "stayed", str(cell["first"])))
    totals = frame.drop_duplicates("first").set_index("first")["n"]
    names = [f"{name}\n(n = {int(totals[name]):,})" for name in states]
    _frame(ax, len(states), states, names)
    for state, written in zip(states, ax.get_yticklabels(), strict=True):
        canvas.named(written, "n", state)
    labels.label_axis(ax, "x", f"State at {visits[1]}")
    labels.label_axis(ax, "y", f"State at {visits[0]}")
    canvas.note(ax, "participants, % of the row; framed: as before")
    return ax


@canvas.styled
def correlation_matrix(result: Result | pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Each correlation with its own n, shaded by its size whatever its sign.

    Parameters
    ----------
    result : Result or DataFrame
        From `stats.correlations`: `first, second, estimate, n`.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.

    Returns
    -------
    Axes
        Artists named `size` (a cell for each pair, hatched where there is no correlation), `correlation` (as text, with
        n below).

    Raises
    ------
    MethodError
        When columns are absent or a pair comes twice.
    """
    frame = frames.table_of(result, ["first", "second", "estimate", "n"], "correlation_matrix")
    frames.one_row_each(frame, ["first", "second"], "correlation_matrix")
    known = list(dict.fromkeys([*frame["first"].astype(str), *frame["second"].astype(str)]))
    if any(known.index(str(a)) >= known.index(str(b)) for a, b in frame[["first", "second"]].to_numpy()):
        raise MethodError("correlation_matrix: a pair comes in both directions; expected each once, as stats gives it.")
    ax = canvas.axes(ax, height=canvas.lines(6 + ROW_LINES * (len(known) - 1)))
    for _, row in frame.iterrows():
        x, y = known.index(str(row["first"])), known.index(str(row["second"])) - 1
        r = row["estimate"]
        text = f"{number(r, 2)}\n({int(row['n']):,})"
        _cell(ax, x, y, abs(r), "size", f"{row['first']}.{row['second']}", text, "correlation")
    _frame(ax, len(known) - 1, [_named(ax, name) for name in known[:-1]], [_named(ax, name) for name in known[1:]])
    canvas.note(ax, "correlation (n); darker is stronger, either way")
    return ax


def _named(ax: Axes, name: str) -> str:
    return labels.folded(measure(name).label, LABEL_SHARE * canvas.page_pt(ax), rcParams["ytick.labelsize"])


def _cell(ax: Axes, x: int, y: int, share: float, role: str, part: str, text: str, written: str) -> None:
    corner = (x - 0.48, y - 0.46)
    size: dict[str, Any] = {"ha": "center", "va": "center", "size": rcParams["ytick.labelsize"]}
    if pd.isna(share):
        hatch = "" if role == "share" else "//////"
        box = Rectangle(corner, 0.96, 0.92, facecolor=BLANK, edgecolor=RULE, hatch=hatch, linewidth=0)
        ax.add_patch(canvas.named(box, role, part))
        colour = BLANK
    else:
        colour = shade(float(share))
        ax.add_patch(canvas.named(Rectangle(corner, 0.96, 0.92, facecolor=colour, linewidth=0), role, part))
    canvas.named(ax.text(x, y, text, color=ink_on(colour), linespacing=1.15, **size), written, part)


def _frame(ax: Axes, count: int, across: list[str], down: list[str]) -> None:
    ax.set_xlim(-0.5, count - 0.5)
    ax.set_ylim(count - 0.5, -0.5)
    ax.set_yticks(range(count), down)
    ax.set_xticks(range(count), across)
    canvas.lay_out(ax)
    size = rcParams["xtick.labelsize"]
    room = 0.96 * canvas.width_pt(ax) / count
    ax.set_xticks(range(count), [labels.folded(name.replace("\n", " "), room, size) for name in across])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    labels.fit_ticks(ax)
