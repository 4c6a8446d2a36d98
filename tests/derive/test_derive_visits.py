"""Days find their visits, and no row is lost on the way."""

import numpy as np
import pandas as pd
import pytest

from spasticity.derive.visits import visit_days, windows
from spasticity.errors import DataError
from tests.derive.tiny import COHORT, TRIAL, attended, study


def placed(*days, **more):
    rows = pd.DataFrame({"participant": "A", "day": pd.array(days, dtype="Int64"), **more})
    found = windows(rows, TRIAL)
    return list(zip(found["visit"].fillna("-"), found["flag"].fillna(""), strict=True))


def test_a_day_belongs_to_the_visit_whose_window_holds_it_both_ends_included():
    assert placed(-14, 21, 91) == [("baseline", ""), ("week 4", ""), ("week 12", "")]


@pytest.mark.parametrize("day", [-15, 1, 20, 36, 92])
def test_a_day_in_no_window_keeps_its_row_and_says_so(day):
    assert placed(day) == [("-", "outside window")]


def test_of_two_days_in_one_window_the_nearest_to_plan_is_the_visit():
    assert placed(30, 27) == [("-", "another day is nearer"), ("week 4", "")]


def test_of_two_days_equally_near_the_earlier_is_the_visit():
    assert placed(29, 27) == [("-", "another day is nearer"), ("week 4", "")]


def test_rows_of_one_day_stay_together():
    assert placed(27, 27, 30) == [("week 4", ""), ("week 4", ""), ("-", "another day is nearer")]


def test_a_row_without_a_day_says_so():
    assert placed(pd.NA, 28) == [("-", "no day"), ("week 4", "")]


def test_flags_are_added_after_those_that_were_there():
    assert placed(1, flag="range") == [("-", "range; outside window")]


def test_people_do_not_compete_and_instruments_do_not_when_asked():
    rows = pd.DataFrame({"participant": ["A", "B", "A"], "day": [28, 30, 30], "instrument": ["x", "x", "y"]})
    assert windows(rows, TRIAL)["visit"].tolist()[:2] == ["week 4", "week 4"]
    assert windows(rows, TRIAL, by=("participant", "instrument"))["visit"].tolist() == ["week 4"] * 3


def test_the_visit_that_was_written_down_is_kept_beside():
    rows = pd.DataFrame({"participant": ["A"], "day": [28], "visit": ["visit 3"]})
    found = windows(rows, TRIAL)
    assert found[["recorded_visit", "visit"]].to_numpy().tolist() == [["visit 3", "week 4"]]


def test_the_order_of_rows_and_their_index_do_not_matter():
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"participant": rng.choice(["A", "B"], 60), "day": rng.integers(-20, 100, 60)})
    shuffled = rows.sample(frac=1, random_state=2)
    pd.testing.assert_frame_equal(windows(shuffled, TRIAL).sort_index(), windows(rows, TRIAL))


def test_a_table_without_days_is_refused():
    with pytest.raises(DataError, match="visit windows: the table has no column `day`; it needs them"):
        windows(pd.DataFrame({"participant": ["A"]}), TRIAL)


def test_no_rows_give_no_rows():
    empty = pd.DataFrame({"participant": pd.Series(dtype=str), "day": pd.Series(dtype="Int64")})
    assert windows(empty, TRIAL)[["visit", "flag"]].shape == (0, 2)


def test_a_visit_takes_its_recorded_day_and_else_the_planned_one():
    visits = attended("A", visits=["week 4"])
    visits[0]["day"] = 31
    found = visit_days(study(visits=visits)).set_index(["participant", "visit"])
    assert found.loc[("A", "week 4"), "day"] == 31
    assert found.loc[("A", "week 12"), "day"] == 84
    assert found.loc[("B", "week 4"), ["day", "planned_day"]].tolist() == [28, 28]
    assert found["status"].notna().sum() == 1


def test_a_study_without_a_visits_table_has_the_planned_days():
    assert visit_days(study(protocol=COHORT))["day"].tolist() == [-1, 28, 84, -1, 28, 84]
