"""Ordinal grades: the share of participants at each grade, never an average."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import PercentFormatter
from matplotlib.transforms import blended_transform_factory

from spasticity.errors import MethodError, listed, one_of
from spasticity.plot import canvas, frames, labels
from spasticity.plot.palette import RULE, grade_ramp, ink_on
from spasticity.stats.result import Result
from spasticity.wording import number

BAR = 0.82  # of the height of a row
GAP_PT = 5.0
INDENT = "  "


@dataclass(frozen=True, slots=True, eq=False)
class Bar:
    """A row of the figure.

    Parameters
    ----------
    label : str
    part : str
        Name of its artists.
    rows : DataFrame, optional
        Of the frame; None for a heading.
    """

    label: str
    part: str
    rows: pd.DataFrame | None


@canvas.styled
def grade_stacks(result: Result, *, ax: Axes | None = None, by: str | None = None, scale: str | None = None) -> Axes:
    """The share of participants at each grade, a bar for each arm and visit that sums to 100 %.

    Parameters
    ----------
    result : Result
        As `stats.shares` gives it: one or two groups such as `arm` and `visit`, then the grade; `estimate` is a share
        between 0 and 1, `n` all of the group with a grade.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    by : str, optional
        The group whose bars stand together; the first when not given.
    scale : str, optional
        Name of the scale, before the colours; that of the column when not given.

    Returns
    -------
    Axes
        Artists named `share`, `n`, `no-data`; the first grade is at the left, a grade nobody has keeps its colour.

    Raises
    ------
    MethodError
        When there are no groups or more than two, two rows would stand at one place, or there are more than seven
        grades.
    """
    *groups, grade = result.groups
    frame = frames.table_of(result, [grade, "estimate", "n"], "grade_stacks")
    outer, inner = _nesting(frame, groups, by)
    frames.one_row_each(frame, [name for name in (outer, inner) if name] + [grade], "grade_stacks")
    bars = _bars(frame, outer, inner)
    colours = dict(zip(_all_grades(frame[grade]), grade_ramp(len(_all_grades(frame[grade]))), strict=True))
    ax = canvas.axes(ax, height=canvas.lines(6 + len(bars)))
    for y, bar in enumerate(bars):
        if bar.rows is not None:
            _draw_bar(ax, bar.rows, bar.part, y, grade, colours)
    ax.set_ylim(len(bars) - 0.3, -0.7)
    ax.set_xlim(0, 1)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_formatter(PercentFormatter(xmax=1, symbol=""))
    _write_rows(ax, bars)
    labels.label_axis(ax, "x", "Participants (%)")
    _grade_legend(ax, colours, scale or grade.replace("_", " ").capitalize())
    _write_shares(ax)
    return ax


def _nesting(frame: pd.DataFrame, groups: list[str], by: str | None) -> tuple[str | None, str]:
    """The group of the headings, if any, and the group of the bars under them."""
    varying = [name for name in groups if len(frames.order(frame[name])) > 1] or groups[:1]
    if not 1 <= len(varying) <= 2:
        raise MethodError(f"grade_stacks: {listed(groups, 'and')} make the bars, expected one or two groups that vary.")
    if len(varying) == 1:
        return None, varying[0]
    one_of("by", by or varying[0], varying)
    outer = by or varying[0]
    return outer, next(name for name in varying if name != outer)


def _bars(frame: pd.DataFrame, outer: str | None, inner: str) -> list[Bar]:
    """A heading for each outer group, a bar for each inner one; a bar without rows has an empty frame."""
    if outer is None:
        return [Bar(name, name, frame[frame[inner].eq(name)]) for name in frames.order(frame[inner])]
    bars = []
    for heading in frames.order(frame[outer]):
        bars.append(Bar(heading, heading, None))
        rows = frame[frame[outer].eq(heading)]
        bars += [
            Bar(INDENT + name, f"{heading}.{name}", rows[rows[inner].eq(name)]) for name in frames.order(frame[inner])
        ]
    return bars


def _all_grades(grades: pd.Series) -> list[str]:
    """Every category, also those nobody has."""
    if isinstance(grades.dtype, pd.CategoricalDtype):
        return [str(grade) for grade in grades.cat.categories]
    return frames.order(grades)


def _draw_bar(ax: Axes, rows: pd.DataFrame, part: str, y: int, grade: str, colours: Mapping[str, str]) -> None:
    shares = dict(zip(rows[grade].astype(str), rows["estimate"], strict=True))
    n = rows["n"].dropna()
    _write(ax, 1, GAP_PT, y, f"{int(n.iloc[0]) if len(n) else 0:,}", "n", part)
    if all(pd.isna(share) for share in shares.values()):
        empty = Rectangle((0, y - BAR / 2), 1, BAR, facecolor="white", edgecolor=RULE, hatch="//////", linewidth=0)
        ax.add_patch(canvas.named(empty, "no-data", part))
        return
    left, thin = 0.0, 0.5 * canvas.scale()
    for name, colour in colours.items():
        share = float(shares.get(name, 0.0))
        box = Rectangle((left, y - BAR / 2), share, BAR, facecolor=colour, edgecolor="white", linewidth=thin)
        ax.add_patch(canvas.named(box, "share", f"{part}.{name}"))
        left += share
    ax.add_patch(Rectangle((0, y - BAR / 2), left, BAR, facecolor="none", edgecolor=RULE, linewidth=thin))


def _write_rows(ax: Axes, bars: list[Bar]) -> None:
    size = rcParams["ytick.labelsize"]
    nested = any(bar.rows is None for bar in bars)
    wide = max(canvas.text_width(bar.label, size) for bar in bars if bar.rows is not None)
    for y, bar in enumerate(bars):
        _write(ax, 0, -GAP_PT - wide / canvas.scale(), y, bar.label, "label", bold=bar.rows is None)
    _write(ax, 1, GAP_PT, 0 if nested else -0.9, "n", "heading")


def _write(
    ax: Axes, side: float, across: float, y: float, text: str, role: str, part: str | None = None, *, bold: bool = False
) -> None:
    beside = blended_transform_factory(ax.transAxes, ax.transData)
    place = canvas.shifted(ax, beside, across=across * canvas.scale())
    words = ax.text(side, y, text, transform=place, va="center_baseline", weight="bold" if bold else "normal")
    words.set_fontsize(rcParams["ytick.labelsize"])
    canvas.named(words, role, part)


def _grade_legend(ax: Axes, colours: Mapping[str, str], scale: str) -> None:
    keys = [Patch(facecolor=colour, edgecolor=RULE, label=grade) for grade, colour in colours.items()]
    title = Patch(facecolor="none", edgecolor="none", label=scale)
    box = ax.legend(
        handles=[title, *keys],
        loc="lower right",
        bbox_to_anchor=(1, 1),
        ncols=len(keys) + 1,
        borderaxespad=0.2,
        handlelength=1,
        handletextpad=0.4,
        columnspacing=0.9,
    )
    canvas.named(box, "names")


def _write_shares(ax: Axes) -> None:
    """Percent inside the parts that are wide enough for it."""
    canvas.lay_out(ax)
    size = rcParams["xtick.labelsize"]
    for box in [patch for patch in canvas.find(ax, "share") if isinstance(patch, Rectangle)]:
        text = number(100 * box.get_width(), 0)
        room = canvas.width_pt(ax) * box.get_width() - 3 * canvas.scale()
        if box.get_width() > 0 and canvas.text_width(text, size) <= room:
            x, y = box.get_x() + box.get_width() / 2, box.get_y() + box.get_height() / 2
            colour = ink_on(to_hex(box.get_facecolor()))
            ax.text(x, y, text, ha="center", va="center_baseline", size=size, color=colour)
