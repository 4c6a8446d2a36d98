"""The one place that opens a figure, and the names of what is drawn in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import wraps
from typing import ParamSpec, TypeVar

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.transforms import ScaledTranslation, Transform

from spasticity.errors import MethodError
from spasticity.plot.palette import SOFT_INK
from spasticity.plot.presets import BASE_PT, MM_PER_INCH, POINTS_PER_INCH, SALT, style
from spasticity.wording import plural

MOST_MARKS = 100_000  # beyond it a file is slow to open and the marks cover each other
Parameters = ParamSpec("Parameters")
Drawn = TypeVar("Drawn", bound=Artist)


def styled(draw: Callable[Parameters, Axes]) -> Callable[Parameters, Axes]:
    """Make a figure draw in the style in force, or in that of a report when there is none."""

    @wraps(draw)
    def drawn(*args: Parameters.args, **options: Parameters.kwargs) -> Axes:
        in_force = rcParams["svg.hashsalt"] == SALT
        with nullcontext() if in_force else style("report"):
            return draw(*args, **options)

    return drawn


def axes(ax: Axes | None = None, *, width: float | None = None, height: float | None = None, more: float = 0.0) -> Axes:
    """The axes to draw on: those given, or those of a new figure.

    Parameters
    ----------
    ax : Axes, optional
        Drawn on when given; its figure keeps its size.
    width, height : float, optional
        Of a new figure, in mm; those of the style in force when not given.
    more : float
        Added to the height, in mm: for rows of words.

    Returns
    -------
    Axes
        Of a figure that pyplot knows, so that a notebook shows it; `plt.close(ax.figure)` lets it go.
    """
    if ax is None:
        across, down = rcParams["figure.figsize"]
        across = across if width is None else width / MM_PER_INCH
        down = (down if height is None else height / MM_PER_INCH) + more / MM_PER_INCH
        _, ax = plt.subplots(figsize=(across, down), layout="constrained")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def beside(ax: Axes, *, share: float = 0.5, gap: float = 0.08) -> Axes:
    """A second panel at the right, in the place of the axes; `find` looks into it too.

    Parameters
    ----------
    ax : Axes
        Gives away a part of its place.
    share : float
        Of the width, for the new panel.
    gap : float
        Between the two, as a share of the mean width of a panel.

    Returns
    -------
    Axes
    """
    spec = ax.get_subplotspec()
    if spec is None:
        place = ax.get_position()
        ax.set_position((place.x0, place.y0, place.width * (1 - share) * (1 - gap), place.height))
        side = root(ax).add_axes((place.x1 - place.width * share, place.y0, place.width * share, place.height))
    else:
        grid = spec.subgridspec(1, 2, width_ratios=(1 - share, share), wspace=gap)
        ax.set_subplotspec(grid[0])
        side = ax.figure.add_subplot(grid[1])
    side.spines[["top", "right"]].set_visible(False)
    side.set_label(_beside(ax))
    return side


def below(ax: Axes, heights: Sequence[float]) -> list[Axes]:
    """Panels under each other, in the place of the axes; `find` looks into all of them.

    Parameters
    ----------
    ax : Axes
        Becomes the first.
    heights : sequence of float
        Of the panels, relative to each other.

    Returns
    -------
    list of Axes
        From top to bottom.
    """
    spec = ax.get_subplotspec()
    if spec is None:
        raise MethodError("panels under each other need axes of a grid, such as those of plt.subplots().")
    grid = spec.subgridspec(len(heights), 1, height_ratios=list(heights))
    ax.set_subplotspec(grid[0])
    panels = [ax, *(ax.figure.add_subplot(grid[row]) for row in range(1, len(heights)))]
    for panel in panels[1:]:
        panel.spines[["top", "right"]].set_visible(False)
        panel.set_label(_beside(ax))
    return panels


def _beside(ax: Axes) -> str:
    return f"beside {id(ax)}"


def root(ax: Axes) -> Figure:
    """The whole figure that holds the axes, also through subfigures."""
    return ax.figure.canvas.figure


def lay_out(ax: Axes) -> None:
    """Give everything its place, so that it can be measured; a third quicker than drawing without rendering."""
    figure = root(ax)
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)


def named(artist: Drawn, role: str, part: object = None) -> Drawn:
    """Give an artist its name: a role such as `estimate`, and whose it is.

    Parameters
    ----------
    artist : Artist
    role : str
        What it shows.
    part : object, optional
        Arm, visit or participant.

    Returns
    -------
    Artist
        The same one.
    """
    # Spaces may not stand in an SVG id.
    suffix = "" if part is None else "." + re.sub(r"\W+", "-", str(part))
    artist.set_gid(role + suffix)
    return artist


def find(ax: Axes, role: str) -> list[Artist]:
    """The artists of a figure that show something, by its name.

    Parameters
    ----------
    ax : Axes
    role : str
        Such as `estimate`, `interval`, `n` or `null`; with a dot for one part, such as `estimate.placebo`.

    Returns
    -------
    list of Artist
        In the order they were drawn; empty when nothing has that name.
    """

    def has_name(artist: Artist) -> bool:
        gid = artist.get_gid() or ""
        return gid == role or gid.startswith(role + ".")

    panels = [ax, *(other for other in root(ax).axes if other.get_label() == _beside(ax))]
    return [artist for panel in panels for artist in panel.findobj(has_name, include_self=False)]


def refuse_crowd(marks: int, figure: str, remedy: str) -> None:
    """Refuse to draw more marks than can be seen.

    Parameters
    ----------
    marks : int
        How many there would be.
    figure : str
        Its name.
    remedy : str
        Which summary to make first.

    Raises
    ------
    MethodError
        Above 100,000.
    """
    if marks > MOST_MARKS:
        raise MethodError(
            f"{figure}: {plural(marks, 'mark')} cannot be told apart in one figure, expected at most {MOST_MARKS:,}; "
            f"{remedy}."
        )


def scale() -> float:
    """Size of lines and marks in the style in force, relative to a journal figure."""
    return float(rcParams["font.size"]) / BASE_PT


def lines(count: float) -> float:
    """The height of some lines of text, in mm."""
    return float(count * 1.3 * rcParams["font.size"] * MM_PER_INCH / POINTS_PER_INCH)


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a text in points, at a size in points; of the longest line when it has several."""
    prop = FontProperties(size=size, weight="bold" if bold else "normal")
    return max(text_to_path.get_text_width_height_descent(line, prop, False)[0] for line in text.split("\n"))


def shifted(ax: Axes, transform: Transform, across: float = 0.0, down: float = 0.0) -> Transform:
    """A transform moved by points: the data keep their values, only the place on paper moves."""
    step = ScaledTranslation(across / POINTS_PER_INCH, -down / POINTS_PER_INCH, root(ax).dpi_scale_trans)
    return transform + step


def width_pt(ax: Axes) -> float:
    """Width of the axes in points, as laid out last."""
    return float(ax.get_window_extent().width / root(ax).dpi * POINTS_PER_INCH)


def height_pt(ax: Axes) -> float:
    """Height of the axes in points, as laid out last."""
    return float(ax.get_window_extent().height / root(ax).dpi * POINTS_PER_INCH)


def cover(ax: Axes, side: str, *values: pd.Series, air: float = 0.05, log: bool = False) -> None:
    """Set the limits of an axis so that all values are inside, with some air.

    Parameters
    ----------
    ax : Axes
    side : str
        `x` or `y`.
    *values : Series
        Missing ones are left out.
    air : float
        Share of the range on either side.
    log : bool
        Whether the axis is logarithmic.
    """
    known = np.concatenate([each.astype("float64").to_numpy() for each in values])
    known = known[np.isfinite(known)]
    places = np.log(known) if log else known
    low, high = (places.min(), places.max()) if len(places) else (0.0, 1.0)
    margin = air * (high - low) or 1.0
    limits = np.array([low - margin, high + margin])
    setter = ax.set_xlim if side == "x" else ax.set_ylim
    setter(*(np.exp(limits) if log else limits))


def page_pt(ax: Axes) -> float:
    """Width of the whole figure in points."""
    return float(root(ax).get_figwidth() * POINTS_PER_INCH)


def note(ax: Axes, text: str) -> None:
    """A few words above the axes at the right: what the bars are.

    Parameters
    ----------
    ax : Axes
    text : str
    """
    place = shifted(ax, ax.transAxes, down=-3 * scale())
    size = rcParams["xtick.labelsize"]
    written = ax.text(1, 1, text, transform=place, ha="right", va="bottom", size=size, color=SOFT_INK)
    named(written, "note")
