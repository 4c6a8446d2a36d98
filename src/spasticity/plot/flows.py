"""Who took part and who came to each visit, as a flow diagram."""

from __future__ import annotations

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes

from spasticity.errors import MethodError
from spasticity.plot import canvas, frames
from spasticity.plot.palette import INK, RULE
from spasticity.wording import plural

COLUMNS = ["arm", "visit", "participants", "attended", "missed", "after_stopping", "no_record"]
LOSSES = {"missed": "missed", "after_stopping": "after stopping", "no_record": "no record"}
ROW_LINES = 5.2


@canvas.styled
def participant_flow(flow: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """A column an arm, a box a visit: who attended, and why the others did not.

    Parameters
    ----------
    flow : DataFrame
        As `derive.flow` gives it.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.

    Returns
    -------
    Axes
        Artists named `all`, `arm` (a box each) and `visit` (a box for each arm and visit).

    Raises
    ------
    MethodError
        When columns are absent, or the numbers of a box do not add up to those of its arm.
    """
    rows = frames.table_of(flow, COLUMNS, "participant_flow")
    frames.one_row_each(rows, ["arm", "visit"], "participant_flow")
    counted = rows[["attended", *LOSSES]].sum(axis=1)
    wrong = int(counted.ne(rows["participants"]).sum())
    if wrong:
        raise MethodError(
            f"participant_flow: {plural(wrong, 'box', 'boxes')} do not add up to the participants of the arm; expected "
            "attended + missed + after stopping + no record = participants. Use derive.flow."
        )
    arms, visits = frames.order(rows["arm"]), frames.order(rows["visit"])
    ax = canvas.axes(ax, height=canvas.lines(8 + ROW_LINES * len(visits)))
    ax.set_axis_off()
    ax.set_xlim(-0.5, len(arms) - 0.5)
    ax.set_ylim(len(visits) + 1.0, -0.7)
    sizes = rows.drop_duplicates("arm").set_index("arm")["participants"]
    middle = (len(arms) - 1) / 2
    _box(ax, middle, -0.35, f"{plural(int(sizes.sum()), 'participant')}", "all", None, bold=True)
    for x, arm in enumerate(arms):
        _rule(ax, (middle, -0.35), (x, 0.5))
        _rule(ax, (x, 0.5), (x, len(visits) + 0.45))
        _box(ax, x, 0.5, f"{arm}\nn = {int(sizes[arm]):,}", "arm", arm, bold=True)
        for y, visit in enumerate(visits, start=1):
            cell = rows[rows["arm"].eq(arm) & rows["visit"].eq(visit)]
            if len(cell):
                _box(ax, x, y + 0.45, _words(cell.iloc[0], str(visit)), "visit", f"{arm}.{visit}")
    return ax


def _words(cell: pd.Series, visit: str) -> str:
    lost = [f"{int(cell[name])} {words}" for name, words in LOSSES.items() if cell[name]]
    return "\n".join([f"{visit}: {int(cell['attended']):,} came", *lost])


def _box(ax: Axes, x: float, y: float, words: str, role: str, part: str | None, *, bold: bool = False) -> None:
    frame = {"boxstyle": "square,pad=0.35", "facecolor": "white", "edgecolor": INK, "linewidth": 0.6 * canvas.scale()}
    text = ax.text(x, y, words, ha="center", va="center", size=rcParams["xtick.labelsize"], bbox=frame, zorder=3)
    text.set_fontweight("bold" if bold else "normal")
    text.set_linespacing(1.25)
    canvas.named(text, role, part)


def _rule(ax: Axes, begin: tuple[float, float], end: tuple[float, float]) -> None:
    """From box to box; the boxes lie on it."""
    ax.plot(*zip(begin, end, strict=True), color=RULE, linewidth=0.6 * canvas.scale(), zorder=1)
