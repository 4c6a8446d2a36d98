"""A REDCap mapping beside its dictionary and its export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from spasticity.errors import SpasticityError, listed
from spasticity.load.grid import Grid
from spasticity.load.mapping_findings import Findings, check_spellings, hint, opened, schema_of
from spasticity.load.opening import content
from spasticity.load.protocol_toml import TODO
from spasticity.load.records import delimited_grid
from spasticity.load.redcap_dictionary import Dictionary, read_dictionary
from spasticity.load.redcap_export import EVENT
from spasticity.load.redcap_mapping import Feed, Part, RedcapMapping
from spasticity.load.toml_lines import Place
from spasticity.schema import Schema


def check_source(paths: Mapping[str, Path], visits: list[str]) -> Iterator[tuple[str, int, str]]:
    """The problems of the mapping of a REDCap source, beside its dictionary and its export.

    Parameters
    ----------
    paths : mapping of str to Path
        `mapping`, `dictionary` and `file`, as far as they are there.
    visits : list of str
        Of the study.

    Yields
    ------
    tuple of (str, int, str)
        File, line, problem.
    """
    if "mapping" not in paths:
        return
    found = opened(content(paths["mapping"]))
    try:
        project = read_dictionary(content(paths["dictionary"])) if "dictionary" in paths else None
        grid = delimited_grid(content(paths["file"])) if "file" in paths else None
    except SpasticityError as error:
        found.add((), str(error))
        project = grid = None
    check_mapping(found, project, grid)
    for event, visit in (found.entries.get("events") or {}).items():
        near = get_close_matches(str(visit), visits, n=1)
        if visit != TODO and visit not in visits and near:  # a log or another event may be no visit
            found.add(("events", event), f"`{visit}` is no visit of the study.toml; did you mean `{near[0]}`?")
    yield from found.rows


def check_mapping(found: Findings, project: Dictionary | None, grid: Grid | None) -> None:
    """What is wrong with a mapping.

    Parameters
    ----------
    found : Findings
        Of the mapping; problems are added.
    project : Dictionary, optional
    grid : Grid, optional
        The export.
    """
    found.known(found.entries, [field.name for field in fields(RedcapMapping)], (), "a part of a mapping")
    tables = found.entries.get("tables")
    if not isinstance(tables, list) or not all(isinstance(entry, dict) for entry in tables):
        found.add(("tables",), "there are no [[tables]]; each names a `table` and its `form`.")
        return
    if grid is not None and EVENT in grid.columns and found.entries.get("events"):
        for event in dict.fromkeys(grid.columns[EVENT]):
            if event and event not in found.entries["events"]:
                found.add(("events",), f"the export has the event `{event}`; say what visit it is.")
    for number, entry in enumerate(tables):
        _check_feed(found, entry, ("tables", number), project, grid)


def _check_feed(
    found: Findings, entry: Mapping[str, Any], place: Place, project: Dictionary | None, grid: Grid | None
) -> None:
    found.known(entry, [field.name for field in fields(Feed)], place, "a part of [[tables]]")
    for name in ("table", "form"):
        if name not in entry:
            found.add(place, f"it has no `{name}`; add it.")
    form = entry.get("form")
    if project is not None and form is not None and form not in project.forms:
        found.add((*place, "form"), f"there is no form `{form}`; {hint(form, project.forms)}")
    schema = schema_of(found, entry, place)
    parts = entry.get("melt", [])
    whole = [((*place,), entry), *(((*place, "melt", n), part) for n, part in enumerate(parts))]
    for where, part in whole:
        for option in ("columns", "constants") if schema else ():
            named = part.get(option, {})
            found.known(named, schema.names if schema else [], (*where, option), f"a column of {entry['table']}")
        if grid is not None:
            _check_fields(found, part.get("columns", {}), (*where, "columns"), project, grid)
        if where != place:
            found.known(part, [field.name for field in fields(Part)], where, "a part of `melt`")
    if schema is not None:
        check_spellings(found, entry, place, schema)
        _check_fed(found, whole, place, schema)


def _check_fields(
    found: Findings, columns: Mapping[str, Any], place: Place, project: Dictionary | None, grid: Grid
) -> None:
    checkboxes = {field.name: field for field in project or () if field.kind == "checkbox"}
    for name, column in columns.items():
        if column in checkboxes:
            what = f"`{column}` is a checkbox; name one of {listed(checkboxes[column].columns)}."
            found.add((*place, name), what)
        elif isinstance(column, str) and column not in ("", TODO) and column not in grid.columns:
            found.add((*place, name), f"the export has no field `{column}`; {hint(column, grid.columns)}")


def _check_fed(found: Findings, whole: list[tuple[Place, Mapping[str, Any]]], place: Place, schema: Schema) -> None:
    named = {name for _, part in whole for option in ("columns", "constants") for name in part.get(option, {})}
    named |= set(schema.optional())
    for name in schema.names:
        if name not in named:
            found.add(
                (*place, "columns"),
                f'nothing feeds `{name}` ({schema[name].label}); name its field, or write {name} = "" when it was not '
                "collected.",
            )
