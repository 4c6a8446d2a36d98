"""The report as one PDF: tagged, with alt texts, fonts embedded, the same bytes every time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

from spasticity.errors import MethodError

WIDE = 6  # more columns than that are set smaller
TEXT_MM = 174  # A4 with the margins below
FOOTER = "Made by spasticity. It describes research data and gives no treatment advice."
SETTINGS = """
#set document(title: title, date: none)
#set page(paper: "a4", margin: (x: 18mm, y: 20mm), numbering: "1", footer: context [
  #set text(7.5pt, luma(90)); #footer-words #h(1fr) #counter(page).display()])
#set text(font: "DejaVu Sans", size: 9pt, lang: "en")
#set par(leading: 0.62em, spacing: 0.9em)
#show heading.where(level: 1): it => block(above: 2em, below: 0.9em, text(14pt, it.body))
#show heading.where(level: 2): it => block(above: 1.4em, below: 0.7em, sticky: true, text(9.5pt, it.body))
#set table(stroke: (_, y) => (bottom: if y == 0 { 0.8pt } else { 0.3pt + luma(200) }), inset: (x: 3pt, y: 3pt))
#show table: set par(justify: false)
#let note(words) = block(text(7.5pt, luma(80), words))
#let answer(words) = block(inset: (left: 8pt, y: 2pt), stroke: (left: 2pt + rgb("#0072b2")), words)
"""


def pdf_report(title: str, facts: str, chapters: Sequence[Mapping[str, Any]], root: Path) -> bytes:
    """The report as one PDF of A4 pages.

    Parameters
    ----------
    title, facts : str
        Heading, and the line under it.
    chapters : sequence of Chapter
        Labelled, in order.
    root : Path
        Folder that holds `figures/<name>.svg`.

    Returns
    -------
    bytes
        PDF/UA-1.

    Raises
    ------
    MethodError
        When the library typst is not installed.
    """
    typst = typesetter()
    fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
    # Fonts of the system would make the bytes those of one machine.
    compiler = typst.Compiler(root=root, font_paths=[fonts], ignore_system_fonts=True)
    source = _source(title, facts, chapters)
    return compiler.compile(input=source.encode("utf-8"), format="pdf", pdf_standards=["ua-1"])


def typesetter() -> Any:
    """The library that sets the pages.

    Returns
    -------
    module

    Raises
    ------
    MethodError
        When it is not installed.
    """
    try:
        import typst
    except ImportError:
        raise MethodError(
            "a report as PDF needs the library typst, which is not installed: pip install 'spasticity[pdf]'"
        ) from None
    return typst


def _source(title: str, facts: str, chapters: Sequence[Mapping[str, Any]]) -> str:
    lines = [f"#let title = {_text(title)}", f"#let footer-words = {_text(FOOTER)}", SETTINGS]
    lines += [f'#block(text(18pt, weight: "bold", {_text(title)}))', f"#note({_text(facts)})"]
    lines += ["#outline(title: [Contents], depth: 1)"]
    for made in chapters:
        lines.append(f"#heading(level: 1, {_text(made['title'])})")
        lines += [f"#answer({_text(sentence)})" for sentence in made["answer"]]
        for item in made["items"]:
            lines.append(f"#heading(level: 2, outlined: false, {_text(item['label'] + '. ' + item['title'])})")
            lines.append(_picture(item) if item["kind"] == "figure" else _table(item))
            lines.append(f"#note({_text(item['words'])})")
        lines += [f"#note({_text('Not shown: ' + line)})" for line in made["left_out"]]
    return "\n".join(lines)


def _picture(item: Mapping[str, Any]) -> str:
    width = min(item["width_mm"], TEXT_MM)
    path, alt = _text(f"/figures/{item['name']}.svg"), _text(item["alt"])
    return f"#align(center, image({path}, alt: {alt}, width: {width}mm))"


def _table(item: Mapping[str, Any]) -> str:
    size = "7.5pt" if len(item["columns"]) <= WIDE else "6pt"
    head = ", ".join(f"strong({_text(name)})" for name in item["columns"])
    cells = "".join("  " + ", ".join(_cell(cell) for cell in row) + ",\n" for row in item["rows"])
    columns = f"({'auto, ' * len(item['columns'])})"
    return f"#[#set text({size})\n#table(columns: {columns}, table.header({head}),\n{cells})]"


def _cell(text: str) -> str:
    """A first cell that begins with two spaces is a level of the row above."""
    indent = "h(1em) + " if text.startswith("  ") else ""
    return indent + _text(text.strip())


def _text(words: str) -> str:
    """Words as a string of the typesetting language: JSON's escapes are a subset of its own."""
    return json.dumps(words, ensure_ascii=False)
