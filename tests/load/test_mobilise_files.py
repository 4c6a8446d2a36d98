"""Mobilise-D laboratory files: trials and reference bouts, and damage that is an error in words."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import savemat

from spasticity import load
from spasticity.errors import DataError, MethodError, SpasticityError
from tests.load.test_inertial_files import samples

BOUT = {
    "Start": 1.5,
    "End": 4.0,
    "Duration": 2.5,
    "Length": 3.0,
    "NumberStrides": 3.0,
    "Cadence": 96.0,
    "AverageStrideLength": 1.5,
    "WalkingSpeed": 1.2,
    "InitialContact_Event": np.array([1.5, 2.1, 2.7, 3.3, 4.0]),
}


def trial(**changes):
    values = samples()
    sensor = {"Acc": values[:, :3], "Gyr": values[:, 3:], "Fs": {"Acc": 100.0, "Gyr": 100.0}}
    made = {
        "StartDateTime": "2020-12-10T13:57:44.733+01:00",
        "TimeZone": "Europe/Berlin",
        "SU": {"LowerBack": sensor},
        "Standards": {"INDIP": {"ContinuousWalkingPeriod": BOUT, "MicroWB": BOUT}},
    }
    return made | changes


def stored(path, **trials):
    savemat(path, {"data": {"TimeMeasure1": {"Test5": trials or {"Trial1": trial()}}}})
    return path


def test_each_trial_is_a_recording_with_its_start_in_utc(tmp_path):
    first, second = load.mobilise(stored(tmp_path / "data.mat", Trial1=trial(), Trial2=trial()), participant="P1")
    np.testing.assert_array_equal(first.acceleration_g, samples()[:, :3])
    np.testing.assert_array_equal(first.rotation_deg_per_s, samples()[:, 3:])
    assert [first.label, second.label] == ["TimeMeasure1 Test5 Trial1", "TimeMeasure1 Test5 Trial2"]
    assert first.start_utc.isoformat() == "2020-12-10T12:57:44.733000+00:00"
    assert (first.rate_hz, first.position, first.source) == (100.0, "lower back", "data.mat")


def test_the_reference_is_a_row_per_bout(tmp_path):
    unsaid = BOUT | {"Length": np.zeros(0)}
    both = trial(Standards={"INDIP": {"ContinuousWalkingPeriod": np.array([BOUT, unsaid], dtype=object)}})
    found = load.mobilise_reference(stored(tmp_path / "data.mat", Trial1=both))
    assert list(found["bout"]) == [0, 1]
    assert list(found["system"]) == ["INDIP", "INDIP"]
    assert found["steps"].tolist() == [5, 5]
    assert found["distance_m"].isna().tolist() == [False, True]
    row = found.iloc[0]
    assert (row["start_s"], row["end_s"], row["duration_s"], row["strides"]) == (1.5, 4.0, 2.5, 3.0)
    assert (row["cadence_per_min"], row["stride_length_m"], row["speed_m_per_s"]) == (96.0, 1.5, 1.2)


def test_a_trial_without_the_sensor_is_left_out_and_none_at_all_is_said(tmp_path):
    path = stored(tmp_path / "data.mat", Trial1=trial(), Trial2=trial(SU={"Wrist": {"Acc": 1.0}}))
    assert [one.label[-6:] for one in load.mobilise(path, participant="P1")] == ["Trial1"]
    with pytest.raises(MethodError, match="no trial has the sensor `LeftFoot`"):
        load.mobilise(path, participant="P1", sensor="LeftFoot")


def sensor(**changes):
    return trial(SU={"LowerBack": trial()["SU"]["LowerBack"] | changes})


@pytest.mark.parametrize(
    ("damaged", "message"),
    [
        (sensor(Fs={"Acc": 100.0, "Gyr": 50.0}), "at different rates"),
        (sensor(Fs={"Acc": 100.0}), "has no numbers where acceleration, rotation and rate should be"),
        (sensor(Acc="none"), "has no numbers where"),
        (sensor(Acc=samples()[:, :3] * 9.81), "at rest the acceleration is 9.7"),
        (sensor(Gyr=samples()[:50, 3:]), "60 samples of acceleration and 50 of rotation"),
        (trial(StartDateTime="yesterday"), "the start of TimeMeasure1 Test5 Trial1 is not a time"),
    ],
)
def test_a_trial_that_is_not_whole_is_refused(tmp_path, damaged, message):
    with pytest.raises(DataError, match=message):
        load.mobilise(stored(tmp_path / "data.mat", Trial1=damaged), participant="P1")


def test_a_reference_that_is_not_whole_is_refused(tmp_path):
    lame = {name: value for name, value in BOUT.items() if name != "Cadence"}
    path = stored(tmp_path / "data.mat", Trial1=trial(Standards={"INDIP": {"ContinuousWalkingPeriod": lame}}))
    with pytest.raises(DataError, match="a walking bout of the reference lacks one of `Start`"):
        load.mobilise_reference(path)


def test_a_name_in_a_trial_is_refused(tmp_path):
    path = stored(tmp_path / "data.mat", Trial1=trial(PatientName="Jane Porter"))
    with pytest.raises(DataError, match="the header `PatientName` holds what looks like a name") as caught:
        load.mobilise(path, participant="P1")
    assert "Porter" not in str(caught.value)
    assert len(load.mobilise(path, participant="P1", identifiers="redact")) == 1


def test_other_files_are_refused(tmp_path):
    for name, content in (("text.mat", b"no matlab file at all" * 9), ("short.mat", b"MATLAB 5.0"), ("empty.mat", b"")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match="not a MATLAB file, or it is damaged"):
            load.mobilise(tmp_path / name, participant="P1")
    savemat(tmp_path / "other.mat", {"x": 1})
    with pytest.raises(DataError, match="it has no variable `data`, so it is not"):
        load.mobilise(tmp_path / "other.mat", participant="P1")
    savemat(tmp_path / "flat.mat", {"data": 1})
    with pytest.raises(DataError, match="there is no trial in it"):
        load.mobilise(tmp_path / "flat.mat", participant="P1")


@settings(max_examples=60, deadline=None)
@given(place=st.floats(0, 1), byte=st.integers(0, 255), cut=st.booleans())
def test_a_file_with_random_damage_is_read_or_refused_in_words(tmp_path_factory, place, byte, cut):
    folder = tmp_path_factory.mktemp("damage")
    whole = stored(folder / "data.mat").read_bytes()
    at = int(place * (len(whole) - 1))
    (folder / "data.mat").write_bytes(whole[:at] if cut else whole[:at] + bytes([byte]) + whole[at + 1 :])
    with suppress(SpasticityError):
        load.mobilise(folder / "data.mat", participant="P1")
        load.mobilise_reference(folder / "data.mat")
