"""The mean of the last days, on every day."""

import numpy as np
import pandas as pd
import pytest

from spasticity import derive, load
from spasticity.errors import DataError, MethodError


def diary(*rows):
    frame = pd.DataFrame(rows, columns=["participant", "day", "spasms"])
    return frame.astype({"day": "Int64", "spasms": "Int64"})


def test_three_days_by_hand_with_a_day_without_a_diary():
    found = derive.trailing_means(
        diary(("a", 1, 4), ("a", -1, 2), ("a", 2, None), ("b", 7, 5)), "spasms", window_days=3, min_days=2
    )
    assert found["participant"].tolist() == ["a"] * 4 + ["b"]
    assert found["day"].tolist() == [-1, 0, 1, 2, 7]
    assert np.array_equal(found["spasms"], [np.nan, np.nan, 3, np.nan, np.nan], equal_nan=True)
    assert found["n_values"].tolist() == [1, 1, 2, 1, 1]


def test_the_mean_before_a_visit_is_that_of_the_diary_outcome():
    study = load.sample_study()
    means = derive.trailing_means(study.diary, "spasticity_nrs").set_index(["participant", "day"])["spasticity_nrs"]
    outcomes = derive.diary(study).query("outcome == 'spasticity_nrs' and visit == 'week 12'").dropna(subset=["value"])
    days = study.visits.query("visit == 'week 12'").set_index("participant")["day"]
    outcomes = outcomes[outcomes["participant"].map(days).notna()]
    for row in outcomes.itertuples():
        assert means[row.participant, days[row.participant] - 1] == pytest.approx(row.value)
    assert len(outcomes) > 150


def test_a_day_twice_an_unknown_column_or_too_many_days_are_refused():
    with pytest.raises(DataError, match="1 day of a participant twice, first at row 1"):
        derive.trailing_means(diary(("a", 1, 4), ("a", 1, 4)), "spasms")
    with pytest.raises(MethodError, match="no column 'pain'"):
        derive.trailing_means(diary(("a", 1, 4)), "pain")
    with pytest.raises(MethodError, match="min_days=8: expected 1 to 7"):
        derive.trailing_means(diary(("a", 1, 4)), "spasms", min_days=8)
    assert derive.trailing_means(diary(), "spasms").empty
