"""Rates and rate ratios of the report: a model of counts in place of a model of means."""

import numpy as np
import pandas as pd
import pytest

from spasticity import stats
from spasticity.errors import MethodError
from spasticity.report.count_rates import modelled, ratio_sentence


def outcomes(visits=("baseline", "week 4", "week 12"), people=40):
    rng = np.random.default_rng(5)
    rows = []
    for number in range(people):
        arm, own = ("placebo", "active")[number % 2], rng.normal(0, 0.5)
        for place, visit in enumerate(visits):
            rate = 5 * np.exp(own) * (0.5 if arm == "active" and place else 1.0)
            days = int(rng.integers(5, 8))
            count = rng.negative_binomial(4, 4 / (4 + days * rate))
            rows.append((f"P{number:02d}", "MS", arm, visit, 28 * place - 1, "spasms_per_day", count / days, days))
    names = ["participant", "cohort", "arm", "visit", "day", "outcome", "value", "n_values"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(visit=pd.Categorical(frame["visit"], list(visits), ordered=True))


def of(rows):
    return modelled(rows, "spasms_per_day", baseline_visit="baseline", reference="placebo")


def test_several_visits_are_a_mixed_model_of_counts():
    result = of(outcomes())
    assert "negative binomial (NB2) mixed model of counts" in result.method
    assert "offset log observed_days" in result.method
    rows = stats.as_counts(outcomes(), "spasms_per_day")
    direct = stats.mixed_counts(
        rows, "count ~ log_baseline + arm*visit", exposure="observed_days", reference="placebo", nodes=1
    ).contrasts("arm", by="visit")
    mine = result.frame[result.frame["term"].eq("active / placebo")]
    for column in ("estimate", "conf_low", "conf_high", "p_value", "n"):
        assert mine[column].tolist() == pytest.approx(direct.frame[column].tolist())
    assert set(result.frame["visit"].astype(str)) == {"week 4", "week 12"}


def test_one_visit_is_a_model_of_independent_counts():
    result = of(outcomes(("baseline", "week 12")))
    assert "negative binomial (NB2) model of counts" in result.method
    assert result.frame["visit"].unique().tolist() == ["week 12"]
    assert result.groups == ["outcome", "visit", "arm"]


def test_means_that_are_no_counts_are_said():
    with pytest.raises(MethodError, match="no whole number"):
        of(outcomes().assign(value=lambda d: d["value"] + 0.01))


def test_a_ratio_is_said_without_judging():
    row = pd.Series(
        {"arm": "active", "reference": "placebo", "estimate": 0.71, "conf_low": 0.5, "conf_high": 1.01, "p_value": 0.06}
    )
    said = ratio_sentence(row, "spasms per day", 0.95, "week 12")
    assert "0.71 times those of placebo at week 12" in said
    assert said.endswith("the interval includes 1).")
    assert "cannot tell" in ratio_sentence(row.replace(0.71, np.nan), "spasms per day", 0.95, "week 12")
