"""One style at several printed sizes, as data: what a report, a journal column or a slide asks for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib.style

from spasticity.errors import one_of

MM_PER_INCH = 25.4
POINTS_PER_INCH = 72
BASE_PT = 7.0  # the upper end of what Nature journals allow inside a figure (guide to authors, read November 2026)
# Text in SVG is kept as text; the salt makes its ids, and so its bytes, the same every time.
SALT = "spasticity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A printed size.

    Parameters
    ----------
    width_mm, wide_mm : float
        Width of a figure, and of a wide one.
    font_pt : float
        Size of labels at the printed size; ticks are 6/7 of it, lines and marks grow with it.
    note : str
        Where the numbers come from, and when they were read.
    """

    width_mm: float
    wide_mm: float
    font_pt: float = BASE_PT
    note: str = ""

    @property
    def scale(self) -> float:
        """Size of everything relative to a journal figure."""
        return self.font_pt / BASE_PT

    def size_mm(self, *, wide: bool = False) -> tuple[float, float]:
        """Width and usual height of a figure."""
        width = self.wide_mm if wide else self.width_mm
        return width, min(max(0.56 * width, 58.0), 92.0 * self.scale)


CHECK = "journals change their rules: check yours"
PRESETS = {
    "report": Preset(width_mm=120, wide_mm=174, note="an A4 page with margins"),
    "single": Preset(width_mm=85, wide_mm=85, note=f"one column, Springer Nature 84-86 mm, 2026-11; {CHECK}"),
    "one-and-half": Preset(width_mm=120, wide_mm=120, note=f"Nature family 120-136 mm, 2026-11; {CHECK}"),
    "double": Preset(width_mm=174, wide_mm=174, note=f"two columns, Springer Nature 174-176 mm, 2026-11; {CHECK}"),
    "nature": Preset(width_mm=89, wide_mm=183, note=f"Nature family guide to authors, 2026-11; {CHECK}"),
    "lancet": Preset(width_mm=75, wide_mm=154, note=f"Lancet artwork guide, 2026-11 (redrawn in house); {CHECK}"),
    "slides": Preset(width_mm=254, wide_mm=320, font_pt=16, note="a 16:9 slide, 339 mm wide"),
}


def rc(name: str = "report", *, wide: bool = False) -> dict[str, Any]:
    """The settings of matplotlib that make a preset.

    Parameters
    ----------
    name : str
        One of `plot.PRESETS`.
    wide : bool
        Whether the figure takes the wide width.

    Returns
    -------
    dict
        For `matplotlib.rcParams.update`; sizes in points, the figure in inches.

    Raises
    ------
    MethodError
        When there is no such preset.
    """
    one_of("style", name, PRESETS)
    preset = PRESETS[name]
    width, height = preset.size_mm(wide=wide)
    return _page(width / MM_PER_INCH, height / MM_PER_INCH) | _text(preset.font_pt) | _marks(preset.scale)


def style(name: str = "report", *, wide: bool = False) -> AbstractContextManager[None]:
    """Draw in one style: `with plot.style("nature"): ...`.

    Everything is set, from matplotlib's defaults on, so that a figure is the same whatever was set before.

    Parameters
    ----------
    name : str
        One of `plot.PRESETS`: `report`, `single`, `one-and-half`, `double`, `nature`, `lancet`, `slides`.
    wide : bool
        Whether figures take the wide width.

    Returns
    -------
    context manager

    Raises
    ------
    MethodError
        When there is no such preset.
    """
    return _in_force(rc(name, wide=wide))


@contextmanager
def _in_force(settings: dict[str, Any]) -> Iterator[None]:
    # The first figure of a notebook wakes its backend, which switches interaction on; leaving the style must not
    # switch it off again, or the figure is never shown.
    with matplotlib.style.context(["default", settings]):
        try:
            yield
        finally:
            interactive = matplotlib.is_interactive()
    matplotlib.interactive(interactive)


def _page(width_in: float, height_in: float) -> dict[str, Any]:
    """What does not depend on sizes of text: page, files, fonts."""
    return {
        "figure.figsize": (width_in, height_in),
        "figure.dpi": 150,  # on the screen of a notebook
        "savefig.dpi": 600,  # archives ask for 600 dpi where lines and text mix (PMC)
        "savefig.bbox": None,  # "tight" would change the width
        "savefig.transparent": False,
        "figure.constrained_layout.h_pad": 2 / POINTS_PER_INCH,
        "figure.constrained_layout.w_pad": 2 / POINTS_PER_INCH,
        "font.family": "sans-serif",
        "font.sans-serif": ["DejaVu Sans"],  # ships with matplotlib, so that line breaks are the same everywhere
        "pdf.fonttype": 42,  # Type 3 fonts are refused by publishers
        "ps.fonttype": 42,
        "svg.fonttype": "none",
        "svg.hashsalt": SALT,
        "text.usetex": False,
    }


def _text(size: float) -> dict[str, Any]:
    tick = size * 6 / 7
    return {
        "font.size": size,
        "axes.labelsize": size,
        "axes.titlesize": size,
        "legend.fontsize": tick,
        "xtick.labelsize": tick,
        "ytick.labelsize": tick,
    }


def _marks(scale: float) -> dict[str, Any]:
    thin, line = 0.5 * scale, 1.0 * scale  # no line under 0.5 pt survives print
    return {
        "axes.linewidth": thin,
        "axes.labelpad": 3 * scale,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": "#333333",
        "hatch.color": "#9A9A9A",
        "hatch.linewidth": thin,
        "legend.frameon": False,
        "legend.framealpha": 1,
        "legend.borderpad": 0.1,
        "legend.columnspacing": 1.4,
        "legend.handlelength": 2.4,
        "lines.linewidth": line,
        "lines.markeredgewidth": 0.75 * scale,
        "lines.markersize": 3.6 * scale,
        "patch.linewidth": thin,
        "xtick.major.size": 2.5 * scale,
        "ytick.major.size": 2.5 * scale,
        "xtick.major.pad": 2 * scale,
        "ytick.major.pad": 2 * scale,
        "xtick.major.width": thin,
        "ytick.major.width": thin,
        "xtick.minor.size": 1.5 * scale,
        "xtick.minor.width": thin,
    }
