"""A study.toml into a protocol, with errors that name the line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from spasticity.errors import DataError, listed
from spasticity.load.opening import content, text_of
from spasticity.load.toml_lines import lines_of
from spasticity.study import PlannedVisit, Protocol
from spasticity.wording import plural

MAX_PLAN = 2_000_000  # bytes; a plan of a thousand forms has less
SECTIONS = ("apostrophes", "study", "versions", "visits", "rows", "identifiers", "sources")
STUDY_TYPES: dict[str, tuple[type, str]] = {
    "name": (str, "a text in quotes"),
    "synthetic": (bool, "true or false"),
    "arms": (list, "a list of texts"),
    "reference_arm": (str, "a text in quotes"),
    "baseline_visit": (str, "a text in quotes"),
    "primary_visit": (str, "a text in quotes"),
    "primary_outcome": (str, "a text in quotes"),
}
VISIT_TYPES: dict[str, tuple[type, str]] = {
    "name": (str, "a text in quotes"),
    "day": (int, "a whole number"),
    "window": (list, "two whole numbers, [first, last]"),
}


TODO = "TODO"  # what a draft says where somebody must fill something in


class Plan:
    """A TOML file with its lines, so that an error can point at one.

    Parameters
    ----------
    path : Path or str

    Raises
    ------
    DataError
        When the file is not there, is not text, or is not TOML.
    """

    def __init__(self, path: Path | str) -> None:
        source = content(path)
        self.name = source.name
        if len(source.data) > MAX_PLAN:
            raise DataError(f"{self.name}: {len(source.data):,} bytes are more than a plan has ({MAX_PLAN:,}).")
        self.text = text_of(source, "utf-8")[0].replace("\r\n", "\n")
        try:
            self.entries: dict[str, Any] = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            raise DataError(f"{self.name}: this is not valid TOML: {str(error).rstrip('.')}.") from None
        except (RecursionError, ValueError):  # brackets in brackets, a number of thousands of digits
            raise DataError(
                f"{self.name}: this is not a plan: it is nested too deep or a number is too long."
            ) from None
        self._refuse_unfinished()

    def _refuse_unfinished(self) -> None:
        lines = todos(self.text)
        if lines:
            raise DataError(
                f"{self.name}, line {lines[0]}: {plural(len(lines), 'place')} still to fill in ({TODO}); "
                "`spasticity check` lists them all."
            )

    def line(self, key: str, section: str = "", number: int = 0) -> str:
        """Where a key stands, in words: ` line 12`; nothing when it cannot be found.

        Parameters
        ----------
        key : str
        section : str
            The table it belongs to.
        number : int
            Which of the tables of that name, from 0.

        Returns
        -------
        str
        """
        seen = -1 if section else 0
        for count, line in enumerate(self.text.split("\n"), start=1):
            head = re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line)
            if head:
                seen += head[1] == section
                if key == head[1] and (section != key or seen == number):
                    return f", line {count}"
            elif seen == number and re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", line):
                return f", line {count}"
        return ""

    def fail(self, what: str, key: str, section: str = "", number: int = 0) -> DataError:
        """An error that names the line of a key.

        Parameters
        ----------
        what : str
            What is wrong and what to do, without a full stop.
        key, section, number
            As in `line`.

        Returns
        -------
        DataError
        """
        end = "" if what.endswith("?") else "."
        return DataError(f"{self.name}{self.line(key, section, number)}: {what}{end}")

    def known(self, entries: Mapping[str, Any], known: Iterable[str], section: str = "", number: int = 0) -> None:
        """Refuse keys that mean nothing here.

        Parameters
        ----------
        entries : mapping
        known : iterable of str
        section, number
            As in `line`.

        Raises
        ------
        DataError
        """
        known = list(known)
        for key in entries:
            if key not in known:
                near = get_close_matches(key, known, n=1)
                hint = f"did you mean `{near[0]}`?" if near else f"expected {listed(known)}"
                raise self.fail(f"`{key}` is not known; {hint}", key, section, number)

    def typed(
        self, entries: Mapping[str, Any], types: Mapping[str, tuple[type, str]], section: str, number: int
    ) -> None:
        """Refuse keys that are not known or not of their type.

        Parameters
        ----------
        entries : mapping
        types : mapping of key to (type, its words)
        section, number
            As in `line`.

        Raises
        ------
        DataError
        """
        self.known(entries, types, section, number)
        for key, value in entries.items():
            kind, words = types[key]
            if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
                raise self.fail(f"`{key}` must be {words}", key, section, number)


def todos(text: str) -> list[int]:
    """The lines on which a draft still asks for something.

    Parameters
    ----------
    text : str
        TOML.

    Returns
    -------
    list of int
    """
    if TODO not in text:
        return []
    entries = tomllib.loads(text)
    return sorted(line for place, line in lines_of(text).items() if _at(entries, place) == TODO or place[-1] == TODO)


def _at(entries: Any, place: tuple[str | int, ...]) -> Any:
    for part in place:
        entries = entries[part]
    return entries


def protocol(path: Path | str) -> Protocol:
    """The protocol in a study.toml.

    Parameters
    ----------
    path : Path or str
        The file, or the folder that holds it.

    Returns
    -------
    Protocol

    Raises
    ------
    DataError
        Names the line and the key that cannot be understood, or the rule the plan breaks.
    """
    path = Path(path)
    return protocol_of(Plan(path / "study.toml" if path.is_dir() else path))


def protocol_of(plan: Plan) -> Protocol:
    """The protocol of a plan.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    Protocol
    """
    plan.known(plan.entries, SECTIONS)
    study, visits = plan.entries.get("study"), plan.entries.get("visits")
    if not isinstance(study, dict):
        raise DataError(f"{plan.name}: there is no [study] table; it holds the `name` of the study and its `arms`.")
    if not isinstance(visits, list) or not all(isinstance(visit, dict) for visit in visits):
        raise DataError(f"{plan.name}: there are no [[visits]]; each has a `name`, a `day` and a `window`.")
    plan.typed(study, STUDY_TYPES, "study", 0)
    if "name" not in study:
        raise plan.fail("[study] has no `name`; give the study a title", "study", "study")
    if not all(isinstance(arm, str) for arm in study.get("arms", [])):
        raise plan.fail("`arms` must be a list of texts", "arms", "study")
    planned = tuple(_visit(plan, entry, number) for number, entry in enumerate(visits))
    try:
        return Protocol(visits=planned, versions=_versions(plan), **{**study, "arms": tuple(study.get("arms", ()))})
    except DataError as error:
        raise DataError(f"{plan.name}: {error}") from None


def _versions(plan: Plan) -> dict[str, str]:
    versions = plan.entries.get("versions", {})
    if not isinstance(versions, dict):
        raise plan.fail("[versions] must be a table of instruments and their forms", "versions")
    for name, form in versions.items():
        if not isinstance(form, str):
            raise plan.fail(f"`{name}` must be a text in quotes", name, "versions")
    return versions


def _visit(plan: Plan, entry: dict[str, Any], number: int) -> PlannedVisit:
    plan.typed(entry, VISIT_TYPES, "visits", number)
    absent = [key for key in VISIT_TYPES if key not in entry]
    if absent:
        raise plan.fail(f"the visit has no {listed(absent, 'and no')}", "visits", "visits", number)
    window = entry["window"]
    if len(window) != 2 or not all(type(day) is int for day in window):
        raise plan.fail("`window` must be two whole numbers, [first, last]", "window", "visits", number)
    return PlannedVisit(name=entry["name"], day=entry["day"], window=(window[0], window[1]))


def rows_of(plan: Plan) -> dict[str, int]:
    """How many rows each table must have, as written when the study was saved; empty when it does not say.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    dict of str to int

    Raises
    ------
    DataError
        When a count is not a whole number.
    """
    rows = plan.entries.get("rows", {})
    if not isinstance(rows, dict):
        raise plan.fail("[rows] must be a table of counts", "rows")
    for name, count in rows.items():
        if type(count) is not int or count < 0:
            raise plan.fail(f"`{name}` must be a whole number of rows", name, "rows")
    return rows


def reasons_of(plan: Plan, known: Iterable[str]) -> dict[str, dict[str, str]]:
    """Why identifiers may stay in some columns, by table and column; empty when the plan does not say.

    Parameters
    ----------
    plan : Plan
    known : iterable of str
        Names of tables.

    Returns
    -------
    dict of str to dict of str to str

    Raises
    ------
    DataError
        When a table is not known or a reason is not a text.
    """
    reasons = plan.entries.get("identifiers", {})
    if not isinstance(reasons, dict) or not all(isinstance(columns, dict) for columns in reasons.values()):
        raise plan.fail("[identifiers.<table>] must hold columns with the reason why they may stay", "identifiers")
    plan.known(reasons, known)
    for table, columns in reasons.items():
        for name, reason in columns.items():
            if not isinstance(reason, str):
                raise plan.fail(f"`{name}` must be a reason in quotes", name, f"identifiers.{table}")
    return reasons
