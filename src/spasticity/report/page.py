"""The page that opens the report."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import Any

import pandas as pd
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

import spasticity
from spasticity.report.artefacts import FORMATS, Figure, Section, Table
from spasticity.study import Study
from spasticity.wording import plural

SHOWN_ROWS = 40
LONGEST = 25  # characters of a cell that stays on one line
CSS_PIXELS_PER_INCH = 96
#: Figures are drawn at print size; a screen shows them larger.
SCREEN_SCALE = 1.35


def index_html(study: Study, sections: Sequence[Section], formats: Sequence[str] = FORMATS) -> str:
    """The index page as text; it needs nothing from the network.

    Parameters
    ----------
    study : Study
        For the heading.
    sections : sequence of Section
        In the order of the page.
    formats : sequence of str
        Of the figure files to link.

    Returns
    -------
    str
    """
    source = files("spasticity.report").joinpath("index.html.j2").read_text(encoding="utf-8")
    template = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(source)
    numbers = {"figure": 0, "table": 0}
    shown = [
        {
            "title": section.title,
            "answer": section.answer,
            "items_": [_item(item, numbers, formats) for item in section.items],
            "left_out": section.left_out,
        }
        for section in sections
    ]
    facts = ", ".join(
        [
            plural(len(study.participants), "participant"),
            plural(len(study.protocol.arms), "arm") if study.protocol.arms else "no arms",
            plural(len(study.protocol.visits), "visit"),
            f"{len(study.rejects):,} rows rejected, {len(study.repairs):,} cells repaired on loading",
        ]
    )
    return template.render(
        title=study.protocol.name,
        facts=facts,
        synthetic=study.protocol.synthetic,
        sections=shown,
        version=spasticity.__version__,
    )


def _item(item: Figure | Table, numbers: dict[str, int], formats: Sequence[str]) -> dict[str, Any]:
    kind = "figure" if isinstance(item, Figure) else "table"
    numbers[kind] += 1
    common = {"kind": kind, "name": item.name, "title": item.title, "label": f"{kind.capitalize()} {numbers[kind]}"}
    if isinstance(item, Table):
        return common | {"note": item.note, "files": sorted(item.files()), "html": table_html(item.frame)}
    width, height = item.canvas.get_size_inches() * CSS_PIXELS_PER_INCH * SCREEN_SCALE
    data_files = [name for name in item.files(formats=()) if name.endswith(".csv")]
    return common | {
        "alt": item.alt,
        "caption": item.caption,
        "width": round(width),
        "height": round(height),
        "files": [f"{item.name}.{ending}" for ending in formats] + data_files,
        "panels": [_panel(name, frame) for name, frame in item.data.items()],
    }


def _panel(name: str, frame: pd.DataFrame) -> dict[str, Any]:
    hidden = len(frame) - SHOWN_ROWS
    more = f"{plural(hidden, 'further row')} in the CSV file." if hidden > 0 else ""
    return {"name": name, "html": table_html(_readable(frame.head(SHOWN_ROWS))), "more": more}


def _readable(frame: pd.DataFrame) -> pd.DataFrame:
    """Six significant digits for reading; the CSV has them all."""
    shown = {
        name: frame[name].map(lambda value: "" if pd.isna(value) else f"{value:.6g}")
        if pd.api.types.is_float_dtype(frame[name])
        else frame[name].astype(object).where(frame[name].notna(), "")
        for name in frame.columns
    }
    return pd.DataFrame(shown)


def table_html(frame: pd.DataFrame) -> Markup:
    """A frame of text as an HTML table; a first cell that begins with two spaces is a level of the row above.

    Parameters
    ----------
    frame : DataFrame
        As printed.

    Returns
    -------
    Markup
    """
    head = "".join(f"<th>{escape(str(name))}</th>" for name in frame.columns)
    lines = [f"<table><thead><tr>{head}</tr></thead><tbody>"]
    for row in frame.itertuples(index=False):
        cells = ["" if value is None or value is pd.NA else str(value) for value in row]
        mark = ' class="level"' if cells and cells[0].startswith("  ") else ""
        lines.append(f"<tr{mark}>" + "".join(_cell(cell.strip()) for cell in cells) + "</tr>")
    # Escaped cell by cell above, so the result is safe to hand to the template.
    return Markup("".join([*lines, "</tbody></table>"]))


def _cell(text: str) -> str:
    """Numbers stay on one line; sentences may break."""
    words = ' class="words"' if len(text) > LONGEST else ""
    return f"<td{words}>{escape(text)}</td>"
