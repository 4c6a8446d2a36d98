"""Walking tests with a sensor as outcomes."""

import numpy as np
import pandas as pd
import pytest

from spasticity import derive, instruments, load
from spasticity.errors import MethodError


@pytest.fixture(scope="module")
def study():
    return load.sample_study()


def bouts(person, visit, **changes):
    made = {
        "participant": person,
        "visit": visit,
        "duration_s": [10.0, 30.0],
        "steps": [18.0, 50.0],
        "cadence_per_min": [90.0, 100.0],
        "speed_m_per_s": [0.6, 1.0],
        "cadence_plausible": [True, None],
        "speed_plausible": [True, True],
    }
    return pd.DataFrame(made | changes)


def people(study, walks):
    known = study.participants.set_index("participant")["walks"]
    return known.index[known.eq(walks)][0]


def of(found, person, visit):
    return found[(found["participant"] == person) & (found["visit"] == visit)].set_index("outcome")


def test_a_visit_by_hand_and_its_change_from_baseline(study):
    person = people(study, walks=True)
    later = bouts(person, "week 12", speed_m_per_s=[0.7, 1.2])
    found = derive.gait_tests(pd.concat([bouts(person, "baseline"), later]), study)
    first = of(found, person, "baseline")
    assert first.loc["gait_speed_m_per_s", "value"] == pytest.approx((6 + 30) / 40)
    assert first.loc["gait_cadence_per_min", "value"] == pytest.approx(97.5)
    assert first.loc["gait_steps", ["value", "n_values"]].tolist() == [68, 2]
    second = of(found, person, "week 12")
    assert second.loc["gait_speed_m_per_s", "change"] == pytest.approx((7 + 36) / 40 - 0.9)


def test_an_implausible_speed_does_not_count_and_none_left_says_so(study):
    person = people(study, walks=True)
    one = derive.gait_tests(bouts(person, "baseline", speed_plausible=[True, False]), study)
    row = of(one, person, "baseline").loc["gait_speed_m_per_s"]
    assert (row["value"], row["n_values"]) == (0.6, 1)
    none = derive.gait_tests(bouts(person, "baseline", speed_plausible=False), study)
    row = of(none, person, "baseline").loc["gait_speed_m_per_s"]
    assert np.isnan(row["value"])
    assert row["flag"] == "no plausible bout"


def test_nobody_in_a_wheelchair_has_steps(study):
    person = people(study, walks=False)
    row = of(derive.gait_tests(bouts(person, "baseline"), study), person, "baseline")
    assert row["value"].isna().all()
    assert row["flag"].str.contains("mean nothing for a wheelchair user").all()


def test_bouts_without_a_visit_are_refused(study):
    with pytest.raises(MethodError, match="the bouts lack `visit`; name the visit of each recording"):
        derive.gait_tests(bouts("P001", "baseline").drop(columns="visit"), study)


def test_the_outcomes_are_in_the_registry():
    assert instruments.measure("gait_speed_m_per_s").axis_label == "Walking speed of a sensor (m/s)"
    assert instruments.measure("steps_per_day").better == "higher"
    with pytest.raises(MethodError, match="not valid for wheelchair users"):
        instruments.measure("steps_per_day").responder()
