"""Notebooks: a question each, short cells, stored bare, and they run from top to bottom on the sample study."""

import ast
import json
import os
import re
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
EXPECTED = Path(__file__).parent / "expected"
MOST_CELLS, MOST_LINES = 25, 12


def cells(path, kind):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == kind]


def text(cell):
    return "".join(cell["source"])


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return request.param


def test_there_are_notebooks():
    assert {path.stem for path in NOTEBOOKS} >= {"00_first_look", "01_spasm_diary", "09_report_figures"}


def test_it_is_stored_without_outputs(notebook):
    for cell in cells(notebook, "code"):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


def test_it_opens_with_a_question_and_ends_in_words(notebook):
    every = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    first = text(every[0])
    assert first.startswith("# ")
    assert first.splitlines()[0].endswith("?")
    assert every[-1]["cell_type"] == "markdown"


def test_it_is_short_enough_to_read(notebook):
    every = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    assert len(every) <= MOST_CELLS
    for cell in cells(notebook, "code"):
        assert len(text(cell).splitlines()) <= MOST_LINES


def test_its_cells_define_nothing_and_loop_over_nothing(notebook):
    for cell in cells(notebook, "code"):
        tree = ast.parse(text(cell))
        banned = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Lambda)
        assert not [node for node in ast.walk(tree) if isinstance(node, banned)]


def test_one_cell_is_tagged_parameters(notebook):
    tagged = [cell for cell in cells(notebook, "code") if "parameters" in cell["metadata"].get("tags", [])]
    assert len(tagged) == 1


def test_no_number_with_a_decimal_is_typed_into_its_prose(notebook):
    for cell in cells(notebook, "markdown"):
        assert not re.search(r"\d\.\d", text(cell)), text(cell)


@pytest.mark.notebook
def test_it_runs_in_a_fresh_kernel_and_finds_what_it_found_before(notebook, tmp_path, monkeypatch):
    """The last code cell collects `results`; SPASTICITY_WRITE_EXPECTED=1 stores them instead of comparing."""
    nbformat = pytest.importorskip("nbformat", reason="the extra `test` brings it")
    nbclient = pytest.importorskip("nbclient", reason="the extra `test` brings it")
    monkeypatch.setenv("SPASTICITY_REPORT", os.fspath(tmp_path / "report"))
    story = nbformat.read(notebook, as_version=4)
    write = f"[f.to_csv(rf'{tmp_path}/{{n}}.csv', index=False) for n, f in results.items()]"
    story.cells.append(nbformat.v4.new_code_cell(write))
    client = nbclient.NotebookClient(story, timeout=300, resources={"metadata": {"path": os.fspath(notebook.parent)}})
    client.execute()
    assert all(cell.execution_count for cell in story.cells if cell.cell_type == "code")
    found = {path.name: path for path in tmp_path.glob("*.csv")}
    expected = EXPECTED / notebook.stem
    if os.environ.get("SPASTICITY_WRITE_EXPECTED"):
        expected.mkdir(parents=True, exist_ok=True)
        for name, path in found.items():
            (expected / name).write_bytes(path.read_bytes())
    assert set(found) == {path.name for path in expected.glob("*.csv")}
    for name, path in found.items():
        pd.testing.assert_frame_equal(pd.read_csv(path), pd.read_csv(expected / name), rtol=1e-8, atol=1e-12)
