"""Two independent scorings of the sample agree: the plain one of these tests and the one of the package."""

import numpy as np
import pandas as pd
import pytest

from spasticity import derive
from tests.simulate import scored

KEYS = ["participant", "visit", "outcome"]


@pytest.fixture(scope="module")
def both(sample, scored_sample):
    derived = derive.outcomes(sample.study)
    derived = derived.assign(visit=derived["visit"].astype(str), outcome=derived["outcome"].astype(str))
    derived = derived.assign(value=derived["value"].astype(float)).dropna(subset="value")
    pairs = derived.merge(scored_sample[[*KEYS, "value"]], on=KEYS, how="outer", suffixes=("", "_plain"))
    return pairs.set_index("outcome")


def test_every_outcome_of_the_truth_can_be_derived(sample, both):
    assert set(sample.truth["outcome"]) <= set(both.index[both["value"].notna()])


def test_the_values_are_equal(sample, both):
    pairs = both.dropna(subset=["value", "value_plain"])
    assert set(sample.truth["outcome"]) <= set(pairs.index)
    difference = (pairs["value"] - pairs["value_plain"]).abs()
    night = difference.index == "spasms_per_hour_night"
    assert difference[~night].max() < 1e-9
    # The plain scoring takes every night for 8 hours; where the clocks change it has 7 or 9.
    assert (difference[night] > 1e-9).mean() < 0.1
    assert (difference[night] / pairs.loc[night, "value"].replace(0, np.nan)).max() < 0.05


@pytest.mark.parametrize("outcome", ["psqi", "pgic", "psfs_frequency", "t25fw_s", "walk_10m_m_per_s"])
def test_the_same_people_have_a_value(both, outcome):
    rows = both.loc[[outcome]]
    assert pd.Series(rows["value"].isna().to_numpy() == rows["value_plain"].isna().to_numpy()).all()


def test_a_sum_of_nineteen_items_is_seldom_missing(sample):
    seen = sample.study.answers.query("instrument == 'psqi'")[["participant", "visit"]].drop_duplicates()
    totals = scored.outcomes(sample.study, (scored.answers,)).query("outcome == 'psqi'")
    assert 0.01 < 1 - len(totals) / len(seen) < 0.08
