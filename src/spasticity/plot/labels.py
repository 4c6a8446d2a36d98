"""Words on the axes: labels with the direction of benefit, and ticks that do not touch."""

from __future__ import annotations

from itertools import pairwise

from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator

from spasticity.instruments import Measure
from spasticity.plot.canvas import height_pt, lay_out, named, page_pt, root, text_width, width_pt
from spasticity.plot.presets import POINTS_PER_INCH

LINE = 1.25  # distance of two lines of text, in font sizes
DAY_STEPS = (1, 2, 7, 14, 28, 56, 84, 168, 364)
MOST_DAY_TICKS = 8


def quantity(measure: Measure, value: str) -> str:
    """Words for what is on a value axis.

    Parameters
    ----------
    measure : Measure
    value : str
        `value`, `change` or `percent_change`.

    Returns
    -------
    str
        Such as `Spasticity NRS (0-10), change from baseline`.
    """
    if value == "change":
        return f"{measure.axis_label}, change from baseline"
    return f"{measure.label}, change from baseline (%)" if value == "percent_change" else measure.axis_label


def benefit(better: str | None) -> str:
    """The direction of benefit with an arrow that points along its axis, drawn level or upright."""
    return {"lower": "← lower is better", "higher": "higher is better →"}.get(better or "", "")


def label_axis(ax: Axes, side: str, text: str, better: str | None = None, *, below: str = "") -> None:
    """Write the label of an axis in as many lines as its length asks for, the direction of benefit below.

    Parameters
    ----------
    ax : Axes
    side : str
        `x` or `y`.
    text : str
    better : str, optional
        Direction of benefit.
    below : str
        A line of its own in place of the direction.
    """
    axis = ax.xaxis if side == "x" else ax.yaxis
    below = below or benefit(better)
    below = f"\n{below}" if below else ""
    axis.set_label_text(text + below)
    named(axis.label, "quantity")
    lay_out(ax)
    # A label under narrow axes may run out to both sides.
    room = max(width_pt(ax), 0.6 * page_pt(ax)) if side == "x" else height_pt(ax)
    axis.set_label_text(folded(text, room, rcParams["axes.labelsize"]) + below)


def folded(text: str, room: float, size: float) -> str:
    """Text in as few lines as fit some points, all about as long, broken at spaces only."""
    best = _broken(text, room, size)
    count = best.count("\n")
    if count in (0, text.count(" ")):  # nothing to even out
        return best
    while (tighter := _broken(text, room, size)).count("\n") == count:
        best, room = tighter, 0.95 * room
    return best


def _broken(text: str, room: float, size: float) -> str:
    written = ""
    for word in text.split(" "):
        last = written.rsplit("\n", 1)[-1]
        fits = text_width(f"{last} {word}", size) <= room
        written += f" {word}" if fits and written else f"\n{word}" if written else word
    return written


def day_ticks(ax: Axes) -> None:
    """Study days on x, in whole weeks where the time is long.

    Parameters
    ----------
    ax : Axes
    """
    low, high = ax.get_xlim()
    step = next((step for step in DAY_STEPS if (high - low) / step <= MOST_DAY_TICKS), DAY_STEPS[-1])
    ax.xaxis.set_major_locator(MultipleLocator(step))
    label_axis(ax, "x", "Study day")


def fit_ticks(ax: Axes) -> int:
    """Break labels under the axis at spaces, then turn them, until none touches the next.

    Parameters
    ----------
    ax : Axes

    Returns
    -------
    int
        Lines that the labels take.
    """
    if not _ticks_touch(ax):
        return 1
    places, texts = ax.get_xticks(), [label.get_text() for label in ax.get_xticklabels()]
    broken = [text.replace(" ", "\n") for text in texts]
    ax.set_xticks(places, broken)
    if not _ticks_touch(ax):
        return max(text.count("\n") for text in broken) + 1
    ax.set_xticks(places, texts, rotation=90)
    size = rcParams["xtick.labelsize"]
    return round(max(text_width(text, size) for text in texts) / (LINE * size)) + 1


def _ticks_touch(ax: Axes) -> bool:
    lay_out(ax)
    boxes = [label.get_window_extent() for label in ax.get_xticklabels() if label.get_text()]
    air = 0.8 * rcParams["xtick.labelsize"] * root(ax).dpi / POINTS_PER_INCH
    return any(left.x1 + air > right.x0 for left, right in pairwise(boxes))
