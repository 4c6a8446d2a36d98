"""Symptoms after a stop, other explanations for them, and what happened to pumps; each rule by hand."""

import pandas as pd
import pytest
from scipy import stats as scipy_stats

from spasticity.derive.devices import DEVICE_TERMS, device_events
from spasticity.derive.doses import dose_per_day
from spasticity.derive.stopping import stops
from spasticity.derive.withdrawal import dosing_marks, symptom_clusters
from spasticity.errors import MethodError
from tests.derive.tiny import plain, study


def stretch(start, end, dose, route="oral"):
    row = {"participant": "A", "drug": "baclofen", "route": route, "start_day": start, "end_day": end}
    amount = "dose_mg_per_day" if route == "oral" else "dose_ug_per_day"
    return {**row, amount: dose, "status": "taken" if dose else "zero documented"}


def event(term, day, end=None, severity="moderate", group=None, **more):
    row = {"participant": "A", "term": term, "group": group, "severity": severity}
    return {**row, "start_day": day, "end_day": end, "serious": False, "action": "none", **more}


STOP = [stretch(0, 60, 60), stretch(60, 90, 0)]  # the last whole dose on day 59, none from day 60 on


def clusters(*events, options=None, **tables):
    made = study(doses=STOP, events=list(events), **tables)
    return symptom_clusters(stops(dose_per_day(made)), made, **(options or {}))


def test_two_domains_make_a_cluster_by_hand():
    found = clusters(event("Spasms increased", 61), event("confusion", 62), event("headache", 61))
    columns = ["participant", "drug", "route", "class", "stop_day", "domains", "n_domains", "symptoms", "severe"]
    both, terms = "spasticity rebound; neuropsychiatric", "Spasms increased; confusion"
    assert plain(found[[*columns, "first_day", "lag_days", "cluster", "explanations", "followed"]]) == [
        ["A", "baclofen", "oral", "complete abrupt", 60, both, 2, terms, "-", 61, 1, True, "-", True]
    ]


@pytest.mark.parametrize(
    ("term", "expected"), [("visual hallucination", True), ("agitation", False), ("seizure", True)]
)
def test_one_severe_symptom_is_a_cluster(term, expected):
    assert clusters(event(term, 61))["cluster"].tolist() == [expected]


@pytest.mark.parametrize(("day", "expected"), [(59, 0), (60, 1), (63, 1), (64, 0)])
def test_the_window_runs_from_the_first_day_without_to_the_third_after(day, expected):
    assert clusters(event("seizure", day))["n_domains"].tolist() == [expected]


def test_the_window_can_be_a_week():
    assert clusters(event("seizure", 67), options={"window_days": 7})["cluster"].tolist() == [True]
    assert clusters(event("seizure", 68), options={"window_days": 7})["cluster"].tolist() == [False]


def test_a_symptom_that_was_there_as_badly_before_does_not_count():
    before = event("insomnia", 40, 45)
    assert clusters(before, event("insomnia", 61))["n_domains"].tolist() == [0]
    assert clusters(before, event("insomnia", 61, severity="severe"))["n_domains"].tolist() == [1]
    long_ago = event("insomnia", 10, 30)  # over on day 30, the last of the thirty days before is day 30
    assert clusters(long_ago, event("insomnia", 61))["n_domains"].tolist() == [1]
    assert clusters(event("insomnia", 10, 31), event("insomnia", 61))["n_domains"].tolist() == [0]


def test_a_gradual_stop_is_not_looked_at():
    made = study(doses=[stretch(0, 60, 60), stretch(60, 80, 30), stretch(80, 90, 0)], events=[event("seizure", 81)])
    assert symptom_clusters(stops(dose_per_day(made)), made).empty


def test_what_else_may_explain_it_is_named():
    found = clusters(
        event("seizure", 61),
        event("urinary tract infection", 50, 53, group="infection"),
        event("autonomic dysreflexia", 62),
        medications=[
            {"participant": "A", "medicine": "diazepam", "atc": "N05BA01", "start_day": 0, "end_day": 60},
            {"participant": "A", "medicine": "vitamin", "atc": "A11CC05", "start_day": 63, "end_day": None},
        ],
    )
    words = "infection; autonomic dysreflexia; new medicine; end of an opioid or benzodiazepine"
    assert found["explanations"].tolist() == [words]
    far = clusters(event("seizure", 61), event("urinary tract infection", 45, 52, group="infection"))
    assert far["explanations"].isna().all()


def diary(pre, post, nrs=(4, 4)):
    days = [(day, pre, nrs[0]) for day in range(53, 60)] + [(day, post, nrs[1]) for day in range(60, 63)]
    return [
        {"participant": "A", "day": day, "spasms": spasms, "spasticity_nrs": rating} for day, spasms, rating in days
    ]


def test_a_rebound_in_the_diary_by_hand():
    found = clusters(diary=diary(10, 16)).iloc[0]
    assert found["spasm_ratio"] == pytest.approx(1.6)
    exact = scipy_stats.binomtest(48, 48 + 70).proportion_ci(0.95, "exact").low
    assert found["spasm_ratio_low"] == pytest.approx(exact / (1 - exact) * 7 / 3)
    assert found["rebound"]
    assert not found["cluster"]


def test_a_rebound_needs_ratio_and_limit_or_a_rise_of_two_points():
    assert not clusters(diary=diary(1, 2))["rebound"][0]  # twice as many, but too few to be sure
    assert not clusters(diary=diary(100, 140))["rebound"][0]  # sure, but less than half more
    assert clusters(diary=diary(4, 4, nrs=(4, 6)))["rebound"][0]
    assert not clusters(diary=diary(4, 4, nrs=(5, 6)))["rebound"][0]
    assert pd.isna(clusters(diary=diary(0, 4))["spasm_ratio"][0])


def test_without_anything_recorded_to_the_end_of_the_window_it_says_so():
    made = study(doses=[stretch(0, 60, 60), stretch(60, 62, 0)])
    assert symptom_clusters(stops(dose_per_day(made)), made)["followed"].tolist() == [False]
    made = study(doses=[stretch(0, 60, 60), stretch(60, 64, 0)])
    assert symptom_clusters(stops(dose_per_day(made)), made)["followed"].tolist() == [True]


def test_windows_that_are_negative_are_refused():
    with pytest.raises(MethodError, match="windows are 0 or more days"):
        clusters(options={"window_days": -1})


def test_marks_are_fast_stops_that_count_and_clusters():
    made = study(doses=STOP, events=[event("seizure", 61)])
    falls = stops(dose_per_day(made))
    found = dosing_marks(falls, symptom_clusters(falls, made))
    assert plain(found[["route", "day", "kind"]]) == [["oral", 60, "complete abrupt"], ["oral", 61, "symptom cluster"]]
    assert dosing_marks(falls.assign(flag="dose before too low"), symptom_clusters(falls, made))["day"].tolist() == [61]


def test_no_stop_gives_an_empty_table():
    made = study(doses=[stretch(0, 60, 60)], events=[event("seizure", 61)])
    assert symptom_clusters(stops(dose_per_day(made)), made).empty


PUMP = [stretch(0, 40, 300, "intrathecal"), stretch(40, 43, 0, "intrathecal"), stretch(43, 90, 300, "intrathecal")]


def devices(*events, **options):
    made = study(doses=PUMP, events=list(events))
    return device_events(made, dose_per_day(made), **options)


def test_device_events_by_hand_every_column():
    found = devices(event("Catheter dislodged", 41, severity="severe"), event("refill overdue", 70), event("fall", 3))
    assert plain(found) == [
        [
            "A",
            "MS",
            "placebo",
            "catheter failure",
            "Catheter dislodged",
            41,
            "severe",
            False,
            "none",
            True,
            40,
            3,
            300.0,
        ],
        ["A", "MS", "placebo", "refill overdue", "refill overdue", 70, "moderate", False, "none", True, "-", "-", "-"],
    ]


@pytest.mark.parametrize(("day", "near"), [(36, False), (37, True), (43, True), (44, False)])
def test_a_documented_zero_within_three_days_belongs_to_the_event(day, near):
    assert devices(event("pump stopped", day))["zero_day"].notna().tolist() == [near]


def test_the_zero_after_a_bolus_is_no_stop_of_an_infusion():
    bolus = [stretch(0, 1, 50, "intrathecal"), stretch(1, 5, 0, "intrathecal"), stretch(5, 9, 100, "intrathecal")]
    made = study(doses=bolus, events=[event("device complication", 1)])
    assert device_events(made, dose_per_day(made))["zero_day"].isna().tolist() == [True]


def test_words_and_days_can_be_given():
    assert devices(event("fall", 3), terms={"fall": ("fall",)})["kind"].tolist() == ["fall"]
    assert devices(event("pump stopped", 36), near_days=4)["zero_day"].tolist() == [40]
    with pytest.raises(MethodError, match="every kind needs a word"):
        devices(event("fall", 3), terms={**DEVICE_TERMS, "fall": ()})


def test_a_study_without_pumps_or_events_has_no_device_events():
    made = study(doses=STOP, events=[event("pump stopped", 3)])
    assert device_events(made, dose_per_day(made))["zero_day"].isna().tolist() == [True]
    made = study(doses=STOP)
    assert device_events(made, dose_per_day(made)).empty
