"""Everything that is wrong with a mapping, in one go, each with its line and what to do."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from spasticity.errors import SpasticityError, listed
from spasticity.load.cdisc_files import has_domain
from spasticity.load.cdisc_folder import MAPPING_FILE
from spasticity.load.cdisc_mapping import cdisc_mapping_of
from spasticity.load.columns import EXTRA
from spasticity.load.dose_log import TYPED
from spasticity.load.event_times import LOGGED
from spasticity.load.grid import Grid
from spasticity.load.keys import DUPLICATES
from spasticity.load.mapping_findings import Findings, check_spellings, hint, opened, schema_of
from spasticity.load.mapping_redcap import check_mapping, check_source
from spasticity.load.opening import content
from spasticity.load.protocol_toml import SECTIONS, TODO, Plan, protocol_of
from spasticity.load.records import delimited_grid
from spasticity.load.spelling import REST
from spasticity.load.study_sources import FILES, LOADERS, OF_STUDY
from spasticity.load.toml_lines import Place
from spasticity.load.workbooks import sheet_grid
from spasticity.protocol import PROTOCOL_FILE
from spasticity.schema import Schema

BY_LOADER = {"doses": TYPED, "event_log": LOGGED}  # loaders of one table
BY_COLUMN = ("columns", "constants", "codings", "units", "missing", "date_format")
COLUMNS = ["file", "line", "problem"]


def problems(path: Path | str) -> pd.DataFrame:
    """Everything that is wrong with the plan of a study and its mappings, before any row is judged.

    Parameters
    ----------
    path : Path or str
        The folder of a study, its study.toml, or the mapping of a REDCap project.

    Returns
    -------
    DataFrame
        `file, line, problem`, in the order of the lines; empty when the files fit what the mapping says of them. It
        names columns, never values.

    Raises
    ------
    DataError
        When there is no such file, or it is not TOML.
    """
    path = Path(path)
    path = path / PROTOCOL_FILE if path.is_dir() else path
    found = opened(content(path))
    rows = list(found.rows)
    if "tables" in found.entries and "study" not in found.entries:
        check_mapping(found, None, None)
    else:
        rows += _check_study(found, path.parent)
    frame = pd.DataFrame([*found.rows, *rows], columns=COLUMNS).drop_duplicates()
    return frame.sort_values(["file", "line"], kind="stable", ignore_index=True)


def _check_study(found: Findings, folder: Path) -> list[tuple[str, int, str]]:
    """The plan and every source; problems of further files, such as a REDCap mapping, are given back."""
    found.known(found.entries, SECTIONS, (), "a section of a study.toml")
    visits: list[str] = []
    try:
        visits = protocol_of(_plan(found)).visit_names
    except SpasticityError as error:
        _from_message(found, error)
    sources = found.entries.get("sources", [])
    if not isinstance(sources, list) or not all(isinstance(entry, dict) for entry in sources):
        found.add(("sources",), "`sources` must be a list of [[sources]].")
        return []
    return [row for number in range(len(sources)) for row in _one_source(found, folder, number, visits)]


def _plan(found: Findings) -> Plan:
    """The plan of a file that is already open and may have places to fill in."""
    plan = Plan.__new__(Plan)
    plan.name, plan.entries, plan.text = found.name, found.entries, found.text
    return plan


def _from_message(found: Findings, error: SpasticityError) -> None:
    told = re.match(rf"{re.escape(found.name)}, line (\d+): (.*)", str(error))
    if told:
        found.rows.append((found.name, int(told[1]), told[2]))
    else:
        said = str(error).removeprefix(f"{found.name}: ")
        found.add(("visits", 0) if "visit" in said else ("study",), said)


def _one_source(found: Findings, folder: Path, number: int, visits: list[str]) -> Iterator[tuple[str, int, str]]:
    entry, place = found.entries["sources"][number], ("sources", number)
    loader = entry.get("loader")
    if loader not in LOADERS:
        found.add((*place, "loader"), f"`loader` is not one of {listed(LOADERS)}; {hint(loader, LOADERS)}")
        return
    parameters = inspect.signature(LOADERS[loader]).parameters
    options = ["loader", "file", *(name for name in list(parameters)[1:] if name not in OF_STUDY)]
    found.known(entry, options, place, f"an option of {loader}")
    for name in ("file", *(n for n, p in list(parameters.items())[1:] if p.default is inspect.Parameter.empty)):
        if name not in entry:
            found.add(place, f"the source has no `{name}`; add it.")
    paths = {name: path for name in FILES if (path := _path(found, folder, entry, place, name))}
    if loader == "redcap":
        yield from check_source(paths, visits)
        return
    if loader == "cdisc":
        _check_cdisc(found, place, paths)
        return
    for name, words in (("duplicates", DUPLICATES), ("extra", EXTRA)):
        if name in entry and entry[name] not in words:
            found.add((*place, name), f"`{name}` is not one of {listed(words)}; {hint(entry[name], words)}")
    schema = BY_LOADER.get(loader) or schema_of(found, entry, place)
    if schema is not None:
        _check_columns(found, entry, place, schema, _header(found, entry, place, paths.get("file")))


def _check_cdisc(found: Findings, place: Place, paths: Mapping[str, Path]) -> None:
    """The mapping of a folder of data sets, and whether each data set is there."""
    if "file" not in paths:
        return
    try:
        plan = cdisc_mapping_of(paths.get("mapping", paths["file"] / MAPPING_FILE))
    except SpasticityError as error:
        found.add((*place, "mapping" if "mapping" in paths else "file"), str(error))
        return
    for domain in dict.fromkeys(feed.domain.upper() for feed in plan.tables):
        if not has_domain(paths["file"], domain):
            found.add((*place, "file"), f"there is no data set {domain} in the folder; add its file.")


def _path(found: Findings, folder: Path, entry: Mapping[str, Any], place: Place, name: str) -> Path | None:
    value = entry.get(name)
    if not isinstance(value, str) or value == TODO:
        if name in entry and value != TODO:
            found.add((*place, name), f"`{name}` must be a text in quotes.")
        return None
    path = folder / value
    if not path.resolve().is_relative_to(folder.resolve()):
        found.add((*place, name), f"`{name}` leads out of the study's folder; put the file into it.")
    elif name == "file" and entry.get("loader") == "cdisc" and path.is_dir():
        return path
    elif not path.is_file():
        here = [other.name for other in folder.iterdir() if other.is_file()]
        found.add((*place, name), f"there is no file `{value}`; {hint(value, here)}")
    else:
        return path
    return None


def _header(found: Findings, entry: Mapping[str, Any], place: Place, path: Path | None) -> list[str] | None:
    """The columns of the file as the options say that it is written; None when it cannot be read so."""
    if path is None or entry.get("loader") not in ("delimited", "doses", "event_log", "excel"):
        return None
    try:
        return list(_grid(entry, path).columns)
    except SpasticityError as error:
        found.add((*place, "sheet" if "sheet" in str(error) else "file"), str(error))
    except (TypeError, AttributeError):  # an option of another kind, which is reported by itself
        found.add(place, "an option is not of its kind; write texts in quotes and numbers without.")
    return None


def _grid(entry: Mapping[str, Any], path: Path) -> Grid:
    if entry["loader"] == "excel":
        return sheet_grid(content(path), entry.get("sheet", ""), header=entry.get("header", 1))[0]
    delimiter, encoding = entry.get("delimiter", ","), entry.get("encoding", "utf-8")
    return delimited_grid(content(path), delimiter=delimiter, encoding=encoding)


def _check_columns(
    found: Findings, entry: Mapping[str, Any], place: Place, schema: Schema, header: list[str] | None
) -> None:
    """Names of columns, on both sides, and what nobody feeds."""
    for option in BY_COLUMN:
        named = entry.get(option, {})
        if isinstance(named, dict):
            names = [name for name in named if name != REST]
            found.known(names, schema.names, (*place, option), f"a column of {schema.name}")
        elif option not in ("missing", "date_format"):
            found.add((*place, option), f"`{option}` must be names and values.")
    check_spellings(found, entry, place, schema)
    columns, constants = (entry.get(name, {}) for name in ("columns", "constants"))
    if header is None or not isinstance(columns, dict) or not isinstance(constants, dict):
        return
    for name, column in columns.items():
        if isinstance(column, str) and column not in ("", TODO, *header):
            found.add((*place, "columns", name), f"the file has no column `{column}`; {hint(column, header)}")
    fed = {name for name in schema.names if name in columns or name in constants or name in header}
    fed |= set(schema.optional())
    for name in schema.names:
        if name not in fed:
            found.add(
                (*place, "columns"),
                f'nothing feeds `{name}` ({schema[name].label}); name its column, or write {name} = "" when it was '
                "not collected.",
            )
    spare = [name for name in header if name not in columns.values() and name not in schema.names]
    if spare and entry.get("extra", "refuse") == "refuse":
        found.add(
            place, f'the file has {listed(spare, "and")}, which nothing uses; name them, or add extra = "ignore".'
        )
