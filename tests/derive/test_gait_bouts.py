"""Walking bouts by the optional library: refused where they mean nothing, and near the reference where there is one."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spasticity import derive
from spasticity.errors import MethodError
from spasticity.inertial import InertialRecording

SHARED = Path(__file__).parents[3] / "shared" / "data" / "recordings"
PERSON = {"height_m": 1.7, "sensor_height_m": 1.0}


def back(**changes):
    acceleration = np.column_stack([np.full(500, 1.0), np.zeros(500), np.sin(np.arange(500)) / 50])
    given = {"participant": "P1", "label": "walk", "position": "lower back", "rate_hz": 100.0}
    given |= {"acceleration_g": acceleration, "rotation_deg_per_s": np.ones((500, 3))}
    return InertialRecording(**(given | changes))


def test_nobody_in_a_wheelchair_has_steps():
    with pytest.raises(MethodError, match="mean nothing for a wheelchair user; no steps are counted"):
        derive.walking_bouts(back(), walks=False, **PERSON)


@pytest.mark.parametrize(
    ("changes", "options", "message"),
    [
        ({"position": "left foot"}, {}, "these bouts need one at the lower back"),
        ({"rotation_deg_per_s": None}, {}, "the recording has no rotation, which the library needs"),
        ({"rate_hz": 50.0}, {}, "50 samples per second, and the pipelines were validated at 100"),
        ({}, {"height_m": 170.0}, "expected metres, and the sensor below the head"),
        ({}, {"sensor_height_m": 1.8}, "expected metres, and the sensor below the head"),
        ({}, {"cohort": "stroke"}, "cohort='stroke' is not known"),
        ({}, {"pipeline": "best"}, "pipeline='best' is not known"),
        ({}, {"setting": "street"}, "setting='street' is not known"),
    ],
)
def test_a_recording_that_the_library_was_not_made_for_is_refused(changes, options, message):
    with pytest.raises(MethodError, match=message):
        derive.walking_bouts(back(**changes), walks=True, **(PERSON | options))


def test_without_the_library_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "mobgap", None)
    with pytest.raises(MethodError, match=r"pip install 'spasticity\[gait\]'"):
        derive.walking_bouts(back(), walks=True, **PERSON)


def test_a_trunk_that_stands_has_no_bouts():
    pytest.importorskip("mobgap", reason="the extra `gait` brings it")
    found = derive.walking_bouts(back(), walks=True, **PERSON)
    assert found.empty
    assert {"start_s", "steps", "speed_m_per_s", "speed_plausible", "flag"} <= set(found)


@pytest.mark.needs_shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the reference files are not beside this checkout")
def test_the_recordings_end_to_end_are_as_stored_and_near_their_reference():
    pytest.importorskip("mobgap", reason="the extra `gait` brings it")
    from tests.reference.gait.recordings import HERE, bouts, compared, lower_back

    table, sums = compared()
    pd.testing.assert_frame_equal(table, pd.read_csv(HERE / "bouts.csv"), check_dtype=False, rtol=1e-4, atol=1e-5)
    pd.testing.assert_frame_equal(sums, pd.read_csv(HERE / "trials.csv"), check_dtype=False, rtol=1e-4, atol=1e-5)
    straight = table[table["label"].str.contains("Test5") & table["pipeline"].eq("impaired")]
    assert straight["steps_error"].between(0, 1).all()
    assert straight["cadence_per_min_error"].abs().max() < 2
    assert straight["speed_m_per_s_error"].abs().max() < 0.13
    for_sci = derive.walking_bouts(lower_back()[0], walks=True, height_m=1.59, sensor_height_m=0.964, cohort="SCI")
    assert for_sci["flag"].tolist() == ["limits of plausible values are unknown in SCI"]
    assert for_sci["speed_plausible"].isna().all()
    shared = ["steps", "cadence_per_min", "speed_m_per_s"]
    pd.testing.assert_frame_equal(for_sci[shared], bouts("impaired")[shared].head(1))
