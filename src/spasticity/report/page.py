"""The page that opens the report: one file, pictures included."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

import spasticity
from spasticity.plot.presets import MM_PER_INCH
from spasticity.report.chapters import Chapter, labels
from spasticity.study import Study
from spasticity.wording import plural

LONGEST = 25  # characters of a cell that stays on one line
CSS_PIXELS_PER_INCH = 96
#: Figures are drawn at print size; a screen shows them larger.
SCREEN_SCALE = 1.35


def index_html(study: Study, chapters: Sequence[Chapter], pictures: Mapping[str, bytes]) -> str:
    """The index page as text; it needs nothing from the network and no other file.

    Parameters
    ----------
    study : Study
        For the heading.
    chapters : sequence of Chapter
        In the order of the page.
    pictures : mapping of str to bytes
        The SVG of each figure by its name.

    Returns
    -------
    str
    """
    source = files("spasticity.report").joinpath("index.html.j2").read_text(encoding="utf-8")
    template = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(source)
    labelled = labels(chapters)
    shown = [made | {"items_": [_item(item, labelled, pictures) for item in made["items"]]} for made in chapters]
    return template.render(
        title=study.protocol.name,
        facts=facts(study),
        synthetic=study.protocol.synthetic,
        sections=shown,
        version=spasticity.__version__,
    )


def facts(study: Study) -> str:
    """The size of a study in one line.

    Parameters
    ----------
    study : Study

    Returns
    -------
    str
    """
    return ", ".join(
        [
            plural(len(study.participants), "participant"),
            plural(len(study.protocol.arms), "arm") if study.protocol.arms else "no arms",
            plural(len(study.protocol.visits), "visit"),
            f"{len(study.rejects):,} rows rejected, {len(study.repairs):,} cells repaired on loading",
        ]
    )


def _item(item: dict[str, Any], labelled: Mapping[str, str], pictures: Mapping[str, bytes]) -> dict[str, Any]:
    common = item | {"label": labelled[item["name"]]}
    if item["kind"] == "table":
        return common | {"html": table_html(item["columns"], item["rows"])}
    pixels = CSS_PIXELS_PER_INCH * SCREEN_SCALE / MM_PER_INCH
    return common | {
        "picture": "data:image/svg+xml;base64," + base64.b64encode(pictures[item["name"]]).decode("ascii"),
        "width": round(item["width_mm"] * pixels),
        "height": round(item["height_mm"] * pixels),
        "panels": [panel | {"html": table_html(panel["columns"], panel["rows"])} for panel in item["panels"]],
    }


def table_html(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    """Rows of text as an HTML table; a first cell that begins with two spaces is a level of the row above.

    Parameters
    ----------
    columns : sequence of str
    rows : sequence of sequences of str
        As printed.

    Returns
    -------
    Markup
    """
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    lines = [f"<table><thead><tr>{head}</tr></thead><tbody>"]
    for cells in rows:
        mark = ' class="level"' if cells and cells[0].startswith("  ") else ""
        lines.append(f"<tr{mark}>" + "".join(_cell(cell.strip()) for cell in cells) + "</tr>")
    # Escaped cell by cell above, so the result is safe to hand to the template.
    return Markup("".join([*lines, "</tbody></table>"]))


def _cell(text: str) -> str:
    """Numbers stay on one line; sentences may break."""
    words = ' class="words"' if len(text) > LONGEST else ""
    return f"<td{words}>{escape(text)}</td>"
