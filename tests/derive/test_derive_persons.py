"""One person: every row of theirs, on the day it belongs to, and nothing of anybody else."""

from dataclasses import replace

import pandas as pd
import pytest

from spasticity import derive, load
from spasticity.errors import DataError
from spasticity.tables import DIARY


@pytest.fixture(scope="module")
def study():
    return load.sample_study()


@pytest.fixture(scope="module")
def rows(study):
    return derive.person(study, "P012")


def test_every_day_of_the_diary_and_every_event_and_visit_is_there(study, rows):
    diary = study.diary[study.diary["participant"].eq("P012")]
    assert rows.query("panel == 'spasms'")["day"].tolist() == diary.loc[diary["spasms"].notna(), "day"].tolist()
    assert rows.query("panel == 'spasms'")["value"].sum() == diary["spasms"].sum()
    events = study.events[study.events["participant"].eq("P012")]
    assert sorted(rows.query("panel == 'events'")["series"]) == sorted(events["term"].astype(str))
    visits = study.visits[study.visits["participant"].eq("P012") & study.visits["day"].notna()]
    assert rows.query("panel == 'visits'")["series"].tolist() == visits["visit"].astype(str).tolist()


def test_a_dose_is_in_the_unit_of_its_route(study, rows):
    daily = derive.dose_per_day(study.where(participant="P012"))
    doses = rows[rows["panel"].eq("dose, µg/day")]
    assert doses["value"].tolist() == daily["dose_ug_per_day"].tolist()
    assert not rows["panel"].eq("dose, mg/day").any()


def test_a_mean_is_that_of_the_week_up_to_the_day_and_of_four_days_at_least(study):
    diary = pd.DataFrame(
        {"participant": "P012", "day": [0, 1, 2, 5, 6, 7, 20], "spasticity_nrs": [1, 2, 3, 6, 7, 8, 4]}
    )
    alone = study.where(participant="P012")
    rows = derive.person(replace(alone, diary=DIARY.check(diary.reindex(columns=DIARY.names))), "P012")
    means = rows[rows["series"].eq("Spasticity NRS")].set_index("day")["mean"]
    assert means[[0, 1, 2]].isna().all()
    assert means[5] == pytest.approx((1 + 2 + 3 + 6) / 4)
    assert means[6] == pytest.approx((1 + 2 + 3 + 6 + 7) / 5)
    assert means[7] == pytest.approx((2 + 3 + 6 + 7 + 8) / 5)  # day 0 is a week ago
    assert pd.isna(means[20])


def test_somebody_who_is_not_in_the_study_is_refused_without_the_name(study):
    with pytest.raises(DataError, match="study: nobody is called as asked; there are 240 participants") as error:
        derive.person(study, "Jane Roe")
    assert "Jane" not in str(error.value)


def test_somebody_without_any_recording_has_no_row(study):
    bare = replace(study, **{name: frame.iloc[:0] for name, frame in study.tables.items() if name != "participants"})
    rows = derive.person(bare, "P012")
    assert rows.empty
    assert list(rows.columns) == ["panel", "series", "day", "end_day", "value", "mean", "words"]
