"""What is absent at each visit: how much, why, and whether it came back."""

from __future__ import annotations

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import PercentFormatter

from spasticity.errors import MethodError, listed
from spasticity.plot import canvas, frames, labels, naming
from spasticity.plot.palette import INK, RAMP, RULE, SHADE
from spasticity.wording import plural

BAR = 0.8  # of the distance of two visits
PRESENT = "present"
#: Colour and hatching of each state, from below; none of them is that of an arm.
LOOKS = {
    PRESENT: (RAMP[1], ""),
    "unable": (SHADE, "......"),
    "missed visit": (RAMP[3], ""),
    "after stopping": (RAMP[6], ""),
    "not recorded": ("#FFFFFF", "//////"),
}
COLUMNS = ["visit", "state", "count", "monotone", "intermittent", "participants", "share"]


@canvas.styled
def dropout(pattern: pd.DataFrame, *, arm: str | None = None, ax: Axes | None = None) -> Axes:
    """The share present at each visit, the reasons of the others on it, and how many of those come back later.

    Parameters
    ----------
    pattern : DataFrame
        As `derive.missing_pattern` gives it: a row for each visit and state.
    arm : str, optional
        Which rows, when there are several arms; `plot.facets` draws them side by side.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.

    Returns
    -------
    Axes
        Artists named `share` (a box for each visit and state that occurs), `gone` (above each bar: how many come back
        later + how many do not) and `n` (of a visit).

    Raises
    ------
    MethodError
        When columns are absent, two rows would stand at one place, a state is unknown, or shares do not add up to 1.
    """
    rows = frames.chosen(frames.table_of(pattern, COLUMNS, "dropout"), "dropout", arm=arm)
    frames.one_row_each(rows, ["visit", "state"], "dropout")
    _refuse_odd(rows)
    visits = frames.order(rows["visit"])
    states = [name for name in LOOKS if rows.loc[rows["state"].eq(name), "count"].sum()]
    ax = canvas.axes(ax, more=naming.legend_height(states))
    for place, visit in enumerate(visits):
        _draw_bar(ax, rows[rows["visit"].eq(visit)], visit, place)
    ax.set_xlim(-0.6, len(visits) - 0.4)
    ax.set_ylim(0, 1.1)
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1])
    ax.spines["left"].set_bounds(0, 1)
    ax.yaxis.set_major_formatter(PercentFormatter(xmax=1, symbol=""))
    _visit_axis(ax, rows, visits)
    canvas.note(ax, "above each bar: back later + not again")
    naming.legend_above(ax, [_key(name) for name in states])
    labels.label_axis(ax, "y", "Participants (%)")
    return ax


def _refuse_odd(rows: pd.DataFrame) -> None:
    odd = [name for name in frames.order(rows["state"]) if name not in LOOKS]
    if odd:
        raise MethodError(f"dropout: {plural(len(odd), 'unknown state')}; expected {listed(LOOKS)}.")
    wrong = int((rows.groupby("visit", observed=True)["share"].sum() - 1).abs().gt(1e-9).sum())
    if wrong:
        raise MethodError(
            f"dropout: the shares of {plural(wrong, 'visit')} do not add up to 1; expected every state of each visit. "
            "Use derive.missing_pattern."
        )


def _draw_bar(ax: Axes, rows: pd.DataFrame, visit: str, place: int) -> None:
    base = 0.0
    for name, (colour, hatch) in LOOKS.items():
        share = float(rows.loc[rows["state"].eq(name), "share"].sum())
        if share:
            box = Rectangle((place - BAR / 2, base), BAR, share, facecolor=colour, edgecolor=RULE, hatch=hatch, lw=0)
            ax.add_patch(canvas.named(box, "share", f"{visit}.{name}"))
        base += share
    thin = 0.5 * canvas.scale()
    ax.add_patch(Rectangle((place - BAR / 2, 0), BAR, base, facecolor="none", edgecolor=RULE, linewidth=thin))
    gone = rows[rows["state"].ne(PRESENT)]
    words = f"{int(gone['intermittent'].sum()):,} + {int(gone['monotone'].sum()):,}"
    above = canvas.shifted(ax, ax.transData, down=-2 * canvas.scale())
    size = rcParams["xtick.labelsize"]
    text = ax.text(place, 1, words, transform=above, ha="center", va="bottom", size=size, color=INK)
    canvas.named(text, "gone", visit)


def _visit_axis(ax: Axes, rows: pd.DataFrame, visits: list[str]) -> None:
    """Visits, with those expected below; the unit of the count is on the label of the axis."""
    expected = dict(zip(rows["visit"].astype(str), rows["participants"], strict=True))
    ax.set_xticks(range(len(visits)), visits)
    ax.tick_params(axis="x", length=0)
    lines = labels.fit_ticks(ax)
    size = rcParams["xtick.labelsize"]
    down = rcParams["xtick.major.pad"] + (lines + 0.6) * labels.LINE * size
    level = canvas.shifted(ax, ax.get_xaxis_transform(), down=down)
    for place, visit in enumerate(visits):
        n = f"{int(expected[visit]):,}"
        canvas.named(ax.text(place, 0, n, transform=level, ha="center", va="center_baseline", size=size), "n", visit)
    ax.text(-0.6, 0, "n ", transform=level, ha="right", va="center_baseline", size=size)
    ax.xaxis.labelpad = 1.6 * size


def _key(name: str) -> Patch:
    colour, hatch = LOOKS[name]
    return Patch(facecolor=colour, edgecolor=RULE, hatch=hatch, linewidth=0.5 * canvas.scale(), label=name)
