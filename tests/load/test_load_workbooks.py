"""Sheets follow the rules of text, and a cell is named as the spreadsheet names it."""

import datetime as dt
import io
import zipfile

import pandas as pd
import pytest
import xlsxwriter

from spasticity import load
from spasticity.errors import DataError, MethodError
from spasticity.schema import Column, Schema

HEADER = ["code", "grade", "seen", "at", "value", "yes"]
SHEET = Schema(
    name="sheet",
    label="one row per code",
    key=("code",),
    columns=(
        Column(name="code", kind="text", label="Code"),
        Column(name="grade", kind="category", label="Grade", categories=("0", "1", "1+", "2", "3", "4"), ordered=True),
        Column(name="seen", kind="date", label="Seen"),
        Column(name="at", kind="clock", label="At"),
        Column(name="value", kind="number", label="Value", low=-100, high=100),
        Column(name="yes", kind="flag", label="Yes"),
    ),
)


@pytest.fixture
def book(tmp_path):
    def write(rows, *, top=0, left=0, after=None, name="exam.xlsx"):
        path = tmp_path / name
        with xlsxwriter.Workbook(str(path)) as workbook:
            sheet = workbook.add_worksheet("MAS")
            formats = {
                dt.date: workbook.add_format({"num_format": "dd/mm/yyyy"}),
                dt.datetime: workbook.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
                dt.time: workbook.add_format({"num_format": "hh:mm"}),
            }
            for row, cells in enumerate(rows, start=top):
                for column, cell in enumerate(cells, start=left):
                    if type(cell) in formats:
                        sheet.write_datetime(row, column, cell, formats[type(cell)])
                    elif isinstance(cell, str) and cell.startswith("#"):
                        sheet.write_formula(row, column, "=NA()", None, cell)
                    elif cell is not None:
                        sheet.write(row, column, cell)
            if after:
                after(workbook, sheet)
        return path

    return write


GOOD = ["007", "1+", dt.date(2024, 1, 2), dt.time(7, 30), 1.5, True]


def test_cells_keep_what_the_spreadsheet_says_they_are(book):
    rows = [HEADER, GOOD, [12.0, 1.0, "2024-02-03", "22:30", -3, False], ["x", "I+", None, None, "7.25", None]]
    loaded = load.excel(book(rows), "MAS", SHEET)
    assert loaded.table.index.tolist() == [2, 3, 4]
    assert loaded.table["code"].tolist() == ["007", "12", "x"]
    assert loaded.table["grade"].tolist() == ["1+", "1", "1+"]
    assert loaded.table["seen"].tolist()[:2] == [pd.Timestamp(2024, 1, 2), pd.Timestamp(2024, 2, 3)]
    assert loaded.table["at"].tolist()[:2] == ["07:30", "22:30"]
    assert loaded.table["value"].tolist() == [1.5, -3.0, 7.25]
    assert loaded.table["yes"].tolist()[:2] == [True, False]
    assert loaded.repairs[["source", "row", "column", "was", "became"]].to_numpy().tolist() == [
        ["exam.xlsx, sheet MAS", 4, "grade", "I+", "1+"]
    ]
    assert (loaded.source.format, loaded.source.rows_read) == ("xlsx", 3)


def test_what_does_not_fit_is_rejected_by_cell_address(book):
    bad = [
        ["a", 2.5, None, None, 1, None],
        ["b", 1, 45292, None, 1, None],
        ["c", 1, dt.datetime(2024, 1, 2, 3, 4), None, 1, None],
        ["d", 1, None, None, dt.date(2024, 2, 1), None],
        ["e", 1, None, None, "#N/A", None],
        ["#REF!", 1, None, None, 1, None],
        [None, 1, None, None, 1, None],
        ["f", 1, None, None, 1, 1],
    ]
    loaded = load.excel(book([HEADER, GOOD, *bad]), "MAS", SHEET)
    assert loaded.table["code"].tolist() == ["007"]
    assert loaded.rejects["row"].tolist() == [3, 4, 5, 6, 7, 8, 9, 10]
    rules = loaded.rejects["rule"].tolist()
    expected = {
        "B3": "mean of two raters",
        "C4": "perhaps a date serial",
        "C5": "expected a date",
        "E6": "this is a date",
        "E7": "could not calculate",
        "A8": "could not calculate",
        "A9": "a value is required",
        "F10": "declare a coding",
    }
    for rule, (cell, said) in zip(rules, expected.items(), strict=True):
        assert said in rule
        assert rule.endswith(f"(cell {cell})")


def test_serials_are_dates_only_when_declared(book):
    path = book([HEADER, ["a", None, 45293, None, None, None]])
    for serials, day in (("1900", pd.Timestamp(2024, 1, 2)), ("1904", pd.Timestamp(2028, 1, 3))):
        assert load.excel(path, "MAS", SHEET, serials=serials).table["seen"].tolist() == [day]


def test_typed_dates_and_decimals_follow_the_declaration(book):
    path = book([HEADER, ["a", None, "2.1.2024", None, "1,5", None], ["b", None, dt.date(2024, 1, 3), None, 2.5, None]])
    table = load.excel(path, "MAS", SHEET, date_format="%d.%m.%Y", decimal=",").table
    assert table["seen"].tolist() == [pd.Timestamp(2024, 1, 2), pd.Timestamp(2024, 1, 3)]
    assert table["value"].tolist() == [1.5, 2.5]


def test_a_table_may_stand_anywhere_and_keeps_its_rows(book):
    rows = [["Spasticity clinic"], [], HEADER, GOOD, [], ["x", "2", None, None, None, None]]
    path = book(rows, top=1, left=2)
    loaded = load.excel(path, "MAS", SHEET, header=4)
    assert loaded.table.index.tolist() == [5, 7]
    assert loaded.source.note == "1 blank row"
    with pytest.raises(DataError, match=r"row 3 is blank; name the row of the column names"):
        load.excel(path, "MAS", SHEET, header=3)
    with pytest.raises(
        DataError, match=r"columns without a name, first column 2.*If row 2 is not the row of the column"
    ):
        load.excel(path, "MAS", SHEET, header=2)


def test_merged_cells_are_told_by_their_address(book):
    def merge(area):
        return lambda workbook, sheet: sheet.merge_range(area, "together")

    over = book([[], HEADER, GOOD], after=merge("A1:C1"))
    with pytest.raises(DataError, match=r"the cells A1:C1 of the header are merged; .* such as header=2"):
        load.excel(over, "MAS", SHEET)
    assert len(load.excel(over, "MAS", SHEET, header=2).table) == 1
    with pytest.raises(DataError, match=r"the cells A3:A4 are merged; unmerge them and fill in every cell"):
        load.excel(book([HEADER, GOOD], after=merge("A3:A4")), "MAS", SHEET)


def test_formulas_need_a_stored_value(book):
    def formula(value):
        return lambda workbook, sheet: sheet.write_formula("E2", "=1+1", None, value)

    assert load.excel(book([HEADER, GOOD], after=formula(2)), "MAS", SHEET).table["value"].tolist() == [2.0]
    path = book([HEADER, GOOD], after=formula(2))
    stripped = rewritten(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<v>2</v>", b""))
    with pytest.raises(DataError, match=r"1 formula never calculated, first cell E2; open the workbook"):
        load.excel(stripped, "MAS", SHEET)


def rewritten(path, member, change):
    """The workbook with one of its files changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == member else old.read(name))
    path.write_bytes(buffer.getvalue())
    return path


def test_files_that_are_no_workbook_are_told_apart(book, tmp_path):
    path = book([HEADER, GOOD])
    with pytest.raises(DataError, match=r"exam\.xlsx: there is no sheet `mas`; there are `MAS`"):
        load.excel(path, "mas", SHEET)
    whole = path.read_bytes()
    for content, said in (
        (whole[: len(whole) // 2], "not an .xlsx workbook, or it is damaged"),
        (b"code,grade\n", "not an .xlsx workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or a protected workbook; save it as .xlsx"),
    ):
        path.write_bytes(content)
        with pytest.raises(DataError, match=said):
            load.excel(path, "MAS", SHEET)


def test_a_cell_in_the_last_corner_costs_no_memory(book):
    path = book([HEADER, GOOD], after=lambda workbook, sheet: sheet.write("XFD1048576", 1))
    with pytest.raises(DataError, match=r"a few cells span 17,179,869,184; delete what stands far off"):
        load.excel(path, "MAS", SHEET)


def test_a_workbook_that_would_fill_the_disk_is_not_unpacked(book):
    path = rewritten(book([HEADER, GOOD]), "xl/worksheets/sheet1.xml", lambda xml: xml + b" " * 30_000_000)
    with pytest.raises(DataError, match=r"unpacked, the workbook has 30,\d{3},\d{3} bytes, more than is read"):
        load.excel(path, "MAS", SHEET)


def test_control_characters_are_named_by_cell(book):
    with pytest.raises(DataError, match=r"the control character U\+0007 stands in cell A3; remove it"):
        load.excel(book([HEADER, GOOD, ["a\x07b"]]), "MAS", SHEET)


def test_options_are_checked_as_for_text(book):
    path = book([HEADER, GOOD])
    with pytest.raises(MethodError, match="serials='1899' is not known"):
        load.excel(path, "MAS", SHEET, serials="1899")
    with pytest.raises(DataError, match="1 row where 3 are expected"):
        load.excel(path, "MAS", SHEET, rows=3)
    with pytest.raises(DataError, match="1 column missing: `yes`"):
        load.excel(book([HEADER[:-1], GOOD[:-1]]), "MAS", SHEET)
    with pytest.raises(DataError, match=r"1 column named twice: `value`"):
        load.excel(book([[*HEADER[:-1], "value"], GOOD]), "MAS", SHEET)
