"""Table 1: every number by hand, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats

from spasticity import load, stats
from spasticity.errors import MethodError

PEOPLE = pd.DataFrame(
    {
        "participant": list("ABCDEFG"),
        "arm": ["placebo", "placebo", "placebo", "active", "active", "active", None],
        "age": [40.0, 50, 60, 45, 55, np.nan, 30],
        "sex": ["f", "m", "f", "f", "f", "m", "m"],
        "walks": pd.array([True, False, True, True, None, True, True], dtype="boolean"),
    }
)


def table(**options):
    return stats.baseline(PEOPLE, ["age", "sex", "walks"], **options)


def test_numbers_by_hand():
    found = table()
    age = found.row("mean", variable="age", arm="placebo")
    assert (age["estimate"], age["sd"], age["median"], age["q1"], age["q3"], age["n"]) == (50, 10, 50, 45, 55, 3)
    age = found.row("mean", variable="age", arm="active")
    assert (age["estimate"], age["n"], age["n_missing"]) == (50, 2, 1)
    share = found.row("share", variable="sex", level="f", arm="placebo")
    assert (share["count"], share["n"], share["estimate"]) == (2, 3, pytest.approx(2 / 3))
    walks = found.row("share", variable="walks", level="yes", arm="active")
    assert (walks["count"], walks["n"], walks["n_missing"]) == (2, 2, 1)
    assert found.n == 6
    assert found.notes == ("left out: arm missing in 1 row",)


def test_standardised_differences_by_hand():
    apart = table().imbalance.set_index("variable")
    assert apart.loc["age", ["first", "second"]].tolist() == ["placebo", "active"]
    assert apart.loc["age", "standardised_difference"] == 0
    # Two levels: the difference of shares over the root of the mean of both p (1 - p). 2/3 of three, 2/3 of three.
    assert apart.loc["sex", "standardised_difference"] == pytest.approx(0)
    assert apart.loc["walks", "standardised_difference"] == pytest.approx((1 / 3) / np.sqrt((2 / 9 + 0) / 2))
    moved = PEOPLE.assign(age=PEOPLE["age"] + 10 * (PEOPLE["arm"] == "active"))
    d = stats.baseline(moved, ["age"]).imbalance["standardised_difference"][0]
    assert d == pytest.approx(10 / np.sqrt((100 + 50) / 2))


def test_three_levels_have_a_distance_that_order_does_not_change():
    rng = np.random.default_rng(1)
    people = pd.DataFrame({"participant": range(90), "arm": ["a", "b"] * 45, "ais": rng.choice(list("ABC"), 90)})
    one = stats.baseline(people, ["ais"]).imbalance["standardised_difference"][0]
    turned = people.assign(ais=people["ais"].map({"A": "C", "B": "A", "C": "B"}))
    assert stats.baseline(turned, ["ais"]).imbalance["standardised_difference"][0] == pytest.approx(one)
    assert one > 0


def test_p_values_only_when_asked():
    assert "p_value" not in table().imbalance
    apart = table(tests=True).imbalance.set_index("variable")
    assert apart.loc["age", "p_value"] == pytest.approx(scipy_stats.kruskal([40, 50, 60], [45, 55]).pvalue)
    assert apart.loc["sex", "p_value"] == pytest.approx(1)
    assert apart["test"].to_dict() == {"age": "Kruskal-Wallis", "sex": "chi-squared", "walks": "chi-squared"}


def test_everybody_stands_beside_the_groups_and_changes_nothing_else():
    alone, found = table(), table(overall="All")
    assert found.row("mean", variable="age", arm="All")["estimate"] == pytest.approx(280 / 6)
    assert found.row("share", variable="sex", level="m", arm="All")["count"] == 3
    assert (found.n, found.row("mean", variable="age", arm="All")["n_missing"]) == (7, 1)
    assert found.notes == ("in no group: arm missing in 1 row, counted in `All`",)
    pd.testing.assert_frame_equal(found.imbalance, alone.imbalance)
    rest = found.frame[found.frame["arm"].ne("All")].reset_index(drop=True)
    assert rest["estimate"].tolist() == alone.frame["estimate"].tolist()
    only = stats.baseline(PEOPLE.assign(arm=None), ["age"], overall="All")
    assert only.frame["arm"].tolist() == ["All"]
    with pytest.raises(MethodError, match="overall='active' is also one of arm"):
        table(overall="active")


def test_the_sample_study():
    people = load.sample_study().participants
    found = stats.baseline(people, ["cohort", "sex", "age_years", "edss"])
    assert len(found.imbalance) == 4 * 6
    assert found.frame[found.frame["variable"].eq("cohort")].groupby("arm", observed=True)["count"].sum().sum() == len(
        people
    )


@pytest.mark.parametrize(
    ("people", "columns", "said"),
    [
        (PEOPLE.assign(participant="A"), ["age"], "several rows; expected one each"),
        (PEOPLE.assign(arm=None), ["age"], "nobody has a value in `arm`"),
        (PEOPLE.assign(age=np.nan), ["age"], "nobody has a value in `age`; leave it out"),
        (PEOPLE, ["weight"], "no column `weight`"),
        (PEOPLE, [], "no characteristic was named"),
    ],
)
def test_what_is_no_table_is_refused(people, columns, said):
    with pytest.raises(MethodError, match=said):
        stats.baseline(people, columns)
