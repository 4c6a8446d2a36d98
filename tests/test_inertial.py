"""An inertial recording cannot be made of damaged samples, wrong units or a sensor upside down."""

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime

import numpy as np
import pytest

from spasticity.errors import DataError, MethodError
from spasticity.inertial import G_M_PER_S2, InertialRecording


def still(n=200, **changes):
    """A sensor that hardly moves."""
    acceleration = np.column_stack([np.full(n, 1.0), np.zeros(n), np.sin(np.arange(n)) / 100])
    given = {"participant": "P1", "label": "t25fw 1", "position": "lower back", "rate_hz": 100.0}
    return InertialRecording(**(given | {"acceleration_g": acceleration} | changes))


def test_it_knows_its_length_and_its_name():
    recording = still(source="walk.csv", rotation_deg_per_s=np.zeros((200, 3)))
    assert (len(recording), recording.duration_s) == (200, 2.0)
    assert repr(recording) == "walk.csv t25fw 1: lower back, 2.0 s of acceleration and rotation at 100 Hz"
    assert "of acceleration at" in repr(still())


def test_nobody_can_change_it():
    recording = still()
    with pytest.raises(FrozenInstanceError, match="cannot assign"):
        recording.rate_hz = 50
    with pytest.raises(ValueError, match="read-only"):
        recording.acceleration_g[0, 0] = 0


def test_what_it_was_made_of_may_change_without_it():
    acceleration = np.tile([1.0, 0.0, 0.0], (50, 1)) + np.arange(50)[:, None] / 1000
    recording = still(acceleration_g=acceleration)
    acceleration[0, 0] = 99
    assert recording.acceleration_g[0, 0] == 1.0


def test_a_part_has_the_samples_from_its_start_up_to_its_end():
    recording = still(start_utc=datetime(2024, 1, 1, tzinfo=UTC), rotation_deg_per_s=np.arange(600.0).reshape(200, 3))
    part = recording.part(0.5, 1.5)
    assert len(part) == 100
    assert part.rotation_deg_per_s[0, 0] == 150
    assert part.start_utc is None
    assert recording.part(0, 1).start_utc == recording.start_utc


def gone(samples):
    values = np.array(still().acceleration_g)
    values[samples] = np.nan
    return values


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"acceleration_g": gone([7, 9])}, "2 samples of acceleration are missing, first at sample 7"),
        ({"acceleration_g": still().acceleration_g * G_M_PER_S2}, r"at rest the acceleration is 9.81 g.*unit='m/s2'"),
        ({"acceleration_g": -still().acceleration_g}, "the axis declared as up has a mean of -1.00 g"),
        ({"acceleration_g": still().acceleration_g[:, [1, 0, 2]]}, "declared as up has a mean of 0.00 g"),
        ({"acceleration_g": np.tile([1.0, 0, 0], (9, 1))}, "never changes; the sensor did not record"),
        ({"acceleration_g": np.ones((9, 2))}, r"the shape \(9, 2\), expected samples by 3 axes"),
        ({"acceleration_g": np.ones((0, 3))}, r"the shape \(0, 3\)"),
        ({"rotation_deg_per_s": np.zeros((199, 3))}, "200 samples of acceleration and 199 of rotation"),
        ({"rotation_deg_per_s": gone([0])}, "1 samples of rotation are missing"),
        ({"acceleration_g": still().acceleration_g * 1e300}, "200 samples of acceleration are beyond 500, first at"),
        ({"rate_hz": 0.5}, "0.5 samples per second are outside 10 to 2000"),
        ({"start_utc": datetime(2024, 1, 1)}, "the start has no time zone"),
    ],
)
def test_what_cannot_be_a_recording_is_refused(changes, message):
    with pytest.raises(DataError, match=message):
        still(**changes)


def test_an_unknown_position_is_refused():
    with pytest.raises(MethodError, match="position='wrist' is not known"):
        still(position="wrist")


def test_a_foot_may_move_most_of_the_time_but_must_rest_near_1_g():
    walk = np.where(np.arange(200) % 5 == 0, 1.0, 2.5)[:, None] * [1.0, 0.0, 0.0]
    assert still(acceleration_g=walk, position="left foot").position == "left foot"
    with pytest.raises(DataError, match=r"at rest the acceleration is 2\.5 g"):
        still(acceleration_g=walk)
