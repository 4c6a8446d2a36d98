"""The section on methods: each method once with what shows it, and a checklist that claims nothing it cannot show."""

from dataclasses import replace

import pytest

from spasticity import load
from spasticity.report import chapters, methods


def item(kind, name, method=""):
    return {"kind": kind, "name": name, "method": method}


@pytest.fixture(scope="module")
def study():
    return load.sample_study()


@pytest.fixture
def made():
    parts = [
        item("table", "flow"), item("figure", "primary_change_by_visit", "a mixed model"),
        item("table", "primary_differences", "a mixed model"), item("table", "adverse_events", "exact intervals"),
    ]  # fmt: skip
    return chapters.labelled([{"items": parts[:2]}, {"items": parts[2:]}])


def test_each_method_stands_once_with_everything_that_shows_it(study, made):
    table = methods.methods_section(study, made).items[0].frame
    assert table.to_numpy().tolist() == [["A mixed model.", "Figure 1, Table 2"], ["Exact intervals.", "Table 3"]]


def test_the_checklist_points_to_what_is_there_and_leaves_the_rest_to_the_authors(study, made):
    table = methods.methods_section(study, made).items[1].frame.set_index("Item")["Where"]
    assert table["13a-b participant flow"] == "Table 1"
    assert table["16 numbers analysed"] == "Table 2"
    assert table["19 harms"] == "Table 3"
    assert table["15 baseline data"] == "for the authors"


def test_a_cohort_without_arms_gets_the_items_of_an_observational_study(study, made):
    alone = replace(study, protocol=replace(study.protocol, arms=(), reference_arm=None))
    section = methods.methods_section(alone, made)
    assert set(section.items[1].frame["Guideline"]) == {"STROBE"}
    assert "arm" not in section.answer[0]


def test_people_rows_and_versions_are_those_of_the_study(study, made):
    people, rows, software = methods.methods_section(study, made).answer
    assert people.startswith("240 participants (136 with MS and 104 with SCI), in 4 arms (placebo, oral baclofen, ")
    assert "baseline (day -1), week 4 (day 28)" in people
    assert f"in {len(study.sources)} sources, 0 were rejected and 0 cells repaired" in rows
    assert "pandas" in software


def test_a_report_without_any_statistics_has_no_table_of_methods(study):
    assert [table.name for table in methods.methods_section(study, []).items] == ["checklist"]
