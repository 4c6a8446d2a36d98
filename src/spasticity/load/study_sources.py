"""The [[sources]] of a study.toml: which files hold the tables of a study, and how each is read."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from spasticity.errors import DataError, SpasticityError, listed
from spasticity.load.actigraphy_files import actigraphy
from spasticity.load.cdisc_folder import cdisc_tables
from spasticity.load.dataset_json_files import dataset_json
from spasticity.load.delimited_text import delimited
from spasticity.load.dose_log import doses
from spasticity.load.event_times import event_log
from spasticity.load.opening import inside
from spasticity.load.parquet_files import parquet
from spasticity.load.protocol_toml import Plan
from spasticity.load.redcap_export import redcap
from spasticity.load.spss_files import spss
from spasticity.load.stacking import stack
from spasticity.load.stata_files import stata
from spasticity.load.transport_files import transport
from spasticity.load.workbooks import excel
from spasticity.study import Loaded

LOADERS: dict[str, Callable[..., Any]] = {
    "actigraphy": actigraphy,
    "cdisc": cdisc_tables,
    "dataset_json": dataset_json,
    "delimited": delimited,
    "doses": doses,
    "event_log": event_log,
    "excel": excel,
    "parquet": parquet,
    "redcap": redcap,
    "spss": spss,
    "stata": stata,
    "transport": transport,
}
FILES = ("file", "dictionary", "mapping")  # options that name a file of the folder
OF_STUDY = ("day_zero", "roster")  # options that the study itself gives
KINDS: dict[str, tuple[type, str]] = {
    **dict.fromkeys(("columns", "constants", "codings", "units"), (dict, "names and values")),
    **dict.fromkeys(("header", "recorder", "rows"), (int, "a whole number")),
}
DAYS = ("day", "start_day", "end_day")  # columns of study days
# A text, a list or names and values: the loader says what is wrong.
ANY_KIND = ("missing", "date_format", "labelled", "identifiers")


def sources_of(plan: Plan, folder: Path, identifiers: str = "refuse") -> list[Loaded]:
    """Every table that the sources of a study hold; several sources of one table are stacked.

    Parameters
    ----------
    plan : Plan
        A study.toml with [[sources]]; each names its `loader`, its `file`, and options of that loader.
    folder : Path
        Where the files are; none outside it is read.
    identifiers : str
        For what the sources do not say themselves, as in `delimited`.

    Returns
    -------
    list of Loaded

    Raises
    ------
    DataError, MethodError
        Names the line of a source that is not understood, and everything the loaders refuse.
    """
    entries = plan.entries["sources"]
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise DataError(f"{plan.name}: `sources` must be a list of [[sources]].")
    found: dict[int, list[Loaded]] = {}
    zero = None
    for number in sorted(range(len(entries)), key=lambda number: _dated(entries[number])):
        entry = entries[number]
        said = entry.get("identifiers", identifiers)
        said = {"*": identifiers, **said} if isinstance(said, dict) else said
        found[number] = _loaded(plan, folder, {**entry, "identifiers": said}, number, zero)
        people = [item.table for item in found[number] if item.schema.name == "participants"]
        zero = pd.concat([frame for frame in (zero, *people) if frame is not None]) if people else zero
    by_table: dict[str, list[Loaded]] = {}
    for number in range(len(entries)):
        for item in found[number]:
            by_table.setdefault(item.schema.name, []).append(item)
    return [stack(*items) for items in by_table.values()]


def _dated(entry: dict[str, Any]) -> bool:
    """Whether a source has dates for study days: it is read after the participants, whose first dose is day 0."""
    formats = entry.get("date_format")
    return isinstance(formats, dict) and any(name in DAYS for name in formats)


def _loaded(plan: Plan, folder: Path, entry: dict[str, Any], number: int, zero: pd.DataFrame | None) -> list[Loaded]:
    loader = entry.get("loader")
    if loader not in LOADERS:
        what = f"`loader` must be {listed(LOADERS)}"
        raise plan.fail(what, "loader" if "loader" in entry else "sources", "sources", number)
    call = LOADERS[loader]
    options = _options(plan, folder, entry, number, call)
    if _dated(entry):
        if zero is None:
            what = "dates are counted from the first dose, but no source has participants with a first_dose_date"
            raise plan.fail(what, "date_format", "sources", number)
        options["day_zero"] = zero
    try:
        loaded = call(**options)
    except SpasticityError as error:
        where = plan.line("sources", "sources", number).removeprefix(", ")
        error.add_note(f"Asked for by {plan.name}, {where}.")
        raise
    return list(loaded.values()) if isinstance(loaded, dict) else [loaded]


def _options(plan: Plan, folder: Path, entry: dict[str, Any], number: int, call: Callable[..., Any]) -> dict[str, Any]:
    """The arguments of a loader, checked by name and by kind."""
    parameters = inspect.signature(call).parameters
    first = next(iter(parameters))
    known = ["loader", "file", *(name for name in parameters if name not in (first, *OF_STUDY))]
    plan.known(entry, known, "sources", number)
    needed = [name for name, parameter in parameters.items() if parameter.default is inspect.Parameter.empty]
    lost = [name for name in ("file", *needed) if name not in entry and name != first]
    if lost:
        raise plan.fail(f"the source has no {listed(lost, 'and no')}", "sources", "sources", number)
    for name, value in entry.items():
        kind, words = KINDS.get(name, (str, "a text in quotes"))
        if name not in ANY_KIND and not isinstance(value, kind):
            raise plan.fail(f"`{name}` must be {words}", name, "sources", number)
    options = {name: _inside(plan, folder, entry, name, number) for name in FILES if name in entry}
    return {first: options.pop("file"), **{k: v for k, v in entry.items() if k not in ("loader", *FILES)}, **options}


def _inside(plan: Plan, folder: Path, entry: dict[str, Any], name: str, number: int) -> Path:
    """The path of a file, which must be in the folder of the study."""
    path = folder / entry[name]
    if not inside(path, folder):
        raise plan.fail(f"`{name}` leads out of the study's folder; put the file into it", name, "sources", number)
    return path
