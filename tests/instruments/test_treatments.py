"""The treatments: every fact has a source, the cards say all of them, the page is current."""

import re
from pathlib import Path

import pytest

from spasticity import instruments
from spasticity.errors import MethodError
from spasticity.instruments import treatment_cards
from spasticity.instruments.treatment_sources import SOURCES
from spasticity.instruments.treatments import ASPECTS, TREATMENTS, Fact

PAGE = Path(__file__).parents[2] / "docs" / "treatments.md"


def test_the_page_of_treatments_is_current(tmp_path):
    written = instruments.write_treatments(tmp_path / "page.md").read_text(encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == written, 'run instruments.write_treatments("docs/treatments.md")'


def test_every_fact_has_a_source_and_every_source_is_used():
    facts = instruments.treatment_facts()
    assert list(facts) == ["treatment", "aspect", "fact", "source", "citation", "confirmed"]
    assert facts.notna().all().all()
    assert set(facts["source"]) == set(SOURCES)
    assert (facts["citation"].str.len() > 10).all()


@pytest.mark.parametrize("name", TREATMENTS)
def test_a_card_says_every_fact(name):
    one = instruments.treatment(name)
    text, html = " ".join(repr(one).split()), one._repr_html_()
    for aspect in ASPECTS:
        for fact in one.facts(aspect):
            assert " ".join(fact.words.split()) in text
    assert "not advice" in text
    assert html.count("<tr>") == html.count("</tr>") > 6
    assert not re.search(r"&(?!amp;|lt;|gt;|quot;|#x27;)", html)
    assert max(len(line) for line in repr(one).splitlines()) <= treatment_cards.WIDTH


def test_side_by_side_each_aspect_has_words_for_each_treatment():
    table = instruments.treatment_table()
    assert list(table) == ["Aspect", "oral baclofen", "cyclobenzaprine", "intrathecal baclofen"]
    assert list(table["Aspect"]) == [
        "Use", "Evidence", "Administration", "Dosing", "Stopping", "Mechanism", "Side effects", "Unknown",
    ]  # fmt: skip
    assert (table.map(len) > 2).all().all()
    assert list(instruments.treatment_table(["cyclobenzaprine"])) == ["Aspect", "cyclobenzaprine"]


def test_cyclobenzaprine_is_not_called_an_antispastic():
    one = instruments.treatment("cyclobenzaprine")
    assert "not an antispastic" in repr(one)
    assert "not different from placebo" in " ".join(repr(one).split())
    assert not any("spasticity" in fact.words for fact in one.use)
    assert "not an antispastic" in PAGE.read_text(encoding="utf-8")


def test_units_of_the_routes_are_never_mixed():
    for one in TREATMENTS.values():
        own, other = ("µg/day", "mg/day") if one.route == "intrathecal" else ("mg/day", "µg/day")
        assert one.unit == own
        doses = " ".join(fact.words for fact in one.dosing)
        assert own in doses
        assert other not in doses


def test_the_arms_of_the_sample_have_their_treatments():
    assert set(TREATMENTS) == {"oral baclofen", "cyclobenzaprine", "intrathecal baclofen"}


def test_what_is_not_on_record_is_refused_by_name():
    with pytest.raises(MethodError, match=r"`tizanidine` is not in the registry; there are `cyclobenzaprine`"):
        instruments.treatment("tizanidine")
    with pytest.raises(MethodError, match="aspect"):
        instruments.treatment("oral baclofen").facts("price")


def test_a_fact_from_memory_is_marked():
    assert str(Fact("words", ("S1",), confirmed=False)) == "words [from memory] [S1]"
    assert str(Fact("words", ("S1", "S2"))) == "words [S1, S2]"
