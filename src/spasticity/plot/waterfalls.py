"""How much each participant improved, from the best to the worst."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes

from spasticity.instruments import measure
from spasticity.plot import canvas, frames, labels, naming
from spasticity.plot.palette import INK, MarkStyle
from spasticity.stats.responses import Responders
from spasticity.wording import plural

GAP = 3  # bars left out between two arms


@canvas.styled
def waterfall(responders: Responders, *, ax: Axes | None = None, styles: Mapping[str, MarkStyle] | None = None) -> Axes:
    """The improvement of each participant at one visit, arm by arm from the best to the worst, and the threshold.

    Parameters
    ----------
    responders : Responders
        From `stats.responders`; its `people` are drawn.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    styles : mapping of str to MarkStyle, optional
        From `plot.arm_styles`.

    Returns
    -------
    Axes
        Artists named `estimate` (one bar a participant, with the arm), `threshold`, `note` (how many have no value and
        are not drawn).

    Raises
    ------
    MethodError
        When columns are absent, or nobody has a value.
    """
    people = frames.table_of(responders.people, ["participant", "arm", "improvement"], "waterfall")
    known = frames.table_of(people[people["improvement"].notna() & people["arm"].notna()], ["arm"], "waterfall")
    canvas.refuse_crowd(len(known), "waterfall", "draw one arm at a time")
    styles = frames.styles_of(known["arm"], styles)
    ax = canvas.axes(ax)
    ticks: dict[float, str] = {}
    begin = 0
    for arm in naming.in_order(known["arm"], styles):
        values = known.loc[known["arm"].eq(arm), "improvement"].sort_values(ascending=False)
        for bar in ax.bar(range(begin, begin + len(values)), values, width=0.85, color=styles[arm].colour, linewidth=0):
            canvas.named(bar, "estimate", arm)
        ticks[begin + (len(values) - 1) / 2] = f"{arm}\n(n = {len(values):,})"
        begin += len(values) + GAP
    rule = responders.threshold
    line = ax.axhline(rule.value, color=INK, linewidth=0.6 * canvas.scale(), linestyle=(0, (4, 2)))
    canvas.named(line, "threshold")
    ax.axhline(0, color=INK, linewidth=0.6 * canvas.scale())
    ax.set_xlim(-GAP, begin)
    ax.set_xticks(list(ticks), list(ticks.values()))
    ax.tick_params(axis="x", length=0)
    absent = len(people) - len(known)
    canvas.note(ax, f"not drawn: {plural(absent, 'participant')} without a value" if absent else "everybody is drawn")
    outcome = frames.outcome_of(responders.frame, None) or "outcome"
    unit = "%" if rule.kind == "percent" else rule.kind
    known_as = measure(outcome)
    labels.label_axis(
        ax, "y", known_as.axis_label if rule.kind == "level" else f"{known_as.label}, improvement ({unit})"
    )
    return ax
