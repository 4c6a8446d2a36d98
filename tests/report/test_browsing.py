"""Leafing through people: a picture of each, and words where there is none."""

from dataclasses import replace

import matplotlib.pyplot as plt
import pytest

from spasticity import load, report
from spasticity.errors import MethodError
from spasticity.report import browsing


@pytest.fixture(scope="module")
def study():
    return load.sample_study()


def test_the_figure_of_a_person_comes_with_its_rows_and_words(study):
    made = report.participant_figure(study, "P012")
    assert made.title == "Participant P012"
    assert "not advice" in made.caption
    assert "spasms: 190 rows" in made.alt
    plt.close(made.canvas)


def test_a_picture_or_the_reason_why_there_is_none(study):
    content, facts = browsing.picture(study, "P012")
    assert content.startswith(b"\x89PNG")
    assert facts == "MS, intrathecal baclofen"
    bare = replace(study, **{name: frame.iloc[:0] for name, frame in study.tables.items() if name != "participants"})
    content, words = browsing.picture(bare, "P012")
    assert content == b""
    assert words == "MS, intrathecal baclofen: participant: there are no rows to draw."
    assert plt.get_fignums() == []


def test_a_missing_library_is_said(study, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ipywidgets", None)
    with pytest.raises(MethodError, match=r"needs the library ipywidgets.*pip install 'spasticity\[lab\]'"):
        report.browse(study)


def test_the_buttons_go_round_and_the_list_shows_who_is_chosen(study):
    pytest.importorskip("ipywidgets")
    box = report.browse(study)
    (before, who, after), words, shown = box.children[0].children, box.children[1], box.children[2]
    assert who.value == "P001"
    before.click()
    assert who.value == study.participants["participant"].iloc[-1]
    after.click()
    first = shown.value
    after.click()
    assert who.value == "P002"
    assert shown.value != first
    assert words.value
