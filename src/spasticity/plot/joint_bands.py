"""Joint angles against their normal range, left and right."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from spasticity.errors import MethodError
from spasticity.instruments.range_of_motion import NORMAL
from spasticity.plot import canvas, frames, labels, naming
from spasticity.plot.palette import FAINT, RULE, SHADE, MarkStyle
from spasticity.stats.result import Result
from spasticity.wording import level

SIDES = {"left": MarkStyle("#0072B2", "<", "-", hollow=True), "right": MarkStyle("#000000", ">", "-")}
ROW_LINES = 2.4
TALL, APART = 0.72, 0.19  # of a row: the band, and each side from its middle
LABEL_SHARE = 0.3
EDGE = 0.6  # degrees: a normal range that two lists give alike is still seen


@canvas.styled
def joint_ranges(
    result: Result | pd.DataFrame,
    *,
    ax: Axes | None = None,
    visit: str | None = None,
    normal: Mapping[tuple[str, str], tuple[float, float]] | None = None,
) -> Axes:
    """The mean angle of each motion on each side, before the band of the normal range.

    Parameters
    ----------
    result : Result or DataFrame
        `stats.describe(derive.joint_angles(study), by=("visit", "joint", "motion", "side"), value="angle_deg")` of one
        mode: `joint, motion, side, estimate, conf_low, conf_high, n`.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    visit : str, optional
        Which rows, when there are several visits.
    normal : mapping of (str, str) to (float, float), optional
        Normal end of a motion, beside or in place of those on record.

    Returns
    -------
    Axes
        Artists named `normal` (light from 0 to the lower published end), `normal-end` (dark, between the published
        ends), `estimate`, `interval`, `n`. A motion without a normal range has no band.

    Raises
    ------
    MethodError
        When columns are absent, two rows would stand at one place, or a side is neither left nor right.
    """
    needed = ["joint", "motion", "side", "estimate", "conf_low", "conf_high", "n"]
    frame = frames.chosen(frames.table_of(result, needed, "joint_ranges"), "joint_ranges", visit=visit)
    frames.one_row_each(frame, ["joint", "motion", "side"], "joint_ranges")
    if not set(frame["side"].astype(str)) <= set(SIDES):
        raise MethodError("joint_ranges: a side is neither left nor right; name them so.")
    pairs = [(str(joint), str(motion)) for joint, motion in frame[["joint", "motion"]].drop_duplicates().to_numpy()]
    ends = {**NORMAL, **(normal or {})}
    ax = canvas.axes(ax, height=canvas.lines(6 + ROW_LINES * len(pairs)))
    _draw_bands(ax, pairs, ends)
    for side in frames.order(frame["side"].astype(str)):
        _draw_side(ax, frame[frame["side"].eq(side)], pairs, side)
    shown = [end for pair in pairs if pair in ends for end in (0.0, *ends[pair])]
    canvas.cover(ax, "x", frame["estimate"], frame["conf_low"], frame["conf_high"], pd.Series(shown, dtype="float64"))
    ax.axvline(0, color=RULE, lw=0.5 * canvas.scale(), zorder=0.5)
    _rows(ax, pairs, frame)
    stated = f"bars: {level(result.level)} CI; " if isinstance(result, Result) else ""
    canvas.note(ax, f"{stated}grey: normal, dark where published ends differ")
    labels.label_axis(ax, "x", "Angle (degrees)", "higher")
    sides = frames.order(frame["side"].astype(str))
    naming.legend_above(ax, [naming.key(SIDES[side], side) for side in sides])
    return ax


def _draw_bands(ax: Axes, pairs: list[tuple[str, str]], ends: Mapping[tuple[str, str], tuple[float, float]]) -> None:
    for row, pair in enumerate(pairs):
        if pair not in ends:
            continue
        low, high = ends[pair]
        part = " ".join(pair)
        band = Rectangle((0, row - TALL / 2), low, TALL, facecolor=SHADE, linewidth=0, zorder=0)
        ax.add_patch(canvas.named(band, "normal", part))
        wide = max(high - low, EDGE)
        end = Rectangle((low - (wide - high + low) / 2, row - TALL / 2), wide, TALL, facecolor=FAINT, zorder=0)
        end.set_linewidth(0)
        ax.add_patch(canvas.named(end, "normal-end", part))


def _draw_side(ax: Axes, rows: pd.DataFrame, pairs: list[tuple[str, str]], side: str) -> None:
    place = {pair: row for row, pair in enumerate(pairs)}
    names = zip(rows["joint"].astype(str), rows["motion"].astype(str), strict=True)
    y = np.array([place[pair] for pair in names]) + (-APART if side == "left" else APART)
    style = SIDES[side]
    bars = ax.hlines(y, rows["conf_low"], rows["conf_high"], color=style.colour, lw=canvas.scale(), zorder=2)
    canvas.named(bars, "interval", side)
    (points,) = ax.plot(rows["estimate"], y, zorder=3, **{**style.line, "linestyle": "none"})
    points.set_markersize(4 * canvas.scale())
    canvas.named(points, "estimate", side)


def _rows(ax: Axes, pairs: list[tuple[str, str]], frame: pd.DataFrame) -> None:
    """Names of the motions with the people behind them."""
    size = rcParams["ytick.labelsize"]
    names = []
    for joint, motion in pairs:
        counts = frame.loc[frame["joint"].eq(joint) & frame["motion"].eq(motion), "n"]
        low, high = int(counts.min()), int(counts.max())
        n = f"(n = {high:,})" if low == high else f"(n = {low:,} to {high:,})"
        names.append(f"{labels.folded(f'{joint} {motion}', LABEL_SHARE * canvas.page_pt(ax), size)}\n{n}")
    ax.set_yticks(range(len(pairs)), names)
    for (joint, motion), text in zip(pairs, ax.get_yticklabels(), strict=True):
        canvas.named(text, "n", f"{joint} {motion}")
    ax.set_ylim(len(pairs) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
