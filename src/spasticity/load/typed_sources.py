"""Sources whose columns have types, labels and missing values of their own, into tables by the same rules as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from spasticity.errors import DataError, MethodError, listed, one_of
from spasticity.load.casting import assemble
from spasticity.load.columns import EXTRA, Extra, canonical, expect_rows, readings_of
from spasticity.load.gate import Identifiers
from spasticity.load.grid import Grid
from spasticity.load.keys import DUPLICATES, Duplicates
from spasticity.load.roster import Roster
from spasticity.load.spelling import (
    ISO_DATE,
    REST,
    Spelling,
    as_coding,
    known_columns,
    of_kind,
    spellings,
)
from spasticity.load.study_days import DayZero
from spasticity.schema import Schema
from spasticity.study import Loaded
from spasticity.wording import plural

MAX_CELLS = 200_000_000  # above it a table does not fit into the memory of a laptop, however small its file
Labelled = Literal["codes", "labels"] | Mapping[str, Literal["codes", "labels"]] | None
LABELLED = ("codes", "labels")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """What a file says about one of its columns.

    Parameters
    ----------
    labels : mapping of str to str
        Cell to its value label.
    missing : mapping of str to str
        Cell that means that there is no value, and why: a code the file declares as missing, or a tagged missing value.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)


Variables = Mapping[str, Variable]
NOTHING_SAID = Variable()


def refuse_size(where: str, rows: int, columns: int) -> None:
    """Refuse a source that says it holds more than fits into memory, before it is read.

    Parameters
    ----------
    where : str
        File, for the message.
    rows, columns : int

    Raises
    ------
    DataError
    """
    if rows < 0 or rows * columns > MAX_CELLS:
        raise DataError(
            f"{where}: the header speaks of {rows:,} rows of {columns:,} columns, more than the {MAX_CELLS:,} cells "
            "that are read at once; the file is damaged, or must be split."
        )


def typed_table(
    grid: Grid,
    table: Schema | str,
    *,
    variables: Variables | None = None,
    labelled: Labelled = None,
    columns: Mapping[str, str] | None = None,
    constants: Mapping[str, object] | None = None,
    extra: Extra = "refuse",
    duplicates: Duplicates = "refuse",
    rows: int | None = None,
    day_zero: DayZero | None = None,
    identifiers: Identifiers = "refuse",
    roster: Roster | None = None,
    **spelling: Any,
) -> Loaded:
    """A table from a grid of typed cells.

    Parameters
    ----------
    grid : Grid
    table : Schema or str
    variables : mapping of str to Variable, optional
        What the file says about its columns.
    labelled : str, or mapping of column to str, optional
        Whether columns with value labels give their `codes` or their `labels`.
    columns, constants, extra, duplicates, rows, day_zero, identifiers, roster
        As in `delimited`.
    **spelling : object
        Options of `spellings`: `decimal`, `missing`, `date_format`, `codings` and further ones.

    Returns
    -------
    Loaded

    Raises
    ------
    DataError
        When the structure is damaged, or a column has value labels and nobody said what to do with them.
    MethodError
        When an option is not understood.
    """
    one_of("duplicates", duplicates, DUPLICATES)
    one_of("extra", extra, EXTRA)
    schema = canonical(table)
    expect_rows(grid, rows)
    spelled = spellings(schema, **spelling)
    choice = _choices(schema, labelled)
    fixed = set(constants or {})
    facts = {
        name: (variables or {}).get((columns or {}).get(name, name), NOTHING_SAID)
        for name in schema.names
        if name not in fixed
    }
    _refuse_undeclared_labels(grid, spelled, facts, choice)
    spelled |= {name: _spelling(spelled[name], fact, choice(name)) for name, fact in facts.items()}
    grid = grid.noting(_counted(grid, columns or {}, facts))
    grid, readings = readings_of(
        grid, schema, spelled, columns=columns, constants=constants, extra=extra, day_zero=day_zero
    )
    return assemble(grid, schema, readings, duplicates=duplicates, identifiers=identifiers, roster=roster)


def _choices(schema: Schema, labelled: Labelled) -> Callable[[str], str | None]:
    """Column to `codes`, `labels` or nothing."""
    if labelled is None or isinstance(labelled, str):
        one_of("labelled", labelled, (None, *LABELLED))
        return lambda _: labelled
    of_kind("labelled", labelled, Mapping, "`codes`, `labels`, or a mapping of column to one of them")
    known_columns(schema, "labelled", [name for name in labelled if name != REST])
    for name, what in labelled.items():
        one_of(f"labelled of {name}", what, LABELLED)
    return lambda name: labelled.get(name, labelled.get(REST))


def _refuse_undeclared_labels(
    grid: Grid, spelled: Mapping[str, Spelling], facts: Variables, choice: Callable[[str], str | None]
) -> None:
    open_ones = [
        name
        for name, fact in facts.items()
        if set(fact.labels) - set(fact.missing) and spelled[name].coding is None and choice(name) is None
    ]
    if open_ones:
        first = open_ones[0]
        raise DataError(
            f"{grid.name}: {plural(len(open_ones), 'column has', 'columns have')} value labels: "
            f"{listed(open_ones, 'and')}. Say which counts: labelled='codes' or 'labels' for all of them, "
            f"labelled={{'{first}': 'codes'}} for one, or give a coding."
        )


def _spelling(spelling: Spelling, fact: Variable, choice: str | None) -> Spelling:
    """The declared spelling, with what the file says: its missing values, its labels, dates as dates."""
    declared = spelling.missing
    coding = spelling.coding
    if coding is None and choice == "labels" and fact.labels:
        coding = as_coding({code: label for code, label in fact.labels.items() if code not in fact.missing})
    return replace(
        spelling,
        dates=tuple(dict.fromkeys((*spelling.dates, ISO_DATE))),
        missing=declared | frozenset(fact.missing),
        reasons={code: why for code, why in fact.missing.items() if code not in declared},
        coding=coding,
    )


def _counted(grid: Grid, columns: Mapping[str, str], facts: Variables) -> str:
    """How many cells the file itself calls missing, by code: `3 user-missing (2 x 99, 1 x -9)`."""
    found: dict[str, int] = {}
    for name, fact in facts.items():
        cells = grid.columns.get(columns.get(name, name))
        for code in fact.missing if cells is not None else ():
            found[code] = found.get(code, 0) + int(np.count_nonzero(cells == code))
    found = {code: n for code, n in found.items() if n}
    if not found:
        return ""
    split = ", ".join(f"{n:,} \N{MULTIPLICATION SIGN} {code}" for code, n in sorted(found.items()))
    return f"{plural(sum(found.values()), 'cell')} the file calls missing ({split})"


def needed(module: str, extra: str, what: str) -> MethodError:
    """The error for a library that is not installed.

    Parameters
    ----------
    module : str
        Its name.
    extra : str
        The extra of this package that brings it.
    what : str
        Which files need it.

    Returns
    -------
    MethodError
    """
    return MethodError(
        f"{what} need the library {module}, which is not installed: pip install 'spasticity[{extra}]' (or {module})"
    )
