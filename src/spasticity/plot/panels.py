"""One figure several times, side by side: a panel for each stratum, on the same axis."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import matplotlib.pyplot as plt
from matplotlib import rcParams
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from spasticity.errors import MethodError
from spasticity.plot import canvas
from spasticity.plot.presets import MM_PER_INCH

MOST_PANELS = 4


@canvas.styled
def facets(
    draw: Callable[..., Axes],
    results: Mapping[str, Any],
    *,
    width: float | None = None,
    height: float | None = None,
    **options: Any,
) -> Axes:
    """The same figure of each stratum, such as ambulatory and wheelchair, with the same limits.

    Parameters
    ----------
    draw : callable
        A figure of this package that takes `ax=`.
    results : mapping of str to object
        What each panel draws, by its title; a tuple is passed as several arguments.
    width, height : float, optional
        Of the whole figure, in mm; by the style in force when not said.
    **options : object
        For every panel.

    Returns
    -------
    Axes
        The first panel; the others are `ax.figure.axes`, in order. Titles are named `panel`.

    Raises
    ------
    MethodError
        With no panel, more than can be read, or panels that keep a row beyond their axis at different places.
    """
    if not 1 <= len(results) <= MOST_PANELS:
        raise MethodError(f"facets: {len(results)} panels, expected 1 to {MOST_PANELS}; draw fewer strata at a time.")
    across, down = rcParams["figure.figsize"]
    size = (width / MM_PER_INCH if width else 0.8 * len(results) * across, height / MM_PER_INCH if height else down)
    _, found = plt.subplots(1, len(results), figsize=size, layout="constrained", squeeze=False)
    panels = list(found[0])
    for ax, (title, result) in zip(panels, results.items(), strict=True):
        draw(*(result if isinstance(result, tuple) else (result,)), ax=ax, **options)
        # The note of a figure stands above its axes, so a title goes above the note.
        canvas.named(ax.set_title(title, loc="left", pad=2.2 * rcParams["xtick.labelsize"]), "panel", title)
    edges = {round(float(line.get_ydata()[0]), 9) for ax in panels for line in ax.findobj(_edge)}
    if len(edges) > 1:
        raise MethodError(
            "facets: the panels have a row beyond the axis, each at another place; pass limits= so that they agree."
        )
    _same_limits(panels)
    return panels[0]


def _edge(artist: Artist) -> bool:
    return isinstance(artist, Line2D) and artist.get_gid() == "edge"


def _same_limits(panels: list[Axes]) -> None:
    for get, put in (("get_xlim", "set_xlim"), ("get_ylim", "set_ylim")):
        ends = [getattr(ax, get)() for ax in panels]
        turned = ends[0][0] > ends[0][1]
        low, high = min(min(pair) for pair in ends), max(max(pair) for pair in ends)
        for ax in panels:
            getattr(ax, put)(*((high, low) if turned else (low, high)))
