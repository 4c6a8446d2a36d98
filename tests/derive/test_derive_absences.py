"""Who is absent at a visit, why, and who came back."""

import pandas as pd
import pytest

from spasticity import derive, load
from spasticity.errors import MethodError
from tests.plot.made import ordered

VISITS = ("baseline", "week 4", "week 8", "week 12")
WHY = {"m": "missed visit", "s": "after stopping", "n": "not recorded", "u": "unable"}
#: A letter a visit; `p` is present, `u` present as unable.
PEOPLE = {"a": "pppp", "b": "pmpp", "c": "pnss", "d": "ppum", "e": "mpnp"}


def rows(people=PEOPLE, kind="tone"):
    made = [
        {"participant": who, "visit": visit, "present": int(letter in "pu"), "reason": WHY.get(letter), "kind": kind}
        | {"arm": "active" if who in "ab" else "placebo"}
        for who, letters in people.items()
        for visit, letter in zip(VISITS, letters, strict=True)
    ]
    frame = pd.DataFrame(made)
    return frame.assign(visit=ordered(frame["visit"], VISITS), arm=ordered(frame["arm"], ["placebo", "active"]))


def found(pattern):
    some = pattern[pattern["count"] > 0]
    columns = ["visit", "state", "count", "monotone", "intermittent"]
    return [tuple(map(str, row[:2])) + tuple(row[2:]) for row in some[columns].itertuples(index=False)]


def test_each_absence_has_its_reason_and_says_whether_anything_follows():
    assert found(derive.missing_pattern(rows(), "tone")) == [
        ("baseline", "present", 4, 0, 0),
        ("baseline", "missed visit", 1, 0, 1),
        ("week 4", "present", 3, 0, 0),
        ("week 4", "missed visit", 1, 0, 1),
        ("week 4", "not recorded", 1, 1, 0),
        ("week 8", "present", 3, 0, 0),
        ("week 8", "after stopping", 1, 1, 0),
        ("week 8", "not recorded", 1, 0, 1),
        ("week 12", "present", 3, 0, 0),
        ("week 12", "missed visit", 1, 1, 0),
        ("week 12", "after stopping", 1, 1, 0),
    ]


def test_states_of_a_visit_add_up_whatever_the_order_of_rows():
    pattern = derive.missing_pattern(rows().sample(frac=1, random_state=2), "tone", by="arm")
    assert pattern.groupby(["arm", "visit"], observed=True)["count"].sum().tolist() == [3] * 4 + [2] * 4
    assert pattern["participants"].tolist() == [3] * 20 + [2] * 20
    both = derive.missing_pattern(rows(), "tone")
    together = pattern.groupby(["visit", "state"], observed=False, as_index=False)[["count", "intermittent"]].sum()
    assert together["count"].tolist() == both["count"].tolist()
    assert together["intermittent"].tolist() == both["intermittent"].tolist()


def test_a_visit_at_which_nothing_was_expected_has_no_rows():
    some = rows()
    pattern = derive.missing_pattern(some[some["visit"] != "week 8"], "tone")
    assert list(dict.fromkeys(pattern["visit"].astype(str))) == ["baseline", "week 4", "week 12"]


def test_an_unknown_kind_or_group_is_refused():
    with pytest.raises(MethodError, match="no row of kind 'nights'; there are `tone`"):
        derive.missing_pattern(rows(), "nights")
    with pytest.raises(MethodError, match="by='sex'"):
        derive.missing_pattern(rows(), "tone", by="sex")


def test_nobody_vanishes_for_want_of_an_arm_or_a_reason():
    some = rows().astype({"arm": object})
    some.loc[some["participant"].eq("c"), "arm"] = None
    some["arm"] = ordered(some["arm"], ["placebo", "active"])
    with pytest.raises(MethodError, match="4 rows have no `arm`, `visit` or `reason`, first at row 8"):
        derive.missing_pattern(some, "tone", by="arm")
    assert derive.missing_pattern(some, "tone")["participants"].eq(5).all()
    with pytest.raises(MethodError, match="missing_pattern: 3 rows have no `visit` or `reason`"):
        derive.missing_pattern(rows().replace({"reason": {"missed visit": None}}), "tone")


def test_the_sample_loses_no_participant():
    study = load.sample_study()
    asked = derive.completeness(study)
    pattern = derive.missing_pattern(asked, "tone", by="arm")
    assert pattern.groupby("visit", observed=True)["count"].sum().eq(len(study.participants)).all()
    came = derive.flow(study).set_index(["arm", "visit"])["attended"]
    present = pattern[pattern["state"].eq("present")].set_index(["arm", "visit"])["count"]
    assert (present <= came).all()
    absent = pattern[pattern["state"].ne("present")]
    assert (absent["monotone"] + absent["intermittent"]).eq(absent["count"]).all()
