"""Problems of a TOML file, gathered with their lines instead of raised one by one."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

from spasticity.errors import DataError, listed
from spasticity.load.opening import Content, text_of
from spasticity.load.protocol_toml import TODO, todos
from spasticity.load.spelling import UNITS
from spasticity.load.toml_lines import Place, lines_of
from spasticity.schema import Schema
from spasticity.tables import STUDY_TABLES

TABLES = {schema.name: schema for schema in STUDY_TABLES}


class Findings:
    """The problems of one TOML file, gathered instead of raised.

    Parameters
    ----------
    name, text : str
        Of the file.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text
        self.entries: dict[str, Any] = tomllib.loads(text)
        self.lines = lines_of(text)
        self.rows: list[tuple[str, int, str]] = []

    def add(self, place: Place, problem: str) -> None:
        """One more problem, at an entry or, when it is not there, at what it should stand in.

        Parameters
        ----------
        place : tuple
        problem : str
        """
        while place and place not in self.lines:
            place = place[:-1]
        self.rows.append((self.name, self.lines.get(place, 1), problem))

    def known(self, names: Collection[str], known: Collection[str], place: Place, what: str) -> None:
        """Names that mean nothing here.

        Parameters
        ----------
        names : collection of str
        known : collection of str
        place : tuple
            Where the names stand.
        what : str
            What they should be, for the message.
        """
        for name in names:
            if name not in known:
                self.add((*place, name), f"`{name}` is not {what}; {hint(name, known)}")


def hint(name: object, known: Collection[str]) -> str:
    """The nearest name, or all there are.

    Parameters
    ----------
    name : object
    known : collection of str

    Returns
    -------
    str
    """
    plain = {str(option).casefold(): option for option in known}
    near = get_close_matches(str(name).casefold(), list(plain), n=1, cutoff=0.5)
    return f"did you mean `{plain[near[0]]}`?" if near else f"there are {listed(known, 'and')}."


def opened(source: Content) -> Findings:
    """A TOML file and the places in it that are still to fill in.

    Parameters
    ----------
    source : Content

    Returns
    -------
    Findings

    Raises
    ------
    DataError
        When it is not TOML.
    """
    text = text_of(source, "utf-8")[0].replace("\r\n", "\n")
    try:
        found = Findings(source.name, text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise DataError(f"{source.name}: this is not valid TOML: {str(error).rstrip('.')}.") from None
    for line in todos(text):
        found.rows.append((source.name, line, f"{TODO}: fill this in"))
    return found


def schema_of(found: Findings, entry: Mapping[str, Any], place: Place) -> Schema | None:
    """The table that an entry names.

    Parameters
    ----------
    found : Findings
    entry : mapping
    place : tuple
        Where the entry stands.

    Returns
    -------
    Schema or None
        None when it names none that there is.
    """
    table = entry.get("table")
    if table is not None and table != TODO and table not in TABLES:
        found.add((*place, "table"), f"`table` is not the name of a table; {hint(table, TABLES)}")
    return TABLES.get(table) if isinstance(table, str) else None


def check_spellings(found: Findings, entry: Mapping[str, Any], place: Place, schema: Schema) -> None:
    """Units and codings that cannot be.

    Parameters
    ----------
    found : Findings
    entry : mapping
    place : tuple
        Where the entry stands.
    schema : Schema
    """
    for option in ("units", "codings"):
        for name, value in (entry.get(option) or {}).items() if isinstance(entry.get(option), dict) else ():
            if name not in schema:
                continue
            if option == "units":
                known = [schema[name].unit or "", *UNITS.get(schema[name].unit or "", ())]
                if value not in known:
                    found.add((*place, option, name), f"`{value}` is not a unit of {name}; {hint(value, known)}")
            elif isinstance(value, dict):
                _check_coding(found, value, (*place, option, name), schema, name)


def _check_coding(found: Findings, coding: Mapping[str, Any], place: Place, schema: Schema, name: str) -> None:
    known = [*schema[name].categories, ""]
    for code, value in coding.items():
        if schema[name].kind == "category" and value not in known:
            found.add((*place, code), f"`{value}` is not a value of {name}; {hint(value, known[:-1])}")
