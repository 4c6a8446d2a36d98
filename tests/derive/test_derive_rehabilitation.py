"""Therapy: no session on record is not known to be no therapy."""

import pandas as pd
import pytest

from spasticity.derive.rehabilitation import therapy, therapy_weeks
from spasticity.errors import MethodError
from tests.derive.tiny import attended, study, values_of


def session(person, day, done, rating=None, planned=45):
    return {"participant": person, "day": day, "planned_min": planned, "done_min": done, "participation": rating}


def test_therapy_minutes_per_week_by_hand():
    sessions = [session("A", 14, 30, 4), session("A", 20, 0, None), session("A", 20, 45, 7), session("A", 28, 500 / 2)]
    found = therapy(study(therapy=sessions, visits=attended("A")))
    row = found[found["participant"] == "A"].set_index("outcome")
    assert row["value"].to_dict() == {"therapy_min_per_week": 37.5, "participation": 5.5}
    assert row["n_values"].to_dict() == {"therapy_min_per_week": 3, "participation": 2}
    assert row["flag"].fillna("").tolist() == ["1 of 3 sessions without rating", ""]


def test_a_window_without_sessions_is_unknown_and_not_zero():
    found = therapy(study(therapy=[session("A", 27, 30, 5)]))
    assert pd.isna(values_of(found, "therapy_min_per_week")[("B", "week 4")])
    assert values_of(found, "therapy_min_per_week", "flag")[("B", "week 4")] == "no session recorded"


def test_a_recorded_session_of_no_minutes_is_zero():
    found = therapy(study(therapy=[session("A", 27, 0)]))
    assert values_of(found, "therapy_min_per_week")[("A", "week 4")] == 0


def test_a_session_without_minutes_leaves_the_total_unknown():
    found = therapy(study(therapy=[session("A", 26, None, 5), session("A", 27, 30, 6)]))
    assert pd.isna(values_of(found, "therapy_min_per_week")[("A", "week 4")])
    assert values_of(found, "therapy_min_per_week", "flag")[("A", "week 4")] == "1 of 2 sessions without minutes"
    assert values_of(found, "participation")[("A", "week 4")] == 5.5


def test_the_window_is_a_parameter():
    sessions = [session("A", 1, 60), session("A", 27, 60)]
    assert values_of(therapy(study(therapy=sessions), window_days=28), "therapy_min_per_week")[("A", "week 4")] == 30


def test_no_therapy_gives_no_rows():
    assert len(therapy(study())) == 0


def test_tolerance_is_an_outcome_where_somebody_rated_it():
    sessions = [{**session("A", 27, 30, 5), "tolerance": 8}, {**session("A", 26, 30), "tolerance": None}]
    found = therapy(study(therapy=sessions))
    assert values_of(found, "tolerance")[("A", "week 4")] == 8
    assert values_of(found, "tolerance", "flag")[("A", "week 4")] == "1 of 2 sessions without tolerance"
    assert "tolerance" not in set(therapy(study(therapy=[session("A", 27, 30, 5)]))["outcome"])


DIARY = [{"participant": "A", "day": day, "spasms": spasms, "spasticity_nrs": 4} for day, spasms in ((0, 2), (6, 4))]


def test_a_week_of_therapy_by_hand():
    sessions = [session("A", 0, 30, 4, 40), session("A", 3, 0, None, 40), session("A", 6, 30, 7, 40)]
    found = therapy_weeks(study(therapy=[*sessions, session("A", -1, 20), session("A", 7, 50)], diary=DIARY))
    assert found["week"].tolist() == [-1, 0, 1]
    week = found.set_index("week").loc[0]
    assert week[["first_day", "sessions", "attended", "planned_min", "done_min"]].tolist() == [0, 3, 2, 120, 60]
    assert week[["done_share", "participation", "spasticity_nrs", "spasms_per_day", "diary_days"]].tolist() == [
        *(0.5, 5.5, 4, 3, 2)
    ]
    assert week[["cohort", "arm"]].tolist() == ["MS", "placebo"]
    assert pd.isna(week["tolerance"])
    other = found.set_index("week").loc[1]
    assert pd.isna(other["spasticity_nrs"])
    assert pd.isna(other["diary_days"])


def test_a_week_with_a_session_without_minutes_has_no_total_and_no_share():
    week = therapy_weeks(study(therapy=[session("A", 0, 30), session("A", 1, None)])).iloc[0]
    assert pd.isna(week["done_min"])
    assert pd.isna(week["done_share"])
    assert week["planned_min"] == 90
    assert week["attended"] == 1


def test_the_dose_of_a_week_is_the_mean_of_its_known_days_of_one_course():
    dose = {"participant": "A", "drug": "baclofen", "route": "oral"}
    days = [(0, 10.0), (1, 20.0), (2, None), (7, 30.0)]
    daily = pd.DataFrame([{**dose, "day": day, "dose_mg_per_day": mg} for day, mg in days])
    made = study(therapy=[session("A", 3, 30), session("A", 15, 30)])
    found = therapy_weeks(made, daily)
    assert found["dose_mg_per_day"].tolist()[0] == 15
    assert pd.isna(found["dose_mg_per_day"].tolist()[1])
    two = pd.concat([daily, daily.assign(route="intrathecal")])
    with pytest.raises(MethodError, match="doses of 2 drugs or routes, expected one"):
        therapy_weeks(made, two)


def test_no_therapy_gives_no_weeks():
    assert len(therapy_weeks(study())) == 0
