"""Trials pooled: each study with its weight, and what they say together."""

from __future__ import annotations

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from spasticity.plot import canvas, frames, labels
from spasticity.plot.palette import INK, RULE
from spasticity.stats.pooled_studies import POOLED, PREDICTED, MetaAnalysis
from spasticity.wording import interval, level, number

ROW_LINES = 1.5
BIGGEST_PT = 7.0  # side of the square of a study with all the weight
TALL = 0.32  # half the height of a diamond, in rows


@canvas.styled
def pooled_forest(
    pooled: MetaAnalysis, *, label: str = "Effect", null: float = 0.0, digits: int = 2, ax: Axes | None = None
) -> Axes:
    """Every study with its interval and weight, the pooled effect as a diamond, and where a new study would lie.

    Parameters
    ----------
    pooled : MetaAnalysis
        From `stats.meta_analysis`, of one group of designs.
    label : str
        What is estimated, with its unit.
    null : float
        No effect.
    digits : int
        Decimals of the numbers beside.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.

    Returns
    -------
    Axes
        Artists named `estimate` and `interval` (with the study), `pooled`, `prediction`, `null`, `value`.

    Raises
    ------
    MethodError
        When columns are absent, or a study stands twice.
    """
    columns = ["study", "estimate", "conf_low", "conf_high", "weight"]
    studies = frames.table_of(pooled.studies, columns, "pooled_forest").reset_index(drop=True)
    frames.one_row_each(studies, ["study"], "pooled_forest")
    whole = frames.chosen(
        frames.table_of(pooled.frame, ["term", "estimate"], "pooled_forest"), "pooled_forest", term=POOLED
    )
    frames.one_row_each(whole, ["term"], "pooled_forest")
    total = whole.iloc[0]
    ahead = pooled.frame[pooled.frame["term"].eq(PREDICTED)]
    count = len(studies)
    ax = canvas.axes(ax, height=canvas.lines(8 + ROW_LINES * (count + 2)))
    ax.spines["left"].set_visible(False)
    for row in range(count):
        _study(ax, studies.iloc[row], row, digits)
    _diamond(ax, total, count + 0.5, digits)
    if len(ahead):
        _prediction(ax, ahead.iloc[0], count + 1.4, digits)
    canvas.named(ax.axvline(null, color=RULE, linewidth=0.6 * canvas.scale(), zorder=0), "null")
    ax.set_yticks([*range(count), count + 0.5], [*studies["study"].astype(str), "pooled"])
    if len(ahead):
        ax.set_yticks(
            [*range(count), count + 0.5, count + 1.4], [*studies["study"].astype(str), "pooled", "a new study"]
        )
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(count + (2.0 if len(ahead) else 1.2), -0.8)
    canvas.cover(ax, "x", *_ends(studies, total, ahead), pd.Series([null]))
    canvas.note(ax, f"estimate ({level(pooled.level)} CI), weight")
    labels.label_axis(ax, "x", label)
    return ax


def _ends(studies: pd.DataFrame, total: pd.Series, ahead: pd.DataFrame) -> list[pd.Series]:
    ends = [studies["conf_low"], studies["conf_high"], pd.Series([total["conf_low"], total["conf_high"]])]
    return [*ends, *([ahead["conf_low"], ahead["conf_high"]] if len(ahead) else [])]


def _study(ax: Axes, study: pd.Series, row: float, digits: int) -> None:
    (line,) = ax.plot([study["conf_low"], study["conf_high"]], [row, row], color=INK, linewidth=0.8 * canvas.scale())
    canvas.named(line, "interval", study["study"])
    side = canvas.scale() * BIGGEST_PT * (float(study["weight"]) / 100) ** 0.5 + 1.5
    (square,) = ax.plot([study["estimate"]], [row], marker="s", color=INK, markersize=side)
    canvas.named(square, "estimate", study["study"])
    _value(ax, study, row, digits, f", {number(float(study['weight']), 0)}\N{NO-BREAK SPACE}%", study["study"])


def _diamond(ax: Axes, total: pd.Series, row: float, digits: int) -> None:
    corners = [
        (total["conf_low"], row),
        (total["estimate"], row - TALL),
        (total["conf_high"], row),
        (total["estimate"], row + TALL),
    ]
    ax.add_patch(canvas.named(Polygon(corners, closed=True, facecolor="#0072B2", linewidth=0), "pooled"))
    _value(ax, total, row, digits, "", "pooled")


def _prediction(ax: Axes, ahead: pd.Series, row: float, digits: int) -> None:
    (line,) = ax.plot(
        [ahead["conf_low"], ahead["conf_high"]], [row, row], color="#0072B2", linewidth=1.2 * canvas.scale()
    )
    line.set_linestyle((0, (3, 1.5)))
    canvas.named(line, "prediction")
    _value(ax, ahead.where(ahead.index != "estimate"), row, digits, "", "prediction")


def _value(ax: Axes, row: pd.Series, place: float, digits: int, more: str, part: object) -> None:
    limits = interval(row["conf_low"], row["conf_high"], digits)
    words = limits if pd.isna(row["estimate"]) else f"{number(row['estimate'], digits)} ({limits}){more}"
    look = {"size": rcParams["ytick.labelsize"], "va": "center", "ha": "left"}
    text = ax.annotate(words, (1.02, place), xycoords=ax.get_yaxis_transform(), annotation_clip=False, **look)
    canvas.named(text, "value", part)
