"""Words in a figure: axis labels with the direction of benefit, names of lines, rows of n; none covers another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MultipleLocator
from matplotlib.transforms import Transform, blended_transform_factory

from spasticity.instruments import Measure
from spasticity.plot.canvas import height_pt, lay_out, lines, named, page_pt, root, scale, shifted, text_width, width_pt
from spasticity.plot.palette import RULE, MarkStyle
from spasticity.plot.presets import POINTS_PER_INCH
from spasticity.wording import MISSING

LINE = 1.25  # distance of two lines of text, in font sizes
NAMES_SHARE = 0.2  # of the width of a figure, at most, for names at the ends of lines
DAY_STEPS = (1, 2, 7, 14, 28, 56, 84, 168, 364)
MOST_DAY_TICKS = 8


@dataclass(frozen=True, slots=True)
class LineEnd:
    """Where a line stops: its name, its place, and the transform that place is in."""

    name: str
    x: float
    y: float
    transform: Transform


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


def key(style: MarkStyle, name: str, *, marker: bool = True) -> Line2D:
    """A sample of a line for a legend."""
    options = style.line if marker else {"color": style.colour, "linestyle": style.dash}
    return Line2D([], [], label=name, **options)


def legend_height(names: Sequence[str]) -> float:
    """The height a legend of these names takes above a new figure, in mm."""
    columns = _legend_columns(names, 0.85 * rcParams["figure.figsize"][0] * POINTS_PER_INCH)
    return lines(-(-len(names) // columns))


def _legend_columns(names: Sequence[str], room: float) -> int:
    size = rcParams["legend.fontsize"]
    key_width = (rcParams["legend.handlelength"] + rcParams["legend.handletextpad"]) * size
    between = rcParams["legend.columnspacing"] * size
    widest = max(text_width(name, size) for name in names) + key_width
    columns = min(len(names), max(1, int((room + between) // (widest + between))))
    return -(-len(names) // -(-len(names) // columns))  # four names in three columns read better as two and two


def legend_above(ax: Axes, keys: Sequence[Line2D]) -> None:
    """A legend above the axes, in as many columns as fit; nothing is covered.

    Parameters
    ----------
    ax : Axes
    keys : sequence of Line2D
    """
    lay_out(ax)
    columns = _legend_columns([str(item.get_label()) for item in keys], width_pt(ax))
    above = 1 + (LINE * rcParams["legend.fontsize"] + 5 * scale()) / height_pt(ax)
    box = ax.legend(handles=list(keys), loc="lower left", bbox_to_anchor=(0, above), ncols=columns, borderaxespad=0)
    named(box, "names")


def name_lines(ax: Axes, ends: Sequence[LineEnd], styles: Mapping[str, MarkStyle]) -> None:
    """Write names at the ends of lines where they fit, else in a legend above.

    Parameters
    ----------
    ax : Axes
    ends : sequence of LineEnd
    styles : mapping of str to MarkStyle
    """
    if len(ends) < 2:
        return
    size = rcParams["legend.fontsize"]
    lay_out(ax)
    widest = max(text_width(end.name, size) for end in ends)
    stops_early = any(end.x < max(other.x for other in ends) for end in ends)
    if widest > NAMES_SHARE * page_pt(ax) or stops_early:
        legend_above(ax, [key(styles[end.name], end.name) for end in ends])
        return
    _names_at_ends(ax, ends, size)


def _names_at_ends(ax: Axes, ends: Sequence[LineEnd], size: float) -> None:
    low, high = ax.get_ylim()
    gap = LINE * size / height_pt(ax) * abs(high - low)
    ranked = sorted(ends, key=lambda end: end.y)
    beside = shifted(ax, blended_transform_factory(ax.transAxes, ax.transData), across=7 * scale())
    for end, y in zip(ranked, spread([end.y for end in ranked], gap), strict=True):
        written = ax.annotate(
            end.name,
            xy=(end.x, end.y),
            xycoords=end.transform,
            xytext=(1, y),
            textcoords=beside,
            va="center",
            size=size,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": RULE, "lw": 0.5 * scale(), "shrinkA": 1, "shrinkB": 3 * scale()},
        )
        named(written, "name", end.name)


def spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Places at least `gap` apart that lie as near as possible to those wanted (pooling adjacent violators).

    Parameters
    ----------
    wanted : sequence of float
        Ascending.
    gap : float

    Returns
    -------
    list of float
    """
    pools: list[list[float]] = []
    for position, place in enumerate(wanted):
        pools.append([place - position * gap])
        while len(pools) > 1 and _mean(pools[-2]) > _mean(pools[-1]):
            last = pools.pop()
            pools[-1] += last
    levels = [_mean(pool) for pool in pools for _ in pool]
    return [level + position * gap for position, level in enumerate(levels)]


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


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


def count_rows(
    ax: Axes, counts: pd.Series, styles: Mapping[str, MarkStyle], places: Mapping[str, float], tick_lines: int
) -> None:
    """Write the participants of each arm under each visit, a row per arm with its marker before it.

    Parameters
    ----------
    ax : Axes
    counts : Series
        n, by arm and visit.
    styles : mapping of str to MarkStyle
        Of the arms to write, in order.
    places : mapping of str to float
        Where each visit stands on x.
    tick_lines : int
        Lines that the labels of the visits take.
    """
    size = rcParams["xtick.labelsize"]
    step = LINE * size
    top = rcParams["xtick.major.size"] + rcParams["xtick.major.pad"] + (tick_lines + 0.35) * step
    for row, arm in enumerate(styles):
        down = top + (row + 0.5) * step
        _row_key(ax, styles[arm], arm, down, first=row == 0)
        level = shifted(ax, ax.get_xaxis_transform(), down=down)
        for visit, place in places.items():
            n = counts.get((arm, visit))
            text = MISSING if n is None or pd.isna(n) else f"{n:,}"
            written = ax.text(place, 0, text, transform=level, ha="center", va="center_baseline", size=size)
            named(written, "n", f"{arm}.{visit}")
    ax.xaxis.labelpad = (len(styles) + 0.5) * step


def _row_key(ax: Axes, style: MarkStyle, arm: str, down: float, *, first: bool) -> None:
    before = 10 * scale()
    mark = Line2D([0], [0], transform=shifted(ax, ax.transAxes, -before, down), clip_on=False, **style.mark)
    ax.add_line(named(mark, "n-key", arm))
    if first:
        place = shifted(ax, ax.transAxes, -before - 6 * scale(), down)
        ax.text(0, 0, "n", transform=place, ha="right", va="center_baseline", size=rcParams["xtick.labelsize"])


def names_in_order(frame: pd.Series, known: Iterable[str]) -> list[str]:
    """The names of a column in the order of the styles."""
    present = set(frame.dropna().astype(str))
    return [name for name in known if name in present]
