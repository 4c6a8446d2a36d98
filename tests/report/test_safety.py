"""Harms and benefits in a report: the words and cells are those of the statistics."""

from dataclasses import replace

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from spasticity import derive, load, plot, stats
from spasticity.errors import MethodError
from spasticity.report import safety, side_by_side
from spasticity.report.material import Material
from spasticity.report.page import table_html


@pytest.fixture(scope="module")
def material():
    return Material.of(load.sample_study())


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def without(material, **tables):
    return replace(material, study=replace(material.study, **tables))


def test_the_table_of_harms_has_the_counts_of_the_statistic(material):
    part = safety.events(material)
    table, dots = part.items
    counts = stats.harms(material.study.events, derive.time_at_risk(material.study), reference="placebo").counts
    row = counts.query("event == 'drowsiness' and arm == 'oral baclofen'").iloc[0]
    printed = table.frame.set_index("Event").loc["drowsiness", f"oral baclofen (n = {row['n']})"]
    assert printed.startswith(f"{row['with_event']} (")
    assert printed.endswith(f", {row['events_all']}")
    assert table.frame["Event"].iloc[0] == "any event"
    assert "not independent" in table.note
    assert plot.find(dots.canvas.axes[0], "incidence")
    assert "Miettinen-Nurminen" in dots.caption
    assert "expected by chance" in dots.caption
    assert part.answer[0].startswith("Participants with any adverse event: placebo ")


def test_device_events_are_told_per_implant_and_per_patient_year(material):
    [table] = safety.devices(material).items
    assert set(table.frame["Rate"]) == {"per implant", "per patient-year"}
    daily = derive.dose_per_day(material.study)
    found = derive.device_events(material.study, daily)
    assert table.frame["Events"].iloc[0] == str(len(found))
    assert set(table.frame["Event"]) == {"any event", *found["kind"]}
    assert "the day of implantation is not on record" in table.note


def test_an_infusion_after_the_last_contact_has_no_known_time(material):
    study = material.study
    one = study.doses["route"].eq("intrathecal") & study.doses["participant"].eq("P002")
    late = study.doses.assign(
        status=study.doses["status"].mask(one, "unknown"),
        dose_ug_per_day=study.doses["dose_ug_per_day"].mask(one),
        start_day=study.doses["start_day"].mask(one, study.doses["start_day"] + 400),
        end_day=study.doses["end_day"].mask(one, study.doses["end_day"] + 400),
    )
    [table] = safety.devices(without(material, doses=late)).items
    assert table.data.query("term == 'per patient-year'")["n_unknown"].eq(1).all()


def test_a_study_without_arms_has_its_harms_counted_and_not_compared(material):
    people = material.study.participants.assign(arm=pd.NA)
    study = replace(
        material.study, participants=people, protocol=replace(material.study.protocol, arms=(), reference_arm=None)
    )
    part = safety.events(replace(material, study=study))
    assert len(part.items) == 1
    assert list(part.items[0].frame.columns) == ["Event", "all (n = 240)"]


def test_what_is_not_there_is_said(material):
    none = material.study.events.iloc[:0]
    for maker, words in ((safety.events, "no adverse events on record"), (safety.devices, "no device events")):
        with pytest.raises(MethodError, match=words):
            maker(without(material, events=none))
    section = safety.harms(without(material, events=none))
    assert section.items == ()
    assert len(section.left_out) == 2


@pytest.fixture(scope="module")
def benefits(material):
    part = side_by_side.compared(material)
    plt.close("all")
    return part


def test_the_comparison_is_drawn_for_all_and_by_cohort_and_printed(benefits):
    whole, by_cohort, table = benefits.items
    assert (whole.name, by_cohort.name, table.name) == ("benefits_forest", "benefits_by_cohort", "benefits")
    assert len(plot.find(whole.canvas.axes[0], "estimate")) == 15
    assert len(plot.find(by_cohort.canvas.axes[0], "estimate")) == 30
    assert len(table.frame) == 45
    assert "Holm's method" in whole.caption
    assert (
        "10-metre" in whole.caption or "10 m" in whole.caption or "Walking" in whole.caption or "walk" in whole.caption
    )
    assert whole.alt.startswith("Forest plot of standardised benefits, positive is better")


def test_the_answer_claims_no_more_than_the_intervals(benefits):
    frame = benefits.items[2].data
    rows = frame[frame["term"].eq("standardised benefit") & frame["cohort"].eq("all participants")]
    assert len(benefits.answer) == 3
    for said in benefits.answer:
        arm = said.split(" against ")[0]
        part = rows[rows["arm"].astype(str).str.lower().eq(arm.lower())]
        for _, row in part.iterrows():
            claimed = said.split("better in ")[1].split(";")[0] if "better in" in said else ""
            assert (str(row["benefit"]) in claimed) == (row["conf_low"] > 0)
        assert "adjusted for 15 comparisons" in said


def test_cyclobenzaprine_is_shown_as_no_antispastic(material):
    [table] = side_by_side.features(material).items
    assert "not an antispastic" in table.frame.set_index("Aspect").loc["Use", "cyclobenzaprine"]
    assert "Not from this study" in table.note
    assert {"source", "citation"} <= set(table.data)


def test_a_study_of_other_treatments_has_no_feature_table(material):
    protocol = replace(material.study.protocol, arms=("a", "b"), reference_arm="a")
    with pytest.raises(MethodError, match="no arm of the study is a treatment on record"):
        side_by_side.features(replace(material, study=replace(material.study, protocol=protocol)))


def test_benefits_that_were_not_measured_are_named(material):
    few = material.outcomes[~material.outcomes["outcome"].isin(["walk_10m_m_per_s", "sleep_efficiency_tib"])]
    whole = side_by_side.compared(replace(material, outcomes=few)).items[0]
    assert "Not measured at week 12: movement and sleep." in whole.caption
    none = material.outcomes[material.outcomes["outcome"].eq("psqi")]
    with pytest.raises(MethodError, match="none of the outcomes that stand for a benefit has a change at week 12"):
        side_by_side.compared(replace(material, outcomes=none))


def test_sentences_in_a_table_may_break_and_numbers_may_not():
    html = str(table_html(["Aspect", "Words"], [["Use", "a sentence that is longer than a number <b>"]]))
    assert '<td class="words">a sentence that is longer than a number &lt;b&gt;</td>' in html
    assert "<td>Use</td>" in html
    assert "<td>−0.020 (−0.128 to 0.087)</td>" in str(table_html(["x"], [["−0.020 (−0.128 to 0.087)"]]))
