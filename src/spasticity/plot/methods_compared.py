"""Two measurements of the same thing: their differences over their mean."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from spasticity.plot import canvas, labels
from spasticity.plot.palette import INK, SHADE
from spasticity.stats.two_methods import Agreement
from spasticity.wording import level, number, plural

TERMS = ("upper limit", "bias", "lower limit")
DECADE = 10  # ticks at even distances crowd at the upper end of an axis that is longer
LINES = {"bias": "-", "lower limit": "--", "upper limit": "--"}


@canvas.styled
def bland_altman(agreement: Agreement, *, ax: Axes | None = None, unit: str = "", digits: int = 2) -> Axes:
    """Difference of two measurements over their mean, with bias, limits of agreement and their intervals.

    Parameters
    ----------
    agreement : Agreement
        From `stats.agreement`; every number drawn is one of its numbers.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    unit : str
        Unit of both measurements, such as `s`.
    digits : int
        Decimals of the numbers beside the lines.

    Returns
    -------
    Axes
        Artists named `pair` (all pairs), and for each of the terms `bias`, `lower limit`, `upper limit` one named
        `estimate`, `interval` and `value`; ratios are on a logarithmic axis.

    Raises
    ------
    MethodError
        When there are too many pairs to see.
    """
    pairs, ratio = agreement.pairs, agreement.scale == "ratio"
    canvas.refuse_crowd(len(pairs), "bland_altman", "summarise pairs by participant first")
    ax = canvas.axes(ax, more=canvas.lines(1))
    size, stroke = 4 * canvas.scale(), 0.7 * canvas.scale()
    (dots,) = ax.plot(pairs["mean"], pairs["difference"], "o", mec=INK, mfc="none", ms=size, mew=stroke)
    canvas.named(dots, "pair")
    rows = {term: agreement.row(term) for term in TERMS}
    for term, row in rows.items():
        line = ax.axhline(row["estimate"], color=INK, ls=LINES[term], lw=canvas.scale(), zorder=1)
        canvas.named(line, "estimate", term)
        band = ax.axhspan(row["conf_low"], row["conf_high"], color=SHADE, lw=0, zorder=0)
        canvas.named(band, "interval", term)
        words = f"{term} {number(row['estimate'], digits)}"
        ink = ax.annotate(
            words,
            (1, row["estimate"]),
            xycoords=("axes fraction", "data"),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            annotation_clip=False,
        )
        canvas.named(ink, "value", term)
    ends = [[row["conf_low"], row["conf_high"]] for row in rows.values()]
    canvas.cover(ax, "y", pairs["difference"], *map(pd.Series, ends), log=ratio)
    if ratio:
        _logarithmic(ax)
    first, second = agreement.names
    shown = f" ({unit})" if unit else ""
    labels.label_axis(ax, "x", f"{'Geometric mean' if ratio else 'Mean'} of {first} and {second}{shown}")
    apart = f"{second} / {first}" if ratio else f"{second} minus {first}{shown}"
    labels.label_axis(ax, "y", apart)
    people = plural(agreement.n, "participant")
    several = f", {plural(len(pairs), 'pair')}" if len(pairs) > agreement.n else ""
    canvas.note(ax, f"n = {people}{several}; bands: {level(agreement.level)} CI of each line")
    return ax


def _logarithmic(ax: Axes) -> None:
    """Logarithmic axes with round numbers, over less than a decade and over several."""
    for axis, scale in ((ax.xaxis, ax.set_xscale), (ax.yaxis, ax.set_yscale)):
        scale("log")
        low, high = axis.get_view_interval()
        wide = high >= DECADE * low
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)) if wide else MaxNLocator(6, steps=[1, 2, 5, 10]))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axis.set_minor_locator(NullLocator())
