"""ADaM analysis data into outcomes: BDS by PARAMCD, and times to an event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from spasticity import tables
from spasticity.errors import DataError, MethodError, listed, one_of
from spasticity.load.casting import Reading, assemble, column_reading
from spasticity.load.cdisc_files import file_grid
from spasticity.load.cdisc_readings import day_reading
from spasticity.load.columns import constant_reading, expect_rows
from spasticity.load.gate import Identifiers
from spasticity.load.grid import Grid
from spasticity.load.keys import DUPLICATES, Duplicates
from spasticity.load.spelling import Codings, Spelling, as_coding
from spasticity.schema import Column, Schema
from spasticity.study import Loaded
from spasticity.tables.people import COHORTS
from spasticity.wording import plural

Derived = Literal["reject", "keep"]
#: Column of OUTCOMES to its variable of BDS [names from memory: CDISC ADaMIG 1.3; checked against the CDISC pilot].
BDS = {
    "participant": "USUBJID",
    "arm": "TRTP",
    "visit": "AVISIT",
    "outcome": "PARAMCD",
    "value": "AVAL",
    "baseline": "BASE",
    "change": "CHG",
    "percent_change": "PCHG",
    "flag": "DTYPE",
}
CLOSE = 1e-6  # between a change and the difference it should be; exports round

TIMES = Schema(
    name="times",
    label="one row per participant and outcome: the time to its event, or without one",
    key=("participant", "outcome"),
    columns=(
        tables.OUTCOMES["participant"],
        tables.OUTCOMES["cohort"],
        tables.OUTCOMES["arm"],
        tables.OUTCOMES["outcome"],
        Column(name="time", kind="number", label="Time", low=0, required=True, note="in the unit of the source"),
        Column(name="event", kind="flag", label="Event", required=True, note="false: censored at that time"),
        Column(name="reason", kind="text", label="Event or reason of censoring", note="as recorded"),
    ),
)


def bds(
    path: Path | str,
    outcomes: Mapping[str, str],
    *,
    cohort: str | None = None,
    visits: Mapping[str, str] | None = None,
    where: Mapping[str, Sequence[str]] | None = None,
    derived: Derived = "reject",
    columns: Mapping[str, str] | None = None,
    codings: Codings | None = None,
    missing: Sequence[str] = (),
    encoding: str = "utf-8",
    duplicates: Duplicates = "refuse",
    rows: int | None = None,
    identifiers: Identifiers = "refuse",
) -> Loaded:
    """Outcomes from an ADaM data set of the basic data structure, such as ADQS, one record per row.

    Parameters
    ----------
    path : Path or str
        An .xpt, Dataset-JSON or .csv file.
    outcomes : mapping of str to str
        PARAMCD to the id of a measure, such as `{"SPNRS": "spasticity_nrs"}`. A record of another PARAMCD is rejected;
        take them out with `where`.
    cohort : str, optional
        `MS` or `SCI` when all rows are of one; otherwise name a variable in `columns`, or leave it empty.
    visits : mapping of str to str, optional
        AVISIT to the name of the visit; in this order the visits are then a category.
    where : mapping of str to list of str, optional
        Variable to the values of the records that are taken, such as `{"ANL01FL": ["Y"]}`; the others are counted.
    derived : str
        What to do with records that were not observed, which DTYPE marks (such as LOCF): `reject` or `keep` them, in
        which case DTYPE is their flag.
    columns, codings
        Column of outcomes to variable, where it is not the standard one (`arm` is TRTP); and what its codes mean.
    missing : sequence of str
        Codes for no value, such as `NA` in CSV files that R wrote.
    encoding, duplicates, rows, identifiers
        As in `delimited`.

    Returns
    -------
    Loaded
        OUTCOMES. Day 0 is the first day of treatment, which ADY calls day 1.

    Raises
    ------
    DataError
        When the file was cut or damaged, or a variable is not there.
    MethodError
        When an option is not understood.

    References
    ----------
    CDISC, "Analysis Data Model Implementation Guide" 1.3 (2021) [from memory].
    """
    one_of("derived", derived, ("reject", "keep"))
    _check_options(cohort, duplicates)
    grid = _selected(file_grid(path, encoding=encoding, missing=missing, verified=rows is not None), where, rows)
    places = BDS | dict(columns or {})
    _require(grid, [places[name] for name in ("participant", "visit", "outcome", "value")], columns)
    given = {"outcome": dict(outcomes), "visit": dict(visits or {})} | {n: dict(c) for n, c in (codings or {}).items()}
    readings = []
    for column in tables.OUTCOMES:
        readings.append(_reading(grid, column, places.get(column.name), given.get(column.name), cohort))
    readings = [_observed(grid, reading, derived) if "flag" in reading.values else reading for reading in readings]
    by_name = {next(iter(reading.values)): reading for reading in readings}
    by_name["change"] = _consistent(by_name)
    loaded = assemble(grid, tables.OUTCOMES, list(by_name.values()), duplicates=duplicates, identifiers=identifiers)
    if not visits:
        return loaded
    order = pd.CategoricalDtype(list(dict.fromkeys(visits.values())), ordered=True)
    return replace(loaded, table=loaded.table.assign(visit=loaded.table["visit"].astype(object).astype(order)))


def time_to_event(
    path: Path | str,
    outcomes: Mapping[str, str],
    *,
    cohort: str | None = None,
    where: Mapping[str, Sequence[str]] | None = None,
    columns: Mapping[str, str] | None = None,
    codings: Codings | None = None,
    missing: Sequence[str] = (),
    encoding: str = "utf-8",
    rows: int | None = None,
    identifiers: Identifiers = "refuse",
) -> Loaded:
    """Times to an event from an ADaM data set such as ADTTE, one record per row.

    Parameters
    ----------
    path : Path or str
        An .xpt, Dataset-JSON or .csv file.
    outcomes : mapping of str to str
        PARAMCD to the name of the outcome; a record of another PARAMCD is rejected, unless `where` leaves it out.
    cohort, where, columns, codings, missing, encoding, rows, identifiers
        As in `bds`; `arm` is TRTP.

    Returns
    -------
    Loaded
        `participant, cohort, arm, outcome, time, event, reason`. CNSR 0 is an event; any other number is a reason
        for censoring.

    Raises
    ------
    DataError, MethodError
        As `bds`.
    """
    _check_options(cohort, "refuse")
    grid = _selected(file_grid(path, encoding=encoding, missing=missing, verified=rows is not None), where, rows)
    standard = {"participant": "USUBJID", "arm": "TRTP", "outcome": "PARAMCD", "time": "AVAL", "event": "CNSR"}
    places = standard | {"reason": "EVNTDESC"} | dict(columns or {})
    _require(grid, [places[name] for name in standard if name != "arm"], columns)
    coding = {"outcome": dict(outcomes)} | {n: dict(c) for n, c in (codings or {}).items()}
    if "event" not in coding:
        codes = [code for code in np.unique(grid.columns[places["event"]]) if code.isdigit()]
        coding["event"] = {code: "true" if code == "0" else "false" for code in codes} or {"0": "true"}
    readings = [_reading(grid, column, places.get(column.name), coding.get(column.name), cohort) for column in TIMES]
    return assemble(grid, TIMES, readings, identifiers=identifiers)


def _check_options(cohort: str | None, duplicates: str) -> None:
    one_of("cohort", cohort, (None, *COHORTS))
    one_of("duplicates", duplicates, DUPLICATES)


def _selected(grid: Grid, where: Mapping[str, Sequence[str]] | None, rows: int | None) -> Grid:
    """The records that are wanted; how many are not is in the notes."""
    expect_rows(grid, rows)
    keep = np.ones(len(grid), dtype=bool)
    for name, values in (where or {}).items():
        if isinstance(values, str):
            raise MethodError(f"where of {name} must be a list of values, not one text")
        _require(grid, [name], None)
        keep &= np.isin(grid.columns[name], [str(value) for value in values])
    left = int((~keep).sum())
    chosen = grid.at(np.flatnonzero(keep)) if left else grid
    return chosen.noting(f"{plural(left, 'record')} of {len(grid):,} not as `where` says" if left else "")


def _require(grid: Grid, names: Sequence[str], columns: Mapping[str, str] | None) -> None:
    wanted = dict.fromkeys((*names, *(columns or {}).values()))
    lost = [name for name in wanted if name not in grid.columns]
    if lost:
        raise DataError(f"{grid.name}: there is no {listed(lost, 'and no')}; name the variable in `columns`.")


def _reading(
    grid: Grid, column: Column, place: str | None, coding: Mapping[str, object] | None, cohort: str | None
) -> Reading:
    if column.name == "day":
        return _day(grid, column)
    if column.name == "cohort" and place is None:
        return constant_reading(cohort, column, len(grid))
    if place is None or place not in grid.columns:
        return constant_reading(None, column, len(grid))
    return column_reading(
        grid.columns[place], column, Spelling(coding=as_coding(coding) if coding else None), place=place
    )


def _day(grid: Grid, column: Column) -> Reading:
    """ADY, checked against ADT where TRTSDT says when day 1 was."""
    starts = grid.columns.get("TRTSDT")
    dates = grid.columns.get("ADT") if starts is not None else None
    zero = pd.Series(pd.NaT, index=range(len(grid)), dtype="datetime64[us]") if starts is None else None
    zero = pd.to_datetime(pd.Series(starts), format="%Y-%m-%d", errors="coerce") if zero is None else zero
    if dates is not None:
        dates = np.where(zero.isna().to_numpy(), "", dates)
    return day_reading(
        column,
        dates,
        grid.columns.get("ADY"),
        zero.dt.date,
        pd.Series(0.0, index=range(len(grid))),
        place="ADY" if "ADY" in grid.columns else "ADT",
    )


def _observed(grid: Grid, reading: Reading, derived: Derived) -> Reading:
    """A record that was not observed is a fault, unless it is kept with its flag."""
    if derived == "keep" or reading.place not in grid.columns:
        return reading
    rows = np.flatnonzero(reading.texts != "")
    rule = "a derived record (DTYPE), not an observation"
    return replace(reading, faults=pd.Series(rule, index=pd.Index(rows, dtype=int), dtype=object))


def _consistent(readings: Mapping[str, Reading]) -> Reading:
    """A change that is not value minus baseline is a fault."""
    change = readings["change"]
    value, base, given = (readings[name].values[name].astype(float) for name in ("value", "baseline", "change"))
    off = np.flatnonzero(((given - (value - base)).abs() > CLOSE * (1 + value.abs())).fillna(False))
    off = off[~np.isin(off, change.faults.index)]
    more = pd.Series("the change is not the value minus the baseline", index=pd.Index(off, dtype=int), dtype=object)
    return replace(change, faults=pd.concat([change.faults, more]).sort_index()) if len(off) else change
