"""Worsening counts when it is still there later; the steps of the EDSS depend on where somebody began."""

import pandas as pd
import pytest

from spasticity import stats
from spasticity.derive.worsening import confirmed_worsening
from spasticity.errors import MethodError
from tests.derive.tiny import study

DAYS = (-1, 28, 84, 168, 252)


def rows_of(values, outcome="edss", flags=None):
    """One person's values at baseline and four later visits."""
    frame = pd.DataFrame({"participant": "A", "outcome": outcome, "day": DAYS, "value": values, "flag": flags})
    frame["visit"] = [f"v{day}" for day in DAYS]
    return frame.assign(baseline=values[0])[frame["value"].notna() | frame["flag"].notna()]


def worsened(values, outcome="edss", flags=None, **options):
    return confirmed_worsening(rows_of(values, outcome, flags), study(), outcome, **options).iloc[0]


@pytest.mark.parametrize(
    ("values", "event", "day", "confirmed"),
    [
        ((0, 1.5, 1.5, 1.5, 1.5), True, 28, 168),  # 84 days after day 28 there is no visit; 168 is the next
        ((0, 1.0, 1.0, 1.0, 1.0), False, 252, None),  # 1.5 is needed from 0
        ((4.0, 5.0, 5.0, 5.0, 5.0), True, 28, 168),
        ((4.0, 4.5, 4.5, 4.5, 4.5), False, 252, None),
        ((5.5, 6.0, 6.0, 6.0, 6.0), True, 28, 168),
        ((6.0, 6.0, 6.5, 6.5, 6.5), True, 84, 168),
        ((6.0, 6.5, 6.0, 6.5, 6.5), True, 168, 252),  # the first did not last, the second did
        ((6.0, 6.5, 6.5, 6.0, 6.0), False, 252, None),
    ],
)
def test_edss_by_hand(values, event, day, confirmed):
    row = worsened(values)
    assert (row["event"], row["day"]) == (event, day)
    assert row["confirmed_day"] == confirmed or (confirmed is None and pd.isna(row["confirmed_day"]))
    assert not row["unconfirmed"]


def test_a_worsening_at_the_last_visit_is_not_confirmed_and_says_so():
    row = worsened((6.0, 6.0, 6.0, 6.0, 6.5))
    assert (row["event"], row["unconfirmed"], row["day"]) == (False, True, 252)


def test_a_missing_visit_neither_confirms_nor_breaks_a_worsening():
    row = worsened((6.0, 6.5, None, None, 6.5))
    assert (row["event"], row["day"], row["confirmed_day"]) == (True, 28, 252)


def test_the_days_of_confirmation_are_a_parameter():
    assert worsened((6.0, 6.5, 6.5, 6.0, 6.0), confirm_days=56)["confirmed_day"] == 84
    assert worsened((6.0, 6.5, 6.0, 6.0, 6.0), confirm_days=0)["event"]


def test_a_walk_is_worse_when_more_than_a_fifth_slower_or_unable():
    exactly = worsened((10, 12, 12, 12, 12), "t25fw_s")
    more = worsened((10, 12.1, 12.1, 12.1, 12.1), "t25fw_s")
    unable = worsened((10, None, None, None, 9), "t25fw_s", flags=[None, "unable", "unable", "unable", None])
    assert (exactly["event"], more["event"]) == (False, True)
    assert (unable["event"], unable["day"], unable["confirmed_day"]) == (True, 28, 168)


def test_the_table_goes_into_a_survival_curve():
    both = pd.concat([rows_of((6.0, 6.5, 6.5, 6.5, 6.5)), rows_of((6.0, 6, 6, 6, 6)).assign(participant="B")])
    table = confirmed_worsening(both, study())
    curve = stats.survival(table, time="day", event="event")
    assert curve.n == 2
    assert table["arm"].tolist() == ["placebo", "active"]


def test_unknown_outcomes_and_empty_rows_are_refused():
    with pytest.raises(MethodError, match="outcome='psqi' is not known: expected `edss` or `t25fw_s`"):
        worsened((1, 1, 1, 1, 1), "psqi")
    with pytest.raises(MethodError, match="edss needs rows with a baseline"):
        confirmed_worsening(rows_of((6.0,) * 5).assign(baseline=float("nan")), study())
