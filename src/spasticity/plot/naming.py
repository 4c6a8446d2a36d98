"""Names in a figure: legends, names at the ends of lines, rows of n; none covers data or another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib import rcParams
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import Transform, blended_transform_factory

from spasticity.plot import canvas
from spasticity.plot.labels import LINE
from spasticity.plot.palette import RULE, MarkStyle
from spasticity.plot.presets import POINTS_PER_INCH
from spasticity.wording import MISSING

NAMES_SHARE = 0.2  # of the width of a figure, at most, for names at the ends of lines


@dataclass(frozen=True, slots=True)
class LineEnd:
    """Where a line stops: its name, its place, and the transform that place is in."""

    name: str
    x: float
    y: float
    transform: Transform


def key(style: MarkStyle, name: str, *, marker: bool = True) -> Line2D:
    """A sample of a line for a legend."""
    options = style.line if marker else {"color": style.colour, "linestyle": style.dash}
    return Line2D([], [], label=name, **options)


def legend_height(names: Sequence[str]) -> float:
    """The height a legend of these names takes above a new figure, in mm."""
    columns = _legend_columns(names, 0.85 * rcParams["figure.figsize"][0] * POINTS_PER_INCH)
    return canvas.lines(-(-len(names) // columns))


def _legend_columns(names: Sequence[str], room: float) -> int:
    size = rcParams["legend.fontsize"]
    key_width = (rcParams["legend.handlelength"] + rcParams["legend.handletextpad"]) * size
    between = rcParams["legend.columnspacing"] * size
    widest = max(canvas.text_width(name, size) for name in names) + key_width
    columns = min(len(names), max(1, int((room + between) // (widest + between))))
    return -(-len(names) // -(-len(names) // columns))  # four names in three columns read better as two and two


def legend_above(ax: Axes, keys: Sequence[Artist]) -> None:
    """A legend above the axes, in as many columns as fit; nothing is covered.

    Parameters
    ----------
    ax : Axes
    keys : sequence of Artist
    """
    canvas.lay_out(ax)
    columns = _legend_columns([str(item.get_label()) for item in keys], canvas.width_pt(ax))
    above = canvas.shifted(ax, ax.transAxes, down=-LINE * rcParams["legend.fontsize"] - 5 * canvas.scale())
    box = ax.legend(
        handles=list(keys),
        loc="lower left",
        bbox_to_anchor=(0, 1),
        bbox_transform=above,
        ncols=columns,
        borderaxespad=0,
    )
    canvas.named(box, "names")


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
    canvas.lay_out(ax)
    widest = max(canvas.text_width(end.name, size) for end in ends)
    stops_early = any(end.x < max(other.x for other in ends) for end in ends)
    if widest > NAMES_SHARE * canvas.page_pt(ax) or stops_early:
        legend_above(ax, [key(styles[end.name], end.name) for end in ends])
        return
    _names_at_ends(ax, ends, size)


def _names_at_ends(ax: Axes, ends: Sequence[LineEnd], size: float) -> None:
    low, high = ax.get_ylim()
    gap = LINE * size / canvas.height_pt(ax) * abs(high - low)
    ranked = sorted(ends, key=lambda end: end.y)
    beside = canvas.shifted(ax, blended_transform_factory(ax.transAxes, ax.transData), across=7 * canvas.scale())
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
            arrowprops={
                "arrowstyle": "-",
                "color": RULE,
                "lw": 0.5 * canvas.scale(),
                "shrinkA": 1,
                "shrinkB": 3 * canvas.scale(),
            },
        )
        canvas.named(written, "name", end.name)


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
        level = canvas.shifted(ax, ax.get_xaxis_transform(), down=down)
        for visit, place in places.items():
            n = counts.get((arm, visit))
            text = MISSING if n is None or pd.isna(n) else f"{n:,}"
            written = ax.text(place, 0, text, transform=level, ha="center", va="center_baseline", size=size)
            canvas.named(written, "n", f"{arm}.{visit}")
    ax.xaxis.labelpad = (len(styles) + 0.9) * step


def _row_key(ax: Axes, style: MarkStyle, arm: str, down: float, *, first: bool) -> None:
    before = 10 * canvas.scale()
    mark = Line2D([0], [0], transform=canvas.shifted(ax, ax.transAxes, -before, down), clip_on=False, **style.mark)
    ax.add_line(canvas.named(mark, "n-key", arm))
    if first:
        place = canvas.shifted(ax, ax.transAxes, -before - 6 * canvas.scale(), down)
        ax.text(0, 0, "n", transform=place, ha="right", va="center_baseline", size=rcParams["xtick.labelsize"])


def in_order(frame: pd.Series, known: Iterable[str]) -> list[str]:
    """The names of a column in the order of the styles."""
    present = set(frame.dropna().astype(str))
    return [name for name in known if name in present]
