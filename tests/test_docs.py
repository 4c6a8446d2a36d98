"""What the pages say is there."""

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "data").rglob("*.md"))]
ROOMS = ("derive", "instruments", "load", "plot", "privacy", "report", "simulate", "stats")


@pytest.fixture(params=PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def page(request):
    return request.param


def test_every_picture_and_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_every_function_named_exists(page):
    text = page.read_text(encoding="utf-8")
    for room, name in re.findall(rf"\b({'|'.join(ROOMS)})\.([a-z_]+)\b(?!\.(?:py|md|csv))", text):
        if name not in ("py", "md", "csv", "toml"):
            module = importlib.import_module(f"spasticity.{room}")
            known = hasattr(module, name) or importlib.util.find_spec(f"spasticity.{room}.{name}") is not None
            assert known, f"{room}.{name}"


def test_every_page_of_docs_can_be_reached_from_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for path in (ROOT / "docs").glob("*.md"):
        assert f"docs/{path.name}" in readme, path.name


def test_the_code_of_the_readme_runs():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", readme, flags=re.DOTALL)[1]
    assert len([line for line in code.splitlines() if line.strip()]) <= 12
    exec(compile(code, "README.md", "exec"), {})
    plt = importlib.import_module("matplotlib.pyplot")
    assert len(plt.get_fignums()) == 2
    plt.close("all")
