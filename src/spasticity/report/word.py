"""The report, or one table, as a Word document: tables that can be edited, pictures with alt texts, the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from spasticity.errors import MethodError

WIDE = 6  # more columns than that are set smaller
TEXT_MM = 166  # A4 with the margins below
LONGEST = 40  # letters of the widest column
MM_PER_LETTER = 1.7  # of the usual size, spaces between columns included
BORDERS = {"top": 8, "bottom": 8}  # eighths of a point: the rules of a journal's table, none between the columns
#: Word keeps times of its own; these are nobody's.
EPOCH = datetime(2000, 1, 1)


def word_report(title: str, facts: str, chapters: Sequence[Mapping[str, Any]], root: Path) -> bytes:
    """The report as one Word document.

    Parameters
    ----------
    title, facts : str
        Heading, and the line under it.
    chapters : sequence of Chapter
        Labelled, in order.
    root : Path
        Folder that holds `figures/<name>.png`.

    Returns
    -------
    bytes

    Raises
    ------
    MethodError
        When the library python-docx is not installed.
    """
    document = _document(title)
    document.add_heading(title, level=0)
    document.add_paragraph(facts)
    for made in chapters:
        document.add_heading(made["title"], level=1)
        for sentence in made["answer"]:
            document.add_paragraph(sentence, style="List Bullet")
        for item in made["items"]:
            _item(document, item, root)
        for line in made["left_out"]:
            _note(document, f"Not shown: {line}")
    return _bytes(document)


def word_table(title: str, note: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """One table as a Word document.

    Parameters
    ----------
    title, note : str
        Above and under it.
    columns : sequence of str
    rows : sequence of sequences of str
        As printed.

    Returns
    -------
    bytes

    Raises
    ------
    MethodError
        When the library python-docx is not installed.
    """
    document = _document(title)
    _title(document, title)
    _table(document, columns, rows)
    _note(document, note)
    return _bytes(document)


def word_writer() -> Any:
    """The library that writes Word documents.

    Returns
    -------
    module

    Raises
    ------
    MethodError
        When it is not installed.
    """
    try:
        import docx
    except ImportError:
        raise MethodError(
            "a Word document needs the library python-docx, which is not installed: pip install 'spasticity[docx]'"
        ) from None
    return docx


def _document(title: str) -> Any:
    document = word_writer().Document()
    from docx.shared import Mm, Pt

    facts = document.core_properties
    facts.title, facts.author, facts.comments = title, "", ""
    facts.created = facts.modified = EPOCH
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(22)
    body = document.styles["Normal"]
    body.font.name, body.font.size = "Arial", Pt(10)
    return document


def _item(document: Any, item: Mapping[str, Any], root: Path) -> None:
    from docx.shared import Mm

    _title(document, f"{item['label']}. {item['title']}")
    if item["kind"] == "table":
        _table(document, item["columns"], item["rows"])
    else:
        picture = document.add_picture(
            str(root / "figures" / f"{item['name']}.png"), width=Mm(min(item["width_mm"], TEXT_MM))
        )
        picture._inline.docPr.set("descr", item["alt"])
    _note(document, item["words"])


def _title(document: Any, words: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run(words).bold = True
    paragraph.paragraph_format.keep_with_next = True


def _note(document: Any, words: str) -> None:
    from docx.shared import Pt

    document.add_paragraph().add_run(words).font.size = Pt(8)


def _table(document: Any, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from docx.shared import Pt

    lines = [list(columns), *rows]
    table = document.add_table(rows=len(lines), cols=len(columns))
    _widen(table, lines)
    size = Pt(8 if len(columns) <= WIDE else 6.5)
    # Asked for once: the library counts the cells anew each time.
    for cell, (number, text) in zip(table._cells, ((n, t) for n, line in enumerate(lines) for t in line), strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(0)
        if text.startswith("  "):  # a level of the row above
            paragraph.paragraph_format.left_indent = Pt(8)
        run = paragraph.add_run(text.strip())
        run.font.size, run.bold = size, number == 0
    _rule(table)


def _widen(table: Any, lines: Sequence[Sequence[str]]) -> None:
    """Each column as wide as its longest text asks for, within the page."""
    from docx.shared import Mm

    letters = [min(LONGEST, 6 + max(len(text) for text in column)) for column in zip(*lines, strict=True)]
    whole = min(TEXT_MM, MM_PER_LETTER * sum(letters))
    table.autofit = False
    cells = table._cells
    for place, share in enumerate(letters):
        width = Mm(whole * share / sum(letters))
        table.columns[place].width = width  # one program reads the grid, another the cells
        for cell in cells[place :: len(letters)]:
            cell.width = width


def _rule(table: Any) -> None:
    """A rule above and under the table and under its head, which is repeated on every page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    def borders(kind: str, sides: Mapping[str, int]) -> Any:
        box = OxmlElement(kind)
        for side, size in sides.items():
            line = OxmlElement(f"w:{side}")
            for name, value in (("val", "single"), ("sz", str(size)), ("space", "0"), ("color", "000000")):
                line.set(qn(f"w:{name}"), value)
            box.append(line)
        return box

    # Word wants the parts of a table's properties in their order: borders before the look.
    table._tbl.tblPr.find(qn("w:tblLook")).addprevious(borders("w:tblBorders", BORDERS))
    for cell in table.rows[0].cells:
        cell._tc.get_or_add_tcPr().append(borders("w:tcBorders", {"bottom": 4}))
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)


def _bytes(document: Any) -> bytes:
    """The document with the times of its members taken out."""
    written, again = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as before, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(zipfile.ZipInfo(name), before.read(name), zipfile.ZIP_DEFLATED)
    return again.getvalue()
