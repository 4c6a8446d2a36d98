"""Notebooks run on any study, unattended: executed, and as a page to read."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spasticity.errors import DataError, MethodError, listed
from spasticity.files import shipped, write
from spasticity.protocol import Protocol

MINUTES = 10  # the longest a cell may take
TAG = "parameters"
#: The place of a study is nobody's business who reads the page.
FOLDER = 'folder = __import__("os").environ["SPASTICITY_STUDY"]'


@dataclass(frozen=True, slots=True)
class Told:
    """A notebook that was run.

    Parameters
    ----------
    name : str
        Of the notebook, without ending.
    written : tuple of Path
        The executed notebook, and the page when it could be made.
    failed : tuple of str
        What each cell that failed said; the others were run.
    """

    name: str
    written: tuple[Path, ...]
    failed: tuple[str, ...]


def notebook_folder() -> Path:
    """Where the notebooks are: inside an installed package, or in the checkout it runs from.

    Returns
    -------
    Path

    Raises
    ------
    DataError
        When this installation does not hold them.
    """
    folder = shipped("notebooks", "notebooks")
    if folder is None:
        raise DataError("notebooks: this installation does not hold them; install the package again.")
    return folder


def find_notebooks(name: str) -> list[Path]:
    """Notebooks by number, by name, or all of them.

    Parameters
    ----------
    name : str
        Such as `03`, `03_sleep` or `all`.

    Returns
    -------
    list of Path

    Raises
    ------
    MethodError
        When there is none of that name.
    """
    every = sorted(notebook_folder().glob("*.ipynb"))
    found = [path for path in every if name == "all" or path.stem == name or path.stem.split("_")[0] == name]
    if not found:
        raise MethodError(f"there is no notebook `{name}`; there are {listed([path.stem for path in every], 'and')}.")
    return found


def run_notebook(
    path: Path, folder: Path | str, protocol: Protocol, out: Path | str, *, given: Mapping[str, Any] | None = None
) -> Told:
    """Run a notebook on a study, and write it executed.

    Its cell of parameters is followed by one that names the study's folder, and takes visits and arms from its protocol
    where the notebook has parameters of that name. A cell that fails, because the study has no such data, does not stop
    the others.

    Parameters
    ----------
    path : Path
        The notebook, which is only read.
    folder : Path or str
        Of the study.
    protocol : Protocol
        Of the study.
    out : Path or str
        Folder to write to.
    given : mapping of str to Any, optional
        Further parameters by name.

    Returns
    -------
    Told

    Raises
    ------
    DataError
        When a file exists already.
    MethodError
        A parameter the notebook does not have, or a library that is not installed.
    """
    nbformat, nbclient = _libraries()
    story = nbformat.read(path, as_version=4)
    place = next(i for i, cell in enumerate(story.cells) if TAG in cell["metadata"].get("tags", []))
    names = _assigned("".join(story.cells[place]["source"]))
    values = _values(names, protocol, dict(given or {}))
    lines = [FOLDER, *(f"{name} = {value!r}" for name, value in values.items())]
    story.cells.insert(place + 1, nbformat.v4.new_code_cell("\n".join(lines), id="given"))
    client = nbclient.NotebookClient(
        story,
        timeout=60 * MINUTES,
        allow_errors=True,
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute(env=os.environ | {"SPASTICITY_STUDY": os.fspath(Path(folder).resolve())})
    text = json.dumps(story, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    written = [write(Path(out) / path.name, text)]
    page = _page(story, path.stem)
    if page is not None:
        written.append(write(Path(out) / f"{path.stem}.html", page))
    return Told(name=path.stem, written=tuple(written), failed=tuple(_failures(story)))


def _values(names: set[str], protocol: Protocol, given: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(given.keys() - names)
    if unknown:
        raise MethodError(f"the notebook has no parameter {listed(unknown)}; it has {listed(sorted(names), 'and')}.")
    reference = protocol.reference_arm or next(iter(protocol.arms), None)
    others = [arm for arm in protocol.arms if arm != reference]
    planned = {
        "visit": protocol.primary_visit,
        "outcome": protocol.primary_outcome,
        "reference": reference,
        "control": reference,
        "active": next(iter(others), None),
    }
    known = {name: value for name, value in planned.items() if name in names and value}
    return known | given


def _assigned(source: str) -> set[str]:
    """Names a cell gives a value to."""
    nodes = ast.walk(ast.parse(source))
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _failures(story: Any) -> list[str]:
    return [
        f"{output['ename']}: {output['evalue']}"
        for cell in story.cells
        for output in cell.get("outputs", [])
        if output["output_type"] == "error"
    ]


def _libraries() -> tuple[Any, Any]:
    try:
        import nbclient
        import nbformat
    except ImportError:
        raise MethodError(
            "running a notebook needs the library nbclient, which is not installed: pip install 'spasticity[lab]'"
        ) from None
    return nbformat, nbclient


def _page(story: Any, name: str) -> str | None:
    """The notebook as HTML that needs nothing from the network; None without the library for it."""
    try:
        from nbconvert import HTMLExporter
    except ImportError:
        return None
    exporter = HTMLExporter(mathjax_url="", require_js_url="", jquery_url="", mermaid_js_url="")
    return exporter.from_notebook_node(story, resources={"metadata": {"name": name}})[0]
