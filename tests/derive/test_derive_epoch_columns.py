"""What devices say themselves stays when their epochs are joined: added up, averaged, or kept where all parts agree."""

import numpy as np
import pandas as pd
import pytest

from spasticity import derive
from spasticity.tables import EPOCHS


def half_minutes(**columns):
    start = pd.Timestamp("2024-03-01T12:00:00Z") + pd.to_timedelta(np.arange(4) * 30, unit="s")
    rows = pd.DataFrame({"participant": "P1", "start_utc": start, "zone": "Europe/London", "epoch_s": 30.0})
    return EPOCHS.check(rows.assign(**columns).reindex(columns=EPOCHS.names))


def test_steps_and_energy_add_up_and_readings_are_averaged():
    rows = half_minutes(
        steps=[1, 2, 3, None],
        energy_kcal=[0.5, 0.5, 1, 1],
        heart_rate_bpm=[60, 70, 80, 90],
        light_lux=[0, 10, None, 5],
        temperature_c=[30, 31, 32, 33],
        svm_mg=[10, 20, 30, 40],
        breaths_per_min=[12, 14, 16, 18],
    )
    minutes = derive.longer_epochs(rows)
    assert minutes["steps"].tolist()[0] == 3
    assert minutes["light_lux"].tolist()[0] == 5
    assert minutes[["steps", "light_lux"]].isna().to_numpy().tolist() == [[False, False], [True, True]]
    assert minutes["energy_kcal"].tolist() == [1, 2]
    assert minutes["heart_rate_bpm"].tolist() == [65, 85]
    assert minutes["temperature_c"].tolist() == [30.5, 32.5]
    assert minutes["svm_mg"].tolist() == [15, 35]
    assert minutes["breaths_per_min"].tolist() == [13, 17]
    assert EPOCHS.check(minutes).equals(minutes)


def test_a_marker_in_any_part_is_a_marker_and_states_stay_where_they_agree():
    rows = half_minutes(marker=[False, True, False, None], device_state=["sleep", "sleep", "wake", "sleep"])
    minutes = derive.longer_epochs(rows)
    assert minutes["marker"].tolist() == [True, False]
    assert minutes["device_state"].tolist()[0] == "sleep"
    assert minutes["device_state"].isna().tolist() == [False, True]
    unknown = derive.longer_epochs(half_minutes(device_state=["deep", None, "deep", "deep"]))
    assert unknown["device_state"].isna().tolist() == [True, False]


@pytest.mark.parametrize("lost", ["device_state", "steps", "marker"])
def test_epochs_without_an_optional_column_are_joined_too(lost):
    rows = half_minutes(counts=[1, 2, 3, 4], steps=[1, 1, 1, 1]).drop(columns=lost)
    minutes = derive.longer_epochs(rows)
    assert list(minutes) == list(rows)
    assert minutes["counts"].tolist() == [3, 7]
