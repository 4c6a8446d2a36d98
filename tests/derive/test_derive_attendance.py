"""Who came, and how much of what was asked for is there."""

import pandas as pd

from spasticity.derive.attendance import completeness, flow
from tests.derive.tiny import COHORT, PEOPLE, attended, plain, study

THREE = [
    PEOPLE[0],
    {**PEOPLE[1], "cohort": "SCI"},
    {"participant": "C", "cohort": "MS", "arm": "active", "first_dose_date": "2024-03-01"},
]


def visits():
    return [
        *attended("A"),
        {"participant": "B", "visit": "baseline", "day": -1, "status": "attended"},
        {"participant": "B", "visit": "week 4", "status": "missed", "reason": "illness"},
        {"participant": "B", "visit": "week 12", "status": "after stopping"},
        {"participant": "C", "visit": "baseline", "day": -1, "status": "attended"},
    ]


def found(kind, **tables):
    rows = completeness(study(people=THREE, visits=visits(), **tables))
    rows = rows[rows["kind"] == kind]
    return {
        (row.participant, str(row.visit)): (
            row.expected,
            row.present,
            row.share,
            None if pd.isna(row.reason) else row.reason,
        )
        for row in rows.itertuples()
    }


def graded(person, visit, *muscles):
    row = {"participant": person, "visit": visit, "scale": "mas", "side": "left"}
    return [{**row, "muscle": muscle, "grade": grade} for muscle, grade in muscles]


def test_diary_days_of_the_window_are_expected_one_by_one():
    diary = [{"participant": "A", "day": day, "spasms": 1} for day in range(20, 27)]
    diary += [{"participant": "B", "day": day, "spasms": 1} for day in range(-7, 0)]
    assert found("diary", diary=diary) == {
        ("A", "week 4"): (7, 6, 6 / 7, "not recorded"),
        ("C", "week 4"): (7, 0, 0.0, "not recorded"),
        ("B", "baseline"): (7, 7, 1.0, None),
    }


def test_muscles_are_expected_as_the_fullest_of_the_cohort_has_them():
    tone = [
        *graded("A", "baseline", ("knee flexors", "1"), ("knee extensors", "2")),
        *graded("C", "baseline", ("knee flexors", "1"), ("knee extensors", None)),
        *graded("B", "baseline", ("knee flexors", "1")),
        *graded("A", "week 4", ("knee flexors", "1")),
    ]
    assert found("tone", tone=tone) == {
        ("A", "baseline"): (2, 2, 1.0, None),
        ("B", "baseline"): (1, 1, 1.0, None),
        ("C", "baseline"): (2, 1, 0.5, "not recorded"),
        ("A", "week 4"): (1, 1, 1.0, None),
        ("C", "week 4"): (1, 0, 0.0, "not recorded"),
    }


def answer(person, visit, instrument, item="x", response="1"):
    return {"participant": person, "visit": visit, "instrument": instrument, "item": item, "response": response}


def test_a_form_is_there_or_not_and_its_absence_has_a_reason():
    answers = [answer("A", "week 4", "psqi", item) for item in ("x", "y")]
    answers += [
        answer("B", "baseline", "psqi"),
        answer("B", "week 12", "pgic"),
        answer("A", "week 12", "psqi", "x", None),
    ]
    # B is the only one of SCI: at week 4 nobody of the cohort has a form, so none is expected.
    assert found("psqi", answers=answers) == {
        ("A", "week 4"): (1, 1, 1.0, None),
        ("C", "week 4"): (1, 0, 0.0, "not recorded"),
        ("B", "baseline"): (1, 1, 1.0, None),
    }
    assert found("pgic", answers=answers) == {("B", "week 12"): (1, 1, 1.0, None)}


def test_missed_visits_and_stopping_are_told_apart():
    people = [{**person, "cohort": "MS"} for person in THREE]
    answers = [answer("A", visit, "psqi") for visit in ("week 4", "week 12")]
    rows = completeness(study(people=people, visits=visits(), answers=answers))
    reasons = {(row.participant, str(row.visit)): row.reason for row in rows.itertuples() if not row.present}
    assert reasons == {
        ("B", "week 4"): "missed visit",
        ("B", "week 12"): "after stopping",
        ("C", "week 4"): "not recorded",
        ("C", "week 12"): "not recorded",
    }


def walk(person, visit, test="t25fw", **more):
    return {"participant": person, "visit": visit, "test": test, "trial": 1, "unable": False, **more}


def test_a_walk_somebody_was_unable_to_do_is_present():
    walks = [walk("A", "week 4", time_s=8.0), walk("C", "week 4", unable=True), walk("A", "baseline", time_s=8.0)]
    assert found("t25fw", walks=walks) == {
        ("A", "baseline"): (1, 1, 1.0, None),
        ("C", "baseline"): (1, 0, 0.0, "not recorded"),
        ("A", "week 4"): (1, 1, 1.0, None),
        ("C", "week 4"): (1, 1, 1.0, "unable"),
    }


def test_no_walk_of_somebody_who_does_not_walk_is_unable():
    people = [{**person, "walks": person["participant"] != "C"} for person in THREE]
    rows = completeness(study(people=people, walks=[walk("A", "week 4", time_s=8.0)]))

    assert plain(rows[["participant", "present", "reason"]]) == [
        ["A", 1, "-"],
        ["C", 0, "unable"],
    ]


def test_an_empty_walk_is_not_there():
    walks = [walk("A", "week 4", time_s=8.0), walk("C", "week 4")]
    assert found("t25fw", walks=walks)[("C", "week 4")] == (1, 0, 0.0, "not recorded")


def test_nights_recordings_and_angles_are_kinds_too():
    rows = completeness(
        study(
            nights=[{"participant": "A", "day": 27}],
            recording=[{"participant": "A", "day": day, "zone": "Europe/London"} for day in (26, 27)],
            range_of_motion=[
                {"participant": "A", "visit": "week 4", "side": side, "joint": "ankle", "motion": "dorsiflexion",
                 "mode": "passive", "angle_deg": degrees}
                for side, degrees in (("left", 5), ("right", None))
            ],
        )
    )  # fmt: skip
    rows = rows[rows["participant"] == "A"]
    assert rows[["kind", "expected", "present"]].astype({"kind": str}).to_numpy().tolist() == [
        ["recording", 7, 2],
        ["nights", 7, 1],
        ["range of motion", 1, 1],
    ]


def test_a_study_with_nothing_in_it_expects_nothing():
    rows = completeness(study())
    assert len(rows) == 0
    assert list(rows)[4:] == ["kind", "expected", "present", "share", "reason"]


def test_the_flow_of_participants_by_hand():
    rows = flow(study(people=THREE, visits=visits()))
    assert rows.astype({"arm": str, "visit": str}).to_numpy().tolist() == [
        ["placebo", "baseline", 1, 1, 0, 0, 0],
        ["placebo", "week 4", 1, 1, 0, 0, 0],
        ["placebo", "week 12", 1, 1, 0, 0, 0],
        ["active", "baseline", 2, 2, 0, 0, 0],
        ["active", "week 4", 2, 0, 1, 0, 1],
        ["active", "week 12", 2, 0, 0, 1, 1],
    ]
    assert list(rows) == ["arm", "visit", "participants", "attended", "missed", "after_stopping", "no_record"]


def test_a_cohort_study_flows_without_arms():
    rows = flow(study(protocol=COHORT, visits=attended("A")))
    assert rows["arm"].astype(str).unique().tolist() == ["no arm"]
    assert rows["attended"].tolist() == [1, 1, 1]
    assert rows["no_record"].tolist() == [1, 1, 1]


def test_a_walk_of_six_minutes_is_there_with_its_metres_alone():
    walks = [walk("A", "week 4", test="6mwt", distance_m=400), walk("C", "week 4", test="6mwt")]
    assert found("6mwt", walks=walks) == {
        ("A", "week 4"): (1, 1, 1.0, None),
        ("C", "week 4"): (1, 0, 0.0, "not recorded"),
    }
