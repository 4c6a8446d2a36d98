"""Drafts of mappings: every column of a table with a place to fill in, and what may stand there as a comment.

A place that nobody filled in says TODO, and a mapping that says TODO is refused: a suggestion is never used by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from spasticity.errors import DataError, listed
from spasticity.load.columns import canonical
from spasticity.load.mapping_headers import Header, headers
from spasticity.load.mapping_names import likely, likely_tables
from spasticity.load.opening import content
from spasticity.load.protocol_toml import TODO
from spasticity.load.records import delimited_grid
from spasticity.load.redcap_dictionary import Dictionary, Field, read_dictionary
from spasticity.load.spelling import UNITS
from spasticity.schema import Column, Schema
from spasticity.tables import STUDY_TABLES

CODED = ("category", "flag")
STUDY = """# Draft of a study.toml, to be completed: each "TODO" is a question; nothing is read while one is left.
# Suggestions stand in comments; nothing is taken from them. `spasticity check FOLDER` says what is still wrong.

[study]
name = "TODO"                     # title of the study
synthetic = false                 # true only when no row comes from a person
arms = []                         # such as ["placebo", "oral baclofen"]; empty for a cohort
baseline_visit = "baseline"
# reference_arm = "placebo"
# primary_visit = "week 12"
# primary_outcome = "spasticity_nrs"

# One [[visits]] per planned visit. The first dose is day 0; the window has the first and the last day that count.
[[visits]]
name = "baseline"
day = -1
window = [-7, -1]
"""
HINTS = """# missing = ["999", "-9"]          # codes that mean that there is no value
# decimal = ","                    # when numbers have a decimal comma; thousands = "." when they are grouped
# duplicates = "first"             # of rows with the same key; otherwise they are refused
"""
REDCAP = """# Draft of a REDCap mapping, to be completed: each "TODO" is a question; nothing is read while one is left.
# Suggestions stand in comments; nothing is taken from them. A column that was not collected is "" (two quotes).
# In study.toml: [[sources]] with loader = "redcap", file, dictionary, and mapping = the name of this file.
"""


def draft(export: Path | str, *, dictionary: Path | str | None = None, table: str | None = None) -> str:
    """The draft of a mapping, from the header of an export.

    Parameters
    ----------
    export : Path or str
        A delimited text, a workbook, or a file of another program.
    dictionary : Path or str, optional
        The data dictionary when the export is one of REDCap.
    table : str, optional
        The table the export holds; otherwise the likeliest is suggested.

    Returns
    -------
    str
        TOML with comments: a study.toml, or the mapping of a REDCap project. It names columns, never values.

    Raises
    ------
    DataError
        When a file cannot be read.
    MethodError
        When no table has the name.
    """
    schema = None if table is None else canonical(table)
    if Path(export).is_dir():
        raise DataError(
            f"{Path(export).name}: this is a folder, and a draft is made of one file; name one. A folder of CDISC data "
            "sets needs no draft: write a cdisc.toml as docs/formats/cdisc.md says."
        )
    if dictionary is not None:
        return _redcap(Path(export), read_dictionary(content(dictionary)), schema)
    sources = [_source(Path(export).name, header, schema) for header in headers(export)]
    return "\n".join([STUDY, *sources])


def _source(file: str, header: Header, schema: Schema | None) -> str:
    found = likely_tables(header.columns) if schema is None else [schema]
    lines = ["[[sources]]", f"loader = {quote(header.loader)}", f"file = {quote(file)}"]
    lines.append(_table_line([item.name for item in found] if schema is None else None, schema))
    lines += [f"{name} = {_toml(value)}  # as the file looks; confirm" for name, value in header.options.items()]
    lines += [HINTS.rstrip(), 'extra = "ignore"                  # what to do with columns that are not named below']
    if not found:
        return "\n".join([*lines, f"# The file has {listed(header.columns, 'and')}.", "[sources.columns]", ""])
    return "\n".join([*lines, *_columns("sources", found[0], header.columns), ""])


def _table_line(found: Sequence[str] | None, schema: Schema | None) -> str:
    if schema is not None:
        return f"table = {quote(schema.name)}"
    names = ", ".join(item.name for item in STUDY_TABLES)
    return f'table = "{TODO}"  # {f"perhaps {quote(found[0])}; " if found else ""}one of {names}'


def _columns(section: str, schema: Schema, places: Iterable[str]) -> list[str]:
    """A slot for every column of a table, with what may stand there in a comment."""
    places = list(places)
    lines = [
        f'# The columns of {schema.name} ({schema.label}): the name in the export, or "" when it was not collected.',
        f"[{section}.columns]",
    ]
    width = max(map(len, schema.names))
    for column in schema:
        found = [quote(place) for place in likely(column, places)]
        hint = f"perhaps {' or '.join(found)}; " if found else ""
        lines.append(f'{column.name:<{width}} = "{TODO}"  # {hint}{_about(column, schema)}')
    used = {place for column in schema for place in likely(column, places)}
    spare = [place for place in places if place not in used]
    lines += [f"# No suggestion for {listed(spare, 'and')}."] if spare else []
    return [*lines, *_slots(section, schema)]


def _about(column: Column, schema: Schema) -> str:
    needed = ", required" if column.name in schema.required else ""
    note = f"; {column.note}" if column.note else ""
    return f"{column.axis_label}: {column.expected}{needed}{note}"


def _slots(section: str, schema: Schema) -> list[str]:
    """Commented slots for codings, units and dates."""
    coded = {column.name: column.categories or ("true", "false") for column in schema if column.kind in CODED}
    codings = [f"# {name} = {{ {_codes(values)} }}" for name, values in coded.items()]
    units = [
        f"# {column.name} = {quote(unit)}" for column in schema for unit in list(UNITS.get(column.unit or "", ()))[:1]
    ]
    dated = [column.name for column in schema if column.kind == "date" or column.unit == "days"]
    dates = [f'# {name} = "%d.%m.%Y"' for name in dated]
    if section != "sources":  # a dictionary tells how a field writes its values
        units, dates = [], []
    same = next((column for column in schema if column.categories), schema.columns[-1])
    parts = {
        f"# [{section}.constants]  # a value that is the same in all rows, in place of its line above": [
            f"# {same.name} = {quote(same.categories[0] if same.categories else 'value')}"
        ],
        f"# [{section}.codings]  # what the codes of the file mean": codings,
        f"# [{section}.units]  # when the file has another unit": units,
        f"# [{section}.date_format]  # %d day, %m month, %Y year; a study day may be a date": dates,
    }
    said = ["# When the file writes a column in its own way:"]
    lines = [line for head, slots in parts.items() if slots for line in (head, *slots)]
    return [*said, *lines] if lines else []


def _codes(values: Sequence[str]) -> str:
    return ", ".join(f'"code {number}" = {quote(value)}' for number, value in enumerate(values, start=1))


def quote(text: str) -> str:
    """A text as TOML writes it.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return json.dumps(text, ensure_ascii=False)


def _toml(value: object) -> str:
    return quote(value) if isinstance(value, str) else str(value)


def _redcap(export: Path, project: Dictionary, schema: Schema | None) -> str:
    header = _delimited_columns(export)
    parts = [REDCAP, 'missing = []  # the project\'s missing codes, such as ["-99", "UNK"]', ""]
    parts += _events(export, header)
    parts += [_form(project, form, header, schema) for form in project.forms]
    return "\n".join(parts)


def _delimited_columns(export: Path) -> list[str]:
    return list(headers(export)[0].columns)


def _events(export: Path, header: list[str]) -> list[str]:
    if "redcap_event_name" not in header:
        return []
    names = dict.fromkeys(delimited_grid(content(export)).columns["redcap_event_name"])
    lines = [f'{name} = "{TODO}"  # name of the visit in study.toml' for name in names if name]
    return ["[events]", *lines, ""]


def _form(project: Dictionary, form: str, header: list[str], schema: Schema | None) -> str:
    """The draft of what one form gives; commented out as a whole when no table is like it."""
    fields = [field for field in project if field.form == form]
    places = [name for field in fields for name in field.columns if name in header]
    here = [name for name in (project.id.name, "redcap_event_name") if name in header and name not in places]
    found = likely_tables(places) if schema is None else [schema]
    about = [f"# Form {form}:", *(f"#   {_described(field)}" for field in fields)]
    table = _table_line([item.name for item in found] if schema is None else None, schema)
    lines = ["[[tables]]", table, f"form = {quote(form)}"]
    if not found:
        return "\n".join([*about, *(f"# {line}" for line in (*lines, "[tables.columns]")), ""])
    return "\n".join([*about, *lines, *_columns("tables", found[0], [*here, *places]), ""])


def _described(field: Field) -> str:
    choices = " | ".join(f"{code}, {label}" for code, label in field.choices.items())
    return "; ".join(part for part in (f"{field.name} ({field.kind})", " ".join(field.label.split()), choices) if part)
