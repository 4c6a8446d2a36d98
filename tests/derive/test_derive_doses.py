"""Doses day by day: unknown is not zero, and oral and intrathecal never meet."""

import pandas as pd
import pytest

from spasticity.derive.doses import dose_per_day
from spasticity.errors import DataError
from tests.derive.tiny import COHORT, plain, study


def stretch(start, end, mg=None, *, ug=None, person="A", drug="baclofen", route="oral", status="taken"):
    row = {"participant": person, "drug": drug, "route": route, "start_day": start, "end_day": end, "status": status}
    return {**row, "dose_mg_per_day": mg, "dose_ug_per_day": ug}


def daily(*stretches, **more):
    return dose_per_day(study(doses=list(stretches), **more))


def test_stretches_become_days_by_hand():
    found = daily(stretch(3, 5, 30), stretch(0, 3, 15))
    assert plain(found) == [
        ["A", "MS", "placebo", "baclofen", "oral", day, dose, "-", "taken"]
        for day, dose in [(0, 15), (1, 15), (2, 15), (3, 30), (4, 30)]
    ]
    assert str(found["day"].dtype) == "Int64"


def test_a_gap_between_two_stretches_is_unknown_and_not_zero():
    found = daily(stretch(0, 1, 15), stretch(3, 4, 15))
    assert found["day"].tolist() == [0, 1, 2, 3]
    assert found["status"].tolist() == ["taken", "unknown", "unknown", "taken"]
    assert found["dose_mg_per_day"].isna().tolist() == [False, True, True, False]


def test_a_documented_zero_is_zero_in_the_unit_of_its_route():
    found = daily(stretch(0, 1, status="zero documented"), stretch(1, 2, route="intrathecal", status="zero documented"))
    assert plain(found[["route", "dose_mg_per_day", "dose_ug_per_day"]]) == [
        ["oral", 0.0, "-"],
        ["intrathecal", "-", 0.0],
    ]


def test_oral_and_intrathecal_courses_stand_beside_each_other():
    found = daily(stretch(0, 2, 30), stretch(1, 3, ug=90, route="intrathecal"))
    assert found[["route", "day"]].to_numpy().tolist() == [
        ["oral", 0],
        ["oral", 1],
        ["intrathecal", 1],
        ["intrathecal", 2],
    ]
    assert found["dose_ug_per_day"].dropna().tolist() == [90, 90]


def test_courses_of_other_people_and_drugs_leave_no_gap():
    found = daily(stretch(0, 1, 15), stretch(5, 6, 15, person="B"), stretch(9, 10, 15, drug="cyclobenzaprine"))
    assert found["status"].tolist() == ["taken"] * 3


def test_a_recorded_unknown_stays_unknown():
    found = daily(stretch(0, 2, status="unknown"))
    assert found["status"].tolist() == ["unknown", "unknown"]
    assert found["dose_mg_per_day"].isna().all()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([stretch(0, 5, 15), stretch(4, 6, 30)], "overlaps the stretch before it .row 1."),
        ([stretch(3, 3, 15)], "ends before it begins .row 0."),
        ([stretch(0, 3, ug=90)], "has a dose in the unit of the other route"),
        ([stretch(0, 3, 0.09, ug=90, route="intrathecal")], "has a dose in the unit of the other route"),
        ([stretch(0, 3, 15, status="zero documented")], "says zero documented and has a dose"),
        ([stretch(0, 3, 15, status="unknown")], "says unknown and has a dose"),
    ],
)
def test_records_that_contradict_themselves_are_refused(rows, message):
    with pytest.raises(DataError, match=f"doses: 1 stretch breaks a rule, the first {message}") as caught:
        daily(*rows)
    assert len(caught.value.failures) == 1


def test_every_contradiction_is_in_the_failures():
    with pytest.raises(DataError, match="3 stretches break a rule") as caught:
        daily(stretch(2, 1, 15), stretch(3, 5, 15, status="unknown"), stretch(4, 6, 15))
    assert sorted(caught.value.failures["row"]) == [0, 1, 2]


def test_the_order_of_stretches_does_not_matter():
    rows = [stretch(0, 2, 5), stretch(4, 6, 10), stretch(0, 3, 5, person="B")]
    pd.testing.assert_frame_equal(daily(*rows[::-1]), daily(*rows))


def test_no_doses_give_no_days():
    found = dose_per_day(study(protocol=COHORT))
    assert len(found) == 0
    assert list(found)[5:] == ["day", "dose_mg_per_day", "dose_ug_per_day", "status"]
