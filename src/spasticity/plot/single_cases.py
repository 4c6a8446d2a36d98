"""One person in two phases, day by day."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes

from spasticity.errors import MethodError, listed
from spasticity.instruments import measure
from spasticity.plot import canvas, frames, labels
from spasticity.plot.palette import EARLY, INK, PERSON, SHADE, SOFT_INK
from spasticity.stats.single_case import SingleCase
from spasticity.wording import interval, level, number, p_value, plural

MEAN, DIFFERENCE = "mean", "difference"
BAND = "#CDBFDA"  # EARLY, half white: EPS has no transparency


@canvas.styled
def single_case(
    case: SingleCase,
    table: pd.DataFrame,
    value: str,
    *,
    phase: str = "phase",
    day: str = "day",
    ax: Axes | None = None,
) -> Axes:
    """Each day of one participant, the phases shaded, and over each period the mean of its phase with the interval.

    Parameters
    ----------
    case : SingleCase
        From `stats.n_of_1`.
    table : DataFrame
        The rows it was made from: one a day.
    value, phase, day : str
        Its columns.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.

    Returns
    -------
    Axes
        Artists named `point` (a dot a day, with the phase), `day-line` (joins days that follow each other within a
        period), `mean` and `interval` (of the phase, over each of its periods), `phase` (the ground), `phase-name` and
        `difference` (its interval where there is one, and the p of the randomisation test, in words).

    Raises
    ------
    MethodError
        When columns are absent, a day comes twice, or the result is about other phases.
    """
    rows = frames.table_of(table, [day, phase, value], "single_case")
    rows = rows.dropna(subset=[day, phase]).astype({day: "float64", value: "float64"}).sort_values(day)
    frames.one_row_each(rows, [day], "single_case")
    means = frames.chosen(frames.table_of(case, ["term", phase], "single_case"), "single_case", term=MEAN)
    by_phase = {str(row[phase]): row for _, row in means.iterrows()}
    names = frames.order(rows[phase])
    if set(names) != set(by_phase):
        raise MethodError(
            f"single_case: the table has the phases {listed(names, 'and')}, the result {listed(by_phase, 'and')}; "
            "expected the table the result was made from."
        )
    reference = _reference(case, phase, names)
    ax = canvas.axes(ax, more=canvas.lines(2))
    periods = _periods(rows, phase, day)
    for rank, (name, begin, end) in enumerate(periods):
        _draw_period(ax, by_phase[name], name, (begin, end), rank, shaded=name != reference)
        mine = rows[rows[day].between(begin, end)]
        _draw_days(ax, mine[day], mine[value], name, rank)
    ax.set_xlim(periods[0][1], periods[-1][2])
    canvas.cover(ax, "y", rows[value], means["conf_low"], means["conf_high"], air=0.12)
    labels.day_ticks(ax)
    known = measure(value)
    words = known.axis_label if known.better or known.unit else value.replace("_", " ").capitalize()
    labels.label_axis(ax, "y", words, known.better)
    _name_phases(ax, periods)
    _write_difference(ax, case, next(name for name in names if name != reference))
    return ax


def _reference(case: SingleCase, phase: str, names: list[str]) -> str:
    """The phase that is subtracted, by the name of the difference."""
    pair = str(case.frame.loc[case.frame["term"].eq(DIFFERENCE), phase].iloc[0])
    one, other = names
    return other if pair == f"{one} - {other}" else one


def _periods(rows: pd.DataFrame, phase: str, day: str) -> list[tuple[str, float, float]]:
    """Runs of one phase: its name, and from where to where; a border lies half-way between two days."""
    names, days = rows[phase].astype(str).to_numpy(), rows[day].to_numpy(dtype="float64")
    changes = np.flatnonzero(names[1:] != names[:-1]) + 1
    borders = [days[0] - 0.5, *((days[place - 1] + days[place]) / 2 for place in changes), days[-1] + 0.5]
    firsts = [0, *changes]
    return [(str(names[at]), low, high) for at, (low, high) in zip(firsts, pairwise(borders), strict=True)]


def _draw_period(ax: Axes, mean: pd.Series, name: str, span: tuple[float, float], rank: int, *, shaded: bool) -> None:
    ground = ax.axvspan(*span, facecolor=SHADE if shaded else "white", linewidth=0, zorder=0)
    canvas.named(ground, "phase", f"{rank}.{name}")
    low, high = [float(mean["conf_low"])] * 2, [float(mean["conf_high"])] * 2
    band = ax.fill_between(span, low, high, color=BAND, linewidth=0, zorder=1)
    canvas.named(band, "interval", f"{rank}.{name}")
    (line,) = ax.plot(
        span, [float(mean["estimate"])] * 2, color=EARLY, lw=1.4 * canvas.scale(), solid_capstyle="butt", zorder=2
    )
    canvas.named(line, "mean", f"{rank}.{name}")


def _draw_days(ax: Axes, days: pd.Series, values: pd.Series, name: str, rank: int) -> None:
    whole = values.set_axis(days).reindex(np.arange(days.min(), days.max() + 1))
    (joined,) = ax.plot(whole.index, whole, color=PERSON, lw=0.6 * canvas.scale(), zorder=2.5)
    canvas.named(joined, "day-line", f"{rank}.{name}")
    (dots,) = ax.plot(days, values, "o", color=INK, ms=1.8 * canvas.scale(), mew=0, zorder=3)
    canvas.named(dots, "point", f"{rank}.{name}")


def _name_phases(ax: Axes, periods: list[tuple[str, float, float]]) -> None:
    """The name of each period at its top, once for each phase where they would not fit."""
    size = rcParams["xtick.labelsize"]
    canvas.lay_out(ax)
    low, high = ax.get_xlim()
    point = (high - low) / canvas.width_pt(ax)
    fits = all((canvas.text_width(name, size) + size) * point <= end - begin for name, begin, end in periods)
    top = canvas.shifted(ax, ax.get_xaxis_transform(), down=2 * canvas.scale())
    for rank, (name, begin, end) in enumerate(periods if fits else []):
        text = ax.text((begin + end) / 2, 1, name, transform=top, ha="center", va="top", size=size, color=SOFT_INK)
        canvas.named(text, "phase-name", f"{rank}.{name}")


def _write_difference(ax: Axes, case: SingleCase, shaded: str) -> None:
    row = case.frame[case.frame["term"].eq(DIFFERENCE)].iloc[0]
    limits = "" if pd.isna(row["conf_low"]) else f" ({interval(row['conf_low'], row['conf_high'])})"
    words = (
        f"difference {number(float(row['estimate']))}{limits}; randomisation {p_value(float(row['p_value']))}, "
        f"{plural(len(case.orders), 'order')}\ngrey: {shaded}; line, band: mean of the phase, {level(case.level)} CI"
    )
    place = canvas.shifted(ax, ax.transAxes, down=-3 * canvas.scale())
    size = rcParams["xtick.labelsize"]
    text = ax.text(1, 1, words, transform=place, ha="right", va="bottom", size=size, color=SOFT_INK)
    canvas.named(text, "difference")
