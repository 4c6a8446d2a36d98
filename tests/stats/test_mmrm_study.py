"""The stored study of type I error and coverage, and a part of it run again."""

import numpy as np
import pandas as pd
import pytest

from benchmarks import mmrm_coverage
from spasticity import stats
from spasticity.stats.mmrm_tables import LIBERAL_UP_TO


@pytest.fixture(scope="module")
def table():
    return pd.read_csv(mmrm_coverage.TABLE)


def test_kenward_roger_is_inside_the_band_in_every_scenario(table):
    """One visit and a joint test, 20 to 100 participants, up to 40 % dropout at random."""
    found = table[table["df"] == "kenward-roger"]
    assert len(found) == 9
    assert found["inside"].all()
    assert (found["trials"] >= 5000).all()


def test_satterthwaite_is_inside_for_one_visit_but_not_for_joint_tests_of_few_people(table):
    """A property of the method, said on the methods page; the reason why Kenward-Roger is the default."""
    few = table[(table["df"] == "satterthwaite") & (table["participants"] == 20)]
    assert (few["type_one_error_joint"] > few["band_high"]).all()
    more = table[(table["df"] == "satterthwaite") & (table["participants"] >= 40)]
    assert more["type_one_error"].between(more["band_low"], more["band_high"]).all()


def test_a_joint_test_by_satterthwaite_of_few_people_says_that_it_is_too_liberal(table):
    off = table[(table["df"] == "satterthwaite") & (table["type_one_error_joint"] > table["band_high"])]
    assert off["participants"].max() == LIBERAL_UP_TO
    data = small_trial(40)
    plain = stats.mmrm(data, "y ~ arm*visit", df="satterthwaite")
    assert "reject too often with so few participants (40)" in plain.test("arm:visit").method
    assert "too often" not in plain.test("arm").method
    assert "too often" not in stats.mmrm(data, "y ~ arm*visit").test("arm:visit").method
    assert "(100)" in stats.mmrm(small_trial(100), "y ~ arm*visit", df="satterthwaite").test().method
    assert "too often" not in stats.mmrm(small_trial(101), "y ~ arm*visit", df="satterthwaite").test().method


def small_trial(people):
    rng = np.random.default_rng(people)
    y = rng.normal(size=(people, 1)) + rng.normal(size=(people, 3))
    who, when = np.repeat(np.arange(people), 3), np.tile(["a", "b", "c"], people)
    arm = np.where(who % 2 == 0, "placebo", "drug")
    return pd.DataFrame({"participant": who, "visit": pd.Categorical(when), "arm": arm, "y": y.ravel()})


@pytest.mark.slow
@pytest.mark.parametrize(("participants", "dropout"), [(20, 0.2), (40, 0.4)])
def test_a_thousand_trials_give_the_same_again(participants, dropout):
    rows = pd.DataFrame(mmrm_coverage.study(participants, dropout, 1000)).set_index("df")
    assert rows.loc["kenward-roger", "inside"]
    assert rows["fallen_back"].max() < 0.01
