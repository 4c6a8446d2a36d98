"""Spasms in the minutes around awakenings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from spasticity.instruments import measure
from spasticity.plot import canvas, frames, labels, naming
from spasticity.plot.palette import INK, PERSON, RULE
from spasticity.wording import level, plural

BAND = "#D9D9D9"
CHANCE = ["expected", "chance_low", "chance_high"]


@canvas.styled
def peri_awakening(around: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """The rate of spasms in each minute around an awakening, and where chance would put it.

    Parameters
    ----------
    around : DataFrame
        From `derive.around_by_chance`; or rows of one participant and visit from `derive.around_awakenings`, without a
        band: `from_min, to_min, spasms_per_hour, awakenings`, and for the band `expected, chance_low, chance_high`.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.

    Returns
    -------
    Axes
        Artists named `rate` (bars), `band`, `expected`, `awakening`, `names`, `note`.

    Raises
    ------
    MethodError
        When columns are absent or two rows are of one bar.
    """
    needed = ["from_min", "to_min", "spasms_per_hour", "awakenings"]
    frame = frames.table_of(around, needed, "peri_awakening").sort_values("from_min")
    frames.one_row_each(frame, ["from_min"], "peri_awakening")
    ax = canvas.axes(ax, more=canvas.lines(1))
    width = frame["to_min"] - frame["from_min"]
    look: dict[str, Any] = {
        "align": "edge",
        "facecolor": PERSON,
        "edgecolor": INK,
        "linewidth": 0.5 * canvas.scale(),
        "zorder": 2,
    }
    for bar in ax.bar(frame["from_min"], frame["spasms_per_hour"], width=width, **look):
        canvas.named(bar, "rate")
    keys: list[Patch | Line2D] = [Patch(facecolor=PERSON, edgecolor=INK, linewidth=0.5, label="spasms")]
    if all(name in frame for name in CHANCE):
        keys += _draw_chance(ax, frame)
    canvas.named(
        ax.axvline(0, color=INK, linewidth=0.8 * canvas.scale(), linestyle=(0, (1.5, 1.5)), zorder=4), "awakening"
    )
    ax.set_xlim(frame["from_min"].iloc[0], frame["to_min"].iloc[-1])
    ax.set_ylim(bottom=0)
    labels.label_axis(ax, "x", "Minutes from the start of an awakening")
    labels.label_axis(ax, "y", "Spasms per hour", measure("spasms_per_hour_night").better)
    canvas.note(ax, _who(frame))
    naming.legend_above(ax, keys)
    return ax


def _draw_chance(ax: Axes, frame: pd.DataFrame) -> list[Patch | Line2D]:
    """The band as an outline over the bars, so that a bar shows by how much it leaves it."""
    edges = np.append(frame["from_min"], frame["to_min"].iloc[-1])
    low, high = frame["chance_low"], frame["chance_high"]
    band = ax.stairs(high, edges, baseline=low, fill=True, facecolor=BAND, edgecolor=RULE, linewidth=0.4, zorder=1)
    (line,) = ax.plot(
        np.repeat(edges, 2)[1:-1],
        np.repeat(frame["expected"], 2),
        color=INK,
        linewidth=1.1 * canvas.scale(),
        linestyle=(0, (3, 1.5)),
        zorder=3,
        label="expected by chance",
    )
    canvas.named(band, "band")
    share = level(float(frame["level"].iloc[0])) + " of " if "level" in frame else ""
    return [canvas.named(line, "expected"), Patch(facecolor=BAND, edgecolor=RULE, label=f"{share}shifts")]


def _who(frame: pd.DataFrame) -> str:
    words = [plural(int(frame["awakenings"].iloc[0]), "awakening")]
    words += [plural(int(frame[name].iloc[0]), name[:-1]) for name in ("nights", "participants") if name in frame]
    return "n = " + ", ".join(words)
