"""REDCap exports into tables: events, repeating forms, checkboxes and missing codes, by the project's dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from spasticity.errors import DataError, listed
from spasticity.load.casting import Reading, assemble, column_reading, woven
from spasticity.load.columns import canonical, constant_reading
from spasticity.load.gate import Identifiers, check_identifiers
from spasticity.load.grid import Grid
from spasticity.load.opening import content
from spasticity.load.records import delimited_grid
from spasticity.load.redcap_dictionary import CHOSEN, YES_NO, Dictionary, read_dictionary
from spasticity.load.redcap_formulas import differs, recalculated
from spasticity.load.redcap_mapping import Feed, Part, RedcapMapping, mapping_of
from spasticity.load.spelling import REST, Spelling, as_coding, factor_of
from spasticity.load.stacking import stack
from spasticity.load.study_days import DayZero, counted, date_column, zero_of
from spasticity.schema import Column
from spasticity.study import Loaded
from spasticity.wording import plural

EVENT, FORM = "redcap_event_name", "redcap_repeat_instrument"
STALE = "the calculated field is not what its formula gives now; let REDCap calculate it again and export"
TRUTH = {"1": "true", "0": "false"}


def redcap(
    records: Path | str,
    dictionary: Path | str,
    mapping: RedcapMapping | Mapping[str, Any] | Path | str,
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    identifiers: Identifiers = "refuse",
    day_zero: DayZero | None = None,
) -> dict[str, Loaded]:
    """The tables of a REDCap project, from its raw export and its data dictionary.

    Parameters
    ----------
    records : Path or str
        The export as CSV, raw: codes, not labels.
    dictionary : Path or str
        The project's data dictionary as CSV.
    mapping : RedcapMapping, mapping, Path or str
        Which fields feed which tables: the frozen value, a dict of its shape, or a TOML file.
    delimiter, encoding : str
        As the export was written.
    identifiers : str or mapping of field to reason
        As in `delimited`.
    day_zero : DataFrame or mapping of str to date, optional
        Participants with their first_dose_date, for date fields that feed study days; by default those of the project.

    Returns
    -------
    dict of str to Loaded
        By name of the table, in the order of the mapping; for `Study.of(protocol, *tables.values())`. Rows are the
        lines of the export, columns of the ledger its fields. A record counts as a record of a form when the form
        holds anything or its status says so: an untouched checkbox is exported as 0 and says nothing.

    Raises
    ------
    DataError
        When the export holds labels, belongs to another dictionary, has events that the mapping does not name, or
        is damaged.
    MethodError
        When the mapping is not understood.
    """
    plan = mapping_of(mapping)
    project = read_dictionary(content(dictionary), encoding=encoding)
    grid = delimited_grid(content(records), delimiter=delimiter, encoding=encoding)
    check_identifiers(identifiers, grid)
    grid = replace(grid, marked=frozenset(name for name, field in project.columns.items() if field.marked))
    _refuse_torn(grid)
    _check_project(grid, project)
    _check_events(grid, plan)
    loaded: dict[str, list[Loaded]] = {feed.table: [] for feed in plan.tables}
    for feed in sorted(plan.tables, key=lambda feed: feed.table != "participants"):
        _check_fields(grid, project, feed)
        loaded[feed.table].append(_fed(grid, project, plan, feed, day_zero, identifiers))
        if feed.table == "participants" and day_zero is None:
            day_zero = loaded["participants"][-1].table
    return {table: stack(*parts) for table, parts in loaded.items()}


def _refuse_torn(grid: Grid) -> None:
    """Refuse torn rows: a machine wrote the export, so that one of them means that the file was edited or cut."""
    if grid.torn:
        raise DataError(f"{grid.name}: {grid.torn[0][2]} in line {grid.torn[0][0]:,}; export the project again.")


def _check_project(grid: Grid, project: Dictionary) -> None:
    """Refuse an export of labels, or of another project."""
    first = next(iter(grid.columns))
    if first == project.id.name:
        return
    labels = {field.label for field in project} - {field.name for field in project}
    if first == project.id.label or sum(name in labels for name in grid.columns) > len(grid.columns) / 2:
        raise DataError(f"{grid.name}: the export has labels in its header; export it again as raw data.")
    raise DataError(
        f"{grid.name}: its first column is `{first}`, but the id of {project.name} is `{project.id.name}`; "
        "use the dictionary of the same project, and export the record id."
    )


def _check_events(grid: Grid, plan: RedcapMapping) -> None:
    if not plan.events or EVENT not in grid.columns:
        return
    unknown = sorted(set(grid.columns[EVENT]) - set(plan.events) - {""})
    if unknown:
        raise DataError(
            f"{grid.name}: {plural(len(unknown), 'event')} that the mapping does not name: {listed(unknown, 'and')}; "
            "add to `events` what visit each is."
        )


def _check_fields(grid: Grid, project: Dictionary, feed: Feed) -> None:
    """Refuse a mapping that speaks of forms or fields which are not there."""
    if feed.form not in project.forms:
        raise DataError(
            f"{project.name}: there is no form `{feed.form}`; there are {listed(project.forms, 'and')}. "
            f"Correct the mapping of {feed.table}."
        )
    checkboxes = {field.name: field for field in project if field.kind == "checkbox"}
    for name in feed.sources:
        if name in grid.columns:
            continue
        if name in checkboxes:
            options = listed(checkboxes[name].columns)
            raise DataError(f"{grid.name}: `{name}` is a checkbox; the mapping of {feed.table} must name {options}.")
        near = get_close_matches(name, list(grid.columns), n=1)
        hint = f"did you mean `{near[0]}`?" if near else "export that field, or correct the mapping."
        raise DataError(f"{grid.name}: there is no field `{name}`, which the mapping of {feed.table} names; {hint}")


def _fed(
    grid: Grid,
    project: Dictionary,
    plan: RedcapMapping,
    feed: Feed,
    day_zero: DayZero | None,
    identifiers: Identifiers,
) -> Loaded:
    """What one form gives to one table."""
    schema, parts = canonical(feed.table), feed.parts
    here = replace(grid.at(_records_of(grid, project, feed.form)), name=f"{grid.name}, {feed.form}", format="REDCap")
    for name in feed.sources:
        _refuse_labels(here, project, plan, name)
    readings = [woven([_reading(here, project, plan, feed, part, column) for part in parts]) for column in schema]
    here = here.noting(*_not_recalculated(here, project, plan, feed))
    here = here.noting(*(f"`{name}` converted from {unit}" for name, unit in feed.units.items()))
    dated = [column.name for column in schema if any(_is_date(project, part, column) for part in parts)]
    if dated:
        people, zero = readings[schema.names.index("participant")].values["participant"], zero_of(day_zero, dated)
        readings = [
            counted(reading, column, people, zero) if column.name in dated else reading
            for reading, column in zip(readings, schema, strict=True)
        ]
        here = here.noting(f"{listed(dated, 'and')} counted from the date of the first dose")
    long = replace(here, columns={}, rows=np.repeat(here.rows, len(parts))).noting(_unfinished(here, feed.form))
    if feed.skip_blank:
        filled = _filled(readings[schema.names.index(feed.skip_blank)])
        blank = len(long) - len(filled)
        long = long.at(filled).noting(f"{plural(blank, 'blank cell')} that make no row" if blank else "")
        readings = [reading.at(filled) for reading in readings]
        return assemble(long, schema, readings, duplicates=feed.duplicates, identifiers=identifiers)
    loaded = assemble(long, schema, readings, duplicates=feed.duplicates, identifiers=identifiers)
    return replace(loaded, source=replace(loaded.source, rows_read=len(here), factor=len(parts)))


def _filled(reading: Reading) -> np.ndarray:
    return np.flatnonzero([bool(text.strip()) for text in reading.texts])


def _unfinished(grid: Grid, form: str) -> str:
    status = grid.columns.get(f"{form}_complete")
    open_ones = 0 if status is None else int(np.isin(status, ("0", "1")).sum())
    return f"{plural(open_ones, 'record')} not marked complete" if open_ones else ""


def _records_of(grid: Grid, project: Dictionary, form: str) -> np.ndarray:
    """Positions of the rows of an export that hold a record of a form."""
    opened = np.isin(grid.columns.get(f"{form}_complete", np.full(len(grid), "")), ("1", "2"))
    for field in project:
        if field.form != form or field.kind == "calc" or field is project.id:
            continue
        for column in field.columns:
            if column in grid.columns:
                cells = grid.columns[column]
                opened |= (cells == "1") if field.kind == "checkbox" else (cells != "")
    if FORM in grid.columns:
        repeats = grid.columns[FORM]
        opened &= (repeats == form) if (repeats == form).any() else (repeats == "")
    return np.flatnonzero(opened)


def _refuse_labels(grid: Grid, project: Dictionary, plan: RedcapMapping, name: str) -> None:
    """Refuse an export in which a chosen field holds labels instead of codes."""
    field = project.columns.get(name)
    if field is None or field.kind not in (*CHOSEN, *YES_NO):
        return
    codes = {"0", "1"} if field.kind == "checkbox" else set(field.choices)
    labels = {"Checked", "Unchecked"} if field.kind == "checkbox" else set(field.choices.values())
    strange = set(grid.columns[name]) - codes - set(plan.missing) - {""}
    if strange & labels:
        raise DataError(f"{grid.name}: `{name}` holds labels, not codes; export the project again as raw data.")


def _reading(grid: Grid, project: Dictionary, plan: RedcapMapping, feed: Feed, part: Part, column: Column) -> Reading:
    if column.name in part.constants:
        return constant_reading(part.constants[column.name], column, len(grid))
    name = part.columns[column.name]
    if _is_date(project, part, column):
        column = date_column(column)
    reading = column_reading(grid.columns[name], column, _spelling(project, plan, feed, name, column), place=name)
    return _compared(reading, _again(grid, project, plan, name))


def _again(grid: Grid, project: Dictionary, plan: RedcapMapping, name: str) -> np.ndarray | None:
    """What a calculated field should hold; None when it is not one, or its formula is of another kind."""
    field = project.columns.get(name)
    if field is None or not field.formula:
        return None
    return recalculated(field.formula, grid.columns, frozenset(plan.missing))


def _compared(reading: Reading, values: np.ndarray | None) -> Reading:
    """A reading whose results that are out of date are faults: nobody knows which of the two was meant."""
    if values is None:
        return reading
    stale = pd.Index(np.flatnonzero(differs(reading.texts, values))).difference(reading.faults.index)
    if stale.empty:
        return reading
    faults = pd.Series(STALE, index=stale, dtype=object)
    return replace(reading, faults=pd.concat([reading.faults, faults]).sort_index() if len(reading.faults) else faults)


def _not_recalculated(grid: Grid, project: Dictionary, plan: RedcapMapping, feed: Feed) -> list[str]:
    calculated = [name for name in feed.sources if name in project.columns and project.columns[name].formula]
    left = [name for name in calculated if _again(grid, project, plan, name) is None]
    return [f"calculated and not checked: {listed(left, 'and')}"] if left else []


def _is_date(project: Dictionary, part: Part, column: Column) -> bool:
    """Whether a field of dates feeds a column of study days."""
    field = project.columns.get(part.columns.get(column.name, ""))
    return column.unit == "days" and field is not None and field.validation.startswith("date_")


def _spelling(project: Dictionary, plan: RedcapMapping, feed: Feed, name: str, column: Column) -> Spelling:
    """How a field writes the values of a column."""
    field = project.columns.get(name)
    missing = feed.missing.get(column.name, feed.missing.get(REST, plan.missing))
    if field is not None and field.keeps_codes:
        missing = ()
    coding: Mapping[str, object] | None = feed.codings.get(column.name)
    if coding is None and name == EVENT:
        coding = plan.events or None
    if coding is None and field is not None:
        coding = _meaning(field.kind, field.choices, column)
    return Spelling(
        decimal="." if field is None else field.decimal,
        missing=frozenset(map(str, missing)),
        coding=None if coding is None else as_coding(coding),
        unit=feed.units.get(column.name),
        factor=factor_of(column, feed.units[column.name]) if column.name in feed.units else Fraction(1),
    )


def _meaning(kind: str, choices: Mapping[str, str], column: Column) -> Mapping[str, str] | None:
    """What the codes of a field mean in a column: truth, the labels of the dictionary, or the codes themselves."""
    if column.kind == "flag" and kind in ("checkbox", *YES_NO):
        return TRUTH
    return choices if choices and kind != "checkbox" and column.kind in ("text", "category", "flag") else None
