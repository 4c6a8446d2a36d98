"""Time at risk, stretches between changes of dose, and the place of events in them."""

from dataclasses import replace

import pandas as pd
import pytest

from spasticity import derive, stats
from spasticity.errors import MethodError
from spasticity.study import PlannedVisit, Protocol, Study
from spasticity.tables import DOSES, EVENTS, PARTICIPANTS, VISITS

PROTOCOL = Protocol(
    name="tiny",
    visits=(PlannedVisit("baseline", -1, (-7, -1)), PlannedVisit("week 4", 28, (21, 35))),
    arms=("placebo", "drug"),
)


def table(schema, **columns):
    return schema.check(pd.DataFrame(columns).reindex(columns=schema.names))


def study(doses=(), events=(), visits=(("A", 28, "attended"),), people=("A", "B")):
    drug, route, start, end, mg, ug, status = zip(*doses, strict=True) if doses else [[]] * 7
    who, term, day = zip(*events, strict=True) if events else [[]] * 3
    seen, on, how = zip(*visits, strict=True)
    return Study(
        protocol=PROTOCOL,
        participants=table(PARTICIPANTS, participant=list(people), cohort="MS", arm="drug"),
        visits=table(VISITS, participant=list(seen), visit=["week 4"] * len(seen), day=list(on), status=list(how)),
        doses=table(
            DOSES, participant=["A"] * len(drug), drug=list(drug), route=list(route), start_day=list(start),
            end_day=list(end), dose_mg_per_day=list(mg), dose_ug_per_day=list(ug), status=list(status),
        ),
        events=table(EVENTS, participant=list(who), term=list(term), start_day=list(day)),
    )  # fmt: skip


ORAL = [
    ("baclofen", "oral", 0, 7, 15.0, None, "taken"),
    ("baclofen", "oral", 7, 10, 15.0, None, "taken"),  # the same dose goes on
    ("baclofen", "oral", 10, 20, 30.0, None, "taken"),
    ("baclofen", "oral", 20, 24, None, None, "unknown"),
    ("baclofen", "oral", 24, 30, 40.0, None, "taken"),  # no telling from what
    ("baclofen", "oral", 30, 40, 20.0, None, "taken"),
    ("baclofen", "oral", 40, 50, None, None, "zero documented"),
    ("baclofen", "oral", 50, 60, 5.0, None, "taken"),
    ("baclofen", "oral", 70, 80, 10.0, None, "taken"),  # after days without a record
]


def test_changes_of_dose_by_hand():
    found = derive.dose_changes(study(ORAL))
    assert list(found["change"]) == [
        "start",
        "increase",
        "not known",
        "not known",
        "decrease",
        "stop",
        "restart",
        "not known",
    ]
    assert list(found["start_day"]) == [0, 10, 20, 24, 30, 40, 50, 70]
    assert list(found["end_day"]) == [10, 20, 24, 30, 40, 50, 60, 80]
    assert list(found["dose"].fillna(-1)) == [15, 30, -1, 40, 20, 0, 5, 10]
    assert list(found["dose_before"].fillna(-1)) == [-1, 15, 30, -1, 40, 20, 0, -1]


def test_a_documented_zero_before_the_first_dose_is_no_restart():
    doses = [
        ("baclofen", "oral", -5, 0, None, None, "zero documented"),
        ("baclofen", "oral", 0, 9, 15.0, None, "taken"),
    ]
    assert list(derive.dose_changes(study(doses))["change"]) == ["not known", "start"]


def test_routes_keep_their_units_and_their_courses():
    doses = [("baclofen", "oral", 0, 9, 15.0, None, "taken"), ("baclofen", "intrathecal", 4, 9, None, 120.0, "taken")]
    found = derive.dose_changes(study(doses)).set_index("route")
    assert (found.loc["oral", "dose"], found.loc["intrathecal", "dose"]) == (15.0, 120.0)
    assert list(found["change"]) == ["start", "start"]


def test_an_event_meets_the_last_change_before_it_and_keeps_its_row():
    events = [
        ("A", "x", 0),
        ("A", "x", 9),
        ("A", "x", 10),
        ("A", "x", 22),
        ("A", "x", 45),
        ("A", "x", 99),
        ("B", "x", 3),
    ]
    found = derive.onset(study(ORAL, events))
    assert len(found) == len(events)
    assert list(found["change"].astype(object).fillna("")) == ["start", "start", "increase", "", "stop", "", ""]
    assert list(found["days_since"].fillna(-1)) == [0, 9, 0, -1, 5, -1, -1]
    assert list(found["change_day"].fillna(-1)) == [0, 0, 10, -1, 40, -1, -1]
    assert set(found["arm"]) == {"drug"}


def test_windows_cut_the_days_between_changes_and_lose_none():
    found = derive.since_change(study(ORAL), windows=(0, 3, 7))
    first = found[found["change"].eq("start")]
    assert list(zip(first["window"], first["start_day"], first["end_day"], strict=True)) == [
        ("days 0 to 2", 0, 3), ("days 3 to 6", 3, 7), ("day 7 on", 7, 10),
    ]  # fmt: skip
    known = derive.dose_changes(study(ORAL)).query("change != 'not known'")
    assert (found["end_day"] - found["start_day"]).sum() == (known["end_day"] - known["start_day"]).sum()


def test_rates_by_window_come_from_the_same_function_as_all_harms():
    events = [("A", "x", 0), ("A", "x", 9), ("A", "x", 12)]
    windows = derive.since_change(study(ORAL), windows=(0, 7))
    counts = stats.harms(
        study(ORAL, events).events, windows, factor=None, by=["change", "window"], kinds=["any"]
    ).counts
    found = counts.set_index(["change", "window"])["events"]
    assert dict(found[found.gt(0)]) == {
        ("start", "days 0 to 6"): 1,
        ("start", "day 7 on"): 1,
        ("increase", "days 0 to 6"): 1,
    }


@pytest.mark.parametrize("windows", [(), (1, 7), (0, 7, 7), (0, 9, 3)])
def test_windows_begin_with_0_and_rise(windows):
    with pytest.raises(MethodError, match="expected days that begin with 0 and rise"):
        derive.since_change(study(ORAL), windows=windows)


def test_time_at_risk_ends_after_the_last_contact_and_not_with_an_event():
    visits = [("A", 28, "attended"), ("A", 56, "missed"), ("B", -1, "attended"), ("C", 84, "after stopping")]
    some = study(events=[("A", "x", 200)], visits=[("A", 28, "attended")], people=("A", "B", "C"))
    some = replace(some, visits=pd.DataFrame(visits, columns=["participant", "day", "status"]).assign(visit="v"))
    found = derive.time_at_risk(some)
    assert list(found["start_day"]) == [0, 0, 0]
    assert list(found["end_day"].fillna(-1)) == [29, -1, -1]
    assert list(derive.time_at_risk(some, after_days=30)["end_day"].fillna(-1)) == [59, -1, -1]
    assert list(found["arm"].cat.categories) == ["placebo", "drug"]


def test_a_recorded_dose_is_a_contact_and_an_unknown_one_is_not():
    assert derive.time_at_risk(study(ORAL))["end_day"].iloc[0] == 80
    unknown = [(*ORAL[0][:3], 90, None, None, "unknown")]
    assert derive.time_at_risk(study(unknown))["end_day"].iloc[0] == 29
