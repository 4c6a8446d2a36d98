"""Rates of events and what printed intervals imply."""

import numpy as np
import pytest

from spasticity import stats
from spasticity.errors import MethodError


@pytest.mark.parametrize(
    ("events", "exposure", "expected", "decimals"),
    [
        (8, 160.4, (0.0499, 0.0215, 0.0983), 4),  # golden number G16
        (558, 1362, (0.410, 0.376, 0.445), 3),  # golden number G17
    ],
)
def test_rates_that_are_on_record(events, exposure, expected, decimals):
    row = stats.event_rate(events, exposure).frame.iloc[0]
    assert tuple(round(row[name], decimals) for name in ("estimate", "conf_low", "conf_high")) == expected
    assert row["n"] == events


def test_no_event_by_hand():
    result = stats.event_rate(0, 10, unit="pump-years", level=0.9)
    row = result.frame.iloc[0]
    assert (row["estimate"], row["conf_low"]) == (0, 0)
    assert row["conf_high"] == pytest.approx(-np.log(0.05) / 10)
    assert result.method == "events per pump-years with the exact Poisson interval"
    assert "participant" not in result.summary()


def test_a_rate_needs_exposure():
    with pytest.raises(MethodError, match="expected events of at least 0 and an exposure above 0"):
        stats.event_rate(1, 0)
    with pytest.raises(MethodError, match="expected events of at least 0"):
        stats.event_rate(-1, 5)


def test_a_printed_interval_implies_its_p_value():
    row = stats.implied(-0.32, -0.61, -0.04).frame.iloc[0]  # golden number G22
    assert round(row["std_error"], 3) == 0.145
    assert round(row["statistic"], 2) == -2.20
    assert round(row["p_value"], 3) == 0.028
    assert (row["estimate"], row["conf_low"], row["conf_high"], row["df"]) == (-0.32, -0.61, -0.04, np.inf)


def test_ratios_go_in_as_logarithms_and_other_levels_by_name():
    low, high = np.log([0.5, 0.9])
    middle = (low + high) / 2
    row = stats.implied(middle, low, high, level=0.9).frame.iloc[0]
    assert row["std_error"] == pytest.approx((high - low) / (2 * 1.6448536269514722))
    assert stats.implied(1.2, 1.0, 1.4, null=1.0).frame.iloc[0]["statistic"] == pytest.approx(
        0.2 / (0.2 / 1.959963984540054)
    )


@pytest.mark.parametrize("numbers", [(0, 1, 2), (3, 1, 2), (1, 1, 1)])
def test_limits_that_do_not_enclose_the_estimate_are_refused(numbers):
    with pytest.raises(MethodError, match="expected low <= estimate <= high"):
        stats.implied(*numbers)
