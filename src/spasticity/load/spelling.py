"""How a source writes its values, as declared by whoever loads it; nothing here is guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from spasticity.errors import MethodError, listed, one_of
from spasticity.schema import Column, Schema
from spasticity.wording import plural

ISO_DATE = "%Y-%m-%d"
REST = "*"  # in a mapping by column: all columns that are not named

Missing = Iterable[str] | Mapping[str, Iterable[str]]
Codings = Mapping[str, Mapping[str, object]]
Formats = str | Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """How one column writes its values.

    Parameters
    ----------
    decimal : str
        The decimal mark, a point or a comma.
    thousands : str
        The mark between groups of three digits; empty when there is none.
    unit : str, optional
        The unit of its numbers, when it is another one than that of the table.
    factor : Fraction
        What makes a number of the table's unit of one of the declared unit.
    dates : tuple of str
        Formats a date may have, in the codes of `datetime.strptime`.
    serials : str, optional
        `1900` or `1904` when dates may be numbers of a spreadsheet.
    missing : frozenset of str
        Codes that mean that there is no value; an empty cell always does.
    days : bool
        Whether dates stand where the table has study days.
    coding : mapping of str to str, optional
        Code to value. Every cell must be one of its codes then; `*` is for all others.
    reasons : mapping of str to str
        Missing code to what the source says of it; a code that is not here was declared by whoever loads.
    """

    decimal: str = "."
    thousands: str = ""
    unit: str | None = None
    factor: Fraction = Fraction(1)
    days: bool = False
    dates: tuple[str, ...] = (ISO_DATE,)
    serials: str | None = None
    missing: frozenset[str] = field(default_factory=frozenset)
    coding: Mapping[str, str] | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)


PLAIN = Spelling()
GROUPING = (".", ",", " ", "'")
#: Unit of a table to the units a source may have instead: how many of the table's unit one of them is, exactly.
UNITS: dict[str, dict[str, Fraction]] = {
    "s": {"ms": Fraction(1, 1000), "min": Fraction(60)},
    "min": {"s": Fraction(1, 60), "h": Fraction(60)},
    "days": {"weeks": Fraction(7)},
    "years": {"months": Fraction(1, 12)},
    "m": {"cm": Fraction(1, 100), "in": Fraction("0.0254"), "ft": Fraction("0.3048"), "yd": Fraction("0.9144")},
    "mg/day": {"g/day": Fraction(1000), "µg/day": Fraction(1, 1000)},
    "µg/day": {"mg/day": Fraction(1000), "µg/h": Fraction(24)},
}


def factor_of(column: Column, unit: str) -> Fraction:
    """How many of a column's unit one of another unit is, exactly.

    Parameters
    ----------
    column : Column
    unit : str

    Returns
    -------
    Fraction

    Raises
    ------
    MethodError
        When the unit is not one the column can be converted from.
    """
    of_kind(f"units of {column.name}", unit, str, "a unit in quotes")
    known = {column.unit: Fraction(1), **UNITS.get(column.unit or "", {})} if column.unit else {}
    if unit not in known:
        raise MethodError(f"units of {column.name}: {unit!r} is not known there: expected {listed(known)}")
    return known[unit]


def spellings(
    schema: Schema,
    *,
    decimal: str = ".",
    thousands: str = "",
    missing: Missing = ("",),
    date_format: Formats = ISO_DATE,
    codings: Codings | None = None,
    units: Mapping[str, str] | None = None,
) -> dict[str, Spelling]:
    """The spelling of every column of a table.

    Parameters
    ----------
    schema : Schema
    decimal : str
        `.` or `,`.
    thousands : str
        `.`, `,`, a space or an apostrophe between groups of three digits; empty when there are no groups.
    missing : iterable of str, or mapping of column to iterable of str
        Codes for no value; in a mapping, the key `*` is for the columns that are not named.
    date_format : str, or mapping of column to str
        As in `datetime.strptime`; in a mapping, `*` likewise. A column of study days that the mapping names has dates.
    codings : mapping of column to (mapping of code to value), optional
    units : mapping of column to str, optional
        The unit of the source, where it is another one than that of the table, such as `{"distance_m": "ft"}`.

    Returns
    -------
    dict of str to Spelling

    Raises
    ------
    MethodError
        When an option names a column that the table does not have, or is not of the stated form.
    """
    one_of("decimal", decimal, (".", ","))
    one_of("thousands", thousands, ("", *(mark for mark in GROUPING if mark != decimal)))
    codes = missing if isinstance(missing, Mapping) else {REST: missing}
    formats = date_format if isinstance(date_format, Mapping) else {REST: date_format}
    codings, units = codings or {}, units or {}
    for option, named in (("missing", codes), ("date_format", formats), ("codings", codings), ("units", units)):
        known_columns(schema, option, [name for name in named if name != REST])
    for name, form in formats.items():
        of_kind(f"date_format of {name}", form, str, "a text such as `%d.%m.%Y`")
    for name, coding in codings.items():
        of_kind(f"codings of {name}", coding, Mapping, "a mapping of code to value")
    return {
        column.name: Spelling(
            decimal=decimal,
            thousands=thousands,
            unit=units.get(column.name),
            factor=factor_of(column, units[column.name]) if column.name in units else Fraction(1),
            days=column.name in formats and column.unit == "days",
            dates=(formats.get(column.name, formats.get(REST, ISO_DATE)),),
            missing=frozenset(_codes(codes.get(column.name, codes.get(REST, ())))),
            coding=as_coding(codings[column.name]) if column.name in codings else None,
        )
        for column in schema
    }


def known_columns(schema: Schema, option: str, names: Iterable[str]) -> None:
    """Refuse an option that speaks of columns the table does not have.

    Parameters
    ----------
    schema : Schema
    option : str
        Its name, for the message.
    names : iterable of str

    Raises
    ------
    MethodError
    """
    unknown = [name for name in names if name not in schema]
    if unknown:
        raise MethodError(
            f"{option} names {plural(len(unknown), 'column')} that the table {schema.name} does not have: "
            f"{listed(unknown, 'and')}; there are {listed(schema.names, 'and')}"
        )


def of_kind(option: str, value: object, kind: type | tuple[type, ...], words: str) -> None:
    """Refuse an option that is not of its kind.

    Parameters
    ----------
    option : str
        Its name.
    value : object
    kind : type or tuple of type
    words : str
        The kind in words.

    Raises
    ------
    MethodError
    """
    if not isinstance(value, kind):
        raise MethodError(f"{option} must be {words}, not {type(value).__name__}")


def _codes(codes: Iterable[str]) -> Iterable[str]:
    of_kind("missing", codes, Iterable, "a list of codes")
    if isinstance(codes, str):
        raise MethodError(f"missing={codes!r} is one text, not a list of codes; write ({codes!r},)")
    return [as_text(code) for code in codes]


def as_coding(coding: Mapping[str, object]) -> dict[str, str]:
    """A coding as text to text.

    Parameters
    ----------
    coding : mapping of code to value

    Returns
    -------
    dict of str to str
    """
    return {as_text(code): as_text(value) for code, value in coding.items()}


def as_text(value: object) -> str:
    """A Python value as a cell would hold it: nothing is empty, truth is `true` or `false`.

    Parameters
    ----------
    value : object

    Returns
    -------
    str
    """
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
