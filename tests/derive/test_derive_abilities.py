"""Unable to walk is a state that lasts: it is counted, ranked worst, and kept apart from a test that was not done."""

import numpy as np
import pandas as pd
import pytest

from spasticity import load
from spasticity.derive.abilities import ability, walk_states, walk_trials, with_unable
from spasticity.derive.walks import walking
from spasticity.errors import MethodError
from tests.derive.tiny import attended, study, values_of

DAYS = {"baseline": -1, "week 4": 28, "week 12": 84}
#: A loses walking, B regains it after a walk that was not done; trial 2 of B at week 12 is unable, trial 1 is not.
TRIALS = [
    ("A", "baseline", 1, 8.0, False, {"device": "cane"}),
    ("A", "baseline", 2, 9.0, False, {"device": "walker", "orthosis": "ankle-foot"}),
    ("A", "week 4", 1, None, True, {}),
    ("B", "baseline", 1, None, True, {}),
    ("B", "week 4", 1, None, False, {"reason": "shoes forgotten"}),
    ("B", "week 12", 1, 20.0, False, {"device": "none"}),
    ("B", "week 12", 2, None, True, {}),
]


def rows_of(trials=TRIALS, test="t25fw"):
    return [
        {"participant": who, "visit": visit, "day": DAYS[visit], "test": test, "trial": number, "time_s": time}
        | {"unable": unable, **more}
        for who, visit, number, time, unable, more in trials
    ]


@pytest.fixture
def made():
    visits = [row for row in attended("A", "B") if (row["participant"], row["visit"]) != ("A", "week 12")]
    gone = {"participant": "A", "visit": "week 12", "day": None, "status": "missed", "reason": "travel"}
    return study(walks=rows_of(), visits=[*visits, gone])


@pytest.fixture(scope="module")
def sample():
    return load.sample_study()


def test_the_states_of_everybody_by_hand(made):
    found = walk_states(made).set_index(["participant", "visit"])
    expected = {
        ("A", "baseline"): ("able", "walker", "ankle-foot"),
        ("A", "week 4"): ("unable", "unable", None),
        ("A", "week 12"): ("missed visit", None, None),
        ("B", "baseline"): ("unable", "unable", None),
        ("B", "week 4"): ("not done", None, None),
        ("B", "week 12"): ("able", "none", None),
    }
    for key, row in expected.items():
        cells = found.loc[key, ["state", "aid", "orthosis"]].astype(object)
        assert tuple(cells.where(cells.notna(), None)) == row
    assert found.loc[("B", "week 4"), "reason"] == "shoes forgotten"
    assert len(found) == 6


def test_able_is_true_false_or_unknown(made):
    found = with_unable(walking(made))
    able = values_of(found, "t25fw_s", "able")
    assert able[("A", "baseline")] is True
    assert able[("A", "week 4")] is False
    assert pd.isna(able[("A", "week 12")])
    assert pd.isna(able[("B", "week 4")])


def test_unable_is_ranked_beyond_every_result_in_the_direction_of_harm(made):
    found = with_unable(walking(made))
    assert values_of(found, "t25fw_s", "ranked")[("A", "week 4")] == 181  # 1 above the limit of a trial
    assert values_of(found, "t25fw_m_per_s", "ranked")[("A", "week 4")] == 0
    assert values_of(found, "t25fw_s", "ranked")[("A", "baseline")] == 8.5
    assert pd.isna(values_of(found, "t25fw_s", "ranked")[("B", "week 4")])
    given = with_unable(walking(made)[lambda rows: rows["outcome"] == "t25fw_s"], worst=999)
    assert values_of(given, "t25fw_s", "ranked")[("A", "week 4")] == 999


def test_a_worst_value_that_is_not_worst_is_refused(made):
    times = walking(made)[lambda rows: rows["outcome"] == "t25fw_s"]
    with pytest.raises(MethodError, match="worst=10 is not worse than 1 of the values of t25fw_s"):
        with_unable(times, worst=10)
    with pytest.raises(MethodError, match="mystery has no direction of benefit"):
        with_unable(times.assign(outcome="mystery"))


def test_ability_is_an_outcome_whose_change_says_lost_or_regained(made):
    found = ability(walking(made), made)
    assert set(found["outcome"]) == {"able_t25fw"}
    assert values_of(found, "able_t25fw", "change")[("A", "week 4")] == -1
    assert values_of(found, "able_t25fw", "change")[("B", "week 12")] == 1
    assert pd.isna(values_of(found, "able_t25fw")[("B", "week 4")])
    assert values_of(found, "able_t25fw", "flag")[("A", "week 4")] == "unable"


def test_a_longer_word_in_a_flag_is_not_the_flag():
    flags = pd.Series(["unable", "unable; trial over 180 s", "not unable", None, "1 of 2 trials; unable"])
    rows = pd.DataFrame({"outcome": "t25fw_s", "value": np.nan, "flag": flags.astype("string")})
    assert with_unable(rows)["able"].fillna(True).tolist() == [False, False, True, True, False]


def test_trials_are_numbered_among_the_completed_ones_of_a_pace():
    trials = [
        ("A", "week 4", 1, None, False, {}),
        ("A", "week 4", 2, 8.0, False, {}),
        ("A", "week 4", 3, 181.0, False, {}),
        ("A", "week 4", 4, 10.0, False, {}),
    ]
    found = walk_trials(study(walks=rows_of(trials)))
    assert found["trial"].tolist() == [1, 2]
    assert found["m_per_s"].tolist() == [7.62 / 8, 0.762]
    assert found["log_time"].tolist() == [np.log(8), np.log(10)]
    paced = [{**row, "pace": pace, "distance_m": 10} for row in rows_of(trials[1:2], "10mwt") for pace in PACED]
    assert walk_trials(study(walks=paced), test="10mwt")["trial"].tolist() == [1, 1]


PACED = ("comfortable", "fast")


def test_an_unknown_test_is_refused(made):
    with pytest.raises(MethodError, match="test='t25' is not known: expected `t25fw`"):
        walk_states(made, test="t25")
    with pytest.raises(MethodError, match="test='6mwt' is not known"):
        walk_trials(made, test="6mwt")


@pytest.mark.parametrize("test", ["t25fw", "10mwt"])
def test_every_unable_of_the_raw_rows_reaches_states_ranks_and_ability(sample, test):
    rows = sample.walks[sample.walks["test"] == test]
    keys = ["participant", "visit"]
    done = rows[rows["time_s"].notna() & ~rows["unable"]][keys].drop_duplicates()
    raw = rows[rows["unable"]][keys].drop_duplicates().merge(done, how="left", on=keys, indicator=True)
    expected = set(map(tuple, raw.loc[raw["_merge"] == "left_only", keys].astype(str).to_numpy()))
    assert len(expected) > 100

    def those(table):
        return set(map(tuple, table[keys].astype(str).to_numpy()))

    walked = walking(sample)
    outcome = {"t25fw": "t25fw_m_per_s", "10mwt": "walk_10m_m_per_s"}[test]
    states = walk_states(sample, test=test)
    ranked = with_unable(walked[walked["outcome"] == outcome])
    able = ability(walked, sample)
    assert those(states[states["state"] == "unable"]) == expected
    assert those(states[states["aid"] == "unable"]) == expected
    assert those(ranked[ranked["ranked"] == 0]) == expected
    assert those(able[able["outcome"].eq(f"able_{test}") & able["value"].eq(0)]) == expected


def test_rows_with_a_repeated_index_are_told_apart(made):
    walked = walking(made)
    twice = pd.concat([walked, walked.assign(participant="Z")])
    found = with_unable(twice)
    assert found["ranked"].tolist()[: len(walked)] == pytest.approx(with_unable(walked)["ranked"].tolist(), nan_ok=True)
    assert len(found) == 2 * len(walked)


def test_a_speed_of_0_for_the_unable_does_not_make_them_able(made):
    rows = walking(made, speed_when_unable_m_per_s=0.0)
    found = with_unable(rows[rows["outcome"] == "t25fw_m_per_s"])
    assert values_of(found, "t25fw_m_per_s", "able")[("A", "week 4")] is False
    assert values_of(found, "t25fw_m_per_s", "ranked")[("A", "week 4")] == 0
