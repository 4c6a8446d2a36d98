"""Diary nights: the golden respondent, and the seven nights before a visit."""

import pandas as pd
import pytest

from spasticity.derive.nights import night_measures, sleep
from tests.derive.tiny import attended, study, values_of

GOLDEN = {
    "into_bed": "22:30",
    "attempt": "23:00",
    "sol_min": 25,
    "waso_min": 40,
    "awakenings": 3,
    "spasm_awakenings": 1,
    "final_awakening": "06:30",
    "out_of_bed": "07:00",
}


def nights(person, days, **changes):
    return [{"participant": person, "day": day, **GOLDEN, **changes} for day in days]


def test_golden_respondent_of_the_sleep_diary():
    row = night_measures(study(nights=nights("A", [3]))).iloc[0]
    assert row[["participant", "cohort", "arm", "day"]].tolist() == ["A", "MS", "placebo", 3]
    assert row[["tib_min", "spt_min", "tst_min", "dse_min"]].tolist() == [510, 425, 385, 450]
    assert row["sleep_efficiency_tib"] == pytest.approx(75.49, abs=5e-3)
    assert row["sleep_efficiency_dse"] == pytest.approx(85.56, abs=5e-3)


def test_the_mean_of_the_nights_before_a_visit_by_hand():
    rows = [*nights("A", range(21, 27)), *nights("A", [27], waso_min=110), *nights("A", [20, 28], waso_min=300)]
    found = sleep(study(nights=rows, visits=attended("A")))
    found = found[(found["participant"] == "A") & (found["visit"] == "week 4")].set_index("outcome")
    assert found["value"].to_dict() == {
        "tst_min": pytest.approx(375),
        "sol_min": 25,
        "waso_min": pytest.approx(50),
        "awakenings": 3,
        "spasm_awakenings": 1,
        "sleep_efficiency_tib": pytest.approx((6 * 38500 / 510 + 31500 / 510) / 7),
        "sleep_efficiency_dse": pytest.approx((6 * 38500 / 450 + 31500 / 450) / 7),
    }
    assert (found["n_values"] == 7).all()


def test_too_few_nights_and_unknown_awakenings_are_said():
    rows = [*nights("A", range(21, 27), spasm_awakenings=None), *nights("A", [27])]
    found = sleep(study(nights=[*rows, *nights("B", [27])], visits=attended("A", "B")))
    assert values_of(found, "spasm_awakenings", "flag")[("A", "week 4")] == "1 of 7 nights"
    assert pd.isna(values_of(found, "tst_min")[("B", "week 4")])
    assert values_of(sleep(study(nights=rows), min_nights=1), "spasm_awakenings")[("A", "week 4")] == 1


def test_an_impossible_night_does_not_enter_the_mean_of_sleep():
    rows = [*nights("A", range(21, 27)), *nights("A", [27], out_of_bed="06:00")]
    found = sleep(study(nights=rows))
    assert night_measures(study(nights=rows))["flag"].notna().sum() == 1
    assert values_of(found, "tst_min")[("A", "week 4")] == 385
    assert values_of(found, "tst_min", "n_values")[("A", "week 4")] == 6


def test_no_nights_give_no_rows():
    assert len(sleep(study())) == 0
    assert len(night_measures(study())) == 0
