"""The stored study of type I error and coverage of grades, ranks and responders, and a part of it run again."""

import numpy as np
import pandas as pd
import pytest

from benchmarks import grades_coverage
from spasticity.stats.ordinal_terms import LIBERAL_UP_TO, liberal


@pytest.fixture(scope="module")
def table():
    return pd.read_csv(grades_coverage.TABLE)


def test_the_defaults_are_inside_everywhere(table):
    defaults = table[table["method"].isin(["ordinal: Wald", "responders: difference, newcombe"])]
    assert defaults["inside"].all()


def test_mixed_models_of_few_people_are_a_little_liberal_and_say_so(table):
    mixed = table[table["method"].str.startswith("ordinal_mixed") & table["effect"].eq(0)]
    few = mixed[2 * mixed["per_arm"] <= LIBERAL_UP_TO]
    assert few["type_one_error"].mean() > 0.06
    assert mixed.loc[2 * mixed["per_arm"] > LIBERAL_UP_TO, "type_one_error"].mean() < 0.06
    assert "too often" in liberal(LIBERAL_UP_TO)
    assert liberal(LIBERAL_UP_TO + 1) == ""


def test_ignoring_that_rows_belong_to_people_is_wrong_three_times_as_often(table):
    ignored = table[table["method"].eq("ordinal: people ignored, Wald") & table["effect"].eq(0)]
    assert (ignored["type_one_error"] > 0.1).all()


def test_trials_are_numbered_and_come_out_the_same():
    first, again = (grades_coverage.trial(12, "visits, dropout", 0.0, np.random.default_rng([1, 2])) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        assert (one == other).all()
    names = [name for name, _ in grades_coverage.decisions(12, "one visit", 0.0, np.random.default_rng(3))]
    assert len(names) == len(set(names)) >= 15


def test_the_true_probability_of_superiority_is_that_of_many_people():
    rng = np.random.default_rng(5)
    _, arm, _, grade, _ = grades_coverage.trial(100_000, "one visit", -1.0, rng)
    treated, reference = (np.bincount(grade[arm == side], minlength=5) / 100_000 for side in (1, 0))
    theta = treated @ (np.r_[0, np.cumsum(reference)[:-1]] + reference / 2)
    assert grades_coverage.true_superiority("one visit", -1.0) == pytest.approx(theta, abs=0.003)


@pytest.mark.slow
def test_some_trials_give_the_same_again():
    rows = pd.DataFrame(grades_coverage.tallied(20, "one visit", 0.0, 0))
    share = rows.set_index("method")["wrong"] / rows.set_index("method")["trials"]
    assert share["ordinal: Wald"] < 0.2
