"""Printed tables for other programs: what each would take for a command stays text, and nothing is lost."""

import io
import re
import time
import zipfile
from xml.etree import ElementTree

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from spasticity import report
from spasticity.errors import MethodError
from spasticity.report import chapters, paper, typesetting, word

COLUMNS = ["Characteristic", "placebo (n = 3)"]
ROWS = [["MAS grade", ""], ["  1+", "2 (67 %)"], ["p_value & more", "=1+1 <b> −0.5 $x^2$"]]
TABLE = report.Table(name="tone", title="Tone & grades", note="100 % of 3.", frame=pd.DataFrame(ROWS, columns=COLUMNS))
ITEM = {"kind": "table", "name": "tone", "title": "Tone", "words": "Of 3.", "columns": COLUMNS, "rows": ROWS}
BOX = b'<rect width="60" height="30" fill="#0072b2"/>'
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30">' + BOX + b"</svg>"


def test_latex_keeps_every_cell_and_runs_none():
    text = TABLE.files(formats=("tex",))["tone.tex"].decode()
    assert r"\begin{tabular}{ll}" in text
    assert r"\quad 1+ & 2 (67 \%) \\" in text
    assert (
        r"p\_value \& more & =1+1 \ensuremath{<}b\ensuremath{>} \ensuremath{-}0.5 \$x\textasciicircum{}2\$ \\" in text
    )
    assert text.count(r"\\") == len(ROWS) + 1
    assert text.count("{") == text.count("}")
    assert re.search(r"(?<!\\)[%&#$_](?! )", text.replace("&", "& ")) is None


def test_html_is_a_page_of_its_own():
    text = TABLE.files(formats=("html",))["tone.html"].decode()
    assert text.startswith("<!doctype html>")
    assert "<h1>Tone &amp; grades</h1>" in text
    assert '<tr class="level"><td>1+</td><td>2 (67 %)</td></tr>' in text
    assert "&lt;b&gt;" in text


def test_a_table_comes_as_numbers_unless_asked_otherwise(tmp_path):
    assert [path.name for path in report.save(TABLE, tmp_path)] == ["tone.csv"]
    with pytest.raises(MethodError, match="format"):
        TABLE.files(formats=("rtf",))


def test_the_workbook_has_a_sheet_a_table_and_cells_as_printed():
    content = typesetting.workbook([ITEM | {"label": "Table 1"}, ITEM | {"label": "Table 2"}])
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["Table 1", "Table 2"]
    sheet = book.get_sheet_by_name("Table 2").to_python(skip_empty_area=False)
    assert sheet[0][0] == "Table 2. Tone"
    assert sheet[2:6] == [COLUMNS, *ROWS]
    assert sheet[7][0] == "Of 3."
    assert typesetting.workbook([ITEM | {"label": "Table 1"}, ITEM | {"label": "Table 2"}]) == content


def test_figures_and_tables_are_numbered_apart_through_the_sections():
    figure = {"kind": "figure", "name": "a"}
    made = chapters.labelled([{"items": [ITEM, figure]}, {"items": [figure, ITEM]}])
    assert [[item["label"] for item in one["items"]] for one in made] == [
        ["Table 1", "Figure 1"],
        ["Figure 2", "Table 2"],
    ]


@pytest.fixture
def chapter(tmp_path):
    """A section with a table and a picture, and the folder that holds the picture."""
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "a.svg").write_bytes(SVG)
    png = io.BytesIO()
    pytest.importorskip("PIL.Image").new("RGB", (60, 30), "#0072b2").save(png, format="PNG")
    (tmp_path / "figures" / "a.png").write_bytes(png.getvalue())
    picture = {"kind": "figure", "name": "a", "title": "A", "words": "n = 3.", "alt": "A blue box.", "panels": []}
    section = {
        "title": 'Did "it" #change?',
        "answer": ["Yes, by $1 [2]."],
        "items": [ITEM, picture | {"width_mm": 60.0, "height_mm": 30.0}],
        "left_out": ["doses: none"],
    }
    return chapters.labelled([section])


def words_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        tree = ElementTree.fromstring(archive.read("word/document.xml"))
    return tree, "\n".join(element.text or "" for element in tree.iter() if element.tag.endswith("}t"))


def test_a_word_report_has_every_word_editable_tables_and_alt_texts(chapter, tmp_path):
    pytest.importorskip("docx")
    content = word.word_report("Trial", "3 participants", chapter, tmp_path)
    tree, words = words_of(content)
    for text in ("Trial", 'Did "it" #change?', "Yes, by $1 [2].", "Table 1. Tone", "Figure 1. A", "n = 3.", "1+"):
        assert text in words
    assert "Not shown: doses: none" in words
    assert len([element for element in tree.iter() if element.tag.endswith("}tbl")]) == 1
    assert [element.get("descr") for element in tree.iter() if element.tag.endswith("}docPr")] == ["A blue box."]
    time.sleep(2.1)  # a member's time has a resolution of two seconds
    assert word.word_report("Trial", "3 participants", chapter, tmp_path) == content


def test_a_word_table_is_ruled_in_the_order_word_wants():
    pytest.importorskip("docx")
    tree, words = words_of(TABLE.files(formats=("docx",))["tone.docx"])
    assert "Tone & grades" in words
    kinds = [child.tag.rpartition("}")[2] for child in next(e for e in tree.iter() if e.tag.endswith("}tblPr"))]
    assert kinds.index("tblBorders") < kinds.index("tblLook")


def test_a_pdf_report_is_tagged_and_the_same_every_time(chapter, tmp_path):
    pytest.importorskip("typst")
    content = paper.pdf_report("Trial", "3 participants", chapter, tmp_path)
    assert content.startswith(b"%PDF")
    assert b"pdfuaid" in content  # PDF/UA: readable with a screen reader
    assert b"/MarkInfo" in content
    assert paper.pdf_report("Trial", "3 participants", chapter, tmp_path) == content


@pytest.mark.parametrize(("ending", "name", "library"), [("docx", "docx", "python-docx"), ("pdf", "typst", "typst")])
def test_a_missing_library_is_said_before_any_work(monkeypatch, tmp_path, ending, name, library):
    monkeypatch.setitem(__import__("sys").modules, name, None)
    with pytest.raises(MethodError, match=rf"needs the library {library}.*pip install 'spasticity\[{ending}\]'"):
        report.build(None, tmp_path / "report", documents=(ending,))
    assert not (tmp_path / "report").exists()
