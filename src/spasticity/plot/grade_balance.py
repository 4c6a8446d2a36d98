"""Ordinal grades about the middle of their scale: mild to the left, severe to the right."""

from __future__ import annotations

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FuncFormatter

from spasticity.errors import MethodError, one_of
from spasticity.plot import canvas, frames, labels, naming
from spasticity.plot.palette import INK, RULE, grade_ramp
from spasticity.stats.result import Result
from spasticity.wording import number, plural

BAR = 0.8  # of the height of a row
APART = " · "


@canvas.styled
def diverging_grades(result: Result, *, middle: str, better: str | None = "lower", ax: Axes | None = None) -> Axes:
    """A bar of 100 % for each group, its middle grade across 0: milder ones to the left, more severe to the right.

    Parameters
    ----------
    result : Result
        As `stats.shares` gives it: groups such as `arm` and `visit`, then the grade; `estimate` is a share between 0
        and 1, `n` all of the group with a grade. Grades are in order from mild to severe.
    middle : str
        The grade half of which lies on either side of 0.
    better : str, optional
        Direction of benefit, on the axis; None when there is none.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.

    Returns
    -------
    Axes
        Artists named `share` (with the group and grade; groups of whom nobody has a grade are left out), `n` (beside
        each bar), `middle` (the line at 0).

    Raises
    ------
    MethodError
        When columns are absent, two rows stand at one place, `middle` is no grade, or the shares of a group do not add
        up to 1.
    """
    *groups, grade = result.groups
    frame = frames.table_of(result, [*groups, grade, "estimate", "n"], "diverging_grades")
    frame = frame.dropna(subset=["estimate"])
    frames.one_row_each(frame, [*groups, grade], "diverging_grades")
    grades = [str(name) for name in frame[grade].cat.categories]
    one_of("middle", middle, grades)
    varying = [name for name in groups if len(frames.order(frame[name])) > 1] or groups[:1]
    bars = {APART.join(map(str, key)): rows for key, rows in frame.groupby(varying, observed=True, sort=True)}
    _refuse_partial(bars)
    colours = dict(zip(grades, grade_ramp(len(grades)), strict=True))
    ax = canvas.axes(ax, height=canvas.lines(7 + 1.2 * len(bars)))
    for place, (name, rows) in enumerate(bars.items()):
        shares = dict(zip(rows[grade].astype(str), rows["estimate"].astype(float), strict=True))
        _draw_bar(ax, place, name, shares, colours, middle)
    _label(ax, bars, middle, better)
    keys = [
        Patch(facecolor=colour, edgecolor=RULE, linewidth=0.5 * canvas.scale(), label=name)
        for name, colour in colours.items()
    ]
    naming.legend_above(ax, keys)
    return ax


def _refuse_partial(bars: dict[str, pd.DataFrame]) -> None:
    wrong = sum(abs(float(rows["estimate"].sum()) - 1) > 1e-9 for rows in bars.values())
    if wrong:
        raise MethodError(
            f"diverging_grades: the shares of {plural(wrong, 'group')} do not add up to 1; expected every grade of "
            "each group, as stats.shares gives them."
        )


def _draw_bar(ax: Axes, place: int, part: str, shares: dict[str, float], colours: dict[str, str], middle: str) -> None:
    names = list(colours)
    mild = sum(shares.get(name, 0.0) for name in names[: names.index(middle)])
    left = -mild - shares.get(middle, 0.0) / 2
    thin, bottom = 0.4 * canvas.scale(), place - BAR / 2
    for name, colour in colours.items():
        share = shares.get(name, 0.0)
        if share:
            box = Rectangle((left, bottom), share, BAR, facecolor=colour, edgecolor=RULE, linewidth=thin)
            ax.add_patch(canvas.named(box, "share", f"{part}.{name}"))
        left += share


def _label(ax: Axes, bars: dict[str, pd.DataFrame], middle: str, better: str | None) -> None:
    boxes = [box for box in canvas.find(ax, "share") if isinstance(box, Rectangle)]
    ends = [edge for box in boxes for edge in (box.get_x(), box.get_x() + box.get_width())]
    canvas.cover(ax, "x", pd.Series([*ends, 0.0]), air=0.02)
    ax.set_ylim(len(bars) - 0.4, -0.6)
    ax.set_yticks(range(len(bars)), list(bars))
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    canvas.named(ax.axvline(0, color=INK, linewidth=0.7 * canvas.scale(), zorder=3), "middle")
    ax.xaxis.set_major_formatter(FuncFormatter(lambda share, _: number(100 * abs(share), 0)))
    size = rcParams["ytick.labelsize"]
    beside = canvas.shifted(ax, ax.get_yaxis_transform(), across=3 * canvas.scale())
    for place, (name, rows) in enumerate(bars.items()):
        words = f"{int(rows['n'].iloc[0]):,}"
        canvas.named(ax.text(1, place, words, transform=beside, va="center_baseline", size=size), "n", name)
    canvas.note(ax, f"line: middle of grade {middle}; right: n")
    labels.label_axis(ax, "x", "Participants on either side (%)", better)
