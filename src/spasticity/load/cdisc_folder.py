"""A folder of CDISC data sets into a study: SDTM domains and ADSL, by their standard names and a declared mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from spasticity.errors import DataError, listed
from spasticity.load.casting import Reading, assemble, column_reading
from spasticity.load.cdisc_files import domain_grid
from spasticity.load.cdisc_mapping import TERMS, CdiscFeed, CdiscMapping, cdisc_mapping_of
from spasticity.load.cdisc_readings import day_reading, dose_readings
from spasticity.load.cdisc_rows import spread, test_place
from spasticity.load.cdisc_start import people_of, study_day_of, zero_of_people, zero_variable
from spasticity.load.columns import canonical, constant_reading
from spasticity.load.gate import FILE_NAME, HEADER, Identifiers
from spasticity.load.grid import Grid
from spasticity.load.protocol_toml import Plan, protocol_of
from spasticity.load.spelling import Spelling, as_coding
from spasticity.load.stacking import stack
from spasticity.protocol import PROTOCOL_FILE, Protocol
from spasticity.schema import Column
from spasticity.study import Loaded, Study
from spasticity.wording import plural

MAPPING_FILE = "cdisc.toml"
DAYS = ("day", "start_day", "end_day")
PERSON = "USUBJID"
IN_YEARS = ("YEARS", "")  # of AGEU


def cdisc(
    folder: Path | str,
    mapping: CdiscMapping | Mapping[str, Any] | Path | str | None = None,
    *,
    protocol: Protocol | None = None,
    identifiers: Identifiers = "refuse",
) -> Study:
    """A study from a folder of CDISC data sets: SDTM, or ADSL, as .xpt, Dataset-JSON or CSV.

    Parameters
    ----------
    folder : Path or str
        Files named after their domains, such as `dm.xpt`; `suppdm.xpt` adds its variables. define.xml is not needed.
    mapping : CdiscMapping, mapping, Path or str, optional
        Which domain feeds which table, and what the study's own codes mean; `cdisc.toml` of the folder by default.
    protocol : Protocol, optional
        Arms and visits; the `study.toml` of the folder by default.
    identifiers : str or mapping of column to reason
        As in `delimited`.

    Returns
    -------
    Study
        Day 0 is the date of RFXSTDTC, or of the variable that `day_zero` names: the first day, which CDISC calls
        day 1. The day before is -1 in both.

    Raises
    ------
    DataError
        When a data set is missing, was cut or damaged, or has variables that the mapping does not expect.
    MethodError
        When the mapping is not understood.

    References
    ----------
    CDISC, "Study Data Tabulation Model Implementation Guide: Human Clinical Trials" 3.4 (2021) [from memory].
    """
    folder = Path(folder)
    loaded = cdisc_tables(folder, mapping, identifiers=identifiers)
    if protocol is None:
        protocol = protocol_of(Plan(folder / PROTOCOL_FILE))
    return Study.of(protocol, *loaded.values())


def cdisc_tables(
    folder: Path | str,
    mapping: CdiscMapping | Mapping[str, Any] | Path | str | None = None,
    *,
    identifiers: Identifiers = "refuse",
) -> dict[str, Loaded]:
    """The tables of a folder of CDISC data sets.

    Parameters
    ----------
    folder, mapping, identifiers
        As in `cdisc`.

    Returns
    -------
    dict of str to Loaded
        By name of the table, in the order of the mapping. Rows are records of the data sets, counted from 1 (for
        CSV: lines); columns of the ledger are variables.

    Raises
    ------
    DataError, MethodError
        As `cdisc`.
    """
    folder = Path(folder)
    plan = cdisc_mapping_of(folder / MAPPING_FILE if mapping is None else mapping)
    grids = {
        domain: domain_grid(folder, domain, encoding=plan.encoding, missing=plan.missing, rows=_rows(plan).get(domain))
        for domain in dict.fromkeys(feed.domain.upper() for feed in plan.tables)
    }
    for domain, grid in grids.items():
        if PERSON not in grid.columns:
            raise DataError(f"{grid.name}: there is no {PERSON}; {domain} must say whose each record is.")
    zero = zero_of_people(plan, people_of(folder, plan, grids))
    left = _left_over(plan, grids)
    loaded: dict[str, list[Loaded]] = {}
    for feed in plan.tables:
        grid = grids[feed.domain.upper()].noting(left.pop(feed.domain.upper(), ""))
        loaded.setdefault(feed.table, []).append(_fed(grid, plan, feed, zero, identifiers))
    return {table: stack(*parts) for table, parts in loaded.items()}


def _rows(plan: CdiscMapping) -> dict[str, int]:
    return {domain.upper(): count for domain, count in plan.rows.items()}


def _chosen(grid: Grid, feed: CdiscFeed) -> np.ndarray:
    keep = np.ones(len(grid), dtype=bool)
    for name, values in feed.where.items():
        variable = feed.place(name)
        if variable not in grid.columns:
            raise DataError(f"{grid.name}: `where` names `{variable}`, which the data set does not have.")
        keep &= np.isin(grid.columns[variable], [str(value) for value in values])
    return keep


def _left_over(plan: CdiscMapping, grids: Mapping[str, Grid]) -> dict[str, str]:
    """Domain to a note on the records that no table takes."""
    notes = {}
    for domain, grid in grids.items():
        taken = [_chosen(grid, feed) for feed in plan.tables if feed.domain.upper() == domain]
        spare = int((~np.logical_or.reduce(taken)).sum())
        if spare:
            notes[domain] = f"{plural(spare, 'record')} of {len(grid):,} taken by no table of the mapping"
    return notes


def _fed(grid: Grid, plan: CdiscMapping, feed: CdiscFeed, zero: pd.DataFrame, identifiers: Identifiers) -> Loaded:
    """What one data set gives to one table."""
    schema, whole = canonical(feed.table), grid
    here = grid.at(np.flatnonzero(_chosen(grid, feed))) if feed.where else grid
    if feed.where and not len(here) and len(whole):
        raise DataError(f"{grid.name}: no record is as `where` says for {feed.table}; correct the mapping.")
    here = spread(here, feed) if feed.spread else here
    places = {name: next((p for p in options if p in here.columns), None) for name, options in feed.places.items()}
    if "first_dose_date" in places and "first_dose_date" not in feed.columns:
        places["first_dose_date"] = zero_variable(plan, adam=feed.domain.upper() == "ADSL")
    _refuse_lost(here, feed, places)
    readings = {}
    for column in schema:
        readings[column.name] = _reading(here, plan, feed, column, places.get(column.name), zero)
    if feed.table == "doses" and "dose_mg_per_day" in feed.places and places.get("dose_mg_per_day"):
        readings = _with_doses(here, readings, str(places["dose_mg_per_day"]))
    empty = [
        c.name for c in schema if c.name not in feed.constants and c.name not in feed.spread and not places.get(c.name)
    ]
    empty = [name for name in empty if name in readings and name not in ("status",)]
    here = replace(here, name=f"{grid.name}, {feed.table}", format=f"CDISC {feed.domain.upper()} ({grid.format})")
    here = here.noting(f"not collected: {', '.join(empty)}" if empty else "")
    allowed = identifiers if isinstance(identifiers, str) else _own(identifiers, here)
    return assemble(here, schema, list(readings.values()), duplicates=feed.duplicates, identifiers=allowed)


def _own(identifiers: Mapping[str, str], grid: Grid) -> Mapping[str, str]:
    """The reasons that speak of a data set; the others speak of another one."""
    return {name: why for name, why in identifiers.items() if name in (*grid.columns, FILE_NAME, HEADER)}


def _refuse_lost(grid: Grid, feed: CdiscFeed, places: Mapping[str, str | None]) -> None:
    """Refuse a data set without the variables that must be there."""
    schema = canonical(feed.table)
    for name, place in feed.columns.items():
        if name in places and places[name] is None and not study_day_of(feed.place(place)) & set(grid.columns):
            raise DataError(f"{grid.name}: there is no `{feed.place(place)}`, which the mapping of {feed.table} names.")
    fed = {name for name, place in places.items() if place is not None} | {*feed.constants, *feed.spread}
    dated = {n for n in DAYS if n in feed.places and any(study_day_of(p) & set(grid.columns) for p in feed.places[n])}
    lost = [name for name in schema.required if name not in fed | dated and name != "status"]
    if lost:
        raise DataError(
            f"{grid.name}: nothing feeds {listed(lost, 'and')} of {feed.table}; name a variable in `columns`, or a "
            "value in `constants`."
        )


def _reading(
    grid: Grid, plan: CdiscMapping, feed: CdiscFeed, column: Column, place: str | None, zero: pd.DataFrame
) -> Reading:
    name = column.name
    if name in feed.constants:
        return constant_reading(feed.constants[name], column, len(grid))
    if name in feed.spread:
        return column_reading(grid.columns[test_place(feed, name)], column, place=test_place(feed, name))
    if name in DAYS and name in feed.places and name not in feed.codings:
        return _days(grid, plan, feed, column, zero)
    if place is None:
        given = "attended" if feed.table == "visits" and name == "status" else None
        return constant_reading(given, column, len(grid))
    cells = grid.columns[place]
    if column.kind == "date":
        cells = np.array([cell[:10] if len(cell) > 10 and cell[10] == "T" else cell for cell in cells], dtype=object)
    coding = feed.codings.get(name) or _terms(plan, feed, name)
    if feed.table == "visits" and name == "status" and coding is not None:
        cells = np.where(cells == "", "Y", cells)  # SVOCCUR is filled for visits that were planned only
    reading = column_reading(cells, column, Spelling(coding=as_coding(coding) if coding else None), place=place)
    return _in_years(grid, reading) if name == "age_years" else reading


def _terms(plan: CdiscMapping, feed: CdiscFeed, name: str) -> Mapping[str, Any] | None:
    if name == "visit":
        return plan.visits or None
    return TERMS.get(feed.table, {}).get(name) if name not in feed.columns else None


def _in_years(grid: Grid, reading: Reading) -> Reading:
    """An age that is not in years is a fault."""
    units = grid.columns.get("AGEU")
    if units is None:
        return reading
    odd = np.flatnonzero(~np.isin(units, IN_YEARS) & (reading.texts != ""))
    odd = odd[~np.isin(odd, reading.faults.index)]
    more = pd.Series("the age is not in years (AGEU)", index=pd.Index(odd, dtype=int), dtype=object)
    return replace(reading, faults=pd.concat([reading.faults, more]).sort_index()) if len(odd) else reading


def _days(grid: Grid, plan: CdiscMapping, feed: CdiscFeed, column: Column, zero: pd.DataFrame) -> Reading:
    variable = next((p for p in feed.places[column.name] if p in grid.columns), feed.places[column.name][0])
    counts = [variable] if variable.endswith("DY") else sorted(study_day_of(variable))
    dates = None if variable.endswith("DY") else grid.columns.get(variable)
    days = next((grid.columns[name] for name in counts if name in grid.columns), None)
    people = pd.Series(grid.columns[PERSON], dtype=object)
    starts = people.map(zero["zero"].to_dict()).astype("datetime64[us]").dt.date
    shifts = people.map(zero["shift"].to_dict()).astype(float)
    return day_reading(
        column,
        dates,
        days,
        starts,
        shifts,
        place=variable if dates is not None or days is None else counts[0],
        after=1 if column.name == "end_day" else 0,
        empty=plan.partial_dates == "empty",
    )


def _with_doses(grid: Grid, readings: dict[str, Reading], place: str) -> dict[str, Reading]:
    blank = np.full(len(grid), "", dtype=object)
    route = readings["route"].values["route"].astype(object).where(lambda values: values.notna(), "").to_numpy()
    given = {
        "unit": grid.columns.get("EXDOSU", blank),
        "frequency": grid.columns.get("EXDOSFRQ", blank),
        "route": route,
    }
    doses = dose_readings(given, len(grid), texts=grid.columns[place], place=place)
    kept = {n: reading for n, reading in readings.items() if n not in ("dose_mg_per_day", "dose_ug_per_day", "status")}
    return {**kept, "dose_mg_per_day": doses}
