"""A study drug and the medicines taken beside it, as bars over days. Describes data; gives no advice."""

from __future__ import annotations

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from spasticity.errors import MethodError
from spasticity.plot import canvas, frames, labels
from spasticity.plot.palette import INK, RAMP, SHADE, SOFT_INK
from spasticity.wording import plural

TALL = 0.5
LABEL_SHARE = 0.3


@canvas.styled
def co_medication(
    spans: pd.DataFrame,
    courses: pd.DataFrame,
    *,
    participant: str,
    drug: str | None = None,
    route: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """A study drug and the depressants taken beside it, with the days they share shaded. Describes data; no advice.

    Parameters
    ----------
    spans : DataFrame
        `participant, drug, route, start_day, end_day, n_classes`, as `derive.coexposure_spans` gives them.
    courses : DataFrame
        `participant, medicine, class, start_day, end_day`, as `derive.depressant_courses` gives them; days before the
        first and after the last dose are drawn as far as the axis goes.
    participant : str
        Whose bars.
    drug, route : str, optional
        Needed when there are several.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.

    Returns
    -------
    Axes
        Artists named `drug`, `medicine` (one collection for each row), `overlap` (light for one class, darker for
        several), `note`.

    Raises
    ------
    MethodError
        When columns are absent, the participant has no dose, or two drugs or routes would share a row.
    """
    spans = frames.table_of(
        spans, ["participant", "drug", "route", "start_day", "end_day", "n_classes"], "co_medication"
    )
    spans = frames.chosen(spans, "co_medication", participant=participant, drug=drug, route=route)
    if len(spans[["drug", "route"]].drop_duplicates()) > 1:
        raise MethodError("co_medication: the participant has several drugs or routes; pass `drug=` and `route=`.")
    own = courses[courses["participant"].eq(participant)].dropna(subset=["start_day"])
    first, end = float(spans["start_day"].min()), float(spans["end_day"].max())
    low, high = first - 0.06 * (end - first), end + 0.06 * (end - first)
    own = own[(own["start_day"].astype(float) < high) & ~(own["end_day"].astype("float64") <= low)]
    rows = [(_name(str(name), str(kind)), each) for (kind, name), each in own.groupby(["class", "medicine"], sort=True)]
    ax = canvas.axes(ax, height=canvas.lines(7 + 1.9 * (len(rows) + 1)))
    _draw_overlaps(ax, spans, len(rows) + 1)
    _draw_bars(ax, spans["start_day"], spans["end_day"], 0, INK, "drug", None)
    for row, (name, each) in enumerate(rows, start=1):
        starts, ends = (each[edge].astype("float64") for edge in ("start_day", "end_day"))
        starts, ends = starts.clip(lower=low), ends.fillna(high).clip(upper=high)
        _draw_bars(ax, starts, ends, row, RAMP[3], "medicine", name)
    named = f"{spans['route'].iloc[0]} {spans['drug'].iloc[0]}"
    _axis(ax, [named, *(name for name, _ in rows)], low, high)
    shared = spans[spans["n_classes"] > 0]
    days = int((shared["end_day"] - shared["start_day"]).sum())
    canvas.note(ax, f"{participant}; grey: {plural(days, 'day')} shared, darker with two or more classes")
    return ax


def _name(medicine: str, kind: str) -> str:
    return medicine if medicine == kind else f"{medicine} ({kind})"


def _draw_overlaps(ax: Axes, spans: pd.DataFrame, rows: int) -> None:
    shared = spans[spans["n_classes"] > 0]
    for one, colour in ((True, SHADE), (False, "#C4C4C4")):
        some = shared[(shared["n_classes"] == 1) == one]
        corners = [
            [(a, -0.6), (b, -0.6), (b, rows - 0.4), (a, rows - 0.4)]
            for a, b in zip(some["start_day"].astype(float), some["end_day"].astype(float), strict=True)
        ]
        if corners:
            part = "one class" if one else "several classes"
            ax.add_collection(
                canvas.named(PolyCollection(corners, facecolor=colour, linewidth=0, zorder=0), "overlap", part)
            )


def _draw_bars(ax: Axes, first: pd.Series, end: pd.Series, row: int, colour: str, role: str, part: str | None) -> None:
    bars = [
        [(a, row - TALL / 2), (b, row - TALL / 2), (b, row + TALL / 2), (a, row + TALL / 2)]
        for a, b in zip(first.astype(float), end.astype(float), strict=True)
    ]
    ax.add_collection(canvas.named(PolyCollection(bars, facecolor=colour, linewidth=0), role, part))


def _axis(ax: Axes, names: list[str], low: float, high: float) -> None:
    size = rcParams["ytick.labelsize"]
    folded = [labels.folded(name, LABEL_SHARE * canvas.page_pt(ax), size) for name in names]
    ax.set_yticks(range(len(names)), folded)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.set_xlim(low, high)
    ax.tick_params(axis="y", length=0, labelcolor=SOFT_INK if len(names) == 1 else INK)
    ax.spines["left"].set_visible(False)
    labels.day_ticks(ax)
