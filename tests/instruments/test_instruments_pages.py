"""What a reader sees: the card in a notebook, the registry as a frame, the page of documentation."""

import re
from pathlib import Path

import pandas as pd
import pytest

from spasticity import instruments
from spasticity.errors import MethodError
from spasticity.instruments import pages
from spasticity.instruments.registry import INSTRUMENTS, MEASURES

PAGE = Path(__file__).parents[2] / "docs" / "instruments.md"


def test_the_page_of_instruments_is_current():
    assert PAGE.read_text(encoding="utf-8") == pages.page(), 'run instruments.write_page("docs/instruments.md")'


def test_writing_the_page_replaces_the_old_one(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("old")
    assert instruments.write_page(path).read_text(encoding="utf-8") == pages.page()


def test_the_page_names_every_instrument_and_every_outcome():
    text = pages.page()
    assert set(re.findall(r"^## (\S+)$", text, re.MULTILINE)) >= set(instruments.names())
    assert set(re.findall(r"`(\w+)`", text)) >= set(MEASURES)


def test_the_registry_is_a_frame_with_a_row_per_score():
    table = instruments.table()
    assert list(table["instrument"].unique()) == instruments.names() == sorted(INSTRUMENTS)
    assert table["outcome"].is_unique
    row = table.set_index("outcome").loc["psqi"]
    assert (row["low"], row["high"], row["better"], row["items"]) == (0, 21, "lower", "19 items")
    assert "value <= 5: good sleeper at the end" in row["thresholds"]
    assert "change >= 3 points: important change [not confirmed]" in row["thresholds"]


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_a_card_says_everything_that_is_declared(name):
    instrument = instruments.get(name)
    text = " ".join(repr(instrument).split())
    facts = [instrument.name, instrument.what, instrument.recall, instrument.missing, instrument.unknown]
    facts += [*instrument.notes, *instrument.sources, *instrument.versions, *(one.id for one in instrument.measures)]
    for fact in facts:
        assert " ".join(fact.split()) in text
    for cut in (*instrument.thresholds, *(cut for one in instrument.measures for cut in one.thresholds)):
        assert " ".join(cut.source.split()) in text
        assert cut.rule in text
    assert text.count("NOT confirmed") >= (not all(
        cut.confirmed for one in instrument.measures for cut in one.thresholds
    ))  # fmt: skip


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_a_card_in_a_notebook_is_well_formed_and_escaped(name):
    html = instruments.get(name)._repr_html_()
    assert html.count("<tr>") == html.count("</tr>") > 4
    assert not re.search(r"&(?!amp;|lt;|gt;|quot;|#x27;)", html)
    assert "< " not in html


def test_card_lines_fit_a_notebook():
    assert max(len(line) for line in repr(instruments.get("psqi")).splitlines()) <= 110


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_every_instrument_says_who_when_whom_and_what_is_unknown(name):
    instrument = instruments.get(name)
    assert all([instrument.what, instrument.who, instrument.recall, instrument.population, instrument.missing])
    if not any(one.cuts("mcid") for one in instrument.measures):
        assert instrument.unknown
    for cut in instrument.thresholds:
        assert cut.source


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_scales_rest_on_items_of_their_form_and_forms_ask_nothing_twice(name):
    for form in instruments.get(name).forms:
        assert len(set(form.keys)) == len(form.keys)
        for scale in form.scales:
            assert set(scale.items) <= set(form.keys)
            assert scale.needed <= len(scale.items)
            assert (scale.how == "rule") <= (form.rule is not None or bool(form.unknown))


def test_an_outcome_id_belongs_to_one_instrument_only():
    owners = pd.Series([one.id for name in instruments.names() for one in instruments.get(name).measures])
    assert owners.is_unique


def test_item_keys_are_those_of_the_version_that_is_asked_for():
    assert instruments.get("sci_set").keys("modified") == [f"q{number}" for number in range(1, 34)]
    with pytest.raises(
        MethodError, match="sci_set: the version changes the number; pass version=`original` or `modified`"
    ):
        instruments.get("sci_set").keys()
    assert len(instruments.get("msss88").keys()) == 88
    assert len(instruments.get("prism").keys()) == 41
    assert len(instruments.get("scim3").keys()) == 19


def test_no_wording_of_an_item_is_shipped():
    keys = {key for instrument in INSTRUMENTS.values() for form in instrument.forms for key in form.keys}
    assert all(len(key.split()) <= 3 for key in keys)
    assert not any("?" in key for key in keys)
