"""Dose and outcome, within and between persons. Draws recorded data; a slope is not an effect."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from spasticity.instruments import measure
from spasticity.plot import canvas, frames, labels
from spasticity.plot.palette import INK, PERSON, RULE, SHADE, SOFT_INK
from spasticity.stats.within_between import BETWEEN, UNITS, WITHIN, DoseResponse
from spasticity.wording import plural


@canvas.styled
def dose_response(result: DoseResponse, *, ax: Axes | None = None) -> Axes:
    """The change of an outcome on dose: a panel within persons, a panel between persons.

    Points are partial residuals, lines the slopes of the model, bands their intervals. Doses were not assigned at
    random.

    Parameters
    ----------
    result : DoseResponse
        From `stats.dose_response`.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.

    Returns
    -------
    Axes
        Of the first panel. Artists named `point`, `line`, `band`, `null`, each with the part `within` or `between`.
    """
    known = measure(frames.order(result.frame["outcome"])[0])
    unit = UNITS[result.dose]
    ax = canvas.axes(ax, more=canvas.lines(1))
    side = canvas.beside(ax)
    persons = result.points.dropna(subset=["between"])
    _draw(ax, result, WITHIN, "within", result.points["dose_deviation"], result.points["within"])
    _draw(side, result, BETWEEN, "between", persons["dose_mean"], persons["between"])
    both = pd.concat([result.points["within"], persons["between"]])
    for panel in (ax, side):
        canvas.cover(panel, "y", both, result.lines["conf_low"], result.lines["conf_high"])
    side.set_yticklabels([])
    side.set_xlabel(f"A person's mean dose\n({unit})")
    ax.set_xlabel(f"Dose minus the person's mean\n({unit})")
    for panel, words, rows in ((ax, "within persons", result.points), (side, "between persons", persons)):
        count = plural(len(rows), "visit") if panel is ax else plural(len(rows), "person", "persons")
        canvas.note(panel, f"{words}, {count}")
    labels.label_axis(ax, "y", f"{known.label}, change, adjusted", known.better)
    return ax


def _draw(ax: Axes, result: DoseResponse, term: str, part: str, x: pd.Series, y: pd.Series) -> None:
    canvas.named(ax.axhline(0, color=RULE, lw=0.5 * canvas.scale(), zorder=0), "null", part)
    line = result.lines[result.lines["term"].eq(term)]
    band = ax.fill_between(line["dose"], line["conf_low"], line["conf_high"], color=SHADE, lw=0, zorder=0.5)
    canvas.named(band, "band", part)
    (points,) = ax.plot(
        x, y, "o", ms=2.6 * canvas.scale(), color=PERSON, mec=SOFT_INK, mew=0.4 * canvas.scale(), zorder=1
    )
    canvas.named(points, "point", part)
    (drawn,) = ax.plot(line["dose"], line["estimate"], color=INK, lw=1.4 * canvas.scale(), zorder=2)
    canvas.named(drawn, "line", part)
