"""CDISC Dataset-JSON into a table: version 1.1 as one text or as lines, and the older 1.0.

References
----------
CDISC, "Dataset-JSON version 1.1" (2024); "version 1.0" (2023) [from memory; checked against the examples CDISC gives].
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from spasticity.errors import DataError, listed
from spasticity.load.columns import Extra
from spasticity.load.gate import Identifiers
from spasticity.load.grid import Grid, check_header, texts
from spasticity.load.keys import Duplicates
from spasticity.load.opening import Content, content
from spasticity.load.roster import Roster
from spasticity.load.spelling import ISO_DATE, Codings, Formats, Missing, as_text
from spasticity.load.study_days import DayZero
from spasticity.load.transport_files import sas_writer
from spasticity.load.typed_cells import number_text, refuse_controls
from spasticity.load.typed_sources import refuse_size, typed_table
from spasticity.schema import Schema
from spasticity.study import Loaded
from spasticity.wording import plural

SEQUENCE = "ITEMGROUPDATASEQ"  # the count of its rows that version 1.0 puts before the data
NUMBERS = ("integer", "float", "double", "decimal")
DEEPEST = 20  # brackets within brackets; a data set has four


@dataclass(frozen=True, slots=True)
class Columns:
    """What the head of a data set declares.

    Parameters
    ----------
    version, name : str
    records : int or None
        How many rows there must be.
    items : list of dict
        One per column, with its `name` and its `dataType`.
    """

    version: str
    name: str
    records: int | None
    items: list[dict[str, Any]]


def dataset_json(
    path: Path | str,
    table: Schema | str,
    *,
    member: str | None = None,
    columns: Mapping[str, str] | None = None,
    constants: Mapping[str, object] | None = None,
    decimal: str = ".",
    thousands: str = "",
    missing: Missing = ("",),
    date_format: Formats = ISO_DATE,
    codings: Codings | None = None,
    units: Mapping[str, str] | None = None,
    extra: Extra = "refuse",
    duplicates: Duplicates = "refuse",
    rows: int | None = None,
    day_zero: DayZero | None = None,
    identifiers: Identifiers = "refuse",
    roster: Roster | None = None,
) -> Loaded:
    """A table from CDISC Dataset-JSON (.json or .ndjson, version 1.1 or 1.0), every row of it kept or rejected.

    Parameters
    ----------
    path : Path or str
    table : Schema or str
        A table, or the name of a canonical one such as `diary`.
    member : str, optional
        The data set, in a file of version 1.0 that holds several.
    columns, constants, missing, codings, units, extra, duplicates, rows, day_zero, identifiers, roster
        As in `delimited`. The number of rows that the file itself states is always checked.
    decimal, thousands, date_format
        As in `delimited`, for numbers and dates that are stored as text.

    Returns
    -------
    Loaded
        Index of the table: the record, counted from 1.

    Raises
    ------
    DataError
        When the file was cut or damaged, or is not of these versions.
    MethodError
        When an option is not understood.
    """
    grid = dataset_json_grid(content(path), member=member)
    return typed_table(
        grid,
        table,
        columns=columns,
        constants=constants,
        extra=extra,
        duplicates=duplicates,
        rows=rows,
        day_zero=day_zero,
        identifiers=identifiers,
        roster=roster,
        codings=codings,
        units=units,
        decimal=decimal,
        thousands=thousands,
        missing=missing,
        date_format=date_format,
    )


def dataset_json_grid(source: Content, *, member: str | None = None) -> Grid:
    """The grid of a data set in Dataset-JSON.

    Parameters
    ----------
    source : Content
    member : str, optional

    Returns
    -------
    Grid

    Raises
    ------
    DataError
    """
    head, body = _parts(source, _text(source), member)
    names = [item.get("name") for item in head.items]
    if not names or not all(isinstance(name, str) for name in names):
        raise _damaged(source, "its columns are not declared as they must be")
    check_header(names, source.name)  # type: ignore[arg-type]  # all are text
    _check_rows(source, head, body)
    refuse_size(source.name, len(body), len(names))
    cells = list(zip(*body, strict=True)) if body else [()] * len(names)
    columns = {
        str(name): _cells(source, item, column)
        for name, item, column in zip(names, head.items, cells, strict=True)
        if name != SEQUENCE
    }
    rows = np.arange(1, 1 + len(body))
    refuse_controls(source.name, columns, rows)
    empty = sum(value == "" for column in cells for value in column)
    grid = Grid(
        name=source.name,
        sha256=source.sha256,
        format=f"Dataset-JSON {head.version}",
        columns=columns,
        rows=rows,
        header={"data set": head.name} | {str(item["name"]): str(item.get("label") or "") for item in head.items},
    )
    return grid.noting(
        plural(empty, "empty text read as no value", "empty texts read as no value") if empty else "",
        "" if len(rows) else "no rows",
    )


def _damaged(source: Content, what: str) -> DataError:
    return DataError(f"{source.name}: {what}; the file was cut, damaged or is no Dataset-JSON. Export it again.")


def _text(source: Content) -> str:
    try:
        text = source.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{source.name}: the byte at offset {error.start:,} is not UTF-8, as Dataset-JSON must be; the file "
            "is damaged. Export it again."
        ) from None
    if not text.strip():
        raise DataError(f"{source.name}: the file is empty; export it again.")
    return text


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice")
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def _parsed(source: Content, text: str, where: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise _damaged(source, f"{where} cannot be read as JSON") from None


def _parts(source: Content, text: str, member: str | None) -> tuple[Columns, list[Any]]:
    """The head and the rows, whichever way they are written."""
    lines = text.splitlines()
    first = lines[0].strip()
    if len(lines) > 1 and first.startswith("{") and first.endswith("}") and lines[1].lstrip().startswith("["):
        head = _head(source, _parsed(source, first, "line 1"))
        body = [_parsed(source, line, f"line {n:,}") for n, line in enumerate(lines[1:], start=2) if line.strip()]
        return head, body
    whole = _parsed(source, text, "the file")
    if isinstance(whole, dict) and ("clinicalData" in whole or "referenceData" in whole):
        return _older(source, whole, member)
    head = _head(source, whole)
    body = whole.get("rows", [] if head.records == 0 else None)
    if not isinstance(body, list):
        raise _damaged(source, "it has no `rows`")
    return head, body


def _head(source: Content, entries: Any) -> Columns:
    version = entries.get("datasetJSONVersion") if isinstance(entries, dict) else None
    if not isinstance(version, str) or not version.startswith("1.1"):
        raise _damaged(source, "it does not say that it is Dataset-JSON of version 1.1 or 1.0")
    return _checked(
        source, Columns(version, str(entries.get("name", "")), entries.get("records"), entries.get("columns"))
    )


def _older(source: Content, whole: dict[str, Any], member: str | None) -> tuple[Columns, list[Any]]:
    groups: dict[str, Any] = {}
    for part in ("clinicalData", "referenceData"):
        data = whole.get(part) or {}
        found = data.get("itemGroupData") if isinstance(data, dict) else None
        groups |= found if isinstance(found, dict) else {}
    names = {str(group.get("name")): group for group in groups.values() if isinstance(group, dict)}
    if not names or (member is None and len(names) > 1) or (member is not None and member not in names):
        raise DataError(f"{source.name}: the file holds the data sets {listed(names, 'and')}; name one, as member=.")
    group = names[member] if member is not None else next(iter(names.values()))
    items = group.get("items")
    items = [item | {"dataType": item.get("type")} for item in items] if isinstance(items, list) else items
    head = _checked(source, Columns("1.0", str(group.get("name")), group.get("records"), items))  # type: ignore[arg-type]  # checked there
    if not isinstance(group.get("itemData"), list):
        raise _damaged(source, "it has no `itemData`")
    return head, group["itemData"]


def _checked(source: Content, head: Columns) -> Columns:
    if not isinstance(head.items, list) or not all(isinstance(item, dict) for item in head.items):
        raise _damaged(source, "its columns are not declared as they must be")
    if head.records is not None and (not isinstance(head.records, int) or isinstance(head.records, bool)):
        raise _damaged(source, "`records` is not a count")
    return head


def _check_rows(source: Content, head: Columns, body: list[Any]) -> None:
    if head.records is not None and head.records != len(body):
        raise DataError(
            f"{source.name}: its head speaks of {plural(head.records, 'row')}, but it holds {len(body):,}; "
            "the file was cut or edited. Export it again."
        )
    for number, row in enumerate(body, start=1):
        if not isinstance(row, list) or len(row) != len(head.items):
            raise _damaged(source, f"row {number:,} does not have the {len(head.items):,} cells that are declared")


def _cells(source: Content, item: dict[str, Any], column: tuple[Any, ...]) -> np.ndarray:
    """Cells of a column, which must be of the declared type."""
    kind = str(item.get("dataType"))
    numeric = kind in NUMBERS
    write = sas_writer(str(item.get("displayFormat") or "")) if numeric else number_text
    cells = []
    for number, value in enumerate(column, start=1):
        odd = isinstance(value, (list, dict))
        odd |= kind in ("string", "datetime", "date", "time", "URI") and not isinstance(value, (str, type(None)))
        odd |= kind in ("integer", "float", "double") and (isinstance(value, (str, bool)))
        if odd:
            raise _damaged(source, f"`{item['name']}` of row {number:,} is not of the declared type `{kind}`")
        plain = isinstance(value, (int, float)) and not isinstance(value, bool)
        cells.append(write(value) if plain else as_text(value))
    return texts(cells)
