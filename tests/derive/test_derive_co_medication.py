"""Days with other depressants: classes by code, counted once a day, on days with a dose only."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spasticity.derive.co_medication import coexposure, coexposure_by_class, coexposure_spans, depressant_courses
from spasticity.derive.depressants import DEPRESSANTS, classes_of
from spasticity.errors import MethodError
from tests.derive.doselogs import UNKNOWN, log
from tests.derive.tiny import plain, table

WHOSE = ["A", "MS", "active", "baclofen", "oral"]


def medicines(*courses):
    """(atc, start, end) or (atc, start, end, name) each, of participant A."""
    rows = [
        {"participant": "A", "medicine": name or "something", "atc": atc, "start_day": start, "end_day": end}
        for atc, start, end, name in (((*course, None))[:4] for course in courses)
    ]
    return table("medications", rows)


@pytest.mark.parametrize(
    ("atc", "name", "expected"),
    [
        ("N02AX02", "tramadol", "opioids"),
        ("N07BC02", "methadone", "opioids"),
        ("R05DA04", "a cough medicine", "opioids"),
        ("N05BA01", "diazepam", "benzodiazepines"),
        ("N03AE01", "clonazepam", "benzodiazepines"),
        ("N05CF01", "a Z-drug", "Z-drugs"),
        ("N05CM99", "a sedative", "other sedatives"),
        ("N05CM18", "an alpha-2 agonist", "central alpha-2 agonists"),
        ("C02AC01", "clonidine", "central alpha-2 agonists"),
        ("N02BF01", "gabapentin", "gabapentinoids"),
        ("N03AX12", "gabapentin, old code", "gabapentinoids"),
        ("N03AX16", "pregabalin, old code", "gabapentinoids"),
        ("n02bf02 ", "typed otherwise", "gabapentinoids"),
        ("N06AX11", "mirtazapine", "sedating antidepressants"),
        ("M03BX02", "tizanidine", "muscle relaxants"),
        ("M03CA01", "dantrolene", "muscle relaxants"),
        ("N02BG10", "nabiximols", "cannabinoids"),
        (None, "Alcohol", "alcohol"),
        ("M03AX01", "botulinum toxin", None),
        ("N02BE01", "another painkiller", None),
        (None, "something", None),
    ],
)
def test_a_code_has_its_class_and_old_codes_too(atc, name, expected):
    found = classes_of(pd.DataFrame({"medicine": [name], "atc": [atc]}))
    assert found.where(found.notna(), None).tolist() == [expected]


def test_a_class_that_is_switched_off_does_not_fall_into_a_wider_one():
    some = {name: each for name, each in DEPRESSANTS.items() if name != "central alpha-2 agonists"}
    found = classes_of(pd.DataFrame({"medicine": ["x", "y"], "atc": ["N05CM18", "N05CM02"]}), some)
    assert found.isna().tolist() == [True, False]


def test_days_by_hand_every_column():
    daily = log((30, 10), (UNKNOWN, 5), (30, 5), (0, 5))
    taken = medicines(("N05BA01", -5, 3), ("N02AX02", 2, 17), ("N02AX02", 2, 4), (None, 9, None, "alcohol"))
    assert plain(coexposure(daily, taken)) == [[*WHOSE, 15, 15, 4, 10, 3, 1, 6, 100, 0, 10, 0]]
    assert list(coexposure(daily, taken))[5:] == [
        "index_days",
        "with_any",
        "with_two",
        "with_opioid",
        "with_benzodiazepine",
        "with_both",
        "with_alcohol",
        "percent_with_any",
        "first_day",
        "longest_run",
        "undated",
    ]


def test_each_class_by_hand():
    daily = log((30, 10), (UNKNOWN, 5), (30, 5), (0, 5))
    found = coexposure_by_class(daily, medicines(("N05BA01", -5, 3), ("N02AX02", 2, 17)))
    columns = ["class", "days", "first_day", "end_day", "longest_run", "percent"]
    assert plain(found[columns]) == [
        ["opioids", 10, 2, 17, 8, pytest.approx(200 / 3)],
        ["benzodiazepines", 3, 0, 3, 3, pytest.approx(20)],
    ]


def test_stretches_by_hand():
    daily = log((30, 5), (40, 5), (UNKNOWN, 5), (30, 5), (0, 5))
    found = coexposure_spans(daily, medicines(("N05BA01", -5, 3), ("N02AX02", 2, 17)))
    assert plain(found[["start_day", "end_day", "n_classes", "classes"]]) == [
        [0, 2, 1, "benzodiazepines"],
        [2, 3, 2, "opioids, benzodiazepines"],
        [3, 10, 1, "opioids"],
        [15, 17, 1, "opioids"],
        [17, 20, 0, ""],
    ]


def test_days_are_half_open_and_a_course_without_an_end_goes_on():
    assert coexposure(log((30, 10)), medicines(("N05BA01", 4, 5)))["with_any"].tolist() == [1]
    assert coexposure(log((30, 10)), medicines(("N05BA01", 4, None)))["with_any"].tolist() == [6]
    assert coexposure(log((30, 10)), medicines(("N05BA01", 10, None)))["with_any"].tolist() == [0]


def test_two_records_of_a_class_count_once():
    found = coexposure(log((30, 10)), medicines(("N05BA01", 0, 6), ("N03AE01", 4, 8)))
    assert found[["with_any", "with_two", "longest_run", "percent_with_any"]].to_numpy().tolist() == [[8, 0, 8, 80]]


def test_the_study_drug_is_not_its_own_company():
    found = coexposure(log((30, 10)), medicines(("M03BX01", 0, 6), (None, 0, 6, "Baclofen")))
    assert found["with_any"].tolist() == [0]


def test_another_study_drug_is_company_and_another_route_is_not():
    daily = pd.concat([log((30, 10)), log((90, 10), route="intrathecal"), log((15, 4), drug="cyclobenzaprine")])
    found = coexposure(daily, medicines()).set_index(["drug", "route"])["with_any"]
    assert found.to_dict() == {
        ("baclofen", "oral"): 4,
        ("baclofen", "intrathecal"): 4,
        ("cyclobenzaprine", "oral"): 4,
    }


def test_classes_are_switchable_and_carried_over():
    taken = medicines(("N05BA01", 0, 3), ("N02BF01", 0, 8))
    some = {"benzodiazepines": DEPRESSANTS["benzodiazepines"]}
    assert coexposure(log((30, 10)), taken, classes=some)["with_any"].tolist() == [3]
    carried = coexposure(log((30, 10)), taken, classes=some, carry_over_days={"benzodiazepines": 2})
    assert carried["with_any"].tolist() == [5]
    with pytest.raises(MethodError, match="carry_over_days: `opioids` is no class in use"):
        coexposure(log((30, 10)), taken, classes=some, carry_over_days={"opioids": 2})


def test_supply_ends_a_course_and_needs_may_be_left_out():
    taken = medicines(("N05BA01", 0, None), ("N02AX02", 0, 9)).assign(days_supply=[4, 5], as_needed=[False, True])
    assert coexposure(log((30, 10)), taken)[["with_benzodiazepine", "with_opioid"]].to_numpy().tolist() == [[4, 9]]
    assert coexposure(log((30, 10)), taken, as_needed="supply")["with_opioid"].tolist() == [5]
    assert coexposure(log((30, 10)), taken, as_needed="exclude")["with_opioid"].tolist() == [0]
    with pytest.raises(MethodError, match="as_needed"):
        coexposure(log((30, 10)), taken, as_needed="sometimes")


def test_a_course_without_a_first_day_is_counted_and_counts_nowhere():
    taken = medicines(("N05BA01", 0, 3)).assign(start_day=pd.array([None], dtype="Int64"))
    found = coexposure(log((30, 10)), taken)
    assert found[["with_any", "undated"]].to_numpy().tolist() == [[0, 1]]


def test_courses_of_depressants_have_their_class():
    found = depressant_courses(medicines(("N05BA01", 0, 3), ("M03AX01", 0, 3)))
    assert found["class"].tolist() == ["benzodiazepines"]
    with pytest.raises(MethodError, match="the table lacks `atc`"):
        depressant_courses(pd.DataFrame({"participant": [], "medicine": [], "start_day": [], "end_day": []}))


def test_nobody_without_doses_is_counted_and_empty_tables_are_empty():
    assert coexposure(log((30, 1)).iloc[:0], medicines(("N05BA01", 0, 3))).empty
    assert coexposure_by_class(log((30, 5)), medicines()).empty


CODES = ["N05BA01", "N03AE01", "N02AX02", "N02BF01", "N03AX12", "M03AX01"]
COURSES = st.lists(st.tuples(st.sampled_from(CODES), st.integers(-5, 40), st.integers(0, 20)), max_size=6)
DOSES = st.lists(st.tuples(st.sampled_from([UNKNOWN, 0, 30]), st.integers(1, 12)), min_size=1, max_size=5)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(DOSES, COURSES)
def test_days_agree_with_counting_day_by_day(stretches, courses):
    daily, kept = log(*stretches), [(atc, first, first + days) for atc, first, days in courses]
    on = set(daily.loc[daily["dose_mg_per_day"] > 0, "day"])
    kinds = {"N05": "b", "N03AE": "b", "N02A": "o", "N02B": "g", "N03AX": "g"}
    classes = {day: set() for day in on}
    for atc, first, end in kept:
        kind = next((name for start, name in kinds.items() if atc.startswith(start)), None)
        for day in set(range(first, end)) & on if kind else ():
            classes[day].add(kind)
    found = coexposure(daily, medicines(*kept)).iloc[0]
    assert found["index_days"] == len(on)
    assert found["with_any"] == sum(bool(each) for each in classes.values())
    assert found["with_two"] == sum(len(each) > 1 for each in classes.values())
    assert found["with_both"] == sum({"b", "o"} <= each for each in classes.values())
    days = sorted(day for day, each in classes.items() if each)
    assert pd.isna(found["first_day"]) if not days else found["first_day"] == days[0]
    runs = pd.Series(days, dtype=float)
    assert found["longest_run"] == (runs.groupby((runs.diff() != 1).cumsum()).size().max() if days else 0)
