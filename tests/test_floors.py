"""The house: imports only go down, and no room below the drawing floor knows matplotlib."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "spasticity"
FLOORS = {
    "errors": 0,
    "wording": 0,
    "files": 1,
    "schema": 1,
    "tables": 2,
    "instruments": 2,
    "privacy": 2,
    "inertial": 2,
    "ledger": 2,
    "protocol": 2,
    "study": 3,
    "load": 4,
    "derive": 4,
    "simulate": 4,
    "stats": 4,
    "plot": 5,
    "report": 6,
    "cli": 7,
    "__main__": 8,
}
MODULES = sorted(SOURCE.rglob("*.py"))


def room_of(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return parts[0]


def imported(path: Path) -> list[str]:
    """Every dotted name a module imports, also inside functions."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} has a relative import"
            names += [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names


def own_rooms(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imported(path) if name.startswith("spasticity.")} & set(FLOORS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_only_go_down(path):
    room = room_of(path)
    if room == "__init__":
        assert not own_rooms(path)
        return
    for other in own_rooms(path) - {room}:
        assert FLOORS[other] < FLOORS[room], f"{room} imports {other}, which is not below it"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_only_plot_and_report_know_matplotlib(path):
    if FLOORS.get(room_of(path), 0) < FLOORS["plot"]:
        assert not any(name.split(".")[0] == "matplotlib" for name in imported(path))


def test_every_room_stands_on_a_floor():
    rooms = {room_of(path) for path in MODULES} - {"__init__", "__main__"}
    assert rooms <= set(FLOORS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_function_has_the_name_of_its_file(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert path.stem not in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_importing_the_package_is_cheap():
    code = "import sys, spasticity; print(sorted({name.split('.')[0] for name in sys.modules}))"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for heavy in ("numpy", "pandas", "scipy", "matplotlib"):
        assert f"'{heavy}'" not in output
