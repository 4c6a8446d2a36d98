"""Parquet files into a table."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from spasticity.errors import DataError
from spasticity.load.columns import Extra
from spasticity.load.gate import Identifiers
from spasticity.load.grid import Grid, check_header, texts
from spasticity.load.keys import Duplicates
from spasticity.load.opening import Content, content
from spasticity.load.roster import Roster
from spasticity.load.spelling import ISO_DATE, Codings, Formats, Missing, as_text
from spasticity.load.study_days import DayZero
from spasticity.load.typed_cells import number_text, refuse_controls, second_writer
from spasticity.load.typed_sources import needed, refuse_size, typed_table
from spasticity.schema import Schema
from spasticity.study import Loaded
from spasticity.wording import plural

MARK = b"PAR1"
EPOCH = date(1970, 1, 1)
PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def parquet(
    path: Path | str,
    table: Schema | str,
    *,
    columns: Mapping[str, str] | None = None,
    constants: Mapping[str, object] | None = None,
    decimal: str = ".",
    thousands: str = "",
    missing: Missing = ("",),
    date_format: Formats = ISO_DATE,
    codings: Codings | None = None,
    units: Mapping[str, str] | None = None,
    extra: Extra = "refuse",
    duplicates: Duplicates = "refuse",
    rows: int | None = None,
    day_zero: DayZero | None = None,
    identifiers: Identifiers = "refuse",
    roster: Roster | None = None,
) -> Loaded:
    """A table from a Parquet file, every row of it kept or rejected, nothing guessed.

    Parameters
    ----------
    path : Path or str
    table : Schema or str
        A table, or the name of a canonical one such as `diary`.
    columns, constants, missing, codings, units, extra, duplicates, rows, day_zero, identifiers, roster
        As in `delimited`. Nothing that the file says about Python objects is followed.
    decimal, thousands, date_format
        As in `delimited`, for numbers and dates that are stored as text.

    Returns
    -------
    Loaded
        Index of the table: the record, counted from 1.

    Raises
    ------
    DataError
        When the file was cut or damaged, or has columns of lists, structures or bytes.
    MethodError
        When an option is not understood, or the library pyarrow is not installed.
    """
    grid = parquet_grid(content(path))
    return typed_table(
        grid,
        table,
        columns=columns,
        constants=constants,
        extra=extra,
        duplicates=duplicates,
        rows=rows,
        day_zero=day_zero,
        identifiers=identifiers,
        roster=roster,
        codings=codings,
        units=units,
        decimal=decimal,
        thousands=thousands,
        missing=missing,
        date_format=date_format,
    )


def parquet_grid(source: Content) -> Grid:
    """The grid of a Parquet file.

    Parameters
    ----------
    source : Content

    Returns
    -------
    Grid

    Raises
    ------
    DataError, MethodError
    """
    if not source.data.startswith(MARK):
        raise DataError(f"{source.name}: this is not a Parquet file; write it again as .parquet.")
    if not source.data.endswith(MARK):
        raise DataError(f"{source.name}: the file has no end; it was cut. Fetch or write it again.")
    names, cells, empty = _columns(source)
    rows = np.arange(1, 1 + (len(cells[0]) if cells else 0))
    columns = dict(zip(names, cells, strict=True))
    refuse_controls(source.name, columns, rows)
    grid = Grid(name=source.name, sha256=source.sha256, format="Parquet", columns=columns, rows=rows)
    return grid.noting(
        plural(empty, "empty text read as no value", "empty texts read as no value") if empty else "",
        "" if len(rows) else "no rows",
    )


def _columns(source: Content) -> tuple[list[str], list[np.ndarray], int]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise needed("pyarrow", "parquet", "Parquet files") from None
    try:
        # A type that asks for a pickled Python class is not followed by pyarrow since 14.0.1; ours needs a newer one.
        file = pyarrow.parquet.ParquetFile(io.BytesIO(source.data), page_checksum_verification=True)
        names = list(file.schema_arrow.names)
        check_header(names, source.name)
        refuse_size(source.name, file.metadata.num_rows, len(names))
        _refuse_kinds(source, file.schema_arrow, pyarrow)
        table = file.read(use_threads=False)
        if table.num_rows != file.metadata.num_rows:
            raise DataError(f"{source.name}: the number of rows is not that of its header; the file is damaged.")
        empty = 0
        cells = []
        for column in table.columns:
            cells.append(_cells(column, pyarrow))
            empty += int((cells[-1] == "").sum()) - column.null_count - _not_numbers(column, pyarrow)
        return names, cells, empty
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError, OverflowError, MemoryError):
        raise DataError(f"{source.name}: the file is damaged; fetch or write it again.") from None


def _not_numbers(column: Any, pyarrow: Any) -> int:
    return int(np.isnan(column.drop_null().to_numpy()).sum()) if pyarrow.types.is_floating(column.type) else 0


def _refuse_kinds(source: Content, schema: Any, pyarrow: Any) -> None:
    types = pyarrow.types
    for field in schema:
        kind = field.type.value_type if types.is_dictionary(field.type) else field.type
        plain = not isinstance(kind, pyarrow.BaseExtensionType) and not types.is_nested(kind)
        binary = types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind)
        if not plain or binary or types.is_duration(kind) or types.is_interval(kind):
            raise DataError(
                f"{source.name}: `{field.name}` holds {kind} values, which no table has; write the file without it."
            )


def _cells(column: Any, pyarrow: Any) -> np.ndarray:
    """Cells of a column as text, each distinct value written once."""
    types = pyarrow.types
    kind = column.type
    if types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if not (types.is_boolean(kind) or types.is_null(kind)):
        packed = column.combine_chunks().dictionary_encode() if column.num_chunks else None
        if packed is None:
            return texts([])
        packed = packed.combine_chunks() if hasattr(packed, "combine_chunks") else packed
        write = _writer(kind, types)
        distinct = texts([*(write(value) for value in packed.dictionary), ""])
        codes = packed.indices.fill_null(len(distinct) - 1).to_numpy(zero_copy_only=False)
        return distinct[codes]
    return texts([as_text(value) for value in column.to_pylist()])


def _writer(kind: Any, types: Any) -> Callable[[Any], str]:
    """How a scalar of a type is written."""
    if types.is_timestamp(kind):
        whole = second_writer(EPOCH, per_second=PER_SECOND[kind.unit])
        if kind.tz is None:
            return lambda scalar: whole(scalar.value)
        return lambda scalar: _instant(scalar.value, PER_SECOND[kind.unit])
    if types.is_float32(kind):
        return lambda scalar: number_text(np.float32(scalar.as_py()))
    if types.is_floating(kind) or types.is_integer(kind):
        return lambda scalar: number_text(scalar.as_py())
    return lambda scalar: _plain(scalar.as_py())


def _instant(count: int, per_second: int) -> str:
    moment = pd.Timestamp(count * (10**9 // per_second), unit="ns", tz="UTC")
    return moment.floor("us").isoformat().replace("+00:00", "Z")


def _plain(value: Any) -> str:
    if hasattr(value, "isoformat"):
        text = value.isoformat()
        return text.removesuffix(":00") if text.count(":") == 2 else text
    return format(value, "f") if hasattr(value, "as_tuple") else as_text(value)
