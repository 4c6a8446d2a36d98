"""What SPSS and Stata files have in common: one library reads both, and their columns have value labels."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from spasticity.errors import DataError
from spasticity.load.grid import Grid, check_header
from spasticity.load.opening import Content, known_encoding
from spasticity.load.typed_cells import by_distinct, number_text, refuse_controls
from spasticity.load.typed_sources import needed

TAGGED = re.compile("[a-z]")
Reader = Callable[..., tuple[dict[str, Any], Any]]


def stored(function: str, source: Content, encoding: str | None) -> tuple[dict[str, Any], Any]:
    """Columns and facts of a file, by the library; values as they are stored.

    Parameters
    ----------
    function : str
        Of pyreadstat.
    source : Content
    encoding : str, optional

    Returns
    -------
    values : dict of str to array
    facts : object
        What the library says about the columns.

    Raises
    ------
    DataError
        When the file cannot be read.
    MethodError
        When the library is not installed.
    """
    try:
        import pyreadstat
    except ImportError:
        raise needed("pyreadstat", "statistics", "SPSS and Stata files") from None
    read: Reader = getattr(pyreadstat, function)
    if encoding is not None:
        known_encoding(encoding)
    try:
        return read(
            io.BytesIO(source.data),
            output_format="dict",
            user_missing=True,
            disable_datetime_conversion=True,
            **({} if encoding is None else {"encoding": encoding}),
        )
    except (UnicodeError, pyreadstat.ReadstatError, pyreadstat.PyreadstatError) as error:
        if isinstance(error, UnicodeError) or "encoding" in str(error) or "convert string" in str(error):
            remedy = "declare the encoding of its text, such as encoding='cp1252'"
            raise DataError(f"{source.name}: text is not in the encoding the file names; {remedy}.") from None
        raise DataError(
            f"{source.name}: the file was cut or damaged; fetch it again, or save it again in its program."
        ) from None
    except (ValueError, OverflowError, MemoryError, KeyError, IndexError):
        raise DataError(f"{source.name}: the file is damaged; fetch it again.") from None


def grid_of(source: Content, form: str, columns: dict[str, np.ndarray], told: int, facts: Any) -> Grid:
    """The grid of columns of text, as many rows as the file says.

    Parameters
    ----------
    source : Content
    form : str
        Of the format.
    columns : dict of str to array of object
    told : int
        Rows by the header; -1 when it does not say.
    facts : object
        Of the library.

    Returns
    -------
    Grid

    Raises
    ------
    DataError
    """
    if not all(isinstance(name, str) for name in columns):
        raise DataError(f"{source.name}: a column has no name; the file is damaged. Fetch it again.")
    check_header(list(columns), source.name)
    count = len(next(iter(columns.values()))) if columns else 0
    if not columns or (told >= 0 and told != count):
        raise DataError(
            f"{source.name}: its header speaks of {told:,} rows of data, but {count:,} can be read; the file was cut "
            "or damaged. Fetch it again."
        )
    rows = np.arange(1, 1 + count)
    refuse_controls(source.name, columns, rows)
    header = {name: str(label or "") for name, label in facts.column_names_to_labels.items()}
    header |= {"file label": str(facts.file_label or ""), "notes": " ".join(map(str, facts.notes or ()))}
    grid = Grid(name=source.name, sha256=source.sha256, format=form, columns=columns, rows=rows, header=header)
    return grid.noting("" if count else "no rows")


def cells_of(values: np.ndarray, write: Callable[[Any], str]) -> np.ndarray:
    """Cells of a column as text; text stays as it is.

    Parameters
    ----------
    values : array, shape (n,)
    write : callable
        How a number is written.

    Returns
    -------
    array of object, shape (n,)
    """
    return by_distinct(
        np.asarray(values, dtype=object), lambda value: value if isinstance(value, str) else write(value)
    )


def labels_of(facts: Any, name: str) -> dict[str, str]:
    """Value labels by the text of their code.

    Parameters
    ----------
    facts : object
        Of the library.
    name : str
        The column.

    Returns
    -------
    dict of str to str
    """
    found = facts.variable_value_labels.get(name, {})
    tags = {code: f".{code}" for code in found if isinstance(code, str) and TAGGED.fullmatch(code)}
    numeric = facts.readstat_variable_types.get(name) != "string"
    return {
        (tags[code] if numeric and code in tags else code if isinstance(code, str) else number_text(code)): str(label)
        for code, label in found.items()
    }
