"""Effects side by side: one row each, with its interval, its n and its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from matplotlib.transforms import blended_transform_factory

from spasticity.errors import MethodError, listed
from spasticity.instruments import Measure, measure
from spasticity.plot import canvas, frames, labels
from spasticity.plot.palette import INK, RULE, SOFT_INK, MarkStyle
from spasticity.stats.benefits import STANDARDISED
from spasticity.stats.result import Result
from spasticity.wording import interval, level, number, p_value

OVERALL = "overall"
ROW_LINES = 1.15  # height of a row, in lines of text
INDENT = "\N{NO-BREAK SPACE}" * 2  # other spaces at the start of a text are lost in an SVG
GAP_PT = 6.0  # between columns
CROWDED = 200.0  # ratio of the ends of an axis from which only powers of ten have room
SMALL = 0.1  # a ratio below it gets another digit


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a forest: a heading, or an estimate.

    Parameters
    ----------
    label : str
    estimate : Series, optional
        The row of the frame; None for a heading.
    words : str
        What stands in the last column of a heading.
    """

    label: str
    estimate: pd.Series | None = None
    words: str = ""


@canvas.styled
def forest(
    result: Result,
    *,
    ax: Axes | None = None,
    outcome: str | None = None,
    null: float = 0.0,
    styles: Mapping[str, MarkStyle] | None = None,
    term: str | None = None,
    rows: tuple[str, ...] = ("variable", "subgroup"),
) -> Axes:
    """Differences between arms, overall and by subgroup, with n, intervals and the p of each interaction.

    Parameters
    ----------
    result : Result
        As `stats.subgroups` gives it: `arm`, `estimate`, `conf_low`, `conf_high`, `n`, and where there are subgroups
        `variable`, `subgroup`, `p_interaction`; `reference`, `n_arm`, `n_reference` where they are known.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    outcome : str, optional
        Which rows, when there are several outcomes.
    null : float
        No effect: 0 for differences, 1 for ratios, which are drawn on a log axis.
    styles : mapping of str to MarkStyle, optional
        From `plot.arm_styles`.
    term : str, optional
        Which rows, when there are several terms, such as `standardised benefit` of `stats.comparison`.
    rows : tuple of str
        Columns that name the headings under an arm and the rows under a heading; `("cohort", "benefit")` for
        `stats.comparison`, `("visit",)` for contrasts by visit, which need no headings.

    Returns
    -------
    Axes
        Artists named `estimate`, `interval`, `n`, `numbers`, `interaction`, `null`, `favours`.

    Raises
    ------
    MethodError
        When columns are absent or there are no rows.
    """
    frame = frames.table_of(result, ["arm", "estimate", "conf_low", "conf_high", "n"], "forest")
    frame = frames.chosen(frame, "forest", outcome=outcome, term=term)
    frame = _named(frame, rows)
    keys = [name for name in ("arm", "reference", "variable", "subgroup", "visit") if name in frame]
    frames.one_row_each(frame, keys, "forest")
    styles = frames.styles_of(frame["arm"], styles)
    known = _quantity(frame, outcome)
    lines = _lines(frame)
    ax = canvas.axes(ax, height=canvas.lines(6 + ROW_LINES * len(lines)))
    canvas.named(ax.axvline(null, color=RULE, lw=0.5 * canvas.scale(), zorder=0), "null")
    canvas.cover(ax, "x", frame["estimate"], frame["conf_low"], frame["conf_high"], pd.Series([null]), log=null == 1)
    if null == 1:
        _ratio_axis(ax)
    for y, line in enumerate(lines):
        if line.estimate is not None:
            _draw(ax, y, line.estimate, styles[str(line.estimate["arm"])])
    ax.set_ylim(len(lines) - 0.4, -0.6)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    small = null == 1 and frame["estimate"].lt(SMALL).any()
    _write_columns(ax, lines, result.level, known.digits + (2 if small else 1))
    labels.label_axis(ax, "x", f"{known.label}, ratio" if null == 1 else f"{known.axis_label}, difference")
    _write_favours(ax, frame, known)
    return ax


def _named(frame: pd.DataFrame, rows: tuple[str, ...]) -> pd.DataFrame:
    """The frame with the columns that name its headings, if any, and its rows."""
    if rows != ("variable", "subgroup"):
        if not 1 <= len(rows) <= 2 or "arm" in rows:
            raise MethodError(f"forest: rows={rows!r}; expected one column or two, beside the arm.")
        absent = [name for name in rows if name not in frame]
        if absent:
            raise MethodError(f"forest: the frame has no {listed(absent, 'and')}; it has {listed(frame, 'and')}.")
    return frame.rename(columns=dict(zip(rows, ("variable", "subgroup")[-len(rows) :], strict=True)))


def _quantity(frame: pd.DataFrame, outcome: str | None) -> Measure:
    """What the axis measures: an outcome, or the one scale of several."""
    if "term" in frame and frame["term"].eq(STANDARDISED).all():
        return Measure(id="standardised", label="Standardised benefit (SD at baseline)", better="higher")
    known = measure(frames.outcome_of(frame, outcome) or "outcome")
    if "event" not in frame:
        return known
    # The share who responded: more of it is better also where less of the outcome is.
    benefit = frame["event"].eq("benefit").all()
    return Measure(
        id="share",
        label=f"{known.label}, share of {'responders' if benefit else 'participants'}",
        better="higher" if benefit else "lower",
    )


def _ratio_axis(ax: Axes) -> None:
    ax.set_xscale("log")
    low, high = ax.get_xlim()
    ax.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if high < CROWDED * low else (1.0,)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda ratio, _: f"{ratio:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())


def _lines(frame: pd.DataFrame) -> list[Line]:
    lines = []
    for arm in frames.order(frame["arm"]):
        rows = frame[frame["arm"].eq(arm)]
        if "subgroup" not in frame:
            lines += [Line(_against(row), row) for _, row in rows.iterrows()]
            continue
        lines.append(Line(_against(rows.iloc[0])))
        if "variable" not in frame:
            lines += [Line(INDENT + str(row["subgroup"]), row) for _, row in rows.iterrows()]
            continue
        for variable in frames.order(rows["variable"]):
            lines += _of_variable(rows[rows["variable"].eq(variable)], variable)
    return lines


def _of_variable(rows: pd.DataFrame, variable: str) -> list[Line]:
    if variable == OVERALL:
        return [Line(INDENT + "all", row) for _, row in rows.iterrows()]
    p = rows["p_interaction"].iloc[0] if "p_interaction" in rows else float("nan")
    heading = Line(INDENT + variable.replace("_", " "), words=f"interaction {p_value(p)}" if pd.notna(p) else "")
    return [heading, *(Line(2 * INDENT + str(row["subgroup"]), row) for _, row in rows.iterrows())]


def _against(row: pd.Series) -> str:
    reference = row.get("reference")
    return str(row["arm"]) if reference is None or pd.isna(reference) else f"{row['arm']} vs {reference}"


def _draw(ax: Axes, y: int, row: pd.Series, style: MarkStyle) -> None:
    part = ".".join(str(row[name]) for name in ("arm", "subgroup") if name in row)
    limits, edges = row[["conf_low", "conf_high"]].to_numpy(dtype="float64"), np.array(ax.get_xlim())
    ends = np.where(np.isinf(limits), edges, limits)  # an interval without an end runs to the edge
    bar = ax.hlines(y, *ends, color=style.colour, lw=0.75 * canvas.scale())
    canvas.named(bar, "interval", part)
    for edge, marker, open_end in zip(edges, ("<", ">"), np.isinf(limits), strict=True):
        if open_end:
            (arrow,) = ax.plot([edge], [y], marker=marker, color=style.colour, clip_on=False)
            canvas.named(arrow, "open-end", part)
    marker = "D" if row.get("subgroup") == OVERALL else "s"
    (mark,) = ax.plot([row["estimate"]], [y], marker=marker, ls="none", color=style.colour, label=part)
    canvas.named(mark, "estimate", part)


def _write_columns(ax: Axes, lines: list[Line], confidence: float, digits: int) -> None:
    """Labels to the left of the axes; n, estimate and interval to the right."""
    size = rcParams["xtick.labelsize"]
    gap = GAP_PT * canvas.scale()
    counts = ["n", *(_count(line) for line in lines)]
    numbers = [_numbers(line, digits) for line in lines]
    wide = max(
        canvas.text_width(line.label, size) for line in lines if line.label.startswith(INDENT) or not _nested(lines)
    )
    n_at = gap + max(canvas.text_width(text, size) for text in counts)
    estimate_at = n_at + gap + max(canvas.text_width(text, size) for text, _ in numbers)
    for y, line in enumerate(lines):
        heading = line.estimate is None and not line.label.startswith(INDENT)
        _write(ax, 0, -gap - wide, y, line.label, "label", weight="bold" if heading else "normal")
        _write(ax, 1, n_at, y, _count(line), "n", ha="right")
        estimate, limits = numbers[y]
        _write(ax, 1, estimate_at, y, estimate, "numbers", ha="right")
        _write(ax, 1, estimate_at + gap / 2, y, limits, "limits")
        _write(ax, 1, n_at + gap, y, line.words, "interaction")
    _write(ax, 1, n_at, -1, "n", "heading", ha="right")
    _write(ax, 1, n_at + gap, -1, f"estimate ({level(confidence)} CI)", "heading")


def _nested(lines: list[Line]) -> bool:
    """Whether there are headings, which may run on over the axes: nothing is drawn in their rows."""
    return any(line.label.startswith(INDENT) for line in lines)


def _write(
    ax: Axes, side: float, across: float, y: float, text: str, role: str, *, ha: str = "left", weight: str = "normal"
) -> None:
    if not text:
        return
    place = canvas.shifted(ax, blended_transform_factory(ax.transAxes, ax.transData), across=across)
    colour = SOFT_INK if role in ("heading", "interaction") else INK
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.5} if weight == "bold" else None
    words = ax.text(side, y, text, transform=place, va="center_baseline", ha=ha, weight=weight, color=colour, bbox=box)
    words.set_fontsize(rcParams["xtick.labelsize"])
    canvas.named(words, role, y)


def _count(line: Line) -> str:
    row = line.estimate
    if row is None:
        return ""
    if "n_arm" in row and pd.notna(row["n_arm"]):
        return f"{int(row['n_arm']):,}/{int(row['n_reference']):,}"
    return "" if pd.isna(row["n"]) else f"{int(row['n']):,}"


def _numbers(line: Line, digits: int) -> tuple[str, str]:
    row = line.estimate
    if row is None:
        return "", ""
    if pd.isna(row["estimate"]):
        return "", "cannot be estimated"
    return number(row["estimate"], digits), f"({interval(row['conf_low'], row['conf_high'], digits)})"


def _write_favours(ax: Axes, frame: pd.DataFrame, known: Measure) -> None:
    """Under the axis: which side is better for whom."""
    if known.better is None:
        return
    arms = frames.order(frame["arm"])
    bases = frames.order(frame["reference"]) if "reference" in frame else []
    arm, base = (arms[0] if len(arms) == 1 else "arm"), (bases[0] if len(bases) == 1 else "reference")
    left, right = (arm, base) if known.better == "lower" else (base, arm)
    left, right = f"← favours {left}", f"favours {right} →"
    size = rcParams["xtick.labelsize"]
    canvas.lay_out(ax)
    fits = canvas.text_width(left, size) + canvas.text_width(right, size) + size < canvas.width_pt(ax)
    text = ax.xaxis.label.get_text()
    down = rcParams["xtick.major.size"] + rcParams["xtick.major.pad"] + labels.LINE * size
    for side, words, row in ((0, left, 0), (1, right, 0 if fits else 1)):
        place = canvas.shifted(ax, ax.transAxes, down=down + (row + 0.2) * labels.LINE * size)
        written = ax.text(side, 0, words, transform=place, ha=("left", "right")[side], va="top", size=size)
        canvas.named(written, "favours")
    ax.set_xlabel(text, labelpad=rcParams["axes.labelpad"] + labels.LINE * size * (1 if fits else 2))
