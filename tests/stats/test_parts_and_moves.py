"""Two parts of a walking test, repeatability of trials, and who went from which state to which."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats as distributions

from spasticity import derive, load, stats
from spasticity.errors import MethodError
from tests.reference.validation import of_folder


@pytest.fixture(scope="module")
def sample():
    return load.sample_study()


@pytest.mark.parametrize("comparison", of_folder("mobility_r"), ids=lambda c: c.statistic)
def test_they_agree_with_r(comparison):
    assert comparison.holds, comparison.largest


def walkers(values, able, arm=None, visit="v"):
    people = [f"P{row}" for row in range(len(values))]
    arm = arm or ["a"] * len(values)
    frame = pd.DataFrame({"participant": people, "arm": arm, "visit": visit, "outcome": "t25fw_s", "value": values})
    return frame.assign(able=pd.array(able, dtype="boolean"))


def test_two_parts_by_hand_in_every_column():
    result = stats.two_part(walkers([4.0, 16.0, None, None], [True, True, False, None]), "t25fw_s")
    share, mean = result.frame.to_dict("records")
    assert (share["term"], share["arm"], share["visit"], share["outcome"]) == ("share able", "a", "v", "t25fw_s")
    assert (share["n"], share["count"], share["n_missing"]) == (3, 2, 1)
    assert share["estimate"] == 2 / 3
    z2 = distributions.norm.ppf(0.975) ** 2
    half = np.sqrt(z2 * (2 / 9 / 3 + z2 / 36)) / (1 + z2 / 3)
    centre = (2 / 3 + z2 / 6) / (1 + z2 / 3)
    assert [share["conf_low"], share["conf_high"]] == pytest.approx([centre - half, centre + half])
    assert mean["term"] == "geometric mean among the able"
    assert (mean["n"], mean["n_missing"], mean["df"]) == (2, 1, 1)
    assert mean["estimate"] == pytest.approx(8)
    sd = np.log(4) / np.sqrt(2)  # of ln 4 and ln 16
    assert mean["std_error"] == pytest.approx(8 * sd / np.sqrt(2))
    margin = distributions.t.ppf(0.975, 1) * sd / np.sqrt(2)
    assert [mean["conf_low"], mean["conf_high"]] == pytest.approx([8 * np.exp(-margin), 8 * np.exp(margin)])
    assert result.n == 3
    assert "not an effect on everybody" in result.notes[-1]


def test_a_group_in_which_nobody_is_able_keeps_its_row():
    table = walkers([5.0, None, None], [True, False, False], ["a", "b", "b"])
    frame = stats.two_part(table, "t25fw_s", by="arm").frame
    assert frame.groupby("term", sort=False)["n"].apply(list).tolist() == [[1, 2], [1, 0]]
    assert frame.loc[frame["arm"].eq("b"), "estimate"].fillna(-1).tolist() == [0, -1]


def test_somebody_able_without_a_value_and_unable_with_one_are_refused():
    with pytest.raises(MethodError, match="2 rows of t25fw_s in which `able` and the value contradict each other"):
        stats.two_part(walkers([None, 5.0, 6.0], [True, False, True]), "t25fw_s")
    with pytest.raises(MethodError, match="no column `able`"):
        stats.two_part(walkers([5.0], [True]).drop(columns="able"), "t25fw_s")
    with pytest.raises(MethodError, match="1 value of 0 or less"):
        stats.two_part(walkers([0.0, 2.0], [True, True]), "t25fw_s")


def test_speed_is_the_mirror_of_time(sample):
    walked = derive.with_unable(derive.walking(sample))
    time, speed = (stats.two_part(walked, name).frame for name in ("t25fw_s", "t25fw_m_per_s"))
    among = time["term"].eq("geometric mean among the able")
    assert np.allclose(time.loc[among, "estimate"] * speed.loc[among, "estimate"], 7.62)
    assert np.array_equal(time.loc[~among, "estimate"], speed.loc[~among, "estimate"])


def test_every_unable_of_the_sample_is_in_the_share(sample):
    walked = derive.with_unable(derive.walking(sample))
    frame = stats.two_part(walked, "t25fw_s").frame
    share = frame[frame["term"].eq("share able")]
    unable = walked["outcome"].eq("t25fw_s") & walked["able"].eq(False).fillna(False)
    assert (share["n"] - share["count"]).sum() == unable.sum() > 100


def trials(*rows):
    people = [(f"P{row}", place + 1, value) for row, values in enumerate(rows) for place, value in enumerate(values)]
    return pd.DataFrame(people, columns=["participant", "trial", "time_s"])


def test_repeatability_by_hand_in_every_column():
    result = stats.repeatability(trials([10.0, 12.0], [20.0, 20.0], [7.0]), "time_s")
    sd, coefficient, reliability = result.frame.to_dict("records")
    assert (sd["term"], sd["n"], sd["df"], sd["value"]) == ("within-person SD (SEM)", 2, 2, "time_s")
    assert sd["estimate"] == pytest.approx(1)  # squares 1 + 1 over 2
    limits = [np.sqrt(2 / distributions.chi2.ppf(p, 2)) for p in (0.975, 0.025)]
    assert [sd["conf_low"], sd["conf_high"]] == pytest.approx(limits)
    assert coefficient["term"] == "repeatability coefficient"
    factor = np.sqrt(2) * distributions.norm.ppf(0.975)
    assert coefficient["estimate"] == pytest.approx(factor)
    assert [coefficient["conf_low"], coefficient["conf_high"]] == pytest.approx([factor * x for x in limits])
    assert reliability["term"] == "ICC(A,1)"
    assert result.notes == ("left out: 1 participant with one trial",)
    assert result.n == 2


def test_on_a_ratio_scale_the_unit_does_not_matter():
    table = trials([10.0, 12.0], [20.0, 26.0], [7.0, 6.5])
    first = stats.repeatability(table, "time_s", scale="ratio").frame
    other = stats.repeatability(table.assign(time_s=60 * table["time_s"]), "time_s", scale="ratio").frame
    assert first["term"].tolist() == ["coefficient of variation (%)", "repeatability ratio", "ICC(A,1)"]
    numbers = ["estimate", "conf_low", "conf_high"]
    assert np.allclose(first[numbers], other[numbers])


def test_too_little_or_wrong_trials_are_refused():
    with pytest.raises(MethodError, match="nobody has two trials"):
        stats.repeatability(trials([1.0], [2.0]), "time_s")
    with pytest.raises(MethodError, match="1 value of 0 or less, first at row 1"):
        stats.repeatability(trials([1.0, 0.0], [2.0, 2.0]), "time_s", scale="ratio")
    with pytest.raises(MethodError, match="1 row repeats a participant and trial, first at row 0"):
        stats.repeatability(pd.concat([trials([1.0, 2.0]), trials([3.0])]), "time_s")
    with pytest.raises(MethodError, match="scale='log' is not known"):
        stats.repeatability(trials([1.0, 2.0]), "time_s", scale="log")


def test_the_spread_between_trials_that_the_sample_planted_is_found(sample):
    rows = derive.walk_trials(sample)
    found = stats.repeatability(rows[rows["visit"] == "baseline"], "time_s", scale="ratio").frame.loc[0]
    assert found["conf_low"] < 4 < found["conf_high"]  # trial_sd 0.04 of the log; times are rounded to 0.1 s


def states(*rows):
    levels = pd.CategoricalDtype(["none", "cane", "unable"], ordered=True)
    people = [
        (f"P{row}", visit, state) for row, pair in enumerate(rows) for visit, state in zip("ab", pair, strict=True)
    ]
    frame = pd.DataFrame(people, columns=["participant", "visit", "aid"]).astype({"aid": levels})
    return frame.assign(day=frame["visit"].map({"a": 0, "b": 28}))


def test_transitions_by_hand():
    table = states(("none", "none"), ("none", "unable"), ("none", None), (None, "none"))
    result = stats.transitions(table, "aid", first="a", last="b")
    found = result.frame.set_index(["first", "last"])
    assert result.frame["first"].cat.categories.tolist() == ["none", "unable", "no result"]  # cane is not used
    assert found["count"].tolist() == [1, 1, 1, 0, 0, 0, 1, 0, 0]
    assert found["n"].tolist() == [3, 3, 3, 0, 0, 0, 1, 1, 1]
    assert found.loc[("none", "unable"), "estimate"] == pytest.approx(1 / 3)
    assert found.loc[("no result", "none"), "estimate"] == 1
    assert found["count"].sum() == result.n == 4
    low, high = found.loc[("no result", "none"), ["conf_low", "conf_high"]]
    z2 = distributions.norm.ppf(0.975) ** 2
    assert (low, high) == (pytest.approx(1 / (1 + z2)), 1)
    assert set(result.frame["term"]) == {"share"}


def test_somebody_without_a_row_at_a_visit_is_counted_as_without_a_result():
    table = states(("none", "cane"), ("cane", "cane"))
    fewer = stats.transitions(table.iloc[:3], "aid", first="a", last="b").frame
    assert fewer.set_index(["first", "last"]).loc[("cane", "no result"), "count"] == 1


def test_turning_the_visits_round_transposes_the_counts(sample):
    table = derive.walk_states(sample)
    there = stats.transitions(table, "aid", first="baseline", last="week 12").frame
    back = stats.transitions(table, "aid", first="week 12", last="baseline").frame
    turned = back.rename(columns={"first": "last", "last": "first"}).sort_values(["first", "last"])
    assert there["count"].tolist() == turned["count"].tolist()
    assert there["count"].sum() == table["participant"].nunique()


def test_transitions_refuse_what_they_cannot_count():
    table = states(("none", "cane"))
    with pytest.raises(MethodError, match="first and last are both 'a'"):
        stats.transitions(table, "aid", first="a", last="a")
    with pytest.raises(MethodError, match="last='c' is not known: expected `a` or `b`"):
        stats.transitions(table, "aid", first="a", last="c")
    with pytest.raises(MethodError, match="`aid` is not a category"):
        stats.transitions(table.astype({"aid": object}), "aid", first="a", last="b")
    with pytest.raises(MethodError, match="1 row repeats a participant and visit, first at row 0"):
        stats.transitions(pd.concat([table, table.head(1)]), "aid", first="a", last="b")
