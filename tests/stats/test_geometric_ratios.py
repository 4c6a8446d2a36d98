"""Geometric means and their ratios."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats as sps

from spasticity import stats
from spasticity.errors import DataError, MethodError


def outcomes(**columns):
    frame = pd.DataFrame({"arm": ["placebo"] * 3 + ["drug"] * 3, "value": [2.0, 4.0, 8.0, 1.0, 2.0, 4.0]})
    frame = frame.assign(participant=list("abcdef"), outcome="spasms_per_day", visit="week 12", baseline=4.0)
    return frame.assign(**columns)


def of(rows, **options):
    known = {"outcome": "spasms_per_day", "visit": "week 12", "reference": "placebo"}
    return stats.geometric_means(rows, "log_value ~ arm", **known, **options)


def test_by_hand_every_column():
    """Logarithms of 2 are -1, 0, 1 around each mean, so the pooled variance is log(2)^2."""
    result = of(outcomes())
    means = result.frame[result.frame["term"] == "geometric mean"].set_index("arm")
    assert means["estimate"].to_dict() == pytest.approx({"placebo": 4, "drug": 2})
    row = result.row("drug / placebo")
    error = np.log(2) * np.sqrt(2 / 3)
    assert row["estimate"] == pytest.approx(0.5)
    assert row["link_std_error"] == pytest.approx(error)
    assert row["std_error"] == pytest.approx(0.5 * error)
    assert row["df"] == 4
    assert row["p_value"] == pytest.approx(2 * sps.t.sf(np.log(2) / error, 4))
    assert row["conf_low"] == pytest.approx(0.5 * np.exp(-sps.t.isf(0.025, 4) * error))
    assert (row["n"], row["outcome"], row["visit"]) == (6, "spasms_per_day", "week 12")


def test_another_unit_changes_no_ratio():
    hours = outcomes(value=lambda d: d["value"] / 24)
    assert of(hours).row("drug / placebo")["estimate"] == pytest.approx(0.5)


def test_zeros_need_a_word():
    rows = outcomes(value=[0.0, 4.0, 8.0, 1.0, 2.0, 4.0])
    with pytest.raises(MethodError, match="0 in 1 row, and 0 has no logarithm"):
        of(rows)
    result = of(rows, add=1.0)
    assert "after 1 was added" in result.method
    expected = np.exp(np.log([1, 5, 9]).mean()) - 1
    assert result.row("geometric mean", arm="placebo")["estimate"] == pytest.approx(expected)
    with pytest.raises(DataError, match="negative in 1 row, first at row 0"):
        of(outcomes(value=[-1.0, 4.0, 8.0, 1.0, 2.0, 4.0]))
    with pytest.raises(MethodError, match="add=-1"):
        of(rows, add=-1)
