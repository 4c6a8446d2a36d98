"""A mixed model visit by visit: how the visits vary together, and its means beside what was observed."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor, log10
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.patches import Rectangle

from spasticity.errors import MethodError, listed, one_of
from spasticity.instruments import Measure, measure
from spasticity.plot import canvas, frames, labels, naming
from spasticity.plot.palette import INK, RAMP, MarkStyle, ink_on
from spasticity.stats.mmrm_result import Mmrm
from spasticity.wording import number

KINDS = ("covariance", "correlation")
SHOWN = ("mean", "sd")
VALUES = ("value", "change", "percent_change")  # columns of outcomes that hold a measurement
SHADES = LinearSegmentedColormap.from_list("covariance", RAMP)
ROW_LINES = 2.0
ROUNDING = 1e-8  # what the diagonal of a correlation matrix may differ from 1
DODGE_PT = 3.2  # between arms at one visit
EVERYBODY = "all"
ALONE = MarkStyle(INK, "o", "-")


@canvas.styled
def covariance(
    fit: Mmrm | pd.DataFrame,
    *,
    ax: Axes | None = None,
    kind: Literal["covariance", "correlation"] = "covariance",
    group: str | None = None,
) -> Axes:
    """How the visits of a participant vary together: a cell and a number for each pair of visits.

    Parameters
    ----------
    fit : Mmrm or DataFrame
        From `stats.mmrm`, or its `covariance` or `correlation`, shape (visits, visits).
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    kind : str
        `covariance` or `correlation`; of a table, what it holds.
    group : str, optional
        Which group, when the fit has a covariance for each.

    Returns
    -------
    Axes
        Artists named `cell` and `number`, each pair once. The further from 0 the darker; negative ones have an outline.

    Raises
    ------
    MethodError
        Unknown options, several groups and none chosen, rows that are not the columns, correlations that are none.
    """
    one_of("kind", kind, KINDS)
    matrix = getattr(fit, kind) if isinstance(fit, Mmrm) else fit
    matrix = _checked(_of_group(matrix, group), kind)
    visits, values = [str(name) for name in matrix.columns], matrix.to_numpy(dtype="float64")
    largest = 1.0 if kind == "correlation" else float(np.abs(values).max())
    digits = 2 if kind == "correlation" else max(0, 2 - floor(log10(largest or 1.0)))
    ax = canvas.axes(ax, height=canvas.lines(4 + ROW_LINES * len(visits)))
    for y, row in enumerate(visits):
        for x, column in enumerate(visits[: y + 1]):
            colour = to_hex(SHADES(abs(values[y, x]) / (largest or 1.0)))
            _draw_cell(ax, (x, y), values[y, x], colour, digits, f"{row}.{column}")
    _square_axes(ax, visits)
    negative = "; outlined: negative" if (values < 0).any() else ""
    structure = f"{fit.structure.replace('-', ' ')} " if isinstance(fit, Mmrm) else ""
    canvas.note(ax, f"{structure}{kind} of the visits{negative}")
    return ax


def _of_group(matrix: pd.DataFrame, group: str | None) -> pd.DataFrame:
    if matrix.index.nlevels == 1:
        return matrix
    groups = list(dict.fromkeys(matrix.index.get_level_values(0)))
    if group is None:
        raise MethodError(f"covariance: each group has its own; choose one with `group=` of {listed(groups)}.")
    one_of("group", group, groups)
    return pd.DataFrame(matrix.xs(group))


def _checked(matrix: pd.DataFrame, kind: str) -> pd.DataFrame:
    if matrix.empty or list(matrix.index) != list(matrix.columns):
        raise MethodError("covariance: the rows are not the columns; expected the same visits in the same order.")
    if kind == "correlation" and not (np.abs(np.diag(matrix) - 1) < ROUNDING).all():
        raise MethodError("covariance: kind='correlation', but the diagonal is not 1; use kind='covariance'.")
    return matrix


def _draw_cell(ax: Axes, place: tuple[int, int], value: float, colour: str, digits: int, part: str) -> None:
    x, y = place
    line = canvas.scale() if value < 0 else 0
    box = Rectangle((x - 0.47, y - 0.45), 0.94, 0.9, facecolor=colour, edgecolor=INK, linewidth=line)
    ax.add_patch(canvas.named(box, "cell", part))
    words = ax.text(x, y, number(value, digits), ha="center", va="center_baseline", color=ink_on(colour))
    words.set_fontsize(rcParams["ytick.labelsize"])
    canvas.named(words, "number", part)


def _square_axes(ax: Axes, visits: list[str]) -> None:
    ax.set_xlim(-0.5, len(visits) - 0.5)
    ax.set_ylim(len(visits) - 0.5, -0.5)
    ax.set_xticks(range(len(visits)), visits)
    ax.set_yticks(range(len(visits)), visits)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    labels.fit_ticks(ax)


@canvas.styled
def observed_and_fitted(
    fit: Mmrm | pd.DataFrame,
    *,
    ax: Axes | None = None,
    by: str | None = "arm",
    show: Literal["mean", "sd"] = "mean",
    outcome: str | None = None,
    value: str | None = None,
    styles: Mapping[str, MarkStyle] | None = None,
) -> Axes:
    """What was observed at each visit, as marks, and what the model says of the same rows, as lines.

    Parameters
    ----------
    fit : Mmrm or DataFrame
        From `stats.mmrm`, or what its `by_visit(by)` gives: `by`, `visit`, `n`, `observed_mean`, `fitted_mean`,
        `observed_sd`, `fitted_sd`.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    by : str, optional
        Column whose values are drawn each; None for everybody together.
    show : str
        `mean`, or `sd` around the fitted means.
    outcome, value : str, optional
        What was measured, and whether it is a `change`, `percent_change` or `value`: for the axis. A fit knows both.
    styles : mapping of str to MarkStyle, optional
        From `plot.arm_styles`, so that an arm looks the same in every figure.

    Returns
    -------
    Axes
        Artists named `observed`, `fitted`, `n`.

    Raises
    ------
    MethodError
        Unknown options, absent columns, or two rows at one place.
    """
    one_of("show", show, SHOWN)
    source = fit.by_visit(by or ()) if isinstance(fit, Mmrm) else fit
    needed = [*([by] if by else []), "visit", "n", f"observed_{show}", f"fitted_{show}"]
    frame = frames.table_of(source, needed, "observed_and_fitted")
    frame = frame.assign(group=frame[by] if by else EVERYBODY)
    frames.one_row_each(frame, ["group", "visit"], "observed_and_fitted")
    styles = frames.styles_of(frame["group"].rename(by), styles) if by else {EVERYBODY: ALONE}
    names = naming.in_order(frame["group"], styles)
    places = {name: float(rank) for rank, name in enumerate(frames.order(frame["visit"]))}
    ax = canvas.axes(ax, more=canvas.lines(len(names)))
    for rank, name in enumerate(names):
        rows = frame[frame["group"].eq(name)].rename(
            columns={f"observed_{show}": "observed", f"fitted_{show}": "fitted"}
        )
        _draw_group(ax, rows, name, styles[name], places, rank - (len(names) - 1) / 2)
    ax.set_xticks(list(places.values()), list(places))
    ax.set_xlim(-0.4, len(places) - 0.6)
    canvas.cover(ax, "y", frame[f"observed_{show}"], frame[f"fitted_{show}"])
    canvas.note(ax, "marks: observed; lines: fitted")
    counts = frame.astype({"visit": str, "group": str}).set_index(["group", "visit"])["n"]
    naming.count_rows(ax, counts, {name: styles[name] for name in names}, places, labels.fit_ticks(ax))
    if by:
        naming.legend_above(ax, [naming.key(styles[name], name) for name in names])
    known, value = _measured(fit, outcome, value)
    words = labels.quantity(known, value)
    labels.label_axis(ax, "y", f"SD of {words}" if show == "sd" else words, known.better if show == "mean" else None)
    return ax


def _measured(fit: Mmrm | pd.DataFrame, outcome: str | None, value: str | None) -> tuple[Measure, str]:
    """What is on the axis: as said, else as the fit knows it, else a change of something."""
    if not isinstance(fit, Mmrm):
        return measure(outcome or "outcome"), value or "change"
    if fit.response in VALUES:
        return measure(outcome or fit.outcome or "outcome"), value or fit.response
    return measure(outcome or fit.response), value or "value"


def _draw_group(
    ax: Axes, rows: pd.DataFrame, name: str, style: MarkStyle, places: Mapping[str, float], step: float
) -> None:
    rows = rows.assign(place=rows["visit"].astype(str).map(places)).sort_values("place")
    beside = canvas.shifted(ax, ax.transData, across=step * DODGE_PT * canvas.scale())
    (line,) = ax.plot(rows["place"], rows["fitted"], color=style.colour, ls=style.dash, transform=beside)
    canvas.named(line, "fitted", name)
    (marks,) = ax.plot(rows["place"], rows["observed"], ls="none", transform=beside, **style.mark)
    canvas.named(marks, "observed", name)
