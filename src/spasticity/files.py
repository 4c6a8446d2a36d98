"""Files that are written whole or not at all, and frames as bytes that are the same every time."""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path

import pandas as pd

from spasticity.errors import DataError, MethodError, listed

# A spreadsheet runs a text cell that begins so, full-width signs included; a plain number is none.
RUNS = re.compile("(?!'*[+-]?\\d+(?:\\.\\d+)?$)'*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")


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


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """A frame as Parquet, categories as text.

    Parameters
    ----------
    frame : DataFrame
        Written without its index.

    Returns
    -------
    bytes

    Raises
    ------
    MethodError
        When the library pyarrow is not installed.
    """
    try:
        import pyarrow  # noqa: F401 pandas says less kindly that it is missing
    except ImportError:
        raise MethodError(
            "saving as Parquet needs the library pyarrow, which is not installed: pip install 'spasticity[parquet]'"
        ) from None
    buffer = io.BytesIO()
    texts = {name: frame[name].astype(object) for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)}
    pd.DataFrame({name: texts.get(name, frame[name]) for name in frame}).to_parquet(buffer, index=False)
    return buffer.getvalue()


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


def shipped(inside: str, beside: str, holds: str = "") -> Path | None:
    """A folder that comes with the package: inside an installed one, or in the checkout it runs from.

    Parameters
    ----------
    inside : str
        Its name in the installed package.
    beside : str
        Its path in the checkout.
    holds : str
        A file that must be in it; any folder will do when left out.

    Returns
    -------
    Path or None
        None when this installation does not hold it.
    """
    package = Path(str(files("spasticity")))
    places = (package / inside, package.parents[1] / beside)
    return next((folder for folder in places if (folder / holds).exists()), None)


def quiet(texts: pd.Series) -> pd.Series:
    """Texts that no spreadsheet runs as a formula: an apostrophe stands before those that it would run.

    Parameters
    ----------
    texts : Series of text

    Returns
    -------
    Series of text
        `loud` gives them back.
    """
    would_run = texts.map(lambda text: isinstance(text, str) and RUNS.match(text) is not None).astype(bool)
    return texts.mask(would_run, "'" + texts) if would_run.any() else texts


def quiet_frame(frame: pd.DataFrame, texts: Iterable[str]) -> pd.DataFrame:
    """A frame whose texts no spreadsheet runs.

    Parameters
    ----------
    frame : DataFrame
    texts : iterable of str
        Columns that may hold text.

    Returns
    -------
    DataFrame
    """
    return frame.assign(**{name: quiet(frame[name]) for name in texts})


def loud(texts: pd.Series) -> pd.Series:
    """Texts without the apostrophe that `quiet` put before them.

    Parameters
    ----------
    texts : Series of text

    Returns
    -------
    Series of text
    """
    marked = texts.map(lambda text: isinstance(text, str) and text[:1] == "'" and RUNS.match(text) is not None)
    return texts.mask(marked.astype(bool), texts.str[1:]) if marked.any() else texts


def write_folder(
    folder: Path | str, contents: Mapping[str, bytes], *, last: str, stale: Iterable[str] = (), overwrite: bool = False
) -> Path:
    """Write files as one folder, whole or not at all.

    A folder that is not there appears with all its files at once. In one that is there, the file without which it is
    not read is taken away first and put there last.

    Parameters
    ----------
    folder : Path or str
    contents : mapping of str to bytes
        Name and content.
    last : str
        The file without which the folder is not read.
    stale : iterable of str
        Files of an earlier writing, removed when they are not written again.
    overwrite : bool
        Whether files that are there may be replaced.

    Returns
    -------
    Path

    Raises
    ------
    DataError
        When a file exists and may not be replaced; nothing is written then.
    """
    folder = Path(folder)
    present = [name for name in (*contents, *stale) if (folder / name).exists() or (folder / name).is_symlink()]
    if present and not overwrite:
        names = listed(dict.fromkeys(present), "and")
        raise DataError(f"{folder.name}: {names} exist and are not overwritten; use another folder.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, content in contents.items():
            write(workshop / "new" / name, content)
        if folder.exists():
            (folder / last).unlink(missing_ok=True)
            for name in stale:
                (folder / name).unlink(missing_ok=True)
            for name in sorted(contents, key=lambda name: name == last):
                (workshop / "new" / name).replace(folder / name)
        else:
            (workshop / "new").rename(folder)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return folder
