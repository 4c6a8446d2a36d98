"""Small files of every binary format, and how each is read, for fuzzing."""

from __future__ import annotations

import datetime as dt
import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat

from spasticity.load.dataset_json_files import dataset_json_grid
from spasticity.load.grid import Grid
from spasticity.load.opening import Content
from spasticity.load.parquet_files import parquet_grid
from spasticity.load.spss_files import spss_grid
from spasticity.load.stata_files import stata_grid
from spasticity.load.transport_files import transport_grid

ROWS = 60
COLUMN_LABELS = ["Code", "Sex", "Minutes", "First day", "Note"]
LABELS = {"sex": {1.0: "female", 2.0: "male", 9.0: "refused"}}


def _frame() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    return pd.DataFrame(
        {
            "id": [f"P{row:03d}" for row in range(ROWS)],
            "sex": rng.choice([1.0, 2.0, 9.0], ROWS),
            "minutes": np.where(rng.random(ROWS) < 0.1, np.nan, rng.normal(40, 15, ROWS)),
            "first": [dt.date(2024, 1, 8) + dt.timedelta(days=row) for row in range(ROWS)],
            "note": ["" if row % 3 else "x" * (row % 37) for row in range(ROWS)],
        }
    )


def _written(write: Callable[[str], object], end: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{end}"
        write(str(path))
        return path.read_bytes()


def _xpt(version: int) -> bytes:
    frame = _frame()
    formats = {"first": "DATE9."}
    return _written(
        lambda path: pyreadstat.write_xport(
            frame, path, file_format_version=version, table_name="T", variable_format=formats
        ),
        ".xpt",
    )


def _sav(**options: object) -> bytes:
    ranges = {"minutes": [{"lo": -10, "hi": -1}, 99]}
    return _written(
        lambda path: pyreadstat.write_sav(
            _frame(), path, column_labels=COLUMN_LABELS, variable_value_labels=LABELS, missing_ranges=ranges, **options
        ),
        ".sav",
    )


def _dta(version: int) -> bytes:
    frame = _frame().assign(first=pd.to_datetime(_frame()["first"]), sex=_frame()["sex"].astype("int8"))
    labels = {"sex": {int(code): label for code, label in LABELS["sex"].items()}}
    buffer = io.BytesIO()
    options = {"convert_strl": ["note"]} if version > 114 else {}
    frame.to_stata(
        buffer, write_index=False, version=version, value_labels=labels, convert_dates={"first": "td"}, **options
    )
    return buffer.getvalue()


def _json(lines: bool) -> bytes:
    frame = _frame().astype({"first": str})
    kinds = {"sex": "float", "minutes": "float"}
    columns = [{"name": name, "dataType": kinds.get(name, "string")} for name in frame]
    head = {"datasetJSONVersion": "1.1.0", "records": ROWS, "name": "T", "columns": columns}
    rows = [[None if cell != cell else cell for cell in row] for row in frame.to_numpy(dtype=object).tolist()]
    if lines:
        return "\n".join([json.dumps(head), *map(json.dumps, rows)]).encode()
    return json.dumps(head | {"rows": rows}).encode()


def _parquet(**options: object) -> bytes:
    import pyarrow
    import pyarrow.parquet

    buffer = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pandas(_frame()), buffer, row_group_size=16, **options)
    return buffer.getvalue()


def _first(read: Callable[..., tuple[Grid, object]]) -> Callable[[Content], Grid]:
    return lambda source: read(source)[0]


#: Name to a whole file, its reader, and whether the format has checksums of its data, so that no cell may change.
TARGETS: dict[str, tuple[Callable[[], bytes], Callable[[Content], Grid], bool]] = {
    "xpt 5": (lambda: _xpt(5), _first(transport_grid), False),
    "xpt 8": (lambda: _xpt(8), _first(transport_grid), False),
    "sav": (_sav, _first(spss_grid), False),
    "sav, row compressed": (lambda: _sav(row_compress=True), _first(spss_grid), False),
    "zsav": (lambda: _sav(compress=True), _first(spss_grid), False),
    "dta 114": (lambda: _dta(114), _first(stata_grid), False),
    "dta 117": (lambda: _dta(117), _first(stata_grid), False),
    "dta 118": (lambda: _dta(118), _first(stata_grid), False),
    "dataset-json": (lambda: _json(lines=False), dataset_json_grid, False),
    "dataset-json lines": (lambda: _json(lines=True), dataset_json_grid, False),
    "parquet": (_parquet, parquet_grid, False),
    "parquet with checksums": (lambda: _parquet(write_page_checksum=True), parquet_grid, False),
}
