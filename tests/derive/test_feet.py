"""Strides of one foot: a swing each, whoever walks."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spasticity import derive
from spasticity.errors import MethodError
from spasticity.inertial import InertialRecording

RATE = 100.0
SHARED = Path(__file__).parents[3] / "shared" / "data" / "recordings"


def foot(swings, seconds=10.0, peak=300.0, **changes):
    """A foot that turns toes-up for 0.3 s around each time, after turning toes-down."""
    times = np.arange(0, seconds, 1 / RATE)
    turning = np.zeros(len(times))
    for swing in swings:
        turning -= peak * np.exp(-(((times - swing) / 0.1) ** 2))
        turning += 0.8 * peak * np.exp(-(((times - swing + 0.3) / 0.1) ** 2))
    acceleration = np.column_stack([1 + np.abs(turning) / 1000, np.zeros((len(times), 2))])
    given = {"participant": "P1", "label": "walk", "position": "left foot", "rate_hz": RATE}
    rotation = np.column_stack([np.zeros(len(times)), turning, np.zeros(len(times))])
    return InertialRecording(**(given | {"acceleration_g": acceleration, "rotation_deg_per_s": rotation} | changes))


def test_each_swing_is_a_stride_and_a_pause_is_none():
    found = derive.foot_strides(foot([1, 2.1, 3.2, 8.0, 9.2]), walks=True)
    np.testing.assert_allclose(found["swing_s"], [1, 2.1, 3.2, 8.0, 9.2], atol=0.011)
    np.testing.assert_allclose(found["stride_s"], [np.nan, 1.1, 1.1, np.nan, 1.2], atol=0.021)
    assert found["walk"].tolist() == [0, 0, 0, 1, 1]
    assert found["peak_deg_per_s"].between(290, 301).all()
    assert set(found["participant"]) == {"P1"}


def test_a_foot_that_hardly_turns_is_found_with_a_lower_threshold():
    slow = foot([1, 3, 5], peak=100)
    assert derive.foot_strides(slow, walks=True).empty
    assert len(derive.foot_strides(slow, walks=True, swing_deg_per_s=60)) == 3


def test_twice_the_rate_gives_the_same_strides():
    once = foot([1, 2.1, 3.2])
    twice = InertialRecording(
        participant="P1",
        label="walk",
        position="left foot",
        rate_hz=2 * RATE,
        acceleration_g=np.repeat(once.acceleration_g, 2, axis=0),
        rotation_deg_per_s=np.repeat(once.rotation_deg_per_s, 2, axis=0),
    )
    first, second = (derive.foot_strides(one, walks=True)["swing_s"] for one in (once, twice))
    np.testing.assert_allclose(first, second, atol=0.011)


def test_nobody_in_a_wheelchair_has_strides():
    with pytest.raises(MethodError, match="strides mean nothing for a wheelchair user; none are counted"):
        derive.foot_strides(foot([1, 2]), walks=False)


def test_another_sensor_is_refused():
    for changes in ({"position": "lower back"}, {"rotation_deg_per_s": None}):
        with pytest.raises(MethodError, match="strides are counted from the rotation of a foot"):
            derive.foot_strides(foot([1, 2], **changes), walks=True)


@pytest.mark.needs_shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the reference files are not beside this checkout")
def test_every_hand_labelled_stride_has_one_swing_and_the_rest_is_as_stored():
    from tests.reference.gait.recordings import HERE, feet, strides

    found, stored = strides(), pd.read_csv(HERE / "feet.csv")
    pd.testing.assert_frame_equal(found, stored, check_dtype=False, rtol=1e-6)
    healthy = found[found["recording"].str.startswith("healthy")]
    assert (healthy["with_one_swing"] == healthy["reference_strides"]).all()
    assert healthy["swings_beside"].sum() <= 1  # in the turn, which nobody labelled
    # Another way to the stride of the person with MS: the period after which the acceleration repeats itself.
    recording = feet()["MS left"]
    signal = recording.acceleration_g[:, 0] - recording.acceleration_g[:, 0].mean()
    repeats = np.correlate(signal, signal, mode="full")[len(signal) :]
    lags = np.arange(1, len(signal)) / recording.rate_hz
    among = (lags > 0.6) & (lags < 1.6)
    period = lags[among][np.argmax(repeats[among])]
    assert found.set_index("recording").loc["MS left", "stride_s"] == pytest.approx(period, rel=0.02)
