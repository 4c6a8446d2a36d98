"""What is allowed and looks wrong is named, with its place and without its value; nothing is changed."""

import numpy as np
import pandas as pd
import pytest

from spasticity import derive, load
from spasticity.tables import STUDY_TABLES
from tests.derive import tiny

MANY = [
    {"participant": f"P{n:02d}", "cohort": "MS", "arm": "placebo", "first_dose_date": "2024-03-01"} for n in range(30)
]


def grades(grade, count=24, scale="mas"):
    rows = [{"participant": f"P{n:02d}", "visit": "baseline", "day": -1, "scale": scale} for n in range(count)]
    return [row | {"side": "left", "muscle": "knee flexors", "grade": grade} for row in rows]


def walk(**cells):
    return {"participant": "A", "visit": "baseline", "day": -1, "trial": 1, "unable": False} | cells


def dose(start, amount, **cells):
    row = {"participant": "A", "drug": "baclofen", "route": "intrathecal", "start_day": start, "end_day": start + 7}
    return row | {"dose_ug_per_day": amount, "status": "taken"} | cells


def diaries(values):
    return [{"participant": "A", "day": day, "spasms": value} for day, value in enumerate(values)]


def impressions(turned):
    """Ten people of whom each has one point more of spasticity than the one before, and their impressions."""
    answers = [
        {"participant": f"P{n:02d}", "visit": "week 12", "instrument": "pgic", "item": "pgic"}
        | {"response": str(7 - n // 2 if turned else 1 + n // 2)}
        for n in range(10)
    ]
    days = [(day, 0) for day in range(-7, 0)] + [(day, 1) for day in range(77, 84)]
    ratings = [
        {"participant": f"P{n:02d}", "day": day, "spasticity_nrs": 5 if not late else n}
        for n in range(10)
        for day, late in days
    ]
    visits = [{"participant": f"P{n:02d}", "visit": "week 12", "day": 84, "status": "attended"} for n in range(10)]
    return {"people": MANY, "answers": answers, "diary": ratings, "visits": visits}


STOPPED = [
    {"participant": "A", "visit": "week 4", "day": 28, "status": "after stopping"},
    {"participant": "A", "visit": "week 12", "day": 84, "status": "attended"},
]
COPIED = [walk(participant=f"P{n:02d}", test="10mwt", time_s=12.25, distance_m=10.0) for n in range(20)]
CODED_ALIKE = [{**p, "participant": c} for p, c in zip(tiny.PEOPLE, ("0012", "12"), strict=True)]
CASES = [
    ({"people": MANY, "tone": grades("2")}, "tone", "grade", 24, 0, "coded 1-5"),
    ({"people": MANY, "tone": grades("2") + grades("0", 1, "as")}, "tone", "grade", 24, 0, "on the scale mas"),
    ({"diary": diaries([10, 12, 250, 9])}, "diary", "spasms", 1, 2, "far above"),
    ({"visits": STOPPED}, "visits", "status", 1, 1, "used again"),
    ({"walks": [walk(test="t25fw", time_s=2.0)]}, "walks", "time_s", 1, 0, "is it a speed"),
    ({"walks": [walk(test="10mwt", time_s=1.2, distance_m=10.0)]}, "walks", "time_s", 1, 0, "is it a speed"),
    ({"walks": [walk(test="t25fw", time_s=9.0, distance_m=25.0)]}, "walks", "distance_m", 1, 0, "in feet"),
    ({"doses": [dose(0, 300.0), dose(7, 0.3)]}, "doses", "dose_ug_per_day", 1, 1, "unit switched"),
    ({"people": CODED_ALIKE}, "participants", "participant", 2, 0, "zeros, marks or letter case"),
    ({"people": MANY, "walks": [*COPIED, walk(test="10mwt", time_s=9.5)]}, "walks", "time_s", 20, 0, "copied"),
    (impressions(turned=True), "answers", "response", 10, 0, "the other way round"),
]


@pytest.mark.parametrize(("tables", "table", "column", "rows", "first", "words"), CASES)
def test_what_looks_wrong_is_named_with_its_place(tables, table, column, rows, first, words):
    found = derive.doubts(tiny.study(**tables))
    assert found[["table", "column", "rows", "first_row"]].to_numpy().tolist() == [[table, column, rows, first]]
    assert words in found["doubt"][0]


QUIET = [
    {"people": MANY, "tone": grades("2", 19)},
    {"people": MANY, "tone": [*grades("2", 23), grades("0", 24)[-1]]},
    {"diary": diaries([110, 120, 250, 130])},
    {"diary": diaries([1, 1, 50])},
    {"visits": STOPPED[:1]},
    {"walks": [walk(test="t25fw", time_s=3.0, distance_m=7.62), walk(test="10mwt", time_s=3.4, distance_m=10.0)]},
    {"doses": [dose(0, 3.0), dose(7, 300.0), dose(14, 0.0, status="zero documented"), dose(21, 350.0)]},
    {"doses": [dose(0, 300.0), dose(7, 0.3, participant="B")]},
    {"people": [{**p, "participant": c} for p, c in zip(tiny.PEOPLE, ("P101", "P11"), strict=True)]},
    {"people": MANY, "walks": [*COPIED[:19], walk(test="10mwt", time_s=9.5)]},
    {"people": MANY, "walks": COPIED},
    impressions(turned=False),
]


@pytest.mark.parametrize("tables", QUIET)
def test_what_is_only_unusual_is_left_alone(tables):
    assert derive.doubts(tiny.study(**tables)).empty


def test_an_empty_study_has_no_doubts():
    found = derive.doubts(tiny.study())
    assert list(found) == ["table", "column", "rows", "first_row", "doubt"]
    assert found.empty


def test_every_table_may_be_looked_at():
    rng = np.random.default_rng(8)
    people = [dict(person) for person in MANY]
    frames = {schema.name: schema.example(30, rng) for schema in STUDY_TABLES[1:]}
    rows = {name: frame.assign(participant="P01").astype(object).to_dict("records") for name, frame in frames.items()}
    for name, found in rows.items():
        keys = next(schema for schema in STUDY_TABLES if schema.name == name).key
        frame = pd.DataFrame(found)
        frame = frame.drop_duplicates(list(keys)) if keys else frame
        derive.doubts(tiny.study(people=people, **{name: frame.to_dict("records")}))


def test_the_sample_gives_no_reason_to_doubt():
    assert derive.doubts(load.sample_study()).empty
