"""The same data in every format give the same cells."""

import io
import json
import math
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
from hypothesis import given, settings
from hypothesis import strategies as st

from spasticity.load.dataset_json_files import dataset_json_grid
from spasticity.load.opening import Content, content
from spasticity.load.spss_files import spss_grid
from spasticity.load.stata_files import stata_grid
from spasticity.load.transport_files import transport_grid

# SAS numbers reach from 1e-78 to 1e75; Stata takes what is above 8.9e307 for a missing value.
NUMBERS = st.floats(-1e70, 1e70).filter(lambda value: value == 0 or abs(value) > 1e-70) | st.just(math.nan)
WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), max_size=40)
ROWS = st.lists(st.tuples(NUMBERS, WORDS, st.integers(0, 30_000)), min_size=1, max_size=12)


def grids(frame):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        pyreadstat.write_sav(frame, f"{path}.sav")
        pyreadstat.write_xport(frame, f"{path}.xpt", file_format_version=5, variable_format={"DAY": "DATE9."})
        yield "sav", spss_grid(content(f"{path}.sav"))[0]
        yield "xpt", transport_grid(content(f"{path}.xpt"))[0]
    buffer = io.BytesIO()
    frame.assign(WORD=frame["WORD"].astype(object)).to_stata(buffer, write_index=False, version=118)
    yield "dta", stata_grid(Content("a.dta", buffer.getvalue()))[0]
    items = [{"name": name, "dataType": "string" if name == "WORD" else "float"} for name in frame]
    rows = [[None if cell != cell else cell for cell in row] for row in frame.to_numpy(dtype=object).tolist()]
    head = {"datasetJSONVersion": "1.1.0", "records": len(rows), "name": "T", "columns": items}
    yield "json", dataset_json_grid(Content("a.json", json.dumps(head | {"rows": rows}).encode()))


@settings(max_examples=60)
@given(ROWS)
def test_every_format_gives_the_same_cells(rows):
    frame = pd.DataFrame(rows, columns=["NUM", "WORD", "DAY"]).astype({"NUM": float, "DAY": float})
    found = dict(grids(frame))
    numbers = found["json"].columns["NUM"].tolist()
    for name, grid in found.items():
        assert len(grid) == len(rows)
        assert grid.columns["NUM"].tolist() == numbers, name
        assert [word.rstrip() for word in grid.columns["WORD"]] == frame["WORD"].tolist(), name
    back = [float(cell) if cell else math.nan for cell in numbers]
    np.testing.assert_array_equal(back, frame["NUM"].to_numpy() + 0.0)
    dates = pd.Timestamp("1960-01-01") + pd.to_timedelta(frame["DAY"], unit="D")
    assert found["xpt"].columns["DAY"].tolist() == dates.dt.strftime("%Y-%m-%d").tolist()
