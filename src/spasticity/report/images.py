"""A drawing as a file: exact width, live text, the same bytes every time."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import Collection
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from PIL import Image

#: What a report writes unless asked otherwise, and everything that can be asked for.
FORMATS = ("svg", "pdf", "png")
IMAGE_FORMATS = (*FORMATS, "eps", "tiff")
#: Nothing that changes between two runs: no date, no program name.
_METADATA: dict[str, dict[str, str | None]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
    "eps": {"Creator": "spasticity"},
}
#: Where each format keeps the alt text.
_ALT = {"svg": "Description", "png": "Description", "pdf": "Subject"}
_CLOCK = re.compile(rb"%%CreationDate:[^\n]*\n")


def image(canvas: Canvas, ending: str, *, dpi: int, title: str, alt: str, salt: str) -> bytes:
    """A drawing in one format.

    Parameters
    ----------
    canvas : matplotlib Figure
    ending : str
        One of `IMAGE_FORMATS`.
    dpi : int
        Resolution of PNG and TIFF.
    title, alt : str
        Kept inside SVG, PNG and PDF.
    salt : str
        Makes the ids of an SVG.

    Returns
    -------
    bytes

    Notes
    -----
    TIFF has no transparency channel and LZW compression, as journals ask. EPS knows no transparency: what is
    translucent takes the colour it has on white, and hides what lies under it.
    """
    if ending == "tiff":
        return _tiff(_drawn(canvas, "png", dpi, title, alt, salt), dpi)
    with _opaque(canvas) if ending == "eps" else nullcontext():
        content = _drawn(canvas, ending, dpi, title, alt, salt)
    return _CLOCK.sub(b"", content) if ending == "eps" else content


def _drawn(canvas: Canvas, ending: str, dpi: int, title: str, alt: str, salt: str) -> bytes:
    words = {"Title": title, _ALT[ending]: alt} if ending in _ALT else {}
    settings: dict[Any, Any] = {"svg.hashsalt": salt, "svg.fonttype": "none", "pdf.fonttype": 42, "ps.fonttype": 42}
    buffer = io.BytesIO()
    # Never bbox_inches="tight": it changes the width a journal asked for.
    with plt.rc_context(settings):
        canvas.savefig(buffer, format=ending, dpi=dpi, metadata=_METADATA[ending] | words)
    return buffer.getvalue()


def _tiff(png: bytes, dpi: int) -> bytes:
    with Image.open(io.BytesIO(png)) as drawn:
        page = Image.new("RGB", drawn.size, "white")
        page.paste(drawn, mask=drawn.getchannel("A") if "A" in drawn.getbands() else None)
    buffer = io.BytesIO()
    page.save(buffer, format="TIFF", compression="tiff_lzw", dpi=(dpi, dpi))
    return buffer.getvalue()


@contextmanager
def _opaque(canvas: Canvas) -> Iterator[None]:
    """Every translucent colour as it looks on white, as long as the context lasts."""
    undo: list[Callable[[], Any]] = []
    for artist in canvas.findobj():
        seen = [(put, get()) for get, put in _colours(artist)]
        if any((to_rgba_array(colour)[:, 3] < 1).any() for _, colour in seen):
            undo.append(partial(artist.set_alpha, artist.get_alpha()))
            artist.set_alpha(None)
            for put, colour in seen:
                undo.append(partial(put, colour))
                put(_on_white(to_rgba_array(colour)))
    try:
        yield
    finally:
        for step in reversed(undo):
            step()


def _colours(artist: Any) -> list[tuple[Callable[[], Any], Callable[[Any], Any]]]:
    """Getter and setter of each colour of an artist."""
    if isinstance(artist, Line2D):
        alpha = artist.get_alpha()
        return [(lambda: to_rgba_array(artist.get_color(), alpha), lambda colour: artist.set_color(colour[0]))]
    if isinstance(artist, Patch):
        return [
            (artist.get_facecolor, lambda colour: artist.set_facecolor(np.atleast_2d(colour)[0])),
            (artist.get_edgecolor, lambda colour: artist.set_edgecolor(np.atleast_2d(colour)[0])),
        ]
    if isinstance(artist, Collection):
        return [(artist.get_facecolor, artist.set_facecolor), (artist.get_edgecolor, artist.set_edgecolor)]
    return []


def _on_white(colours: np.ndarray) -> np.ndarray:
    """Opaque colours; what cannot be seen stays unseen."""
    alpha = colours[:, 3:]
    solid = np.hstack([colours[:, :3] * alpha + (1 - alpha), np.ones_like(alpha)])
    return np.where(alpha == 0, colours, solid)
