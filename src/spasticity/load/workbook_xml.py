"""What a reader of cells does not tell: errors, formulas never calculated, and cells too far apart to be held.

An .xlsx file is a zip of XML. It is measured before anything is unpacked, and its XML is searched, never parsed, so
that neither entities nor a single cell in the last corner cost anything.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from xml.sax.saxutils import unescape

from spasticity.errors import DataError, listed
from spasticity.load.opening import LEGACY, Content

MAX_UNPACKED = 500_000_000  # bytes of all members
MAX_ROW = 1_048_576  # the last row of a sheet
MAX_MEMBERS = 5_000  # parts of the archive
MAX_TEXTS = 20_000_000  # entries of the table of texts
SHORT_TEXT = 500  # bytes; a million cells of it are still bearable
MAX_RATIO = 200  # unpacked over packed; ordinary sheets stay below 40
MAX_SPAN = 100  # cells of the rectangle per filled cell
SMALL_SPAN = 1_000_000  # a rectangle that is no burden, however empty

TAG = rb"<(?:\w+:)?%b(?=[\s/>])([^>]*)>"
SHEET, RELATION = re.compile(TAG % b"sheet"), re.compile(TAG % b"Relationship")
MERGED = re.compile(TAG % b"mergeCell")
PROPERTIES = ("docProps/core.xml", "docProps/app.xml")
PROPERTY = re.compile(
    rb"<(?:\w+:)?(creator|lastModifiedBy|title|subject|description|keywords|category|Manager|Company)(?=[\s>])[^>]*>"
    rb"([^<]{1,10000})<"
)
CELL = re.compile(rb"<(?:\w+:)?c(?=\s)")
COUNT = re.compile(rb"""count\s*=\s*["']\s*\+?(\d+)""", re.IGNORECASE)
STRINGS = "xl/sharedStrings.xml"
SHARED = re.compile(rb"<(?:\w+:)?si(?=[\s/>])")
SHARED_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?t=[\"']s[\"'][^>]*>\s*<(?:\w+:)?v>(\d{1,9})<")
CELL_END = re.compile(rb"</(?:\w+:)?c>")
VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)<")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
ANY_TAG = re.compile(rb"<(?:\w+:)?(?:c|row)(?=[\s/>])")
SOUND_TAG = re.compile(rb"""<(?:\w+:)?(?:c|row)(?:\s+[\w:]+=(?:"[^"<>&]*"|'[^'<>&]*'))*\s*/?>""")
ROW_NUMBER = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br=["'](\d+)["']""")
ATTRIBUTE_NAME = re.compile(rb"""\s([\w:]+)=["']""")
ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})", re.ASCII)
AREA = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})", re.ASCII)
# What the standard library answers a damaged zip with.
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(EOFError, KeyError, NotImplementedError, OSError, RuntimeError, ValueError),
)
ENTITIES = {"&quot;": '"', "&apos;": "'"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the XML of a sheet says about its cells.

    Parameters
    ----------
    errors : dict of (int, int) to str
        Row and column, from 1, to the error a formula gave, such as `#N/A`.
    uncalculated : tuple of str
        Addresses of formulas without a stored value.
    merged : tuple of (int, int, str)
        First row, last row and address of merged cells, in order.
    properties : dict of str to str
        What the workbook says of itself: who wrote it, its title, its comments.
    """

    errors: dict[tuple[int, int], str]
    uncalculated: tuple[str, ...]
    merged: tuple[tuple[int, int, str], ...]
    properties: dict[str, str] = field(default_factory=dict)


def sheet_facts(source: Content, sheet: str) -> Facts:
    """What the cells of a sheet are.

    Parameters
    ----------
    source : Content
        The bytes of an .xlsx file.
    sheet : str

    Returns
    -------
    Facts

    Raises
    ------
    DataError
        When the file is not an .xlsx workbook, has no such sheet, or would take too much room.
    """
    if source.data.startswith(LEGACY):
        raise DataError(f"{source.name}: this is an old or a protected workbook; save it as .xlsx without a password.")
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            _refuse_bombs(source.name, archive)
            xml = archive.read(_member(source.name, archive, sheet))
            strings = archive.read(STRINGS) if STRINGS in archive.namelist() else b""
            properties = _properties(archive)
    except DAMAGED:
        raise DataError(f"{source.name}: this is not an .xlsx workbook, or it is damaged; save it again.") from None
    where = f"{source.name}, sheet {sheet}"
    if b"<!DOCTYPE" in xml or b"<!DOCTYPE" in strings or b"<!ENTITY" in xml:
        raise DataError(f"{where}: the workbook declares a document type, which none needs; save it again.")
    _refuse_strange_tags(where, xml)
    # A reader makes room for as many texts as the file says it has.
    if any(int(found[1]) > MAX_TEXTS for found in COUNT.finditer(strings)):
        raise DataError(f"{where}: the workbook counts more texts than any has; save it again.")
    _refuse_long(where, xml, strings)
    errors, uncalculated = _cells(where, CELL.split(xml)[1:])
    areas = (AREA.fullmatch(_attributes(found[1]).get("ref", "")) for found in MERGED.finditer(xml))
    merged = sorted((int(area[2]), int(area[4]), area[0]) for area in areas if area)
    return Facts(errors, uncalculated, tuple(merged), properties)


def _refuse_bombs(name: str, archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    unpacked, packed = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    if len(members) > MAX_MEMBERS:
        raise DataError(f"{name}: the workbook has {len(members):,} parts, more than any has; save it again.")
    if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(packed, 10_000):
        raise DataError(f"{name}: unpacked, the workbook has {unpacked:,} bytes, more than is read; save it again.")


def _refuse_strange_tags(where: str, xml: bytes) -> None:
    """Refuse rows and cells whose tag could be read in two ways.

    A reader that takes an address for one far away asks for more memory than there is, and the process dies.
    """
    tags = [found[0] for found in SOUND_TAG.finditer(xml)]
    rows = (ROW_NUMBER.search(tag) for tag in tags)
    if (
        len(tags) != sum(1 for _ in ANY_TAG.finditer(xml))
        or any(len(set(names)) < len(names) for names in (ATTRIBUTE_NAME.findall(tag) for tag in tags))
        or any(int(row[1]) > MAX_ROW for row in rows if row)
    ):
        raise DataError(f"{where}: a row or a cell has a tag that no spreadsheet writes; save the workbook again.")


def _refuse_long(where: str, xml: bytes, strings: bytes) -> None:
    """Refuse texts that are short in the file and long in the sheet, because many cells share one."""
    lengths = [len(part) for part in SHARED.split(strings)[1:]]
    if not lengths or max(lengths) <= SHORT_TEXT:
        return
    used = (int(found[1]) for found in SHARED_CELL.finditer(xml))
    if sum(lengths[place] for place in used if place < len(lengths)) > MAX_UNPACKED:
        raise DataError(f"{where}: its cells hold more than {MAX_UNPACKED:,} letters together; split the sheet.")


def _member(name: str, archive: zipfile.ZipFile, sheet: str) -> str:
    """The file of a sheet inside the workbook."""
    sheets = [_attributes(found[1]) for found in SHEET.finditer(archive.read("xl/workbook.xml"))]
    ids = {entry.get("name", ""): entry.get("r:id", "") for entry in sheets}
    if sheet not in ids:
        raise DataError(f"{name}: there is no sheet `{sheet}`; there are {listed(ids, 'and')}.")
    relations = [_attributes(found[1]) for found in RELATION.finditer(archive.read("xl/_rels/workbook.xml.rels"))]
    targets = {entry.get("Id", ""): entry.get("Target", "") for entry in relations}
    target = targets[ids[sheet]]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _properties(archive: zipfile.ZipFile) -> dict[str, str]:
    """The properties of the document, by the name of their element."""
    there = [name for name in PROPERTIES if name in archive.namelist()]
    pairs = [pair for name in there for pair in PROPERTY.findall(archive.read(name))]
    return {key.decode("ascii"): unescape(value.decode("utf-8", "replace"), ENTITIES) for key, value in pairs}


def _cells(where: str, cells: list[bytes]) -> tuple[dict[tuple[int, int], str], tuple[str, ...]]:
    """Errors and formulas without a value, once it is sure that the cells stand close together."""
    errors, uncalculated, rows, columns = {}, [], [], []
    for cell in cells:
        head, _, rest = CELL_END.split(cell, maxsplit=1)[0].partition(b">")
        attributes = _attributes(head)
        if "r" not in attributes:
            continue
        address = ADDRESS.fullmatch(attributes["r"])
        if address is None or int(address[2]) > MAX_ROW:
            raise DataError(f"{where}: the address of a cell is not one; save the workbook again.")
        row, column, value = int(address[2]), column_number(address[1]), VALUE.search(rest)
        rows.append(row)
        columns.append(column)
        if attributes.get("t") == "e":
            errors[row, column] = value[1].decode("ascii", "replace") if value else "#N/A"
        elif value is None and FORMULA.search(rest):
            uncalculated.append(address[0])
    _refuse_spread(where, rows, columns)
    return errors, tuple(uncalculated)


def _refuse_spread(where: str, rows: list[int], columns: list[int]) -> None:
    if not rows:
        return
    span = (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1)
    if span > max(SMALL_SPAN, MAX_SPAN * len(rows)):
        raise DataError(f"{where}: a few cells span {span:,}; delete what stands far off, and save.")


def _attributes(head: bytes) -> dict[str, str]:
    return {
        name.decode("ascii", "replace"): unescape((double or single).decode("utf-8", "replace"), ENTITIES)
        for name, double, single in ATTRIBUTE.findall(head)
    }


def column_number(letters: str) -> int:
    """The number of a column, from 1: `A` is 1, `AA` is 27.

    Parameters
    ----------
    letters : str

    Returns
    -------
    int
    """
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """The letters of a column, from 1: 1 is `A`, 27 is `AA`.

    Parameters
    ----------
    number : int

    Returns
    -------
    str
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
