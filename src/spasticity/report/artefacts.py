"""What a report is made of: figures with their numbers and words, tables, and the sections that hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from spasticity.errors import MethodError, one_of
from spasticity.files import csv_bytes
from spasticity.report.images import FORMATS, IMAGE_FORMATS, image
from spasticity.report.typesetting import html, latex
from spasticity.report.word import word_table

TABLE_FORMATS = ("csv", "docx", "html", "tex")


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Figure:
    """A figure, the numbers behind it, and its words.

    Parameters
    ----------
    name : str
        File name without ending.
    title : str
        Heading on the page; not drawn in the figure.
    caption : str
        What is shown, n, the method and its interval.
    alt : str
        What a reader who cannot see it must know.
    canvas : matplotlib Figure
        The drawing.
    data : mapping of str to DataFrame
        The numbers behind it, one frame a panel.
    method : str
        Of the statistics in it, for the Methods section; empty when it shows data only.
    """

    name: str
    title: str
    caption: str
    alt: str
    canvas: Canvas
    data: Mapping[str, pd.DataFrame]
    method: str = ""

    def files(self, *, formats: tuple[str, ...] = FORMATS, dpi: int = 300) -> dict[str, bytes]:
        """The figure as files: images, numbers, caption and alt text.

        Parameters
        ----------
        formats : tuple of str
            Among `svg`, `pdf`, `png`, `eps` and `tiff`.
        dpi : int
            Resolution of PNG and TIFF.

        Returns
        -------
        dict of str to bytes
            File name and content.
        """
        contents = {f"{self.name}.{ending}": self.image(ending, dpi=dpi) for ending in formats}
        for panel, frame in self.data.items():
            stem = self.name if len(self.data) == 1 else f"{self.name}-{panel}"
            contents[f"{stem}.csv"] = csv_bytes(frame)
        contents[f"{self.name}.txt"] = f"{self.title}\n\n{self.caption}\n\nAlt text: {self.alt}\n".encode()
        return contents

    def image(self, ending: str, *, dpi: int = 300) -> bytes:
        """The drawing in one format, the same bytes every time, at its exact size.

        Parameters
        ----------
        ending : str
            `svg`, `pdf`, `png`, `eps` or `tiff`.
        dpi : int
            Resolution of PNG and TIFF.

        Returns
        -------
        bytes

        Raises
        ------
        MethodError
            When the format is none of these.
        """
        one_of("format", ending, IMAGE_FORMATS)
        return image(self.canvas, ending, dpi=dpi, title=self.title, alt=self.alt, salt=self.name)


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Table:
    """A table ready to print, and the numbers behind it.

    Parameters
    ----------
    name : str
        File name without ending.
    title : str
        Heading.
    note : str
        What stands under it: method, abbreviations.
    frame : DataFrame
        Text as printed.
    data : DataFrame, optional
        The numbers at full precision; the printed text when left out.
    method : str
        Of the statistics in it, for the Methods section.
    """

    name: str
    title: str
    note: str
    frame: pd.DataFrame
    data: pd.DataFrame | None = None
    method: str = ""

    def files(self, *, formats: tuple[str, ...] = ("csv",)) -> dict[str, bytes]:
        """The table as files.

        Parameters
        ----------
        formats : tuple of str
            `csv` has the numbers at full precision; `docx`, `html` and `tex` are as printed.

        Returns
        -------
        dict of str to bytes
            File name and content.

        Raises
        ------
        MethodError
            When a format is none of these, or its library is not installed.
        """
        for ending in formats:
            one_of("format", ending, TABLE_FORMATS)
        return {f"{self.name}.{ending}": self._file(ending) for ending in formats}

    def _file(self, ending: str) -> bytes:
        if ending == "csv":
            return csv_bytes(self.frame if self.data is None else self.data)
        cells = rows_of(self.frame)
        printed = self.title, self.note, cells["columns"], cells["rows"]
        if ending == "docx":
            return word_table(*printed)
        return (latex(*printed) if ending == "tex" else html(*printed)).encode("utf-8")


def rows_of(frame: pd.DataFrame) -> dict[str, Any]:
    """A frame of text as lists.

    Parameters
    ----------
    frame : DataFrame
        As printed.

    Returns
    -------
    dict
        `columns` and `rows`, all text; a missing cell is empty.
    """
    rows = [["" if pd.isna(cell) else str(cell) for cell in row] for row in frame.itertuples(index=False)]
    return {"columns": [str(name) for name in frame.columns], "rows": rows}


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Section:
    """A part of the report: a question, its answer in words, and what shows it.

    Parameters
    ----------
    title : str
        The question.
    answer : tuple of str
        Sentences made from results.
    items : tuple of Figure or Table
        In the order of the page.
    left_out : tuple of str
        What could not be made, and why.
    """

    title: str
    answer: tuple[str, ...] = ()
    items: tuple[Figure | Table, ...] = ()
    left_out: tuple[str, ...] = field(default=())


def figure(
    drawn: Axes | Canvas,
    *,
    name: str,
    title: str,
    data: pd.DataFrame | Mapping[str, pd.DataFrame],
    caption: str,
    alt: str,
    method: str = "",
) -> Figure:
    """A figure with its numbers and words, ready to be saved or put in a report.

    Parameters
    ----------
    drawn : Axes or Figure
        What a `plot` function returned.
    name : str
        File name without ending.
    title : str
        Heading.
    data : DataFrame or mapping of str to DataFrame
        The numbers behind it; one frame a panel.
    caption, alt : str
        Its words; see `report.caption`.
    method : str
        Of the statistics in it, for the Methods section.

    Returns
    -------
    Figure

    Raises
    ------
    MethodError
        When `drawn` is neither Axes nor Figure.
    """
    canvas = canvas_of(drawn)
    # Laid out once, so that every format has the same layout and none pays for it again.
    canvas.draw_without_rendering()
    canvas.set_layout_engine("none")
    panels = {"data": data} if isinstance(data, pd.DataFrame) else dict(data)
    return Figure(name=name, title=title, caption=caption, alt=alt, canvas=canvas, data=panels, method=method)


def canvas_of(drawn: Axes | Canvas) -> Canvas:
    """The matplotlib figure of an Axes.

    Parameters
    ----------
    drawn : Axes or Figure

    Returns
    -------
    Figure

    Raises
    ------
    MethodError
        When it is neither.
    """
    canvas = drawn if isinstance(drawn, Canvas) else getattr(drawn, "figure", None)
    if not isinstance(canvas, Canvas):
        raise MethodError(f"a figure must be a matplotlib Axes or Figure, not {type(drawn).__name__}.")
    return canvas
