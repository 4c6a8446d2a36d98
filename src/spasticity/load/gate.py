"""The gate: nothing that may tell who a person is gets into a table unless somebody said why.

Every loader ends in `casting.assemble`, and `assemble` begins here; a loader cannot pass it by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from spasticity.errors import DataError, MethodError, listed, one_of
from spasticity.load.gate_redaction import AGE, named_kind, old_ages, places, redacted_reading, rows_of, text_columns
from spasticity.load.spelling import REST
from spasticity.privacy import (
    Finding,
    file_name_spans,
    is_free_text,
    redacted,
    screen_column,
    screen_file_name,
    screen_header,
    spans,
    stays_in_file,
)
from spasticity.schema import Schema
from spasticity.study import IDENTIFIER_COLUMNS
from spasticity.wording import plural

if TYPE_CHECKING:
    from spasticity.load.casting import Reading
    from spasticity.load.grid import Grid

Identifiers = Literal["refuse", "flag", "redact"] | Mapping[str, str]
ACTIONS = {"refuse": "refused", "flag": "kept", "redact": "redacted"}
MODES = tuple(ACTIONS)
CODES = ("participant", "site")  # columns of codes, which are judged as a whole
FILE_NAME, HEADER = "file name", "header"


@dataclass(frozen=True, slots=True)
class Caught:
    """A finding and what becomes of it."""

    finding: Finding
    column: str
    action: str
    reason: str = ""
    canonical: str | None = None


def admitted(
    grid: Grid, schema: Schema, readings: Sequence[Reading], identifiers: Identifiers = "refuse"
) -> tuple[Grid, list[Reading], pd.DataFrame]:
    """What of a source may become a table.

    Parameters
    ----------
    grid : Grid
    schema : Schema
    readings : sequence of Reading
    identifiers : str or mapping of column to reason
        `refuse` the source, `flag` what was found and let it in, `redact` it; or the columns of the source in which
        findings may stay, each with the reason. `file name` and `header` stand for themselves, `*` for everything that
        is not named: one of the three words, `refuse` when left out.

    Returns
    -------
    grid : Grid
    readings : list of Reading
        Without what was redacted.
    found : DataFrame
        `source, table, column, place, kind, letter, cells, first_row, action, reason`; never a value.

    Raises
    ------
    DataError
        When something was found that nobody allowed; names file, column, rows and kind.
    MethodError
        When the option is not understood.
    """
    check_identifiers(identifiers, grid)
    caught = [
        *_of_file(grid, identifiers),
        *(c for reading in readings for c in _of_column(reading, schema, identifiers, grid.marked)),
    ]
    refused = [item for item in caught if item.action == "refused"]
    if refused:
        raise _refusal(grid, refused)
    held = {item.column for item in caught if item.action == "redacted"}
    kept = [
        redacted_reading(reading, schema, grid.marked) if held & set(places(reading)) else reading
        for reading in readings
    ]
    found = _frame(grid, schema, [*caught, *_free_texts(readings, schema)])
    return replace(grid, name=_clean_name(grid.name, caught), torn=_masked(grid)), kept, found


def check_identifiers(identifiers: Identifiers, grid: Grid) -> None:
    """Refuse an option that is not understood.

    Parameters
    ----------
    identifiers : str or mapping of column to reason
    grid : Grid
        Its columns are the ones that may be named; a grid without columns knows none and refuses none.

    Raises
    ------
    MethodError
        When it is neither a word nor columns of the source with reasons.
    """
    if isinstance(identifiers, str):
        one_of("identifiers", identifiers, MODES)
        return
    if not isinstance(identifiers, Mapping):
        raise MethodError(f"identifiers: expected {listed(MODES)}, or columns with the reason why they may stay")
    known = {*grid.columns, FILE_NAME, HEADER, REST}
    one_of(f"identifiers of {REST}", identifiers.get(REST, MODES[0]), MODES)
    for column, reason in identifiers.items():
        if column == REST:
            continue
        if not isinstance(reason, str) or len(reason.split()) < 2:
            raise MethodError(f"identifiers: `{column}` needs a reason in words why identifiers in it may stay")
    strange = [column for column in identifiers if column not in known] if grid.columns else []
    if strange:
        raise MethodError(f"identifiers names {listed(strange, 'and')}, which {grid.name} does not have")


def _decided(column: str, identifiers: Identifiers) -> tuple[str, str]:
    """Action and reason for a finding in a column."""
    if not isinstance(identifiers, str):
        if column in identifiers:
            return "kept", identifiers[column]
        return ACTIONS[identifiers.get(REST, MODES[0])], ""
    return ACTIONS[identifiers], ""


def _of_file(grid: Grid, identifiers: Identifiers) -> Iterable[Caught]:
    for finding in screen_file_name(grid.name):
        action, reason = ("left behind", "") if stays_in_file(finding) else _decided(FILE_NAME, identifiers)
        yield Caught(finding, FILE_NAME, action, reason)
    for finding in screen_header(grid.header):
        action, reason = ("left behind", "") if stays_in_file(finding) else _decided(HEADER, identifiers)
        yield Caught(finding, HEADER, "left behind" if action == "redacted" else action, reason)


def _of_column(reading: Reading, schema: Schema, identifiers: Identifiers, marked: frozenset[str]) -> Iterable[Caught]:
    text = text_columns(reading, schema)
    codes = any(name in CODES for name in text)
    found: list[tuple[str, Finding]] = []
    if text:
        found += _by_name(reading, marked)
        named = {column for column, _ in found}
        found += [
            (column, finding)
            for column, finding in _by_value(reading, None, codes=codes, dates=False)
            if column not in named
        ]
    else:  # a value of its type cannot name anybody, but a refused or repaired cell goes into the ledger as it was
        noted = reading.faults.index.union(reading.repairs.index).to_numpy(dtype=int)
        found += _by_value(reading, noted, codes=False, dates=True)
    if AGE in reading.values:
        old = np.flatnonzero(old_ages(reading))
        if len(old):
            column = str(reading.places(pd.Index(old[:1]))[0])
            found.append((column, Finding(f"column `{column}`", "age over 89", len(old), int(old[0]))))
    for column, finding in found:
        action, reason = _decided(column, identifiers)
        if action == "redacted" and "participant" in text:
            action = "refused"  # people could no longer be told apart
        yield Caught(finding, column, action, reason, next(iter(reading.values)))


def _by_name(reading: Reading, marked: frozenset[str]) -> list[tuple[str, Finding]]:
    found = []
    for column in places(reading):
        kind = named_kind(column, marked)
        rows = rows_of(reading, column)
        filled = rows[[bool(str(text).strip()) for text in reading.cells.at(rows)]] if kind else rows[:0]
        if len(filled):
            found.append((column, Finding(f"column `{column}`", kind, len(filled), int(filled[0]), "name")))
    return found


def _by_value(reading: Reading, rows: np.ndarray | None, *, codes: bool, dates: bool) -> list[tuple[str, Finding]]:
    """What the cells of some rows hold; of all rows when none are named."""
    if rows is not None and not len(rows):
        return []
    cells = reading.cells if rows is None else reading.cells.some(rows)
    found = []
    # The names are looked at apart, so the values are screened under a name that says nothing.
    for finding in screen_column("", cells.distinct, cells=cells.codes, codes=codes, dates=dates):
        first = finding.first if rows is None else int(rows[finding.first])
        column = str(reading.places(pd.Index([first]))[0])
        found.append((column, replace(finding, place=f"column `{column}`", first=first)))
    return found


def _refusal(grid: Grid, refused: Sequence[Caught]) -> DataError:
    first = refused[0]
    finding, more = first.finding, len(refused) - 1
    if first.column in (FILE_NAME, HEADER):
        where, rows, remedy = f"the {finding.place} holds", "", "Take it out of the file"
        if first.column == FILE_NAME:
            remedy = "Rename the file"
    else:
        by_name = finding.by == "name"
        where = f"by its name, {finding.place} holds" if by_name else f"{finding.place} holds"
        rows = f" in {plural(finding.count, 'row')}, first row {_row(grid, finding.first):,}"
        remedy = "Leave the column out or correct the source"
        if finding.kind == "age over 89":
            remedy = "Write 90 for all who are 90 or older"
    others = f", and there {'is' if more == 1 else 'are'} {plural(more, 'further finding')}" if more else ""
    redact = "" if first.column in (HEADER,) else ", pass identifiers='redact'"
    return DataError(
        f"{_clean_name(grid.name, refused)}: {where} what looks like {_a(finding.kind)}{rows}{others}; nothing that "
        f"may tell who a person is gets in. {remedy}{redact}, or say why it may stay: "
        f"identifiers={{'{first.column}': '...'}}. See .failures for every place.",
        pd.DataFrame(
            {
                "row": [
                    _row(grid, item.finding.first) if item.column not in (FILE_NAME, HEADER) else 0 for item in refused
                ],
                "column": [item.column for item in refused],
                "value": None,
                "rule": [f"{item.finding.kind}, {plural(item.finding.count, 'cell')}" for item in refused],
            }
        ),
    )


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeio" else f"a {kind}"


def _row(grid: Grid, position: int) -> int:
    return int(grid.rows[position])


def _free_texts(readings: Sequence[Reading], schema: Schema) -> Iterable[Caught]:
    """Columns of free text, in which rules cannot find everything."""
    for reading in readings:
        if not text_columns(reading, schema) or not isinstance(reading.place, str):
            continue
        distinct = reading.cells.distinct
        if is_free_text(distinct):
            filled = int(sum(bool(text.strip()) for text in distinct))
            yield Caught(
                Finding(f"column `{reading.place}`", "free text", filled),
                reading.place,
                "searched",
                "",
                next(iter(reading.values)),
            )


def _clean_name(name: str, caught: Sequence[Caught]) -> str:
    """The name of a file without what is left behind or redacted."""
    kinds = {item.finding.kind for item in caught if item.column == FILE_NAME and item.action != "kept"}
    found = [span for span in file_name_spans(name) if span.kind in kinds] if kinds else []
    return redacted([name], found).get(0, name)


def _masked(grid: Grid) -> tuple[tuple[int, str, str], ...]:
    """Torn rows without identifiers: nobody knows which cell belongs to which column."""
    if not grid.torn:
        return grid.torn
    hidden = any(named_kind(column, grid.marked) for column in grid.columns)
    values = [value for _, value, _ in grid.torn]
    clean = redacted(values, spans(values))
    return tuple(
        (row, "[LEFT OUT]" if hidden else clean.get(place, value), rule)
        for place, (row, value, rule) in enumerate(grid.torn)
    )


def _frame(grid: Grid, schema: Schema, caught: Sequence[Caught]) -> pd.DataFrame:
    name = _clean_name(grid.name, caught)
    rows = [
        (
            *(
                name,
                schema.name,
                item.canonical,
                item.finding.place,
                item.finding.kind,
                item.finding.letter,
                item.finding.count,
            ),
            *(None if item.column in (FILE_NAME, HEADER) else _row(grid, item.finding.first), item.action, item.reason),
        )
        for item in caught
    ]
    return pd.DataFrame(rows, columns=IDENTIFIER_COLUMNS, dtype=object)
