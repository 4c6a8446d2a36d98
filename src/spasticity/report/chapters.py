"""Sections as plain words and rows: what the page and the documents are written from, and what survives a kill."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

import pandas as pd

from spasticity.plot.presets import MM_PER_INCH
from spasticity.report.artefacts import Figure, Section, Table, rows_of
from spasticity.wording import plural

SHOWN_ROWS = 40
#: A section as JSON: `title`, `answer`, `items`, `left_out`. An item has `kind` (figure or table), `name`, `title`,
#: `words` (caption or note), `method` and `files`; a figure besides `alt`, `width_mm`, `height_mm` and `panels`; a
#: table `columns` and `rows`.
Chapter = dict[str, Any]


def chapter(section: Section, formats: Sequence[str]) -> Chapter:
    """A section in plain words and rows.

    Parameters
    ----------
    section : Section
    formats : sequence of str
        Of the figure files that are written.

    Returns
    -------
    dict
        See `Chapter`; nothing but texts, numbers, lists and dicts.
    """
    items = [_figure(item, formats) if isinstance(item, Figure) else _table(item) for item in section.items]
    return {
        "title": section.title,
        "answer": list(section.answer),
        "items": items,
        "left_out": list(section.left_out),
    }


def labelled(chapters: Sequence[Chapter]) -> list[Chapter]:
    """Chapters whose figures and tables have their numbers: each item has a `label`, such as `Figure 2`.

    Parameters
    ----------
    chapters : sequence of Chapter
        In the order of the page.

    Returns
    -------
    list of Chapter
    """
    numbers = {"figure": count(1), "table": count(1)}
    return [
        made
        | {
            "items": [
                item | {"label": f"{item['kind'].capitalize()} {next(numbers[item['kind']])}"} for item in made["items"]
            ]
        }
        for made in chapters
    ]


def items(chapters: Sequence[Chapter], kind: str) -> list[dict[str, Any]]:
    """The figures or the tables of a report.

    Parameters
    ----------
    chapters : sequence of Chapter
    kind : str
        `figure` or `table`.

    Returns
    -------
    list of dict
    """
    return [item for made in chapters for item in made["items"] if item["kind"] == kind]


def _figure(item: Figure, formats: Sequence[str]) -> dict[str, Any]:
    width, height = (float(inches) * MM_PER_INCH for inches in item.canvas.get_size_inches())
    data_files = [name for name in item.files(formats=()) if name.endswith(".csv")]
    return {
        "kind": "figure",
        "name": item.name,
        "title": item.title,
        "words": item.caption,
        "method": item.method,
        "alt": item.alt,
        "width_mm": round(width, 2),
        "height_mm": round(height, 2),
        "files": [f"{item.name}.{ending}" for ending in formats] + data_files,
        "panels": [_panel(name, frame) for name, frame in item.data.items()],
    }


def _table(item: Table) -> dict[str, Any]:
    words = {"kind": "table", "name": item.name, "title": item.title, "words": item.note, "method": item.method}
    return words | {"files": sorted(item.files())} | rows_of(item.frame)


def _panel(name: str, frame: pd.DataFrame) -> dict[str, Any]:
    hidden = len(frame) - SHOWN_ROWS
    more = f"{plural(hidden, 'further row')} in the CSV file." if hidden > 0 else ""
    return {"name": name, "more": more} | rows_of(_readable(frame.head(SHOWN_ROWS)))


def _readable(frame: pd.DataFrame) -> pd.DataFrame:
    """Six significant digits for reading; the CSV has them all."""
    shown = {
        name: frame[name].map(lambda value: "" if pd.isna(value) else f"{value:.6g}")
        if pd.api.types.is_float_dtype(frame[name])
        else frame[name].astype(object).where(frame[name].notna(), "")
        for name in frame.columns
    }
    return pd.DataFrame(shown)
