"""Files that are written whole or not at all, and frames as bytes that are the same every time."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import pandas as pd

from spasticity.errors import DataError


def digest(content: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    str
    """
    return hashlib.sha256(content).hexdigest()


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """A frame as CSV: UTF-8, line feeds, shortest exact numbers, UTC times with a Z, missing cells empty.

    Parameters
    ----------
    frame : DataFrame
        Written without its index.

    Returns
    -------
    bytes

    Raises
    ------
    DataError
        When a text holds a carriage return, which CSV readers split into two rows.
    """
    columns = {}
    for position, name in enumerate(frame.columns):
        values = frame.iloc[:, position]
        if isinstance(values.dtype, pd.DatetimeTZDtype):
            values = values.dt.tz_convert("UTC").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        elif pd.api.types.is_datetime64_dtype(values.dtype):
            values = values.dt.strftime("%Y-%m-%d")
        elif not pd.api.types.is_numeric_dtype(values.dtype):
            returns = values.map(lambda value: isinstance(value, str) and "\r" in value).astype(bool)
            if returns.any():
                row = returns[returns].index[0]
                raise DataError(f"column `{name}`: row {row} holds a carriage return; replace it before writing CSV.")
        columns[position] = values
    text = pd.DataFrame(columns).to_csv(index=False, header=[str(name) for name in frame.columns], lineterminator="\n")
    return text.encode("utf-8")


def write(path: Path | str, content: bytes | str, *, overwrite: bool = False) -> Path:
    """Write a file so that it is either whole or not there.

    Parameters
    ----------
    path : Path or str
        Where; its folder is made.
    content : bytes or str
        Text is written as UTF-8.
    overwrite : bool
        Whether a file that is there may be replaced.

    Returns
    -------
    Path

    Raises
    ------
    DataError
        When the file exists and may not be replaced.
    """
    path = Path(path)
    if path.exists() and not overwrite:
        raise DataError(f"{path.name}: the file exists and is not overwritten; choose another name or pass overwrite.")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode("utf-8") if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path
