"""The page that opens the report: one file, pictures included."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined

import spasticity
from spasticity.plot.presets import MM_PER_INCH
from spasticity.report.chapters import Chapter
from spasticity.report.typesetting import table_html
from spasticity.study import Study
from spasticity.wording import plural

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
        Labelled, in the order of the page.
    pictures : mapping of str to bytes
        The SVG of each figure by its name.

    Returns
    -------
    str
    """
    source = files("spasticity.report").joinpath("index.html.j2").read_text(encoding="utf-8")
    template = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(source)
    shown = [made | {"items_": [_item(item, pictures) for item in made["items"]]} for made in chapters]
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


def _item(item: dict[str, Any], pictures: Mapping[str, bytes]) -> dict[str, Any]:
    if item["kind"] == "table":
        return item | {"html": table_html(item["columns"], item["rows"])}
    pixels = CSS_PIXELS_PER_INCH * SCREEN_SCALE / MM_PER_INCH
    return item | {
        "picture": "data:image/svg+xml;base64," + base64.b64encode(pictures[item["name"]]).decode("ascii"),
        "width": round(item["width_mm"] * pixels),
        "height": round(item["height_mm"] * pixels),
        "panels": [panel | {"html": table_html(panel["columns"], panel["rows"])} for panel in item["panels"]],
    }
