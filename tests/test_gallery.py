"""The gallery has every figure, each with code that can be read and a picture that is there."""

import ast

import pytest

from spasticity import plot
from tests.reference import gallery


def test_every_figure_is_in_the_gallery_once():
    names = [entry.name for entry in gallery.entries()]
    assert sorted(names) == sorted(set(plot.__all__) - gallery.NO_FIGURES)


def test_the_page_is_that_of_the_code():
    assert gallery.PAGE.read_text(encoding="utf-8") == gallery.page()


@pytest.mark.parametrize("entry", gallery.entries(), ids=lambda entry: entry.name)
def test_the_last_line_draws_the_figure_and_its_picture_is_there(entry):
    last = ast.parse(entry.code).body[-1]
    assert ast.unparse(last).startswith(f"plot.{entry.name}(")
    assert (gallery.PICTURES / f"{entry.name}.png").read_bytes().startswith(b"\x89PNG")
    assert entry.purpose.endswith(".")
