"""Notebooks on another study: found by number, told what the study calls its visits and arms, run to the end."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from spasticity import load, simulate
from spasticity.cli import main
from spasticity.errors import DataError, MethodError
from spasticity.report import notebooks

TINY = {
    "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# How many?"},
        {
            "cell_type": "code", "id": "b", "metadata": {"tags": ["parameters"]}, "outputs": [],
            "execution_count": None, "source": "folder, visit, factor = None, 'week 12', 1",
        },
        {
            "cell_type": "code", "id": "c", "metadata": {}, "outputs": [], "execution_count": None,
            "source": "print(visit, factor, folder is not None)",
        },
        {
            "cell_type": "code", "id": "d", "metadata": {}, "outputs": [], "execution_count": None,
            "source": "raise ValueError('no such data')",
        },
        {
            "cell_type": "code", "id": "e", "metadata": {}, "outputs": [], "execution_count": None,
            "source": "print('the end')",
        },
    ],
    "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}  # fmt: skip


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return simulate.write(tmp_path_factory.mktemp("told") / "study", simulate.SMALL_DESIGN)


def test_a_notebook_is_found_by_number_and_by_name():
    assert [path.stem for path in notebooks.find_notebooks("00")] == ["00_first_look"]
    assert notebooks.find_notebooks("00_first_look") == notebooks.find_notebooks("00")
    assert len(notebooks.find_notebooks("all")) >= 6
    with pytest.raises(MethodError, match="there is no notebook `99`; there are `00_first_look`"):
        notebooks.find_notebooks("99")


@pytest.mark.notebook
def test_it_is_told_the_study_and_its_visits_and_a_cell_that_fails_does_not_stop_it(study, tmp_path):
    pytest.importorskip("nbclient")
    path = tmp_path / "tiny.ipynb"
    path.write_text(json.dumps(TINY), encoding="utf-8")
    before = path.read_bytes()
    protocol = load.study(study).protocol
    told = notebooks.run_notebook(path, study, protocol, tmp_path / "out", given={"factor": 3})
    assert told.failed == ("ValueError: no such data",)
    assert path.read_bytes() == before
    run = json.loads(told.written[0].read_text(encoding="utf-8"))
    words = ["".join(output.get("text", "")) for cell in run["cells"] for output in cell.get("outputs", [])]
    assert [text.strip() for text in words if text.strip()] == [f"{protocol.primary_visit} 3 True", "the end"]
    with pytest.raises(DataError, match=r"tiny\.ipynb: the file exists and is not overwritten"):
        notebooks.run_notebook(path, study, protocol, tmp_path / "out")


def test_a_parameter_the_notebook_does_not_have_is_refused(study, tmp_path):
    pytest.importorskip("nbclient")
    path = notebooks.find_notebooks("00")[0]
    with pytest.raises(MethodError, match="no parameter `visti`; it has `folder`"):
        notebooks.run_notebook(path, study, load.study(study).protocol, tmp_path, given={"visti": 1})


@pytest.mark.notebook
@pytest.mark.slow
def test_the_command_runs_the_first_look_on_another_study(study, tmp_path):
    pytest.importorskip("nbclient")
    out = tmp_path / "out"
    ended = CliRunner().invoke(main, ["notebook", "00", "--study", str(study), "--out", str(out)])
    assert ended.exit_code == 0, ended.output
    assert (out / "00_first_look.ipynb").exists()
    assert "Notebook run: open" in ended.output


def test_a_parameter_is_name_and_value(study):
    ended = CliRunner().invoke(main, ["notebook", "00", "--study", str(study), "--set", "visit"])
    assert ended.exit_code == 2
    assert "--set takes NAME=VALUE" in ended.output


def test_the_notebooks_are_where_the_checkout_has_them():
    assert notebooks.notebook_folder() == Path(__file__).parents[2] / "notebooks"
