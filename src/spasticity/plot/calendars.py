"""A diary as a calendar: each day of each participant, with the days nobody wrote down hatched."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle
from matplotlib.ticker import MultipleLocator

from spasticity.errors import MethodError
from spasticity.instruments import measure
from spasticity.plot import canvas, frames, labels
from spasticity.plot.palette import RAMP, RULE
from spasticity.wording import plural

MOST_ROWS = 60  # lines that can be told apart on a page
ROW_LINES = 0.8
DAY_STEPS = (7, 14, 28, 84, 168)
MOST_TICKS = 12


@canvas.styled
def diary_calendar(
    diary: pd.DataFrame, value: str = "spasms", *, participants: Iterable[str] | None = None, ax: Axes | None = None
) -> Axes:
    """A row a participant, a cell a day; a day without a diary is hatched, which is not 0.

    Parameters
    ----------
    diary : DataFrame
        `participant`, `day` and the value, as `study.diary`.
    value : str
        What is shaded.
    participants : iterable of str, optional
        Who, from top to bottom; everybody when left out.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.

    Returns
    -------
    Axes
        Artists named `values` (an image, not-a-number where nothing was written), `missing` (the hatching behind it)
        and `note`.

    Raises
    ------
    MethodError
        When columns are absent, nobody is left, a day stands twice, or there are more than 60 participants.
    """
    frame = frames.table_of(diary, ["participant", "day", value], "diary_calendar")
    people = list(dict.fromkeys(frame["participant"].astype(str) if participants is None else participants))
    frame = frames.table_of(frame[frame["participant"].isin(people)], ["day"], "diary_calendar")
    if len(people) > MOST_ROWS:
        raise MethodError(
            f"diary_calendar: {plural(len(people), 'participant')}; expected {MOST_ROWS} at most, choose some."
        )
    frames.one_row_each(frame, ["participant", "day"], "diary_calendar")
    days = np.arange(int(frame["day"].min()), int(frame["day"].max()) + 1)
    cells = frame.pivot_table(index="participant", columns="day", values=value).reindex(index=people, columns=days)
    ax = canvas.axes(ax, height=canvas.lines(10 + ROW_LINES * len(people)))
    place = (days[0] - 0.5, -0.5)
    ground = Rectangle(
        place, len(days), len(people), facecolor="white", edgecolor=RULE, hatch="////", linewidth=0, zorder=0
    )
    ax.add_patch(canvas.named(ground, "missing"))
    ramp = LinearSegmentedColormap.from_list("counts", RAMP)
    box = (days[0] - 0.5, days[-1] + 0.5, len(people) - 0.5, -0.5)
    image = ax.imshow(
        cells.to_numpy(dtype="float64"), cmap=ramp, aspect="auto", interpolation="none", extent=box, zorder=1
    )
    canvas.named(image, "values")
    image.set_clim(vmin=0)
    _label(ax, people, days)
    bar = canvas.root(ax).colorbar(image, ax=ax, pad=0.02, shrink=0.8)
    bar.outline.set_visible(False)
    bar.set_label(measure(value).axis_label if measure(value).unit else value.replace("_", " ").capitalize())
    canvas.note(ax, "hatched: no diary")
    return ax


def _label(ax: Axes, people: list[str], days: np.ndarray) -> None:
    ax.set_yticks(range(len(people)), people, size=min(rcParams["ytick.labelsize"], 0.7 * rcParams["font.size"]))
    ax.tick_params(axis="y", length=0)
    ax.spines[:].set_visible(False)
    step = next((step for step in DAY_STEPS if len(days) / step <= MOST_TICKS), DAY_STEPS[-1])
    ax.xaxis.set_major_locator(MultipleLocator(step))
    labels.label_axis(ax, "x", "Study day (first dose: day 0)")
