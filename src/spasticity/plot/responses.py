"""Who responded: the share of participants that passes each threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from spasticity.instruments import Threshold, measure
from spasticity.plot import canvas, frames, labels, naming
from spasticity.plot.palette import RULE, SOFT_INK, MarkStyle
from spasticity.stats.responses import Responders

AT_LEAST = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}
MISSING_WORDS = {"non-responder": "missing counts as no response", "observed": "observed values only"}


@canvas.styled
def responder_curve(
    responders: Responders,
    *,
    ax: Axes | None = None,
    missing: str | None = None,
    marks: Sequence[float] | None = None,
    styles: Mapping[str, MarkStyle] | None = None,
) -> Axes:
    """The share of each arm that improved by at least each threshold.

    Parameters
    ----------
    responders : Responders
        From `stats.responders`; its `curve` is drawn.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    missing : str, optional
        Which rule for missing values, when the result has both.
    marks : sequence of float, optional
        Thresholds that get a vertical line; that of the result and those on record for the measure when not given.
    styles : mapping of str to MarkStyle, optional
        From `plot.arm_styles`.

    Returns
    -------
    Axes
        Artists named `estimate`, `threshold`; shares are between 0 and 1, printed as percent.

    Raises
    ------
    MethodError
        When columns are absent or two rows stand at one threshold.
    """
    needed = ["arm", "missing", "threshold", "estimate", "n"]
    curve = frames.table_of(responders.curve, needed, "responder_curve")
    curve = frames.chosen(curve, "responder_curve", missing=missing)
    frames.one_row_each(curve, ["arm", "threshold"], "responder_curve")
    styles = frames.styles_of(curve["arm"], styles)
    arms = naming.in_order(curve["arm"], styles)
    names = {arm: _with_n(curve, arm) for arm in arms}
    rule = responders.threshold
    ax = canvas.axes(ax, more=naming.legend_height(list(names.values())))
    for arm in arms:
        _draw_arm(ax, curve[curve["arm"].eq(arm)], arm, styles[arm], rule)
    low = curve["threshold"].min() if rule.kind == "level" else 0
    ax.set_xlim(low, max(curve["threshold"].max(), low + 1))
    ax.set_ylim(0, 1)
    ax.yaxis.set_major_formatter(PercentFormatter(xmax=1, symbol=""))
    outcome = frames.outcome_of(responders.frame, None) or "outcome"
    _draw_marks(ax, sorted(_marks(rule, outcome) if marks is None else marks), rule)
    naming.legend_above(ax, [naming.key(styles[arm], names[arm], marker=False) for arm in arms])
    labels.label_axis(ax, "x", _threshold_words(rule, outcome))
    treated = MISSING_WORDS.get(str(curve["missing"].iloc[0]), "")
    labels.label_axis(ax, "y", "Participants (%)", below=treated)
    return ax


def _with_n(curve: pd.DataFrame, arm: str) -> str:
    return f"{arm} (n = {int(curve.loc[curve['arm'].eq(arm), 'n'].iloc[0]):,})"


def _draw_arm(ax: Axes, rows: pd.DataFrame, arm: str, style: MarkStyle, rule: Threshold) -> None:
    rows = rows.sort_values("threshold")
    # "At least t" and "less than t" hold up to and including t, the other two from t on.
    step = "steps-pre" if rule.compare in (">=", "<") else "steps-post"
    (line,) = ax.plot(rows["threshold"], rows["estimate"], label=arm, color=style.colour, ls=style.dash, drawstyle=step)
    line.set_linewidth(1.2 * canvas.scale())
    canvas.named(line, "estimate", arm)


def _marks(rule: Threshold, outcome: str) -> list[float]:
    known = measure(outcome).thresholds
    return sorted(
        {rule.value, *(each.value for each in known if (each.kind, each.compare) == (rule.kind, rule.compare))}
    )


def _draw_marks(ax: Axes, marks: Sequence[float], rule: Threshold) -> None:
    """A line at each threshold, its number above it or, where two are close, beside it."""
    unit = "\N{NO-BREAK SPACE}%" if rule.kind == "percent" else ""
    words = [f"{mark:g}{unit}" for mark in marks]
    size = rcParams["xtick.labelsize"]
    canvas.lay_out(ax)
    low, high = ax.get_xlim()
    wide = max((canvas.text_width(text, size) for text in words), default=0.0) + 0.5 * size
    places = naming.spread(marks, wide / canvas.width_pt(ax) * (high - low))
    above = canvas.shifted(ax, ax.get_xaxis_transform(), down=-2 * canvas.scale())
    for mark, place, text in zip(marks, places, words, strict=True):
        line = ax.axvline(mark, color=RULE, lw=0.5 * canvas.scale(), zorder=0)
        canvas.named(line, "threshold", mark)
        ax.text(place, 1, text, transform=above, ha="center", va="bottom", size=size, color=SOFT_INK)


def _threshold_words(rule: Threshold, outcome: str) -> str:
    known, at_least = measure(outcome), AT_LEAST[rule.compare]
    if rule.kind == "level":
        return f"{known.axis_label}, {at_least}"
    unit = "%" if rule.kind == "percent" else rule.kind
    return f"{known.label}, improvement of {at_least} ({unit})"
