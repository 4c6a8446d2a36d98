"""Samples of an inertial sensor in a NumPy archive: plain arrays, never a pickle."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from spasticity.errors import DataError
from spasticity.load.inertial_text import Array, Columns
from spasticity.load.opening import MAX_BYTES, WORKBOOK, Content


def archive_columns(path: Path | str) -> Columns:
    """The arrays of an archive, read without ever running a pickle.

    Parameters
    ----------
    path : Path or str

    Returns
    -------
    Columns

    Raises
    ------
    DataError
        When the archive is damaged, too large, holds pickled objects, or arrays of different lengths.
    """
    path = Path(path)
    if not path.is_file():
        raise DataError(f"{path.name}: there is no such file; check the folder and the spelling.")
    if path.stat().st_size > MAX_BYTES:
        raise DataError(f"{path.name}: more than {MAX_BYTES:,} bytes are not read at once; split the recording.")
    source = Content(path.name, path.read_bytes())
    if not source.data.startswith(WORKBOOK):
        raise DataError(f"{path.name}: this is not a NumPy archive; fetch it again, or save the samples as CSV.")
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
            if unpacked > MAX_BYTES:
                raise DataError(f"{path.name}: unpacked it has {unpacked:,} bytes, more than the {MAX_BYTES:,} read.")
        with np.load(io.BytesIO(source.data), allow_pickle=False) as arrays:
            values = {name: arrays[name] for name in arrays.files}
    except DataError:
        raise
    except Exception:  # a damaged archive breaks in any of a dozen ways; the message of none may reach a reader
        raise DataError(
            f"{path.name}: the archive is damaged or holds pickled objects, which are never read; save plain arrays."
        ) from None
    return Columns(source=source, format="npz", values=_flattened(path.name, values))


def _flattened(name: str, arrays: Mapping[str, np.ndarray]) -> dict[str, Array]:
    columns = {}
    for key, array in arrays.items():
        if array.dtype.kind not in "iuf" or array.ndim not in (1, 2):
            continue
        if array.ndim == 1:
            columns[key] = array.astype(np.float64)
            continue
        marks = ("x", "y", "z") if array.shape[1] == 3 else tuple(map(str, range(array.shape[1])))
        columns |= {f"{key}_{mark}": array[:, place].astype(np.float64) for place, mark in enumerate(marks)}
    if not columns:
        raise DataError(f"{name}: the archive has no array of numbers.")
    if len({len(column) for column in columns.values()}) != 1:
        raise DataError(f"{name}: its arrays are not equally long; the archive is damaged or not of one recording.")
    return columns
