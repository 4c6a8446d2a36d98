"""Harms: counts by hand, published counts, invariances, unknown time, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spasticity import derive, load, stats
from spasticity.errors import DataError, MethodError
from spasticity.stats.proportions import clopper_pearson, difference, ratio
from spasticity.stats.rates import equal_rates, poisson_limits, rate_difference, rate_ratio
from tests.reference.validation import of_folder

YEAR = 365.25


def people(*rows):
    return pd.DataFrame(rows, columns=["participant", "arm", "start_day", "end_day"])


def happened(*rows):
    return pd.DataFrame(rows, columns=["participant", "term", "group", "start_day"])


def tiny():
    """Three on the drug (one with two stretches, one whose end is not known), two on placebo."""
    at_risk = people(
        ("A", "drug", 0, 10),
        ("A", "drug", 20, 30),
        ("B", "drug", 0, 40),
        ("C", "drug", 0, None),
        ("D", "placebo", 0, 50),
        ("E", "placebo", 0, 25),
    )
    events = happened(
        ("A", "drowsiness", "nervous system", 21),
        ("A", "drowsiness", "nervous system", 25),
        ("B", "dizziness", "nervous system", 0),
        ("C", "drowsiness", "nervous system", 3),
        ("D", "drowsiness", "nervous system", 49),
        ("A", "drowsiness", "nervous system", 12),  # between two stretches
        ("E", "rash", "skin", 25),  # the day after the last
    )
    return events, at_risk


def test_counts_and_estimates_by_hand():
    events, at_risk = tiny()
    result = stats.harms(events, at_risk, reference="placebo", kinds=["term"], per=1.0)
    counts = result.counts.set_index(["event", "arm"])
    drowsy = counts.loc[("drowsiness", "drug")]
    assert list(drowsy[["n", "with_event", "n_unknown", "events", "with_timed", "events_all"]]) == [3, 2, 1, 2, 1, 3]
    assert drowsy["person_years"] * YEAR == pytest.approx(10 + 10 + 40)
    assert drowsy["person_years_to_first"] * YEAR == pytest.approx(10 + 2 + 40)  # the day of the event counts
    dizzy = counts.loc[("dizziness", "drug")]
    assert dizzy["person_years_to_first"] * YEAR == pytest.approx(20 + 1)
    assert counts.loc[("drowsiness", "placebo"), "person_years_to_first"] * YEAR == pytest.approx(50 + 25)
    assert ("rash", "drug") not in counts.index

    frame = result.frame[result.frame["event"].eq("drowsiness")].set_index(["term", "arm"])
    t1, t2 = 60 / YEAR, 75 / YEAR
    f1, f2 = 52 / YEAR, 75 / YEAR
    rows = {
        ("incidence", "drug"): (2 / 3, *clopper_pearson(2, 3), 3, 2),
        ("event rate", "drug"): (2 / t1, *poisson_limits(2, t1), 2, 2),
        ("first-event rate", "drug"): (1 / f1, *poisson_limits(1, f1), 2, 1),
        ("risk difference", "drug"): (2 / 3 - 1 / 2, *difference(2, 3, 1, 2, "miettinen-nurminen"), 5, 3),
        ("risk ratio", "drug"): (4 / 3, *ratio(2, 3, 1, 2, score=True), 5, 3),
        ("rate difference", "drug"): (2 / t1 - 1 / t2, *rate_difference(2, t1, 1, t2), 4, 3),
        ("rate ratio", "drug"): (2 * t2 / t1, *rate_ratio(2, t1, 1, t2), 4, 3),
        ("first-event rate ratio", "drug"): (f2 / f1, *rate_ratio(1, f1, 1, f2), 4, 2),
    }
    for key, expected in rows.items():
        found = frame.loc[key, ["estimate", "conf_low", "conf_high", "n", "events"]]
        np.testing.assert_allclose(found.astype(float), np.array(expected, dtype=float), err_msg=str(key))
    assert frame.loc[("rate ratio", "drug"), "p_value"] == pytest.approx(equal_rates(2, t1, 1, t2))
    assert set(frame["reference"].dropna()) == {"placebo"}
    assert result.n == 5


def test_what_is_left_out_is_said():
    events, at_risk = tiny()
    events = pd.concat([events, happened(("B", "rash", "skin", None), ("Z", "rash", "skin", 4))], ignore_index=True)
    at_risk = pd.concat([at_risk, people(("F", None, 0, 9))], ignore_index=True)
    notes = stats.harms(events, at_risk, reference="placebo").notes
    assert "left out: 1 row at risk without a group" in notes
    assert "3 events outside everybody's time at risk" in notes
    assert "left out: 1 event without a day" in notes
    assert "1 participant whose time at risk is not known: in the incidence, not in rates" in notes


def test_all_events_groups_and_terms_each_count_a_person_once():
    events, at_risk = tiny()
    counts = stats.harms(events, at_risk, reference="placebo").counts
    drug = counts[counts["arm"].eq("drug")].set_index(["kind", "event"])
    assert drug.loc[("any", "any event"), "with_event"] == 3
    assert drug.loc[("group", "nervous system"), "events_all"] == 4
    assert list(drug.loc["term"].index) == ["drowsiness", "dizziness"]


def test_a_term_nobody_had_has_exact_bounds():
    at_risk = people(*((f"P{i}", "drug", 0, 30) for i in range(100)))
    result = stats.harms(
        happened().astype({"start_day": float}), at_risk, factor=None, by="arm", terms=["seizure"], level=0.9
    )
    row = result.row("incidence", event="seizure")
    assert (row["estimate"], row["conf_low"], row["events"]) == (0, 0, 0)
    assert row["conf_high"] == pytest.approx(1 - 0.05 ** (1 / 100))
    assert row["conf_high"] == pytest.approx(3 / 100, rel=0.02)  # the rule of three
    rate = result.row("event rate", event="seizure")
    assert rate["conf_high"] == pytest.approx(-np.log(0.05) / (100 * 30 / YEAR / 100))
    assert result.row("incidence", event="any event")["estimate"] == 0


def test_phases_give_rates_but_are_not_compared():
    phases = people(("A", "x", 0, 10), ("A", "y", 10, 40), ("B", "x", 0, 5)).rename(columns={"arm": "phase"})
    events = happened(("A", "fever", "general", 10), ("B", "fever", "general", 4))
    result = stats.harms(events, phases, factor=None, by="phase", kinds=["term"], per=1.0)
    assert set(result.frame["term"]) == {"incidence", "event rate", "first-event rate"}
    assert list(result.counts["events"]) == [1, 1]  # day 10 belongs to the phase that begins then
    assert list(result.counts["person_years"] * YEAR) == pytest.approx([15, 30])
    with pytest.raises(DataError, match=r"1 participant in more than one phase; .* Use factor=None with by='phase'"):
        stats.harms(events, phases, factor="phase")


def test_phases_of_the_dose_log_are_time_at_risk_of_one_drug_and_lose_no_day():
    sample = load.sample_study()
    phases = derive.dose_phases(derive.dose_per_day(sample))
    result = stats.harms(sample.events, phases, factor=None, by=["drug", "route", "phase"], kinds=["any"])
    days = (phases["end_day"] - phases["start_day"]).sum()
    assert result.counts["person_years"].sum() * YEAR == pytest.approx(days)
    whole = phases.groupby(["participant", "drug", "route"], observed=True).agg({"start_day": "min", "end_day": "max"})
    every = stats.harms(sample.events, whole.reset_index(), factor=None, by=["drug", "route"], kinds=["any"])
    assert result.counts["events_all"].sum() == every.counts["events_all"].sum()


def test_levels_are_compared_within_each_group():
    events, at_risk = tiny()
    at_risk["cohort"] = at_risk["participant"].map({"A": "MS", "B": "SCI", "C": "MS", "D": "MS", "E": "SCI"})
    frame = stats.harms(events, at_risk, reference="placebo", by="cohort", kinds=["term"]).frame
    row = frame[frame["term"].eq("risk difference") & frame["event"].eq("drowsiness")].set_index("cohort")
    assert list(row.loc[["MS", "SCI"], "estimate"]) == [1 - 1, 0 - 0]
    assert list(row["n"]) == [3, 2]
    alone = at_risk[~at_risk["participant"].eq("D")]  # nobody of the reference with MS
    frame = stats.harms(events, alone, reference="placebo", by="cohort", kinds=["any"]).frame
    assert set(frame.loc[frame["term"].eq("risk difference"), "cohort"]) == {"SCI"}


# Published counts (domain dossier, golden tests G12 to G18, and the label rates of section 2.8).
def reported(**arms):
    """A study in which so many of so many had the event, each for 100 days."""
    rows = [(f"{arm}{i}", arm, 0, 100) for arm, (_, n) in arms.items() for i in range(n)]
    return happened(*((f"{arm}{i}", "event", "all", 5) for arm, (x, _) in arms.items() for i in range(x))), people(
        *rows
    )


@pytest.mark.parametrize(
    ("table", "term", "expected", "places"),
    [
        ((41, 53, 17, 53), "risk difference", 0.4528, 4),  # G12 SAVANT
        ((41, 53, 17, 53), "risk ratio", 2.412, 3),  # G12
        ((101, 111, 66, 109), "risk difference", 0.3044, 4),  # G14 tizanidine
        ((24, 25, 22, 35), "risk ratio", 1.527, 3),  # G15 SISTERS, as treated
    ],
)
def test_published_trials_are_reproduced_from_their_counts(table, term, expected, places):
    x1, n1, x2, n2 = table
    result = stats.harms(
        *reported(active=(x1, n1), control=(x2, n2)), reference="control", kinds=["term"], interval="newcombe"
    )
    row = result.row(term, arm="active")
    assert round(row["estimate"], places) == expected
    limits = difference(*table) if term == "risk difference" else ratio(*table)
    assert (row["conf_low"], row["conf_high"]) == pytest.approx(limits)
    published = stats.two_by_two(*table, event="harm").row(term)
    assert published["estimate"] == pytest.approx(row["estimate"])


def test_published_percentages_are_reproduced_from_their_counts():
    for (x, n), printed in {
        (42, 143): 29.4, (21, 134): 15.7,  # MUSEC, G13; published with 144 and 135 randomised
        (24, 25): 96.0, (22, 35): 62.9,  # SISTERS, G15
        (218, 323): 67.5,  # arbaclofen completion, G18
        (13, 244): 5.3, (11, 214): 5.1, (18, 214): 8.4,  # ITB label: screening, titration, maintenance
        (13, 23): 56.5, (11, 23): 47.8, (7, 23): 30.4, (4, 23): 17.4, (3, 23): 13.0,  # Leo & Baer 2005
    }.items():  # fmt: skip
        result = stats.harms(*reported(all=(x, n)), factor=None, kinds=["term"], proportion="wilson")
        assert round(100 * result.row("incidence")["estimate"], 1) == printed
    assert result.method.startswith("participants with at least one event, Wilson intervals")


def test_cyclobenzaprine_label_rates():
    """Drowsiness 29 / 38 / 10 % of 464, 249 and 469; the counts are the only ones that print so within rounding."""
    events, at_risk = reported(mg15=(135, 464), mg30=(95, 249), placebo=(47, 469))
    result = stats.harms(events, at_risk, reference="placebo", kinds=["term"])
    assert [round(100 * result.row("incidence", arm=arm)["estimate"]) for arm in ("mg15", "mg30", "placebo")] == [
        29,
        38,
        10,
    ]
    row = result.row("risk difference", arm="mg30")
    assert row["conf_low"] > 0.2
    assert row["estimate"] == pytest.approx(95 / 249 - 47 / 469)


def test_withdrawal_per_pump_year_and_complications_per_implant():
    events = happened(*((f"P{i}", "withdrawal", "device", 10) for i in range(8)))
    days = 160.4 * YEAR / 20
    pumps = people(*((f"P{i}", "itb", 0, days) for i in range(20)))
    result = stats.complications(events, pumps)
    row = result.row("per patient-year", kind="any")
    assert tuple(round(row[name], 4) for name in ("estimate", "conf_low", "conf_high")) == (
        0.0499,
        0.0215,
        0.0983,
    )  # G16
    assert row["person_years"] == pytest.approx(160.4)
    many = people(*((f"Q{i}", "itb", 0, 100) for i in range(1362)))
    events = happened(*((f"Q{i % 1362}", "x", "device", i // 1362) for i in range(558)))
    row = stats.complications(events, many).row("per implant", kind="any")
    assert tuple(round(row[name], 3) for name in ("estimate", "conf_low", "conf_high")) == (0.410, 0.376, 0.445)  # G17
    late, early = stats.two_rates(56, 100, 23, 100).frame["estimate"][:2]
    assert (late, early) == (0.56, 0.23)


def test_classes_of_complications_and_a_second_implant_of_one_person():
    implants = people(("A", "x", 0, 100), ("A", "x", 100, 300), ("B", "y", 0, None)).rename(columns={"arm": "site"})
    events = happened(("A", "catheter kinked", "", 50), ("A", "pump stalled", "", 150), ("B", "infection", "", 3))
    classes = {"catheter kinked": "catheter", "pump stalled": "pump"}
    result = stats.complications(events, implants, classes=classes, terms=["explant"])
    counts = result.counts.set_index("event")
    assert list(counts.loc[["any event", "explant"], "implants"]) == [3, 3]
    each = result.row("per implant", kind="any")
    assert each["estimate"] == pytest.approx(3 / 3)
    assert (each["conf_low"], each["conf_high"]) == pytest.approx(tuple(float(x) for x in poisson_limits(3, 3)))
    assert each["events"] == 3
    timed = result.row("per patient-year", kind="any")
    assert (timed["events"], timed["n"], timed["n_unknown"]) == (2, 1, 1)
    assert result.row("per patient-year", event="pump")["estimate"] == pytest.approx(1 / (300 / YEAR))
    assert result.row("per implant", event="explant")["conf_high"] == pytest.approx(-np.log(0.025) / 3)
    by_site = stats.complications(events, implants, by="site").counts
    assert dict(by_site[by_site["kind"].eq("any")][["site", "implants"]].to_numpy().tolist()) == {"x": 2, "y": 1}


@settings(max_examples=8)
@given(st.permutations(range(7)), st.permutations(range(6)))
def test_the_order_of_rows_changes_nothing(events_order, people_order):
    events, at_risk = tiny()
    base = stats.harms(events, at_risk, reference="placebo")
    other = stats.harms(events.iloc[events_order], at_risk.iloc[people_order], reference="placebo")
    pd.testing.assert_frame_equal(base.frame, other.frame)


@settings(max_examples=8)
@given(st.integers(-50, 50))
def test_another_day_zero_changes_nothing(shift):
    events, at_risk = tiny()
    moved = at_risk.assign(start_day=at_risk["start_day"] + shift, end_day=at_risk["end_day"] + shift)
    later = stats.harms(events.assign(start_day=events["start_day"] + shift), moved, reference="placebo")
    pd.testing.assert_frame_equal(stats.harms(events, at_risk, reference="placebo").frame, later.frame)


def test_a_stretch_cut_in_two_is_the_same_time():
    events, at_risk = tiny()
    cut = pd.concat([at_risk[~at_risk["participant"].eq("B")], people(("B", "drug", 0, 7), ("B", "drug", 7, 40))])
    pd.testing.assert_frame_equal(
        stats.harms(events, cut, reference="placebo").frame, stats.harms(events, at_risk, reference="placebo").frame
    )


def test_somebody_without_known_time_changes_no_rate():
    events, at_risk = tiny()
    more = people(*at_risk.itertuples(index=False), ("G", "drug", None, None))
    one, two = (stats.harms(events, rows, reference="placebo").frame for rows in (at_risk, more))
    rates = one["term"].str.contains("rate")
    pd.testing.assert_series_equal(one.loc[rates, "estimate"], two.loc[rates, "estimate"])
    assert (two.loc[two["term"].eq("incidence") & two["arm"].eq("drug"), "n"] == 4).all()


def test_swapping_arms_flips_differences_and_inverts_ratios():
    events, at_risk = tiny()
    one = stats.harms(events, at_risk, reference="placebo", kinds=["any"])
    two = stats.harms(events, at_risk, reference="drug", kinds=["any"])
    for term in ("risk difference", "rate difference"):
        assert one.row(term)["estimate"] == pytest.approx(-two.row(term)["estimate"])
    for term in ("risk ratio", "rate ratio", "first-event rate ratio"):
        assert one.row(term)["estimate"] == pytest.approx(1 / two.row(term)["estimate"])
        assert one.row(term)["conf_low"] == pytest.approx(1 / two.row(term)["conf_high"])


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("A", "x", 5, 5)], "1 stretch of a participant ends before it begins, first at row 0"),
        ([("A", "x", 0, 9), ("A", "x", 8, 12)], "1 stretch of a participant overlaps the one before it"),
        ([("A", "x", 0, None), ("A", "x", 8, 12)], "overlaps the one before it or follows an open one, first at row 1"),
    ],
)
def test_stretches_that_cannot_be_are_refused(rows, words):
    with pytest.raises(DataError, match=words):
        stats.harms(happened(("A", "t", "g", 1)), people(*rows), factor=None, by="arm")


def test_wrong_options_are_refused():
    events, at_risk = tiny()
    for options, words in (
        ({"kinds": ["terms"]}, "kinds"),
        ({"proportion": "exact"}, "proportion"),
        ({"interval": "exact"}, "interval"),
        ({"reference": "plcebo"}, "reference"),
        ({"factor": "treatment"}, "the table has no column `treatment`"),
        ({"per": 0}, "expected `per` above 0 person-years"),
        ({"kinds": []}, "at least one of `kinds`"),
    ):
        with pytest.raises(MethodError, match=words):
            stats.harms(events, at_risk, **options)
    with pytest.raises(MethodError, match="there is nobody to count"):
        stats.harms(events, at_risk.iloc[:0])


def test_printed_as_a_report_prints_harms():
    events, at_risk = tiny()
    result = stats.harms(events, at_risk, reference="placebo", kinds=["term"])
    table = result.table()
    assert list(table.columns) == ["Term", "Kind", "Event", "Arm", "Estimate", "95\N{NO-BREAK SPACE}% CI", "n"]
    assert table.loc[0, "Estimate"] in ("1/2 (50.0 %)", "2/3 (66.7 %)")
    said = result.sentence("risk difference", event="drowsiness", arm="drug")
    assert said.startswith("risk difference of drowsiness, drug, against placebo: 16.7 % points (95")
    assert "\N{INFINITY}" in table["Estimate"].to_string()
    assert "not adjusted for the number of events" in result.method


def test_it_agrees_with_r():
    for comparison in of_folder("harms"):
        assert comparison.holds, comparison.statistic
