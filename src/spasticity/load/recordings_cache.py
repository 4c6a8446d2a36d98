"""Loaded recordings kept in a folder, so that nothing is read twice: numbers and text only, nothing that can run."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from spasticity import __version__
from spasticity.files import digest, write
from spasticity.schema import Schema
from spasticity.study import Loaded, Source

LAYOUT = 1  # of what is kept; another one is read again
HISTORIES = ("repairs", "rejects", "identifiers")


def key_of(sha256: str, functions: tuple[Callable[..., object] | None, ...], options: Mapping[str, object]) -> str:
    """A name for what comes of a file: of its content, of what is done with it, and of this version.

    Parameters
    ----------
    sha256 : str
        Of the file.
    functions : tuple of callable
    options : mapping of str to object

    Returns
    -------
    str
    """
    said = [sha256, LAYOUT, __version__, [_named(one) for one in functions], sorted(options.items())]
    return digest(repr(said).encode())


def _named(function: object) -> str:
    if isinstance(function, partial):
        return f"{_named(function.func)}{function.args!r}{sorted(function.keywords.items())!r}"
    return f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', function)}"


def kept(folder: Path, key: str, schema: Schema) -> Loaded | None:
    """What was kept under a name.

    Parameters
    ----------
    folder : Path
    key : str
    schema : Schema

    Returns
    -------
    Loaded or None
        None when nothing was, or it is damaged.
    """
    path = folder / f"{key}.npz"
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
            said = json.loads(arrays["said"].tobytes())
            columns = {name: _column(arrays[f"c{place}"], said) for place, name in enumerate(said["columns"])}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    table = schema.check(pd.DataFrame(columns), where=said["source"]["name"], extra=True)
    return Loaded(
        table=table.set_index(pd.Index(said["rows"], name="row")),
        source=Source(**said["source"]),
        schema=schema,
        touched=frozenset(said["touched"]),
        **{name: pd.DataFrame(said[name]["data"], columns=said[name]["columns"], dtype=object) for name in HISTORIES},
    )


def _column(values: np.ndarray, said: Mapping[str, list[str]]) -> pd.Series:
    """A column from its array: instants and texts are numbers there."""
    if values.dtype == np.int32:
        return pd.Series([None, *said["texts"]], dtype=object).take(values + 1).reset_index(drop=True)
    if values.dtype.kind == "M":
        return pd.Series(values).dt.tz_localize("UTC")
    return pd.Series(values)


def keep(folder: Path, key: str, loaded: Loaded) -> None:
    """Keep what came of a file, whole or not at all.

    Parameters
    ----------
    folder : Path
    key : str
    loaded : Loaded
    """
    texts: list[str] = []
    arrays = {f"c{place}": _array(loaded.table[name], texts) for place, name in enumerate(loaded.table)}
    said = {
        "columns": list(map(str, loaded.table)),
        "texts": texts,
        "rows": loaded.table.index.tolist(),
        "source": asdict(loaded.source),
        "touched": sorted(loaded.touched),
        **{name: getattr(loaded, name).to_dict("split", index=False) for name in HISTORIES},
    }
    buffer = io.BytesIO()
    content = json.dumps(said, default=str).encode()
    np.savez_compressed(buffer, said=np.frombuffer(content, dtype=np.uint8), **arrays)  # type: ignore[arg-type]
    write(folder / f"{key}.npz", buffer.getvalue(), overwrite=True)


def _array(column: pd.Series, texts: list[str]) -> np.ndarray:
    """A column as an array: numbers as they are, instants as such, and texts and flags by their place in a list."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return column.dt.tz_localize(None).to_numpy()
    if pd.api.types.is_float_dtype(column.dtype):
        return column.to_numpy(dtype="float64", na_value=np.nan)
    codes, distinct = pd.factorize(column.astype(object))
    begin = len(texts)
    texts += [str(one) for one in distinct]
    return np.where(codes < 0, -1, codes + begin).astype(np.int32)
