"""Each participant before and after, as a line."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from spasticity.errors import MethodError, listed
from spasticity.instruments import measure
from spasticity.plot import canvas, frames, labels, naming
from spasticity.plot.palette import INK, PERSON, MarkStyle
from spasticity.stats.pairs import MEAN_CHANGE, Paired
from spasticity.wording import level

STEP = 1.6  # from one group to the next, in widths of a pair
EDGE = 0.25  # beside the first and the last line
BESIDE_PT = 5.0  # from the last mean to its interval
EVERYBODY = "all"
ALONE = MarkStyle(INK, "o", "-")


@canvas.styled
def paired_slopes(
    paired: Paired,
    *,
    ax: Axes | None = None,
    visits: tuple[str, str] = ("first", "last"),
    styles: Mapping[str, MarkStyle] | None = None,
) -> Axes:
    """A thin line for each participant from the first to the last visit, and the mean change of each group.

    Parameters
    ----------
    paired : Paired
        From `stats.paired`, in one group or by one column such as `arm`.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    visits : tuple of str
        Names of the two visits, for the axis.
    styles : mapping of str to MarkStyle, optional
        From `plot.arm_styles`.

    Returns
    -------
    Axes
        Artists named `pair` (segments of all participants of a group), `mean`, `interval` (of the mean change, drawn
        at the last visit), `n`.

    Raises
    ------
    MethodError
        When there is more than one grouping column, or too many participants to see.
    """
    pairs = frames.table_of(paired.pairs, ["participant", "first", "last"], "paired_slopes")
    canvas.refuse_crowd(len(pairs), "paired_slopes", "draw the means of `stats.describe` with `plot.change_by_visit`")
    group = _group_of(paired)
    known = measure(frames.outcome_of(paired.frame, None) or "outcome")
    means = paired.frame[paired.frame["term"].eq(MEAN_CHANGE)]
    means, pairs = (frame.assign(group=frame[group] if group else EVERYBODY) for frame in (means, pairs))
    styles = frames.styles_of(means["group"].rename(group), styles) if group else {EVERYBODY: ALONE}
    names = naming.in_order(means["group"], styles)
    ax = canvas.axes(ax, more=canvas.lines(2))
    for rank, name in enumerate(names):
        _draw_people(ax, pairs[pairs["group"].eq(name)], rank * STEP, name)
        _draw_mean(ax, means[means["group"].eq(name)].iloc[0], rank * STEP, name, styles[name])
    ends = [means["mean_first"] + means[name] for name in ("conf_low", "conf_high")]
    canvas.cover(ax, "y", pairs["first"], pairs["last"], *ends)
    _visit_axis(ax, names, visits)
    canvas.note(ax, f"thin: participants; thick: mean, bar: {level(paired.level)} CI of its change")
    _write_groups(ax, {name: int(means.loc[means["group"].eq(name), "n"].iloc[0]) for name in names}, styles)
    labels.label_axis(ax, "y", known.axis_label, known.better)
    return ax


def _group_of(paired: Paired) -> str | None:
    groups = [name for name in paired.groups if name != "outcome"]
    if len(groups) > 1:
        raise MethodError(f"paired_slopes: groups by {listed(groups, 'and')}, expected one column; choose rows first.")
    return groups[0] if groups else None


def _draw_people(ax: Axes, pairs: pd.DataFrame, left: float, name: str) -> None:
    ends = np.empty((len(pairs), 2, 2))
    ends[:, 0, 0], ends[:, 1, 0] = left, left + 1
    ends[:, :, 1] = pairs[["first", "last"]].to_numpy(dtype="float64")
    lines = LineCollection(list(ends), colors=PERSON, linewidths=0.5 * canvas.scale(), zorder=1)
    ax.add_collection(canvas.named(lines, "pair", name))


def _draw_mean(ax: Axes, row: pd.Series, left: float, name: str, style: MarkStyle) -> None:
    (line,) = ax.plot([left, left + 1], [row["mean_first"], row["mean_last"]], zorder=3, **style.line)
    line.set(markersize=4.5 * canvas.scale(), linewidth=1.6 * canvas.scale())
    canvas.named(line, "mean", name)
    low, high = row["mean_first"] + row["conf_low"], row["mean_first"] + row["conf_high"]
    beside = canvas.shifted(ax, ax.transData, across=BESIDE_PT * canvas.scale())
    bar = ax.vlines([left + 1], low, high, color=style.colour, lw=canvas.scale(), transform=beside, zorder=3)
    canvas.named(bar, "interval", name)


def _visit_axis(ax: Axes, names: list[str], visits: tuple[str, str]) -> None:
    places = [rank * STEP + end for rank in range(len(names)) for end in (0, 1)]
    ax.set_xticks(places, list(visits) * len(names))
    ax.set_xlim(-EDGE, places[-1] + EDGE)


def _write_groups(ax: Axes, counts: Mapping[str, int], styles: Mapping[str, MarkStyle]) -> None:
    """Name and n of each group: under its visits where they fit, else in a legend."""
    size = rcParams["xtick.labelsize"]
    heads = {name: "" if name == EVERYBODY else f"{name} " for name in counts}
    tick_lines = labels.fit_ticks(ax)
    low, high = ax.get_xlim()
    room = canvas.width_pt(ax) * (STEP - 0.1) / (high - low)
    if any(canvas.text_width(word, size) > room for head in heads.values() for word in head.split(" ")):
        naming.legend_above(ax, [naming.key(styles[name], f"{heads[name]}(n = {counts[name]:,})") for name in counts])
        return
    down = rcParams["xtick.major.size"] + rcParams["xtick.major.pad"] + (tick_lines + 0.3) * labels.LINE * size
    place = canvas.shifted(ax, ax.get_xaxis_transform(), down=down)
    for rank, (name, n) in enumerate(counts.items()):
        text = f"{labels.folded(heads[name].strip(), room, size)}\n(n = {n:,})".strip()
        written = ax.text(rank * STEP + 0.5, 0, text, transform=place, ha="center", va="top", size=size)
        canvas.named(written, "n", name)
