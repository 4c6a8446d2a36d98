"""The week before a visit: which days count, and when they are too few."""

import pandas as pd
import pytest

from spasticity import tables
from spasticity.derive.diaries import diary
from spasticity.errors import MethodError
from tests.derive.tiny import COHORT, PEOPLE, attended, study, values_of


def days(person, first, spasms, **ratings):
    """One diary row per spasm count, on successive days."""
    return [
        {"participant": person, "day": first + place, "spasms": count, **ratings} for place, count in enumerate(spasms)
    ]


def test_the_mean_of_the_seven_days_before_the_visit_by_hand():
    rows = diary(study(diary=days("A", 20, [90, 1, 2, 3, 4, 5, 6, 7, 90]), visits=attended("A")))
    first = rows[(rows["participant"] == "A") & (rows["visit"] == "week 4")].iloc[0]
    assert first[["outcome", "value", "day", "n_values"]].tolist() == ["spasms_per_day", 4.0, 28, 7]
    assert pd.isna(first["flag"])


def test_the_window_follows_the_day_the_visit_took_place():
    visits = attended("A")
    visits[1]["day"] = 29
    rows = diary(study(diary=days("A", 20, [90, 1, 2, 3, 4, 5, 6, 7, 15]), visits=visits))
    assert values_of(rows, "spasms_per_day")[("A", "week 4")] == 6.0


def test_baseline_is_the_week_before_the_first_dose_whenever_the_visit_was():
    visits = attended("A")
    visits[0]["day"] = -3
    rows = diary(study(diary=days("A", -8, [90, 1, 2, 3, 4, 5, 6, 7, 90]), visits=visits))
    assert values_of(rows, "spasms_per_day")[("A", "baseline")] == 4.0


def test_in_a_cohort_without_a_first_dose_baseline_is_the_week_before_the_visit():
    people = [{**person, "first_dose_date": None} for person in PEOPLE]
    visits = attended("A")
    visits[0]["day"] = -3
    rows = diary(study(people=people, protocol=COHORT, diary=days("A", -10, range(1, 8)), visits=visits))
    assert values_of(rows, "spasms_per_day")[("A", "baseline")] == 4.0


@pytest.mark.parametrize(
    ("count", "value", "flag"), [(5, 3.0, pd.NA), (4, None, "4 of 7 days"), (0, None, "0 of 7 days")]
)
def test_too_few_days_leave_the_value_missing_and_say_how_many_there_were(count, value, flag):
    rows = [*days("A", 21, range(1, count + 1)), *days("B", 21, [1] * 7)]
    found = diary(study(diary=rows))
    row = found[(found["participant"] == "A") & (found["visit"] == "week 4")].iloc[0]
    assert (pd.isna(row["value"]), row["n_values"]) == (value is None, count)
    assert value is None or row["value"] == value
    assert row["flag"] is flag or row["flag"] == flag


def test_an_empty_cell_is_not_a_zero():
    rows = days("A", 21, [2, 2, 2, 2, 2, None, None])
    assert values_of(diary(study(diary=rows)), "spasms_per_day")[("A", "week 4")] == 2.0


def test_zero_spasms_count_as_a_day():
    found = diary(study(diary=days("A", 21, [0, 0, 0, 0, 0, 0, 7])))
    assert values_of(found, "spasms_per_day")[("A", "week 4")] == 1.0


def test_each_rating_is_counted_for_itself():
    rows = days("A", 21, range(7), spasticity_nrs=6, pain_nrs=2, drowsiness_nrs=1)
    rows[0]["pain_nrs"] = None
    found = diary(study(diary=rows))
    found = found[found["participant"] == "A"].set_index("outcome")
    assert found["value"].to_dict() == {"spasms_per_day": 3, "spasticity_nrs": 6, "pain_nrs": 2, "drowsiness_nrs": 1}
    assert found["n_values"].to_dict() == {"spasms_per_day": 7, "spasticity_nrs": 7, "pain_nrs": 6, "drowsiness_nrs": 7}


def test_a_rating_that_was_never_asked_for_and_a_visit_without_diaries_have_no_rows():
    found = diary(study(diary=days("A", 21, [1] * 7)))
    assert found["outcome"].unique().tolist() == ["spasms_per_day"]
    assert found["visit"].astype(str).unique().tolist() == ["week 4"]


def test_window_and_minimum_are_parameters():
    found = diary(study(diary=days("A", 25, [3, 4, 5])), window_days=3, min_days=3)
    assert values_of(found, "spasms_per_day")[("A", "week 4")] == 4.0
    assert values_of(found, "spasms_per_day", "flag")[("B", "week 4")] == "0 of 3 days"


@pytest.mark.parametrize("min_days", [0, 8])
def test_a_minimum_that_no_window_can_meet_is_refused(min_days):
    with pytest.raises(MethodError, match=f"min_days={min_days}: expected 1 to 7, the days of the window"):
        diary(study(diary=days("A", 21, [1])), min_days=min_days)


def test_a_window_of_no_days_is_refused():
    with pytest.raises(MethodError, match="window_days=0: a window has at least 1 day"):
        diary(study(diary=days("A", 21, [1])), window_days=0, min_days=0)


def test_a_day_may_belong_to_the_windows_of_two_visits():
    visits = attended("A")
    visits[1]["day"], visits[2]["day"] = 33, 35
    protocol_days = days("A", 26, [1] * 9)
    found = diary(study(diary=protocol_days, visits=visits))
    assert values_of(found, "spasms_per_day", "n_values") | {("B", "week 4"): 0, ("B", "week 12"): 0} == {
        ("A", "week 4"): 7,
        ("A", "week 12"): 7,
        ("B", "week 4"): 0,
        ("B", "week 12"): 0,
    }


def test_no_diary_gives_no_rows():
    assert list(diary(study())) == tables.OUTCOMES.names
    assert len(diary(study())) == 0
