"""Which fields of a REDCap project feed which tables, as a frozen value, a dict or a TOML file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from spasticity.errors import DataError, SpasticityError, listed, one_of
from spasticity.load.columns import canonical
from spasticity.load.keys import DUPLICATES, Duplicates
from spasticity.load.protocol_toml import Plan
from spasticity.load.spelling import REST, Codings, factor_of, known_columns, of_kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The fields and constants of one row that a record gives.

    Parameters
    ----------
    columns : mapping of str to str
        Canonical column to field of the export.
    constants : mapping of str to object
        Canonical column to the value of all rows.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What one form gives to one table.

    Parameters
    ----------
    table : str
        Name of a canonical table.
    form : str
        The form whose records are read; its fields may stand beside those of other forms of the same event.
    columns, constants : mapping
        As in a part; for all rows.
    melt : tuple of Part
        One part for each row that a record becomes; empty when a record is a row.
    skip_blank : str, optional
        A canonical column whose blank means that there is no row, such as an item that was not answered.
    codings : mapping of column to (mapping of code to value)
        In place of the labels of the dictionary.
    missing : mapping of column to codes
        In place of the project's missing codes.
    units : mapping of column to unit
        The unit of a field, where it is not that of the table, as in `delimited`.
    duplicates : str
        As in `delimited`.
    """

    table: str
    form: str
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, object] = field(default_factory=dict)
    melt: tuple[Part, ...] = ()
    skip_blank: str | None = None
    codings: Codings = field(default_factory=dict)
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    duplicates: Duplicates = "refuse"

    def __post_init__(self) -> None:
        schema = canonical(self.table)
        one_of("duplicates", self.duplicates, DUPLICATES)
        for part in self.parts:
            known_columns(schema, "columns", part.columns)
            known_columns(schema, "constants", part.constants)
            both = [name for name in part.columns if name in part.constants]
            absent = [name for name in schema.names if name not in part.columns and name not in part.constants]
            if both:
                raise DataError(f"{self.table}: {listed(both, 'and')} has a field and a constant; leave one out.")
            if absent:
                raise DataError(
                    f"{self.table}: nothing feeds {listed(absent, 'and')}; name a field in `columns`, "
                    "or give a value in `constants`, where None or an empty text is `not collected`."
                )
        for part in self.parts:
            for name, place in part.columns.items():
                of_kind(f"columns of {name}", place, str, "the name of a field")
        for name, coding in self.codings.items():
            of_kind(f"codings of {name}", coding, Mapping, "a mapping of code to value")
        for name, codes in self.missing.items():
            of_kind(f"missing of {name}", codes, (list, tuple), "a list of codes")
        known_columns(schema, "codings", self.codings)
        known_columns(schema, "units", self.units)
        for name, unit in self.units.items():
            factor_of(schema[name], unit)
        known_columns(schema, "missing", [name for name in self.missing if name != REST])
        known_columns(schema, "skip_blank", [self.skip_blank] if self.skip_blank else [])

    @property
    def parts(self) -> tuple[Part, ...]:
        """What each row is made of, one part per row that a record becomes."""
        schema, parts = canonical(self.table), self.melt or (Part(),)
        unfed = [dict.fromkeys(schema.optional([*self.columns, *part.columns])) for part in parts]
        return tuple(
            _filled({**self.columns, **part.columns}, {**none, **self.constants, **part.constants})
            for part, none in zip(parts, unfed, strict=True)
        )

    @property
    def sources(self) -> list[str]:
        """Every column of the export that is read."""
        return list(dict.fromkeys(name for part in self.parts for name in part.columns.values()))


def _filled(columns: Mapping[str, str], constants: Mapping[str, object]) -> Part:
    """A part in which a column without a field was not collected."""
    absent = dict.fromkeys((name for name, place in columns.items() if place == ""), None)
    return Part(columns={n: p for n, p in columns.items() if p != ""}, constants={**absent, **constants})


@dataclass(frozen=True, slots=True, kw_only=True)
class RedcapMapping:
    """Which fields feed which tables.

    Parameters
    ----------
    tables : tuple of Feed
    events : mapping of str to str
        Unique event name, such as `baseline_arm_1`, to the name of the visit. Empty for a project without events.
    missing : tuple of str
        The project's missing codes.
    """

    tables: tuple[Feed, ...]
    events: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


def mapping_of(given: RedcapMapping | Mapping[str, Any] | Path | str) -> RedcapMapping:
    """A mapping from a dict of its shape, or from a TOML file with the same names.

    Parameters
    ----------
    given : RedcapMapping, mapping, Path or str

    Returns
    -------
    RedcapMapping

    Raises
    ------
    DataError, MethodError
        Names the table, and for a file the line, that cannot be understood.
    """
    if isinstance(given, RedcapMapping):
        return given
    if isinstance(given, Mapping):
        return _mapping(given, None)
    plan = Plan(given)
    return _mapping(plan.entries, plan)


def _mapping(entries: Mapping[str, Any], plan: Plan | None) -> RedcapMapping:
    _known(entries, RedcapMapping, "mapping")
    tables = entries.get("tables")
    if not tables:
        raise DataError(
            f"{plan.name if plan else 'mapping'}: there are no [[tables]]; each names a `table`, its `form`."
        )
    feeds = tuple(_feed(entry, number, plan) for number, entry in enumerate(tables))
    return RedcapMapping(
        tables=feeds, events=dict(entries.get("events", {})), missing=tuple(map(str, entries.get("missing", ())))
    )


def _feed(entry: Any, number: int, plan: Plan | None) -> Feed:
    where = f"{plan.name}{plan.line('tables', 'tables', number)}" if plan else f"mapping, table {number + 1}"
    try:
        _known(entry, Feed, "table")
        lost = [name for name in ("table", "form") if name not in entry]
        if lost:
            raise DataError(f"it has no {listed(lost, 'and no')}.")
        melt = entry.get("melt", ())
        for part in melt:
            _known(part, Part, "melt")
        return Feed(**{**entry, "melt": tuple(Part(**part) for part in melt)})
    except SpasticityError as error:
        raise type(error)(f"{where}: {error}") from None


KINDS: dict[str, tuple[type | tuple[type, ...], str]] = {
    **dict.fromkeys(("table", "form", "skip_blank", "duplicates"), (str, "a text in quotes")),
    **dict.fromkeys(("columns", "constants", "codings", "events", "units"), (Mapping, "names and values")),
    **dict.fromkeys(("melt", "tables"), ((list, tuple), "a list")),
}


def _known(entry: Any, shape: type, what: str) -> None:
    """Refuse keys that a shape does not have, and values that are not of the kind of their key."""
    of_kind(what, entry, Mapping, "names and values")
    for name, value in entry.items():
        one_of(f"{what} key", name, [field.name for field in fields(shape)])
        kind = ((list, tuple) if shape is RedcapMapping else Mapping) if name == "missing" else KINDS[name][0]
        of_kind(f"`{name}`", value, kind, KINDS[name][1] if name in KINDS else "a list of codes, by column in a table")
