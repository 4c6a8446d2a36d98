"""How a source writes its values, as declared by whoever loads it; nothing here is guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from spasticity.errors import MethodError, listed, one_of
from spasticity.schema import Schema
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
    dates : tuple of str
        Formats a date may have, in the codes of `datetime.strptime`.
    serials : str, optional
        `1900` or `1904` when dates may be numbers of a spreadsheet.
    missing : frozenset of str
        Codes that mean that there is no value; an empty cell always does.
    coding : mapping of str to str, optional
        Code to value. Every cell must be one of its codes then.
    declared : bool
        Whether the coding was declared for this load, not taken from a dictionary.
    """

    decimal: str = "."
    dates: tuple[str, ...] = (ISO_DATE,)
    serials: str | None = None
    missing: frozenset[str] = field(default_factory=frozenset)
    coding: Mapping[str, str] | None = None


PLAIN = Spelling()


def spellings(
    schema: Schema,
    *,
    decimal: str = ".",
    missing: Missing = ("",),
    date_format: Formats = ISO_DATE,
    codings: Codings | None = None,
) -> dict[str, Spelling]:
    """The spelling of every column of a table.

    Parameters
    ----------
    schema : Schema
    decimal : str
        `.` or `,`.
    missing : iterable of str, or mapping of column to iterable of str
        Codes for no value; in a mapping, the key `*` is for the columns that are not named.
    date_format : str, or mapping of column to str
        As in `datetime.strptime`; in a mapping, `*` likewise.
    codings : mapping of column to (mapping of code to value), optional

    Returns
    -------
    dict of str to Spelling

    Raises
    ------
    MethodError
        When an option names a column that the table does not have, or is not of the stated form.
    """
    one_of("decimal", decimal, (".", ","))
    codes = missing if isinstance(missing, Mapping) else {REST: missing}
    formats = date_format if isinstance(date_format, Mapping) else {REST: date_format}
    codings = codings or {}
    for option, named in (("missing", codes), ("date_format", formats), ("codings", codings)):
        known_columns(schema, option, [name for name in named if name != REST])
    for name, form in formats.items():
        of_kind(f"date_format of {name}", form, str, "a text such as `%d.%m.%Y`")
    for name, coding in codings.items():
        of_kind(f"codings of {name}", coding, Mapping, "a mapping of code to value")
    return {
        column.name: Spelling(
            decimal=decimal,
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
