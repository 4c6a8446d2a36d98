"""Printed tables for other programs: LaTeX, HTML, and one workbook of all tables."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Any

from markupsafe import Markup

#: What LaTeX would take for a command, and signs that not every font of it has.
_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\ensuremath{<}", ">": r"\ensuremath{>}",
    "−": r"\ensuremath{-}", "≥": r"\ensuremath{\geq}", "≤": r"\ensuremath{\leq}", "×": r"\ensuremath{\times}",
    "±": r"\ensuremath{\pm}", "∞": r"\ensuremath{\infty}", "→": r"\ensuremath{\rightarrow}", "µ": r"\textmu{}",
    "–": "--", "°": r"\textdegree{}",
}  # fmt: skip
_INDENT = r"\quad "
LONGEST = 25  # characters of a cell that stays on one line
SHEET = 31  # characters a workbook allows in the name of a sheet
WIDEST = 60  # characters a column of a sheet is wide at most


def latex(title: str, note: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table as LaTeX: a float with caption, rules of the package booktabs, and the note under it.

    Parameters
    ----------
    title, note : str
        Above and under it.
    columns : sequence of str
    rows : sequence of sequences of str
        As printed.

    Returns
    -------
    str
        Needs `booktabs` and, for texts in other letters, an engine that reads UTF-8.
    """
    lines = [
        r"\begin{table}",
        rf"\caption{{{_latex(title)}}}",
        rf"\begin{{tabular}}{{{'l' * len(columns)}}}",
        r"\toprule",
        _line(columns) + r"\midrule",
        *(_line(row) for row in rows),
        r"\bottomrule",
        r"\end{tabular}",
        rf"\par\smallskip\footnotesize {_latex(note)}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    texts = [(_INDENT if cell.startswith("  ") else "") + _latex(cell.strip()) for cell in cells]
    return " & ".join(texts) + r" \\"


def _latex(words: str) -> str:
    return "".join(_LATEX.get(letter, letter) for letter in words)


def html(title: str, note: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table as a page of its own, to be opened or pasted into a text processor.

    Parameters
    ----------
    title, note : str
        Above and under it.
    columns : sequence of str
    rows : sequence of sequences of str
        As printed.

    Returns
    -------
    str
    """
    head = f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title></head><body>\n'
    return f"{head}<h1>{escape(title)}</h1>\n{table_html(columns, rows)}\n<p>{escape(note)}</p>\n</body></html>\n"


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


def workbook(tables: Sequence[dict[str, Any]]) -> bytes:
    """All tables in one workbook, a sheet each, title above and note below; cells are text as printed.

    Parameters
    ----------
    tables : sequence of dict
        Items of chapters with `label`.

    Returns
    -------
    bytes
        The same every time.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    # Text stays text: nothing is run as a formula, and no grade becomes a date.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        for table in tables:
            sheet = book.add_worksheet(table["label"][:SHEET])
            sheet.write_string(0, 0, f"{table['label']}. {table['title']}", bold)
            for number, line in enumerate([table["columns"], *table["rows"]], start=2):
                for place, cell in enumerate(line):
                    sheet.write_string(number, place, cell, bold if number == 2 else wrapped)
            sheet.write_string(len(table["rows"]) + 4, 0, table["words"])
            for place, width in enumerate(_widths(table)):
                sheet.set_column(place, place, width)
    return buffer.getvalue()


def _widths(table: dict[str, Any]) -> list[int]:
    columns = zip(*[table["columns"], *table["rows"]], strict=True)
    return [min(WIDEST, 2 + max(len(cell) for cell in column)) for column in columns]
